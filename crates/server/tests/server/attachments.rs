//! Files of entries: given by the station after the entry, judged by their bytes, kept once, given out to be kept.

use axum::body::Body;
use http::{Method, Request, header};
use sha2::{Digest, Sha256};
use viruj_api::{reviews::ReleaseBlocker, sync::Verdict};
use viruj_client::{Client, ReviewAction};
use viruj_domain::{
    attachment::{self, MediaType},
    batch::ReleaseStatus,
    phase::PhaseEntry,
    role::Role,
};
use viruj_sync::conformance::world::{batch_id, operator, phase_id, rpm, statement};
use viruj_test_support::{TestApp, TestStation, over_both_transports, world};

use crate::{
    deviations::Quality,
    master_records::add_author,
    raw::{self, Answer},
    reviews::{Reviewing, finish},
    sessions::problem,
};

over_both_transports! {
    a_file_is_kept_once_and_given_out_as_it_came,
    a_file_is_refused_that_is_not_the_one_of_the_entry,
    sec_16_files_of_another_plant_are_not_there,
    sec_28_archives_that_burst_or_link_are_refused,
    sec_29_the_server_makes_the_name_that_a_file_is_kept_under,
    sec_30_a_file_of_two_kinds_is_refused_and_none_is_shown_in_place,
    a_release_waits_for_every_file,
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], kind, data, &[0; 4]].concat()
}

fn png(data: &[u8]) -> Vec<u8> {
    let header = [0, 0, 0, 4, 0, 0, 0, 4, 8, 2, 0, 0, 0];
    let signature = &b"\x89PNG\r\n\x1a\n"[..];
    [signature, &chunk(b"IHDR", &header), &chunk(b"IDAT", data), &chunk(b"IEND", &[])].concat()
}

/// An archive of one entry: five bytes that say that they are `unpacked`.
fn zip(name: &str, unpacked: u32, mode: u32) -> Vec<u8> {
    let data = b"12345";
    let length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let common =
        [&[0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &5_u32.to_le_bytes(), &unpacked.to_le_bytes(), &length].concat();
    let body = [&b"PK\x03\x04\x14\0"[..], &common, &[0, 0], name.as_bytes(), data].concat();
    let attributes = (mode << 16).to_le_bytes();
    let directory =
        [&b"PK\x01\x02\x14\x03\x14\0"[..], &common, &[0; 8], &attributes, &[0; 4], name.as_bytes()].concat();
    let sizes = [directory.len(), body.len()].map(|size| u32::try_from(size).unwrap().to_le_bytes());
    [&body[..], &directory, b"PK\x05\x06\0\0\0\0\x01\0\x01\0", &sizes[0], &sizes[1], &[0, 0]].concat()
}

fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn attached(bytes: &[u8], file_name: &str, media_type: MediaType) -> PhaseEntry {
    PhaseEntry::Attached {
        file_name: file_name.into(),
        media_type,
        size_bytes: bytes.len() as u64,
        sha256: hash(bytes),
    }
}

/// The first phase asks for a file.
async fn ask_for_files(app: &TestApp) {
    let definition = r#"{"key":"line_clearance","title":"Photo of the line","instruction":"Take a photo.",
        "kind":{"type":"attachment","accepts":"any"}}"#;
    world::redefine_phase(&app.database, phase_id(1), definition).await;
}

/// A station has recorded an entry that names the file, and pushed it.
async fn recorded(app: &TestApp, client: &Client, entry: PhaseEntry) -> TestStation {
    ask_for_files(app).await;
    let mut station = TestStation::register(app, client).await;
    let operation = station.writer.unsigned(&statement(1, 1, entry));
    let answer = station.push(&[operation]).await.unwrap();
    assert_eq!(answer.verdicts[0].verdict, Verdict::Accepted, "{answer:?}");
    station
}

async fn exchange(app: &TestApp, method: Method, token: &str, hash: &str, body: Vec<u8>) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/v1/batches/{}/attachments/{hash}", batch_id().as_str()))
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    raw::send_request(app, request.body(Body::from(body)).unwrap()).await
}

async fn give(app: &TestApp, token: &str, bytes: &[u8]) -> Answer {
    exchange(app, Method::PUT, token, &hash(bytes), bytes.to_vec()).await
}

async fn fetch(app: &TestApp, token: &str, bytes: &[u8]) -> Answer {
    exchange(app, Method::GET, token, &hash(bytes), Vec::new()).await
}

async fn operator_token(app: &TestApp, client: &Client) -> String {
    app.sign_in(client, &operator().email).await.access_token
}

fn refusal(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.code())
}

