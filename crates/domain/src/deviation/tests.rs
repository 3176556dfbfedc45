use proptest::prelude::*;

use super::{
    capa::{self, Capa, CapaRefusal, CapaStatus, CapaStep, Effectiveness},
    *,
};
use crate::{ids::UserId, person::Acting, role::Role};

fn people() -> [(UserId, Role); 6] {
    [
        (UserId::from("operator"), Role::ProductionOperator),
        (UserId::from("qa-operator"), Role::QaOperator),
        (UserId::from("qa-manager"), Role::QaManager),
        (UserId::from("other-manager"), Role::QaManager),
        (UserId::from("qa-head"), Role::QaHead),
        (UserId::from("other-head"), Role::QaHead),
    ]
}

fn acting((id, role): &(UserId, Role)) -> Acting<'_> {
    Acting { id, role: *role, is_active: true }
}

/// A deviation as a store would keep it.
#[derive(Clone)]
struct Kept {
    status: DeviationStatus,
    cause: DeviationCause,
    severity: Severity,
    opened_by: UserId,
    investigators: Vec<UserId>,
    reviewed_by: Option<UserId>,
    root_cause: Option<String>,
    disposition: Option<Disposition>,
    disposition_reason: Option<String>,
    no_capa_reason: Option<String>,
    capas: Vec<CapaStatus>,
}

impl Kept {
    fn new() -> Self {
        Self {
            status: DeviationStatus::Open,
            cause: DeviationCause::OutOfLimits,
            severity: Severity::High,
            opened_by: UserId::from("operator"),
            investigators: Vec::new(),
            reviewed_by: None,
            root_cause: None,
            disposition: None,
            disposition_reason: None,
            no_capa_reason: None,
            capas: Vec::new(),
        }
    }

    fn investigated() -> Self {
        Self {
            root_cause: Some("The impeller was worn.".to_owned()),
            disposition: Some(Disposition::AcceptAsIs),
            disposition_reason: Some("The granules are within their limits.".to_owned()),
            no_capa_reason: Some("The impeller is replaced at the next service.".to_owned()),
            investigators: vec![UserId::from("qa-operator")],
            ..Self::new()
        }
    }

    fn told(&self) -> Deviation<'_> {
        Deviation {
            status: self.status,
            cause: self.cause,
            severity: self.severity,
            opened_by: Some(&self.opened_by),
            investigators: &self.investigators,
            reviewed_by: self.reviewed_by.as_ref(),
            root_cause: self.root_cause.as_deref(),
            disposition: self.disposition,
            disposition_reason: self.disposition_reason.as_deref(),
            no_capa_reason: self.no_capa_reason.as_deref(),
            capas: &self.capas,
        }
    }

    fn take(&mut self, wanted: DeviationStep, person: Acting<'_>) -> Result<DeviationStatus, DeviationRefusal> {
        let next = step(&self.told(), wanted, person)?;
        match wanted {
            DeviationStep::BeginInvestigation | DeviationStep::Edit => self.investigators.push(person.id.clone()),
            DeviationStep::Review => self.reviewed_by = Some(person.id.clone()),
            DeviationStep::SendBack => self.reviewed_by = None,
            _ => {}
        }
        self.status = next;
        Ok(next)
    }
}

/// SoD: three people, in this order and no other.
#[test]
fn sod_a_deviation_needs_an_investigator_a_reviewer_and_an_approver() {
    let [operator, qa_operator, manager, _, head, _] = people();
    let mut kept = Kept::new();
    let refused = kept.take(DeviationStep::BeginInvestigation, acting(&operator));
    assert_eq!(refused, Err(DeviationRefusal::NotAuthorised));
    kept.take(DeviationStep::BeginInvestigation, acting(&qa_operator)).unwrap();
    assert_eq!(
        kept.take(DeviationStep::Submit, acting(&qa_operator)),
        Err(DeviationRefusal::Incomplete(Missing::RootCause))
    );
    kept = Kept { status: kept.status, ..Kept::investigated() };
    assert_eq!(
        kept.take(DeviationStep::Approve, acting(&head)).map_err(DeviationRefusal::code),
        Err("step_not_allowed")
    );
    kept.take(DeviationStep::Submit, acting(&qa_operator)).unwrap();
    assert_eq!(kept.take(DeviationStep::Review, acting(&manager)), Ok(DeviationStatus::PendingFinalApproval));
    assert_eq!(kept.take(DeviationStep::Approve, acting(&manager)), Err(DeviationRefusal::NotAuthorised));
    assert_eq!(kept.take(DeviationStep::SendBack, acting(&head)), Ok(DeviationStatus::PendingManagerReview));
    assert_eq!(kept.take(DeviationStep::Review, acting(&head)), Ok(DeviationStatus::PendingFinalApproval));
    assert_eq!(kept.take(DeviationStep::Approve, acting(&head)), Err(DeviationRefusal::OwnReview));
}

