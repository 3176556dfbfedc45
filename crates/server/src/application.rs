//! The running server without its network: state, and the router over it.

use std::{ops::Deref, path::PathBuf, sync::Arc};

use axum::Router;
use chrono::TimeDelta;
use ed25519_dalek::VerifyingKey;
use http::HeaderValue;
use tempfile::NamedTempFile;
use tokio::sync::Semaphore;
use uuid::Uuid;
use viruj_api::{
    releases::{ChangeRollout, PublishRelease, Publisher},
    sync::ServerTime,
};
use viruj_domain::{
    clock::Clock,
    ids::{ReleaseId, UserId},
    plant::PlantScope,
};
use viruj_storage::{
    ChangeContext, Database, StorageError, UnitOfWork,
    audit::{self, Checkpoint},
    installation, migrate,
    releases::GivenRelease,
    second_factors,
};
use viruj_sync::signing;

use crate::{
    access_tokens::AccessTokens,
    api_keys::KeyRates,
    attempts::Attempts,
    backup::Recipients,
    challenges::Challenges,
    checkpoints::{self, CheckpointError},
    exports::ExportKeys,
    heads::Heads,
    idempotency::Answers,
    kept_backups::KeptBackups,
    live_sessions::LiveSessions,
    mail::{Mail, MailSettingsError},
    metrics::Metrics,
    passwords::{PasswordError, Passwords},
    proxies::TrustedProxies,
    refresh_tokens::RefreshTokens,
    releases::{self, PublishError, ReleaseFolder, RolloutError},
    reset_codes::ResetCodes,
    routes,
    second_factors::SecondFactors,
    settings::ServerSettings,
    signing_keys::{SigningKeyError, SigningKeys},
    single_sign_on::SingleSignOn,
};

/// Pushes that are taken at the same time.
const PUSHES: usize = 4;
/// Password checks that run at the same time.
const PASSWORD_THREADS: usize = 2;

/// A server that is ready: its database is reachable and of its schema, its keys are open.
#[derive(Clone)]
pub struct Application {
    state: AppState,
}

/// What every handler reaches.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

pub struct Shared {
    pub database: Database,
    pub clock: Arc<dyn Clock>,
    /// Stays the same for one database.
    pub server_id: Uuid,
    pub signing_keys: SigningKeys,
    pub access_tokens: AccessTokens,
    pub refresh_tokens: RefreshTokens,
    pub challenges: Challenges,
    pub passwords: Passwords,
    pub live_sessions: Arc<LiveSessions>,
    /// For the stations that wait for news.
    pub heads: Arc<Heads>,
    pub attempts: Attempts,
    /// How often API keys may ask.
    pub key_rates: KeyRates,
    pub reset_codes: ResetCodes,
    pub second_factors: SecondFactors,
    /// Absent where no message can be sent.
    pub mail: Option<Mail>,
    pub trusted_proxies: TrustedProxies,
    /// Answers to creations that may be asked for again.
    pub answers: Answers,
    /// The company's identity provider, where one is set up.
    pub single_sign_on: Option<SingleSignOn>,
    /// The origin of the old web client.
    pub frontend: Option<HeaderValue>,
    pub metrics: Metrics,
    /// Held while a push is taken: of a hundred stations that come back at once the others wait, and people's work keeps
    /// the connections that are left.
    pub pushing: Semaphore,
    /// Held while a record is printed.
    pub printing: Semaphore,
    /// Where the heads of the audit trail are written down.
    pub checkpoint_dir: PathBuf,
    pub backups: KeptBackups,
    /// Who opens the backups, and what stations seal of their keys.
    pub recovery: Option<Recipients>,
    /// How long ago a change may be that a feed still tells.
    pub feed_kept: TimeDelta,
    /// Where releases of the station's program are kept; absent where none are.
    pub releases: Option<ReleaseFolder>,
    /// Open what stations could not send.
    pub exports: Option<ExportKeys>,
}

