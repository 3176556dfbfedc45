//! Batches as they are made from a master batch record, put on hold and taken off it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use viruj_domain::{
    ids::{BatchId, MasterRecordId, PlantId, UserId},
    master::Procedure,
};

/// A batch of the size that the effective version of the product's master batch record is written for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateBatch {
    pub plant_id: PlantId,
    pub product_code: String,
    /// The version that was shown; when another one is effective by now, nothing is made.
    pub master_record_id: MasterRecordId,
    pub planned_start: DateTime<Utc>,
    /// After this time the batch is delayed.
    pub planned_end: DateTime<Utc>,
    /// Somebody who executes batches in the plant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<UserId>,
}

/// Why a batch is put on hold, or taken off it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchReason {
    pub reason: String,
}

/// The master record that a batch is executed by, as it was when the batch was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchMasterRecord {
    pub batch_id: BatchId,
    pub master_record_id: MasterRecordId,
    pub master_version: u32,
    pub procedure: Procedure,
    /// SHA-256 of the frozen text as it is now, lower-case hex.
    pub content_hash: String,
    /// Whether that is still the hash that was written down when the copy was made.
    pub is_as_frozen: bool,
    pub frozen_at: DateTime<Utc>,
    pub frozen_by_name: Option<String>,
}
