//! What the station asks of the machine it runs on; tests put another in its place.

use std::{path::Path, time::SystemTime};

use chrono::{DateTime, Utc};
use viruj_domain::clock::Clock;

/// The machine: its start, the time since, and the room on its disk.
pub trait Machine: Send + Sync {
    /// Tells one start of the machine from another.
    fn boot_id(&self) -> String;
    /// Milliseconds since the machine started, sleep included; nobody can set this clock back.
    fn monotonic_ms(&self) -> u64;
    /// Bytes that may still be written where `folder` lies; `None` when the system does not say.
    fn free_bytes(&self, folder: &Path) -> Option<u64>;
}

/// The machine that the program runs on.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThisMachine;

impl Machine for ThisMachine {
    fn boot_id(&self) -> String {
        std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
            .map_or_else(|_| "unknown".to_owned(), |id| id.trim().to_owned())
    }

    fn monotonic_ms(&self) -> u64 {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        u64::try_from(time.tv_sec).unwrap_or_default() * 1000
            + u64::try_from(time.tv_nsec).unwrap_or_default() / 1_000_000
    }

    fn free_bytes(&self, folder: &Path) -> Option<u64> {
        let room = rustix::fs::statvfs(folder).ok()?;
        Some(room.f_bavail.saturating_mul(room.f_frsize))
    }
}

/// The wall clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        SystemTime::now().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_answers() {
        let machine = ThisMachine;
        assert_eq!(machine.boot_id().len(), 36);
        assert_eq!(machine.boot_id(), machine.boot_id());
        let earlier = machine.monotonic_ms();
        assert!(earlier > 0 && machine.monotonic_ms() >= earlier);
        assert!(machine.free_bytes(Path::new("/tmp")).is_some_and(|bytes| bytes > 0));
        assert_eq!(machine.free_bytes(Path::new("/no/such/folder")), None);
    }
}
