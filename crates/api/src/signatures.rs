//! Attestation of electronic signatures by the server.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use viruj_domain::ids::StationId;

use crate::statement::PersonSlot;

/// Asks the server to attest a statement; the password is checked and stored nowhere.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttestRequest {
    pub station_id: StationId,
    /// The statement's exact bytes, base64; its `meaning` is the meaning of the signature.
    pub statement: String,
    /// Required at the first signing of a session (21 CFR 11.200(a)(1)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub password: String,
}

impl std::fmt::Debug for AttestRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("AttestRequest").field("station_id", &self.station_id).finish_non_exhaustive()
    }
}

/// The slot to be put into the envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttestResponse {
    pub person: PersonSlot,
}
