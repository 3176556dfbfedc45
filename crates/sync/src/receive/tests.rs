use futures_util::FutureExt;
use proptest::prelude::*;
use viruj_api::{statement::PersonSlot, sync::Verdict};
use viruj_domain::{
    attachment::MediaType,
    batch::BatchStatus,
    deviation::{DeviationCause, Severity},
    device::DeviceReading,
    ids::StationId,
    phase::{PhaseEntry, PhaseStatus},
    role::Role,
    signature::{SessionEvent, SignatureMeaning, SignatureMethod},
};

use super::*;
use crate::{
    conformance::world::{self, OTHER_STATION, STATION, Writer, known_station, rpm, server_key, statement},
    memory::MemoryPlant,
    signing::{server_time, to_base64},
};

mod leases;

fn push_as(plant: &mut MemoryPlant, station: KnownStation, operations: &[StoredOperation]) -> Received {
    let keys = [server_key().verifying_key()];
    let server_time = server_time(world::time(120), &server_key());
    let envelopes = operations.iter().map(|operation| operation.signed.clone()).collect();
    let receiver = Receiver { station: &station, server_keys: &keys, server_time };
    receive(plant, &receiver, &PushRequest { envelopes }).now_or_never().unwrap().unwrap()
}

fn push(plant: &mut MemoryPlant, station: StationId, operations: &[StoredOperation]) -> Received {
    push_as(plant, known_station(station), operations)
}

fn words(received: &Received) -> Vec<String> {
    let word = |verdict: &OperationVerdict| match verdict.verdict.code() {
        Some(code) => format!("{} {code}", verdict.verdict.word()),
        None => verdict.verdict.word().to_owned(),
    };
    received.response.verdicts.iter().map(word).collect()
}

fn stopped(received: &Received) -> Option<(u32, &str, u64)> {
    received.response.stopped.as_ref().map(|stop| (stop.index, stop.code.as_str(), stop.expected_seq))
}

fn alarms(received: &Received) -> Vec<&'static str> {
    received.alarms.iter().map(|alarm| alarm.code).collect()
}

fn phase_status(plant: &MemoryPlant, number: u32) -> PhaseStatus {
    plant.phases[&world::phase_id(number)].status
}

#[test]
fn hard_case_01_a_repeated_push_is_answered_and_takes_no_effect() {
    let mut plant = world::memory_plant();
    let mut writer = Writer::new(STATION);
    let first = writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed));
    let one = push(&mut plant, STATION, std::slice::from_ref(&first));
    let after_one = plant.clone();
    let second = writer.unsigned(&statement(2, 2, rpm("100")));
    let both = push(&mut plant, STATION, &[first.clone(), second]);
    assert_eq!(both.response.verdicts[0], one.response.verdicts[0]);
    assert_eq!(words(&both), ["accepted", "accepted"]);
    assert_eq!(plant.entries.len(), 2);
    assert_eq!(after_one.entries.len(), 1);
    let before = plant.clone();
    assert_eq!(words(&push(&mut plant, STATION, &[first])), ["accepted"]);
    assert_eq!(plant, before, "a repetition writes nothing");
}

#[test]
fn hard_case_04_two_stations_record_one_step_and_both_values_are_kept() {
    let mut plant = world::memory_plant();
    let start = Writer::new(STATION).unsigned(&statement(1, 1, PhaseEntry::Confirmed));
    push(&mut plant, STATION, std::slice::from_ref(&start));
    let mut here = Writer { next_seq: 2, last_hash: start.envelope_hash, ..Writer::new(STATION) };
    let one = here.unsigned(&statement(2, 2, rpm("110")));
    let other = Writer::new(OTHER_STATION).unsigned(&statement(3, 2, rpm("112")));
    assert_eq!(words(&push(&mut plant, STATION, &[one])), ["accepted"]);
    let second = push(&mut plant, OTHER_STATION, &[other]);
    assert_eq!(words(&second), ["accepted_with_deviation duplicate"]);
    let recorded: Vec<_> = plant.entries[1..].iter().map(|row| (row.is_effective, row.deviation)).collect();
    assert_eq!(recorded, [(true, None), (false, Some(DeviationCause::Duplicate))]);
    assert_eq!(plant.deviations.len(), 1);
    assert_eq!(
        plant.deviations[0].description,
        "Anjali Rao recorded 112 rpm in phase 2 (Set the impeller speed) of batch MB-CONF-001, \
         which another entry had already been made for."
    );
    let Verdict::AcceptedWithDeviation { deviation_id, .. } = &second.response.verdicts[0].verdict else {
        panic!("{second:?}")
    };
    assert_eq!(*deviation_id, Some(plant.deviations[0].id));
}

