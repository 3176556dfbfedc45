use std::time::Duration;

use viruj_api::{
    problem::Problem,
    sessions::{OpenSession, RefreshRequest, SignInRequest},
};
use viruj_client::{Client, ClientError};
use viruj_domain::plant::PlantScope;
use viruj_storage::ChangeContext;
use viruj_test_support::{TestApp, over_both_transports, world};

over_both_transports! {
    a_person_signs_in_and_is_known,
    a_legacy_hash_is_replaced_at_the_first_sign_in,
    sec_07_signing_out_ends_access_and_refresh,
    sec_07_deactivation_ends_the_session_within_seconds,
    sec_08_a_used_refresh_token_ends_the_session,
    sec_08_a_lost_answer_is_made_good_once,
    sec_08_of_fifty_refreshes_at_once_one_wins,
    sec_11_unknown_wrong_and_inactive_are_one_answer,
    a_session_ends_with_its_shift,
}

fn credentials(email: &str, password: &str) -> SignInRequest {
    SignInRequest { email: email.to_owned(), password: password.to_owned() }
}

pub fn problem<T: std::fmt::Debug>(answer: Result<T, ClientError>) -> Problem {
    match answer {
        Err(ClientError::Problem(problem)) => *problem,
        other => panic!("a problem was expected, not {other:?}"),
    }
}

async fn refresh(client: &Client, session: &OpenSession) -> Result<OpenSession, ClientError> {
    client.refresh(&RefreshRequest { refresh_token: session.refresh_token.clone() }).await
}

async fn a_person_signs_in_and_is_known(app: TestApp, client: Client) {
    let session = app.sign_in(&client, " QA-Manager@Example.Invalid ").await;
    assert_eq!(session.person.name, "Quinn Ashe");
    assert_eq!((session.access_expires_at - session.refresh_expires_at).num_minutes(), 15 - 12 * 60);
    let me = client.me(&session.access_token).await.unwrap();
    assert_eq!(me, session.person);
    assert_eq!(me.plant_ids.iter().map(ToString::to_string).collect::<Vec<_>>(), ["plant-a"]);
    assert!(!me.sees_all_plants);
    let admin = app.sign_in(&client, &world::email("admin")).await;
    assert!(admin.person.sees_all_plants);
    let mut trail = app.database.superuser().await;
    let events: Vec<(String, String)> =
        sqlx::query_as("SELECT actor, action FROM audit_entries WHERE entity = 'sessions'")
            .fetch_all(&mut trail)
            .await
            .unwrap();
    assert_eq!(events, [("qa-manager".into(), "signed_in".into()), ("admin".into(), "signed_in".into())]);
}

async fn a_legacy_hash_is_replaced_at_the_first_sign_in(app: TestApp, client: Client) {
    for _ in 0..2 {
        client.sign_in(&credentials(world::LEGACY_EMAIL, world::LEGACY_PASSWORD)).await.unwrap();
    }
    let mut database = app.database.superuser().await;
    let hash: String = sqlx::query_scalar("SELECT hashed_password FROM users WHERE id = 'legacy'")
        .fetch_one(&mut database)
        .await
        .unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    let changes: Vec<(String, String)> =
        sqlx::query_as("SELECT actor, new_text FROM audit_entries WHERE entity = 'users' AND action = 'changed'")
            .fetch_all(&mut database)
            .await
            .unwrap();
    assert_eq!(changes.len(), 1, "replaced once, by its owner");
    assert_eq!(changes[0].0, "legacy");
    assert!(!changes[0].1.contains("argon2"), "the trail holds no hash");
}

async fn sec_07_signing_out_ends_access_and_refresh(app: TestApp, client: Client) {
    let session = app.sign_in(&client, &world::email("qa-manager")).await;
    client.me(&session.access_token).await.unwrap();
    client.sign_out(&session.access_token).await.unwrap();
    assert_eq!(problem(client.me(&session.access_token).await).code, "invalid_token");
    assert_eq!(problem(refresh(&client, &session).await).code, "invalid_refresh_token");
    assert_eq!(problem(client.sign_out(&session.access_token).await).status, 401);
}

