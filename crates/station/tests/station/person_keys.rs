//! People at a station that has lost its server: who signs in, who signs, and what the server makes of it.

use chrono::TimeDelta;
use viruj_api::station::{ClockOff, Connection, EntryInput, ReceiptState};
use viruj_domain::{plant::PlantScope, signature::SignatureMethod};
use viruj_station_core::StationCore;
use viruj_storage::ChangeContext;
use viruj_sync::conformance::world::{operator, plant_id};
use viruj_test_support::{Reach, world};

use crate::support::{Floor, batch, entry, is_online, number, record, signed, until_it_answers};

const OTHER_PASSWORD: &str = "a longer word for the next shift";

/// Every event of a session without the server, in the order of the trail.
async fn events(floor: &Floor) -> Vec<(String, String)> {
    let mut trail = floor.app.database.superuser().await;
    sqlx::query_as(
        "SELECT entity_id, action FROM audit_entries WHERE action LIKE 'offline_session_%' ORDER BY feed, seq",
    )
    .fetch_all(&mut trail)
    .await
    .unwrap()
}

/// Lets somebody of the other plant work in this one, too.
async fn also_works_here(floor: &Floor, person: &str) {
    let context = ChangeContext::person(PlantScope::All, "admin", Some("helps out"));
    let mut unit = floor.app.storage().begin(context).await.unwrap();
    sqlx::query("INSERT INTO user_plants (user_id, plant_id) VALUES ($1, $2)")
        .bind(person)
        .bind(plant_id().0)
        .execute(unit.connection())
        .await
        .unwrap();
    unit.commit().await.unwrap();
}

async fn up_to_the_signature(core: &StationCore) {
    record(core, 1, EntryInput::Confirm).await.unwrap();
    record(core, 2, number("100")).await.unwrap();
}

