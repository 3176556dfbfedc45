use chrono::{DateTime, Timelike, Utc};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// A time as the old backend wrote it where it named no type: `2026-11-23 16:50:34.515712+00:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, example = "2026-11-23 16:50:34.515712+00:00")]
pub struct SpacedTime(pub DateTime<Utc>);

impl From<DateTime<Utc>> for SpacedTime {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time)
    }
}

impl Serialize for SpacedTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let has_fraction = self.0.nanosecond() >= 1000;
        let format = if has_fraction { "%Y-%m-%d %H:%M:%S%.6f+00:00" } else { "%Y-%m-%d %H:%M:%S+00:00" };
        serializer.collect_str(&self.0.format(format))
    }
}
