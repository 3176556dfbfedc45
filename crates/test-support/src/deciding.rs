//! Quality assurance in a hurry, for tests that are about something else.

use viruj_api::deviations::{DeviationQuery, EditDeviation};
use viruj_domain::{
    deviation::{DeviationStatus, Disposition},
    ids::UserId,
    plant::PlantScope,
};
use viruj_storage::deviations;

use crate::TestApp;

/// Brings every open deviation to its end with this disposition; people of [`crate::world`] stand in its steps.
///
/// # Panics
/// When the database refuses a step.
pub async fn close_deviations(app: &TestApp, disposition: Disposition) {
    let state = app.application.state();
    let query = DeviationQuery { open: Some(true), ..DeviationQuery::default() };
    let open = deviations::list(app.storage(), &PlantScope::All, &query).await.expect("the deviations are read");
    let findings = EditDeviation {
        immediate_action: None,
        investigation: None,
        root_cause: Some("The display was stuck.".to_owned()),
        impact_assessment: None,
        affected_batches: Vec::new(),
        disposition: Some(disposition),
        disposition_reason: Some("Nothing was harmed.".to_owned()),
        no_capa_reason: Some("It is replaced.".to_owned()),
        reason: "what was found out".to_owned(),
    };
    let [investigator, reviewer, closer] = ["warehouse", "qa-manager", "admin"].map(UserId::from);
    for row in open.items {
        let mut unit = state.begin_for_system("test", "quality assurance").await.expect("a transaction begins");
        let now = state.clock.now();
        deviations::begin_investigation(&mut unit, row.id, &investigator).await.expect("it is investigated");
        deviations::edit(&mut unit, row.id, &findings, &investigator).await.expect("it is written down");
        for (status, person) in [
            (DeviationStatus::PendingManagerReview, &investigator),
            (DeviationStatus::PendingFinalApproval, &reviewer),
            (DeviationStatus::Closed, &closer),
        ] {
            deviations::set_status(&mut unit, row.id, status, person, now).await.expect("the step is taken");
        }
        deviations::settle_batch(&mut unit, &row, now).await.expect("the batch goes on");
        unit.commit().await.expect("it is committed");
    }
}
