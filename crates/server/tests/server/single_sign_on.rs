//! Single sign-on: what is said between station, server and provider, and what is believed of it.

use chrono::TimeDelta;
use viruj_api::single_sign_on::{BeginSingleSignOn, FinishSingleSignOn};
use viruj_client::{Client, Transport};
use viruj_test_support::{Reach, TestApp, world};

use crate::{
    identity_provider::{
        IdentityProvider, PORT, answer, answer_from, at_the_provider, begin, query_of, sign_in, verified,
    },
    sessions::problem,
};

/// The address with another value of one of its parameters.
fn with(url: &str, name: &str, value: &str) -> String {
    let (page, query) = url.split_once('?').unwrap();
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((key, _)) if key == name => format!("{key}={value}"),
        _ => pair.to_owned(),
    });
    let changed = format!("{page}?{}", pairs.collect::<Vec<_>>().join("&"));
    assert_ne!(changed, url, "the address has no other {name}");
    changed
}

#[tokio::test]
async fn sec_13_a_person_of_the_provider_signs_in_once_by_a_code() {
    let provider = IdentityProvider::start(&[format!("{}|verified||q-7", world::email("qa-manager"))]);
    let app = provider.app().await;
    let client = app.client(Reach::Http);
    let begun = begin(&client).await;
    let address = at_the_provider(&begun.authorisation_url, "q-7").await.unwrap();
    assert!(address.starts_with(&format!("http://127.0.0.1:{PORT}/single-sign-on?")), "{address}");
    let code = query_of(&address)["code"].clone();
    let request = FinishSingleSignOn { state: begun.state, proof: begun.proof, code };
    let session = client.finish_single_sign_on(None, &request).await.unwrap();
    assert_eq!(session.person.email, world::email("qa-manager"));
    assert_eq!(client.me(&session.access_token).await.unwrap(), session.person);
    // The code has worked, and works no more.
    let again = problem(client.finish_single_sign_on(None, &request).await);
    assert_eq!((again.code.as_str(), again.status), ("single_sign_on_refused", 403));
    let mut trail = app.database.superuser().await;
    let linked: Vec<(String, String, String)> =
        sqlx::query_as("SELECT issuer, subject, user_id FROM person_identities").fetch_all(&mut trail).await.unwrap();
    assert_eq!(linked, [(provider.issuer.clone(), "q-7".to_owned(), "qa-manager".to_owned())]);
    let events: Vec<(String, String, Option<String>)> = sqlx::query_as(
        "SELECT action, actor, reason FROM audit_entries
         WHERE entity IN ('sessions', 'person_identities') ORDER BY seq",
    )
    .fetch_all(&mut trail)
    .await
    .unwrap();
    let event =
        |action: &str, actor: &str, reason: &str| (action.to_owned(), actor.to_owned(), Some(reason.to_owned()));
    assert_eq!(
        events,
        [
            event("created", "system:sign-in", "single sign-on: the first one of this person"),
            event("signed_in", "qa-manager", "single sign-on"),
        ]
    );
}

#[tokio::test]
async fn sec_13_a_session_by_single_sign_on_is_one_like_any_other() {
    let provider = IdentityProvider::start(&[verified("qa-manager", "")]);
    let app = provider.app().await;
    let client = app.client(Reach::Http);
    let one = sign_in(&client, &world::email("qa-manager")).await.unwrap();
    let other = sign_in(&client, &world::email("qa-manager")).await.unwrap();
    assert_ne!(one.session_id, other.session_id);
    let listed = client.sessions(&other.access_token).await.unwrap();
    assert_eq!(listed.items.len(), 2);
    client.revoke_session(&other.access_token, one.session_id).await.unwrap();
    assert_eq!(problem(client.me(&one.access_token).await).code, "invalid_token");
    let refreshed = client
        .refresh(&viruj_api::sessions::RefreshRequest { refresh_token: other.refresh_token.clone() })
        .await
        .unwrap();
    client.sign_out(&refreshed.access_token).await.unwrap();
    assert_eq!(problem(client.me(&refreshed.access_token).await).code, "invalid_token");
}

