//! One method for each endpoint.

use std::fmt::Write as _;

use bytes::Bytes;
use http::{HeaderName, Method, Request, Response, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};
use viruj_api::{
    accounts::{
        Account, ChangePassword, NewSecondFactor, OwnPassword, RecoveryCodes, RedeemPasswordReset,
        RequestPasswordReset, SecondFactorCode,
    },
    audit::{AuditEntry, AuditExportQuery, AuditQuery, AuditReview, ReviewRequest},
    backups::{Backup, Backups},
    lists::{GateEntry, GoodsReceipt, Material, Page, PageQuery, QualitySample, QualityTest},
    people::Person,
    person_keys::{CertifyPersonKey, SignedCertificate},
    problem::{Problem, with_causes},
    server::ServerIdentity,
    sessions::{OpenSession, RefreshRequest, SessionList, SignInRequest, SignInWithCode},
    signatures::{AttestRequest, AttestResponse},
    single_sign_on::{BeginSingleSignOn, BegunSingleSignOn, FinishSingleSignOn},
    stations::{
        ChangeStationState, RegisterStation, RegisteredStation, StationChallenge, StationRow, StationSession,
        StationSignIn,
    },
    sync::{FeedCursor, FeedPage, PushRequest, PushResponse},
};
use viruj_domain::ids::{SessionId, StationId};
use viruj_sync::snapshot::SnapshotChunk;

use crate::{ClientError, Transport};

/// Speaks to one server; cheap to clone, holds no token.
///
/// Every method fails with [`ClientError`]: no answer, the server's problem, or an answer that is none.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) transport: Transport,
}

pub(crate) type Answer<T> = Result<T, ClientError>;

impl Client {
    #[must_use]
    pub fn new(transport: Transport) -> Self {
        Self { transport }
    }

    /// Who the server is and with which keys it signs.
    pub async fn server(&self) -> Answer<ServerIdentity> {
        self.get("/api/v1/server", None).await
    }

    pub async fn sign_in(&self, request: &SignInRequest) -> Answer<OpenSession> {
        self.sign_in_at(None, request).await
    }

    /// Signs in at a station that says who it is: too many failures elsewhere at its address do not count here.
    pub async fn sign_in_at(&self, station_token: Option<&str>, request: &SignInRequest) -> Answer<OpenSession> {
        self.post("/api/v1/sessions", station_token, Some(request)).await
    }

    /// Signs in with a code where the password alone was not enough.
    pub async fn sign_in_with_code(
        &self,
        station_token: Option<&str>,
        request: &SignInWithCode,
    ) -> Answer<OpenSession> {
        self.post("/api/v1/sessions/second-factor", station_token, Some(request)).await
    }

    /// Where the system's browser is to go; `single_sign_on_off` where no identity provider is set up.
    pub async fn begin_single_sign_on(&self, request: &BeginSingleSignOn) -> Answer<BegunSingleSignOn> {
        self.post("/api/v1/single-sign-on", None, Some(request)).await
    }

    /// Hands in what the identity provider sent back, at a station that says who it is where there is one.
    pub async fn finish_single_sign_on(
        &self,
        station_token: Option<&str>,
        request: &FinishSingleSignOn,
    ) -> Answer<OpenSession> {
        self.post("/api/v1/single-sign-on/sessions", station_token, Some(request)).await
    }

    /// Exchanges a refresh token; the one given works no more.
    pub async fn refresh(&self, request: &RefreshRequest) -> Answer<OpenSession> {
        self.post("/api/v1/sessions/refresh", None, Some(request)).await
    }

    /// Revokes the session on the server, its access and refresh tokens with it.
    pub async fn sign_out(&self, access_token: &str) -> Answer<()> {
        self.command(Method::DELETE, "/api/v1/sessions/current", Some(access_token), None::<&()>).await
    }

    /// The person whom the access token speaks for.
    pub async fn me(&self, access_token: &str) -> Answer<Person> {
        self.get("/api/v1/me", Some(access_token)).await
    }

    /// How it stands with one's own account.
    pub async fn account(&self, access_token: &str) -> Answer<Account> {
        self.get("/api/v1/me/account", Some(access_token)).await
    }

    /// Changes one's own password; every other session of the person ends.
    pub async fn change_password(&self, access_token: &str, request: &ChangePassword) -> Answer<()> {
        self.command(Method::POST, "/api/v1/me/password", Some(access_token), Some(request)).await
    }

