//! Statement and envelope of the signed operation log, format version 1.
//!
//! Both are written as canonical JSON (RFC 8785): UTF-8, members in order, integers only, absent members left out.
//! The exact bytes are signed and kept; `viruj-sync` makes, signs and verifies them.
//! `docs/sync-protocol.md` gives the bytes and golden vectors.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use viruj_domain::{
    ids::{BatchId, LeaseId, MasterRecordId, OperationId, PhaseId, PlantId, SessionId, StationId, UserId},
    phase::PhaseEntry,
    signature::{SessionEvent, SignatureMeaning},
};

use crate::person_keys::SignedCertificate;

pub const FORMAT_VERSION: u16 = 1;

/// What a person says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    pub format: u16,
    /// UUIDv7, made by the station.
    pub operation_id: OperationId,
    pub person_id: UserId,
    /// The sign-in session at the server; absent for a remembered person who is offline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    pub plant_id: PlantId,
    /// Absent where nothing is said about a batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_id: Option<BatchId>,
    pub action: Action,
    /// The master batch record version that the batch is a frozen copy of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub master_record: Option<MasterReference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Present when the statement is signed: what the signature means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<SignatureMeaning>,
    /// The sentence that the person saw, in the language shown.
    pub shown_text: String,
    /// BCP 47.
    pub language: String,
    pub stated_at: DateTime<Utc>,
    /// IANA name of the zone in which the time was shown.
    pub time_zone: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MasterReference {
    pub id: MasterRecordId,
    pub version: u32,
}

/// What is done; new kinds are added, an existing kind never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", deny_unknown_fields)]
pub enum Action {
    /// An entry for a phase.
    #[serde(rename = "phase.entry")]
    PhaseEntry {
        phase_id: PhaseId,
        /// The phase's version that the operator saw.
        base_version: i64,
        entry: PhaseEntry,
    },
    /// An entry in the place of an earlier one, which stays; the statement's reason says why.
    #[serde(rename = "phase.correction")]
    PhaseCorrection {
        phase_id: PhaseId,
        /// The phase's version that the operator saw.
        base_version: i64,
        /// The operation whose entry is corrected.
        corrects: OperationId,
        entry: PhaseEntry,
    },
    /// Somebody signed in here without the server, tried to, or left: the failed attempts, too, come into the trail
    /// (21 CFR 11.300(d)).
    #[serde(rename = "session.event")]
    Session { event: SessionEvent },
    /// A remark on the batch, or on one of its phases.
    #[serde(rename = "batch.comment")]
    Comment {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phase_id: Option<PhaseId>,
        text: String,
    },
}

impl Action {
    /// The phase that is acted on.
    #[must_use]
    pub fn phase(&self) -> Option<PhaseId> {
        match self {
            Self::PhaseEntry { phase_id, .. } | Self::PhaseCorrection { phase_id, .. } => Some(*phase_id),
            Self::Comment { phase_id, .. } => *phase_id,
            Self::Session { .. } => None,
        }
    }

    /// The entry that is made, and the one in whose place it comes.
    #[must_use]
    pub fn entry(&self) -> Option<(PhaseId, &PhaseEntry, Option<OperationId>)> {
        match self {
            Self::PhaseEntry { phase_id, entry, .. } => Some((*phase_id, entry, None)),
            Self::PhaseCorrection { phase_id, entry, corrects, .. } => Some((*phase_id, entry, Some(*corrects))),
            Self::Comment { .. } | Self::Session { .. } => None,
        }
    }
}

/// What the station did with a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    pub format: u16,
    pub station_id: StationId,
    /// Dense from 1.
    pub station_seq: u64,
    /// SHA-256 of the previous envelope's bytes, lower-case hex; 64 zeros before the first.
    pub prev_hash: String,
    /// The station's wall clock when the entry became durable.
    pub recorded_at: DateTime<Utc>,
    /// Milliseconds since the machine started.
    pub monotonic_ms: u64,
    /// Tells one start of the machine from another.
    pub boot_id: String,
    /// The last server-time token that the station held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_time_token: Option<String>,
    /// Station's clock less the server's, in milliseconds, as the station estimates it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_skew_ms: Option<i64>,
    /// What the station held of the batch; absent for an entry that was made under no lease.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<LeaseId>,
    /// Of that lease.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fence: Option<u64>,
    /// The statement's exact bytes, base64.
    pub statement: String,
    pub person: PersonSlot,
}

/// How the person stands for the statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum PersonSlot {
    /// The entry needs no signature.
    None,
    /// The server saw the password and signed an attestation.
    ServerAttested {
        /// The attestation's exact bytes, base64.
        attestation: String,
        key_id: String,
        /// Ed25519 of the server's key, base64.
        signature: String,
    },
    /// The person's own key signed the statement, as the server has certified it.
    PersonKey {
        certificate: SignedCertificate,
        /// Ed25519 of the person's key over the statement's bytes, base64.
        signature: String,
    },
}

/// An envelope's exact bytes with the station's signature over them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignedEnvelope {
    /// Canonical JSON of an [`Envelope`], base64.
    pub envelope: String,
    /// `ed25519`.
    pub algorithm: String,
    /// 64 bytes, base64.
    pub signature: String,
}

/// The server's word that a person gave the password for exactly this statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    pub format: u16,
    /// Of the statement's bytes, lower-case hex.
    pub statement_sha256: String,
    pub operation_id: OperationId,
    pub person_id: UserId,
    /// The printed name at the time of signing (21 CFR 11.50(a)(1)).
    pub person_name: String,
    pub meaning: SignatureMeaning,
    pub attested_at: DateTime<Utc>,
    pub station_id: StationId,
}
