use axum::extract::State;
use viruj_api::reviews::{AnswerQuery, BatchReview};
use viruj_domain::{
    ids::BatchId,
    review::{self, ReviewStep},
};
use viruj_storage::reviews;

use super::{begin, finish, query_id, text_of};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::{Etag, IfMatch, Tagged},
    extract::{Body, Segments},
    handlers::sessions::now,
};

/// Answer a question of quality assurance
///
/// By production, once; whoever asked reads it and closes the question.
#[utoipa::path(post, path = "/api/v1/batches/{batch_id}/review/queries/{query_id}/answer",
    operation_id = "reviews_answer", tag = "reviews",
    params(("batch_id" = String, Path, description = "The batch's id"),
        ("query_id" = String, Path, description = "The query's id"),
        ("If-Match" = String, Header, description = "The tag of the query that was shown: its version in quotes")),
    request_body = AnswerQuery,
    responses((status = 200, description = "The review as it is now", body = BatchReview,
        headers(("ETag" = String, description = "The tag of the batch")))))]
pub async fn answer(
    State(app): State<AppState>,
    caller: Caller,
    Segments(id, query): Segments,
    if_match: IfMatch,
    Body(request): Body<AnswerQuery>,
) -> Result<Tagged<BatchReview>, ApiError> {
    let (id, query, answer) = (BatchId(id), query_id(&query)?, text_of(&request.answer)?);
    let (mut unit, _, _) = begin(&app, &caller, (&id, "an answer of production"), ReviewStep::Answer).await?;
    let found = reviews::lock_query(&mut unit, &id, query).await?.ok_or(ProblemCode::NotFound)?;
    if_match.check(&Etag::counted(found.version))?;
    review::query_step(found.status, &found.asked_by, ReviewStep::Answer, &caller.person.id)?;
    reviews::answer(&mut unit, query, answer, &caller.person.id, now(&app)).await?;
    finish(unit, &id).await
}
