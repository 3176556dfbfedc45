//! The command line `viruj-server`.

use std::{io::Write, net::IpAddr, path::PathBuf, sync::Arc, time::Duration};

use clap::{Parser, Subcommand};
use viruj_storage::{
    backup::RestoreError,
    migrate::{self, MigrationReport},
};

use crate::{
    Application, SystemClock, application,
    application::{StartError, WriteCheckpointError},
    backup::{BackupError, RestoreFileError},
    checkpoints::CheckpointError,
    jobs, logging, openapi,
    serve::{asked_to_stop, serve},
    settings::{DatabaseSettings, ServerSettings, SettingsError},
    setup::{FirstAdministrator, SeedError, SetupError},
    signing_keys::SigningKeyError,
};

mod audit;
mod backup;
mod seed;

/// Requests in flight have this long to finish.
const LONGEST_FAREWELL: Duration = Duration::from_secs(30);

/// The Viruj plant server.
///
/// Settings come from the environment or `.env`: DATABASE_URL, MIGRATION_DATABASE_URL, SECRET_KEY, VIRUJ_KEY_DIR,
/// VIRUJ_CHECKPOINT_DIR, VIRUJ_BACKUP_RECIPIENT, VIRUJ_BACKUP_DIR, VIRUJ_BACKUP_AT, BACKEND_PORT, FRONTEND_URL, ENVIRONMENT, LOG_LEVEL.
#[derive(Parser)]
#[command(name = "viruj-server", version)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the interface until it is told to stop.
    Serve {
        /// BACKEND_PORT or 8000 when left out; 0 takes a free one and prints it.
        #[arg(long)]
        port: Option<u16>,
        /// Loopback when left out.
        #[arg(long)]
        bind: Option<IpAddr>,
    },
    /// Prepares the database, or brings it up to date; run it again at any time.
    Migrate,
    /// Fills the database.
    Seed {
        #[command(subcommand)]
        what: Seed,
    },
    /// Administrators.
    Admin {
        #[command(subcommand)]
        what: Admin,
    },
    /// The audit trail.
    Audit {
        #[command(subcommand)]
        what: Audit,
    },
    /// Writes everything into a file, encrypted to VIRUJ_BACKUP_RECIPIENT; no file is overwritten.
    Backup { file: PathBuf },
    /// Restores a backup into an empty database and an empty key folder; nothing is changed when anything is wrong.
    Restore {
        file: PathBuf,
        /// The file with the age identity that the backup is encrypted to.
        #[arg(long)]
        identity: PathBuf,
    },
    /// Prints the OpenAPI document.
    Openapi,
}

#[derive(Subcommand)]
enum Audit {
    /// Recomputes every entry, compares every row and every checkpoint, and names what does not hold.
    Verify,
    /// Writes the heads of the trail into VIRUJ_CHECKPOINT_DIR, signed.
    Checkpoint,
}

#[derive(Subcommand)]
enum Seed {
    /// Three plants, seventeen people and forty batches to try things with; never in production.
    Demo {
        /// Also into a database that holds something else; no row that is there changes.
        #[arg(long)]
        into_existing: bool,
    },
}

#[derive(Subcommand)]
enum Admin {
    /// Makes an administrator while there is no active one, and prints a password once.
    Create {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
    },
}

