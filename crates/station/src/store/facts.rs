//! What the station knows of itself, as JSON by name.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sqlx::SqliteConnection;
use uuid::Uuid;
use viruj_api::{people::Person, server::ServerKey};
use viruj_domain::ids::{PlantId, StationId};

use super::{Store, StoreFault};

/// The station as it was registered, with the server that it pins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationIdentity {
    pub station_id: StationId,
    pub name: String,
    pub plant_id: PlantId,
    pub server_id: Uuid,
    /// Signatures of no other key are accepted.
    pub server_keys: Vec<ServerKey>,
    pub registered_at: DateTime<Utc>,
    pub is_demo: bool,
}

/// The person who signed in last and has not signed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedPerson {
    pub person: Person,
    pub signed_in_at: DateTime<Utc>,
    /// The password must be changed before anything else.
    #[serde(default)]
    pub must_change_password: bool,
    /// Signed in while the server was away: there is no token.
    #[serde(default)]
    pub is_without_server: bool,
}

/// The newest signed time of the server, and the station's clock when it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownServerTime {
    pub time: DateTime<Utc>,
    pub token: String,
    /// What the station's clock showed then.
    pub station_time: DateTime<Utc>,
    /// How long the machine had been running then, and which start of it.
    #[serde(default)]
    pub monotonic_ms: u64,
    #[serde(default)]
    pub boot_id: String,
}

pub(crate) const IDENTITY: &str = "identity";
pub(crate) const REMEMBERED: &str = "remembered_person";
pub(crate) const SERVER_TIME: &str = "server_time";
pub(crate) const SYNCED_AT: &str = "synced_at";
/// What the server has leased to this station: it goes on with it when its store is made anew without the server.
pub(crate) const HELD_LEASES: &str = "held_leases";
/// What an export of unsent entries is sealed to.
pub(crate) const EXPORT_RECIPIENT: &str = "export_recipient";
/// Of the program, the highest that an update was verified for.
pub(crate) const HIGHEST_VERSION: &str = "highest_version";
/// To whom the station's keys are sealed.
pub(crate) const RECOVERY_RECIPIENTS: &str = "recovery_recipients";

/// The id that this installation registers under, kept before the server is asked: a lost answer makes no second station.
pub(crate) const STATION_ID: &str = "station_id";

/// What the outbox copy knows too: with it a store that is made anew is the same station.
pub(super) const COPIED: [&str; 4] = [IDENTITY, STATION_ID, REMEMBERED, HELD_LEASES];

pub(super) async fn put<T: Serialize + Sync>(
    connection: &mut SqliteConnection,
    name: &str,
    value: &T,
) -> Result<(), sqlx::Error> {
    let json = serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    sqlx::query(
        "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(name)
    .bind(json)
    .execute(connection)
    .await?;
    Ok(())
}

impl Store {
    pub(crate) async fn fact<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, StoreFault> {
        let json: Option<String> = sqlx::query_scalar("SELECT value FROM facts WHERE name = ?")
            .bind(name)
            .fetch_optional(&self.pool)
            .await
            .map_err(self.fault())?;
        json.map(|json| serde_json::from_str(&json)).transpose().map_err(StoreFault::from)
    }

    pub(crate) async fn set_fact<T: Serialize + Sync>(&self, name: &str, value: &T) -> Result<(), StoreFault> {
        let mut writing = self.write().await?;
        put(&mut writing, name, value).await.map_err(self.fault())?;
        writing.commit().await.map_err(self.fault())?;
        if COPIED.contains(&name) { self.copy.set_fact(name, value).await } else { Ok(()) }
    }

    pub(crate) async fn forget_fact(&self, name: &str) -> Result<(), StoreFault> {
        // The copy first: the store's word counts, so what it has forgotten must not come back.
        if COPIED.contains(&name) {
            self.copy.forget_fact(name).await?;
        }
        sqlx::query("DELETE FROM facts WHERE name = ?").bind(name).execute(&self.pool).await.map_err(self.fault())?;
        Ok(())
    }
}
