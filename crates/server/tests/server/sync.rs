use viruj_api::{statement::Statement, sync::Verdict};
use viruj_client::Client;
use viruj_domain::{deviation::Disposition, phase::PhaseEntry, signature::SignatureMeaning};
use viruj_sync::conformance::world::{OTHER_STATION, operator, rpm, statement};
use viruj_test_support::{TestApp, TestStation, over_both_transports, world};

use crate::deviations::Quality;

over_both_transports! {
    a_batch_is_executed_signed_pushed_and_audited,
    a_station_signs_in_again_when_its_token_ends,
    a_forged_signature_is_evidence_and_takes_no_effect,
    one_envelope_of_a_stranger_stops_the_push,
    sec_16_an_id_that_another_plant_has_stops_the_push_and_what_came_before_it_stands,
    sec_24_of_two_stations_at_one_step_both_are_kept_and_one_takes_effect,
}

async fn a_batch_is_executed_signed_pushed_and_audited(app: TestApp, client: Client) {
    let mut station = TestStation::register(&app, &client).await;
    let session = app.sign_in(&client, &operator().email).await;
    let mut outside = statement(2, 2, rpm("141"));
    outside.reason = Some("Display was stuck".to_owned());
    let first = station.writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed));
    station.push(&[first]).await.unwrap();
    let second = station.writer.unsigned(&outside);
    let answer = station.push(std::slice::from_ref(&second)).await.unwrap();
    let Verdict::AcceptedWithDeviation { code, deviation_id } = &answer.verdicts[0].verdict else {
        panic!("{:?}", answer.verdicts)
    };
    assert_eq!(code, "out_of_limits");
    // What comes next waits until quality assurance has decided.
    let quality = Quality::of(&app, &client, &station).await;
    quality.close(Disposition::AcceptAsIs).await;
    // Signed: the statement, the server's word for it, the envelope around both.
    let mut signed = statement(3, 3, PhaseEntry::Confirmed);
    signed.meaning = Some(SignatureMeaning::Performed);
    signed.session_id = Some(session.session_id);
    let slot = station.attest(&client, &session, &signed, Some(&operator().email)).await.unwrap();
    let third = station.writer.write(&signed, slot);
    let answer = station.push(std::slice::from_ref(&third)).await.unwrap();
    assert_eq!(answer.verdicts[0].verdict, Verdict::Accepted, "{answer:?}");
    assert_eq!(answer.stopped, None);
    // The acknowledgement got lost: the same push brings the same verdicts and changes nothing.
    let again = station.push(&[second, third]).await.unwrap();
    assert_eq!(again.verdicts[1], answer.verdicts[0]);

    let mut rows = app.database.superuser().await;
    let batch: (String, Option<String>) =
        sqlx::query_as("SELECT status, bmr_status FROM production_batches").fetch_one(&mut rows).await.unwrap();
    assert_eq!(batch, ("QC Review".into(), Some("Complete".into())));
    let entries: Vec<(String, Option<String>, bool)> =
        sqlx::query_as("SELECT verdict, signature, is_effective FROM phase_entries ORDER BY operation_id")
            .fetch_all(&mut rows)
            .await
            .unwrap();
    assert_eq!(entries.len(), 3);
    assert!(entries.iter().all(|(_, _, is_effective)| *is_effective));
    let signature: serde_json::Value = serde_json::from_str(entries[2].1.as_ref().unwrap()).unwrap();
    assert_eq!(signature["person_name"], operator().name, "P11-50: the printed name");
    assert_eq!(signature["meaning"], "performed", "P11-50: the meaning");
    assert_eq!(signature["time_zone"], "Asia/Kolkata", "P11-50: the time with its zone");
    let deviation: (uuid::Uuid, String) =
        sqlx::query_as("SELECT id, code FROM deviations").fetch_one(&mut rows).await.unwrap();
    assert_eq!(Some(deviation.0), deviation_id.map(|id| id.0));
    assert_eq!(deviation.1, "DEV-26-001");
    let trail: Vec<(String, Option<String>, Option<String>)> = sqlx::query_as(
        "SELECT actor, station, reason FROM audit_entries WHERE entity = 'phase_entries' ORDER BY entry_id",
    )
    .fetch_all(&mut rows)
    .await
    .unwrap();
    assert_eq!(trail.len(), 3, "P11-10e: one entry for each row");
    assert!(trail.iter().all(|(actor, at, _)| *actor == operator().id.0 && *at == Some(station.id.to_string())));
    assert_eq!(trail[1].2.as_deref(), Some("Display was stuck"));
    let verified = viruj_storage::audit::verify(&mut rows).await.unwrap();
    assert!(verified.is_whole() && verified.entries > 10, "the chain is whole: {verified:?}");
}

async fn a_station_signs_in_again_when_its_token_ends(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    station.push(&[]).await.unwrap();
    app.clock.advance_seconds(16 * 60);
    station.push(&[]).await.unwrap();
}

