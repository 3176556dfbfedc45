//! Plants and who sees which of them.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::ids::PlantId;

/// The plants whose rows a reader sees.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlantScope {
    /// Every plant, and rows that belong to none.
    All,
    /// These plants only; an empty set sees nothing.
    Only(BTreeSet<PlantId>),
}

impl PlantScope {
    #[must_use]
    pub fn only(plant: PlantId) -> Self {
        Self::Only(BTreeSet::from([plant]))
    }

    #[must_use]
    pub fn sees(&self, plant: &PlantId) -> bool {
        match self {
            Self::All => true,
            Self::Only(plants) => plants.contains(plant),
        }
    }
}

/// Reads an IANA time zone name; an unknown one is `None`, and the caller falls back to UTC with a warning.
#[must_use]
pub fn time_zone(name: &str) -> Option<Tz> {
    name.parse().ok()
}

/// When a day begins in a zone: at its midnight, or where its clocks have none, at the first moment after it.
#[must_use]
pub fn day_begins(zone: Tz, day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    let found = zone.from_local_datetime(&midnight).earliest();
    found.map_or_else(|| midnight.and_utc(), |start| start.with_timezone(&Utc))
}

/// Whether a plant can have this id: `system` and `unassigned` name feeds of their own, a comma separates plants.
#[must_use]
pub fn is_usable_id(id: &str) -> bool {
    !["system", "unassigned", "*", ""].contains(&id) && !id.contains(',')
}

/// Every IANA name that [`time_zone`] reads, in alphabetical order.
#[must_use]
pub fn time_zone_names() -> Vec<String> {
    let mut names: Vec<_> = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name().to_owned()).collect();
    names.sort_unstable();
    names
}