#[tokio::test]
async fn sec_13_state_proof_and_code_belong_to_one_sign_in_of_one_station() {
    let provider = IdentityProvider::start(&[verified("qa-manager", "")]);
    let app = provider.app().await;
    let client = app.client(Reach::Http);
    let login = world::email("qa-manager");
    let right = answer(&client, &login).await;
    let other = begin(&client).await;
    let refusals = [
        // Somebody else's station began it: a code that was caught on its way is worth nothing.
        (FinishSingleSignOn { proof: other.proof.clone(), ..right.clone() }, "single_sign_on_expired"),
        (FinishSingleSignOn { proof: String::new(), ..right.clone() }, "single_sign_on_expired"),
        (FinishSingleSignOn { state: String::new(), ..right.clone() }, "single_sign_on_expired"),
        (FinishSingleSignOn { state: format!("_{}", &right.state[1..]), ..right.clone() }, "single_sign_on_expired"),
        // The code of another sign-in: its verifier is another.
        (
            FinishSingleSignOn { state: other.state, proof: other.proof, code: right.code.clone() },
            "single_sign_on_refused",
        ),
        (FinishSingleSignOn { code: "made up".to_owned(), ..right.clone() }, "single_sign_on_refused"),
    ];
    for (request, code) in refusals {
        assert_eq!(problem(client.finish_single_sign_on(None, &request).await).code, code);
    }
    let late = answer(&client, &login).await;
    app.clock.advance(TimeDelta::seconds(601));
    assert_eq!(problem(client.finish_single_sign_on(None, &late).await).code, "single_sign_on_expired");
    // Every failure is in the trail.
    let failures: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM audit_entries WHERE action = 'sign_in_failed' AND reason = 'single sign-on'",
    )
    .fetch_one(&mut app.database.superuser().await)
    .await
    .unwrap();
    assert_eq!(failures, 7);
    let port = problem(client.begin_single_sign_on(&BeginSingleSignOn { port: 80 }).await);
    assert_eq!(port.code, "invalid_body");
}

#[tokio::test]
async fn sec_13_challenge_nonce_and_redirect_are_those_of_the_server() {
    let provider = IdentityProvider::start(&[verified("qa-manager", "")]);
    let app = provider.app().await;
    let client = app.client(Reach::Http);
    let login = world::email("qa-manager");
    // Each time the person signs in by an address that somebody has changed, and the provider gives a code for it.
    for (name, value) in [
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("nonce", "bm9uY2Ugb2Ygc29tZWJvZHkgZWxzZQ"),
        ("redirect_uri", "http%3A%2F%2F127.0.0.1%3A40405%2Fsingle-sign-on"),
    ] {
        let begun = begin(&client).await;
        let url = with(&begun.authorisation_url, name, value);
        let request = answer_from(begun, &url, &login).await;
        let refused = problem(client.finish_single_sign_on(None, &request).await);
        assert_eq!((refused.code.as_str(), refused.status), ("single_sign_on_refused", 403), "{name}");
    }
    // What is not sent back to a station at all.
    for redirect in ["http%3A%2F%2F127.0.0.1%3A40404%2Felsewhere", "https%3A%2F%2Fsomebody.example%2Fsingle-sign-on"] {
        let url = with(&begin(&client).await.authorisation_url, "redirect_uri", redirect);
        let page = at_the_provider(&url, &login).await.unwrap_err();
        assert!(page.contains("redirect_uri"), "{page}");
    }
    let begun = begin(&client).await.authorisation_url;
    assert!(begun.contains("code_challenge_method=S256") && begun.contains("response_type=code"), "{begun}");
    let sessions: i64 = sqlx::query_scalar("SELECT count(*) FROM sessions")
        .fetch_one(&mut app.database.superuser().await)
        .await
        .unwrap();
    assert_eq!(sessions, 0);
}

#[tokio::test]
async fn sec_13_any_replica_finishes_what_another_has_begun() {
    let provider = IdentityProvider::start(&[verified("qa-manager", "")]);
    let app = provider.app().await;
    let second = app.replica().await;
    let other = Client::new(Transport::in_process(second.router()));
    let request = answer(&app.client(Reach::Http), &world::email("qa-manager")).await;
    let session = other.finish_single_sign_on(None, &request).await.unwrap();
    assert_eq!(session.person.email, world::email("qa-manager"));
}

