//! Lots of materials.

pub mod change;
pub mod create;
pub mod decide;
pub mod list;
pub mod show;

use http::StatusCode;
use viruj_api::lots::{LotDetails, LotRow};
use viruj_domain::ids::LotId;
use viruj_storage::{UnitOfWork, lots};

use super::registers::optional_name;
use crate::{
    error::{ApiError, ProblemCode},
    etag::{Etag, IfMatch, Tagged},
};

/// The lot, locked, when it is still what the caller saw.
async fn locked(unit: &mut UnitOfWork, id: LotId, if_match: &IfMatch) -> Result<LotRow, ApiError> {
    let lot = lots::lock(unit, id).await?.ok_or(ProblemCode::NotFound)?;
    if_match.check(&Etag::counted(lot.revision))?;
    Ok(lot)
}

/// What the transaction has made of the lot; it is committed with that.
async fn finish(mut unit: UnitOfWork, id: LotId) -> Result<Tagged<LotRow>, ApiError> {
    let lot = lots::lock(&mut unit, id).await?.ok_or_else(|| ApiError::internal("the lot is gone"))?;
    unit.commit().await?;
    Ok(tagged(lot))
}

fn tagged(lot: LotRow) -> Tagged<LotRow> {
    Tagged { status: StatusCode::OK, etag: Etag::counted(lot.revision), body: lot }
}

/// What is told of a lot, when a lot can be like that.
fn checked(details: &LotDetails) -> Result<LotDetails, ApiError> {
    details.facts().check()?;
    let of_supplier = |text: &Option<String>| optional_name(text.as_deref(), ProblemCode::SupplierInvalid);
    let (supplier, supplier_lot) = (of_supplier(&details.supplier)?, of_supplier(&details.supplier_lot)?);
    Ok(LotDetails { supplier, supplier_lot, ..details.clone() })
}
