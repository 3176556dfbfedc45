//! What the screens show and send when a batch is made, put on hold or taken off it, and its history.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

view! {
    /// A product of which a batch can be made: the version of its master batch record that is effective.
    pub struct MakeableProduct {
        pub master_record_id: Uuid,
        pub product: String,
        pub product_code: String,
        pub version: u32,
    }

    /// What would be made of a version, to be confirmed before it is.
    pub struct BatchProposal {
        pub master_record_id: Uuid,
        pub product: String,
        pub product_code: String,
        pub version: u32,
        pub quantity: String,
        pub unit: String,
        pub phase_count: u32,
        /// The zone of the plant, in which its days begin.
        pub time_zone: String,
        /// Whom the batch can be assigned to.
        pub people: Vec<BatchPerson>,
    }

    pub struct BatchPerson {
        pub id: String,
        pub name: String,
    }

    pub struct MakeBatch {
        pub master_record_id: Uuid,
        pub product_code: String,
        /// The first day in the plant's zone, `2026-12-01`.
        pub planned_first_day: String,
        /// The last one; with its end the batch is delayed.
        pub planned_last_day: String,
        pub assigned_to: Option<String>,
        /// Belongs to the form: sent again, it makes no second batch.
        pub request_key: Uuid,
    }

    pub struct MadeBatch {
        pub id: String,
        pub number: String,
    }

    /// Which station has the batch, so that it goes on there without the server.
    pub struct LeaseView {
        pub place: LeasePlace,
        /// Of the other station.
        pub station_name: Option<String>,
        pub until: Option<String>,
        /// The operation that is leased; absent where the whole batch is.
        pub operation: Option<String>,
        /// What the person may do about it; each needs the server.
        pub steps: Vec<BatchStepName>,
    }

    pub struct BatchStepView {
        pub step: BatchStepName,
    }

    pub struct TakeBatchStep {
        pub batch_id: String,
        /// Of the batch as it was shown.
        pub version: String,
        pub step: BatchStepName,
        pub reason: String,
    }

    pub struct BatchHistoryQuery {
        pub batch_id: String,
        /// [`BatchHistory::next_cursor`] of the page before.
        pub cursor: Option<String>,
    }

    /// Newest first.
    pub struct BatchHistory {
        pub items: Vec<BatchEvent>,
        pub next_cursor: Option<String>,
    }

    /// One change: what, who, when and why.
    pub struct BatchEvent {
        /// The hash of its entry in the audit trail.
        pub id: String,
        pub kind: BatchEventKind,
        /// By the server's clock.
        pub at: String,
        /// By the station's clock, where a station recorded it.
        pub device_at: Option<String>,
        /// Absent where nobody but the program did it.
        pub person_name: Option<String>,
        pub station_name: Option<String>,
        /// Of the phase that it is about.
        pub phase_number: Option<u32>,
        pub phase_title: Option<String>,
        /// What was there before and is there now: a status, a value with its unit, the code of a deviation.
        pub old: Option<String>,
        pub new: Option<String>,
        pub reason: Option<String>,
    }
}

choice! {
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum BatchStepName {
        Hold,
        Resume,
        /// To this station, so that the batch goes on here without the server.
        Take,
        /// To this station from another one.
        TakeOver,
        GiveBack,
    }

    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum LeasePlace {
        Here,
        Elsewhere,
        Nowhere,
    }

    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum BatchEventKind {
        Made,
        Held,
        Resumed,
        /// Another status of the batch.
        Status,
        /// Another decision of quality assurance.
        Release,
        /// Anything else of the batch.
        Changed,
        Recorded,
        Corrected,
        /// What was recorded for others makes a phase no part of this batch, or part of it again.
        PhaseLeft,
        PhaseBack,
        DeviationOpened,
        DeviationChanged,
    }
}
