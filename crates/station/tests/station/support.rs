use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, oneshot},
    task::JoinHandle,
};
use viruj_api::station::{
    BatchListQuery, BatchSort, BatchView, Connection, DataSource, EntryInput, EntryReceipt, RecordEntry,
    SignatureInput, StationRegistration,
    batch_steps::{BatchStepName, TakeBatchStep},
};
use viruj_client::{Client, HttpOptions, Transport};
use viruj_domain::clock::Clock;
use viruj_server::{Application, serve::serve};
use viruj_station_core::{Machine, StationCore, StationError, StationEvent, StationOptions};
use viruj_sync::conformance::world::{self as plant, batch_id, operator};
use viruj_test_support::{TestApp, TestClock, world};

/// A machine that a test starts anew and fills up; it runs on as the clock does, unless somebody sets the clock.
pub struct TestMachine {
    clock: TestClock,
    starts: AtomicU64,
    started_at: Mutex<DateTime<Utc>>,
    /// By how much somebody has set the clock, in milliseconds.
    set_by_ms: AtomicI64,
    /// In megabytes; plenty when 0.
    pub free_mb: AtomicU64,
}

impl TestMachine {
    fn of(clock: &TestClock) -> Self {
        Self {
            clock: clock.clone(),
            starts: AtomicU64::new(0),
            started_at: Mutex::new(clock.now() - TimeDelta::hours(1)),
            set_by_ms: AtomicI64::new(0),
            free_mb: AtomicU64::new(0),
        }
    }

    /// What the clock would show if nobody had set it.
    fn true_time(&self) -> DateTime<Utc> {
        self.clock.now() - TimeDelta::milliseconds(self.set_by_ms.load(Ordering::Relaxed))
    }

    /// Somebody sets the clock; no time passes.
    pub fn set_clock_by(&self, by: TimeDelta) {
        self.set_by_ms.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
        self.clock.advance(by);
    }

    pub fn start_anew(&self) {
        self.starts.fetch_add(1, Ordering::Relaxed);
        *self.started_at.lock().unwrap() = self.true_time();
    }
}

impl Machine for TestMachine {
    fn boot_id(&self) -> String {
        format!("boot-{}", self.starts.load(Ordering::Relaxed))
    }

    fn monotonic_ms(&self) -> u64 {
        let running = self.true_time() - *self.started_at.lock().unwrap();
        u64::try_from(running.num_milliseconds()).unwrap()
    }

    fn free_bytes(&self, _: &Path) -> Option<u64> {
        match self.free_mb.load(Ordering::Relaxed) {
            0 => None,
            free => Some(free * 1024 * 1024),
        }
    }
}

/// The server's router on a port that it keeps when it goes and comes back.
pub struct Served {
    pub address: SocketAddr,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Served {
    pub async fn start(application: &Application) -> Self {
        let mut served = Self { address: "127.0.0.1:0".parse().unwrap(), running: None };
        served.come_back(application).await;
        served
    }

    pub async fn come_back(&mut self, application: &Application) {
        let listener = loop {
            // The port is given back to us once the last connection of before has ended.
            match TcpListener::bind(self.address).await {
                Ok(listener) => break listener,
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            }
        };
        self.address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let application = application.clone();
        let task = tokio::spawn(async move {
            let stopped = async move { drop(stopped.await) };
            serve(&application, listener, stopped).await.unwrap();
        });
        self.running = Some((stop, task));
    }

    /// The server is gone, and every connection with it.
    pub async fn go(&mut self) {
        if let Some((stop, task)) = self.running.take() {
            drop(stop);
            task.await.unwrap();
        }
    }
}

/// A line to the server that holds back the first request for one path until it is let through.
pub struct HeldLine {
    pub address: SocketAddr,
    held: Arc<Notify>,
    released: Arc<Notify>,
    forwarding: JoinHandle<()>,
}

impl HeldLine {
    pub async fn to(server: SocketAddr, path: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (held, released) = (Arc::<Notify>::default(), Arc::<Notify>::default());
        let (tell, go_on) = (Arc::clone(&held), Arc::clone(&released));
        let forwarding = tokio::spawn(async move {
            let is_over = Arc::<AtomicBool>::default();
            while let Ok((station, _)) = listener.accept().await {
                let (tell, go_on, is_over) = (Arc::clone(&tell), Arc::clone(&go_on), Arc::clone(&is_over));
                tokio::spawn(async move {
                    let (mut from_station, mut to_station) = station.into_split();
                    let (mut from_server, mut to_server) = TcpStream::connect(server).await.unwrap().into_split();
                    let asked = async {
                        let mut bytes = vec![0; 64 * 1024];
                        while let Ok(read @ 1..) = from_station.read(&mut bytes).await {
                            let asks = bytes[..read].windows(path.len()).any(|part| part == path.as_bytes());
                            if asks && !is_over.swap(true, Ordering::Relaxed) {
                                tell.notify_one();
                                go_on.notified().await;
                            }
                            to_server.write_all(&bytes[..read]).await?;
                        }
                        to_server.shutdown().await
                    };
                    _ = tokio::join!(asked, tokio::io::copy(&mut from_server, &mut to_station));
                });
            }
        });
        Self { address, held, released, forwarding }
    }

