//! Changes that lose no other change, and creations that are sent twice.

use http::{Method, Request, StatusCode};
use viruj_api::users::CreatedUser;
use viruj_client::{Client, Tagged};
use viruj_domain::ids::UserId;
use viruj_test_support::{TestApp, over_both_transports, world};

use crate::{
    raw::{self, Answer},
    sessions::problem,
    users::{because, change_of, newcomer},
};

over_both_transports! {
    a_lost_race_is_told_and_overwrites_nothing,
    of_fifty_changes_at_once_one_wins,
    sec_25_a_creation_that_is_sent_twice_is_done_once,
    sec_25_of_twenty_creations_at_once_one_makes_a_person,
    sec_25_a_key_is_forgotten_after_a_day,
}

async fn a_lost_race_is_told_and_overwrites_nothing(app: TestApp, client: Client) {
    let token = app.sign_in(&client, &world::email("admin")).await.access_token;
    let id = UserId::from("qa-manager");
    let seen = client.user(&token, &id).await.unwrap();
    let mut change = change_of(&seen.value, "the first");
    change.name = "The First".into();
    let first = client.change_user(&token, &id, &seen.etag, &change).await.unwrap();
    assert_ne!(first.etag, seen.etag);
    change.name = "The Second".into();
    let lost = problem(client.change_user(&token, &id, &seen.etag, &change).await);
    assert_eq!((lost.code.as_str(), lost.status), ("changed_meanwhile", 412));
    let lost = problem(client.set_user_active(&token, &id, &seen.etag, false, &because("the second")).await);
    assert_eq!(lost.code, "changed_meanwhile");
    let now = client.user(&token, &id).await.unwrap();
    assert_eq!(now, first);
    // A sign-in or a failed one is nobody's change of the account.
    app.sign_in(&client, &world::email("qa-manager")).await;
    assert_eq!(client.user(&token, &id).await.unwrap().etag, first.etag);
    let without = |method: Method, path: &str, tag: Option<&str>| {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        if let Some(tag) = tag {
            request = request.header("if-match", tag);
        }
        request.body(serde_json::to_string(&change).unwrap().into()).unwrap()
    };
    for tag in [None, Some("*"), Some("")] {
        let refused = raw::send_request(&app, without(Method::PUT, "/api/v1/users/qa-manager", tag)).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (428, "if_match_required"), "{tag:?}");
    }
    let weak = format!("W/{}", first.etag);
    let refused = raw::send_request(&app, without(Method::PUT, "/api/v1/users/qa-manager", Some(&weak))).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (412, "changed_meanwhile"));
}

async fn of_fifty_changes_at_once_one_wins(app: TestApp, client: Client) {
    let token = app.sign_in(&client, &world::email("admin")).await.access_token;
    let id = UserId::from("security");
    let seen = client.user(&token, &id).await.unwrap();
    let tries: Vec<_> = (0..50)
        .map(|number| {
            let (client, token, id, etag) = (client.clone(), token.clone(), id.clone(), seen.etag.clone());
            let mut change = change_of(&seen.value, "a race");
            change.name = format!("Runner {number}");
            tokio::spawn(async move { client.change_user(&token, &id, &etag, &change).await })
        })
        .collect();
    let mut winners = Vec::new();
    for one in tries {
        match one.await.unwrap() {
            Ok(Tagged { value, .. }) => winners.push(value.name),
            lost => assert_eq!(problem(lost).code, "changed_meanwhile"),
        }
    }
    assert_eq!(winners, [client.user(&token, &id).await.unwrap().value.name]);
}

async fn sec_25_a_creation_that_is_sent_twice_is_done_once(app: TestApp, client: Client) {
    let token = app.sign_in(&client, &world::email("admin")).await.access_token;
    let person = newcomer("twice@example.invalid");
    let first = client.create_user(&token, "twice-0001", &person).await.unwrap();
    let again = client.create_user(&token, "twice-0001", &person).await.unwrap();
    assert_eq!(again, first, "the same answer, the secret that was lost with the first one included");
    let mut other = person.clone();
    other.email = "other@example.invalid".into();
    let refused = problem(client.create_user(&token, "twice-0001", &other).await);
    assert_eq!((refused.code.as_str(), refused.status), ("idempotency_key_reused", 409));
    let plant = viruj_api::plants::CreatePlant {
        id: None,
        name: "Pune".into(),
        region: "APAC".into(),
        time_zone: "Asia/Kolkata".into(),
    };
    let elsewhere = problem(client.create_plant(&token, "twice-0001", &plant).await);
    assert_eq!(elsewhere.code, "idempotency_key_reused", "a key of another resource");
    let refused = problem(client.create_user(&token, "short", &person).await);
    assert_eq!((refused.code.as_str(), refused.status), ("idempotency_key_invalid", 422));
    let refused = problem(client.create_user(&token, "twice-0002", &person).await);
    assert_eq!(refused.code, "email_taken", "another key is another request");
    // Without a key every request is one of its own; with one the answer says that it is one of before.
    let send = |key: Option<&str>, email: &str| {
        let mut request = Request::post("/api/v1/users")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        raw::send_request(&app, request.body(serde_json::to_string(&newcomer(email)).unwrap().into()).unwrap())
    };
    let Answer { status, headers, body, .. } = send(Some("twice-0001"), "twice@example.invalid").await;
    assert_eq!((status, &headers["idempotent-replayed"]), (StatusCode::CREATED, &"true".parse().unwrap()));
    assert_eq!(headers["location"], format!("/api/v1/users/{}", first.value.user.id));
    assert_eq!(headers["etag"], first.etag.as_str());
    assert_eq!(serde_json::from_value::<CreatedUser>(body).unwrap(), first.value);
    let keyless = send(None, "keyless@example.invalid").await;
    assert_eq!(keyless.status, StatusCode::CREATED);
    assert!(!keyless.headers.contains_key("idempotent-replayed"));
    assert_eq!(send(None, "keyless@example.invalid").await.code(), "email_taken");
}

async fn sec_25_of_twenty_creations_at_once_one_makes_a_person(app: TestApp, client: Client) {
    let token = app.sign_in(&client, &world::email("admin")).await.access_token;
    let tries: Vec<_> = (0..20)
        .map(|_| {
            let (client, token) = (client.clone(), token.clone());
            tokio::spawn(
                async move { client.create_user(&token, "crowd-0001", &newcomer("crowd@example.invalid")).await },
            )
        })
        .collect();
    let mut answers = Vec::new();
    for one in tries {
        answers.push(one.await.unwrap().unwrap());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "everybody gets the one answer");
    let mut database = app.database.superuser().await;
    let made: i64 = sqlx::query_scalar("SELECT count(*) FROM users WHERE login_key = 'crowd@example.invalid'")
        .fetch_one(&mut database)
        .await
        .unwrap();
    assert_eq!(made, 1);
}

async fn sec_25_a_key_is_forgotten_after_a_day(app: TestApp, client: Client) {
    let token = app.sign_in(&client, &world::email("admin")).await.access_token;
    client.create_user(&token, "daily-0001", &newcomer("today@example.invalid")).await.unwrap();
    app.clock.advance_seconds(24 * 3600);
    let token = app.sign_in(&client, &world::email("admin")).await.access_token;
    client.create_user(&token, "daily-0001", &newcomer("tomorrow@example.invalid")).await.unwrap();
    let mut database = app.database.superuser().await;
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM idempotency_keys").fetch_one(&mut database).await.unwrap();
    assert_eq!(kept, 1);
}
