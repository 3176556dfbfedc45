-- Files of entries that the server has not got yet, a second time.

CREATE TABLE unsent_files (
    id INTEGER PRIMARY KEY,
    operation_id BLOB NOT NULL UNIQUE,
    batch_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT;
