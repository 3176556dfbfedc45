use proptest::prelude::*;

use super::*;
use crate::role::Role;

fn findings() -> Findings {
    Findings { phases: vec![(1, PhaseStatus::Completed)], is_reviewed: true, ..Findings::default() }
}

fn take(step: ReviewStep, findings: &Findings, hands: &Hands, role: Role) -> Result<(), ReviewRefusal> {
    let person = UserId::from("somebody");
    check(step, BatchStatus::QcReview, findings, hands, Acting { id: &person, role, is_active: true })
}

/// [A11-15]: only the qualified roles certify a release.
#[test]
fn a11_15_only_the_qualified_roles_release() {
    for role in Role::ALL.iter().copied() {
        let qualified = matches!(role, Role::QaHead | Role::QaManager);
        for step in [ReviewStep::Release, ReviewStep::Reject] {
            let taken = take(step, &findings(), &Hands::default(), role);
            assert_eq!(taken.is_ok(), qualified, "{role} {step:?}");
        }
    }
}

/// [SoD]: whoever worked on a batch neither reviews nor releases it, and whoever reviewed it does not decide.
#[test]
fn sod_work_review_and_release_are_of_three_people() {
    let me = UserId::from("somebody");
    let worked = Hands { workers: vec![me.clone()], ..Hands::default() };
    let reviewed = Hands { reviewers: vec![me], ..Hands::default() };
    for step in ReviewStep::ALL {
        let role = if step == ReviewStep::Answer { Role::ProductionManager } else { Role::QaHead };
        let is_judging = !matches!(step, ReviewStep::Answer | ReviewStep::Ask);
        let refusal = is_judging.then_some(ReviewRefusal::OwnWork);
        assert_eq!(take(step, &findings(), &worked, role).err(), refusal, "{step:?}");
        let decides = matches!(step, ReviewStep::Release | ReviewStep::Reject);
        let refusal = decides.then_some(ReviewRefusal::OwnReview);
        assert_eq!(take(step, &findings(), &reviewed, role).err(), refusal, "{step:?}");
    }
}

/// [S88-4]: what stands against a release is listed, all of it at once.
#[test]
fn s88_4_the_refusal_lists_everything_that_is_missing() {
    let findings = Findings {
        phases: vec![
            (1, PhaseStatus::Completed),
            (2, PhaseStatus::NotApplicable),
            (3, PhaseStatus::RequiresApproval),
            (4, PhaseStatus::Pending),
        ],
        unreviewed: vec![ExceptionKind::Corrected, ExceptionKind::Conflict, ExceptionKind::Corrected],
        queries: vec![(1, QueryStatus::Closed), (2, QueryStatus::Answered)],
        deviations: vec![
            ("DEV-1".to_owned(), Severity::High, DeviationStatus::Investigation),
            ("DEV-2".to_owned(), Severity::Low, DeviationStatus::Open),
            ("DEV-3".to_owned(), Severity::Critical, DeviationStatus::Closed),
        ],
        tests: vec![
            ("Assay".to_owned(), TestConclusion::Passed),
            ("Water".to_owned(), TestConclusion::Failed),
            ("Hardness".to_owned(), TestConclusion::Pending),
        ],
        missing_attachments: vec![(4, "scale.png".to_owned())],
        is_reviewed: false,
    };
    let expected = vec![
        Blocker::PhaseOpen { number: 3 },
        Blocker::PhaseOpen { number: 4 },
        Blocker::DeviationOpen { code: "DEV-1".to_owned(), severity: Severity::High },
        Blocker::ExceptionNotReviewed { kind: ExceptionKind::Conflict, count: 1 },
        Blocker::ExceptionNotReviewed { kind: ExceptionKind::Corrected, count: 2 },
        Blocker::QueryOpen { number: 2 },
        Blocker::TestFailed { test: "Water".to_owned() },
        Blocker::TestPending { test: "Hardness".to_owned() },
        Blocker::AttachmentMissing { number: 4, file: "scale.png".to_owned() },
        Blocker::ReviewMissing,
    ];
    let refused = take(ReviewStep::Release, &findings, &Hands::default(), Role::QaHead);
    assert_eq!(refused, Err(ReviewRefusal::BlockersRemain(expected.clone())));
    let for_review = expected.into_iter().filter(Blocker::blocks_review).collect();
    let refused = take(ReviewStep::Sign, &findings, &Hands::default(), Role::QaOperator);
    assert_eq!(refused, Err(ReviewRefusal::BlockersRemain(for_review)));
    assert_eq!(take(ReviewStep::Reject, &findings, &Hands::default(), Role::QaHead), Ok(()));
}

