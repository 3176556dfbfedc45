//! Accounts, as an administrator sees and changes them.

pub mod change;
pub mod create;
pub mod deactivate;
pub mod end_session;
pub mod end_sessions;
pub mod list;
pub mod list_sessions;
pub mod one_time_secret;
pub mod reactivate;
pub mod remove_second_factor;
pub mod show;
pub mod unlock;

use serde::Serialize;
use viruj_api::users::User;
use viruj_domain::{
    ids::{PlantId, SessionId, UserId},
    person::{self, AccountRefusal},
    plant::PlantScope,
    role::{Department, Role, RoleName},
};
use viruj_storage::{
    UnitOfWork, plants, sessions,
    users::{self, is_managed_in},
};

use super::sessions::now;
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::Etag,
};

/// What a change of an account overwrites; locks and sign-ins come and go without anybody's change.
#[derive(Serialize)]
struct Changeable<'a> {
    name: &'a str,
    email: &'a str,
    role: &'a RoleName,
    department: &'a str,
    plant_ids: &'a [PlantId],
    is_active: bool,
}

/// The tag of an account.
fn etag(user: &User) -> Result<Etag, ApiError> {
    Etag::of(&Changeable {
        name: &user.name,
        email: &user.email,
        role: &user.role,
        department: &user.department,
        plant_ids: &user.plant_ids,
        is_active: user.is_active,
    })
}

/// The account, when the caller manages it; any other is not there.
async fn managed(app: &AppState, caller: &Caller, id: String) -> Result<User, ApiError> {
    let user = users::find(&app.database, &UserId(id)).await?;
    Ok(user.filter(|user| is_managed_in(&caller.scope, user)).ok_or(ProblemCode::NotFound)?)
}

/// The account, when the caller manages it, locked in a transaction that carries the caller's reason.
async fn locked(app: &AppState, caller: &Caller, id: String, reason: &str) -> Result<(UnitOfWork, User), ApiError> {
    let reason = person::reason(reason).ok_or(ProblemCode::ChangeReasonRequired)?;
    if id.contains('\0') {
        return Err(ProblemCode::NotFound.into());
    }
    let mut unit = app.begin_for(&caller.person.id, reason).await?;
    let user = users::lock(&mut unit, &UserId(id)).await?;
    let user = user.filter(|user| is_managed_in(&caller.scope, user)).ok_or(ProblemCode::NotFound)?;
    Ok((unit, user))
}

/// Nobody gives himself a role or takes himself out: that needs two people (21 CFR 11.200(a)(3)).
fn refuse_own(caller: &Caller, user: &User) -> Result<(), ApiError> {
    if caller.person.id == user.id { Err(ProblemCode::OwnAccount.into()) } else { Ok(()) }
}

/// Somebody must be left who administers every plant.
pub(in crate::handlers) async fn refuse_last_administrator(unit: &mut UnitOfWork, user: &User) -> Result<(), ApiError> {
    let administers_all = user.is_active && user.role.0 == Role::SystemAdmin.as_str() && user.sees_all_plants;
    if administers_all && !users::has_other_administrator(unit, &user.id).await? {
        return Err(ProblemCode::LastAdministrator.into());
    }
    Ok(())
}

/// What an account holds, as it may be written.
struct Wanted<'a> {
    name: &'a str,
    role: Role,
    department: Department,
    plant_ids: Vec<PlantId>,
}

/// Checks what an account is to hold against the rules and against what the caller may give.
async fn wanted<'a>(
    unit: &mut UnitOfWork,
    caller: &Caller,
    (name, role, department): (&'a str, Role, Department),
    plant_ids: &[PlantId],
) -> Result<Wanted<'a>, ApiError> {
    let name = person::name(name).ok_or(ProblemCode::NameInvalid)?;
    let mut plant_ids = plant_ids.to_vec();
    plant_ids.sort();
    plant_ids.dedup();
    person::check_account(role, department, &plant_ids).map_err(|refusal| {
        let code = match refusal {
            AccountRefusal::DepartmentUnfit { .. } => ProblemCode::DepartmentUnfit,
            AccountRefusal::PlantsRequired(_) => ProblemCode::PlantsRequired,
        };
        ApiError::new(code).with_detail(refusal.to_string())
    })?;
    // An administrator of some plants makes nobody who sees more than himself.
    if plant_ids.is_empty() && caller.scope != PlantScope::All {
        return Err(ProblemCode::PlantsRequired.into());
    }
    let known = plants::known(unit, &plant_ids).await?;
    if let Some(unknown) = plant_ids.iter().find(|plant| !known.contains(plant) || !caller.scope.sees(plant)) {
        return Err(ApiError::new(ProblemCode::PlantUnknown).with_detail(format!("{unknown} is not a plant here")));
    }
    Ok(Wanted { name, role, department, plant_ids })
}

/// Ends the person's sessions within the transaction; forgotten once it is committed (check 7).
pub(in crate::handlers) async fn end_sessions(
    app: &AppState,
    unit: &mut UnitOfWork,
    user: &UserId,
    only: Option<SessionId>,
    cause: &str,
) -> Result<Vec<SessionId>, ApiError> {
    let ended = sessions::revoke_of(unit, user, only, cause, now(app)).await?;
    for session in &ended {
        unit.audit_event("sessions", &session.to_string(), "session_revoked", cause).await?;
    }
    Ok(ended)
}

/// Makes everything durable; from then on the ended sessions are refused here at once.
pub(in crate::handlers) async fn commit(app: &AppState, unit: UnitOfWork, ended: &[SessionId]) -> Result<(), ApiError> {
    unit.commit().await?;
    for session in ended {
        app.live_sessions.forget(*session);
    }
    Ok(())
}
