//! Releases: published by who may, examined before they are kept, offered to the stations that their rings have reached.

use std::{fs, path::Path};

use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use viruj_api::stations::StationSignIn;
use viruj_client::Client;
use viruj_domain::ids::StationId;
use viruj_sync::{
    conformance::world::{OTHER_STATION, STATION, station_key},
    signing::answer_challenge,
};
use viruj_test_support::{
    Reach, TestApp, TestStation,
    release::{Builder, package},
    world,
};

use crate::{
    program::{SECRET_KEY, error_of, run},
    raw::{self, Answer},
};

const TARGET: &str = "linux-x86_64";

struct Fleet {
    app: TestApp,
    client: Client,
    admin: String,
    builder: Builder,
    folder: tempfile::TempDir,
}

impl Fleet {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let builder = Builder::default();
        trust(folder.path(), "first", &builder);
        let kept = folder.path().to_owned();
        let app = TestApp::start_with(|settings| settings.release_dir = Some(kept)).await;
        let client = app.client(Reach::InProcess);
        let admin = app.sign_in(&client, &world::email("admin")).await.access_token;
        Self { app, client, admin, builder, folder }
    }

    fn key(&self) -> String {
        let keys = viruj_release::TrustedKeys::parse([self.builder.public_key().as_str()]).unwrap();
        keys.ids()[0].to_string()
    }

    /// The token of a station that is registered, in a ring.
    async fn station(&self, id: StationId, ring: &str) -> String {
        TestStation::register_as(&self.app, &self.client, id, "plant-a").await;
        let moved = self.move_to(id, json!({ "ring": ring, "reason": "it goes first" })).await;
        assert_eq!((moved.status, &moved.body["ring"]), (StatusCode::OK, &json!(ring)));
        self.token_of(id).await
    }

    async fn move_to(&self, id: StationId, change: Value) -> Answer {
        let path = format!("/api/v1/stations/{id}/ring");
        raw::send(&self.app, Method::POST, &path, Some(&self.admin), change.to_string()).await
    }

    async fn token_of(&self, id: StationId) -> String {
        let challenge = self.client.station_challenge().await.unwrap().challenge;
        let signature = answer_challenge(&challenge, &station_key(id));
        let sign_in = StationSignIn { station_id: id, challenge, signature, program_version: "1.0.0".into() };
        self.client.station_sign_in(&sign_in).await.unwrap().access_token
    }

    async fn publish(&self, content: &[u8], signature: &str, also: &str) -> Answer {
        self.publish_as(&self.admin, content, signature, also).await
    }

    async fn publish_as(&self, token: &str, content: &[u8], signature: &str, also: &str) -> Answer {
        let signature = signature.replace('+', "%2B");
        let path = format!("/api/v1/releases?signature={signature}&{also}");
        raw::send(&self.app, Method::POST, &path, Some(token), content.to_vec()).await
    }

    /// A version that its builder has signed, published for a ring.
    async fn published(&self, version: &str, also: &str) -> Value {
        let content = package("viruj-station", version, "amd64");
        let answer = self.publish(&content, &self.builder.sign(&content, version), also).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        answer.body
    }

    async fn offered(&self, token: &str, version: &str) -> Answer {
        self.offered_to(token, version, &self.key()).await
    }

    async fn offered_to(&self, token: &str, version: &str, keys: &str) -> Answer {
        let path = format!("/api/v1/updates/{TARGET}/{version}?keys={keys}");
        raw::send(&self.app, Method::GET, &path, Some(token), "").await
    }

    async fn change(&self, release: &Value, change: Value) -> Answer {
        let path = format!("/api/v1/releases/{}/rollout", release["id"].as_str().unwrap());
        raw::send(&self.app, Method::POST, &path, Some(&self.admin), change.to_string()).await
    }
}

fn trust(folder: &Path, name: &str, builder: &Builder) {
    let keys = folder.join("keys");
    fs::create_dir_all(&keys).unwrap();
    fs::write(keys.join(format!("{name}.pub")), builder.public_key()).unwrap();
}

