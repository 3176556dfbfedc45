//! Corrective and preventive actions.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use viruj_domain::{
    deviation::capa::{CapaStatus, Effectiveness},
    ids::{CapaId, DeviationId, PlantId, UserId},
};

use crate::{deviations::NamedPerson, master_records::RecordSignature};

/// An action as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CapaRow {
    pub id: CapaId,
    pub plant_id: PlantId,
    pub code: String,
    pub deviation_id: DeviationId,
    pub deviation_code: String,
    pub title: String,
    pub status: CapaStatus,
    pub owner_id: UserId,
    pub owner_name: String,
    /// A day in the plant's zone.
    pub due_on: NaiveDate,
    pub effectiveness: Option<Effectiveness>,
    pub opened_at: DateTime<Utc>,
    /// Counts the changes of the action; the ETag.
    pub version: u32,
}

/// What signatures are bound to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CapaContent {
    pub code: String,
    pub deviation_code: String,
    pub title: String,
    pub problem: String,
    pub owner_id: UserId,
    pub due_on: NaiveDate,
    /// What is to be done.
    pub action: Option<String>,
    /// What the owner said when it was done.
    pub done_note: Option<String>,
    pub effectiveness: Option<Effectiveness>,
    /// What the check has shown.
    pub effectiveness_note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Capa {
    pub row: CapaRow,
    pub content: CapaContent,
    /// SHA-256 of the content as canonical JSON (RFC 8785), lower-case hex: what a signature is bound to.
    pub content_hash: String,
    pub opened_by: Option<NamedPerson>,
    pub done_by: Option<NamedPerson>,
    pub done_at: Option<DateTime<Utc>>,
    pub judged_by: Option<NamedPerson>,
    pub judged_at: Option<DateTime<Utc>>,
    /// How often it was found not to work and planned anew.
    pub rounds: u32,
    pub signatures: Vec<RecordSignature>,
}

/// Which actions, and which page of them; the next due first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct CapaQuery {
    /// 1 to 200; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub status: Option<CapaStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>)]
    pub plant_id: Option<PlantId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>)]
    pub owner_id: Option<UserId>,
    /// A part of the code or of the title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
}

/// Something corrective or preventive that a deviation asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct OpenCapa {
    pub deviation_id: DeviationId,
    pub title: String,
    /// What is to be kept from happening again.
    pub problem: String,
    pub owner_id: UserId,
    pub due_on: NaiveDate,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct CapaStepRequest {
    pub reason: String,
}

/// What is to be done, by whom and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct PlanCapa {
    pub action: String,
    pub owner_id: UserId,
    pub due_on: NaiveDate,
    pub reason: String,
}

/// That it is done, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct ReportCapaDone {
    pub note: String,
}

/// What the check has shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct JudgeCapa {
    pub effectiveness: Effectiveness,
    pub note: String,
}
