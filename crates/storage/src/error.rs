//! What can go wrong with the plant database.

use sqlx::error::ErrorKind;

/// Why the database did not do what was asked; nothing is half done.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    #[error("the database cannot be reached")]
    Unreachable(#[source] sqlx::Error),
    #[error("the database refuses the login")]
    AccessRefused(#[source] sqlx::Error),
    #[error("the database is not prepared for this program; run `viruj-server migrate`")]
    NotMigrated,
    #[error("the database is newer than this program: it has version {found}, the program knows {known}")]
    DatabaseNewer { found: i64, known: i64 },
    #[error("the database has no room left")]
    DiskFull(#[source] sqlx::Error),
    /// A connection of a serving pool has another role than `viruj_runtime`, so its row policies would mean nothing.
    #[error("the connection works as {found}, not as viruj_runtime")]
    WrongRole { found: String },
    /// PIC/S PI 041: a change to GMP data says why.
    #[error("the change needs a reason")]
    ReasonRequired,
    #[error("the change names no author")]
    AuthorMissing,
    /// A row with this key is there already, or one that this row needs is not.
    #[error("the row contradicts {constraint}")]
    Conflict { constraint: String },
    /// The application role may not do this, or a row of another plant was written.
    #[error("the database does not allow this")]
    Forbidden(#[source] sqlx::Error),
    /// A list was asked for with a cursor that no page has given.
    #[error("the cursor is not one of this list")]
    CursorInvalid,
    /// A row holds what this program cannot read.
    #[error("{table} {id} cannot be read: {cause}")]
    Unreadable { table: &'static str, id: String, cause: String },
    /// Another plant's operation has the id.
    #[error("the id of an operation is taken")]
    OperationTaken,
    #[error("the migrations failed")]
    Migration(#[source] sqlx::migrate::MigrateError),
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
}

impl StorageError {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "database_unreachable",
            Self::AccessRefused(_) => "database_access_refused",
            Self::NotMigrated => "database_not_migrated",
            Self::DatabaseNewer { .. } => "database_newer",
            Self::DiskFull(_) => "database_full",
            Self::ReasonRequired => "reason_required",
            Self::Conflict { .. } => "conflict",
            Self::CursorInvalid => "cursor_invalid",
            Self::WrongRole { .. }
            | Self::AuthorMissing
            | Self::Forbidden(_)
            | Self::Unreadable { .. }
            | Self::OperationTaken
            | Self::Migration(_)
            | Self::Database(_) => "storage_failed",
        }
    }
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            // A connection that ends while it is being opened looks like a breach of the protocol.
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed => Self::Unreachable(error),
            sqlx::Error::Database(answer) => match answer.code().as_deref() {
                Some("VJ001") => Self::AuthorMissing,
                Some("VJ002") => Self::ReasonRequired,
                Some("42501") => Self::Forbidden(error),
                Some("28000" | "28P01") => Self::AccessRefused(error),
                Some("53100") => Self::DiskFull(error),
                // Shutting down, crashed, starting up, no such database, too many connections.
                Some("57P01" | "57P02" | "57P03" | "3D000" | "53300") => Self::Unreachable(error),
                _ => match answer.kind() {
                    ErrorKind::UniqueViolation | ErrorKind::ForeignKeyViolation | ErrorKind::CheckViolation => {
                        Self::Conflict { constraint: answer.constraint().unwrap_or("a constraint").to_owned() }
                    }
                    _ => Self::Database(error),
                },
            },
            _ => Self::Database(error),
        }
    }
}
