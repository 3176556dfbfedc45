use axum::{Json, extract::State};
use uuid::Uuid;
use viruj_api::legacy::receiving::{Grn, SamplingRequest};
use viruj_domain::{
    receiving::{self, GateEntryStatus, STANDARD_TESTS, due_date, local_date},
    role::Role,
};
use viruj_storage::{
    gate_entries, goods_receipts, legacy_plants,
    notifications::{self, Message},
    quality_samples::{self, NewSample},
    quality_tests::{self, NewTest},
};

use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    extract::Segment,
    handlers::{
        legacy::{begin, body::Fields, id_of, not_found},
        sessions::now,
    },
};

/// Ask for a sample of a delivery
///
/// Makes a sample that is due in three days, with its tests, and tells the QC Managers. The notes are added to the
/// remarks of the goods receipt note.
#[utoipa::path(post, path = "/api/grn/{grn_id}/request-sampling", operation_id = "legacy_grn_request_sampling",
    tag = "legacy",
    params(("grn_id" = String, Path, description = "The note's id")),
    request_body = SamplingRequest,
    responses((status = 200, description = "The goods receipt note", body = Grn)))]
pub async fn request_sampling(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    mut fields: Fields,
) -> Result<Json<Grn>, ApiError> {
    let now = now(&app);
    let notes = fields.optional_text("qa_notes", 500).filter(|notes| !notes.is_empty());
    fields.check()?;
    let mut unit = begin(&app, &caller, "request sampling").await?;
    let receipt = goods_receipts::lock(&mut unit, id_of(&id, "GRN")?).await?.ok_or_else(|| not_found("GRN"))?;
    let status = receiving::request_sampling(receipt.status.as_deref())?;
    let plant = receipt.plant_id.ok_or_else(|| not_found("GRN"))?;
    let gate = gate_entries::lock(&mut unit, receipt.gate_entry_id).await?.ok_or_else(|| not_found("Gate entry"))?;
    let zone = legacy_plants::time_zone(&mut unit, &plant).await?.ok_or_else(|| not_found("Plant"))?;
    let today = local_date(now, zone);
    let grn = goods_receipts::request_sampling(&mut unit, receipt.id, status, notes.as_deref(), now).await?;
    gate_entries::set_status(&mut unit, gate.id, GateEntryStatus::SamplingRequested).await?;
    let sample = NewSample {
        id: Uuid::now_v7(),
        grn_id: receipt.id,
        gate_entry: &gate,
        plant_id: &plant,
        sampled_on: today,
        due_on: due_date(today),
        requested_by: &caller.person.id,
        requested_by_name: &caller.person.name,
        created_at: now,
    };
    quality_samples::create(&mut unit, &sample).await?;
    let tests = STANDARD_TESTS.map(|(name, method)| NewTest {
        id: Uuid::now_v7(),
        name: name.to_owned(),
        method: Some(method.to_owned()),
    });
    quality_tests::create(&mut unit, sample.id, Some(&plant), &tests, now).await?;
    let text = format!("Entry {} requires sampling. QA has requested QC action.", gate.entry_code);
    let message = Message { title: "Sampling request raised", text: &text };
    notifications::tell(&mut unit, &plant, Role::QcManager, &message, now).await?;
    unit.commit().await?;
    Ok(Json(grn))
}
