//! Which tables belong to plants and which to the whole system; a test over the catalog holds every table to one list.

/// Tables whose rows belong to a plant: row-level security is on and forced, there is no DELETE.
pub const PLANT_TABLES: &[&str] = &[
    "audit_entries",
    "audit_reviews",
    "batch_phases",
    "batch_records",
    "capas",
    "deviations",
    "gate_entries",
    "goods_receipt_notes",
    "master_batch_records",
    "notifications",
    "operations",
    "phase_entries",
    "plants",
    "production_batches",
    "quality_samples",
    "quality_tests",
    "record_signatures",
    "tasks",
];

/// Tables that no plant owns; their repositories filter by scope where it matters.
pub const SYSTEM_TABLES: &[&str] = &[
    "_sqlx_migrations",
    "api_keys",
    "attempts",
    "audit_pending",
    "audited_tables",
    "backups",
    "counters",
    "feed_epochs",
    "feeds",
    "idempotency_keys",
    "identities",
    "installation",
    "materials",
    "password_resets",
    "person_identities",
    "recovery_codes",
    "second_factors",
    "sessions",
    "signing_keys",
    "stations",
    "user_plants",
    "users",
];

/// Tables that the trail does not follow row by row, each with the reason.
pub const OUTSIDE_THE_TRAIL: &[(&str, &str)] = &[
    ("_sqlx_migrations", "written by the migrator, with checksums of its own"),
    ("attempts", "what failed is in the trail as an event; rows are purged with their window"),
    ("audit_entries", "is the trail"),
    ("audit_pending", "holds what the trail takes in at the end of the transaction"),
    ("audited_tables", "changed by migrations only"),
    ("counters", "the codes that they give stand in the rows that carry them"),
    ("feeds", "the heads of the trail"),
    ("idempotency_keys", "answers that are kept for a day; what was created is in the trail"),
    ("identities", "ids and addresses of people, whose rows are in the trail"),
    ("password_resets", "asked for and used are events in the trail; a code lives for a quarter of an hour"),
    ("recovery_codes", "hashes; made and used are events in the trail"),
    ("sessions", "sign-in and sign-out are events in the trail; rows may be purged"),
];