/// P11-70: a signature cannot be moved from one statement to another.
async fn a_forged_signature_is_evidence_and_takes_no_effect(app: TestApp, client: Client) {
    let mut station = TestStation::register(&app, &client).await;
    let session = app.sign_in(&client, &operator().email).await;
    let one = station.writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed));
    let two = station.writer.unsigned(&statement(2, 2, rpm("100")));
    station.push(&[one, two]).await.unwrap();
    let mut signed = statement(3, 3, PhaseEntry::Confirmed);
    signed.meaning = Some(SignatureMeaning::Performed);
    let slot = station.attest(&client, &session, &signed, Some(&operator().email)).await.unwrap();
    let mut other = statement(4, 3, PhaseEntry::Confirmed);
    other.meaning = Some(SignatureMeaning::Performed);
    let moved = station.writer.write(&other, slot);
    let answer = station.push(&[moved]).await.unwrap();
    assert_eq!(answer.verdicts[0].verdict.word(), "not_applied", "{answer:?}");
    assert_eq!(answer.verdicts[0].verdict.code(), Some("bad_person_signature"));
    let mut rows = app.database.superuser().await;
    let alarms: i64 = sqlx::query_scalar("SELECT count(*) FROM audit_entries WHERE action = 'sync_alarm'")
        .fetch_one(&mut rows)
        .await
        .unwrap();
    assert_eq!(alarms, 1);
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM operations").fetch_one(&mut rows).await.unwrap();
    assert_eq!(kept, 3, "what was recorded is kept");
}

async fn one_envelope_of_a_stranger_stops_the_push(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    let stranger = viruj_sync::conformance::world::Writer::new(viruj_sync::conformance::world::OTHER_STATION)
        .unsigned(&statement(1, 1, PhaseEntry::Confirmed));
    let answer = station.push(&[stranger]).await.unwrap();
    assert_eq!(answer.verdicts, []);
    let stopped = answer.stopped.unwrap();
    assert_eq!((stopped.index, stopped.code.as_str(), stopped.expected_seq), (0, "bad_signature", 1));
}

/// The other plant's operation cannot be seen, and is found all the same; the alarm is kept and the station hears of it.
async fn sec_16_an_id_that_another_plant_has_stops_the_push_and_what_came_before_it_stands(
    app: TestApp,
    client: Client,
) {
    let mut here = TestStation::register(&app, &client).await;
    let known = here.writer.unsigned(&statement(2, 1, PhaseEntry::Confirmed));
    here.push(&[known]).await.unwrap();
    let mut elsewhere = TestStation::register_as(&app, &client, OTHER_STATION, world::OTHER_PLANT).await;
    let theirs =
        |operation| Statement { plant_id: world::OTHER_PLANT.into(), ..statement(operation, 1, PhaseEntry::Confirmed) };
    let pushed = [elsewhere.writer.unsigned(&theirs(1)), elsewhere.writer.unsigned(&theirs(2))];
    let answer = elsewhere.push(&pushed).await.unwrap();
    assert_eq!(answer.verdicts.len(), 1, "{answer:?}");
    let stopped = answer.stopped.unwrap();
    assert_eq!((stopped.index, stopped.code.as_str(), stopped.expected_seq), (1, "other_bytes", 2));
    let mut rows = app.database.superuser().await;
    let kept: Vec<String> =
        sqlx::query_scalar("SELECT plant_id FROM operations ORDER BY operation_id").fetch_all(&mut rows).await.unwrap();
    assert_eq!(kept, [world::OTHER_PLANT, "plant-a"]);
    let alarms: i64 = sqlx::query_scalar("SELECT count(*) FROM audit_entries WHERE action = 'sync_alarm'")
        .fetch_one(&mut rows)
        .await
        .unwrap();
    assert_eq!(alarms, 1);
}

/// Hard case 4: both values are kept, the second opens a deviation, quality assurance decides.
async fn sec_24_of_two_stations_at_one_step_both_are_kept_and_one_takes_effect(app: TestApp, client: Client) {
    let mut first = TestStation::register(&app, &client).await;
    let mut second = TestStation::register_as(&app, &client, OTHER_STATION, "plant-a").await;
    let ours = first.writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed));
    let theirs = second.writer.unsigned(&statement(2, 1, PhaseEntry::Confirmed));
    let (ours, theirs) = ([ours], [theirs]);
    let (one, two) = tokio::join!(first.push(&ours), second.push(&theirs));
    let mut words: Vec<_> = [one.unwrap(), two.unwrap()]
        .iter()
        .map(|answer| (answer.verdicts[0].verdict.word(), answer.verdicts[0].verdict.code().map(ToOwned::to_owned)))
        .collect();
    words.sort();
    assert_eq!(words, [("accepted", None), ("accepted_with_deviation", Some("duplicate".to_owned()))]);
    let mut rows = app.database.superuser().await;
    let effective: Vec<bool> =
        sqlx::query_scalar("SELECT is_effective FROM phase_entries ORDER BY 1").fetch_all(&mut rows).await.unwrap();
    assert_eq!(effective, [false, true]);
}
