//! The one thing that the program around the station drives.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, atomic::AtomicBool},
};

use chrono::{DateTime, Utc};
use ed25519_dalek::{SigningKey, VerifyingKey};
use tokio::sync::{Mutex, Notify, watch};
use uuid::Uuid;
use viruj_api::{
    people::Person,
    station::{CommandError, Connection, Copying, QueryKey, SignedInPerson, Stage, StationStatus},
};
use viruj_client::StationExchange;
use viruj_domain::{
    ids::{BatchId, SessionId},
    lease::OperationName,
};
use viruj_sync::signing;

use crate::{
    StationError, StationEvent, StationOptions,
    keychain::{Item, Keychain, KeychainError},
    secrets::{SecretKey, SecretText},
    store::{
        self, OUTBOX_COPY_FILE, STORE_FILE, Store, StoreFault,
        facts::{self, KnownServerTime, RememberedPerson, StationIdentity},
    },
    views,
};

mod account;
mod administration;
mod api_keys;
mod audit;
mod batch_record;
mod batch_steps;
mod batches;
mod capas;
mod clocks;
mod conflicts;
mod deviations;
mod devices;
mod equipment;
mod export;
mod files;
mod finding;
pub(crate) mod leases;
mod lists;
mod lots;
mod master_records;
mod offline;
mod qualifications;
mod recording;
mod recovery;
mod registration;
mod releases;
mod reviews;
mod session;
mod single_sign_on;
mod syncing;
mod updating;

/// A running station.
pub struct StationCore {
    options: StationOptions,
    devices: devices::Devices,
    store: Store,
    keychain: Keychain,
    key: SigningKey,
    state: RwLock<State>,
    /// One entry at a time: each names the hash of the one before.
    ///
    /// Whoever holds several of these takes them in the order in which they stand here.
    recording: Mutex<()>,
    pulling: Mutex<()>,
    /// A new copy pushes while it is pulled.
    pushing: Mutex<()>,
    /// A refresh token works once, so two requests never use the same.
    refreshing: Mutex<()>,
    wake: Notify,
    /// The server tells news.
    is_told: AtomicBool,
    cancel_single_sign_on: Notify,
    stopping: watch::Sender<bool>,
}

struct State {
    identity: Option<StationIdentity>,
    exchange: Option<Arc<StationExchange>>,
    session: Option<Session>,
    connection: Connection,
    /// The server at this address is not the one that is pinned, or another thing that no retry mends.
    problem: Option<CommandError>,
    server_time: Option<KnownServerTime>,
    synced_at: Option<DateTime<Utc>>,
    /// A new copy of the plant's rows is made.
    copying: Option<Copying>,
    /// Operations of batches that somebody works on here and that are not leased to the station yet.
    wanted_leases: BTreeSet<(BatchId, OperationName)>,
}

/// Who works at the station.
#[derive(Clone, Debug)]
struct Session {
    person: Person,
    /// Somebody else chose the password: until it is changed, nothing else can be done.
    must_change_password: bool,
    /// Absent for a person whom the server has not confirmed: one who was remembered, or who signed in without it.
    access: Option<Access>,
    /// The person signed in while the server was away: there is no token to be confirmed with.
    is_without_server: bool,
    /// All components of a signature were given in this session (21 CFR 11.200(a)(1)).
    has_signed: bool,
}

#[derive(Clone, Debug)]
struct Access {
    token: SecretText,
    expires_at: DateTime<Utc>,
    session_id: SessionId,
}

impl Session {
    fn new(person: Person) -> Self {
        Self { person, must_change_password: false, access: None, is_without_server: false, has_signed: false }
    }

    /// Both components of a signature are those of the person who is signed in (21 CFR 11.200(a)(1)).
    fn check_signer(&self, email: Option<&str>) -> Result<(), StationError> {
        match email {
            Some(email) if !email.trim().eq_ignore_ascii_case(&self.person.email) => Err(StationError::OtherSigner),
            _ => Ok(()),
        }
    }

    fn view(&self) -> SignedInPerson {
        views::person(&self.person, self.access.is_none(), self.must_change_password)
    }
}

