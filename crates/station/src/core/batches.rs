//! What the screens read, from the store: it opens at once and without the server.

use std::collections::HashMap;

use viruj_api::{
    people::Person,
    statement::Action,
    station::{
        BatchList, BatchListQuery, BatchView, CheckNumber, CheckResource, NumberCheck, ResourceCheck, StatusCount,
        UnsentEntry,
    },
};
use viruj_domain::{
    capability::Capability,
    execution::{Circumstances, Wanted},
    ids::PhaseId,
    person::Acting,
    phase::PhaseKind,
};

use super::StationCore;
use crate::{
    StationError, numbers,
    overlay::{ShownBatch, overlay},
    store::{BatchFilter, Unsent},
    views,
};

impl StationCore {
    /// The batches of the station's plant, as they stand with what was recorded here.
    ///
    /// # Errors
    /// Nobody is signed in, the person may not read batches, or the store fails.
    pub async fn list_batches(&self, query: &BatchListQuery) -> Result<BatchList, StationError> {
        let reader = self.reader()?;
        let identity = self.registered()?;
        let filter = BatchFilter {
            plant_id: identity.plant_id.clone(),
            search: query.search.clone(),
            statuses: query.statuses.clone(),
            assigned_to: query.only_mine.then(|| reader.id.clone()),
            sort: query.sort.clone(),
            descending: query.descending,
            now: self.now(),
        };
        let counts = self.store.count_batches(&filter).await?;
        let items = self.store.list_batches(&filter).await?;
        let is_loading = !self.store.has_both_feeds(&identity.plant_id).await?;
        Ok(BatchList {
            items: items.into_iter().map(|listed| views::list_item(listed, &reader)).collect(),
            counts: counts.into_iter().map(|(status, count)| StatusCount { status, count }).collect(),
            as_of: self.state().synced_at.map(views::time),
            is_loading,
        })
    }

    /// # Errors
    /// [`StationError::BatchUnknown`] where the station does not hold the batch.
    pub async fn open_batch(&self, batch_id: &str) -> Result<BatchView, StationError> {
        let reader = self.reader()?;
        let shown = self.shown_batch(batch_id).await?;
        let row = &shown.parts.batch;
        let wanted = Wanted::for_phases(&shown.states(), &reader.id);
        let registers = self.store.registers(&row.plant_id, &wanted).await?;
        let circumstances = Circumstances { batch: &row.id, registers: &registers, at: self.now() };
        let session = self.session()?;
        let signing_needs_server = self.is_offline() && !self.has_key(&session).await?;
        let standing = self.lease_standing(&row.id, shown.status).await?;
        let may = views::May { execute: self.may_execute(&reader), signing_needs_server };
        Ok(views::batch(&shown, self.acting(&reader), may, circumstances, &standing))
    }

    /// Says whether a lot or a piece of equipment that was scanned or typed may be charged or used; nothing is recorded.
    ///
    /// # Errors
    /// The batch or the phase is not on this station.
    pub async fn check_resource(&self, input: &CheckResource) -> Result<ResourceCheck, StationError> {
        let reader = self.reader()?;
        let shown = self.shown_batch(&input.batch_id).await?;
        let states = shown.states();
        let phase = states.iter().find(|state| state.id == PhaseId(input.phase_id));
        let phase = phase.ok_or(viruj_domain::execution::Refusal::PhaseUnknown)?;
        let mut wanted = Wanted::for_phases(std::slice::from_ref(phase), &reader.id);
        let text = input.text.trim().to_owned();
        (wanted.lot, wanted.equipment) = (Some(text.clone()), Some(text.clone()));
        let row = &shown.parts.batch;
        let registers = self.store.registers(&row.plant_id, &wanted).await?;
        let circumstances = Circumstances { batch: &row.id, registers: &registers, at: self.now() };
        let kind = &phase.definition.kind;
        let checked = match kind {
            PhaseKind::MaterialCharge { material_code, .. } => circumstances.check_lot(&text, material_code),
            kind => circumstances.check_equipment(&text, kind),
        };
        let is_known = match kind {
            PhaseKind::MaterialCharge { .. } => registers.lots.iter().any(|lot| lot.number == text),
            _ => registers.equipment.iter().any(|one| one.code == text),
        };
        Ok(ResourceCheck { refusal: checked.err().as_ref().map(views::unfit), is_known })
    }

