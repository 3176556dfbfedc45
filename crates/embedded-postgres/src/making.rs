//! A new cluster, made aside and renamed when it is whole: a start that is killed leaves nothing that looks like one.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::error::{ClusterError, io};
use crate::layout::{self, Layout};
use crate::room;

/// The cluster's superuser. It has no password; who may use it is a question of the operating system's accounts.
pub(crate) const SUPERUSER: &str = "viruj";

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Marker {
    pub(crate) major: u32,
    pub(crate) databases: Vec<String>,
}

/// What PostgreSQL is run with.
pub(crate) struct Tools<'a> {
    pub(crate) binaries: &'a Path,
    pub(crate) account: &'a Account,
    pub(crate) major: u32,
}

/// Makes the cluster where there is none, and the database where it is missing.
pub(crate) fn ensure(layout: &Layout, tools: &Tools<'_>, database: &str) -> Result<(), ClusterError> {
    check_name(database)?;
    layout::remove_half_made(&layout.folder)?;
    let mut marker = match read_marker(&layout.folder)? {
        Some(marker) => marker,
        None => {
            set_unmarked_aside(&layout.folder)?;
            make(layout, tools, database)?
        }
    };
    check_version(&layout.data, tools.major)?;
    if !marker.databases.iter().any(|known| known == database) {
        create_database(&layout.data, tools, database)?;
        marker.databases.push(database.to_owned());
        write_marker(&layout.folder, &marker)?;
    }
    Ok(())
}

fn make(layout: &Layout, tools: &Tools<'_>, database: &str) -> Result<Marker, ClusterError> {
    room::check(&layout.folder, room::NEEDED_TO_MAKE)?;
    tracing::info!(folder = %layout.folder.display(), "making a new PostgreSQL cluster");
    let making = layout::beside(&layout.folder)?;
    let marker = Marker { major: tools.major, databases: vec![database.to_owned()] };
    let made = fill(&making, tools, &marker);
    if made.is_err() {
        // What is left is removed by the next start at the latest.
        drop(fs::remove_dir_all(&making));
    }
    made?;
    fs::rename(&making, &layout.folder).map_err(io("rename", &making))?;
    sync_folder(layout.folder.parent().unwrap_or(Path::new("/")))?;
    Ok(marker)
}

fn fill(making: &Path, tools: &Tools<'_>, marker: &Marker) -> Result<(), ClusterError> {
    let data = making.join("data");
    fs::DirBuilder::new().mode(0o700).create(&data).map_err(io("make", &data))?;
    layout::hand_over(&data, tools.account)?;
    // initdb syncs the whole data folder before it ends, and so does the shutdown of the single-user session.
    let mut initdb = tools.account.command(&tools.binaries.join("bin/initdb"), false);
    initdb
        .arg("-D")
        .arg(&data)
        .args(["--username", SUPERUSER])
        .args(["--encoding=UTF8", "--locale=C.UTF-8"])
        .args(["--auth-local=peer", "--auth-host=reject"])
        .args(["--data-checksums", "--no-instructions"]);
    let output = run(&mut initdb, making, "")?;
    if !output.status.success() {
        return Err(not_made(making, &output));
    }
    for database in &marker.databases {
        create_database(&data, tools, database)?;
    }
    write_marker(making, marker)?;
    sync_folder(making)
}

/// The npm package brings no client, so the database is made by PostgreSQL's single-user session.
fn create_database(data: &Path, tools: &Tools<'_>, database: &str) -> Result<(), ClusterError> {
    let mut single = tools.account.command(&tools.binaries.join("bin/postgres"), false);
    single.arg("--single").arg("-D").arg(data).args(["-c", "log_destination=stderr", "postgres"]);
    let output = run(&mut single, data, &format!("CREATE DATABASE \"{database}\"\n"))?;
    // The session goes on after a failed statement and ends well, so its words decide.
    let said = String::from_utf8_lossy(&output.stderr);
    let failed = ["ERROR:", "FATAL:", "PANIC:"].iter().any(|level| said.contains(level));
    if output.status.success() && (!failed || said.contains("already exists")) {
        Ok(())
    } else {
        Err(not_made(data, &output))
    }
}

