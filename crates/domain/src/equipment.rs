//! Pieces of equipment: where each stands, whether it is clean, and what may be done with it next (21 CFR 211.67,
//! 211.68, 211.182).

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    capability::Capability,
    ids::{BatchId, UserId},
    person::Acting,
    role::words,
};

words! {
    /// What a piece of equipment is doing; the words of the legacy system.
    EquipmentState {
        Idle = "Idle",
        Running = "Running",
        Cleaning = "Cleaning",
        Sanitization = "Sanitization",
        Breakdown = "Breakdown",
        UnderQaHold = "Under QA Hold",
    }
}

words! {
    /// Whether it is clean, as its log says.
    Cleanliness {
        Clean = "Clean",
        Dirty = "Dirty",
        /// It was cleaned and a second person has not looked at it yet.
        PendingVerification = "Pending Verification",
    }
}

words! {
    /// What the log of a piece of equipment tells (21 CFR 211.182).
    EquipmentAct {
        UseBegun = "use_begun",
        UseEnded = "use_ended",
        CleaningBegun = "cleaning_begun",
        CleaningEnded = "cleaning_ended",
        SanitizationBegun = "sanitization_begun",
        SanitizationEnded = "sanitization_ended",
        /// A second person has looked at it.
        CleaningVerified = "cleaning_verified",
        BrokenDown = "broken_down",
        Repaired = "repaired",
        PutOnHold = "put_on_hold",
        ReleasedFromHold = "released_from_hold",
        Calibrated = "calibrated",
    }
}

/// Longer codes are refused: labels and scanners carry less.
pub const LONGEST_CODE: usize = 60;

/// One piece of equipment in a plant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equipment {
    /// Unique in its plant, as it stands on the label.
    pub code: String,
    /// What it is, in the words by which master batch records ask for it, for example `Fluid-bed dryer`.
    pub kind: String,
    pub standing: EquipmentStanding,
}

/// Where a piece of equipment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EquipmentStanding {
    pub state: EquipmentState,
    pub cleanliness: Cleanliness,
    /// From then on it is cleaned again before it is used; none where its cleaning does not run out.
    pub clean_until: Option<DateTime<Utc>>,
    /// Who has cleaned it last; somebody else verifies that.
    pub cleaned_by: Option<UserId>,
    /// The batch that it is used for, while it runs.
    pub in_use_for: Option<BatchId>,
    /// The last day, in the plant's zone, on which its calibration counts; none where it measures nothing.
    pub calibration_due: Option<NaiveDate>,
}

/// Something that is done with a piece of equipment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EquipmentStep {
    pub act: EquipmentAct,
    pub at: DateTime<Utc>,
    /// For [`EquipmentAct::UseBegun`].
    pub batch: Option<BatchId>,
    /// For [`EquipmentAct::CleaningVerified`]: until when it counts as clean.
    pub clean_until: Option<DateTime<Utc>>,
    /// For [`EquipmentAct::Calibrated`]: when it is to be calibrated next.
    pub calibration_due: Option<NaiveDate>,
}

/// Why something is not done with a piece of equipment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EquipmentRefusal {
    #[error("this person may not do that with equipment")]
    NotAuthorised,
    #[error("that is not done with equipment that is {0}")]
    NotInThisState(EquipmentState),
    #[error("there is no cleaning to be verified")]
    NothingToVerify,
    #[error("who has cleaned equipment does not verify it")]
    SamePerson,
    #[error("it is not clean")]
    NotClean,
    #[error("its calibration was due on {0}")]
    CalibrationOverdue(NaiveDate),
    #[error("the batch that it is used for is missing")]
    BatchRequired,
    #[error("until when it counts as clean must lie ahead")]
    CleanUntilInvalid,
    #[error("the next calibration must lie ahead")]
    CalibrationDueInvalid,
    #[error("a code has 1 to {LONGEST_CODE} characters and none that a label does not carry")]
    CodeInvalid,
}

impl EquipmentRefusal {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAuthorised => "not_authorised",
            Self::NotInThisState(_) => "equipment_state_differs",
            Self::NothingToVerify => "cleaning_not_done",
            Self::SamePerson => "cleaned_by_same_person",
            Self::NotClean => "equipment_not_clean",
            Self::CalibrationOverdue(_) => "equipment_calibration_overdue",
            Self::BatchRequired => "batch_required",
            Self::CleanUntilInvalid => "clean_until_invalid",
            Self::CalibrationDueInvalid => "calibration_due_invalid",
            Self::CodeInvalid => "code_invalid",
        }
    }
}

impl EquipmentAct {
    /// Who may do it; the log itself asks for no more than one of these.
    #[must_use]
    pub fn capability(self) -> Capability {
        match self {
            Self::UseBegun
            | Self::UseEnded
            | Self::CleaningBegun
            | Self::CleaningEnded
            | Self::SanitizationBegun
            | Self::SanitizationEnded
            | Self::CleaningVerified
            | Self::BrokenDown => Capability::EquipmentLog,
            Self::Repaired => Capability::EquipmentManage,
            Self::PutOnHold | Self::ReleasedFromHold | Self::Calibrated => Capability::EquipmentRelease,
        }
    }
}

impl EquipmentStanding {
    /// New equipment: idle, and dirty until it has been cleaned and looked at.
    #[must_use]
    pub fn of_new(calibration_due: Option<NaiveDate>) -> Self {
        Self {
            state: EquipmentState::Idle,
            cleanliness: Cleanliness::Dirty,
            clean_until: None,
            cleaned_by: None,
            in_use_for: None,
            calibration_due,
        }
    }

