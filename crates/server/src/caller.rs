//! Who makes a request, and whether the route's rule lets them.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    middleware::Next,
    response::Response,
};
use chrono::{DateTime, Utc};
use http::{Extensions, HeaderMap, header, request::Parts};
use viruj_api::{people::Person, stations::StationState};
use viruj_domain::{
    capability::Capability,
    ids::{SessionId, StationId},
    plant::PlantScope,
};
use viruj_storage::{legacy_users::LegacyUser, live_sessions, stations};
use viruj_sync::store::KnownStation;

use crate::{
    access_tokens::PersonToken,
    api_keys::{self, KeyCaller},
    application::AppState,
    error::{ApiError, ProblemCode},
};

/// Who may call a route. Every route states one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authorisation {
    /// Anybody who can reach the server.
    Public,
    /// A person with a session, whatever the role.
    SignedIn,
    /// A person with a session, even one in which nothing but the password can be changed.
    AnySession,
    /// A person whose role has the capability.
    Capability(Capability),
    /// A person whose role has one of the capabilities.
    AnyOf(&'static [Capability]),
    /// A registered, active station.
    Station,
    /// A person with a session, whatever the role, through an old client.
    LegacySignedIn,
    /// A person whose role has the capability, through an old client.
    LegacyCapability(Capability),
}

/// A person who is signed in, as the handler sees them.
#[derive(Clone, Debug)]
pub struct Caller {
    pub person: Person,
    pub session_id: SessionId,
    /// The plants whose rows the person sees.
    pub scope: PlantScope,
    /// The person's account in the words of the old backend.
    pub account: Arc<LegacyUser>,
    /// Until the password is changed, the session may do nothing else.
    pub must_change_password: bool,
}

/// Whoever reads, a person or a machine with an API key: the plants whose rows they see.
///
/// A handler that takes this and no [`Caller`] is open to keys where its rule is.
#[derive(Clone, Debug)]
pub struct Reader {
    pub scope: PlantScope,
    /// Whom an export names.
    pub name: String,
}

/// A station that is signed in.
#[derive(Clone, Debug)]
pub struct StationCaller(pub KnownStation);

/// Where the request came from: the connection's other end. A header says so only when a trusted proxy wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    Network(IpAddr),
    /// The station's own process.
    InProcess,
}

impl std::fmt::Display for Address {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Network(address) => address.fmt(formatter),
            Self::InProcess => formatter.write_str("in process"),
        }
    }
}

/// The layer of every route: finds out who calls and applies the route's rule before the body is read.
///
/// # Errors
/// 401 without a valid token, 403 when the rule does not allow the caller.
pub async fn authorise(
    State((app, rule)): State<(AppState, Authorisation)>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    if rule.is_asked_of_keys()
        && let Some(text) = api_key(request.headers())
    {
        let address = Address::of(&app, request.extensions(), request.headers());
        let key = api_keys::caller_of(&app, text, address).await?;
        rule.admit(&key)?;
        request.extensions_mut().insert(key);
        return Ok(next.run(request).await);
    }
    match rule {
        Authorisation::Public => {}
        Authorisation::SignedIn => {
            let caller = free_person(&app, request.headers()).await?;
            request.extensions_mut().insert(caller);
        }
        Authorisation::AnySession => {
            let caller = person(&app, request.headers()).await?;
            request.extensions_mut().insert(caller);
        }
        Authorisation::Capability(capability) => {
            let caller = free_person(&app, request.headers()).await?;
            if !caller.person.role.can(capability) {
                return Err(ProblemCode::NotAuthorised.into());
            }
            request.extensions_mut().insert(caller);
        }
        Authorisation::AnyOf(capabilities) => {
            let caller = free_person(&app, request.headers()).await?;
            if !capabilities.iter().any(|capability| caller.person.role.can(*capability)) {
                return Err(ProblemCode::NotAuthorised.into());
            }
            request.extensions_mut().insert(caller);
        }
        Authorisation::Station => {
            let station = station(&app, request.headers()).await?;
            request.extensions_mut().insert(StationCaller(station));
        }
        Authorisation::LegacySignedIn => {
            let caller = legacy_person(&app, request.headers()).await?;
            request.extensions_mut().insert(caller);
        }
        Authorisation::LegacyCapability(capability) => {
            let caller = legacy_person(&app, request.headers()).await?;
            if !caller.person.role.can(capability) {
                return Err(ApiError::new(ProblemCode::NotAuthorised).with_detail(for_whom(capability)));
            }
            request.extensions_mut().insert(caller);
        }
    }
    Ok(next.run(request).await)
}