#[test]
fn sod_an_investigator_does_not_review_and_whoever_recorded_the_value_does_not_close_it() {
    let [_, _, manager, other, head, _] = people();
    let mut kept = Kept { status: DeviationStatus::PendingManagerReview, ..Kept::investigated() };
    kept.investigators = vec![manager.0.clone()];
    assert_eq!(kept.take(DeviationStep::Review, acting(&manager)), Err(DeviationRefusal::OwnInvestigation));
    kept.take(DeviationStep::Review, acting(&other)).unwrap();
    kept.opened_by = head.0.clone();
    for decision in [DeviationStep::Approve, DeviationStep::Reject] {
        assert_eq!(kept.take(decision, acting(&head)), Err(DeviationRefusal::OwnValue));
    }
}

#[test]
fn each_thing_that_is_missing_is_told() {
    let codes = |kept: &Kept| missing(&kept.told()).into_iter().map(Missing::code).collect::<Vec<_>>();
    assert_eq!(
        codes(&Kept::new()),
        ["root_cause_missing", "disposition_missing", "disposition_reason_missing", "capa_missing"]
    );
    assert!(codes(&Kept::investigated()).is_empty());
    let low = Kept { severity: Severity::Low, no_capa_reason: None, ..Kept::investigated() };
    assert!(codes(&low).is_empty());
    let unplanned = Kept { capas: vec![CapaStatus::Closed, CapaStatus::Investigation], ..low.clone() };
    assert_eq!(codes(&unplanned), ["capa_plan_missing"]);
    let planned = Kept { capas: vec![CapaStatus::ActionPlan], severity: Severity::Critical, ..low };
    assert!(codes(&planned).is_empty());
    let timer = Kept {
        cause: DeviationCause::TimerOutOfBounds,
        disposition: Some(Disposition::Repeat),
        ..Kept::investigated()
    };
    assert_eq!(codes(&timer), ["repeat_impossible"]);
}

#[test]
fn an_action_that_did_not_help_is_planned_anew() {
    let [_, qa_operator, manager, _, head, _] = people();
    let mut capa = Capa { status: CapaStatus::Open, owner: &qa_operator.0, done_by: None, effectiveness: None };
    for (wanted, status) in [
        (CapaStep::BeginInvestigation, CapaStatus::Investigation),
        (CapaStep::Plan, CapaStatus::ActionPlan),
        (CapaStep::Plan, CapaStatus::ActionPlan),
        (CapaStep::ReportDone, CapaStatus::EffectivenessCheck),
    ] {
        capa.status = capa::step(&capa, wanted, acting(&qa_operator)).unwrap();
        assert_eq!(capa.status, status);
    }
    capa.done_by = Some(&qa_operator.0);
    assert_eq!(capa::step(&capa, CapaStep::Close, acting(&head)), Err(CapaRefusal::NotJudged));
    let verdict = CapaStep::Judge(Effectiveness::NotEffective);
    assert_eq!(capa::step(&capa, verdict, acting(&manager)), Ok(CapaStatus::ActionPlan));
    capa.done_by = Some(&head.0);
    assert_eq!(capa::step(&capa, verdict, acting(&head)), Err(CapaRefusal::OwnAction));
    capa.effectiveness = Some(Effectiveness::Effective);
    assert_eq!(capa::step(&capa, verdict, acting(&manager)), Err(CapaRefusal::AlreadyJudged));
    assert_eq!(capa::step(&capa, CapaStep::Close, acting(&manager)), Ok(CapaStatus::Closed));
}