#[test]
fn hard_case_05_steps_after_a_hold_are_kept_and_flagged() {
    let mut plant = world::memory_plant();
    let mut writer = Writer::new(STATION);
    let before = writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed));
    push(&mut plant, STATION, &[before]);
    let mut held = plant.batches[&world::batch_id()].clone();
    held.status = BatchStatus::OnHold;
    held.version += 1;
    plant.put_batch(held);
    let while_away =
        [writer.unsigned(&statement(2, 2, rpm("100"))), writer.unsigned(&statement(3, 3, PhaseEntry::Confirmed))];
    let received = push(&mut plant, STATION, &while_away);
    assert_eq!(words(&received), ["accepted_with_deviation after_hold"; 2]);
    assert_eq!(plant.entries.len(), 3);
    assert!(plant.deviations.iter().all(|row| row.severity == Severity::High));
    assert_eq!(phase_status(&plant, 2), PhaseStatus::Pending);
    assert_eq!(plant.batches[&world::batch_id()].status, BatchStatus::OnHold);
}

/// The database reads entries as JSON, which knows no NUL in its texts.
#[test]
fn hard_case_08_an_entry_with_a_text_that_no_database_keeps_is_evidence_and_blocks_nobody() {
    let mut writer = Writer::new(STATION);
    let file = PhaseEntry::Attached {
        file_name: "photo\0.png".into(),
        media_type: MediaType::Png,
        size_bytes: 10,
        sha256: "5a".repeat(32),
    };
    let PhaseEntry::Number { value, unit, .. } = rpm("110") else { panic!("a number") };
    let reading = DeviceReading {
        device: "BAL-02".into(),
        serial_number: "B021002593".into(),
        value,
        unit,
        line: "S S\0 110".into(),
        read_at: world::time(1),
    };
    let weighed = PhaseEntry::Number { value, unit, lot: None, reading: Some(reading) };
    let operations = [
        writer.unsigned(&statement(1, 1, file)),
        writer.unsigned(&statement(2, 2, weighed)),
        writer.unsigned(&statement(3, 1, PhaseEntry::Confirmed)),
    ];
    let mut plant = world::memory_plant();
    let received = push(&mut plant, STATION, &operations);
    assert_eq!(words(&received), ["not_applied malformed", "not_applied malformed", "accepted"]);
    assert_eq!((stopped(&received), plant.log.all().count()), (None, 3));
}

