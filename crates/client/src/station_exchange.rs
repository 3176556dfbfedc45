//! Push and pull as a station that signs itself in.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::Mutex;
use viruj_api::{
    leases::{ExtendLeases, SignedLease},
    releases::UpdateReport,
    stations::{StationSession, StationSignIn},
    sync::{FeedCursor, FeedPage, PushRequest, PushResponse},
};
use viruj_domain::ids::StationId;
use viruj_sync::{
    snapshot::SnapshotChunk,
    store::{Exchange, ExchangeError},
};

use crate::{Client, ClientError, News};

/// Answers a challenge: Ed25519 with the station's key over `viruj-station-challenge-v1\0` and the challenge's bytes,
/// base64. The key itself never comes here.
pub type ChallengeSigner = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// The way to the server for the station's half of the protocol.
///
/// The station's token is fetched when it is first needed and again when the server refuses it.
pub struct StationExchange {
    client: Client,
    station_id: StationId,
    program_version: String,
    signer: ChallengeSigner,
    session: Mutex<Option<StationSession>>,
}

impl StationExchange {
    #[must_use]
    pub fn new(client: Client, station_id: StationId, program_version: &str, signer: ChallengeSigner) -> Self {
        Self { client, station_id, program_version: program_version.to_owned(), signer, session: Mutex::new(None) }
    }

    /// The station's token, for what a person does at the station; `None` when the server gives none.
    pub async fn station_token(&self, now: DateTime<Utc>) -> Option<String> {
        let run_out = {
            let session = self.session.lock().await;
            session.as_ref().filter(|open| open.access_expires_at <= now).map(|open| open.access_token.clone())
        };
        self.token(run_out.as_deref()).await.ok()
    }

    /// The token in use, or a new one; `refused` names a token that the server did not take.
    async fn token(&self, refused: Option<&str>) -> Result<String, ClientError> {
        let mut session = self.session.lock().await;
        if let Some(open) = session.as_ref().filter(|open| refused != Some(open.access_token.as_str())) {
            return Ok(open.access_token.clone());
        }
        let challenge = self.client.station_challenge().await?.challenge;
        let signature = (self.signer)(&challenge);
        let opened = self
            .client
            .station_sign_in(&StationSignIn {
                station_id: self.station_id,
                challenge,
                signature,
                program_version: self.program_version.clone(),
            })
            .await?;
        let token = opened.access_token.clone();
        *session = Some(opened);
        Ok(token)
    }

    async fn with_token<T, F>(&self, call: impl Fn(String) -> F + Send + Sync) -> Result<T, ExchangeError>
    where
        F: Future<Output = Result<T, ClientError>> + Send,
    {
        let token = self.token(None).await.map_err(exchange_error)?;
        match call(token.clone()).await {
            Err(ClientError::Problem(problem)) if problem.status == 401 => {
                let renewed = self.token(Some(&token)).await.map_err(exchange_error)?;
                call(renewed).await.map_err(exchange_error)
            }
            answer => answer.map_err(exchange_error),
        }
    }
}

impl StationExchange {
    /// Waits for news; `None` in process, where nothing is told.
    ///
    /// # Errors
    /// [`ExchangeError`].
    pub async fn news(&self) -> Result<Option<News>, ExchangeError> {
        self.with_token(|token| async move { self.client.news(&token).await }).await
    }

    /// Tells how far an update of the program has come.
    ///
    /// # Errors
    /// [`ExchangeError`].
    pub async fn report_update(&self, report: &UpdateReport) -> Result<(), ExchangeError> {
        self.with_token(|token| async move { self.client.report_update(&token, report).await }).await
    }

    /// Lets leases of the station live on; those that do are in the answer.
    ///
    /// # Errors
    /// [`ExchangeError`].
    pub async fn extend_leases(&self, request: &ExtendLeases) -> Result<Vec<SignedLease>, ExchangeError> {
        self.with_token(|token| async move { self.client.extend_leases(&token, request).await }).await
    }
}

impl Exchange for StationExchange {
    async fn push(&self, request: &PushRequest) -> Result<PushResponse, ExchangeError> {
        self.with_token(|token| async move { self.client.push(&token, request).await }).await
    }

    async fn pull(&self, feed: &str, after: Option<&FeedCursor>) -> Result<FeedPage, ExchangeError> {
        self.with_token(|token| async move { self.client.pull(&token, feed, after, None).await }).await
    }

    async fn snapshot(&self, feed: &str, resume: Option<&str>) -> Result<SnapshotChunk, ExchangeError> {
        self.with_token(|token| async move { self.client.snapshot(&token, feed, resume).await }).await
    }
}

fn exchange_error(error: ClientError) -> ExchangeError {
    match error {
        ClientError::Unreachable(detail) => ExchangeError::Unreachable(detail),
        ClientError::Problem(problem) if problem.status == 410 => ExchangeError::CursorGone,
        ClientError::Problem(problem) => ExchangeError::Refused { code: problem.code, status: problem.status },
        ClientError::BadAnswer { status, .. } => ExchangeError::Refused { code: "bad_answer".into(), status },
    }
}
