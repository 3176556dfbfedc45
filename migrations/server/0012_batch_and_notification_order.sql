-- The orders of the lists of batches and of a person's notifications; a page costs the same wherever it begins.
CREATE INDEX idx_batches_started ON production_batches (start_date DESC, id DESC);
CREATE INDEX idx_notifications_of_person ON notifications
    (user_id, (coalesce(created_at, 'epoch'::timestamptz)) DESC, id DESC);
