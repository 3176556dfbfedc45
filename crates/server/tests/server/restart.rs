//! A server that ends and begins again between two requests of the same client.

use viruj_domain::{phase::PhaseEntry, signature::SignatureMeaning};
use viruj_sync::{
    conformance::world::{operator, rpm, statement},
    store::Exchange,
};
use viruj_test_support::{Reach, TestApp, TestStation};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_right_after_a_restart_does_not_fail() {
    let mut app = TestApp::start().await;
    let client = app.client(Reach::Http);
    let mut station = TestStation::register(&app, &client).await;
    let email = operator().email;
    let session = app.sign_in(&client, &email).await;
    for round in 0..8 {
        app.restart().await;
        client.me(&session.access_token).await.unwrap();
        app.restart().await;
        let third = viruj_api::statement::Statement {
            meaning: Some(SignatureMeaning::Performed),
            ..statement(100 + round, 3, PhaseEntry::Confirmed)
        };
        match round {
            // Nothing is recorded yet, so the phase before is still open: the answer is the server's own.
            0 => {
                let refused = station.attest(&client, &session, &third, Some(&email)).await.unwrap_err();
                assert_eq!(refused.code(), "earlier_phase_open");
                app.restart().await;
                let done = [
                    station.writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed)),
                    station.writer.unsigned(&statement(2, 2, rpm("100"))),
                ];
                station.push(&done).await.unwrap();
            }
            _ => {
                station.attest(&client, &session, &third, Some(&email)).await.unwrap();
            }
        }
        app.restart().await;
        station.exchange.pull("plant-a", None).await.unwrap();
    }
}