    /// Says how a typed number would be recorded; nothing is recorded.
    ///
    /// # Errors
    /// The batch or the phase is not on this station, or the phase records no number.
    pub async fn check_number(&self, input: &CheckNumber) -> Result<NumberCheck, StationError> {
        self.reader()?;
        let shown = self.shown_batch(&input.batch_id).await?;
        let phase = shown.phases.iter().find(|phase| phase.row.id == PhaseId(input.phase_id));
        let kind = &phase.ok_or(viruj_domain::execution::Refusal::PhaseUnknown)?.row.definition.kind;
        let parameter = kind.number().ok_or(viruj_domain::execution::Refusal::WrongEntryKind)?;
        Ok(numbers::check_number(&input.text, &input.decimal_separator, parameter))
    }

    /// What waits for the server, oldest first.
    ///
    /// # Errors
    /// The store fails.
    pub async fn list_unsent(&self) -> Result<Vec<UnsentEntry>, StationError> {
        let mut batches: HashMap<String, Option<ShownBatch>> = HashMap::new();
        let mut entries = Vec::new();
        let mut waiting = self.store.unsent().await?;
        for file in self.store.unsent_files().await? {
            if let Some(kept) = self.store.kept(file.operation_id).await? {
                waiting.push(Unsent { kept, attempts: file.attempts, last_problem: file.last_problem });
            }
        }
        for unsent in waiting {
            let statement = &unsent.kept.statement;
            // What happened to a session belongs to no batch.
            let batch_id = statement.batch_id.as_ref().map(|batch| batch.0.clone()).unwrap_or_default();
            if !batches.contains_key(&batch_id) {
                let shown = self.store.batch_parts(&batch_id).await?.map(overlay);
                batches.insert(batch_id.clone(), shown);
            }
            let batch = batches.get(&batch_id).and_then(Option::as_ref);
            let phase_id = statement.action.phase();
            let phase = batch.and_then(|batch| batch.phases.iter().find(|phase| Some(phase.row.id) == phase_id));
            entries.push(UnsentEntry {
                operation_id: statement.operation_id.0,
                event: match statement.action {
                    Action::Session { event } => Some(event),
                    _ => None,
                },
                batch_number: batch.map_or(batch_id, |batch| batch.parts.batch.number.clone()),
                phase_number: phase.map_or(0, |phase| phase.row.number),
                phase_title: phase.map(|phase| phase.row.definition.title.clone()).unwrap_or_default(),
                person_name: unsent.kept.person_name,
                recorded_at: views::time(unsent.kept.envelope.recorded_at),
                attempts: unsent.attempts,
                last_problem: unsent.last_problem,
            });
        }
        Ok(entries)
    }

    pub(super) async fn shown_batch(&self, batch_id: &str) -> Result<ShownBatch, StationError> {
        let parts = self.store.batch_parts(batch_id).await?;
        let shown = overlay(parts.ok_or(StationError::BatchUnknown)?);
        match self.identity() {
            Some(identity) if identity.plant_id == shown.parts.batch.plant_id => Ok(shown),
            _ => Err(StationError::BatchUnknown),
        }
    }

    /// The person who is signed in, when that person may see the batches of this plant.
    pub(super) fn reader(&self) -> Result<Person, StationError> {
        let person = self.session()?.person;
        if person.is_active && person.role.can(Capability::BatchRead) && self.sees_plant(&person) {
            Ok(person)
        } else {
            Err(StationError::NotAllowed)
        }
    }

    fn sees_plant(&self, person: &Person) -> bool {
        let state = self.state();
        let plant = state.identity.as_ref().map(|identity| &identity.plant_id);
        person.sees_all_plants || plant.is_some_and(|plant| person.plant_ids.contains(plant))
    }

    pub(super) fn acting<'a>(&self, person: &'a Person) -> Acting<'a> {
        Acting { id: &person.id, role: person.role, is_active: person.is_active && self.sees_plant(person) }
    }

    pub(super) fn may_execute(&self, person: &Person) -> bool {
        let acting = self.acting(person);
        acting.is_active && acting.role.can(Capability::BatchExecute)
    }
}