impl Authorisation {
    /// Whether the route is open to API keys that have this capability: a machine reads and does nothing else.
    #[must_use]
    pub fn for_keys(self) -> Option<Capability> {
        match self {
            Self::Capability(capability) => Some(capability).filter(|capability| capability.is_for_machines()),
            _ => None,
        }
    }

    /// Everything that somebody must prove to be somebody for; the old paths know no keys.
    fn is_asked_of_keys(self) -> bool {
        match self {
            Self::SignedIn | Self::AnySession | Self::Capability(_) | Self::AnyOf(_) | Self::Station => true,
            Self::Public | Self::LegacySignedIn | Self::LegacyCapability(_) => false,
        }
    }

    /// # Errors
    /// 403 `not_for_api_keys` where no key ever comes in, `not_authorised` when this one lacks the scope.
    fn admit(self, key: &KeyCaller) -> Result<(), ApiError> {
        match self.for_keys() {
            None => Err(ProblemCode::NotForApiKeys.into()),
            Some(needed) if key.scopes.contains(&needed) => Ok(()),
            Some(_) => Err(ProblemCode::NotAuthorised.into()),
        }
    }
}

/// The text that an old client shows.
fn for_whom(capability: Capability) -> String {
    let roles: Vec<_> = capability.roles().map(|role| role.as_str()).collect();
    format!("Only for: {}", roles.join(", "))
}

async fn person(app: &AppState, headers: &HeaderMap) -> Result<Caller, ApiError> {
    let now = app.clock.now();
    let token = app.access_tokens.read_person(bearer(headers)?, now).map_err(|_| ProblemCode::InvalidToken)?;
    live(app, token, now).await
}

/// A person who need not change the password first.
async fn free_person(app: &AppState, headers: &HeaderMap) -> Result<Caller, ApiError> {
    let caller = person(app, headers).await?;
    if caller.must_change_password { Err(ProblemCode::PasswordChangeRequired.into()) } else { Ok(caller) }
}

/// The person whom an old client's token speaks for.
///
/// # Errors
/// 401 without a valid token.
pub async fn legacy_person(app: &AppState, headers: &HeaderMap) -> Result<Caller, ApiError> {
    let now = app.clock.now();
    let token = app.access_tokens.read_legacy_client(bearer(headers)?, now).map_err(|_| ProblemCode::InvalidToken)?;
    live(app, token, now).await
}

async fn live(app: &AppState, token: PersonToken, now: DateTime<Utc>) -> Result<Caller, ApiError> {
    let caller = match app.live_sessions.get(token.session_id, now) {
        Ok(caller) => caller,
        Err(looking) => {
            let found = live_sessions::find(&app.database, token.session_id, now).await?;
            let live = found.ok_or(ProblemCode::InvalidToken)?;
            let caller = Arc::new(Caller {
                scope: live.scope(),
                person: live.person,
                session_id: token.session_id,
                must_change_password: live.account.must_change_password,
                account: Arc::new(live.account),
            });
            app.live_sessions.keep(looking, &caller, live.expires_at);
            caller
        }
    };
    if caller.person.id == token.person_id { Ok((*caller).clone()) } else { Err(ProblemCode::InvalidToken.into()) }
}

