-- Public halves of the keys with which people sign at a station that has lost its server. The private half lies on that
-- station, under the person's password, and never comes here.

CREATE TABLE person_keys (
    -- The first 16 hex digits of the SHA-256 of the public key.
    key_id text PRIMARY KEY CHECK (key_id = left(encode(sha256(public_key), 'hex'), 16)),
    user_id text NOT NULL REFERENCES users (id),
    station_id uuid NOT NULL REFERENCES stations (id),
    -- Ed25519.
    public_key bytea NOT NULL UNIQUE CHECK (octet_length(public_key) = 32),
    certified_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > certified_at),
    -- What was signed before it stays valid.
    retired_at timestamptz,
    retired_cause text CHECK (retired_cause IN ('replaced', 'password_changed', 'deactivated')),
    CHECK ((retired_at IS NULL) = (retired_cause IS NULL))
);
-- A person has one key at a station.
CREATE UNIQUE INDEX person_keys_in_use ON person_keys (user_id, station_id) WHERE retired_at IS NULL;
CREATE INDEX idx_person_keys_station ON person_keys (station_id);
SELECT viruj_follow('person_keys', 'key_id', '');

CREATE TRIGGER refuse_revival BEFORE UPDATE OF retired_at, retired_cause ON person_keys
    FOR EACH ROW WHEN (OLD.retired_at IS NOT NULL
        AND (OLD.retired_at, OLD.retired_cause) IS DISTINCT FROM (NEW.retired_at, NEW.retired_cause))
    EXECUTE FUNCTION viruj_refuse();
CREATE TRIGGER refuse_delete BEFORE DELETE ON person_keys FOR EACH STATEMENT EXECUTE FUNCTION viruj_refuse();

-- A password that counts no more opens no key that counts: whatever changes it, in the same transaction.
CREATE FUNCTION viruj_retire_person_keys() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.person_keys
    SET retired_at = coalesce(
            CASE WHEN NEW.password_changed_at IS DISTINCT FROM OLD.password_changed_at THEN NEW.password_changed_at END,
            CASE WHEN NEW.updated_at IS DISTINCT FROM OLD.updated_at THEN NEW.updated_at END,
            now()),
        retired_cause = CASE WHEN NEW.is_active IS TRUE THEN 'password_changed' ELSE 'deactivated' END
    WHERE user_id = NEW.id AND retired_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER retire_person_keys AFTER UPDATE OF is_active, password_changed_at ON users FOR EACH ROW
    WHEN ((OLD.is_active IS TRUE AND NEW.is_active IS NOT TRUE)
        OR OLD.password_changed_at IS DISTINCT FROM NEW.password_changed_at)
    EXECUTE FUNCTION viruj_retire_person_keys();
REVOKE ALL ON FUNCTION viruj_retire_person_keys() FROM PUBLIC;

REVOKE ALL ON person_keys FROM PUBLIC, viruj_runtime;
GRANT SELECT, INSERT, UPDATE (certified_at, expires_at, retired_at, retired_cause) ON person_keys TO viruj_runtime;
