//! Leases: asked for when a batch is worked on here, extended while it is, and what they allow without the server.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use viruj_api::{
    leases::{AskLease, ExtendLeases, GiveLeaseBack, LeaseGrant, LeaseRow, SignedLease, TransferLease},
    station::{
        DataSource,
        batch_steps::{BatchStepName, LeasePlace, LeaseView},
    },
};
use viruj_client::ClientError;
use viruj_domain::{
    batch::BatchStatus,
    ids::BatchId,
    lease::{LEASE_LIFE, LeaseClaim, OperationName},
};
use viruj_sync::{signing::verify_lease, store::ExchangeError};

use super::StationCore;
use crate::{StationError, store::facts::StationIdentity, views};

/// What leases say about a batch at this station at one moment.
#[derive(Clone, Debug)]
pub(crate) struct LeaseStanding {
    /// Those of this station that live.
    own: Vec<LeaseGrant>,
    /// Those of other stations that live.
    others: Vec<LeaseRow>,
    /// Without the server nothing is executed that is not leased to the station.
    is_offline: bool,
    /// The station is its own server, or the batch is not to be executed any more.
    is_without: bool,
}

impl LeaseStanding {
    /// What an entry of the operation is made under.
    pub(crate) fn claim(&self, operation: &OperationName) -> Option<LeaseClaim> {
        let own = self.own.iter().find(|own| own.operation.as_ref().is_none_or(|leased| leased == operation))?;
        Some(LeaseClaim { id: own.lease_id, fence: own.fence })
    }

    /// The lease of another station that the operation is under.
    fn elsewhere(&self, operation: &OperationName) -> Option<&LeaseRow> {
        self.others.iter().find(|other| other.lease().covers(operation))
    }

    /// Why nothing of the operation is executed here now.
    pub(crate) fn refusal(&self, operation: &OperationName) -> Option<StationError> {
        if self.is_without || self.claim(operation).is_some() {
            return None;
        }
        if let Some(other) = self.elsewhere(operation) {
            let (station, until) = (other.station_name.clone(), other.expires_at);
            return Some(StationError::LeasedElsewhere { station, until });
        }
        self.is_offline.then_some(StationError::LeaseNeeded)
    }

    /// Whether the station should have a lease of the operation that somebody works on here, and has none.
    pub(super) fn is_wanted(&self, operation: &OperationName) -> bool {
        !self.is_without && self.claim(operation).is_none()
    }

    /// What the screen shows of the operation that comes next, and what may be done about it.
    pub(crate) fn view(&self, operation: Option<&OperationName>, may_execute: bool) -> Option<LeaseView> {
        if self.is_without {
            return None;
        }
        let covers = |leased: &Option<OperationName>| leased.is_none() || leased.as_ref() == operation;
        let own = self.own.iter().find(|own| covers(&own.operation));
        let other = self.others.iter().find(|other| covers(&other.operation));
        let (place, station_name, until, leased) = match (own, other) {
            (Some(own), _) => (LeasePlace::Here, None, Some(own.expires_at), &own.operation),
            (None, Some(other)) => {
                (LeasePlace::Elsewhere, Some(other.station_name.clone()), Some(other.expires_at), &other.operation)
            }
            (None, None) => (LeasePlace::Nowhere, None, None, &None),
        };
        let steps = match place {
            _ if !may_execute => Vec::new(),
            LeasePlace::Here if leased.is_some() => vec![BatchStepName::GiveBack, BatchStepName::Take],
            LeasePlace::Here => vec![BatchStepName::GiveBack],
            LeasePlace::Elsewhere => vec![BatchStepName::TakeOver],
            LeasePlace::Nowhere => vec![BatchStepName::Take],
        };
        let operation = leased.as_ref().map(|leased| leased.operation.clone());
        Some(LeaseView { place, station_name, until: until.map(views::time), operation, steps })
    }
}

impl StationCore {
    pub(super) async fn lease_standing(
        &self,
        batch: &BatchId,
        status: BatchStatus,
    ) -> Result<LeaseStanding, StationError> {
        let identity = self.registered()?;
        let (told, at) = (self.store.leases(batch.as_str()).await?, self.latest_known_time());
        let held = self.store.held_leases(Some(batch.as_str())).await?;
        let lives = |lease: &LeaseRow| lease.lease().lives_at(at);
        Ok(LeaseStanding {
            own: held.into_iter().filter(|own| is_living(own, &told, at)).collect(),
            others: told.iter().filter(|row| row.station_id != identity.station_id && lives(row)).cloned().collect(),
            is_offline: self.is_offline(),
            is_without: self.options.source == DataSource::Embedded || !status.is_leasable(),
        })
    }

    /// Takes the whole batch to this station.
    ///
    /// # Errors
    /// The server cannot be reached or refuses, for example because another station has some of it.
    pub(super) async fn take_lease(&self, batch: &BatchId) -> Result<(), StationError> {
        self.ask(&self.registered()?, batch, None).await
    }

