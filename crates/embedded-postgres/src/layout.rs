//! Where the cluster, its sockets and its lock are.
//!
//! ```text
//! <home>/postgres.lock      held while a station runs the cluster
//! <home>/postgres/          the cluster; started by root: /var/lib/viruj-station/clusters/<hash of home>/
//!     data/                 PostgreSQL's own, of its account
//!     cluster.json          says that the cluster is whole, and which databases it has
//!     hba.conf ident.conf   written anew at every start, of the owner
//!     server.log
//! ```
//!
//! When root starts it, everything but `data/` belongs to root:
//! root must not write into a folder where the unprivileged account could have planted a link.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::FlockOperation;
use sha2::{Digest, Sha256};

use crate::account::Account;
use crate::error::{ClusterError, io};

/// A home of mode 0700 hides everything below it from PostgreSQL's account, so root's clusters live here.
const SYSTEM_FOLDER: &str = "/var/lib/viruj-station";

/// `sun_path` holds 108 bytes with the closing zero.
const LONGEST_SOCKET_PATH: usize = 107;

/// PostgreSQL names its socket after the port, which nobody listens on.
pub(crate) const PORT: u16 = 5432;

#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) folder: PathBuf,
    pub(crate) data: PathBuf,
    pub(crate) log: PathBuf,
    pub(crate) sockets: PathBuf,
}

impl Layout {
    pub(crate) fn of(home: &Path, account: &Account) -> Result<Self, ClusterError> {
        let key = hash(home);
        let folder = if account.differs_from_owner() {
            let clusters = Path::new(SYSTEM_FOLDER).join("clusters");
            make_folder(Path::new(SYSTEM_FOLDER), 0o755)?;
            make_folder(&clusters, 0o711)?;
            clusters.join(&key)
        } else {
            home.join("postgres")
        };
        Ok(Self { data: folder.join("data"), log: folder.join("server.log"), sockets: sockets(&key, account)?, folder })
    }

    /// The folder is made anew at every start; one that is not empty still belongs to somebody.
    pub(crate) fn remove_sockets(&self) {
        if let Err(error) = fs::remove_dir(&self.sockets) {
            tracing::debug!(folder = %self.sockets.display(), %error, "the socket folder stays");
        }
    }
}

/// Where root keeps a copy of the binaries that PostgreSQL's account can read.
pub(crate) fn system_binaries(version: &str) -> Result<PathBuf, ClusterError> {
    make_folder(Path::new(SYSTEM_FOLDER), 0o755)?;
    Ok(Path::new(SYSTEM_FOLDER).join(format!("postgres-{version}")))
}

/// The home, made if need be, without links or dots in it: one home has one name, hence one cluster.
pub(crate) fn home(home: &Path) -> Result<PathBuf, ClusterError> {
    DirBuilder::new().recursive(true).mode(0o700).create(home).map_err(io("make", home))?;
    fs::canonicalize(home).map_err(io("find", home))
}

/// Only one station may run a cluster. The kernel gives the lock back when its holder dies, however it dies.
pub(crate) fn lock(home: &Path) -> Result<File, ClusterError> {
    let path = home.join("postgres.lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(io("open", &path))?;
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(ClusterError::AlreadyRunning { folder: home.to_path_buf() }),
        Err(error) => Err(io("lock", &path)(error.into())),
    }
}

/// A fresh folder beside `path`, for what must appear under that name whole or not at all.
pub(crate) fn beside(path: &Path) -> Result<PathBuf, ClusterError> {
    let mut chance = [0_u8; 6];
    getrandom::fill(&mut chance).map_err(|error| io("name", path)(std::io::Error::other(error)))?;
    let making = path.with_extension(format!("making-{}", hex::encode(chance)));
    DirBuilder::new().mode(0o755).create(&making).map_err(io("make", &making))?;
    Ok(making)
}

/// What a start that was killed left beside `path`.
pub(crate) fn remove_half_made(path: &Path) -> Result<(), ClusterError> {
    let (Some(parent), Some(stem)) = (path.parent(), path.file_name()) else {
        return Ok(());
    };
    let prefix = format!("{}.making-", stem.to_string_lossy());
    for entry in fs::read_dir(parent).map_err(io("read", parent))? {
        let entry = entry.map_err(io("read", parent))?;
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            tracing::info!(folder = %entry.path().display(), "removing a half-made cluster");
            fs::remove_dir_all(entry.path()).map_err(io("remove", &entry.path()))?;
        }
    }
    Ok(())
}

