//! Deviations: what went another way than the master batch record says.

pub mod capa;
mod lifecycle;

pub use lifecycle::{Deviation, DeviationRefusal, DeviationStep, Missing, missing, step, step_allowed};

use crate::role::words;

words! {
    /// Where a deviation stands.
    DeviationStatus {
        Open = "Open",
        Investigation = "Investigation",
        PendingManagerReview = "Pending Manager Review",
        PendingFinalApproval = "Pending Final Approval",
        Closed = "Closed",
        Rejected = "Rejected",
    }
}

words! {
    /// How much a deviation may harm the product.
    Severity {
        Low = "Low",
        Medium = "Medium",
        High = "High",
        Critical = "Critical",
    }
}

words! {
    /// What opened the deviation.
    DeviationCause {
        OutOfLimits = "out_of_limits",
        TimerOutOfBounds = "timer_out_of_bounds",
        Duplicate = "duplicate",
        AfterHold = "after_hold",
        AuthorityMissing = "authority_missing",
        OutOfOrder = "out_of_order",
        RecordedByPerson = "recorded_by_person",
        /// A lot was charged that was not fit for it.
        LotUnfit = "lot_unfit",
        /// Equipment was used that was not fit for it.
        EquipmentUnfit = "equipment_unfit",
        /// The person was not qualified for the procedure.
        NotQualified = "not_qualified",
    }
}

words! {
    /// What becomes of what the deviation is about; it holds from the final approval on.
    Disposition {
        /// It stays as it was recorded, for the reason given.
        AcceptAsIs = "accept_as_is",
        /// The phase is executed again; the new entry comes in the place of the old one.
        Repeat = "repeat",
        /// The material or the intermediate is rejected: what depends on it is not executed any more.
        RejectMaterial = "reject_material",
        /// The batch is rejected: what depends on it is not executed any more.
        RejectBatch = "reject_batch",
    }
}

impl DeviationStatus {
    /// Whether it still has to be decided.
    #[must_use]
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Rejected)
    }
}

impl DeviationCause {
    /// Whether what depends on the value waits until the deviation is dispositioned: only a value that counts and is not
    /// as it should be makes anything wait.
    #[must_use]
    pub fn holds(self) -> bool {
        matches!(self, Self::OutOfLimits | Self::TimerOutOfBounds | Self::LotUnfit | Self::EquipmentUnfit)
    }

    /// Whether the phase can be executed again. A time that passed is not measured a second time.
    #[must_use]
    pub fn can_be_repeated(self) -> bool {
        self == Self::OutOfLimits
    }
}

#[cfg(test)]
mod tests;
