//! With real binaries: those `VIRUJ_POSTGRES_DIR` names, else those of the checkout's `node_modules`.
//!
//! The tests run as root too, and then prove that PostgreSQL does not.

use std::error::Error;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use viruj_embedded_postgres::{Cluster, ClusterError, ClusterPlan, find_binaries};

type Checked = Result<(), Box<dyn Error>>;

const HELPER_HOME: &str = "VIRUJ_TEST_CLUSTER_HOME";

/// A home that takes its cluster along when it goes; root's clusters live elsewhere.
struct Home {
    home: tempfile::TempDir,
    folder: Option<PathBuf>,
}

impl Home {
    fn new() -> Result<Self, Box<dyn Error>> {
        Ok(Self { home: tempfile::tempdir()?, folder: None })
    }

    fn plan(&self) -> Result<ClusterPlan, ClusterError> {
        plan(self.home.path())
    }

    async fn start(&mut self) -> Result<Cluster, ClusterError> {
        let cluster = Cluster::start(self.plan()?).await?;
        self.folder = Some(cluster.folder().to_path_buf());
        Ok(cluster)
    }

    fn data(&self) -> Result<PathBuf, Box<dyn Error>> {
        Ok(self.folder.clone().ok_or("not started yet")?.join("data"))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            drop(fs::remove_dir_all(folder));
        }
    }
}

fn plan(home: &Path) -> Result<ClusterPlan, ClusterError> {
    let explicit = std::env::var_os("VIRUJ_POSTGRES_DIR").map(PathBuf::from);
    Ok(ClusterPlan {
        binaries: find_binaries(explicit.as_deref())?,
        home: home.to_path_buf(),
        database: "viruj".to_owned(),
    })
}

/// A start-up message and the type of the first answer: `R` greets a person let in by peer authentication.
async fn greeting(cluster: &Cluster, user: &str) -> Result<char, Box<dyn Error>> {
    let (_, folder) = cluster.database_url().split_once("host=").ok_or("no host in the URL")?;
    let mut socket = UnixStream::connect(Path::new(folder).join(".s.PGSQL.5432")).await?;
    let parameters = format!("user\0{user}\0database\0viruj\0\0");
    let length = u32::try_from(8 + parameters.len())?;
    let mut message = length.to_be_bytes().to_vec();
    message.extend(196_608_u32.to_be_bytes());
    message.extend(parameters.as_bytes());
    socket.write_all(&message).await?;
    Ok(char::from(socket.read_u8().await?))
}

fn postmaster(data: &Path) -> Result<Pid, Box<dyn Error>> {
    let text = fs::read_to_string(data.join("postmaster.pid"))?;
    let number = text.lines().next().ok_or("an empty pid file")?.parse()?;
    Ok(Pid::from_raw(number).ok_or("no process number")?)
}

