//! Releases of the station, and who is offered one: first the stations of the pilot, then those of the plant, then all.

use uuid::Uuid;

use crate::{
    ids::{ReleaseId, StationId},
    role::words,
};

/// Longest notes, in characters.
pub const LONGEST_NOTES: usize = 4000;

words! {
    /// Where a station stands in the order of updates, and how far a release has come.
    Ring {
        Pilot = "pilot",
        Plant = "plant",
        All = "all",
    }
}

words! {
    /// Whether a release is given out.
    RolloutState {
        Running = "running",
        /// Nobody is offered it; stations that have it keep it.
        Paused = "paused",
        /// Paused for good. What it did is undone by a higher version.
        Withdrawn = "withdrawn",
    }
}

/// How far a release has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rollout {
    pub state: RolloutState,
    pub ring: Ring,
    /// Of the stations of `ring`; those of the rings before it are all meant. 1 to 100.
    pub percentage: u8,
}

/// Whether a share of a ring's stations is one.
#[must_use]
pub fn is_percentage(share: u8) -> bool {
    (1..=100).contains(&share)
}

impl Rollout {
    /// Whether a station of this ring is offered the release.
    #[must_use]
    pub fn reaches(&self, release: ReleaseId, station: StationId, ring: Ring) -> bool {
        self.state == RolloutState::Running
            && (ring < self.ring || ring == self.ring && lot_of(release.0, station.0) < self.percentage)
    }
}

/// 0 to 99, the same for one station and one release whenever it is asked; another release draws other stations first.
fn lot_of(release: Uuid, station: Uuid) -> u8 {
    // The last step of SplitMix64, which spreads ids that differ in a bit over the whole range.
    let mut mixed = (release.as_u128() ^ station.as_u128().rotate_left(1)) as u64 ^ (station.as_u128() >> 64) as u64;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    u8::try_from((mixed ^ (mixed >> 31)) % 100).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(rollout: Rollout, ring: Ring) -> usize {
        let release = ReleaseId(Uuid::from_u128(7));
        (0..1000).filter(|id| rollout.reaches(release, StationId(Uuid::from_u128(*id)), ring)).count()
    }

    #[test]
    fn the_rings_before_are_reached_whole_and_those_behind_not_at_all() {
        let rollout = Rollout { state: RolloutState::Running, ring: Ring::Plant, percentage: 20 };
        assert_eq!(reached(rollout, Ring::Pilot), 1000);
        assert!((150..250).contains(&reached(rollout, Ring::Plant)), "{}", reached(rollout, Ring::Plant));
        assert_eq!(reached(rollout, Ring::All), 0);
        assert_eq!(reached(Rollout { percentage: 100, ..rollout }, Ring::Plant), 1000);
    }

    /// Whoever was reached stays reached when the share grows.
    #[test]
    fn a_growing_share_takes_nobody_out() {
        let release = ReleaseId(Uuid::from_u128(9));
        for id in 0..200 {
            let station = StationId(Uuid::from_u128(id));
            let mut was_reached = false;
            for percentage in 1..=100 {
                let rollout = Rollout { state: RolloutState::Running, ring: Ring::Pilot, percentage };
                let is_reached = rollout.reaches(release, station, Ring::Pilot);
                assert!(is_reached || !was_reached);
                was_reached = is_reached;
            }
            assert!(was_reached);
        }
    }

    #[test]
    fn what_is_paused_or_withdrawn_reaches_nobody() {
        for state in [RolloutState::Paused, RolloutState::Withdrawn] {
            assert_eq!(reached(Rollout { state, ring: Ring::All, percentage: 100 }, Ring::Pilot), 0);
        }
    }
}
