//! A station with a real key, as far as the server can tell.

use std::sync::Arc;

use viruj_api::{
    sessions::OpenSession,
    signatures::AttestRequest,
    statement::{PersonSlot, Statement},
    stations::RegisterStation,
    sync::{PushRequest, PushResponse},
};
use viruj_client::{Client, ClientError, StationExchange};
use viruj_domain::ids::StationId;
use viruj_sync::{
    conformance::world::{STATION, Writer, plant_id, station_key},
    signing::{answer_challenge, statement_bytes, to_base64},
    store::{Exchange, ExchangeError, StoredOperation},
};

use crate::{TestApp, world};

/// Registers itself, writes envelopes, pushes and pulls.
pub struct TestStation {
    pub id: StationId,
    pub writer: Writer,
    pub exchange: StationExchange,
}

impl TestStation {
    /// Registers the conformance suite's first station through the administrator of [`world`].
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn register(app: &TestApp, client: &Client) -> Self {
        Self::register_as(app, client, STATION, plant_id().as_str()).await
    }

    /// Registers a station by its id, whose key follows from it, for a plant.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn register_as(app: &TestApp, client: &Client, id: StationId, plant: &str) -> Self {
        let admin = app.sign_in(client, &world::email("admin")).await;
        client
            .register_station(&admin.access_token, &registration(id, plant))
            .await
            .expect("the station is registered");
        Self::known(client, id)
    }

    /// A station that the server may or may not know.
    #[must_use]
    pub fn known(client: &Client, id: StationId) -> Self {
        let signer = Arc::new(move |challenge: &str| answer_challenge(challenge, &station_key(id)));
        let exchange = StationExchange::new(client.clone(), id, "0.1.0", signer);
        Self { id, writer: Writer::new(id), exchange }
    }

    /// # Errors
    /// What the exchange met.
    pub async fn push(&self, operations: &[StoredOperation]) -> Result<PushResponse, ExchangeError> {
        let envelopes = operations.iter().map(|operation| operation.signed.clone()).collect();
        self.exchange.push(&PushRequest { envelopes }).await
    }

    /// What a person's screen sends for a signature.
    ///
    /// # Panics
    /// When the statement has no canonical bytes.
    #[must_use]
    pub fn attest_request(&self, statement: &Statement, email: Option<&str>, password: &str) -> AttestRequest {
        AttestRequest {
            station_id: self.id,
            statement: to_base64(&statement_bytes(statement).expect("canonical bytes")),
            email: email.map(ToOwned::to_owned),
            password: password.to_owned(),
        }
    }

    /// Asks the server to attest, as [`Self::attest_request`] says.
    ///
    /// # Errors
    /// What the server said against it.
    pub async fn attest(
        &self,
        client: &Client,
        session: &OpenSession,
        statement: &Statement,
        email: Option<&str>,
    ) -> Result<PersonSlot, ClientError> {
        let request = self.attest_request(statement, email, world::PASSWORD);
        Ok(client.attest(&session.access_token, &request).await?.person)
    }
}

/// The registration of a station whose key follows from its id.
#[must_use]
pub fn registration(id: StationId, plant: &str) -> RegisterStation {
    RegisterStation {
        station_id: id,
        name: "Granulation 2".to_owned(),
        plant_id: plant.into(),
        public_key: to_base64(station_key(id).verifying_key().as_bytes()),
        program_version: "0.1.0".to_owned(),
    }
}
