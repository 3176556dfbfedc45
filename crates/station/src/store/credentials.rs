//! Keys of people who signed in here, each under its person's password.

use chrono::{DateTime, Utc};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use viruj_api::{
    people::Person,
    person_keys::{PersonKeyRow, SignedCertificate},
};
use viruj_domain::{ids::UserId, password::normalised, signature::KeyValidity};

use super::{Store, StoreFault};
use crate::person_keys::WrappedKey;

/// What a person signs in with while the server is away.
#[derive(Clone, Debug)]
pub struct Credential {
    /// As the server knew them when they signed in last.
    pub person: Person,
    pub key_id: String,
    pub wrapped: WrappedKey,
    pub certificate: SignedCertificate,
    pub validity: KeyValidity,
    /// Until then the station takes no password of the person without the server.
    pub locked_until: Option<DateTime<Utc>>,
}

/// An address as it is compared.
fn comparable(email: &str) -> String {
    normalised(email.trim()).to_lowercase()
}

fn read(row: &SqliteRow) -> Result<Credential, StoreFault> {
    let text = |name: &str| row.try_get::<String, _>(name).map_err(StoreFault::Database);
    let time = |text: String| {
        DateTime::parse_from_rfc3339(&text)
            .map(|time| time.to_utc())
            .map_err(|error| StoreFault::Unreadable(error.to_string()))
    };
    let later = |name: &str| -> Result<Option<DateTime<Utc>>, StoreFault> {
        row.try_get::<Option<String>, _>(name).map_err(StoreFault::Database)?.map(time).transpose()
    };
    Ok(Credential {
        person: serde_json::from_str(&text("person")?)?,
        key_id: text("key_id")?,
        wrapped: serde_json::from_str(&text("wrapped")?)?,
        certificate: serde_json::from_str(&text("certificate")?)?,
        validity: KeyValidity { expires_at: time(text("expires_at")?)?, retired_at: later("retired_at")? },
        locked_until: later("locked_until")?,
    })
}

impl Store {
    /// The newest credential of whoever has this address.
    pub(crate) async fn credential_with_email(&self, email: &str) -> Result<Option<Credential>, StoreFault> {
        let row = sqlx::query("SELECT * FROM credentials WHERE email = ? ORDER BY expires_at DESC LIMIT 1")
            .bind(comparable(email))
            .fetch_optional(&self.pool)
            .await;
        row.map_err(self.fault())?.as_ref().map(read).transpose()
    }

    pub(crate) async fn credential(&self, person: &UserId) -> Result<Option<Credential>, StoreFault> {
        let row = sqlx::query("SELECT * FROM credentials WHERE person_id = ?")
            .bind(person.as_str())
            .fetch_optional(&self.pool)
            .await;
        row.map_err(self.fault())?.as_ref().map(read).transpose()
    }

    /// Takes the place of what the person had before, and begins to count anew.
    pub(crate) async fn keep_credential(&self, credential: &Credential) -> Result<(), StoreFault> {
        let text = |value: serde_json::Result<String>| value.map_err(StoreFault::from);
        sqlx::query(
            "INSERT INTO credentials (person_id, email, key_id, wrapped, certificate, person, expires_at) \
             VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (person_id) DO UPDATE SET email = excluded.email, \
             key_id = excluded.key_id, wrapped = excluded.wrapped, certificate = excluded.certificate, \
             person = excluded.person, expires_at = excluded.expires_at, failures = 0, locked_until = NULL, \
             retired_at = NULL",
        )
        .bind(credential.person.id.as_str())
        .bind(comparable(&credential.person.email))
        .bind(&credential.key_id)
        .bind(text(serde_json::to_string(&credential.wrapped))?)
        .bind(text(serde_json::to_string(&credential.certificate))?)
        .bind(text(serde_json::to_string(&credential.person))?)
        .bind(credential.validity.expires_at.to_rfc3339())
        .execute(&self.pool)
        .await
        .map_err(self.fault())?;
        Ok(())
    }

    /// Counts an attempt before it is tried, so that a program that is killed has not forgotten it.
    pub(crate) async fn count_attempt(&self, person: &UserId) -> Result<u32, StoreFault> {
        sqlx::query_scalar("UPDATE credentials SET failures = failures + 1 WHERE person_id = ? RETURNING failures")
            .bind(person.as_str())
            .fetch_one(&self.pool)
            .await
            .map_err(self.fault())
    }

    /// The password opened the key.
    pub(crate) async fn forget_attempts(&self, person: &UserId) -> Result<(), StoreFault> {
        self.set_attempts(person, None).await
    }

    /// No password of the person is taken until then; afterwards it is counted anew.
    pub(crate) async fn lock_credential(&self, person: &UserId, until: DateTime<Utc>) -> Result<(), StoreFault> {
        self.set_attempts(person, Some(until)).await
    }

    async fn set_attempts(&self, person: &UserId, locked_until: Option<DateTime<Utc>>) -> Result<(), StoreFault> {
        sqlx::query("UPDATE credentials SET failures = 0, locked_until = ? WHERE person_id = ?")
            .bind(locked_until.map(|until| until.to_rfc3339()))
            .bind(person.as_str())
            .execute(&self.pool)
            .await
            .map_err(self.fault())?;
        Ok(())
    }
}

/// What the server has retired signs nothing more here; what is retired stays so.
pub(super) async fn retire(connection: &mut SqliteConnection, rows: &[PersonKeyRow]) -> Result<(), sqlx::Error> {
    for (row, retired_at) in rows.iter().filter_map(|row| row.retired_at.map(|at| (row, at))) {
        sqlx::query("UPDATE credentials SET retired_at = ? WHERE key_id = ? AND retired_at IS NULL")
            .bind(retired_at.to_rfc3339())
            .bind(&row.key_id)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