async fn sec_07_deactivation_ends_the_session_within_seconds(app: TestApp, client: Client) {
    let session = app.sign_in(&client, &world::email("qa-manager")).await;
    client.me(&session.access_token).await.unwrap();
    // Another replica does it, so nothing here is told.
    let mut unit = app.storage().begin(ChangeContext::person(PlantScope::All, "admin", Some("left"))).await.unwrap();
    sqlx::query("UPDATE users SET is_active = false WHERE id = 'qa-manager'").execute(unit.connection()).await.unwrap();
    unit.commit().await.unwrap();
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(problem(client.me(&session.access_token).await).code, "invalid_token");
    assert_eq!(problem(refresh(&client, &session).await).code, "invalid_refresh_token");
}

async fn sec_08_a_used_refresh_token_ends_the_session(app: TestApp, client: Client) {
    let first = app.sign_in(&client, &world::email("qa-manager")).await;
    app.clock.advance_seconds(60);
    let second = refresh(&client, &first).await.unwrap();
    assert_ne!(second.refresh_token, first.refresh_token);
    assert_eq!(second.session_id, first.session_id);
    app.clock.advance_seconds(60);
    let third = refresh(&client, &second).await.unwrap();
    app.clock.advance_seconds(10);
    assert_eq!(problem(refresh(&client, &first).await).code, "invalid_refresh_token");
    for session in [&third, &second, &first] {
        assert_eq!(problem(refresh(&client, session).await).code, "invalid_refresh_token");
    }
    assert_eq!(problem(client.me(&third.access_token).await).code, "invalid_token");
}

async fn sec_08_a_lost_answer_is_made_good_once(app: TestApp, client: Client) {
    let first = app.sign_in(&client, &world::email("qa-manager")).await;
    app.clock.advance_seconds(60);
    // The answer to this one never arrives.
    let lost = refresh(&client, &first).await.unwrap();
    let raced = problem(refresh(&client, &first).await);
    assert_eq!((raced.code.as_str(), raced.status, raced.retry_after_seconds), ("refresh_in_progress", 409, Some(2)));
    app.clock.advance_seconds(2);
    let again = refresh(&client, &first).await.unwrap();
    client.me(&again.access_token).await.unwrap();
    // Once, not twice; and the token of the lost answer is an old one now.
    app.clock.advance_seconds(2);
    assert_eq!(problem(refresh(&client, &lost).await).code, "invalid_refresh_token");
    assert_eq!(problem(refresh(&client, &again).await).code, "invalid_refresh_token");
}

async fn sec_08_of_fifty_refreshes_at_once_one_wins(app: TestApp, client: Client) {
    let session = app.sign_in(&client, &world::email("qa-manager")).await;
    app.clock.advance_seconds(60);
    let tries: Vec<_> = (0..50)
        .map(|_| {
            let (client, session) = (client.clone(), session.clone());
            tokio::spawn(async move { refresh(&client, &session).await })
        })
        .collect();
    let mut winners = Vec::new();
    for one in tries {
        match one.await.unwrap() {
            Ok(winner) => winners.push(winner),
            refused => assert_eq!(problem(refused).code, "refresh_in_progress"),
        }
    }
    assert_eq!(winners.len(), 1);
    app.clock.advance_seconds(60);
    refresh(&client, &winners[0]).await.unwrap();
}

async fn sec_11_unknown_wrong_and_inactive_are_one_answer(_app: TestApp, client: Client) {
    let mut answers = Vec::new();
    for (email, password) in [
        (world::email("nobody"), world::PASSWORD),
        (world::email("qa-manager"), "wrong"),
        (world::email("gone"), world::PASSWORD),
        (world::LEGACY_EMAIL.to_owned(), "wrong"),
        ("a\0b".to_owned(), "wrong"),
        ("x".repeat(5000), "wrong"),
    ] {
        let started = std::time::Instant::now();
        let mut answer = problem(client.sign_in(&credentials(&email, password)).await);
        assert!(answer.request_id.take().is_some());
        answers.push((answer, started.elapsed()));
    }
    let (first, _) = &answers[0];
    assert_eq!((first.code.as_str(), first.status), ("invalid_credentials", 401));
    for (answer, took) in &answers {
        assert_eq!(answer, first);
        assert!(*took >= Duration::from_millis(500), "{took:?} tells something");
    }
}

async fn a_session_ends_with_its_shift(app: TestApp, client: Client) {
    let mut session = app.sign_in(&client, &world::email("qa-manager")).await;
    for _ in 0..11 {
        app.clock.advance_seconds(3600);
        assert_eq!(problem(client.me(&session.access_token).await).code, "invalid_token");
        session = refresh(&client, &session).await.unwrap();
    }
    app.clock.advance_seconds(3600);
    assert_eq!(problem(refresh(&client, &session).await).code, "invalid_refresh_token");
}
