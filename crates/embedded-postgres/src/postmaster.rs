//! The running PostgreSQL and the thread that owns it.
//!
//! The kernel tells PostgreSQL of our death when the *thread* that started it ends,
//! so it is started by a thread of its own that waits for it, and not by a pool's thread, which comes and goes.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::error::{ClusterError, io};
use crate::layout::Layout;
use crate::leftovers::pid_in_file;
use crate::making::{SUPERUSER, Tools, write_whole};
use crate::room;

/// Recovery after a crash is part of a start, and a disk of a plant floor is slow.
const START: Duration = Duration::from_secs(120);
const LARGEST_LOG: u64 = 4 * 1024 * 1024;
const LOG_TAIL: u64 = 4 * 1024;

/// Durable, and small: one station, a few connections.
/// Statements stay out of the log because their values may be confidential.
const SETTINGS: [&str; 20] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "fsync=on",
    "full_page_writes=on",
    "synchronous_commit=on",
    "max_connections=40",
    "shared_buffers=32MB",
    "max_wal_size=256MB",
    "max_parallel_workers=2",
    "max_wal_senders=2",
    "huge_pages=off",
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_destination=stderr",
    "logging_collector=off",
    "log_min_error_statement=panic",
    "log_statement=none",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
];

/// Starts PostgreSQL and returns once it takes connections.
pub(crate) fn start(layout: &Layout, tools: &Tools<'_>) -> Result<Child, ClusterError> {
    room::check(&layout.data, room::NEEDED_TO_START)?;
    let [hba, ident] = write_access(layout, tools)?;
    let (log, log_start) = open_log(&layout.log)?;
    let errors = log.try_clone().map_err(io("open", &layout.log))?;
    let mut command = tools.account.command(&tools.binaries.join("bin/postgres"), true);
    command.arg("-D").arg(&layout.data);
    command.arg("-k").arg(&layout.sockets);
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    command.args(["-c", &format!("hba_file={hba}")]);
    command.args(["-c", &format!("ident_file={ident}")]);
    let mut child = command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        // Ctrl-C in a terminal is for the station, which then stops PostgreSQL in its own order.
        .process_group(0)
        .spawn()
        .map_err(io("start PostgreSQL in", &layout.data))?;
    let ready = wait_until_ready(&mut child, layout, log_start);
    if ready.is_err() {
        // Not ours any more, whatever state it is in.
        signal(&child, Signal::QUIT);
        drop(child.wait());
    }
    ready.map(|()| child)
}

/// The same question that `pg_ctl -w` asks: what does the eighth line of the pid file say?
fn wait_until_ready(child: &mut Child, layout: &Layout, log_start: u64) -> Result<(), ClusterError> {
    let deadline = Instant::now() + START;
    loop {
        let ended: Option<ExitStatus> = child.try_wait().map_err(io("watch", &layout.data))?;
        if ended.is_some() || Instant::now() > deadline {
            let log = tail(&layout.log, log_start);
            return Err(if room::log_says_full(&log) {
                room::full(&layout.data, room::NEEDED_TO_START)
            } else {
                ClusterError::NotStarted { log }
            });
        }
        if is_ready(&layout.data, child.id()) {
            return Ok(());
        }
        crate::pause::before_looking_again(Duration::from_millis(10));
    }
}

fn is_ready(data: &Path, pid: u32) -> bool {
    let ours = pid_in_file(data).map(|found| found.as_raw_nonzero().get()) == i32::try_from(pid).ok();
    ours && fs::read_to_string(data.join("postmaster.pid"))
        .is_ok_and(|text| text.lines().nth(7).map(str::trim) == Some("ready"))
}

pub(crate) fn signal(child: &Child, signal: Signal) {
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // The child is not reaped before its thread waits for it, so the number is still its own; it may be ending.
        let _ = kill_process(pid, signal);
    }
}

/// Who may connect: the accounts of the operating system that own this station, nobody else and nowhere from.
fn write_access(layout: &Layout, tools: &Tools<'_>) -> Result<[String; 2], ClusterError> {
    let mut names = vec![tools.account.owner.as_str(), tools.account.name.as_str()];
    names.dedup();
    let ident: String =
        names.iter().map(|name| format!("station \"{}\" {SUPERUSER}\n", name.replace('"', "\"\""))).collect();
    let files = [("hba.conf", "local all all peer map=station\n".to_owned()), ("ident.conf", ident)];
    let mut paths = [String::new(), String::new()];
    for (path, (name, text)) in paths.iter_mut().zip(files) {
        let file = layout.folder.join(name);
        write_whole(&file, text.as_bytes(), 0o644)?;
        *path = file.to_str().ok_or_else(|| io("name", &file)(std::io::Error::other("not UTF-8")))?.to_owned();
    }
    Ok(paths)
}

/// One old log is kept, so that the cause of yesterday's crash can still be read.
fn open_log(path: &Path) -> Result<(File, u64), ClusterError> {
    if fs::metadata(path).is_ok_and(|log| log.len() > LARGEST_LOG) {
        fs::rename(path, path.with_extension("log.1")).map_err(io("rename", path))?;
    }
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(io("open", path))?;
    let length = file.metadata().map_err(io("read", path))?.len();
    Ok((file, length))
}

/// The end of what this start has said.
fn tail(path: &Path, from: u64) -> String {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let start = from.max(file.metadata()?.len().saturating_sub(LOG_TAIL));
        file.seek(SeekFrom::Start(start))?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        Ok(text)
    };
    match read() {
        Ok(text) => String::from_utf8_lossy(&text).into_owned(),
        Err(error) => format!("({} cannot be read: {error})", path.display()),
    }
}
