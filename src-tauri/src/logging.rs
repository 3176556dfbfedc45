//! One JSON line an event, to the standard error and to a file in the data folder that never holds a secret.

use std::{fs, io, path::Path, sync::Mutex};

use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

/// A log file larger than this is put aside at the next start; one older file is kept.
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

fn open_log(data_folder: &Path) -> io::Result<fs::File> {
    let folder = data_folder.join("logs");
    fs::create_dir_all(&folder)?;
    let path = folder.join("station.log");
    if fs::metadata(&path).is_ok_and(|file| file.len() > LARGEST_LOG) {
        fs::rename(&path, folder.join("station.log.1"))?;
    }
    fs::OpenOptions::new().create(true).append(true).open(path)
}