/// Why a server does not start; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    SigningKeys(#[from] SigningKeyError),
    #[error(transparent)]
    Passwords(#[from] PasswordError),
    #[error(transparent)]
    Mail(#[from] MailSettingsError),
}

impl StartError {
    /// The stable code that the station's user interface translates; `not_migrated`, `database_newer`, …
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Storage(StorageError::NotMigrated) => "not_migrated",
            Self::Storage(error) => error.code(),
            Self::SigningKeys(SigningKeyError::OtherSecret { .. }) => "signing_key_other_secret",
            Self::SigningKeys(SigningKeyError::Damaged { .. }) => "signing_key_damaged",
            Self::SigningKeys(_) => "signing_keys_unusable",
            Self::Mail(_) => "mail_settings_unusable",
            Self::Passwords(_) => "internal",
        }
    }
}

/// Why a checkpoint of the audit trail was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteCheckpointError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    File(#[from] CheckpointError),
}

/// Connects to the database, checks its schema and opens the signing keys.
///
/// # Errors
/// [`StartError`], each with what to do.
pub async fn application(settings: &ServerSettings, clock: Arc<dyn Clock>) -> Result<Application, StartError> {
    let database = Database::connect(settings.database_url.expose()).await?;
    let signing_keys = SigningKeys::open_or_create(&settings.key_dir, &settings.secret_key, clock.now())?;
    make_known(&database, &signing_keys).await?;
    let server_id = installation::server_id(&database).await?;
    let secret = &settings.secret_key;
    let application = Application {
        state: AppState(Arc::new(Shared {
            access_tokens: AccessTokens::new(secret, server_id),
            refresh_tokens: RefreshTokens::new(secret),
            challenges: Challenges::new(secret),
            passwords: Passwords::new(PASSWORD_THREADS)?,
            live_sessions: LiveSessions::listening_to(&database),
            heads: Heads::asked_of(&database),
            attempts: Attempts::new(secret),
            key_rates: KeyRates::default(),
            reset_codes: ResetCodes::new(secret),
            second_factors: SecondFactors::new(secret),
            mail: settings.mail.as_ref().map(Mail::new).transpose()?,
            trusted_proxies: settings.trusted_proxies.clone(),
            answers: Answers::new(secret),
            single_sign_on: settings.single_sign_on.clone().map(|told| SingleSignOn::new(told, secret)),
            metrics: Metrics::default(),
            pushing: Semaphore::new(PUSHES),
            printing: Semaphore::new(1),
            frontend: settings.frontend_url.as_deref().and_then(|origin| HeaderValue::from_str(origin).ok()),
            checkpoint_dir: settings.checkpoint_dir.clone(),
            backups: KeptBackups::new(settings),
            recovery: settings.backup.as_ref().map(|backup| backup.recipients.clone()),
            feed_kept: settings.feed_kept,
            releases: settings.release_dir.clone().map(ReleaseFolder::new),
            exports: ExportKeys::new(secret),
            database,
            clock,
            server_id,
            signing_keys,
        })),
    };
    if secret.has_second() {
        seal_anew(&application.state).await?;
    }
    Ok(application)
}

/// While `SECRET_KEY` is exchanged, what the database keeps for long under the other one goes under the one that is
/// written with; what cannot be opened stays as it is.
async fn seal_anew(app: &AppState) -> Result<(), StartError> {
    let mut unit = app.begin_for_system("keys", "SECRET_KEY is exchanged").await?;
    for (person, sealed) in second_factors::lock_all(&mut unit).await? {
        match app.second_factors.open(&person, &sealed).map(|secret| secret.sealed_anew) {
            Ok(Some(sealed)) => second_factors::seal_anew(&mut unit, &person, &sealed).await?,
            Ok(None) => {}
            Err(error) => tracing::error!(%error, %person, "a second factor cannot be used"),
        }
    }
    unit.commit().await?;
    Ok(())
}

/// Signatures must stay verifiable after the key file is gone, so the public half is in the database.
async fn make_known(database: &Database, keys: &SigningKeys) -> Result<(), StorageError> {
    let public = keys.current().verifying_key();
    let id = signing::key_id(&public);
    installation::publish_signing_key(database, &id, public.as_bytes(), keys.created_at()).await
}