    pub async fn until_held(&self) {
        self.held.notified().await;
    }

    pub fn release(&self) {
        self.released.notify_one();
    }
}

impl Drop for HeldLine {
    fn drop(&mut self) {
        self.forwarding.abort();
    }
}

/// One station at one server.
pub struct Floor {
    pub app: TestApp,
    pub served: Served,
    pub folder: tempfile::TempDir,
    pub clock: TestClock,
    pub machine: Arc<TestMachine>,
    pub events: Arc<Mutex<Vec<StationEvent>>>,
}

impl Floor {
    pub async fn new() -> Self {
        let app = TestApp::start().await;
        Self::with(app).await
    }

    pub async fn with(app: TestApp) -> Self {
        let served = Served::start(&app.application).await;
        Self {
            served,
            folder: tempfile::tempdir().unwrap(),
            clock: app.clock.clone(),
            machine: Arc::new(TestMachine::of(&app.clock)),
            events: Arc::default(),
            app,
        }
    }

    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn options(&self) -> StationOptions {
        self.options_at(self.served.address)
    }

    pub fn options_at(&self, address: SocketAddr) -> StationOptions {
        let url = format!("http://{address}");
        let client = Client::new(Transport::http(&url, &HttpOptions::default()).unwrap());
        let events = Arc::clone(&self.events);
        StationOptions {
            clock: Arc::new(self.clock.clone()),
            machine: Arc::<TestMachine>::clone(&self.machine),
            listener: Arc::new(move |event| events.lock().unwrap().push(event)),
            ..StationOptions::new(self.data_dir(), client, DataSource::Server)
        }
    }

    pub async fn open(&self) -> StationCore {
        StationCore::open(self.options()).await.unwrap()
    }

    /// As [`Self::unleased_station`], with the batch taken to it.
    pub async fn station(&self) -> StationCore {
        let core = self.unleased_station().await;
        core.take_batch_step(&step(BatchStepName::Take, "")).await.unwrap();
        core
    }

    /// Registered by the administrator, with the operator signed in and everything pulled.
    pub async fn unleased_station(&self) -> StationCore {
        let core = self.open().await;
        core.sign_in(&world::email("admin"), world::PASSWORD).await.unwrap();
        let registration =
            StationRegistration { station_name: "Granulation 2".to_owned(), plant_id: plant::plant_id().0 };
        core.register_station(&registration).await.unwrap();
        core.sign_in(&operator().email, world::PASSWORD).await.unwrap();
        core.sync_now().await.unwrap();
        core
    }

    /// Operations in PostgreSQL by their verdict, and whether the chains are whole.
    pub async fn kept(&self) -> Vec<(i64, String)> {
        let mut connection = self.app.database.superuser().await;
        let rows = sqlx::query_as("SELECT station_seq, verdict FROM operations ORDER BY station_seq");
        let rows: Vec<(i64, String)> = rows.fetch_all(&mut connection).await.unwrap();
        assert!(viruj_storage::audit::verify(&mut connection).await.unwrap().is_whole());
        rows
    }
}

pub async fn batch(core: &StationCore) -> BatchView {
    core.open_batch(batch_id().as_str()).await.unwrap()
}

/// What is done with the whole batch.
pub fn step(step: BatchStepName, reason: &str) -> TakeBatchStep {
    TakeBatchStep { batch_id: batch_id().0, version: "1".to_owned(), step, reason: reason.to_owned() }
}

pub fn entry(batch: &BatchView, number: u32, input: EntryInput) -> RecordEntry {
    let phase = batch.phases.iter().find(|phase| phase.number == number).unwrap();
    RecordEntry {
        batch_id: batch.id.clone(),
        phase_id: phase.id,
        version: phase.version.clone(),
        corrects: None,
        entry: input,
        reason: None,
        signature: None,
        shown_text: "I performed this step as instructed.".to_owned(),
        language: "en".to_owned(),
    }
}

pub fn number(text: &str) -> EntryInput {
    EntryInput::Number { text: text.to_owned(), decimal_separator: ".".to_owned(), lot: None }
}

pub fn signed(mut entry: RecordEntry, password: &str) -> RecordEntry {
    entry.signature = Some(SignatureInput { email: Some(operator().email), password: password.to_owned() });
    entry
}

pub async fn record(core: &StationCore, number: u32, input: EntryInput) -> Result<EntryReceipt, StationError> {
    let entry = entry(&batch(core).await, number, input);
    core.record_entry(entry).await
}

pub fn all_batches() -> BatchListQuery {
    BatchListQuery {
        search: String::new(),
        statuses: Vec::new(),
        sort: BatchSort::Number,
        descending: false,
        only_mine: false,
    }
}

pub async fn is_online(core: &StationCore) -> bool {
    core.status().await.connection == Connection::Online
}

/// Asks until the server answers: a connection of before may still be found dead once.
pub async fn until_it_answers(core: &StationCore) {
    while core.registration_plants().await.is_err() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
