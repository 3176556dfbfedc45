//! Single sign-on against a real OpenID provider, which each test starts for itself.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use chrono::TimeDelta;
use viruj_api::single_sign_on::{BeginSingleSignOn, BegunSingleSignOn, FinishSingleSignOn};
use viruj_client::Client;
use viruj_domain::role::Role;
use viruj_server::single_sign_on::SingleSignOnSettings;
use viruj_test_support::{Reach, TestApp, world};

use crate::sessions::problem;

const PORT: u16 = 40_404;

struct IdentityProvider {
    program: Child,
    issuer: String,
}

fn support(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/support").join(file)
}

impl IdentityProvider {
    /// Its people, each `email|verified or not|groups`.
    fn start(people: &[String]) -> Self {
        let mut program = Command::new("node")
            .arg(support("identity-provider.mjs"))
            .args(people)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut issuer = String::new();
        BufReader::new(program.stdout.as_mut().unwrap()).read_line(&mut issuer).unwrap();
        Self { program, issuer: issuer.trim().to_owned() }
    }

    fn settings(&self) -> SingleSignOnSettings {
        SingleSignOnSettings {
            issuer: self.issuer.clone(),
            client_id: "viruj".to_owned(),
            client_secret: Some(viruj_server::secrets::Secret::new("the secret of the client")),
            role_claim: None,
            roles: BTreeMap::new(),
        }
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        drop(self.program.stdin.take());
        let _ = self.program.wait();
    }
}

async fn begin(client: &Client) -> BegunSingleSignOn {
    client.begin_single_sign_on(&BeginSingleSignOn { port: PORT }).await.unwrap()
}

