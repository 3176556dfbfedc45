//! Master batch records: the versions of a product's procedure, and what is done to them.
//!
//! The station's user interface reads and writes the same types, because the procedure on the screen, in the file and on
//! the wire is one document.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use viruj_domain::{
    ids::{MasterRecordId, PlantId, StationId, UserId},
    master::{Change, Fault, MasterRecordStatus, Procedure},
    signature::SignatureMeaning,
};

/// Stands in every file that is exported.
pub const FILE_FORMAT: &str = "viruj-master-batch-record";
pub const FILE_VERSION: u16 = 1;

/// One version of a product's record, without its procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct MasterRecordRow {
    pub id: MasterRecordId,
    pub plant_id: PlantId,
    pub product: String,
    pub product_code: String,
    /// From 1, dense for a product in a plant.
    pub version: u32,
    pub status: MasterRecordStatus,
    /// From when it is, was or will be effective.
    pub effective_from: Option<DateTime<Utc>>,
    pub effective_until: Option<DateTime<Utc>>,
    pub created_by_name: Option<String>,
    pub created_at: DateTime<Utc>,
    /// Counts the changes of the row; the ETag.
    pub revision: u32,
}

/// One version with everything that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct MasterRecord {
    pub row: MasterRecordRow,
    pub procedure: Procedure,
    /// SHA-256 of the procedure's stored text, lower-case hex: what a signature is bound to.
    pub content_hash: String,
    /// The version that it was begun from.
    pub based_on: Option<MasterRecordId>,
    /// Everybody who has written a part of it.
    pub authors: Vec<MasterRecordAuthor>,
    /// What keeps it from being submitted.
    pub faults: Vec<Fault>,
    /// Oldest first; one that no longer fits the content says so.
    pub signatures: Vec<RecordSignature>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct MasterRecordAuthor {
    pub id: UserId,
    pub name: String,
}

/// A signature on a record as it prints (21 CFR 11.50).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct RecordSignature {
    pub id: Uuid,
    pub person_id: UserId,
    pub person_name: String,
    pub meaning: SignatureMeaning,
    pub signed_at: DateTime<Utc>,
    /// IANA name of the zone in which the time is shown.
    pub time_zone: String,
    pub reason: Option<String>,
    /// The hash of what was signed is the hash of what is there (21 CFR 11.70).
    pub is_of_this_content: bool,
}

/// Which versions, and which page of them; by product code, the newest version first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct MasterRecordQuery {
    /// 1 to 200; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub status: Option<MasterRecordStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>)]
    pub plant_id: Option<PlantId>,
    /// A part of the product's name or code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
}

/// A new version, as a draft: of a product that has none yet, or begun from another version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct CreateMasterRecord {
    pub plant_id: PlantId,
    pub procedure: Procedure,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub based_on: Option<MasterRecordId>,
    /// Why there is to be a new version.
    pub reason: String,
}

/// The whole content of a draft, in the place of what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct EditMasterRecord {
    pub procedure: Procedure,
    pub reason: String,
}

/// What is to be looked through before it is saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct CheckProcedure {
    pub procedure: Procedure,
}

/// Everything that is wrong; nothing is when it is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct FaultList {
    pub faults: Vec<Fault>,
}

/// A step of a version's life that is not signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct MasterRecordStep {
    pub reason: String,
    /// For `make_effective` only: the day in the plant's zone with whose beginning it becomes effective, if not at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_on: Option<NaiveDate>,
}

/// A step that is signed: the person gives the password for exactly this content.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignMasterRecord {
    /// Made by the station; the same one is never signed twice.
    pub signature_id: Uuid,
    pub station_id: StationId,
    /// [`MasterRecord::content_hash`] as it was shown.
    pub content_hash: String,
    pub reason: String,
    /// The sentence that the person saw, in the language shown.
    pub shown_text: String,
    /// BCP 47.
    pub language: String,
    /// IANA name of the zone in which the time was shown.
    pub time_zone: String,
    /// Both components at the first signing of a session (21 CFR 11.200(a)(1)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub password: String,
}

impl std::fmt::Debug for SignMasterRecord {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The password stays out of logs.
        formatter.debug_struct("SignMasterRecord").field("signature_id", &self.signature_id).finish_non_exhaustive()
    }
}

/// What was signed, as canonical JSON (RFC 8785); the bytes are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordStatement {
    pub format: u16,
    pub signature_id: Uuid,
    pub person_id: UserId,
    pub entity: String,
    pub entity_id: String,
    pub content_sha256: String,
    pub meaning: SignatureMeaning,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub shown_text: String,
    pub language: String,
    pub stated_at: DateTime<Utc>,
    pub time_zone: String,
}

/// Which version a version is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DifferenceQuery {
    /// The older version.
    #[param(value_type = Uuid)]
    pub from: MasterRecordId,
}

/// What is different in a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DifferenceList {
    pub from_version: u32,
    pub to_version: u32,
    pub changes: Vec<Change>,
}

/// A version as a file. What is not the procedure is for people: an import takes the procedure only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MasterRecordFile {
    /// `viruj-master-batch-record`.
    pub format: String,
    pub format_version: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exported: Option<ExportedFrom>,
    pub procedure: Procedure,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportedFrom {
    pub id: MasterRecordId,
    pub plant_id: PlantId,
    pub version: u32,
    pub status: MasterRecordStatus,
    pub content_hash: String,
    pub exported_at: DateTime<Utc>,
    pub exported_by: String,
}

/// A file to be made a draft of, as the text that it is: what is wrong with it is said place by place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct ImportMasterRecord {
    pub plant_id: PlantId,
    /// At most 4 MiB.
    pub file: String,
    pub reason: String,
}
