//! A database as the legacy system left it, with rows of our own invention.
//!
//! The tables have the legacy shapes; the rows hold what a plant's database holds after years: absent values, texts in
//! several scripts, numbers at their limits, a receipt whose plant nobody can tell. Every role has somebody, at each of
//! the two plants unless the role sees all.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use viruj_domain::role::Role;

/// The legacy tables with the columns that the legacy system gave them, in its order.
pub const LEGACY_COLUMNS: &[(&str, &str)] = &[
    (
        "plants",
        "id, name, region, running_lines, oee, yield_value, open_qa_holds, inventory_value, manager_id, last_updated",
    ),
    ("users", "id, name, email, hashed_password, role, department, plant_id, is_active, created_at, updated_at"),
    ("materials", "id, name, type, default_unit, created_at"),
    (
        "production_batches",
        "id, product_name, batch_number, status, start_date, end_date, quantity, unit, assigned_to, officer_id, plant_id, \
         qa_release_status, bmr_status, final_yield, qa_officer_id, hold_reason, created_at, updated_at",
    ),
    (
        "gate_entries",
        "id, entry_code, material_name, material_category, po_number, vehicle_name, vehicle_number, driver_name, \
         driver_contact, supplier_name, document_number, quantity, uom, remarks, seal_intact, status, plant_id, created_by, \
         created_by_name, created_at",
    ),
    (
        "goods_receipt_notes",
        "id, gate_entry_id, entry_code, po_number, delivery_challan, quantity_received, remarks, status, created_by, \
         created_by_name, created_at, updated_at, supplier_name, supplier_address, supplier_location, supplier_contact, \
         document_status, document_date, delivery_date, period, reference, comment, items, net_total, vat_total, \
         gross_total, grn_code",
    ),
    (
        "quality_samples",
        "id, grn_id, entry_code, product_name, batch_number, sample_type, sample_date, due_date, status, analyst_id, \
         requested_by, requested_by_name, priority, qa_notes, created_at, updated_at",
    ),
    (
        "quality_tests",
        "id, sample_id, test_name, method, status, assigned_to, instrument_id, submitted_on, reviewed_by, manager_notes, \
         submitted_by, result_data, qa_officer_id, qa_officer_notes, qa_officer_recommendation, qa_manager_decision, \
         qa_manager_decision_notes, material_disposition, created_at, updated_at, warehouse_action, warehouse_notes, \
         warehouse_acknowledged_at",
    ),
    ("notifications", "id, user_id, title, message, type, is_read, created_at, read_at"),
];

/// The statements that make the tables, as the legacy system has them.
const TABLES: &str = include_str!("../../../migrations/server/0001_legacy_tables.sql");

/// The rows; every account has the hash that is put in for `{hash}`.
const ROWS: &str = r#"
INSERT INTO plants (id, name, region, running_lines, oee, yield_value, open_qa_holds, inventory_value, manager_id, last_updated) VALUES
  ('werk-1', 'Hyderabad Works 2', 'APAC', 3, 82.50, 98.10, 0, 12500000.00, 'head-1', '2026-03-01 04:05:06.789012+00'),
  ('werk-2', 'Usine de Besançon', 'EMEA', NULL, NULL, 0.00, NULL, -0.01, NULL, NULL);
INSERT INTO users (id, name, email, hashed_password, role, department, plant_id, is_active, created_at, updated_at) VALUES
  ('op-1', 'लक्ष्मी राव', 'lakshmi.rao@example.com', '{hash}', 'Production Operator', 'Production', 'werk-1', true, '2020-02-29 23:59:59.999999+00', NULL),
  ('op-2', 'Åsa O''Neill-Ørsted', 'ÅSA@example.com', '{hash}', 'QC Operator', 'Quality Control', 'werk-2', false, NULL, '2026-01-01 00:00:00+05:30'),
  ('head-1', 'తెలుగు పేరు', 'head@example.com', '{hash}', 'Plant Head', 'Administration', NULL, NULL, NULL, NULL),
  ('old-1', 'Left' || chr(9) || 'Tab', 'left@example.com', 'x', 'Director', 'Nowhere', 'werk-9', true, NULL, NULL);
INSERT INTO materials (id, name, type, default_unit, created_at) VALUES
  ('m1', 'Metformin Hydrochloride', 'Raw Material', 'kg', NULL), ('m-µ', 'Film 250 µm', 'Packaging Material', 'm²', '2026-05-05 05:05:05+00');
