//! Who is qualified for which procedure, and until when (21 CFR 211.25).

use chrono::NaiveDate;

use crate::{capability::Capability, ids::UserId, person::Acting};

/// Longer codes of procedures are refused.
pub const LONGEST_PROCEDURE_CODE: usize = 60;

/// One person's qualification for one procedure in a plant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qualification {
    pub person_id: UserId,
    /// As a phase of a master batch record names it.
    pub procedure_code: String,
    /// The last day, in the plant's zone, on which it holds.
    pub valid_until: NaiveDate,
    pub is_withdrawn: bool,
}

/// What is done to a qualification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QualificationStep {
    /// The person has been trained and assessed; valid until this day.
    Grant {
        valid_until: NaiveDate,
    },
    /// The person has been assessed again.
    Renew {
        valid_until: NaiveDate,
    },
    Withdraw,
}

/// Why a qualification is not granted, renewed or withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QualificationRefusal {
    #[error("this person may not do that with qualifications")]
    NotAuthorised,
    #[error("nobody qualifies themselves")]
    OwnQualification,
    #[error("the person is qualified for the procedure already")]
    AlreadyGranted,
    #[error("the qualification is withdrawn already")]
    AlreadyWithdrawn,
    #[error("a qualification is valid from today on, for at most {LONGEST_YEARS} years")]
    ValidUntilInvalid,
    #[error("a procedure's code has 1 to {LONGEST_PROCEDURE_CODE} characters and no spaces around or lines in it")]
    ProcedureCodeInvalid,
}

/// Knowledge grows old: nobody is qualified for longer without being assessed again.
const LONGEST_YEARS: i32 = 10;

impl QualificationRefusal {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAuthorised => "not_authorised",
            Self::OwnQualification => "own_qualification",
            Self::AlreadyGranted => "already_qualified",
            Self::AlreadyWithdrawn => "already_withdrawn",
            Self::ValidUntilInvalid => "valid_until_invalid",
            Self::ProcedureCodeInvalid => "procedure_code_invalid",
        }
    }
}

impl Qualification {
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        !self.is_withdrawn && day <= self.valid_until
    }
}

/// The code without the spaces around it, when it can be one.
///
/// # Errors
/// [`QualificationRefusal::ProcedureCodeInvalid`].
pub fn procedure_code(text: &str) -> Result<&str, QualificationRefusal> {
    let code = text.trim();
    let is_fine =
        !code.is_empty() && code.chars().count() <= LONGEST_PROCEDURE_CODE && !code.chars().any(char::is_control);
    if is_fine { Ok(code) } else { Err(QualificationRefusal::ProcedureCodeInvalid) }
}

/// What becomes of a qualification; `known` is the one that there is of this person and procedure, `of` the person.
///
/// # Errors
/// The first [`QualificationRefusal`] that holds, authority before order before content.
pub fn step(
    known: Option<&Qualification>,
    of: (&UserId, &str),
    step: QualificationStep,
    person: Acting<'_>,
    today: NaiveDate,
) -> Result<Qualification, QualificationRefusal> {
    if !person.is_active || !person.role.can(Capability::QualificationManage) {
        return Err(QualificationRefusal::NotAuthorised);
    }
    let (person_id, code) = of;
    if person_id == person.id && step != QualificationStep::Withdraw {
        return Err(QualificationRefusal::OwnQualification);
    }
    let (valid_until, is_withdrawn) = match (step, known) {
        // One that was withdrawn is renewed, not granted a second time: its history stays one.
        (QualificationStep::Grant { .. }, Some(_)) => return Err(QualificationRefusal::AlreadyGranted),
        (QualificationStep::Grant { valid_until } | QualificationStep::Renew { valid_until }, _) => {
            let longest = today.checked_add_months(chrono::Months::new(12 * LONGEST_YEARS.unsigned_abs()));
            if valid_until < today || longest.is_none_or(|longest| valid_until > longest) {
                return Err(QualificationRefusal::ValidUntilInvalid);
            }
            (valid_until, false)
        }
        (QualificationStep::Withdraw, Some(known)) if known.is_withdrawn => {
            return Err(QualificationRefusal::AlreadyWithdrawn);
        }
        (QualificationStep::Withdraw, known) => (known.map_or(today, |known| known.valid_until), true),
    };
    Ok(Qualification { person_id: person_id.clone(), procedure_code: code.to_owned(), valid_until, is_withdrawn })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::role::Role;

    fn today() -> NaiveDate {
        "2026-11-24".parse().unwrap()
    }

    fn by<'a>(id: &'a UserId, role: Role) -> Acting<'a> {
        Acting { id, role, is_active: true }
    }

    #[test]
    fn sod_nobody_qualifies_themselves() {
        let own = UserId::from("qa");
        let grant = QualificationStep::Grant { valid_until: today() };
        let refused = step(None, (&own, "SOP-1"), grant, by(&own, Role::QaManager), today());
        assert_eq!(refused, Err(QualificationRefusal::OwnQualification));
        let other = UserId::from("operator");
        assert!(step(None, (&other, "SOP-1"), grant, by(&own, Role::QaManager), today()).is_ok());
        let refused = step(None, (&own, "SOP-1"), grant, by(&other, Role::ProductionOperator), today());
        assert_eq!(refused, Err(QualificationRefusal::NotAuthorised));
    }

    #[test]
    fn a_qualification_ends_some_day() {
        let (qa, operator) = (UserId::from("qa"), UserId::from("operator"));
        for day in ["2026-11-23", "2036-11-25"] {
            let grant = QualificationStep::Grant { valid_until: day.parse().unwrap() };
            let refused = step(None, (&operator, "SOP-1"), grant, by(&qa, Role::QaHead), today());
            assert_eq!(refused, Err(QualificationRefusal::ValidUntilInvalid), "{day}");
        }
    }

    proptest! {
        /// Whatever is done, one that is withdrawn holds on no day until somebody renews it.
        #[test]
        fn what_is_withdrawn_does_not_hold(steps in proptest::collection::vec((0..3_u8, 0..400_i64), 1..12)) {
            let (qa, operator) = (UserId::from("qa"), UserId::from("operator"));
            let mut known: Option<Qualification> = None;
            for (kind, days) in steps {
                let valid_until = today() + chrono::TimeDelta::days(days);
                let wanted = match kind {
                    0 => QualificationStep::Grant { valid_until },
                    1 => QualificationStep::Renew { valid_until },
                    _ => QualificationStep::Withdraw,
                };
                let done = step(known.as_ref(), (&operator, "SOP-1"), wanted, by(&qa, Role::QaHead), today());
                prop_assert_eq!(done.is_err(), match wanted {
                    QualificationStep::Grant { .. } => known.is_some(),
                    QualificationStep::Renew { .. } => false,
                    QualificationStep::Withdraw => known.as_ref().is_some_and(|known| known.is_withdrawn),
                });
                if let Ok(done) = done {
                    prop_assert_eq!(done.holds_on(today()), wanted != QualificationStep::Withdraw);
                    known = Some(done);
                }
            }
        }
    }
}
