//! What an earlier start left behind: a postmaster that outlived its station, its backends, its pid file.
//!
//! Called with the cluster's lock held, so whatever still runs here has no station any more.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::error::{ClusterError, io};
use crate::layout::Layout;

/// A fast shutdown writes a checkpoint; on a slow disk that takes a while.
const FAST_SHUTDOWN: Duration = Duration::from_secs(60);
const IMMEDIATE_SHUTDOWN: Duration = Duration::from_secs(10);

pub(crate) fn clear(layout: &Layout) -> Result<(), ClusterError> {
    stop_processes(&layout.data)?;
    remove_foreign_pid_file(&layout.data)?;
    clear_sockets(&layout.sockets)
}

fn stop_processes(data: &Path) -> Result<(), ClusterError> {
    let mut signal = Signal::INT;
    let mut deadline = Instant::now() + FAST_SHUTDOWN;
    let mut told: Option<Vec<Pid>> = None;
    loop {
        let running = processes_in(data);
        let Some(first) = running.first() else {
            return Ok(());
        };
        if told.is_none() {
            tracing::warn!(processes = ?running, ?signal, "stopping a PostgreSQL that outlived its station");
            for process in targets(data, &running, signal) {
                // It may have ended by itself since.
                let _ = kill_process(process, signal);
            }
            told = Some(running);
        } else if Instant::now() > deadline {
            if signal == Signal::QUIT {
                return Err(ClusterError::NotStopped { pid: first.as_raw_nonzero().get() });
            }
            signal = Signal::QUIT;
            deadline = Instant::now() + IMMEDIATE_SHUTDOWN;
            told = None;
        }
        crate::pause::before_looking_again(Duration::from_millis(20));
    }
}

/// The postmaster passes a fast shutdown on to the others and must not find them gone.
/// Backends without a postmaster end by themselves, a busy one when it is told.
fn targets(data: &Path, running: &[Pid], signal: Signal) -> Vec<Pid> {
    let postmaster = pid_in_file(data).filter(|pid| running.contains(pid));
    match postmaster {
        Some(postmaster) => vec![postmaster],
        None if signal == Signal::INT => Vec::new(),
        None => running.to_vec(),
    }
}

/// Every process of PostgreSQL works in its data folder, which tells it from a program that got its old number.
fn processes_in(data: &Path) -> Vec<Pid> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?))
        .filter(|pid| works_in(*pid, data))
        .collect()
}

fn works_in(pid: Pid, data: &Path) -> bool {
    let process = Path::new("/proc").join(pid.as_raw_nonzero().to_string());
    // The program's file may have been replaced by an update meanwhile; then the link ends in " (deleted)".
    let is_postgres =
        fs::read_link(process.join("exe")).is_ok_and(|exe| exe.to_string_lossy().contains("/bin/postgres"));
    is_postgres && fs::read_link(process.join("cwd")).is_ok_and(|folder| same_folder(&folder, data))
}

fn same_folder(a: &Path, b: &Path) -> bool {
    match (fs::metadata(a), fs::metadata(b)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

/// PostgreSQL removes a pid file whose process is gone, but believes one whose number now belongs to another program.
/// Nothing runs in the data folder at this point, so a living number is a foreign one.
/// A dead number stays for PostgreSQL, which also looks after the shared memory that the file names.
fn remove_foreign_pid_file(data: &Path) -> Result<(), ClusterError> {
    let path = data.join("postmaster.pid");
    let Some(pid) = pid_in_file(data) else {
        // Cut short by a full disk or a lost power supply: PostgreSQL would refuse an empty file.
        return match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io("remove", &path)(error)),
            _ => Ok(()),
        };
    };
    if Path::new("/proc").join(pid.as_raw_nonzero().to_string()).exists() {
        tracing::warn!(pid = pid.as_raw_nonzero().get(), "the pid file names another program; removing it");
        fs::remove_file(&path).map_err(io("remove", &path))?;
    }
    Ok(())
}

pub(crate) fn pid_in_file(data: &Path) -> Option<Pid> {
    let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    Pid::from_raw(text.lines().next()?.trim().parse().ok()?)
}

/// PostgreSQL also believes the lock beside a socket when its number lives on.
fn clear_sockets(folder: &Path) -> Result<(), ClusterError> {
    for entry in fs::read_dir(folder).map_err(io("read", folder))? {
        let path = entry.map_err(io("read", folder))?.path();
        fs::remove_file(&path).map_err(io("remove", &path))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{pid_in_file, remove_foreign_pid_file};

    type Checked = Result<(), Box<dyn std::error::Error>>;

    #[test]
    fn a_pid_that_now_belongs_to_another_program_is_removed() -> Checked {
        let data = tempfile::tempdir()?;
        let file = data.path().join("postmaster.pid");
        std::fs::write(&file, format!("{}\n/data\n", std::process::id()))?;
        remove_foreign_pid_file(data.path())?;
        assert!(!file.exists());
        Ok(())
    }

    #[test]
    fn a_pid_of_nobody_is_left_to_postgres() -> Checked {
        let data = tempfile::tempdir()?;
        let file = data.path().join("postmaster.pid");
        // Above every possible process number.
        std::fs::write(&file, "4194305\n/data\n")?;
        remove_foreign_pid_file(data.path())?;
        assert!(file.exists());
        Ok(())
    }

    #[test]
    fn an_empty_pid_file_is_removed() -> Checked {
        let data = tempfile::tempdir()?;
        let file = data.path().join("postmaster.pid");
        std::fs::write(&file, "")?;
        assert!(pid_in_file(data.path()).is_none());
        remove_foreign_pid_file(data.path())?;
        assert!(!file.exists());
        Ok(())
    }
}
