//! A database of its own for each test, on the cluster that `DATABASE_URL` names.
//!
//! The first test migrates a template, the others copy it; the template's name holds a hash of the migrations, so a
//! changed migration makes another one. Every database is dropped with its [`TestDatabase`].
//!
//! The tests of `viruj-storage` take this file in by its path: that crate cannot wait for the ones above it.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};

const TEMPLATE_LOCK: i64 = 0x7669_7275_7e57;

/// A database that is dropped when this value is.
#[derive(Debug)]
pub struct TestDatabase {
    /// For serving, as a login of the test's cluster; the pools still work as `viruj_runtime`.
    pub url: String,
    /// For migrations and for what only a superuser may do.
    pub migration_url: String,
    pub name: String,
    cluster: PgConnectOptions,
}

impl TestDatabase {
    /// A connection with all rights, for playing the part of somebody who tampers.
    ///
    /// # Panics
    /// When the cluster does not answer.
    pub async fn superuser(&self) -> PgConnection {
        self.cluster.clone().database(&self.name).connect().await.expect("the test cluster answers")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let cluster = self.cluster.clone();
        // A test's own runtime may be gone or busy; a thread with another one can wait for the answer.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| {
                runtime.block_on(async {
                    let mut connection = cluster.connect().await?;
                    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
                    connection.close().await
                })
            })
        });
        // What is left over after a failure is dropped with the cluster.
        let _ = dropped.join();
    }
}

/// The URL of the cluster for tests.
///
/// # Panics
/// When `DATABASE_URL` is not set: these tests need a real PostgreSQL.
#[must_use]
pub fn cluster_url() -> String {
    std::env::var("DATABASE_URL").expect("DATABASE_URL names a PostgreSQL cluster for the tests, as `npm test` sets it")
}

/// A database without a table.
///
/// # Panics
/// When the cluster does not answer.
pub async fn empty_database() -> TestDatabase {
    make("template0").await
}

/// A database with every migration and no rows but the installation's own.
///
/// # Panics
/// When the cluster does not answer or a migration fails.
pub async fn migrated_database() -> TestDatabase {
    let template = template().await;
    make(&template).await
}

async fn make(template: &str) -> TestDatabase {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let url = cluster_url();
    let cluster: PgConnectOptions = url.parse().expect("DATABASE_URL is a PostgreSQL URL");
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let nanoseconds =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |age| age.as_nanos());
    let name = format!("viruj_test_{}_{number}_{}", std::process::id(), nanoseconds % 1_000_000_000);
    let mut connection = cluster.connect().await.expect("the test cluster answers");
    let statement = format!("CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'");
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.expect("a test database is made");
    connection.close().await.expect("the connection closes");
    let url = with_database(&url, &name);
    TestDatabase { migration_url: url.clone(), url, name, cluster }
}

/// Makes the template once for all tests of all processes; the lock lives in the database of `DATABASE_URL`.
async fn template() -> String {
    let url = cluster_url();
    let cluster: PgConnectOptions = url.parse().expect("DATABASE_URL is a PostgreSQL URL");
    let name = format!("viruj_template_{:016x}", viruj_storage::migrate::fingerprint());
    let mut connection = cluster.connect().await.expect("the test cluster answers");
    sqlx::query("SELECT pg_advisory_lock($1)").bind(TEMPLATE_LOCK).execute(&mut connection).await.expect("lock");
    // A template is closed for connections only when it is whole.
    let state: Option<bool> = sqlx::query_scalar("SELECT datallowconn FROM pg_database WHERE datname = $1")
        .bind(&name)
        .fetch_optional(&mut connection)
        .await
        .expect("the catalog can be read");
    if state != Some(false) {
        let mut statements = vec![format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")];
        statements.push(format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"));
        for statement in statements {
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.expect("a template is made");
        }
        let template_url = with_database(&url, &name);
        viruj_storage::migrate::migrate(&template_url, &template_url).await.expect("the template migrates");
        sqlx::raw_sql(AssertSqlSafe(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")))
            .execute(&mut connection)
            .await
            .expect("the template is closed");
    }
    connection.close().await.expect("the lock is given back");
    name
}

/// The same URL with another database name.
#[must_use]
pub fn with_database(url: &str, name: &str) -> String {
    let (front, query) = url.split_once('?').map_or((url, None), |(front, query)| (front, Some(query)));
    let authority_end = front.find("://").map_or(0, |at| at + 3);
    let path_start = front[authority_end..].find('/').map_or(front.len(), |at| authority_end + at);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}/{name}{query}", &front[..path_start])
}
