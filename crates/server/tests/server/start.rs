use std::sync::Arc;

use viruj_server::{SecretKey, ServerSettings, application};
use viruj_test_support::{TestApp, TestClock, database::empty_database};

async fn code_of(settings: &ServerSettings) -> &'static str {
    match application(settings, Arc::new(TestClock::at("2026-11-24T08:00:00Z"))).await {
        Ok(_) => "started",
        Err(error) => {
            assert!(!error.to_string().is_empty());
            error.code()
        }
    }
}

#[tokio::test]
async fn a_database_that_is_not_ready_is_a_clear_error() {
    let app = TestApp::empty().await;
    assert_eq!(code_of(&app.settings).await, "started", "a second replica starts beside the first");
    let empty = empty_database().await;
    let secret = app.settings.secret_key.clone();
    let unprepared = ServerSettings::embedded(&empty.url, secret.clone(), app.settings.key_dir.clone());
    assert_eq!(code_of(&unprepared).await, "not_migrated");
    let nowhere = "postgres://viruj@127.0.0.1:1/viruj";
    let unreachable = ServerSettings::embedded(nowhere, secret, app.settings.key_dir.clone());
    assert_eq!(code_of(&unreachable).await, "database_unreachable");
    let mut superuser = app.database.superuser().await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'of the future', true, '', 0)",
    )
    .execute(&mut superuser)
    .await
    .unwrap();
    assert_eq!(code_of(&app.settings).await, "database_newer");
}

#[tokio::test]
async fn another_secret_key_is_a_clear_error() {
    let app = TestApp::empty().await;
    let mut settings = app.settings.clone();
    settings.secret_key = SecretKey::new("YW5vdGhlciBzZWNyZXQgb2YgYW5vdGhlciBwbGFjZSA5ODc2").unwrap();
    assert_eq!(code_of(&settings).await, "signing_key_other_secret");
}