#[test]
fn hard_case_08_a_poison_operation_is_kept_and_blocks_nobody() {
    let mut writer = Writer::new(STATION);
    let mut nul = statement(3, 1, PhaseEntry::Confirmed);
    nul.reason = Some("a\0b".to_owned());
    let mut of_no_age = statement(4, 1, PhaseEntry::Confirmed);
    of_no_age.stated_at = chrono::DateTime::from_timestamp(1 << 40, 0).unwrap();
    let mut elsewhere = statement(5, 1, PhaseEntry::Confirmed);
    elsewhere.batch_id = Some("no-such-batch".into());
    let mut nobody = statement(6, 1, PhaseEntry::Confirmed);
    nobody.person_id = "nobody".into();
    let mut other_plant = statement(7, 1, PhaseEntry::Confirmed);
    other_plant.plant_id = "plant-b".into();
    let mut other_master = statement(8, 1, PhaseEntry::Confirmed);
    other_master.master_record = None;
    let operations = [
        writer.bytes(world::operation_id(1), b"\xff not json", PersonSlot::None),
        writer.bytes(
            world::operation_id(2),
            format!(r#"{{"format":1,"operation_id":"{}"}}"#, world::operation_id(2)).as_bytes(),
            PersonSlot::None,
        ),
        writer.unsigned(&nul),
        writer.unsigned(&of_no_age),
        writer.unsigned(&elsewhere),
        writer.unsigned(&nobody),
        writer.unsigned(&other_plant),
        writer.unsigned(&other_master),
        writer.unsigned(&statement(9, 99, PhaseEntry::Confirmed)),
        writer.unsigned(&statement(10, 1, PhaseEntry::Confirmed)),
    ];
    let mut plant = world::memory_plant();
    let received = push(&mut plant, STATION, &operations);
    assert_eq!(
        words(&received),
        [
            "not_applied malformed",
            "not_applied malformed",
            "not_applied malformed",
            "not_applied malformed",
            "not_applied batch_unknown",
            "not_applied person_unknown",
            "not_applied wrong_plant",
            "not_applied master_record_differs",
            "not_applied phase_unknown",
            "accepted",
        ]
    );
    assert_eq!(stopped(&received), None);
    assert_eq!(plant.log.all().count(), operations.len(), "every operation is kept as evidence");
    assert_eq!(received.response.verdicts[1].operation_id, world::operation_id(2));
    let again = push(&mut plant, STATION, &operations);
    assert_eq!(again.response.verdicts, received.response.verdicts);
}

#[test]
fn hard_case_13_a_cloned_disk_forks_the_chain_and_raises_an_alarm() {
    let mut plant = world::memory_plant();
    let mut original = Writer::new(STATION);
    push(&mut plant, STATION, &[original.unsigned(&statement(1, 1, PhaseEntry::Confirmed))]);
    let clone = original.clone();
    push(&mut plant, STATION, &[original.unsigned(&statement(2, 2, rpm("100")))]);
    let from_clone = clone.clone().unsigned(&statement(3, 2, rpm("120")));
    let received = push(&mut plant, STATION, &[from_clone]);
    assert_eq!((stopped(&received), alarms(&received)), (Some((0, "chain_fork", 3)), vec!["chain_fork"]));
    let mut other_past = Writer { last_hash: [9; 32], ..original.clone() };
    let received = push(&mut plant, STATION, &[other_past.unsigned(&statement(4, 3, PhaseEntry::Confirmed))]);
    assert_eq!((stopped(&received), alarms(&received)), (Some((0, "chain_fork", 3)), vec!["chain_fork"]));
    let same_id = Writer { next_seq: 3, ..original }.unsigned(&statement(2, 2, rpm("120")));
    let received = push(&mut plant, STATION, &[same_id]);
    assert_eq!((stopped(&received), alarms(&received)), (Some((0, "other_bytes", 3)), vec!["other_bytes"]));
    assert_eq!(plant.entries.len(), 2);
}

#[test]
fn hard_case_14_an_entry_of_a_disabled_person_is_evidence_and_a_deviation() {
    let mut plant = world::memory_plant();
    let changes: [&dyn Fn(&mut viruj_api::people::Person); 3] =
        [&|person| person.is_active = false, &|person| person.plant_ids.clear(), &|person| {
            person.role = Role::SalesPerson
        }];
    let mut writer = Writer::new(STATION);
    for (number, change) in (1..).zip(changes) {
        let mut person = world::operator();
        change(&mut person);
        plant.put_person(person);
        let operation = writer.unsigned(&statement(number, 1, PhaseEntry::Confirmed));
        assert_eq!(words(&push(&mut plant, STATION, &[operation])), ["not_applied not_authorised"]);
    }
    assert_eq!(plant.entries.len(), 3);
    assert!(plant.entries.iter().all(|row| !row.is_effective));
    assert!(plant.deviations.iter().all(|row| row.cause == DeviationCause::AuthorityMissing));
    assert_eq!(plant.deviations.len(), 3);
    assert_eq!(phase_status(&plant, 1), PhaseStatus::Pending);
}

#[test]
fn a_gap_names_what_is_expected_and_what_came_before_stands() {
    let mut plant = world::memory_plant();
    let mut writer = Writer::new(STATION);
    let first = writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed));
    writer.unsigned(&statement(2, 2, rpm("100")));
    let third = writer.unsigned(&statement(3, 2, rpm("100")));
    let received = push(&mut plant, STATION, &[first, third]);
    assert_eq!(words(&received), ["accepted"]);
    assert_eq!((stopped(&received), alarms(&received)), (Some((1, "sequence_gap", 2)), vec![]));
}

