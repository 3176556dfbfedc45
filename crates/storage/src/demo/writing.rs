//! Puts the demonstration's rows down.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Duration, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use viruj_domain::{batch::BatchStatus, deviation::DeviationStatus, master::Procedure, plant::time_zone};

use super::{
    SeedError, SeedReport,
    batches::Plan,
    demo_id,
    history::{DISPOSITION_TOOK, Told, history_station, zone_of},
    people::{PLANTS, executor_in},
    spread,
};
use crate::{Database, StorageError, UnitOfWork, counters::next_code};

const MASTER_VERSION: i32 = 1;

/// The master records of the plants, with the text that they are hashed over.
pub(super) struct Masters {
    ids: BTreeMap<&'static str, Uuid>,
    text: String,
    hash: Vec<u8>,
}

/// Whether nobody uses the database yet.
pub(super) async fn is_empty(database: &Database) -> Result<bool, StorageError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT NOT EXISTS (SELECT FROM users) AND NOT EXISTS (SELECT FROM materials)
               AND NOT EXISTS (SELECT FROM plants) AND NOT EXISTS (SELECT FROM production_batches)
               AND NOT EXISTS (SELECT FROM gate_entries) AND NOT EXISTS (SELECT FROM notifications) AS "is_empty!""#
    )
    .fetch_one(&database.reader(&viruj_domain::plant::PlantScope::All))
    .await?)
}

pub(super) async fn mark_as_demo(unit: &mut UnitOfWork) -> Result<(), StorageError> {
    sqlx::query!("INSERT INTO installation (key, value) VALUES ('demo', '1')").execute(unit.connection()).await?;
    Ok(())
}

pub(super) async fn is_there(unit: &mut UnitOfWork, plan: &Plan) -> Result<bool, StorageError> {
    Ok(
        sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM production_batches WHERE id = $1) AS "is_there!""#,
            plan.id(),
        )
        .fetch_one(unit.connection())
        .await?,
    )
}

/// Each plant has its own effective record; a plant that already has one for the product keeps it as it is.
pub(super) async fn add_masters(
    unit: &mut UnitOfWork,
    procedure: &Procedure,
    now: DateTime<Utc>,
    report: &mut SeedReport,
) -> Result<Masters, SeedError> {
    let text = serde_json::to_string(procedure)?;
    let hash = Sha256::digest(&text).to_vec();
    let mut ids = BTreeMap::new();
    for plant in &PLANTS {
        let id = demo_id(&format!("{}/{}/{MASTER_VERSION}", plant.id, procedure.product_code));
        report.master_records += sqlx::query!(
            "INSERT INTO master_batch_records
                 (id, plant_id, product, product_code, version, status, procedure, content_hash, effective_from,
                  created_by, created_at, approved_by, approved_at)
             VALUES ($1, $2, $3, $4, $5, 'Effective', $6, $7, $8, 'prod-head-1', $9, 'qa-head-1', $10)
             ON CONFLICT DO NOTHING",
            id,
            plant.id,
            procedure.product,
            procedure.product_code,
            MASTER_VERSION,
            text,
            hash,
            now - Duration::days(90),
            now - Duration::days(120),
            now - Duration::days(95),
        )
        .execute(unit.connection())
        .await
        .map_err(StorageError::from)?
        .rows_affected();
        add_history_station(unit, plant.id, now).await?;
        ids.insert(plant.id, id);
    }
    Ok(Masters { ids, text, hash })
}

