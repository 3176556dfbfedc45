-- Leases: which station works on a batch, or on one of its operations, so that it goes on there without the server.

CREATE TABLE batch_leases (
    id uuid PRIMARY KEY,
    plant_id text NOT NULL REFERENCES plants (id),
    batch_id text NOT NULL REFERENCES production_batches (id),
    -- Both absent for the whole batch.
    unit_procedure text,
    operation text,
    station_id uuid NOT NULL REFERENCES stations (id),
    -- Counts the leases of the batch: an entry that was made under a smaller one than the living one came too late.
    fence bigint NOT NULL CHECK (fence > 0),
    asked_by text NOT NULL REFERENCES users (id),
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > issued_at),
    ended_at timestamptz CHECK (ended_at >= issued_at),
    ended_cause text CHECK (ended_cause IN ('given_back', 'handed_over', 'replaced', 'station_retired')),
    CHECK ((unit_procedure IS NULL) = (operation IS NULL)),
    CHECK ((ended_at IS NULL) = (ended_cause IS NULL)),
    UNIQUE (batch_id, fence)
);
CREATE INDEX idx_batch_leases_plant ON batch_leases (plant_id);
CREATE INDEX idx_batch_leases_station ON batch_leases (station_id) WHERE ended_at IS NULL;
SELECT viruj_follow('batch_leases', 'id', 'plant_id');
SELECT viruj_protect('batch_leases');
GRANT SELECT, INSERT, UPDATE (expires_at, ended_at, ended_cause) ON batch_leases TO viruj_runtime;

-- What has ended stays so, and no lease is shortened: a station that is away counts on the one that it holds.
CREATE TRIGGER refuse_revival BEFORE UPDATE ON batch_leases
    FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL OR NEW.expires_at < OLD.expires_at)
    EXECUTE FUNCTION viruj_refuse();
CREATE TRIGGER refuse_delete BEFORE DELETE ON batch_leases FOR EACH STATEMENT EXECUTE FUNCTION viruj_refuse();
