-- The life of a master batch record's version (21 CFR 211.186): drafts, signatures, and content that stays as approved.

ALTER TABLE master_batch_records
    -- Counts the changes of the row.
    ADD COLUMN revision integer NOT NULL DEFAULT 1,
    ADD COLUMN based_on uuid REFERENCES master_batch_records (id),
    -- Everybody who has written a part of the content: none of them approves it.
    ADD COLUMN authors text[] NOT NULL DEFAULT '{}',
    -- Why there is this version.
    ADD COLUMN change_reason text;

SELECT set_config('viruj.actor', 'system:migrate', true),
    set_config('viruj.reason', 'whoever made a version is its author', true);
UPDATE master_batch_records SET authors = ARRAY[created_by] WHERE created_by IS NOT NULL;

CREATE INDEX idx_master_batch_records_order ON master_batch_records (product_code, version DESC, id);
-- Those whose day is still to come.
CREATE INDEX idx_master_batch_records_due ON master_batch_records (effective_from) WHERE status = 'Approved';

-- Whoever made the row has written in it.
CREATE FUNCTION viruj_begin_master_record() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.created_by IS NOT NULL AND NOT NEW.created_by = ANY (NEW.authors) THEN
        NEW.authors := NEW.authors || NEW.created_by;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER begin_version BEFORE INSERT ON master_batch_records
    FOR EACH ROW EXECUTE FUNCTION viruj_begin_master_record();

-- A version goes the ways of `viruj_domain::master::step` and no others, and only a draft's content changes: what was
-- submitted, approved or used stays as it is, for whoever writes the row.
CREATE FUNCTION viruj_keep_master_record() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.plant_id, NEW.product_code, NEW.version) IS DISTINCT FROM
        (OLD.id, OLD.plant_id, OLD.product_code, OLD.version) THEN
        RAISE EXCEPTION 'version % of % stays what it is', OLD.version, OLD.product_code USING ERRCODE = 'VJ005';
    END IF;
    IF (NEW.procedure, NEW.content_hash, NEW.product, NEW.authors) IS DISTINCT FROM
        (OLD.procedure, OLD.content_hash, OLD.product, OLD.authors)
        AND (OLD.status <> 'Draft' OR NEW.status <> 'Draft') THEN
        RAISE EXCEPTION 'the content of a version that is % does not change', OLD.status USING ERRCODE = 'VJ005';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('Draft', 'In Review'), ('In Review', 'Draft'), ('In Review', 'Approved'), ('Approved', 'Effective'),
        ('Effective', 'Superseded'),
        ('Draft', 'Withdrawn'), ('In Review', 'Withdrawn'), ('Approved', 'Withdrawn'), ('Effective', 'Withdrawn')) THEN
        RAISE EXCEPTION 'a version that is % does not become %', OLD.status, NEW.status USING ERRCODE = 'VJ005';
    END IF;
    NEW.revision := OLD.revision + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_content BEFORE UPDATE ON master_batch_records
    FOR EACH ROW EXECUTE FUNCTION viruj_keep_master_record();

-- Signatures on whole records, each bound to the hash of what was signed (21 CFR 11.70); written once.
CREATE TABLE record_signatures (
    id uuid PRIMARY KEY,
    plant_id text NOT NULL REFERENCES plants (id),
    entity text NOT NULL,
    entity_id text NOT NULL,
    content_hash bytea NOT NULL CHECK (octet_length(content_hash) = 32),
    meaning text NOT NULL
        CHECK (meaning IN ('performed', 'verified', 'reviewed', 'approved', 'released', 'rejected')),
    reason text,
    person_id text NOT NULL REFERENCES users (id),
    person_name text NOT NULL,
    station_id uuid NOT NULL REFERENCES stations (id),
    -- The exact bytes that were signed, and the server's word for them.
    statement bytea NOT NULL,
    signature text NOT NULL,
    signed_at timestamptz NOT NULL,
    time_zone text NOT NULL
);
CREATE INDEX idx_record_signatures_record ON record_signatures (entity, entity_id, signed_at, id);
CREATE INDEX idx_record_signatures_plant ON record_signatures (plant_id);
SELECT viruj_follow('record_signatures', 'id', 'plant_id', 'statement');
SELECT viruj_protect('record_signatures');
GRANT SELECT, INSERT ON record_signatures TO viruj_runtime;
CREATE TRIGGER refuse BEFORE UPDATE OR DELETE ON record_signatures
    FOR EACH STATEMENT EXECUTE FUNCTION viruj_refuse();
REVOKE ALL ON FUNCTION viruj_begin_master_record(), viruj_keep_master_record() FROM PUBLIC;