/// Nothing can be sent in its name: it is retired, and nobody has the private half of what stands in for its key.
async fn add_history_station(unit: &mut UnitOfWork, plant: &str, now: DateTime<Utc>) -> Result<(), StorageError> {
    sqlx::query!(
        "INSERT INTO stations (id, name, plant_id, public_key, state, registered_at)
         VALUES ($1, 'Demonstration history', $2, $3, 'Retired', $4) ON CONFLICT DO NOTHING",
        history_station(plant).0,
        plant,
        Sha256::digest(format!("viruj-demo: there is no station behind the history of {plant}")).to_vec(),
        now - Duration::days(120),
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

pub(super) async fn add_batch(
    unit: &mut UnitOfWork,
    plan: &Plan,
    masters: &Masters,
    procedure: &Procedure,
    told: &Told,
    report: &mut SeedReport,
) -> Result<(), SeedError> {
    let master = masters.ids.get(plan.plant).copied();
    let number = free_batch_number(unit, plan, told.started_at).await?;
    let final_yield = (plan.status == BatchStatus::Completed)
        .then(|| rust_decimal::Decimal::new(i64::from(9700 + spread(&plan.id(), 220)), 2));
    sqlx::query!(
        "INSERT INTO production_batches
             (id, product_name, batch_number, status, start_date, end_date, quantity, unit, assigned_to, officer_id,
              plant_id, qa_release_status, bmr_status, final_yield, qa_officer_id, hold_reason, created_at, updated_at,
              master_record_id, master_version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'prod-man-1', $10, $11, $12, $13, 'qa-man-1', $14, $15, $16, $17, $18)",
        plan.id(),
        procedure.product,
        number,
        plan.status.as_str(),
        told.started_at,
        told.ended_at,
        procedure.batch_size.value(),
        procedure.batch_unit.symbol(),
        executor_in(plan.plant).id,
        plan.plant,
        plan.release.as_str(),
        told.record_status.as_str(),
        final_yield,
        plan.hold_reason,
        told.started_at - Duration::days(5),
        told.entries.last().map(|entry| entry.received_at),
        master,
        MASTER_VERSION,
    )
    .execute(unit.connection())
    .await
    .map_err(StorageError::from)?;
    sqlx::query!(
        "INSERT INTO batch_records
             (batch_id, plant_id, master_record_id, master_version, procedure, content_hash, frozen_at, frozen_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'prod-man-1')",
        plan.id(),
        plan.plant,
        master,
        MASTER_VERSION,
        masters.text,
        masters.hash,
        told.started_at - Duration::days(5),
    )
    .execute(unit.connection())
    .await
    .map_err(StorageError::from)?;
    report.batches += 1;
    report.phases += add_phases(unit, plan, told).await?;
    report.deviations += add_deviations(unit, plan, told).await?;
    report.entries += add_entries(unit, told).await?;
    Ok(())
}

/// A database that is seeded into may have numbers of the same form already.
async fn free_batch_number(
    unit: &mut UnitOfWork,
    plan: &Plan,
    started_at: DateTime<Utc>,
) -> Result<String, StorageError> {
    let year = time_zone(zone_of(plan.plant)).map_or(started_at.year(), |zone| started_at.with_timezone(&zone).year());
    loop {
        let number = next_code(unit.connection(), "MET", year).await?;
        let is_taken = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM production_batches WHERE batch_number = $1) AS "is_taken!""#,
            number,
        )
        .fetch_one(unit.connection())
        .await?;
        if !is_taken {
            return Ok(number);
        }
    }
}

