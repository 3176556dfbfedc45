//! Who is qualified for what: it lies at the server, and the copy of it here is for execution.

use uuid::Uuid;
use viruj_api::{
    qualifications::{
        GrantQualification, QualificationQuery, QualificationRow, RenewQualification, WithdrawQualification,
    },
    station::{
        QueryKey,
        resources::{
            NewQualification, QualificationCandidate, QualificationChange, QualificationItem, QualificationList,
            QualificationListQuery, QualificationState,
        },
    },
};
use viruj_domain::{
    capability::Capability,
    ids::{QualificationId, UserId},
};

use super::StationCore;
use crate::StationError;

/// Rows of a page.
const PAGE: u32 = 100;

impl StationCore {
    /// One page of the plant's qualifications, by procedure and person.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn list_qualifications(&self, query: &QualificationListQuery) -> Result<QualificationList, StationError> {
        let request = QualificationQuery {
            limit: Some(PAGE),
            cursor: query.cursor.clone(),
            plant_id: Some(self.registered()?.plant_id),
            search: Some(query.search.trim().to_owned()).filter(|search| !search.is_empty()),
            ..QualificationQuery::default()
        };
        let page = self
            .at_server(|client, token| {
                let request = request.clone();
                async move { client.qualifications(token.expose(), &request).await }
            })
            .await?;
        let mut items = Vec::with_capacity(page.items.len());
        for row in page.items {
            items.push(self.item_of_qualification(row).await?);
        }
        let can_manage = self.may(Capability::QualificationManage)?;
        Ok(QualificationList { items, next_cursor: page.next_cursor, can_manage })
    }

    /// The active people of the plant, by name, but the one who asks: nobody qualifies themselves.
    ///
    /// # Errors
    /// The store fails.
    pub async fn qualification_candidates(&self) -> Result<Vec<QualificationCandidate>, StationError> {
        let own = self.session()?.person.id;
        let plant = self.registered()?.plant_id;
        let people = self.store.people().await?.into_iter();
        let people = people.filter(|person| {
            let sees_plant = person.sees_all_plants || person.plant_ids.contains(&plant);
            person.is_active && sees_plant && person.id != own
        });
        let candidate = |person: viruj_api::people::Person| QualificationCandidate {
            id: person.id.0,
            name: person.name,
            role: person.role.as_str().to_owned(),
        };
        Ok(people.map(candidate).collect())
    }

    /// Qualifies a person for a procedure.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn grant_qualification(&self, new: &NewQualification) -> Result<QualificationItem, StationError> {
        let request = GrantQualification {
            plant_id: self.registered()?.plant_id,
            person_id: UserId(new.person_id.clone()),
            procedure_code: new.procedure_code.clone(),
            procedure_title: new.procedure_title.clone(),
            valid_until: new.valid_until,
            reason: new.reason.clone(),
        };
        let key = new.request_key.to_string();
        let row = self
            .at_server(|client, token| {
                let (request, key) = (request.clone(), key.clone());
                async move { client.grant_qualification(token.expose(), &key, &request).await }
            })
            .await?;
        self.tell(&[QueryKey::Qualifications]);
        self.item_of_qualification(row).await
    }

    /// Renews or withdraws a qualification that is still as it was shown.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn change_qualification(&self, change: &QualificationChange) -> Result<QualificationItem, StationError> {
        let at = (QualificationId(change.id), change.revision);
        let reason = change.reason.clone();
        let row = match change.valid_until {
            Some(valid_until) => {
                let request = RenewQualification { valid_until, reason };
                self.at_server(|client, token| {
                    let request = request.clone();
                    async move { client.renew_qualification(token.expose(), at, &request).await }
                })
                .await?
            }
            None => {
                let request = WithdrawQualification { reason };
                self.at_server(|client, token| {
                    let request = request.clone();
                    async move { client.withdraw_qualification(token.expose(), at, &request).await }
                })
                .await?
            }
        };
        self.tell(&[QueryKey::Qualifications]);
        self.item_of_qualification(row).await
    }

    /// One qualification.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn qualification(&self, id: Uuid) -> Result<QualificationItem, StationError> {
        let id = QualificationId(id);
        let row = self.at_server(|client, token| async move { client.qualification(token.expose(), id).await }).await?;
        self.item_of_qualification(row).await
    }

    async fn item_of_qualification(&self, row: QualificationRow) -> Result<QualificationItem, StationError> {
        let today = self.plant_day().await?;
        let state = match row.qualification() {
            known if known.is_withdrawn => QualificationState::Withdrawn,
            known if known.holds_on(today) => QualificationState::Valid,
            _ => QualificationState::Expired,
        };
        Ok(QualificationItem { is_own: row.person_id == self.session()?.person.id, state, row })
    }
}
