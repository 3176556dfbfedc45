//! The second factor: codes of a device and recovery codes.

use chrono::{DateTime, Utc};
use http::{Method, StatusCode};
use serde_json::json;
use totp_rs::Totp;
use viruj_api::{
    accounts::{NewSecondFactor, OwnPassword, SecondFactorCode},
    sessions::{OpenSession, SignInRequest, SignInWithCode},
    users::ChangeReason,
};
use viruj_client::{Client, ClientError};
use viruj_domain::{clock::Clock, ids::UserId};
use viruj_test_support::{TestApp, over_both_transports, world};

use crate::{raw, sessions::problem};

over_both_transports! {
    sec_09_a_code_works_once,
    sec_09_wrong_codes_count_for_the_account,
    sec_09_a_recovery_code_works_once,
    p11_300c_an_administrator_removes_the_factor_of_a_lost_device,
    p11_300c_a_removed_factor_is_of_no_use_and_its_successor_is_in_the_trail,
}

const ADMINISTRATOR: &str = "admin@example.invalid";
pub(crate) const EMAIL: &str = "qa-manager@example.invalid";

fn own_password() -> OwnPassword {
    OwnPassword { current_password: world::PASSWORD.to_owned() }
}

pub(crate) fn code_at(made: &NewSecondFactor, now: DateTime<Utc>) -> String {
    Totp::from_url(&made.uri).unwrap().generate(u64::try_from(now.timestamp()).unwrap()).to_string()
}

pub(crate) async fn enrol(app: &TestApp, client: &Client, session: &OpenSession) -> (NewSecondFactor, Vec<String>) {
    let made = client.begin_second_factor(&session.access_token, &own_password()).await.unwrap();
    let code = SecondFactorCode { code: code_at(&made, app.clock.now()) };
    let given = client.confirm_second_factor(&session.access_token, &code).await.unwrap();
    (made, given.codes)
}

async fn sign_in_with(client: &Client, code: &str) -> Result<OpenSession, ClientError> {
    let request = SignInWithCode { email: EMAIL.into(), password: world::PASSWORD.into(), code: code.into() };
    client.sign_in_with_code(None, &request).await
}

async fn sign_in(client: &Client, password: &str) -> Result<OpenSession, ClientError> {
    client.sign_in(&SignInRequest { email: EMAIL.into(), password: password.into() }).await
}

async fn sec_09_a_code_works_once(app: TestApp, client: Client) {
    let session = app.sign_in(&client, EMAIL).await;
    // Until it is confirmed nobody is asked for it.
    let made = client.begin_second_factor(&session.access_token, &own_password()).await.unwrap();
    sign_in(&client, world::PASSWORD).await.unwrap();
    let wrong = SecondFactorCode { code: "000000".to_owned() };
    let refused = problem(client.confirm_second_factor(&session.access_token, &wrong).await);
    assert_eq!((refused.code.as_str(), refused.status), ("second_factor_wrong", 401));
    let code = code_at(&made, app.clock.now());
    let right = SecondFactorCode { code: code.clone() };
    assert_eq!(client.confirm_second_factor(&session.access_token, &right).await.unwrap().codes.len(), 10);
    let account = client.account(&session.access_token).await.unwrap();
    assert!(account.has_second_factor);
    assert_eq!(account.recovery_codes_left, 10);

    let asked = problem(sign_in(&client, world::PASSWORD).await);
    assert_eq!((asked.code.as_str(), asked.status), ("second_factor_required", 403));
    assert_eq!(problem(sign_in(&client, "wrong").await).code, "invalid_credentials", "nothing is told to others");
    assert_eq!(problem(sign_in_with(&client, &code).await).code, "second_factor_wrong", "it confirmed the device");
    app.clock.advance_seconds(30);
    let next = code_at(&made, app.clock.now());
    sign_in_with(&client, &next).await.unwrap();
    assert_eq!(problem(sign_in_with(&client, &next).await).code, "second_factor_wrong", "it opened a session");
    app.clock.advance_seconds(30);
    sign_in_with(&client, &code_at(&made, app.clock.now())).await.unwrap();
    let active = problem(client.begin_second_factor(&session.access_token, &own_password()).await);
    assert_eq!((active.code.as_str(), active.status), ("second_factor_active", 409));
}

async fn sec_09_wrong_codes_count_for_the_account(app: TestApp, client: Client) {
    let session = app.sign_in(&client, EMAIL).await;
    let (made, _) = enrol(&app, &client, &session).await;
    app.clock.advance_seconds(60);
    for _ in 0..5 {
        assert_eq!(problem(sign_in_with(&client, "000000").await).code, "second_factor_wrong");
    }
    let code = code_at(&made, app.clock.now());
    let closed = problem(sign_in_with(&client, &code).await);
    assert_eq!((closed.code.as_str(), closed.status), ("too_many_attempts", 429));
    // The other way to the same server is another place and the same account.
    for reach in [viruj_test_support::Reach::Http, viruj_test_support::Reach::InProcess] {
        assert_eq!(problem(sign_in_with(&app.client(reach), &code).await).code, "too_many_attempts");
    }
    let mut database = app.database.superuser().await;
    let told: i64 = sqlx::query_scalar("SELECT count(*) FROM notifications WHERE title = 'A second factor fails'")
        .fetch_one(&mut database)
        .await
        .unwrap();
    assert_eq!(told, 2, "P11-300d: the security role and the administrator are told");
    app.clock.advance_seconds(15 * 60);
    sign_in_with(&client, &code_at(&made, app.clock.now())).await.unwrap();
}

