//! Sessions that were found alive, so that a request need not ask the database who makes it.
//!
//! The database tells every replica of each session and person that changes, with the commit of the change. What is kept
//! here counts only while this replica can prove that it hears: several times a second it asks on the listening
//! connection for a sign of life, and an answer counts for less than a second from the question. With the connection
//! lost, hanging or late every request asks the database itself, until it has been listened to again and everything that
//! was kept has been forgotten. So an end of a session takes effect within a second, whatever becomes of the connection.

use std::{
    collections::HashMap,
    ops::ControlFlow,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::{
    task::AbortHandle,
    time::{Instant, sleep_until, timeout},
};
use viruj_domain::ids::{SessionId, UserId};
use viruj_storage::{
    Database, StorageError,
    access_changes::{AccessChange, AccessChanges},
};

use crate::caller::Caller;

/// How often the listening connection is asked for a sign of life.
const BEAT: Duration = Duration::from_millis(300);
/// What is kept counts for this long from the question that was answered last.
const LEASE: Duration = Duration::from_millis(900);
/// Between attempts to listen again.
const PAUSE: Duration = Duration::from_millis(500);
/// More sessions than a plant has people; beyond it everything is forgotten, which costs a query each.
const MOST_KEPT: usize = 10_000;

/// Sessions that were found alive, with their people.
#[derive(Default)]
pub struct LiveSessions {
    kept: Mutex<Kept>,
    listener: OnceLock<AbortHandle>,
}

#[derive(Default)]
struct Kept {
    sessions: HashMap<SessionId, (DateTime<Utc>, Arc<Caller>)>,
    /// Grows with every change, so that what was read before one is not kept after it.
    changes: u64,
    /// Nothing counts without it.
    trusted_until: Option<Instant>,
}

/// A session that is being looked up in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looking {
    changes: u64,
}

impl LiveSessions {
    /// Listens until the last of the other owners lets go.
    pub(crate) fn listening_to(database: &Database) -> Arc<Self> {
        let live = Arc::new(Self::default());
        let listener = tokio::spawn(listen(Arc::downgrade(&live), database.clone())).abort_handle();
        let _ = live.listener.set(listener);
        live
    }

    /// From here on the database is asked.
    pub(crate) fn stop_listening(&self) {
        if let Some(listener) = self.listener.get() {
            listener.abort();
        }
        self.distrust();
    }

    /// The caller of a session that is known to be alive.
    ///
    /// # Errors
    /// [`Looking`] when the database must be asked.
    pub fn get(&self, session: SessionId, now: DateTime<Utc>) -> Result<Arc<Caller>, Looking> {
        let kept = self.kept();
        let is_trusted = kept.trusted_until.is_some_and(|until| Instant::now() < until);
        let found = kept.sessions.get(&session).filter(|(expires_at, _)| is_trusted && *expires_at > now);
        found.map(|(_, caller)| caller.clone()).ok_or(Looking { changes: kept.changes })
    }

    /// Keeps what was looked up, unless something has changed since.
    pub fn keep(&self, looking: Looking, caller: &Arc<Caller>, expires_at: DateTime<Utc>) {
        let mut kept = self.kept();
        if kept.changes != looking.changes || kept.trusted_until.is_none() {
            return;
        }
        if kept.sessions.len() >= MOST_KEPT {
            kept.sessions.clear();
        }
        kept.sessions.insert(caller.session_id, (expires_at, caller.clone()));
    }

    /// The session ended or its person changed; on this replica it takes effect before the answer.
    pub fn forget(&self, session: SessionId) {
        self.apply(&AccessChange::Session(session));
    }

    /// The person changed; on this replica it takes effect before the answer.
    pub fn forget_person(&self, person: &UserId) {
        self.apply(&AccessChange::Person(person.clone()));
    }

    fn apply(&self, change: &AccessChange) {
        let mut kept = self.kept();
        kept.changes += 1;
        match change {
            AccessChange::Session(session) => {
                kept.sessions.remove(session);
            }
            AccessChange::Person(person) => kept.sessions.retain(|_, (_, caller)| caller.person.id != *person),
            AccessChange::Anything => kept.sessions.clear(),
        }
    }

    fn trust(&self, until: Instant) {
        self.kept().trusted_until = Some(until);
    }

    /// Nobody knows what was missed.
    fn distrust(&self) {
        let mut kept = self.kept();
        kept.trusted_until = None;
        kept.changes += 1;
        kept.sessions.clear();
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for LiveSessions {
    fn drop(&mut self) {
        if let Some(listener) = self.listener.get() {
            listener.abort();
        }
    }
}

async fn listen(live: std::sync::Weak<LiveSessions>, database: Database) {
    while !database.is_closed() {
        let heard = match timeout(LEASE, AccessChanges::listen(&database)).await {
            Ok(Ok(changes)) => hear(&live, changes).await,
            Ok(Err(error)) => Err(error),
            Err(_) => Ok(ControlFlow::Continue(())),
        };
        let Some(live) = live.upgrade() else { return };
        live.distrust();
        if matches!(heard, Ok(ControlFlow::Break(()))) {
            return;
        }
        if let Err(error) = heard
            && !database.is_closed()
        {
            tracing::warn!(%error, "the database is asked for every session until it can be listened to again");
        }
        drop(live);
        tokio::time::sleep(PAUSE).await;
    }
}

/// Applies what is told for as long as the database proves in time that everything has been told.
async fn hear(
    live: &std::sync::Weak<LiveSessions>,
    mut changes: AccessChanges,
) -> Result<ControlFlow<()>, StorageError> {
    loop {
        let asked = Instant::now();
        let Ok(told) = timeout(LEASE, changes.told_by_now()).await else { return Ok(ControlFlow::Continue(())) };
        let Some(owned) = live.upgrade() else { return Ok(ControlFlow::Break(())) };
        told?.iter().for_each(|change| owned.apply(change));
        owned.trust(asked + LEASE);
        drop(owned);
        let next_beat = sleep_until(asked + BEAT);
        tokio::pin!(next_beat);
        loop {
            tokio::select! {
                biased;
                // First, so that a flood of changes does not cost the lease.
                () = &mut next_beat => break,
                change = changes.next() => {
                    let Some(owned) = live.upgrade() else { return Ok(ControlFlow::Break(())) };
                    owned.apply(&change?);
                }
            }
        }
    }
}
