//! The processes: started, killed without a warning, started again.

use std::{
    net::TcpListener as FreePort,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::net::TcpListener;
use viruj_embedded_postgres::{Cluster, ClusterPlan, find_binaries};
use viruj_server::{
    SecretKey, ServerSettings, SystemClock, application,
    serve::{asked_to_stop, serve as serve_on},
};
use viruj_storage::migrate::migrate;

use crate::{FOLDER, ROLE, STATIONS, folder_of_the_floor, plant, station};

const SECRET: &str = "dGVzdHMgaGF2ZSBhIHNlY3JldCBvZiB0aGVpciBvd24";
/// Everything comes back within this time, or the run has failed.
const PATIENCE: Duration = Duration::from_secs(180);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Victim {
    Station(usize),
    Server,
    Postgres,
}

impl Victim {
    /// 0 for a station, 1 for the server, 2 for the database.
    pub fn kind(self) -> usize {
        match self {
            Self::Station(_) => 0,
            Self::Server => 1,
            Self::Postgres => 2,
        }
    }
}

/// Everything that runs.
pub struct Floor {
    folder: tempfile::TempDir,
    plan: ClusterPlan,
    cluster: Option<Cluster>,
    server: Option<Child>,
    stations: Vec<Option<Child>>,
}

fn database_file(folder: &Path) -> PathBuf {
    folder.join("database-url")
}

fn address_file(folder: &Path) -> PathBuf {
    folder.join("address")
}

impl Floor {
    /// A plant with all its processes.
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let explicit = std::env::var_os("VIRUJ_POSTGRES_DIR").map(PathBuf::from);
        let binaries = find_binaries(explicit.as_deref()).unwrap();
        let plan = ClusterPlan { binaries, home: folder.path().join("cluster"), database: "kills".to_owned() };
        std::fs::create_dir(&plan.home).unwrap();
        let cluster = Cluster::start(plan.clone()).await.unwrap();
        let url = cluster.database_url().to_owned();
        migrate(&url, &url).await.unwrap();
        plant::fill(&url, STATIONS).await;
        std::fs::write(database_file(folder.path()), url).unwrap();
        let free = FreePort::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        std::fs::write(address_file(folder.path()), free.to_string()).unwrap();
        let mut floor = Self { folder, plan, cluster: Some(cluster), server: None, stations: Vec::new() };
        floor.server = Some(floor.spawn("server"));
        floor.stations = (0..STATIONS).map(|number| Some(floor.spawn(&number.to_string()))).collect();
        floor
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn database_url(&self) -> String {
        std::fs::read_to_string(database_file(self.folder())).unwrap()
    }

    /// This program once more, in a part of its own.
    fn spawn(&self, role: &str) -> Child {
        let log = std::fs::OpenOptions::new().append(true).create(true).open(self.folder().join(format!("{role}.log")));
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed_processes_lose_nothing_and_double_nothing", "--nocapture"])
            .env(ROLE, role)
            .env(FOLDER, self.folder())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log.unwrap())
            .spawn()
            .unwrap()
    }

    /// Ready once every station has recorded something: before, there is nothing to lose.
    pub async fn wait_until_all_work(&self) {
        let all_work = || (0..STATIONS).all(|number| !station::acknowledged(self.folder(), number).is_empty());
        self.wait_until("every station has recorded something", all_work).await;
    }

    async fn wait_until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            assert!(begun.elapsed() < PATIENCE, "{what}: not in time\n{}", self.logs());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The end of what the processes have said.
    fn logs(&self) -> String {
        let end = |role: String| {
            let text = std::fs::read_to_string(self.folder().join(format!("{role}.log"))).unwrap_or_default();
            let lines: Vec<_> = text.lines().rev().take(8).collect();
            format!("{role}:\n{}\n", lines.into_iter().rev().collect::<Vec<_>>().join("\n"))
        };
        std::iter::once("server".to_owned()).chain((0..STATIONS).map(|number| number.to_string())).map(end).collect()
    }

    /// `kill -9`.
    pub async fn kill(&mut self, victim: Victim) {
        match victim {
            Victim::Station(number) => kill(self.stations[number].take()),
            Victim::Server => kill(self.server.take()),
            Victim::Postgres => {
                let cluster = self.cluster.take().unwrap();
                let text = std::fs::read_to_string(cluster.folder().join("data/postmaster.pid")).unwrap();
                let pid =
                    text.lines().next().and_then(|line| line.trim().parse().ok()).and_then(Pid::from_raw).unwrap();
                kill_process(pid, Signal::KILL).unwrap();
                cluster.ended().await;
            }
        }
    }

    pub async fn start_again(&mut self, victim: Victim) {
        match victim {
            Victim::Station(number) => self.stations[number] = Some(self.spawn(&number.to_string())),
            Victim::Server => self.server = Some(self.spawn("server")),
            Victim::Postgres => {
                let begun = Instant::now();
                self.cluster = loop {
                    match Cluster::start(self.plan.clone()).await {
                        Ok(cluster) => break Some(cluster),
                        // Its processes find out one after the other that their head is gone.
                        Err(error) => assert!(begun.elapsed() < PATIENCE, "PostgreSQL does not come back: {error}"),
                    }
                    tokio::time::sleep(Duration::from_millis(100)).await;
                };
            }
        }
        // A server that found no database has ended by itself.
        if let Some(server) = &mut self.server
            && server.try_wait().unwrap().is_some()
        {
            self.server = Some(self.spawn("server"));
        }
    }

    /// The stations record nothing more and end once everything is at the server.
    pub async fn let_the_stations_finish(&mut self) {
        for station in self.stations.iter_mut().flatten() {
            drop(station.stdin.take());
        }
        let begun = Instant::now();
        for number in 0..STATIONS {
            let mut station = self.stations[number].take().unwrap();
            let status = loop {
                if let Some(status) = station.try_wait().unwrap() {
                    break status;
                }
                assert!(begun.elapsed() < PATIENCE, "station {number} does not finish\n{}", self.logs());
                tokio::time::sleep(Duration::from_millis(50)).await;
            };
            assert!(status.success(), "station {number}: {status}\n{}", self.logs());
        }
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        for child in self.stations.drain(..) {
            kill(child);
        }
        kill(self.server.take());
    }
}

fn kill(child: Option<Child>) {
    if let Some(mut child) = child {
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// The plant server in a process of its own.
pub async fn serve() {
    let folder = folder_of_the_floor();
    let url = std::fs::read_to_string(database_file(&folder)).unwrap();
    let address = std::fs::read_to_string(address_file(&folder)).unwrap();
    let settings = ServerSettings::embedded(&url, SecretKey::new(SECRET).unwrap(), folder.join("keys"));
    let server = application(&settings, Arc::new(SystemClock)).await.unwrap();
    let listener = TcpListener::bind(address).await.unwrap();
    serve_on(&server, listener, asked_to_stop()).await.unwrap();
}

/// Where the server is reached.
pub fn server_url(folder: &Path) -> String {
    format!("http://{}", std::fs::read_to_string(address_file(folder)).unwrap())
}
