//! The first steps of an installation: its first plant, its first administrator, a station that is its own server.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use viruj_api::{
    backups::BackupCause,
    server::PlantSummary,
    stations::{RegisterStation, RegisteredStation},
};
use viruj_domain::{
    clock::Clock,
    ids::{PlantId, UserId},
    password::{Owner, Unsuitable, check_new},
    person,
    plant::time_zone,
    role::{Department, Role},
};
use viruj_storage::{
    Database, StorageError, accounts,
    backup::note_by_owner,
    demo::{self, SeedRequest},
    identities, migrate,
    people::{self, NewPerson},
    sessions,
    set_up::{SetUpError, set_up_plant},
};

use crate::{
    Application, ServerSettings,
    backup::{BackupError, Source, file_name, take},
    error::ApiError,
    handlers::stations::{
        identity,
        register::{Registration, register_in},
    },
    passwords::hash_here,
    secrets::one_time_secret,
    settings::Environment,
};

pub use viruj_storage::demo::{SeedError, SeedReport};

/// The plant and the administrator of an installation that has none.
#[derive(Clone)]
pub struct FirstPlant {
    pub plant_name: String,
    pub region: String,
    /// IANA name.
    pub time_zone: String,
    pub administrator_name: String,
    pub administrator_email: String,
    pub administrator_password: String,
}

/// Who administers an installation that has nobody.
#[derive(Clone, Debug)]
pub struct FirstAdministrator {
    pub name: String,
    pub email: String,
}

/// Why a first step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error("the installation has its plant or its administrator already")]
    AlreadySetUp,
    #[error("the name of the plant is missing")]
    PlantNameRequired,
    #[error("the region of the plant is missing")]
    RegionRequired,
    #[error("{0:?} is not an IANA time zone")]
    TimeZoneUnknown(String),
    #[error("the administrator's name is missing")]
    NameRequired,
    #[error("{0:?} is not an e-mail address")]
    EmailInvalid(String),
    #[error("the e-mail address belongs to somebody already")]
    EmailTaken,
    #[error("no active administrator has the e-mail address {0:?}")]
    AdministratorUnknown(String),
    #[error("nobody with the e-mail address {0:?} has signed in with a company account")]
    CompanyAccountUnknown(String),
    #[error(transparent)]
    Password(#[from] Unsuitable),
    #[error("{}", .0.code.title())]
    Refused(ApiError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl SetupError {
    /// The stable code that the station's user interface translates.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::AlreadySetUp => "already_set_up",
            Self::PlantNameRequired => "plant_name_required",
            Self::RegionRequired => "region_required",
            Self::TimeZoneUnknown(_) => "time_zone_unknown",
            Self::NameRequired => "administrator_name_required",
            Self::EmailInvalid(_) => "email_invalid",
            Self::EmailTaken => "email_taken",
            Self::AdministratorUnknown(_) => "administrator_unknown",
            Self::CompanyAccountUnknown(_) => "company_account_unknown",
            Self::Password(unsuitable) => unsuitable.code(),
            Self::Refused(error) => error.code.code(),
            Self::Storage(error) => error.code(),
        }
    }
}

impl From<ApiError> for SetupError {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

const REASON: &str = "first set-up";
const ACTOR: &str = "setup";

/// Adds what is missing of the demonstration: 3 plants, 17 people, 40 batches; all of it or nothing.
///
/// # Errors
/// [`SeedError`], in production always.
pub async fn seed_demo(
    database: &Database,
    environment: Environment,
    into_existing: bool,
    now: DateTime<Utc>,
) -> Result<SeedReport, SeedError> {
    let request = SeedRequest { environment: environment.as_str(), into_existing, now };
    demo::seed(database, request, |password| Ok(hash_here(password)?)).await
}

/// Checks the form of a first plant before anything is made.
///
/// # Errors
/// The first [`SetupError`] that holds.
pub fn check(first: &FirstPlant) -> Result<(), SetupError> {
    checked_plant(first)?;
    checked_administrator(first)?;
    Ok(())
}

/// Why a cluster of this program's own was not brought to its schema; it is as it was.
#[derive(Debug, thiserror::Error)]
pub enum OwnClusterError {
    #[error("the backup before the migration failed: {0}")]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl OwnClusterError {
    /// The stable code that the station's user interface translates.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Backup(error) => error.code(),
            Self::Storage(error) => error.code(),
        }
    }
}