#[tokio::test]
async fn sec_13_a_key_that_the_provider_has_changed_is_fetched() {
    let people = [verified("qa-manager", "")];
    let provider = IdentityProvider::start(&people);
    let app = provider.app().await;
    let client = app.client(Reach::Http);
    sign_in(&client, &world::email("qa-manager")).await.unwrap();
    let _provider = provider.restart(&people);
    let session = sign_in(&client, &world::email("qa-manager")).await.unwrap();
    assert_eq!(session.person.email, world::email("qa-manager"));
}

#[tokio::test]
async fn without_a_provider_the_answer_says_so() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    assert!(!client.server().await.unwrap().single_sign_on);
    let off = problem(client.begin_single_sign_on(&BeginSingleSignOn { port: PORT }).await);
    assert_eq!((off.code.as_str(), off.status), ("single_sign_on_off", 404));
    let nothing = FinishSingleSignOn { state: String::new(), proof: String::new(), code: String::new() };
    assert_eq!(problem(client.finish_single_sign_on(None, &nothing).await).code, "single_sign_on_off");
}

#[tokio::test]
async fn a_provider_that_is_down_stops_no_password_and_is_asked_again_soon() {
    let people = [verified("qa-manager", "")];
    let provider = IdentityProvider::start(&people);
    let app = provider.app().await;
    let client = app.client(Reach::Http);
    assert!(client.server().await.unwrap().single_sign_on);
    // It goes away between the beginning and the end.
    let request = answer(&client, &world::email("qa-manager")).await;
    let issuer = provider.issuer.clone();
    drop(provider);
    let away = problem(client.finish_single_sign_on(None, &request).await);
    assert_eq!((away.code.as_str(), away.status), ("single_sign_on_unavailable", 503));
    app.clock.advance(TimeDelta::minutes(61));
    let down = problem(client.begin_single_sign_on(&BeginSingleSignOn { port: PORT }).await);
    assert_eq!((down.code.as_str(), down.status), ("single_sign_on_unavailable", 503));
    let session = app.sign_in(&client, &world::email("qa-manager")).await;
    assert_eq!(session.person.email, world::email("qa-manager"));
    let back = IdentityProvider::start_again(&issuer, &people);
    let at_once = problem(client.begin_single_sign_on(&BeginSingleSignOn { port: PORT }).await);
    assert_eq!(at_once.code, "single_sign_on_unavailable", "it is left alone for a moment");
    app.clock.advance(TimeDelta::seconds(6));
    assert!(begin(&client).await.authorisation_url.starts_with(&back.issuer));
}

#[tokio::test]
async fn sec_12_many_failures_close_single_sign_on_at_one_place_and_nothing_else() {
    let provider = IdentityProvider::start(&[verified("qa-manager", "")]);
    let app = provider.app().await;
    let client = app.client(Reach::Http);
    let made_up = FinishSingleSignOn { state: "x".to_owned(), proof: "x".to_owned(), code: "x".to_owned() };
    for _ in 0..50 {
        assert_eq!(problem(client.finish_single_sign_on(None, &made_up).await).code, "single_sign_on_expired");
    }
    let request = answer(&client, &world::email("qa-manager")).await;
    let closed = problem(client.finish_single_sign_on(None, &request).await);
    assert_eq!((closed.code.as_str(), closed.status), ("too_many_attempts", 429));
    // Another place, and the password at this one.
    app.client(Reach::InProcess).finish_single_sign_on(None, &request).await.unwrap();
    app.sign_in(&client, &world::email("qa-manager")).await;
    let told: i64 = sqlx::query_scalar("SELECT count(*) FROM audit_entries WHERE action = 'single_sign_on_closed'")
        .fetch_one(&mut app.database.superuser().await)
        .await
        .unwrap();
    assert_eq!(told, 1);
    app.clock.advance(TimeDelta::minutes(6));
    assert!(sign_in(&client, &world::email("qa-manager")).await.is_ok());
}
