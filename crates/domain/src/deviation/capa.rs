//! Corrective and preventive actions, from the deviation that they were opened from to the proof that they work (ICH Q10
//! 3.2.2).

use crate::{capability::Capability, ids::UserId, person::Acting, role::words, signature::SignatureMeaning};

words! {
    /// Where a corrective or preventive action stands, in the words of the legacy system.
    CapaStatus {
        Open = "Open",
        Investigation = "Investigation",
        ActionPlan = "Action Plan",
        EffectivenessCheck = "Effectiveness Check",
        Closed = "Closed",
    }
}

words! {
    /// What the check of an action has shown.
    Effectiveness {
        Effective = "effective",
        /// The action is planned anew.
        NotEffective = "not_effective",
    }
}

/// What is done to an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapaStep {
    /// Somebody looks into what would help.
    BeginInvestigation,
    /// What is to be done, by whom and until when.
    Plan,
    /// The owner says that it is done.
    ReportDone,
    /// Somebody else judges whether it has helped.
    Judge(Effectiveness),
    /// Signed, once it has been found effective.
    Close,
}

/// What the rules need to know of an action.
#[derive(Clone, Copy, Debug)]
pub struct Capa<'a> {
    pub status: CapaStatus,
    /// Whoever has to see that it is done.
    pub owner: &'a UserId,
    /// Whoever said that it is done.
    pub done_by: Option<&'a UserId>,
    /// The verdict that stands.
    pub effectiveness: Option<Effectiveness>,
}

/// Why a step is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CapaRefusal {
    #[error("this person may not do that with corrective and preventive actions")]
    NotAuthorised,
    #[error("the action is {0}")]
    NotInThisStatus(CapaStatus),
    #[error("who owns or did the action does not judge or close it")]
    OwnAction,
    #[error("the action has been judged already")]
    AlreadyJudged,
    #[error("nobody has judged yet that the action is effective")]
    NotJudged,
}

impl CapaRefusal {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAuthorised => "not_authorised",
            Self::NotInThisStatus(_) => "step_not_allowed",
            Self::OwnAction => "own_action",
            Self::AlreadyJudged => "already_judged",
            Self::NotJudged => "effectiveness_missing",
        }
    }
}

impl CapaStep {
    /// What the person signs with the step.
    #[must_use]
    pub fn meaning(self) -> Option<SignatureMeaning> {
        (self == Self::Close).then_some(SignatureMeaning::Approved)
    }

    fn begins_in(self) -> CapaStatus {
        match self {
            Self::BeginInvestigation => CapaStatus::Open,
            Self::Plan => CapaStatus::Investigation,
            Self::ReportDone => CapaStatus::ActionPlan,
            Self::Judge(_) | Self::Close => CapaStatus::EffectivenessCheck,
        }
    }

    fn leads_to(self) -> CapaStatus {
        match self {
            Self::BeginInvestigation => CapaStatus::Investigation,
            Self::Plan | Self::Judge(Effectiveness::NotEffective) => CapaStatus::ActionPlan,
            Self::ReportDone | Self::Judge(Effectiveness::Effective) => CapaStatus::EffectivenessCheck,
            Self::Close => CapaStatus::Closed,
        }
    }

    fn is_allowed(self, capa: &Capa<'_>, person: Acting<'_>) -> bool {
        let is_owner = capa.owner == person.id;
        person.is_active
            && match self {
                Self::BeginInvestigation | Self::Plan => person.role.can(Capability::CapaManage),
                // The owner may be anybody who can read it: the work lies in production or in the laboratory.
                Self::ReportDone => person.role.can(Capability::CapaManage) || is_owner,
                Self::Judge(_) | Self::Close => person.role.can(Capability::CapaClose),
            }
    }
}

/// The status that the step leads to. A plan may be changed as long as the action is not done.
///
/// # Errors
/// The first [`CapaRefusal`] that holds, authority before order before content.
pub fn step(capa: &Capa<'_>, step: CapaStep, person: Acting<'_>) -> Result<CapaStatus, CapaRefusal> {
    if !step.is_allowed(capa, person) {
        return Err(CapaRefusal::NotAuthorised);
    }
    let is_planned_anew = step == CapaStep::Plan && capa.status == CapaStatus::ActionPlan;
    if capa.status != step.begins_in() && !is_planned_anew {
        return Err(CapaRefusal::NotInThisStatus(capa.status));
    }
    if matches!(step, CapaStep::Judge(_) | CapaStep::Close) {
        if capa.owner == person.id || capa.done_by == Some(person.id) {
            return Err(CapaRefusal::OwnAction);
        }
        let is_effective = capa.effectiveness == Some(Effectiveness::Effective);
        match step {
            CapaStep::Close if !is_effective => return Err(CapaRefusal::NotJudged),
            CapaStep::Judge(_) if is_effective => return Err(CapaRefusal::AlreadyJudged),
            _ => {}
        }
    }
    Ok(step.leads_to())
}
