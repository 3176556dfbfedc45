//! One's own second factor.

pub mod begin;
pub mod confirm;
pub mod remove;

use chrono::{DateTime, Utc};
use viruj_api::people::Person;
use viruj_storage::second_factors;

use crate::{
    alerts,
    application::AppState,
    attempts::Kind,
    error::{ApiError, ProblemCode},
};

/// Takes a code of the device or a recovery code of somebody who has shown to know the password; each works once.
///
/// # Errors
/// `second_factor_wrong`, and `too_many_attempts` whatever the address: failures count for the account (check 9).
pub(in crate::handlers) async fn prove(
    app: &AppState,
    person: &Person,
    code: &str,
    now: DateTime<Utc>,
) -> Result<(), ApiError> {
    let id = &person.id;
    let counted = app.attempts.of(Kind::SecondFactor, &[id.as_str()], Some(id));
    let attempt = counted.take(&app.database, now).await??;
    let mut unit = app.begin_for_system("sign-in", "second factor").await?;
    let factor = second_factors::lock(&mut unit, id).await?.filter(|factor| factor.is_confirmed);
    let factor = factor.ok_or(ProblemCode::SecondFactorWrong)?;
    let secret = app.second_factors.open(id, &factor.sealed_secret).map_err(ApiError::internal)?;
    let is_right = match secret.step_of(code, factor.last_step, now).map_err(ApiError::internal)? {
        Some(step) => {
            second_factors::use_step(&mut unit, id, step).await?;
            true
        }
        None => {
            let is_used = second_factors::use_recovery_code(&mut unit, id, secret.recovery_hash(code)).await?;
            if is_used {
                unit.audit_event("second_factors", id.as_str(), "recovery_code_used", "").await?;
            }
            is_used
        }
    };
    if is_right {
        unit.commit().await?;
        counted.clear(&app.database).await?;
        return Ok(());
    }
    let detail = format!("attempt {}", attempt.count);
    unit.audit_event("second_factors", id.as_str(), "second_factor_failed", &detail).await?;
    if attempt.is_last {
        alerts::second_factor_closed(&mut unit, person, attempt, now).await?;
    }
    unit.commit().await?;
    Err(ProblemCode::SecondFactorWrong.into())
}
