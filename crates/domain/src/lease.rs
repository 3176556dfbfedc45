//! Leases: which station works on a batch, so that it goes on there when its server is out of reach.
//!
//! While the server answers nobody needs one. A station that has lost it executes only what is leased to it, and what
//! another station records meanwhile is kept beside and takes no effect.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{LeaseId, StationId};

/// How long a lease lives after the server has given or extended it: a day's absence and a night.
pub const LEASE_LIFE: TimeDelta = TimeDelta::hours(48);

/// An operation of a batch by its names (ISA-88: a unit procedure consists of operations).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperationName {
    pub unit_procedure: String,
    pub operation: String,
}

/// A lease of a batch, or of one of its operations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    pub id: LeaseId,
    pub station_id: StationId,
    /// Absent for the whole batch.
    pub operation: Option<OperationName>,
    /// Counts the leases of the batch: the greater one is the later one.
    pub fence: u64,
    pub issued_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// It was given back, or handed over to another station.
    pub ended_at: Option<DateTime<Utc>>,
}

impl Lease {
    #[must_use]
    pub fn lives_at(&self, at: DateTime<Utc>) -> bool {
        self.issued_at <= at && at < self.expires_at && self.ended_at.is_none_or(|ended| at < ended)
    }

    /// Whether it is for what happens in this operation.
    #[must_use]
    pub fn covers(&self, operation: &OperationName) -> bool {
        self.operation.as_ref().is_none_or(|leased| leased == operation)
    }

    /// Whether another lease, of the whole batch for `None`, would be for some of the same.
    #[must_use]
    pub fn meets(&self, operation: Option<&OperationName>) -> bool {
        operation.is_none_or(|operation| self.covers(operation))
    }
}

/// What the envelope of an entry says that it was recorded under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseClaim {
    pub id: LeaseId,
    pub fence: u64,
}

/// The lease of another station under which the phase stood when the station recorded the entry; `leases` are those that
/// cover the phase.
///
/// A claim moves the time to the beginning of its lease at the earliest: a clock that is behind does not take from a
/// station what the server has handed over to it. A claim that is not the station's own, or not of that fence, says
/// nothing.
#[must_use]
pub fn held_elsewhere(
    leases: &[Lease],
    station: StationId,
    claim: Option<LeaseClaim>,
    at: DateTime<Utc>,
) -> Option<&Lease> {
    let is_claimed = |lease: &&Lease| {
        lease.station_id == station && claim.is_some_and(|claim| (claim.id, claim.fence) == (lease.id, lease.fence))
    };
    let at = leases.iter().find(is_claimed).map_or(at, |own| at.max(own.issued_at));
    leases.iter().find(|lease| lease.station_id != station && lease.lives_at(at))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const HERE: StationId = StationId(Uuid::from_u128(1));
    const THERE: StationId = StationId(Uuid::from_u128(2));

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    fn lease(station_id: StationId, fence: u64, (from, until): (i64, i64)) -> Lease {
        Lease {
            id: LeaseId(Uuid::from_u128(u128::from(fence))),
            station_id,
            operation: None,
            fence,
            issued_at: at(from),
            expires_at: at(until),
            ended_at: None,
        }
    }

    fn named(operation: &str) -> OperationName {
        OperationName { unit_procedure: "Blending".to_owned(), operation: operation.to_owned() }
    }

    #[test]
    fn a_lease_lives_until_it_expires_or_ends() {
        let lease = lease(HERE, 1, (1, 10));
        let living = |lease: &Lease| (0..12).filter(|hour| lease.lives_at(at(*hour))).collect::<Vec<_>>();
        assert_eq!(living(&lease), (1..10).collect::<Vec<_>>());
        assert_eq!(living(&Lease { ended_at: Some(at(4)), ..lease }), [1, 2, 3]);
    }

    #[test]
    fn a_lease_of_the_batch_covers_every_operation_and_one_of_an_operation_covers_that() {
        let whole = lease(HERE, 1, (0, 10));
        let part = Lease { operation: Some(named("Charge")), ..whole.clone() };
        assert!(whole.covers(&named("Charge")) && whole.covers(&named("Mix")));
        assert!(part.covers(&named("Charge")) && !part.covers(&named("Mix")));
        assert!(whole.meets(None) && whole.meets(Some(&named("Mix"))));
        assert!(part.meets(None) && part.meets(Some(&named("Charge"))) && !part.meets(Some(&named("Mix"))));
    }

    #[test]
    fn whoever_records_while_another_station_has_the_lease_is_outside_of_it() {
        let leases = [Lease { ended_at: Some(at(5)), ..lease(HERE, 1, (0, 10)) }, lease(THERE, 2, (5, 15))];
        let elsewhere =
            |station, claim, hour| held_elsewhere(&leases, station, claim, at(hour)).map(|lease| lease.fence);
        let own = Some(LeaseClaim { id: leases[0].id, fence: 1 });
        assert_eq!(elsewhere(HERE, own, 4), None, "what was done under a lease that lived counts");
        assert_eq!(elsewhere(HERE, own, 6), Some(2), "the batch was handed over meanwhile");
        assert_eq!(elsewhere(HERE, own, 20), None, "nobody has it any more");
        assert_eq!(elsewhere(THERE, None, 4), Some(1));
        let given = Some(LeaseClaim { id: leases[1].id, fence: 2 });
        assert_eq!(elsewhere(THERE, given, 4), None, "its clock is behind: it had been handed the batch");
        let invented = Some(LeaseClaim { id: leases[1].id, fence: 3 });
        assert_eq!(elsewhere(THERE, invented, 4), Some(1), "a fence that was never given says nothing");
        assert_eq!(elsewhere(HERE, given, 6), Some(2), "another station's lease says nothing");
    }
}
