use axum::{Json, extract::State};
use viruj_api::sync::{PushRequest, PushResponse};
use viruj_domain::plant::PlantScope;
use viruj_storage::{ChangeContext, plant_store::PgPlantStore, stations};
use viruj_sync::{
    receive::{Alarm, Receiver, receive},
    store::KnownStation,
};

use crate::{application::AppState, caller::StationCaller, error::ApiError, extract::Body};

/// Push recorded operations
///
/// Each envelope gets a verdict that never changes; a push that is repeated gets the same verdicts.
/// One transaction: what was taken before a stop stands.
#[utoipa::path(post, path = "/api/v1/sync/push", operation_id = "sync_push", tag = "sync",
    request_body = PushRequest,
    responses((status = 200, description = "Verdicts in the order of the envelopes", body = PushResponse)))]
pub async fn push(
    State(app): State<AppState>,
    StationCaller(station): StationCaller,
    Body(request): Body<PushRequest>,
) -> Result<Json<PushResponse>, ApiError> {
    let server_time = app.server_time();
    let server_keys = app.verifying_keys().await?;
    let context = ChangeContext {
        station: Some(station.id),
        ..ChangeContext::system(PlantScope::only(station.plant_id.clone()), "sync", Some("push"))
    };
    let unit = app.database.begin(context).await?;
    let mut store = PgPlantStore::new(unit, station.plant_id.clone(), server_time.time);
    store.lock_station(station.id).await?;
    let receiver = Receiver { station: &station, server_keys: &server_keys, server_time };
    let received = receive(&mut store, &receiver, &request).await.map_err(ApiError::from_store)?;
    let mut unit = store.into_unit();
    unit.set_author("system:sync", Some(station.id), None, Some("push")).await?;
    stations::note_seen(&mut unit, station.id, None, receiver.server_time.time).await?;
    for alarm in &received.alarms {
        unit.audit_event("stations", &station.id.to_string(), "sync_alarm", &describe(alarm)).await?;
        report(&station, alarm);
    }
    unit.commit().await?;
    Ok(Json(received.response))
}

fn describe(alarm: &Alarm) -> String {
    let operation = alarm.operation_id.map(|id| format!(", operation {id}")).unwrap_or_default();
    let seq = alarm.station_seq.map(|seq| format!(", station sequence {seq}")).unwrap_or_default();
    format!("{}{operation}{seq}", alarm.code)
}

fn report(station: &KnownStation, alarm: &Alarm) {
    tracing::warn!(station = %station.id, code = alarm.code, "a push raised a security alarm");
}
