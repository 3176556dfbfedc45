use proptest::{collection::vec, prelude::*, sample::select};

use super::*;

const ANALYST: &str = "qc-op-1";
const REVIEWER: &str = "qc-man-1";
const OFFICER: &str = "qa-op-1";
const DECIDER: &str = "qa-man-1";

fn test_in(status: TestStatus) -> Standing<'static> {
    Standing {
        status: Some(status.as_str()),
        assigned_to: Some(ANALYST),
        submitted_by: Some(ANALYST),
        reviewed_by: Some(REVIEWER),
        qa_officer: Some(OFFICER),
        warehouse_action: None,
    }
}

/// Each step with the person who takes it.
fn steps() -> Vec<(Step, &'static str)> {
    let mut steps =
        vec![(Step::Assign, REVIEWER), (Step::Start, ANALYST), (Step::Submit, ANALYST), (Step::AssignOfficer, DECIDER)];
    steps.extend(ReviewAction::ALL.iter().map(|action| (Step::Review(*action), REVIEWER)));
    for verdict in Verdict::ALL {
        steps.extend([(Step::Recommend(*verdict), OFFICER), (Step::Decide(*verdict), DECIDER)]);
    }
    steps.extend(WarehouseAction::ALL.iter().map(|action| (Step::Store(*action), "scm-wh-1")));
    steps
}

#[test]
fn a_test_walks_from_the_bench_to_the_shelf() {
    let mut status = TestStatus::NotStarted;
    for (next, person) in [
        (Step::Assign, REVIEWER),
        (Step::Submit, ANALYST),
        (Step::Review(ReviewAction::Return), REVIEWER),
        (Step::Start, ANALYST),
        (Step::Submit, ANALYST),
        (Step::Review(ReviewAction::SendToQa), REVIEWER),
        (Step::AssignOfficer, DECIDER),
        (Step::Recommend(Verdict::Reject), OFFICER),
        (Step::Decide(Verdict::Approve), DECIDER),
        (Step::Store(WarehouseAction::Accepted), "scm-wh-1"),
    ] {
        status = step(&test_in(status), next, person).unwrap();
    }
    assert_eq!(status, TestStatus::AcceptedWarehouse);
}

#[test]
fn a_step_that_does_not_follow_says_where_the_test_stands() {
    let said = |status, next, person| step(&test_in(status), next, person).unwrap_err().to_string();
    assert_eq!(said(TestStatus::InProgress, Step::Start, ANALYST), "Cannot start test with status: In Progress");
    assert_eq!(said(TestStatus::Approved, Step::Assign, REVIEWER), "Cannot assign test with status: Approved");
    let unknown = Standing { status: Some("Lost"), ..test_in(TestStatus::NotStarted) };
    let refused = step(&unknown, Step::Submit, ANALYST).unwrap_err();
    assert_eq!(refused.to_string(), "Cannot submit test with status: Lost");
    let without = Standing { status: None, ..test_in(TestStatus::NotStarted) };
    assert_eq!(step(&without, Step::Assign, REVIEWER), Ok(TestStatus::InProgress));
}

#[test]
fn sod_only_the_one_to_whom_a_test_is_given_works_on_it_and_nobody_judges_his_own() {
    let running = test_in(TestStatus::InProgress);
    assert_eq!(step(&running, Step::Submit, "qc-op-2"), Err(Refusal::NotYours));
    let reviewed = test_in(TestStatus::QaOfficerReview);
    assert_eq!(step(&reviewed, Step::Recommend(Verdict::Approve), "qa-op-2"), Err(Refusal::NotYourReview));
    // Somebody whose role has changed in between.
    let submitted = test_in(TestStatus::SubmittedForReview);
    assert_eq!(step(&submitted, Step::Review(ReviewAction::Approve), ANALYST), Err(Refusal::OwnWork));
    let own = Standing { qa_officer: Some(REVIEWER), ..reviewed };
    assert_eq!(step(&own, Step::Recommend(Verdict::Approve), REVIEWER), Err(Refusal::OwnWork));
    let recommended = test_in(TestStatus::QaRecommendationSubmitted);
    for person in [ANALYST, REVIEWER, OFFICER] {
        assert_eq!(step(&recommended, Step::Decide(Verdict::Approve), person), Err(Refusal::OwnWork));
    }
    assert!(Refusal::OwnWork.is_about_the_person() && !Refusal::RejectedByQa.is_about_the_person());
}

#[test]
fn the_warehouse_acts_once_and_never_accepts_what_was_rejected() {
    let accepted = test_in(TestStatus::AcceptedWarehouse);
    for action in WarehouseAction::ALL {
        assert_eq!(step(&accepted, Step::Store(*action), "scm-wh-1"), Ok(TestStatus::AcceptedWarehouse));
    }
    let done = Standing { warehouse_action: Some("Accepted"), ..accepted };
    let again = step(&done, Step::Store(WarehouseAction::Accepted), "scm-wh-1");
    assert_eq!(again.unwrap_err().to_string(), "This test is not awaiting warehouse action.");
    let rejected = test_in(TestStatus::RejectedReturnToSupplier);
    assert_eq!(step(&rejected, Step::Store(WarehouseAction::Accepted), "w"), Err(Refusal::RejectedByQa));
    assert!(step(&rejected, Step::Store(WarehouseAction::Rejected), "w").is_ok());
    assert_eq!(
        step(&test_in(TestStatus::Approved), Step::Store(WarehouseAction::Accepted), "w"),
        Err(Refusal::NotAwaitingWarehouse)
    );
}

#[test]
fn a_sample_is_given_to_an_analyst_and_to_another_one() {
    for status in [None, Some("Pending"), Some("In Progress")] {
        assert_eq!(assign_sample(status), Ok(SampleStatus::InProgress));
    }
    assert_eq!(assign_sample(Some("Gone")).unwrap_err().to_string(), "Cannot assign sample with status: Gone");
}

#[test]
fn what_waits_for_a_stage_has_not_gone_through_it() {
    for stage in [ReviewStage::Qc, ReviewStage::QaManager, ReviewStage::QaOfficer] {
        assert!(stage.pending().iter().all(|status| !stage.completed().contains(status)), "{stage:?}");
    }
    assert!("qc".parse() == Ok(ReviewStage::Qc) && "x".parse::<ReviewStage>().is_err());
}

proptest! {
    /// No order of calls brings material to the shelf past one of the four looks at it (SoD, P11-10f).
    #[test]
    fn p11_10f_no_sequence_of_steps_skips_one(taken in vec(select(steps()), 1..40)) {
        let mut status = TestStatus::NotStarted;
        let mut walked = Vec::new();
        for (next, person) in taken {
            if let Ok(after) = step(&test_in(status), next, person) {
                walked.push(next);
                status = after;
            }
        }
        let at = |wanted: fn(&Step) -> bool| walked.iter().rposition(wanted);
        if matches!(status, TestStatus::AcceptedWarehouse | TestStatus::RejectedReturnToSupplier) {
            let submitted = at(|step| *step == Step::Submit);
            let reviewed = at(|step| *step == Step::Review(ReviewAction::SendToQa));
            let recommended = at(|step| matches!(step, Step::Recommend(_)));
            let decided = at(|step| matches!(step, Step::Decide(_)));
            prop_assert!(submitted.is_some() && submitted < reviewed && reviewed < recommended && recommended < decided);
        }
    }
}
