//! What the screen of the audit trail shows and sends.

use serde::{Deserialize, Serialize};

use super::batches::SignatureInput;

view! {
    /// Which entries of the audit trail are wanted; what is left out does not matter.
    pub struct AuditTrailQuery {
        /// A plant's id or `system`.
        pub feed: Option<String>,
        pub entity: Option<String>,
        pub record_id: Option<String>,
        pub actor: Option<String>,
        pub action: Option<String>,
        /// A day of the plant, for example `2026-11-24`.
        pub from: Option<String>,
        /// A day of the plant, the last one that is wanted.
        pub to: Option<String>,
    }

    pub struct AuditTrailPage {
        /// Newest first.
        pub entries: Vec<AuditEntryView>,
        pub next_cursor: Option<String>,
    }

    /// One entry of the trail: who, what, old and new values, where, when and why.
    pub struct AuditEntryView {
        /// The plant's id, `system`, or `unassigned`.
        pub feed: String,
        pub seq: String,
        /// By the server's clock.
        pub at: String,
        /// By the station's clock, where a station recorded the change.
        pub device_at: Option<String>,
        pub actor: String,
        pub actor_name: Option<String>,
        pub station_name: Option<String>,
        pub entity: String,
        pub record_id: String,
        pub action: String,
        pub changes: Vec<AuditChangeView>,
        /// What an event says.
        pub detail: Option<String>,
        pub reason: Option<String>,
        pub hash: String,
        pub reviewed_by: Option<String>,
        pub reviewed_at: Option<String>,
    }

    pub struct AuditChangeView {
        pub field: String,
        pub old: Option<String>,
        pub new: Option<String>,
    }

    /// A review of everything from one entry to another of one feed.
    pub struct AuditReviewInput {
        pub feed: String,
        pub from_seq: String,
        pub to_seq: String,
        /// [`AuditEntryView::hash`] of the last entry, as it was shown.
        pub to_hash: String,
        pub comment: Option<String>,
        pub signature: SignatureInput,
        /// The sentence that the signer saw, in the language shown.
        pub shown_text: String,
        /// BCP 47.
        pub language: String,
    }

    pub struct AuditReviewView {
        pub entry_count: String,
        /// The reviewer's own entries between them, which wait for somebody else.
        pub own_entry_count: String,
        pub person_name: String,
        pub reviewed_at: String,
    }
}
