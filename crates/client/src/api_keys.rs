//! API keys.

use http::Method;
use viruj_api::{
    api_keys::{ApiKey, ApiKeyQuery, CreateApiKey, CreatedApiKey},
    lists::Page,
    users::ChangeReason,
};
use viruj_domain::ids::ApiKeyId;

use crate::{
    Client,
    administration::{IDEMPOTENCY_KEY, with_query},
    client::{Answer, read},
};

impl Client {
    pub async fn api_keys(&self, access_token: &str, query: &ApiKeyQuery) -> Answer<Page<ApiKey>> {
        self.get(&with_query("/api/v1/api-keys", query), Some(access_token)).await
    }

    /// Makes a key; sent again with the same `key`, the answer is the same but for the secret, which is given once.
    pub async fn create_api_key(&self, access_token: &str, key: &str, new: &CreateApiKey) -> Answer<CreatedApiKey> {
        let headers = [(IDEMPOTENCY_KEY, key)];
        let path = "/api/v1/api-keys";
        read(&self.exchange_with(Method::POST, path, Some(access_token), Some(new), &headers).await?)
    }

    pub async fn revoke_api_key(&self, access_token: &str, id: ApiKeyId, reason: &ChangeReason) -> Answer<ApiKey> {
        self.post(&format!("/api/v1/api-keys/{id}/revoke"), Some(access_token), Some(reason)).await
    }
}
