//! Pieces of equipment and their logs.

pub mod act;
pub mod change;
pub mod create;
pub mod list;
pub mod log;
pub mod show;

use http::StatusCode;
use viruj_api::equipment::{EquipmentDetails, EquipmentRow};
use viruj_domain::ids::EquipmentId;
use viruj_storage::{UnitOfWork, equipment};

use crate::{
    error::{ApiError, ProblemCode},
    etag::{Etag, IfMatch, Tagged},
};

/// The piece of equipment, locked, when it is still what the caller saw.
async fn locked(unit: &mut UnitOfWork, id: EquipmentId, if_match: &IfMatch) -> Result<EquipmentRow, ApiError> {
    let row = equipment::lock(unit, id).await?.ok_or(ProblemCode::NotFound)?;
    if_match.check(&Etag::counted(row.revision))?;
    Ok(row)
}

/// What the transaction has made of the equipment; it is committed with that.
async fn finish(mut unit: UnitOfWork, id: EquipmentId) -> Result<Tagged<EquipmentDetails>, ApiError> {
    let details = equipment::show_in(&mut unit, id).await?;
    let details = details.ok_or_else(|| ApiError::internal("the equipment is gone"))?;
    unit.commit().await?;
    Ok(tagged(details))
}

fn tagged(details: EquipmentDetails) -> Tagged<EquipmentDetails> {
    Tagged { status: StatusCode::OK, etag: Etag::counted(details.row.revision), body: details }
}
