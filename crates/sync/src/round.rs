//! The station's half: push what is unsent, then pull the feeds to their heads, or make a new copy where that cannot be.
//!
//! Every store call is safe to repeat, so a round that dies at any point is simply begun again.

use std::time::Duration;

use viruj_api::sync::{FeedCursor, FeedPage, MAXIMUM_PUSH, OperationVerdict, PushRequest, PushStop, ServerTime};
use viruj_domain::ids::StationId;

use crate::{
    planted::{Bug, is_planted},
    receive::stop,
    store::{Exchange, ExchangeError, OperationLog, Replica, StoreError, StoredOperation},
};

/// Base64 bytes of envelopes after which a push is closed.
pub const PUSH_BYTES: usize = 512 * 1024;

/// Why a round ended early; what it did before stands.
#[derive(Debug, thiserror::Error)]
pub enum RoundError {
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server's answer does not follow the protocol: nothing of it is taken.
    #[error("the server's answer does not fit the request: {0}")]
    Protocol(&'static str),
}

impl RoundError {
    /// A stable code; a server's own code passes through, known or not, and means "try again later".
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Exchange(ExchangeError::Unreachable(_)) => "server_unreachable",
            Self::Exchange(ExchangeError::Refused { code, .. }) => code,
            Self::Exchange(ExchangeError::CursorGone) => "cursor_gone",
            Self::Store(_) => "store_failed",
            Self::Protocol(_) => "protocol_violated",
        }
    }
}

/// What a push round did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PushRound {
    /// Verdicts that came back, repeated ones included.
    pub verdicts: Vec<OperationVerdict>,
    /// The server took no more; the rest stays in the outbox.
    pub stopped: Option<PushStop>,
    pub server_time: Option<ServerTime>,
}

/// Pushes until the outbox is empty or the server stops.
///
/// # Errors
/// [`RoundError`]; operations without a verdict stay in the outbox.
pub async fn push_round<L: OperationLog, E: Exchange>(
    log: &mut L,
    exchange: &E,
    station: StationId,
) -> Result<PushRound, RoundError> {
    push_from(log, exchange, station, None).await
}

/// Offers the newest operation again after a feed's epoch changed, and with it whatever the server has lost.
///
/// # Errors
/// As [`push_round`].
pub async fn push_after_restore<L: OperationLog, E: Exchange>(
    log: &mut L,
    exchange: &E,
    station: StationId,
) -> Result<PushRound, RoundError> {
    let newest = log.last(station).await?.map(|operation| operation.station_seq);
    push_from(log, exchange, station, newest).await
}

async fn push_from<L: OperationLog, E: Exchange>(
    log: &mut L,
    exchange: &E,
    station: StationId,
    mut again_from: Option<u64>,
) -> Result<PushRound, RoundError> {
    let mut round = PushRound::default();
    // A server that was restored has lost operations that were acknowledged: they are sent again, once.
    let mut has_gone_back = false;
    loop {
        let mut operations = match again_from {
            Some(seq) => log.since(station, seq, MAXIMUM_PUSH).await?,
            None => log.without_verdict(station, MAXIMUM_PUSH).await?,
        };
        keep_within_bytes(&mut operations);
        let Some(last) = operations.last().map(|operation| operation.station_seq) else {
            return Ok(round);
        };
        let envelopes = operations.iter().map(|operation| operation.signed.clone()).collect();
        let response = exchange.push(&PushRequest { envelopes }).await?;
        let verdicts = matched(&operations, response.verdicts, response.stopped.is_none())?;
        round.server_time = Some(response.server_time);
        for verdict in verdicts {
            log.set_verdict(verdict.clone()).await?;
            round.verdicts.push(verdict);
        }
        match response.stopped {
            Some(stopped) if is_restored_server(&stopped, &operations) && !has_gone_back => {
                has_gone_back = true;
                again_from = Some(stopped.expected_seq);
            }
            Some(stopped) => {
                round.stopped = Some(stopped);
                return Ok(round);
            }
            None => again_from = again_from.map(|_| last + 1),
        }
    }
}

fn keep_within_bytes(operations: &mut Vec<StoredOperation>) {
    let mut bytes = 0;
    let fitting = operations
        .iter()
        .take_while(|operation| {
            bytes += operation.signed.envelope.len();
            bytes <= PUSH_BYTES
        })
        .count();
    // One envelope is always sent, or the outbox would never drain.
    operations.truncate(fitting.max(1));
}

