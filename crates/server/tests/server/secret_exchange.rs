//! `SECRET_KEY` is exchanged while replicas serve: nobody is signed out, and afterwards the old one opens nothing.

use viruj_api::sessions::{OpenSession, RefreshRequest, SignInWithCode};
use viruj_client::{Client, Transport};
use viruj_domain::clock::Clock;
use viruj_server::{Application, SecretKey};
use viruj_test_support::{Reach, TestApp, world};

use crate::{
    second_factor::{EMAIL, code_at, enrol},
    sessions::problem,
};

const OLD: &str = "b2xkIHNlY3JldCBvZiBhbiBpbnN0YWxsYXRpb24gMDEyMw";
const NEW: &str = "bmV3IHNlY3JldCBvZiBhbiBpbnN0YWxsYXRpb24gMzIxMA";

fn secret(written_with: &str, only_read: Option<&str>) -> SecretKey {
    let secret = SecretKey::new(written_with).unwrap();
    only_read.into_iter().fold(secret, |secret, second| secret.with_second(second).unwrap())
}

fn client(replica: &Application) -> Client {
    Client::new(Transport::in_process(replica.router()))
}

async fn is_known(client: &Client, session: &OpenSession) -> bool {
    client.me(&session.access_token).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_03_an_exchanged_secret_key_signs_nobody_out_and_the_old_one_ends() {
    let app = TestApp::start_with(|settings| settings.secret_key = secret(OLD, None)).await;
    let old = app.client(Reach::InProcess);
    let before = app.sign_in(&old, EMAIL).await;
    let (factor, recovery) = enrol(&app, &old, &before).await;
    app.clock.advance_seconds(60);

    let told = app.replica_with(|settings| settings.secret_key = secret(OLD, Some(NEW))).await;
    let exchanged = app.replica_with(|settings| settings.secret_key = secret(NEW, Some(OLD))).await;
    let (told, exchanged) = (client(&told), client(&exchanged));
    let code = code_at(&factor, app.clock.now());
    let request = SignInWithCode { email: EMAIL.into(), password: world::PASSWORD.into(), code };
    let after = exchanged.sign_in_with_code(None, &request).await.unwrap();
    for replica in [&told, &exchanged] {
        assert!(is_known(replica, &before).await && is_known(replica, &after).await);
    }
    assert!(!is_known(&old, &after).await, "who was not told of the new key does not know it");
    let refresh = RefreshRequest { refresh_token: before.refresh_token.clone() };
    let refreshed = exchanged.refresh(&refresh).await.unwrap();
    assert!(is_known(&told, &refreshed).await);

    let done = app.replica_with(|settings| settings.secret_key = secret(NEW, None)).await;
    let done = client(&done);
    assert!(is_known(&done, &after).await && is_known(&done, &refreshed).await);
    assert_eq!(problem(done.me(&before.access_token).await).code, "invalid_token", "the old key has ended");
    let again = SignInWithCode { code: recovery[0].clone(), ..request };
    done.sign_in_with_code(None, &again).await.unwrap();
    let mut database = app.database.superuser().await;
    let sealed_anew: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM audit_entries WHERE entity = 'second_factors' AND reason = 'SECRET_KEY is exchanged'",
    )
    .fetch_one(&mut database)
    .await
    .unwrap();
    assert_eq!(sealed_anew, 1);
}
