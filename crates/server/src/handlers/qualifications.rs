//! Who is qualified for which procedure.

pub mod grant;
pub mod list;
pub mod renew;
pub mod show;
pub mod withdraw;

use http::StatusCode;
use viruj_api::qualifications::QualificationRow;
use viruj_domain::{
    ids::QualificationId,
    qualification::{QualificationStep, step},
};
use viruj_storage::{
    UnitOfWork,
    qualifications::{self, Done},
};

use super::registers::{acting, begin, day, id_of};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::{Etag, IfMatch, Tagged},
    handlers::sessions::now,
};

/// Takes a step with a qualification that is still what the caller saw.
async fn take(
    app: &AppState,
    caller: &Caller,
    (id, if_match): (&str, &IfMatch),
    (wanted, reason): (QualificationStep, &str),
) -> Result<Tagged<QualificationRow>, ApiError> {
    let id: QualificationId = id_of(id)?;
    let mut unit = begin(app, caller, reason).await?;
    let row = qualifications::lock(&mut unit, id).await?.ok_or(ProblemCode::NotFound)?;
    if_match.check(&Etag::counted(row.revision))?;
    let at = now(app);
    let today = day(&mut unit, &row.plant_id, at).await?;
    let known = row.qualification();
    let of = (&row.person_id, row.procedure_code.as_str());
    let becomes = step(Some(&known), of, wanted, acting(caller, &row.plant_id), today)?;
    qualifications::set(&mut unit, id, &becomes, Done { by: &caller.person.id, at }).await?;
    finish(unit, id).await
}

/// What the transaction has made of the qualification; it is committed with that.
async fn finish(mut unit: UnitOfWork, id: QualificationId) -> Result<Tagged<QualificationRow>, ApiError> {
    let row = qualifications::lock(&mut unit, id).await?;
    let row = row.ok_or_else(|| ApiError::internal("the qualification is gone"))?;
    unit.commit().await?;
    Ok(tagged(row))
}

fn tagged(row: QualificationRow) -> Tagged<QualificationRow> {
    Tagged { status: StatusCode::OK, etag: Etag::counted(row.revision), body: row }
}
