//! Pieces of equipment and their logs: rows as they travel in the feed and over REST, and what is done to them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use viruj_domain::{
    equipment::{Cleanliness, Equipment, EquipmentAct, EquipmentStanding, EquipmentState},
    ids::{BatchId, EquipmentId, PlantId, UserId},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct EquipmentRow {
    pub id: EquipmentId,
    pub plant_id: PlantId,
    /// Unique in its plant, as it stands on the label.
    pub code: String,
    pub name: String,
    /// What master batch records ask for, for example `Fluid-bed dryer`.
    pub kind: String,
    pub state: EquipmentState,
    pub cleanliness: Cleanliness,
    pub clean_until: Option<DateTime<Utc>>,
    /// Who has cleaned it last.
    pub cleaned_by: Option<UserId>,
    pub cleaned_by_name: Option<String>,
    /// The batch that it runs for.
    pub in_use_for: Option<BatchId>,
    pub in_use_for_number: Option<String>,
    /// The last day, in the plant's zone, on which its calibration counts; none where it measures nothing.
    pub calibration_due: Option<NaiveDate>,
    /// Counts the changes of the row; the ETag.
    pub revision: u32,
}

impl EquipmentRow {
    /// The piece of equipment as the rules take it.
    #[must_use]
    pub fn equipment(&self) -> Equipment {
        Equipment {
            code: self.code.clone(),
            kind: self.kind.clone(),
            standing: EquipmentStanding {
                state: self.state,
                cleanliness: self.cleanliness,
                clean_until: self.clean_until,
                cleaned_by: self.cleaned_by.clone(),
                in_use_for: self.in_use_for.clone(),
                calibration_due: self.calibration_due,
            },
        }
    }
}

/// One entry of a log, kept for ever (21 CFR 211.182).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct EquipmentLogEntry {
    pub id: Uuid,
    pub act: EquipmentAct,
    /// The server's time; of what a batch's entry took into use, the station's.
    pub at: DateTime<Utc>,
    pub person_id: UserId,
    pub person_name: String,
    pub batch_id: Option<BatchId>,
    pub batch_number: Option<String>,
    pub product: Option<String>,
    pub note: Option<String>,
    pub clean_until: Option<DateTime<Utc>>,
    pub calibration_due: Option<NaiveDate>,
    /// The recorded entry of a batch that took it into use.
    pub operation_id: Option<Uuid>,
}

/// A piece of equipment with the newest entries of its log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct EquipmentDetails {
    pub row: EquipmentRow,
    /// Newest first, at most 50; the rest is at `/log`.
    pub log: Vec<EquipmentLogEntry>,
}

/// Which equipment, and which page of it; by code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct EquipmentQuery {
    /// 1 to 200; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub state: Option<EquipmentState>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub cleanliness: Option<Cleanliness>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>)]
    pub plant_id: Option<PlantId>,
    /// What is to be calibrated by this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration_due_by: Option<NaiveDate>,
    /// A part of the code, the name or the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
}

/// A new piece of equipment: idle, and dirty until it has been cleaned and looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateEquipment {
    pub plant_id: PlantId,
    pub code: String,
    pub name: String,
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration_due: Option<NaiveDate>,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeEquipment {
    pub name: String,
    pub kind: String,
    pub reason: String,
}

/// Something that is done with a piece of equipment now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogEquipment {
    pub act: EquipmentAct,
    /// For `use_begun`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_id: Option<BatchId>,
    /// For `cleaning_verified`: until when it counts as clean; without end when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clean_until: Option<DateTime<Utc>>,
    /// For `calibrated`: when it is to be calibrated next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration_due: Option<NaiveDate>,
    /// What was done, or why: the procedure, the certificate's number.
    pub reason: String,
}
