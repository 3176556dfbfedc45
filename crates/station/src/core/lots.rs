//! Lots of materials: they lie at the server, and the copy of them here is for execution.

use chrono::NaiveDate;
use uuid::Uuid;
use viruj_api::{
    lots::{ChangeLot, CreateLot, DecideLot, LotDetails, LotQuery, LotRow},
    station::{
        QueryKey,
        resources::{DecideOnLot, LotChange, LotDecision, LotDetailsInput, LotList, LotListQuery, LotView, NewLot},
    },
};
use viruj_domain::{
    capability::Capability,
    ids::LotId,
    lot::{self, LotRefusal, LotStatus},
    person::Acting,
};

use super::StationCore;
use crate::{StationError, numbers::read_number};

/// Rows of a page.
const PAGE: u32 = 100;
/// Decimal places that a quantity or a potency may be written with.
const PLACES: u32 = 6;

impl StationCore {
    /// One page of the plant's lots, by material and number.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn list_lots(&self, query: &LotListQuery) -> Result<LotList, StationError> {
        let person = self.session()?.person;
        let request = LotQuery {
            limit: Some(PAGE),
            cursor: query.cursor.clone(),
            status: query.status,
            plant_id: Some(self.registered()?.plant_id),
            search: Some(query.search.trim().to_owned()).filter(|search| !search.is_empty()),
            ..LotQuery::default()
        };
        let page = self
            .at_server(|client, token| {
                let request = request.clone();
                async move { client.lots(token.expose(), &request).await }
            })
            .await?;
        let today = self.plant_day().await?;
        let acting = self.acting(&person);
        Ok(LotList {
            items: page.items.into_iter().map(|row| lot_view(row, acting, today)).collect(),
            next_cursor: page.next_cursor,
            can_manage: acting.is_active && acting.role.can(Capability::LotManage),
            units: lot::UNITS.to_vec(),
        })
    }

    /// One lot, with what the person may make of it.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn lot(&self, id: Uuid) -> Result<LotView, StationError> {
        let id = LotId(id);
        let row = self.at_server(|client, token| async move { client.lot(token.expose(), id).await }).await?;
        self.view_of_lot(row).await
    }

    /// Enters a lot.
    ///
    /// # Errors
    /// A figure is none; the server cannot be reached or refuses.
    pub async fn create_lot(&self, new: &NewLot) -> Result<LotView, StationError> {
        let request = CreateLot {
            plant_id: self.registered()?.plant_id,
            number: new.number.clone(),
            material_code: new.material_code.clone(),
            material: new.material.clone(),
            details: read_details(&new.details)?,
            reason: new.reason.clone(),
        };
        let key = new.request_key.to_string();
        let row = self
            .at_server(|client, token| {
                let (request, key) = (request.clone(), key.clone());
                async move { client.create_lot(token.expose(), &key, &request).await }
            })
            .await?;
        self.tell(&[QueryKey::Lots]);
        self.view_of_lot(row).await
    }

    /// Puts right what is told of a lot that is still as it was shown.
    ///
    /// # Errors
    /// A figure is none; the server cannot be reached or refuses.
    pub async fn change_lot(&self, change: &LotChange) -> Result<LotView, StationError> {
        let at = (LotId(change.id), change.revision);
        let request = ChangeLot { details: read_details(&change.details)?, reason: change.reason.clone() };
        let row = self
            .at_server(|client, token| {
                let request = request.clone();
                async move { client.change_lot(token.expose(), at, &request).await }
            })
            .await?;
        self.tell(&[QueryKey::Lots]);
        self.view_of_lot(row).await
    }

    /// Decides about a lot that is still as it was shown.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn decide_on_lot(&self, decision: &DecideOnLot) -> Result<LotView, StationError> {
        let at = (LotId(decision.id), decision.revision);
        let request = DecideLot { status: decision.status, reason: decision.reason.clone() };
        let row = self
            .at_server(|client, token| {
                let request = request.clone();
                async move { client.decide_lot(token.expose(), at, &request).await }
            })
            .await?;
        self.tell(&[QueryKey::Lots]);
        self.view_of_lot(row).await
    }

    async fn view_of_lot(&self, row: LotRow) -> Result<LotView, StationError> {
        let person = self.session()?.person;
        Ok(lot_view(row, self.acting(&person), self.plant_day().await?))
    }

    /// The day in the plant.
    pub(super) async fn plant_day(&self) -> Result<NaiveDate, StationError> {
        let plant = self.store.plant(&self.registered()?.plant_id).await?;
        let zone = plant.and_then(|plant| viruj_domain::plant::time_zone(&plant.time_zone));
        Ok(self.now().with_timezone(&zone.unwrap_or(chrono_tz::Tz::UTC)).date_naive())
    }
}

fn lot_view(row: LotRow, person: Acting<'_>, today: NaiveDate) -> LotView {
    let known = row.lot();
    let decide = |to: LotStatus| lot::decide(&known, to, row.created_by.as_ref(), person, today);
    let decisions = LotStatus::ALL.iter().filter_map(|to| match decide(*to) {
        Ok(()) => Some(LotDecision { status: *to, refusal: None }),
        // What this role never does, or what does not follow from here, is not offered at all.
        Err(LotRefusal::NotAuthorised | LotRefusal::StatusNotPossible { .. }) => None,
        Err(refusal) => Some(LotDecision { status: *to, refusal: Some(refusal.code().to_owned()) }),
    });
    LotView {
        decisions: decisions.collect(),
        is_past_its_dates: known.usable_until().is_some_and(|last| last < today),
        can_change: person.is_active && person.role.can(Capability::LotManage),
        row,
    }
}

fn read_details(input: &LotDetailsInput) -> Result<LotDetails, StationError> {
    let number = |text: &str| read_number(text, &input.decimal_separator, PLACES).map_err(StationError::Number);
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    Ok(LotDetails {
        supplier: given(&input.supplier),
        supplier_lot: given(&input.supplier_lot),
        quantity: number(&input.quantity)?,
        unit: input.unit,
        manufactured_on: input.manufactured_on,
        expires_on: input.expires_on,
        retest_on: input.retest_on,
        potency_percent: given(&input.potency_percent).as_deref().map(number).transpose()?,
    })
}
