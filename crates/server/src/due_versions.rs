//! Approved master batch records whose day has come become effective.

use viruj_domain::{ids::MasterRecordId, master::MasterRecordStatus, plant::PlantScope};
use viruj_storage::master_records;

use crate::{application::AppState, error::ApiError};

/// Makes every version effective whose day has come, and names those that became it here.
///
/// Which day it is stands in the row, so a restart loses nothing; another replica that does the same finds nothing left.
///
/// # Errors
/// Failures of the database; those before in the order of their days are effective.
pub async fn make_effective(app: &AppState) -> Result<Vec<MasterRecordId>, ApiError> {
    let now = app.clock.now();
    let mut made = Vec::new();
    for id in master_records::due(&app.database, now).await? {
        let Some(seen) = master_records::find(&app.database, &PlantScope::All, id).await? else { continue };
        let mut unit = app.begin_for_system("schedule", "its day has come").await?;
        master_records::wait_for_product(&mut unit, &seen.row.plant_id, &seen.row.product_code).await?;
        let Some(version) = master_records::lock(&mut unit, id).await? else { continue };
        let is_due = version.row.status == MasterRecordStatus::Approved
            && version.row.effective_from.is_some_and(|from| from <= now);
        if is_due {
            master_records::make_effective(&mut unit, &version.row, now).await?;
            unit.commit().await?;
            made.push(id);
        }
    }
    Ok(made)
}