    /// Asks for the certificate of one's own key at a station.
    pub async fn certify_key(&self, access_token: &str, request: &CertifyPersonKey) -> Answer<SignedCertificate> {
        self.post("/api/v1/me/person-keys", Some(access_token), Some(request)).await
    }

    /// One's own sessions that are alive.
    pub async fn sessions(&self, access_token: &str) -> Answer<SessionList> {
        self.get("/api/v1/me/sessions", Some(access_token)).await
    }

    /// Ends one of one's own sessions.
    pub async fn revoke_session(&self, access_token: &str, session: SessionId) -> Answer<()> {
        let path = format!("/api/v1/me/sessions/{session}");
        self.command(Method::DELETE, &path, Some(access_token), None::<&()>).await
    }

    /// Begins with a second factor, which a code must confirm.
    pub async fn begin_second_factor(&self, access_token: &str, request: &OwnPassword) -> Answer<NewSecondFactor> {
        self.post("/api/v1/me/second-factor", Some(access_token), Some(request)).await
    }

    pub async fn confirm_second_factor(&self, access_token: &str, request: &SecondFactorCode) -> Answer<RecoveryCodes> {
        self.post("/api/v1/me/second-factor/confirm", Some(access_token), Some(request)).await
    }

    pub async fn remove_second_factor(&self, access_token: &str, request: &OwnPassword) -> Answer<()> {
        self.command(Method::POST, "/api/v1/me/second-factor/remove", Some(access_token), Some(request)).await
    }

    /// Asks for a code that sets a new password; it goes to the address.
    pub async fn request_password_reset(&self, request: &RequestPasswordReset) -> Answer<()> {
        self.command(Method::POST, "/api/v1/password-resets", None, Some(request)).await
    }

    /// Sets a new password with the code.
    pub async fn redeem_password_reset(&self, request: &RedeemPasswordReset) -> Answer<()> {
        self.command(Method::POST, "/api/v1/password-resets/redeem", None, Some(request)).await
    }

    pub async fn register_station(&self, access_token: &str, request: &RegisterStation) -> Answer<RegisteredStation> {
        self.post("/api/v1/stations", Some(access_token), Some(request)).await
    }

    pub async fn stations(&self, access_token: &str, page: &PageQuery) -> Answer<Page<StationRow>> {
        self.list("stations", access_token, page).await
    }

    /// Suspends a station, lets it in again or retires it.
    pub async fn change_station_state(
        &self,
        access_token: &str,
        id: StationId,
        request: &ChangeStationState,
    ) -> Answer<StationRow> {
        self.post(&format!("/api/v1/stations/{id}/state"), Some(access_token), Some(request)).await
    }

    pub async fn station_challenge(&self) -> Answer<StationChallenge> {
        self.post("/api/v1/stations/challenge", None, None::<&()>).await
    }

    pub async fn station_sign_in(&self, request: &StationSignIn) -> Answer<StationSession> {
        self.post("/api/v1/stations/sessions", None, Some(request)).await
    }

    pub async fn push(&self, station_token: &str, request: &PushRequest) -> Answer<PushResponse> {
        self.post("/api/v1/sync/push", Some(station_token), Some(request)).await
    }

    /// One page of a feed after `after`, from its beginning without it.
    pub async fn pull(
        &self,
        station_token: &str,
        feed: &str,
        after: Option<&FeedCursor>,
        limit: Option<u32>,
    ) -> Answer<FeedPage> {
        let mut path = format!("/api/v1/sync/feeds/{}?after={}", escaped(feed), after.map_or(0, |cursor| cursor.seq));
        if let Some(cursor) = after {
            let _ = write!(path, "&epoch={}", cursor.feed_epoch);
        }
        if let Some(limit) = limit {
            let _ = write!(path, "&limit={limit}");
        }
        self.get(&path, Some(station_token)).await
    }

