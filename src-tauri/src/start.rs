//! Bringing the station up: the embedded database, a database of one's own, or a plant server.

mod choice;
mod first_start;

use std::{path::Path, sync::Arc};

use tauri::async_runtime::{self, JoinHandle};
use viruj_api::station::{CommandError, QueryKey};
use viruj_client::{Client, ClientError, HttpOptions, Transport};
use viruj_domain::{clock::Clock, ids::PlantId};
use viruj_embedded_postgres::{Cluster, ClusterPlan, find_binaries};
use viruj_server::{Application, SecretKey, ServerSettings, SystemClock, application};
use viruj_station_core::{Registrar, StationCore, StationEvent, StationOptions, keychain::Keychain};

pub use self::{
    choice::{Choice, checked_choice, choice, without_password},
    first_start::FirstStart,
};
use crate::{launch::LaunchOptions, settings::Settings};

/// The name of the database in the embedded cluster.
const DATABASE: &str = "viruj";

/// Hears how the start goes on, and later what has changed behind the window.
pub trait Observer: Send + Sync {
    fn at_step(&self, step: &str);
    fn tell(&self, queries: &[QueryKey]);
}

/// What is to be brought up.
pub struct Plan<'a> {
    pub observer: Arc<dyn Observer>,
    pub launch: &'a LaunchOptions,
    pub data_folder: &'a Path,
    pub settings: &'a Settings,
    pub choice: Choice,
    /// The answer to the first start's question, while it has not been carried out.
    pub answer: Option<FirstStart>,
}

/// A station that runs.
pub struct Running {
    pub core: Arc<StationCore>,
    background: JoinHandle<()>,
    cluster: Option<Cluster>,
}

impl Running {
    /// Stops the core first: what it has recorded is durable, what it has not sent goes out at the next start.
    pub async fn stop(self) {
        self.core.close().await;
        if let Err(error) = self.background.await {
            tracing::warn!(%error, "the station's background task did not end well");
        }
        if let Some(cluster) = self.cluster
            && let Err(error) = cluster.stop().await
        {
            tracing::warn!(%error, "the embedded database did not stop well; it recovers at the next start");
        }
    }
}

/// Brings everything up, or nothing.
///
/// # Errors
/// A code with a translated remedy; a cluster that was started is stopped again.
pub async fn bring_up(plan: Plan<'_>) -> Result<Running, CommandError> {
    match &plan.choice {
        Choice::Embedded => embedded(&plan).await,
        Choice::Database(url) => {
            plan.observer.at_step("opening_database");
            let keychain = open_keychain(plan.data_folder).await?;
            let server = serve_in_process(&plan, url, keychain).await?;
            let client = Client::new(Transport::in_process(server.router()));
            open_core(&plan, client, &Registration::ByPerson).await
        }
        Choice::Server(url) => {
            plan.observer.at_step("opening_store");
            let transport = Transport::http(url, &HttpOptions::default())
                .map_err(|error| CommandError::new(error.code()).with_detail(error))?;
            open_core(&plan, Client::new(transport), &Registration::ByPerson).await
        }
    }
}

/// Who registers the station at its server.
enum Registration {
    /// A System Admin signs in and says which plant the station stands in: a database may hold several.
    ByPerson,
    /// The embedded server belongs to the station alone.
    ByItself { server: Application, plant: Option<PlantId> },
}

async fn embedded(plan: &Plan<'_>) -> Result<Running, CommandError> {
    // The keychain comes first: without it nothing may be made, and its remedy is the person's to apply.
    plan.observer.at_step("opening_keychain");
    let keychain = open_keychain(plan.data_folder).await?;
    plan.observer.at_step("starting_database");
    let binaries = find_binaries(plan.launch.postgres_dir.as_deref()).map_err(cluster_error)?;
    let home = plan.data_folder.to_owned();
    let cluster =
        Cluster::start(ClusterPlan { binaries, home, database: DATABASE.to_owned() }).await.map_err(cluster_error)?;
    match embedded_on(plan, &cluster, keychain).await {
        Ok(running) => Ok(Running { cluster: Some(cluster), ..running }),
        Err(error) => {
            if let Err(problem) = cluster.stop().await {
                tracing::warn!(%problem, "the embedded database did not stop well");
            }
            Err(error)
        }
    }
}

