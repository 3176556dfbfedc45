-- The copy of the plant's rows: dropped and fetched again whenever its version changes, never migrated.
-- `row` is the row as it travelled, JSON; the columns beside it are for finding and sorting.
-- What comes with a plant's feed. A new copy is made in tables of the same shape under other names.

CREATE TABLE copy_batches (
    -- Never given twice: the words of a row are found by it.
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    feed TEXT NOT NULL,
    number TEXT NOT NULL,
    product TEXT NOT NULL,
    -- Number and product in lower case.
    search TEXT NOT NULL,
    assigned_to TEXT,
    started_at TEXT NOT NULL,
    -- Microseconds since 1970.
    planned_end INTEGER,
    version INTEGER NOT NULL,
    row TEXT NOT NULL,
    -- As the screens show it, with what was recorded here and has not come back yet.
    shown_status TEXT NOT NULL,
    phase_count INTEGER NOT NULL DEFAULT 0,
    completed_phases INTEGER NOT NULL DEFAULT 0,
    next_phase TEXT
) STRICT;

CREATE INDEX copy_batches_by_number ON copy_batches (feed, number);

-- Words of number and product, by the batch's key.
CREATE VIRTUAL TABLE copy_batch_words USING fts5 (words, content='', contentless_delete=1, prefix='1 2 3 4 5 6 7 8', detail=full);

CREATE TABLE copy_phases (
    -- `batch's key << 16 | number`: a batch's phases lie side by side, so that few pages are deciphered for a screen.
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    feed TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    status TEXT NOT NULL,
    version INTEGER NOT NULL,
    row TEXT NOT NULL
) STRICT;

CREATE TABLE copy_entries (
    -- `batch's key << 20 | which one it is here`, as with the phases.
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    feed TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    -- Microseconds since 1970.
    received_at INTEGER NOT NULL,
    row TEXT NOT NULL
) STRICT;

CREATE TABLE copy_deviations (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    feed TEXT NOT NULL,
    batch_id TEXT,
    is_open INTEGER NOT NULL,
    row TEXT NOT NULL
) STRICT;
CREATE INDEX copy_deviations_of_batch ON copy_deviations (batch_id, is_open);

CREATE TABLE copy_lots (
    -- Never given twice: the words of a row are found by it.
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    feed TEXT NOT NULL,
    number TEXT NOT NULL,
    material_code TEXT NOT NULL,
    -- What it is found by: number, code and name of the material.
    search TEXT NOT NULL,
    status TEXT NOT NULL,
    version INTEGER NOT NULL,
    row TEXT NOT NULL
) STRICT;
CREATE INDEX copy_lots_of_material ON copy_lots (feed, material_code, status);
CREATE INDEX copy_lots_by_number ON copy_lots (feed, number);

-- Words of number, material and its code, by the lot's key.
CREATE VIRTUAL TABLE copy_lot_words USING fts5 (words, content='', contentless_delete=1, prefix='1 2 3 4 5 6 7 8', detail=full);

CREATE TABLE copy_equipment (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    feed TEXT NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    row TEXT NOT NULL
) STRICT;
CREATE INDEX copy_equipment_of_kind ON copy_equipment (feed, kind);

CREATE TABLE copy_qualifications (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    feed TEXT NOT NULL,
    procedure_code TEXT NOT NULL,
    person_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    row TEXT NOT NULL
) STRICT;
CREATE INDEX copy_qualifications_of_procedure ON copy_qualifications (feed, procedure_code);

CREATE TABLE copy_leases (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    feed TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    row TEXT NOT NULL
) STRICT;
CREATE INDEX copy_leases_of_batch ON copy_leases (batch_id);
