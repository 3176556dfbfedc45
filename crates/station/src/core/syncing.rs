//! Rounds of synchronisation, and whether the server is there.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use viruj_api::{
    station::{CommandError, Connection, Copying, QueryKey},
    sync::{FeedHeads, SYSTEM_FEED, ServerTime},
};
use viruj_client::{ClientError, StationExchange};
use viruj_domain::ids::StationId;
use viruj_sync::{
    round::{
        PushRound, RoundError, backoff, begin_snapshot, pull_round, push_after_restore, push_round, snapshot_round,
    },
    signing::verify_server_time,
    store::Replica,
};

use super::StationCore;
use crate::{
    StationError,
    store::{
        StoreFault,
        facts::{self, KnownServerTime},
    },
    views,
};

/// How often the screen hears how far a new copy has come.
const TELL_PROGRESS_EVERY: Duration = Duration::from_millis(250);
/// Pieces of an old copy that one round takes away: less than a second's work, since entries wait for the next round.
const PIECES: u32 = 40;
/// New copies of one feed that one round makes.
const MOST_COPIES: u32 = 3;

/// How often the server is asked while it answers and tells no news.
const POLL: Duration = Duration::from_secs(5);
/// How often it is asked while it tells news.
const POLL_BESIDE_NEWS: Duration = Duration::from_secs(30);

