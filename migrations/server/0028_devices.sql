-- Values that a device measures, and those that were typed all the same.

-- Typed although the phase names a device: by the rule of `viruj_domain::device::is_manual`, for whoever writes the row.
ALTER TABLE phase_entries ADD COLUMN is_manual boolean NOT NULL DEFAULT false;

CREATE FUNCTION viruj_mark_manual() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kind jsonb;
BEGIN
    NEW.is_manual := false;
    IF NEW.entry::jsonb ->> 'type' = 'number' AND NOT NEW.entry::jsonb ? 'reading' THEN
        SELECT definition::jsonb -> 'kind' INTO kind FROM public.batch_phases WHERE id = NEW.phase_id;
        NEW.is_manual := coalesce(kind ? 'device' OR kind -> 'quantity' ? 'device', false);
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION viruj_mark_manual() FROM PUBLIC;
CREATE TRIGGER mark_manual BEFORE INSERT ON phase_entries FOR EACH ROW EXECUTE FUNCTION viruj_mark_manual();

CREATE OR REPLACE VIEW batch_exceptions WITH (security_invoker = true) AS
SELECT entry.plant_id, entry.batch_id, found.kind, entry.operation_id AS subject, entry.phase_id,
    0::bigint AS evidence, entry.received_at AS at
FROM phase_entries AS entry
    JOIN production_batches AS batch ON batch.id = entry.batch_id
    CROSS JOIN LATERAL (VALUES
        ('out_of_limits', coalesce(entry.deviation IN ('out_of_limits', 'timer_out_of_bounds'), false)),
        ('unfit_resource', coalesce(entry.deviation IN ('lot_unfit', 'equipment_unfit', 'not_qualified'), false)),
        -- Kept beside what the phase holds, or recorded after a hold: somebody must say that it stays without effect.
        ('conflict', NOT entry.is_effective),
        ('manual', entry.is_manual AND entry.is_effective),
        ('corrected', entry.corrects IS NOT NULL AND entry.is_effective),
        ('late', coalesce(entry.recorded_at > batch.planned_end, false)),
        -- Signed with the person's own key, or on its way for longer than a push takes.
        ('offline', coalesce(entry.signature::jsonb ->> 'method' = 'person_key', false)
            OR entry.received_at > entry.recorded_at + interval '15 minutes')
    ) AS found (kind, holds)
WHERE found.holds
UNION ALL
SELECT plant_id, batch_id, 'skipped', id, id, version, NULL FROM batch_phases WHERE status = 'Not Applicable'
UNION ALL
SELECT plant_id, batch_id, 'deviation', id, phase_id, version, opened_at FROM deviations WHERE batch_id IS NOT NULL;
