//! The record of a batch as a document: read, sealed, printed, and checked by somebody who has the public key alone.

use http::{Method, StatusCode};
use viruj_api::batch_record::SignedRecord;
use viruj_client::{Client, RecordForm};
use viruj_domain::{phase::PhaseEntry, signature::SignatureMeaning};
use viruj_sync::conformance::world::{batch_id, operator, rpm, statement};
use viruj_test_support::{TestApp, TestStation, over_both_transports, world};

use crate::{program, raw, sessions::problem};

over_both_transports! {
    p11_10b_the_record_holds_every_entry_and_the_trail_and_is_the_same_twice,
    sec_16_the_record_of_another_plant_is_not_there,
}

/// Three phases: one confirmed, one with a value out of limits, one signed.
async fn execute(app: &TestApp, client: &Client) {
    let mut station = TestStation::register(app, client).await;
    let session = app.sign_in(client, &operator().email).await;
    let mut out_of_limits = statement(2, 2, rpm("999"));
    out_of_limits.reason = Some("Display was stuck".to_owned());
    let mut third = statement(3, 3, PhaseEntry::Confirmed);
    third.meaning = Some(SignatureMeaning::Performed);
    let begun =
        [station.writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed)), station.writer.unsigned(&out_of_limits)];
    station.push(&begun).await.unwrap();
    let slot = station.attest(client, &session, &third, Some(&operator().email)).await.unwrap();
    let signed = [station.writer.write(&third, slot)];
    let answer = station.push(&signed).await.unwrap();
    assert_eq!(answer.verdicts[0].verdict.word(), "accepted", "{answer:?}");
}

async fn p11_10b_the_record_holds_every_entry_and_the_trail_and_is_the_same_twice(app: TestApp, client: Client) {
    execute(&app, &client).await;
    let token = app.sign_in(&client, &world::email("qa-manager")).await.access_token;
    let mut files = Vec::new();
    for form in [RecordForm::Json, RecordForm::Pdf] {
        let file = client.batch_record(&token, &batch_id(), form).await.unwrap();
        app.clock.advance_seconds(90);
        let again = client.batch_record(&token, &batch_id(), form).await.unwrap();
        assert!(file == again, "the same record is the same bytes, whenever it is made");
        files.push(file);
    }
    let sealed: SignedRecord = serde_json::from_slice(&files[0]).unwrap();
    let record = &sealed.record;
    let entries: Vec<_> = record.phases.iter().flat_map(|phase| &phase.entries).collect();
    assert_eq!(entries.len(), 3);
    assert_eq!(entries[1].reason.as_deref(), Some("Display was stuck"));
    assert_eq!(entries[2].signature.as_ref().unwrap().person_name, operator().name);
    assert_eq!(record.deviations.len(), 1);
    assert_eq!(record.deviations[0].operation_id, Some(entries[1].operation_id));
    let created =
        |entity: &str| record.trail.iter().filter(|line| line.entity == entity && line.action == "created").count();
    assert_eq!((created("phase_entries"), created("deviations")), (3, 1));
    assert!(record.trail.iter().any(|line| line.entity == "batch_phases" && line.action == "changed"));
    assert_eq!(Some(record.as_of), record.trail.iter().map(|line| line.at).max());
    assert!(files[1].starts_with(b"%PDF-1.7"));
    check_with_the_program(&app, &sealed, &files);
}

/// As an inspector does it: the files, the printed keys, and no server.
fn check_with_the_program(app: &TestApp, sealed: &SignedRecord, files: &[Vec<u8>]) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let database = ("DATABASE_URL", app.database.url.as_str());
    let key_dir = ("VIRUJ_KEY_DIR", app.settings.key_dir.to_str().unwrap());
    let keys = program::run(&["record", "key"], &[database, key_dir]);
    assert!(keys.status.success(), "{}", String::from_utf8_lossy(&keys.stderr));
    std::fs::write(path("keys.pem"), keys.stdout).unwrap();
    for (name, file) in ["record.json", "record.pdf"].into_iter().zip(files) {
        std::fs::write(path(name), file).unwrap();
        let verify = ["record", "verify", "--key", &path("keys.pem"), &path(name)];
        let verified = program::run(&verify, &[]);
        let said = String::from_utf8_lossy(&verified.stdout).into_owned();
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
        assert!(said.contains(&sealed.signature.record_sha256), "{said}");
        let mut altered = file.clone();
        altered[file.len() / 2] ^= 1;
        std::fs::write(path(name), altered).unwrap();
        let (code, text) = program::error_of(&program::run(&verify, &[]));
        assert_eq!(code, Some(5), "{text}");
    }
    std::fs::write(path("nothing.pem"), "not a key").unwrap();
    let none = ["record", "verify", "--key", &path("nothing.pem"), &path("record.json")];
    let (code, text) = program::error_of(&program::run(&none, &[]));
    assert_eq!((code, text.contains("record key")), (Some(1), true), "{text}");
}

async fn sec_16_the_record_of_another_plant_is_not_there(app: TestApp, client: Client) {
    let token = app.sign_in(&client, &world::email("qa-manager")).await.access_token;
    for form in [RecordForm::Json, RecordForm::Pdf] {
        for id in ["nobodys", "\0"] {
            let refused = problem(client.batch_record(&token, &id.into(), form).await);
            assert_eq!((refused.code.as_str(), refused.status), ("not_found", 404), "{id:?}");
        }
    }
    let sales = app.sign_in(&client, &world::email("sales")).await.access_token;
    assert_eq!(problem(client.batch_record(&sales, &batch_id(), RecordForm::Json).await).code, "not_authorised");
    let path = format!("/api/v1/batches/{}/record", batch_id());
    let answer = raw::send(&app, Method::GET, &path, Some(&token), "").await;
    assert_eq!(answer.status, StatusCode::OK);
    let name = answer.headers["content-disposition"].to_str().unwrap();
    assert!(name.starts_with("attachment; filename=\"batch-record-") && name.ends_with(".json\""), "{name}");
}
