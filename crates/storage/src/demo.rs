//! The demonstration: three plants, the 17 people of the legacy system, one process and 40 batches of it.
//!
//! Everything has the same id wherever it is seeded, and nothing is drawn by chance.
//! What the demonstration's people did is judged by the rules of `viruj-domain`, phase by phase, so a seeded batch is in
//! no state that execution could not have brought it to.
//!
//! No station recorded that history and nobody signed it: there is no operation behind such an entry, no envelope and no
//! attestation. The rows say so. Their `origin` is `demo_history`, their station is one that was retired before it ever
//! had a key, and the hash in a signature is of a sentence that says that there is no statement.

mod batches;
mod history;
mod people;
mod registers;
mod writing;

use std::error::Error;

use chrono::{DateTime, Timelike, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use viruj_domain::{execution::Refusal, master::Procedure, plant::PlantScope};

use crate::{ChangeContext, Database, StorageError, installation};

/// What the demonstration's people sign in with.
pub const PASSWORD: &str = "demo123";

/// What to seed into.
#[derive(Clone, Copy, Debug)]
pub struct SeedRequest<'a> {
    /// The value of `ENVIRONMENT`.
    pub environment: &'a str,
    /// Seed into a database that holds other rows too; none of them is changed.
    pub into_existing: bool,
    /// The history is told backwards from here.
    pub now: DateTime<Utc>,
}

/// Rows that were added; what was there already is not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeedReport {
    pub plants: u64,
    pub people: u64,
    pub materials: u64,
    pub master_records: u64,
    pub batches: u64,
    pub phases: u64,
    pub entries: u64,
    pub deviations: u64,
    pub lots: u64,
    pub equipment: u64,
    pub qualifications: u64,
}

/// Why nothing was seeded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    #[error("a production system is never filled with demonstration data")]
    Production,
    #[error("the database holds rows that are not the demonstration's; use --into-existing to add to them")]
    NotEmpty,
    /// Somebody else has the e-mail address of one of the demonstration's people.
    #[error("{email} belongs to another person in this database")]
    AddressTaken { email: &'static str },
    #[error("the password could not be hashed")]
    Hashing(#[source] Box<dyn Error + Send + Sync>),
    /// A defect of the demonstration itself.
    #[error("phase {phase} of {batch} does not follow the rules: {refusal}")]
    Rules { batch: String, phase: u32, refusal: Refusal },
    #[error("the demonstration's process cannot be read")]
    Process(#[from] serde_json::Error),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl SeedError {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Production => "seed_in_production",
            Self::NotEmpty => "seed_not_empty",
            Self::AddressTaken { .. } => "seed_address_taken",
            Self::Hashing(_) | Self::Rules { .. } | Self::Process(_) => "seed_failed",
            Self::Storage(error) => error.code(),
        }
    }
}

/// The process of the demonstration: metformin hydrochloride tablets 500 mg, 200 kg of compression mix.
///
/// # Errors
/// When the file that comes with the program does not describe a procedure.
pub fn procedure() -> Result<Procedure, serde_json::Error> {
    serde_json::from_str(include_str!("demo/metformin.json"))
}

/// Adds what is missing of the demonstration, all of it or nothing; `hash_password` is called once for each new person.
///
/// An empty database is marked as a demonstration by it.
///
/// # Errors
/// [`SeedError`]; nothing is changed then.
pub async fn seed<H>(database: &Database, request: SeedRequest<'_>, hash_password: H) -> Result<SeedReport, SeedError>
where
    H: Fn(&str) -> Result<String, Box<dyn Error + Send + Sync>>,
{
    if request.environment.trim().eq_ignore_ascii_case("production") {
        return Err(SeedError::Production);
    }
    let is_demo = installation::is_demo(database).await?;
    let is_empty = writing::is_empty(database).await?;
    if !is_demo && !is_empty && !request.into_existing {
        return Err(SeedError::NotEmpty);
    }
    // Hashing takes its time, a transaction should not.
    let newcomers = people::missing(database).await?;
    let hashes = newcomers
        .iter()
        .map(|person| hash_password(PASSWORD).map(|hash| (*person, hash)))
        .collect::<Result<Vec<_>, _>>()
        .map_err(SeedError::Hashing)?;

    let procedure = procedure()?;
    let now = request.now.with_second(0).and_then(|time| time.with_nanosecond(0)).unwrap_or(request.now);
    let mut report = SeedReport::default();
    let mut unit = database.begin(ChangeContext::system(PlantScope::All, "seed", Some("demonstration data"))).await?;
    if is_empty {
        writing::mark_as_demo(&mut unit).await?;
    }
    report.plants = people::add_plants(&mut unit).await?;
    report.people = people::add(&mut unit, &hashes, now).await?;
    report.materials = people::add_materials(&mut unit).await?;
    let masters = writing::add_masters(&mut unit, &procedure, now, &mut report).await?;
    for plan in batches::plans() {
        if !writing::is_there(&mut unit, &plan).await? {
            let told = history::tell(&plan, &procedure, now)?;
            writing::add_batch(&mut unit, &plan, &masters, &procedure, &told, &mut report).await?;
        }
    }
    registers::add(&mut unit, now, &mut report).await?;
    unit.commit().await?;
    Ok(report)
}

/// The id of something in the demonstration: UUIDv8 over its name.
fn demo_id(name: &str) -> Uuid {
    let digest: [u8; 32] = Sha256::digest(format!("viruj-demo/{name}")).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// A small number that is always the same for the name, below `limit`.
fn spread(name: &str, limit: u32) -> u32 {
    let digest: [u8; 32] = Sha256::digest(name).into();
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]) % limit.max(1)
}
