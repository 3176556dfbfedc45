//! A server of its own for a test: own database, own keys, own clock, on a free port and in process.

use std::{net::SocketAddr, sync::Arc};

use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use viruj_api::sessions::{OpenSession, SignInRequest};
use viruj_client::{Client, HttpOptions, Transport};
use viruj_server::{Application, SecretKey, ServerSettings, application, serve::serve};
use viruj_storage::Database;

use crate::{
    clock::TestClock,
    database::{TestDatabase, migrated_database},
    world,
};

/// The two ways to the same router.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Http,
    InProcess,
}

/// A running server; everything of it ends when it is dropped.
pub struct TestApp {
    pub application: Application,
    pub clock: TestClock,
    pub settings: ServerSettings,
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<()>>,
    // Dropped last: the server uses them.
    _keys: tempfile::TempDir,
    pub database: TestDatabase,
}

impl TestApp {
    /// With the rows of [`world`].
    ///
    /// # Panics
    /// When the server does not start.
    pub async fn start() -> Self {
        let app = Self::empty().await;
        world::fill(app.storage()).await;
        app
    }

    /// With the demonstration's rows.
    ///
    /// # Panics
    /// When the server does not start.
    pub async fn with_demo() -> Self {
        let app = Self::empty().await;
        app.application.seed_demo(viruj_server::Environment::Other, false).await.expect("the demonstration is seeded");
        app
    }

    /// Migrated, without a row.
    ///
    /// # Panics
    /// When the server does not start.
    pub async fn empty() -> Self {
        let database = migrated_database().await;
        let url = database.url.clone();
        Self::over(database, &url).await
    }

    /// On a database that is migrated already, reached by `url`.
    ///
    /// # Panics
    /// When the server does not start.
    pub async fn over(database: TestDatabase, url: &str) -> Self {
        Self::with_settings(database, url, |_| {}).await
    }

    /// With the rows of [`world`] and settings of its own.
    ///
    /// # Panics
    /// When the server does not start.
    pub async fn start_with(change: impl FnOnce(&mut ServerSettings)) -> Self {
        let database = migrated_database().await;
        let url = database.url.clone();
        let app = Self::with_settings(database, &url, change).await;
        world::fill(app.storage()).await;
        app
    }

    /// Another server on the same database with the same keys and the same clock, reached in process.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn replica(&self) -> Application {
        self.replica_with(|_| {}).await
    }

    /// As [`Self::replica`], with other settings.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn replica_with(&self, change: impl FnOnce(&mut ServerSettings)) -> Application {
        let mut settings = self.settings.clone();
        change(&mut settings);
        application(&settings, Arc::new(self.clock.clone())).await.expect("a replica starts")
    }

    async fn with_settings(database: TestDatabase, url: &str, change: impl FnOnce(&mut ServerSettings)) -> Self {
        let keys = tempfile::tempdir().expect("a folder for keys");
        let secret = SecretKey::new("dGVzdHMgaGF2ZSBhIHNlY3JldCBvZiB0aGVpciBvd24").expect("a good secret");
        let mut settings = ServerSettings::embedded(url, secret, keys.path().join("keys"));
        change(&mut settings);
        let clock = TestClock::at("2026-11-24T08:00:00Z");
        let application = application(&settings, Arc::new(clock.clone())).await.expect("the server starts");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let mut app = Self { application, clock, settings, address, stop: None, served: None, _keys: keys, database };
        app.serve_on(listener);
        app
    }

    fn serve_on(&mut self, listener: TcpListener) {
        let (stop, stopped) = oneshot::channel::<()>();
        let application = self.application.clone();
        self.stop = Some(stop);
        self.served = Some(tokio::spawn(async move {
            let stopped = async move {
                // A test that is dropped lets go of the sender, which is as good as a message.
                let _ = stopped.await;
            };
            serve(&application, listener, stopped).await.expect("the server serves");
        }));
    }

    #[must_use]
    pub fn client(&self, reach: Reach) -> Client {
        Client::new(match reach {
            Reach::Http => Transport::http(&format!("http://{}", self.address), &HttpOptions::default())
                .expect("loopback is allowed"),
            Reach::InProcess => Transport::in_process(self.application.router()),
        })
    }

    /// The server's own way to its database.
    #[must_use]
    pub fn storage(&self) -> &Database {
        &self.application.state().database
    }

    /// Signs in as somebody of [`world`].
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn sign_in(&self, client: &Client, email: &str) -> OpenSession {
        let request = SignInRequest { email: email.to_owned(), password: world::PASSWORD.to_owned() };
        client.sign_in(&request).await.expect("the person signs in")
    }

    /// Asks the server to stop and waits until it has finished.
    ///
    /// # Panics
    /// When serving failed.
    pub async fn stop(&mut self) {
        self.ask_to_stop();
        if let Some(served) = self.served.take() {
            served.await.expect("the server ends well");
        }
    }

    /// Stops the server and starts one at the same address; nobody's connection lives on.
    ///
    /// # Panics
    /// When serving failed or the port is gone.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.serve_on(TcpListener::bind(self.address).await.expect("the port is free again"));
    }

    /// Asks the server to stop; what is in flight goes on.
    pub fn ask_to_stop(&mut self) {
        drop(self.stop.take());
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(served) = self.served.take() {
            served.abort();
        }
    }
}
