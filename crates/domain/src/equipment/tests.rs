use proptest::prelude::*;

use super::*;
use crate::role::Role;

fn at(minutes: i64) -> DateTime<Utc> {
    "2026-11-24T08:00:00Z".parse::<DateTime<Utc>>().unwrap() + chrono::TimeDelta::minutes(minutes)
}

fn today() -> NaiveDate {
    "2026-11-24".parse().unwrap()
}

fn wanted(act: EquipmentAct) -> EquipmentStep {
    EquipmentStep {
        act,
        at: at(0),
        batch: Some(BatchId::from("batch-1")),
        clean_until: Some(at(60)),
        calibration_due: Some(today() + chrono::TimeDelta::days(180)),
    }
}

fn take(
    standing: &EquipmentStanding,
    act: EquipmentAct,
    person: (&str, Role),
) -> Result<EquipmentStanding, EquipmentRefusal> {
    let id = UserId::from(person.0);
    step(standing, &wanted(act), Acting { id: &id, role: person.1, is_active: true }, today())
}

const OPERATOR: (&str, Role) = ("operator", Role::ProductionOperator);
const QA: (&str, Role) = ("qa", Role::QaManager);

fn fresh() -> EquipmentStanding {
    EquipmentStanding::of_new(Some(today()))
}

fn cleaned() -> EquipmentStanding {
    let cleaning = take(&fresh(), EquipmentAct::CleaningBegun, OPERATOR).unwrap();
    take(&cleaning, EquipmentAct::CleaningEnded, OPERATOR).unwrap()
}

#[test]
fn sod_who_has_cleaned_does_not_verify() {
    let standing = cleaned();
    assert_eq!(standing.cleanliness, Cleanliness::PendingVerification);
    let own = take(&standing, EquipmentAct::CleaningVerified, OPERATOR);
    assert_eq!(own, Err(EquipmentRefusal::SamePerson));
    let verified = take(&standing, EquipmentAct::CleaningVerified, QA).unwrap();
    assert!(verified.is_clean_at(at(59)) && !verified.is_clean_at(at(60)));
    let again = take(&verified, EquipmentAct::CleaningVerified, QA);
    assert_eq!(again, Err(EquipmentRefusal::NothingToVerify));
}

#[test]
fn use_needs_a_batch_a_cleaning_and_a_calibration() {
    assert_eq!(take(&cleaned(), EquipmentAct::UseBegun, OPERATOR), Err(EquipmentRefusal::NotClean));
    let clean = take(&cleaned(), EquipmentAct::CleaningVerified, QA).unwrap();
    let used = take(&clean, EquipmentAct::UseBegun, OPERATOR).unwrap();
    assert_eq!((used.state, used.cleanliness), (EquipmentState::Running, Cleanliness::Dirty));
    assert_eq!(used.in_use_for, Some(BatchId::from("batch-1")));
    let overdue = EquipmentStanding { calibration_due: today().pred_opt(), ..clean.clone() };
    let refused = take(&overdue, EquipmentAct::UseBegun, OPERATOR);
    assert_eq!(refused, Err(EquipmentRefusal::CalibrationOverdue(today().pred_opt().unwrap())));
    let id = UserId::from("operator");
    let nowhere = EquipmentStep { batch: None, ..wanted(EquipmentAct::UseBegun) };
    let person = Acting { id: &id, role: Role::ProductionOperator, is_active: true };
    assert_eq!(step(&clean, &nowhere, person, today()), Err(EquipmentRefusal::BatchRequired));
}

#[test]
fn only_quality_assurance_holds_releases_and_calibrates() {
    for act in [EquipmentAct::PutOnHold, EquipmentAct::Calibrated] {
        assert_eq!(take(&fresh(), act, OPERATOR), Err(EquipmentRefusal::NotAuthorised), "{act}");
        assert!(take(&fresh(), act, QA).is_ok(), "{act}");
    }
    let held = take(&fresh(), EquipmentAct::PutOnHold, QA).unwrap();
    assert_eq!(take(&held, EquipmentAct::ReleasedFromHold, OPERATOR), Err(EquipmentRefusal::NotAuthorised));
    let released = take(&held, EquipmentAct::ReleasedFromHold, QA).unwrap();
    assert_eq!((released.state, released.cleanliness), (EquipmentState::Idle, Cleanliness::Dirty));
}

#[test]
fn days_that_do_not_lie_ahead_are_refused() {
    let id = UserId::from("qa");
    let person = Acting { id: &id, role: Role::QaManager, is_active: true };
    for due in [None, Some(today())] {
        let calibrated = EquipmentStep { calibration_due: due, ..wanted(EquipmentAct::Calibrated) };
        let refused = step(&fresh(), &calibrated, person, today());
        assert_eq!(refused, Err(EquipmentRefusal::CalibrationDueInvalid), "{due:?}");
    }
    let verified = EquipmentStep { clean_until: Some(at(0)), ..wanted(EquipmentAct::CleaningVerified) };
    assert_eq!(step(&cleaned(), &verified, person, today()), Err(EquipmentRefusal::CleanUntilInvalid));
}

proptest! {
    /// No sequence of steps makes equipment clean without a cleaning that another person has looked at, nor takes it into
    /// use while it is not; and what is said to be possible is.
    #[test]
    fn nothing_is_used_that_two_people_have_not_cleaned(
        steps in proptest::collection::vec((0..EquipmentAct::ALL.len(), 0..3_usize, 0..Role::ALL.len()), 0..40),
    ) {
        let people = ["anna", "ben", "chitra"];
        let mut standing = fresh();
        let mut cleaned_by: Option<&str> = None;
        let mut verified_by: Option<&str> = None;
        for (act, person, role) in steps {
            let (act, name, role) = (EquipmentAct::ALL[act], people[person], Role::ALL[role]);
            let id = UserId::from(name);
            let acting = Acting { id: &id, role, is_active: true };
            let is_possible = possible(&standing, acting).contains(&act);
            let done = step(&standing, &wanted(act), acting, today());
            if act != EquipmentAct::UseBegun {
                prop_assert_eq!(done.is_ok(), is_possible, "{} of {:?}", act, standing);
            }
            let Ok(next) = done else { continue };
            match act {
                EquipmentAct::CleaningEnded | EquipmentAct::SanitizationEnded => {
                    (cleaned_by, verified_by) = (Some(name), None);
                }
                EquipmentAct::CleaningVerified => verified_by = Some(name),
                EquipmentAct::UseBegun => {
                    prop_assert!(cleaned_by.is_some() && verified_by.is_some() && cleaned_by != verified_by);
                    (cleaned_by, verified_by) = (None, None);
                }
                _ if next.cleanliness == Cleanliness::Dirty => (cleaned_by, verified_by) = (None, None),
                _ => {}
            }
            prop_assert_eq!(next.cleanliness == Cleanliness::Clean, verified_by.is_some());
            prop_assert_eq!(next.in_use_for.is_some(), next.state == EquipmentState::Running
                || (next.state == EquipmentState::UnderQaHold && next.in_use_for.is_some()));
            standing = next;
        }
    }
}
