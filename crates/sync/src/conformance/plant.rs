use viruj_api::{
    statement::{Action, SignedEnvelope, Statement},
    sync::{OperationVerdict, PushRequest, Verdict},
};
use viruj_domain::{
    batch::{BatchStatus, RecordStatus},
    phase::{PhaseEntry, PhaseStatus},
    signature::{SessionEvent, SignatureMeaning},
};

use super::world::{
    OTHER_STATION, STATION, Writer, batch_id, known_station, operator, rpm, server_key, statement, time,
};
use crate::{
    receive::{Received, Receiver, receive},
    signing::server_time,
    store::{PlantStore, StoreError, StoredOperation},
};

/// A server's store lets the receiving half do what it must; `make` gives a store that holds [`super::world`].
///
/// # Panics
/// Where the store does otherwise.
///
/// # Errors
/// Where the store fails.
pub async fn plant_store<S: PlantStore>(mut make: impl AsyncFnMut() -> S) -> Result<(), StoreError> {
    executes_a_batch(&mut make().await).await?;
    holds_what_depends_on_a_value_out_of_limits(&mut make().await).await?;
    answers_a_repeated_push_with_the_stored_verdicts(&mut make().await).await?;
    takes_what_was_signed_without_the_server(&mut make().await).await?;
    keeps_both_of_two_stations(&mut make().await).await?;
    knows_nothing_of_strangers(&mut make().await).await
}

async fn push(
    store: &mut impl PlantStore,
    station: viruj_domain::ids::StationId,
    operations: &[StoredOperation],
) -> Result<Received, StoreError> {
    let station = known_station(station);
    let keys = [server_key().verifying_key()];
    let server_time = server_time(time(120), &server_key());
    let envelopes: Vec<SignedEnvelope> = operations.iter().map(|operation| operation.signed.clone()).collect();
    receive(store, &Receiver { station: &station, server_keys: &keys, server_time }, &PushRequest { envelopes }).await
}

fn words(verdicts: &[OperationVerdict]) -> Vec<String> {
    let word = |verdict: &OperationVerdict| match verdict.verdict.code() {
        Some(code) => format!("{} {code}", verdict.verdict.word()),
        None => verdict.verdict.word().to_owned(),
    };
    verdicts.iter().map(word).collect()
}

async fn executes_a_batch(store: &mut impl PlantStore) -> Result<(), StoreError> {
    let mut writer = Writer::new(STATION);
    let mut signed = statement(3, 3, PhaseEntry::Confirmed);
    signed.meaning = Some(SignatureMeaning::Performed);
    let operations = [
        writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed)),
        writer.unsigned(&statement(2, 2, rpm("112"))),
        writer.signed(&signed),
    ];
    let received = push(store, STATION, &operations).await?;
    assert_eq!(words(&received.response.verdicts), ["accepted"; 3], "{received:?}");
    let batch = store.batch(&batch_id()).await?;
    let batch = batch.unwrap_or_else(|| panic!("the batch is there"));
    assert_eq!((batch.status, batch.record_status), (BatchStatus::QcReview, RecordStatus::Complete));
    assert!(batch.phases.iter().map(|phase| phase.number).eq(1..=3), "phases come in the order of their numbers");
    assert!(batch.phases.iter().all(|phase| phase.status == PhaseStatus::Completed));
    assert!(batch.phases.iter().all(|phase| phase.version > 1), "a changed phase has a newer version");
    Ok(())
}