#[expect(clippy::disallowed_methods, reason = "the loop waits for a condition with a deadline")]
fn wait_for(what: &str, condition: impl Fn() -> bool) -> Checked {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !condition() {
        if Instant::now() > deadline {
            return Err(format!("waited in vain for {what}").into());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

fn is_gone(pid: Pid) -> bool {
    test_kill_process(pid).is_err()
}

/// Not a test: the program that the tests below kill. It owns a cluster until then.
#[tokio::test]
async fn helper_that_owns_a_cluster() -> Checked {
    let Some(home) = std::env::var_os(HELPER_HOME).map(PathBuf::from) else {
        return Ok(());
    };
    let cluster = Cluster::start(plan(&home)?).await?;
    let folder = cluster.folder().to_str().ok_or("not UTF-8")?;
    fs::write(home.join("owned.new"), folder)?;
    fs::rename(home.join("owned.new"), home.join("owned"))?;
    cluster.ended().await;
    Ok(())
}

fn spawn_owner(home: &mut Home) -> Result<Child, Box<dyn Error>> {
    let told = home.home.path().join("owned");
    let owner = Command::new(std::env::current_exe()?)
        .args(["--exact", "helper_that_owns_a_cluster"])
        .env(HELPER_HOME, home.home.path())
        .stdout(Stdio::null())
        .spawn()?;
    wait_for("the owner to start its cluster", || told.exists())?;
    home.folder = Some(PathBuf::from(fs::read_to_string(told)?));
    Ok(owner)
}

#[tokio::test]
async fn it_starts_takes_its_owner_in_and_stops() -> Checked {
    let mut home = Home::new()?;
    let cluster = home.start().await?;
    assert_eq!(greeting(&cluster, "viruj").await?, 'R');
    assert_eq!(greeting(&cluster, "postgres").await?, 'E');
    let pid = postmaster(&home.data()?)?;
    let (_, sockets) = cluster.database_url().split_once("host=").ok_or("no host in the URL")?;
    let sockets = PathBuf::from(sockets);
    assert!(sockets.exists());
    cluster.stop().await?;
    assert!(is_gone(pid));
    assert!(!sockets.exists());
    assert!(!home.data()?.join("postmaster.pid").exists());

    let again = home.start().await?;
    assert_eq!(greeting(&again, "viruj").await?, 'R');
    again.stop().await?;
    Ok(())
}

#[tokio::test]
async fn it_listens_on_no_port_and_keeps_its_folders_private() -> Checked {
    let mut home = Home::new()?;
    let cluster = home.start().await?;
    let pid = fs::read_to_string(home.data()?.join("postmaster.pid"))?;
    // Lines 5 and 6: the folder of the socket, and the address listened on.
    assert_eq!(pid.lines().nth(5), Some(""));
    let sockets = pid.lines().nth(4).ok_or("no socket folder")?;
    assert_eq!(fs::metadata(sockets)?.mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(home.data()?)?.mode() & 0o777, 0o700);
    cluster.stop().await?;
    Ok(())
}

#[tokio::test]
async fn it_never_runs_as_root() -> Checked {
    let mut home = Home::new()?;
    let cluster = home.start().await?;
    let pid = postmaster(&home.data()?)?.as_raw_nonzero();
    let runs_as = fs::metadata(format!("/proc/{pid}"))?.uid();
    assert_ne!(runs_as, 0);
    assert_eq!(runs_as, fs::metadata(home.data()?)?.uid());
    cluster.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_second_station_on_the_same_home_is_refused() -> Checked {
    let mut home = Home::new()?;
    let cluster = home.start().await?;
    let second = Cluster::start(home.plan()?).await;
    assert_eq!(second.err().map(|error| error.code()), Some("postgres_already_running"));
    assert_eq!(greeting(&cluster, "viruj").await?, 'R');
    cluster.stop().await?;
    Ok(())
}

#[tokio::test]
async fn postgres_ends_when_its_owner_is_killed() -> Checked {
    let mut home = Home::new()?;
    let mut owner = spawn_owner(&mut home)?;
    let pid = postmaster(&home.data()?)?;
    owner.kill()?;
    owner.wait()?;
    wait_for("PostgreSQL to follow its owner", || is_gone(pid))?;

    let cluster = home.start().await?;
    assert_eq!(greeting(&cluster, "viruj").await?, 'R');
    cluster.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_start_right_after_a_kill_waits_for_the_old_postgres() -> Checked {
    let mut home = Home::new()?;
    let mut owner = spawn_owner(&mut home)?;
    let old = postmaster(&home.data()?)?;
    // Stopped, it cannot follow its owner, and stands for a shutdown that takes long.
    kill_process(old, Signal::STOP)?;
    owner.kill()?;
    owner.wait()?;
    let plan = home.plan()?;
    let starting = tokio::spawn(Cluster::start(plan));
    kill_process(old, Signal::CONT)?;
    let cluster = starting.await??;
    wait_for("the old PostgreSQL to be reaped", || is_gone(old))?;
    assert_eq!(greeting(&cluster, "viruj").await?, 'R');
    cluster.stop().await?;
    Ok(())
}

#[tokio::test]
async fn owner_and_postgres_killed_together_lose_nothing() -> Checked {
    let mut home = Home::new()?;
    let mut owner = spawn_owner(&mut home)?;
    let pid = postmaster(&home.data()?)?;
    kill_process(pid, Signal::KILL)?;
    owner.kill()?;
    owner.wait()?;
    wait_for("the killed PostgreSQL to go", || is_gone(pid))?;
    assert!(home.data()?.join("postmaster.pid").exists());

    let cluster = home.start().await?;
    assert_eq!(greeting(&cluster, "viruj").await?, 'R');
    cluster.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_pid_file_that_names_another_program_does_not_stop_the_start() -> Checked {
    let mut home = Home::new()?;
    home.start().await?.stop().await?;
    let file = home.data()?.join("postmaster.pid");
    fs::write(&file, format!("{}\n", std::process::id()))?;
    let cluster = home.start().await?;
    assert_eq!(greeting(&cluster, "viruj").await?, 'R');
    cluster.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_half_made_cluster_is_made_again() -> Checked {
    let mut home = Home::new()?;
    home.start().await?.stop().await?;
    let folder = home.folder.clone().ok_or("not started yet")?;
    fs::remove_file(folder.join("cluster.json"))?;
    let half_made = folder.with_extension("making-0123");
    fs::create_dir_all(half_made.join("data/base"))?;

    let cluster = home.start().await?;
    assert_eq!(greeting(&cluster, "viruj").await?, 'R');
    assert!(!half_made.exists());
    // Nobody knows what the unmarked one held, so it is kept.
    let aside = folder.with_extension("unfinished-1");
    assert!(aside.join("data/PG_VERSION").exists());
    cluster.stop().await?;
    fs::remove_dir_all(aside)?;
    Ok(())
}

#[tokio::test]
async fn data_of_a_newer_postgres_is_refused_and_left_alone() -> Checked {
    let mut home = Home::new()?;
    home.start().await?.stop().await?;
    let version = home.data()?.join("PG_VERSION");
    fs::write(&version, "99\n")?;
    let refused = home.start().await;
    assert!(matches!(refused, Err(ClusterError::DataFromNewerVersion { found: 99, .. })));
    assert_eq!(fs::read_to_string(version)?, "99\n");
    Ok(())
}

#[tokio::test]
async fn the_log_says_why_postgres_did_not_start() -> Checked {
    let mut home = Home::new()?;
    home.start().await?.stop().await?;
    fs::remove_file(home.data()?.join("global/pg_control"))?;
    match home.start().await {
        Err(ClusterError::NotStarted { log }) => {
            assert!(log.contains("pg_control"), "{log}");
        }
        other => return Err(format!("expected a refusal, got {other:?}").into()),
    }
    Ok(())
}

#[tokio::test]
async fn another_database_is_added_to_a_cluster_that_exists() -> Checked {
    let mut home = Home::new()?;
    home.start().await?.stop().await?;
    let plan = ClusterPlan { database: "second".to_owned(), ..home.plan()? };
    let cluster = Cluster::start(plan).await?;
    assert!(cluster.database_url().contains("/second?"));
    assert_eq!(greeting(&cluster, "viruj").await?, 'R');
    cluster.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_dropped_cluster_stops_by_itself() -> Checked {
    let mut home = Home::new()?;
    let cluster = home.start().await?;
    let pid = postmaster(&home.data()?)?;
    drop(cluster);
    wait_for("PostgreSQL to stop", || is_gone(pid))?;
    Ok(())
}