async fn station(app: &AppState, headers: &HeaderMap) -> Result<KnownStation, ApiError> {
    let id =
        app.access_tokens.read_station(bearer(headers)?, app.clock.now()).map_err(|_| ProblemCode::InvalidToken)?;
    active_station(app, id).await
}

/// The station as it is known now.
///
/// # Errors
/// 401 for an unknown one, 403 `station_not_active` for one that is pending, suspended or retired.
pub async fn active_station(app: &AppState, id: StationId) -> Result<KnownStation, ApiError> {
    let station = stations::find(&app.database, id).await?.ok_or(ProblemCode::InvalidToken)?.known;
    if station.state == StationState::Active { Ok(station) } else { Err(ProblemCode::StationNotActive.into()) }
}

fn bearer(headers: &HeaderMap) -> Result<&str, ApiError> {
    let value = headers.get(header::AUTHORIZATION).ok_or(ProblemCode::NotAuthenticated)?;
    let text = value.to_str().map_err(|_| ProblemCode::InvalidToken)?;
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        _ => Err(ProblemCode::InvalidToken.into()),
    }
}

/// The token, when it is written like an API key.
fn api_key(headers: &HeaderMap) -> Option<&str> {
    bearer(headers).ok().filter(|token| token.starts_with(api_keys::PREFIX))
}

impl FromRequestParts<AppState> for Reader {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        if let Some(key) = parts.extensions.get::<KeyCaller>() {
            return Ok(Self { scope: key.plants.clone(), name: format!("API key {}", key.id) });
        }
        let caller = parts.extensions.get::<Caller>();
        let caller = caller.ok_or_else(|| ApiError::internal("the route's rule names nobody who reads"))?;
        Ok(Self { scope: caller.scope.clone(), name: caller.person.name.clone() })
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| ApiError::internal("the route's rule names no person"))
    }
}

impl FromRequestParts<AppState> for StationCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| ApiError::internal("the route's rule names no station"))
    }
}

impl Address {
    fn of(app: &AppState, extensions: &Extensions, headers: &HeaderMap) -> Self {
        let connection = extensions.get::<ConnectInfo<std::net::SocketAddr>>();
        connection
            .map_or(Self::InProcess, |ConnectInfo(peer)| Self::Network(app.trusted_proxies.client(peer.ip(), headers)))
    }

    /// What is counted together: whoever has one address of IPv6 has the other 2⁶⁴ of its network too.
    #[must_use]
    pub fn network(self) -> String {
        match self {
            Self::Network(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
                Some(address) => address.to_string(),
                None => {
                    let network = address.segments();
                    format!("{:x}:{:x}:{:x}:{:x}::/64", network[0], network[1], network[2], network[3])
                }
            },
            other => other.to_string(),
        }
    }
}

impl FromRequestParts<AppState> for Address {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Self::Rejection> {
        Ok(Self::of(app, &parts.extensions, &parts.headers))
    }
}

/// Where somebody signs in: an address, and the registered station that says so itself.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub address: Address,
    pub station: Option<StationId>,
}

impl Place {
    /// What is counted together.
    #[must_use]
    pub fn name(&self) -> String {
        match self.station {
            Some(station) => format!("station {station}"),
            None => self.address.network(),
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.station {
            Some(station) => write!(formatter, "{} at station {station}", self.address),
            None => self.address.fmt(formatter),
        }
    }
}

impl FromRequestParts<AppState> for Place {
    type Rejection = ApiError;

    /// A station need not say who it is; one whose token has run out is as good as none.
    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, ApiError> {
        let Ok(address) = Address::from_request_parts(parts, app).await;
        let station = match station(app, &parts.headers).await {
            Ok(station) => Some(station.id),
            Err(error) if error.code.status().is_server_error() => return Err(error),
            Err(_) => None,
        };
        Ok(Self { address, station })
    }
}
