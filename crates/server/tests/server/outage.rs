//! A database that goes away while the server runs, and comes back.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use http::{Method, header};
use sqlx::postgres::PgConnectOptions;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
};
use viruj_test_support::{Reach, TestApp, database::migrated_database, world};

use crate::raw;

/// How the way to the database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Open,
    /// Whoever comes is turned away, and whoever was there is cut off.
    Shut,
    /// Nothing gets through and nobody is told.
    Silent,
}

/// Stands between the server and its database.
struct Gate {
    address: SocketAddr,
    way: watch::Sender<Way>,
}

impl Gate {
    async fn before(target: &PgConnectOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let way = watch::Sender::new(Way::Open);
        let target = target.clone();
        let seen = way.subscribe();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if *seen.borrow() != Way::Shut {
                    let seen = seen.clone();
                    // A database of the tests may be reached by its socket alone.
                    if let Some(folder) = target.get_socket() {
                        let socket = folder.join(format!(".s.PGSQL.{}", target.get_port()));
                        let far = UnixStream::connect(socket).await.unwrap();
                        tokio::spawn(carry(near, far, seen));
                    } else {
                        let far = TcpStream::connect((target.get_host(), target.get_port())).await.unwrap();
                        tokio::spawn(carry(near, far, seen));
                    }
                }
            }
        });
        Self { address, way }
    }
}

async fn carry<Far>(mut near: TcpStream, mut far: Far, mut way: watch::Receiver<Way>)
where
    Far: AsyncRead + AsyncWrite + Unpin,
{
    if *way.borrow_and_update() == Way::Open {
        tokio::select! {
            _ = tokio::io::copy_bidirectional(&mut near, &mut far) => return,
            _ = way.changed() => {}
        }
    }
    // What was cut off once is never taken up again, whatever becomes of the way.
    let _ = way.wait_for(|way| *way != Way::Silent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_goes_away_is_said_and_comes_back_by_itself() {
    let database = migrated_database().await;
    let options: PgConnectOptions = database.url.parse().unwrap();
    let gate = Gate::before(&options).await;
    let (person, name) = (options.get_username(), options.get_database().unwrap());
    let app = TestApp::over(database, &format!("postgres://{person}@{}/{name}", gate.address)).await;
    world::fill(app.storage()).await;
    let client = app.client(Reach::Http);
    let security = app.sign_in(&client, &world::email("security")).await;
    let list = "/api/v1/gate-entries";
    let token = Some(security.access_token.as_str());
    for way in [Way::Shut, Way::Silent, Way::Shut] {
        assert_eq!(raw::send(&app, Method::GET, "/health", None, "").await.status, 200);
        assert_eq!(raw::send(&app, Method::GET, list, token, "").await.status, 200);
        gate.way.send(way).unwrap();
        for (method, path, body) in [
            (Method::GET, "/health", ""),
            (Method::GET, list, ""),
            (Method::POST, "/api/v1/sessions", r#"{"email": "a@b.example", "password": "x"}"#),
        ] {
            let started = Instant::now();
            let answer = raw::send(&app, method, path, token, body).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (503, "database_unreachable"), "{way:?} {path}");
            assert_eq!(answer.headers[header::RETRY_AFTER], "5");
            assert!(started.elapsed() < Duration::from_secs(7), "{way:?} {path}: {:?}", started.elapsed());
        }
        gate.way.send(Way::Open).unwrap();
        let health = raw::send(&app, Method::GET, "/health", None, "").await;
        assert_eq!(health.status, 200, "{way:?}: {}", health.body);
        app.sign_in(&client, &world::email("qa-manager")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_the_database_ends_are_replaced() {
    let app = TestApp::start().await;
    let client = app.client(Reach::Http);
    let session = app.sign_in(&client, &world::email("security")).await;
    for _ in 0..3 {
        client.gate_entries(&session.access_token, &viruj_api::lists::PageQuery::default()).await.unwrap();
        let ended: i64 = sqlx::query_scalar(
            "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .fetch_one(&mut app.database.superuser().await)
        .await
        .unwrap();
        assert!(ended > 0);
        app.sign_in(&client, &world::email("qa-manager")).await;
    }
}
