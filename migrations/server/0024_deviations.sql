-- What was found out about a deviation, who took part, and what becomes of it; corrective and preventive actions.

ALTER TABLE deviations
    ADD COLUMN affected_batches text[] NOT NULL DEFAULT '{}',
    ADD COLUMN disposition text
        CHECK (disposition IN ('accept_as_is', 'repeat', 'reject_material', 'reject_batch')),
    ADD COLUMN disposition_reason text,
    ADD COLUMN no_capa_reason text,
    -- Everybody who has begun or written the investigation: none of them reviews or approves it.
    ADD COLUMN investigators text[] NOT NULL DEFAULT '{}',
    -- Whoever signed the review that stands.
    ADD COLUMN reviewed_by text REFERENCES users (id),
    -- Actions that were opened from it.
    ADD COLUMN capas integer NOT NULL DEFAULT 0;

CREATE INDEX idx_deviations_order ON deviations (opened_at DESC, id DESC);
CREATE INDEX idx_deviations_phase ON deviations (phase_id);

-- A deviation goes the ways of `viruj_domain::deviation::step` and no others; what a manager has signed does not change,
-- and nothing closes without a root cause and a disposition, for whoever writes the row.
CREATE FUNCTION viruj_keep_deviation() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.plant_id, NEW.code, NEW.batch_id, NEW.phase_id, NEW.operation_id, NEW.cause, NEW.description,
            NEW.opened_by, NEW.opened_at)
        IS DISTINCT FROM (OLD.id, OLD.plant_id, OLD.code, OLD.batch_id, OLD.phase_id, OLD.operation_id, OLD.cause,
            OLD.description, OLD.opened_by, OLD.opened_at) THEN
        RAISE EXCEPTION 'what deviation % is about stays as it is', OLD.code USING ERRCODE = 'VJ005';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('Open', 'Investigation'),
        ('Investigation', 'Pending Manager Review'), ('Investigation', 'Rejected'),
        ('Pending Manager Review', 'Pending Final Approval'), ('Pending Manager Review', 'Investigation'),
        ('Pending Manager Review', 'Rejected'),
        ('Pending Final Approval', 'Closed'), ('Pending Final Approval', 'Pending Manager Review'),
        ('Pending Final Approval', 'Rejected')) THEN
        RAISE EXCEPTION 'a deviation that is % does not become %', OLD.status, NEW.status USING ERRCODE = 'VJ005';
    END IF;
    IF OLD.status IN ('Pending Final Approval', 'Closed', 'Rejected')
        AND (NEW.severity, NEW.immediate_action, NEW.investigation, NEW.root_cause, NEW.impact_assessment,
            NEW.affected_batches, NEW.disposition, NEW.disposition_reason, NEW.no_capa_reason, NEW.investigators,
            NEW.capas)
        IS DISTINCT FROM (OLD.severity, OLD.immediate_action, OLD.investigation, OLD.root_cause, OLD.impact_assessment,
            OLD.affected_batches, OLD.disposition, OLD.disposition_reason, OLD.no_capa_reason, OLD.investigators,
            OLD.capas) THEN
        RAISE EXCEPTION 'what was signed of deviation % does not change', OLD.code USING ERRCODE = 'VJ005';
    END IF;
    IF NEW.status = 'Closed' AND OLD.status <> 'Closed'
        AND (coalesce(btrim(NEW.root_cause), '') = '' OR NEW.disposition IS NULL OR NEW.reviewed_by IS NULL
            OR NEW.closed_by IS NULL OR NEW.closed_by = NEW.reviewed_by OR NEW.closed_by = ANY (NEW.investigators)
            OR NEW.closed_by = coalesce(NEW.opened_by, '')) THEN
        RAISE EXCEPTION 'deviation % is not complete', OLD.code USING ERRCODE = 'VJ005';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_deviation BEFORE UPDATE ON deviations FOR EACH ROW EXECUTE FUNCTION viruj_keep_deviation();

CREATE TABLE capas (
    id uuid PRIMARY KEY,
    plant_id text NOT NULL REFERENCES plants (id),
    deviation_id uuid NOT NULL REFERENCES deviations (id),
    code text NOT NULL UNIQUE,
    title text NOT NULL,
    problem text NOT NULL,
    status text NOT NULL
        CHECK (status IN ('Open', 'Investigation', 'Action Plan', 'Effectiveness Check', 'Closed')),
    owner_id text NOT NULL REFERENCES users (id),
    due_on date NOT NULL,
    action text,
    done_note text,
    done_by text REFERENCES users (id),
    done_at timestamptz,
    effectiveness text CHECK (effectiveness IN ('effective', 'not_effective')),
    effectiveness_note text,
    judged_by text REFERENCES users (id),
    judged_at timestamptz,
    rounds integer NOT NULL DEFAULT 0,
    opened_by text NOT NULL REFERENCES users (id),
    opened_at timestamptz NOT NULL,
    closed_by text REFERENCES users (id),
    closed_at timestamptz,
    version bigint NOT NULL DEFAULT 1
);
CREATE INDEX idx_capas_order ON capas (due_on, id);
CREATE INDEX idx_capas_deviation ON capas (deviation_id);
CREATE INDEX idx_capas_plant ON capas (plant_id);

-- An action goes the ways of `viruj_domain::deviation::capa::step` and no others.
CREATE FUNCTION viruj_keep_capa() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.plant_id, NEW.deviation_id, NEW.code, NEW.opened_by, NEW.opened_at)
        IS DISTINCT FROM (OLD.id, OLD.plant_id, OLD.deviation_id, OLD.code, OLD.opened_by, OLD.opened_at) THEN
        RAISE EXCEPTION 'where action % comes from stays as it is', OLD.code USING ERRCODE = 'VJ005';
    END IF;
    IF OLD.status = 'Closed' THEN
        RAISE EXCEPTION 'action % is closed', OLD.code USING ERRCODE = 'VJ005';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('Open', 'Investigation'), ('Investigation', 'Action Plan'), ('Action Plan', 'Effectiveness Check'),
        ('Effectiveness Check', 'Action Plan'), ('Effectiveness Check', 'Closed')) THEN
        RAISE EXCEPTION 'an action that is % does not become %', OLD.status, NEW.status USING ERRCODE = 'VJ005';
    END IF;
    IF NEW.status = 'Closed'
        AND (NEW.effectiveness IS DISTINCT FROM 'effective' OR NEW.closed_by IS NULL OR NEW.closed_by = NEW.owner_id
            OR NEW.closed_by = coalesce(NEW.done_by, '')) THEN
        RAISE EXCEPTION 'action % is not complete', OLD.code USING ERRCODE = 'VJ005';
    END IF;
    NEW.version := OLD.version + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_capa BEFORE UPDATE ON capas FOR EACH ROW EXECUTE FUNCTION viruj_keep_capa();

SELECT viruj_follow('capas', 'id', 'plant_id');
SELECT viruj_protect('capas');
GRANT SELECT, INSERT, UPDATE ON capas TO viruj_runtime;
REVOKE ALL ON FUNCTION viruj_keep_deviation(), viruj_keep_capa() FROM PUBLIC;