impl Application {
    /// Makes a new signing key and makes it known; this process goes on signing with the one that it has.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn rotate_signing_key(&self, settings: &ServerSettings) -> Result<SigningKeys, StartError> {
        let now = self.state.clock.now();
        let rotated = SigningKeys::rotate(&settings.key_dir, &settings.secret_key, now)?;
        make_known(&self.state.database, &rotated).await?;
        Ok(rotated)
    }

    /// Where releases are kept.
    #[must_use]
    pub fn releases(&self) -> Option<&ReleaseFolder> {
        self.state.releases.as_ref()
    }

    /// Publishes a package that has arrived.
    ///
    /// # Errors
    /// [`PublishError`].
    pub async fn publish(
        &self,
        incoming: NamedTempFile,
        request: &PublishRelease,
        version: Option<&viruj_release::Version>,
        publisher: &Publisher,
    ) -> Result<GivenRelease, PublishError> {
        releases::publish(&self.state, incoming, request, version, publisher).await
    }

    /// Every release, the highest version first.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn list_releases(&self) -> Result<Vec<GivenRelease>, StorageError> {
        viruj_storage::releases::list(&self.state.database).await
    }

    /// Takes a release further, or stops it.
    ///
    /// # Errors
    /// [`RolloutError`].
    pub async fn change_rollout(
        &self,
        id: ReleaseId,
        request: &ChangeRollout,
        by: &Publisher,
    ) -> Result<GivenRelease, RolloutError> {
        releases::change_rollout(&self.state, id, request, by).await
    }

    /// Pauses the releases whose stations began and have said nothing since.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn stop_silent_updates(&self) -> Result<(), StorageError> {
        releases::stop_silent(&self.state).await
    }

    /// The router that `serve` puts on the network and that a station calls in process.
    pub fn router(&self) -> Router {
        routes::router(&self.state)
    }

    /// Waits for what is in flight in the database and closes its connections.
    pub async fn close(&self) {
        self.state.live_sessions.stop_listening();
        self.state.heads.part();
        self.state.database.close().await;
    }

    /// Writes the heads of the audit trail down, signed, and gives back where.
    ///
    /// # Errors
    /// [`WriteCheckpointError`].
    pub async fn write_checkpoint(&self) -> Result<PathBuf, WriteCheckpointError> {
        Ok(self.keep(&self.state.checkpoint().await?)?)
    }

    pub(crate) fn keep(&self, checkpoint: &Checkpoint) -> Result<PathBuf, CheckpointError> {
        checkpoints::write(&self.state.checkpoint_dir, checkpoint, self.state.signing_keys.current())
    }

    #[must_use]
    pub fn state(&self) -> &AppState {
        &self.state
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Shared {
    /// The server's time with a token that it can recognise later.
    #[must_use]
    pub fn server_time(&self) -> ServerTime {
        signing::server_time(self.clock.now(), self.signing_keys.current())
    }

    /// Every key that ever signed here: an old signature stays valid.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn verifying_keys(&self) -> Result<Vec<VerifyingKey>, StorageError> {
        let mut keys = self.signing_keys.verifying();
        for bytes in installation::signing_keys(&self.database).await? {
            keys.extend(VerifyingKey::from_bytes(&bytes).ok().filter(|key| !keys.contains(key)));
        }
        Ok(keys)
    }

    /// The heads of the audit trail as they are now.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn checkpoint(&self) -> Result<Checkpoint, StorageError> {
        Ok(Checkpoint {
            server_id: self.server_id,
            feed_epoch: installation::feed_epoch(&self.database).await?,
            at: self.clock.now(),
            heads: audit::heads(&self.database).await?,
        })
    }

    /// The newest migration that this program knows.
    #[must_use]
    pub fn schema_version(&self) -> i64 {
        migrate::known_version()
    }

    /// Opens a transaction of a person.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn begin_for(&self, person: &UserId, reason: &str) -> Result<UnitOfWork, StorageError> {
        self.database.begin(ChangeContext::person(PlantScope::All, person.as_str(), Some(reason))).await
    }

    /// Opens a transaction of the server itself; `what` is one word.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn begin_for_system(&self, what: &str, reason: &str) -> Result<UnitOfWork, StorageError> {
        self.database.begin(ChangeContext::system(PlantScope::All, what, Some(reason))).await
    }
}
