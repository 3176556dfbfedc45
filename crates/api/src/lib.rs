//! Wire types: the REST interface, the sync protocol and the station's own commands.
//!
//! Nothing here decides anything; rules live in `viruj-domain`.

pub mod accounts;
pub mod api_keys;
pub mod audit;
pub mod backups;
pub mod batch_record;
pub mod batches;
pub mod capas;
pub mod conflicts;
pub mod deviations;
pub mod equipment;
pub mod leases;
pub mod legacy;
pub mod lists;
pub mod lots;
pub mod master_records;
pub mod notifications;
pub mod people;
pub mod person_keys;
pub mod plants;
pub mod problem;
pub mod qualifications;
pub mod record_signing;
pub mod releases;
pub mod reviews;
pub mod roles;
pub mod server;
pub mod sessions;
pub mod signatures;
pub mod single_sign_on;
pub mod statement;
pub mod station;
pub mod stations;
pub mod sync;
pub mod users;
