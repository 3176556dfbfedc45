//! Batches, and what the system tells a person.

use http::Method;
use viruj_api::{
    batches::{BatchQuery, BatchRow},
    lists::Page,
    notifications::{Notification, NotificationQuery},
};
use viruj_domain::ids::BatchId;

use crate::{
    Client,
    administration::with_query,
    client::{Answer, escaped},
};

/// In which form a record is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordForm {
    Json,
    Pdf,
}

impl RecordForm {
    fn segment(self) -> &'static str {
        match self {
            Self::Json => "record",
            Self::Pdf => "record.pdf",
        }
    }
}

impl Client {
    pub async fn batches(&self, access_token: &str, query: &BatchQuery) -> Answer<Page<BatchRow>> {
        self.get(&with_query("/api/v1/batches", query), Some(access_token)).await
    }

    pub async fn batch(&self, access_token: &str, id: &BatchId) -> Answer<BatchRow> {
        self.get(&format!("/api/v1/batches/{}", escaped(id.as_str())), Some(access_token)).await
    }

    /// The sealed record as it is to be written.
    pub async fn batch_record(&self, access_token: &str, id: &BatchId, form: RecordForm) -> Answer<Vec<u8>> {
        let path = format!("/api/v1/batches/{}/{}", escaped(id.as_str()), form.segment());
        let answer = self.exchange_with(Method::GET, &path, Some(access_token), None::<&()>, &[]).await?;
        Ok(answer.body().to_vec())
    }

    /// One's own, newest first.
    pub async fn notifications(&self, access_token: &str, query: &NotificationQuery) -> Answer<Page<Notification>> {
        self.get(&with_query("/api/v1/notifications", query), Some(access_token)).await
    }

    pub async fn mark_notification_read(&self, access_token: &str, id: &str) -> Answer<Notification> {
        self.post(&format!("/api/v1/notifications/{}/read", escaped(id)), Some(access_token), None::<&()>).await
    }
}
