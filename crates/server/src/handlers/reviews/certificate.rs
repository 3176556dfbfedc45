use axum::{extract::State, response::Response};
use viruj_domain::ids::BatchId;
use viruj_storage::batch_documents::DocumentKind;

use super::documents::{decided, kept_or_made};
use crate::{
    application::AppState,
    caller::Reader,
    error::{ApiError, ProblemCode},
    extract::Segments,
    handlers::batches::record::attachment,
};

/// A certificate of a batch
///
/// `analysis` lists every in-process check and every test of the laboratory with its limits, result and conclusion;
/// `batch` certifies how quality assurance decided. Both are sealed by the server and name the record that they are of.
/// 409 `not_decided` before the decision.
#[utoipa::path(get, path = "/api/v1/batches/{batch_id}/certificates/{certificate}",
    operation_id = "reviews_certificate", tag = "reviews",
    params(("batch_id" = String, Path, description = "The batch's id"),
        ("certificate" = String, Path, description = "`analysis` or `batch`")),
    responses((status = 200, description = "The certificate", content_type = "application/pdf", body = Vec<u8>,
        headers(("Content-Disposition" = String, description = "The name that the file is given")))))]
pub async fn certificate(
    State(app): State<AppState>,
    reader: Reader,
    Segments(id, certificate): Segments,
) -> Result<Response, ApiError> {
    let (kind, name) = match certificate.as_str() {
        "analysis" => (DocumentKind::CertificateOfAnalysis, "certificate-of-analysis"),
        "batch" => (DocumentKind::BatchCertificate, "batch-certificate"),
        _ => return Err(ProblemCode::NotFound.into()),
    };
    let batch = decided(&app, &reader, BatchId(id)).await?;
    let file = kept_or_made(&app, &reader, (&batch, kind)).await?;
    attachment(file, "application/pdf", (name, &batch.number), "pdf")
}
