-- The order of the read-only lists: newest first, rows without a time last.
CREATE INDEX idx_gate_entries_order ON gate_entries
    ((coalesce(created_at, 'epoch'::timestamptz)) DESC, id DESC);
CREATE INDEX idx_grn_order ON goods_receipt_notes
    ((coalesce(created_at, 'epoch'::timestamptz)) DESC, id DESC);
CREATE INDEX idx_quality_samples_order ON quality_samples
    ((coalesce(created_at, 'epoch'::timestamptz)) DESC, id DESC);
CREATE INDEX idx_quality_tests_order ON quality_tests
    ((coalesce(created_at, 'epoch'::timestamptz)) DESC, id DESC);
CREATE INDEX idx_materials_order ON materials
    ((coalesce(created_at, 'epoch'::timestamptz)) DESC, id DESC);
