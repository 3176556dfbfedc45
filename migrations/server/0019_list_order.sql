-- The order of the lists again, with CASE in the place of COALESCE. Under row-level security a condition finds its rows
-- by an index only when PostgreSQL knows that it tells nothing of hidden rows, and of COALESCE it does not know that
-- (contain_leaked_vars in its source): a page far down then read every row before it.
DROP INDEX idx_gate_entries_order, idx_grn_order, idx_quality_samples_order, idx_quality_tests_order,
    idx_materials_order, idx_gate_entries_status_order, idx_notifications_of_person;

CREATE INDEX idx_gate_entries_order ON gate_entries
    ((CASE WHEN created_at IS NULL THEN 'epoch'::timestamptz ELSE created_at END) DESC, id DESC);
CREATE INDEX idx_gate_entries_status_order ON gate_entries
    (status, (CASE WHEN created_at IS NULL THEN 'epoch'::timestamptz ELSE created_at END) DESC, id DESC);
CREATE INDEX idx_grn_order ON goods_receipt_notes
    ((CASE WHEN created_at IS NULL THEN 'epoch'::timestamptz ELSE created_at END) DESC, id DESC);
CREATE INDEX idx_quality_samples_order ON quality_samples
    ((CASE WHEN created_at IS NULL THEN 'epoch'::timestamptz ELSE created_at END) DESC, id DESC);
CREATE INDEX idx_quality_tests_order ON quality_tests
    ((CASE WHEN created_at IS NULL THEN 'epoch'::timestamptz ELSE created_at END) DESC, id DESC);
CREATE INDEX idx_materials_order ON materials
    ((CASE WHEN created_at IS NULL THEN 'epoch'::timestamptz ELSE created_at END) DESC, id DESC);
CREATE INDEX idx_notifications_of_person ON notifications
    (user_id, (CASE WHEN created_at IS NULL THEN 'epoch'::timestamptz ELSE created_at END) DESC, id DESC);
