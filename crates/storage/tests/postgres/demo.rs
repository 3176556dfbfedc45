//! The demonstration and the first plant.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use viruj_api::server::PlantSummary;
use viruj_domain::{
    execution::next_phase,
    ids::UserId,
    phase::{PhaseDefinition, PhaseKind},
    plant::PlantScope,
    role::{Department, Role},
};
use viruj_storage::{
    ChangeContext, Database,
    demo::{self, SeedError, SeedReport, SeedRequest},
    people::NewPerson,
    set_up::{SetUpError, set_up_plant},
};

use crate::{
    database::{TestDatabase, migrated_database},
    trail::verify,
};

fn now() -> DateTime<Utc> {
    "2026-11-24T09:30:00Z".parse().unwrap()
}

async fn seed(database: &Database, environment: &str, into_existing: bool) -> Result<SeedReport, SeedError> {
    let request = SeedRequest { environment, into_existing, now: now() };
    demo::seed(database, request, |password| Ok(format!("hash of {password}"))).await
}

async fn open() -> (TestDatabase, Database) {
    let test = migrated_database().await;
    let database = Database::connect(&test.url).await.unwrap();
    (test, database)
}

#[tokio::test]
async fn seeds_40_batches_over_every_status_and_all_plants_once() {
    let (test, database) = open().await;
    let report = seed(&database, "development", false).await.unwrap();
    assert_eq!(
        (report.plants, report.people, report.materials, report.master_records, report.batches, report.phases),
        (3, 17, 10, 3, 40, 40 * 36)
    );
    let spread: Vec<(String, i64)> =
        sqlx::query_as("SELECT status, count(DISTINCT plant_id) FROM production_batches GROUP BY 1 ORDER BY 1")
            .fetch_all(&database.reader(&PlantScope::All))
            .await
            .unwrap();
    let expected = ["Blocked", "Completed", "Delayed", "In Progress", "On Hold", "Planned", "QC Review"];
    assert_eq!(spread, expected.map(|status| (status.to_owned(), 3)));
    assert!(report.deviations > 5 && report.entries > 700, "{report:?}");
    assert!(verify(&test).await.is_whole());

    let again = seed(&database, "development", false).await.unwrap();
    assert_eq!(again, SeedReport::default(), "what is there is not added again");
}

#[tokio::test]
async fn a_fresh_batch_begins_with_what_a_first_run_needs() {
    let procedure = demo::procedure().unwrap();
    let first: Vec<&PhaseDefinition> = procedure.phases().into_iter().take(5).map(|placed| placed.phase).collect();
    assert!(matches!(first[0].kind, PhaseKind::Confirmation {}) && first[0].signature.is_none());
    assert!(first[1].signature.is_some());
    for phase in &first[2..] {
        assert!(matches!(phase.kind, PhaseKind::Value(_)) && phase.signature.is_none());
    }
    let keys: BTreeSet<&str> = procedure.phases().into_iter().map(|placed| placed.phase.key.as_str()).collect();
    assert_eq!(keys.len(), procedure.phases().len(), "keys are unique");
    for placed in procedure.phases() {
        if let Some(number) = placed.phase.kind.number() {
            let in_order = number.low <= number.target && number.target <= number.high;
            assert!(in_order, "{}", placed.phase.key);
        }
    }
    assert!(next_phase(&[]).is_none());
}

#[tokio::test]
async fn never_seeds_in_production_nor_unasked_beside_other_rows() {
    let (_test, database) = open().await;
    for environment in ["production", " Production"] {
        assert!(matches!(seed(&database, environment, true).await, Err(SeedError::Production)));
    }
    let mut unit = database.begin(ChangeContext::system(PlantScope::All, "test", None)).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO plants (id, name, region, oee) VALUES ('plant-a', 'Our plant', 'EU', 12.5);
         INSERT INTO users (id, name, email, hashed_password, role, department)
             VALUES ('prod-op-1', 'Other Name', 'other@example.com', 'kept', 'Production Operator', 'Production')",
    )
    .execute(unit.connection())
    .await
    .unwrap();
    unit.commit().await.unwrap();
    assert!(matches!(seed(&database, "", false).await, Err(SeedError::NotEmpty)));
    let report = seed(&database, "", true).await.unwrap();
    assert_eq!((report.plants, report.people, report.batches), (2, 16, 40));
    let kept: (String, String, i64) = sqlx::query_as(
        "SELECT (SELECT name FROM plants WHERE id = 'plant-a'), (SELECT hashed_password FROM users WHERE id = 'prod-op-1'),
             (SELECT count(*) FROM audit_entries WHERE action IN ('changed', 'deleted'))",
    )
    .fetch_one(&database.reader(&PlantScope::All))
    .await
    .unwrap();
    assert_eq!(kept, ("Our plant".to_owned(), "kept".to_owned(), 0), "no existing row is changed");
    assert!(!viruj_storage::installation::is_demo(&database).await.unwrap());
}

#[tokio::test]
async fn an_address_of_somebody_else_stops_the_seed_before_it_begins() {
    let (_test, database) = open().await;
    let mut unit = database.begin(ChangeContext::system(PlantScope::All, "test", None)).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO users (id, name, email, hashed_password, role, department)
             VALUES ('x', 'X', 'David.Chen@pharma.com', 'kept', 'Management', 'Corporate')",
    )
    .execute(unit.connection())
    .await
    .unwrap();
    unit.commit().await.unwrap();
    let refused = seed(&database, "", true).await;
    assert!(matches!(refused, Err(SeedError::AddressTaken { email: "david.chen@pharma.com" })), "{refused:?}");
}

#[tokio::test]
async fn sets_up_one_plant_with_its_administrator_and_only_one() {
    let (test, database) = open().await;
    let mut plant = PlantSummary {
        id: "pune".into(),
        name: "Pune".to_owned(),
        region: "APAC".to_owned(),
        time_zone: "Asia/Pune".to_owned(),
    };
    let administrator = NewPerson {
        id: UserId("admin".to_owned()),
        name: "First Administrator",
        email: "admin@example.com",
        password_hash: "hash",
        role: Role::SystemAdmin,
        department: Department::Administration,
        plant_ids: Vec::new(),
        must_change_password: false,
        created_at: now(),
    };
    let refused = set_up_plant(&database, &plant, &administrator).await;
    assert!(matches!(refused, Err(SetUpError::UnknownTimeZone(_))), "{refused:?}");
    plant.time_zone = "Asia/Kolkata".to_owned();
    set_up_plant(&database, &plant, &administrator).await.unwrap();
    assert!(matches!(set_up_plant(&database, &plant, &administrator).await, Err(SetUpError::NotEmpty)));
    assert!(verify(&test).await.is_whole());
}
