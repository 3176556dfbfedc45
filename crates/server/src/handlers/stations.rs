//! Stations: registration of a key, signing in as the station, and keeping one out.

pub mod challenge;
pub mod change_state;
pub mod list;
pub mod register;
pub mod sign_in;

use viruj_api::server::ServerIdentity;
use viruj_domain::plant::PlantScope;
use viruj_storage::installation;
use viruj_sync::signing::publish_recovery;

use crate::{application::AppState, error::ApiError};

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
