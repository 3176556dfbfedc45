//! Envelopes of a station, however they came: one transaction, with its alarms.

use viruj_api::sync::{PushRequest, PushResponse};
use viruj_domain::plant::PlantScope;
use viruj_storage::{
    ChangeContext, StorageError, UnitOfWork,
    plant_store::{Keeping, PgPlantStore},
    stations,
};
use viruj_sync::{
    receive::{Alarm, Receiver, receive},
    store::{KnownStation, StoreError},
};

use crate::application::AppState;

/// How envelopes came here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Pushed,
    /// In a file that somebody has brought.
    ByHand,
}

impl Way {
    /// Who writes, and why.
    fn author(self) -> (&'static str, &'static str) {
        match self {
            Self::Pushed => ("sync", "push"),
            Self::ByHand => ("import", "brought by hand"),
        }
    }

    /// A transaction on the rows of the station's plant.
    pub(crate) async fn begin(self, app: &AppState, station: &KnownStation) -> Result<UnitOfWork, StorageError> {
        let (what, reason) = self.author();
        let context = ChangeContext {
            station: Some(station.id),
            ..ChangeContext::system(PlantScope::only(station.plant_id.clone()), what, Some(reason))
        };
        app.database.begin(context).await
    }
}

/// Takes the envelopes and gives each its verdict; what was taken before a stop stands.
pub(crate) async fn take(
    app: &AppState,
    station: &KnownStation,
    request: &PushRequest,
    way: Way,
) -> Result<PushResponse, StoreError> {
    match take_once(app, station, request, way, Keeping::WithVerdict).await {
        // Nothing was written. Operation by operation it is found which one it is, and the push stops there.
        Err(error) if matches!(error.0.downcast_ref(), Some(StorageError::OperationTaken)) => {
            take_once(app, station, request, way, Keeping::AtOnce).await
        }
        taken => taken,
    }
}

async fn take_once(
    app: &AppState,
    station: &KnownStation,
    request: &PushRequest,
    way: Way,
    keeping: Keeping,
) -> Result<PushResponse, StoreError> {
    let server_time = app.server_time();
    let server_keys = app.verifying_keys().await?;
    let unit = way.begin(app, station).await?;
    let mut store = PgPlantStore::new(unit, station.plant_id.clone(), server_time.time, keeping);
    store.lock_station(station.id).await?;
    let receiver = Receiver { station, server_keys: &server_keys, server_time };
    let received = receive(&mut store, &receiver, request).await?;
    let mut unit = store.into_unit();
    let (what, reason) = way.author();
    unit.set_author(&format!("system:{what}"), Some(station.id), None, Some(reason)).await?;
    let id = station.id.to_string();
    match way {
        Way::Pushed => stations::note_seen(&mut unit, station.id, None, receiver.server_time.time).await?,
        Way::ByHand => {
            let detail = format!("{} entries", received.response.verdicts.len());
            unit.audit_event("stations", &id, "unsent_imported", &detail).await?;
        }
    }
    for alarm in &received.alarms {
        unit.audit_event("stations", &id, "sync_alarm", &describe(alarm)).await?;
        tracing::warn!(station = id, code = alarm.code, "what a station has sent raised a security alarm");
    }
    unit.commit().await?;
    Ok(received.response)
}

fn describe(alarm: &Alarm) -> String {
    let operation = alarm.operation_id.map(|id| format!(", operation {id}")).unwrap_or_default();
    let seq = alarm.station_seq.map(|seq| format!(", station sequence {seq}")).unwrap_or_default();
    format!("{}{operation}{seq}", alarm.code)
}
