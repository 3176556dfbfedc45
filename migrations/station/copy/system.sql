-- The copy of the plant's rows: dropped and fetched again whenever its version changes, never migrated.
-- `row` is the row as it travelled, JSON; the columns beside it are for finding and sorting.
-- What comes with the system's feed. A new copy is made in tables of the same shape under other names.

CREATE TABLE copy_plants (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    row TEXT NOT NULL
) STRICT;

CREATE TABLE copy_people (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    row TEXT NOT NULL
) STRICT;
