//! Tests of samples, from the bench to the shelf.

pub mod assign;
pub mod my_tests;
pub mod qa_assign;
pub mod qa_manager_decision;
pub mod qa_officer_review;
pub mod review;
pub mod review_list;
pub mod start;
pub mod submit;
pub mod warehouse_action;
pub mod warehouse_decisions;

use viruj_api::legacy::testing::TestState;
use viruj_domain::{
    ids::PlantId,
    testing::{Step, TestStatus, step},
};
use viruj_storage::{
    UnitOfWork,
    quality_tests::{self, LockedTest},
};

use super::{id_of, not_found};
use crate::{caller::Caller, error::ApiError};

/// Longer notes are refused.
const LONGEST_NOTES: usize = 1000;
const LONGEST_ID: usize = 100;

/// A test of the caller's plants, locked, with its plant.
async fn locked(unit: &mut UnitOfWork, id: &str) -> Result<(LockedTest, PlantId), ApiError> {
    let test = quality_tests::lock(unit, id_of(id, "Test")?).await?.ok_or_else(|| not_found("Test"))?;
    let plant = test.plant_id.clone().ok_or_else(|| not_found("Test"))?;
    Ok((test, plant))
}

/// Where the test stands when the caller takes this step.
fn after(test: &LockedTest, next: Step, caller: &Caller) -> Result<TestStatus, ApiError> {
    Ok(step(&test.standing(), next, caller.person.id.as_str())?)
}

fn state(test: LockedTest, status: TestStatus) -> TestState {
    TestState { id: test.id, test_name: test.test_name, status: status.as_str().to_owned() }
}
