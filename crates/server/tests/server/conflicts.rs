//! Two stations, one step: both entries stay, and quality assurance decides with a signature.

use uuid::Uuid;
use viruj_api::{
    conflicts::{Conflict, ConflictQuery},
    record_signing::SignRecord,
    reviews::AcceptException,
};
use viruj_client::{Client, ClientError};
use viruj_domain::{
    clock::Clock,
    ids::OperationId,
    phase::PhaseEntry,
    review::ExceptionKind,
    role::{Department, Role},
};
use viruj_storage::people::{self, NewPerson};
use viruj_sync::conformance::world::{
    OTHER_STATION, STATION, batch_id, operation_id, operator, plant_id, rpm, statement,
};
use viruj_test_support::{TestApp, TestStation, over_both_transports, world};

use crate::sessions::problem;

over_both_transports! {
    hard_case_04_both_values_are_shown_and_quality_assurance_decides_with_a_signature,
    hard_case_04_a_decision_is_of_what_was_looked_at_and_comes_once,
    sec_16_conflicts_of_another_plant_are_not_there,
}

/// One station records 100 rpm, another one 112 rpm for the same step; the second came later.
async fn two_values(app: &TestApp, client: &Client) {
    let mut one = TestStation::register(app, client).await;
    let mut other = TestStation::register_as(app, client, OTHER_STATION, plant_id().as_str()).await;
    let first = [
        one.writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed)),
        one.writer.unsigned(&statement(2, 2, rpm("100"))),
    ];
    one.push(&first).await.unwrap();
    app.clock.advance_seconds(5);
    let second = other.writer.unsigned(&statement(3, 2, rpm("112")));
    let answer = other.push(&[second]).await.unwrap();
    assert_eq!(answer.verdicts[0].verdict.code(), Some("duplicate"));
}

fn signature(conflict: &Conflict, person: &str) -> SignRecord {
    SignRecord {
        signature_id: Uuid::now_v7(),
        station_id: STATION,
        content_hash: conflict.content_hash.clone(),
        reason: "The first reading stands, both were within limits".into(),
        shown_text: "I have looked at both entries.".into(),
        language: "en".into(),
        time_zone: "Asia/Kolkata".into(),
        email: Some(world::email(person)),
        password: world::PASSWORD.into(),
    }
}

async fn open(client: &Client, token: &str) -> Vec<Conflict> {
    let query = ConflictQuery { open: Some(true), ..ConflictQuery::default() };
    client.conflicts(token, &query).await.unwrap().items
}

fn code<T: std::fmt::Debug>(answer: Result<T, ClientError>) -> (String, u16) {
    let refused = problem(answer);
    (refused.code, refused.status)
}

async fn hard_case_04_both_values_are_shown_and_quality_assurance_decides_with_a_signature(
    app: TestApp,
    client: Client,
) {
    two_values(&app, &client).await;
    let manager = app.sign_in(&client, &world::email("qa-manager")).await.access_token;
    let [shown] = open(&client, &manager).await.try_into().unwrap();
    let standing = shown.standing.clone().unwrap();
    assert_eq!(shown.operation_id, operation_id(3));
    assert_eq!((&standing.entry.entry, &shown.kept.entry.entry), (&rpm("100"), &rpm("112")));
    assert_eq!((standing.entry.station_id, shown.kept.entry.station_id), (STATION, OTHER_STATION));
    assert_ne!(standing.station_name, "", "both stations by their names");
    assert!(standing.entry.received_at < shown.kept.entry.received_at, "both times");
    assert_eq!(shown.kept.entry.verdict_code.as_deref(), Some("duplicate"), "and what the server did");
    assert!(shown.deviation.as_ref().unwrap().code.starts_with("DEV-"));
    assert_eq!((shown.decision.clone(), shown.phase_number), (None, 2));

    let accept = AcceptException {
        kind: ExceptionKind::Conflict,
        subject: shown.operation_id.0,
        evidence: 0,
        comment: "fine".into(),
    };
    let unsigned = client.accept_exception(&manager, &batch_id(), &accept).await;
    assert_eq!(code(unsigned), ("signature_required".to_owned(), 422));
    let wrong = SignRecord { password: "not the password".into(), ..signature(&shown, "qa-manager") };
    let refused = client.decide_conflict(&manager, shown.operation_id, &wrong).await;
    assert_eq!(code(refused), ("wrong_password".to_owned(), 401));
    let decided = client.decide_conflict(&manager, shown.operation_id, &signature(&shown, "qa-manager")).await.unwrap();
    let decision = decided.decision.unwrap();
    assert_eq!((decision.person.id.0.as_str(), decision.is_signed), ("qa-manager", true));
    assert_eq!((decided.kept, decided.standing), (shown.kept, shown.standing), "neither entry is touched");
    assert!(open(&client, &manager).await.is_empty());
    let all = client.conflicts(&manager, &ConflictQuery::default()).await.unwrap().items;
    assert_eq!(all.len(), 1, "what is decided is not gone");
    let mut rows = app.database.superuser().await;
    let kept: (String, String, String) =
        sqlx::query_as("SELECT entity, entity_id, meaning FROM record_signatures").fetch_one(&mut rows).await.unwrap();
    assert_eq!(kept, ("phase_entries".to_owned(), operation_id(3).to_string(), "reviewed".to_owned()));
}

