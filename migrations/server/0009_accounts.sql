-- What accounts need beside their rows: one-time passwords, resets by mail, and attempts that every replica counts.

-- A password that somebody else made opens one session, in which it must be changed.
ALTER TABLE users ADD COLUMN IF NOT EXISTS one_time_used_at timestamptz;
COMMENT ON COLUMN users.one_time_used_at IS
    'When the password that must be changed opened its one session; a new password has opened none';

-- Whoever sets a password need not know of this: the new one is unused.
CREATE FUNCTION viruj_new_password() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.one_time_used_at := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER new_password BEFORE UPDATE OF hashed_password ON users
    FOR EACH ROW WHEN (NEW.hashed_password IS DISTINCT FROM OLD.hashed_password) EXECUTE FUNCTION viruj_new_password();

-- The one code that a person was sent last; asked for and used are events in the trail.
CREATE TABLE password_resets (
    user_id text PRIMARY KEY REFERENCES users (id),
    code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
    expires_at timestamptz NOT NULL
);

-- Attempts to prove to be somebody, each for its window. Nothing is lost with them: after a crash everybody begins anew.
CREATE UNLOGGED TABLE attempts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    -- A tag of what is counted; addresses and what people typed do not stand here.
    key bytea NOT NULL,
    -- Whose attempts they are, where that is known.
    person_id text,
    at timestamptz NOT NULL
);
CREATE INDEX idx_attempts_key ON attempts (kind, key, at DESC);
CREATE INDEX idx_attempts_person ON attempts (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX idx_attempts_at ON attempts (at);

-- Where a person has been before.
CREATE INDEX idx_sessions_place ON sessions (user_id, client_address, created_at DESC);

REVOKE ALL ON password_resets, attempts FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON password_resets, attempts TO viruj_runtime;
