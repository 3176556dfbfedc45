-- The outbox copy: what was recorded, a second time in a file of its own, and what the station must know to go on.
-- It holds the end of the station's log without a gap; what was judged long ago leaves it from the front.

CREATE TABLE operations (
    id INTEGER PRIMARY KEY,
    operation_id BLOB NOT NULL UNIQUE,
    station_id BLOB NOT NULL,
    station_seq INTEGER NOT NULL,
    envelope_hash BLOB NOT NULL,
    -- The exact bytes that were signed, base64; never written again.
    envelope TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    signature TEXT NOT NULL,
    person_name TEXT,
    -- JSON of the server's verdict; it comes later than in the store.
    verdict TEXT,
    UNIQUE (station_id, station_seq)
) STRICT;

CREATE INDEX operations_without_verdict ON operations (station_id, station_seq) WHERE verdict IS NULL;

CREATE TRIGGER unsent_operations_are_never_deleted BEFORE DELETE ON operations WHEN OLD.verdict IS NULL
BEGIN
    SELECT RAISE(ABORT, 'an operation without a verdict is never deleted');
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

CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
