//! What the database tells of sessions and people as it changes (`migrations/server/0015_access_changes.sql`).

use sqlx::postgres::{PgListener, PgNotification};
use viruj_domain::ids::{SessionId, UserId};

use crate::{Database, StorageError};

const CHANNEL: &str = "viruj_access";

/// Something that is no longer as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessChange {
    Session(SessionId),
    /// The person, or the plants that they see.
    Person(UserId),
    /// Words of a newer program: anything may have changed.
    Anything,
}

/// Listens on a connection of its own. After an error nobody knows what was missed, so it is of no more use.
pub struct AccessChanges {
    listener: PgListener,
}

impl AccessChanges {
    /// From here on nothing is missed.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn listen(database: &Database) -> Result<Self, StorageError> {
        let mut listener = PgListener::connect_with(database.listening()).await?;
        // A connection that was lost must be noticed, not replaced in silence.
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        Ok(Self { listener })
    }

    /// Waits for the next change; may be dropped while it waits.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn next(&mut self) -> Result<AccessChange, StorageError> {
        match self.listener.try_recv().await? {
            Some(told) => Ok(read(&told)),
            None => Err(sqlx::Error::from(std::io::Error::from(std::io::ErrorKind::UnexpectedEof)).into()),
        }
    }

    /// Asks the database for a sign of life. Everything that was committed before the question has been told with the
    /// answer: PostgreSQL sends what it has to tell before it says that it is ready again.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn told_by_now(&mut self) -> Result<Vec<AccessChange>, StorageError> {
        sqlx::query("SELECT 1").execute(&mut self.listener).await?;
        Ok(std::iter::from_fn(|| self.listener.next_buffered()).map(|told| read(&told)).collect())
    }
}

fn read(told: &PgNotification) -> AccessChange {
    match told.payload().split_once(' ') {
        Some(("session", id)) => id.parse().map_or(AccessChange::Anything, AccessChange::Session),
        Some(("person", id)) => AccessChange::Person(UserId(id.to_owned())),
        _ => AccessChange::Anything,
    }
}
