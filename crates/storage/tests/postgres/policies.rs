//! Who sees which rows, and as which role the connections work (security check 18).

use sqlx::AssertSqlSafe;
use viruj_domain::{ids::PlantId, plant::PlantScope};
use viruj_storage::{
    ChangeContext, StorageError,
    demo::{self, SeedRequest},
    tables::{OUTSIDE_THE_TRAIL, PLANT_TABLES, SYSTEM_TABLES},
};

use crate::trail::{add_gate_entry, add_plant, by, open};

#[tokio::test]
async fn sec_18_each_table_is_on_one_list_and_plant_tables_force_their_policies() {
    let (test, _database) = open().await;
    let mut superuser = test.superuser().await;
    let mut found: Vec<String> =
        sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            .fetch_all(&mut superuser)
            .await
            .unwrap();
    let mut listed: Vec<&str> = PLANT_TABLES.iter().chain(SYSTEM_TABLES).copied().collect();
    listed.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, listed);
    let mut forced: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
         AND relrowsecurity AND relforcerowsecurity",
    )
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    forced.sort_unstable();
    assert_eq!(forced, PLANT_TABLES);
    let mut followed: Vec<String> =
        sqlx::query_scalar("SELECT entity FROM audited_tables").fetch_all(&mut superuser).await.unwrap();
    followed.extend(OUTSIDE_THE_TRAIL.iter().map(|(table, _)| (*table).to_owned()));
    followed.sort_unstable();
    assert_eq!(followed, listed, "each table is in the trail or says why not");
    let strangers: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relowner <> 'viruj_owner'::regrole",
    )
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    assert_eq!(strangers, Vec::<String>::new());
}

#[tokio::test]
async fn sec_18_a_reader_sees_the_rows_of_its_plants_only() {
    let (_test, database) = open().await;
    for plant in ["north", "south"] {
        add_plant(&database, plant).await;
        add_gate_entry(&database, plant, plant).await;
    }
    let mut unit = database.begin(by(None)).await.unwrap();
    sqlx::query("INSERT INTO gate_entries (id, entry_code, material_name, vehicle_number) VALUES (gen_random_uuid(), 'orphan', 'm', 'v')")
        .execute(unit.connection())
        .await
        .unwrap();
    unit.commit().await.unwrap();
    let codes = |pool: sqlx::PgPool| async move {
        sqlx::query_scalar::<_, String>("SELECT entry_code FROM gate_entries ORDER BY 1")
            .fetch_all(&pool)
            .await
            .unwrap()
    };
    let north = PlantScope::only(PlantId::from("north"));
    assert_eq!(codes(database.reader(&north)).await, ["north"]);
    assert_eq!(codes(database.reader(&PlantScope::All)).await, ["north", "orphan", "south"]);
    assert_eq!(codes(database.reader(&PlantScope::Only(Default::default()))).await, [""; 0]);
    assert_eq!(codes(database.reader(&PlantScope::only(PlantId::from("north,south")))).await, [""; 0]);
    assert_eq!(codes(database.system().clone()).await, [""; 0], "without plants there are no plant rows");
    let feeds: Vec<String> = sqlx::query_scalar("SELECT DISTINCT feed FROM audit_entries ORDER BY 1")
        .fetch_all(&database.reader(&north))
        .await
        .unwrap();
    assert_eq!(feeds, ["north", "system"]);

    // A writer is bound by its plants as well.
    let mut unit = database.begin(ChangeContext::person(north, "qa-1", Some("reason"))).await.unwrap();
    let changed = sqlx::query("UPDATE gate_entries SET status = 'x'").execute(unit.connection()).await.unwrap();
    assert_eq!(changed.rows_affected(), 1);
    let refused: StorageError =
        sqlx::query("UPDATE gate_entries SET plant_id = 'south'").execute(unit.connection()).await.unwrap_err().into();
    assert!(matches!(refused, StorageError::Forbidden(_)), "{refused:?}");
}

