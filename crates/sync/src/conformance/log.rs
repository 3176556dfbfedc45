use viruj_api::sync::{OperationVerdict, Verdict};
use viruj_domain::phase::PhaseEntry;

use super::world::{OTHER_STATION, STATION, Writer, operation_id, statement, time};
use crate::store::{Appended, OperationLog, StoreError, StoredOperation};

/// An operation log keeps exact bytes, dense per station, and a verdict that never changes.
///
/// # Panics
/// Where the store does otherwise.
///
/// # Errors
/// Where the store fails.
pub async fn operation_log<L: OperationLog>(mut make: impl AsyncFnMut() -> L) -> Result<(), StoreError> {
    starts_empty(&mut make().await).await?;
    keeps_exact_bytes(&mut make().await).await?;
    tells_a_repetition_from_a_forgery(&mut make().await).await?;
    keeps_stations_apart(&mut make().await).await?;
    hands_out_what_has_no_verdict_in_order(&mut make().await).await?;
    never_changes_a_verdict(&mut make().await).await
}

fn three() -> Vec<StoredOperation> {
    let mut writer = Writer::new(STATION);
    (1..=3).map(|number| writer.unsigned(&statement(number, 1, PhaseEntry::Confirmed))).collect()
}

async fn starts_empty(log: &mut impl OperationLog) -> Result<(), StoreError> {
    assert_eq!(log.last(STATION).await?, None);
    assert_eq!(log.operation(operation_id(1)).await?, None);
    assert!(log.without_verdict(STATION, 10).await?.is_empty());
    assert!(log.since(STATION, 1, 10).await?.is_empty());
    Ok(())
}

async fn keeps_exact_bytes(log: &mut impl OperationLog) -> Result<(), StoreError> {
    let operations = three();
    for operation in &operations {
        assert_eq!(log.append(operation.clone()).await?, Appended::New);
    }
    for operation in &operations {
        assert_eq!(log.operation(operation.operation_id).await?.as_ref(), Some(operation));
    }
    assert_eq!(log.last(STATION).await?.as_ref(), operations.last());
    assert_eq!(log.since(STATION, 2, 10).await?, operations[1..]);
    assert_eq!(log.since(STATION, 1, 2).await?, operations[..2]);
    assert!(log.since(STATION, 4, 10).await?.is_empty());
    Ok(())
}

async fn tells_a_repetition_from_a_forgery(log: &mut impl OperationLog) -> Result<(), StoreError> {
    let [first, second, _] = <[StoredOperation; 3]>::try_from(three()).unwrap_or_else(|_| panic!("three were made"));
    assert_eq!(log.append(first.clone()).await?, Appended::New);
    assert_eq!(log.append(first.clone()).await?, Appended::AlreadyThere);
    let other_bytes = Writer::new(STATION).unsigned(&statement(1, 2, PhaseEntry::TimerStarted));
    assert_eq!(log.append(other_bytes).await?, Appended::OtherBytes);
    let same_place = Writer::new(STATION).unsigned(&statement(9, 1, PhaseEntry::Confirmed));
    assert_eq!(log.append(same_place).await?, Appended::SequenceTaken);
    assert_eq!(log.append(second).await?, Appended::New);
    assert_eq!(log.operation(first.operation_id).await?, Some(first));
    Ok(())
}

async fn keeps_stations_apart(log: &mut impl OperationLog) -> Result<(), StoreError> {
    let mine = Writer::new(STATION).unsigned(&statement(1, 1, PhaseEntry::Confirmed));
    let theirs = Writer::new(OTHER_STATION).unsigned(&statement(2, 1, PhaseEntry::Confirmed));
    assert_eq!(log.append(mine.clone()).await?, Appended::New);
    assert_eq!(log.append(theirs.clone()).await?, Appended::New);
    assert_eq!(log.last(STATION).await?, Some(mine.clone()));
    assert_eq!(log.without_verdict(OTHER_STATION, 10).await?, [theirs]);
    assert_eq!(log.since(STATION, 1, 10).await?, [mine]);
    // One operation has one station: the same id from another is other bytes.
    let stolen = Writer::new(OTHER_STATION).unsigned(&statement(1, 1, PhaseEntry::Confirmed));
    assert_eq!(log.append(stolen).await?, Appended::OtherBytes);
    Ok(())
}

async fn hands_out_what_has_no_verdict_in_order(log: &mut impl OperationLog) -> Result<(), StoreError> {
    let operations = three();
    for operation in &operations {
        log.append(operation.clone()).await?;
    }
    assert_eq!(log.without_verdict(STATION, 2).await?, operations[..2]);
    log.set_verdict(verdict(&operations[0], Verdict::Accepted)).await?;
    assert_eq!(log.without_verdict(STATION, 10).await?, operations[1..]);
    log.set_verdict(verdict(&operations[2], Verdict::Accepted)).await?;
    assert_eq!(log.without_verdict(STATION, 10).await?, operations[1..2]);
    Ok(())
}

async fn never_changes_a_verdict(log: &mut impl OperationLog) -> Result<(), StoreError> {
    let operation = three().remove(0);
    log.append(operation.clone()).await?;
    let first = verdict(&operation, Verdict::NotApplied { code: "malformed".to_owned() });
    log.set_verdict(first.clone()).await?;
    log.set_verdict(verdict(&operation, Verdict::Accepted)).await?;
    let kept = log.operation(operation.operation_id).await?;
    assert_eq!(kept, Some(StoredOperation { verdict: Some(first.clone()), ..operation.clone() }));
    assert_eq!(log.append(operation.clone()).await?, Appended::AlreadyThere);
    assert_eq!(log.last(STATION).await?.and_then(|last| last.verdict), Some(first));
    Ok(())
}

fn verdict(operation: &StoredOperation, verdict: Verdict) -> OperationVerdict {
    let (operation_id, station_seq) = (operation.operation_id, operation.station_seq);
    OperationVerdict { operation_id, station_seq, verdict, received_at: time(90) }
}
