//! What the screens of lots, equipment and qualifications show and send.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use viruj_domain::{
    equipment::{Cleanliness, EquipmentAct, EquipmentState},
    lot::LotStatus,
    unit::Unit,
};

use crate::{
    equipment::{EquipmentLogEntry, EquipmentRow},
    lots::LotRow,
    qualifications::QualificationRow,
};

view! {
    /// Which lots, and which page of them.
    pub struct LotListQuery {
        pub status: Option<LotStatus>,
        pub search: String,
        /// [`LotList::next_cursor`] of the page before.
        pub cursor: Option<String>,
    }

    pub struct LotList {
        pub items: Vec<LotView>,
        pub next_cursor: Option<String>,
        /// The person may enter lots.
        pub can_manage: bool,
        /// The units that a quantity of material is kept in.
        pub units: Vec<Unit>,
    }

    /// A lot as the person who is signed in sees it.
    pub struct LotView {
        pub row: LotRow,
        /// It has expired or is to be tested again.
        pub is_past_its_dates: bool,
        /// The person may put right what is told of it.
        pub can_change: bool,
        /// What the person may make of it now.
        pub decisions: Vec<LotDecision>,
    }

    pub struct LotDecision {
        pub status: LotStatus,
        /// Why not, as a code; absent when it can be decided so.
        pub refusal: Option<String>,
    }

    pub struct NewLot {
        pub number: String,
        pub material_code: String,
        pub material: String,
        pub details: LotDetailsInput,
        pub reason: String,
        /// Belongs to the form: sent again, it enters no lot twice.
        pub request_key: Uuid,
    }

    /// What is told of a lot, as it is typed in the person's locale.
    pub struct LotDetailsInput {
        pub supplier: Option<String>,
        pub supplier_lot: Option<String>,
        pub quantity: String,
        pub unit: Unit,
        pub manufactured_on: Option<NaiveDate>,
        pub expires_on: Option<NaiveDate>,
        pub retest_on: Option<NaiveDate>,
        pub potency_percent: Option<String>,
        /// `.` or `,`: the decimal key of the locale.
        pub decimal_separator: String,
    }

    pub struct LotChange {
        pub id: Uuid,
        /// Of the lot as it was shown.
        pub revision: u32,
        pub details: LotDetailsInput,
        pub reason: String,
    }

    pub struct DecideOnLot {
        pub id: Uuid,
        /// Of the lot as it was shown.
        pub revision: u32,
        pub status: LotStatus,
        pub reason: String,
    }

    pub struct EquipmentListQuery {
        pub state: Option<EquipmentState>,
        pub cleanliness: Option<Cleanliness>,
        pub search: String,
        /// [`EquipmentList::next_cursor`] of the page before.
        pub cursor: Option<String>,
    }

    pub struct EquipmentList {
        pub items: Vec<EquipmentItem>,
        pub next_cursor: Option<String>,
        /// The person may enter and change equipment.
        pub can_manage: bool,
    }

    pub struct EquipmentItem {
        pub row: EquipmentRow,
        pub is_calibration_overdue: bool,
        pub is_cleaning_expired: bool,
    }

    /// A piece of equipment as the person who is signed in sees it.
    pub struct EquipmentView {
        pub item: EquipmentItem,
        /// Newest first.
        pub log: Vec<EquipmentLogEntry>,
        /// What the person may do with it now.
        pub acts: Vec<EquipmentAct>,
        pub can_manage: bool,
        /// The batches that it could be used for.
        pub batches: Vec<NamedBatch>,
    }

    pub struct NamedBatch {
        pub id: String,
        pub number: String,
        pub product: String,
    }

    pub struct NewEquipment {
        pub code: String,
        pub name: String,
        pub kind: String,
        pub calibration_due: Option<NaiveDate>,
        pub reason: String,
        /// Belongs to the form: sent again, it enters no equipment twice.
        pub request_key: Uuid,
    }

    pub struct EquipmentChange {
        pub id: Uuid,
        /// Of the equipment as it was shown.
        pub revision: u32,
        pub name: String,
        pub kind: String,
        pub reason: String,
    }

    pub struct ActOnEquipment {
        pub id: Uuid,
        /// Of the equipment as it was shown.
        pub revision: u32,
        pub act: EquipmentAct,
        /// For `use_begun`.
        pub batch_id: Option<String>,
        /// For `cleaning_verified`: whole hours from now that it counts as clean; without end when left out.
        pub clean_for_hours: Option<u32>,
        /// For `calibrated`.
        pub calibration_due: Option<NaiveDate>,
        pub reason: String,
    }

    pub struct QualificationListQuery {
        pub search: String,
        /// [`QualificationList::next_cursor`] of the page before.
        pub cursor: Option<String>,
    }

    pub struct QualificationList {
        pub items: Vec<QualificationItem>,
        pub next_cursor: Option<String>,
        /// The person may qualify others.
        pub can_manage: bool,
    }

    pub struct QualificationItem {
        pub row: QualificationRow,
        pub state: QualificationState,
        /// Nobody qualifies themselves.
        pub is_own: bool,
    }

    pub struct QualificationCandidate {
        pub id: String,
        pub name: String,
        pub role: String,
    }

    pub struct NewQualification {
        pub person_id: String,
        pub procedure_code: String,
        pub procedure_title: String,
        pub valid_until: NaiveDate,
        pub reason: String,
        /// Belongs to the form: sent again, it qualifies nobody twice.
        pub request_key: Uuid,
    }

    pub struct QualificationChange {
        pub id: Uuid,
        /// Of the qualification as it was shown.
        pub revision: u32,
        /// The day until which it is renewed; withdrawn when left out.
        pub valid_until: Option<NaiveDate>,
        pub reason: String,
    }
}

choice! {
    /// Whether a qualification holds today.
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum QualificationState {
        Valid,
        Expired,
        Withdrawn,
    }
}
