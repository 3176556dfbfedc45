-- Batches that are made from a master batch record: when they are planned, and where a hold goes back to.

ALTER TABLE production_batches ADD COLUMN planned_start timestamptz;
ALTER TABLE production_batches ADD COLUMN planned_end timestamptz;
-- The status before a hold; none for a batch that the legacy system put on hold.
ALTER TABLE production_batches ADD COLUMN held_from text;
-- A batch is of the size of its master record, with the places that are written there; what is there keeps its own.
ALTER TABLE production_batches ALTER COLUMN quantity TYPE numeric;

-- The numbers that the legacy system has given are not given again.
INSERT INTO counters (name, value)
SELECT split_part(batch_number, '-', 1) || '-' || split_part(batch_number, '-', 2),
    max(split_part(batch_number, '-', 3)::bigint)
FROM production_batches WHERE batch_number ~ '^[A-Z]{1,3}-[0-9]{2}-[0-9]{1,15}$' GROUP BY 1
ON CONFLICT (name) DO UPDATE SET value = greatest(counters.value, excluded.value);

-- The status as people see it, by `viruj_domain::batch::BatchStatus::apparent`; a test holds the two together.
-- Without a search path of its own it is inlined.
CREATE FUNCTION viruj_apparent_status(status text, planned_end timestamptz, at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN status IN ('Planned', 'In Progress') AND planned_end < at THEN 'Delayed' ELSE status END
$$;
REVOKE ALL ON FUNCTION viruj_apparent_status(text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION viruj_apparent_status(text, timestamptz, timestamptz) TO viruj_runtime;

-- A batch goes the ways of `viruj_domain::batch` and stays what it is, for whoever writes the row. Legacy words lead on:
-- `Delayed` is executed like a batch in progress, `Blocked` ends with a reason.
CREATE FUNCTION viruj_keep_batch() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.batch_number, NEW.plant_id) IS DISTINCT FROM (OLD.id, OLD.batch_number, OLD.plant_id)
        OR (OLD.master_record_id IS NOT NULL AND (NEW.master_record_id, NEW.master_version, NEW.quantity, NEW.unit,
            NEW.product_name) IS DISTINCT FROM (OLD.master_record_id, OLD.master_version, OLD.quantity, OLD.unit,
            OLD.product_name)) THEN
        RAISE EXCEPTION 'batch % stays what it is', OLD.batch_number USING ERRCODE = 'VJ005';
    END IF;
    IF NEW.qa_release_status IS DISTINCT FROM OLD.qa_release_status
        AND OLD.qa_release_status IN ('Released', 'Rejected') THEN
        RAISE EXCEPTION 'batch % is %', OLD.batch_number, OLD.qa_release_status USING ERRCODE = 'VJ005';
    END IF;
    IF NEW.status = OLD.status THEN
        RETURN NEW;
    END IF;
    IF NEW.status = 'On Hold' THEN
        IF NEW.held_from IS DISTINCT FROM OLD.status OR coalesce(btrim(NEW.hold_reason), '') = ''
            OR OLD.qa_release_status IN ('Released', 'Rejected') THEN
            RAISE EXCEPTION 'batch % is not put on hold like this', OLD.batch_number USING ERRCODE = 'VJ005';
        END IF;
    ELSIF OLD.status = 'On Hold' THEN
        IF NEW.status <> coalesce(OLD.held_from, NEW.status) OR NEW.held_from IS NOT NULL THEN
            RAISE EXCEPTION 'batch % goes back to %', OLD.batch_number, OLD.held_from USING ERRCODE = 'VJ005';
        END IF;
    ELSIF (OLD.status, NEW.status) NOT IN (
        ('Planned', 'In Progress'), ('Planned', 'QC Review'), ('In Progress', 'QC Review'), ('Delayed', 'QC Review'),
        ('QC Review', 'In Progress'), ('QC Review', 'Completed'),
        ('Blocked', 'Planned'), ('Blocked', 'In Progress'), ('Blocked', 'QC Review')) THEN
        RAISE EXCEPTION 'a batch that is % does not become %', OLD.status, NEW.status USING ERRCODE = 'VJ005';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_batch BEFORE UPDATE ON production_batches FOR EACH ROW EXECUTE FUNCTION viruj_keep_batch();
REVOKE ALL ON FUNCTION viruj_keep_batch() FROM PUBLIC;

-- A phase is what the master record said when the batch was made; only where it stands changes.
CREATE FUNCTION viruj_keep_phase() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.plant_id, NEW.batch_id, NEW.number, NEW.unit_procedure, NEW.operation, NEW.definition,
        NEW.after_phases, NEW.conditions) IS DISTINCT FROM (OLD.id, OLD.plant_id, OLD.batch_id, OLD.number,
        OLD.unit_procedure, OLD.operation, OLD.definition, OLD.after_phases, OLD.conditions) THEN
        RAISE EXCEPTION 'phase % of batch % stays what it is', OLD.number, OLD.batch_id USING ERRCODE = 'VJ005';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_phase BEFORE UPDATE ON batch_phases FOR EACH ROW EXECUTE FUNCTION viruj_keep_phase();
REVOKE ALL ON FUNCTION viruj_keep_phase() FROM PUBLIC;

-- Who is signing for a phase just now: between the server's word for a signature and the entry that it stands in, nobody
-- else gets one for that phase. A claim ends with its time or with the arrival of its operation, whichever comes first.
CREATE TABLE phase_claims (
    phase_id uuid PRIMARY KEY REFERENCES batch_phases (id),
    plant_id text NOT NULL REFERENCES plants (id),
    operation_id uuid NOT NULL,
    station_id uuid NOT NULL REFERENCES stations (id),
    expires_at timestamptz NOT NULL
);
CREATE INDEX idx_phase_claims_plant ON phase_claims (plant_id);
SELECT viruj_protect('phase_claims');
GRANT SELECT, INSERT, UPDATE ON phase_claims TO viruj_runtime;
