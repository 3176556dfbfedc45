//! A real OpenID provider that a test starts for itself, and a person with a browser at its pages.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use viruj_api::single_sign_on::{BeginSingleSignOn, BegunSingleSignOn, FinishSingleSignOn};
use viruj_client::Client;
use viruj_domain::{clock::Clock, role::Role};
use viruj_server::{SystemClock, secrets::Secret, single_sign_on::SingleSignOnSettings};
use viruj_test_support::{TestApp, world};

/// Where the stations of the tests say that they listen.
pub const PORT: u16 = 40_404;

pub struct IdentityProvider {
    program: Child,
    pub issuer: String,
}

fn support(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/support").join(file)
}

/// A person of the plant whose address the provider has verified.
pub fn verified(id: &str, groups: &str) -> String {
    format!("{}|verified|{groups}", world::email(id))
}

impl IdentityProvider {
    /// Its people, as the program has them.
    pub fn start(people: &[String]) -> Self {
        Self::start_at("0", people)
    }

    fn start_at(port: &str, people: &[String]) -> Self {
        let mut program = Command::new("node")
            .arg(support("identity-provider.mjs"))
            .arg(port)
            .args(people)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut issuer = String::new();
        BufReader::new(program.stdout.as_mut().unwrap()).read_line(&mut issuer).unwrap();
        assert!(issuer.starts_with("http://127.0.0.1:"), "the identity provider does not start: npm install?");
        Self { program, issuer: issuer.trim().to_owned() }
    }

    /// Ends; one with other people and another key takes its place.
    pub fn restart(self, people: &[String]) -> Self {
        let issuer = self.issuer.clone();
        drop(self);
        Self::start_again(&issuer, people)
    }

    /// In the place of one that has ended.
    pub fn start_again(issuer: &str, people: &[String]) -> Self {
        Self::start_at(issuer.rsplit(':').next().unwrap(), people)
    }

    pub fn settings(&self) -> SingleSignOnSettings {
        SingleSignOnSettings {
            issuer: self.issuer.clone(),
            client_id: "viruj".to_owned(),
            client_secret: Some(Secret::new("the secret of the client")),
            role_claim: None,
            roles: BTreeMap::new(),
        }
    }

    /// A server with this provider.
    pub async fn app(&self) -> TestApp {
        at_real_time(TestApp::start_with(|settings| settings.single_sign_on = Some(self.settings())).await)
    }

    /// A server that takes roles from the provider's groups.
    pub async fn app_with_roles(&self, roles: &[(&str, Role)]) -> TestApp {
        let roles = roles.iter().map(|(group, role)| ((*group).to_owned(), *role)).collect();
        let told = SingleSignOnSettings { role_claim: Some("groups".to_owned()), roles, ..self.settings() };
        at_real_time(TestApp::start_with(|settings| settings.single_sign_on = Some(told)).await)
    }
}

/// The provider's tokens are of now.
fn at_real_time(app: TestApp) -> TestApp {
    app.clock.advance(SystemClock.now() - app.clock.now());
    app
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        drop(self.program.stdin.take());
        let _ = self.program.wait();
    }
}

pub async fn begin(client: &Client) -> BegunSingleSignOn {
    client.begin_single_sign_on(&BeginSingleSignOn { port: PORT }).await.unwrap()
}

/// Signs in at the provider's own pages; gives the address to which the provider sends the browser back.
pub async fn at_the_provider(authorisation_url: &str, login: &str) -> Result<String, String> {
    let (url, login) = (authorisation_url.to_owned(), login.to_owned());
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
    if browser.status.success() {
        Ok(String::from_utf8(browser.stdout).unwrap().trim().to_owned())
    } else {
        Err(String::from_utf8_lossy(&browser.stderr).into_owned())
    }
}

/// What the address of the way back says.
pub fn query_of(address: &str) -> BTreeMap<String, String> {
    let (_, query) = address.split_once('?').unwrap();
    query.split('&').filter_map(|pair| pair.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}

/// What the station hands in after this person has signed in at the provider.
pub async fn answer(client: &Client, login: &str) -> FinishSingleSignOn {
    let begun = begin(client).await;
    let url = begun.authorisation_url.clone();
    answer_from(begun, &url, login).await
}

/// As [`answer`], by an address that somebody has changed on its way to the browser.
pub async fn answer_from(begun: BegunSingleSignOn, url: &str, login: &str) -> FinishSingleSignOn {
    let address = at_the_provider(url, login).await.unwrap();
    let query = query_of(&address);
    assert_eq!(query["state"], begun.state);
    FinishSingleSignOn { state: begun.state, proof: begun.proof, code: query["code"].clone() }
}

/// Does the whole of it.
pub async fn sign_in(
    client: &Client,
    login: &str,
) -> Result<viruj_api::sessions::OpenSession, viruj_client::ClientError> {
    let request = answer(client, login).await;
    client.finish_single_sign_on(None, &request).await
}
