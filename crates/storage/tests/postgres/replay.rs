//! Whatever is done, in whatever order, through however many savepoints: the trail tells it again (21 CFR 11.10(e)).

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*, test_runner::TestRunner};
use serde_json::Value;
use sqlx::PgConnection;
use viruj_domain::plant::PlantScope;
use viruj_storage::{ChangeContext, Database, UnitOfWork};

use crate::{
    database::{TestDatabase, migrated_database},
    trail::verify,
};

#[derive(Clone, Debug)]
enum Change {
    AddMaterial(u8),
    RenameMaterial(u8, String),
    AddGateEntry(u8, bool),
    EditGateEntry(u8, String, i32),
    MoveGateEntry(u8),
    AddUserPlant(bool),
    RemoveUserPlant(bool),
    LockUser(i64),
    FailSignIn,
    Savepoint,
    RollBackToSavepoint,
    OtherAuthor(u8),
    FailingStatement,
    NameEvent,
}

#[derive(Clone, Debug)]
struct Step {
    changes: Vec<Change>,
    commits: bool,
}

fn change() -> impl Strategy<Value = Change> {
    let text = "[ -~äßж😀\\\\\"]{0,12}";
    prop_oneof![
        (0..6_u8).prop_map(Change::AddMaterial),
        (0..6_u8, text).prop_map(|(row, text)| Change::RenameMaterial(row, text)),
        (0..6_u8, any::<bool>()).prop_map(|(row, north)| Change::AddGateEntry(row, north)),
        (0..6_u8, text, -5000..5000_i32).prop_map(|(row, text, number)| Change::EditGateEntry(row, text, number)),
        (0..6_u8).prop_map(Change::MoveGateEntry),
        any::<bool>().prop_map(Change::AddUserPlant),
        any::<bool>().prop_map(Change::RemoveUserPlant),
        (0..4_000_000_000_i64).prop_map(Change::LockUser),
        Just(Change::FailSignIn),
        Just(Change::Savepoint),
        Just(Change::RollBackToSavepoint),
        (0..3_u8).prop_map(Change::OtherAuthor),
        Just(Change::FailingStatement),
        Just(Change::NameEvent),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    vec(
        (vec(change(), 1..8), prop::bool::weighted(0.8)).prop_map(|(changes, commits)| Step { changes, commits }),
        1..10,
    )
}

const PLANTS: [&str; 2] = ["north", "south"];

async fn apply(unit: &mut UnitOfWork, change: &Change, has_savepoint: &mut bool) -> Result<(), sqlx::Error> {
    let statement = match change {
        Change::AddMaterial(row) => sqlx::query(
            "INSERT INTO materials (id, name, type, default_unit) VALUES ('m' || $1, 'x', 'y', 'kg') ON CONFLICT DO NOTHING",
        )
        .bind(i32::from(*row)),
        Change::RenameMaterial(row, name) => {
            sqlx::query("UPDATE materials SET name = $2 WHERE id = 'm' || $1").bind(i32::from(*row)).bind(name)
        }
        Change::AddGateEntry(row, north) => sqlx::query(
            "INSERT INTO gate_entries (id, entry_code, material_name, vehicle_number, plant_id)
             VALUES (gen_random_uuid(), $1::int::text, 'x', 'y', $2) ON CONFLICT DO NOTHING",
        )
        .bind(i32::from(*row))
        .bind(PLANTS[usize::from(*north)]),
        Change::EditGateEntry(row, text, number) => {
            sqlx::query("UPDATE gate_entries SET remarks = $2, quantity = $3::int / 1000.0 WHERE entry_code = $1::int::text")
                .bind(i32::from(*row))
                .bind(text)
                .bind(*number)
        }
        // To another feed, and for one row to the feed of rows without a plant.
        Change::MoveGateEntry(row) => sqlx::query(
            "UPDATE gate_entries SET plant_id = CASE plant_id WHEN 'north' THEN 'south' WHEN 'south' THEN NULL ELSE 'north' END
             WHERE entry_code = $1::int::text",
        )
        .bind(i32::from(*row)),
        Change::AddUserPlant(north) => {
            sqlx::query("INSERT INTO user_plants (user_id, plant_id) VALUES ('u', $1) ON CONFLICT DO NOTHING")
                .bind(PLANTS[usize::from(*north)])
        }
        Change::RemoveUserPlant(north) => {
            sqlx::query("DELETE FROM user_plants WHERE plant_id = $1").bind(PLANTS[usize::from(*north)])
        }
        Change::LockUser(second) => sqlx::query("UPDATE users SET locked_until = to_timestamp($1)").bind(*second as f64),
        Change::FailSignIn => sqlx::query("UPDATE users SET failed_sign_ins = failed_sign_ins + 1"),
        Change::Savepoint => {
            *has_savepoint = true;
            sqlx::query("SAVEPOINT viruj_step")
        }
        Change::RollBackToSavepoint if *has_savepoint => sqlx::query("ROLLBACK TO SAVEPOINT viruj_step"),
        Change::RollBackToSavepoint => return Ok(()),
        Change::OtherAuthor(author) => {
            unit.set_author(&format!("person-{author}"), None, None, Some("another reason")).await.unwrap();
            return Ok(());
        }
        Change::FailingStatement => {
            if *has_savepoint {
                let failed = sqlx::query("INSERT INTO materials (id) VALUES ('m0')").execute(unit.connection()).await;
                assert!(failed.is_err());
                sqlx::query("ROLLBACK TO SAVEPOINT viruj_step").execute(unit.connection()).await?;
            }
            return Ok(());
        }
        Change::NameEvent => {
            unit.audit_event("session", "u", "signed_in", "at the gate").await.unwrap();
            return Ok(());
        }
    };
    statement.execute(unit.connection()).await.map(|_| ())
}

/// Entity, id, action, old and new text.
type Told = (String, String, String, Option<String>, Option<String>);

/// The state that the entries tell of: the last text of every row that was not deleted.
async fn replayed(connection: &mut PgConnection) -> BTreeMap<(String, String), Value> {
    let entries: Vec<Told> = sqlx::query_as(
        "SELECT entity, entity_id, action, old_text, new_text FROM audit_entries
         WHERE action IN ('created', 'changed', 'deleted', 'adopted') ORDER BY entry_id",
    )
    .fetch_all(connection)
    .await
    .unwrap();
    let mut state = BTreeMap::new();
    for (entity, id, action, old, new) in entries {
        let key = (entity, id);
        let read = |text: Option<String>| text.map(|text| serde_json::from_str::<Value>(&text).unwrap());
        let (old, new) = (read(old), read(new));
        assert_eq!(state.get(&key), old.as_ref(), "{action} of {key:?} continues what was before");
        assert_eq!(action == "deleted", new.is_none());
        match new {
            Some(new) => state.insert(key, new),
            None => state.remove(&key),
        };
    }
    state
}

async fn actual(connection: &mut PgConnection) -> BTreeMap<(String, String), Value> {
    let mut state = BTreeMap::new();
    sqlx::raw_sql("SET timezone = 'UTC'").execute(&mut *connection).await.unwrap();
    for (entity, sql) in [
        ("materials", "SELECT id::text, to_jsonb(t)::text FROM materials AS t"),
        ("gate_entries", "SELECT id::text, to_jsonb(t)::text FROM gate_entries AS t"),
        ("user_plants", "SELECT user_id || ':' || plant_id, to_jsonb(t)::text FROM user_plants AS t"),
        (
            "users",
            "SELECT id::text, (to_jsonb(t) - 'failed_sign_ins' || jsonb_build_object('hashed_password',
                 'sha256:' || encode(sha256(hashed_password::bytea), 'hex')))::text FROM users AS t",
        ),
    ] {
        let rows: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&mut *connection).await.unwrap();
        for (id, text) in rows {
            state.insert((entity.to_owned(), id), serde_json::from_str(&text).unwrap());
        }
    }
    state
}