impl StationCore {
    /// Synchronises in the background until [`Self::close`]: at once when something is recorded, and again and again.
    pub async fn run(self: Arc<Self>) {
        let mut stopping = self.stopping.subscribe();
        let hearing = tokio::spawn(Arc::clone(&self).hear_of_news());
        let checking = tokio::spawn(Arc::clone(&self).check_the_rest());
        let mut failures = 0;
        while !*stopping.borrow_and_update() {
            let wait = match self.sync_now().await {
                Ok(()) => {
                    failures = 0;
                    if self.is_told.load(Ordering::Relaxed) { POLL_BESIDE_NEWS } else { POLL }
                }
                Err(error) => {
                    failures += 1;
                    tracing::debug!(code = error.code(), failures, "a round of synchronisation failed");
                    backoff(failures, getrandom::u64().unwrap_or_default())
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.wake.notified() => {}
                _ = stopping.changed() => {}
            }
        }
        hearing.abort();
        checking.abort();
    }

    async fn check_the_rest(self: Arc<Self>) {
        if let Err(fault) = self.store.check_the_rest().await {
            let error = StationError::from(fault);
            self.have_problem(error.code(), &error);
        }
    }

    /// Waits for the server's news and lets the next round begin with them; asking now and then stands behind it.
    async fn hear_of_news(self: Arc<Self>) {
        let mut failures = 0;
        loop {
            if let Some((exchange, _)) = self.way() {
                match exchange.news().await {
                    Ok(None) => return,
                    Ok(Some(mut news)) => {
                        failures = 0;
                        self.is_told.store(true, Ordering::Relaxed);
                        while let Ok(Some(heads)) = news.next().await {
                            if self.is_behind(&heads).await {
                                self.wake.notify_one();
                            }
                        }
                        self.is_told.store(false, Ordering::Relaxed);
                        // Whether the server is still there is found out at once.
                        self.wake.notify_one();
                    }
                    Err(_) => failures += 1,
                }
            }
            tokio::time::sleep(backoff(failures.max(1), getrandom::u64().unwrap_or_default())).await;
        }
    }

    async fn is_behind(&self, heads: &FeedHeads) -> bool {
        let mut store = self.store.clone();
        for head in &heads.heads {
            let known = store.cursor(&head.feed).await.ok().flatten();
            if known.is_none_or(|cursor| cursor.seq != head.seq) {
                return true;
            }
        }
        false
    }

    /// One whole round: what is unsent goes out, both feeds come in to their heads.
    ///
    /// # Errors
    /// The server cannot be reached or refuses, or the store fails; everything that was done stands.
    pub async fn sync_now(&self) -> Result<(), StationError> {
        let round = self.sync_round().await;
        match &round {
            Ok(()) => self.came_online(),
            Err(error @ (StationError::ServerChanged | StationError::Store(StoreFault::Corrupted { .. }))) => {
                self.have_problem(error.code(), error);
            }
            Err(error) => self.went_offline(error.code()),
        }
        round
    }

    async fn sync_round(&self) -> Result<(), StationError> {
        if self.must_check_server() {
            let server = self.options.client.server().await?;
            self.check_server(&server).await?;
            self.state_mut().problem = None;
        }
        self.register_itself().await?;
        self.confirm_person().await?;
        let Some((exchange, identity)) = self.way() else { return Ok(()) };
        let pushed = self.push().await?;
        if let Some(stopped) = &pushed.stopped {
            return Err(StationError::ServerRefused(stopped.code.clone()));
        }
        self.store.copy_verdicts().await?;
        self.send_files().await?;
        for feed in [SYSTEM_FEED, identity.plant_id.as_str()] {
            self.pull(&exchange, identity.station_id, feed).await?;
        }
        self.tend_leases(&identity).await?;
        for _ in 0..PIECES {
            if !self.store.take_away_old_copy().await? {
                break;
            }
        }
        let now = self.now();
        self.state_mut().synced_at = Some(now);
        self.store.set_fact(facts::SYNCED_AT, &now).await?;
        Ok(())
    }

    /// The person need not be confirmed for the station to synchronise: it signs in by its own key.
    async fn confirm_person(&self) -> Result<(), StationError> {
        self.revoke_pending().await?;
        let is_unconfirmed = self.state().session.as_ref().is_some_and(|session| session.access.is_none());
        if !is_unconfirmed {
            return Ok(());
        }
        match self.access().await {
            Ok(_) | Err(StationError::SignInAgain | StationError::SignInAtServer | StationError::NotSignedIn) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Pushes what is unsent.
    ///
    /// A call that is dropped half-way leaves nothing half done: what was not answered is sent again.
    pub(super) async fn push(&self) -> Result<PushRound, StationError> {
        let _pushing = self.pushing.lock().await;
        let Some((exchange, identity)) = self.way() else { return Ok(PushRound::default()) };
        let round = push_round(&mut self.store.clone(), &*exchange, identity.station_id).await;
        self.after_push(round).await
    }

    async fn push_again(&self, exchange: &StationExchange, station: StationId) -> Result<PushRound, StationError> {
        let _pushing = self.pushing.lock().await;
        let round = push_after_restore(&mut self.store.clone(), exchange, station).await;
        self.after_push(round).await
    }

    async fn after_push(&self, round: Result<PushRound, RoundError>) -> Result<PushRound, StationError> {
        let round = match round {
            Ok(round) => round,
            Err(error) => {
                self.store.note_attempt(error.code()).await?;
                let failure = Self::failure(error);
                if matches!(failure, StationError::Client(_) | StationError::ServerRefused(_)) {
                    self.went_offline(failure.code());
                }
                return Err(failure);
            }
        };
        if let Some(server_time) = &round.server_time {
            self.learn_time(server_time).await?;
        }
        if let Some(stopped) = &round.stopped {
            tracing::warn!(code = stopped.code, expected_seq = stopped.expected_seq, "the server took no more");
            self.store.note_attempt(&stopped.code).await?;
        }
        if !round.verdicts.is_empty() {
            self.tell(&[QueryKey::Status, QueryKey::Batches, QueryKey::Batch, QueryKey::Unsent]);
        }
        Ok(round)
    }

    async fn pull(&self, exchange: &StationExchange, station: StationId, feed: &str) -> Result<(), StationError> {
        let _pulling = self.pulling.lock().await;
        let mut store = self.store.clone();
        let mut copies = 0;
        let round = loop {
            let round = pull_round(&mut store, exchange, feed).await.map_err(Self::failure)?;
            if !round.needs_snapshot {
                break round;
            }
            if copies == MOST_COPIES {
                return Err(StationError::ServerRefused("cursor_gone".to_owned()));
            }
            copies += 1;
            self.copy_anew(exchange, station, feed).await?;
        };
        if let Some(server_time) = &round.server_time {
            self.learn_time(server_time).await?;
        }
        if round.entries > 0 || copies > 0 {
            if feed == SYSTEM_FEED {
                self.refresh_person().await?;
            }
            self.tell(&[QueryKey::Status, QueryKey::Batches, QueryKey::Batch, QueryKey::Person]);
        }
        Ok(())
    }

    /// Makes a new copy of the feed beside the old one, which is shown until the new one is whole.
    async fn copy_anew(&self, exchange: &StationExchange, station: StationId, feed: &str) -> Result<(), StationError> {
        let mut store = self.store.clone();
        begin_snapshot(&mut store, exchange, feed).await.map_err(Self::failure)?;
        // The server may have been restored since, and have lost what it had acknowledged.
        if let Some(stopped) = self.push_again(exchange, station).await?.stopped {
            return Err(StationError::ServerRefused(stopped.code));
        }
        let mut last_told: Option<Instant> = None;
        let copied = snapshot_round(&mut store, exchange, feed, |progress| {
            self.state_mut().copying = Some(Copying { read: shown(progress.sent), expected: shown(progress.expected) });
            if last_told.is_none_or(|at| at.elapsed() >= TELL_PROGRESS_EVERY) {
                last_told = Some(Instant::now());
                self.tell(&[QueryKey::Status]);
            }
        })
        .await;
        self.state_mut().copying = None;
        if let Some(server_time) = copied.map_err(Self::failure)?.server_time {
            self.learn_time(&server_time).await?;
        }
        Ok(())
    }

    /// The person who works here as the server knows them now: a role that was taken away counts at once.
    async fn refresh_person(&self) -> Result<(), StationError> {
        let Ok(session) = self.session() else { return Ok(()) };
        if let Some(person) = self.store.person(&session.person.id).await?
            && let Some(session) = self.state_mut().session.as_mut()
            && session.person.id == person.id
        {
            session.person = person;
        }
        Ok(())
    }

    pub(super) fn way(&self) -> Option<(Arc<StationExchange>, crate::StationIdentity)> {
        let state = self.state();
        Some((state.exchange.clone()?, state.identity.clone()?))
    }

    /// Keeps the server's time when a pinned key signed it; every answer carries one, so it also tells the server.
    async fn learn_time(&self, given: &ServerTime) -> Result<(), StationError> {
        let Some(identity) = self.identity() else { return Ok(()) };
        let time =
            verify_server_time(&given.token, &Self::pinned_keys(&identity)).map_err(|_| StationError::ServerChanged)?;
        let machine = &self.options.machine;
        let known = KnownServerTime {
            time,
            token: given.token.clone(),
            station_time: self.now(),
            monotonic_ms: machine.monotonic_ms(),
            boot_id: machine.boot_id(),
        };
        self.store.set_fact(facts::SERVER_TIME, &known).await?;
        self.state_mut().server_time = Some(known);
        Ok(())
    }

    fn failure(error: RoundError) -> StationError {
        use viruj_sync::store::ExchangeError;
        match error {
            RoundError::Exchange(ExchangeError::Unreachable(detail)) => ClientError::Unreachable(detail).into(),
            RoundError::Exchange(ExchangeError::Refused { code, .. }) => StationError::ServerRefused(code),
            RoundError::Store(error) => match error.0.downcast::<StoreFault>() {
                Ok(fault) => StationError::Store(*fault),
                Err(other) => StationError::BrokenOff(other.to_string()),
            },
            other => StationError::ServerRefused(other.code().to_owned()),
        }
    }

    /// Before the first answer, after an absence and while something is wrong, another server may stand there.
    fn must_check_server(&self) -> bool {
        let state = self.state();
        state.connection != Connection::Online || state.identity.is_none() || state.problem.is_some()
    }

    pub(super) fn is_offline(&self) -> bool {
        matches!(self.state().connection, Connection::Offline { .. })
    }

    fn came_online(&self) {
        let before = std::mem::replace(&mut self.state_mut().connection, Connection::Online);
        if before != Connection::Online {
            tracing::info!("the server is there");
            self.tell(&[QueryKey::Status, QueryKey::Person, QueryKey::Lists, QueryKey::Batch]);
        }
        self.tell(&[QueryKey::Status]);
    }

    pub(super) fn went_offline(&self, code: &str) {
        let now = views::time(self.now());
        {
            let mut state = self.state_mut();
            if matches!(&state.connection, Connection::Offline { code: known, .. } if known == code) {
                return;
            }
            // A change of the reason does not change since when.
            let since = match &state.connection {
                Connection::Offline { since, .. } => since.clone(),
                Connection::Online | Connection::Connecting => now,
            };
            state.connection = Connection::Offline { since, code: code.to_owned() };
        }
        tracing::info!(code, "the server is not there");
        self.tell(&[QueryKey::Status, QueryKey::Person, QueryKey::Batch]);
    }

    fn have_problem(&self, code: &str, detail: &StationError) {
        tracing::error!(code, %detail, "the station cannot synchronise");
        self.state_mut().problem = Some(CommandError::new(code).with_detail(detail));
        self.went_offline(code);
        self.tell(&[QueryKey::Status]);
    }
}

fn shown(rows: u64) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
