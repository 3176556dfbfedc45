-- What a batch leans on: lots (21 CFR 211.84), equipment with its log (21 CFR 211.182), qualifications (21 CFR 211.25).

CREATE TABLE lots (
    id uuid PRIMARY KEY,
    plant_id text NOT NULL REFERENCES plants (id),
    -- As it stands on the label; what is scanned names one lot of the plant.
    number text NOT NULL CHECK (number = btrim(number) AND char_length(number) BETWEEN 1 AND 60),
    material_code text NOT NULL CHECK (material_code <> ''),
    material text NOT NULL CHECK (material <> ''),
    supplier text,
    supplier_lot text,
    -- Without a scale of its own: 0.50 stays 0.50.
    quantity numeric NOT NULL CHECK (quantity > 0),
    unit text NOT NULL,
    status text NOT NULL CHECK (status IN ('Pending', 'Approved', 'Rejected', 'Quarantine')),
    manufactured_on date,
    expires_on date CHECK (expires_on >= manufactured_on),
    retest_on date CHECK (retest_on >= manufactured_on AND retest_on <= expires_on),
    potency_percent numeric CHECK (potency_percent > 0 AND potency_percent <= 200),
    created_by text REFERENCES users (id),
    created_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    UNIQUE (plant_id, number)
);
CREATE INDEX idx_lots_material ON lots (plant_id, material_code, status);
CREATE INDEX idx_lots_order ON lots (material_code, number, id);

-- A lot keeps its name and its material, and goes the ways of `viruj_domain::lot::decide` and no others, for whoever
-- writes the row: what is rejected stays so.
CREATE FUNCTION viruj_keep_lot() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.plant_id, NEW.number, NEW.material_code, NEW.created_by, NEW.created_at) IS DISTINCT FROM
        (OLD.id, OLD.plant_id, OLD.number, OLD.material_code, OLD.created_by, OLD.created_at) THEN
        RAISE EXCEPTION 'lot % stays what it is', OLD.number USING ERRCODE = 'VJ005';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('Pending', 'Quarantine'), ('Pending', 'Approved'), ('Pending', 'Rejected'),
        ('Quarantine', 'Approved'), ('Quarantine', 'Rejected'),
        ('Approved', 'Quarantine'), ('Approved', 'Rejected')) THEN
        RAISE EXCEPTION 'a lot that is % does not become %', OLD.status, NEW.status USING ERRCODE = 'VJ005';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_lot BEFORE UPDATE ON lots FOR EACH ROW EXECUTE FUNCTION viruj_keep_lot();
CREATE TRIGGER count_version BEFORE UPDATE ON lots FOR EACH ROW EXECUTE FUNCTION viruj_count_version();

CREATE TABLE equipment (
    id uuid PRIMARY KEY,
    plant_id text NOT NULL REFERENCES plants (id),
    code text NOT NULL CHECK (code = btrim(code) AND char_length(code) BETWEEN 1 AND 60),
    name text NOT NULL CHECK (name <> ''),
    -- What master batch records ask for.
    kind text NOT NULL CHECK (kind <> ''),
    state text NOT NULL
        CHECK (state IN ('Idle', 'Running', 'Cleaning', 'Sanitization', 'Breakdown', 'Under QA Hold')),
    cleanliness text NOT NULL CHECK (cleanliness IN ('Clean', 'Dirty', 'Pending Verification')),
    clean_until timestamptz,
    cleaned_by text REFERENCES users (id),
    in_use_for text REFERENCES production_batches (id),
    -- None where it measures nothing.
    calibration_due date,
    created_by text REFERENCES users (id),
    created_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    UNIQUE (plant_id, code),
    -- What nobody has cleaned is not clean, and only what is clean is clean until some time.
    CHECK (cleanliness = 'Dirty' OR cleaned_by IS NOT NULL),
    CHECK (clean_until IS NULL OR cleanliness = 'Clean')
);
CREATE INDEX idx_equipment_kind ON equipment (plant_id, kind);
CREATE INDEX idx_equipment_order ON equipment (code, id);

