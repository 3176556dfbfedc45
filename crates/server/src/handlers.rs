//! One folder for a resource, one file for an operation.

pub mod api_keys {
    pub mod create;
    pub mod list;
    pub mod revoke;
}
pub mod attachments;
pub mod audit {
    pub mod export;
    pub mod list;
    pub mod review;
}
pub mod backups {
    pub mod list;
    pub mod take;
}
pub mod batches;
pub mod capas;
pub mod conflicts;
pub mod deviations;
pub mod docs;
pub mod equipment;
pub mod gate_entries {
    pub mod list;
}
pub mod goods_receipts {
    pub mod list;
}
pub mod health {
    pub mod show;
}
pub mod leases;
pub mod legacy;
pub mod lots;
pub mod master_records;
pub mod materials {
    pub mod list;
}
pub mod me;
pub mod notifications {
    pub mod list;
    pub mod mark_read;
}
pub mod password_resets;
pub mod plants;
pub mod qualifications;
pub mod quality_samples {
    pub mod list;
}
pub mod quality_tests {
    pub mod list;
}
mod record_signing;
mod registers;
pub mod releases;
pub mod reviews;
pub mod roles {
    pub mod list;
}
pub mod server {
    pub mod show;
}
pub mod sessions;
pub mod signatures {
    pub mod attest;
}
pub mod single_sign_on;
pub mod stations;
pub mod sync {
    pub mod heads;
    pub mod pull;
    pub mod push;
    pub mod snapshot;
}
pub mod users;
