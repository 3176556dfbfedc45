//! What a station needs from the program around it.

use std::{path::PathBuf, pin::Pin, sync::Arc};

use viruj_api::{
    station::{DataSource, QueryKey, devices::StationDevice},
    stations::{RegisterStation, RegisteredStation},
};
use viruj_client::{Client, ClientError};
use viruj_domain::{clock::Clock, ids::PlantId};

use crate::machine::{Machine, SystemClock, ThisMachine};

/// Registers the station where no person has to: the embedded server belongs to it.
pub type Registrar = Arc<
    dyn Fn(RegisterStation) -> Pin<Box<dyn Future<Output = Result<RegisteredStation, ClientError>> + Send>>
        + Send
        + Sync,
>;

/// Told which cached queries no longer hold; called from the station's own tasks, must not block.
pub type Listener = Arc<dyn Fn(StationEvent) + Send + Sync>;

/// Something changed that a screen may show.
#[derive(Clone, Debug, PartialEq)]
pub enum StationEvent {
    Stale(Vec<QueryKey>),
}

/// How a station is opened.
#[derive(Clone)]
pub struct StationOptions {
    /// The store lies here; its secrets in the keychain carry the folder's hash.
    /// A folder belongs to one server: another source of data needs another folder.
    pub data_dir: PathBuf,
    pub client: Client,
    pub source: DataSource,
    /// Proposed at the registration.
    pub station_name: String,
    pub program_version: String,
    /// The plant of an embedded station; the server's first when it is left out.
    pub plant_id: Option<PlantId>,
    pub registrar: Option<Registrar>,
    /// Those that values are read from.
    pub devices: Vec<StationDevice>,
    pub listener: Listener,
    pub clock: Arc<dyn Clock>,
    pub machine: Arc<dyn Machine>,
}

impl StationOptions {
    /// Options with this machine's clock, no registrar and nobody who listens.
    #[must_use]
    pub fn new(data_dir: PathBuf, client: Client, source: DataSource) -> Self {
        Self {
            data_dir,
            client,
            source,
            station_name: "Station".to_owned(),
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            plant_id: None,
            registrar: None,
            devices: Vec::new(),
            listener: Arc::new(|_| ()),
            clock: Arc::new(SystemClock),
            machine: Arc::new(ThisMachine),
        }
    }
}
