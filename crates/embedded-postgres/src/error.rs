use std::io;
use std::path::{Path, PathBuf};

/// What kept the cluster from running, in the terms of a remedy.
///
/// The user interface reads [`ClusterError::code`] and never the text; the text is for the log.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    #[error("no PostgreSQL binaries found; looked in {}", list(.searched))]
    NoBinaries { searched: Vec<PathBuf> },
    #[error("the PostgreSQL binaries in {} cannot be used: {detail}", .folder.display())]
    BinariesUnusable { folder: PathBuf, detail: String },
    #[error("another station already runs the database in {}", .folder.display())]
    AlreadyRunning { folder: PathBuf },
    #[error("only {free_mib} MiB are free in {}, PostgreSQL needs {needed_mib}", .folder.display())]
    DiskFull { folder: PathBuf, free_mib: u64, needed_mib: u64 },
    #[error("the data was written by PostgreSQL {found}, this program brings {expected}")]
    DataFromNewerVersion { found: u32, expected: u32 },
    #[error("the data was written by PostgreSQL {found} and must be upgraded to {expected} first")]
    DataFromOlderVersion { found: u32, expected: u32 },
    #[error("no unprivileged account can run PostgreSQL: {detail}")]
    NoAccount { detail: String },
    #[error("`{name}` cannot be the name of a database")]
    DatabaseName { name: String },
    #[error("the path {} is too long for a socket", .folder.display())]
    SocketPathTooLong { folder: PathBuf },
    #[error("the folder {} belongs to someone else", .folder.display())]
    ForeignFolder { folder: PathBuf },
    #[error("a new cluster could not be made:\n{log}")]
    NotMade { log: String },
    #[error("PostgreSQL did not start:\n{log}")]
    NotStarted { log: String },
    #[error("PostgreSQL (process {pid}) does not stop")]
    NotStopped { pid: i32 },
    #[error("cannot {action} {}: {source}", .path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
}

impl ClusterError {
    /// A name that stays the same across releases and languages.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoBinaries { .. } => "postgres_binaries_missing",
            Self::BinariesUnusable { .. } => "postgres_binaries_unusable",
            Self::AlreadyRunning { .. } => "postgres_already_running",
            Self::DiskFull { .. } => "disk_full",
            Self::DataFromNewerVersion { .. } => "postgres_data_newer",
            Self::DataFromOlderVersion { .. } => "postgres_data_older",
            Self::NoAccount { .. } => "postgres_account_missing",
            Self::DatabaseName { .. } => "postgres_database_name",
            Self::SocketPathTooLong { .. } => "postgres_socket_path_too_long",
            Self::ForeignFolder { .. } => "postgres_folder_foreign",
            Self::NotMade { .. } => "postgres_not_made",
            Self::NotStarted { .. } => "postgres_not_started",
            Self::NotStopped { .. } => "postgres_not_stopped",
            Self::Io { .. } => "postgres_io",
        }
    }
}

/// A full disk surfaces in many calls; wherever it does, the person needs the same advice.
pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ClusterError {
    let path = path.to_path_buf();
    move |source| match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            crate::room::full(&path, crate::room::NEEDED_TO_START)
        }
        _ => ClusterError::Io { action, path, source },
    }
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}
