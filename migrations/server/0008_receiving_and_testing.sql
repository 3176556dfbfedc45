-- What the legacy flow from the gate to the shelf lacked: tasks.

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
