-- Leases that the server has given to this station, with its signature: what it executes while the server is away.

CREATE TABLE held_leases (
    lease_id BLOB PRIMARY KEY,
    batch_id TEXT NOT NULL,
    -- JSON: the exact bytes with the server's signature.
    signed TEXT NOT NULL,
    -- JSON: what they say, verified when they came.
    lease TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX held_leases_of_batch ON held_leases (batch_id);
