-- What a station keeps for ever: the operations that were recorded on it, and what it knows of itself.
-- Integer keys in order of arrival: with the cipher, scattered keys would cost ten times as much.

CREATE TABLE operations (
    id INTEGER PRIMARY KEY,
    operation_id BLOB NOT NULL UNIQUE,
    station_id BLOB NOT NULL,
    station_seq INTEGER NOT NULL,
    -- SHA-256 of the envelope's bytes; the next envelope names it.
    envelope_hash BLOB NOT NULL,
    -- The exact bytes that were signed, base64; never written again.
    envelope TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    signature TEXT NOT NULL,
    -- Read out of the statement, for the screens; absent where nobody can read it.
    batch_id TEXT,
    person_name TEXT,
    recorded_at TEXT NOT NULL,
    -- JSON of the server's verdict; once set it never changes.
    verdict TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_problem TEXT,
    UNIQUE (station_id, station_seq)
) STRICT;

CREATE INDEX operations_without_verdict ON operations (station_id, station_seq) WHERE verdict IS NULL;
CREATE INDEX operations_of_batch ON operations (batch_id, id);

CREATE TRIGGER operations_are_never_deleted BEFORE DELETE ON operations
BEGIN
    SELECT RAISE(ABORT, 'a recorded operation is never deleted');
END;

CREATE TRIGGER operations_keep_their_bytes
BEFORE UPDATE OF operation_id, station_id, station_seq, envelope_hash, envelope, algorithm, signature ON operations
BEGIN
    SELECT RAISE(ABORT, 'a recorded operation never changes');
END;

CREATE TRIGGER verdicts_never_change BEFORE UPDATE OF verdict ON operations WHEN OLD.verdict IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a verdict that is set never changes');
END;

-- The station's identity, the server that it pins, the person who is remembered: JSON by name.
CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