    /// Reads a chunk of a snapshot; the first one without `resume`.
    ///
    /// # Errors
    /// [`ClientError`]; a chunk that is not what its checksum says is a bad answer.
    pub async fn snapshot(&self, station_token: &str, feed: &str, resume: Option<&str>) -> Answer<SnapshotChunk> {
        let mut path = format!("/api/v1/sync/feeds/{}/snapshot", escaped(feed));
        if let Some(resume) = resume {
            let _ = write!(path, "?resume={}", escaped(resume));
        }
        let answer = self.exchange(Method::GET, &path, Some(station_token), None::<&()>).await?;
        let status = answer.status().as_u16();
        let unreadable = |error: &dyn std::fmt::Display| ClientError::BadAnswer { status, detail: error.to_string() };
        let text = String::from_utf8(answer.into_body().into()).map_err(|error| unreadable(&error))?;
        SnapshotChunk::read(text).map_err(|error| unreadable(&error))
    }

    /// Asks the server to attest a signature; the password is in this request and nowhere else.
    pub async fn attest(&self, access_token: &str, request: &AttestRequest) -> Answer<AttestResponse> {
        self.post("/api/v1/signatures/attest", Some(access_token), Some(request)).await
    }

    pub async fn gate_entries(&self, access_token: &str, page: &PageQuery) -> Answer<Page<GateEntry>> {
        self.list("gate-entries", access_token, page).await
    }

    pub async fn goods_receipts(&self, access_token: &str, page: &PageQuery) -> Answer<Page<GoodsReceipt>> {
        self.list("goods-receipts", access_token, page).await
    }

    pub async fn quality_samples(&self, access_token: &str, page: &PageQuery) -> Answer<Page<QualitySample>> {
        self.list("quality-samples", access_token, page).await
    }

    pub async fn quality_tests(&self, access_token: &str, page: &PageQuery) -> Answer<Page<QualityTest>> {
        self.list("quality-tests", access_token, page).await
    }

    pub async fn materials(&self, access_token: &str, page: &PageQuery) -> Answer<Page<Material>> {
        self.list("materials", access_token, page).await
    }

    /// The audit trail, the newest entries first.
    pub async fn audit(&self, access_token: &str, query: &AuditQuery) -> Answer<Page<AuditEntry>> {
        self.get(&format!("/api/v1/audit{}", query_of(query)), Some(access_token)).await
    }

    /// The export as it is to be written into a file.
    pub async fn audit_export(&self, access_token: &str, query: &AuditExportQuery) -> Answer<String> {
        let path = format!("/api/v1/audit/export{}", query_of(query));
        let answer = self.exchange(Method::GET, &path, Some(access_token), None::<&()>).await?;
        String::from_utf8(answer.body().to_vec()).map_err(|error| bad_answer(&answer, &error.to_string()))
    }

    /// Signs a review; the password is in this request and nowhere else.
    pub async fn review_audit(&self, access_token: &str, request: &ReviewRequest) -> Answer<AuditReview> {
        self.post("/api/v1/audit/reviews", Some(access_token), Some(request)).await
    }

    pub async fn backups(&self, access_token: &str) -> Answer<Backups> {
        self.get("/api/v1/backups", Some(access_token)).await
    }

    /// Takes a backup now.
    pub async fn take_backup(&self, access_token: &str) -> Answer<Backup> {
        self.post("/api/v1/backups", Some(access_token), None::<&()>).await
    }

