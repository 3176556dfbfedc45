//! Files of entries: kept before the entry, sent behind it, and never in the way of anything else.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use sha2::{Digest, Sha256};
use viruj_api::station::{EntryInput, EntryKind, EntryView};
use viruj_domain::ids::OperationId;
use viruj_station_core::StationCore;
use viruj_sync::conformance::world::batch_id;

use crate::support::{Floor, batch, record};

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n";

/// The batch's first step asks for a document.
async fn floor() -> Floor {
    let floor = Floor::new().await;
    let mut rows = floor.app.database.superuser().await;
    sqlx::raw_sql("SET session_replication_role = replica").execute(&mut rows).await.unwrap();
    let definition = r#"{"key":"line_clearance","title":"Photo of the line","instruction":"Take it.",
        "kind":{"type":"attachment","accepts":"document"}}"#;
    let changed = sqlx::query("UPDATE batch_phases SET definition = $1 WHERE batch_id = $2 AND number = 1")
        .bind(definition)
        .bind(batch_id().as_str())
        .execute(&mut rows)
        .await
        .unwrap();
    assert_eq!(changed.rows_affected(), 1);
    floor
}

fn attach(name: &str, content: &[u8]) -> EntryInput {
    EntryInput::Attach { file_name: name.into(), content: BASE64.encode(content) }
}

async fn shown(core: &StationCore) -> Vec<EntryView> {
    batch(core).await.phases.into_iter().next().unwrap().entries
}

async fn arrived(floor: &Floor) -> Vec<(String, Vec<u8>)> {
    let mut rows = floor.app.database.superuser().await;
    sqlx::query_as("SELECT sha256, content FROM attachments").fetch_all(&mut rows).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hard_case_15_a_file_recorded_offline_follows_its_entry_when_the_server_is_back() {
    let mut floor = floor().await;
    let core = floor.station().await;
    floor.served.go().await;
    let receipt = record(&core, 1, attach("../clearance\u{202E}.pdf", PDF)).await.unwrap();
    assert_eq!(receipt.unsent, 1);
    let [entry] = &shown(&core).await[..] else { panic!("one entry") };
    assert_eq!((&entry.kind, entry.text.as_deref()), (&EntryKind::Attached, Some("clearance.pdf")));
    // The station goes down with it, and its own copy of the file is enough to look at it.
    core.close().await;
    let core = floor.open().await;
    let folder = tempfile::tempdir().unwrap();
    let operation = OperationId(entry.operation_id);
    let saved = core.save_attachment(batch_id().as_str(), operation, folder.path()).await.unwrap();
    assert_eq!(std::fs::read(saved.path).unwrap(), PDF);
    floor.served.come_back(&floor.app.application).await;
    core.sign_in(&viruj_sync::conformance::world::operator().email, viruj_test_support::world::PASSWORD).await.unwrap();
    core.sync_now().await.unwrap();
    assert_eq!(arrived(&floor).await, [(hex::encode(Sha256::digest(PDF)), PDF.to_vec())]);
    assert!(core.list_unsent().await.unwrap().is_empty());
    // No copy overwrites another: the time is part of the name.
    floor.clock.advance_seconds(1);
    let saved = core.save_attachment(batch_id().as_str(), operation, folder.path()).await.unwrap();
    assert_eq!(std::fs::read(&saved.path).unwrap(), PDF);
    let name = std::path::Path::new(&saved.path).file_name().unwrap().to_str().unwrap().to_owned();
    assert!(name.contains("-step-1-") && name.ends_with(".pdf") && !name.contains("clearance"), "{name}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_not_what_it_seems_is_refused_and_nothing_is_kept() {
    let floor = floor().await;
    let core = floor.station().await;
    for (name, content, code) in [
        ("a.pdf", &b""[..], "attachment_empty"),
        ("a.pdf", b"<html>", "attachment_type_unknown"),
        ("a.pdf", b"%PDF-1.4\n<script>%%EOF", "attachment_hides_another"),
        ("..", PDF, "attachment_name_unfit"),
    ] {
        let refused = record(&core, 1, attach(name, content)).await.unwrap_err();
        assert_eq!(refused.code(), code, "{name}");
    }
    let no_base64 = EntryInput::Attach { file_name: "a.pdf".into(), content: "%%%".into() };
    assert_eq!(record(&core, 1, no_base64).await.unwrap_err().code(), "bad_input");
    assert!(shown(&core).await.is_empty() && core.list_unsent().await.unwrap().is_empty());
    // The way is free afterwards.
    record(&core, 1, attach("a.pdf", PDF)).await.unwrap();
    core.sync_now().await.unwrap();
    assert_eq!(arrived(&floor).await.len(), 1);
}

/// What the server refuses for good is told in the list of what is unsent, and keeps nobody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_the_server_refuses_stays_in_sight_and_in_nobodys_way() {
    let mut floor = floor().await;
    let core = floor.station().await;
    floor.served.go().await;
    record(&core, 1, attach("a.pdf", PDF)).await.unwrap();
    record(&core, 2, crate::support::number("110")).await.unwrap();
    // Somebody at the server takes the entries and not the file.
    let mut rows = floor.app.database.superuser().await;
    sqlx::raw_sql(
        "CREATE FUNCTION refuse_file() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'VJ005'; END $$;
         CREATE TRIGGER refuse_file BEFORE INSERT ON attachments FOR EACH ROW EXECUTE FUNCTION refuse_file()",
    )
    .execute(&mut rows)
    .await
    .unwrap();
    floor.served.come_back(&floor.app.application).await;
    core.sync_now().await.unwrap();
    assert_eq!(floor.kept().await.len(), 2, "both entries are there");
    let unsent = core.list_unsent().await.unwrap();
    assert_eq!(unsent.iter().map(|one| (one.phase_number, one.attempts)).collect::<Vec<_>>(), [(1, 1)]);
    assert!(unsent[0].last_problem.is_some());
    // Not again at once.
    core.sync_now().await.unwrap();
    assert_eq!(core.list_unsent().await.unwrap()[0].attempts, 1);
    sqlx::raw_sql("DROP TRIGGER refuse_file ON attachments").execute(&mut rows).await.unwrap();
    floor.clock.advance_seconds(120);
    core.sync_now().await.unwrap();
    assert!(core.list_unsent().await.unwrap().is_empty());
    assert_eq!(arrived(&floor).await.len(), 1);
}
