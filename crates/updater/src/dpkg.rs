//! The system's package manager, by its own programs.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use viruj_release::{STATION_PACKAGE, Version};

use crate::install::Failure;

/// Files of the administrator's own that belong to a package's control part, as dpkg keeps them.
const CONTROL_FILES: [&str; 6] = ["preinst", "postinst", "prerm", "postrm", "conffiles", "triggers"];
const INFO: &str = "/var/lib/dpkg/info";

/// The version that is installed.
pub fn installed() -> Result<Version, Failure> {
    let told = told(Command::new("dpkg-query").args(["--show", "--showformat=${Version}", STATION_PACKAGE]))?;
    Version::parse(told.trim()).map_err(|_| Failure::Installed(told))
}

/// Debian's name of this machine's processor.
pub fn architecture() -> Result<String, Failure> {
    Ok(told(Command::new("dpkg").arg("--print-architecture"))?.trim().to_owned())
}

/// Installs a package, a lower version too: the caller has judged it.
pub fn install(package: &Path) -> Result<(), Failure> {
    told(
        Command::new("dpkg")
            .args(["--force-downgrade", "--force-confold", "--force-confdef", "--install"])
            .arg(package)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
    .map(drop)
}

/// Packs the installed version again from its files, for a package that did not come by the updater.
pub fn pack_installed(into: &Path) -> Result<(), Failure> {
    let work = into.with_extension("files");
    let _ = fs::remove_dir_all(&work);
    let control = work.join("DEBIAN");
    fs::create_dir_all(&control)?;
    let listed = told(Command::new("dpkg-query").args(["--listfiles", STATION_PACKAGE]))?;
    for path in listed.lines().map(Path::new).filter(|path| path.is_absolute()) {
        if !fs::symlink_metadata(path)?.is_dir() {
            told(Command::new("cp").args(["--archive", "--parents", "--target-directory"]).arg(&work).arg(path))?;
        }
    }
    let status = told(Command::new("dpkg-query").args(["--status", STATION_PACKAGE]))?;
    fs::write(control.join("control"), control_of(&status))?;
    for name in CONTROL_FILES {
        let kept: PathBuf = [INFO, &format!("{STATION_PACKAGE}.{name}")].iter().collect();
        if kept.exists() {
            fs::copy(&kept, control.join(name))?;
        }
    }
    told(Command::new("dpkg-deb").args(["--root-owner-group", "-Zgzip", "-z1", "--build"]).arg(&work).arg(into))?;
    fs::remove_dir_all(&work)?;
    Ok(())
}

/// A package's control file of what dpkg tells of an installed one.
fn control_of(status: &str) -> String {
    let mut control = String::new();
    let mut is_left_out = false;
    for line in status.lines() {
        if !line.starts_with(' ') {
            is_left_out = line.starts_with("Status:") || line.starts_with("Conffiles:");
        }
        if !is_left_out {
            control.push_str(line);
            control.push('\n');
        }
    }
    control
}

/// Restarts the station where systemd looks after it. Elsewhere whoever started it does.
pub fn restart_station() {
    if Path::new("/run/systemd/system").exists() {
        let _ = Command::new("systemctl").args(["--no-block", "try-restart", "viruj-station-kiosk.service"]).status();
    }
}

fn told(command: &mut Command) -> Result<String, Failure> {
    // Messages are looked at by people; a program must not find them in another language.
    let Output { status, stdout, stderr } = command.env("LC_ALL", "C.UTF-8").output()?;
    if status.success() {
        return Ok(String::from_utf8_lossy(&stdout).into_owned());
    }
    let program = command.get_program().to_string_lossy().into_owned();
    Err(Failure::Program { program, said: String::from_utf8_lossy(&stderr).trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::control_of;

    #[test]
    fn a_control_file_is_what_dpkg_tells_without_its_own_notes() {
        let status = "Package: viruj-station\nStatus: install ok installed\nVersion: 1.0.0\nConffiles:\n /etc/a 0123\n\
            Description: station\n of the plant floor\n";
        assert_eq!(
            control_of(status),
            "Package: viruj-station\nVersion: 1.0.0\nDescription: station\n of the plant floor\n"
        );
    }
}
