//! The program behind TLS: which clients believe it, and the exchange of its certificate.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use viruj_client::{Client, HttpOptions, Transport};
use viruj_test_support::{TestApp, world};

const SECRET_KEY: &str = "dGVzdHMgaGF2ZSBhIHNlY3JldCBvZiB0aGVpciBvd24";

/// A plant's own authority.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// Writes a certificate for this machine, and its key.
    fn certify(&self, folder: &Path) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned(), "localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        fs::write(folder.join("server.crt"), certificate.pem()).unwrap();
        fs::write(folder.join("server.key"), key.serialize_pem()).unwrap();
    }

    /// A client that believes this authority, with no connection of before.
    fn client(&self, address: &str) -> Client {
        let options =
            HttpOptions { plant_authority_pem: Some(self.pem.clone().into_bytes()), ..HttpOptions::default() };
        Client::new(Transport::http(address, &options).unwrap())
    }
}

/// Ends with the test.
struct Server(Child);

impl Server {
    fn start(app: &TestApp, folder: &Path) -> (Self, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_viruj-server"))
            .args(["serve", "--port", "0", "--tls-cert", "server.crt", "--tls-key", "server.key"])
            .env_clear()
            .env("DATABASE_URL", &app.database.url)
            .env("SECRET_KEY", SECRET_KEY)
            .env("VIRUJ_KEY_DIR", &app.settings.key_dir)
            .env("LOG_LEVEL", "off")
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        (Self(child), line.trim().rsplit(' ').next().unwrap().to_owned())
    }

    fn hang_up(&self) {
        Command::new("kill").args(["-HUP", &self.0.id().to_string()]).status().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < Duration::from_secs(10), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_believes_the_plants_authority_and_nobody_else() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let (plant, stranger) = (Authority::new(), Authority::new());
    plant.certify(folder.path());
    let (server, address) = Server::start(&app, folder.path());
    assert!(address.starts_with("https://127.0.0.1:"), "{address}");
    let client = plant.client(&address);
    let session = app.sign_in(&client, &world::email("security")).await;
    assert_eq!(client.me(&session.access_token).await.unwrap().id.as_str(), "security");
    assert!(stranger.client(&address).server().await.is_err(), "another authority");
    let machine_only = Client::new(Transport::http(&address, &HttpOptions::default()).unwrap());
    assert!(machine_only.server().await.is_err(), "the machine's own authorities do not know it");
    let plain = Transport::http(&address.replace("https:", "http:"), &HttpOptions::default()).unwrap();
    assert!(Client::new(plain).server().await.is_err(), "plain HTTP is not spoken there");

    // A certificate that cannot be used changes nothing; the next one is taken without a pause.
    fs::write(folder.path().join("server.key"), "no key").unwrap();
    server.hang_up();
    plant.client(&address).server().await.unwrap();
    stranger.certify(folder.path());
    server.hang_up();
    until("the new certificate is served", async || stranger.client(&address).server().await.is_ok()).await;
    assert!(plant.client(&address).server().await.is_err(), "new connections get the new certificate");
    client.me(&session.access_token).await.unwrap();
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_viruj-server"))
            .arg("serve")
            .args(arguments)
            .env_clear()
            .env("DATABASE_URL", "postgres://viruj@127.0.0.1:1/viruj")
            .env("SECRET_KEY", SECRET_KEY)
            .env("HOME", folder.path())
            .env("LOG_LEVEL", "off")
            .current_dir(folder.path())
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let both = ["--tls-cert", "server.crt", "--tls-key", "server.key"];
    let (code, text) = run(&both);
    assert_eq!((code, text.contains("server.crt")), (Some(2), true), "{text}");
    authority.certify(folder.path());
    let (code, text) = run(&both[..2]);
    assert_eq!((code, text.contains("--tls-key")), (Some(2), true), "{text}");
    // The key of another certificate.
    fs::write(folder.path().join("server.key"), KeyPair::generate().unwrap().serialize_pem()).unwrap();
    let (code, text) = run(&both);
    assert_eq!((code, text.contains("cannot be used together")), (Some(2), true), "{text}");
    fs::write(folder.path().join("server.crt"), "").unwrap();
    let (code, text) = run(&both);
    assert_eq!((code, text.contains("holds no certificate")), (Some(2), true), "{text}");
}