async fn holds_what_depends_on_a_value_out_of_limits(store: &mut impl PlantStore) -> Result<(), StoreError> {
    let mut writer = Writer::new(STATION);
    let mut outside = statement(2, 2, rpm("141"));
    outside.reason = Some("Display was stuck".to_owned());
    let mut signed = statement(3, 3, PhaseEntry::Confirmed);
    signed.meaning = Some(SignatureMeaning::Performed);
    let operations =
        [writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed)), writer.unsigned(&outside), writer.signed(&signed)];
    let received = push(store, STATION, &operations).await?;
    assert_eq!(
        words(&received.response.verdicts),
        ["accepted", "accepted_with_deviation out_of_limits", "accepted_with_deviation after_hold"],
        "{received:?}"
    );
    let batch = store.batch(&batch_id()).await?;
    let batch = batch.unwrap_or_else(|| panic!("the batch is there"));
    assert_eq!((batch.status, batch.record_status), (BatchStatus::InProgress, RecordStatus::Incomplete));
    let [_, value, after] = &batch.phases[..] else { panic!("{:?}", batch.phases) };
    assert_eq!((value.status, after.status), (PhaseStatus::Completed, PhaseStatus::Pending));
    let known = value.deviations.first().unwrap_or_else(|| panic!("the phase knows its deviation"));
    assert_eq!((value.deviations.len(), known.operation_id), (1, outside.operation_id.0));
    assert!(!known.code.is_empty() && known.status.is_open(), "{known:?}");
    assert!(after.entries.is_empty(), "what was kept beside does not count");
    Ok(())
}

async fn answers_a_repeated_push_with_the_stored_verdicts(store: &mut impl PlantStore) -> Result<(), StoreError> {
    let mut writer = Writer::new(STATION);
    let operations =
        [writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed)), writer.unsigned(&statement(2, 2, rpm("100")))];
    let first = push(store, STATION, &operations).await?;
    let again = push(store, STATION, &operations).await?;
    assert_eq!(first.response.verdicts, again.response.verdicts);
    assert_eq!((again.response.stopped, again.alarms), (None, vec![]));
    for (operation, verdict) in operations.iter().zip(first.response.verdicts) {
        let kept = store.operation(operation.operation_id).await?;
        assert_eq!(kept, Some(StoredOperation { verdict: Some(verdict), ..operation.clone() }));
    }
    Ok(())
}

async fn takes_what_was_signed_without_the_server(store: &mut impl PlantStore) -> Result<(), StoreError> {
    let mut writer = Writer::new(STATION);
    let mut signed = statement(4, 3, PhaseEntry::Confirmed);
    signed.meaning = Some(SignatureMeaning::Performed);
    let opened = Statement {
        batch_id: None,
        master_record: None,
        action: Action::Session { event: SessionEvent::Opened },
        ..statement(1, 1, PhaseEntry::Confirmed)
    };
    let operations = [
        writer.unsigned(&opened),
        writer.unsigned(&statement(2, 1, PhaseEntry::Confirmed)),
        writer.unsigned(&statement(3, 2, rpm("112"))),
        writer.signed_by_key(&signed),
    ];
    let received = push(store, STATION, &operations).await?;
    assert_eq!(words(&received.response.verdicts), ["accepted"; 4], "{received:?}");
    assert_eq!(store.key_retired_at("0000000000000000").await?, None, "a key that nobody knows is not retired");
    Ok(())
}

async fn keeps_both_of_two_stations(store: &mut impl PlantStore) -> Result<(), StoreError> {
    let one = Writer::new(STATION).unsigned(&statement(1, 1, PhaseEntry::Confirmed));
    let other = Writer::new(OTHER_STATION).unsigned(&statement(2, 1, PhaseEntry::Confirmed));
    assert_eq!(words(&push(store, STATION, &[one]).await?.response.verdicts), ["accepted"]);
    let second = push(store, OTHER_STATION, &[other]).await?.response.verdicts;
    assert_eq!(words(&second), ["accepted_with_deviation duplicate"]);
    assert!(
        matches!(second[0].verdict, Verdict::AcceptedWithDeviation { deviation_id: Some(_), .. }),
        "the verdict names its deviation"
    );
    Ok(())
}

async fn knows_nothing_of_strangers(store: &mut impl PlantStore) -> Result<(), StoreError> {
    assert_eq!(store.batch(&"no-such-batch".into()).await?, None);
    assert_eq!(store.person(&"no-such-person".into()).await?, None);
    assert_eq!(store.person(&operator().id).await?, Some(operator()));
    Ok(())
}
