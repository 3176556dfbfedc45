//! Ids that follow from what was pushed: nothing here draws at random.

use chrono::{DateTime, Utc};
use uuid::{Builder, Uuid};
use viruj_domain::ids::{DeviationId, OperationId};

use crate::signing::{OpenedEnvelope, sha256};

/// The operation's id; one that cannot be read is made from the envelope's hash, so that it stays one operation.
#[must_use]
pub fn operation_id(opened: &OpenedEnvelope) -> OperationId {
    if let Ok(statement) = &opened.statement {
        return statement.operation_id;
    }
    serde_json::from_slice::<serde_json::Value>(&opened.statement_bytes)
        .ok()
        .and_then(|statement| statement.get("operation_id")?.as_str()?.parse().ok())
        .unwrap_or_else(|| OperationId(Builder::from_custom_bytes(first(&opened.hash)).into_uuid()))
}

/// The id of the deviation that an operation opens: a UUIDv7 of the receipt's time and the operation's id.
#[must_use]
pub fn deviation_id(operation: OperationId, received_at: DateTime<Utc>) -> DeviationId {
    let hash = sha256(&[b"viruj-deviation-v1\0", operation.0.as_bytes().as_slice()].concat());
    let millis = u64::try_from(received_at.timestamp_millis()).unwrap_or_default();
    let id: Uuid = Builder::from_unix_timestamp_millis(millis, &first(&hash)).into_uuid();
    DeviationId(id)
}

fn first<const LENGTH: usize>(hash: &[u8; 32]) -> [u8; LENGTH] {
    std::array::from_fn(|index| hash[index])
}
