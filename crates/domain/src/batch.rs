//! The states of a production batch, in the words of the legacy database, and what leads from one to another.

use chrono::{DateTime, Datelike, Utc};

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

    /// Whether it may be leased to a station: a batch that is on hold goes on where it was.
    #[must_use]
    pub fn is_leasable(self) -> bool {
        !matches!(self, BatchStatus::QcReview | BatchStatus::Completed)
    }

    /// What becomes of the batch when an entry takes effect; `finishes` when no phase is left to be settled.
    ///
    /// A correction can open a phase again, and then the record is not ready for its review any more.
    #[must_use]
    pub fn after_entry(self, finishes: bool) -> Self {
        match (finishes, self) {
            (true, _) => Self::QcReview,
            (false, Self::Planned | Self::QcReview) => Self::InProgress,
            (false, other) => other,
        }
    }

    /// The status as people see it. Nobody sets `Delayed` or `Blocked`: a batch is delayed while it is made after its
    /// planned end, and blocked while something must be settled elsewhere before any of its phases can go on.
    ///
    /// What a legacy row says of itself stands. The rules of execution ask the status that is written, never this one.
    #[must_use]
    pub fn apparent(self, planned_end: Option<DateTime<Utc>>, now: DateTime<Utc>, is_stopped: bool) -> Self {
        match self {
            Self::InProgress if is_stopped => Self::Blocked,
            Self::Planned | Self::InProgress if planned_end.is_some_and(|end| end < now) => Self::Delayed,
            written => written,
        }
    }
}

impl ReleaseStatus {
    /// Whether quality assurance has decided for good.
    #[must_use]
    pub fn is_decided(self) -> bool {
        matches!(self, Self::Released | Self::Rejected)
    }
}

/// Between these years lies every plan; beyond them a date is a slip of the pen.
const PLANNED_YEARS: std::ops::RangeInclusive<i32> = 2000..=2999;

/// Whether a batch can be planned from one moment to the other.
#[must_use]
pub fn is_plan(start: DateTime<Utc>, end: DateTime<Utc>) -> bool {
    start < end && [start, end].iter().all(|at| PLANNED_YEARS.contains(&at.year()))
}

/// What the numbers of a product's batches begin with: the first three letters of its code, in capitals.
///
/// Numbers are given as in the legacy system, `MET-26-001`: series, year of the plant, number of the series in it.
#[must_use]
pub fn number_series(product_code: &str) -> String {
    let letters = product_code.chars().filter(char::is_ascii_alphabetic).take(3);
    let series: String = letters.map(|letter| letter.to_ascii_uppercase()).collect();
    if series.is_empty() { "BAT".to_owned() } else { series }
}

mod course;

pub use course::{BatchCourse, BatchStep, CourseRefusal, step};

#[cfg(test)]
mod tests;
