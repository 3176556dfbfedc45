//! Releases of the program: they lie at the server, so nothing of them is kept here.

use viruj_api::{
    releases::{ChangeRollout, ReleaseRow},
    station::{
        QueryKey,
        releases::{ReleaseStations, ReleaseView, RolloutInput},
    },
};

use super::StationCore;
use crate::{StationError, views};

/// What stands before the word of a reason that is the server's own.
const SYSTEM: &str = "system:";

impl StationCore {
    /// Every release, the highest version first.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn list_releases(&self) -> Result<Vec<ReleaseView>, StationError> {
        let releases = self.at_server(|client, token| async move { client.releases(token.expose()).await }).await?;
        Ok(releases.into_iter().map(release).collect())
    }

    /// Takes a release further, or stops it.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn change_rollout(&self, input: &RolloutInput) -> Result<ReleaseView, StationError> {
        let request = ChangeRollout {
            state: Some(input.state),
            ring: Some(input.ring),
            percentage: Some(input.percentage),
            reason: input.reason.clone(),
        };
        let id = input.release_id;
        let changed = self
            .at_server(|client, token| {
                let request = request.clone();
                async move { client.change_rollout(token.expose(), id, &request).await }
            })
            .await;
        self.tell(&[QueryKey::Releases]);
        Ok(release(changed?))
    }
}

fn release(row: ReleaseRow) -> ReleaseView {
    let own = row.stopped_because.as_deref().and_then(|because| because.strip_prefix(SYSTEM)).map(str::to_owned);
    ReleaseView {
        id: row.id,
        version: row.version,
        target: row.target,
        sha256: row.sha256,
        size_bytes: row.size_bytes.to_string(),
        builder_key: row.builder_key,
        notes: row.notes,
        state: row.state,
        ring: row.ring,
        percentage: row.percentage,
        stopped_because: row.stopped_because.filter(|_| own.is_none()),
        stopped_by_itself: own,
        published_by: row.published_by_name,
        published_at: views::time(row.published_at),
        stations: ReleaseStations {
            healthy: row.stations.healthy,
            installing: row.stations.installing,
            refused: row.stations.refused,
            put_back: row.stations.put_back,
            silent: row.stations.silent,
        },
    }
}
