// Finished batches, copied from one of the demo's by statement. The trail is not written for them: they were there before.

const PHASE = {
  key: "STEP",
  title: "Check of the run",
  instruction: "Walk the line with the checklist, look at the display of the press, and sign for what you have seen.",
  kind: { type: "confirmation" },
  signature: "performed",
  verification: {},
};

// So many batches in QC Review beside the demo's own, each with what is out of the ordinary in the one that is copied.
export function addWaitingBatches(postgres, count) {
  postgres.query(`
    SET session_replication_role = replica;
    CREATE TEMP TABLE model AS
      SELECT * FROM production_batches WHERE id = (SELECT min(batch.id) FROM production_batches AS batch
        JOIN batch_exceptions AS found ON found.batch_id = batch.id WHERE batch.status = 'QC Review');
    CREATE TEMP TABLE copy AS
      SELECT n, 'bench-review-' || n AS id FROM generate_series(1, ${count}) AS n;
    INSERT INTO production_batches
    SELECT (jsonb_populate_record(NULL::production_batches, to_jsonb(model) || jsonb_build_object('id', copy.id,
      'batch_number', 'RVW-' || copy.n, 'end_date', model.end_date - copy.n * interval '1 minute'))).*
    FROM model, copy;
    CREATE TEMP TABLE phase AS
      SELECT copy.id AS copied, gen_random_uuid() AS new_id, old.* FROM copy, model
      JOIN batch_phases AS old ON old.batch_id = model.id;
    INSERT INTO batch_phases
    SELECT (jsonb_populate_record(NULL::batch_phases, to_jsonb(phase) || jsonb_build_object('id', phase.new_id,
      'batch_id', phase.copied))).* FROM phase;
    CREATE TEMP TABLE recorded AS
      SELECT phase.copied, phase.new_id AS new_phase, gen_random_uuid() AS new_id, old.*
      FROM phase JOIN phase_entries AS old ON old.phase_id = phase.id;
    INSERT INTO phase_entries
    SELECT (jsonb_populate_record(NULL::phase_entries, to_jsonb(recorded) || jsonb_build_object('batch_id', recorded.copied,
      'phase_id', recorded.new_phase, 'operation_id', recorded.new_id))).* FROM recorded;
    INSERT INTO deviations
    SELECT (jsonb_populate_record(NULL::deviations, to_jsonb(old) || jsonb_build_object('id', gen_random_uuid(),
      'code', 'RVW-' || recorded.copied, 'batch_id', recorded.copied, 'phase_id', recorded.new_phase,
      'operation_id', recorded.new_id))).*
    FROM deviations AS old JOIN recorded ON recorded.operation_id = old.operation_id;
  `);
  postgres.query("VACUUM ANALYZE production_batches, batch_phases, phase_entries, deviations");
}

// A batch of so many phases in the middle of its work: each one before the last is signed by two people.
export function addLargeBatch(postgres, number, phases) {
  postgres.query(`
    SET session_replication_role = replica;
    CREATE TEMP TABLE model AS
      SELECT * FROM production_batches WHERE status = 'In Progress' AND plant_id = 'plant-a' ORDER BY id LIMIT 1;
    INSERT INTO production_batches
    SELECT (jsonb_populate_record(NULL::production_batches, to_jsonb(model) || '{"id": "bench-large"}'
      || jsonb_build_object('batch_number', '${number}'))).* FROM model;
    INSERT INTO batch_records
    SELECT (jsonb_populate_record(NULL::batch_records, to_jsonb(record) || '{"batch_id": "bench-large"}')).*
    FROM batch_records AS record JOIN model ON model.id = record.batch_id;
    CREATE TEMP TABLE phase AS
      SELECT n, gen_random_uuid() AS id FROM generate_series(1, ${phases}) AS n;
    INSERT INTO batch_phases (id, plant_id, batch_id, number, unit_procedure, operation, definition, status)
    SELECT id, 'plant-a', 'bench-large', n, 'Part ' || (n - 1) / 50 + 1, 'Line ' || (n - 1) / 10 + 1,
      jsonb_set(jsonb_set('${JSON.stringify(PHASE)}', '{key}', to_jsonb('STEP-' || n)), '{title}',
        to_jsonb('Check ' || n || ' of the run'))::text,
      CASE WHEN n < ${phases} THEN 'Completed' ELSE 'Pending' END
    FROM phase;
    INSERT INTO phase_entries
    SELECT (jsonb_populate_record(NULL::phase_entries, to_jsonb(old) || jsonb_build_object('batch_id', 'bench-large',
      'phase_id', phase.id, 'operation_id', gen_random_uuid(), 'entry', signed.entry, 'signature',
      jsonb_set(old.signature::jsonb, '{meaning}', to_jsonb(signed.meaning))::text))).*
    FROM phase,
      (SELECT * FROM phase_entries WHERE signature IS NOT NULL AND entry::jsonb ->> 'type' = 'confirmed'
        AND plant_id = 'plant-a' LIMIT 1) AS old,
      (VALUES ('{"type":"confirmed"}', 'performed'), ('{"type":"checked"}', 'verified')) AS signed (entry, meaning)
    WHERE phase.n < ${phases};
  `);
}
