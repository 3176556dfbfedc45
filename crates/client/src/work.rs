//! Batches, and what the system tells a person.

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

impl Client {
    pub async fn batches(&self, access_token: &str, query: &BatchQuery) -> Answer<Page<BatchRow>> {
        self.get(&with_query("/api/v1/batches", query), Some(access_token)).await
    }

    pub async fn batch(&self, access_token: &str, id: &BatchId) -> Answer<BatchRow> {
        self.get(&format!("/api/v1/batches/{}", escaped(id.as_str())), Some(access_token)).await
    }

    /// One's own, newest first.
    pub async fn notifications(&self, access_token: &str, query: &NotificationQuery) -> Answer<Page<Notification>> {
        self.get(&with_query("/api/v1/notifications", query), Some(access_token)).await
    }

    pub async fn mark_notification_read(&self, access_token: &str, id: &str) -> Answer<Notification> {
        self.post(&format!("/api/v1/notifications/{}/read", escaped(id)), Some(access_token), None::<&()>).await
    }
}