async fn a_file_is_kept_once_and_given_out_as_it_came(app: TestApp, client: Client) {
    let photo = png(b"the line is clear");
    let token = operator_token(&app, &client).await;
    ask_for_files(&app).await;
    assert_eq!(refusal(&give(&app, &token, &photo).await), (409, "attachment_not_named"), "its entry comes first");
    recorded(&app, &client, attached(&photo, "line.png", MediaType::Png)).await;
    assert_eq!(refusal(&fetch(&app, &token, &photo).await), (404, "not_found"));
    for _ in 0..2 {
        assert_eq!(give(&app, &token, &photo).await.status.as_u16(), 204, "sent again, nothing changes");
    }
    let found = fetch(&app, &token, &photo).await;
    assert_eq!(found.status.as_u16(), 200);
    assert_eq!(found.text, String::from_utf8_lossy(&photo));
    let mut rows = app.database.superuser().await;
    let count = "SELECT count(*), max(received_from), bool_and(content = $1) FROM attachments";
    let kept: (i64, String, bool) = sqlx::query_as(count).bind(&photo).fetch_one(&mut rows).await.unwrap();
    assert_eq!(kept, (1, operator().id.0, true));
    let trail = "SELECT count(*), bool_or(new_text LIKE '%89504e47%') FROM audit_entries WHERE entity = 'attachments'";
    let written: (i64, bool) = sqlx::query_as(trail).fetch_one(&mut rows).await.unwrap();
    assert_eq!(written, (1, false), "the trail tells of the file and does not hold its bytes");
    let changed = sqlx::query("UPDATE attachments SET content = content").execute(&mut rows).await;
    assert!(changed.is_err(), "what was written stays");
}

async fn a_file_is_refused_that_is_not_the_one_of_the_entry(app: TestApp, client: Client) {
    let photo = png(b"the line is clear");
    let PhaseEntry::Attached { sha256, file_name, media_type, .. } = attached(&photo, "line.png", MediaType::Png)
    else {
        unreachable!("a file is attached")
    };
    recorded(&app, &client, PhaseEntry::Attached { file_name, media_type, size_bytes: 7, sha256 }).await;
    let token = operator_token(&app, &client).await;
    assert_eq!(refusal(&give(&app, &token, &photo).await), (422, "attachment_differs"), "it is of another size");
    let other = exchange(&app, Method::PUT, &token, &hash(&photo), png(b"another")).await;
    assert_eq!(refusal(&other), (422, "attachment_hash_differs"));
    let empty = exchange(&app, Method::PUT, &token, &hash(b""), Vec::new()).await;
    assert_eq!(refusal(&empty), (422, "attachment_empty"));
    for unfit in ["0", "..%2F..%2Fetc%2Fpasswd", &hash(&photo).to_uppercase()] {
        let answer = exchange(&app, Method::PUT, &token, unfit, photo.clone()).await;
        assert_eq!(refusal(&answer), (404, "not_found"), "{unfit}");
    }
    let large = vec![0; usize::try_from(attachment::LARGEST).unwrap() + 1];
    assert_eq!(refusal(&give(&app, &token, &large).await), (413, "body_too_large"));
}

async fn sec_16_files_of_another_plant_are_not_there(app: TestApp, client: Client) {
    let photo = png(b"the line is clear");
    recorded(&app, &client, attached(&photo, "line.png", MediaType::Png)).await;
    let elsewhere = app.sign_in(&client, &world::email("operator-b")).await.access_token;
    assert_eq!(refusal(&give(&app, &elsewhere, &photo).await), (404, "not_found"));
    let own = operator_token(&app, &client).await;
    assert_eq!(give(&app, &own, &photo).await.status.as_u16(), 204);
    assert_eq!(refusal(&fetch(&app, &elsewhere, &photo).await), (404, "not_found"));
    let warehouse = app.sign_in(&client, &world::email("warehouse")).await.access_token;
    assert_eq!(give(&app, &warehouse, &photo).await.status.as_u16(), 403, "it takes the right to execute");
}

/// [SEC-28] An archive that bursts or links is refused by its directory, and nothing of it is kept.
async fn sec_28_archives_that_burst_or_link_are_refused(app: TestApp, client: Client) {
    let bomb = zip("a.txt", 50_000, 0o100_644);
    recorded(&app, &client, attached(&bomb, "results.zip", MediaType::Zip)).await;
    let token = operator_token(&app, &client).await;
    assert_eq!(refusal(&give(&app, &token, &bomb).await), (422, "archive_too_large"));
    let link = zip("a.txt", 50, 0o120_777);
    assert_eq!(refusal(&give(&app, &token, &link).await), (422, "archive_link"));
    let mut rows = app.database.superuser().await;
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM attachments").fetch_one(&mut rows).await.unwrap();
    assert_eq!(kept, 0);
}

