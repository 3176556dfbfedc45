//! A signature on a whole record: the person gives the password for exactly this content.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use viruj_domain::ids::StationId;

/// What a person sends to sign a step of a record.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignRecord {
    /// Made by the station; the same one is never signed twice.
    pub signature_id: Uuid,
    pub station_id: StationId,
    /// SHA-256 of the content as it was shown, lower-case hex.
    pub content_hash: String,
    /// What is said with the step.
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

impl std::fmt::Debug for SignRecord {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The password stays out of logs.
        formatter.debug_struct("SignRecord").field("signature_id", &self.signature_id).finish_non_exhaustive()
    }
}
