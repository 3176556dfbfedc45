//! Pieces of equipment and their logs: they lie at the server, and the copy of them here is for execution.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;
use viruj_api::{
    equipment::{ChangeEquipment, CreateEquipment, EquipmentDetails, EquipmentQuery, EquipmentRow, LogEquipment},
    station::{
        BatchSort, QueryKey,
        resources::{
            ActOnEquipment, EquipmentChange, EquipmentItem, EquipmentList, EquipmentListQuery, EquipmentView,
            NamedBatch, NewEquipment,
        },
    },
};
use viruj_domain::{
    batch::BatchStatus,
    capability::Capability,
    equipment::{Cleanliness, EquipmentAct, possible},
    ids::{BatchId, EquipmentId},
};

use super::StationCore;
use crate::{StationError, store::BatchFilter};

/// Rows of a page.
const PAGE: u32 = 100;

impl StationCore {
    /// One page of the plant's equipment, by code.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn list_equipment(&self, query: &EquipmentListQuery) -> Result<EquipmentList, StationError> {
        let request = EquipmentQuery {
            limit: Some(PAGE),
            cursor: query.cursor.clone(),
            state: query.state,
            cleanliness: query.cleanliness,
            plant_id: Some(self.registered()?.plant_id),
            search: Some(query.search.trim().to_owned()).filter(|search| !search.is_empty()),
            ..EquipmentQuery::default()
        };
        let page = self
            .at_server(|client, token| {
                let request = request.clone();
                async move { client.equipment(token.expose(), &request).await }
            })
            .await?;
        let (today, now) = (self.plant_day().await?, self.now());
        Ok(EquipmentList {
            items: page.items.into_iter().map(|row| item(row, today, now)).collect(),
            next_cursor: page.next_cursor,
            can_manage: self.may(Capability::EquipmentManage)?,
        })
    }

    /// One piece of equipment, with its log and what the person may do with it.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn equipment(&self, id: Uuid) -> Result<EquipmentView, StationError> {
        let id = EquipmentId(id);
        let details =
            self.at_server(|client, token| async move { client.equipment_details(token.expose(), id).await }).await?;
        self.view_of_equipment(details).await
    }

    /// Enters a piece of equipment.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn create_equipment(&self, new: &NewEquipment) -> Result<EquipmentView, StationError> {
        let request = CreateEquipment {
            plant_id: self.registered()?.plant_id,
            code: new.code.clone(),
            name: new.name.clone(),
            kind: new.kind.clone(),
            calibration_due: new.calibration_due,
            reason: new.reason.clone(),
        };
        let key = new.request_key.to_string();
        let details = self
            .at_server(|client, token| {
                let (request, key) = (request.clone(), key.clone());
                async move { client.create_equipment(token.expose(), &key, &request).await }
            })
            .await?;
        self.tell(&[QueryKey::Equipment]);
        self.view_of_equipment(details).await
    }

    /// Changes a piece of equipment that is still as it was shown.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn change_equipment(&self, change: &EquipmentChange) -> Result<EquipmentView, StationError> {
        let at = (EquipmentId(change.id), change.revision);
        let request =
            ChangeEquipment { name: change.name.clone(), kind: change.kind.clone(), reason: change.reason.clone() };
        let details = self
            .at_server(|client, token| {
                let request = request.clone();
                async move { client.change_equipment(token.expose(), at, &request).await }
            })
            .await?;
        self.tell(&[QueryKey::Equipment]);
        self.view_of_equipment(details).await
    }

    /// Logs what is done with a piece of equipment that is still as it was shown.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn act_on_equipment(&self, wanted: &ActOnEquipment) -> Result<EquipmentView, StationError> {
        let at = (EquipmentId(wanted.id), wanted.revision);
        let is = |act: EquipmentAct| wanted.act == act;
        let hours = wanted.clean_for_hours.filter(|_| is(EquipmentAct::CleaningVerified));
        let request = LogEquipment {
            act: wanted.act,
            batch_id: wanted.batch_id.clone().map(BatchId).filter(|_| is(EquipmentAct::UseBegun)),
            clean_until: hours.and_then(|hours| self.now().checked_add_signed(TimeDelta::hours(hours.into()))),
            calibration_due: wanted.calibration_due.filter(|_| is(EquipmentAct::Calibrated)),
            reason: wanted.reason.clone(),
        };
        let details = self
            .at_server(|client, token| {
                let request = request.clone();
                async move { client.log_equipment(token.expose(), at, &request).await }
            })
            .await?;
        self.tell(&[QueryKey::Equipment]);
        self.view_of_equipment(details).await
    }

    async fn view_of_equipment(&self, details: EquipmentDetails) -> Result<EquipmentView, StationError> {
        let person = self.session()?.person;
        let standing = details.row.equipment().standing;
        let acts = possible(&standing, self.acting(&person));
        let batches =
            if acts.contains(&EquipmentAct::UseBegun) { self.batches_to_use_for().await? } else { Vec::new() };
        Ok(EquipmentView {
            item: item(details.row, self.plant_day().await?, self.now()),
            log: details.log,
            acts,
            can_manage: self.may(Capability::EquipmentManage)?,
            batches,
        })
    }

    async fn batches_to_use_for(&self) -> Result<Vec<NamedBatch>, StationError> {
        let filter = BatchFilter {
            plant_id: self.registered()?.plant_id,
            search: String::new(),
            statuses: BatchStatus::ALL.iter().copied().filter(|status| status.is_executable()).collect(),
            assigned_to: None,
            sort: BatchSort::Number,
            descending: false,
            now: self.now(),
        };
        let batches = self.store.list_batches(&filter).await?.into_iter().map(|listed| listed.row);
        Ok(batches.map(|row| NamedBatch { id: row.id.0, number: row.number, product: row.product }).collect())
    }

    pub(super) fn may(&self, capability: Capability) -> Result<bool, StationError> {
        let person = self.session()?.person;
        let acting = self.acting(&person);
        Ok(acting.is_active && acting.role.can(capability))
    }
}

fn item(row: EquipmentRow, today: NaiveDate, now: DateTime<Utc>) -> EquipmentItem {
    EquipmentItem {
        is_calibration_overdue: row.calibration_due.is_some_and(|due| due < today),
        is_cleaning_expired: row.cleanliness == Cleanliness::Clean && row.clean_until.is_some_and(|until| until <= now),
        row,
    }
}
