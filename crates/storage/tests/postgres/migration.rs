//! Taking over a legacy database in place (EU GMP Annex 11, 4.8), and the roles of the cluster.

use sqlx::{AssertSqlSafe, Connection};
use viruj_api::lists::PageQuery;
use viruj_domain::{ids::PlantId, plant::PlantScope};
use viruj_storage::{
    Database, StorageError, lists,
    migrate::{MigrationReport, known_version, migrate},
};

use crate::{
    database::{TestDatabase, empty_database, migrated_database, with_database},
    legacy,
    trail::verify,
};

async fn migrate_test(test: &TestDatabase) -> MigrationReport {
    migrate(&test.migration_url, &test.url).await.unwrap()
}

async fn entries(test: &TestDatabase) -> Vec<(String, i64)> {
    let mut superuser = test.superuser().await;
    sqlx::query_as("SELECT action, count(*) FROM audit_entries GROUP BY 1 ORDER BY 1")
        .fetch_all(&mut superuser)
        .await
        .unwrap()
}

/// Migrates twice and compares every value of the legacy columns.
async fn keeps_every_value(test: &TestDatabase) -> MigrationReport {
    let before = legacy::checksums(&test.migration_url).await;
    let report = migrate_test(test).await;
    assert_eq!(legacy::checksums(&test.migration_url).await, before);
    let adopted: i64 = before.iter().map(|(_, rows, _)| rows).sum();
    let told: u64 = before.iter().filter_map(|(table, ..)| report.adopted.get(table)).sum();
    assert_eq!(told, adopted.unsigned_abs(), "one entry for every legacy row");
    let first = entries(test).await;
    assert!(verify(test).await.is_whole());

    let again = migrate_test(test).await;
    assert_eq!((again.applied.len(), again.adopted.len()), (0, 0));
    assert_eq!((&again.orphans, &again.clashing_addresses), (&report.orphans, &report.clashing_addresses));
    assert_eq!(legacy::checksums(&test.migration_url).await, before);
    assert_eq!(entries(test).await, first);
    report
}

#[tokio::test]
async fn a11_4_8_migration_keeps_every_value_of_an_invented_legacy_database() {
    let test = empty_database().await;
    let hash = bcrypt::hash("demo123", 4).unwrap();
    legacy::fill(&test.migration_url, &hash).await;
    let report = keeps_every_value(&test).await;

    let orphans: Vec<(&str, &str)> = report
        .orphans
        .iter()
        .map(|orphan| (orphan.table.as_str(), &orphan.id[orphan.id.len().saturating_sub(2)..]))
        .collect();
    assert_eq!(
        orphans,
        [
            ("gate_entries", "02"),
            ("goods_receipt_notes", "12"),
            ("quality_samples", "23"),
            ("quality_tests", "32"),
            ("notifications", "n2"),
            ("notifications", "n3"),
            ("production_batches", "b7"),
        ]
    );
    assert_eq!(report.unknown_time_zones, ["werk-2"]);
    let database = Database::connect(&test.url).await.unwrap();
    let zones: Vec<(String, String)> = sqlx::query_as("SELECT id, time_zone FROM plants ORDER BY id")
        .fetch_all(&database.reader(&PlantScope::All))
        .await
        .unwrap();
    assert_eq!(zones, [("werk-1", "Asia/Kolkata"), ("werk-2", "UTC")].map(|(id, zone)| (id.into(), zone.into())));
    let plants: Vec<(String, String)> = sqlx::query_as(
        "SELECT user_id, plant_id FROM user_plants WHERE user_id IN ('head-1', 'old-1', 'op-1', 'op-2') ORDER BY 1, 2",
    )
    .fetch_all(database.system())
    .await
    .unwrap();
    let expected = [("head-1", "werk-1"), ("op-1", "werk-1"), ("op-2", "werk-2")];
    assert_eq!(plants, expected.map(|(user, plant)| (user.into(), plant.into())));

    // Codes go on where the legacy system stopped.
    let mut unit = database.begin(viruj_storage::ChangeContext::system(PlantScope::All, "test", None)).await.unwrap();
    let mut codes = Vec::new();
    for (series, year) in [("GRN", 2026), ("GRN", 2025), ("DEV", 2026)] {
        codes.push(viruj_storage::counters::next_code(unit.connection(), series, year).await.unwrap());
    }
    assert_eq!(codes, ["GRN-26-042", "GRN-25-1001", "DEV-26-001"]);
}

