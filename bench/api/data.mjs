// What lies in the database while it is measured. The trail is not written for these rows: they were there before.
import { randomUUID } from "node:crypto";

export const BATCHES = 100_000;
export const ENTRIES = 1_000_100;
export const LISTED = 50;
export const USERS = 1000;
export const LISTED_STATUS = "Sampling Requested";
export const OFFICERS = [
  { id: "bench-officer-a", email: "bench-a@viruj.example", plant: "plant-a" },
  { id: "bench-officer-b", email: "bench-b@viruj.example", plant: "plant-b" },
  { id: "bench-officer-c", email: "bench-c@viruj.example", plant: "plant-c" },
];

export const userId = (number) => `bench-user-${String(number).padStart(4, "0")}`;

// The officers have the password of the demo's people.
export function load(postgres) {
  postgres.query(`
    SET session_replication_role = replica;
    INSERT INTO users (id, name, email, hashed_password, role, department, plant_id, is_active, created_at)
    SELECT 'bench-user-' || lpad(n::text, 4, '0'), 'Person ' || n, 'person-' || n || '@viruj.example', hashed_password,
      role, department, 'plant-a', true, now()
    FROM generate_series(1, ${USERS}) AS n, users WHERE users.id = (SELECT min(id) FROM users WHERE role = 'QC Operator');
    INSERT INTO users (id, name, email, hashed_password, role, department, plant_id, is_active, created_at)
    SELECT o.id, 'Officer ' || o.plant, o.email, u.hashed_password, u.role, u.department, o.plant, true, now()
    FROM (VALUES ${OFFICERS.map(({ id, email, plant }) => `('${id}', '${email}', '${plant}')`).join(", ")})
      AS o (id, email, plant), users AS u WHERE u.id = (SELECT min(id) FROM users WHERE role = 'Security Officer');
    INSERT INTO user_plants (user_id, plant_id) SELECT id, plant_id FROM users WHERE id LIKE 'bench-%';
    INSERT INTO production_batches (id, product_name, batch_number, status, start_date, quantity, unit, plant_id, created_at)
    SELECT 'bench-batch-' || n, 'Paracetamol 500 mg', 'BENCH-' || n, 'Planned', now(), 100, 'kg',
      'plant-' || substr('abc', n % 3 + 1, 1), now() - n * interval '1 minute'
    FROM generate_series(1, ${BATCHES}) AS n;
    INSERT INTO gate_entries (id, entry_code, material_name, material_category, po_number, vehicle_name, vehicle_number,
      driver_name, driver_contact, supplier_name, document_number, quantity, uom, remarks, seal_intact, status, plant_id,
      created_by, created_by_name, created_at)
    SELECT gen_random_uuid(), 'B' || n, 'Lactose Monohydrate', 'Raw Material', 'PO-' || n, 'Tata Ace', 'TS 09 AB ' || n % 10000,
      'R Kumar', '+91 90000 00000', 'DFE Pharma', 'DC-' || n, 500.5, 'kg', '2 pallets', true,
      CASE WHEN n <= ${LISTED * 3} THEN '${LISTED_STATUS}' ELSE 'Awaiting QA' END,
      'plant-' || substr('abc', n % 3 + 1, 1), 'bench-officer-a', 'Officer plant-a', now() - n * interval '1 second'
    FROM generate_series(1, ${ENTRIES}) AS n;
  `);
  postgres.query("VACUUM ANALYZE users, sessions, user_plants, production_batches");
  postgres.query("VACUUM ANALYZE gate_entries");
}

export const someEntry = () => ({
  material_name: "Lactose Monohydrate",
  material_category: "Raw Material",
  po_number: `PO-${randomUUID().slice(0, 8)}`,
  vehicle_name: "Tata Ace",
  vehicle_number: "ts 09 ab 1234",
  driver_name: "R Kumar",
  driver_contact: "+91 90000 00000",
  supplier_name: "DFE Pharma",
  document_number: "DC-77",
  quantity: 500.5,
  uom: "kg",
  remarks: "2 pallets",
  seal_intact: true,
});
