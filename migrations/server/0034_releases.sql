-- Releases of the station's program. Their packages lie in a folder of the server, by their hash; who signed them stands
-- here, and how far each has come.

CREATE TABLE releases (
    id uuid PRIMARY KEY,
    -- Three numbers: 1.10.0 follows 1.9.0.
    major integer NOT NULL CHECK (major >= 0),
    minor integer NOT NULL CHECK (minor >= 0),
    patch integer NOT NULL CHECK (patch >= 0),
    target text NOT NULL,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    size_bytes bigint NOT NULL CHECK (size_bytes > 0),
    signature text NOT NULL,
    builder_key text NOT NULL,
    notes text NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'paused', 'withdrawn')),
    ring text NOT NULL CHECK (ring IN ('pilot', 'plant', 'all')),
    percentage smallint NOT NULL CHECK (percentage BETWEEN 1 AND 100),
    stopped_because text,
    -- A person's id, or `system:command`.
    published_by text NOT NULL,
    published_at timestamptz NOT NULL,
    CHECK ((state = 'running') = (stopped_because IS NULL)),
    UNIQUE (target, major, minor, patch)
);
SELECT viruj_follow('releases', 'id', '', '', '');

-- What was withdrawn is given out no more; a higher version takes its place.
CREATE TRIGGER refuse_revival BEFORE UPDATE ON releases
    FOR EACH ROW WHEN (OLD.state = 'withdrawn') EXECUTE FUNCTION viruj_refuse();

-- What a station has told of a release. One that began and does not say that it works stops the release.
CREATE TABLE station_updates (
    station_id uuid NOT NULL REFERENCES stations (id),
    release_id uuid NOT NULL REFERENCES releases (id),
    outcome text NOT NULL CHECK (outcome IN ('installing', 'healthy', 'refused', 'put_back', 'silent')),
    code text NOT NULL,
    detail text NOT NULL,
    begun_at timestamptz NOT NULL,
    told_at timestamptz NOT NULL,
    PRIMARY KEY (station_id, release_id)
);
CREATE INDEX idx_station_updates_release ON station_updates (release_id, outcome);
SELECT viruj_follow('station_updates', 'station_id,release_id', '', '', '', false);

-- A station belongs to the last ring until somebody says otherwise.
SELECT set_config('viruj.actor', 'system:migrate', true),
    set_config('viruj.reason', 'the rings of updates have other names', true);
UPDATE stations SET ring = 'all';
ALTER TABLE stations ALTER COLUMN ring SET DEFAULT 'all',
    ADD CONSTRAINT stations_ring CHECK (ring IN ('pilot', 'plant', 'all'));

REVOKE ALL ON releases, station_updates FROM PUBLIC, viruj_runtime;
GRANT SELECT, INSERT, UPDATE (outcome, code, detail, told_at) ON station_updates TO viruj_runtime;
GRANT SELECT, INSERT, UPDATE (state, ring, percentage, stopped_because) ON releases TO viruj_runtime;
GRANT UPDATE (ring) ON stations TO viruj_runtime;
