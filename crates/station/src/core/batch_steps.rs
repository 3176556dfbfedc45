//! What is done to whole batches: they are made, put on hold and taken off it at the server, never here alone.

use chrono::NaiveDate;
use uuid::Uuid;
use viruj_api::{
    batches::{BatchReason, CreateBatch},
    lists::PageQuery,
    master_records::MasterRecordQuery,
    station::{
        BatchView, QueryKey,
        batch_steps::{
            BatchHistory, BatchHistoryQuery, BatchPerson, BatchProposal, BatchStepName, MadeBatch, MakeBatch,
            MakeableProduct, TakeBatchStep,
        },
    },
};
use viruj_client::BatchChange;
use viruj_domain::{
    capability::Capability,
    ids::{BatchId, MasterRecordId, UserId},
    master::MasterRecordStatus,
    plant::{day_begins, time_zone},
};

use super::StationCore;
use crate::{StationError, views::batch_steps as views};

/// Products that are offered; a plant makes fewer.
const PRODUCTS: u32 = 200;
/// Entries of a page of a history.
const PAGE: u32 = 100;

impl StationCore {
    /// The products of which a batch can be made now, by their codes.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn makeable_products(&self) -> Result<Vec<MakeableProduct>, StationError> {
        let request = MasterRecordQuery {
            limit: Some(PRODUCTS),
            status: Some(MasterRecordStatus::Effective),
            plant_id: Some(self.registered()?.plant_id),
            ..MasterRecordQuery::default()
        };
        let page = self
            .at_server(|client, token| {
                let request = request.clone();
                async move { client.master_records(token.expose(), &request).await }
            })
            .await?;
        let product = |row: viruj_api::master_records::MasterRecordRow| MakeableProduct {
            master_record_id: row.id.0,
            product: row.product,
            product_code: row.product_code,
            version: row.version,
        };
        Ok(page.items.into_iter().map(product).collect())
    }

    /// What a batch of this version would be.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn propose_batch(&self, master_record_id: Uuid) -> Result<BatchProposal, StationError> {
        let identity = self.registered()?;
        let id = MasterRecordId(master_record_id);
        let record =
            self.at_server(|client, token| async move { client.master_record(token.expose(), id).await }).await?;
        let makes = |person: &viruj_api::people::Person| {
            let sees = person.sees_all_plants || person.plant_ids.contains(&identity.plant_id);
            person.is_active && sees && person.role.can(Capability::BatchExecute)
        };
        let people = self.store.people().await?.into_iter().filter(makes);
        let phases = record.procedure.phases().len();
        Ok(BatchProposal {
            master_record_id,
            quantity: record.procedure.batch_size.to_string(),
            unit: record.procedure.batch_unit.symbol().to_owned(),
            phase_count: u32::try_from(phases).unwrap_or(u32::MAX),
            product: record.procedure.product,
            product_code: record.row.product_code,
            version: record.row.version,
            time_zone: self.status().await.time_zone,
            people: people.map(|person| BatchPerson { id: person.id.0, name: person.name }).collect(),
        })
    }

    /// Makes a batch and fetches it.
    ///
    /// # Errors
    /// The server cannot be reached or refuses, for example because another version is effective by now.
    pub async fn make_batch(&self, wanted: &MakeBatch) -> Result<MadeBatch, StationError> {
        let identity = self.registered()?;
        let zone = time_zone(&self.status().await.time_zone).ok_or(StationError::BadInput)?;
        let day = |text: &str| text.trim().parse::<NaiveDate>().map_err(|_| StationError::Number("not_a_date"));
        let last = day(&wanted.planned_last_day)?.succ_opt().ok_or(StationError::Number("not_a_date"))?;
        let request = CreateBatch {
            plant_id: identity.plant_id,
            product_code: wanted.product_code.clone(),
            master_record_id: MasterRecordId(wanted.master_record_id),
            planned_start: day_begins(zone, day(&wanted.planned_first_day)?),
            planned_end: day_begins(zone, last),
            assigned_to: wanted.assigned_to.clone().map(UserId),
        };
        let key = wanted.request_key.to_string();
        let made = self
            .at_server(|client, token| {
                let (request, key) = (request.clone(), key.clone());
                async move { client.create_batch(token.expose(), &key, &request).await }
            })
            .await?;
        self.fetch().await;
        Ok(MadeBatch { id: made.id.0, number: made.number })
    }

    /// Puts a batch that is still as it was shown on hold, or takes it off; takes it to this station, or gives it back.
    ///
    /// # Errors
    /// The server cannot be reached or refuses, for example because somebody else was faster.
    pub async fn take_batch_step(&self, wanted: &TakeBatchStep) -> Result<BatchView, StationError> {
        let id = BatchId(wanted.batch_id.clone());
        let taken = match wanted.step {
            BatchStepName::Hold => self.change_batch(&id, BatchChange::Hold, wanted).await,
            BatchStepName::Resume => self.change_batch(&id, BatchChange::Resume, wanted).await,
            BatchStepName::Take => self.take_lease(&id).await,
            BatchStepName::TakeOver => self.take_lease_over(&id, &wanted.reason).await,
            BatchStepName::GiveBack => self.give_lease_back(&id).await,
        };
        // Refused or not: what stands against the step is not on this screen yet.
        self.fetch().await;
        taken?;
        self.open_batch(&wanted.batch_id).await
    }

    async fn change_batch(
        &self,
        id: &BatchId,
        change: BatchChange,
        wanted: &TakeBatchStep,
    ) -> Result<(), StationError> {
        let version: i64 = wanted.version.parse().map_err(|_| StationError::BadInput)?;
        let reason = BatchReason { reason: wanted.reason.clone() };
        self.at_server(|client, token| {
            let (id, reason) = (id.clone(), reason.clone());
            async move { client.change_batch(token.expose(), &id, version, (change, &reason)).await }
        })
        .await?;
        Ok(())
    }

    /// What has become of a batch, the newest first.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn batch_history(&self, query: &BatchHistoryQuery) -> Result<BatchHistory, StationError> {
        let id = BatchId(query.batch_id.clone());
        let request = PageQuery { limit: Some(PAGE), cursor: query.cursor.clone() };
        let page = self
            .at_server(|client, token| {
                let (id, request) = (id.clone(), request.clone());
                async move { client.batch_history(token.expose(), &id, &request).await }
            })
            .await?;
        let shown = self.shown_batch(&query.batch_id).await.ok();
        let items = page.items.into_iter().filter_map(|entry| views::event(entry, shown.as_ref())).collect();
        Ok(BatchHistory { items, next_cursor: page.next_cursor })
    }

    /// Brings what the server has just changed to this station; when that fails now, the next round does it.
    async fn fetch(&self) {
        if let Err(error) = self.sync_now().await {
            tracing::debug!(code = error.code(), "what was changed at the server is not here yet");
        }
        self.tell(&[QueryKey::Batches, QueryKey::Batch]);
    }
}