/// Why a command did not do its work; one line for the person who ran it.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error(transparent)]
    Storage(#[from] viruj_storage::StorageError),
    #[error(transparent)]
    Seed(#[from] SeedError),
    #[error(transparent)]
    SigningKeys(#[from] SigningKeyError),
    #[error(transparent)]
    Checkpoints(#[from] CheckpointError),
    #[error(transparent)]
    Checkpoint(#[from] WriteCheckpointError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Restore(#[from] RestoreFileError),
    #[error("the audit trail is not whole: {0} findings")]
    NotWhole(usize),
    #[error("cannot listen on {address}: {source}")]
    Listen { address: String, source: std::io::Error },
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Document(#[from] serde_json::Error),
}

impl CommandError {
    /// 2 for settings, 3 for a database that cannot be used as it is, 4 for a refusal, 5 for what was found broken, 1 for
    /// the rest.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Settings(_) => 2,
            Self::Start(StartError::Storage(_)) | Self::Storage(_) | Self::Seed(SeedError::Storage(_)) => 3,
            Self::Backup(BackupError::Database(_))
            | Self::Restore(RestoreFileError::Database(RestoreError::Storage(_))) => 3,
            Self::Setup(_) | Self::Seed(_) | Self::Restore(_) | Self::Backup(BackupError::Exists(_)) => 4,
            Self::NotWhole(_) => 5,
            Self::Start(_)
            | Self::Listen { .. }
            | Self::Io(_)
            | Self::Document(_)
            | Self::SigningKeys(_)
            | Self::Backup(_)
            | Self::Checkpoints(_)
            | Self::Checkpoint(_) => 1,
        }
    }
}

/// Runs the command; what people and scripts read goes to `out`, one line at a time.
///
/// # Errors
/// [`CommandError`], whose text is one clear line.
pub async fn run(line: CommandLine, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    match line.command {
        Command::Serve { port, bind } => run_server(port, bind, out).await,
        Command::Migrate => run_migrations(out).await,
        Command::Seed { what: Seed::Demo { into_existing } } => seed::demo(into_existing, out).await,
        Command::Admin { what: Admin::Create { email, name } } => create_administrator(email, name, out).await,
        Command::Audit { what: Audit::Verify } => audit::verify(out).await,
        Command::Audit { what: Audit::Checkpoint } => audit::checkpoint(out).await,
        Command::Backup { file } => backup::backup(&file, out).await,
        Command::Restore { file, identity } => backup::restore(&file, &identity, out).await,
        Command::Openapi => Ok(out.write_all(openapi::text()?.as_bytes())?),
    }
}

async fn run_server(port: Option<u16>, bind: Option<IpAddr>, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let settings = ServerSettings::from_environment()?;
    logging::start(&settings.log_level);
    for name in ["REDIS_URL", "SENTRY_DSN"] {
        if std::env::var_os(name).is_some_and(|value| !value.is_empty()) {
            tracing::info!(name, "the setting is known and not used");
        }
    }
    let application = start(&settings).await?;
    let address = (bind.unwrap_or(settings.bind), port.unwrap_or(settings.port));
    let refused = |source| CommandError::Listen { address: format!("{}:{}", address.0, address.1), source };
    let listener = tokio::net::TcpListener::bind(address).await.map_err(refused)?;
    let local = listener.local_addr().map_err(refused)?;
    writeln!(out, "viruj-server listens on http://{local}")?;
    out.flush()?;
    tracing::info!(address = %local, "listening");
    let jobs = jobs::start(&application);
    let (stopping, mut stopped) = tokio::sync::watch::channel(false);
    let farewell = async move {
        let _ = stopped.changed().await;
        tokio::time::sleep(LONGEST_FAREWELL).await;
    };
    let stop = async move {
        asked_to_stop().await;
        tracing::info!("stopping, requests in flight are finished");
        let _ = stopping.send(true);
    };
    tokio::select! {
        served = serve(&application, listener, stop) => served?,
        () = farewell => tracing::warn!("requests were still in flight after half a minute"),
    }
    jobs.stop().await;
    application.close().await;
    Ok(())
}

async fn run_migrations(out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let settings = DatabaseSettings::from_environment()?;
    logging::start("warn");
    let taken = backup::before_migrating(&settings, out).await?;
    let report = migrate::migrate(settings.migration_url.expose(), settings.database_url.expose()).await?;
    if let Some(taken) = taken {
        viruj_storage::backup::note_by_owner(settings.migration_url.expose(), &taken).await?;
    }
    match report.applied.as_slice() {
        [] => writeln!(out, "The database was up to date.")?,
        applied => writeln!(out, "{} migrations ran.", applied.len())?,
    }
    warn_of(&report, out)
}

/// What `migrate` did, and what somebody should look at.
fn warn_of(report: &MigrationReport, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    for (table, rows) in &report.adopted {
        writeln!(out, "{rows} rows of {table} were taken into the audit trail.")?;
    }
    for orphan in &report.orphans {
        writeln!(out, "Belongs to no plant: {} {}", orphan.table, orphan.id)?;
    }
    for plant in &report.unknown_time_zones {
        writeln!(out, "The time zone of {plant} is not known; it uses UTC.")?;
    }
    for address in &report.clashing_addresses {
        writeln!(out, "More than one person has the address {address}; make them different and migrate again.")?;
    }
    for warning in &report.warnings {
        writeln!(out, "Warning: {warning}")?;
    }
    Ok(())
}

async fn create_administrator(email: String, name: String, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let settings = ServerSettings::from_environment()?;
    logging::start("warn");
    let application = start(&settings).await?;
    let password = application.create_administrator(&FirstAdministrator { name, email: email.clone() }).await?;
    writeln!(out, "{email} can sign in with this password, which is shown once: {password}")?;
    application.close().await;
    Ok(())
}

async fn start(settings: &ServerSettings) -> Result<Application, StartError> {
    application(settings, Arc::new(SystemClock)).await
}