/// [SEC-29] Names that lead elsewhere are refused, in an archive and of a file; the server makes its own.
async fn sec_29_the_server_makes_the_name_that_a_file_is_kept_under(app: TestApp, client: Client) {
    let archive = zip("a.txt", 50, 0o100_644);
    ask_for_files(&app).await;
    let mut station = TestStation::register(&app, &client).await;
    let path = station.writer.unsigned(&statement(1, 1, attached(&archive, "../../results.zip", MediaType::Zip)));
    let entry = station.writer.unsigned(&statement(2, 1, attached(&archive, "results of today.zip", MediaType::Zip)));
    let verdicts = station.push(&[path, entry]).await.unwrap().verdicts;
    let expected = [Verdict::NotApplied { code: "attachment_name_unfit".into() }, Verdict::Accepted];
    assert_eq!([&verdicts[0].verdict, &verdicts[1].verdict], [&expected[0], &expected[1]]);
    let token = operator_token(&app, &client).await;
    for name in ["../../a", "/a", "a\\b", "a\0b", "NUL", "a/com1.txt"] {
        assert_eq!(refusal(&give(&app, &token, &zip(name, 50, 0o100_644)).await), (422, "archive_name"), "{name:?}");
    }
    assert_eq!(give(&app, &token, &archive).await.status.as_u16(), 204);
    let found = fetch(&app, &token, &archive).await;
    let disposition = found.headers[header::CONTENT_DISPOSITION].to_str().unwrap().to_owned();
    let ending = format!("-phase-1-{}.zip\"", &hash(&archive)[..12]);
    assert!(disposition.starts_with("attachment; filename=\"attachment-"), "{disposition}");
    assert!(disposition.ends_with(&ending) && !disposition.contains("today"), "{disposition}");
}

/// [SEC-30] The type follows from the bytes, a file is one thing only, and nothing is shown in place.
async fn sec_30_a_file_of_two_kinds_is_refused_and_none_is_shown_in_place(app: TestApp, client: Client) {
    let photo = png(b"the line is clear");
    recorded(&app, &client, attached(&photo, "page.html", MediaType::Png)).await;
    let token = operator_token(&app, &client).await;
    for (file, code) in [
        ([&photo[..], b"<script>alert(1)</script>"].concat(), "attachment_hides_another"),
        ([&photo[..], &zip("a.txt", 50, 0o100_644)].concat(), "attachment_hides_another"),
        (b"<!doctype html><script>alert(1)</script>".to_vec(), "attachment_type_unknown"),
        (b"MZ\x90\0".to_vec(), "attachment_type_unknown"),
    ] {
        assert_eq!(refusal(&give(&app, &token, &file).await), (422, code));
    }
    assert_eq!(give(&app, &token, &photo).await.status.as_u16(), 204);
    let found = fetch(&app, &token, &photo).await;
    for (name, value) in [
        (header::CONTENT_TYPE, "image/png"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "sandbox"),
    ] {
        assert_eq!(found.headers[&name], value, "{name}");
    }
    assert!(found.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment; "));
}

async fn a_release_waits_for_every_file(app: TestApp, client: Client) {
    let photo = png(b"the line is clear");
    ask_for_files(&app).await;
    let mut station = TestStation::register(&app, &client).await;
    let quality = Quality::of(&app, &client, &station).await;
    let entry = attached(&photo, "line.png", MediaType::Png);
    let begun =
        [station.writer.unsigned(&statement(1, 1, entry)), station.writer.unsigned(&statement(2, 2, rpm("110")))];
    station.push(&begun).await.unwrap();
    finish(&app, &client, &mut station).await;
    add_author(&app, "production-manager", Role::ProductionManager, "plant-a").await;
    let production = app.sign_in(&client, &world::email("production-manager")).await.access_token;
    let qa = Reviewing {
        client: &client,
        station: station.id,
        officer: ("qa-operator", quality.investigator.clone()),
        manager: ("qa-manager", quality.manager.clone()),
        head: ("qa-head", quality.head.clone()),
        production: ("production-manager", production),
    };
    let ready = qa.accept_all().await;
    let reviewed = qa.sign(&ready, ReviewAction::Sign, &qa.manager).await.unwrap();
    let missing = ReleaseBlocker::AttachmentMissing { number: 1, file: "line.png".into() };
    assert_eq!(reviewed.blockers, std::slice::from_ref(&missing));
    let refused = problem(qa.sign(&reviewed, ReviewAction::Release, &qa.head).await);
    assert_eq!((refused.code.as_str(), refused.blockers), ("blockers_remain", vec![missing]));
    let token = operator_token(&app, &client).await;
    assert_eq!(give(&app, &token, &photo).await.status.as_u16(), 204);
    let whole = qa.shown().await;
    assert_eq!(whole.blockers, [], "the review that was signed still holds");
    let released = qa.sign(&whole, ReviewAction::Release, &qa.head).await.unwrap();
    assert_eq!(released.batch.release_status, ReleaseStatus::Released);
}
