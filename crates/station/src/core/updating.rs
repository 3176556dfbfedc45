//! Updates of the program: whether it may be replaced now, the highest version that was seen, and what the server is told.

use viruj_api::{releases::UpdateReport, station::UpdateHindrance};
use viruj_client::PackageStream;
use viruj_sync::store::ExchangeError;

use super::StationCore;
use crate::{StationError, store::facts};

impl StationCore {
    /// The token that the station asks for updates with; `None` while the server gives none, and at a station that is not
    /// registered.
    pub async fn update_token(&self) -> Option<String> {
        let exchange = self.state().exchange.clone()?;
        exchange.station_token(self.now()).await
    }

    /// A package from its byte `from` on; `None` at a station that is its own server.
    ///
    /// # Errors
    /// What the server says, or that it is not there.
    pub async fn fetch_package(
        &self,
        token: &str,
        sha256: &str,
        from: u64,
    ) -> Result<Option<PackageStream>, StationError> {
        Ok(self.options.client.fetch_package(token, sha256, from).await?)
    }

    /// What stands against replacing the program now.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn update_hindrance(&self) -> Result<Option<UpdateHindrance>, StationError> {
        let (unsent, _) = self.store.unsent_count().await?;
        if unsent > 0 || !self.store.unsent_files().await?.is_empty() {
            return Ok(Some(UpdateHindrance::Unsent));
        }
        if self.state().copying.is_some() {
            return Ok(Some(UpdateHindrance::Copying));
        }
        let station = self.state().identity.as_ref().map(|identity| identity.station_id);
        match station {
            Some(station) if self.store.has_running_phase_of(station).await? => Ok(Some(UpdateHindrance::PhaseRuns)),
            _ => Ok(None),
        }
    }

    /// The ratchet (CVE-2026-95625): `false` for a version that is lower than one that was seen before.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn see_version(&self, version: [u64; 3]) -> Result<bool, StationError> {
        let highest: Option<[u64; 3]> = self.store.fact(facts::HIGHEST_VERSION).await?;
        if highest.is_some_and(|highest| version < highest) {
            return Ok(false);
        }
        self.store.set_fact(facts::HIGHEST_VERSION, &version).await?;
        Ok(true)
    }

    /// Tells the server how far an update has come.
    ///
    /// # Errors
    /// What the server says, or that it is not there: it is told again.
    pub async fn report_update(&self, report: &UpdateReport) -> Result<(), ExchangeError> {
        let exchange = self.state().exchange.clone();
        match exchange {
            Some(exchange) => exchange.report_update(report).await,
            None => Err(ExchangeError::Unreachable("the station is not registered".to_owned())),
        }
    }
}