/// Brings a cluster that this program made itself to the schema of this program; what it holds is backed up before.
///
/// # Errors
/// [`OwnClusterError`], `database_newer` among them.
pub async fn migrate_own_cluster(settings: &ServerSettings, clock: &dyn Clock) -> Result<(), OwnClusterError> {
    let url = settings.migration_url().expose();
    let mut taken = None;
    if let Some(backup) = &settings.backup
        && migrate::would_change(url).await?
    {
        let keys = Some((settings.key_dir.as_path(), &settings.secret_key));
        let source = Source { url, recipients: &backup.recipients, keys };
        let now = clock.now();
        taken = Some(take(&source, &backup.folder.join(file_name(now)), now).await?);
    }
    let report = migrate::migrate(url, settings.database_url.expose()).await?;
    for warning in report.warnings {
        tracing::warn!(%warning, "migrating the embedded database");
    }
    if let Some(taken) = taken {
        note_by_owner(url, &taken.noted(BackupCause::Migrate, clock.now())).await?;
    }
    Ok(())
}

impl Application {
    /// Adds the demonstration's rows to this server's database, as [`seed_demo`] does.
    ///
    /// # Errors
    /// [`SeedError`].
    pub async fn seed_demo(&self, environment: Environment, into_existing: bool) -> Result<SeedReport, SeedError> {
        seed_demo(&self.state().database, environment, into_existing, self.state().clock.now()).await
    }

    /// Makes the first plant and its administrator in a database that holds neither plants nor people.
    ///
    /// # Errors
    /// [`SetupError`].
    pub async fn set_up_plant(&self, first: &FirstPlant) -> Result<PlantId, SetupError> {
        let plant = checked_plant(first)?;
        let (name, email) = checked_administrator(first)?;
        let hash = self.state().passwords.hash(&first.administrator_password).await.map_err(ApiError::internal)?;
        let administrator = self.administrator(name, email, &hash, false);
        match set_up_plant(&self.state().database, &plant, &administrator).await {
            Ok(()) => {}
            Err(SetUpError::NotEmpty) => return Err(SetupError::AlreadySetUp),
            Err(SetUpError::UnknownTimeZone(zone)) => return Err(SetupError::TimeZoneUnknown(zone)),
            Err(SetUpError::Storage(StorageError::Conflict { .. })) => return Err(SetupError::EmailTaken),
            Err(SetUpError::Storage(error)) => return Err(error.into()),
        }
        Ok(plant.id)
    }

    /// Makes an administrator while there is no active one and gives back the password, which is shown once.
    ///
    /// # Errors
    /// [`SetupError`].
    pub async fn create_administrator(&self, first: &FirstAdministrator) -> Result<String, SetupError> {
        let name = person::name(&first.name).ok_or(SetupError::NameRequired)?;
        let email = checked_email(&first.email)?;
        let password = one_time_secret().map_err(ApiError::internal)?;
        let hash = self.state().passwords.hash(&password).await.map_err(ApiError::internal)?;
        let mut unit = self.state().begin_for_system(ACTOR, REASON).await?;
        if people::has_active_administrator(&mut unit).await? {
            return Err(SetupError::AlreadySetUp);
        }
        match people::create(&mut unit, &self.administrator(name, email, &hash, true)).await {
            Err(StorageError::Conflict { .. }) => return Err(SetupError::EmailTaken),
            done => done?,
        }
        unit.commit().await?;
        Ok(password)
    }

