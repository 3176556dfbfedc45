//! Updates of the program, as a station fetches them.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use viruj_api::{
    problem::with_causes,
    releases::{ChangeRollout, ReleaseRow, UpdateReport},
};
use viruj_domain::ids::ReleaseId;

use crate::{
    Client, ClientError,
    client::{Answer, refused, request},
};

/// A package comes over a slow network within this time, or the rest of it is asked for.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// The connection is dead when nothing has come for so long.
const SILENCE: Duration = Duration::from_secs(30);

/// A package as it comes.
pub struct PackageStream {
    answer: reqwest::Response,
    /// Where in the package the first bytes belong.
    pub starts_at: u64,
}

impl Client {
    /// Every release, the highest version first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn releases(&self, access_token: &str) -> Answer<Vec<ReleaseRow>> {
        self.get("/api/v1/releases", Some(access_token)).await
    }

    /// Takes a release further, or stops it.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn change_rollout(
        &self,
        access_token: &str,
        id: ReleaseId,
        request: &ChangeRollout,
    ) -> Answer<ReleaseRow> {
        self.post(&format!("/api/v1/releases/{id}/rollout"), Some(access_token), Some(request)).await
    }

    /// Tells how far an update has come.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn report_update(&self, station_token: &str, report: &UpdateReport) -> Answer<()> {
        self.command(Method::POST, "/api/v1/updates/reports", Some(station_token), Some(report)).await
    }

    /// Fetches a package from its byte `from` on; `None` in process, where nothing is updated.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn fetch_package(&self, station_token: &str, sha256: &str, from: u64) -> Answer<Option<PackageStream>> {
        let path = format!("/api/v1/release-packages/{sha256}");
        let mut asked = request(Method::GET, &path, Some(station_token), None::<&()>)?;
        if from > 0
            && let Ok(range) = HeaderValue::from_str(&format!("bytes={from}-"))
        {
            asked.headers_mut().insert(header::RANGE, range);
        }
        let answer = self.transport.stream(asked, LONGEST).await;
        let Some(answer) = answer.map_err(|error| ClientError::Unreachable(with_causes(error.as_ref())))? else {
            return Ok(None);
        };
        match answer.status() {
            StatusCode::PARTIAL_CONTENT => Ok(Some(PackageStream { answer, starts_at: from })),
            status if status.is_success() => Ok(Some(PackageStream { answer, starts_at: 0 })),
            _ => Err(refused(answer).await),
        }
    }
}

impl PackageStream {
    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`] when the connection is lost.
    pub async fn next(&mut self) -> Answer<Option<Bytes>> {
        match tokio::time::timeout(SILENCE, self.answer.chunk()).await {
            Ok(piece) => piece.map_err(|error| ClientError::Unreachable(with_causes(&error))),
            Err(_) => Err(ClientError::Unreachable("nothing has come for half a minute".to_owned())),
        }
    }
}
