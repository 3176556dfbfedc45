//! The audit trail: 21 CFR 11.10(a), (c), (e), PIC/S PI 041.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use viruj_domain::plant::PlantScope;
use viruj_storage::{
    ChangeContext, Database, StorageError,
    audit::{self, Checkpoint, Finding, Verification},
    installation,
    tables::PLANT_TABLES,
};

use crate::database::{TestDatabase, migrated_database};

pub(crate) async fn open() -> (TestDatabase, Database) {
    let test = migrated_database().await;
    let database = Database::connect(&test.url).await.unwrap();
    (test, database)
}

pub(crate) fn by(reason: Option<&str>) -> ChangeContext {
    ChangeContext::person(PlantScope::All, "qa-1", reason)
}

pub(crate) async fn add_plant(database: &Database, id: &str) {
    let mut unit = database.begin(by(None)).await.unwrap();
    sqlx::query("INSERT INTO plants (id, name, region) VALUES ($1, $1, 'APAC')")
        .bind(id)
        .execute(unit.connection())
        .await
        .unwrap();
    unit.commit().await.unwrap();
}

pub(crate) async fn add_gate_entry(database: &Database, plant: &str, code: &str) {
    let mut unit = database.begin(by(None)).await.unwrap();
    sqlx::query(
        "INSERT INTO gate_entries (id, entry_code, material_name, vehicle_number, quantity, plant_id)
         VALUES (gen_random_uuid(), $1, 'Lactose', 'TS 09', 0.50, $2)",
    )
    .bind(code)
    .bind(plant)
    .execute(unit.connection())
    .await
    .unwrap();
    unit.commit().await.unwrap();
}

