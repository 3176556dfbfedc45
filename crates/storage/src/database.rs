//! Serving connections: every one works as `viruj_runtime`, which owns nothing and is bound by the row policies.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use viruj_domain::plant::PlantScope;

use crate::{
    bootstrap::RUNTIME,
    error::StorageError,
    migrate::known_version,
    statements::Statements,
    unit_of_work::{ChangeContext, UnitOfWork},
};

/// Connections that write, and that read tables of no plant.
const GENERAL_CONNECTIONS: u32 = 10;
/// Connections that read for one set of plants; as many again run single statements.
const READER_CONNECTIONS: u32 = 6;
/// A connection that has rested longer is asked whether it still lives before it is used. Under load none rests.
const RESTED: Duration = Duration::from_millis(2);
/// Sets of plants that have a pool at a time; a plant has few such sets, a runaway caller must not have more.
const MAXIMUM_READERS: usize = 32;
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
const IDLE_TIMEOUT: Duration = Duration::from_secs(300);

/// The plant database, for serving; cheap to clone.
#[derive(Clone)]
pub struct Database(Arc<Pools>);

struct Pools {
    options: PgConnectOptions,
    general: PgPool,
    listening: PgPool,
    readers: Mutex<BTreeMap<PlantScope, PgPool>>,
    statements: Mutex<BTreeMap<PlantScope, Statements>>,
    gate: tokio::sync::Mutex<()>,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The options carry the password.
        formatter.debug_struct("Database").finish_non_exhaustive()
    }
}

impl Database {
    /// Opens the database after a look at whether this program and it fit together.
    ///
    /// # Errors
    /// [`StorageError::Unreachable`], [`StorageError::AccessRefused`], [`StorageError::NotMigrated`],
    /// [`StorageError::DatabaseNewer`], [`StorageError::WrongRole`].
    pub async fn connect(url: &str) -> Result<Self, StorageError> {
        let options = serving_options(url)?;
        let attempt = tokio::time::timeout(ACQUIRE_TIMEOUT, options.clone().connect()).await;
        let mut connection = attempt
            .map_err(|_| StorageError::Unreachable(sqlx::Error::PoolTimedOut))?
            .map_err(not_migrated_when_role_is_missing)?;
        assert_runtime(&mut connection).await?;
        check_version(&mut connection).await?;
        connection.close().await?;
        let general = cleaned(pool_options(GENERAL_CONNECTIONS)).connect_lazy_with(options.clone());
        let listening = pool_options(1).connect_lazy_with(options.clone().application_name("viruj listening"));
        let (readers, statements, gate) = (Mutex::default(), Mutex::default(), tokio::sync::Mutex::default());
        Ok(Self(Arc::new(Pools { options, general, listening, readers, statements, gate })))
    }

    /// Reads for these plants, and nothing else: its connections are read-only and carry the plants from their start.
    #[must_use]
    pub fn reader(&self, scope: &PlantScope) -> PgPool {
        let mut readers = self.0.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = readers.get(scope) {
            return pool.clone();
        }
        if readers.len() >= MAXIMUM_READERS {
            // Whoever still uses the pool keeps it; it closes with its last clone.
            readers.pop_first();
        }
        let pool = cleaned(pool_options(READER_CONNECTIONS)).connect_lazy_with(self.reading(scope));
        readers.insert(scope.clone(), pool.clone());
        pool
    }

    /// As [`Self::reader`], for single statements: one round trip each.
    #[must_use]
    pub fn statements(&self, scope: &PlantScope) -> Statements {
        let mut statements = self.0.statements.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = statements.get(scope) {
            return found.clone();
        }
        if statements.len() >= MAXIMUM_READERS {
            statements.pop_first();
        }
        let made = Statements(pool_options(READER_CONNECTIONS).connect_lazy_with(self.reading(scope)));
        statements.insert(scope.clone(), made.clone());
        made
    }

    /// Single statements that read tables of no plant; they see no plant row.
    #[must_use]
    pub fn system_statements(&self) -> Statements {
        self.statements(&PlantScope::Only(BTreeSet::new()))
    }

    fn reading(&self, scope: &PlantScope) -> PgConnectOptions {
        let options = self.0.options.clone();
        options.options([("viruj.plants", plants_setting(scope)), ("default_transaction_read_only", "on".to_owned())])
    }

    /// Whoever draws a number of a counter that all plants share waits here and not for its row: a transaction that
    /// waits for a row costs the one that holds it. Other replicas still meet at the row.
    #[must_use]
    pub fn gate(&self) -> &tokio::sync::Mutex<()> {
        &self.0.gate
    }

    /// The one connection that hears what the database tells.
    pub(crate) fn listening(&self) -> &PgPool {
        &self.0.listening
    }

    /// Connections without plants: they see the tables of no plant, and no plant row.
    #[must_use]
    pub fn system(&self) -> &PgPool {
        &self.0.general
    }