/// Not one of the tables, however the context is missing, and nothing can be written either.
#[tokio::test]
async fn sec_19_without_plants_no_table_shows_or_takes_a_row() {
    let (test, database) = open().await;
    let request =
        SeedRequest { environment: "development", into_existing: false, now: "2026-11-24T09:30:00Z".parse().unwrap() };
    demo::seed(&database, request, |password| Ok(format!("hash of {password}"))).await.unwrap();
    for plant in ["north", "south"] {
        add_plant(&database, plant).await;
        add_gate_entry(&database, plant, plant).await;
    }
    let mut superuser = test.superuser().await;
    let nowhere = [
        database.system().clone(),
        database.reader(&PlantScope::Only(Default::default())),
        database.reader(&PlantScope::only(PlantId::from(""))),
        database.reader(&PlantScope::only(PlantId::from("'; DROP TABLE plants"))),
    ];
    let mut filled = 0;
    for table in PLANT_TABLES {
        // The system's own feed is everybody's to read; whose plants one does not see, one sees nothing of.
        let of_plants =
            if *table == "audit_entries" || *table == "audit_reviews" { "WHERE feed <> 'system'" } else { "" };
        let count = format!("SELECT count(*) FROM {table} {of_plants}");
        let there: i64 = sqlx::query_scalar(AssertSqlSafe(count.clone())).fetch_one(&mut superuser).await.unwrap();
        filled += usize::from(there > 0);
        for pool in &nowhere {
            let seen: i64 = sqlx::query_scalar(AssertSqlSafe(count.clone())).fetch_one(pool).await.unwrap();
            assert_eq!(seen, 0, "{table} of {there}");
        }
    }
    assert!(filled >= 9, "only {filled} of the tables hold something to be hidden");
    let mut unit = database
        .begin(ChangeContext::person(PlantScope::Only(Default::default()), "qa-1", Some("reason")))
        .await
        .unwrap();
    let changed = sqlx::query("UPDATE gate_entries SET status = 'x'").execute(unit.connection()).await.unwrap();
    assert_eq!(changed.rows_affected(), 0);
    let added: StorageError = sqlx::query(
        "INSERT INTO gate_entries (id, entry_code, material_name, vehicle_number, plant_id)
         VALUES (gen_random_uuid(), 'smuggled', 'm', 'v', 'north')",
    )
    .execute(unit.connection())
    .await
    .unwrap_err()
    .into();
    assert!(matches!(added, StorageError::Forbidden(_)), "{added:?}");
}

#[tokio::test]
async fn sec_18_single_statements_work_as_the_runtime_role_for_their_plants_and_write_nothing() {
    let (_test, database) = open().await;
    for plant in ["north", "south"] {
        add_plant(&database, plant).await;
        add_gate_entry(&database, plant, plant).await;
    }
    let north = database.statements(&PlantScope::only(PlantId::from("north")));
    let nowhere = database.system_statements();
    for (statements, seen) in [(&north, vec!["north"]), (&nowhere, vec![])] {
        let codes: Vec<String> =
            sqlx::query_scalar("SELECT entry_code FROM gate_entries ORDER BY 1").fetch_all(statements).await.unwrap();
        assert_eq!(codes, seen);
        let role: String = sqlx::query_scalar("SELECT current_user::text").fetch_one(statements).await.unwrap();
        assert_eq!(role, "viruj_runtime");
        let written = sqlx::query("DELETE FROM sessions").execute(statements).await.unwrap_err();
        assert_eq!(written.as_database_error().unwrap().code().as_deref(), Some("25006"), "read only");
    }
}

#[tokio::test]
async fn sec_18_every_pool_works_as_the_runtime_role_and_keeps_nothing_of_its_last_user() {
    let (_test, database) = open().await;
    let pools = [
        database.system().clone(),
        database.reader(&PlantScope::All),
        database.reader(&PlantScope::only(PlantId::from("north"))),
    ];
    for pool in pools {
        let mut connection = pool.acquire().await.unwrap();
        let before: (String, String, Option<String>) = sqlx::query_as(
            "SELECT current_user::text, current_setting('statement_timeout'), current_setting('viruj.plants', true)",
        )
        .fetch_one(&mut *connection)
        .await
        .unwrap();
        assert_eq!(before.0, "viruj_runtime");
        // The tests' login is a superuser: even it must not hand its connection on with another role.
        sqlx::raw_sql("BEGIN; SET viruj.plants = 'elsewhere'; SET statement_timeout = 0; SET ROLE NONE")
            .execute(&mut *connection)
            .await
            .unwrap();
        drop(connection);
        for _ in 0..3 {
            let after: (String, String, Option<String>) =
                sqlx::query_as("SELECT current_user::text, current_setting('statement_timeout'), current_setting('viruj.plants', true)")
                    .fetch_one(&pool)
                    .await
                    .unwrap();
            assert_eq!((&after.0, &after.1), (&before.0, &before.1));
            assert_eq!(after.2.unwrap_or_default(), before.2.clone().unwrap_or_default());
        }
    }
}
