//! A private PostgreSQL cluster that starts and stops with the program that owns it.
//!
//! It listens on a Unix socket in a private folder and knows people by their operating system accounts,
//! so there is no port to find, no password to keep and nobody else on the machine who can connect.
//! It never runs as root: see [`Cluster::start`].

mod account;
mod binaries;
mod error;
mod layout;
mod leftovers;
mod making;
mod pause;
mod postmaster;
mod room;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::{oneshot, watch};

pub use binaries::find_binaries;
pub use error::ClusterError;

use account::Account;
use error::io;
use layout::Layout;
use making::{SUPERUSER, Tools};

/// A fast shutdown ends sessions and writes a checkpoint.
const FAST_SHUTDOWN: Duration = Duration::from_secs(60);
const IMMEDIATE_SHUTDOWN: Duration = Duration::from_secs(10);

/// What to run and where.
#[derive(Debug, Clone)]
pub struct ClusterPlan {
    /// The folder that holds `bin/`, `lib/` and `share/`; see [`find_binaries`].
    pub binaries: PathBuf,
    /// The station's data folder; the cluster lives in `postgres` below it.
    pub home: PathBuf,
    /// Made if it is missing. Lower-case letters, digits and underscores.
    pub database: String,
}

/// A running PostgreSQL. Dropping it asks PostgreSQL to stop, [`Cluster::stop`] waits until it has.
#[derive(Debug)]
pub struct Cluster {
    database_url: String,
    folder: PathBuf,
    postmaster: Postmaster,
}

impl Cluster {
    /// Starts the cluster, making it at the first time, and returns once it takes connections.
    ///
    /// Started by root, PostgreSQL runs under the system account `viruj-station`, made if need be,
    /// and its data lies under `/var/lib/viruj-station`, because a home of mode 0700 would hide it from that account.
    pub async fn start(plan: ClusterPlan) -> Result<Cluster, ClusterError> {
        let (tell_ready, ready) = oneshot::channel();
        let (tell_ended, ended) = watch::channel(false);
        let home = plan.home.clone();
        std::thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || own(plan, tell_ready, tell_ended))
            .map_err(io("start a thread for", &home))?;
        let Started { pid, database_url, folder } =
            ready.await.map_err(|_| io("start PostgreSQL in", &home)(std::io::Error::other("panicked")))??;
        Ok(Cluster { database_url, folder, postmaster: Postmaster { pid, ended } })
    }

    /// For `sqlx` and `libpq` alike; holds no secret.
    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// Holds `data/` and `server.log`.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Resolves when PostgreSQL has ended, asked or not.
    pub async fn ended(&self) {
        let mut ended = self.postmaster.ended.clone();
        // The sender goes only after it has told.
        drop(ended.wait_for(|ended| *ended).await);
    }

    /// Ends all sessions, writes a checkpoint and returns when PostgreSQL is gone.
    pub async fn stop(self) -> Result<(), ClusterError> {
        for (signal, patience) in [(Signal::INT, FAST_SHUTDOWN), (Signal::QUIT, IMMEDIATE_SHUTDOWN)] {
            self.postmaster.signal(signal);
            if tokio::time::timeout(patience, self.ended()).await.is_ok() {
                return Ok(());
            }
            tracing::warn!(?signal, "PostgreSQL does not stop");
        }
        Err(ClusterError::NotStopped { pid: self.postmaster.pid.as_raw_nonzero().get() })
    }
}

#[derive(Debug)]
struct Postmaster {
    pid: Pid,
    ended: watch::Receiver<bool>,
}

impl Postmaster {
    fn signal(&self, signal: Signal) {
        if !*self.ended.borrow() {
            // It may be ending at this moment.
            let _ = kill_process(self.pid, signal);
        }
    }
}

impl Drop for Postmaster {
    fn drop(&mut self) {
        self.signal(Signal::INT);
    }
}

struct Started {
    pid: Pid,
    database_url: String,
    folder: PathBuf,
}

type TellReady = oneshot::Sender<Result<Started, ClusterError>>;

/// The owning thread: starts PostgreSQL, then waits for its end with the cluster's lock in hand.
fn own(plan: ClusterPlan, tell_ready: TellReady, tell_ended: watch::Sender<bool>) {
    match prepare_and_start(&plan) {
        Err(error) => drop(tell_ready.send(Err(error))),
        Ok(Running { mut child, started, layout, lock }) => {
            if tell_ready.send(Ok(started)).is_err() {
                // Whoever asked has gone away meanwhile.
                postmaster::signal(&child, Signal::INT);
            }
            match child.wait() {
                Ok(status) => tracing::info!(%status, "PostgreSQL has ended"),
                Err(error) => tracing::error!(%error, "lost sight of PostgreSQL"),
            }
            layout.remove_sockets();
            drop(lock);
        }
    }
    let _ = tell_ended.send(true);
}

struct Running {
    child: Child,
    started: Started,
    layout: Layout,
    lock: File,
}

fn prepare_and_start(plan: &ClusterPlan) -> Result<Running, ClusterError> {
    let home = layout::home(&plan.home)?;
    let lock = layout::lock(&home)?;
    let account = Account::choose()?;
    binaries::make_links(&plan.binaries)?;
    let version = binaries::version(&plan.binaries)?;
    let binaries = if account.differs_from_owner() {
        let copy = layout::system_binaries(&version.full)?;
        binaries::copy(&plan.binaries, &copy)?;
        copy
    } else {
        plan.binaries.clone()
    };
    let layout = Layout::of(&home, &account)?;
    let tools = Tools { binaries: &binaries, account: &account, major: version.major };
    let started = leftovers::clear(&layout)
        .and_then(|()| making::ensure(&layout, &tools, &plan.database))
        .and_then(|()| postmaster::start(&layout, &tools));
    if started.is_err() {
        layout.remove_sockets();
    }
    let child = started?;
    let started = Started {
        pid: Pid::from_child(&child),
        database_url: database_url(&layout.sockets, &plan.database),
        folder: layout.folder.clone(),
    };
    Ok(Running { child, started, layout, lock })
}

fn database_url(sockets: &Path, database: &str) -> String {
    let mut host = String::new();
    for byte in sockets.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                host.push(char::from(*byte));
            }
            other => host.push_str(&format!("%{other:02X}")),
        }
    }
    format!("postgres://{SUPERUSER}@localhost/{database}?host={host}")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::database_url;

    #[test]
    fn the_url_names_the_socket_folder() {
        assert_eq!(
            database_url(Path::new("/run/user/7/a b"), "viruj"),
            "postgres://viruj@localhost/viruj?host=/run/user/7/a%20b"
        );
    }
}
