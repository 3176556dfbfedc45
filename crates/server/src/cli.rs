//! The command line `viruj-server`.

use std::{io::Write, net::IpAddr, path::PathBuf, sync::Arc, time::Duration};

use clap::{Args, Parser, Subcommand};
use viruj_storage::{
    backup::RestoreError,
    migrate::{self, MigrationReport},
};

use crate::{
    Application, SystemClock, application,
    application::{StartError, WriteCheckpointError},
    backup::{BackupError, RestoreFileError},
    checkpoints::CheckpointError,
    exports::{ImportError, Imported},
    jobs, logging, openapi,
    releases::{PublishError, RolloutError},
    serve::{asked_to_stop, serve},
    settings::{DatabaseSettings, ServerSettings, SettingsError},
    setup::{FirstAdministrator, SeedError, SetupError},
    signing_keys::SigningKeyError,
    tls::{Certificate, TlsError, TlsFiles, TlsListener},
};

mod audit;
mod backup;
mod record;
mod release;
mod seed;

pub use record::VerifyRecordError;

/// Requests in flight have this long to finish.
const LONGEST_FAREWELL: Duration = Duration::from_secs(30);

/// The Viruj plant server.
///
/// Settings come from the environment or `.env`: DATABASE_URL, MIGRATION_DATABASE_URL, SECRET_KEY, VIRUJ_KEY_DIR,
/// VIRUJ_CHECKPOINT_DIR, VIRUJ_RELEASE_DIR, VIRUJ_BACKUP_RECIPIENT, VIRUJ_BACKUP_DIR, VIRUJ_BACKUP_AT,
/// BACKEND_PORT, FRONTEND_URL, TRUSTED_PROXIES, SMTP_URL, SMTP_FROM, ENVIRONMENT, LOG_LEVEL.
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
        #[command(flatten)]
        tls: Option<TlsArguments>,
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
    /// Company accounts of people who sign in at the identity provider.
    CompanyAccount {
        #[command(subcommand)]
        what: CompanyAccount,
    },
    /// The keys that the server signs with.
    Keys {
        #[command(subcommand)]
        what: Keys,
    },
    /// The audit trail.
    Audit {
        #[command(subcommand)]
        what: Audit,
    },
    /// Sealed batch records.
    Record {
        #[command(subcommand)]
        what: Record,
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
    /// Releases of the station's program.
    Release {
        #[command(subcommand)]
        what: ReleaseCommand,
    },
    /// Takes what a station could not send, from the file that was exported there.
    ImportUnsent { file: PathBuf },
    /// Prints the OpenAPI document.
    Openapi,
}

/// Stations refuse plain HTTP beyond their own machine.
#[derive(Args)]
struct TlsArguments {
    /// The certificate, PEM, with those of the authorities between it and the root. Read anew on SIGHUP.
    #[arg(long, env = "VIRUJ_TLS_CERT", requires = "tls_key", required = false)]
    tls_cert: PathBuf,
    /// Its private key, PEM.
    #[arg(long, env = "VIRUJ_TLS_KEY", requires = "tls_cert", required = false)]
    tls_key: PathBuf,
}

#[derive(Subcommand)]
enum Audit {
    /// Recomputes every entry, compares every row and every checkpoint, and names what does not hold.
    Verify,
    /// Writes the heads of the trail into VIRUJ_CHECKPOINT_DIR, signed.
    Checkpoint,
}

#[derive(Subcommand)]
enum ReleaseCommand {
    /// Examines a package that its builder has signed, keeps it in VIRUJ_RELEASE_DIR, and offers it to stations.
    Publish(release::Publish),
    /// Lists the releases, how far each has come, and how it went at the stations.
    List,
    /// Takes a release further, pauses it, lets it go on, or withdraws it for good.
    Rollout(release::ChangeOfRollout),
}

