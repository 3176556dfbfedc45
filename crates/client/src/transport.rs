//! The two ways to the server's router.

use std::{convert::Infallible, net::IpAddr, time::Duration};

use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full, Limited};
use reqwest::Url;
use tower::{BoxError, Service, ServiceExt, util::BoxCloneSyncService};

/// A larger answer is not read: the largest page of a feed stays far below.
const MAXIMUM_ANSWER: usize = 64 * 1024 * 1024;

/// Carries a request to the server and its answer back.
#[derive(Clone)]
pub struct Transport {
    service: BoxCloneSyncService<Request<Bytes>, Response<Bytes>, BoxError>,
    /// Absent in process.
    network: Option<(Ways, Url)>,
}

/// How to speak HTTP to a plant server.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// Time for the connection to come about.
    pub connect_timeout: Duration,
    /// Time for the whole exchange.
    pub timeout: Duration,
    /// The plant's own certificate authority, PEM, trusted beside the machine's.
    pub plant_authority_pem: Option<Vec<u8>>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self { connect_timeout: Duration::from_secs(5), timeout: Duration::from_secs(30), plant_authority_pem: None }
    }
}

/// Why no transport can be made of an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Passwords and tokens would cross the network in the clear.
    #[error("{0} is not safe: plain http is accepted on this machine only, use https")]
    UnsafeServerUrl(String),
    #[error("{0} is not the address of a server, for example https://viruj.example.com")]
    InvalidServerUrl(String),
    #[error("the plant's certificate authority cannot be read: {0}")]
    InvalidAuthority(String),
    #[error("the HTTP client cannot be made: {0}")]
    Unusable(String),
}

impl TransportError {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnsafeServerUrl(_) => "unsafe_server_url",
            Self::InvalidServerUrl(_) => "invalid_server_url",
            Self::InvalidAuthority(_) => "invalid_plant_authority",
            Self::Unusable(_) => "http_unusable",
        }
    }
}

impl Transport {
    /// Speaks HTTP to `base_url`, for example `https://viruj.example.com`; a path in front of `/api` is kept.
    ///
    /// Redirects are not followed: a token goes to the address that a person configured and to no other.
    ///
    /// # Errors
    /// [`TransportError::UnsafeServerUrl`] for plain http beyond loopback; the others for what cannot be used at all.
    pub fn http(base_url: &str, options: &HttpOptions) -> Result<Self, TransportError> {
        let base = checked_base(base_url)?;
        let ways = Ways {
            kept: http_client(&base, options, |builder| builder)?,
            fresh: http_client(&base, options, |builder| builder.pool_max_idle_per_host(0))?,
        };
        let network = Some((ways.clone(), base.clone()));
        let service = tower::service_fn(move |request| over_http(ways.clone(), base.clone(), request));
        Ok(Self { service: BoxCloneSyncService::new(service), network })
    }

    /// Calls a router in this process; axum's `Router` is one, and so is any service of the same shape.
    pub fn in_process<S, B>(router: S) -> Self
    where
        S: Service<Request<Full<Bytes>>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
        B: BodyExt<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let service = tower::service_fn(move |request: Request<Bytes>| {
            let router = router.clone();
            async move {
                let (parts, body) = request.into_parts();
                let answer = match router.oneshot(Request::from_parts(parts, Full::new(body))).await {
                    Ok(answer) => answer,
                    Err(never) => match never {},
                };
                let (parts, body) = answer.into_parts();
                let bytes = Limited::new(body, MAXIMUM_ANSWER).collect().await?.to_bytes();
                Ok::<_, BoxError>(Response::from_parts(parts, bytes))
            }
        });
        Self { service: BoxCloneSyncService::new(service), network: None }
    }

    /// Sends a request whose address is a path with an optional query.
    pub(crate) async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, BoxError> {
        self.service.clone().oneshot(request).await
    }

    /// Sends a request whose answer is read as it comes, for `longest` at the most; `None` in process, where it is as near
    /// to ask again.
    pub(crate) async fn stream(
        &self,
        request: Request<Bytes>,
        longest: Duration,
    ) -> Result<Option<reqwest::Response>, BoxError> {
        let Some((ways, base)) = &self.network else { return Ok(None) };
        let (mut parts, body) = request.into_parts();
        parts.uri = absolute(base, &parts.uri)?;
        let mut request = reqwest::Request::try_from(Request::from_parts(parts, body))?;
        *request.timeout_mut() = Some(longest);
        // A connection of its own: it would hold up whatever is asked beside it.
        Ok(Some(ways.fresh.execute(request).await.map_err(reqwest::Error::without_url)?))
    }
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Transport")
    }
}

