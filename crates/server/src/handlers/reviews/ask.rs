use axum::{extract::State, response::Response};
use http::header;
use uuid::Uuid;
use viruj_api::reviews::{AskProduction, BatchReview};
use viruj_domain::{ids::BatchId, review::ReviewStep, role::Role};
use viruj_storage::{
    notifications::{self, Message},
    reviews::{self, NewQuery},
};

use super::{begin, text_of};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::Etag,
    extract::{Body, Segment},
    handlers::sessions::now,
    idempotency::{Begun, IdempotencyKey},
};

/// Ask production
///
/// About the batch or one of its phases; the managers of production are told. The review is not signed while a question
/// is open. `Idempotency-Key` works as for accounts.
#[utoipa::path(post, path = "/api/v1/batches/{batch_id}/review/queries", operation_id = "reviews_ask", tag = "reviews",
    params(("batch_id" = String, Path, description = "The batch's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "8 to 128 visible ASCII characters")),
    request_body = AskProduction,
    responses((status = 201, description = "The question is asked; the review as it is now", body = BatchReview,
        headers(("ETag" = String, description = "The tag of the batch"),
            ("Location" = String, description = "Where the review is")))))]
pub async fn ask(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    key: IdempotencyKey,
    Body(request): Body<AskProduction>,
) -> Result<Response, ApiError> {
    let (id, question, at) = (BatchId(id), text_of(&request.question)?, now(&app));
    let (mut unit, _, review) = begin(&app, &caller, (&id, "a question to production"), ReviewStep::Ask).await?;
    let operation = format!("reviews_ask {id}");
    let creation = match app.answers.begin(&mut unit, &caller.person.id, &key, (&operation, &request), at).await? {
        Begun::Before(answer) => return Ok(answer),
        Begun::Now(creation) => creation,
    };
    let is_in_batch = |phase| review.phases.iter().any(|line| line.phase.id == phase);
    if request.phase_id.is_some_and(|phase| !is_in_batch(phase)) {
        return Err(ProblemCode::PhaseUnknown.into());
    }
    let query = NewQuery {
        id: Uuid::now_v7(),
        plant_id: &review.batch.plant_id,
        batch_id: &id,
        phase_id: request.phase_id,
        question,
        person: &caller.person.id,
        now: at,
    };
    reviews::ask(&mut unit, &query).await?;
    let title = format!("Question about batch {}", review.batch.number);
    for role in [Role::ProductionManager, Role::ProductionHead] {
        let message = Message { title: &title, text: question };
        notifications::tell(&mut unit, &review.batch.plant_id, role, &message, at).await?;
    }
    let shown = reviews::find_in(&mut unit, &id).await?.ok_or_else(|| ApiError::internal("the batch is gone"))?;
    let (tag, location) = (Etag::counted(shown.batch.version), format!("/api/v1/batches/{id}/review"));
    let headers = [(header::ETAG, tag.as_str()), (header::LOCATION, location.as_str())];
    let shown: BatchReview = shown.shown();
    let answer = creation.settle(&mut unit, &headers, &shown).await?;
    unit.commit().await?;
    Ok(answer)
}