async fn add_phases(unit: &mut UnitOfWork, plan: &Plan, told: &Told) -> Result<u64, SeedError> {
    let mut definitions = Vec::new();
    for phase in &told.phases {
        definitions.push(serde_json::to_string(&phase.definition)?);
    }
    let phases = &told.phases;
    let added = sqlx::query!(
        "INSERT INTO batch_phases
             (id, plant_id, batch_id, number, unit_procedure, operation, definition, status, version)
         SELECT id, $1, $2, number, unit_procedure, operation, definition, status, version
         FROM unnest($3::uuid[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[])
             AS phase (id, number, unit_procedure, operation, definition, status, version)",
        plan.plant,
        plan.id(),
        &phases.iter().map(|phase| phase.id.0).collect::<Vec<_>>(),
        &phases.iter().map(|phase| i32::try_from(phase.number).unwrap_or(i32::MAX)).collect::<Vec<_>>(),
        &phases.iter().map(|phase| phase.unit_procedure.clone()).collect::<Vec<_>>(),
        &phases.iter().map(|phase| phase.operation.clone()).collect::<Vec<_>>(),
        &definitions,
        &phases.iter().map(|phase| phase.status.as_str().to_owned()).collect::<Vec<_>>(),
        &phases.iter().map(|phase| phase.version).collect::<Vec<_>>(),
    )
    .execute(unit.connection())
    .await
    .map_err(StorageError::from)?;
    Ok(added.rows_affected())
}

async fn add_deviations(unit: &mut UnitOfWork, plan: &Plan, told: &Told) -> Result<u64, StorageError> {
    for deviation in &told.deviations {
        let year = time_zone(zone_of(plan.plant))
            .map_or(deviation.opened_at.year(), |zone| deviation.opened_at.with_timezone(&zone).year());
        let code = next_code(unit.connection(), "DEV", year).await?;
        let is_closed = deviation.status == DeviationStatus::Closed;
        let is_begun = deviation.status != DeviationStatus::Open;
        let investigators: Vec<String> = is_begun.then(|| "qa-op-1".to_owned()).into_iter().collect();
        sqlx::query!(
            "INSERT INTO deviations
                 (id, plant_id, batch_id, phase_id, operation_id, code, cause, severity, status, description,
                  opened_by, opened_at, assigned_to, immediate_action, root_cause, corrective_action,
                  impact_assessment, closed_by, closed_at, disposition, disposition_reason, no_capa_reason,
                  investigators, reviewed_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'qa-op-1', $13, $14, $15, $16, $17, $18, $19,
                  $20, $21, $22, $23)",
            deviation.id.0,
            deviation.plant_id.as_str(),
            deviation.batch_id.as_ref().map(|batch| batch.as_str()),
            deviation.phase_id.map(|phase| phase.0),
            deviation.operation_id.map(|operation| operation.0),
            code,
            deviation.cause.as_str(),
            deviation.severity.as_str(),
            deviation.status.as_str(),
            deviation.description,
            executor_in(plan.plant).id,
            deviation.opened_at,
            is_closed.then_some("The reading was repeated with a second instrument."),
            is_closed.then_some("The set point had drifted after the last cleaning."),
            is_closed.then_some("The set point was corrected and added to the set-up checklist."),
            is_closed.then_some("All later checks of the batch lie within their limits."),
            is_closed.then_some("qa-head-1"),
            is_closed.then_some(deviation.opened_at + DISPOSITION_TOOK - Duration::minutes(30)),
            deviation.disposition.map(|disposition| disposition.as_str()),
            is_closed.then_some("The later checks of the batch show no effect on the product."),
            is_closed.then_some("The checklist was changed at once; the next batches are watched by their own checks."),
            &investigators,
            is_closed.then_some("qa-man-1"),
        )
        .execute(unit.connection())
        .await?;
    }
    Ok(told.deviations.len() as u64)
}

async fn add_entries(unit: &mut UnitOfWork, told: &Told) -> Result<u64, SeedError> {
    for row in &told.entries {
        sqlx::query!(
            "INSERT INTO phase_entries
                 (operation_id, plant_id, batch_id, phase_id, entry, person_id, person_name, station_id, recorded_at,
                  received_at, reason, signature, deviation, verdict, verdict_code, is_effective, origin)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'demo_history')",
            row.operation_id.0,
            row.plant_id.as_str(),
            row.batch_id.as_str(),
            row.phase_id.0,
            serde_json::to_string(&row.entry)?,
            row.person_id.as_str(),
            row.person_name,
            row.station_id.0,
            row.recorded_at,
            row.received_at,
            row.reason,
            row.signature.as_ref().map(serde_json::to_string).transpose()?,
            row.deviation.map(|cause| cause.as_str()),
            row.verdict,
            row.verdict_code,
            row.is_effective,
        )
        .execute(unit.connection())
        .await
        .map_err(StorageError::from)?;
    }
    Ok(told.entries.len() as u64)
}