    /// Gives an administrator a one-time password, which is shown once; every session of theirs ends.
    ///
    /// The way back in when nobody else could make one: whoever may run it has the server's secrets and its database.
    ///
    /// # Errors
    /// [`SetupError::AdministratorUnknown`], failures of the database.
    pub async fn reset_administrator(&self, email: &str) -> Result<String, SetupError> {
        let state = self.state();
        let account = people::account_by_email(&state.database, email.trim()).await?;
        let person = account
            .map(|account| account.person)
            .filter(|person| person.is_active && person.role == Role::SystemAdmin)
            .ok_or_else(|| SetupError::AdministratorUnknown(email.to_owned()))?;
        let password = one_time_secret().map_err(ApiError::internal)?;
        let hash = state.passwords.hash(&password).await.map_err(ApiError::internal)?;
        let now = state.clock.now();
        let mut unit = state.begin_for_system(ACTOR, "one-time password by the server's command line").await?;
        accounts::give_one_time_password(&mut unit, &person.id, &hash, now).await?;
        sessions::revoke_all(&mut unit, &person.id, None, "password_reset", now).await?;
        unit.audit_event("users", person.id.as_str(), "one_time_password_made", "by the command line").await?;
        unit.commit().await?;
        Ok(password)
    }

    /// Forgets which company account the person has: the next single sign-on finds them by the address again. Every
    /// session of theirs ends.
    ///
    /// # Errors
    /// [`SetupError::CompanyAccountUnknown`], failures of the database.
    pub async fn forget_company_account(&self, email: &str) -> Result<(), SetupError> {
        let state = self.state();
        let unknown = || SetupError::CompanyAccountUnknown(email.to_owned());
        let account = people::account_by_email(&state.database, email.trim()).await?.ok_or_else(unknown)?;
        let id = account.person.id;
        let mut unit = state.begin_for_system(ACTOR, "company account forgotten by the server's command line").await?;
        if !identities::forget(&mut unit, &id).await? {
            return Err(unknown());
        }
        sessions::revoke_all(&mut unit, &id, None, "company_account_forgotten", state.clock.now()).await?;
        unit.commit().await?;
        Ok(())
    }

    /// Registers the station that runs this server in its own process; the same key once more changes nothing.
    ///
    /// # Errors
    /// [`SetupError::Refused`] with the code of the registration.
    pub async fn register_embedded_station(&self, request: &RegisterStation) -> Result<RegisteredStation, SetupError> {
        let state = self.state();
        let mut unit = state.begin_for_system(ACTOR, "embedded station").await?;
        let registration = Registration { by: None, is_embedded: true, now: state.clock.now() };
        let (_, station) = register_in(&mut unit, request, registration).await?;
        unit.commit().await?;
        Ok(RegisteredStation {
            station_id: station.known.id,
            name: station.name,
            plant_id: station.known.plant_id,
            registered_at: station.registered_at,
            server: identity(state).await?,
        })
    }

    fn administrator<'a>(
        &self,
        name: &'a str,
        email: &'a str,
        password_hash: &'a str,
        must_change_password: bool,
    ) -> NewPerson<'a> {
        NewPerson {
            id: UserId(Uuid::now_v7().to_string()),
            name,
            email,
            password_hash,
            role: Role::SystemAdmin,
            department: Department::Administration,
            plant_ids: Vec::new(),
            must_change_password,
            created_at: self.state().clock.now(),
        }
    }
}

fn checked_plant(first: &FirstPlant) -> Result<PlantSummary, SetupError> {
    let zone = first.time_zone.trim();
    if time_zone(zone).is_none() {
        return Err(SetupError::TimeZoneUnknown(zone.to_owned()));
    }
    Ok(PlantSummary {
        id: PlantId(format!("plant-{}", Uuid::now_v7().simple())),
        name: person::name(&first.plant_name).ok_or(SetupError::PlantNameRequired)?.to_owned(),
        region: person::name(&first.region).ok_or(SetupError::RegionRequired)?.to_owned(),
        time_zone: zone.to_owned(),
    })
}

/// The name and the address of an administrator whose password suits them.
fn checked_administrator(first: &FirstPlant) -> Result<(&str, &str), SetupError> {
    let name = person::name(&first.administrator_name).ok_or(SetupError::NameRequired)?;
    let email = checked_email(&first.administrator_email)?;
    check_new(&first.administrator_password, Owner { name, email })?;
    Ok((name, email))
}

fn checked_email(value: &str) -> Result<&str, SetupError> {
    person::email_address(value).ok_or_else(|| SetupError::EmailInvalid(value.to_owned()))
}