    /// Takes over what another station has of the batch: the operation that comes next, or the batch where it has all.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub(super) async fn take_lease_over(&self, batch: &BatchId, reason: &str) -> Result<(), StationError> {
        let identity = self.registered()?;
        let shown = self.shown_batch(batch.as_str()).await?;
        let standing = self.lease_standing(batch, shown.status).await?;
        let next = shown.next_phase().map(|phase| phase.row.operation_name());
        let operation = next.and_then(|next| standing.elsewhere(&next)?.operation.clone());
        let request = TransferLease { station_id: identity.station_id, operation, reason: reason.to_owned() };
        let signed = self
            .at_server(|client, token| {
                let (batch, request) = (batch.clone(), request.clone());
                async move { client.transfer_lease(token.expose(), &batch, &request).await }
            })
            .await?;
        self.keep_lease(&identity, batch, &signed).await
    }

    /// Gives back everything that the station has of the batch.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub(super) async fn give_lease_back(&self, batch: &BatchId) -> Result<(), StationError> {
        let request = GiveLeaseBack { station_id: self.registered()?.station_id };
        // Nobody records under the lease while it goes.
        let _recording = self.recording.lock().await;
        self.push().await?;
        self.at_server(|client, token| {
            let (batch, request) = (batch.clone(), request.clone());
            async move { client.give_lease_back(token.expose(), &batch, &request).await }
        })
        .await?;
        self.state_mut().wanted_leases.retain(|(wanted, _)| wanted != batch);
        for own in self.store.held_leases(Some(batch.as_str())).await? {
            self.store.forget_lease(own.lease_id).await?;
        }
        Ok(())
    }

    async fn ask(
        &self,
        identity: &StationIdentity,
        batch: &BatchId,
        operation: Option<OperationName>,
    ) -> Result<(), StationError> {
        let request = AskLease { station_id: identity.station_id, operation };
        let signed = self
            .at_server(|client, token| {
                let (batch, request) = (batch.clone(), request.clone());
                async move { client.ask_lease(token.expose(), &batch, &request).await }
            })
            .await?;
        self.keep_lease(identity, batch, &signed).await
    }

    /// The server's word counts when a pinned key signed it for this station and this batch.
    async fn keep_lease(
        &self,
        identity: &StationIdentity,
        batch: &BatchId,
        signed: &SignedLease,
    ) -> Result<(), StationError> {
        let lease = self.verified(identity, signed)?;
        if lease.batch_id != *batch {
            return Err(StationError::ServerChanged);
        }
        Ok(self.store.keep_lease(&lease, signed).await?)
    }

    fn verified(&self, identity: &StationIdentity, signed: &SignedLease) -> Result<LeaseGrant, StationError> {
        let lease = verify_lease(signed, &Self::pinned_keys(identity)).map_err(|_| StationError::ServerChanged)?;
        if lease.station_id == identity.station_id { Ok(lease) } else { Err(StationError::ServerChanged) }
    }

    /// Somebody works on the operation here: the next round of synchronisation asks for its lease.
    pub(super) fn want_lease(&self, batch: BatchId, operation: OperationName) {
        self.state_mut().wanted_leases.insert((batch, operation));
    }

    /// Asks for what is wanted, extends what has lived half its life, and forgets what lives no more.
    ///
    /// # Errors
    /// The server cannot be reached, or the store fails; what the server refuses is no reason to stop.
    pub(super) async fn tend_leases(&self, identity: &StationIdentity) -> Result<(), StationError> {
        let wanted = std::mem::take(&mut self.state_mut().wanted_leases);
        for (batch, operation) in wanted {
            match self.ask(identity, &batch, Some(operation.clone())).await {
                Ok(()) => {}
                Err(error @ StationError::Client(ClientError::Unreachable(_))) => {
                    self.want_lease(batch, operation);
                    return Err(error);
                }
                Err(error @ (StationError::Store(_) | StationError::ServerChanged)) => return Err(error),
                Err(error) => tracing::debug!(code = error.code(), %batch, "it is not leased to this station"),
            }
        }
        self.extend_leases(identity).await
    }

    async fn extend_leases(&self, identity: &StationIdentity) -> Result<(), StationError> {
        let (held, now) = (self.store.held_leases(None).await?, self.latest_known_time());
        let mut aging = BTreeSet::new();
        for own in held {
            let told = self.store.leases(own.batch_id.as_str()).await?;
            if !is_living(&own, &told, now) {
                self.store.forget_lease(own.lease_id).await?;
            } else if own.expires_at - now < LEASE_LIFE / 2 && aging.len() < ExtendLeases::MOST {
                aging.insert(own.lease_id);
            }
        }
        let Some((exchange, _)) = self.way().filter(|_| !aging.is_empty()) else { return Ok(()) };
        let request = ExtendLeases { leases: aging.iter().copied().collect() };
        let answer = match exchange.extend_leases(&request).await {
            Ok(answer) => answer,
            Err(ExchangeError::Unreachable(detail)) => return Err(ClientError::Unreachable(detail).into()),
            Err(error) => {
                tracing::warn!(%error, "leases are not extended");
                return Ok(());
            }
        };
        for signed in &answer {
            let lease = self.verified(identity, signed)?;
            aging.remove(&lease.lease_id);
            self.store.keep_lease(&lease, signed).await?;
        }
        // What the server has left out is over.
        for id in aging {
            self.store.forget_lease(id).await?;
        }
        Ok(())
    }
}

