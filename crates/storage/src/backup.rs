//! Every table as one moment holds it, out of a database and into an empty one (EU GMP Annex 11, 7.2).
//!
//! What goes out are [`Piece`]s in order: the manifest, then for each table its rows and their number. How they are kept,
//! encrypted and checked is the server's matter.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

mod dump;
mod load;
mod log;

pub use dump::{DumpError, dump};
pub use load::{RestoreError, Restored, check_target, restore};
pub use log::{NewBackup, WholeBackup, last_success, note, note_by_owner, recent};

/// What a backup is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The moment that the backup holds.
    pub recovery_point: DateTime<Utc>,
    /// None for a legacy database that was never migrated.
    pub server_id: Option<Uuid>,
    pub feed_epoch: Option<Uuid>,
    /// The migrations that had run, in order.
    pub migrations: Vec<AppliedMigration>,
    pub tables: Vec<Table>,
    /// The next value and the sequence that gives it.
    pub sequences: BTreeMap<String, i64>,
    /// The length of each feed of the audit trail.
    pub heads: BTreeMap<String, i64>,
    /// Tables in the database that are none of this program's.
    pub left_out: Vec<String>,
}

impl Manifest {
    /// The newest migration that had run; 0 for a legacy database.
    #[must_use]
    pub fn migration_version(&self) -> i64 {
        self.migrations.iter().map(|migration| migration.version).max().unwrap_or(0)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppliedMigration {
    pub version: i64,
    /// Lower-case hex.
    pub checksum: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub name: String,
    /// Without generated ones.
    pub columns: Vec<String>,
}

/// A part of a backup, in the order in which the parts come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Manifest(Box<Manifest>),
    /// Whole rows of the table whose turn it is, as `COPY` writes them.
    Rows(Vec<u8>),
    /// The table has ended; the next one begins.
    TableEnds {
        rows: u64,
    },
    /// Nothing is missing.
    End,
}
