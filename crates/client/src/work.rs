//! What the system tells a person.

use viruj_api::{
    lists::Page,
    notifications::{Notification, NotificationQuery},
};

use crate::{
    Client,
    administration::with_query,
    client::{Answer, escaped},
};

impl Client {
    /// One's own, newest first.
    pub async fn notifications(&self, access_token: &str, query: &NotificationQuery) -> Answer<Page<Notification>> {
        self.get(&with_query("/api/v1/notifications", query), Some(access_token)).await
    }

    pub async fn mark_notification_read(&self, access_token: &str, id: &str) -> Answer<Notification> {
        self.post(&format!("/api/v1/notifications/{}/read", escaped(id)), Some(access_token), None::<&()>).await
    }
}
