//! News of the feeds, as the server tells them.

use std::time::Duration;

use bytes::Bytes;
use http::Method;
use viruj_api::{problem::with_causes, sync::FeedHeads};

use crate::{
    Client, ClientError,
    client::{Answer, bad_answer, refused, request},
};

/// The server ends a stream of news after ten minutes.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// The server gives a sign of life every 15 seconds.
const SILENCE: Duration = Duration::from_secs(45);
/// More than any event has.
const LARGEST_EVENT: usize = 64 * 1024;

/// News as they come.
pub struct News {
    answer: reqwest::Response,
    read: Vec<u8>,
}

impl Client {
    /// Waits for news; `None` in process, where nothing is told.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn news(&self, station_token: &str) -> Answer<Option<News>> {
        let asked = request(Method::GET, "/api/v1/sync/heads", Some(station_token), None::<&()>)?;
        let answer = self.transport.stream(asked, LONGEST).await;
        let Some(answer) = answer.map_err(|error| ClientError::Unreachable(with_causes(error.as_ref())))? else {
            return Ok(None);
        };
        if answer.status().is_success() {
            return Ok(Some(News { answer, read: Vec::new() }));
        }
        Err(refused(answer).await)
    }
}

impl News {
    /// The next news; `None` when the stream has ended or the server gives no sign of life.
    ///
    /// # Errors
    /// [`ClientError::BadAnswer`] for what is no news.
    pub async fn next(&mut self) -> Answer<Option<FeedHeads>> {
        loop {
            while let Some(event) = self.event() {
                if let Some(data) = data(&event) {
                    let heads = serde_json::from_str(data);
                    return heads
                        .map(Some)
                        .map_err(|error| bad_answer(&http::Response::new(Bytes::new()), &error.to_string()));
                }
            }
            match tokio::time::timeout(SILENCE, self.answer.chunk()).await {
                Ok(Ok(Some(chunk))) if self.read.len() + chunk.len() <= LARGEST_EVENT => {
                    self.read.extend_from_slice(&chunk);
                }
                _ => return Ok(None),
            }
        }
    }

    /// The next whole event that was read, up to its empty line.
    fn event(&mut self) -> Option<String> {
        let end = self.read.windows(2).position(|two| two == b"\n\n")?;
        let event: Vec<u8> = self.read.drain(..end + 2).collect();
        Some(String::from_utf8_lossy(&event).into_owned())
    }
}

/// The data of an event; a sign of life has none.
fn data(event: &str) -> Option<&str> {
    event.lines().find_map(|line| line.strip_prefix("data:")).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_of_life_has_no_data() {
        assert_eq!(data(":\n\n"), None);
        assert_eq!(data("event: heads\ndata: {\"heads\":[]}\n\n"), Some(r#"{"heads":[]}"#));
        assert_eq!(data("data:{}\n\n"), Some("{}"));
    }
}
