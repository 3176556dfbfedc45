//! The station's clock beside the server's: what time it is at the least, and how far the two are apart.
//!
//! Somebody may set the wall clock; nobody can set the time since the machine was started. So between two answers of the
//! server the station knows how late it must be, as long as the machine runs on.

use chrono::{DateTime, TimeDelta, Utc};
use viruj_api::station::ClockOff;

use super::StationCore;
use crate::{StationError, StationIdentity};

/// How far the station's clock may be off before nothing is signed by it (offline.md, "Time").
const LIMIT: TimeDelta = TimeDelta::minutes(2);
/// How far it is off before the screen says so.
const SHOWN: TimeDelta = TimeDelta::minutes(1);

impl StationCore {
    /// The server's time now, counted on from its last word; `None` before the first one and after a restart of the
    /// machine, until the server is heard again.
    fn counted_time(&self) -> Option<DateTime<Utc>> {
        let known = self.state().server_time.clone()?;
        let machine = &self.options.machine;
        let is_same_start = known.boot_id == machine.boot_id();
        let elapsed = machine.monotonic_ms().checked_sub(known.monotonic_ms).filter(|_| is_same_start)?;
        Some(known.time + TimeDelta::milliseconds(i64::try_from(elapsed).ok()?))
    }

    /// The station's clock less the server's: as it must be now, or as it was when the server was heard last.
    pub(super) fn skew(&self) -> Option<TimeDelta> {
        let counted = self.counted_time().map(|counted| self.now() - counted);
        counted.or_else(|| self.state().server_time.as_ref().map(|known| known.station_time - known.time))
    }

    /// What the screen says of a clock that is off.
    pub(super) fn clock_off(&self) -> Option<ClockOff> {
        let skew = self.skew().filter(|skew| skew.abs() >= SHOWN)?;
        let minutes = u32::try_from(skew.abs().num_minutes()).unwrap_or(u32::MAX);
        Some(ClockOff { minutes, is_ahead: skew > TimeDelta::zero() })
    }

    /// No earlier than the server's last word and what has passed since, whatever the station's clock says.
    pub(super) fn latest_known_time(&self) -> DateTime<Utc> {
        let heard = self.state().server_time.as_ref().map(|known| known.time);
        [self.counted_time(), heard].into_iter().flatten().fold(self.now(), DateTime::max)
    }

    /// A signature says when it was given: a clock that was set back or ahead signs nothing (offline.md, "Time").
    pub(super) async fn check_clock(&self, identity: &StationIdentity) -> Result<(), StationError> {
        let last = self.store.last_recorded_at(identity.station_id).await?;
        let newest = last.into_iter().chain([self.latest_known_time()]).max();
        if let Some(known) = newest.filter(|newest| self.now() + LIMIT < *newest) {
            return Err(StationError::ClockBehind { known });
        }
        match self.counted_time().filter(|counted| self.now() - LIMIT > *counted) {
            Some(counted) => Err(StationError::ClockAhead { counted }),
            None => Ok(()),
        }
    }
}