#[tokio::test]
async fn a11_4_8_migration_keeps_every_value_of_the_recorded_legacy_database() {
    let Some(dump) = legacy::recorded_dump() else { return };
    let test = empty_database().await;
    legacy::load(&test.migration_url, &dump);
    let report = keeps_every_value(&test).await;
    assert_eq!(report.unknown_time_zones, [""; 0]);
    let database = Database::connect(&test.url).await.unwrap();
    let scope = PlantScope::only(PlantId::from("plant-a"));
    let page = lists::gate_entries(&database, &scope, &PageQuery::default()).await.unwrap();
    assert_eq!(page.items[0].quantity.unwrap().to_string(), "500.500");
    assert_eq!(lists::goods_receipts(&database, &scope, &PageQuery::default()).await.unwrap().items.len(), 1);
    assert_eq!(lists::quality_samples(&database, &scope, &PageQuery::default()).await.unwrap().items.len(), 1);
    assert_eq!(lists::quality_tests(&database, &scope, &PageQuery::default()).await.unwrap().items.len(), 4);
    assert_eq!(lists::materials(&database, &scope, &PageQuery::default()).await.unwrap().items.len(), 0);
}

#[tokio::test]
async fn lists_come_in_pages_newest_first() {
    let test = empty_database().await;
    legacy::fill(&test.migration_url, "x").await;
    migrate_test(&test).await;
    let database = Database::connect(&test.url).await.unwrap();
    let mut codes = Vec::new();
    let mut query = PageQuery { limit: Some(1), cursor: None };
    loop {
        let page = lists::gate_entries(&database, &PlantScope::All, &query).await.unwrap();
        codes.extend(page.items.into_iter().map(|entry| entry.entry_code));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => break,
        }
    }
    assert_eq!(codes, ["03261000", "0326001", "0326999"], "what has no time comes last");
    let tests = lists::quality_tests(&database, &PlantScope::only(PlantId::from("werk-1")), &PageQuery::default())
        .await
        .unwrap();
    assert_eq!(tests.items.len(), 1);
    assert_eq!(tests.items[0].assigned_to_name.as_deref(), Some("Åsa O'Neill-Ørsted"));
    for cursor in ["", "x", "1", "1.x", "99999999999999999999.00000000-0000-4000-8000-000000000001"] {
        let query = PageQuery { limit: None, cursor: Some(cursor.to_owned()) };
        let refused = lists::gate_entries(&database, &PlantScope::All, &query).await;
        assert!(matches!(refused, Err(StorageError::CursorInvalid)), "{cursor}");
    }
}

