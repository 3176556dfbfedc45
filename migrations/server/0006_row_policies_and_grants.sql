-- What the application role may do, and which rows it sees.
--
-- `viruj.plants` holds the plants of the reader, separated by commas, or `*`; without it no plant row is visible.
-- Rows without a plant are for `*` only.

CREATE FUNCTION viruj_protect(entity text, plant_column text DEFAULT 'plant_id') RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', entity);
    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', entity);
    -- Migrations and the trail's own functions run as the owner, which the policies would bind as well.
    EXECUTE format('CREATE POLICY owner_sees_all ON public.%I TO viruj_owner USING (true) WITH CHECK (true)', entity);
    -- The sub-selects are evaluated once for a statement, not for every row.
    EXECUTE format(
        'CREATE POLICY plants_of_the_reader ON public.%1$I TO viruj_runtime
         USING ((SELECT current_setting(''viruj.plants'', true)) = ''*''
             OR %2$I = ANY (string_to_array((SELECT current_setting(''viruj.plants'', true)), '','')))',
        entity, plant_column);
END $$;

SELECT viruj_protect('plants', 'id');
SELECT viruj_protect('production_batches');
SELECT viruj_protect('gate_entries');
SELECT viruj_protect('goods_receipt_notes');
SELECT viruj_protect('quality_samples');
SELECT viruj_protect('quality_tests');
SELECT viruj_protect('notifications');
SELECT viruj_protect('master_batch_records');
SELECT viruj_protect('batch_records');
SELECT viruj_protect('batch_phases');
SELECT viruj_protect('phase_entries');
SELECT viruj_protect('deviations');
SELECT viruj_protect('operations');

ALTER TABLE audit_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_sees_all ON audit_entries TO viruj_owner USING (true) WITH CHECK (true);
CREATE POLICY feeds_of_the_reader ON audit_entries FOR SELECT TO viruj_runtime
    USING (feed = 'system'
        OR (SELECT current_setting('viruj.plants', true)) = '*'
        OR feed = ANY (string_to_array((SELECT current_setting('viruj.plants', true)), ',')));

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, viruj_runtime;
-- The trail's functions work with their owner's rights; only events may be called for.
REVOKE ALL ON FUNCTION viruj_audit_event(text, text, text, text, text), viruj_capture(), viruj_chain(), viruj_adopt(text),
    viruj_follow(text, text, text, text, text, boolean), viruj_protect(text, text) FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE ON
    plants, users, materials, stations, signing_keys, installation, counters, sessions, user_plants,
    production_batches, gate_entries, goods_receipt_notes, quality_samples, quality_tests, notifications,
    master_batch_records, batch_phases, deviations
    TO viruj_runtime;
-- Records that are written once.
GRANT SELECT, INSERT ON batch_records, phase_entries, feed_epochs TO viruj_runtime;
GRANT SELECT, INSERT, UPDATE (verdict, verdict_code, deviation_id, received_at) ON operations TO viruj_runtime;
-- Not GMP records; taking a plant away from a person is in the trail.
GRANT DELETE ON sessions, user_plants TO viruj_runtime;
GRANT SELECT ON audit_entries, feeds, audited_tables TO viruj_runtime;
GRANT EXECUTE ON FUNCTION viruj_audit_event(text, text, text, text, text) TO viruj_runtime;