#[test]
fn a_stations_envelope_comes_from_that_station() {
    let mut plant = world::memory_plant();
    let theirs = Writer::new(OTHER_STATION).unsigned(&statement(1, 1, PhaseEntry::Confirmed));
    let received = push(&mut plant, STATION, &[theirs]);
    assert_eq!((stopped(&received), alarms(&received)), (Some((0, "bad_signature", 1)), vec!["bad_signature"]));
    let retired = KnownStation { state: StationState::Retired, ..known_station(STATION) };
    let mine = Writer::new(STATION).unsigned(&statement(1, 1, PhaseEntry::Confirmed));
    let received = push_as(&mut plant, retired, &[mine]);
    assert_eq!(stopped(&received), Some((0, "station_not_active", 1)));
    assert_eq!(plant.log.all().count(), 0);
}

#[test]
fn hard_case_10_a_newer_format_waits_for_the_servers_update() {
    let mut plant = world::memory_plant();
    let newer = Writer::new(STATION).bytes(world::operation_id(1), br#"{"format":2}"#, PersonSlot::None);
    let received = push(&mut plant, STATION, &[newer]);
    assert_eq!((stopped(&received), alarms(&received)), (Some((0, "too_new", 1)), vec![]));
    assert_eq!(plant.log.all().count(), 0);
}

fn up_to_the_signed_phase(plant: &mut MemoryPlant) -> Writer {
    let mut writer = Writer::new(STATION);
    let operations =
        [writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed)), writer.unsigned(&statement(2, 2, rpm("100")))];
    push(plant, STATION, &operations);
    writer
}

#[test]
fn sec_a_signature_that_nobody_gave_is_refused_and_raises_an_alarm() {
    let mut plant = world::memory_plant();
    let mut writer = up_to_the_signed_phase(&mut plant);
    let mut signed = statement(3, 3, PhaseEntry::Confirmed);
    signed.meaning = Some(SignatureMeaning::Performed);
    let of_another = world::attestation(&statement(9, 3, PhaseEntry::Confirmed), STATION);
    let slot = crate::signing::attest(&of_another, &server_key()).unwrap();
    let received = push(&mut plant, STATION, &[writer.write(&signed, slot)]);
    assert_eq!(words(&received), ["not_applied bad_person_signature"]);
    assert_eq!(alarms(&received), ["bad_person_signature"]);
    assert_eq!(plant.entries.last().and_then(|row| row.signature.clone()), None);
    assert_eq!(plant.deviations.last().map(|row| row.severity), Some(Severity::Critical));
    assert_eq!(phase_status(&plant, 3), PhaseStatus::Pending);
}

fn signed_third() -> viruj_api::statement::Statement {
    viruj_api::statement::Statement {
        meaning: Some(SignatureMeaning::Performed),
        ..statement(3, 3, PhaseEntry::Confirmed)
    }
}

#[test]
fn a_persons_own_key_signs_without_the_server() {
    let mut plant = world::memory_plant();
    let mut writer = up_to_the_signed_phase(&mut plant);
    let received = push(&mut plant, STATION, &[writer.signed_by_key(&signed_third())]);
    assert_eq!((words(&received), alarms(&received)), (vec!["accepted".to_owned()], vec![]));
    let signature = plant.entries.last().unwrap().signature.as_ref().unwrap();
    assert_eq!((signature.method, signature.signed_at), (SignatureMethod::PersonKey, signed_third().stated_at));
    assert_eq!(signature.person_name, world::operator().name);
}

