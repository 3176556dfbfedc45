//! Plants with their figures, in the words of the old backend, and the zone that their days are counted in.

use chrono_tz::Tz;
use viruj_api::legacy::plants::Plant;
use viruj_domain::{ids::PlantId, plant::PlantScope};

use crate::{Database, StorageError, UnitOfWork};

/// The plants of the reader, by id; one of them, when an id is named.
///
/// # Errors
/// Failures of the database.
pub async fn list(database: &Database, scope: &PlantScope, id: Option<&str>) -> Result<Vec<Plant>, StorageError> {
    let rows = sqlx::query!(
        r#"SELECT id, name, region, coalesce(running_lines, 0) AS "running_lines!", coalesce(oee, 0) AS "oee!",
               coalesce(yield_value, 0) AS "yield_value!", coalesce(open_qa_holds, 0) AS "open_qa_holds!",
               coalesce(inventory_value, 0) AS "inventory_value!", manager_id, last_updated
           FROM plants WHERE $1::text IS NULL OR id = $1 ORDER BY id"#,
        id,
    )
    .fetch_all(&database.reader(scope))
    .await?;
    let plants = rows.into_iter().map(|row| Plant {
        id: row.id,
        name: row.name,
        region: row.region,
        running_lines: row.running_lines,
        oee: row.oee.into(),
        yield_value: row.yield_value.into(),
        open_qa_holds: row.open_qa_holds,
        inventory_value: row.inventory_value.into(),
        manager_id: row.manager_id,
        last_updated: row.last_updated,
    });
    Ok(plants.collect())
}

/// The zone of a plant that the author of the change sees; one with an unknown name is UTC.
///
/// # Errors
/// Failures of the database.
pub async fn time_zone(unit: &mut UnitOfWork, plant: &PlantId) -> Result<Option<Tz>, StorageError> {
    let name = sqlx::query_scalar!("SELECT time_zone FROM plants WHERE id = $1", plant.as_str())
        .fetch_optional(unit.connection())
        .await?;
    Ok(name.map(|name| viruj_domain::plant::time_zone(&name).unwrap_or(Tz::UTC)))
}