#[derive(Subcommand)]
enum Record {
    /// Checks a record, PDF or JSON, without the server.
    Verify {
        record: PathBuf,
        /// The server's public keys, PEM, as `record key` prints them.
        #[arg(long)]
        key: PathBuf,
    },
    /// Prints the public keys that records are sealed with, of VIRUJ_KEY_DIR.
    Key,
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
enum Keys {
    /// Makes a new signing key; the one before it stays valid until the next rotation. Restart every replica afterwards.
    Rotate,
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
    /// Gives an administrator a one-time password, and prints it once.
    ResetPassword {
        #[arg(long)]
        email: String,
    },
}

#[derive(Subcommand)]
enum CompanyAccount {
    /// Forgets which company account a person has; the next single sign-on finds the person by the address again.
    Forget {
        #[arg(long)]
        email: String,
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
    Tls(#[from] TlsError),
    #[error("TLS cannot be spoken: {0}")]
    TlsUnusable(#[from] rustls::Error),
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
    #[error(transparent)]
    Record(#[from] VerifyRecordError),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Publish(#[from] PublishError),
    #[error(transparent)]
    Rollout(#[from] RolloutError),
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
            Self::Settings(_) | Self::Tls(_) => 2,
            Self::Start(StartError::Storage(_)) | Self::Storage(_) | Self::Seed(SeedError::Storage(_)) => 3,
            Self::Backup(BackupError::Database(_))
            | Self::Restore(RestoreFileError::Database(RestoreError::Storage(_))) => 3,
            Self::Import(ImportError::Storage(_) | ImportError::Store(_)) => 3,
            Self::Setup(_)
            | Self::Seed(_)
            | Self::Restore(_)
            | Self::Import(_)
            | Self::Publish(_)
            | Self::Rollout(_)
            | Self::Backup(BackupError::Exists(_)) => 4,
            Self::NotWhole(_) | Self::Record(VerifyRecordError::NotVerified { .. }) => 5,
            Self::Start(_)
            | Self::TlsUnusable(_)
            | Self::Listen { .. }
            | Self::Io(_)
            | Self::Document(_)
            | Self::SigningKeys(_)
            | Self::Record(_)
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
        Command::Serve { port, bind, tls } => run_server(port, bind, tls, out).await,
        Command::Migrate => run_migrations(out).await,
        Command::Seed { what: Seed::Demo { into_existing } } => seed::demo(into_existing, out).await,
        Command::Admin { what: Admin::Create { email, name } } => create_administrator(email, name, out).await,
        Command::Keys { what: Keys::Rotate } => rotate_signing_key(out).await,
        Command::Admin { what: Admin::ResetPassword { email } } => reset_administrator(&email, out).await,
        Command::CompanyAccount { what: CompanyAccount::Forget { email } } => forget_company_account(&email, out).await,
        Command::Audit { what: Audit::Verify } => audit::verify(out).await,
        Command::Audit { what: Audit::Checkpoint } => audit::checkpoint(out).await,
        Command::Record { what: Record::Verify { record, key } } => record::verify(&record, &key, out),
        Command::Record { what: Record::Key } => record::print_keys(out),
        Command::Backup { file } => backup::backup(&file, out).await,
        Command::Restore { file, identity } => backup::restore(&file, &identity, out).await,
        Command::Release { what: ReleaseCommand::Publish(told) } => release::publish(&told, out).await,
        Command::Release { what: ReleaseCommand::List } => release::list(out).await,
        Command::Release { what: ReleaseCommand::Rollout(told) } => release::change(&told, out).await,
        Command::ImportUnsent { file } => import_unsent(&file, out).await,
        Command::Openapi => Ok(out.write_all(openapi::text()?.as_bytes())?),
    }
}

async fn import_unsent(file: &std::path::Path, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let sealed = std::fs::read(file)?;
    let application = start(&ServerSettings::from_environment()?).await?;
    let imported = application.import_unsent(&sealed).await;
    application.close().await;
    let Imported { station, accepted, with_deviation, not_applied, files, refused_files } = imported?;
    writeln!(
        out,
        "Entries of {station}: {accepted} accepted, {with_deviation} with a deviation, {not_applied} kept without effect."
    )?;
    writeln!(out, "Files: {files} kept, {refused_files} refused.")?;
    Ok(())
}

async fn run_server(
    port: Option<u16>,
    bind: Option<IpAddr>,
    tls: Option<TlsArguments>,
    out: &mut (dyn Write + Send),
) -> Result<(), CommandError> {
    let settings = ServerSettings::from_environment()?;
    logging::start(&settings.log_level);
    for name in ["REDIS_URL", "SENTRY_DSN"] {
        if std::env::var_os(name).is_some_and(|value| !value.is_empty()) {
            tracing::info!(name, "the setting is known and not used");
        }
    }
    let files = tls.map(|tls| TlsFiles { certificate: tls.tls_cert, key: tls.tls_key });
    let certificate = files.map(Certificate::open).transpose()?;
    let application = start(&settings).await?;
    let address = (bind.unwrap_or(settings.bind), port.unwrap_or(settings.port));
    let refused = |source| CommandError::Listen { address: format!("{}:{}", address.0, address.1), source };
    let listener = tokio::net::TcpListener::bind(address).await.map_err(refused)?;
    let local = listener.local_addr().map_err(refused)?;
    let scheme = if certificate.is_some() { "https" } else { "http" };
    if certificate.is_none() && !local.ip().is_loopback() {
        tracing::warn!("plain HTTP beyond this machine: stations refuse it, and tokens can be read on the way");
    }
    writeln!(out, "viruj-server listens on {scheme}://{local}")?;
    out.flush()?;
    tracing::info!(address = %local, scheme, "listening");
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
    let served = async {
        match certificate {
            Some(certificate) => {
                let reloading = tokio::spawn(reload_when_told(certificate.clone()));
                let served = serve(&application, TlsListener::new(listener, certificate)?, stop).await;
                reloading.abort();
                Ok::<_, CommandError>(served?)
            }
            None => Ok(serve(&application, listener, stop).await?),
        }
    };
    tokio::select! {
        served = served => served?,
        () = farewell => tracing::warn!("requests were still in flight after half a minute"),
    }
    jobs.stop().await;
    application.close().await;
    Ok(())
}

/// Exchanges the certificate on SIGHUP; one that cannot be used changes nothing.
async fn reload_when_told(certificate: Arc<Certificate>) {
    #[cfg(unix)]
    {
        let Ok(mut told) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()) else { return };
        while told.recv().await.is_some() {
            match certificate.reload() {
                Ok(()) => tracing::info!("new connections get the certificate as it is now"),
                Err(error) => tracing::error!(%error, "the certificate that was there stays"),
            }
        }
    }
    #[cfg(not(unix))]
    let _ = certificate;
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
    writeln!(out, "{email} can sign in with this password once and must change it then: {password}")?;
    application.close().await;
    Ok(())
}

async fn reset_administrator(email: &str, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let settings = ServerSettings::from_environment()?;
    logging::start("warn");
    let application = start(&settings).await?;
    let password = application.reset_administrator(email).await?;
    writeln!(out, "{email} can sign in with this password once and must change it then: {password}")?;
    application.close().await;
    Ok(())
}

async fn forget_company_account(email: &str, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let settings = ServerSettings::from_environment()?;
    logging::start("warn");
    let application = start(&settings).await?;
    application.forget_company_account(email).await?;
    writeln!(out, "The next sign-in with a company account of the address {email} is linked anew.")?;
    application.close().await;
    Ok(())
}

async fn rotate_signing_key(out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let settings = ServerSettings::from_environment()?;
    logging::start("warn");
    // The database first: a key that cannot be made known there must not sign.
    let application = start(&settings).await?;
    let rotated = application.rotate_signing_key(&settings).await?;
    let ids: Vec<_> = rotated.published().into_iter().map(|key| key.key_id).collect();
    writeln!(out, "The server signs with {} from the next start of each replica; restart them all.", ids[0])?;
    writeln!(out, "{} stays valid until the next rotation.", ids[1..].join(", "))?;
    application.close().await;
    Ok(())
}

async fn start(settings: &ServerSettings) -> Result<Application, StartError> {
    application(settings, Arc::new(SystemClock)).await
}