#[test]
fn hard_case_14_a_key_that_was_retired_or_has_expired_signs_nothing_more() {
    let cases = [(62, Err("person_key_retired")), (63, Ok("accepted")), (61, Err("person_key_retired"))];
    for (retired_at, expected) in cases {
        let mut plant = world::memory_plant();
        let mut writer = up_to_the_signed_phase(&mut plant);
        let key_id = world::certificate(STATION).key_id;
        plant.retired_keys.insert(key_id, world::time(retired_at));
        let received = push(&mut plant, STATION, &[writer.signed_by_key(&signed_third())]);
        let code = expected.err().unwrap_or_default();
        assert_eq!(received.response.verdicts[0].verdict.code().unwrap_or_default(), code, "{retired_at}");
        assert_eq!(alarms(&received).len(), usize::from(expected.is_err()));
        assert_eq!(phase_status(&plant, 3) == PhaseStatus::Completed, expected.is_ok());
        let entry = plant.entries.last().unwrap();
        assert!(entry.signature.is_some(), "what was signed is kept as it was signed");
        let cause = plant.deviations.last().map(|deviation| (deviation.cause, deviation.severity));
        let wanted = expected.is_err().then_some((DeviationCause::AuthorityMissing, Severity::High));
        assert_eq!(cause, wanted, "{retired_at}");
    }
    // An expired key is no alarm: its person has not been seen for too long, and that is all.
    let mut plant = world::memory_plant();
    let mut writer = up_to_the_signed_phase(&mut plant);
    let mut certificate = world::certificate(STATION);
    certificate.expires_at = world::time(62);
    let bytes = crate::signing::statement_bytes(&signed_third()).unwrap();
    let certificate = crate::signing::certify(&certificate, &server_key()).unwrap();
    let slot = crate::signing::sign_statement(&bytes, &world::person_key(), certificate);
    let received = push(&mut plant, STATION, &[writer.write(&signed_third(), slot)]);
    assert_eq!(words(&received), ["not_applied person_key_expired"]);
    assert_eq!(alarms(&received), Vec::<&str>::new());
}

#[test]
fn sessions_without_the_server_come_into_the_trail() {
    let mut plant = world::memory_plant();
    let mut writer = Writer::new(STATION);
    let said = |operation, event| viruj_api::statement::Statement {
        batch_id: None,
        master_record: None,
        action: viruj_api::statement::Action::Session { event },
        ..statement(operation, 1, PhaseEntry::Confirmed)
    };
    let events = [SessionEvent::Failed, SessionEvent::Opened, SessionEvent::Closed];
    let operations: Vec<_> = (1..).zip(events).map(|(id, event)| writer.unsigned(&said(id, event))).collect();
    let received = push(&mut plant, STATION, &operations);
    assert_eq!(words(&received), ["accepted"; 3]);
    let told: Vec<_> = plant.sessions.iter().map(|(person, change)| (person.clone(), change.event)).collect();
    assert_eq!(told, events.map(|event| (world::operator().id, event)));
    assert!(plant.entries.is_empty() && plant.deviations.is_empty());
    let again = push(&mut plant, STATION, &operations);
    assert_eq!((words(&again), plant.sessions.len()), (vec!["accepted".to_owned(); 3], 3), "told once");
    let without_batch = viruj_api::statement::Statement { batch_id: None, ..statement(9, 1, PhaseEntry::Confirmed) };
    let received = push(&mut plant, STATION, &[writer.unsigned(&without_batch)]);
    assert_eq!(words(&received), ["not_applied batch_unknown"]);
}

