-- A database without a backup gets one at once; it is no night's.
ALTER TABLE backups DROP CONSTRAINT backups_cause_check;
ALTER TABLE backups ADD CONSTRAINT backups_cause_check
    CHECK (cause IN ('command', 'first', 'migrate', 'nightly', 'person'));
