use viruj_api::{
    sessions::OpenSession,
    statement::{Action, Statement},
};
use viruj_client::{Client, ClientError};
use viruj_domain::{phase::PhaseEntry, plant::PlantScope, signature::SignatureMeaning};
use viruj_storage::ChangeContext;
use viruj_sync::conformance::world::{operator, phase_id, rpm, statement};
use viruj_test_support::{TestApp, TestStation, over_both_transports, world};

use crate::sessions::problem;

over_both_transports! {
    p11_200_1_the_first_signature_takes_all_components,
    p11_300d_failed_signatures_are_counted_and_in_the_trail,
    p11_10g_authority_is_checked_when_signing,
    what_stands_against_an_entry_is_said_before_it_is_recorded,
    nobody_signs_for_another,
}

struct Scene {
    station: TestStation,
    session: OpenSession,
}

/// An operator before the third phase, which is the one that is signed.
async fn scene(app: &TestApp, client: &Client) -> Scene {
    let mut station = TestStation::register(app, client).await;
    let done = [
        station.writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed)),
        station.writer.unsigned(&statement(2, 2, rpm("100"))),
    ];
    let answer = station.push(&done).await.unwrap();
    assert!(answer.verdicts.iter().all(|verdict| verdict.verdict.word() == "accepted"));
    Scene { station, session: app.sign_in(client, &operator().email).await }
}

fn third(operation: u64) -> Statement {
    Statement { meaning: Some(SignatureMeaning::Performed), ..statement(operation, 3, PhaseEntry::Confirmed) }
}

fn code<T: std::fmt::Debug>(answer: Result<T, ClientError>) -> String {
    problem(answer).code
}

async fn p11_200_1_the_first_signature_takes_all_components(app: TestApp, client: Client) {
    let Scene { station, session } = scene(&app, &client).await;
    let email = operator().email;
    assert_eq!(code(station.attest(&client, &session, &third(3), None).await), "identification_required");
    let other = station.attest(&client, &session, &third(3), Some(&world::email("qa-manager"))).await;
    assert_eq!(code(other), "wrong_password");
    station.attest(&client, &session, &third(3), Some(&email.to_uppercase())).await.unwrap();
    station.attest(&client, &session, &third(4), None).await.unwrap();
    // A new session begins again.
    let session = app.sign_in(&client, &email).await;
    assert_eq!(code(station.attest(&client, &session, &third(5), None).await), "identification_required");
}

async fn p11_300d_failed_signatures_are_counted_and_in_the_trail(app: TestApp, client: Client) {
    let Scene { station, session } = scene(&app, &client).await;
    let email = operator().email;
    let wrong = station.attest_request(&third(3), Some(&email), "wrong");
    for _ in 0..5 {
        let refused = problem(client.attest(&session.access_token, &wrong).await);
        assert_eq!((refused.code.as_str(), refused.status), ("wrong_password", 401));
    }
    assert_eq!(code(station.attest(&client, &session, &third(3), Some(&email)).await), "too_many_attempts");
    app.clock.advance_seconds(300);
    station.attest(&client, &session, &third(3), Some(&email)).await.unwrap();
    let mut trail = app.database.superuser().await;
    let events: Vec<(String, String)> = sqlx::query_as(
        "SELECT actor, action FROM audit_entries WHERE entity = 'operations' AND feed = 'system' ORDER BY seq",
    )
    .fetch_all(&mut trail)
    .await
    .unwrap();
    let id = operator().id.0;
    let mut expected = vec![(id.clone(), "signature_failed".to_owned()); 5];
    expected.push((id, "signature_attested".to_owned()));
    assert_eq!(events, expected);
    let recorded: i64 = sqlx::query_scalar("SELECT count(*) FROM phase_entries").fetch_one(&mut trail).await.unwrap();
    assert_eq!(recorded, 2, "an attestation records nothing");
}

