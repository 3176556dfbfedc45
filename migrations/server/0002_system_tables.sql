-- Tables that belong to no single plant, and what the legacy tables of people and plants lack.

ALTER TABLE plants ADD COLUMN IF NOT EXISTS time_zone text NOT NULL DEFAULT 'UTC';
COMMENT ON COLUMN plants.time_zone IS 'IANA name; codes, due dates and shifts of the plant use it';
-- `system` and `unassigned` name feeds of their own, a comma separates plants in `viruj.plants`.
ALTER TABLE plants ADD CONSTRAINT plants_id_is_usable
    CHECK (id NOT IN ('system', 'unassigned', '*', '') AND position(',' in id) = 0) NOT VALID;

-- Two addresses that differ only in case or in Unicode form are one person (21 CFR 11.300(a)).
-- The unique index is made by `viruj-server migrate`, which reports a clash in legacy rows instead of failing.
ALTER TABLE users ADD COLUMN IF NOT EXISTS login_key text GENERATED ALWAYS AS (lower(normalize(email, NFKC))) STORED;
ALTER TABLE users ADD COLUMN IF NOT EXISTS failed_sign_ins integer NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN IF NOT EXISTS locked_until timestamptz;
ALTER TABLE users ADD COLUMN IF NOT EXISTS must_change_password boolean NOT NULL DEFAULT false;
ALTER TABLE users ADD COLUMN IF NOT EXISTS password_changed_at timestamptz;
CREATE INDEX idx_users_login_key ON users (login_key);

-- `server_id`, the demo marker, what `migrate` has adopted.
CREATE TABLE installation (
    key text PRIMARY KEY,
    value text NOT NULL,
    set_at timestamptz NOT NULL DEFAULT now()
);

-- A new epoch begins on restore or on failover with loss; the newest one counts.
CREATE TABLE feed_epochs (
    epoch uuid PRIMARY KEY,
    began_at timestamptz NOT NULL DEFAULT now(),
    cause text NOT NULL
);

-- Who sees which plant.
CREATE TABLE user_plants (
    user_id text NOT NULL REFERENCES users (id),
    plant_id text NOT NULL REFERENCES plants (id),
    added_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, plant_id)
);
CREATE INDEX idx_user_plants_plant ON user_plants (plant_id);

CREATE TABLE stations (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    plant_id text NOT NULL REFERENCES plants (id),
    public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
    state text NOT NULL CHECK (state IN ('Pending', 'Active', 'Suspended', 'Retired')),
    is_embedded boolean NOT NULL DEFAULT false,
    registered_by text REFERENCES users (id),
    registered_at timestamptz NOT NULL,
    last_seen_at timestamptz,
    program_version text,
    ring text NOT NULL DEFAULT 'standard',
    reported_clock_skew_ms bigint,
    reported_backlog bigint,
    reported_at timestamptz
);
-- One key, one station: the copy of a disk cannot be registered as another station.
CREATE UNIQUE INDEX stations_public_key ON stations (public_key);
CREATE INDEX idx_stations_plant ON stations (plant_id);

-- Sign-in sessions; rows may be purged, sign-ins stay in the trail as events.
CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id text NOT NULL REFERENCES users (id),
    family uuid NOT NULL,
    refresh_hash bytea NOT NULL,
    previous_refresh_hash bytea,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_cause text,
    station_id uuid REFERENCES stations (id),
    first_signed_at timestamptz,
    last_used_at timestamptz NOT NULL,
    client_address text
);
CREATE UNIQUE INDEX sessions_refresh_hash ON sessions (refresh_hash);
CREATE INDEX idx_sessions_previous_refresh_hash ON sessions (previous_refresh_hash);
CREATE INDEX idx_sessions_user ON sessions (user_id) WHERE revoked_at IS NULL;
CREATE INDEX idx_sessions_family ON sessions (family);

-- Public halves of the server's signing keys; the private halves never enter the database.
CREATE TABLE signing_keys (
    key_id text PRIMARY KEY,
    public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
    created_at timestamptz NOT NULL,
    retired_at timestamptz
);

-- Where codes such as `DEV-26-001` come from; a row is locked until its transaction ends.
CREATE TABLE counters (
    name text PRIMARY KEY,
    value bigint NOT NULL CHECK (value >= 0)
);

INSERT INTO installation (key, value) VALUES ('server_id', gen_random_uuid()::text);
INSERT INTO feed_epochs (epoch, cause) VALUES (gen_random_uuid(), 'installed');

INSERT INTO user_plants (user_id, plant_id)
SELECT users.id, plants.id FROM users JOIN plants ON plants.id = users.plant_id
UNION
SELECT users.id, plants.id FROM users JOIN plants ON plants.manager_id = users.id;

-- The codes that the legacy system has given are not given again.
INSERT INTO counters (name, value)
SELECT substr(grn_code, 1, 6), max(substr(grn_code, 8)::bigint)
FROM goods_receipt_notes WHERE grn_code ~ '^GRN-[0-9]{2}-[0-9]{1,15}$' GROUP BY 1
UNION ALL
SELECT 'GATE-' || substr(entry_code, 1, 4), max(substr(entry_code, 5)::bigint)
FROM gate_entries WHERE entry_code ~ '^[0-9]{5,16}$' GROUP BY 1;
