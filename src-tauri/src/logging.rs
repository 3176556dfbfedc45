//! One JSON line an event, to the standard error and to a file in the data folder that never holds a secret.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Mutex,
};

use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

/// A log file that would grow larger than this is put aside; one older file is kept.
const LARGEST_LOG: u64 = 5 * 1024 * 1024;

/// The server inside the station answers its own station every few seconds; only what goes wrong there is worth a line.
const USUAL: &str = "info,viruj_server::middleware=warn";

/// Starts logging; without a writable folder the standard error has to do.
pub fn start(data_folder: &Path) {
    let filter = std::env::var("LOG_LEVEL")
        .ok()
        .and_then(|level| EnvFilter::try_new(level.to_lowercase()).ok())
        .unwrap_or_else(|| EnvFilter::new(USUAL));
    let to_file = open_log(data_folder)
        .ok()
        .map(|file| tracing_subscriber::fmt::layer().json().with_ansi(false).with_writer(Mutex::new(file)));
    let to_standard_error = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(io::stderr);
    let started = tracing_subscriber::registry().with(filter).with(to_file).with(to_standard_error).try_init();
    if let Err(error) = started {
        tracing::debug!(%error, "logging was already started");
    }
}

fn open_log(data_folder: &Path) -> io::Result<BoundedLog> {
    let folder = data_folder.join("logs");
    fs::create_dir_all(&folder)?;
    BoundedLog::open(folder.join("station.log"), LARGEST_LOG)
}

/// A file that is put aside once it has grown, in the middle of a day too: a station runs for months, and its disk is for
/// its records. One older file is kept, so both together stay below twice the size and a line.
struct BoundedLog {
    path: PathBuf,
    largest: u64,
    file: fs::File,
    length: u64,
}

impl BoundedLog {
    fn open(path: PathBuf, largest: u64) -> io::Result<Self> {
        let file = fs::OpenOptions::new().create(true).append(true).open(&path)?;
        let length = file.metadata()?.len();
        Ok(Self { path, largest, file, length })
    }

    fn put_aside(&mut self) -> io::Result<()> {
        fs::rename(&self.path, self.path.with_extension("log.1"))?;
        *self = Self::open(self.path.clone(), self.largest)?;
        Ok(())
    }
}

impl io::Write for BoundedLog {
    /// Each call is a whole line.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.length > 0 && self.length + line.len() as u64 > self.largest {
            // A log that cannot be put aside goes on where it is: what happened is worth more than its bound.
            drop(self.put_aside());
        }
        self.file.write_all(line)?;
        self.length += line.len() as u64;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn the_log_never_outgrows_its_bound_and_loses_no_line_of_the_last_ones() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("station.log");
        fs::write(&path, "of the day before\n").unwrap();
        let mut log = BoundedLog::open(path.clone(), 100).unwrap();
        for number in 0..40 {
            log.write_all(format!("line {number:02} of the log\n").as_bytes()).unwrap();
        }
        let (older, newer) = (folder.path().join("station.log.1"), path);
        let kept: String = [older, newer].map(|file| fs::read_to_string(file).unwrap()).concat();
        assert!(kept.len() <= 200, "{kept}");
        let last: String = (35..40).map(|number| format!("line {number:02} of the log\n")).collect();
        assert!(kept.ends_with(&last), "{kept}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_log_that_cannot_be_put_aside_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("station.log");
        fs::create_dir(folder.path().join("station.log.1")).unwrap();
        fs::write(folder.path().join("station.log.1/in-the-way"), "").unwrap();
        let mut log = BoundedLog::open(path.clone(), 10).unwrap();
        log.write_all(b"the first line\n").unwrap();
        log.write_all(b"the second line\n").unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), "the first line\nthe second line\n");
    }
}