async fn p11_10g_authority_is_checked_when_signing(app: TestApp, client: Client) {
    let Scene { station, session } = scene(&app, &client).await;
    client.me(&session.access_token).await.unwrap();
    let mut unit = app.storage().begin(ChangeContext::person(PlantScope::All, "admin", Some("moved"))).await.unwrap();
    sqlx::query("UPDATE users SET role = 'QC Operator' WHERE id = $1")
        .bind(operator().id.0)
        .execute(unit.connection())
        .await
        .unwrap();
    unit.commit().await.unwrap();
    let refused = problem(station.attest(&client, &session, &third(3), Some(&operator().email)).await);
    assert_eq!((refused.code.as_str(), refused.status), ("not_authorised", 403));
}

async fn what_stands_against_an_entry_is_said_before_it_is_recorded(app: TestApp, client: Client) {
    let Scene { mut station, session } = scene(&app, &client).await;
    let email = operator().email;
    let mut meaning = third(10);
    meaning.meaning = Some(SignatureMeaning::Verified);
    let mut unsigned = third(11);
    unsigned.meaning = None;
    let mut remark = third(12);
    remark.action = Action::Comment { phase_id: Some(phase_id(3)), text: "Noisy".into() };
    let mut kind = third(13);
    kind.action = Action::PhaseEntry { phase_id: phase_id(3), base_version: 1, entry: rpm("100") };
    let mut completed = third(14);
    completed.action = Action::PhaseEntry { phase_id: phase_id(1), base_version: 1, entry: PhaseEntry::Confirmed };
    let mut master = third(15);
    master.master_record = None;
    let mut batch = third(16);
    batch.batch_id = Some("elsewhere".into());
    let mut plant = third(17);
    plant.plant_id = world::OTHER_PLANT.into();
    for (statement, expected, status) in [
        (meaning, "wrong_meaning", 422),
        (unsigned, "not_signable", 422),
        (remark, "not_signable", 422),
        (kind, "wrong_entry_kind", 422),
        (completed, "already_completed", 409),
        (master, "master_record_differs", 409),
        (batch, "batch_unknown", 404),
        (plant, "not_found", 404),
        (third(1), "operation_known", 409),
    ] {
        let refused = problem(station.attest(&client, &session, &statement, Some(&email)).await);
        assert_eq!((refused.code.as_str(), refused.status), (expected, status));
    }
    let mut request = station.attest_request(&third(20), Some(&email), world::PASSWORD);
    request.statement = viruj_sync::signing::to_base64(b"{ }");
    assert_eq!(code(client.attest(&session.access_token, &request).await), "invalid_statement");
    // Signed, pushed, and then a second time: the conflict shows before anything is recorded.
    let slot = station.attest(&client, &session, &third(3), Some(&email)).await.unwrap();
    let signed = station.writer.write(&third(3), slot);
    station.push(&[signed]).await.unwrap();
    assert_eq!(code(station.attest(&client, &session, &third(21), None).await), "already_completed");
}

async fn nobody_signs_for_another(app: TestApp, client: Client) {
    let Scene { station, session } = scene(&app, &client).await;
    let other = app.sign_in(&client, &world::email("operator-b")).await;
    assert_eq!(code(station.attest(&client, &other, &third(3), Some(&operator().email)).await), "statement_of_another");
    let mut theirs = third(3);
    theirs.person_id = "operator-b".into();
    assert_eq!(code(station.attest(&client, &other, &theirs, Some(&world::email("operator-b"))).await), "not_found");
    let mut session_of_another = third(3);
    session_of_another.session_id = Some(other.session_id);
    let refused = station.attest(&client, &session, &session_of_another, Some(&operator().email)).await;
    assert_eq!(code(refused), "statement_of_another");
    let stranger = TestStation::known(&client, viruj_sync::conformance::world::OTHER_STATION);
    assert_eq!(code(stranger.attest(&client, &session, &third(3), Some(&operator().email)).await), "not_found");
}
