//! The one state behind the window: how far the start has come, and the core once it runs.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use tauri::{AppHandle, async_runtime};
use tauri_specta::Event;
use viruj_api::station::{
    CommandError, Connection, DataSource, Preferences, QueryKey, SaveSettings, Stage, StationRegistration,
    StationSettings, StationStatus,
    devices::{StationDevice, StationDevices},
};
use viruj_station_core::StationCore;

use crate::{
    events::StaleQueries,
    launch::LaunchOptions,
    settings::{self, Settings},
    start::{self, Choice, FirstStart, Running},
    updates::Updates,
};

/// Shared by all commands; cloning is cheap.
#[derive(Clone)]
pub struct Shell {
    inner: Arc<Inner>,
}

struct Inner {
    launch: LaunchOptions,
    data_folder: PathBuf,
    started: Instant,
    painted: AtomicBool,
    updates: Updates,
    app: AppHandle,
    state: RwLock<State>,
    /// Held while a start or a stop is under way, so that two never run into each other.
    turn: tokio::sync::Mutex<()>,
    /// The answer to the first start's question, kept until it has been carried out.
    answer: Mutex<Option<FirstStart>>,
    /// The data folder's lock, from the first start until the program ends.
    lock: Mutex<Option<File>>,
}

enum State {
    Waiting(Stage),
    Running(Running),
}

impl Shell {
    pub fn new(launch: LaunchOptions, data_folder: PathBuf, started: Instant, app: AppHandle) -> Self {
        let answer = launch.demo.then_some(FirstStart::Demo);
        Self {
            inner: Arc::new(Inner {
                launch,
                data_folder,
                started,
                painted: AtomicBool::new(false),
                updates: Updates::default(),
                app,
                state: RwLock::new(State::Waiting(Stage::Starting { step: "starting".to_owned() })),
                turn: tokio::sync::Mutex::new(()),
                answer: Mutex::new(answer),
                lock: Mutex::new(None),
            }),
        }
    }

