//! The review of finished batches; every command needs the server.

use tauri::{AppHandle, State};
use viruj_api::station::{
    CommandError,
    reviews::{
        AcceptReviewException, AnswerReviewQuery, AskAboutBatch, ReleaseDocuments, ReviewList, ReviewListRequest,
        ReviewView, SignReviewStep,
    },
};

use super::export_folder;
use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn list_reviews(shell: State<'_, Shell>, request: ReviewListRequest) -> Result<ReviewList, CommandError> {
    Ok(shell.core()?.list_reviews(&request).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn batch_review(shell: State<'_, Shell>, batch_id: String) -> Result<ReviewView, CommandError> {
    Ok(shell.core()?.batch_review(&batch_id).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn accept_review_exception(
    shell: State<'_, Shell>,
    accept: AcceptReviewException,
) -> Result<ReviewView, CommandError> {
    Ok(shell.core()?.accept_review_exception(&accept).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn ask_about_batch(shell: State<'_, Shell>, ask: AskAboutBatch) -> Result<ReviewView, CommandError> {
    Ok(shell.core()?.ask_about_batch(&ask).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn answer_review_query(
    shell: State<'_, Shell>,
    answer: AnswerReviewQuery,
) -> Result<ReviewView, CommandError> {
    Ok(shell.core()?.answer_review_query(&answer).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn sign_review_step(shell: State<'_, Shell>, step: SignReviewStep) -> Result<ReviewView, CommandError> {
    Ok(shell.core()?.sign_review_step(&step).await?)
}

/// Writes new files into the downloads of whoever owns the computer's session, and answers where they lie.
#[tauri::command]
#[specta::specta]
pub async fn write_release_documents(
    app: AppHandle,
    shell: State<'_, Shell>,
    batch_id: String,
) -> Result<ReleaseDocuments, CommandError> {
    Ok(shell.core()?.write_release_documents(&batch_id, &export_folder(&app)?).await?)
}