    async fn list<T: DeserializeOwned>(&self, list: &str, access_token: &str, page: &PageQuery) -> Answer<Page<T>> {
        let mut path = format!("/api/v1/{list}");
        let mut separator = '?';
        if let Some(limit) = page.limit {
            let _ = write!(path, "{separator}limit={limit}");
            separator = '&';
        }
        if let Some(cursor) = &page.cursor {
            let _ = write!(path, "{separator}cursor={}", escaped(cursor));
        }
        self.get(&path, Some(access_token)).await
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str, token: Option<&str>) -> Answer<T> {
        read(&self.exchange(Method::GET, path, token, None::<&()>).await?)
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        token: Option<&str>,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Answer<T> {
        read(&self.exchange(Method::POST, path, token, body).await?)
    }

    /// A request whose answer says nothing but that it was done.
    pub(crate) async fn command(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Answer<()> {
        let answer = self.exchange(method, path, token, body).await?;
        if answer.status() == StatusCode::NO_CONTENT { Ok(()) } else { Err(bad_answer(&answer, "204 was expected")) }
    }

    /// Sends a request and gives back an answer of the 2xx kind.
    async fn exchange(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Answer<Response<Bytes>> {
        self.exchange_with(method, path, token, body, &[]).await
    }

    /// As [`Self::exchange`], with headers beside the usual ones.
    pub(crate) async fn exchange_with(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&(impl Serialize + Sync)>,
        headers: &[(HeaderName, &str)],
    ) -> Answer<Response<Bytes>> {
        let mut request = request(method, path, token, body)?;
        for (name, value) in headers {
            let value = value.parse().map_err(|_| unwritable(format!("the header {name} cannot be written")))?;
            request.headers_mut().insert(name, value);
        }
        self.answered(request).await
    }

    /// Puts a file as it is.
    pub(crate) async fn send_file(&self, path: &str, token: &str, content: Vec<u8>) -> Answer<Response<Bytes>> {
        let mut request = request(Method::PUT, path, Some(token), None::<&()>)?;
        let media_type = http::HeaderValue::from_static("application/octet-stream");
        request.headers_mut().insert(header::CONTENT_TYPE, media_type);
        *request.body_mut() = Bytes::from(content);
        self.answered(request).await
    }

    async fn answered(&self, request: Request<Bytes>) -> Answer<Response<Bytes>> {
        let answer = self
            .transport
            .send(request)
            .await
            .map_err(|error| ClientError::Unreachable(with_causes(error.as_ref())))?;
        if answer.status().is_success() { Ok(answer) } else { Err(problem(&answer)) }
    }
}

/// What a stream says that is none.
pub(crate) async fn refused(mut answer: reqwest::Response) -> ClientError {
    let mut refused = http::Response::new(Bytes::new());
    *refused.status_mut() = answer.status();
    std::mem::swap(refused.headers_mut(), answer.headers_mut());
    match answer.bytes().await {
        Ok(body) => {
            *refused.body_mut() = body;
            problem(&refused)
        }
        Err(error) => ClientError::Unreachable(with_causes(&error)),
    }
}

pub(crate) fn request(
    method: Method,
    path: &str,
    token: Option<&str>,
    body: Option<&(impl Serialize + Sync)>,
) -> Answer<Request<Bytes>> {
    let mut builder = Request::builder().method(method).uri(path).header(header::ACCEPT, "application/json");
    if let Some(token) = token {
        builder = builder.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let bytes = match body {
        Some(body) => {
            builder = builder.header(header::CONTENT_TYPE, "application/json");
            serde_json::to_vec(body).map_err(|error| unwritable(error.to_string()))?
        }
        None => Vec::new(),
    };
    builder.body(Bytes::from(bytes)).map_err(|error| unwritable(error.to_string()))
}

/// A request that cannot be written never leaves: for the caller it is as if nobody had answered.
fn unwritable(detail: String) -> ClientError {
    ClientError::BadAnswer { status: 0, detail }
}

pub(crate) fn read<T: DeserializeOwned>(answer: &Response<Bytes>) -> Answer<T> {
    serde_json::from_slice(answer.body()).map_err(|error| bad_answer(answer, &error.to_string()))
}

/// The server's problem; an error without one comes from something in between, a proxy for example.
pub(crate) fn problem(answer: &Response<Bytes>) -> ClientError {
    match serde_json::from_slice::<Problem>(answer.body()) {
        Ok(problem) if problem.status == answer.status().as_u16() => ClientError::Problem(Box::new(problem)),
        _ => bad_answer(answer, "no problem document"),
    }
}

pub(crate) fn bad_answer(answer: &Response<Bytes>, detail: &str) -> ClientError {
    ClientError::BadAnswer { status: answer.status().as_u16(), detail: detail.to_owned() }
}

/// What is asked for, behind a question mark; fields without a value are left out by their type.
fn query_of(query: &impl Serialize) -> String {
    let fields = match serde_json::to_value(query) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => return String::new(),
    };
    let parts = fields.iter().map(|(name, value)| match value {
        serde_json::Value::String(text) => format!("{name}={}", escaped(text)),
        other => format!("{name}={}", escaped(&other.to_string())),
    });
    let query = parts.collect::<Vec<_>>().join("&");
    if query.is_empty() { query } else { format!("?{query}") }
}

/// Percent-encodes everything but unreserved characters (RFC 3986).
pub(crate) fn escaped(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_path_cannot_leave_its_place() {
        assert_eq!(escaped("plant-a"), "plant-a");
        assert_eq!(escaped("../x?y#z é"), "..%2Fx%3Fy%23z%20%C3%A9");
    }
}
