//! Signing in at the company's identity provider, in the system's browser (RFC 8252).

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use viruj_api::{
    sessions::OpenSession,
    single_sign_on::{BeginSingleSignOn, BegunSingleSignOn, FinishSingleSignOn, RETURN_PATH},
    station::SignedInPerson,
};

use super::StationCore;
use crate::StationError;

/// As long as the server takes the answer.
const PATIENCE: Duration = Duration::from_secs(600);
/// A browser sends its request at once.
const REQUEST_PATIENCE: Duration = Duration::from_secs(5);
/// The provider's code and state with the browser's own headers are far below.
const LONGEST_REQUEST: usize = 16 * 1024;

// The browser's page knows nothing of the language that the person has chosen here.
const GO_BACK: &str = "You can close this page and go back to Viruj Station.\n\n\
    आप यह पेज बंद करके Viruj Station पर लौट सकते हैं।\n\n\
    మీరు ఈ పేజీని మూసి Viruj Stationకు తిరిగి వెళ్లవచ్చు.\n";
const NOT_SIGNED_IN: &str = "You were not signed in. Go back to Viruj Station.\n\n\
    आप साइन इन नहीं हुए। Viruj Station पर लौटें।\n\n\
    మీరు సైన్ ఇన్ కాలేదు. Viruj Stationకు తిరిగి వెళ్లండి.\n";

impl StationCore {
    /// Whether the server has an identity provider; false while it cannot be reached.
    pub async fn offers_single_sign_on(&self) -> bool {
        self.options.client.server().await.is_ok_and(|server| server.single_sign_on)
    }

    /// Opens the provider's page with `open_browser` and signs in whom the provider names.
    ///
    /// Waits for the person at most ten minutes, and no longer than [`StationCore::cancel_single_sign_on`] lets it.
    ///
    /// # Errors
    /// The server's code, `browser_not_opened`, `single_sign_on_declined`, `single_sign_on_expired`.
    pub async fn sign_in_at_provider(
        &self,
        open_browser: impl FnOnce(&str) -> std::io::Result<()> + Send + 'static,
    ) -> Result<SignedInPerson, StationError> {
        // One at a time: the person who began another before has gone.
        self.cancel_single_sign_on();
        let cancelled = self.cancel_single_sign_on.notified();
        // Loopback alone, on a port that the system picks: nobody else on the network can answer.
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(broken_off)?;
        let port = listener.local_addr().map_err(broken_off)?.port();
        let begun = self.options.client.begin_single_sign_on(&BeginSingleSignOn { port }).await?;
        if !is_page(&begun.authorisation_url) {
            return Err(StationError::BrowserNotOpened("the server gave no web address".to_owned()));
        }
        let url = begun.authorisation_url.clone();
        let is_opened = tokio::task::spawn_blocking(move || open_browser(&url)).await.map_err(std::io::Error::other);
        is_opened.flatten().map_err(|error| StationError::BrowserNotOpened(error.to_string()))?;
        let opened = tokio::select! {
            opened = self.answered(&listener, begun) => opened?,
            () = tokio::time::sleep(PATIENCE) => return Err(StationError::SingleSignOn("single_sign_on_expired")),
            () = cancelled => return Err(StationError::SingleSignOn("single_sign_on_cancelled")),
        };
        self.take_session(opened).await
    }

    /// Waits for the browser and hands in what it brings.
    async fn answered(&self, listener: &TcpListener, begun: BegunSingleSignOn) -> Result<OpenSession, StationError> {
        let code = code_for(listener, &begun.state).await?;
        let request = FinishSingleSignOn { state: begun.state, proof: begun.proof, code };
        let station_token = self.station_token().await;
        Ok(self.options.client.finish_single_sign_on(station_token.as_deref(), &request).await?)
    }

    /// Gives up a sign-in that waits for the browser.
    pub fn cancel_single_sign_on(&self) {
        self.cancel_single_sign_on.notify_waiters();
    }
}

/// The browser is given nothing but a page: another scheme could start a program.
fn is_page(url: &str) -> bool {
    url.starts_with("https://")
        || ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"].iter().any(|here| url.starts_with(here))
}

