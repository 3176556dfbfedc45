-- How far each feed has been read, and how far a new copy of it has come.

CREATE TABLE copy_cursors (
    feed TEXT PRIMARY KEY,
    epoch BLOB NOT NULL,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE copy_snapshots (
    feed TEXT PRIMARY KEY,
    -- Where the feed stood when the snapshot was begun; later, how far its changes since have been applied.
    epoch BLOB NOT NULL,
    seq INTEGER NOT NULL,
    -- What asks for the next chunk; absent once all rows are there.
    resume TEXT,
    sent INTEGER NOT NULL,
    expected INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
