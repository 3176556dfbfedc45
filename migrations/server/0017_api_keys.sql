-- Keys of machines and reports (check 14). What a key may do stands in its row and never changes: another one is made.

CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    -- SHA-256 of the key's text, which holds 260 bits of chance; the text itself is kept nowhere.
    secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
    plant_ids text[] NOT NULL CHECK (cardinality(plant_ids) > 0),
    -- Capabilities.
    scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
    created_by text NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at AND expires_at <= created_at + interval '8760 hours'),
    -- To the hour: a request writes nothing else.
    last_used_at timestamptz,
    revoked_at timestamptz,
    -- A person's id, or `system:<what>`.
    revoked_by text,
    revoked_cause text CHECK (revoked_cause IN ('by_a_person', 'maker_deactivated')),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL) = (revoked_cause IS NULL))
);
CREATE INDEX idx_api_keys_order ON api_keys (created_at DESC, id DESC);
CREATE INDEX idx_api_keys_maker ON api_keys (created_by) WHERE revoked_at IS NULL;
SELECT viruj_follow('api_keys', 'id', '', '', 'secret_hash,last_used_at');

CREATE TRIGGER refuse_revival BEFORE UPDATE OF revoked_at, revoked_by, revoked_cause ON api_keys
    FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL
        AND (OLD.revoked_at, OLD.revoked_by, OLD.revoked_cause)
            IS DISTINCT FROM (NEW.revoked_at, NEW.revoked_by, NEW.revoked_cause))
    EXECUTE FUNCTION viruj_refuse();

-- Whoever made a key has seen it, so it ends with their account, whatever deactivates it, in the same transaction.
CREATE FUNCTION viruj_revoke_keys_of_maker() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.api_keys
    SET revoked_at = CASE WHEN NEW.updated_at IS DISTINCT FROM OLD.updated_at THEN NEW.updated_at ELSE now() END,
        revoked_by = public.viruj_setting('viruj.actor'), revoked_cause = 'maker_deactivated'
    WHERE created_by = NEW.id AND revoked_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER revoke_keys AFTER UPDATE OF is_active ON users FOR EACH ROW
    WHEN (OLD.is_active IS TRUE AND NEW.is_active IS NOT TRUE) EXECUTE FUNCTION viruj_revoke_keys_of_maker();

REVOKE ALL ON api_keys FROM PUBLIC, viruj_runtime;
GRANT SELECT, INSERT, UPDATE (last_used_at, revoked_at, revoked_by, revoked_cause) ON api_keys TO viruj_runtime;