fn is_restored_server(stopped: &PushStop, sent: &[StoredOperation]) -> bool {
    let is_blind = is_planted(Bug::RestoreForgotten);
    !is_blind
        && stopped.code == stop::SEQUENCE_GAP
        && sent.first().is_some_and(|first| stopped.expected_seq < first.station_seq)
}

/// Verdicts in the order of what was sent, each under the id that this station knows the operation by.
fn matched(
    sent: &[StoredOperation],
    verdicts: Vec<OperationVerdict>,
    is_whole: bool,
) -> Result<Vec<OperationVerdict>, RoundError> {
    if verdicts.len() > sent.len() || (is_whole && verdicts.len() != sent.len()) {
        return Err(RoundError::Protocol("another number of verdicts than of operations"));
    }
    let fits = sent.iter().zip(&verdicts).all(|(operation, verdict)| operation.station_seq == verdict.station_seq);
    if !fits {
        return Err(RoundError::Protocol("a verdict for an operation that was not sent"));
    }
    let own_id = |(operation, verdict): (&StoredOperation, OperationVerdict)| OperationVerdict {
        operation_id: operation.operation_id,
        ..verdict
    };
    Ok(sent.iter().zip(verdicts).map(own_id).collect())
}

/// What a pull round did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PullRound {
    /// Rows that arrived, those that a station does not keep included.
    pub entries: u64,
    /// There is no copy to go on from, or it belongs to another epoch of the server, or to a time that the feed tells no
    /// more: a new copy must be made ([`begin_snapshot`]). The old one stays until then.
    pub needs_snapshot: bool,
    pub server_time: Option<ServerTime>,
}

/// Pulls one feed until its head, or until it is found that a new copy must be made.
///
/// # Errors
/// [`RoundError`]; pages that were applied stand.
pub async fn pull_round<R: Replica, E: Exchange>(
    replica: &mut R,
    exchange: &E,
    feed: &str,
) -> Result<PullRound, RoundError> {
    let mut round = PullRound::default();
    loop {
        let Some(held) = replica.cursor(feed).await? else {
            return Ok(PullRound { needs_snapshot: true, ..round });
        };
        let Some(page) = page_after(exchange, feed, &held).await? else {
            return Ok(PullRound { needs_snapshot: true, ..round });
        };
        if is_planted(Bug::CursorAhead) {
            replica.apply(&FeedPage { entries: Vec::new(), ..page.clone() }).await?;
        }
        replica.apply(&page).await?;
        round.entries += page.entries.len() as u64;
        let at_head = page.cursor.seq >= page.head;
        round.server_time = Some(page.server_time);
        if at_head {
            return Ok(round);
        }
    }
}

/// The next page of a feed; `None` when the feed cannot be read from there.
async fn page_after<E: Exchange>(exchange: &E, feed: &str, held: &FeedCursor) -> Result<Option<FeedPage>, RoundError> {
    let page = match exchange.pull(feed, Some(held)).await {
        Err(ExchangeError::CursorGone) => return Ok(None),
        Err(error) => return Err(error.into()),
        Ok(page) if held.feed_epoch != page.cursor.feed_epoch => return Ok(None),
        Ok(page) => page,
    };
    check_page(feed, held, &page)?;
    Ok(Some(page))
}

/// A page that leaves a gap would leave rows out for ever, since nobody asks for them again.
fn check_page(feed: &str, held: &FeedCursor, page: &FeedPage) -> Result<(), RoundError> {
    let start = held.seq;
    let is_dense = page.entries.iter().zip(start + 1..).all(|(entry, seq)| entry.seq == seq);
    if page.cursor.feed != feed || !is_dense || page.cursor.seq != start + page.entries.len() as u64 {
        return Err(RoundError::Protocol("a page with a gap"));
    }
    if page.entries.is_empty() && page.cursor.seq < page.head {
        return Err(RoundError::Protocol("an empty page before the head"));
    }
    Ok(())
}

/// How long to wait before attempt `attempt` (from 1), from 1 s doubling to 60 s, half of it by chance.
///
/// `random` spreads stations that lost the same server, so that they do not come back in one moment.
#[must_use]
pub fn backoff(attempt: u32, random: u64) -> Duration {
    const LONGEST_MS: u64 = 60_000;
    let full = 1_000_u64.checked_shl(attempt.saturating_sub(1).min(16)).unwrap_or(LONGEST_MS).min(LONGEST_MS);
    Duration::from_millis(full / 2 + random % (full / 2 + 1))
}

mod snapshot;

pub use snapshot::{SnapshotRound, begin_snapshot, snapshot_round};

#[cfg(test)]
mod tests;
