//! Backups are restored, not only made (EU GMP Annex 11, 7.2).

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use age::secrecy::ExposeSecret;
use sqlx::{AssertSqlSafe, Connection};
use viruj_domain::plant::PlantScope;
use viruj_embedded_postgres::{Cluster, ClusterPlan, find_binaries};
use viruj_server::{SystemClock, backup::Recipients, settings::BackupSettings, setup::migrate_own_cluster};
use viruj_storage::{ChangeContext, Database, audit, installation};
use viruj_test_support::{
    Reach, TestApp,
    database::{TestDatabase, empty_database},
};

use crate::program::{SECRET_KEY, error_of, run};

const OTHER_SECRET_KEY: &str = "YW5vdGhlciBob3N0IGhhcyBhbm90aGVyIHNlY3JldA";

/// Somebody who keeps the identity, in a folder of its own.
struct Keeper {
    folder: tempfile::TempDir,
    recipient: String,
}

impl Keeper {
    fn new() -> Self {
        let identity = age::x25519::Identity::generate();
        let folder = tempfile::tempdir().unwrap();
        let text = format!("# kept in the safe\n{}\n", identity.to_string().expose_secret());
        fs::write(folder.path().join("identity.txt"), text).unwrap();
        Self { folder, recipient: identity.to_public().to_string() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn backup(&self, app: &TestApp, file: &Path) -> Output {
        run(
            &["backup", file.to_str().unwrap()],
            &[
                ("DATABASE_URL", app.database.url.as_str()),
                ("SECRET_KEY", SECRET_KEY),
                ("VIRUJ_KEY_DIR", app.settings.key_dir.to_str().unwrap()),
                ("VIRUJ_BACKUP_RECIPIENT", self.recipient.as_str()),
            ],
        )
    }

    fn restore(&self, file: &Path, url: &str, keys: &Path) -> Output {
        let identity = self.path("identity.txt");
        run(
            &["restore", file.to_str().unwrap(), "--identity", identity.to_str().unwrap()],
            &[("DATABASE_URL", url), ("SECRET_KEY", OTHER_SECRET_KEY), ("VIRUJ_KEY_DIR", keys.to_str().unwrap())],
        )
    }
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Every row of every table, but what a restore itself writes.
async fn rows(database: &TestDatabase, tables: &[&str]) -> Vec<(String, String)> {
    let mut connection = database.superuser().await;
    let mut all = Vec::new();
    for table in tables {
        let statement = format!("SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM {table} AS t");
        let text: String = sqlx::query_scalar(AssertSqlSafe(statement)).fetch_one(&mut connection).await.unwrap();
        all.push(((*table).to_owned(), text));
    }
    all
}

const COMPARED: &[&str] = &[
    "plants",
    "users",
    "user_plants",
    "stations",
    "signing_keys",
    "counters",
    "production_batches",
    "batch_records",
    "batch_phases",
    "phase_entries",
    "deviations",
    "operations",
    "master_batch_records",
    "gate_entries",
    "materials",
];

#[tokio::test(flavor = "multi_thread")]
async fn a11_7_2_a_backup_is_restored_on_another_host_and_the_chain_verifies() {
    let keeper = Keeper::new();
    let app = TestApp::with_demo().await;
    let file = keeper.path("viruj.age");
    let taken = printed(&keeper.backup(&app, &file));
    assert!(taken.contains("SHA-256"), "{taken}");
    let bytes = fs::read(&file).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1\n"));
    assert_eq!(fs::read_dir(keeper.folder.path()).unwrap().count(), 2, "no draft is left behind");

    // Another host: a cluster without a role or a table of this program, an empty key folder, another secret.
    let home = tempfile::tempdir().unwrap();
    let binaries = find_binaries(std::env::var_os("VIRUJ_POSTGRES_DIR").map(PathBuf::from).as_deref()).unwrap();
    let plan = ClusterPlan { binaries, home: home.path().to_owned(), database: "restored".to_owned() };
    let cluster = Cluster::start(plan).await.unwrap();
    let folder = cluster.folder().to_owned();
    let url = cluster.database_url().to_owned();
    let keys = keeper.path("keys");
    let told = printed(&keeper.restore(&file, &url, &keys));
    for expected in ["Recovery point: 20", "Recovery time: ", "entries of the audit trail were verified", "1 keys were"]
    {
        assert!(told.contains(expected), "{told}");
    }
    let restored = Database::connect(&url).await.unwrap();
    let verification =
        audit::verify_database(&url, &[app.application.state().checkpoint().await.unwrap()]).await.unwrap();
    assert!(verification.is_whole(), "{:?}", verification.findings);
    assert_eq!(
        installation::server_id(&restored).await.unwrap(),
        installation::server_id(app.storage()).await.unwrap()
    );
    let epoch = installation::feed_epoch(&restored).await.unwrap();
    assert_ne!(epoch, installation::feed_epoch(app.storage()).await.unwrap(), "stations fetch their copies anew");
    let key = fs::read_to_string(keys.join("signing-key-1.json")).unwrap();
    let original = fs::read_to_string(app.settings.key_dir.join("signing-key-1.json")).unwrap();
    let public = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["public_key"].clone();
    assert_eq!(public(&key), public(&original));
    let secret = viruj_server::SecretKey::new(OTHER_SECRET_KEY).unwrap();
    let settings = viruj_server::ServerSettings::embedded(&url, secret, keys);
    let served = viruj_server::application(&settings, std::sync::Arc::new(app.clock.clone())).await.unwrap();
    assert_eq!(served.state().server_id, app.application.state().server_id);
    served.close().await;
    restored.close().await;
    cluster.stop().await.unwrap();
    drop(fs::remove_dir_all(folder));
}

#[tokio::test(flavor = "multi_thread")]
async fn a11_7_2_every_row_comes_back_and_nobody_is_signed_in() {
    let keeper = Keeper::new();
    let app = TestApp::with_demo().await;
    let client = app.client(Reach::InProcess);
    let author = ChangeContext::person(PlantScope::All, "x", Some("awkward"));
    let mut unit = app.storage().begin(author).await.unwrap();
    // Line breaks, tabs, backslashes, the marker of nothing, and letters of three scripts.
    sqlx::query("INSERT INTO materials (id, name, type, default_unit) VALUES ('awkward', E'a\\tb\\nc\\\\N\\\\.', 'తెలుగు हिन्दी', '')")
        .execute(unit.connection())
        .await
        .unwrap();
    unit.commit().await.unwrap();
    let email: String = {
        let mut connection = app.database.superuser().await;
        sqlx::query_scalar("SELECT email FROM users ORDER BY id LIMIT 1").fetch_one(&mut connection).await.unwrap()
    };
    let request = viruj_api::sessions::SignInRequest { email, password: "demo123".to_owned() };
    let session = client.sign_in(&request).await.unwrap();
    let before = rows(&app.database, COMPARED).await;
    let file = keeper.path("viruj.age");
    printed(&keeper.backup(&app, &file));
    let target = empty_database().await;
    printed(&keeper.restore(&file, &target.url, &keeper.path("keys")));
    assert_eq!(rows(&target, COMPARED).await, before);
    let mut connection = target.superuser().await;
    let live: i64 = sqlx::query_scalar("SELECT count(*) FROM sessions WHERE revoked_at IS NULL")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(live, 0, "{} has ended", session.session_id);
    let (point, forced): (String, i64) = sqlx::query_as(
        "SELECT (SELECT value FROM installation WHERE key = 'restored'),
                (SELECT count(*) FROM pg_class WHERE relforcerowsecurity AND relnamespace = 'public'::regnamespace)",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert!(point.starts_with("recovery point 20"), "{point}");
    assert!(forced >= 14, "SEC-18: the row policies are in force again, {forced}");
    let waking: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O' AND NOT tgisinternal")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(waking, 0, "P11-10e2: every trigger of the trail is on again");
    connection.close().await.unwrap();
    let restored = Database::connect(&target.url).await.unwrap();
    let mut unit = restored.begin(ChangeContext::system(PlantScope::All, "test", Some("goes on"))).await.unwrap();
    sqlx::query("UPDATE materials SET name = 'plain' WHERE id = 'awkward'").execute(unit.connection()).await.unwrap();
    unit.commit().await.unwrap();
    assert!(audit::verify_database(&target.url, &[]).await.unwrap().is_whole(), "the chain goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a11_7_2_what_cannot_be_restored_changes_nothing() {
    let keeper = Keeper::new();
    let app = TestApp::start().await;
    let file = keeper.path("viruj.age");
    printed(&keeper.backup(&app, &file));
    let (code, text) = error_of(&keeper.backup(&app, &file));
    assert_eq!((code, text.contains("never overwritten")), (Some(4), true), "{text}");

    let target = empty_database().await;
    let keys = keeper.path("keys");
    let whole = fs::read(&file).unwrap();
    let damaged = |name: &str, bytes: &[u8]| {
        let path = keeper.path(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let flipped = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    let other = Keeper::new();
    fs::write(other.path("viruj.age"), &whole).unwrap();
    for (output, expected) in [
        (other.restore(&other.path("viruj.age"), &target.url, &keys), "not encrypted to this identity"),
        (keeper.restore(&damaged("half", &whole[..whole.len() / 2]), &target.url, &keys), "cut short or damaged"),
        (keeper.restore(&damaged("almost", &whole[..whole.len() - 1]), &target.url, &keys), "cut short or damaged"),
        (keeper.restore(&damaged("flipped", &flipped(whole.len() / 2)), &target.url, &keys), "cut short or damaged"),
        (keeper.restore(&damaged("last", &flipped(whole.len() - 3)), &target.url, &keys), "cut short or damaged"),
        (keeper.restore(&damaged("text", b"not a backup"), &target.url, &keys), "not a backup"),
        (keeper.restore(&keeper.path("nowhere"), &target.url, &keys), "cannot be read"),
    ] {
        let (code, text) = error_of(&output);
        assert_eq!((code, text.contains(expected)), (Some(4), true), "{expected}: {text}");
    }
    let mut connection = target.superuser().await;
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!((tables, keys.join("signing-key-1.json").exists()), (0, false), "nothing is half done");

    let (code, text) = error_of(&keeper.restore(&file, &app.database.url, &keys));
    assert_eq!((code, text.contains("is not empty")), (Some(4), true), "{text}");
    // Another installation's key lies in the folder.
    let others = TestApp::empty().await;
    let (_, text) = error_of(&keeper.restore(&file, &target.url, &others.settings.key_dir));
    assert!(text.contains("SECRET_KEY") || text.contains("another key"), "{text}");
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(tables, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a11_7_2_a_newer_backup_and_one_whose_trail_is_broken_are_refused() {
    let keeper = Keeper::new();
    let app = TestApp::start().await;
    let keys = keeper.path("keys");
    let tamper = async |statements: &'static str| {
        let mut superuser = app.database.superuser().await;
        sqlx::raw_sql("SET session_replication_role = replica").execute(&mut superuser).await.unwrap();
        sqlx::raw_sql(statements).execute(&mut superuser).await.unwrap();
        superuser.close().await.unwrap();
    };
    tamper("UPDATE users SET name = 'Somebody else' WHERE id = 'security'").await;
    let file = keeper.path("broken.age");
    printed(&keeper.backup(&app, &file));
    let target = empty_database().await;
    let (code, text) = error_of(&keeper.restore(&file, &target.url, &keys));
    assert_eq!((code, text.contains("users security is not what its last entry says")), (Some(4), true), "{text}");
    assert!(!keys.join("signing-key-1.json").exists());

    tamper(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'of the future', true, 'x', 0)",
    )
    .await;
    let file = keeper.path("newer.age");
    printed(&keeper.backup(&app, &file));
    let (code, text) = error_of(&keeper.restore(&file, &target.url, &keys));
    assert_eq!((code, text.contains("newer program: it has version 9999")), (Some(4), true), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_takes_a_backup_first_and_says_when_it_cannot() {
    let keeper = Keeper::new();
    let database = empty_database().await;
    let legacy = |more: &[(&'static str, String)]| {
        let mut environment = vec![
            ("DATABASE_URL", database.url.clone()),
            ("SECRET_KEY", SECRET_KEY.to_owned()),
            ("VIRUJ_KEY_DIR", keeper.path("keys").to_string_lossy().into_owned()),
        ];
        environment.extend_from_slice(more);
        let environment: Vec<(&str, &str)> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        printed(&run(&["migrate"], &environment))
    };
    viruj_test_support::legacy::fill(&database.migration_url, "$2b$12$hash").await;
    let folder = keeper.path("backups");
    let told = legacy(&[
        ("VIRUJ_BACKUP_DIR", folder.to_string_lossy().into_owned()),
        ("VIRUJ_BACKUP_RECIPIENT", keeper.recipient.clone()),
    ]);
    assert!(told.contains("migrations ran") && told.contains("SHA-256"), "{told}");
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    // The legacy database comes back as it was, and is then migrated.
    let target = empty_database().await;
    let told = printed(&keeper.restore(&files[0], &target.url, &keeper.path("other-keys")));
    assert!(told.contains("were taken into the audit trail"), "{told}");
    assert!(audit::verify_database(&target.url, &[]).await.unwrap().is_whole());
    let legacy_rows = ["gate_entries", "goods_receipt_notes", "quality_samples", "quality_tests", "production_batches"];
    assert_eq!(rows(&target, &legacy_rows).await, rows(&database, &legacy_rows).await);
    assert!(!legacy(&[]).contains("Warning: no backup"), "there is nothing to do any more");
    let other = empty_database().await;
    viruj_test_support::legacy::fill(&other.migration_url, "$2b$12$hash").await;
    let told = printed(&run(&["migrate"], &[("DATABASE_URL", other.url.as_str())]));
    assert!(told.contains("Warning: no backup was taken before the migration"), "{told}");
}

/// As the station does with the cluster that it brings.
#[tokio::test(flavor = "multi_thread")]
async fn a11_7_2_a_station_backs_its_own_cluster_up_before_it_migrates_it() {
    let keeper = Keeper::new();
    let database = empty_database().await;
    viruj_test_support::legacy::fill(&database.migration_url, "$2b$12$hash").await;
    let secret = viruj_server::SecretKey::new(SECRET_KEY).unwrap();
    let mut settings = viruj_server::ServerSettings::embedded(&database.url, secret, keeper.path("keys"));
    let backup = |folder: PathBuf| BackupSettings {
        folder,
        recipients: Recipients::read(&keeper.recipient).unwrap(),
        at: BackupSettings::usual_time(),
    };
    fs::write(keeper.path("no-folder"), "").unwrap();
    settings.backup = Some(backup(keeper.path("no-folder")));
    let refused = migrate_own_cluster(&settings, &SystemClock).await.unwrap_err();
    assert_eq!(refused.code(), "backup_folder_unusable");
    let mut connection = database.superuser().await;
    let migrated: bool = sqlx::query_scalar("SELECT to_regclass('public._sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert!(!migrated, "nothing is migrated without a backup");

    settings.backup = Some(backup(keeper.path("backups")));
    migrate_own_cluster(&settings, &SystemClock).await.unwrap();
    migrate_own_cluster(&settings, &SystemClock).await.unwrap();
    let files: Vec<_> = fs::read_dir(keeper.path("backups")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "the second time there is nothing to migrate");
    let served = Database::connect(&database.url).await.unwrap();
    let noted = viruj_storage::backup::recent(&served, 10).await.unwrap();
    assert_eq!(noted.iter().map(|backup| backup.cause.as_str()).collect::<Vec<_>>(), ["migrate"]);
    let target = empty_database().await;
    printed(&keeper.restore(&files[0], &target.url, &keeper.path("other-keys")));
}
