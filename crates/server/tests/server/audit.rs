//! The audit trail and the backups as people read them.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use viruj_api::{
    audit::{AuditExportQuery, AuditQuery, ExportFormat, ReviewRequest},
    backups::BackupWarning,
};
use viruj_client::Client;
use viruj_domain::plant::PlantScope;
use viruj_storage::ChangeContext;
use viruj_test_support::{TestApp, TestStation, over_both_transports, world};

use crate::sessions::problem;

over_both_transports! {
    p11_10e_the_trail_is_read_with_old_and_new_values_and_by_filters,
    sec_16_nobody_reads_the_trail_of_another_plant,
    sec_27_an_export_holds_every_text_and_no_formula,
    a11_9_a_review_is_signed_and_marks_what_others_have_done,
    backups_are_listed_for_administrators_with_a_warning,
}

async fn change_material(app: &TestApp, actor: &str, name: &str, reason: &str) {
    let mut unit = app.storage().begin(ChangeContext::person(PlantScope::All, actor, Some(reason))).await.unwrap();
    sqlx::query(
        "INSERT INTO gate_entries (id, entry_code, material_name, vehicle_number, quantity, plant_id)
         VALUES ('00000000-0000-7000-8000-00000000abcd', '1126001', $1, 'TS 09', 0.50, 'plant-a')
         ON CONFLICT (id) DO UPDATE SET material_name = excluded.material_name",
    )
    .bind(name)
    .execute(unit.connection())
    .await
    .unwrap();
    unit.commit().await.unwrap();
}

async fn p11_10e_the_trail_is_read_with_old_and_new_values_and_by_filters(app: TestApp, client: Client) {
    change_material(&app, "security", "Lactose", "arrival").await;
    change_material(&app, "warehouse", "Sucrose", "label read again").await;
    let qa = app.sign_in(&client, &world::email("qa-manager")).await;
    let gate = AuditQuery { entity: Some("gate_entries".into()), ..AuditQuery::default() };
    let page = client.audit(&qa.access_token, &gate).await.unwrap();
    assert_eq!(page.items.len(), 2);
    let entry = &page.items[0];
    assert_eq!((entry.actor_name.as_deref(), entry.action.as_str()), (Some("Wanda Hall"), "changed"));
    assert_eq!(entry.reason.as_deref(), Some("label read again"));
    let change = &entry.changes[0];
    assert_eq!(entry.changes.len(), 1);
    assert_eq!(
        (change.field.as_str(), change.old.as_deref(), change.new.as_deref()),
        ("material_name", Some("Lactose"), Some("Sucrose"))
    );
    let created = page.items[1].changes.iter().find(|change| change.field == "quantity").unwrap();
    assert_eq!((created.old.as_deref(), created.new.as_deref()), (None, Some("0.500")), "a number keeps its places");
    for query in [
        AuditQuery { actor: Some("warehouse".into()), ..gate.clone() },
        AuditQuery { action: Some("changed".into()), ..gate.clone() },
        AuditQuery { from: Some(entry.at), ..gate.clone() },
    ] {
        let found = client.audit(&qa.access_token, &query).await.unwrap();
        assert_eq!(found.items.first(), Some(entry), "{query:?}");
        assert_eq!(found.items.len(), 1, "{query:?}");
    }
    let before = AuditQuery { to: Some(entry.at), ..gate.clone() };
    assert_eq!(client.audit(&qa.access_token, &before).await.unwrap().items, page.items[1..]);
    // Page by page it is the same list.
    let whole =
        client.audit(&qa.access_token, &AuditQuery { limit: Some(200), ..AuditQuery::default() }).await.unwrap();
    let mut query = AuditQuery { limit: Some(3), ..AuditQuery::default() };
    let mut paged = Vec::new();
    loop {
        let page = client.audit(&qa.access_token, &query).await.unwrap();
        paged.extend(page.items);
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => break,
        }
    }
    assert_eq!((paged, whole.next_cursor), (whole.items, None));
    let forged = AuditQuery { cursor: Some("x".into()), ..AuditQuery::default() };
    assert_eq!(problem(client.audit(&qa.access_token, &forged).await).code, "cursor_invalid");
    let security = app.sign_in(&client, &world::email("security")).await;
    assert_eq!(problem(client.audit(&security.access_token, &gate).await).code, "not_authorised");
}

