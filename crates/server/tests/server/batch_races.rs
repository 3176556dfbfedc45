//! Many at once at the same batch number and at the same batch.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use uuid::Uuid;
use viruj_api::{batches::BatchReason, sync::Verdict};
use viruj_client::{BatchChange, ReviewAction};
use viruj_domain::{
    ids::{StationId, UserId},
    phase::PhaseEntry,
    role::Role,
    signature::SignatureMeaning,
};
use viruj_sync::conformance::world::{rpm, statement};
use viruj_test_support::{Reach, TestApp, TestStation, world};

use crate::{
    batch_steps::{procedure, wanted},
    master_records::{Plant, add_author},
    reviews::Reviewing,
    sessions::problem,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_batches_at_once_each_has_a_number_of_its_own() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let plant = Plant::of(&app, &client).await;
    // Two products share a series, as in the legacy system.
    let masters =
        [plant.made_effective(&procedure("RAC100", "A")).await, plant.made_effective(&procedure("RAC200", "B")).await];
    let made = join_all((0..100).map(|number| {
        let (client, token, new) = (client.clone(), plant.author.clone(), wanted(&masters[number % 2]));
        async move { client.create_batch(&token, &format!("race-{number:03}"), &new).await.unwrap() }
    }))
    .await;
    let numbers: BTreeSet<_> = made.iter().map(|batch| batch.number.clone()).collect();
    let expected: BTreeSet<_> = (1..=100).map(|number| format!("RAC-26-{number:03}")).collect();
    assert_eq!(numbers, expected, "unique and without a gap");
    let mut rows = app.database.superuser().await;
    let phases: i64 = sqlx::query_scalar("SELECT count(*) FROM batch_phases WHERE batch_id = ANY ($1)")
        .bind(made.iter().map(|batch| batch.id.0.clone()).collect::<Vec<_>>())
        .fetch_one(&mut rows)
        .await
        .unwrap();
    assert_eq!(phases, 500);
    assert!(viruj_storage::audit::verify(&mut rows).await.unwrap().is_whole());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_holds_at_once_one_wins_and_the_others_have_changed_nothing() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let plant = Plant::of(&app, &client).await;
    let master = plant.made_effective(&procedure("HLD", "Blender")).await;
    let batch = client.create_batch(&plant.author, "one-batch", &wanted(&master)).await.unwrap();
    let answers = join_all((0..100).map(|number| {
        let (client, token, batch) = (client.clone(), plant.author.clone(), batch.clone());
        let reason = BatchReason { reason: format!("seen by inspector {number}") };
        async move { client.change_batch(&token, &batch.id, batch.version, (BatchChange::Hold, &reason)).await }
    }))
    .await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 99));
    assert!(lost.into_iter().all(|answer| problem(answer).code == "changed_meanwhile"));
    let mut rows = app.database.superuser().await;
    let entries: i64 =
        sqlx::query_scalar("SELECT count(*) FROM audit_entries WHERE entity = 'production_batches' AND entity_id = $1")
            .bind(batch.id.as_str())
            .fetch_one(&mut rows)
            .await
            .unwrap();
    assert_eq!(entries, 2, "made, and held once");
}

/// Each of 25 people signs at four stations at once for the last phase, which completes the batch.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p11_10f_of_a_hundred_completions_at_once_one_is_signed_and_the_others_have_recorded_nothing() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let mut first = TestStation::register(&app, &client).await;
    let before = [
        first.writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed)),
        first.writer.unsigned(&statement(2, 2, rpm("110"))),
    ];
    first.push(&before).await.unwrap();
    let mut signers = Vec::new();
    for number in 0..25 {
        let id = format!("signer-{number:02}");
        add_author(&app, &id, Role::ProductionOperator, "plant-a").await;
        let session = app.sign_in(&client, &world::email(&id)).await;
        for place in 0..4 {
            let station = StationId(Uuid::from_u128(0x7000 + 4 * number + place));
            let station = TestStation::register_as(&app, &client, station, "plant-a").await;
            let mut signed = statement(100 + u64::try_from(4 * number + place).unwrap(), 3, PhaseEntry::Confirmed);
            signed.person_id = UserId::from(id.as_str());
            (signed.meaning, signed.session_id) = (Some(SignatureMeaning::Performed), Some(session.session_id));
            signers.push((station, session.clone(), signed, world::email(&id)));
        }
    }
    let answers = join_all(
        signers.iter().map(|(station, session, signed, email)| station.attest(&client, session, signed, Some(email))),
    )
    .await;
    let given: Vec<_> =
        answers.iter().enumerate().filter(|(_, answer)| answer.is_ok()).map(|(place, _)| place).collect();
    assert_eq!(given.len(), 1, "one signature for one phase");
    for answer in answers.iter().filter(|answer| answer.is_err()) {
        let refused = problem(answer.clone());
        assert_eq!((refused.code.as_str(), refused.status), ("being_signed", 409));
    }
    let mut rows = app.database.superuser().await;
    let operations: i64 = sqlx::query_scalar("SELECT count(*) FROM operations").fetch_one(&mut rows).await.unwrap();
    assert_eq!(operations, 2, "whoever was refused has recorded nothing");
    let attested: i64 = sqlx::query_scalar("SELECT count(*) FROM audit_entries WHERE action = 'signature_attested'")
        .fetch_one(&mut rows)
        .await
        .unwrap();
    assert_eq!(attested, 1);
    // The one that was given is recorded; afterwards the phase is done for everybody.
    let winner = given[0];
    let slot = answers[winner].as_ref().unwrap().clone();
    let (station, _, signed, _) = &mut signers[winner];
    let operation = station.writer.write(signed, slot);
    let pushed = station.push(&[operation]).await.unwrap();
    assert_eq!(pushed.verdicts[0].verdict, Verdict::Accepted);
    let (station, session, signed, email) = &signers[(winner + 1) % signers.len()];
    let late = station.attest(&client, session, signed, Some(email)).await;
    assert_eq!(problem(late).code, "already_completed");
    let completed: Vec<String> = sqlx::query_scalar(
        "SELECT new_text::jsonb ->> 'status' FROM audit_entries
         WHERE entity = 'production_batches' AND action = 'changed'
             AND new_text::jsonb ->> 'status' IS DISTINCT FROM old_text::jsonb ->> 'status' ORDER BY entry_id",
    )
    .fetch_all(&mut rows)
    .await
    .unwrap();
    assert_eq!(completed, ["In Progress", "QC Review"], "the batch was begun and completed once");
}

