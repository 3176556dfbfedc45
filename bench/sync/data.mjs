// A plant of a hundred thousand batches with a result in each of a million phases. The trail is not written for these rows:
// they were there before.
export const BATCHES = 100_000;
export const PHASES = 10;
export const WAITING = 5_000;

const definition = `'{"key":"step-' || p || '","title":"Granulate part ' || p || '","instruction":"Add the binder solution and granulate ' ||
  'until the power of the impeller is reached.","kind":{"type":"value","unit":"rpm","places":0,"low":"100","target":"110",' ||
  '"high":"120"}}'`;
const confirmed = `'{"key":"step-' || p || '","title":"Check part ' || p || '","instruction":"Check the line.",' ||
  '"kind":{"type":"confirmation"}}'`;
const id = (kind, number) => `('${kind}' || lpad(to_hex(${number}), 12, '0'))::uuid`;

export function load(postgres) {
  postgres.query(`
    SET session_replication_role = replica;
    INSERT INTO users (id, name, email, hashed_password, role, department, plant_id, is_active, created_at)
    SELECT 'bench-operator', 'Bench Operator', 'bench-operator@viruj.example', hashed_password, role, department, 'plant-a',
      true, now()
    FROM users WHERE id = (SELECT min(id) FROM users WHERE role = 'Production Operator');
    INSERT INTO user_plants (user_id, plant_id) VALUES ('bench-operator', 'plant-a');
    INSERT INTO production_batches (id, product_name, batch_number, status, qa_release_status, bmr_status, start_date,
      end_date, planned_start, planned_end, quantity, unit, assigned_to, plant_id, created_at)
    SELECT 'bench-batch-' || lpad(n::text, 6, '0'), 'Metformin hydrochloride 500 mg', 'BENCH-' || lpad(n::text, 6, '0'),
      'Completed', 'Pending', 'Complete', now() - n * interval '5 minutes', now() - n * interval '5 minutes',
      now() - n * interval '5 minutes', now() - n * interval '4 minutes', 100, 'kg', 'bench-operator', 'plant-a', now()
    FROM generate_series(1, ${BATCHES}) AS n;
    INSERT INTO batch_phases (id, plant_id, batch_id, number, unit_procedure, operation, definition, status)
    SELECT ${id("01980000-0000-7000-8000-", `n * ${PHASES} + p`)}, 'plant-a', 'bench-batch-' || lpad(n::text, 6, '0'), p,
      'Granulation', 'Wet granulation', ${definition}, 'Completed'
    FROM generate_series(1, ${BATCHES}) AS n, generate_series(1, ${PHASES}) AS p ORDER BY n, p;
    INSERT INTO phase_entries (operation_id, plant_id, batch_id, phase_id, entry, person_id, person_name, station_id,
      recorded_at, received_at, verdict, is_effective)
    SELECT ${id("01980000-0000-7000-9000-", `n * ${PHASES} + p`)}, 'plant-a', 'bench-batch-' || lpad(n::text, 6, '0'),
      ${id("01980000-0000-7000-8000-", `n * ${PHASES} + p`)}, '{"type":"number","value":"110","unit":"rpm"}', 'bench-operator',
      'Bench Operator', '01980000-0000-7000-8000-000000000001', now() - n * interval '5 minutes',
      now() - n * interval '5 minutes', 'accepted', true
    FROM generate_series(1, ${BATCHES}) AS n, generate_series(1, ${PHASES}) AS p ORDER BY n, p;
    INSERT INTO production_batches (id, product_name, batch_number, status, start_date, quantity, unit, plant_id, created_at)
    SELECT 'waiting-' || lpad(n::text, 5, '0'), 'Paracetamol 500 mg', 'WAIT-' || lpad(n::text, 5, '0'), 'Planned', now(), 100,
      'kg', 'plant-a', now()
    FROM generate_series(0, ${WAITING - 1}) AS n;
    INSERT INTO batch_phases (id, plant_id, batch_id, number, unit_procedure, operation, definition, status)
    SELECT ${id("01990000-0000-7000-8000-", `n * ${PHASES} + p - 1`)}, 'plant-a', 'waiting-' || lpad(n::text, 5, '0'), p,
      'Granulation', 'Wet granulation', ${confirmed}, 'Pending'
    FROM generate_series(0, ${WAITING - 1}) AS n, generate_series(1, ${PHASES}) AS p;
  `);
  postgres.query("VACUUM ANALYZE users, user_plants");
  postgres.query("VACUUM ANALYZE production_batches");
  postgres.query("VACUUM ANALYZE batch_phases");
  postgres.query("VACUUM ANALYZE phase_entries");
}

let lots = 0;

// Each row is an entry of the feed.
export function addLots(postgres, count) {
  postgres.query(`
    SELECT set_config('viruj.actor', 'system:bench', false);
    INSERT INTO lots (id, plant_id, number, material_code, material, quantity, unit, status, created_at)
    SELECT gen_random_uuid(), 'plant-a', 'BENCH-LOT-' || n, 'RM-1001', 'Lactose monohydrate', 25, 'kg', 'Quarantine', now()
    FROM generate_series(${lots + 1}, ${lots + count}) AS n;
  `);
  lots += count;
}