async fn sec_09_a_recovery_code_works_once(app: TestApp, client: Client) {
    let session = app.sign_in(&client, EMAIL).await;
    let (_, recovery) = enrol(&app, &client, &session).await;
    let typed = recovery[0].to_uppercase().replace('-', "");
    let session = sign_in_with(&client, &typed).await.unwrap();
    assert_eq!(problem(sign_in_with(&client, &recovery[0]).await).code, "second_factor_wrong");
    assert_eq!(client.account(&session.access_token).await.unwrap().recovery_codes_left, 9);
    sign_in_with(&client, &recovery[1]).await.unwrap();
    let mut database = app.database.superuser().await;
    let used: i64 = sqlx::query_scalar("SELECT count(*) FROM audit_entries WHERE action = 'recovery_code_used'")
        .fetch_one(&mut database)
        .await
        .unwrap();
    assert_eq!(used, 2);
}

async fn p11_300c_a_removed_factor_is_of_no_use_and_its_successor_is_in_the_trail(app: TestApp, client: Client) {
    let session = app.sign_in(&client, EMAIL).await;
    let (old, old_recovery) = enrol(&app, &client, &session).await;
    app.clock.advance_seconds(60);
    let wrong = OwnPassword { current_password: "wrong".to_owned() };
    assert_eq!(problem(client.remove_second_factor(&session.access_token, &wrong).await).code, "wrong_password");
    client.remove_second_factor(&session.access_token, &own_password()).await.unwrap();
    assert!(!client.account(&session.access_token).await.unwrap().has_second_factor);
    sign_in(&client, world::PASSWORD).await.unwrap();
    let (new, _) = enrol(&app, &client, &session).await;
    app.clock.advance_seconds(60);
    let now = app.clock.now();
    for lost in [code_at(&old, now), old_recovery[0].clone()] {
        assert_eq!(problem(sign_in_with(&client, &lost).await).code, "second_factor_wrong");
    }
    sign_in_with(&client, &code_at(&new, now)).await.unwrap();
    let mut database = app.database.superuser().await;
    let trail: Vec<String> = sqlx::query_scalar(
        "SELECT action FROM audit_entries WHERE entity = 'second_factors' AND actor = 'qa-manager' ORDER BY seq",
    )
    .fetch_all(&mut database)
    .await
    .unwrap();
    let once = ["created", "second_factor_begun", "changed", "second_factor_confirmed"];
    let expected: Vec<&str> = once.iter().copied().chain(["deleted", "second_factor_removed"]).chain(once).collect();
    assert_eq!(trail, expected);
    let masked: bool = sqlx::query_scalar(
        "SELECT bool_and(new_text LIKE '%\"sealed_secret\": \"sha256:%') FROM audit_entries
         WHERE entity = 'second_factors' AND action IN ('created', 'changed')",
    )
    .fetch_one(&mut database)
    .await
    .unwrap();
    assert!(masked, "the trail holds no secret");
}

async fn p11_300c_an_administrator_removes_the_factor_of_a_lost_device(app: TestApp, client: Client) {
    let session = app.sign_in(&client, EMAIL).await;
    enrol(&app, &client, &session).await;
    let administrator = app.sign_in(&client, ADMINISTRATOR).await;
    let token = &administrator.access_token;
    let (id, reason) = (UserId::from("qa-manager"), ChangeReason { reason: "the phone is lost".to_owned() });
    assert!(client.user(token, &id).await.unwrap().value.has_second_factor);
    let silent = ChangeReason { reason: " ".to_owned() };
    assert_eq!(problem(client.remove_user_second_factor(token, &id, &silent).await).code, "change_reason_required");
    let own = UserId(administrator.person.id.0.clone());
    assert_eq!(problem(client.remove_user_second_factor(token, &own, &reason).await).code, "own_account");
    let user = client.remove_user_second_factor(token, &id, &reason).await.unwrap();
    assert!(!user.has_second_factor);
    assert_eq!(problem(client.account(&session.access_token).await).code, "invalid_token", "its sessions have ended");
    sign_in(&client, world::PASSWORD).await.unwrap();
    let missing = problem(client.remove_user_second_factor(token, &id, &reason).await);
    assert_eq!((missing.code.as_str(), missing.status), ("second_factor_missing", 409));
    let mut database = app.database.superuser().await;
    let told: Vec<(String, String)> = sqlx::query_as(
        "SELECT actor, reason FROM audit_entries WHERE entity = 'second_factors' AND action = 'second_factor_removed'",
    )
    .fetch_all(&mut database)
    .await
    .unwrap();
    assert_eq!(told, [(own.0, reason.reason)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_client_is_sent_to_the_station() {
    let app = TestApp::start().await;
    let client = app.client(viruj_test_support::Reach::Http);
    let session = app.sign_in(&client, EMAIL).await;
    enrol(&app, &client, &session).await;
    let body = json!({"email": EMAIL, "password": world::PASSWORD}).to_string();
    let answer = raw::send(&app, Method::POST, "/api/auth/login", None, body).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body["detail"].as_str().unwrap().contains("Viruj Station"), "{}", answer.body);
}
