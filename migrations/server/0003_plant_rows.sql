-- Every plant row carries its plant. Legacy rows get theirs through the gate entry they stem from, notifications
-- through the person they are for; rows whose plant cannot be told keep none, and `migrate` lists them.

ALTER TABLE goods_receipt_notes ADD COLUMN IF NOT EXISTS plant_id text;
ALTER TABLE quality_samples ADD COLUMN IF NOT EXISTS plant_id text;
ALTER TABLE quality_tests ADD COLUMN IF NOT EXISTS plant_id text;
ALTER TABLE notifications ADD COLUMN IF NOT EXISTS plant_id text;

UPDATE goods_receipt_notes AS receipt SET plant_id = gate.plant_id
FROM gate_entries AS gate WHERE gate.id = receipt.gate_entry_id AND receipt.plant_id IS NULL;

-- A sample whose receipt is gone still names the gate entry by its code, which is unique.
UPDATE quality_samples AS sample SET plant_id = coalesce(
    (SELECT receipt.plant_id FROM goods_receipt_notes AS receipt WHERE receipt.id = sample.grn_id),
    (SELECT gate.plant_id FROM gate_entries AS gate WHERE gate.entry_code = sample.entry_code)
) WHERE sample.plant_id IS NULL;

UPDATE quality_tests AS test SET plant_id = sample.plant_id
FROM quality_samples AS sample WHERE sample.id = test.sample_id AND test.plant_id IS NULL;

UPDATE notifications AS notification SET plant_id = users.plant_id
FROM users WHERE users.id = notification.user_id AND notification.plant_id IS NULL;

CREATE INDEX idx_gate_entries_plant ON gate_entries (plant_id, created_at DESC);
CREATE INDEX idx_grn_plant ON goods_receipt_notes (plant_id, created_at DESC);
CREATE INDEX idx_quality_samples_plant ON quality_samples (plant_id, created_at DESC);
CREATE INDEX idx_quality_tests_plant ON quality_tests (plant_id, created_at DESC);
CREATE INDEX idx_notifications_plant ON notifications (plant_id, created_at DESC);