async fn embedded_on(plan: &Plan<'_>, cluster: &Cluster, keychain: Keychain) -> Result<Running, CommandError> {
    plan.observer.at_step("migrating");
    // The cluster is this program's own, so it migrates it; every other database is migrated by `viruj-server migrate`.
    viruj_server::setup::migrate_own_cluster(cluster.database_url())
        .await
        .map_err(|error| CommandError::new(error.code()).with_detail(error))?;
    let server = serve_in_process(plan, cluster.database_url(), keychain).await?;
    let plant = match &plan.answer {
        Some(answer) => {
            plan.observer.at_step(answer.step());
            answer.carry_out(&server).await?
        }
        None => None,
    };
    plan.observer.at_step("opening_store");
    let client = Client::new(Transport::in_process(server.router()));
    open_core(plan, client, &Registration::ByItself { server, plant }).await
}

/// The server that runs inside the station; its secret is the keychain's.
async fn serve_in_process(
    plan: &Plan<'_>,
    database_url: &str,
    keychain: Keychain,
) -> Result<Application, CommandError> {
    let secret = async_runtime::spawn_blocking(move || keychain.embedded_secret())
        .await
        .map_err(|error| CommandError::new("broken_off").with_detail(error))?
        .map_err(|error| CommandError::new(error.code()).with_detail(error))?;
    let secret = SecretKey::new(secret.expose())
        .map_err(|error| CommandError::new("server_secret_unusable").with_detail(error))?;
    let key_dir = plan.choice.store_folder(plan.data_folder).join("server-keys");
    let settings = ServerSettings::embedded(database_url, secret, key_dir);
    application(&settings, Arc::new(SystemClock))
        .await
        .map_err(|error| CommandError::new(error.code()).with_detail(error))
}

async fn open_core(plan: &Plan<'_>, client: Client, registration: &Registration) -> Result<Running, CommandError> {
    let observer = Arc::clone(&plan.observer);
    let (registrar, plant_id) = match registration {
        Registration::ByPerson => (None, None),
        Registration::ByItself { server, plant } => (Some(registrar(server.clone())), plant.clone()),
    };
    let options = StationOptions {
        station_name: plan.settings.station_name.clone(),
        plant_id,
        registrar,
        listener: Arc::new(move |StationEvent::Stale(queries)| observer.tell(&queries)),
        ..StationOptions::new(plan.choice.store_folder(plan.data_folder), client, plan.choice.source())
    };
    let core = Arc::new(StationCore::open(options).await?);
    let runner = Arc::clone(&core);
    let background = async_runtime::spawn(async move { runner.run().await });
    Ok(Running { core, background, cluster: None })
}

/// Puts the damaged store of the choice aside; no core runs on it.
///
/// # Errors
/// A code with a translated remedy; nothing was moved then.
pub async fn set_store_aside(choice: &Choice, data_folder: &Path) -> Result<(), CommandError> {
    Ok(StationCore::set_store_aside(&choice.store_folder(data_folder), SystemClock.now()).await?)
}

fn registrar(server: Application) -> Registrar {
    Arc::new(move |request| {
        let server = server.clone();
        Box::pin(async move {
            server
                .register_embedded_station(&request)
                .await
                .map_err(|error| ClientError::Unreachable(error.to_string()))
        })
    })
}

async fn open_keychain(data_folder: &Path) -> Result<Keychain, CommandError> {
    let folder = data_folder.to_owned();
    async_runtime::spawn_blocking(move || Keychain::open(&folder))
        .await
        .map_err(|error| CommandError::new("broken_off").with_detail(error))?
        .map_err(|error| CommandError::new(error.code()).with_detail(error))
}

fn cluster_error(error: viruj_embedded_postgres::ClusterError) -> CommandError {
    CommandError::new(error.code()).with_detail(error)
}
