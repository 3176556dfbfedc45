-- The review of a finished batch by exception, questions to production, its release, and the documents that stay.

-- Samples that are taken in a batch go the way of all samples through the laboratory.
ALTER TABLE quality_samples
    ADD COLUMN batch_id text REFERENCES production_batches (id),
    -- The entry that says that it was taken; a correction takes its place.
    ADD COLUMN operation_id uuid REFERENCES phase_entries (operation_id),
    ADD COLUMN container text;
CREATE INDEX idx_quality_samples_batch ON quality_samples (batch_id) WHERE batch_id IS NOT NULL;
CREATE UNIQUE INDEX quality_samples_operation ON quality_samples (operation_id) WHERE operation_id IS NOT NULL;

-- Batches that wait for quality assurance.
CREATE INDEX idx_production_batches_review ON production_batches (plant_id, id) WHERE status = 'QC Review';

-- What is out of the ordinary in a batch. `evidence` counts the changes of what is looked at: whoever has judged an
-- earlier state has not judged this one. The kinds are those of `viruj_domain::review::ExceptionKind`.
CREATE VIEW batch_exceptions WITH (security_invoker = true) AS
SELECT entry.plant_id, entry.batch_id, found.kind, entry.operation_id AS subject, entry.phase_id,
    0::bigint AS evidence, entry.received_at AS at
FROM phase_entries AS entry
    JOIN production_batches AS batch ON batch.id = entry.batch_id
    CROSS JOIN LATERAL (VALUES
        ('out_of_limits', coalesce(entry.deviation IN ('out_of_limits', 'timer_out_of_bounds'), false)),
        ('unfit_resource', coalesce(entry.deviation IN ('lot_unfit', 'equipment_unfit', 'not_qualified'), false)),
        -- Kept beside what the phase holds, or recorded after a hold: somebody must say that it stays without effect.
        ('conflict', NOT entry.is_effective),
        ('corrected', entry.corrects IS NOT NULL AND entry.is_effective),
        ('late', coalesce(entry.recorded_at > batch.planned_end, false)),
        -- Signed with the person's own key, or on its way for longer than a push takes.
        ('offline', coalesce(entry.signature::jsonb ->> 'method' = 'person_key', false)
            OR entry.received_at > entry.recorded_at + interval '15 minutes')
    ) AS found (kind, holds)
WHERE found.holds
UNION ALL
SELECT plant_id, batch_id, 'skipped', id, id, version, NULL FROM batch_phases WHERE status = 'Not Applicable'
UNION ALL
SELECT plant_id, batch_id, 'deviation', id, phase_id, version, opened_at FROM deviations WHERE batch_id IS NOT NULL;
GRANT SELECT ON batch_exceptions TO viruj_runtime;

-- Quality assurance has looked at something out of the ordinary and says why the batch may go on; written once.
CREATE TABLE exception_decisions (
    id uuid PRIMARY KEY,
    plant_id text NOT NULL REFERENCES plants (id),
    batch_id text NOT NULL REFERENCES production_batches (id),
    kind text NOT NULL,
    subject uuid NOT NULL,
    evidence bigint NOT NULL,
    comment text NOT NULL CHECK (btrim(comment) <> ''),
    person_id text NOT NULL REFERENCES users (id),
    person_name text NOT NULL,
    decided_at timestamptz NOT NULL,
    UNIQUE (batch_id, kind, subject, evidence)
);
CREATE INDEX idx_exception_decisions_plant ON exception_decisions (plant_id);
SELECT viruj_follow('exception_decisions', 'id', 'plant_id');
SELECT viruj_protect('exception_decisions');
GRANT SELECT, INSERT ON exception_decisions TO viruj_runtime;
CREATE TRIGGER refuse BEFORE UPDATE OR DELETE ON exception_decisions
    FOR EACH STATEMENT EXECUTE FUNCTION viruj_refuse();

-- What quality assurance asks production about a batch.
CREATE TABLE batch_queries (
    id uuid PRIMARY KEY,
    plant_id text NOT NULL REFERENCES plants (id),
    batch_id text NOT NULL REFERENCES production_batches (id),
    -- From 1 within the batch.
    number integer NOT NULL,
    phase_id uuid REFERENCES batch_phases (id),
    status text NOT NULL CHECK (status IN ('Open', 'Answered', 'Closed')),
    question text NOT NULL,
    asked_by text NOT NULL REFERENCES users (id),
    asked_at timestamptz NOT NULL,
    answer text,
    answered_by text REFERENCES users (id),
    answered_at timestamptz,
    closed_by text REFERENCES users (id),
    closed_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    UNIQUE (batch_id, number)
);
CREATE INDEX idx_batch_queries_plant ON batch_queries (plant_id);