/// Signs in at the provider's own pages; gives the query with which the provider sends the browser back.
async fn at_the_provider(begun: &BegunSingleSignOn, login: &str) -> BTreeMap<String, String> {
    let (url, login) = (begun.authorisation_url.clone(), login.to_owned());
    let browser = tokio::task::spawn_blocking(move || {
        Command::new("node")
            .arg(support("browser.mjs"))
            .args([&url, "--stop"])
            .env("VIRUJ_TEST_LOGIN", login)
            .output()
            .unwrap()
    })
    .await
    .unwrap();
    assert!(browser.status.success(), "{}", String::from_utf8_lossy(&browser.stderr));
    let address = String::from_utf8(browser.stdout).unwrap();
    let (page, query) = address.trim().split_once('?').unwrap();
    assert_eq!(page, format!("http://127.0.0.1:{PORT}/single-sign-on"));
    query.split('&').filter_map(|pair| pair.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}

async fn answer(client: &Client, login: &str) -> FinishSingleSignOn {
    let begun = begin(client).await;
    let query = at_the_provider(&begun, login).await;
    assert_eq!(query["state"], begun.state);
    FinishSingleSignOn { state: begun.state, proof: begun.proof, code: query["code"].clone() }
}

fn people(of: &[(&str, &str, &str)]) -> Vec<String> {
    of.iter().map(|(who, verified, groups)| format!("{}|{verified}|{groups}", world::email(who))).collect()
}

#[tokio::test]
async fn sec_13_a_person_of_the_provider_signs_in_once_by_a_code() {
    let provider = IdentityProvider::start(&people(&[("qa-manager", "verified", "")]));
    let app = TestApp::start_with(|settings| settings.single_sign_on = Some(provider.settings())).await;
    let client = app.client(Reach::Http);
    let request = answer(&client, &world::email("qa-manager")).await;
    let session = client.finish_single_sign_on(&request).await.unwrap();
    assert_eq!(session.person.email, world::email("qa-manager"));
    assert_eq!(client.me(&session.access_token).await.unwrap(), session.person);
    // The code worked once, at the provider.
    let again = problem(client.finish_single_sign_on(&request).await);
    assert_eq!((again.code.as_str(), again.status), ("single_sign_on_refused", 403));
    let mut trail = app.database.superuser().await;
    let linked: Vec<(String, String)> =
        sqlx::query_as("SELECT subject, user_id FROM person_identities").fetch_all(&mut trail).await.unwrap();
    assert_eq!(linked, [(format!("subject of {}", world::email("qa-manager")), "qa-manager".to_owned())]);
    let events: Vec<(String, Option<String>)> =
        sqlx::query_as("SELECT action, reason FROM audit_entries WHERE entity = 'sessions'")
            .fetch_all(&mut trail)
            .await
            .unwrap();
    assert_eq!(events, [("signed_in".to_owned(), Some("single_sign_on".to_owned()))]);
}

#[tokio::test]
async fn sec_13_an_unverified_address_takes_over_nothing() {
    let provider = IdentityProvider::start(&people(&[("qa-manager", "typed by anybody", "")]));
    let app = TestApp::start_with(|settings| settings.single_sign_on = Some(provider.settings())).await;
    let client = app.client(Reach::Http);
    let request = answer(&client, &world::email("qa-manager")).await;
    assert_eq!(problem(client.finish_single_sign_on(&request).await).code, "single_sign_on_refused");
    let mut trail = app.database.superuser().await;
    let sessions: i64 = sqlx::query_scalar("SELECT count(*) FROM sessions").fetch_one(&mut trail).await.unwrap();
    assert_eq!(sessions, 0);
}

#[tokio::test]
async fn sec_13_state_proof_and_code_belong_to_one_sign_in_of_one_station() {
    let provider = IdentityProvider::start(&people(&[("qa-manager", "verified", "")]));
    let app = TestApp::start_with(|settings| settings.single_sign_on = Some(provider.settings())).await;
    let client = app.client(Reach::Http);
    let right = answer(&client, &world::email("qa-manager")).await;
    let other = begin(&client).await;
    let refusals = [
        // Somebody else's station began it: a code that was caught on its way is worth nothing.
        (FinishSingleSignOn { proof: other.proof.clone(), ..right.clone() }, "single_sign_on_expired"),
        (FinishSingleSignOn { state: format!("{}A", &right.state[1..]), ..right.clone() }, "single_sign_on_expired"),
        // The code of another sign-in: its verifier and its nonce are others (RFC 7636).
        (
            FinishSingleSignOn { state: other.state, proof: other.proof, code: right.code.clone() },
            "single_sign_on_refused",
        ),
        (FinishSingleSignOn { code: "made up".to_owned(), ..right.clone() }, "single_sign_on_refused"),
    ];
    for (request, code) in refusals {
        assert_eq!(problem(client.finish_single_sign_on(&request).await).code, code);
    }
    let late = answer(&client, &world::email("qa-manager")).await;
    app.clock.advance(TimeDelta::seconds(601));
    assert_eq!(problem(client.finish_single_sign_on(&late).await).code, "single_sign_on_expired");
    let port = problem(client.begin_single_sign_on(&BeginSingleSignOn { port: 80 }).await);
    assert_eq!(port.code, "invalid_body");
}

#[tokio::test]
async fn the_claim_gives_the_role_and_old_sessions_end() {
    let provider = IdentityProvider::start(&people(&[
        ("qa-manager", "verified", "everybody,qa-heads"),
        ("operator-b", "verified", "everybody"),
    ]));
    let app = TestApp::start_with(|settings| {
        let roles = BTreeMap::from([("qa-heads".to_owned(), Role::QaHead)]);
        let told = SingleSignOnSettings { role_claim: Some("groups".to_owned()), roles, ..provider.settings() };
        settings.single_sign_on = Some(told);
    })
    .await;
    let client = app.client(Reach::Http);
    let before = app.sign_in(&client, &world::email("qa-manager")).await;
    assert_eq!(before.person.role, Role::QaManager);
    let request = answer(&client, &world::email("qa-manager")).await;
    let session = client.finish_single_sign_on(&request).await.unwrap();
    assert_eq!(session.person.role, Role::QaHead);
    assert_eq!(client.me(&session.access_token).await.unwrap().role, Role::QaHead);
    app.clock.advance(TimeDelta::seconds(2));
    assert_eq!(problem(client.me(&before.access_token).await).code, "invalid_token");
    // Nobody is let in whose groups are none of the plant's.
    let request = answer(&client, &world::email("operator-b")).await;
    assert_eq!(problem(client.finish_single_sign_on(&request).await).code, "single_sign_on_refused");
}

#[tokio::test]
async fn without_a_provider_and_with_one_that_is_down_the_answer_says_so() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let off = problem(client.begin_single_sign_on(&BeginSingleSignOn { port: PORT }).await);
    assert_eq!((off.code.as_str(), off.status), ("single_sign_on_off", 404));
    let provider = IdentityProvider::start(&people(&[]));
    let settings = provider.settings();
    drop(provider);
    let app = TestApp::start_with(|told| told.single_sign_on = Some(settings)).await;
    let down = problem(app.client(Reach::Http).begin_single_sign_on(&BeginSingleSignOn { port: PORT }).await);
    assert_eq!((down.code.as_str(), down.status), ("single_sign_on_unavailable", 503));
}
