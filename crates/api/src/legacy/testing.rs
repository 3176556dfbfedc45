use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::SpacedTime;

/// A sample that nobody works on yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LegacyUnassignedSample)]
pub struct UnassignedSample {
    #[serde(flatten)]
    pub sample: SampleEntry,
    pub qa_notes: Option<String>,
}

/// A sample as the lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LegacySample)]
pub struct SampleEntry {
    pub id: Uuid,
    pub grn_id: Option<Uuid>,
    pub entry_code: Option<String>,
    pub product_name: String,
    pub batch_number: Option<String>,
    pub sample_type: Option<String>,
    pub sample_date: Option<NaiveDate>,
    pub due_date: Option<NaiveDate>,
    pub status: String,
    pub analyst_id: Option<String>,
    pub requested_by_name: Option<String>,
    pub priority: Option<String>,
    pub test_count: i64,
}

/// A sample that has just been given to an analyst.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LegacyAssignedSample)]
pub struct AssignedSample {
    pub id: Uuid,
    pub product_name: String,
    pub analyst_id: String,
    pub status: String,
}

/// The analyst of a sample.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LegacySampleAssignment)]
pub struct SampleAssignment {
    #[schema(min_length = 1, max_length = 100)]
    pub analyst_id: String,
}

/// A test that is added to a sample.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LegacyTestCreate)]
pub struct TestCreate {
    #[schema(min_length = 1, max_length = 200)]
    pub test_name: String,
    #[schema(max_length = 200)]
    pub method: Option<String>,
}

/// A test that has just been added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LegacyCreatedTest)]
pub struct CreatedTest {
    pub id: Uuid,
    pub test_name: String,
    pub method: Option<String>,
    pub status: String,
}

/// A test of a sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LegacyTest)]
pub struct TestEntry {
    pub id: Uuid,
    pub test_name: String,
    pub method: Option<String>,
    pub status: String,
    pub assigned_to: Option<String>,
    pub instrument_id: Option<String>,
    pub submitted_on: Option<SpacedTime>,
    pub reviewed_by: Option<String>,
    pub manager_notes: Option<String>,
}

/// A test of the person who asks.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LegacyOwnTest)]
pub struct OwnTest {
    #[serde(flatten)]
    pub test: TestEntry,
    pub result_data: Option<Value>,
    pub created_at: Option<SpacedTime>,
    pub updated_at: Option<SpacedTime>,
    pub sample: TestedSample,
}

/// The sample of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LegacyTestedSample)]
pub struct TestedSample {
    pub id: Uuid,
    pub entry_code: Option<String>,
    pub product_name: String,
    pub batch_number: Option<String>,
    pub sample_type: Option<String>,
    pub sample_date: Option<NaiveDate>,
    pub due_date: Option<NaiveDate>,
    /// Left out where tests are reviewed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    pub priority: Option<String>,
}

/// Somebody by id and name, as far as they are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LegacyNamed)]
pub struct Named {
    pub id: Option<String>,
    pub name: Option<String>,
}

/// A test with what was found and said about it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LegacyReviewedTest)]
pub struct ReviewedTest {
    pub id: Uuid,
    pub test_name: String,
    pub method: Option<String>,
    pub status: String,
    pub submitted_on: Option<SpacedTime>,
    pub result_data: Option<Value>,
    pub manager_notes: Option<String>,
    pub reviewed_by: Option<String>,
    pub assigned_to: Option<String>,
    pub sample: TestedSample,
    pub analyst: Named,
    pub reviewer_name: Option<String>,
    pub qa_officer: Named,
    pub qa_officer_notes: Option<String>,
    pub qa_officer_recommendation: Option<String>,
    pub qa_manager_decision: Option<String>,
    pub qa_manager_decision_notes: Option<String>,
    pub material_disposition: Option<String>,
}

/// A decision of quality assurance for the warehouse.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LegacyWarehouseDecision)]
pub struct WarehouseDecision {
    #[serde(flatten)]
    pub test: ReviewedTest,
    pub warehouse_action: Option<String>,
    pub warehouse_notes: Option<String>,
    pub warehouse_acknowledged_at: Option<SpacedTime>,
}

/// Where a test stands after a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LegacyTestStatus)]
pub struct TestState {
    pub id: Uuid,
    pub test_name: String,
    pub status: String,
}

/// A test that has just been given to an analyst.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LegacyAssignedTest)]
pub struct AssignedTest {
    pub id: Uuid,
    pub test_name: String,
    pub assigned_to: String,
    pub status: String,
}

/// A test that has been submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LegacySubmittedTest)]
pub struct SubmittedTest {
    pub id: Uuid,
    pub test_name: String,
    pub status: String,
    pub submitted_on: Option<SpacedTime>,
}

/// A test whose material the warehouse has dealt with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LegacyStoredTest)]
pub struct StoredTest {
    pub id: Uuid,
    pub test_name: String,
    pub status: String,
    pub warehouse_action: String,
    pub warehouse_acknowledged_at: SpacedTime,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LegacyTestAssignment)]
pub struct TestAssignment {
    #[schema(min_length = 1, max_length = 100)]
    pub employee_id: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LegacyTestResult)]
pub struct TestResult {
    #[schema(value_type = Object)]
    pub result_data: Value,
    #[schema(max_length = 1000)]
    pub analyst_notes: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LegacyTestReview)]
pub struct TestReview {
    /// `Approve`, `Reject`, `Return` or `SendToQA`.
    pub action: String,
    #[schema(max_length = 1000)]
    pub manager_notes: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LegacyQaOfficerAssignment)]
pub struct QaOfficerAssignment {
    #[schema(min_length = 1, max_length = 100)]
    pub officer_id: String,
    #[schema(max_length = 1000)]
    pub notes: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LegacyQaRecommendation)]
pub struct QaRecommendation {
    /// `Approve` or `Reject`.
    pub recommendation: String,
    #[schema(max_length = 1000)]
    pub notes: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LegacyQaDecision)]
pub struct QaDecision {
    /// `Approve` or `Reject`.
    pub decision: String,
    #[schema(max_length = 1000)]
    pub notes: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LegacyWarehouseAction)]
pub struct WarehouseActionRequest {
    /// `Accepted` or `Rejected`.
    pub action: String,
    #[schema(max_length = 1000)]
    pub notes: Option<String>,
}
