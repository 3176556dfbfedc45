//! Installs signed releases of the station on a kiosk, as root.
//!
//! It takes nothing but a file that lies in the spool folder, where the station has put it. Whoever can write there can
//! offer a file and no more: it is copied to a folder of root's first, and examined there. The version that was installed
//! before is kept, and put back when the new one leaves no mark of health in time. systemd starts it when something is
//! offered, and at every start of the computer, when it ends what a power cut has interrupted.

#[cfg(target_os = "linux")]
mod dpkg;
#[cfg(target_os = "linux")]
mod install;
#[cfg(target_os = "linux")]
mod state;

use std::process::ExitCode;

/// The command line.
#[derive(clap::Parser)]
#[command(name = "viruj-station-updater", version, about = "Installs signed releases of Viruj Station")]
struct CommandLine {
    /// How long a new release has until it must have left its mark of health.
    #[arg(long, default_value_t = 180, value_name = "SECONDS")]
    health_within: u64,
}

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    use std::{io::Write, time::Duration};

    use clap::Parser;

    let line = CommandLine::parse();
    let mut out = std::io::stderr();
    match install::run(&viruj_release::Places::default(), Duration::from_secs(line.health_within)) {
        Ok(told) => {
            for told in told {
                // The journal of systemd keeps it.
                let _ = writeln!(out, "viruj-station-updater: {told}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(out, "viruj-station-updater: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Elsewhere the system's own installer, which verifies as well, does this work.
#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    ExitCode::FAILURE
}
