//! Registration: the server learns the station's key, the station pins the server's.

use uuid::Uuid;
use viruj_api::{
    server::{ServerIdentity, ServerKey},
    station::{PlantOption, QueryKey, StationRegistration},
    stations::{RegisterStation, RegisteredStation},
};
use viruj_domain::ids::{PlantId, StationId};
use viruj_sync::signing::{self, to_base64};

use super::StationCore;
use crate::{
    StationError,
    store::facts::{self, StationIdentity},
};

impl StationCore {
    /// The plants that the server knows.
    ///
    /// # Errors
    /// The server cannot be reached.
    pub async fn registration_plants(&self) -> Result<Vec<PlantOption>, StationError> {
        let server = self.options.client.server().await?;
        let option = |plant: viruj_api::server::PlantSummary| PlantOption {
            id: plant.id.0,
            name: plant.name,
            time_zone: plant.time_zone,
        };
        Ok(server.plants.into_iter().map(option).collect())
    }

    /// Registers the station with the session of the System Admin who is signed in.
    ///
    /// # Errors
    /// `not_allowed` from the server for anybody else, [`StationError::AlreadyRegistered`].
    pub async fn register_station(&self, registration: &StationRegistration) -> Result<(), StationError> {
        if self.identity().is_some() {
            return Err(StationError::AlreadyRegistered);
        }
        let (token, _) = self.access().await?;
        let request = self.registration(&registration.station_name, PlantId(registration.plant_id.clone())).await?;
        let registered = self.options.client.register_station(token.expose(), &request).await?;
        self.pin(registered).await
    }

    /// An embedded station registers itself; a station that is registered does nothing.
    pub(super) async fn register_itself(&self) -> Result<(), StationError> {
        let Some(registrar) = &self.options.registrar else { return Ok(()) };
        if self.identity().is_some() {
            return Ok(());
        }
        let plant = match &self.options.plant_id {
            Some(plant) => plant.clone(),
            None => {
                let server = self.options.client.server().await?;
                // By id, not by name as a screen lists them: of several plants the one that was made first.
                let first = server.plants.into_iter().map(|plant| plant.id).min_by(|a, b| a.as_str().cmp(b.as_str()));
                first.ok_or(StationError::NotRegistered)?
            }
        };
        let request = self.registration(&self.options.station_name, plant).await?;
        let registered = registrar(request).await?;
        self.pin(registered).await
    }

    async fn registration(&self, name: &str, plant_id: PlantId) -> Result<RegisterStation, StationError> {
        let station_id = match self.store.fact::<Uuid>(facts::STATION_ID).await? {
            Some(id) => id,
            None => {
                let id = self.new_id()?;
                self.store.set_fact(facts::STATION_ID, &id).await?;
                id
            }
        };
        Ok(RegisterStation {
            station_id: StationId(station_id),
            name: name.trim().to_owned(),
            plant_id,
            public_key: to_base64(self.key.verifying_key().as_bytes()),
            program_version: self.options.program_version.clone(),
        })
    }

    async fn pin(&self, registered: RegisteredStation) -> Result<(), StationError> {
        let identity = StationIdentity {
            station_id: registered.station_id,
            name: registered.name,
            plant_id: registered.plant_id,
            server_id: registered.server.server_id,
            server_keys: registered.server.signing_keys.clone(),
            registered_at: registered.registered_at,
            is_demo: registered.server.is_demo,
        };
        self.store.set_fact(facts::IDENTITY, &identity).await?;
        self.adopt_identity(identity);
        self.learn_recipient(&registered.server).await?;
        self.keep_recovery_file(&registered.server).await?;
        self.tell(&[QueryKey::Status, QueryKey::Batches]);
        self.wake.notify_one();
        Ok(())
    }

    /// Sees that the server at this address is the one that is pinned; what it says of itself may change.
    ///
    /// A key that a pinned one vouches for is pinned too, so that the server can rotate its keys.
    pub(super) async fn check_server(&self, server: &ServerIdentity) -> Result<(), StationError> {
        let Some(mut identity) = self.identity() else { return Ok(()) };
        let pinned = Self::pinned_keys(&identity);
        let is_pinned = |key: &ServerKey| identity.server_keys.iter().any(|own| own.public_key == key.public_key);
        let follows = |key: &ServerKey| pinned.iter().any(|own| signing::is_endorsed_by(key, own));
        let is_known = server.signing_keys.iter().any(|key| is_pinned(key) || follows(key));
        let is_news = |key: &&ServerKey| !is_pinned(key) && follows(key);
        let news: Vec<ServerKey> = server.signing_keys.iter().filter(is_news).cloned().collect();
        if server.server_id != identity.server_id || !is_known {
            return Err(StationError::ServerChanged);
        }
        if !news.is_empty() || server.is_demo != identity.is_demo {
            identity.server_keys.extend(news);
            identity.is_demo = server.is_demo;
            self.store.set_fact(facts::IDENTITY, &identity).await?;
            self.state_mut().identity = Some(identity);
        }
        self.learn_recipient(server).await?;
        self.keep_recovery_file(server).await
    }
}