    /// Begins the one transaction of a change.
    ///
    /// # Errors
    /// [`StorageError::Unreachable`] and other failures of the database.
    pub async fn begin(&self, context: ChangeContext) -> Result<UnitOfWork, StorageError> {
        UnitOfWork::begin(&self.0.general, context).await
    }

    /// Whether the database answers, for `/health`.
    ///
    /// # Errors
    /// [`StorageError::Unreachable`] and other failures of the database.
    pub async fn ping(&self) -> Result<(), StorageError> {
        sqlx::query("SELECT 1").execute(&self.0.general).await?;
        Ok(())
    }

    /// The login that the server uses.
    #[must_use]
    pub fn login(&self) -> &str {
        self.0.options.get_username()
    }

    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.general.is_closed()
    }

    /// Waits for what is in flight and closes every connection.
    pub async fn close(&self) {
        let readers = std::mem::take(&mut *self.0.readers.lock().unwrap_or_else(PoisonError::into_inner));
        let statements = std::mem::take(&mut *self.0.statements.lock().unwrap_or_else(PoisonError::into_inner));
        for pool in readers.into_values().chain(statements.into_values().map(|Statements(pool)| pool)) {
            pool.close().await;
        }
        self.0.listening.close().await;
        self.0.general.close().await;
    }
}

/// The value of `viruj.plants` for a scope.
pub(crate) fn plants_setting(scope: &PlantScope) -> String {
    match scope {
        PlantScope::All => "*".to_owned(),
        // The comma separates plants; an id that holds one would name two others and sees nothing instead.
        PlantScope::Only(plants) => plants
            .iter()
            .map(|plant| plant.as_str())
            .filter(|plant| !plant.contains(',') && *plant != "*")
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
            .join(","),
    }
}

fn serving_options(url: &str) -> Result<PgConnectOptions, StorageError> {
    let options: PgConnectOptions = url.parse().map_err(StorageError::Unreachable)?;
    Ok(options.application_name("viruj").options([
        ("role", RUNTIME),
        ("search_path", "public"),
        ("timezone", "UTC"),
        ("statement_timeout", "30s"),
        ("lock_timeout", "10s"),
        ("idle_in_transaction_session_timeout", "60s"),
        // `ROLLBACK` on release warns each time that there is nothing to roll back.
        ("client_min_messages", "error"),
    ]))
}

fn pool_options(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(IDLE_TIMEOUT)
        // Asking each time would double the round trips of a statement just when there are many.
        .test_before_acquire(false)
        .before_acquire(|connection, found| {
            Box::pin(async move {
                if found.idle_for > RESTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .after_connect(|connection, _| {
            Box::pin(async move {
                assert_runtime(connection).await.map_err(|error| sqlx::Error::Configuration(Box::new(error)))
            })
        })
}

/// For pools that lend their connections.
fn cleaned(options: PgPoolOptions) -> PgPoolOptions {
    // A `begin` that was cancelled can give back a connection with an open transaction (sqlx#4385).
    // `RESET ALL` returns to the settings of the start; the role is not among what it resets.
    options.after_release(|connection, _| {
        Box::pin(async move {
            sqlx::raw_sql("ROLLBACK; RESET ALL; RESET ROLE").execute(connection).await?;
            Ok(true)
        })
    })
}

/// Row-level security means nothing for a superuser, for BYPASSRLS or for an owner.
async fn assert_runtime(connection: &mut PgConnection) -> Result<(), StorageError> {
    let (found, passes_by): (String, bool) = sqlx::query_as(
        "SELECT current_user::text, rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user",
    )
    .fetch_one(connection)
    .await?;
    if found != RUNTIME || passes_by {
        return Err(StorageError::WrongRole { found });
    }
    Ok(())
}

pub(crate) async fn check_version(connection: &mut PgConnection) -> Result<(), StorageError> {
    let answer: Result<Option<i64>, sqlx::Error> =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success").fetch_one(connection).await;
    let known = known_version();
    match answer {
        Ok(Some(found)) if found > known => Err(StorageError::DatabaseNewer { found, known }),
        Ok(Some(found)) if found == known => Ok(()),
        Ok(_) => Err(StorageError::NotMigrated),
        // No such table, or one that the application role may not read yet.
        Err(sqlx::Error::Database(answer)) if matches!(answer.code().as_deref(), Some("42P01" | "42501")) => {
            Err(StorageError::NotMigrated)
        }
        Err(error) => Err(error.into()),
    }
}

/// The role is asked for at the start of the connection: unknown, or closed to this login, before the first `migrate`.
fn not_migrated_when_role_is_missing(error: sqlx::Error) -> StorageError {
    match &error {
        sqlx::Error::Database(answer)
            if matches!(answer.code().as_deref(), Some("22023" | "42501" | "42704"))
                && answer.message().contains("role") =>
        {
            StorageError::NotMigrated
        }
        _ => error.into(),
    }
}
