//! The review of finished batches by exception, questions to production, and the decision about the batch.

pub mod accept;
pub mod answer;
pub mod ask;
pub mod certificate;
pub mod close_query;
mod deciding;
mod documents;
pub mod list;
pub mod reject;
pub mod release;
pub mod show;
pub mod sign;

use http::StatusCode;
use uuid::Uuid;
use viruj_api::reviews::{BatchReview, LONGEST_TEXT};
use viruj_domain::{
    ids::BatchId,
    person::Acting,
    review::{self, ReviewStep},
    role::Role,
};
use viruj_storage::{
    ChangeContext, UnitOfWork,
    batches::LockedBatch,
    reviews::{self, StoredReview},
};
use viruj_sync::text::is_storable;

pub(super) use documents::kept_or_made;

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::{Etag, Tagged},
    handlers::sessions::now,
};

/// A text without the spaces around it.
///
/// # Errors
/// 422 `text_unfit` for one that says nothing, is too long or holds what cannot be kept.
fn text_of(text: &str) -> Result<&str, ApiError> {
    let text = text.trim();
    if text.is_empty() || !is_storable(text, LONGEST_TEXT) {
        let detail = format!("a text has 1 to {LONGEST_TEXT} characters");
        return Err(ApiError::new(ProblemCode::TextUnfit).with_detail(detail));
    }
    Ok(text)
}

/// Whether the role may take the step with the batch as it stands, by the rules that the station asks too.
fn check(caller: &Caller, role: Role, stored: &StoredReview, step: ReviewStep) -> Result<(), ApiError> {
    let acting = Acting { id: &caller.person.id, role, is_active: caller.scope.sees(&stored.batch.plant_id) };
    Ok(review::check(step, stored.batch.status, &stored.findings(), &stored.hands(), acting)?)
}

/// A transaction in which nobody else changes the batch, and in which the caller may take the step.
async fn begin(
    app: &AppState,
    caller: &Caller,
    (id, reason): (&BatchId, &str),
    step: ReviewStep,
) -> Result<(UnitOfWork, LockedBatch, StoredReview), ApiError> {
    let context = ChangeContext::person(caller.scope.clone(), caller.person.id.as_str(), Some(reason));
    let mut unit = app.database.begin(context).await?;
    let (batch, review) = reviews::lock(&mut unit, id, now(app)).await?.ok_or(ProblemCode::NotFound)?;
    check(caller, caller.person.role, &review, step)?;
    Ok((unit, batch, review))
}

/// What the transaction has made of the review; it is committed with that.
async fn finish(mut unit: UnitOfWork, id: &BatchId) -> Result<Tagged<BatchReview>, ApiError> {
    let review = reviews::find_in(&mut unit, id).await?.ok_or_else(|| ApiError::internal("the batch is gone"))?;
    unit.commit().await?;
    Ok(tagged(StatusCode::OK, review))
}

fn tagged(status: StatusCode, review: StoredReview) -> Tagged<BatchReview> {
    Tagged { status, etag: Etag::counted(review.batch.version), body: review.shown() }
}

/// A query's id as it stands in the path; one that is none names nothing.
fn query_id(segment: &str) -> Result<Uuid, ApiError> {
    segment.parse().map_err(|_| ProblemCode::NotFound.into())
}
