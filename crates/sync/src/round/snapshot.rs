//! A new copy of a feed, made beside the old one.

use futures_util::future::join;
use viruj_api::sync::ServerTime;

use super::{RoundError, page_after};
use crate::{
    snapshot::SnapshotChunk,
    store::{Exchange, ExchangeError, Replica, SnapshotProgress},
};

/// What became of a new copy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SnapshotRound {
    /// The server's epoch changed meanwhile, or it was away too long: the new copy is forgotten and must be begun again.
    pub is_stale: bool,
    pub server_time: Option<ServerTime>,
}

/// Asks for the first chunk, unless a new copy was begun before.
///
/// From then on its epoch is known, so a server that is restored later is noticed. One that was restored before may have
/// lost what it had acknowledged: [`super::push_after_restore`] comes between this and [`snapshot_round`].
///
/// # Errors
/// [`RoundError`].
pub async fn begin_snapshot<R: Replica, E: Exchange>(
    replica: &mut R,
    exchange: &E,
    feed: &str,
) -> Result<(), RoundError> {
    if replica.snapshot(feed).await?.is_some() {
        return Ok(());
    }
    let chunk = match exchange.snapshot(feed, None).await {
        Err(ExchangeError::CursorGone) => return Err(RoundError::Protocol("a snapshot cannot be begun")),
        answer => answer?,
    };
    if chunk.end.cursor.feed != feed {
        return Err(RoundError::Protocol("a snapshot of another feed"));
    }
    Ok(replica.keep_chunk(&chunk).await?)
}

/// Goes on with a new copy until it has caught up and stands in the place of the old one.
///
/// `told` hears how far it has come.
///
/// # Errors
/// [`RoundError`]; the next round goes on where this one ended.
pub async fn snapshot_round<R: Replica, E: Exchange>(
    replica: &mut R,
    exchange: &E,
    feed: &str,
    mut told: impl FnMut(&SnapshotProgress) + Send,
) -> Result<SnapshotRound, RoundError> {
    let mut round = SnapshotRound::default();
    let mut ahead = None;
    while let Some(progress) = replica.snapshot(feed).await? {
        told(&progress);
        let Some(resume) = &progress.resume else {
            let Some(page) = page_after(exchange, feed, &progress.cursor).await? else { break };
            replica.catch_up(&page).await?;
            round.server_time = Some(page.server_time);
            if page.cursor.seq >= page.head {
                return Ok(round);
            }
            continue;
        };
        let answer = match ahead.take() {
            Some(answer) => answer,
            None => exchange.snapshot(feed, Some(resume)).await,
        };
        let chunk = match answer {
            Err(ExchangeError::CursorGone) => break,
            answer => answer?,
        };
        if !follows(&progress, &chunk) {
            return Err(RoundError::Protocol("a chunk of another snapshot"));
        }
        // The server reads the next chunk while this one is written.
        let next = async {
            match &chunk.end.next {
                Some(next) => Some(exchange.snapshot(feed, Some(next)).await),
                None => None,
            }
        };
        let (kept, fetched) = join(replica.keep_chunk(&chunk), next).await;
        kept?;
        ahead = fetched;
    }
    replica.drop_snapshot(feed).await?;
    Ok(SnapshotRound { is_stale: true, ..round })
}

fn follows(progress: &SnapshotProgress, chunk: &SnapshotChunk) -> bool {
    chunk.end.cursor == progress.cursor && chunk.end.sent == progress.sent + chunk.end.rows
}