pub(crate) async fn verify(test: &TestDatabase) -> Verification {
    let mut connection = test.superuser().await;
    let verification = audit::verify(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    verification
}

pub(crate) async fn count(connection: &mut PgConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(connection).await.unwrap()
}

#[tokio::test]
async fn p11_10e_each_changed_row_gives_one_entry_with_old_and_new_values() {
    let (test, database) = open().await;
    add_plant(&database, "north").await;
    add_gate_entry(&database, "north", "1126001").await;
    let mut unit = database.begin(by(Some("counted again"))).await.unwrap();
    for status in ["Awaiting QA", "Sampling Requested"] {
        sqlx::query("UPDATE gate_entries SET status = $1, quantity = 0.5")
            .bind(status)
            .execute(unit.connection())
            .await
            .unwrap();
    }
    unit.commit().await.unwrap();

    let mut superuser = test.superuser().await;
    // Sequence, actor, action, old text, new text, reason.
    type Told = (i64, String, String, Option<String>, String, Option<String>);
    let entries: Vec<Told> = sqlx::query_as(
        "SELECT seq, actor, action, old_text, new_text, reason FROM audit_entries
         WHERE feed = 'north' AND entity = 'gate_entries' ORDER BY seq",
    )
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    assert_eq!(entries.len(), 2, "two statements of one author on one row are one change");
    let (seq, actor, action, old, new, reason) = &entries[1];
    assert_eq!(
        (*seq, actor.as_str(), action.as_str(), reason.as_deref()),
        (3, "qa-1", "changed", Some("counted again"))
    );
    assert!(old.as_deref().unwrap().contains(r#""quantity": 0.500"#), "the old value stays readable: {old:?}");
    assert!(new.contains(r#""status": "Sampling Requested""#));
    assert_eq!(count(&mut superuser, "SELECT count(*) FROM audit_pending").await, 0);
    assert_eq!(verify(&test).await.findings, []);
}

#[tokio::test]
async fn p11_10e_a_row_that_moves_between_feeds_is_told_in_the_order_of_its_changes() {
    let (test, database) = open().await;
    for plant in ["north", "south"] {
        add_plant(&database, plant).await;
    }
    add_gate_entry(&database, "south", "1126001").await;
    let mut unit = database.begin(by(Some("looked again"))).await.unwrap();
    for (author, statement) in [
        ("qa-1", "UPDATE gate_entries SET status = 'first'"),
        ("qa-2", "UPDATE gate_entries SET plant_id = 'north'"),
        ("qa-1", "UPDATE gate_entries SET status = 'last'"),
    ] {
        unit.set_author(author, None, None, Some("looked again")).await.unwrap();
        sqlx::raw_sql(statement).execute(unit.connection()).await.unwrap();
    }
    unit.commit().await.unwrap();
    let mut superuser = test.superuser().await;
    let told: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT feed, actor, new_text::jsonb ->> 'status' FROM audit_entries WHERE action = 'changed' ORDER BY entry_id",
    )
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    let expected = [("south", "qa-1", "first"), ("north", "qa-2", "first"), ("north", "qa-1", "last")];
    assert_eq!(told, expected.map(|(feed, actor, status)| (feed.into(), actor.into(), status.into())));
    assert_eq!(verify(&test).await.findings, []);
}

#[tokio::test]
async fn pi041_at_a_change_without_a_reason_is_refused() {
    let (_test, database) = open().await;
    add_plant(&database, "north").await;
    add_gate_entry(&database, "north", "1126001").await;
    for reason in [None, Some("  ")] {
        let mut unit = database.begin(by(reason)).await.unwrap();
        let refused: StorageError =
            sqlx::query("UPDATE gate_entries SET status = 'x'").execute(unit.connection()).await.unwrap_err().into();
        assert!(matches!(refused, StorageError::ReasonRequired), "{refused:?}");
        assert_eq!(refused.code(), "reason_required");
    }
}

#[tokio::test]
async fn p11_10e_raw_sql_without_an_author_changes_nothing() {
    let (_test, database) = open().await;
    let refused: StorageError =
        sqlx::query("INSERT INTO materials (id, name, type, default_unit) VALUES ('m', 'm', 'm', 'kg')")
            .execute(database.system())
            .await
            .unwrap_err()
            .into();
    assert!(matches!(refused, StorageError::AuthorMissing), "{refused:?}");
}

#[tokio::test]
async fn p11_10c_the_application_role_deletes_no_record() {
    let (_test, database) = open().await;
    let mut unit = database.begin(by(Some("tidying up"))).await.unwrap();
    for table in PLANT_TABLES {
        for statement in [format!("DELETE FROM {table}"), format!("TRUNCATE {table} CASCADE")] {
            unit.savepoint().await.unwrap();
            let refused: StorageError =
                sqlx::raw_sql(AssertSqlSafe(statement.clone())).execute(unit.connection()).await.unwrap_err().into();
            assert!(matches!(refused, StorageError::Forbidden(_)), "{statement}: {refused:?}");
            unit.rollback_to_savepoint().await.unwrap();
        }
    }
}

#[tokio::test]
async fn p11_10e2_nobody_switches_the_trail_off() {
    let (test, database) = open().await;
    add_plant(&database, "north").await;
    let mut unit = database.begin(by(Some("reason"))).await.unwrap();
    for statement in [
        "UPDATE audit_entries SET actor = 'somebody'",
        "DELETE FROM audit_entries",
        "TRUNCATE audit_entries",
        "INSERT INTO audit_entries (feed, seq) VALUES ('north', 9)",
        "INSERT INTO audit_pending (feed) VALUES ('north')",
        "DELETE FROM audit_pending",
        "UPDATE feeds SET seq = 0",
        "ALTER TABLE gate_entries DISABLE TRIGGER ALL",
        "DROP TRIGGER capture ON gate_entries",
        "CREATE TRIGGER other BEFORE INSERT ON gate_entries FOR EACH ROW EXECUTE FUNCTION viruj_refuse()",
        "DELETE FROM audited_tables",
        "SET LOCAL session_replication_role = replica",
        "ALTER TABLE gate_entries NO FORCE ROW LEVEL SECURITY",
        "SELECT viruj_adopt('gate_entries')",
        "SELECT viruj_follow('sessions', 'id', '')",
        "SELECT viruj_audit_event('gate_entries', 'x', 'changed', '{}')",
    ] {
        unit.savepoint().await.unwrap();
        assert!(sqlx::raw_sql(statement).execute(unit.connection()).await.is_err(), "{statement}");
        unit.rollback_to_savepoint().await.unwrap();
    }
    // Taking the deferred trigger forward only makes the entries earlier.
    sqlx::raw_sql("SET CONSTRAINTS ALL IMMEDIATE").execute(unit.connection()).await.unwrap();
    sqlx::query("INSERT INTO materials (id, name, type, default_unit) VALUES ('m', 'm', 'm', 'kg')")
        .execute(unit.connection())
        .await
        .unwrap();
    unit.commit().await.unwrap();
    assert_eq!(verify(&test).await.findings, []);
}

#[tokio::test]
async fn p11_10a_the_verifier_names_what_a_superuser_changed() {
    let (test, database) = open().await;
    add_plant(&database, "north").await;
    for number in 1..=4 {
        add_gate_entry(&database, "north", &format!("112600{number}")).await;
    }
    assert!(verify(&test).await.is_whole());
    let north = || "north".to_owned();
    let id: String = {
        let mut superuser = test.superuser().await;
        sqlx::query_scalar("SELECT id::text FROM gate_entries WHERE entry_code = '1126002'")
            .fetch_one(&mut superuser)
            .await
            .unwrap()
    };
    let row = || Finding::RowAltered { entity: "gate_entries".to_owned(), id: id.clone() };
    for (tampering, expected) in [
        (
            "UPDATE audit_entries SET new_text = replace(new_text, 'Lactose', 'lactose') WHERE feed = 'north' AND seq = 3",
            vec![Finding::EntryAltered { feed: north(), seq: 3 }, row()],
        ),
        ("UPDATE gate_entries SET material_name = 'lactose' WHERE entry_code = '1126002'", vec![row()]),
        ("UPDATE gate_entries SET vehicle_number = 'TS 08' WHERE entry_code = '1126002'", vec![row()]),
        (
            "DELETE FROM audit_entries WHERE feed = 'north' AND seq = 5",
            vec![
                Finding::TailCut { feed: north(), found: 4, head: 5 },
                Finding::RowWithoutEntry { entity: "gate_entries".to_owned(), id: String::new() },
            ],
        ),
        (
            "UPDATE audit_entries SET at = at + interval '1 microsecond' WHERE feed = 'north' AND seq = 2",
            vec![Finding::EntryAltered { feed: north(), seq: 2 }],
        ),
        ("UPDATE feeds SET head_hash = sha256('x') WHERE feed = 'north'", vec![Finding::HeadAltered { feed: north() }]),
        (
            "DELETE FROM gate_entries WHERE entry_code = '1126002'",
            vec![Finding::RowMissing { entity: "gate_entries".to_owned(), id: id.clone() }],
        ),
    ] {
        let mut superuser = test.superuser().await;
        let mut transaction = superuser.begin().await.unwrap();
        sqlx::raw_sql("SET LOCAL session_replication_role = replica").execute(&mut *transaction).await.unwrap();
        sqlx::raw_sql(tampering).execute(&mut *transaction).await.unwrap();
        let mut found = audit::verify_chain(&mut transaction, "north").await.unwrap().findings;
        found.extend(audit::verify_rows(&mut transaction).await.unwrap().findings);
        for finding in &mut found {
            if let Finding::RowWithoutEntry { id, .. } = finding {
                id.clear();
            }
        }
        assert_eq!(found, expected, "{tampering}");
        transaction.rollback().await.unwrap();
    }
}

/// The trail holds the hash of a kept document, and of a file that an entry names; the bytes are held against it.
#[tokio::test]
async fn p11_10a_one_changed_byte_in_a_kept_file_is_named() {
    let (test, database) = open().await;
    add_plant(&database, "north").await;
    let mut unit = database.begin(by(Some("a released batch"))).await.unwrap();
    for statement in [
        "INSERT INTO users (id, name, email, hashed_password, role, department)
         VALUES ('qa-1', 'Quinn Ashe', 'qa-1@example.invalid', '', 'QA Manager', 'Quality Assurance')",
        "INSERT INTO production_batches (id, product_name, batch_number, status, start_date, quantity, unit, plant_id)
         VALUES ('b', 'Tablets', 'TAB-26-001', 'Completed', now(), 1, 'kg', 'north')",
        "INSERT INTO batch_documents (id, plant_id, batch_id, kind, content, sha256, kept_at)
         SELECT gen_random_uuid(), 'north', 'b', kind, content, sha256(content), now()
         FROM (VALUES ('record', 'the record'::bytea), ('printed_record', 'the print')) AS kept (kind, content)",
        "INSERT INTO attachments (id, plant_id, batch_id, sha256, media_type, size_bytes, content, received_from, received_at)
         SELECT gen_random_uuid(), 'north', 'b', encode(sha256('photo'), 'hex'), 'image/png', 5, 'photo', 'qa-1', now()",
    ] {
        sqlx::query(statement).execute(unit.connection()).await.unwrap();
    }
    unit.commit().await.unwrap();
    assert_eq!(verify(&test).await.findings, []);
    for (table, row) in [("batch_documents", "kind = 'printed_record'"), ("attachments", "true")] {
        let mut superuser = test.superuser().await;
        let mut transaction = superuser.begin().await.unwrap();
        let id: String = sqlx::query_scalar(AssertSqlSafe(format!("SELECT id::text FROM {table} WHERE {row}")))
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
        let flipped = format!(
            "SET LOCAL session_replication_role = replica;
             DO $$ DECLARE one record; BEGIN
                 FOR one IN SELECT conname FROM pg_constraint WHERE conrelid = '{table}'::regclass AND contype = 'c' LOOP
                     EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', one.conname);
                 END LOOP;
             END $$;
             UPDATE {table} SET content = set_byte(content, 2, get_byte(content, 2) # 1) WHERE {row}"
        );
        sqlx::raw_sql(AssertSqlSafe(flipped)).execute(&mut *transaction).await.unwrap();
        let found = audit::verify_rows(&mut transaction).await.unwrap().findings;
        assert_eq!(found, [Finding::FileAltered { entity: table.to_owned(), id }]);
        transaction.rollback().await.unwrap();
    }
    assert_eq!(verify(&test).await.findings, []);
}

/// The heads of all feeds as they are now.
async fn checkpoint(database: &Database) -> Checkpoint {
    Checkpoint {
        server_id: installation::server_id(database).await.unwrap(),
        feed_epoch: installation::feed_epoch(database).await.unwrap(),
        at: chrono::DateTime::UNIX_EPOCH,
        heads: audit::heads(database).await.unwrap(),
    }
}

async fn tamper(test: &TestDatabase, statements: &str) {
    let mut superuser = test.superuser().await;
    let mut transaction = superuser.begin().await.unwrap();
    sqlx::raw_sql("SET LOCAL session_replication_role = replica").execute(&mut *transaction).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&mut *transaction).await.unwrap();
    transaction.commit().await.unwrap();
}

#[tokio::test]
async fn p11_10e2_a_chain_read_in_stretches_shows_what_one_read_whole_shows() {
    let (test, database) = open().await;
    add_plant(&database, "north").await;
    for number in 1..=9 {
        add_gate_entry(&database, "north", &format!("112600{number}")).await;
    }
    let whole = verify(&test).await;
    for stretch in [1, 3, 1000] {
        assert_eq!(audit::verify_in_stretches(&test.url, &[], stretch).await.unwrap(), whole, "{stretch}");
    }
    tamper(
        &test,
        "UPDATE audit_entries SET reason = 'x' WHERE feed = 'north' AND seq = 3;
         UPDATE audit_entries SET hash = sha256('x') WHERE feed = 'north' AND seq = 5;
         DELETE FROM audit_entries WHERE feed = 'north' AND seq = 7",
    )
    .await;
    let mut north = verify(&test).await.findings;
    north.retain(|finding| !matches!(finding, Finding::RowWithoutEntry { .. }));
    let feed = || "north".to_owned();
    assert_eq!(
        north,
        [
            Finding::EntryAltered { feed: feed(), seq: 3 },
            Finding::EntryAltered { feed: feed(), seq: 5 },
            Finding::LinkBroken { feed: feed(), seq: 6 },
            Finding::EntriesMissing { feed: feed(), before: 8 },
            Finding::LinkBroken { feed: feed(), seq: 8 },
        ]
    );
    for stretch in [1, 2, 3, 4, 1000] {
        let found = audit::verify_in_stretches(&test.url, &[], stretch).await.unwrap();
        assert_eq!(found, verify(&test).await, "{stretch}");
    }
}

#[tokio::test]
async fn p11_10e2_rows_compared_page_by_page_show_what_a_whole_table_shows() {
    let (test, database) = open().await;
    add_plant(&database, "north").await;
    for number in 1..=120 {
        add_gate_entry(&database, "north", &format!("11260{number:03}")).await;
    }
    let pages: i64 =
        sqlx::query_scalar("SELECT pg_relation_size('gate_entries') / current_setting('block_size')::bigint")
            .fetch_one(&mut test.superuser().await)
            .await
            .unwrap();
    assert!(pages >= 2, "{pages}");
    assert!(verify(&test).await.is_whole());
    tamper(
        &test,
        "UPDATE gate_entries SET vehicle_number = 'X' WHERE entry_code IN ('11260001', '11260120');
         DELETE FROM audit_entries WHERE entity = 'gate_entries' AND entity_id =
             (SELECT id::text FROM gate_entries WHERE entry_code = '11260002');
         DELETE FROM gate_entries WHERE entry_code = '11260119'",
    )
    .await;
    let whole = verify(&test).await;
    let of_rows = |finding: &&Finding| {
        matches!(finding, Finding::RowAltered { .. } | Finding::RowWithoutEntry { .. } | Finding::RowMissing { .. })
    };
    assert_eq!(whole.findings.iter().filter(of_rows).count(), 4, "{:?}", whole.findings);
    for stretch in [1, 2, 1000] {
        assert_eq!(audit::verify_in_stretches(&test.url, &[], stretch).await.unwrap(), whole, "{stretch}");
    }
}

#[tokio::test]
async fn p11_10e2_checkpoints_show_a_cut_tail_and_a_chain_that_was_made_anew() {
    let (test, database) = open().await;
    for feed in ["north", "south"] {
        add_plant(&database, feed).await;
    }
    let known = checkpoint(&database).await;
    let after = audit::verify_database(&test.url, std::slice::from_ref(&known)).await.unwrap();
    assert!(after.is_whole(), "{after:?}");
    // What came later is no contradiction.
    add_gate_entry(&database, "north", "1126001").await;
    assert!(audit::verify_database(&test.url, std::slice::from_ref(&known)).await.unwrap().is_whole());
    // A superuser who cuts the tail, takes the rows along and sets the head right, is seen by the checkpoint alone.
    tamper(
        &test,
        "DELETE FROM audit_entries WHERE feed = 'south'; DELETE FROM feeds WHERE feed = 'south';
         DELETE FROM plants WHERE id = 'south'",
    )
    .await;
    assert!(verify(&test).await.is_whole());
    let found = audit::verify_database(&test.url, std::slice::from_ref(&known)).await.unwrap();
    assert_eq!(found.findings, [Finding::CutSinceCheckpoint { feed: "south".to_owned(), found: 0, known: 1 }]);
    // And so is one who makes the chain anew.
    let mut other = known.clone();
    other.heads.remove("south");
    other.heads.get_mut("north").unwrap().hash = vec![9; 32];
    let found = audit::verify_database(&test.url, &[other.clone()]).await.unwrap();
    assert_eq!(found.findings, [Finding::RewrittenSinceCheckpoint { feed: "north".to_owned(), seq: 1 }]);
    // Checkpoints of another server say nothing here.
    other.server_id = uuid::Uuid::from_u128(9);
    assert!(audit::verify_database(&test.url, &[other]).await.unwrap().is_whole());
}

#[tokio::test]
async fn p11_10e_twenty_writers_at_once_keep_the_chains_dense() {
    let (test, database) = open().await;
    for plant in ["north", "south"] {
        add_plant(&database, plant).await;
    }
    let writers: Vec<_> = (0..20)
        .map(|writer: u32| {
            let database = database.clone();
            tokio::spawn(async move {
                for round in 0..5 {
                    // Both plants in one transaction, in either order: the feeds are locked in the order of their names.
                    let plants = if writer.is_multiple_of(2) { ["north", "south"] } else { ["south", "north"] };
                    let mut unit = database.begin(by(None)).await.unwrap();
                    for (place, plant) in plants.into_iter().enumerate() {
                        sqlx::query(
                            "INSERT INTO gate_entries (id, entry_code, material_name, vehicle_number, plant_id)
                             VALUES (gen_random_uuid(), $1, 'Lactose', 'TS', $2)",
                        )
                        .bind(format!("{writer}-{round}-{place}"))
                        .bind(plant)
                        .execute(unit.connection())
                        .await
                        .unwrap();
                    }
                    unit.commit().await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let verification = verify(&test).await;
    assert_eq!(verification.findings, []);
    let mut superuser = test.superuser().await;
    assert_eq!(count(&mut superuser, "SELECT sum(seq)::bigint FROM feeds WHERE feed IN ('north', 'south')").await, 202);
    let split = count(
        &mut superuser,
        "SELECT count(*) FROM (SELECT feed, transaction_id FROM audit_entries GROUP BY 1, 2
         HAVING max(seq) - min(seq) + 1 <> count(*)) AS split",
    )
    .await;
    assert_eq!(split, 0, "the entries of a transaction stand beside each other");
}
