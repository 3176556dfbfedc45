//! Keys with which people sign at a station that has lost its server.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use viruj_domain::ids::{StationId, UserId};

/// The server's word that a key is a person's, at one station.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonKeyCertificate {
    pub format: u16,
    /// Of the person's key: the first 16 hex digits of the SHA-256 of its 32 public bytes.
    pub key_id: String,
    /// Ed25519, 32 bytes, base64.
    pub public_key: String,
    pub person_id: UserId,
    /// The printed name at the time of the certificate (21 CFR 11.50(a)(1)).
    pub person_name: String,
    pub station_id: StationId,
    pub certified_at: DateTime<Utc>,
    /// Signatures after this time do not count.
    pub expires_at: DateTime<Utc>,
}

/// A certificate's exact bytes with the server's signature over them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignedCertificate {
    /// Canonical JSON of a [`PersonKeyCertificate`], base64.
    pub certificate: String,
    /// Of the server's key.
    pub key_id: String,
    /// Ed25519 of the server's key, base64.
    pub signature: String,
}

/// Asks the server to certify a key that was made at a station for the person who is signed in there.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CertifyPersonKey {
    pub station_id: StationId,
    /// Ed25519, 32 bytes, base64.
    pub public_key: String,
    /// The key's signature over `viruj-person-key-possession-v1\0`, the person's id, a line feed and the station's id.
    pub possession: String,
    /// Asked for once more: whoever found an open session cannot make a key to sign with.
    pub password: String,
}

impl std::fmt::Debug for CertifyPersonKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("CertifyPersonKey").field("station_id", &self.station_id).finish_non_exhaustive()
    }
}

/// A key as the system feed tells it, so that a station learns of its retirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonKeyRow {
    pub key_id: String,
    pub person_id: UserId,
    pub station_id: StationId,
    pub expires_at: DateTime<Utc>,
    pub retired_at: Option<DateTime<Utc>>,
}