    /// Whether its cleaning counts at this moment.
    #[must_use]
    pub fn is_clean_at(&self, at: DateTime<Utc>) -> bool {
        self.cleanliness == Cleanliness::Clean && self.clean_until.is_none_or(|until| at < until)
    }

    /// What becomes of it when it is used, whether it was fit for that or not: what happened is not undone.
    #[must_use]
    pub fn used_for(&self, batch: &BatchId) -> Self {
        let runs = matches!(self.state, EquipmentState::Idle | EquipmentState::Running);
        Self {
            state: if runs { EquipmentState::Running } else { self.state },
            in_use_for: Some(batch.clone()),
            cleanliness: Cleanliness::Dirty,
            clean_until: None,
            cleaned_by: None,
            calibration_due: self.calibration_due,
        }
    }

    fn soiled(self, state: EquipmentState) -> Self {
        Self { state, cleanliness: Cleanliness::Dirty, clean_until: None, cleaned_by: None, in_use_for: None, ..self }
    }
}

/// The code without the spaces around it, when a label can carry it.
///
/// # Errors
/// [`EquipmentRefusal::CodeInvalid`].
pub fn code(text: &str) -> Result<&str, EquipmentRefusal> {
    let code = text.trim();
    let is_fine = !code.is_empty() && code.chars().count() <= LONGEST_CODE && !code.chars().any(char::is_control);
    if is_fine { Ok(code) } else { Err(EquipmentRefusal::CodeInvalid) }
}

/// Where the equipment stands after the step; `today` is the plant's day at the step.
///
/// # Errors
/// The first [`EquipmentRefusal`] that holds, authority before order before content.
pub fn step(
    standing: &EquipmentStanding,
    step: &EquipmentStep,
    person: Acting<'_>,
    today: NaiveDate,
) -> Result<EquipmentStanding, EquipmentRefusal> {
    use EquipmentAct::*;
    if !person.is_active || !person.role.can(step.act.capability()) {
        return Err(EquipmentRefusal::NotAuthorised);
    }
    if !begins_in(step.act).contains(&standing.state) {
        return Err(EquipmentRefusal::NotInThisState(standing.state));
    }
    let now = standing.clone();
    let cleaned = EquipmentStanding {
        state: EquipmentState::Idle,
        cleanliness: Cleanliness::PendingVerification,
        cleaned_by: Some(person.id.clone()),
        ..now.clone()
    };
    Ok(match step.act {
        UseBegun => {
            let batch = step.batch.as_ref().ok_or(EquipmentRefusal::BatchRequired)?;
            if let Some(due) = standing.calibration_due.filter(|due| *due < today) {
                return Err(EquipmentRefusal::CalibrationOverdue(due));
            }
            if !standing.is_clean_at(step.at) {
                return Err(EquipmentRefusal::NotClean);
            }
            now.used_for(batch)
        }
        UseEnded | Repaired | ReleasedFromHold => now.soiled(EquipmentState::Idle),
        CleaningBegun => now.soiled(EquipmentState::Cleaning),
        SanitizationBegun => now.soiled(EquipmentState::Sanitization),
        CleaningEnded | SanitizationEnded => cleaned,
        CleaningVerified => {
            if standing.cleanliness != Cleanliness::PendingVerification {
                return Err(EquipmentRefusal::NothingToVerify);
            }
            // 21 CFR 211.182: who performed the cleaning and who double-checked it are two people.
            if standing.cleaned_by.as_ref() == Some(person.id) {
                return Err(EquipmentRefusal::SamePerson);
            }
            if step.clean_until.is_some_and(|until| until <= step.at) {
                return Err(EquipmentRefusal::CleanUntilInvalid);
            }
            EquipmentStanding { cleanliness: Cleanliness::Clean, clean_until: step.clean_until, ..now }
        }
        BrokenDown => now.soiled(EquipmentState::Breakdown),
        PutOnHold => EquipmentStanding { state: EquipmentState::UnderQaHold, ..now },
        Calibrated => {
            let due = step.calibration_due.filter(|due| *due > today);
            EquipmentStanding { calibration_due: Some(due.ok_or(EquipmentRefusal::CalibrationDueInvalid)?), ..now }
        }
    })
}

fn begins_in(act: EquipmentAct) -> &'static [EquipmentState] {
    use EquipmentAct::*;
    use EquipmentState::*;
    match act {
        UseBegun | CleaningBegun | SanitizationBegun | CleaningVerified => &[Idle],
        UseEnded => &[Running],
        CleaningEnded => &[Cleaning],
        SanitizationEnded => &[Sanitization],
        BrokenDown => &[Idle, Running, Cleaning, Sanitization],
        Repaired => &[Breakdown],
        PutOnHold => &[Idle, Running, Cleaning, Sanitization, Breakdown],
        ReleasedFromHold => &[UnderQaHold],
        // It is not calibrated in the middle of a batch.
        Calibrated => &[Idle, Breakdown, UnderQaHold],
    }
}

/// The acts that this person could do with it now, in the order of the log's words; what the step needs beside is not
/// asked for yet.
#[must_use]
pub fn possible(standing: &EquipmentStanding, person: Acting<'_>) -> Vec<EquipmentAct> {
    let is_possible = |act: &EquipmentAct| {
        let may = person.is_active && person.role.can(act.capability()) && begins_in(*act).contains(&standing.state);
        let verifies = *act != EquipmentAct::CleaningVerified
            || (standing.cleanliness == Cleanliness::PendingVerification
                && standing.cleaned_by.as_ref() != Some(person.id));
        may && verifies
    };
    EquipmentAct::ALL.iter().copied().filter(is_possible).collect()
}

#[cfg(test)]
mod tests;