async fn prepare() -> (TestDatabase, Database) {
    let test = migrated_database().await;
    let database = Database::connect(&test.url).await.unwrap();
    let mut unit = database.begin(ChangeContext::system(PlantScope::All, "test", None)).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO plants (id, name, region) VALUES ('north', 'n', 'r'), ('south', 's', 'r');
         INSERT INTO users (id, name, email, hashed_password, role, department) VALUES ('u', 'u', 'u@x', 'secret', 'r', 'd')",
    )
    .execute(unit.connection())
    .await
    .unwrap();
    unit.commit().await.unwrap();
    (test, database)
}

#[test]
fn p11_10e_replaying_the_trail_rebuilds_the_state() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() });
    runner
        .run(&steps(), |steps| {
            runtime.block_on(async {
                let (test, database) = prepare().await;
                for step in &steps {
                    let context = ChangeContext::person(PlantScope::All, "u", Some("a reason"));
                    let mut unit = database.begin(context).await.unwrap();
                    let mut has_savepoint = false;
                    for change in &step.changes {
                        apply(&mut unit, change, &mut has_savepoint).await.unwrap();
                    }
                    if step.commits {
                        unit.commit().await.unwrap();
                    } else {
                        unit.rollback().await.unwrap();
                    }
                }
                let mut superuser = test.superuser().await;
                let mut told = replayed(&mut superuser).await;
                told.retain(|(entity, _), _| {
                    ["materials", "gate_entries", "user_plants", "users"].contains(&entity.as_str())
                });
                assert_eq!(told, actual(&mut superuser).await);
                assert!(!format!("{told:?}").contains("secret"), "no secret enters the trail");
                assert_eq!(verify(&test).await.findings, []);
                let left: i64 =
                    sqlx::query_scalar("SELECT count(*) FROM audit_pending").fetch_one(&mut superuser).await.unwrap();
                assert_eq!(left, 0);
            });
            Ok(())
        })
        .unwrap();
}
