//! Is there room on the disk? Asked before PostgreSQL starts, because it answers a full disk with a panic.

use std::path::{Path, PathBuf};

use crate::error::ClusterError;

const MIB: u64 = 1024 * 1024;

/// Four WAL segments: enough to start, recover and stop again.
pub(crate) const NEEDED_TO_START: u64 = 64 * MIB;

/// A fresh cluster of 40 MiB, its first WAL segments, and the room to start.
pub(crate) const NEEDED_TO_MAKE: u64 = 160 * MIB;

pub(crate) fn check(folder: &Path, needed: u64) -> Result<(), ClusterError> {
    match free(folder) {
        Some(free) if free < needed => Err(disk_full(folder, free, needed)),
        // A file system that does not say how much it holds is no reason to refuse.
        _ => Ok(()),
    }
}

pub(crate) fn full(folder: &Path, needed: u64) -> ClusterError {
    disk_full(folder, free(folder).unwrap_or(0), needed)
}

/// PostgreSQL itself says in its log that the disk is full.
pub(crate) fn log_says_full(log: &str) -> bool {
    log.contains("No space left on device") || log.contains("Disk quota exceeded")
}

fn disk_full(folder: &Path, free: u64, needed: u64) -> ClusterError {
    ClusterError::DiskFull { folder: folder.to_path_buf(), free_mib: free / MIB, needed_mib: needed / MIB }
}

fn free(folder: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(nearest_existing(folder)).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

fn nearest_existing(folder: &Path) -> PathBuf {
    folder.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(Path::new("/")).to_path_buf()
}

#[cfg(test)]
mod tests {
    use super::{check, full, log_says_full};

    #[test]
    fn a_disk_with_less_than_needed_is_refused_by_code() {
        let refused = check(&std::env::temp_dir(), u64::MAX).map_err(|error| error.code());
        assert_eq!(refused, Err("disk_full"));
        assert!(check(&std::env::temp_dir().join("not/there/yet"), 1).is_ok());
    }

    #[test]
    fn a_full_disk_is_recognised_in_the_log() {
        assert!(log_says_full("PANIC:  could not write to file \"pg_wal/xlogtemp.7\": No space left on device"));
        assert!(!log_says_full("LOG:  database system is ready"));
        assert_eq!(full(&std::env::temp_dir(), 1).code(), "disk_full");
    }
}
