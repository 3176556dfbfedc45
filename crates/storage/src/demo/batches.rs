//! The 40 batches: where each stands and how far it has come.

use viruj_domain::batch::{BatchStatus, ReleaseStatus};

/// What becomes of one batch.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// From 1; the batch's id is made of it.
    pub(super) number: u32,
    pub(super) plant: &'static str,
    pub(super) status: BatchStatus,
    pub(super) release: ReleaseStatus,
    /// Phases that are completed; every one when beyond the last.
    pub(super) done: u32,
    /// The phase whose value lies outside its limits.
    pub(super) deviates_at: Option<u32>,
    pub(super) hold_reason: Option<&'static str>,
    /// Days since the last thing happened to the batch; negative for one that is planned ahead.
    pub(super) days_ago: i64,
}

impl Plan {
    pub(super) fn id(&self) -> String {
        format!("demo-batch-{:02}", self.number)
    }
}

const ALL: u32 = u32::MAX;

/// Status, release, phases done, deviating phase, reason of a hold, days ago.
type Row = (BatchStatus, ReleaseStatus, u32, Option<u32>, Option<&'static str>, i64);

#[rustfmt::skip]
const HYDERABAD: &[Row] = {
    use {BatchStatus::*, ReleaseStatus::{Hold, Pending, Rejected, Released}};
    &[
        (InProgress, Pending, 14, None, None, 0),
        (InProgress, Pending, 22, Some(22), None, 0),
        (InProgress, Pending, 30, None, None, 0),
        (InProgress, Pending, 5, Some(4), None, 0),
        (Planned, Pending, 0, None, None, 0),
        (Planned, Pending, 0, None, None, -1),
        (Planned, Pending, 0, None, None, -2),
        (QcReview, Pending, ALL, None, None, 1),
        (QcReview, Pending, ALL, Some(32), None, 2),
        (OnHold, Hold, 22, Some(22), Some("Loss on drying above its limit; the dryer's filter bag is being examined."), 3),
        (Delayed, Pending, 9, None, None, 2),
        (Blocked, Pending, 26, None, Some("Press 2 stands still: the turret bearing is being replaced."), 4),
        (Completed, Released, ALL, None, None, 9),
        (Completed, Released, ALL, Some(31), None, 16),
        (Completed, Released, ALL, None, None, 23),
        (Completed, Rejected, ALL, Some(34), None, 30),
    ]
};

#[rustfmt::skip]
const DUBLIN: &[Row] = {
    use {BatchStatus::*, ReleaseStatus::{Hold, Pending, Released}};
    &[
        (InProgress, Pending, 11, None, None, 0),
        (InProgress, Pending, 24, Some(17), None, 0),
        (InProgress, Pending, 33, None, None, 0),
        (Planned, Pending, 0, None, None, -1),
        (Planned, Pending, 0, None, None, -3),
        (QcReview, Pending, ALL, None, None, 1),
        (OnHold, Hold, 31, Some(31), Some("Average weight above its limit at the start of the run; the dosing cam is being checked."), 2),
        (Delayed, Pending, 5, None, None, 1),
        (Blocked, Pending, 12, None, Some("The purified water loop is closed for sanitization."), 1),
        (Completed, Released, ALL, None, None, 8),
        (Completed, Released, ALL, None, None, 15),
        (Completed, Released, ALL, Some(24), None, 22),
    ]
};

#[rustfmt::skip]
const NEW_JERSEY: &[Row] = {
    use {BatchStatus::*, ReleaseStatus::{Hold, Pending, Released}};
    &[
        (InProgress, Pending, 8, None, None, 0),
        (InProgress, Pending, 19, None, None, 0),
        (InProgress, Pending, 28, Some(28), None, 0),
        (Planned, Pending, 0, None, None, -1),
        (Planned, Pending, 0, None, None, -2),
        (QcReview, Pending, ALL, None, None, 2),
        (OnHold, Hold, 18, Some(18), Some("Power at the end point outside its limits; the batch waits for the assessment."), 3),
        (Delayed, Pending, 2, None, None, 1),
        (Blocked, Pending, 20, None, Some("The dryer's exhaust fan has failed."), 2),
        (Completed, Released, ALL, Some(3), None, 10),
        (Completed, Released, ALL, None, None, 17),
        (Completed, Released, ALL, None, None, 25),
    ]
};

/// All 40, in the order of their numbers.
pub(super) fn plans() -> impl Iterator<Item = Plan> {
    [("plant-a", HYDERABAD), ("plant-b", DUBLIN), ("plant-c", NEW_JERSEY)]
        .into_iter()
        .flat_map(|(plant, rows)| rows.iter().map(move |row| (plant, *row)))
        .zip(1..)
        .map(|((plant, (status, release, done, deviates_at, hold_reason, days_ago)), number)| Plan {
            number,
            plant,
            status,
            release,
            done,
            deviates_at,
            hold_reason,
            days_ago,
        })
}
