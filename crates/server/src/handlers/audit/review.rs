use axum::{Json, extract::State};
use chrono::SubsecRound;
use http::StatusCode;
use viruj_api::{
    audit::{AuditReview, ReviewRequest, ReviewStatement},
    statement::{Attestation, FORMAT_VERSION},
};
use viruj_domain::{ids::OperationId, signature::SignatureMeaning};
use viruj_storage::{
    ChangeContext, StorageError, sessions,
    trail::{self, NewReview},
};
use viruj_sync::{canonical::to_canonical, signing};

use crate::{
    application::AppState,
    caller::{Caller, active_station},
    error::{ApiError, ProblemCode},
    extract::Body,
    handlers::signatures::attest::{Proof, prove_to_be_the_person},
};

/// Longer remarks are no remark on a review.
const LONGEST_COMMENT: usize = 2000;

/// Sign a review of the audit trail
///
/// The person gives the password for exactly this stretch of one feed, whose last entry's hash stands for all before it:
/// 409 `trail_differs` when it is not the one that was shown. The reviewer's own entries are not reviewed by this and are
/// counted in the answer. The first signature of a session asks for the e-mail address too.
#[utoipa::path(post, path = "/api/v1/audit/reviews", operation_id = "audit_review", tag = "audit",
    request_body = ReviewRequest,
    responses((status = 201, description = "The signed review", body = AuditReview)))]
pub async fn review(
    State(app): State<AppState>,
    caller: Caller,
    Body(request): Body<ReviewRequest>,
) -> Result<(StatusCode, Json<AuditReview>), ApiError> {
    let now = app.clock.now().trunc_subsecs(3);
    let (from, to) = range(&request)?;
    let station = active_station(&app, request.station_id).await.map_err(|error| match error.code {
        ProblemCode::InvalidToken => ProblemCode::NotFound.into(),
        _ => error,
    })?;
    let reviewer = caller.person.id.as_str();
    let stretch = trail::stretch(&app.database, &caller.scope, &request.feed, (from, to), reviewer)
        .await?
        .ok_or(ProblemCode::NotFound)?;
    if hex::encode(&stretch.to_hash) != request.to_hash {
        return Err(ProblemCode::TrailDiffers.into());
    }
    if stretch.entries == stretch.own_entries {
        return Err(ProblemCode::OwnEntriesOnly.into());
    }
    let proof = Proof {
        entity: "audit_reviews",
        id: request.review_id.to_string(),
        place: format!("at station {}", station.id),
        email: request.email.as_deref(),
        password: &request.password,
    };
    let account = prove_to_be_the_person(&app, &caller, &proof, now).await?;
    let statement = ReviewStatement {
        format: FORMAT_VERSION,
        review_id: request.review_id,
        person_id: account.person.id.clone(),
        session_id: caller.session_id,
        feed: request.feed.clone(),
        from_seq: from,
        to_seq: to,
        to_hash: request.to_hash.clone(),
        comment: comment(&request)?,
        meaning: SignatureMeaning::Reviewed,
        shown_text: request.shown_text.clone(),
        language: request.language.clone(),
        stated_at: now,
    };
    let bytes = to_canonical(&statement).map_err(ApiError::internal)?;
    let attestation = Attestation {
        format: FORMAT_VERSION,
        statement_sha256: hex::encode(signing::sha256(&bytes)),
        operation_id: OperationId(request.review_id),
        person_id: account.person.id.clone(),
        person_name: account.person.name.clone(),
        meaning: SignatureMeaning::Reviewed,
        attested_at: now,
        station_id: station.id,
    };
    let slot = signing::attest(&attestation, app.signing_keys.current()).map_err(ApiError::internal)?;
    let review = AuditReview {
        id: request.review_id,
        feed: request.feed.clone(),
        from_seq: from.to_string(),
        to_seq: to.to_string(),
        entry_count: (stretch.entries - stretch.own_entries).to_string(),
        own_entry_count: stretch.own_entries.to_string(),
        person_name: account.person.name.clone(),
        meaning: SignatureMeaning::Reviewed,
        comment: statement.comment,
        reviewed_at: now,
    };
    let context = ChangeContext { station: Some(station.id), ..ChangeContext::person(caller.scope, reviewer, None) };
    let mut unit = app.database.begin(context).await?;
    sessions::note_first_signature(&mut unit, caller.session_id, now).await?;
    let new = NewReview {
        review: &review,
        from_seq: from,
        to_seq: to,
        to_hash: &stretch.to_hash,
        entry_count: stretch.entries - stretch.own_entries,
        own_entry_count: stretch.own_entries,
        person_id: reviewer,
        station_id: station.id.0,
        statement: &bytes,
        signature: &serde_json::to_string(&slot).map_err(ApiError::internal)?,
    };
    match trail::keep_review(&mut unit, &new).await {
        Err(StorageError::Conflict { .. }) => return Err(ProblemCode::OperationKnown.into()),
        kept => kept?,
    }
    unit.commit().await?;
    Ok((StatusCode::CREATED, Json(review)))
}

fn range(request: &ReviewRequest) -> Result<(i64, i64), ApiError> {
    let wrong = |detail: &str| ApiError::new(ProblemCode::InvalidBody).with_detail(detail);
    let number = |text: &str| text.parse::<i64>().ok().filter(|seq| *seq > 0);
    let from = number(&request.from_seq).ok_or_else(|| wrong("from_seq is no sequence number"))?;
    let to = number(&request.to_seq).ok_or_else(|| wrong("to_seq is no sequence number"))?;
    if to < from { Err(wrong("to_seq is before from_seq")) } else { Ok((from, to)) }
}

fn comment(request: &ReviewRequest) -> Result<Option<String>, ApiError> {
    let comment = request.comment.as_deref().map(str::trim).filter(|comment| !comment.is_empty());
    match comment {
        Some(text) if text.chars().count() > LONGEST_COMMENT || text.contains('\0') => {
            Err(ApiError::new(ProblemCode::InvalidBody).with_detail("comment is too long"))
        }
        comment => Ok(comment.map(ToOwned::to_owned)),
    }
}
