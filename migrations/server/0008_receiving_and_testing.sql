-- What the legacy flow from the gate to the shelf lacked: tasks, and addresses that are never given to somebody else.

CREATE TABLE tasks (
    id uuid PRIMARY KEY,
    plant_id text NOT NULL REFERENCES plants (id),
    title text NOT NULL,
    description text NOT NULL,
    assigned_to text NOT NULL REFERENCES users (id),
    status text NOT NULL CHECK (status IN ('pending', 'in progress', 'completed')),
    priority text NOT NULL CHECK (priority IN ('low', 'medium', 'high', 'critical')),
    -- What the task is about: a table and the id of its row.
    entity text,
    entity_id text,
    created_by text REFERENCES users (id),
    created_at timestamptz NOT NULL,
    completed_by text REFERENCES users (id),
    completed_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CHECK ((status = 'completed') = (completed_at IS NOT NULL))
);
CREATE INDEX idx_tasks_plant ON tasks (plant_id, created_at DESC);
CREATE INDEX idx_tasks_assigned_to ON tasks (assigned_to) WHERE status <> 'completed';
CREATE INDEX idx_tasks_entity ON tasks (entity, entity_id) WHERE status <> 'completed';
CREATE TRIGGER count_version BEFORE UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION viruj_count_version();
SELECT viruj_follow('tasks', 'id', 'plant_id');
SELECT viruj_protect('tasks');
GRANT SELECT, INSERT, UPDATE ON tasks TO viruj_runtime;

-- An address that somebody has had belongs to nobody else, ever (21 CFR 11.100). The runtime role sees none of it.
CREATE TABLE former_addresses (
    login_key text PRIMARY KEY,
    user_id text NOT NULL REFERENCES users (id),
    given_up_at timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION viruj_keep_address() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM public.former_addresses WHERE login_key = NEW.login_key AND user_id <> NEW.id) THEN
        RAISE EXCEPTION 'the address has been somebody else''s'
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'users_login_key_unique';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.login_key IS DISTINCT FROM NEW.login_key THEN
        INSERT INTO public.former_addresses (login_key, user_id) VALUES (OLD.login_key, OLD.id)
        ON CONFLICT (login_key) DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_address AFTER INSERT OR UPDATE OF email ON users
    FOR EACH ROW EXECUTE FUNCTION viruj_keep_address();
