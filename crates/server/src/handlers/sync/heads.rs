use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, StreamExt, stream};
use tokio::{sync::watch, time::Instant};
use viruj_api::sync::{FeedHead, FeedHeads, SYSTEM_FEED};

use crate::{application::AppState, caller::StationCaller, heads::KnownHeads};

/// Afterwards the station comes with a new token, if it still gets one.
const LONGEST: Duration = Duration::from_secs(600);
/// A station that hears nothing for three times as long takes the connection for dead.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// Hear of news
///
/// Server-sent events (`text/event-stream`), each with the newest `seq` of the station's two feeds as JSON: what changed is
/// pulled. Ends after ten minutes.
#[utoipa::path(get, path = "/api/v1/sync/heads", operation_id = "sync_heads", tag = "sync",
    responses((status = 200, description = "An event for each change", body = FeedHeads,
        content_type = "text/event-stream")))]
pub async fn heads(
    State(app): State<AppState>,
    StationCaller(station): StationCaller,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let told = app.heads.subscribe();
    let partings = told.borrow().partings;
    let waiting = Waiting {
        partings,
        told,
        feeds: [SYSTEM_FEED.to_owned(), station.plant_id.0],
        last: None,
        until: Instant::now() + LONGEST,
    };
    let news = stream::unfold(waiting, |mut waiting| async move {
        let news = waiting.next().await?;
        Some((Ok(Event::default().event("heads").data(news)), waiting))
    });
    // The signs of life go on asking it after its end.
    Sse::new(news.fuse()).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE))
}

struct Waiting {
    told: watch::Receiver<KnownHeads>,
    partings: u64,
    feeds: [String; 2],
    last: Option<FeedHeads>,
    until: Instant,
}

impl Waiting {
    /// The next heads that differ from those told last; `None` at the end.
    async fn next(&mut self) -> Option<String> {
        loop {
            let known = self.told.borrow_and_update().clone();
            if known.partings != self.partings {
                return None;
            }
            let head = |feed: &String| FeedHead {
                feed: feed.clone(),
                seq: known.heads.get(feed).copied().unwrap_or_default(),
            };
            let heads = FeedHeads { heads: self.feeds.iter().map(head).collect() };
            // Before the first answer of the database nothing is known.
            if !known.heads.is_empty() && self.last.as_ref() != Some(&heads) {
                let text = serde_json::to_string(&heads).ok()?;
                self.last = Some(heads);
                return Some(text);
            }
            tokio::select! {
                changed = self.told.changed() => changed.ok()?,
                () = tokio::time::sleep_until(self.until) => return None,
            }
        }
    }
}
