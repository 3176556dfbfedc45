//! Accounts, roles and plants.

use bytes::Bytes;
use http::{HeaderName, Method, Response, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};
use viruj_api::{
    lists::Page,
    plants::{ChangePlant, CreatePlant, Plant, PlantQuery},
    roles::Roles,
    users::{
        ChangeReason, ChangeUser, CreateUser, CreatedUser, EndedSessions, OneTimeSecret, User, UserQuery, UserSessions,
    },
};
use viruj_domain::ids::{PlantId, SessionId, UserId};

use crate::{
    Client,
    client::{Answer, bad_answer, escaped, read},
};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// What can be changed, with the tag that a change of it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged<T> {
    pub etag: String,
    pub value: T,
}

impl Client {
    pub async fn users(&self, access_token: &str, query: &UserQuery) -> Answer<Page<User>> {
        self.get(&with_query("/api/v1/users", query), Some(access_token)).await
    }

    pub async fn user(&self, access_token: &str, id: &UserId) -> Answer<Tagged<User>> {
        tagged(&self.exchange_with(Method::GET, &user_path(id), Some(access_token), None::<&()>, &[]).await?)
    }

    /// Makes an account; sent again with the same `key`, the answer is the same and nobody is made twice.
    pub async fn create_user(&self, access_token: &str, key: &str, user: &CreateUser) -> Answer<Tagged<CreatedUser>> {
        self.create("/api/v1/users", access_token, key, user).await
    }

    /// Changes an account that is still as `etag` says.
    pub async fn change_user(
        &self,
        access_token: &str,
        id: &UserId,
        etag: &str,
        change: &ChangeUser,
    ) -> Answer<Tagged<User>> {
        self.change(Method::PUT, &user_path(id), access_token, etag, change).await
    }

    /// Deactivates or reactivates an account that is still as `etag` says.
    pub async fn set_user_active(
        &self,
        access_token: &str,
        id: &UserId,
        etag: &str,
        is_active: bool,
        reason: &ChangeReason,
    ) -> Answer<Tagged<User>> {
        let path = format!("{}/{}", user_path(id), if is_active { "reactivate" } else { "deactivate" });
        self.change(Method::POST, &path, access_token, etag, reason).await
    }

    pub async fn unlock_user(&self, access_token: &str, id: &UserId, reason: &ChangeReason) -> Answer<User> {
        self.post(&format!("{}/unlock", user_path(id)), Some(access_token), Some(reason)).await
    }

    /// Gives the person a password that works once; the one of before works no more.
    pub async fn give_one_time_secret(
        &self,
        access_token: &str,
        id: &UserId,
        reason: &ChangeReason,
    ) -> Answer<OneTimeSecret> {
        self.post(&format!("{}/one-time-secret", user_path(id)), Some(access_token), Some(reason)).await
    }

    /// Signing in asks the person for the password alone.
    pub async fn remove_user_second_factor(
        &self,
        access_token: &str,
        id: &UserId,
        reason: &ChangeReason,
    ) -> Answer<User> {
        self.post(&format!("{}/second-factor/remove", user_path(id)), Some(access_token), Some(reason)).await
    }

    pub async fn user_sessions(&self, access_token: &str, id: &UserId) -> Answer<UserSessions> {
        self.get(&format!("{}/sessions", user_path(id)), Some(access_token)).await
    }

    pub async fn end_user_session(&self, access_token: &str, id: &UserId, session: SessionId) -> Answer<()> {
        let path = format!("{}/sessions/{session}", user_path(id));
        let answer = self.exchange_with(Method::DELETE, &path, Some(access_token), None::<&()>, &[]).await?;
        if answer.status() == StatusCode::NO_CONTENT { Ok(()) } else { Err(bad_answer(&answer, "204 was expected")) }
    }

    pub async fn end_user_sessions(&self, access_token: &str, id: &UserId) -> Answer<EndedSessions> {
        let path = format!("{}/sessions", user_path(id));
        read(&self.exchange_with(Method::DELETE, &path, Some(access_token), None::<&()>, &[]).await?)
    }

    pub async fn roles(&self, access_token: &str) -> Answer<Roles> {
        self.get("/api/v1/roles", Some(access_token)).await
    }

    pub async fn plants(&self, access_token: &str, query: &PlantQuery) -> Answer<Page<Plant>> {
        self.get(&with_query("/api/v1/plants", query), Some(access_token)).await
    }

    pub async fn plant(&self, access_token: &str, id: &PlantId) -> Answer<Tagged<Plant>> {
        tagged(&self.exchange_with(Method::GET, &plant_path(id), Some(access_token), None::<&()>, &[]).await?)
    }

    pub async fn create_plant(&self, access_token: &str, key: &str, plant: &CreatePlant) -> Answer<Tagged<Plant>> {
        self.create("/api/v1/plants", access_token, key, plant).await
    }

    /// Changes a plant that is still as `etag` says.
    pub async fn change_plant(
        &self,
        access_token: &str,
        id: &PlantId,
        etag: &str,
        change: &ChangePlant,
    ) -> Answer<Tagged<Plant>> {
        self.change(Method::PUT, &plant_path(id), access_token, etag, change).await
    }

    async fn create<T: DeserializeOwned>(
        &self,
        path: &str,
        access_token: &str,
        key: &str,
        body: &(impl Serialize + Sync),
    ) -> Answer<Tagged<T>> {
        let headers = [(IDEMPOTENCY_KEY, key)];
        tagged(&self.exchange_with(Method::POST, path, Some(access_token), Some(body), &headers).await?)
    }

    async fn change<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        access_token: &str,
        etag: &str,
        body: &(impl Serialize + Sync),
    ) -> Answer<Tagged<T>> {
        let headers = [(header::IF_MATCH, etag)];
        tagged(&self.exchange_with(method, path, Some(access_token), Some(body), &headers).await?)
    }
}

fn user_path(id: &UserId) -> String {
    format!("/api/v1/users/{}", escaped(id.as_str()))
}

fn plant_path(id: &PlantId) -> String {
    format!("/api/v1/plants/{}", escaped(id.as_str()))
}

fn tagged<T: DeserializeOwned>(answer: &Response<Bytes>) -> Answer<Tagged<T>> {
    let etag = answer.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok());
    let etag = etag.ok_or_else(|| bad_answer(answer, "an ETag was expected"))?.to_owned();
    Ok(Tagged { etag, value: read(answer)? })
}

/// The path with the fields of the query that have a value.
pub(crate) fn with_query(path: &str, query: &impl Serialize) -> String {
    let fields = match serde_json::to_value(query) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let pairs: Vec<String> = fields
        .into_iter()
        .map(|(name, value)| match value {
            serde_json::Value::String(text) => format!("{name}={}", escaped(&text)),
            other => format!("{name}={other}"),
        })
        .collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

#[cfg(test)]
mod tests {
    use viruj_api::users::{UserSort, UserState};

    use super::*;

    #[test]
    fn a_query_names_what_is_asked_for_and_nothing_else() {
        assert_eq!(with_query("/u", &UserQuery::default()), "/u");
        let query = UserQuery {
            limit: Some(20),
            sort: Some(UserSort::NameDescending),
            state: Some(UserState::Active),
            search: Some("a b&c".into()),
            ..UserQuery::default()
        };
        assert_eq!(with_query("/u", &query), "/u?limit=20&search=a%20b%26c&sort=-name&state=active");
    }
}