INSERT INTO production_batches (id, product_name, batch_number, status, start_date, end_date, quantity, unit, plant_id, qa_release_status, bmr_status, final_yield, hold_reason, created_at) VALUES
  ('b1', 'Paracetamol 500 mg', 'PCM-001', 'Planned', '2026-01-01 00:00:00+00', NULL, 0.50, 'kg', 'werk-1', 'Pending', 'Incomplete', NULL, NULL, NULL),
  ('b2', 'Paracetamol 500 mg', 'PCM-002', 'In Progress', '2026-01-02 00:00:00+00', NULL, 99999999.99, 'kg', 'werk-2', NULL, NULL, NULL, NULL, NULL),
  ('b3', 'Ibuprofen 200 mg', 'IBU-001', 'QC Review', '2026-01-03 00:00:00+00', '2026-01-04 00:00:00+00', 100.00, 'kg', 'werk-1', 'Hold', 'Complete', 98.70, NULL, '2026-01-03 00:00:00+00'),
  ('b4', 'Ibuprofen 200 mg', 'IBU-002', 'Completed', '2025-01-03 00:00:00+00', '2025-01-04 00:00:00+00', 100.00, 'kg', 'werk-1', 'Released', 'Complete', 100.00, NULL, NULL),
  ('b5', 'Ibuprofen 200 mg', 'IBU-003', 'On Hold', '2026-01-05 00:00:00+00', NULL, 100.00, 'kg', 'werk-1', 'Hold', 'Incomplete', NULL, E'Linie 2\nsteht', NULL),
  ('b6', 'Ibuprofen 200 mg', 'IBU-004', 'Delayed', '2026-01-06 00:00:00+00', NULL, 100.00, 'kg', 'werk-2', 'Pending', 'Incomplete', NULL, '', NULL),
  ('b7', 'Ibuprofen 200 mg', 'IBU-005', 'Blocked', '2026-01-07 00:00:00+00', NULL, 100.00, 'kg', 'werk-9', 'Rejected', 'Incomplete', NULL, NULL, NULL);
