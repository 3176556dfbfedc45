-- Reading and reviewing the audit trail (EU GMP Annex 11, 9).

-- The order of the list: newest first, the same for everybody and for one author.
CREATE INDEX idx_audit_entries_order ON audit_entries (at DESC, entry_id DESC);
CREATE INDEX idx_audit_entries_actor ON audit_entries (actor, at DESC, entry_id DESC);

-- A signed review of a stretch of one feed; written once. The reviewer's own entries in it wait for somebody else.
CREATE TABLE audit_reviews (
    id uuid PRIMARY KEY,
    feed text NOT NULL,
    from_seq bigint NOT NULL CHECK (from_seq > 0),
    to_seq bigint NOT NULL CHECK (to_seq >= from_seq),
    -- The hash of the last entry, which stands for all before it.
    to_hash bytea NOT NULL CHECK (octet_length(to_hash) = 32),
    entry_count bigint NOT NULL,
    own_entry_count bigint NOT NULL,
    person_id text NOT NULL REFERENCES users (id),
    person_name text NOT NULL,
    station_id uuid NOT NULL REFERENCES stations (id),
    meaning text NOT NULL CHECK (meaning = 'reviewed'),
    comment text,
    -- The exact bytes that were signed, and the server's word for them.
    statement bytea NOT NULL,
    signature text NOT NULL,
    reviewed_at timestamptz NOT NULL
);
CREATE INDEX idx_audit_reviews_stretch ON audit_reviews (feed, from_seq, to_seq);
SELECT viruj_follow('audit_reviews', 'id', '', '', 'statement');

ALTER TABLE audit_reviews ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_reviews FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_sees_all ON audit_reviews TO viruj_owner USING (true) WITH CHECK (true);
CREATE POLICY feeds_of_the_reader ON audit_reviews TO viruj_runtime
    USING (feed = 'system'
        OR (SELECT current_setting('viruj.plants', true)) = '*'
        OR feed = ANY (string_to_array((SELECT current_setting('viruj.plants', true)), ',')));
GRANT SELECT, INSERT ON audit_reviews TO viruj_runtime;
