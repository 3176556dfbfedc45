//! Stations: registration of a key, signing in as the station, and keeping one out.

pub mod challenge;
pub mod change_ring;
pub mod change_state;
pub mod list;
pub mod register;
pub mod sign_in;

use uuid::Uuid;
use viruj_api::{server::ServerIdentity, stations::StationRow};
use viruj_domain::{ids::StationId, plant::PlantScope};
use viruj_storage::{ChangeContext, UnitOfWork, installation, stations};
use viruj_sync::signing::publish_recovery;

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
};

/// The station, held for a change of it; one of another plant is not there.
async fn locked(app: &AppState, caller: &Caller, id: &str, reason: &str) -> Result<(UnitOfWork, StationRow), ApiError> {
    let id = id.parse::<Uuid>().map(StationId).map_err(|_| ProblemCode::NotFound)?;
    let context = ChangeContext::person(caller.scope.clone(), caller.person.id.as_str(), Some(reason));
    let mut unit = app.database.begin(context).await?;
    let station = stations::lock(&mut unit, id).await?.filter(|station| caller.scope.sees(&station.plant_id));
    Ok((unit, station.ok_or(ProblemCode::NotFound)?))
}

/// Who this server is; a station pins it when it registers.
pub(crate) async fn identity(app: &AppState) -> Result<ServerIdentity, ApiError> {
    Ok(ServerIdentity {
        server_id: app.server_id,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema_version: app.schema_version(),
        feed_epoch: installation::feed_epoch(&app.database).await?,
        signing_keys: app.signing_keys.published(),
        plants: installation::plants(&app.database, &PlantScope::All).await?,
        is_demo: installation::is_demo(&app.database).await?,
        export_recipient: app.exports.as_ref().map(|keys| keys.published(app)),
        recovery_recipients: app
            .recovery
            .as_ref()
            .map(|recipients| publish_recovery(&recipients.to_string(), app.signing_keys.current())),
        single_sign_on: app.single_sign_on.is_some(),
        time: app.clock.now(),
    })
}