/// A kept connection may be dead without anybody knowing: the server was restarted, a cable was pulled. Then nobody can
/// tell whether the request was acted upon.
#[derive(Clone)]
struct Ways {
    /// For requests that may be sent twice.
    kept: reqwest::Client,
    /// For those that may not: a sign-in, a refresh, a push, an attestation. Each has a connection of its own.
    fresh: reqwest::Client,
}

impl Ways {
    async fn execute(&self, request: reqwest::Request) -> reqwest::Result<reqwest::Response> {
        if !request.method().is_safe() {
            return self.fresh.execute(request).await;
        }
        let again = request.try_clone();
        match (self.kept.execute(request).await, again) {
            // Nobody at the address and no answer in time are answers of a kind; what is left is a dead connection.
            (Err(error), Some(again)) if !error.is_connect() && !error.is_timeout() => {
                tracing::debug!(%error, "the connection was dead, the request is sent once more");
                self.kept.execute(again).await
            }
            (answer, _) => answer,
        }
    }
}

fn http_client(
    base: &Url,
    options: &HttpOptions,
    more: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
) -> Result<reqwest::Client, TransportError> {
    let mut builder = reqwest::Client::builder()
        .connect_timeout(options.connect_timeout)
        .timeout(options.timeout)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("viruj-station/", env!("CARGO_PKG_VERSION")));
    if is_loopback(base) {
        builder = builder.no_proxy();
    }
    if let Some(pem) = &options.plant_authority_pem {
        let authority =
            reqwest::Certificate::from_pem(pem).map_err(|error| TransportError::InvalidAuthority(error.to_string()))?;
        builder = builder.add_root_certificate(authority);
    }
    more(builder).build().map_err(|error| TransportError::Unusable(error.to_string()))
}