proptest! {
    /// SoD: whatever is tried by whomever, no step is skipped, nobody signs twice, nothing closes with something missing.
    #[test]
    fn sod_no_sequence_of_calls_closes_a_deviation_without_its_three_people(
        tries in proptest::collection::vec((0usize..9, 0usize..6, any::<bool>(), 0usize..3), 0..120),
    ) {
        let people = people();
        let mut kept = Kept::new();
        let mut way = vec![kept.status];
        let mut signers: Vec<(DeviationStep, UserId)> = Vec::new();
        for (what, who, writes, capa) in tries {
            let wanted = DeviationStep::ALL[what];
            let person = acting(&people[who]);
            let before = kept.clone();
            let Ok(status) = kept.take(wanted, person) else {
                prop_assert_eq!(before.status, kept.status);
                continue;
            };
            if wanted == DeviationStep::Edit && writes {
                let whole = Kept::investigated();
                kept = Kept { root_cause: whole.root_cause, disposition: whole.disposition,
                    disposition_reason: whole.disposition_reason, no_capa_reason: whole.no_capa_reason, ..kept };
            }
            if wanted == DeviationStep::OpenCapa {
                kept.capas.push([CapaStatus::Open, CapaStatus::ActionPlan, CapaStatus::Closed][capa]);
            }
            if wanted == DeviationStep::SendBack {
                signers.clear();
            }
            if wanted.meaning().is_some() {
                signers.push((wanted, person.id.clone()));
            }
            if status != *way.last().unwrap_or(&DeviationStatus::Open) {
                way.push(status);
            }
        }
        use DeviationStatus::{Closed, Investigation, Open, PendingFinalApproval, PendingManagerReview, Rejected};
        for pair in way.windows(2) {
            prop_assert!(matches!(
                (pair[0], pair[1]),
                (Open, Investigation)
                    | (Investigation, PendingManagerReview | Rejected)
                    | (PendingManagerReview, PendingFinalApproval | Investigation | Rejected)
                    | (PendingFinalApproval, Closed | Rejected | PendingManagerReview)
            ), "{:?}", way);
        }
        prop_assert!(way[..way.len() - 1].iter().all(|status| status.is_open()), "what is decided stays decided");
        if kept.status == Closed {
            prop_assert!(missing(&kept.told()).is_empty());
            let [(_, reviewer), (_, approver)] = &signers[signers.len() - 2..] else { unreachable!() };
            prop_assert_ne!(reviewer, approver);
            prop_assert_ne!(approver, &kept.opened_by);
            prop_assert!(!kept.investigators.contains(reviewer) && !kept.investigators.contains(approver));
        }
    }

    /// Whatever is tried by whomever, an action closes only after it was planned, done and found effective by another.
    #[test]
    fn sod_no_sequence_of_calls_closes_an_action_that_did_not_work(
        tries in proptest::collection::vec((0usize..6, 0usize..6), 0..80),
    ) {
        let people = people();
        let owner = &people[2].0;
        let (mut status, mut done_by, mut effectiveness) = (CapaStatus::Open, None::<UserId>, None);
        let mut was_planned = false;
        for (what, who) in tries {
            let wanted = [
                CapaStep::BeginInvestigation,
                CapaStep::Plan,
                CapaStep::ReportDone,
                CapaStep::Judge(Effectiveness::Effective),
                CapaStep::Judge(Effectiveness::NotEffective),
                CapaStep::Close,
            ][what];
            let person = acting(&people[who]);
            let told = Capa { status, owner, done_by: done_by.as_ref(), effectiveness };
            let Ok(next) = capa::step(&told, wanted, person) else { continue };
            match wanted {
                CapaStep::Plan => was_planned = true,
                CapaStep::ReportDone => (done_by, effectiveness) = (Some(person.id.clone()), None),
                CapaStep::Judge(verdict) => effectiveness = Some(verdict),
                CapaStep::Close => {
                    prop_assert!(was_planned && done_by.is_some());
                    prop_assert_eq!(effectiveness, Some(Effectiveness::Effective));
                    prop_assert!(person.id != owner && Some(person.id) != done_by.as_ref());
                }
                CapaStep::BeginInvestigation => {}
            }
            status = next;
        }
    }
}