async fn sec_16_nobody_reads_the_trail_of_another_plant(app: TestApp, client: Client) {
    let qa = app.sign_in(&client, &world::email("qa-manager")).await;
    let admin = app.sign_in(&client, &world::email("admin")).await;
    let other = AuditQuery { feed: Some(world::OTHER_PLANT.into()), ..AuditQuery::default() };
    assert!(client.audit(&qa.access_token, &other).await.unwrap().items.is_empty());
    assert!(!client.audit(&admin.access_token, &other).await.unwrap().items.is_empty());
    let everything = AuditQuery { limit: Some(200), ..AuditQuery::default() };
    let seen = client.audit(&qa.access_token, &everything).await.unwrap();
    assert!(seen.items.iter().all(|entry| ["plant-a", "system"].contains(&entry.feed.as_str())));
    let export = AuditExportQuery { feed: Some(world::OTHER_PLANT.into()), ..AuditExportQuery::default() };
    assert_eq!(client.audit_export(&qa.access_token, &export).await.unwrap().lines().count(), 1, "the head alone");
}

async fn sec_27_an_export_holds_every_text_and_no_formula(app: TestApp, client: Client) {
    change_material(&app, "security", "Lactose", "=HYPERLINK(\"http://x\",\"a\")").await;
    let qa = app.sign_in(&client, &world::email("qa-manager")).await;
    let query = AuditExportQuery { entity: Some("gate_entries".into()), ..AuditExportQuery::default() };
    let csv = client.audit_export(&qa.access_token, &query).await.unwrap();
    assert!(csv.starts_with("feed,seq,at,"), "{csv}");
    assert!(csv.contains(r#""'=HYPERLINK(""http://x"",""a"")""#), "{csv}");
    let query = AuditExportQuery { format: ExportFormat::JsonLines, ..query };
    let lines = client.audit_export(&qa.access_token, &query).await.unwrap();
    let line: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(line["reason"], "=HYPERLINK(\"http://x\",\"a\")");
    assert!(line["new"].as_str().unwrap().contains("\"quantity\": 0.500"), "the exact text of the chain");
    // Every entry, over many pages.
    let everything = AuditExportQuery { format: ExportFormat::JsonLines, ..AuditExportQuery::default() };
    let admin = app.sign_in(&client, &world::email("admin")).await;
    for _ in 0..3 {
        for number in 0..100 {
            change_material(&app, "security", &format!("Lactose {number}"), "label").await;
        }
    }
    let exported = client.audit_export(&admin.access_token, &everything).await.unwrap().lines().count();
    let mut rows = app.database.superuser().await;
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM audit_entries").fetch_one(&mut rows).await.unwrap();
    assert_eq!(exported, usize::try_from(kept).unwrap());
}

async fn a11_9_a_review_is_signed_and_marks_what_others_have_done(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    change_material(&app, "security", "Lactose", "arrival").await;
    change_material(&app, "qa-manager", "Sucrose", "label").await;
    let email = world::email("qa-manager");
    let qa = app.sign_in(&client, &email).await;
    let gate = AuditQuery { entity: Some("gate_entries".into()), ..AuditQuery::default() };
    let shown = client.audit(&qa.access_token, &gate).await.unwrap().items;
    let request = ReviewRequest {
        review_id: uuid::Uuid::now_v7(),
        station_id: station.id,
        feed: "plant-a".into(),
        from_seq: shown[1].seq.clone(),
        to_seq: shown[0].seq.clone(),
        to_hash: shown[0].hash.clone(),
        comment: Some("Label of the supplier seen".into()),
        shown_text: "I have reviewed 2 entries of plant-a.".into(),
        language: "en".into(),
        email: None,
        password: world::PASSWORD.into(),
    };
    assert_eq!(problem(client.review_audit(&qa.access_token, &request).await).code, "identification_required");
    let request = ReviewRequest { email: Some(email), ..request };
    let wrong = ReviewRequest { password: "wrong".into(), ..request.clone() };
    assert_eq!(problem(client.review_audit(&qa.access_token, &wrong).await).code, "wrong_password");
    let moved = ReviewRequest { to_hash: shown[1].hash.clone(), ..request.clone() };
    assert_eq!(problem(client.review_audit(&qa.access_token, &moved).await).code, "trail_differs");
    let own = ReviewRequest { from_seq: shown[0].seq.clone(), ..request.clone() };
    assert_eq!(problem(client.review_audit(&qa.access_token, &own).await).code, "own_entries_only", "SoD");
    let elsewhere =
        ReviewRequest { feed: world::OTHER_PLANT.into(), from_seq: "1".into(), to_seq: "1".into(), ..request.clone() };
    assert_eq!(problem(client.review_audit(&qa.access_token, &elsewhere).await).code, "not_found");
    let review = client.review_audit(&qa.access_token, &request).await.unwrap();
    assert_eq!((review.entry_count.as_str(), review.own_entry_count.as_str()), ("1", "1"));
    assert_eq!(problem(client.review_audit(&qa.access_token, &request).await).code, "operation_known");
    let shown = client.audit(&qa.access_token, &gate).await.unwrap().items;
    assert_eq!(shown[1].reviewed.as_ref().map(|mark| mark.person_name.as_str()), Some("Quinn Ashe"));
    assert_eq!(shown[0].reviewed, None, "nobody reviews entries of their own");
    // Kept with its bytes, for ever: the application role changes nothing of it.
    let mut unit = app.storage().begin(ChangeContext::person(PlantScope::All, "admin", Some("x"))).await.unwrap();
    let refused = sqlx::query("UPDATE audit_reviews SET comment = 'x'").execute(unit.connection()).await;
    assert!(refused.is_err());
    unit.rollback().await.unwrap();
    let mut rows = app.database.superuser().await;
    let (statement, signature): (Vec<u8>, String) =
        sqlx::query_as("SELECT statement, signature FROM audit_reviews").fetch_one(&mut rows).await.unwrap();
    let slot: viruj_api::statement::PersonSlot = serde_json::from_str(&signature).unwrap();
    let viruj_api::statement::PersonSlot::ServerAttested { attestation, signature, .. } = slot else {
        panic!("the server has attested it");
    };
    let attestation = BASE64.decode(attestation).unwrap();
    let signature: [u8; 64] = BASE64.decode(signature).unwrap().try_into().unwrap();
    let key = app.application.state().signing_keys.current().verifying_key();
    viruj_sync::signing::verify(viruj_sync::signing::Domain::Attestation, &attestation, &signature, &key).unwrap();
    let said: viruj_api::statement::Attestation = serde_json::from_slice(&attestation).unwrap();
    assert_eq!(said.statement_sha256, hex::encode(viruj_sync::signing::sha256(&statement)));
    assert!(viruj_storage::audit::verify_database(&app.database.url, &[]).await.unwrap().is_whole());
}

async fn backups_are_listed_for_administrators_with_a_warning(app: TestApp, client: Client) {
    let admin = app.sign_in(&client, &world::email("admin")).await;
    let backups = client.backups(&admin.access_token).await.unwrap();
    assert_eq!((backups.items.len(), backups.warning), (0, Some(BackupWarning::NotConfigured)));
    assert_eq!(problem(client.take_backup(&admin.access_token).await).code, "backup_not_configured");
    let qa = app.sign_in(&client, &world::email("qa-manager")).await;
    assert_eq!(problem(client.backups(&qa.access_token).await).code, "not_authorised");
    assert_eq!(problem(client.take_backup(&qa.access_token).await).code, "not_authorised");
}

#[tokio::test(flavor = "multi_thread")]
async fn a11_7_2_an_administrator_takes_a_backup_and_a_failed_one_is_seen() {
    use viruj_server::{application, backup::Recipients, settings::BackupSettings};
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut settings = app.settings.clone();
    settings.backup = Some(BackupSettings {
        folder: folder.path().join("backups"),
        recipients: Recipients::read(&age::x25519::Identity::generate().to_public().to_string()).unwrap(),
        at: chrono::NaiveTime::MIN,
    });
    let other = application(&settings, std::sync::Arc::new(app.clock.clone())).await.unwrap();
    let client = Client::new(viruj_client::Transport::in_process(other.router()));
    let admin = app.sign_in(&client, &world::email("admin")).await;
    assert_eq!(client.backups(&admin.access_token).await.unwrap().warning, Some(BackupWarning::Overdue));
    let taken = client.take_backup(&admin.access_token).await.unwrap();
    assert_eq!(taken.requested_by_name.as_deref(), Some("Ada Admin"));
    let file = std::fs::metadata(folder.path().join("backups").join(&taken.file_name)).unwrap();
    assert_eq!(taken.size_bytes, Some(file.len().to_string()));
    // The same second again: no file is overwritten, and the failure is in the list.
    assert_eq!(problem(client.take_backup(&admin.access_token).await).code, "backup_failed");
    let backups = client.backups(&admin.access_token).await.unwrap();
    let failures: Vec<_> = backups.items.iter().map(|backup| backup.failure.as_deref()).collect();
    assert_eq!(failures, [Some("backup_exists"), None]);
    other.close().await;
}