async fn over_http(ways: Ways, base: Url, request: Request<Bytes>) -> Result<Response<Bytes>, BoxError> {
    let (mut parts, body) = request.into_parts();
    parts.uri = absolute(&base, &parts.uri)?;
    let request = reqwest::Request::try_from(Request::from_parts(parts, body))?;
    let mut answer = ways.execute(request).await.map_err(reqwest::Error::without_url)?;
    let mut response = Response::builder().status(answer.status());
    if let Some(headers) = response.headers_mut() {
        std::mem::swap(headers, answer.headers_mut());
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
        if bytes.len() + chunk.len() > MAXIMUM_ANSWER {
            return Err("the answer is larger than a server's answer can be".into());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(response.body(Bytes::from(bytes))?)
}

fn absolute(base: &Url, target: &Uri) -> Result<Uri, BoxError> {
    let path = target.path_and_query().map_or("/", |path| path.as_str());
    Ok(format!("{}{path}", base.as_str().trim_end_matches('/')).parse()?)
}

fn checked_base(text: &str) -> Result<Url, TransportError> {
    let invalid = || TransportError::InvalidServerUrl(without_credentials(text));
    let base = Url::parse(text.trim()).map_err(|_| invalid())?;
    let is_plain_address = base.has_host()
        && base.username().is_empty()
        && base.password().is_none()
        && base.query().is_none()
        && base.fragment().is_none();
    match base.scheme() {
        _ if !is_plain_address => Err(invalid()),
        "https" => Ok(base),
        "http" if is_loopback(&base) => Ok(base),
        "http" => Err(TransportError::UnsafeServerUrl(base.to_string())),
        _ => Err(invalid()),
    }
}

/// `localhost` and loopback addresses; a name that merely resolves to one may resolve to another tomorrow.
fn is_loopback(base: &Url) -> bool {
    let Some(host) = base.host_str() else { return false };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What stands before an `@` may be a password and goes into no message.
fn without_credentials(text: &str) -> String {
    text.rsplit_once('@').map_or_else(|| text.to_owned(), |(_, rest)| format!("…@{rest}"))
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use http::Method;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    fn code(address: &str) -> Option<&'static str> {
        Transport::http(address, &HttpOptions::default()).err().map(|error| error.code())
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for address in ["http://127.0.0.1:8000", "http://localhost:8000/", "http://[::1]:8000", "https://viruj.example"]
        {
            assert_eq!(code(address), None, "{address}");
        }
        for address in ["http://10.0.0.5:8000", "http://viruj.example", "http://localhost.example", "http://0.0.0.0:1"]
        {
            assert_eq!(code(address), Some("unsafe_server_url"), "{address}");
        }
    }

    #[test]
    fn what_is_no_address_of_a_server_is_refused_without_showing_its_password() {
        for address in ["", "viruj.example", "ftp://viruj.example", "https://a:secret@viruj.example", "https://v/?a=1"]
        {
            assert_eq!(code(address), Some("invalid_server_url"), "{address}");
        }
        let error = Transport::http("https://a:secret@viruj.example", &HttpOptions::default()).err();
        assert!(!error.unwrap().to_string().contains("secret"));
    }

    /// Answers `answered` requests on each connection and hangs up on the next after `read` bytes of it; counts them all.
    async fn hangs_up_after(answered: usize, read: usize) -> (Transport, Arc<AtomicUsize>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let transport =
            Transport::http(&format!("http://{}", listener.local_addr().unwrap()), &HttpOptions::default()).unwrap();
        let seen = Arc::new(AtomicUsize::new(0));
        let counted = seen.clone();
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let counted = counted.clone();
                tokio::spawn(async move {
                    let mut buffer = [0; 4096];
                    for number in 0..=answered {
                        let length = if number < answered { buffer.len() } else { read };
                        if !connection.read(&mut buffer[..length]).await.is_ok_and(|read| read > 0) {
                            return;
                        }
                        counted.fetch_add(1, Ordering::SeqCst);
                        if number < answered {
                            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
                            connection.write_all(answer).await.unwrap();
                        }
                    }
                });
            }
        });
        (transport, seen)
    }

    async fn send(transport: &Transport, method: Method) -> Result<u16, BoxError> {
        let request = Request::builder().method(method).uri("/x").body(Bytes::from_static(b"{}")).unwrap();
        Ok(transport.send(request).await?.status().as_u16())
    }

    #[tokio::test]
    async fn what_may_be_sent_twice_survives_a_dead_connection() {
        for read in [1, 4096] {
            let (transport, seen) = hangs_up_after(1, read).await;
            for expected in [1, 3, 5] {
                assert_eq!(send(&transport, Method::GET).await.unwrap(), 200);
                assert_eq!(seen.load(Ordering::SeqCst), expected, "on the dead connection and on a new one");
            }
            let (transport, seen) = hangs_up_after(0, read).await;
            assert!(send(&transport, Method::GET).await.is_err());
            assert_eq!(seen.load(Ordering::SeqCst), 2, "once more and not for ever");
        }
    }

    #[tokio::test]
    async fn what_may_not_be_sent_twice_meets_no_dead_connection() {
        for method in [Method::POST, Method::DELETE] {
            let (transport, seen) = hangs_up_after(1, 4096).await;
            for expected in 1..=3 {
                assert_eq!(send(&transport, method.clone()).await.unwrap(), 200);
                assert_eq!(seen.load(Ordering::SeqCst), expected);
            }
            let (transport, seen) = hangs_up_after(0, 4096).await;
            assert!(send(&transport, method).await.is_err(), "whether the server has acted is unknown");
            assert_eq!(seen.load(Ordering::SeqCst), 1);
        }
    }

    #[tokio::test]
    async fn nobody_at_the_address_is_said_at_once() {
        let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let transport = Transport::http(&format!("http://{nobody}"), &HttpOptions::default()).unwrap();
        assert!(send(&transport, Method::GET).await.is_err());
    }

    #[test]
    fn a_path_in_front_of_the_api_is_kept() {
        let base = checked_base("https://viruj.example/plant/").unwrap();
        let target = absolute(&base, &"/api/v1/me?a=1".parse().unwrap()).unwrap();
        assert_eq!(target.to_string(), "https://viruj.example/plant/api/v1/me?a=1");
    }
}