async fn hard_case_04_a_decision_is_of_what_was_looked_at_and_comes_once(app: TestApp, client: Client) {
    two_values(&app, &client).await;
    let operator_token = app.sign_in(&client, &operator().email).await.access_token;
    assert_eq!(code(client.conflicts(&operator_token, &ConflictQuery::default()).await).1, 403);
    let manager = app.sign_in(&client, &world::email("qa-manager")).await.access_token;
    let [shown] = open(&client, &manager).await.try_into().unwrap();
    let other = SignRecord { content_hash: "00".repeat(32), ..signature(&shown, "qa-manager") };
    let refused = client.decide_conflict(&manager, shown.operation_id, &other).await;
    assert_eq!(code(refused), ("content_differs".to_owned(), 409));
    let unknown = client.decide_conflict(&manager, operation_id(2), &signature(&shown, "qa-manager")).await;
    assert_eq!(code(unknown).1, 404, "an entry that has taken effect is no conflict");
    let nothing = OperationId(Uuid::nil());
    assert_eq!(code(client.decide_conflict(&manager, nothing, &signature(&shown, "qa-manager")).await).1, 404);
    let mute = SignRecord { reason: "  ".into(), ..signature(&shown, "qa-manager") };
    let refused = client.decide_conflict(&manager, shown.operation_id, &mute).await;
    assert_eq!(code(refused), ("change_reason_required".to_owned(), 422));
    client.decide_conflict(&manager, shown.operation_id, &signature(&shown, "qa-manager")).await.unwrap();
    let again = client.decide_conflict(&manager, shown.operation_id, &signature(&shown, "qa-manager")).await;
    assert_eq!(code(again), ("exception_decided".to_owned(), 409));
}

async fn sec_16_conflicts_of_another_plant_are_not_there(app: TestApp, client: Client) {
    two_values(&app, &client).await;
    let context = viruj_storage::ChangeContext::system(viruj_domain::plant::PlantScope::All, "test", Some("somebody"));
    let mut unit = app.storage().begin(context).await.unwrap();
    let hash: String = sqlx::query_scalar("SELECT hashed_password FROM users WHERE id = 'qa-manager'")
        .fetch_one(unit.connection())
        .await
        .unwrap();
    people::create(
        &mut unit,
        &NewPerson {
            id: "qa-elsewhere".into(),
            name: "Elsa Where",
            email: &world::email("qa-elsewhere"),
            role: Role::QaManager,
            department: Department::QualityAssurance,
            plant_ids: vec![world::OTHER_PLANT.into()],
            password_hash: &hash,
            must_change_password: false,
            created_at: app.clock.now(),
        },
    )
    .await
    .unwrap();
    unit.commit().await.unwrap();
    let manager = app.sign_in(&client, &world::email("qa-manager")).await.access_token;
    let [shown] = open(&client, &manager).await.try_into().unwrap();
    let elsewhere = app.sign_in(&client, &world::email("qa-elsewhere")).await.access_token;
    assert!(open(&client, &elsewhere).await.is_empty());
    let refused = client.decide_conflict(&elsewhere, shown.operation_id, &signature(&shown, "qa-elsewhere")).await;
    assert_eq!(code(refused).1, 404);
}