impl StationCore {
    /// Opens the keychain and the store; the server need not be there.
    ///
    /// The person who is remembered is there at once, offline until the server confirms.
    ///
    /// # Errors
    /// [`StationError::Keychain`] and [`StationError::Store`], each with a code and a remedy of its own.
    pub async fn open(options: StationOptions) -> Result<Self, StationError> {
        make_private_folder(&options.data_dir).map_err(|error| StationError::BrokenOff(error.to_string()))?;
        let data_dir = options.data_dir.clone();
        let secrets = blocking(move || Secrets::open(&data_dir)).await??;
        let store = Store::open(&options.data_dir, &secrets.store_key).await?;
        let identity: Option<StationIdentity> = store.fact(facts::IDENTITY).await?;
        let key = match (secrets.station_key, &identity) {
            (Some(key), _) => key,
            (None, Some(_)) => return Err(StationError::StationKeyMissing),
            (None, None) => {
                let keychain = secrets.keychain.clone();
                blocking(move || keychain.key_or_new(Item::StationKey)).await??
            }
        };
        let remembered: Option<RememberedPerson> = store.fact(facts::REMEMBERED).await?;
        let state = State {
            identity: None,
            exchange: None,
            session: remembered.filter(|known| known.is_without_server || secrets.has_refresh_token).map(
                |remembered| Session {
                    must_change_password: remembered.must_change_password,
                    is_without_server: remembered.is_without_server,
                    ..Session::new(remembered.person)
                },
            ),
            connection: Connection::Connecting,
            problem: None,
            server_time: store.fact(facts::SERVER_TIME).await?,
            synced_at: store.fact(facts::SYNCED_AT).await?,
            copying: None,
            wanted_leases: BTreeSet::new(),
        };
        let core = Self {
            devices: devices::Devices::new(options.devices.clone()),
            options,
            store,
            keychain: secrets.keychain,
            key: SigningKey::from_bytes(key.expose()),
            state: RwLock::new(state),
            recording: Mutex::new(()),
            pulling: Mutex::new(()),
            pushing: Mutex::new(()),
            refreshing: Mutex::new(()),
            wake: Notify::new(),
            is_told: AtomicBool::new(false),
            cancel_single_sign_on: Notify::new(),
            stopping: watch::Sender::new(false),
        };
        if let Some(identity) = identity {
            core.adopt_identity(identity);
        }
        Ok(core)
    }

    /// Puts the damaged store in `data_dir` aside, so that the next opening goes on from the outbox copy.
    ///
    /// No core is open there. Nothing is deleted, and a store that is sound stays where it is.
    ///
    /// # Errors
    /// [`StoreFault::CopyUnusable`] when the copy cannot take its place; nothing was moved then.
    pub async fn set_store_aside(data_dir: &Path, now: DateTime<Utc>) -> Result<(), StationError> {
        let folder = data_dir.to_owned();
        let secrets = blocking(move || Secrets::open(&folder)).await??;
        if let Some(aside) = store::set_store_aside(data_dir, &secrets.store_key, now).await? {
            tracing::warn!(aside = %aside.display(), "the damaged store is put aside; the outbox copy takes its place");
        }
        Ok(())
    }

    /// What the header shows; never fails.
    pub async fn status(&self) -> StationStatus {
        let plant = match self.identity() {
            Some(identity) => self.store.plant(&identity.plant_id).await.ok().flatten(),
            None => None,
        };
        let (unsent, oldest_unsent_at) = self.store.unsent_count().await.unwrap_or_default();
        let clock_off = self.clock_off();
        let state = self.state();
        StationStatus {
            stage: self.stage(&state),
            station_name: state.identity.as_ref().map(|identity| identity.name.clone()),
            plant_id: state.identity.as_ref().map(|identity| identity.plant_id.0.clone()),
            plant_name: plant.as_ref().map(|plant| plant.name.clone()),
            time_zone: plant.map_or_else(|| "UTC".to_owned(), |plant| plant.time_zone),
            connection: state.connection.clone(),
            unsent,
            oldest_unsent_at,
            last_synced_at: state.synced_at.map(views::time),
            copying: state.copying.clone(),
            server_time: state.server_time.as_ref().map(|known| views::time(known.time)),
            clock_off,
            is_demo: state.identity.as_ref().is_some_and(|identity| identity.is_demo),
            source: self.options.source.clone(),
            update: None,
        }
    }

