-- What a backup and a restore leave behind.

-- The feeds' lengths as the epoch began: what a checkpoint knows beyond them was lost in the restore.
ALTER TABLE feed_epochs ADD COLUMN heads jsonb;
COMMENT ON COLUMN feed_epochs.heads IS 'feed -> seq; none for the first epoch, which lost nothing';

-- Backups that were taken, and those that failed; the files lie elsewhere.
CREATE TABLE backups (
    id uuid PRIMARY KEY,
    -- The moment that the backup holds.
    recovery_point timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    cause text NOT NULL CHECK (cause IN ('command', 'migrate', 'nightly', 'person')),
    requested_by text,
    file_name text NOT NULL,
    size_bytes bigint,
    row_count bigint,
    sha256 text,
    migration_version bigint NOT NULL,
    -- The code of what went wrong; none when the file is whole.
    failure text,
    CHECK ((failure IS NULL) = (sha256 IS NOT NULL AND size_bytes IS NOT NULL AND row_count IS NOT NULL))
);
CREATE INDEX idx_backups_order ON backups (finished_at DESC, id DESC);
SELECT viruj_follow('backups', 'id', '');
GRANT SELECT, INSERT ON backups TO viruj_runtime;
