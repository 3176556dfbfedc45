use axum::extract::State;
use viruj_api::users::{ChangeUser, User};
use viruj_storage::users::{self, Changed};

use super::{commit, end_sessions, etag, locked, refuse_last_administrator, wanted};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
    handlers::sessions::now,
};

/// Change an account
///
/// Needs a reason and, in `If-Match`, the tag that the change was made from: 428 without it, 412 `changed_meanwhile`
/// when somebody else was faster. A new role ends the person's sessions. One's own role and plants are changed by
/// another administrator.
#[utoipa::path(put, path = "/api/v1/users/{user_id}", operation_id = "users_change", tag = "users",
    params(("user_id" = String, Path, description = "The person's id"),
        ("If-Match" = String, Header, description = "The tag that the change was made from")),
    request_body = ChangeUser,
    responses((status = 200, description = "The account as it is now", body = User,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn change(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<ChangeUser>,
) -> Result<Tagged<User>, ApiError> {
    let (mut unit, user) = locked(&app, &caller, id, &request.reason).await?;
    if_match.check(&etag(&user)?)?;
    let about = (request.name.as_str(), request.role, request.department);
    let wanted = wanted(&mut unit, &caller, about, &request.plant_ids).await?;
    let has_new_role = user.role.0 != wanted.role.as_str();
    let has_new_plants = user.plant_ids != wanted.plant_ids;
    if caller.person.id == user.id && (has_new_role || has_new_plants) {
        return Err(ProblemCode::OwnAccount.into());
    }
    if has_new_role || has_new_plants {
        refuse_last_administrator(&mut unit, &user).await?;
    }
    let managed = users::managed_plants(&mut unit, &user.id).await?;
    if let Some(plant) = managed.iter().find(|plant| !wanted.plant_ids.contains(plant)) {
        let detail = format!("{} manages {plant} and sees it", user.name);
        return Err(ApiError::new(ProblemCode::ManagesPlant).with_detail(detail));
    }
    let changed =
        Changed { name: wanted.name, role: wanted.role, department: wanted.department, plant_ids: &wanted.plant_ids };
    users::change(&mut unit, &user.id, &changed, now(&app)).await?;
    let ended = match has_new_role {
        true => end_sessions(&app, &mut unit, &user.id, None, "role_changed").await?,
        false => Vec::new(),
    };
    let user = users::find_in(&mut unit, &user.id).await?;
    let user = user.ok_or_else(|| ApiError::internal("the account is gone"))?;
    commit(&app, unit, &ended).await?;
    Ok(Tagged::ok(etag(&user)?, user))
}