#[test]
fn a_signed_phase_takes_effect_with_its_meaning_only() {
    let mut plant = world::memory_plant();
    let mut writer = up_to_the_signed_phase(&mut plant);
    let unsigned = writer.unsigned(&statement(3, 3, PhaseEntry::Confirmed));
    let mut other_meaning = statement(4, 3, PhaseEntry::Confirmed);
    other_meaning.meaning = Some(SignatureMeaning::Verified);
    let mut performed = statement(5, 3, PhaseEntry::Confirmed);
    performed.meaning = Some(SignatureMeaning::Performed);
    let operations = [unsigned, writer.signed(&other_meaning), writer.signed(&performed)];
    let received = push(&mut plant, STATION, &operations);
    assert_eq!(words(&received), ["not_applied signature_required", "not_applied signature_required", "accepted"]);
    let signature = plant.entries.last().and_then(|row| row.signature.clone()).unwrap();
    assert_eq!((signature.meaning, signature.person_name.as_str()), (SignatureMeaning::Performed, "Anjali Rao"));
    assert_eq!(signature.signed_at, world::time(61));
    assert_eq!(signature.time_zone, "Asia/Kolkata");
    assert_eq!(plant.batches[&world::batch_id()].status, BatchStatus::QcReview);
}

#[test]
fn a_comment_needs_no_more_than_the_right_to_read() {
    let mut plant = world::memory_plant();
    let mut comment = statement(1, 1, PhaseEntry::Confirmed);
    comment.action = viruj_api::statement::Action::Comment { phase_id: None, text: "Noise from the gear.".to_owned() };
    let received = push(&mut plant, STATION, &[Writer::new(STATION).unsigned(&comment)]);
    assert_eq!(words(&received), ["accepted"]);
    assert_eq!(plant.entries.len(), 0);
    assert_eq!(plant.log.all().count(), 1);
}

#[test]
fn an_operation_without_an_id_is_one_operation_all_the_same() {
    let operation = Writer::new(STATION).bytes(world::operation_id(1), b"{}", PersonSlot::None);
    let opened = open(&operation.signed, &world::station_key(STATION).verifying_key()).unwrap();
    assert_eq!(operation_id(&opened), operation_id(&opened));
    assert_ne!(operation_id(&opened), world::operation_id(1));
    assert_eq!(operation_id(&opened).0.get_version_num(), 8);
    assert_eq!(deviation_id(world::operation_id(1), world::time(1)).0.get_version_num(), 7);
    assert_eq!(to_base64(b"{}"), opened.envelope.statement);
}

proptest! {
    /// However a station cuts and repeats its pushes, each operation takes effect once and keeps its first verdict.
    #[test]
    fn cut_and_repeated_pushes_come_to_the_same(cuts in proptest::collection::vec((0usize..8, 0usize..8), 1..12)) {
        let mut writer = Writer::new(STATION);
        let operations: Vec<_> = [
            statement(1, 1, PhaseEntry::Confirmed),
            statement(2, 1, PhaseEntry::Confirmed),
            statement(3, 3, PhaseEntry::Confirmed),
            statement(4, 2, rpm("100")),
            statement(5, 2, rpm("101")),
            statement(6, 1, PhaseEntry::TimerStarted),
            statement(7, 3, PhaseEntry::Confirmed),
        ].iter().map(|statement| writer.unsigned(statement)).collect();
        let mut whole = world::memory_plant();
        let expected = push(&mut whole, STATION, &operations).response.verdicts;

        let mut plant = world::memory_plant();
        for (start, end) in cuts {
            let (start, end) = (start.min(end), start.max(end).min(operations.len()));
            let received = push(&mut plant, STATION, &operations[start.min(end)..end]);
            for verdict in received.response.verdicts {
                let index = usize::try_from(verdict.station_seq).unwrap() - 1;
                prop_assert_eq!(&verdict, &expected[index]);
            }
        }
        push(&mut plant, STATION, &operations);
        prop_assert_eq!(&plant.entries, &whole.entries);
        prop_assert_eq!(&plant.phases, &whole.phases);
        prop_assert_eq!(&plant.log, &whole.log);
    }
}
