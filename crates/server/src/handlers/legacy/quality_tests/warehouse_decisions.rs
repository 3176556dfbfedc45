use axum::{Json, extract::State};
use viruj_api::legacy::testing::WarehouseDecision;
use viruj_domain::testing::TestStatus;
use viruj_storage::quality_tests::{self, Selection};

use crate::{application::AppState, caller::Caller, error::ApiError, handlers::legacy::query::Parameters};

/// Decisions of quality assurance for the warehouse
///
/// `pending` ones wait for the warehouse, `completed` ones do not any more; any other word is a status.
#[utoipa::path(get, path = "/api/quality-tests/warehouse-decisions",
    operation_id = "legacy_tests_warehouse_decisions", tag = "legacy",
    params(("status" = Option<String>, Query, description = "`pending` when left out")),
    responses((status = 200, description = "Tests that are decided on", body = Vec<WarehouseDecision>)))]
pub async fn warehouse_decisions(
    State(app): State<AppState>,
    caller: Caller,
    query: Parameters,
) -> Result<Json<Vec<WarehouseDecision>>, ApiError> {
    let decided = [TestStatus::AcceptedWarehouse, TestStatus::RejectedReturnToSupplier];
    let decided = decided.map(|status| status.as_str().to_owned());
    let (statuses, is_stored) = match query.text("status").as_deref() {
        None | Some("pending") => (decided.to_vec(), Some(false)),
        Some("completed") => (decided.to_vec(), Some(true)),
        Some(status) => (decided.into_iter().filter(|word| word == status).collect(), None),
    };
    let selection = Selection { statuses: Some(statuses), is_stored, ..Selection::default() };
    let tests = quality_tests::list(&app.database, &caller.scope, &selection).await?;
    Ok(Json(tests.into_iter().map(Into::into).collect()))
}