/// The code of the answer to this state; whatever else asks is told that there is nothing here.
async fn code_for(listener: &TcpListener, state: &str) -> Result<String, StationError> {
    loop {
        let (mut stream, _) = listener.accept().await.map_err(broken_off)?;
        let Ok(Some(target)) = tokio::time::timeout(REQUEST_PATIENCE, target_of(&mut stream)).await else { continue };
        let answer = answer_of(&target, state);
        let (status, words) = match &answer {
            Some(Ok(_)) => ("200 OK", GO_BACK),
            Some(Err(_)) => ("200 OK", NOT_SIGNED_IN),
            None => ("404 Not Found", "There is nothing here."),
        };
        let page = format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\n\
             x-content-type-options: nosniff\r\nreferrer-policy: no-referrer\r\nconnection: close\r\n\r\n{words}",
            words.len()
        );
        // The browser may be gone already; what it brought counts.
        let _ = stream.write_all(page.as_bytes()).await;
        let _ = stream.shutdown().await;
        if let Some(answer) = answer {
            return answer;
        }
    }
}

/// The target of the first line of a GET request.
async fn target_of(stream: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    let mut part = [0; 2048];
    while !request.windows(4).any(|window| window == b"\r\n\r\n") {
        let length = stream.read(&mut part).await.ok()?;
        request.extend_from_slice(part.get(..length)?);
        if length == 0 || request.len() > LONGEST_REQUEST {
            return None;
        }
    }
    let text = String::from_utf8(request).ok()?;
    let mut words = text.lines().next()?.split(' ');
    (words.next()? == "GET").then_some(())?;
    words.next().map(str::to_owned)
}

/// `None` for what is not the answer to this sign-in.
fn answer_of(target: &str, state: &str) -> Option<Result<String, StationError>> {
    let (path, query) = target.split_once('?')?;
    let value = |name: &str| {
        query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    // The state is of letters, digits, hyphen and underscore, which no browser escapes.
    if path != RETURN_PATH || value("state")? != state {
        return None;
    }
    Some(match (value("code"), value("error")) {
        (Some(code), None) => Ok(unescaped(code)),
        _ => Err(StationError::SingleSignOn("single_sign_on_declined")),
    })
}

/// Percent encoding undone; a code that is no text is left for the provider to refuse.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = match (first, after) {
            (b'%', [high, low, ..]) => {
                std::str::from_utf8(&[*high, *low]).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok())
            }
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn broken_off(error: std::io::Error) -> StationError {
    StationError::BrokenOff(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sec_13_only_the_answer_to_the_own_state_is_taken() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let waiting = tokio::spawn(async move { code_for(&listener, "mine").await });
        let ask = async |target: &str| {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(format!("{target}\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            answer
        };
        for other in [
            "GET /single-sign-on?code=stolen&state=another HTTP/1.1",
            "GET /single-sign-on?code=stolen HTTP/1.1",
            "GET /favicon.ico HTTP/1.1",
            "GET /elsewhere?code=stolen&state=mine HTTP/1.1",
        ] {
            assert!(ask(other).await.starts_with("HTTP/1.1 404 "), "{other}");
        }
        assert!(ask("GET /single-sign-on?state=mine&code=a%2Bb HTTP/1.1").await.contains("go back to Viruj Station"));
        assert_eq!(waiting.await.unwrap().unwrap(), "a+b");
    }

    #[test]
    fn a_refusal_of_the_provider_is_told_and_nothing_but_a_page_is_opened() {
        let declined = answer_of("/single-sign-on?error=access_denied&state=mine", "mine").unwrap();
        assert_eq!(declined.unwrap_err().code(), "single_sign_on_declined");
        for (url, is_safe) in [
            ("https://identity.example/auth?x=1", true),
            ("http://127.0.0.1:4000/auth", true),
            ("http://identity.example/auth", false),
            ("file:///etc/passwd", false),
            ("viruj:open", false),
            ("-e calculator", false),
        ] {
            assert_eq!(is_page(url), is_safe, "{url}");
        }
        assert_eq!(unescaped("100%25%zz%4"), "100%%zz%4");
    }
}
