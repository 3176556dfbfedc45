//! Typed client of the plant server.
//!
//! One [`Client`] for two ways to the same router: over HTTP to a plant server, or in process when the station works
//! straight on a database.

mod administration;
mod api_keys;
mod attachments;
mod batches;
mod client;
mod conflicts;
mod deviations;
mod error;
mod leases;
mod master_records;
mod news;
mod registers;
mod releases;
mod reviews;
mod station_exchange;
mod transport;
mod work;

pub use administration::Tagged;
pub use batches::{BatchChange, RecordForm};
pub use client::Client;
pub use deviations::{CapaAction, DeviationAction};
pub use error::ClientError;
pub use master_records::{SignedStep, UnsignedStep};
pub use news::News;
pub use releases::PackageStream;
pub use reviews::{Certificate, ReviewAction};
pub use station_exchange::{ChallengeSigner, StationExchange};
pub use transport::{HttpOptions, Transport, TransportError};
