//! The review of finished batches.

use http::{HeaderName, Method, header};
use serde::Serialize;
use uuid::Uuid;
use viruj_api::{
    lists::Page,
    record_signing::SignRecord,
    reviews::{AcceptException, AnswerQuery, AskProduction, BatchReview, ReviewListQuery, ReviewSummary},
};
use viruj_domain::ids::BatchId;

use crate::{
    Client,
    administration::{IDEMPOTENCY_KEY, with_query},
    client::{Answer, escaped, read},
};

/// A signed step with the whole batch, by the last part of its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewAction {
    Sign,
    Release,
    Reject,
}

impl ReviewAction {
    fn path(self) -> &'static str {
        match self {
            Self::Sign => "review/sign",
            Self::Release => "release",
            Self::Reject => "reject",
        }
    }
}

/// Which certificate is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    OfAnalysis,
    OfBatch,
}

impl Certificate {
    fn path(self) -> &'static str {
        match self {
            Self::OfAnalysis => "certificates/analysis",
            Self::OfBatch => "certificates/batch",
        }
    }
}

impl Client {
    pub async fn reviews(&self, access_token: &str, query: &ReviewListQuery) -> Answer<Page<ReviewSummary>> {
        self.get(&with_query("/api/v1/reviews", query), Some(access_token)).await
    }

    pub async fn batch_review(&self, access_token: &str, id: &BatchId) -> Answer<BatchReview> {
        self.get(&path(id, "review"), Some(access_token)).await
    }

    pub async fn accept_exception(
        &self,
        access_token: &str,
        id: &BatchId,
        accept: &AcceptException,
    ) -> Answer<BatchReview> {
        self.change_review(&path(id, "review/exceptions"), access_token, accept, &[]).await
    }

    /// Asks production; sent again with the same `key`, the answer is the same and nothing is asked twice.
    pub async fn ask_production(
        &self,
        access_token: &str,
        id: &BatchId,
        key: &str,
        ask: &AskProduction,
    ) -> Answer<BatchReview> {
        self.change_review(&path(id, "review/queries"), access_token, ask, &[(IDEMPOTENCY_KEY, key)]).await
    }

    /// Answers a query that still has this version.
    pub async fn answer_query(
        &self,
        access_token: &str,
        id: &BatchId,
        (query, version): (Uuid, u32),
        answer: &AnswerQuery,
    ) -> Answer<BatchReview> {
        let tag = format!("\"{version}\"");
        let path = path(id, &format!("review/queries/{query}/answer"));
        self.change_review(&path, access_token, answer, &[(header::IF_MATCH, &tag)]).await
    }

    /// Closes a query that still has this version; the password is in this request and nowhere else.
    pub async fn close_query(
        &self,
        access_token: &str,
        id: &BatchId,
        (query, version): (Uuid, u32),
        sign: &SignRecord,
    ) -> Answer<BatchReview> {
        let tag = format!("\"{version}\"");
        let path = path(id, &format!("review/queries/{query}/close"));
        self.change_review(&path, access_token, sign, &[(header::IF_MATCH, &tag)]).await
    }

    /// Signs a step with a batch that still has this version; the password is in this request and nowhere else.
    pub async fn sign_review(
        &self,
        access_token: &str,
        id: &BatchId,
        version: i64,
        (action, sign): (ReviewAction, &SignRecord),
    ) -> Answer<BatchReview> {
        let tag = format!("\"{version}\"");
        self.change_review(&path(id, action.path()), access_token, sign, &[(header::IF_MATCH, &tag)]).await
    }

    /// The sealed certificate as it is to be written.
    pub async fn certificate(&self, access_token: &str, id: &BatchId, certificate: Certificate) -> Answer<Vec<u8>> {
        let path = path(id, certificate.path());
        let answer = self.exchange_with(Method::GET, &path, Some(access_token), None::<&()>, &[]).await?;
        Ok(answer.body().to_vec())
    }

    async fn change_review(
        &self,
        path: &str,
        access_token: &str,
        body: &(impl Serialize + Sync),
        headers: &[(HeaderName, &str)],
    ) -> Answer<BatchReview> {
        read(&self.exchange_with(Method::POST, path, Some(access_token), Some(body), headers).await?)
    }
}

fn path(id: &BatchId, what: &str) -> String {
    format!("/api/v1/batches/{}/{what}", escaped(id.as_str()))
}
