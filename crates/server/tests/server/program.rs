//! The program as an administrator runs it.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Output, Stdio},
};

use viruj_test_support::{TestApp, database::empty_database};

pub(crate) const SECRET_KEY: &str = "dGVzdHMgaGF2ZSBhIHNlY3JldCBvZiB0aGVpciBvd24";

pub(crate) fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_viruj-server"))
        .args(arguments)
        .env_clear()
        .envs(environment.iter().copied())
        .current_dir(folder.path())
        .output()
        .unwrap()
}

pub(crate) fn error_of(output: &Output) -> (Option<i32>, String) {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(text.trim_end().lines().count(), 1, "one clear line: {text}");
    (output.status.code(), text)
}

#[test]
fn the_openapi_document_is_the_committed_one() {
    let printed = run(&["openapi"], &[]);
    assert!(printed.status.success());
    let committed = include_str!("../../../../openapi/viruj-server.json");
    let same = String::from_utf8(printed.stdout).unwrap() == committed;
    assert!(same, "run: cargo run -p viruj-server -- openapi > openapi/viruj-server.json");
}

#[test]
fn sec_15_without_good_settings_it_does_not_start() {
    let database = ("DATABASE_URL", "postgres://viruj@127.0.0.1:1/viruj");
    let (code, text) = error_of(&run(&["serve"], &[]));
    assert_eq!((code, text.contains("DATABASE_URL")), (Some(2), true), "{text}");
    for known in ["short", "your-secret-key-change-in-production"] {
        let (code, text) = error_of(&run(&["serve"], &[database, ("HOME", "/tmp"), ("SECRET_KEY", known)]));
        assert_eq!((code, text.contains("SECRET_KEY")), (Some(2), true), "{text}");
    }
    let any_origin = [database, ("HOME", "/tmp"), ("SECRET_KEY", SECRET_KEY), ("FRONTEND_URL", "*")];
    let (code, text) = error_of(&run(&["serve"], &any_origin));
    assert_eq!((code, text.contains("FRONTEND_URL")), (Some(2), true), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_installation_is_migrated_and_gets_one_administrator() {
    let database = empty_database().await;
    let keys = tempfile::tempdir().unwrap();
    let key_dir = keys.path().to_str().unwrap();
    let environment = [("DATABASE_URL", database.url.as_str()), ("SECRET_KEY", SECRET_KEY), ("VIRUJ_KEY_DIR", key_dir)];
    let create = ["admin", "create", "--email", "ada@pharma.example", "--name", "Ada"];
    let (code, text) = error_of(&run(&create, &environment));
    assert_eq!((code, text.contains("viruj-server migrate")), (Some(3), true), "{text}");
    for expected in ["migrations ran", "up to date"] {
        let migrated = run(&["migrate"], &environment);
        assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
        assert!(String::from_utf8_lossy(&migrated.stdout).contains(expected));
    }
    let created = run(&create, &environment);
    assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stderr));
    let printed = String::from_utf8(created.stdout).unwrap();
    let password = printed.trim().rsplit(' ').next().unwrap();
    assert_eq!(password.len(), 29, "{printed}");
    let (code, text) = error_of(&run(&create, &environment));
    assert_eq!((code, text.contains("already")), (Some(4), true), "{text}");
    let mut rows = database.superuser().await;
    let (hash, must_change): (String, bool) =
        sqlx::query_as("SELECT hashed_password, must_change_password FROM users").fetch_one(&mut rows).await.unwrap();
    assert!(hash.starts_with("$argon2id$") && must_change);
}

#[tokio::test(flavor = "multi_thread")]
async fn demo_data_never_gets_into_production() {
    let app = TestApp::empty().await;
    let environment = [("DATABASE_URL", app.database.url.as_str()), ("ENVIRONMENT", "production")];
    let (code, _) = error_of(&run(&["seed", "demo"], &environment));
    assert_eq!(code, Some(4));
    let seeded = run(&["seed", "demo"], &environment[..1]);
    assert!(seeded.status.success(), "{}", String::from_utf8_lossy(&seeded.stderr));
    let printed = String::from_utf8(seeded.stdout).unwrap();
    assert!(printed.contains("3 plants, 17 people, 40 batches"), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_serves_until_it_is_asked_to_stop() {
    let app = TestApp::start().await;
    let mut server = Command::new(env!("CARGO_BIN_EXE_viruj-server"))
        .args(["serve", "--port", "0"])
        .env_clear()
        .env("DATABASE_URL", &app.database.url)
        .env("SECRET_KEY", SECRET_KEY)
        .env("VIRUJ_KEY_DIR", &app.settings.key_dir)
        .current_dir(app.settings.key_dir.parent().unwrap())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().rsplit(' ').next().unwrap().to_owned();
    assert!(address.starts_with("http://127.0.0.1:"), "loopback unless told otherwise: {line}");
    let transport = viruj_client::Transport::http(&address, &viruj_client::HttpOptions::default()).unwrap();
    let client = viruj_client::Client::new(transport);
    let there = client.server().await.unwrap();
    let here = app.client(viruj_test_support::Reach::InProcess).server().await.unwrap();
    assert_eq!(
        (there.server_id, &there.signing_keys),
        (here.server_id, &here.signing_keys),
        "replicas share their keys"
    );
    let session = app.sign_in(&client, &viruj_test_support::world::email("security")).await;
    Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    let ended = server.wait_with_output().unwrap();
    assert!(ended.status.success());
    let kept = std::fs::read_dir(&app.settings.checkpoint_dir).unwrap().count();
    assert!(kept >= 2, "P11-10e2: one checkpoint at the start and one at the end, {kept}");
    let log = String::from_utf8(ended.stderr).unwrap();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["message"] == "answered" && line["span"]["route"] == "/api/v1/sessions"));
    for secret in [&session.access_token, &session.refresh_token, viruj_test_support::world::PASSWORD, SECRET_KEY] {
        assert!(!log.contains(secret), "the log holds no secret");
    }
}
