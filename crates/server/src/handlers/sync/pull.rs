use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;
use viruj_api::sync::{FeedCursor, FeedPage, MAXIMUM_PULL};
use viruj_storage::{feed, installation};

use crate::{
    application::AppState,
    caller::StationCaller,
    error::{ApiError, ProblemCode},
    extract::{Query, Segment},
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PullQuery {
    /// The last `seq` that the reader has applied; 0 from the beginning.
    #[serde(default)]
    after: u64,
    /// The epoch of the reader's cursor; left out at the beginning only.
    epoch: Option<Uuid>,
    /// 1 to 1000; 1000 when left out.
    limit: Option<u32>,
}

/// Pull a feed
///
/// The station's own plant's feed, or `system`; every other one is 404. 410 `cursor_gone` when the epoch has changed or
/// the cursor is beyond the feed's head, as after a restore, or what comes next was changed before the time that the feed
/// still tells of: the reader begins again with a snapshot and keeps its outbox.
#[utoipa::path(get, path = "/api/v1/sync/feeds/{feed}", operation_id = "sync_pull", tag = "sync",
    params(("feed" = String, Path, description = "A plant's id, or `system`"), PullQuery),
    responses((status = 200, description = "Changes after the cursor, in order", body = FeedPage)))]
pub async fn pull(
    State(app): State<AppState>,
    StationCaller(station): StationCaller,
    Segment(name): Segment,
    Query(query): Query<PullQuery>,
) -> Result<Json<FeedPage>, ApiError> {
    if !station.reads(&name) {
        return Err(ProblemCode::NotFound.into());
    }
    let limit = query.limit.unwrap_or(MAXIMUM_PULL);
    if !(1..=MAXIMUM_PULL).contains(&limit) {
        return Err(ApiError::new(ProblemCode::InvalidQuery).with_detail(format!("limit is 1 to {MAXIMUM_PULL}")));
    }
    let feed_epoch = installation::feed_epoch(&app.database).await?;
    let is_of_this_epoch = match query.epoch {
        Some(epoch) => epoch == feed_epoch,
        None => query.after == 0,
    };
    if !is_of_this_epoch {
        return Err(ProblemCode::CursorGone.into());
    }
    let slice = feed::slice(&app.database, &name, query.after, limit).await?;
    // A copy that is so old is made anew in less time than it is brought up to date.
    let oldest = app.clock.now() - app.feed_kept;
    let is_too_old = slice.entries.first().is_some_and(|entry| entry.at < oldest);
    if query.after > slice.head || is_too_old {
        return Err(ProblemCode::CursorGone.into());
    }
    let seq = slice.entries.last().map_or(query.after, |entry| entry.seq);
    Ok(Json(FeedPage {
        entries: slice.entries,
        cursor: FeedCursor { feed_epoch, feed: name, seq },
        head: slice.head,
        server_time: app.server_time(),
    }))
}