fn packages(folder: &Path) -> Vec<String> {
    let found = fs::read_dir(folder.join("packages")).into_iter().flatten();
    found.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_kept_by_its_hash_and_given_to_the_stations_of_its_ring() {
    let fleet = Fleet::start().await;
    let [pilot, other] = [fleet.station(STATION, "pilot").await, fleet.station(OTHER_STATION, "all").await];
    assert_eq!(fleet.offered(&pilot, "1.0.0").await.status, StatusCode::NO_CONTENT);
    let content = package("viruj-station", "1.1.0", "amd64");
    let signature = fleet.builder.sign(&content, "1.1.0");
    let release = fleet.publish(&content, &signature, "ring=pilot&notes=Quicker%20search").await;
    assert_eq!(release.status, StatusCode::CREATED, "{}", release.text);
    assert_eq!(release.body["builder_key"], json!(fleet.key()));
    assert_eq!(packages(fleet.folder.path()), [release.body["sha256"].as_str().unwrap()]);
    let offered = fleet.offered(&pilot, "1.0.0").await;
    assert_eq!(offered.status, StatusCode::OK, "{}", offered.text);
    assert_eq!((&offered.body["version"], &offered.body["signature"]), (&json!("1.1.0"), &json!(signature)));
    for version in ["1.1.0", "1.2.0"] {
        assert_eq!(fleet.offered(&pilot, version).await.status, StatusCode::NO_CONTENT, "{version}");
    }
    assert_eq!(fleet.offered(&other, "1.0.0").await.status, StatusCode::NO_CONTENT, "the ring has not come so far");
    let further = fleet.change(&release.body, json!({ "ring": "all", "reason": "The pilot is well" })).await;
    assert_eq!((further.status, &further.body["ring"]), (StatusCode::OK, &json!("all")));
    assert_eq!(fleet.offered(&other, "1.0.0").await.status, StatusCode::OK);
    // 1.10.0 is more than 1.9.0.
    fleet.published("1.9.0", "ring=all&notes=n").await;
    fleet.published("1.10.0", "ring=all&notes=n").await;
    assert_eq!(fleet.offered(&other, "1.0.0").await.body["version"], json!("1.10.0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_is_moved_with_a_reason_that_the_trail_keeps() {
    let fleet = Fleet::start().await;
    fleet.station(STATION, "plant").await;
    for (change, code) in [
        (json!({ "ring": "pilot", "reason": " " }), "change_reason_required"),
        (json!({ "ring": "moon", "reason": "r" }), "invalid_body"),
    ] {
        assert_eq!(fleet.move_to(STATION, change).await.code(), code);
    }
    let nobody = fleet.move_to(OTHER_STATION, json!({ "ring": "pilot", "reason": "r" })).await;
    assert_eq!(nobody.code(), "not_found");
    let mut rows = fleet.app.database.superuser().await;
    let told: Vec<(String, String)> =
        sqlx::query_as("SELECT actor, reason FROM audit_entries WHERE entity = 'stations' AND action = 'changed'")
            .fetch_all(&mut rows)
            .await
            .unwrap();
    assert_eq!(told, [("admin".to_owned(), "it goes first".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_is_fetched_in_pieces_by_stations_alone() {
    let fleet = Fleet::start().await;
    let station = fleet.station(STATION, "pilot").await;
    let content = package("viruj-station", "1.1.0", "amd64");
    let release = fleet.published("1.1.0", "ring=pilot&notes=n").await;
    let path = format!("/api/v1/release-packages/{}", release["sha256"].as_str().unwrap());
    let fetch = async |range: &str| {
        let request = Request::get(&path).header(header::AUTHORIZATION, format!("Bearer {station}"));
        let request = request.header(header::RANGE, range).body(axum::body::Body::empty()).unwrap();
        let answer = tower::ServiceExt::oneshot(fleet.app.application.router(), request).await.unwrap();
        let (parts, body) = answer.into_parts();
        (parts.status, parts.headers, axum::body::to_bytes(body, 1 << 20).await.unwrap())
    };
    let (status, headers, first) = fetch("bytes=0-99").await;
    assert_eq!((status, first.as_ref()), (StatusCode::PARTIAL_CONTENT, &content[..100]));
    assert_eq!(headers[header::CONTENT_RANGE], format!("bytes 0-99/{}", content.len()));
    assert!(!headers.contains_key(header::CONTENT_ENCODING), "a part of something packed could not be put together");
    let (status, _, rest) = fetch("bytes=100-").await;
    assert_eq!((status, [first, rest].concat()), (StatusCode::PARTIAL_CONTENT, content));
    let (status, ..) = fetch("bytes=99999999-").await;
    assert_eq!(status, StatusCode::RANGE_NOT_SATISFIABLE);
    let by_a_person = raw::send(&fleet.app, Method::GET, &path, Some(&fleet.admin), "").await;
    assert_eq!(by_a_person.status, StatusCode::UNAUTHORIZED, "{}", by_a_person.text);
    // What lies in the folder and is no release is not there.
    fs::write(fleet.folder.path().join("packages/other"), "no release").unwrap();
    for path in ["/api/v1/release-packages/other", "/api/v1/release-packages/..%2Fkeys%2Ffirst.pub"] {
        assert_eq!(raw::send(&fleet.app, Method::GET, path, Some(&station), "").await.code(), "not_found", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_36_what_no_builder_has_signed_is_not_published() {
    let fleet = Fleet::start().await;
    let content = package("viruj-station", "1.1.0", "amd64");
    let signature = fleet.builder.sign(&content, "1.1.0");
    let stranger = Builder::default().sign(&content, "1.1.0");
    let mut changed = content.clone();
    *changed.last_mut().unwrap() ^= 1;
    let server = package("viruj-server", "1.1.0", "amd64");
    let elsewhere = package("viruj-station", "1.1.0", "s390x");
    let good = "ring=pilot&notes=n";
    for (content, signature, also, code) in [
        (&content, "", good, "release_signature_invalid"),
        (&content, &stranger, good, "release_key_unknown"),
        (&changed, &signature, good, "release_signature_wrong"),
        (&content[..50].to_vec(), &signature, good, "release_signature_wrong"),
        (&content, &fleet.builder.sign(&content, "1.2.0"), good, "release_version_mismatch"),
        (&server, &fleet.builder.sign(&server, "1.1.0"), good, "release_package_invalid"),
        (&elsewhere, &fleet.builder.sign(&elsewhere, "1.1.0"), good, "release_platform_unknown"),
        (&content, &signature, "ring=pilot&notes=%20", "release_notes_invalid"),
        (&content, &signature, "ring=pilot&notes=n&percentage=0", "percentage_invalid"),
        (&content, &signature, "ring=moon&notes=n", "invalid_query"),
    ] as [(&Vec<u8>, &str, &str, &str); 10]
    {
        let refused = fleet.publish(content, signature, also).await;
        assert_eq!(refused.code(), code, "{}", refused.text);
    }
    assert_eq!(packages(fleet.folder.path()), [] as [&str; 0], "nothing is kept of what was refused");
    assert_eq!(fleet.publish_as("", &content, &signature, good).await.status, StatusCode::UNAUTHORIZED);
    let manager = fleet.app.sign_in(&fleet.client, &world::email("qa-manager")).await.access_token;
    assert_eq!(fleet.publish_as(&manager, &content, &signature, good).await.code(), "not_authorised");
    // A version is published once, whatever its package is.
    fleet.published("1.1.0", good).await;
    assert_eq!(fleet.publish(&content, &signature, good).await.code(), "release_exists");
    assert_eq!(packages(fleet.folder.path()).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_paused_and_goes_on_and_is_withdrawn_for_good() {
    let fleet = Fleet::start().await;
    let station = fleet.station(STATION, "pilot").await;
    let release = fleet.published("1.1.0", "ring=pilot&notes=n").await;
    assert_eq!(
        fleet.change(&release, json!({ "state": "paused", "reason": " " })).await.code(),
        "change_reason_required"
    );
    let paused = fleet.change(&release, json!({ "state": "paused", "reason": "A station does not start" })).await;
    assert_eq!(paused.body["stopped_because"], json!("A station does not start"));
    assert_eq!(fleet.offered(&station, "1.0.0").await.status, StatusCode::NO_CONTENT);
    let running = fleet.change(&release, json!({ "state": "running", "reason": "It was its disk" })).await;
    assert_eq!((running.status, running.body.get("stopped_because")), (StatusCode::OK, None));
    assert_eq!(fleet.offered(&station, "1.0.0").await.status, StatusCode::OK);
    assert_eq!(fleet.change(&release, json!({ "percentage": 101, "reason": "r" })).await.code(), "percentage_invalid");
    fleet.change(&release, json!({ "state": "withdrawn", "reason": "It loses the printer" })).await;
    for change in [json!({ "state": "running", "reason": "r" }), json!({ "ring": "all", "reason": "r" })] {
        assert_eq!(fleet.change(&release, change).await.code(), "step_not_allowed");
    }
    let list = raw::send(&fleet.app, Method::GET, "/api/v1/releases", Some(&fleet.admin), "").await;
    assert_eq!(list.body[0]["state"], json!("withdrawn"));
    let mut rows = fleet.app.database.superuser().await;
    let revived = sqlx::query("UPDATE releases SET state = 'running', stopped_because = NULL").execute(&mut rows).await;
    assert!(revived.is_err(), "whoever writes the row");
    let told: Vec<(String, String)> =
        sqlx::query_as("SELECT actor, reason FROM audit_entries WHERE entity = 'releases' ORDER BY entry_id")
            .fetch_all(&mut rows)
            .await
            .unwrap();
    let reasons: Vec<&str> = told.iter().map(|(_, reason)| reason.as_str()).collect();
    assert_eq!(reasons, ["published", "A station does not start", "It was its disk", "It loses the printer"]);
    assert!(told.iter().all(|(actor, _)| actor == "admin"), "{told:?}");
}

/// A station is offered what the builders whom it trusts have signed: first the release that brings the second key.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_follows_another_one() {
    let fleet = Fleet::start().await;
    let station = fleet.station(STATION, "pilot").await;
    fleet.published("1.1.0", "ring=pilot&notes=n").await;
    let second = Builder::default();
    let content = package("viruj-station", "1.2.0", "amd64");
    let signature = second.sign(&content, "1.2.0");
    assert_eq!(fleet.publish(&content, &signature, "ring=pilot&notes=n").await.code(), "release_key_unknown");
    trust(fleet.folder.path(), "second", &second);
    let published = fleet.publish(&content, &signature, "ring=pilot&notes=n").await;
    let second_key = published.body["builder_key"].as_str().unwrap();
    assert_eq!(fleet.offered(&station, "1.0.0").await.body["version"], json!("1.1.0"));
    let both = format!("{},{second_key}", fleet.key());
    assert_eq!(fleet.offered_to(&station, "1.1.0", &both).await.body["version"], json!("1.2.0"));
    assert_eq!(fleet.offered_to(&station, "1.1.0", "").await.status, StatusCode::NO_CONTENT);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_a_folder_keeps_no_releases() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let admin = app.sign_in(&client, &world::email("admin")).await.access_token;
    let path = "/api/v1/releases?signature=s&notes=n&ring=pilot";
    assert_eq!(raw::send(&app, Method::POST, path, Some(&admin), "x").await.code(), "releases_not_kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_publishes_what_lies_on_a_stick() {
    let fleet = Fleet::start().await;
    let folder = fleet.folder.path();
    let file = folder.join("station.deb");
    let content = package("viruj-station", "1.1.0", "amd64");
    fs::write(&file, &content).unwrap();
    let (file, url) = (file.to_str().unwrap(), fleet.app.settings.database_url.expose().to_owned());
    let key_dir = fleet.app.settings.key_dir.to_str().unwrap();
    let environment = [
        ("DATABASE_URL", url.as_str()),
        ("SECRET_KEY", SECRET_KEY),
        ("VIRUJ_KEY_DIR", key_dir),
        ("VIRUJ_RELEASE_DIR", folder.to_str().unwrap()),
    ];
    let arguments = ["release", "publish", file, "--notes", "Quicker", "--ring", "pilot"];
    let (code, text) = error_of(&run(&arguments, &environment));
    assert_eq!((code, text.contains("station.deb.sig")), (Some(1), true), "{text}");
    fs::write(format!("{file}.sig"), fleet.builder.sign(&content, "1.1.0")).unwrap();
    let (code, text) = error_of(&run(&[&arguments[..], &["--version", "1.2.0"]].concat(), &environment));
    assert_eq!((code, text.contains("1.1.0")), (Some(4), true), "{text}");
    let (code, text) = error_of(&run(&arguments, &environment[..3]));
    assert_eq!((code, text.contains("VIRUJ_RELEASE_DIR")), (Some(4), true), "{text}");
    let published = run(&[&arguments[..], &["--version", "1.1.0"]].concat(), &environment);
    let told = String::from_utf8(published.stdout).unwrap();
    assert!(
        told.starts_with("Published 1.1.0 for linux-x86_64"),
        "{told}{}",
        String::from_utf8_lossy(&published.stderr)
    );
    let station = fleet.station(STATION, "pilot").await;
    assert_eq!(fleet.offered(&station, "1.0.0").await.body["version"], json!("1.1.0"));
    let rollout = ["release", "rollout", "1.1.0", "--state", "paused", "--reason", "It is a holiday"];
    let paused = String::from_utf8(run(&rollout, &environment).stdout).unwrap();
    assert!(paused.starts_with("1.1.0 linux-x86_64: paused: It is a holiday, 100 % of pilot"), "{paused}");
    assert_eq!(fleet.offered(&station, "1.0.0").await.status, StatusCode::NO_CONTENT);
    let listed = String::from_utf8(run(&["release", "list"], &environment).stdout).unwrap();
    assert_eq!(listed, paused);
    let (code, text) = error_of(&run(&["release", "rollout", "1.2.0", "--reason", "r"], &environment));
    assert_eq!((code, text.contains("no such release")), (Some(4), true), "{text}");
}

impl Fleet {
    async fn report(&self, token: &str, version: &str, outcome: &str) {
        self.report_because(token, version, outcome, "").await;
    }

    async fn report_because(&self, token: &str, version: &str, outcome: &str, code: &str) {
        let report = json!({ "target": TARGET, "version": version, "outcome": outcome, "code": code, "detail": "d" });
        let path = "/api/v1/updates/reports";
        let answer = raw::send(&self.app, Method::POST, path, Some(token), report.to_string()).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    }

    async fn newest(&self) -> Value {
        raw::send(&self.app, Method::GET, "/api/v1/releases", Some(&self.admin), "").await.body[0].clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_that_says_nothing_after_its_update_pauses_the_release() {
    let mut fleet = Fleet::start().await;
    let [quiet, well] = [fleet.station(STATION, "pilot").await, fleet.station(OTHER_STATION, "pilot").await];
    fleet.published("1.1.0", "ring=pilot&notes=n").await;
    fleet.report(&quiet, "1.1.0", "installing").await;
    fleet.report(&well, "1.1.0", "installing").await;
    fleet.report(&well, "1.1.0", "healthy").await;
    fleet.report(&well, "9.9.9", "put_back").await;
    // The power went there; the release did nothing wrong.
    fleet.report_because(&well, "1.1.0", "put_back", "update_interrupted").await;
    assert_eq!(fleet.newest().await["state"], json!("running"));
    fleet.report(&well, "1.1.0", "healthy").await;
    fleet.app.clock.advance_seconds(14 * 60);
    fleet.app.application.stop_silent_updates().await.unwrap();
    assert_eq!(fleet.newest().await["state"], json!("running"));
    fleet.app.clock.advance_seconds(2 * 60);
    fleet.app.application.stop_silent_updates().await.unwrap();
    // The tokens of before have run out.
    fleet.admin = fleet.app.sign_in(&fleet.client, &world::email("admin")).await.access_token;
    let paused = fleet.newest().await;
    assert_eq!((&paused["state"], &paused["stopped_because"]), (&json!("paused"), &json!("system:update_silent")));
    let counts = json!({ "installing": 0, "healthy": 1, "refused": 0, "put_back": 0, "silent": 1 });
    assert_eq!(paused["stations"], counts);
    // It had only been slow.
    let quiet = fleet.token_of(STATION).await;
    fleet.report(&quiet, "1.1.0", "healthy").await;
    fleet.report(&quiet, "1.1.0", "refused").await;
    assert_eq!(fleet.newest().await["stations"]["healthy"], json!(2));
    assert_eq!(fleet.newest().await["state"], json!("paused"), "a person lets it go on");
}

/// Two hundred stations ask in three rings; in the second one the new version does not work.
#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_stations_update_through_three_rings_until_one_ring_fails() {
    let fleet = Fleet::start().await;
    let mut stations = Vec::new();
    for number in 0..200_u128 {
        let ring = match number {
            0..10 => "pilot",
            10..60 => "plant",
            _ => "all",
        };
        let id = StationId(uuid::Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 + number));
        stations.push((ring, fleet.station(id, ring).await));
    }
    let release = fleet.published("1.1.0", "ring=pilot&notes=n").await;
    let mut touched = Vec::new();
    for (ring, next) in [("pilot", Some("plant")), ("plant", None)] {
        for (own, token) in &stations {
            if fleet.offered(token, "1.0.0").await.status != StatusCode::OK {
                continue;
            }
            fleet.report(token, "1.1.0", "installing").await;
            // The pilot is well; what comes after it does not start.
            fleet.report(token, "1.1.0", if *own == "pilot" { "healthy" } else { "put_back" }).await;
            touched.push(*own);
        }
        if let Some(next) = next {
            assert_eq!(touched, ["pilot"; 10], "{ring}");
            fleet.change(&release, json!({ "ring": next, "reason": "The pilot is well" })).await;
            touched.clear();
        }
    }
    // Those of the pilot ask again, since they were not made to change; of the plant the first one stopped it for all.
    assert_eq!(touched.iter().filter(|ring| **ring == "plant").count(), 1, "{touched:?}");
    assert!(!touched.contains(&"all"));
    let paused = fleet.newest().await;
    assert_eq!((&paused["state"], &paused["stopped_because"]), (&json!("paused"), &json!("system:update_put_back")));
    let counts = json!({ "installing": 0, "healthy": 10, "refused": 0, "put_back": 1, "silent": 0 });
    assert_eq!(paused["stations"], counts);
    for (ring, token) in &stations {
        assert_eq!(fleet.offered(token, "1.0.0").await.status, StatusCode::NO_CONTENT, "{ring}");
    }
}
