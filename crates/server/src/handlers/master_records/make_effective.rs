use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use viruj_api::master_records::{MasterRecord, MasterRecordStep};
use viruj_domain::{
    ids::PlantId,
    master::Step,
    plant::{day_begins, time_zone},
};
use viruj_storage::{UnitOfWork, master_records, plants};

use super::{begin, finish, id_of, locked, reason_of};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
    handlers::sessions::now,
};

/// Make a version effective
///
/// At once, or with the beginning of a later day in the plant's time zone; until then it stays approved.
/// The version that was effective before is superseded with the same change, so one is effective at any time.
#[utoipa::path(post, path = "/api/v1/master-records/{master_record_id}/make-effective",
    operation_id = "master_records_make_effective", tag = "master_records",
    params(("master_record_id" = String, Path, description = "The version's id"),
        ("If-Match" = String, Header, description = "The tag of the version that was shown")),
    request_body = MasterRecordStep,
    responses((status = 200, description = "The version as it is now", body = MasterRecord,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn make_effective(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<MasterRecordStep>,
) -> Result<Tagged<MasterRecord>, ApiError> {
    let (id, now) = (id_of(&id)?, now(&app));
    let reason = reason_of(&request.reason)?;
    let seen = master_records::find(&app.database, &caller.scope, id).await?.ok_or(ProblemCode::NotFound)?;
    let mut unit = begin(&app, &caller, reason).await?;
    // Before any row is locked: whoever waits for the product holds nothing that others wait for.
    master_records::wait_for_product(&mut unit, &seen.row.plant_id, &seen.row.product_code).await?;
    let (version, _) = locked(&mut unit, &caller, id, &if_match, Step::MakeEffective).await?;
    let from = match request.effective_on {
        Some(day) => Some(beginning(&mut unit, &version.row.plant_id, day).await?),
        None => None,
    };
    match from.filter(|from| *from > now) {
        Some(from) => master_records::plan(&mut unit, id, from).await?,
        None => master_records::make_effective(&mut unit, &version.row, now).await?,
    }
    finish(unit, id).await
}

async fn beginning(unit: &mut UnitOfWork, plant: &PlantId, day: NaiveDate) -> Result<DateTime<Utc>, ApiError> {
    let plant = plants::lock(unit, plant).await?.ok_or(ProblemCode::NotFound)?;
    let zone = time_zone(&plant.time_zone).ok_or(ProblemCode::TimeZoneUnknown)?;
    Ok(day_begins(zone, day))
}
