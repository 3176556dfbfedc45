//! Heads of the feeds, told to the stations that wait for news.
//!
//! One question for all stations of a replica, and none while nobody waits: a notice in the database would stand inside of
//! every transaction that changes something.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock, Weak},
    time::Duration,
};

use tokio::{sync::watch, task::AbortHandle, time::MissedTickBehavior};
use viruj_storage::{Database, feed};

/// How long news take to be told at the most.
const ASKED_EVERY: Duration = Duration::from_millis(250);

/// What is known of the feeds.
#[derive(Clone, Debug, Default)]
pub struct KnownHeads {
    /// The newest `seq` of each.
    pub heads: Arc<BTreeMap<String, u64>>,
    /// How often everybody who waits was let go.
    pub partings: u64,
}

/// The heads as they were found last.
#[derive(Debug)]
pub struct Heads {
    told: watch::Sender<KnownHeads>,
    asker: OnceLock<AbortHandle>,
}

impl Heads {
    /// Asks until the last of the other owners lets go.
    pub(crate) fn asked_of(database: &Database) -> Arc<Self> {
        let heads = Arc::new(Self { told: watch::Sender::default(), asker: OnceLock::new() });
        let asker = tokio::spawn(ask(Arc::downgrade(&heads), database.clone())).abort_handle();
        let _ = heads.asker.set(asker);
        heads
    }

    /// The heads from now on.
    pub fn subscribe(&self) -> watch::Receiver<KnownHeads> {
        self.told.subscribe()
    }

    /// Lets everybody go who waits now: a server that stops would wait for them.
    pub fn part(&self) {
        self.told.send_modify(|told| told.partings += 1);
    }
}

impl Drop for Heads {
    fn drop(&mut self) {
        if let Some(asker) = self.asker.get() {
            asker.abort();
        }
    }
}

async fn ask(heads: Weak<Heads>, database: Database) {
    let mut every = tokio::time::interval(ASKED_EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let Some(owned) = heads.upgrade() else { return };
        let is_waited_for = owned.told.receiver_count() > 0;
        drop(owned);
        if !is_waited_for {
            continue;
        }
        match feed::heads(&database).await {
            Ok(found) => {
                let Some(owned) = heads.upgrade() else { return };
                owned.told.send_if_modified(|told| {
                    let is_news = *told.heads != found;
                    if is_news {
                        told.heads = Arc::new(found);
                    }
                    is_news
                });
            }
            // Whoever waits asks by themselves now and then.
            Err(error) => tracing::debug!(%error, "the heads of the feeds are not known now"),
        }
    }
}