#[test]
fn nothing_is_judged_of_a_batch_that_is_not_finished() {
    let person = UserId::from("somebody");
    for status in BatchStatus::ALL.iter().copied().filter(|status| *status != BatchStatus::QcReview) {
        for step in ReviewStep::ALL {
            let role = if step == ReviewStep::Answer { Role::ProductionHead } else { Role::QaHead };
            let acting = Acting { id: &person, role, is_active: true };
            let refused = check(step, status, &findings(), &Hands::default(), acting);
            assert_eq!(refused, Err(ReviewRefusal::NotUnderReview(status)), "{step:?}");
        }
    }
}

#[test]
fn a_grave_deviation_is_closed_before_it_is_accepted() {
    for severity in Severity::ALL.iter().copied() {
        for status in DeviationStatus::ALL.iter().copied() {
            let refused = check_acceptable(Some((severity, status))).is_err();
            assert_eq!(refused, is_grave(severity) && status.is_open(), "{severity} {status}");
        }
    }
    assert_eq!(check_acceptable(None), Ok(()));
}

#[test]
fn a_query_is_answered_once_by_somebody_else_and_then_closed() {
    let (qa, operator) = (UserId::from("qa"), UserId::from("operator"));
    let step = |status, step, person| query_step(status, &qa, step, person);
    assert_eq!(step(QueryStatus::Open, ReviewStep::Answer, &operator), Ok(QueryStatus::Answered));
    assert_eq!(step(QueryStatus::Open, ReviewStep::Answer, &qa), Err(ReviewRefusal::OwnQuery));
    assert_eq!(step(QueryStatus::Answered, ReviewStep::CloseQuery, &qa), Ok(QueryStatus::Closed));
    for (status, wanted) in [
        (QueryStatus::Open, ReviewStep::CloseQuery),
        (QueryStatus::Answered, ReviewStep::Answer),
        (QueryStatus::Closed, ReviewStep::Answer),
        (QueryStatus::Closed, ReviewStep::CloseQuery),
    ] {
        assert_eq!(step(status, wanted, &operator), Err(ReviewRefusal::QueryIs(status)));
    }
}

#[test]
fn a_test_counts_only_once_it_is_decided() {
    for status in TestStatus::ALL.iter().copied() {
        let expected = match status {
            TestStatus::Approved | TestStatus::AcceptedWarehouse => TestConclusion::Passed,
            TestStatus::Rejected | TestStatus::RejectedReturnToSupplier => TestConclusion::Failed,
            _ => TestConclusion::Pending,
        };
        assert_eq!(conclusion(Some(status.as_str())), expected, "{status}");
    }
    assert_eq!(conclusion(None), TestConclusion::Pending);
    assert_eq!(conclusion(Some("whatever")), TestConclusion::Pending);
}

fn any_findings() -> impl Strategy<Value = Findings> {
    let words = |count: usize| prop::collection::vec(any::<prop::sample::Index>(), 0..count);
    (words(6), words(4), words(3), words(3), words(3), any::<bool>()).prop_map(
        |(phases, exceptions, queries, deviations, tests, is_reviewed)| Findings {
            phases: (1..).zip(phases.iter().map(|at| *at.get(PhaseStatus::ALL))).collect(),
            unreviewed: exceptions.iter().map(|at| *at.get(ExceptionKind::ALL)).collect(),
            queries: (1..).zip(queries.iter().map(|at| *at.get(QueryStatus::ALL))).collect(),
            deviations: deviations
                .iter()
                .map(|at| ("DEV".to_owned(), *at.get(Severity::ALL), *at.get(DeviationStatus::ALL)))
                .collect(),
            tests: tests.iter().map(|at| ("Assay".to_owned(), *at.get(TestConclusion::ALL))).collect(),
            missing_attachments: Vec::new(),
            is_reviewed,
        },
    )
}

proptest! {
    /// [S88-4]: nothing is released with something missing, whatever is missing and whoever asks.
    #[test]
    fn s88_4_nothing_is_released_with_something_missing(
        findings in any_findings(),
        role in prop::sample::select(Role::ALL.to_vec()),
    ) {
        let released = take(ReviewStep::Release, &findings, &Hands::default(), role).is_ok();
        let is_whole = findings.is_reviewed
            && findings.unreviewed.is_empty()
            && findings.phases.iter().all(|(_, status)| {
                *status == PhaseStatus::Completed || *status == PhaseStatus::NotApplicable
            })
            && findings.queries.iter().all(|(_, status)| *status == QueryStatus::Closed)
            && findings.tests.iter().all(|(_, conclusion)| *conclusion == TestConclusion::Passed)
            && !findings.deviations.iter().any(|(_, severity, status)| *severity >= Severity::High && status.is_open());
        prop_assert_eq!(released, is_whole && role.can(Capability::BatchRelease));
        if released {
            prop_assert!(take(ReviewStep::Sign, &findings, &Hands::default(), Role::QaHead).is_ok());
        }
    }
}