async fn server_is_back(floor: &mut Floor, core: &StationCore) {
    floor.served.come_back(&floor.app.application).await;
    until_it_answers(core).await;
    core.sync_now().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_signs_without_the_server_and_it_holds_afterwards() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    floor.served.go().await;
    up_to_the_signature(&core).await;
    assert!(!batch(&core).await.signing_needs_server, "the person has a key here");
    let to_sign = entry(&batch(&core).await, 3, EntryInput::Confirm);
    let mut without_address = signed(to_sign.clone(), world::PASSWORD);
    without_address.signature.as_mut().unwrap().email = None;
    let refused = core.record_entry(without_address).await.unwrap_err();
    assert_eq!(refused.code(), "identification_required", "21 CFR 11.200(a)(1): all components first");
    let receipt = core.record_entry(signed(to_sign, world::PASSWORD)).await.unwrap();
    assert_eq!(receipt.state, ReceiptState::Saved);
    let signature = receipt.signature.unwrap();
    assert_eq!((signature.person_name.as_str(), signature.method), ("Anjali Rao", SignatureMethod::PersonKey));
    server_is_back(&mut floor, &core).await;
    let kept = floor.kept().await;
    assert_eq!(kept.iter().map(|(_, verdict)| verdict.as_str()).collect::<Vec<_>>(), ["accepted"; 3]);
    let mut connection = floor.app.database.superuser().await;
    let text: String = sqlx::query_scalar("SELECT signature FROM phase_entries WHERE signature IS NOT NULL")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert!(text.contains(r#""method":"person_key""#), "{text}");
    let phase = batch(&core).await.phases.into_iter().find(|phase| phase.number == 3).unwrap();
    let shown = phase.entries.last().unwrap().signature.clone().unwrap();
    assert_eq!(shown.method, SignatureMethod::PersonKey, "as the server's own copy tells it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_person_follows_another_while_the_server_is_away() {
    let mut floor = Floor::new().await;
    also_works_here(&floor, "operator-b").await;
    let core = floor.station().await;
    core.sign_in(&world::email("operator-b"), world::PASSWORD).await.unwrap();
    core.sign_in(&operator().email, world::PASSWORD).await.unwrap();
    floor.served.go().await;
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    let unknown = core.sign_in(&world::email("qa-manager"), world::PASSWORD).await.unwrap_err();
    assert_eq!(unknown.code(), "offline_sign_in_unknown");
    let wrong = core.sign_in(&world::email("operator-b"), "not the password").await.unwrap_err();
    assert_eq!(wrong.code(), "invalid_credentials");
    assert_eq!(core.current_person().await.unwrap().email, operator().email, "nobody was signed out by it");
    let next = core.sign_in(&world::email("operator-b").to_uppercase(), world::PASSWORD).await.unwrap();
    assert!(next.is_offline);
    record(&core, 2, number("100")).await.unwrap();
    core.close().await;
    drop(core);

    let core = floor.open().await;
    let remembered = core.current_person().await.unwrap();
    assert_eq!(remembered.email, world::email("operator-b"), "the session outlives the program");
    server_is_back(&mut floor, &core).await;
    assert_eq!(core.current_person().await.unwrap().email, world::email("operator-b"), "nor does the server end it");
    let people: Vec<(i64, String)> = {
        let mut connection = floor.app.database.superuser().await;
        let rows = "SELECT o.station_seq, e.person_id FROM phase_entries AS e JOIN operations AS o USING (operation_id) \
                    ORDER BY o.station_seq";
        sqlx::query_as(rows).fetch_all(&mut connection).await.unwrap()
    };
    assert_eq!(people.len(), 2);
    assert_eq!(people[0].1, operator().id.0, "each entry has its own person");
    assert_ne!(people[1].1, operator().id.0);
    let told: Vec<String> = events(&floor).await.into_iter().map(|(_, action)| action).collect();
    assert_eq!(told, ["offline_session_failed", "offline_session_opened"]);
    core.sign_out().await.unwrap();
    core.sync_now().await.unwrap();
    assert_eq!(events(&floor).await.last().unwrap().1, "offline_session_closed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_34_guessing_without_the_server_is_counted_locked_and_in_the_trail() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    floor.served.go().await;
    for _ in 0..4 {
        let refused = core.sign_in(&operator().email, "not the password").await.unwrap_err();
        assert_eq!(refused.code(), "invalid_credentials");
    }
    // A program that is started again has not forgotten them.
    core.close().await;
    drop(core);
    let core = floor.open().await;
    let locked = core.sign_in(&operator().email, "not the password").await.unwrap_err();
    assert_eq!(locked.code(), "offline_sign_in_locked");
    let refused = core.sign_in(&operator().email, world::PASSWORD).await.unwrap_err();
    assert_eq!(refused.code(), "offline_sign_in_locked", "the right one neither");
    up_to_the_signature(&core).await;
    let to_sign = signed(entry(&batch(&core).await, 3, EntryInput::Confirm), world::PASSWORD);
    let refused = core.record_entry(to_sign.clone()).await.unwrap_err();
    assert_eq!(refused.code(), "offline_sign_in_locked", "signing guesses at the same password");
    floor.clock.advance_seconds(15 * 60);
    core.record_entry(to_sign).await.unwrap();
    server_is_back(&mut floor, &core).await;
    let expected = [["offline_session_failed"; 4].as_slice(), &["offline_session_locked"]].concat();
    let told = events(&floor).await;
    assert_eq!(told.iter().map(|(_, action)| action.as_str()).collect::<Vec<_>>(), expected);
    assert!(told.iter().all(|(person, _)| *person == operator().id.0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_password_ends_the_key_and_what_was_signed_before_stays() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    let elsewhere = floor.app.client(Reach::InProcess);
    floor.served.go().await;
    up_to_the_signature(&core).await;
    floor.clock.advance_seconds(60);
    let to_sign = entry(&batch(&core).await, 3, EntryInput::Confirm);
    core.record_entry(signed(to_sign, world::PASSWORD)).await.unwrap();
    // The password is changed at the server a minute later, from somewhere else.
    floor.clock.advance_seconds(60);
    let session = floor.app.sign_in(&elsewhere, &operator().email).await;
    let change = viruj_api::accounts::ChangePassword {
        current_password: world::PASSWORD.to_owned(),
        new_password: OTHER_PASSWORD.to_owned(),
    };
    elsewhere.change_password(&session.access_token, &change).await.unwrap();
    // The station cannot know it yet.
    core.sign_in(&operator().email, world::PASSWORD).await.unwrap();
    server_is_back(&mut floor, &core).await;
    let verdicts: Vec<_> = floor.kept().await.into_iter().map(|(_, verdict)| verdict).collect();
    assert_eq!(verdicts, ["accepted"; 4], "it was signed before");
    floor.served.go().await;
    core.sync_now().await.unwrap_err();
    let refused = core.sign_in(&operator().email, world::PASSWORD).await.unwrap_err();
    assert_eq!(refused.code(), "person_key_retired", "the feed has told it");
    floor.served.come_back(&floor.app.application).await;
    until_it_answers(&core).await;
    core.sign_in(&operator().email, OTHER_PASSWORD).await.unwrap();
    core.sync_now().await.unwrap();
    floor.served.go().await;
    assert!(!is_online(&core).await || core.sync_now().await.is_err());
    core.sign_in(&operator().email, OTHER_PASSWORD).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hard_case_14_what_an_old_password_signed_after_its_change_is_evidence() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    let elsewhere = floor.app.client(Reach::InProcess);
    floor.served.go().await;
    up_to_the_signature(&core).await;
    let session = floor.app.sign_in(&elsewhere, &operator().email).await;
    let change = viruj_api::accounts::ChangePassword {
        current_password: world::PASSWORD.to_owned(),
        new_password: OTHER_PASSWORD.to_owned(),
    };
    elsewhere.change_password(&session.access_token, &change).await.unwrap();
    floor.clock.advance_seconds(60);
    let to_sign = entry(&batch(&core).await, 3, EntryInput::Confirm);
    core.record_entry(signed(to_sign, world::PASSWORD)).await.unwrap();
    server_is_back(&mut floor, &core).await;
    let mut connection = floor.app.database.superuser().await;
    let judged: (String, Option<String>) =
        sqlx::query_as("SELECT verdict, verdict_code FROM operations ORDER BY station_seq DESC LIMIT 1")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert_eq!(judged, ("not_applied".to_owned(), Some("person_key_retired".to_owned())));
    let (cause, severity): (String, String) =
        sqlx::query_as("SELECT cause, severity FROM deviations").fetch_one(&mut connection).await.unwrap();
    assert_eq!((cause.as_str(), severity.as_str()), ("authority_missing", "High"));
    let alarms: i64 = sqlx::query_scalar("SELECT count(*) FROM audit_entries WHERE action = 'sync_alarm'")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(alarms, 1);
    assert_eq!(batch(&core).await.completed_phases, 2, "and the step is still to be signed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hard_case_17_a_clock_that_was_set_back_or_ahead_signs_nothing() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    assert_eq!(core.status().await.clock_off, None);
    floor.served.go().await;
    up_to_the_signature(&core).await;
    for (by, code, is_ahead) in [(-24 * 60, "clock_behind", false), (10, "clock_ahead", true)] {
        floor.machine.set_clock_by(TimeDelta::minutes(by));
        let to_sign = signed(entry(&batch(&core).await, 3, EntryInput::Confirm), world::PASSWORD);
        assert_eq!(core.record_entry(to_sign).await.unwrap_err().code(), code);
        let minutes = u32::try_from(by.abs()).unwrap();
        assert_eq!(core.status().await.clock_off, Some(ClockOff { minutes, is_ahead }));
        floor.machine.set_clock_by(TimeDelta::minutes(-by));
        assert_eq!(core.status().await.clock_off, None);
    }
    // Time that passes is not a clock that is set; after a restart of the machine the wall clock is all there is.
    floor.clock.advance_seconds(3600);
    assert_eq!(core.status().await.clock_off, None);
    floor.machine.start_anew();
    floor.clock.advance_seconds(600);
    let to_sign = signed(entry(&batch(&core).await, 3, EntryInput::Confirm), world::PASSWORD);
    core.record_entry(to_sign).await.unwrap();
    server_is_back(&mut floor, &core).await;
}

/// Setting the clock back makes no lease and no key live longer while the machine runs on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn time_a_clock_that_is_set_back_lets_no_key_live_longer() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    floor.served.go().await;
    core.sign_out().await.unwrap();
    floor.clock.advance(TimeDelta::days(31));
    floor.machine.set_clock_by(TimeDelta::days(-31));
    let refused = core.sign_in(&operator().email, world::PASSWORD).await.map(drop).unwrap_err();
    assert_eq!(refused.code(), "person_key_expired");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_lives_thirty_days_without_the_server() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    floor.served.go().await;
    floor.clock.advance_seconds(29 * 24 * 3600);
    core.sign_in(&operator().email, world::PASSWORD).await.unwrap();
    floor.clock.advance_seconds(24 * 3600);
    let refused = core.sign_in(&operator().email, world::PASSWORD).await.unwrap_err();
    assert_eq!(refused.code(), "person_key_expired");
    assert!(matches!(core.status().await.connection, Connection::Offline { .. } | Connection::Online));
    assert!(batch(&core).await.signing_needs_server || is_online(&core).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_meets_whoever_signed_in_without_it_at_the_next_signature() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    floor.served.go().await;
    core.sign_in(&operator().email, world::PASSWORD).await.unwrap();
    up_to_the_signature(&core).await;
    server_is_back(&mut floor, &core).await;
    assert!(core.current_person().await.unwrap().is_offline);
    assert_eq!(core.account().await.unwrap_err().code(), "sign_in_at_server");
    let to_sign = entry(&batch(&core).await, 3, EntryInput::Confirm);
    let wrong = core.record_entry(signed(to_sign.clone(), "not the password")).await.unwrap_err();
    assert_eq!(wrong.code(), "wrong_password");
    let receipt = core.record_entry(signed(to_sign, world::PASSWORD)).await.unwrap();
    assert_eq!(receipt.state, ReceiptState::Accepted);
    assert_eq!(receipt.signature.unwrap().method, SignatureMethod::ServerAttested);
    assert!(!core.current_person().await.unwrap().is_offline);
    core.account().await.unwrap();
}
