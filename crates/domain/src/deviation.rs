//! Deviations: what went another way than the master batch record says.

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