INSERT INTO gate_entries (id, entry_code, material_name, vehicle_number, supplier_name, quantity, uom, remarks, seal_intact, status, plant_id, created_by_name, created_at) VALUES
  ('00000000-0000-4000-8000-000000000001', '0326001', 'Lactose', 'TS 09', 'DFE', 500.500, 'kg', E'back\\slash', true, 'Sampling Requested', 'werk-1', 'Wache', '2026-03-01 10:00:00+00'),
  ('00000000-0000-4000-8000-000000000002', '0326999', 'Starch', 'ЖЖ 7', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  ('00000000-0000-4000-8000-000000000003', '03261000', 'Talc', 'X', NULL, 0.001, 'kg', '', false, 'Awaiting GRN', 'werk-2', 'Garde', '2026-03-02 10:00:00+00');
INSERT INTO goods_receipt_notes (id, gate_entry_id, entry_code, po_number, quantity_received, items, net_total, vat_total, gross_total, grn_code, document_date, created_at) VALUES
  ('00000000-0000-4000-8000-000000000011', '00000000-0000-4000-8000-000000000001', '0326001', 'PO-1', 500.500, '[{"net": 1668.17, "line": "ß", "n": 1.10}]', 1668.17, 300.27, 1968.44, 'GRN-26-041', '2026-03-01', '2026-03-01 11:00:00+00'),
  ('00000000-0000-4000-8000-000000000012', '00000000-0000-4000-8000-000000000002', '0326999', 'PO-2', NULL, NULL, NULL, NULL, NULL, 'GRN-25-1000', NULL, NULL);
INSERT INTO quality_samples (id, grn_id, entry_code, product_name, sample_date, due_date, qa_notes, created_at) VALUES
  ('00000000-0000-4000-8000-000000000021', '00000000-0000-4000-8000-000000000011', '0326001', 'Lactose', '2026-03-01', '2026-03-04', '😀', '2026-03-01 12:00:00+00'),
  ('00000000-0000-4000-8000-000000000022', NULL, '03261000', 'Talc', NULL, NULL, NULL, '2026-03-02 12:00:00+00'),
  ('00000000-0000-4000-8000-000000000023', NULL, NULL, 'Unknown', NULL, NULL, NULL, NULL);
INSERT INTO quality_tests (id, sample_id, test_name, method, status, assigned_to, result_data, submitted_on, created_at) VALUES
  ('00000000-0000-4000-8000-000000000031', '00000000-0000-4000-8000-000000000021', 'Assay', 'HPLC', 'In Progress', 'op-2', '{"value": 99.50}', '2026-03-03 00:00:00+00', '2026-03-01 12:00:01+00'),
  ('00000000-0000-4000-8000-000000000032', '00000000-0000-4000-8000-000000000023', 'Water Content', NULL, NULL, 'nobody', NULL, NULL, NULL);
INSERT INTO notifications (id, user_id, title, message, is_read, created_at) VALUES
  ('n1', 'op-1', 'Title', 'Entry 0326001 – “ready”', false, '2026-03-01 10:00:01+00'),
  ('n2', 'head-1', '', '', NULL, NULL), ('n3', 'gone', 'To nobody', 'x', true, NULL);
"#;

/// Fills an empty database as the legacy system would have; `password_hash` goes into every account.
///
/// # Panics
/// When the database does not take it.
pub async fn fill(migration_url: &str, password_hash: &str) {
    let mut connection = connect(migration_url).await;
    for statements in [TABLES.to_owned(), ROWS.replace("{hash}", password_hash)] {
        sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut connection).await.expect("the legacy database is made");
    }
    for &role in Role::ALL {
        let plants: &[Option<&str>] =
            if role.sees_all_plants_by_default() { &[None] } else { &[Some("werk-1"), Some("werk-2")] };
        for &plant in plants {
            let id = format!("{}-{}", role.as_str().to_lowercase().replace(' ', "-"), plant.unwrap_or("all"));
            sqlx::query(
                "INSERT INTO users (id, name, email, hashed_password, role, department, plant_id, is_active)
                 VALUES ($1, $2, $1 || '@example.com', $3, $4, 'Administration', $5, true)",
            )
            .bind(id)
            .bind(format!("{role} Somebody"))
            .bind(password_hash)
            .bind(role.as_str())
            .bind(plant)
            .execute(&mut connection)
            .await
            .expect("a legacy account is made");
        }
    }
    connection.close().await.expect("the connection closes");
}

/// The dump of a legacy database in use, when `VIRUJ_LEGACY_DIR` names the folder where it lies.
///
/// A clone of the project has none: the invented database holds for it.
#[must_use]
pub fn recorded_dump() -> Option<PathBuf> {
    std::env::var_os("VIRUJ_LEGACY_DIR").map(|folder| Path::new(&folder).join("viruj_erp.sql"))
}

/// Loads a dump into an empty database, as an administrator would.
///
/// # Panics
/// When `psql` is not there or refuses.
pub fn load(migration_url: &str, dump: &Path) {
    let loaded = Command::new("psql")
        .args(["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--file"])
        .args([dump, Path::new(migration_url)])
        .output()
        .expect("psql is installed");
    assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
}

/// For each legacy table its rows and a checksum over every legacy column of every row.
///
/// # Panics
/// When a table or one of its legacy columns is gone.
pub async fn checksums(migration_url: &str) -> Vec<(String, i64, Option<String>)> {
    let mut connection = connect(migration_url).await;
    sqlx::raw_sql("SET timezone = 'UTC'").execute(&mut connection).await.expect("the zone is set");
    let mut sums = Vec::new();
    for (table, columns) in LEGACY_COLUMNS {
        let statement = format!(
            "SELECT count(*), encode(sha256(convert_to(string_agg(line, E'\\n' ORDER BY line), 'UTF8')), 'hex')
             FROM (SELECT ROW({columns})::text AS line FROM {table}) AS lines"
        );
        let (rows, sum): (i64, Option<String>) =
            sqlx::query_as(AssertSqlSafe(statement)).fetch_one(&mut connection).await.expect("the table is there");
        sums.push(((*table).to_owned(), rows, sum));
    }
    connection.close().await.expect("the connection closes");
    sums
}

async fn connect(url: &str) -> PgConnection {
    let options: PgConnectOptions = url.parse().expect("the URL is one of PostgreSQL");
    options.connect().await.expect("the database answers")
}