    /// Who works at the station, if anybody does.
    pub async fn current_person(&self) -> Option<SignedInPerson> {
        self.state().session.as_ref().map(Session::view)
    }

    /// Ends [`Self::run`] and closes the store; what is unsent stays for the next start.
    pub async fn close(&self) {
        self.stopping.send_replace(true);
        let _recording = self.recording.lock().await;
        let _pulling = self.pulling.lock().await;
        let _pushing = self.pushing.lock().await;
        self.store.close().await;
    }

    fn stage(&self, state: &State) -> Stage {
        match (&state.problem, &state.identity) {
            (Some(error), _) => Stage::Problem { error: error.clone() },
            (None, Some(_)) => Stage::Ready,
            (None, None) if self.options.registrar.is_some() => {
                Stage::Starting { step: "registering_station".to_owned() }
            }
            (None, None) => Stage::NotRegistered,
        }
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn identity(&self) -> Option<StationIdentity> {
        self.state().identity.clone()
    }

    fn registered(&self) -> Result<StationIdentity, StationError> {
        self.identity().ok_or(StationError::NotRegistered)
    }

    fn session(&self) -> Result<Session, StationError> {
        self.state().session.clone().ok_or(StationError::NotSignedIn)
    }

    fn adopt_identity(&self, identity: StationIdentity) {
        let key = self.key.clone();
        let signer = Arc::new(move |challenge: &str| signing::answer_challenge(challenge, &key));
        let client = self.options.client.clone();
        let version = &self.options.program_version;
        let exchange = StationExchange::new(client, identity.station_id, version, signer);
        let mut state = self.state_mut();
        state.exchange = Some(Arc::new(exchange));
        state.identity = Some(identity);
    }

    /// The keys that are pinned; signatures of no other server count.
    fn pinned_keys(identity: &StationIdentity) -> Vec<VerifyingKey> {
        identity.server_keys.iter().filter_map(|key| signing::public_key(&key.public_key).ok()).collect()
    }

    /// The station's time in whole milliseconds, as every store and every format keeps it.
    fn now(&self) -> DateTime<Utc> {
        let now = self.options.clock.now();
        DateTime::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now)
    }

    /// A UUIDv7 of the station's clock.
    fn new_id(&self) -> Result<Uuid, StationError> {
        let mut chance = [0; 10];
        getrandom::fill(&mut chance).map_err(|error| StationError::BrokenOff(error.to_string()))?;
        let millis = u64::try_from(self.now().timestamp_millis()).unwrap_or_default();
        Ok(uuid::Builder::from_unix_timestamp_millis(millis, &chance).into_uuid())
    }

    fn tell(&self, stale: &[QueryKey]) {
        (self.options.listener)(StationEvent::Stale(stale.to_vec()));
    }

    /// A call of the keychain, off the async threads: it may wait for a person.
    async fn with_keychain<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Keychain) -> Result<T, KeychainError> + Send + 'static,
    ) -> Result<T, StationError> {
        let keychain = self.keychain.clone();
        Ok(blocking(move || call(&keychain)).await??)
    }
}

struct Secrets {
    keychain: Keychain,
    store_key: SecretKey,
    station_key: Option<SecretKey>,
    has_refresh_token: bool,
}

impl Secrets {
    fn open(data_dir: &Path) -> Result<Self, StationError> {
        let keychain = Keychain::open(data_dir)?;
        let encrypted = [STORE_FILE, OUTBOX_COPY_FILE].map(|name| data_dir.join(name));
        let store_key = match (keychain.key(Item::StoreKey)?, encrypted.into_iter().find(|file| file.exists())) {
            (Some(key), _) => key,
            // A new key would never open what is there: the file is left alone until its key is back.
            (None, Some(file)) => return Err(StoreFault::KeyMissing { file }.into()),
            (None, None) => keychain.key_or_new(Item::StoreKey)?,
        };
        Ok(Self {
            store_key,
            station_key: keychain.key(Item::StationKey)?,
            has_refresh_token: keychain.read(Item::RefreshToken)?.is_some(),
            keychain,
        })
    }
}

async fn blocking<T: Send + 'static>(call: impl FnOnce() -> T + Send + 'static) -> Result<T, StationError> {
    tokio::task::spawn_blocking(call).await.map_err(|error| StationError::BrokenOff(error.to_string()))
}

fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
