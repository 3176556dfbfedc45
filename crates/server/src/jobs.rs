//! What the server does by itself while it serves.

use std::time::Duration;

use tokio::{sync::watch, task::JoinHandle};

use viruj_storage::backup::last_success;

use crate::{Application, due_versions, kept_backups, kept_documents, releases};

/// A tail that is cut within this time after it was written is not seen by the checkpoints.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(15 * 60);

/// How often it is looked whether the nightly backup is due; after a failure it is tried again as often.
const BACKUP_LOOKED_AT_EVERY: Duration = Duration::from_secs(10 * 60);

/// How often it is looked which master batch records become effective.
const DAYS_LOOKED_AT_EVERY: Duration = Duration::from_secs(30);

/// How often it is looked for decided batches whose documents could not be kept at once.
const DOCUMENTS_LOOKED_AT_EVERY: Duration = Duration::from_secs(60);

/// How often it is looked for stations that say nothing after an update.
const UPDATES_LOOKED_AT_EVERY: Duration = Duration::from_secs(60);

/// The running jobs of a server.
pub struct Jobs {
    stopping: watch::Sender<bool>,
    running: Vec<JoinHandle<()>>,
}

/// Starts the jobs of a server that serves.
#[must_use]
pub fn start(application: &Application) -> Jobs {
    let (stopping, stopped) = watch::channel(false);
    let running = vec![
        tokio::spawn(keep_checkpoints(application.clone(), stopped.clone())),
        tokio::spawn(keep_backups(application.clone(), stopped.clone())),
        tokio::spawn(keep_days(application.clone(), stopped.clone())),
        tokio::spawn(keep_documents(application.clone(), stopped.clone())),
        tokio::spawn(watch_updates(application.clone(), stopped)),
    ];
    Jobs { stopping, running }
}

impl Jobs {
    /// Lets every job finish what it is at; the last checkpoint is written now.
    pub async fn stop(self) {
        let _ = self.stopping.send(true);
        for job in self.running {
            if let Err(error) = job.await {
                tracing::error!(%error, "a job ended badly");
            }
        }
    }
}

/// Writes a checkpoint at the start, every quarter of an hour and at the end, where something has happened since.
async fn keep_checkpoints(application: Application, mut stopped: watch::Receiver<bool>) {
    let mut written = None;
    let mut every = tokio::time::interval(CHECKPOINT_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let is_last = tokio::select! {
            _ = every.tick() => false,
            _ = stopped.changed() => true,
        };
        match application.state().checkpoint().await {
            Ok(now) if written.as_ref() == Some(&now.heads) => {}
            Ok(now) => match application.keep(&now) {
                Ok(path) => {
                    tracing::debug!(path = %path.display(), "the heads of the audit trail are written down");
                    written = Some(now.heads);
                }
                Err(error) => tracing::error!(%error, "no checkpoint of the audit trail was written"),
            },
            Err(error) => tracing::error!(%error, "no checkpoint of the audit trail was written"),
        }
        if is_last {
            break;
        }
    }
}

/// Takes the nightly backup, and says in the log when there has been none for 24 hours.
async fn keep_backups(application: Application, mut stopped: watch::Receiver<bool>) {
    let state = application.state();
    let mut every = tokio::time::interval(BACKUP_LOOKED_AT_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = every.tick() => {}
            _ = stopped.changed() => break,
        }
        match kept_backups::keep_when_due(state).await {
            Ok(Some(backup)) => tracing::info!(file = backup.file_name, "a backup was taken"),
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "the backup failed"),
        }
        match last_success(&state.database).await {
            Ok(last) => {
                if let Some(warning) = state.backups.warning(last, state.clock.now()) {
                    tracing::warn!(?warning, "there is no backup of the last 24 hours");
                }
            }
            Err(error) => tracing::error!(%error, "the backups cannot be looked at"),
        }
    }
}

/// Makes master batch records effective with the beginning of their day.
async fn keep_days(application: Application, mut stopped: watch::Receiver<bool>) {
    let mut every = tokio::time::interval(DAYS_LOOKED_AT_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = every.tick() => {}
            _ = stopped.changed() => break,
        }
        match due_versions::make_effective(application.state()).await {
            Ok(made) => {
                for id in made {
                    tracing::info!(%id, "a master batch record became effective");
                }
            }
            Err(error) => tracing::error!(?error, "it cannot be told which master batch records become effective"),
        }
    }
}

/// Keeps the documents of batches whose decision outlived a server that was to print them.
async fn keep_documents(application: Application, mut stopped: watch::Receiver<bool>) {
    let mut every = tokio::time::interval(DOCUMENTS_LOOKED_AT_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = every.tick() => {}
            _ = stopped.changed() => break,
        }
        match kept_documents::keep_missing(application.state()).await {
            Ok(kept) => {
                for batch in kept {
                    tracing::info!(%batch, "the documents of a decided batch are kept");
                }
            }
            Err(error) => tracing::error!(?error, "the documents of a decided batch are not kept"),
        }
    }
}

/// Pauses releases after which a station says nothing.
async fn watch_updates(application: Application, mut stopped: watch::Receiver<bool>) {
    let mut every = tokio::time::interval(UPDATES_LOOKED_AT_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = every.tick() => {}
            _ = stopped.changed() => break,
        }
        if let Err(error) = releases::stop_silent(application.state()).await {
            tracing::error!(%error, "it cannot be told which stations say nothing after their update");
        }
    }
}