    /// The core, once it runs.
    ///
    /// # Errors
    /// `not_ready` before.
    pub fn core(&self) -> Result<Arc<StationCore>, CommandError> {
        match &*self.inner.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Running(running) => Ok(Arc::clone(&running.core)),
            State::Waiting(_) => Err(CommandError::new("not_ready")),
        }
    }

    /// Brings the station up in the background; what runs already is stopped first.
    pub fn start(&self) {
        let shell = self.clone();
        async_runtime::spawn(async move {
            let _turn = shell.inner.turn.lock().await;
            shell.put(State::Waiting(Stage::Starting { step: "starting".to_owned() })).await;
            match shell.bring_up().await {
                Ok(Some(running)) => shell.put(State::Running(running)).await,
                Ok(None) => shell.put(State::Waiting(Stage::FirstStart)).await,
                Err(error) => {
                    tracing::warn!(code = %error.code, detail = ?error.detail, "the station did not start");
                    shell.put(State::Waiting(Stage::Problem { error })).await;
                }
            }
        });
    }

    /// Puts the damaged store aside and starts anew: what it held of recorded entries comes from the outbox copy.
    ///
    /// # Errors
    /// `outbox_copy_unusable` and what else stands in the way; nothing was moved then, and the window shows it.
    pub async fn set_store_aside(&self) -> Result<(), CommandError> {
        let turn = self.inner.turn.lock().await;
        let done = self.try_to_set_store_aside().await;
        if let Err(error) = &done {
            tracing::warn!(code = %error.code, detail = ?error.detail, "the damaged store was not put aside");
            self.put(State::Waiting(Stage::Problem { error: error.clone() })).await;
        }
        drop(turn);
        if done.is_ok() {
            self.start();
        }
        done
    }

    async fn try_to_set_store_aside(&self) -> Result<(), CommandError> {
        self.lock_data_folder()?;
        let settings = self.settings()?;
        let choice = start::choice(&self.inner.launch, &settings).ok_or_else(|| CommandError::new("not_ready"))?;
        // What runs is stopped first: nothing may write to files that are moved.
        self.put(State::Waiting(Stage::Starting { step: "opening_store".to_owned() })).await;
        start::set_store_aside(&choice, &self.inner.data_folder).await
    }

    /// Stops the core and the embedded database; returns when both are down.
    pub async fn stop(&self) {
        let _turn = self.inner.turn.lock().await;
        self.put(State::Waiting(Stage::Starting { step: "stopping".to_owned() })).await;
    }

    fn lock_data_folder(&self) -> Result<(), CommandError> {
        let mut lock = self.inner.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if lock.is_none() {
            *lock = Some(start::lock_data_folder(&self.inner.data_folder)?);
        }
        Ok(())
    }

    async fn bring_up(&self) -> Result<Option<Running>, CommandError> {
        self.lock_data_folder()?;
        let settings = self.settings()?;
        let answer = self.inner.answer.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let choice = match (start::choice(&self.inner.launch, &settings), &answer) {
            (Some(choice), _) => choice,
            (None, Some(_)) => Choice::Embedded,
            (None, None) => return Ok(None),
        };
        let version = self.inner.app.package_info().version.to_string();
        let plan = start::Plan {
            version: &version,
            observer: Arc::new(self.clone()),
            launch: &self.inner.launch,
            data_folder: &self.inner.data_folder,
            settings: &settings,
            choice,
            answer,
        };
        let running = start::bring_up(plan).await?;
        if settings.source.is_none() && start::choice(&self.inner.launch, &settings).is_none() {
            self.change_settings(|settings| settings.source = Some(DataSource::Embedded))?;
        }
        self.inner.answer.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(Some(running))
    }

    /// Puts the new state in place, stops what ran before, and tells the window.
    async fn put(&self, state: State) {
        let before = {
            let mut place = self.inner.state.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *place, state)
        };
        if let State::Running(running) = before {
            running.stop().await;
        }
        self.tell(&[QueryKey::Status, QueryKey::Person, QueryKey::Batches, QueryKey::Settings]);
    }

    /// Makes cached queries of the window stale.
    pub fn tell(&self, queries: &[QueryKey]) {
        if let Err(error) = (StaleQueries { queries: queries.to_vec() }).emit(&self.inner.app) {
            tracing::debug!(%error, "the window was not told");
        }
    }

    pub async fn status(&self) -> StationStatus {
        if let Ok(core) = self.core() {
            return StationStatus { update: self.inner.updates.view(), ..core.status().await };
        }
        let stage = match &*self.inner.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Waiting(stage) => stage.clone(),
            State::Running(_) => Stage::Ready,
        };
        StationStatus {
            stage,
            station_name: None,
            plant_id: None,
            plant_name: None,
            time_zone: "UTC".to_owned(),
            connection: Connection::Connecting,
            unsent: 0,
            oldest_unsent_at: None,
            last_synced_at: None,
            copying: None,
            server_time: None,
            clock_off: None,
            is_demo: false,
            update: None,
            source: self
                .settings()
                .ok()
                .and_then(|settings| start::choice(&self.inner.launch, &settings))
                .map_or(DataSource::Embedded, |choice| choice.source()),
        }
    }

    pub fn is_painted(&self) -> bool {
        self.inner.painted.load(Ordering::Relaxed)
    }

    pub fn updates(&self) -> &Updates {
        &self.inner.updates
    }

    pub fn data_folder(&self) -> &Path {
        &self.inner.data_folder
    }

    /// The plant server that the station works with, if it does.
    pub fn server_url(&self) -> Option<String> {
        match start::choice(&self.inner.launch, &self.settings().ok()?) {
            Some(Choice::Server(url)) => Some(url),
            _ => None,
        }
    }

    /// Puts an update of the program off for a while.
    pub fn postpone_update(&self) {
        self.inner.updates.postpone();
        self.tell(&[QueryKey::Status]);
    }

    pub fn report_painted(&self) {
        if !self.inner.painted.swap(true, Ordering::Relaxed) {
            let milliseconds = self.inner.started.elapsed().as_millis();
            tracing::info!(%milliseconds, "first usable paint");
        } else {
            tracing::info!("the page is painted again");
        }
    }

    /// Checks the answer, keeps it and starts anew with it.
    ///
    /// # Errors
    /// What is wrong with the form; nothing is made then.
    pub async fn answer_first_start(&self, answer: FirstStart) -> Result<(), CommandError> {
        answer.check()?;
        if let FirstStart::Plant(plant) = &answer {
            self.change_settings(|settings| settings.backup_folder = Some(plant.backup_folder.clone()))?;
        }
        *self.inner.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        self.start();
        Ok(())
    }

    /// Registers the station with the session of the System Admin who is signed in.
    ///
    /// # Errors
    /// What the server says, for example `not_allowed`.
    pub async fn register_station(&self, registration: StationRegistration) -> Result<(), CommandError> {
        let core = self.core()?;
        core.register_station(&registration).await?;
        self.change_settings(|settings| settings.station_name.clone_from(&registration.station_name))?;
        self.tell(&[QueryKey::Status, QueryKey::Person, QueryKey::Batches]);
        Ok(())
    }

    pub fn settings_view(&self) -> Result<StationSettings, CommandError> {
        let settings = self.settings()?;
        let choice = start::choice(&self.inner.launch, &settings);
        let (database_url, server_url) = match &choice {
            Some(Choice::Database(url)) => (Some(start::without_password(url)), settings.server_url.clone()),
            Some(Choice::Server(url)) => {
                (settings.database_url.as_deref().map(start::without_password), Some(url.clone()))
            }
            _ => (settings.database_url.as_deref().map(start::without_password), settings.server_url.clone()),
        };
        Ok(StationSettings {
            source: choice.as_ref().map_or(DataSource::Embedded, Choice::source),
            database_url,
            server_url,
            // Only the embedded database is the station's to back up.
            backup_folder: (choice.as_ref().is_none_or(|choice| *choice == Choice::Embedded))
                .then(|| start::backup_folder(&settings, &self.inner.data_folder).display().to_string()),
            data_folder: self.inner.data_folder.display().to_string(),
            settings_file: self.settings_path().display().to_string(),
            language: settings.language,
            theme: settings.theme,
            density: settings.density,
            is_from_environment: self.inner.launch.database_url.is_some() || self.inner.launch.server_url.is_some(),
            version: self.inner.app.package_info().version.to_string(),
        })
    }

    /// # Errors
    /// `from_environment` when the choice is not this file's to make, or what is wrong with the URL.
    pub async fn save_settings(&self, wanted: SaveSettings) -> Result<StationSettings, CommandError> {
        if self.inner.launch.database_url.is_some() || self.inner.launch.server_url.is_some() {
            return Err(CommandError::new("from_environment"));
        }
        let kept = self.settings()?;
        let wanted = start::checked_choice(wanted, &kept)?;
        self.change_settings(|settings| {
            settings.source = Some(wanted.source.clone());
            settings.database_url.clone_from(&wanted.database_url);
            settings.server_url.clone_from(&wanted.server_url);
        })?;
        self.start();
        self.settings_view()
    }

    pub fn save_preferences(&self, preferences: Preferences) -> Result<(), CommandError> {
        self.change_settings(|settings| {
            settings.language = preferences.language;
            settings.theme = preferences.theme;
            settings.density = preferences.density;
        })?;
        self.tell(&[QueryKey::Settings]);
        Ok(())
    }

    /// Keeps other devices than before; nothing else starts anew for it.
    ///
    /// # Errors
    /// `not_allowed`, what is wrong with a device, or why the file cannot be written.
    pub fn save_devices(&self, devices: Vec<StationDevice>) -> Result<StationDevices, CommandError> {
        let core = self.core()?;
        let devices = core.checked_devices(devices)?;
        self.change_settings(|settings| settings.devices.clone_from(&devices))?;
        core.set_devices(devices);
        self.tell(&[QueryKey::Devices]);
        Ok(core.devices()?)
    }

    fn settings_path(&self) -> PathBuf {
        self.inner.data_folder.join(settings::FILE_NAME)
    }

    fn settings(&self) -> Result<Settings, CommandError> {
        settings::load(&self.settings_path()).map_err(|error| CommandError::new(error.code()).with_detail(error))
    }

    fn change_settings(&self, change: impl FnOnce(&mut Settings)) -> Result<(), CommandError> {
        let mut settings = self.settings()?;
        change(&mut settings);
        settings::save(&self.settings_path(), &settings)
            .map_err(|error| CommandError::new(error.code()).with_detail(error))
    }
}

impl start::Observer for Shell {
    /// Says in the window which step the start has reached.
    fn at_step(&self, step: &str) {
        tracing::info!(step, "starting");
        let mut place = self.inner.state.write().unwrap_or_else(PoisonError::into_inner);
        if matches!(&*place, State::Waiting(_)) {
            *place = State::Waiting(Stage::Starting { step: step.to_owned() });
            drop(place);
            self.tell(&[QueryKey::Status]);
        }
    }

    fn tell(&self, queries: &[QueryKey]) {
        Shell::tell(self, queries);
    }
}
