//! What a judged operation changes: entry, phase, batch, deviation.

use uuid::Uuid;
use viruj_api::batches::{DeviationRow, EntryRow};
use viruj_domain::{equipment::EquipmentAct, phase::PhaseEntry};
use viruj_sync::store::{Author, BatchChange, Effect, EquipmentUse, PhaseChange};

use super::PgPlantStore;
use crate::{StorageError, counters, equipment, feed::rows::unreadable, quality_samples};

/// The series of deviation codes, for example `DEV-26-001`.
const DEVIATIONS: &str = crate::deviations::SERIES;

pub(super) async fn write(
    store: &mut PgPlantStore,
    author: &Author,
    reason: Option<&str>,
    effect: &Effect,
) -> Result<(), StorageError> {
    let actor = author.person_id.as_str();
    store.unit.set_author(actor, Some(author.station_id), Some(author.operation_id), reason).await?;
    if let Some(change) = &effect.session {
        let detail = format!("at station {}, by its clock {}", author.station_id, change.at.to_rfc3339());
        let action = format!("offline_session_{}", change.event.as_str());
        store.unit.audit_event("users", actor, &action, &detail).await?;
    }
    if let Some(entry) = &effect.entry {
        write_entry(store, entry).await?;
    }
    for phase in &effect.phases {
        write_phase(store, phase).await?;
    }
    if let Some(batch) = &effect.batch {
        write_batch(store, batch).await?;
    }
    if let Some(deviation) = &effect.deviation {
        write_deviation(store, author, deviation).await?;
    }
    if let (Some(used), Some(entry)) = (&effect.equipment, &effect.entry) {
        write_equipment_use(store, used, entry).await?;
    }
    if let Some(entry) = effect.entry.as_ref().filter(|entry| entry.is_effective) {
        write_sample(store, entry).await?;
    }
    Ok(())
}

/// A sample that was taken goes to the laboratory with the tests that the phase asks for (21 CFR 211.165).
async fn write_sample(store: &mut PgPlantStore, entry: &EntryRow) -> Result<(), StorageError> {
    let PhaseEntry::SampleRequested { container } = &entry.entry else { return Ok(()) };
    let taken = quality_samples::TakenSample {
        operation: entry.operation_id,
        corrects: entry.corrects,
        batch: &entry.batch_id,
        plant: &entry.plant_id,
        phase: entry.phase_id,
        container,
        person_id: &entry.person_id,
        person_name: &entry.person_name,
        taken_at: entry.recorded_at,
        received_at: entry.received_at,
    };
    quality_samples::take(&mut store.unit, &taken).await
}

/// The log of the equipment tells the batch that it was used for (21 CFR 211.182).
async fn write_equipment_use(
    store: &mut PgPlantStore,
    used: &EquipmentUse,
    entry: &EntryRow,
) -> Result<(), StorageError> {
    let known = equipment::with_code(&mut store.unit, &entry.plant_id, &used.code).await?;
    // It was judged by the register, and has been locked since then.
    let Some(id) = known else { return Ok(()) };
    let log = equipment::NewLogEntry {
        id: Uuid::now_v7(),
        plant_id: &entry.plant_id,
        equipment: id,
        act: EquipmentAct::UseBegun,
        at: entry.recorded_at,
        person_id: &entry.person_id,
        person_name: &entry.person_name,
        batch: Some(&entry.batch_id),
        note: None,
        clean_until: None,
        calibration_due: None,
        operation: Some(entry.operation_id),
    };
    equipment::take_step(&mut store.unit, &used.standing, &log).await
}

async fn write_entry(store: &mut PgPlantStore, entry: &EntryRow) -> Result<(), StorageError> {
    let id = entry.operation_id;
    let text = serde_json::to_string(&entry.entry).map_err(|error| unreadable("phase_entries", id, &error))?;
    let signature = entry
        .signature
        .as_ref()
        .map(serde_json::to_string)
        .transpose()
        .map_err(|error| unreadable("phase_entries", id, &error))?;
    sqlx::query!(
        "INSERT INTO phase_entries (operation_id, plant_id, batch_id, phase_id, entry, person_id, person_name,
             station_id, recorded_at, received_at, reason, signature, deviation, verdict, verdict_code, is_effective,
             corrects)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        id.0,
        entry.plant_id.as_str(),
        entry.batch_id.as_str(),
        entry.phase_id.0,
        text,
        entry.person_id.as_str(),
        entry.person_name,
        entry.station_id.0,
        entry.recorded_at,
        entry.received_at,
        entry.reason,
        signature,
        entry.deviation.map(|cause| cause.as_str()),
        entry.verdict,
        entry.verdict_code,
        entry.is_effective,
        entry.corrects.map(|entry| entry.0),
    )
    .execute(store.unit.connection())
    .await?;
    Ok(())
}

async fn write_phase(store: &mut PgPlantStore, phase: &PhaseChange) -> Result<(), StorageError> {
    sqlx::query!("UPDATE batch_phases SET status = $2 WHERE id = $1", phase.id.0, phase.status.as_str())
        .execute(store.unit.connection())
        .await?;
    Ok(())
}

async fn write_batch(store: &mut PgPlantStore, batch: &BatchChange) -> Result<(), StorageError> {
    // A batch that stays as it is has no change to put into the trail. One that was planned here begins with its first
    // entry and ends with the last one, as its legacy columns say.
    sqlx::query!(
        "UPDATE production_batches SET status = $2, bmr_status = $3, updated_at = $4,
             start_date = CASE WHEN planned_start IS NOT NULL AND status = 'Planned' THEN $4 ELSE start_date END,
             end_date = CASE WHEN planned_start IS NULL THEN end_date WHEN $3 = 'Complete' THEN $4 END
         WHERE id = $1 AND (status, coalesce(bmr_status, '')) IS DISTINCT FROM ($2::text, $3::text)",
        batch.id.as_str(),
        batch.status.as_str(),
        batch.record_status.as_str(),
        store.received_at,
    )
    .execute(store.unit.connection())
    .await?;
    Ok(())
}

async fn write_deviation(
    store: &mut PgPlantStore,
    author: &Author,
    deviation: &DeviationRow,
) -> Result<(), StorageError> {
    let year = store.year().await?;
    let code = counters::next_code(store.unit.connection(), DEVIATIONS, year).await?;
    sqlx::query!(
        "INSERT INTO deviations (id, plant_id, batch_id, phase_id, operation_id, code, cause, severity, status,
             description, opened_by, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        deviation.id.0,
        deviation.plant_id.as_str(),
        deviation.batch_id.as_ref().map(|id| id.as_str()),
        deviation.phase_id.map(|id| id.0),
        deviation.operation_id.map(|id| id.0),
        code,
        deviation.cause.as_str(),
        deviation.severity.as_str(),
        deviation.status.as_str(),
        deviation.description,
        author.person_id.as_str(),
        deviation.opened_at,
    )
    .execute(store.unit.connection())
    .await?;
    Ok(())
}
