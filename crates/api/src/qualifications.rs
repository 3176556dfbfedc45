//! Who is qualified for what: rows as they travel in the feed and over REST, and what is done to them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use viruj_domain::{
    ids::{PlantId, QualificationId, UserId},
    qualification::Qualification,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct QualificationRow {
    pub id: QualificationId,
    pub plant_id: PlantId,
    pub person_id: UserId,
    pub person_name: String,
    /// As a phase of a master batch record names it.
    pub procedure_code: String,
    pub procedure_title: String,
    /// The last day, in the plant's zone, on which it holds.
    pub valid_until: NaiveDate,
    pub granted_by_name: Option<String>,
    pub granted_at: DateTime<Utc>,
    pub withdrawn_by_name: Option<String>,
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Counts the changes of the row; the ETag.
    pub revision: u32,
}

impl QualificationRow {
    /// The qualification as the rules take it.
    #[must_use]
    pub fn qualification(&self) -> Qualification {
        Qualification {
            person_id: self.person_id.clone(),
            procedure_code: self.procedure_code.clone(),
            valid_until: self.valid_until,
            is_withdrawn: self.withdrawn_at.is_some(),
        }
    }
}

/// Which qualifications, and which page of them; by procedure and person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct QualificationQuery {
    /// 1 to 200; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>)]
    pub person_id: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procedure_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>)]
    pub plant_id: Option<PlantId>,
    /// Those that do not hold after this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_by: Option<NaiveDate>,
    /// A part of the person's name, or of the procedure's code or title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantQualification {
    pub plant_id: PlantId,
    pub person_id: UserId,
    pub procedure_code: String,
    pub procedure_title: String,
    pub valid_until: NaiveDate,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenewQualification {
    pub valid_until: NaiveDate,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawQualification {
    pub reason: String,
}
