//! What the command line and the environment say, and where the station keeps its files.

use std::{path::PathBuf, time::Duration};

use clap::{Parser, Subcommand};

use crate::updates::Pace;

/// The command line of `viruj-station`.
#[derive(Clone, Debug, Default, Parser)]
#[command(name = "viruj-station", version, about = "Desktop application for plant floor stations")]
pub struct LaunchOptions {
    /// Something to be done instead of opening the window.
    #[command(subcommand)]
    pub task: Option<Task>,

    /// Answer the first start's question with the demo.
    #[arg(long)]
    pub demo: bool,

    /// Fill the screen and stay there: no title bar, nothing that closes the window, no menu of the web view.
    #[arg(long, env = "VIRUJ_KIOSK")]
    pub kiosk: bool,

    /// Seconds between two questions for an update of the program.
    #[arg(long, env = "VIRUJ_UPDATE_EVERY", value_name = "SECONDS", default_value_t = 900, hide = true)]
    pub update_every: u64,

    /// Seconds that an update is announced before the station starts anew with it, while somebody works.
    #[arg(long, env = "VIRUJ_UPDATE_ANNOUNCED", value_name = "SECONDS", default_value_t = 300, hide = true)]
    pub update_announced: u64,

    /// Keep the station's files here instead of in the user's data folder.
    #[arg(long, env = "VIRUJ_DATA_DIR", value_name = "FOLDER", global = true)]
    pub data_dir: Option<PathBuf>,

    /// Work on this PostgreSQL database; the station is then a trusted server.
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// Work with the plant server at this address.
    #[arg(long, env = "VIRUJ_SERVER_URL", value_name = "URL")]
    pub server_url: Option<String>,

    /// The folder with PostgreSQL's programs for the embedded database.
    #[arg(long, env = "VIRUJ_POSTGRES_DIR", value_name = "FOLDER", global = true)]
    pub postgres_dir: Option<PathBuf>,
}

/// What the program does without a window.
#[derive(Clone, Debug, Subcommand)]
pub enum Task {
    /// Writes what opens the backups of the embedded database into a new file; keep that file away from this computer.
    RecoveryKey { file: PathBuf },
    /// Puts this station's keys back into a keychain that has lost them; nothing that was recorded is lost with it.
    Recover {
        /// The file with the age identity that opens the site's backups, or the one that `recovery-key` wrote.
        #[arg(long, value_name = "FILE")]
        identity: PathBuf,
    },
    /// Restores a backup into a data folder whose embedded database is empty.
    Restore {
        file: PathBuf,
        /// The file that `recovery-key` wrote, or one with another age identity that the backup is encrypted to.
        #[arg(long, value_name = "FILE")]
        identity: PathBuf,
    },
}

/// The folder that cannot be found out.
#[derive(Debug, thiserror::Error)]
#[error("neither XDG_DATA_HOME nor HOME is set, so there is no place for the station's files; set VIRUJ_DATA_DIR")]
pub struct NoDataFolder;

impl LaunchOptions {
    /// How updates of the program are followed.
    #[must_use]
    pub fn update_pace(&self) -> Pace {
        Pace {
            between_asking: Duration::from_secs(self.update_every),
            announced_for: Duration::from_secs(self.update_announced),
        }
    }

    /// `--data-dir`, else `viruj-station` in the user's data folder.
    ///
    /// # Errors
    /// [`NoDataFolder`] when the environment names no such folder.
    pub fn data_folder(&self) -> Result<PathBuf, NoDataFolder> {
        if let Some(folder) = &self.data_dir {
            return Ok(folder.clone());
        }
        user_data_folder().map(|folder| folder.join("viruj-station")).ok_or(NoDataFolder)
    }
}

fn folder_from(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|folder| folder.is_absolute())
}

#[cfg(target_os = "windows")]
fn user_data_folder() -> Option<PathBuf> {
    folder_from("LOCALAPPDATA")
}

#[cfg(target_os = "macos")]
fn user_data_folder() -> Option<PathBuf> {
    folder_from("HOME").map(|home| home.join("Library/Application Support"))
}

#[cfg(not(any(target_os = "windows", target_os = "macos")))]
fn user_data_folder() -> Option<PathBuf> {
    folder_from("XDG_DATA_HOME").or_else(|| folder_from("HOME").map(|home| home.join(".local/share")))
}
