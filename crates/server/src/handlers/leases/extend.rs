use axum::{Json, extract::State};
use viruj_api::leases::{ExtendLeases, SignedLease};
use viruj_domain::{lease::LEASE_LIFE, plant::PlantScope};
use viruj_storage::{ChangeContext, leases};

use super::{granted, now};
use crate::{
    application::AppState,
    caller::StationCaller,
    error::{ApiError, ProblemCode},
    extract::Body,
};

/// Extend leases
///
/// By the station that holds them, whoever is signed in there: those that still live, of batches that are still to be
/// executed, live for 48 hours from now. The others are left out of the answer.
#[utoipa::path(post, path = "/api/v1/sync/leases", operation_id = "sync_extend_leases", tag = "sync",
    request_body = ExtendLeases,
    responses((status = 200, description = "Those that live on", body = Vec<SignedLease>)))]
pub async fn extend(
    State(app): State<AppState>,
    StationCaller(station): StationCaller,
    Body(request): Body<ExtendLeases>,
) -> Result<Json<Vec<SignedLease>>, ApiError> {
    if request.leases.len() > ExtendLeases::MOST {
        let detail = format!("at most {} leases are extended at a time", ExtendLeases::MOST);
        return Err(ApiError::new(ProblemCode::InvalidBody).with_detail(detail));
    }
    let now = now(&app);
    let context = ChangeContext {
        station: Some(station.id),
        ..ChangeContext::system(
            PlantScope::only(station.plant_id.clone()),
            "sync",
            Some("lease extended by its station"),
        )
    };
    let mut unit = app.database.begin(context).await?;
    let mut signed = Vec::new();
    for mut row in leases::lock_living(&mut unit, station.id, &request.leases, now).await? {
        row.expires_at = row.expires_at.max(now + LEASE_LIFE);
        leases::extend(&mut unit, row.id, row.expires_at).await?;
        signed.push(granted(&app, &row)?);
    }
    unit.commit().await?;
    Ok(Json(signed))
}
