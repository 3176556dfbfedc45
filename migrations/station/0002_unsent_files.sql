-- Files of entries that the server has not got yet; they leave when it has them.

CREATE TABLE unsent_files (
    id INTEGER PRIMARY KEY,
    -- The entry that names it. A file whose operation never came about was promised to nobody.
    operation_id BLOB NOT NULL UNIQUE,
    batch_id TEXT NOT NULL,
    -- Lower-case hex.
    sha256 TEXT NOT NULL,
    content BLOB NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_problem TEXT,
    -- Seconds since 1970 before which it is not tried again.
    retry_at INTEGER NOT NULL DEFAULT 0,
    -- The server takes it never; it stays for whoever looks into it.
    is_refused INTEGER NOT NULL DEFAULT 0
) STRICT;