-- A question goes the ways of `viruj_domain::review::QueryStatus` and no others; what was said stays as it was said.
CREATE FUNCTION viruj_keep_query() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.plant_id, NEW.batch_id, NEW.number, NEW.phase_id, NEW.question, NEW.asked_by, NEW.asked_at)
        IS DISTINCT FROM (OLD.id, OLD.plant_id, OLD.batch_id, OLD.number, OLD.phase_id, OLD.question, OLD.asked_by,
            OLD.asked_at)
        OR (OLD.answer IS NOT NULL AND (NEW.answer, NEW.answered_by, NEW.answered_at)
            IS DISTINCT FROM (OLD.answer, OLD.answered_by, OLD.answered_at)) THEN
        RAISE EXCEPTION 'what was said of query % stays as it is', OLD.number USING ERRCODE = 'VJ005';
    END IF;
    IF (OLD.status, NEW.status) NOT IN (('Open', 'Answered'), ('Answered', 'Closed')) THEN
        RAISE EXCEPTION 'a query that is % does not become %', OLD.status, NEW.status USING ERRCODE = 'VJ005';
    END IF;
    IF NEW.status = 'Answered' AND coalesce(btrim(NEW.answer), '') = '' THEN
        RAISE EXCEPTION 'query % has no answer', OLD.number USING ERRCODE = 'VJ005';
    END IF;
    NEW.version := OLD.version + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_query BEFORE UPDATE ON batch_queries FOR EACH ROW EXECUTE FUNCTION viruj_keep_query();
SELECT viruj_follow('batch_queries', 'id', 'plant_id');
SELECT viruj_protect('batch_queries');
GRANT SELECT, INSERT, UPDATE ON batch_queries TO viruj_runtime;

-- No batch is released with a phase open, with a grave deviation open or without the signatures for it, whoever writes the
-- row (21 CFR 211.192). Batches of the legacy system have neither phases nor signatures here.
CREATE FUNCTION viruj_keep_release() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.qa_release_status NOT IN ('Released', 'Rejected') OR NEW.master_record_id IS NULL
        OR NEW.qa_release_status IS NOT DISTINCT FROM OLD.qa_release_status THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM public.record_signatures WHERE entity = 'production_batches' AND entity_id = NEW.id
        AND meaning = lower(NEW.qa_release_status)) THEN
        RAISE EXCEPTION 'batch % is not signed as %', NEW.batch_number, NEW.qa_release_status USING ERRCODE = 'VJ005';
    END IF;
    IF NEW.qa_release_status = 'Released' AND (
        EXISTS (SELECT FROM public.batch_phases WHERE batch_id = NEW.id
            AND status NOT IN ('Completed', 'Not Applicable'))
        OR EXISTS (SELECT FROM public.deviations WHERE batch_id = NEW.id AND severity IN ('High', 'Critical')
            AND status NOT IN ('Closed', 'Rejected'))
        OR EXISTS (SELECT FROM public.batch_queries WHERE batch_id = NEW.id AND status <> 'Closed')
        OR NOT EXISTS (SELECT FROM public.record_signatures WHERE entity = 'production_batches' AND entity_id = NEW.id
            AND meaning = 'reviewed')) THEN
        RAISE EXCEPTION 'batch % is not ready to be released', NEW.batch_number USING ERRCODE = 'VJ005';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_release BEFORE UPDATE OF qa_release_status ON production_batches
    FOR EACH ROW EXECUTE FUNCTION viruj_keep_release();

-- The documents of a batch that was released or rejected, byte for byte as they were then; written once.
CREATE TABLE batch_documents (
    id uuid PRIMARY KEY,
    plant_id text NOT NULL REFERENCES plants (id),
    batch_id text NOT NULL REFERENCES production_batches (id),
    kind text NOT NULL CHECK (kind IN ('record', 'printed_record', 'certificate_of_analysis', 'batch_certificate')),
    content bytea NOT NULL,
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    kept_at timestamptz NOT NULL,
    UNIQUE (batch_id, kind)
);
CREATE INDEX idx_batch_documents_plant ON batch_documents (plant_id);
-- The trail holds the hash; the bytes themselves are in the table alone.
SELECT viruj_follow('batch_documents', 'id', 'plant_id', '', 'content');
SELECT viruj_protect('batch_documents');
GRANT SELECT, INSERT ON batch_documents TO viruj_runtime;
CREATE TRIGGER refuse BEFORE UPDATE OR DELETE ON batch_documents FOR EACH STATEMENT EXECUTE FUNCTION viruj_refuse();
REVOKE ALL ON FUNCTION viruj_keep_query(), viruj_keep_release() FROM PUBLIC;