pub(crate) fn make_folder(folder: &Path, mode: u32) -> Result<(), ClusterError> {
    DirBuilder::new().recursive(true).mode(mode).create(folder).map_err(io("make", folder))?;
    // The mode above is cut by the umask.
    fs::set_permissions(folder, fs::Permissions::from_mode(mode)).map_err(io("open", folder))
}

/// Gives a folder that this process has just made to PostgreSQL's account.
pub(crate) fn hand_over(folder: &Path, account: &Account) -> Result<(), ClusterError> {
    if account.differs_from_owner() {
        std::os::unix::fs::lchown(folder, Some(account.uid), Some(account.gid)).map_err(io("hand over", folder))?;
    }
    Ok(())
}

fn sockets(key: &str, account: &Account) -> Result<PathBuf, ClusterError> {
    let name = format!("viruj-station-{key}");
    let candidates = if account.differs_from_owner() {
        // Root's own runtime folder is closed to the account.
        vec![Path::new("/run").join(&name), Path::new("/tmp").join(&name)]
    } else {
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        runtime
            .into_iter()
            .filter(|folder| folder.is_absolute() && folder.is_dir())
            .chain([PathBuf::from("/tmp")])
            .map(|folder| folder.join(&name))
            .collect()
    };
    let fitting = candidates.iter().filter(|folder| fits(folder)).collect::<Vec<_>>();
    let mut refusal = ClusterError::SocketPathTooLong { folder: candidates.first().cloned().unwrap_or_default() };
    for folder in fitting {
        match private_folder(folder, account) {
            Ok(()) => return Ok(folder.clone()),
            Err(error) => refusal = error,
        }
    }
    Err(refusal)
}

fn fits(folder: &Path) -> bool {
    let longest = folder.join(format!(".s.PGSQL.{PORT}.lock"));
    longest.as_os_str().len() <= LONGEST_SOCKET_PATH
}

/// In `/tmp` anybody may have made the folder before us, so its owner and mode are checked and not assumed.
fn private_folder(folder: &Path, account: &Account) -> Result<(), ClusterError> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => hand_over(folder, account)?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(io("make", folder)(error)),
    }
    let found = fs::symlink_metadata(folder).map_err(io("read", folder))?;
    if found.is_dir() && found.uid() == account.uid && found.mode() & 0o077 == 0 {
        Ok(())
    } else {
        Err(ClusterError::ForeignFolder { folder: folder.to_path_buf() })
    }
}

fn hash(home: &Path) -> String {
    let digest = Sha256::digest(home.as_os_str().as_encoded_bytes());
    hex::encode(digest).chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{beside, fits, hash, lock, remove_half_made};

    #[test]
    fn socket_paths_stay_below_the_limit_of_the_kernel() {
        assert!(fits(Path::new("/run/user/1000/viruj-station-0123456789abcdef")));
        assert!(!fits(Path::new(&format!("/{}", "x".repeat(90)))));
    }

    #[test]
    fn homes_have_names_of_their_own() {
        assert_ne!(hash(Path::new("/home/a")), hash(Path::new("/home/b")));
        assert_eq!(hash(Path::new("/home/a")).len(), 16);
    }

    #[test]
    fn a_held_lock_refuses_a_second_station() -> Result<(), Box<dyn std::error::Error>> {
        let home = tempfile::tempdir()?;
        let held = lock(home.path())?;
        let second = lock(home.path()).map_err(|error| error.code());
        assert_eq!(second.err(), Some("postgres_already_running"));
        drop(held);
        assert!(lock(home.path()).is_ok());
        Ok(())
    }

    #[test]
    fn half_made_folders_go_and_others_stay() -> Result<(), Box<dyn std::error::Error>> {
        let home = tempfile::tempdir()?;
        let cluster = home.path().join("postgres");
        let making = beside(&cluster)?;
        std::fs::create_dir_all(making.join("data"))?;
        std::fs::create_dir(home.path().join("postgres.old"))?;
        remove_half_made(&cluster)?;
        assert!(!making.exists());
        assert!(home.path().join("postgres.old").exists());
        Ok(())
    }
}
