use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;
use viruj_api::sync::{FeedCursor, SnapshotEnd};
use viruj_storage::{
    feed::{self, SnapshotPlace},
    installation,
};
use viruj_sync::snapshot::{ChunkPlace, ChunkWriter};

use crate::{
    application::AppState,
    caller::StationCaller,
    error::{ApiError, ProblemCode},
    extract::{Query, Segment},
};

/// Rows of a chunk: a few megabytes, so that neither side holds much at once.
const ROWS: usize = 5_000;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SnapshotQuery {
    /// `next` of the chunk before; left out for the first one.
    resume: Option<String>,
}

/// What a chunk says so that the next one can be asked for, by whomever, of whichever replica.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Resume {
    epoch: Uuid,
    seq: u64,
    expected: u64,
    sent: u64,
    kind: String,
    key: String,
}

impl Resume {
    fn read(text: &str) -> Option<Self> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    }

    fn text(&self) -> Result<String, ApiError> {
        Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).map_err(ApiError::internal)?))
    }
}

/// Read a snapshot of a feed
///
/// Lines of JSON, each a row as `FeedChange`, and a last one with `kind` `end` and a `SnapshotEnd`: what came, its checksum,
/// and what asks for the next chunk. Rows are as they are when they are read; afterwards the feed is pulled from the
/// cursor, which is where it stood at the first chunk. 410 `cursor_gone` when the epoch has changed since.
#[utoipa::path(get, path = "/api/v1/sync/feeds/{feed}/snapshot", operation_id = "sync_snapshot", tag = "sync",
    params(("feed" = String, Path, description = "A plant's id, or `system`"), SnapshotQuery),
    responses((status = 200, description = "Rows, one a line", body = SnapshotEnd,
        content_type = "application/x-ndjson")))]
pub async fn snapshot(
    State(app): State<AppState>,
    StationCaller(station): StationCaller,
    Segment(name): Segment,
    Query(query): Query<SnapshotQuery>,
) -> Result<Response, ApiError> {
    if !station.reads(&name) {
        return Err(ProblemCode::NotFound.into());
    }
    let unfit = || ApiError::new(ProblemCode::InvalidQuery).with_detail("resume is not what a chunk has said");
    let resume = query.resume.as_deref().map(|text| Resume::read(text).ok_or_else(unfit)).transpose()?;
    let feed_epoch = installation::feed_epoch(&app.database).await?;
    if resume.as_ref().is_some_and(|resume| resume.epoch != feed_epoch) {
        return Err(ProblemCode::CursorGone.into());
    }
    let after = resume.as_ref().map(|resume| SnapshotPlace { kind: resume.kind.clone(), key: resume.key.clone() });
    let slice =
        feed::snapshot_slice(&app.database, &name, after.as_ref(), ROWS).await.map_err(|error| match error {
            viruj_storage::StorageError::CursorInvalid => unfit(),
            other => other.into(),
        })?;
    let mut writer = ChunkWriter::default();
    for row in &slice.rows {
        writer.push(row).map_err(ApiError::internal)?;
    }
    let (seq, sent_before) = resume.as_ref().map_or((slice.head, 0), |resume| (resume.seq, resume.sent));
    let expected = slice.expected.or(resume.map(|resume| resume.expected)).unwrap_or_default();
    let next = slice.ends_at.map(|SnapshotPlace { kind, key }| {
        Resume { epoch: feed_epoch, seq, expected, sent: sent_before + writer.rows(), kind, key }.text()
    });
    let cursor = FeedCursor { feed_epoch, feed: name, seq };
    let place = ChunkPlace { cursor, sent_before, expected, next: next.transpose()? };
    let chunk = writer.finish(place, app.server_time()).map_err(ApiError::internal)?;
    let text = chunk.into_text().map_err(ApiError::internal)?;
    let media_type = HeaderValue::from_static("application/x-ndjson");
    Ok(([(header::CONTENT_TYPE, media_type)], text).into_response())
}