CREATE FUNCTION viruj_keep_equipment() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.plant_id, NEW.code, NEW.created_by, NEW.created_at) IS DISTINCT FROM
        (OLD.id, OLD.plant_id, OLD.code, OLD.created_by, OLD.created_at) THEN
        RAISE EXCEPTION 'equipment % stays what it is', OLD.code USING ERRCODE = 'VJ005';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_equipment BEFORE UPDATE ON equipment FOR EACH ROW EXECUTE FUNCTION viruj_keep_equipment();
CREATE TRIGGER count_version BEFORE UPDATE ON equipment FOR EACH ROW EXECUTE FUNCTION viruj_count_version();

-- Use, cleaning, maintenance and who looked at it, in order of time; written once (21 CFR 211.182).
CREATE TABLE equipment_log (
    id uuid PRIMARY KEY,
    plant_id text NOT NULL REFERENCES plants (id),
    equipment_id uuid NOT NULL REFERENCES equipment (id),
    act text NOT NULL CHECK (act IN ('use_begun', 'use_ended', 'cleaning_begun', 'cleaning_ended',
        'sanitization_begun', 'sanitization_ended', 'cleaning_verified', 'broken_down', 'repaired', 'put_on_hold',
        'released_from_hold', 'calibrated')),
    at timestamptz NOT NULL,
    person_id text NOT NULL REFERENCES users (id),
    person_name text NOT NULL,
    -- Batch and product that it was used for.
    batch_id text REFERENCES production_batches (id),
    note text,
    clean_until timestamptz,
    calibration_due date,
    -- The recorded entry of a batch that took it into use; none for what was logged by itself.
    operation_id uuid REFERENCES phase_entries (operation_id)
);
CREATE INDEX idx_equipment_log_order ON equipment_log (equipment_id, at DESC, id DESC);
CREATE INDEX idx_equipment_log_plant ON equipment_log (plant_id);

CREATE TABLE qualifications (
    id uuid PRIMARY KEY,
    plant_id text NOT NULL REFERENCES plants (id),
    person_id text NOT NULL REFERENCES users (id),
    procedure_code text NOT NULL
        CHECK (procedure_code = btrim(procedure_code) AND char_length(procedure_code) BETWEEN 1 AND 60),
    procedure_title text NOT NULL CHECK (procedure_title <> ''),
    valid_until date NOT NULL,
    -- Who has qualified the person last, and when.
    granted_by text REFERENCES users (id) CHECK (granted_by <> person_id),
    granted_at timestamptz NOT NULL,
    withdrawn_by text REFERENCES users (id),
    withdrawn_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    UNIQUE (plant_id, person_id, procedure_code)
);
CREATE INDEX idx_qualifications_order ON qualifications (procedure_code, person_id, id);

CREATE FUNCTION viruj_keep_qualification() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.plant_id, NEW.person_id, NEW.procedure_code) IS DISTINCT FROM
        (OLD.id, OLD.plant_id, OLD.person_id, OLD.procedure_code) THEN
        RAISE EXCEPTION 'a qualification stays with its person and procedure' USING ERRCODE = 'VJ005';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_qualification BEFORE UPDATE ON qualifications
    FOR EACH ROW EXECUTE FUNCTION viruj_keep_qualification();
CREATE TRIGGER count_version BEFORE UPDATE ON qualifications
    FOR EACH ROW EXECUTE FUNCTION viruj_count_version();

SELECT viruj_follow('lots', 'id', 'plant_id');
SELECT viruj_follow('equipment', 'id', 'plant_id');
SELECT viruj_follow('equipment_log', 'id', 'plant_id');
SELECT viruj_follow('qualifications', 'id', 'plant_id');
SELECT viruj_protect('lots');
SELECT viruj_protect('equipment');
SELECT viruj_protect('equipment_log');
SELECT viruj_protect('qualifications');
GRANT SELECT, INSERT, UPDATE ON lots, equipment, qualifications TO viruj_runtime;
GRANT SELECT, INSERT ON equipment_log TO viruj_runtime;
CREATE TRIGGER refuse BEFORE UPDATE OR DELETE ON equipment_log
    FOR EACH STATEMENT EXECUTE FUNCTION viruj_refuse();
REVOKE ALL ON FUNCTION viruj_keep_lot(), viruj_keep_equipment(), viruj_keep_qualification() FROM PUBLIC;
