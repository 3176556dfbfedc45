//! Bringing the station up: the embedded database, a database of one's own, or a plant server.

mod choice;
mod first_start;
mod inside;

use std::{
    fs::{self, File, TryLockError},
    path::Path,
    sync::Arc,
};

use tauri::async_runtime::{self, JoinHandle};
use viruj_api::station::{CommandError, QueryKey};
use viruj_client::{Client, ClientError, HttpOptions, Transport};
use viruj_domain::{clock::Clock, ids::PlantId};
use viruj_embedded_postgres::{Cluster, ClusterPlan, find_binaries};
use viruj_server::{
    Application, ServerSettings, SystemClock, application,
    jobs::{self, Jobs},
};
use viruj_station_core::{Registrar, StationCore, StationEvent, StationOptions, keychain::Keychain};

pub use self::{
    choice::{Choice, checked_choice, choice, without_password},
    first_start::FirstStart,
    inside::{SERVER_KEYS, backup_folder, backups},
};
use crate::{
    launch::LaunchOptions,
    settings::{Settings, SettingsError},
};

/// The name of the database in the embedded cluster.
pub const DATABASE: &str = "viruj";

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
    /// The program's own.
    pub version: &'a str,
    pub choice: Choice,
    /// The answer to the first start's question, while it has not been carried out.
    pub answer: Option<FirstStart>,
}

/// A station that runs.
pub struct Running {
    pub core: Arc<StationCore>,
    background: JoinHandle<()>,
    server: Option<Application>,
    jobs: Option<Jobs>,
    cluster: Option<Cluster>,
}

impl Running {
    #[cfg(test)]
    pub fn cluster_folder(&self) -> Option<&Path> {
        self.cluster.as_ref().map(Cluster::folder)
    }

    /// Stops the core first: what it has recorded is durable, what it has not sent goes out at the next start.
    pub async fn stop(self) {
        self.core.close().await;
        if let Err(error) = self.background.await {
            tracing::warn!(%error, "the station's background task did not end well");
        }
        // The last checkpoint is written while there is a database.
        if let Some(jobs) = self.jobs {
            jobs.stop().await;
        }
        if let Some(server) = self.server {
            server.close().await;
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
            let settings = inside::settings(&plan, url, &keychain).await?;
            let server = serve_in_process(&settings).await?;
            let opened = open_core(&plan, client_of(&server), &Registration::ByPerson).await;
            with_server(server, opened).await
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
    let mut settings = inside::settings(plan, cluster.database_url(), &keychain).await?;
    settings.backup = Some(backups(plan.settings, plan.data_folder, &keychain).await?);
    // The cluster is this program's own, so it migrates it; every other database is migrated by `viruj-server migrate`.
    viruj_server::setup::migrate_own_cluster(&settings, &SystemClock)
        .await
        .map_err(|error| CommandError::new(error.code()).with_detail(error))?;
    let server = serve_in_process(&settings).await?;
    let opened = open_on(plan, &server).await;
    let running = with_server(server.clone(), opened).await?;
    Ok(Running { jobs: Some(jobs::start(&server)), ..running })
}

async fn open_on(plan: &Plan<'_>, server: &Application) -> Result<Running, CommandError> {
    let plant = match &plan.answer {
        Some(answer) => {
            plan.observer.at_step(answer.step());
            answer.carry_out(server).await?
        }
        None => None,
    };
    plan.observer.at_step("opening_store");
    open_core(plan, client_of(server), &Registration::ByItself { server: server.clone(), plant }).await
}

async fn serve_in_process(settings: &ServerSettings) -> Result<Application, CommandError> {
    application(settings, Arc::new(SystemClock))
        .await
        .map_err(|error| CommandError::new(error.code()).with_detail(error))
}

fn client_of(server: &Application) -> Client {
    Client::new(Transport::in_process(server.router()))
}

/// The server ends with the station that it runs in, also when that does not come up.
async fn with_server(server: Application, opened: Result<Running, CommandError>) -> Result<Running, CommandError> {
    match opened {
        Ok(running) => Ok(Running { server: Some(server), ..running }),
        Err(error) => {
            server.close().await;
            Err(error)
        }
    }
}

async fn open_core(plan: &Plan<'_>, client: Client, registration: &Registration) -> Result<Running, CommandError> {
    let observer = Arc::clone(&plan.observer);
    let (registrar, plant_id) = match registration {
        Registration::ByPerson => (None, None),
        Registration::ByItself { server, plant } => (Some(registrar(server.clone())), plant.clone()),
    };
    let options = StationOptions {
        station_name: plan.settings.station_name.clone(),
        program_version: plan.version.to_owned(),
        plant_id,
        registrar,
        devices: plan.settings.devices.clone(),
        listener: Arc::new(move |StationEvent::Stale(queries)| observer.tell(&queries)),
        ..StationOptions::new(plan.choice.store_folder(plan.data_folder), client, plan.choice.source())
    };
    let core = Arc::new(StationCore::open(options).await?);
    let runner = Arc::clone(&core);
    let background = async_runtime::spawn(async move { runner.run().await });
    Ok(Running { core, background, server: None, jobs: None, cluster: None })
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

/// One program works in a data folder: two would send one outbox under one station's name.
/// The kernel gives the lock back when its holder dies, however it dies.
///
/// # Errors
/// `already_running`, and what keeps the folder from being used.
pub fn lock_data_folder(data_folder: &Path) -> Result<File, CommandError> {
    let path = data_folder.join("station.lock");
    let unusable = |source| {
        let error = SettingsError::Unwritable { path: path.clone(), source };
        CommandError::new(error.code()).with_detail(error)
    };
    fs::create_dir_all(data_folder).map_err(unusable)?;
    let file = File::create(&path).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(CommandError::new("already_running")),
        Err(TryLockError::Error(error)) => Err(unusable(error)),
    }
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
