use axum::extract::State;
use uuid::Uuid;
use viruj_api::reviews::{AcceptException, BatchReview};
use viruj_domain::{
    ids::BatchId,
    review::{ExceptionKind, ReviewStep, check_acceptable},
};
use viruj_storage::reviews::{self, NewDecision};

use super::{begin, finish, text_of};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::Tagged,
    extract::{Body, Segment},
    handlers::sessions::now,
};

/// Judge something out of the ordinary
///
/// The comment says why the batch may go on with it. It holds for the state that was shown: 409 `exception_unknown` for
/// another one, `exception_decided` when somebody else was first, `deviation_open` for a High or Critical deviation that
/// is not closed. A conflict is decided with a signature and has a path of its own: 422 `signature_required`.
#[utoipa::path(post, path = "/api/v1/batches/{batch_id}/review/exceptions", operation_id = "reviews_accept",
    tag = "reviews",
    params(("batch_id" = String, Path, description = "The batch's id")),
    request_body = AcceptException,
    responses((status = 200, description = "The review as it is now", body = BatchReview,
        headers(("ETag" = String, description = "The tag of the batch")))))]
pub async fn accept(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    Body(request): Body<AcceptException>,
) -> Result<Tagged<BatchReview>, ApiError> {
    let (id, comment) = (BatchId(id), text_of(&request.comment)?);
    if request.kind == ExceptionKind::Conflict {
        return Err(ApiError::new(ProblemCode::SignatureRequired).with_detail("a conflict is decided with a signature"));
    }
    let (mut unit, _, review) = begin(&app, &caller, (&id, comment), ReviewStep::Accept).await?;
    let exception = review.exception(request.kind, request.subject, request.evidence);
    let exception = exception.ok_or(ProblemCode::ExceptionUnknown)?;
    check_acceptable(review.deviation_of(exception))?;
    let decision = NewDecision {
        id: Uuid::now_v7(),
        plant_id: &review.batch.plant_id,
        batch_id: &id,
        kind: request.kind,
        subject: request.subject,
        evidence: request.evidence,
        comment,
        person_id: &caller.person.id,
        person_name: &caller.person.name,
        now: now(&app),
    };
    if !reviews::accept(&mut unit, &decision).await? {
        return Err(ProblemCode::ExceptionDecided.into());
    }
    finish(unit, &id).await
}
