-- Master and batch records (ISA-88): what a product's procedure is, and what was done in one batch of it.
-- Procedures, definitions, entries and signatures are JSON kept as text: what is hashed is never re-serialised.

CREATE TABLE master_batch_records (
    id uuid PRIMARY KEY,
    plant_id text NOT NULL REFERENCES plants (id),
    product text NOT NULL,
    product_code text NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    status text NOT NULL,
    procedure text NOT NULL,
    content_hash bytea NOT NULL CHECK (octet_length(content_hash) = 32),
    effective_from timestamptz,
    effective_until timestamptz,
    created_by text REFERENCES users (id),
    created_at timestamptz NOT NULL,
    approved_by text REFERENCES users (id),
    approved_at timestamptz,
    UNIQUE (plant_id, product_code, version)
);
-- Exactly one version of a product's record is effective in a plant.
CREATE UNIQUE INDEX master_batch_records_effective ON master_batch_records (plant_id, product_code)
    WHERE status = 'Effective';

ALTER TABLE production_batches ADD COLUMN IF NOT EXISTS version bigint NOT NULL DEFAULT 1;
ALTER TABLE production_batches ADD COLUMN IF NOT EXISTS master_record_id uuid REFERENCES master_batch_records (id);
ALTER TABLE production_batches ADD COLUMN IF NOT EXISTS master_version integer;

-- The frozen copy of the master record that a batch is executed by.
CREATE TABLE batch_records (
    batch_id text PRIMARY KEY REFERENCES production_batches (id),
    plant_id text NOT NULL REFERENCES plants (id),
    master_record_id uuid NOT NULL REFERENCES master_batch_records (id),
    master_version integer NOT NULL,
    procedure text NOT NULL,
    content_hash bytea NOT NULL CHECK (octet_length(content_hash) = 32),
    frozen_at timestamptz NOT NULL,
    frozen_by text
);
CREATE INDEX idx_batch_records_plant ON batch_records (plant_id);

CREATE TABLE batch_phases (
    id uuid PRIMARY KEY,
    plant_id text NOT NULL REFERENCES plants (id),
    batch_id text NOT NULL REFERENCES production_batches (id),
    number integer NOT NULL CHECK (number > 0),
    unit_procedure text NOT NULL,
    operation text NOT NULL,
    definition text NOT NULL,
    status text NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    UNIQUE (batch_id, number)
);
CREATE INDEX idx_batch_phases_plant ON batch_phases (plant_id);

CREATE TABLE deviations (
    id uuid PRIMARY KEY,
    plant_id text NOT NULL REFERENCES plants (id),
    batch_id text REFERENCES production_batches (id),
    phase_id uuid REFERENCES batch_phases (id),
    operation_id uuid,
    code text NOT NULL UNIQUE,
    cause text NOT NULL,
    severity text NOT NULL,
    status text NOT NULL,
    description text NOT NULL,
    opened_by text,
    opened_at timestamptz NOT NULL,
    assigned_to text REFERENCES users (id),
    immediate_action text,
    investigation text,
    root_cause text,
    impact_assessment text,
    corrective_action text,
    closed_by text REFERENCES users (id),
    closed_at timestamptz,
    version bigint NOT NULL DEFAULT 1
);
CREATE INDEX idx_deviations_plant ON deviations (plant_id, opened_at DESC);
CREATE INDEX idx_deviations_batch ON deviations (batch_id);

-- Everything that a station has recorded and sent, with its exact bytes; batch and person are as stated, even when
-- they are unknown here.
CREATE TABLE operations (
    operation_id uuid PRIMARY KEY,
    station_id uuid NOT NULL REFERENCES stations (id),
    station_seq bigint NOT NULL CHECK (station_seq > 0),
    plant_id text NOT NULL REFERENCES plants (id),
    batch_id text,
    person_id text,
    kind text NOT NULL,
    envelope bytea NOT NULL,
    algorithm text NOT NULL DEFAULT 'ed25519',
    signature bytea NOT NULL,
    envelope_sha256 bytea NOT NULL CHECK (octet_length(envelope_sha256) = 32),
    statement_sha256 bytea CHECK (octet_length(statement_sha256) = 32),
    recorded_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    verdict text CHECK (verdict IN ('accepted', 'accepted_with_deviation', 'not_applied')),
    verdict_code text,
    deviation_id uuid REFERENCES deviations (id),
    UNIQUE (station_id, station_seq)
);
CREATE INDEX idx_operations_plant ON operations (plant_id);
CREATE INDEX idx_operations_batch ON operations (batch_id);
CREATE INDEX idx_operations_without_verdict ON operations (station_id, station_seq) WHERE verdict IS NULL;

-- One recorded entry of a phase, kept for ever. `origin` is `operation` for what a station recorded; entries of the
-- demonstration's history have no operation behind them and say so.
CREATE TABLE phase_entries (
    operation_id uuid PRIMARY KEY,
    plant_id text NOT NULL REFERENCES plants (id),
    batch_id text NOT NULL REFERENCES production_batches (id),
    phase_id uuid NOT NULL REFERENCES batch_phases (id),
    entry text NOT NULL,
    person_id text NOT NULL REFERENCES users (id),
    person_name text NOT NULL,
    station_id uuid NOT NULL REFERENCES stations (id),
    recorded_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    reason text,
    signature text,
    deviation text,
    verdict text NOT NULL CHECK (verdict IN ('accepted', 'accepted_with_deviation', 'not_applied')),
    verdict_code text,
    is_effective boolean NOT NULL,
    origin text NOT NULL DEFAULT 'operation' CHECK (origin IN ('operation', 'demo_history'))
);
CREATE INDEX idx_phase_entries_plant ON phase_entries (plant_id);
CREATE INDEX idx_phase_entries_batch ON phase_entries (batch_id);
CREATE INDEX idx_phase_entries_phase ON phase_entries (phase_id, received_at);

-- `version` counts the changes of a row, whoever writes it.
CREATE FUNCTION viruj_count_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER count_version BEFORE UPDATE ON production_batches FOR EACH ROW EXECUTE FUNCTION viruj_count_version();
CREATE TRIGGER count_version BEFORE UPDATE ON batch_phases FOR EACH ROW EXECUTE FUNCTION viruj_count_version();
CREATE TRIGGER count_version BEFORE UPDATE ON deviations FOR EACH ROW EXECUTE FUNCTION viruj_count_version();

-- A verdict that is given never changes.
CREATE FUNCTION viruj_keep_verdict() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.verdict IS NOT NULL
        AND (NEW.verdict, NEW.verdict_code, NEW.deviation_id, NEW.received_at)
            IS DISTINCT FROM (OLD.verdict, OLD.verdict_code, OLD.deviation_id, OLD.received_at) THEN
        RAISE EXCEPTION 'the verdict of operation % is given already', OLD.operation_id USING ERRCODE = 'VJ003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_verdict BEFORE UPDATE ON operations FOR EACH ROW EXECUTE FUNCTION viruj_keep_verdict();
