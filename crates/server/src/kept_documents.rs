//! The documents of a batch that quality assurance has decided about: made once, kept as they are.

use viruj_domain::{
    ids::{BatchId, PlantId},
    plant::PlantScope,
};
use viruj_record::{CertificateKind, RecordError};
use viruj_storage::{
    ChangeContext,
    batch_documents::{self, DocumentKind},
    batch_record,
};

use crate::{
    application::AppState,
    error::{ApiError, ProblemCode},
};

/// Every document of a batch as it is at this moment.
///
/// # Errors
/// 404 `not_found`, failures of the database and of the typesetter.
pub async fn make(
    app: &AppState,
    scope: &PlantScope,
    batch: &BatchId,
) -> Result<[(DocumentKind, Vec<u8>); 4], ApiError> {
    let record = batch_record::read(&app.database, scope, batch).await?.ok_or(ProblemCode::NotFound)?;
    let sealed = viruj_record::seal(record, app.signing_keys.current()).map_err(ApiError::internal)?;
    // One at a time: a large record takes a processor for a second and memory by the hundred megabytes.
    let turn = app.printing.acquire().await.map_err(ApiError::internal)?;
    let printing = app.clone();
    let made = tokio::task::spawn_blocking(move || {
        let key = printing.signing_keys.current();
        let certificate = |kind| viruj_record::certificate(&sealed, kind, key);
        Ok::<_, RecordError>([
            (DocumentKind::Record, viruj_record::to_file(&sealed)?),
            (DocumentKind::PrintedRecord, viruj_record::print(&sealed, key)?),
            (DocumentKind::CertificateOfAnalysis, certificate(CertificateKind::OfAnalysis)?),
            (DocumentKind::BatchCertificate, certificate(CertificateKind::OfBatch)?),
        ])
    });
    let made = made.await.map_err(ApiError::internal)?.map_err(ApiError::internal)?;
    drop(turn);
    Ok(made)
}

/// Makes and keeps every document of a decided batch; those that are kept already stay.
///
/// # Errors
/// As [`make`].
pub async fn keep(app: &AppState, plant: &PlantId, batch: &BatchId) -> Result<(), ApiError> {
    let scope = PlantScope::Only([plant.clone()].into());
    let made = make(app, &scope, batch).await?;
    let context = ChangeContext::system(scope, "release", Some("the documents of a decided batch"));
    let mut unit = app.database.begin(context).await?;
    batch_documents::keep(&mut unit, plant, batch, &made, app.clock.now()).await?;
    Ok(unit.commit().await?)
}

/// Keeps the documents of batches that were decided when they could not be made, and names those batches.
///
/// What is missing stands in the rows, so a restart loses nothing; another replica that does the same keeps nothing twice.
///
/// # Errors
/// As [`make`], for the first batch that fails.
pub async fn keep_missing(app: &AppState) -> Result<Vec<BatchId>, ApiError> {
    let missing = batch_documents::missing(&app.database).await?;
    for (plant, batch) in &missing {
        keep(app, plant, batch).await?;
    }
    Ok(missing.into_iter().map(|(_, batch)| batch).collect())
}
