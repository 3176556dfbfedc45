//! What the screen of conflicts shows and sends.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{EntryView, deviations::RecordSignatureInput};
use crate::conflicts::{ConflictDecision, ConflictDeviation};

view! {
    /// Which conflicts, and which page of them.
    pub struct ConflictListQuery {
        /// Only those that wait for a decision.
        pub only_open: bool,
        /// [`ConflictList::next_cursor`] of the page before.
        pub cursor: Option<String>,
    }

    pub struct ConflictList {
        pub items: Vec<ConflictView>,
        pub next_cursor: Option<String>,
    }

    /// One of the two entries.
    pub struct ConflictSide {
        pub entry: EntryView,
        pub station_name: String,
        pub received_at: String,
    }

    /// An entry that is kept without effect, beside the one that the step holds.
    pub struct ConflictView {
        pub operation_id: Uuid,
        pub batch_id: String,
        pub batch_number: String,
        pub product: String,
        pub phase_number: u32,
        pub phase_title: String,
        pub kept: ConflictSide,
        pub standing: Option<ConflictSide>,
        /// Why the entry has no effect, as a code.
        pub cause: String,
        pub deviation: Option<ConflictDeviation>,
        pub decision: Option<ConflictDecision>,
        /// What a signature is bound to.
        pub content_hash: String,
        /// Why the person cannot decide, as a code; absent where they can.
        pub refusal: Option<String>,
        /// The zone of its plant.
        pub time_zone: String,
    }

    /// A decision with its signature.
    pub struct DecideConflict {
        pub operation_id: Uuid,
        pub reason: String,
        pub signature: RecordSignatureInput,
    }
}
