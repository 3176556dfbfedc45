//! The states of a production batch, in the words of the legacy database.

use crate::role::words;

words! {
    /// Where a batch stands.
    BatchStatus {
        Planned = "Planned",
        InProgress = "In Progress",
        QcReview = "QC Review",
        Completed = "Completed",
        OnHold = "On Hold",
        Delayed = "Delayed",
        Blocked = "Blocked",
    }
}

words! {
    /// What quality assurance has decided about a batch.
    ReleaseStatus {
        Pending = "Pending",
        Hold = "Hold",
        Released = "Released",
        Rejected = "Rejected",
    }
}

words! {
    /// Whether the batch manufacturing record is complete.
    RecordStatus {
        Complete = "Complete",
        Incomplete = "Incomplete",
    }
}

impl BatchStatus {
    /// Whether phases of a batch in this state may be executed.
    #[must_use]
    pub fn is_executable(self) -> bool {
        matches!(self, BatchStatus::Planned | BatchStatus::InProgress | BatchStatus::Delayed)
    }
}