fn run(command: &mut Command, folder: &Path, input: &str) -> Result<Output, ClusterError> {
    let failed = |error| io("run PostgreSQL in", folder)(error);
    // The caller's working folder may be closed to the account.
    let mut child = command
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that died before it read has said why; that is the better message.
        drop(stdin.write_all(input.as_bytes()));
    }
    child.wait_with_output().map_err(io("run PostgreSQL in", folder))
}

fn not_made(folder: &Path, output: &Output) -> ClusterError {
    let log = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if room::log_says_full(&log) {
        return room::full(folder, room::NEEDED_TO_MAKE);
    }
    ClusterError::NotMade { log }
}

fn read_marker(folder: &Path) -> Result<Option<Marker>, ClusterError> {
    let path = folder.join("cluster.json");
    match fs::read(&path) {
        // An unreadable marker is treated like none: the cluster is set aside, never removed.
        Ok(text) => Ok(serde_json::from_slice(&text).ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io("read", &path)(error)),
    }
}

fn write_marker(folder: &Path, marker: &Marker) -> Result<(), ClusterError> {
    let path = folder.join("cluster.json");
    let text = serde_json::to_vec_pretty(marker).map_err(|error| io("write", &path)(std::io::Error::other(error)))?;
    write_whole(&path, &text, 0o600)
}

/// Writes a file so that a reader sees the old text or the new one, whatever happens in between.
pub(crate) fn write_whole(path: &Path, text: &[u8], mode: u32) -> Result<(), ClusterError> {
    let new = path.with_extension("new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&new).map_err(io("write", &new))?;
    file.write_all(text).and_then(|()| file.sync_all()).map_err(io("write", &new))?;
    fs::rename(&new, path).map_err(io("write", path))
}

/// A folder without a marker was not finished by us, yet someone may miss what it holds.
fn set_unmarked_aside(folder: &Path) -> Result<(), ClusterError> {
    if fs::symlink_metadata(folder).is_err() {
        return Ok(());
    }
    let aside = (1_u32..)
        .map(|number| folder.with_extension(format!("unfinished-{number}")))
        .find(|aside| fs::symlink_metadata(aside).is_err())
        .unwrap_or_else(|| folder.with_extension("unfinished"));
    tracing::warn!(from = %folder.display(), to = %aside.display(), "setting an unfinished cluster aside");
    fs::rename(folder, &aside).map_err(io("rename", folder))
}

fn check_version(data: &Path, expected: u32) -> Result<(), ClusterError> {
    let path = data.join("PG_VERSION");
    let text = fs::read_to_string(&path).map_err(io("read", &path))?;
    let found: u32 = text
        .trim()
        .parse()
        .map_err(|_| io("read", &path)(std::io::Error::other(format!("not a version: {}", text.trim()))))?;
    match found.cmp(&expected) {
        std::cmp::Ordering::Greater => Err(ClusterError::DataFromNewerVersion { found, expected }),
        std::cmp::Ordering::Less => Err(ClusterError::DataFromOlderVersion { found, expected }),
        std::cmp::Ordering::Equal => Ok(()),
    }
}

/// The name goes into a statement and a URL; a plain one needs quoting in neither.
fn check_name(database: &str) -> Result<(), ClusterError> {
    let plain = database.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if plain && (1..=63).contains(&database.len()) {
        Ok(())
    } else {
        Err(ClusterError::DatabaseName { name: database.to_owned() })
    }
}

fn sync_folder(folder: &Path) -> Result<(), ClusterError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io("sync", folder))
}

#[cfg(test)]
mod tests {
    use super::check_name;

    #[test]
    fn names_that_need_quoting_are_refused() {
        assert!(check_name("viruj_2").is_ok());
        for name in ["", "Viruj", "a\"; DROP", "a-b", &"x".repeat(64)] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }
}