/// The server's word holds until the feed tells of its end.
fn is_living(own: &LeaseGrant, told: &[LeaseRow], at: DateTime<Utc>) -> bool {
    let has_ended = told.iter().any(|row| row.id == own.lease_id && row.ended_at.is_some());
    at < own.expires_at && !has_ended
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;
    use viruj_domain::ids::{LeaseId, StationId};

    use super::*;

    fn named(operation: &str) -> OperationName {
        OperationName { unit_procedure: "Blending".to_owned(), operation: operation.to_owned() }
    }

    fn own(operation: Option<&str>) -> LeaseGrant {
        LeaseGrant {
            format: 1,
            lease_id: LeaseId(Uuid::from_u128(7)),
            batch_id: "batch-1".into(),
            operation: operation.map(named),
            station_id: StationId(Uuid::from_u128(1)),
            fence: 3,
            issued_at: DateTime::UNIX_EPOCH,
            expires_at: DateTime::UNIX_EPOCH + LEASE_LIFE,
        }
    }

    fn other(operation: Option<&str>) -> LeaseRow {
        let lease = own(operation);
        LeaseRow {
            id: LeaseId(Uuid::from_u128(8)),
            plant_id: "plant-a".into(),
            batch_id: lease.batch_id,
            operation: lease.operation,
            station_id: StationId(Uuid::from_u128(2)),
            station_name: "Granulation 2".to_owned(),
            fence: 2,
            issued_at: lease.issued_at,
            expires_at: lease.expires_at,
            ended_at: None,
        }
    }

    fn standing(own: Vec<LeaseGrant>, others: Vec<LeaseRow>, is_offline: bool) -> LeaseStanding {
        LeaseStanding { own, others, is_offline, is_without: false }
    }

    fn code(standing: &LeaseStanding, operation: &str) -> Option<String> {
        standing.refusal(&named(operation)).map(|refusal| refusal.code().to_owned())
    }

    #[test]
    fn without_the_server_only_what_is_leased_here_is_executed() {
        let part = |is_offline| standing(vec![own(Some("Charge"))], vec![], is_offline);
        assert_eq!(code(&part(true), "Charge"), None);
        assert_eq!(code(&part(true), "Mix").as_deref(), Some("lease_needed"));
        assert_eq!(code(&part(false), "Mix"), None, "the server says itself what it takes");
        assert_eq!(code(&standing(vec![own(None)], vec![], true), "Mix"), None);
        let embedded = LeaseStanding { is_without: true, ..standing(vec![], vec![], true) };
        assert_eq!(code(&embedded, "Mix"), None);
    }

    #[test]
    fn what_another_station_has_is_not_executed_here_with_the_server_or_without() {
        for is_offline in [false, true] {
            let elsewhere = standing(vec![], vec![other(Some("Charge"))], is_offline);
            assert_eq!(code(&elsewhere, "Charge").as_deref(), Some("leased_elsewhere"));
        }
        assert_eq!(code(&standing(vec![], vec![other(Some("Charge"))], false), "Mix"), None);
    }

    #[test]
    fn the_screen_shows_where_the_operation_is_that_comes_next() {
        let shown = |own: Vec<LeaseGrant>, others: Vec<LeaseRow>, next: &str| {
            let view = standing(own, others, false).view(Some(&named(next)), true).unwrap();
            (view.place, view.operation, view.steps)
        };
        let part = |operation: &str| Some(operation.to_owned());
        use BatchStepName::{GiveBack, Take, TakeOver};
        let charge = Some("Charge");
        assert_eq!(shown(vec![own(None)], vec![], "Mix"), (LeasePlace::Here, None, vec![GiveBack]));
        assert_eq!(
            shown(vec![own(charge)], vec![], "Charge"),
            (LeasePlace::Here, part("Charge"), vec![GiveBack, Take])
        );
        assert_eq!(shown(vec![own(charge)], vec![], "Mix"), (LeasePlace::Nowhere, None, vec![Take]));
        let beside = (LeasePlace::Elsewhere, part("Mix"), vec![TakeOver]);
        assert_eq!(shown(vec![own(charge)], vec![other(Some("Mix"))], "Mix"), beside);
        let reader = standing(vec![own(None)], vec![], false).view(None, false).unwrap();
        assert_eq!(reader.steps, []);
    }

    #[test]
    fn the_servers_word_holds_until_it_expires_or_the_feed_tells_of_its_end() {
        let word = own(None);
        let told = LeaseRow { id: word.lease_id, ended_at: Some(DateTime::UNIX_EPOCH), ..other(None) };
        let at = |hours| DateTime::UNIX_EPOCH + TimeDelta::hours(hours);
        assert!(is_living(&word, &[], at(47)), "the feed need not have told of it yet");
        assert!(!is_living(&word, &[], at(48)));
        assert!(!is_living(&word, &[told], at(1)));
    }
}
