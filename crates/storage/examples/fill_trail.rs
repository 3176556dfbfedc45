//! Fills an empty database with a plant's trail of so many entries, through the triggers that write every other one.
//!
//! Takes the database's URL and the number of entries; `npm run bench -- audit` verifies them afterwards.
#![expect(clippy::print_stdout, reason = "the number is the program's result")]

use viruj_domain::plant::PlantScope;
use viruj_storage::{ChangeContext, Database, migrate::migrate};

/// Rows that one transaction changes.
const ROWS: i64 = 20_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("the URL of an empty database is missing")?;
    let wanted: i64 = arguments.next().ok_or("the number of entries is missing")?.parse()?;
    migrate(&url, &url).await?;
    let database = Database::connect(&url).await?;
    let mut unit = database.begin(ChangeContext::system(PlantScope::All, "bench", Some("filling"))).await?;
    sqlx::raw_sql(
        "INSERT INTO plants (id, name, region) VALUES ('north', 'North', 'APAC'), ('south', 'South', 'APAC')",
    )
    .execute(unit.connection())
    .await?;
    unit.commit().await?;
    let mut written = 0;
    let mut number = 0;
    while written < wanted {
        number += 1;
        // Each row is made once and changed three times, as a receipt on its way through the plant.
        for status in ["Awaiting GRN", "Awaiting QA", "Sampling Requested", "Closed"] {
            if written >= wanted {
                break;
            }
            let mut unit = database.begin(ChangeContext::person(PlantScope::All, "bench", Some("on its way"))).await?;
            sqlx::raw_sql("SET LOCAL statement_timeout = 0").execute(unit.connection()).await?;
            let statement = if status == "Awaiting GRN" {
                "INSERT INTO gate_entries (id, entry_code, material_name, material_category, po_number, vehicle_number,
                     driver_name, supplier_name, quantity, uom, status, plant_id, created_by, created_by_name)
                 SELECT gen_random_uuid(), $1::text || '-' || n, 'Metformin hydrochloride', 'Raw Material',
                     'PO-' || n, 'TS 09 AB ' || n, 'A driver', 'A supplier of the plant', 500.500, 'kg', $2,
                     CASE WHEN n % 3 = 0 THEN 'south' ELSE 'north' END, 'security', 'Somebody at the gate'
                 FROM generate_series(1, $3) AS n"
            } else {
                "UPDATE gate_entries SET status = $2 WHERE split_part(entry_code, '-', 1) = $1::text AND $3 > 0"
            };
            let done = sqlx::query(statement)
                .bind(number.to_string())
                .bind(status)
                .bind(ROWS.min(wanted - written))
                .execute(unit.connection())
                .await?;
            unit.commit().await?;
            written += i64::try_from(done.rows_affected())?;
        }
    }
    database.close().await;
    println!("{written}");
    Ok(())
}
