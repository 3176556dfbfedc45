//! Master batch records: versions of a product's procedure, from the draft to the one that batches are made by.

pub mod approve;
pub mod check;
pub mod create;
pub mod differences;
pub mod edit;
pub mod export;
pub mod import;
pub mod list;
pub mod make_effective;
pub mod schema;
pub mod send_back;
pub mod show;
mod signing;
pub mod submit;
pub mod withdraw;

use http::StatusCode;
use viruj_api::master_records::MasterRecord;
use viruj_domain::{
    ids::MasterRecordId,
    master::{self, Fault, MasterRecordStatus, Procedure, Step, Version},
    person::{self, Acting},
    role::Role,
};
use viruj_storage::{
    ChangeContext, UnitOfWork,
    master_records::{self, StoredVersion},
};

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::{Etag, IfMatch, Tagged},
};

/// An id as it stands in the path; one that is none names nothing.
fn id_of(segment: &str) -> Result<MasterRecordId, ApiError> {
    segment.parse().map_err(|_| ProblemCode::NotFound.into())
}

fn reason_of(text: &str) -> Result<&str, ApiError> {
    person::reason(text).ok_or_else(|| ProblemCode::ChangeReasonRequired.into())
}

/// A transaction of the caller that sees and writes the caller's plants only.
async fn begin(app: &AppState, caller: &Caller, reason: &str) -> Result<UnitOfWork, ApiError> {
    let context = ChangeContext::person(caller.scope.clone(), caller.person.id.as_str(), Some(reason));
    Ok(app.database.begin(context).await?)
}

/// Whether the role may take the step with the version as it stands, by the rules that the station asks too.
fn decide(caller: &Caller, role: Role, version: &StoredVersion, step: Step) -> Result<MasterRecordStatus, ApiError> {
    let faults = master::faults(&version.procedure()?);
    let acting = Acting { id: &caller.person.id, role, is_active: caller.scope.sees(&version.row.plant_id) };
    let told = Version { status: version.row.status, authors: &version.authors, has_faults: !faults.is_empty() };
    master::step(told, step, acting).map_err(|refusal| {
        ApiError::from(refusal).with_faults(match refusal {
            master::LifecycleRefusal::HasFaults => faults,
            _ => Vec::new(),
        })
    })
}

/// The version, locked, when it is still what the caller saw and the caller may take the step.
async fn locked(
    unit: &mut UnitOfWork,
    caller: &Caller,
    id: MasterRecordId,
    if_match: &IfMatch,
    step: Step,
) -> Result<(StoredVersion, MasterRecordStatus), ApiError> {
    let version = master_records::lock(unit, id).await?.ok_or(ProblemCode::NotFound)?;
    if_match.check(&Etag::counted(version.row.revision))?;
    let status = decide(caller, caller.person.role, &version, step)?;
    Ok((version, status))
}

/// What the transaction has made of the version; it is committed with that.
async fn finish(mut unit: UnitOfWork, id: MasterRecordId) -> Result<Tagged<MasterRecord>, ApiError> {
    let record = master_records::show_in(&mut unit, id).await?;
    let record = record.ok_or_else(|| ApiError::internal("the version is gone"))?;
    unit.commit().await?;
    Ok(tagged(StatusCode::OK, record))
}

fn tagged(status: StatusCode, record: MasterRecord) -> Tagged<MasterRecord> {
    Tagged { status, etag: Etag::counted(record.row.revision), body: record }
}

/// A draft may have every fault but these: a list shows its product, and its number belongs to the code.
fn refuse_unnamed(procedure: &Procedure) -> Result<(), ApiError> {
    let faults: Vec<Fault> = master::faults(procedure)
        .into_iter()
        .filter(|fault| ["/product", "/product_code"].contains(&fault.path.as_str()))
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(ApiError::new(ProblemCode::MasterRecordHasFaults).with_faults(faults)) }
}