#[tokio::test]
async fn p11_300a_addresses_that_differ_in_case_are_reported_and_then_refused() {
    let test = empty_database().await;
    legacy::fill(&test.migration_url, "x").await;
    let mut superuser = test.superuser().await;
    sqlx::raw_sql(
        "INSERT INTO users (id, name, email, hashed_password, role, department)
         VALUES ('op-3', 'x', 'LAKSHMI.RAO@example.com', 'x', 'Management', 'Corporate')",
    )
    .execute(&mut superuser)
    .await
    .unwrap();
    assert_eq!(migrate_test(&test).await.clashing_addresses, ["lakshmi.rao@example.com"]);
    sqlx::raw_sql(
        "SET viruj.actor = 'admin'; SET viruj.reason = 'twice';
         UPDATE users SET email = 'lakshmi.2@example.com' WHERE id = 'op-3'",
    )
    .execute(&mut superuser)
    .await
    .unwrap();
    assert_eq!(migrate_test(&test).await.clashing_addresses, [""; 0]);
    // The same address with a full-width letter and in capitals.
    let refused: StorageError = sqlx::query("UPDATE users SET email = $1 WHERE id = 'op-3'")
        .bind("\u{ff2c}AKSHMI.rao@EXAMPLE.com")
        .execute(&mut superuser)
        .await
        .unwrap_err()
        .into();
    assert!(
        matches!(&refused, StorageError::Conflict { constraint } if constraint == "users_login_key_unique"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a11_4_8_an_empty_database_migrates_and_a_second_run_changes_nothing() {
    let test = empty_database().await;
    let report = migrate_test(&test).await;
    assert_eq!(report.applied.last(), Some(&known_version()));
    assert!(report.warnings.is_empty() && report.orphans.is_empty());
    let first = entries(&test).await;
    assert_eq!(migrate_test(&test).await, MigrationReport::default());
    assert_eq!(entries(&test).await, first);
}

#[tokio::test]
async fn says_what_is_wrong_with_a_database() {
    let empty = empty_database().await;
    let refused = Database::connect(&empty.url).await.unwrap_err();
    assert_eq!(refused.code(), "database_not_migrated", "{refused:?}");

    let test = migrated_database().await;
    let mut superuser = test.superuser().await;
    sqlx::raw_sql(
        "INSERT INTO _sqlx_migrations SELECT 9999, description, now(), true, checksum, 0 FROM _sqlx_migrations LIMIT 1",
    )
    .execute(&mut superuser)
    .await
    .unwrap();
    let newer = Database::connect(&test.url).await.unwrap_err();
    assert!(
        matches!(newer, StorageError::DatabaseNewer { found: 9999, known } if known == known_version()),
        "{newer:?}"
    );
    let newer = migrate(&test.migration_url, &test.url).await.unwrap_err();
    assert!(matches!(newer, StorageError::DatabaseNewer { found: 9999, .. }), "{newer:?}");

    for url in [
        "postgres://viruj@127.0.0.1:1/viruj".to_owned(),
        "postgres://viruj@%2Fnowhere/viruj".to_owned(),
        with_database(&test.url, "no_such_database"),
    ] {
        let refused = Database::connect(&url).await.unwrap_err();
        assert_eq!(refused.code(), "database_unreachable", "{refused:?}");
    }
}

#[tokio::test]
async fn the_legacy_login_becomes_a_plain_member_and_goes_on_serving() {
    let test = empty_database().await;
    let mut superuser = test.superuser().await;
    let login = format!("legacy_{}", test.name);
    let password = "with 'quotes'";
    // As the legacy system ran: its login owns the database, the tables and more rights than it needs.
    for statement in [
        format!("CREATE ROLE {login} LOGIN CREATEDB CREATEROLE BYPASSRLS PASSWORD 'with ''quotes'''"),
        format!("ALTER DATABASE {} OWNER TO {login}", test.name),
    ] {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut superuser).await.unwrap();
    }
    let encoded = password.replace('\'', "%27").replace(' ', "%20");
    let (_, rest) = test.url.split_once('@').unwrap();
    let legacy_url = format!("postgres://{login}:{encoded}@{rest}");
    legacy::fill(&legacy_url, "x").await;

    let report = migrate(&test.migration_url, &legacy_url).await.unwrap();
    assert_eq!(report.warnings, [""; 0]);
    let rights: (bool, bool, bool, bool, bool, String) = sqlx::query_as(
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, pg_has_role(rolname, 'viruj_runtime', 'MEMBER'),
             (SELECT string_agg(DISTINCT tableowner, ',') FROM pg_tables WHERE schemaname = 'public')
         FROM pg_roles WHERE rolname = $1",
    )
    .bind(&login)
    .fetch_one(&mut superuser)
    .await
    .unwrap();
    assert_eq!(rights, (false, false, false, false, true, "viruj_owner".to_owned()));

    let database = Database::connect(&legacy_url).await.unwrap();
    assert_eq!(lists::materials(&database, &PlantScope::All, &PageQuery::default()).await.unwrap().items.len(), 2);
    // Whoever has the old URL gets no further than the server does.
    let mut old = sqlx::PgConnection::connect(&legacy_url).await.unwrap();
    for statement in [
        "DROP TABLE gate_entries",
        "ALTER TABLE users DISABLE TRIGGER ALL",
        "SET ROLE viruj_owner",
        "CREATE TABLE x ()",
    ] {
        assert!(sqlx::raw_sql(statement).execute(&mut old).await.is_err(), "{statement}");
    }
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM gate_entries").fetch_one(&mut old).await.unwrap();
    assert_eq!(rows, 0, "without plants it sees none of them");
    old.close().await.unwrap();
    database.close().await;
    for statement in [format!("DROP OWNED BY {login}"), format!("DROP ROLE {login}")] {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut superuser).await.unwrap();
    }
}

#[tokio::test]
async fn databases_that_migrate_at_once_do_not_race_for_the_roles() {
    let tests = [empty_database().await, empty_database().await, empty_database().await];
    let urls: Vec<String> = tests.iter().flat_map(|test| [test.url.clone(), test.url.clone()]).collect();
    let runs: Vec<_> = urls.into_iter().map(|url| tokio::spawn(async move { migrate(&url, &url).await })).collect();
    for run in runs {
        run.await.unwrap().unwrap();
    }
    for test in &tests {
        assert!(verify(test).await.is_whole());
    }
}
