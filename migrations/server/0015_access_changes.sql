-- Every replica keeps sessions and people that it has just seen; the database tells all of them what has changed, with
-- the commit of the change. A replica that cannot hear asks the database instead (`crates/server/src/live_sessions.rs`).

-- `session <id>`
CREATE FUNCTION viruj_tell_session() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('viruj_access', 'session ' || OLD.id);
    RETURN NULL;
END $$;

-- A refresh changes neither; rows that are purged after their end have been told of already.
CREATE TRIGGER tell_change AFTER UPDATE ON sessions FOR EACH ROW
    WHEN (OLD.revoked_at IS DISTINCT FROM NEW.revoked_at OR OLD.expires_at <> NEW.expires_at
        OR OLD.user_id <> NEW.user_id)
    EXECUTE FUNCTION viruj_tell_session();
CREATE TRIGGER tell_deletion AFTER DELETE ON sessions FOR EACH ROW
    WHEN (OLD.revoked_at IS NULL) EXECUTE FUNCTION viruj_tell_session();

-- `person <id>`; whatever a sign-in counts is no change of the person.
CREATE FUNCTION viruj_tell_person() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) - 'failed_sign_ins' - 'locked_until'
        IS DISTINCT FROM to_jsonb(NEW) - 'failed_sign_ins' - 'locked_until' THEN
        PERFORM pg_notify('viruj_access', 'person ' || OLD.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_change AFTER UPDATE OR DELETE ON users FOR EACH ROW EXECUTE FUNCTION viruj_tell_person();

CREATE FUNCTION viruj_tell_plants_of_person() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM pg_notify('viruj_access', 'person ' || OLD.user_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM pg_notify('viruj_access', 'person ' || NEW.user_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_change AFTER INSERT OR UPDATE OR DELETE ON user_plants
    FOR EACH ROW EXECUTE FUNCTION viruj_tell_plants_of_person();

-- A plant's manager sees it.
CREATE FUNCTION viruj_tell_manager() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.manager_id IS NOT NULL THEN
        PERFORM pg_notify('viruj_access', 'person ' || OLD.manager_id);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.manager_id IS NOT NULL THEN
        PERFORM pg_notify('viruj_access', 'person ' || NEW.manager_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_manager AFTER INSERT OR DELETE OR UPDATE OF manager_id ON plants
    FOR EACH ROW EXECUTE FUNCTION viruj_tell_manager();

-- The gate's list asks for one status, the newest first.
CREATE INDEX idx_gate_entries_status_order ON gate_entries
    (status, (coalesce(created_at, 'epoch'::timestamptz)) DESC, id DESC);
