-- Files and photos that entries name; found by their hash, written once, never unpacked.

CREATE TABLE attachments (
    id uuid PRIMARY KEY,
    plant_id text NOT NULL REFERENCES plants (id),
    batch_id text NOT NULL REFERENCES production_batches (id),
    -- Lower-case hex, as the entries name it.
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    media_type text NOT NULL CHECK (media_type IN ('application/pdf', 'image/png', 'image/jpeg', 'application/zip')),
    size_bytes bigint NOT NULL CHECK (size_bytes BETWEEN 1 AND 10485760 AND size_bytes = octet_length(content)),
    content bytea NOT NULL,
    received_from text NOT NULL REFERENCES users (id),
    received_at timestamptz NOT NULL,
    CHECK (sha256 = encode(sha256(content), 'hex')),
    UNIQUE (batch_id, sha256)
);
-- Pictures are packed already.
ALTER TABLE attachments ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX idx_attachments_plant ON attachments (plant_id);
-- The trail holds the hash; the bytes themselves are in the table alone.
SELECT viruj_follow('attachments', 'id', 'plant_id', '', 'content');
SELECT viruj_protect('attachments');
GRANT SELECT, INSERT ON attachments TO viruj_runtime;
CREATE TRIGGER refuse BEFORE UPDATE OR DELETE ON attachments FOR EACH STATEMENT EXECUTE FUNCTION viruj_refuse();

-- No batch is released while a file that a standing entry names has not arrived, whoever writes the row. A correction
-- is the way out when a file is lost.
CREATE FUNCTION viruj_keep_release_whole() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.qa_release_status = 'Released' AND NEW.qa_release_status IS DISTINCT FROM OLD.qa_release_status
        AND EXISTS (SELECT FROM public.phase_entries AS entry WHERE entry.batch_id = NEW.id
            AND entry.entry::jsonb ->> 'type' = 'attached' AND entry.is_effective
            AND NOT EXISTS (SELECT FROM public.phase_entries AS later
                WHERE later.corrects = entry.operation_id AND later.is_effective)
            AND NOT EXISTS (SELECT FROM public.attachments AS arrived WHERE arrived.batch_id = NEW.id
                AND arrived.sha256 = entry.entry::jsonb ->> 'sha256')) THEN
        RAISE EXCEPTION 'a file of batch % has not arrived', NEW.batch_number USING ERRCODE = 'VJ005';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_release_whole BEFORE UPDATE OF qa_release_status ON production_batches
    FOR EACH ROW EXECUTE FUNCTION viruj_keep_release_whole();
REVOKE ALL ON FUNCTION viruj_keep_release_whole() FROM PUBLIC;