/// Each of twenty heads of quality assurance releases five times at once: the batch is released once, with one signature.
/// More than five passwords of one person are not looked at at the same time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s88_4_of_a_hundred_releases_at_once_one_is_signed_and_the_others_have_recorded_nothing() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let qa = Reviewing::of(&app, &client, false).await;
    let ready = qa.accept_all().await;
    let reviewed = qa.sign(&ready, ReviewAction::Sign, &qa.manager).await.unwrap();
    assert_eq!(reviewed.blockers, []);
    const HEADS: [&str; 20] = [
        "h-00", "h-01", "h-02", "h-03", "h-04", "h-05", "h-06", "h-07", "h-08", "h-09", "h-10", "h-11", "h-12", "h-13",
        "h-14", "h-15", "h-16", "h-17", "h-18", "h-19",
    ];
    let mut heads = Vec::new();
    for head in HEADS {
        add_author(&app, head, Role::QaHead, "plant-a").await;
        heads.push((head, app.sign_in(&client, &world::email(head)).await.access_token));
    }
    let everybody = heads.iter().cycle().take(100);
    let answers = join_all(everybody.map(|head| qa.sign(&reviewed, ReviewAction::Release, head))).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 99));
    for answer in lost {
        let refused = problem(answer);
        assert_eq!((refused.code.as_str(), refused.status), ("changed_meanwhile", 412));
    }
    let mut rows = app.database.superuser().await;
    for (what, expected) in [
        ("SELECT count(*) FROM record_signatures WHERE meaning = 'released'", 1),
        ("SELECT count(*) FROM batch_documents WHERE kind = 'batch_certificate'", 1),
        (
            "SELECT count(*) FROM audit_entries WHERE entity = 'production_batches' AND action = 'changed'
                 AND new_text::jsonb ->> 'qa_release_status' = 'Released'
                 AND old_text::jsonb ->> 'qa_release_status' IS DISTINCT FROM 'Released'",
            1,
        ),
    ] {
        let count: i64 = sqlx::query_scalar(what).fetch_one(&mut rows).await.unwrap();
        assert_eq!(count, expected, "{what}");
    }
}

/// The station that got the signature goes silent: the phase is free again after half a minute.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signature_that_never_arrives_keeps_nobody_from_the_phase_for_long() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let mut first = TestStation::register(&app, &client).await;
    let second = TestStation::register_as(&app, &client, StationId(Uuid::from_u128(0x7000)), "plant-a").await;
    let before = [
        first.writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed)),
        first.writer.unsigned(&statement(2, 2, rpm("110"))),
    ];
    first.push(&before).await.unwrap();
    let email = viruj_sync::conformance::world::operator().email;
    let session = app.sign_in(&client, &email).await;
    let signed = |operation| {
        let mut signed = statement(operation, 3, PhaseEntry::Confirmed);
        (signed.meaning, signed.session_id) = (Some(SignatureMeaning::Performed), Some(session.session_id));
        signed
    };
    first.attest(&client, &session, &signed(3), Some(&email)).await.unwrap();
    // The same station asks again, because an answer was lost; another one waits.
    first.attest(&client, &session, &signed(4), Some(&email)).await.unwrap();
    assert_eq!(problem(second.attest(&client, &session, &signed(5), Some(&email)).await).code, "being_signed");
    app.clock.advance_seconds(30);
    second.attest(&client, &session, &signed(5), Some(&email)).await.unwrap();
}
