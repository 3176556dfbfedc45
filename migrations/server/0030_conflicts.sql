-- Entries that are kept without effect, as the list of conflicts reads them.
CREATE INDEX idx_phase_entries_conflicts ON phase_entries (received_at DESC, operation_id DESC) WHERE NOT is_effective;
