//! Passwords, how they are changed and reset, and the sessions of a person.

use std::time::{Duration, Instant};

use viruj_api::{
    accounts::{ChangePassword, RedeemPasswordReset, RequestPasswordReset},
    sessions::{OpenSession, RefreshRequest, SignInRequest},
};
use viruj_client::{Client, Transport};
use viruj_domain::{ids::UserId, plant::PlantScope};
use viruj_server::{mail::MailSettings, setup::FirstAdministrator};
use viruj_storage::{ChangeContext, accounts, people};
use viruj_test_support::{MailSink, TestApp, over_both_transports, world};

use crate::sessions::problem;

over_both_transports! {
    sec_10_a_person_changes_the_password_and_other_sessions_end,
    sec_10_a_new_password_that_is_tried_first_is_refused,
    p11_200_3_a_password_that_somebody_else_made_works_once_and_must_be_changed,
    sec_07_a_person_ends_a_session_of_theirs_and_of_nobody_else,
    p11_300d_wrong_present_passwords_close_the_change_and_are_reported,
}

pub const NEW: &str = "grey herons wait by the weir";

fn credentials(email: &str, password: &str) -> SignInRequest {
    SignInRequest { email: email.to_owned(), password: password.to_owned() }
}

fn change(current: &str, new: &str) -> ChangePassword {
    ChangePassword { current_password: current.to_owned(), new_password: new.to_owned() }
}

async fn count(app: &TestApp, statement: &'static str) -> i64 {
    sqlx::query_scalar(statement).fetch_one(&mut app.database.superuser().await).await.unwrap()
}

/// As the routes for administrators do it.
async fn make_one_time(app: &TestApp, id: &str, password: &str) {
    let hash = viruj_server::passwords::hash_here(password).unwrap();
    let context = ChangeContext::person(PlantScope::All, "admin", Some("forgotten"));
    let mut unit = app.storage().begin(context).await.unwrap();
    let now = viruj_domain::clock::Clock::now(&app.clock);
    accounts::give_one_time_password(&mut unit, &UserId::from(id), &hash, now).await.unwrap();
    unit.commit().await.unwrap();
}

async fn sec_10_a_person_changes_the_password_and_other_sessions_end(app: TestApp, client: Client) {
    let email = world::email("qa-manager");
    let here = app.sign_in(&client, &email).await;
    let elsewhere = app.sign_in(&client, &email).await;
    client.me(&elsewhere.access_token).await.unwrap();
    let wrong = problem(client.change_password(&here.access_token, &change("wrong", NEW)).await);
    assert_eq!((wrong.code.as_str(), wrong.status), ("wrong_password", 401));
    client.change_password(&here.access_token, &change(world::PASSWORD, NEW)).await.unwrap();
    client.me(&here.access_token).await.unwrap();
    assert_eq!(problem(client.me(&elsewhere.access_token).await).code, "invalid_token");
    let refresh = RefreshRequest { refresh_token: elsewhere.refresh_token };
    assert_eq!(problem(client.refresh(&refresh).await).code, "invalid_refresh_token");
    assert_eq!(problem(client.sign_in(&credentials(&email, world::PASSWORD)).await).code, "invalid_credentials");
    client.sign_in(&credentials(&email, NEW)).await.unwrap();
    let account = client.account(&here.access_token).await.unwrap();
    assert_eq!(account.password_changed_at, Some(viruj_domain::clock::Clock::now(&app.clock)));
    let trail = "SELECT count(*) FROM audit_entries WHERE entity = 'users' AND entity_id = 'qa-manager'
                 AND actor = 'qa-manager' AND action IN ('changed', 'password_changed')";
    assert_eq!(count(&app, trail).await, 2);
    assert_eq!(count(&app, "SELECT count(*) FROM audit_entries WHERE new_text LIKE '%$argon2%'").await, 0);
}

async fn sec_10_a_new_password_that_is_tried_first_is_refused(app: TestApp, client: Client) {
    let session = app.sign_in(&client, &world::email("qa-manager")).await;
    for (new, code) in [
        ("fourteen chars", "password_too_short"),
        ("password1234567", "password_too_common"),
        ("Quinn Ashe Quinn Ashe", "password_too_personal"),
        ("manager viruj 2026!!", "password_too_personal"),
        (world::PASSWORD, "password_unchanged"),
    ] {
        let refused = problem(client.change_password(&session.access_token, &change(world::PASSWORD, new)).await);
        assert_eq!((refused.code.as_str(), refused.status), (code, 422), "{new}");
    }
    let long = "x".repeat(1025);
    let refused = problem(client.change_password(&session.access_token, &change(world::PASSWORD, &long)).await);
    assert_eq!(refused.code, "password_too_long");
    let sentence = "seven grey herons wait beside the reservoir while rain collects in brass gutters";
    client.change_password(&session.access_token, &change(world::PASSWORD, sentence)).await.unwrap();
    let email = world::email("qa-manager");
    assert_eq!(problem(client.sign_in(&credentials(&email, &sentence[..72])).await).code, "invalid_credentials");
    client.sign_in(&credentials(&email, sentence)).await.unwrap();
}

async fn p11_200_3_a_password_that_somebody_else_made_works_once_and_must_be_changed(app: TestApp, client: Client) {
    let email = world::email("qa-manager");
    make_one_time(&app, "qa-manager", "kmw8r-29xqa-ptz4c").await;
    let session = client.sign_in(&credentials(&email, "kmw8r-29xqa-ptz4c")).await.unwrap();
    assert!(session.must_change_password);
    let again = problem(client.sign_in(&credentials(&email, "kmw8r-29xqa-ptz4c")).await);
    assert_eq!((again.code.as_str(), again.status), ("one_time_password_used", 403));
    // Until it is changed, the session sees itself and nothing else.
    client.me(&session.access_token).await.unwrap();
    assert!(client.account(&session.access_token).await.unwrap().must_change_password);
    let page = viruj_api::lists::PageQuery::default();
    for refused in [
        problem(client.quality_tests(&session.access_token, &page).await),
        problem(client.sessions(&session.access_token).await),
    ] {
        assert_eq!((refused.code.as_str(), refused.status), ("password_change_required", 403));
    }
    app.clock.advance_seconds(60);
    let refresh = RefreshRequest { refresh_token: session.refresh_token.clone() };
    let session = client.refresh(&refresh).await.unwrap();
    assert!(session.must_change_password, "a refresh does not let go");
    client.change_password(&session.access_token, &change("kmw8r-29xqa-ptz4c", NEW)).await.unwrap();
    client.quality_tests(&session.access_token, &page).await.unwrap();
    let mine = client.sign_in(&credentials(&email, NEW)).await.unwrap();
    assert!(!mine.must_change_password);
    // A second one-time password is a new one.
    make_one_time(&app, "qa-manager", "b7d2k-w4nhe-9xq3f").await;
    assert!(client.sign_in(&credentials(&email, "b7d2k-w4nhe-9xq3f")).await.unwrap().must_change_password);
}

async fn sec_07_a_person_ends_a_session_of_theirs_and_of_nobody_else(app: TestApp, client: Client) {
    let email = world::email("qa-manager");
    let here = app.sign_in(&client, &email).await;
    app.clock.advance_seconds(10);
    let lost = app.sign_in(&client, &email).await;
    let other = app.sign_in(&client, &world::email("security")).await;
    let sessions = client.sessions(&here.access_token).await.unwrap().items;
    let shown: Vec<_> = sessions.iter().map(|session| (session.id, session.is_current)).collect();
    assert_eq!(shown, [(lost.session_id, false), (here.session_id, true)]);
    assert!(sessions.iter().all(|session| session.client_address.is_some()));
    // The replica has seen the session alive; it must hear of its end within a second.
    let replica = app.replica().await;
    let there = Client::new(Transport::in_process(replica.router()));
    there.me(&lost.access_token).await.unwrap();
    client.revoke_session(&here.access_token, lost.session_id).await.unwrap();
    assert_eq!(problem(client.me(&lost.access_token).await).code, "invalid_token");
    let ended = Instant::now();
    while there.me(&lost.access_token).await.is_ok() {
        assert!(ended.elapsed() < Duration::from_millis(1500), "a replica still takes the session");
        tokio::task::yield_now().await;
    }
    for gone in [lost.session_id, other.session_id] {
        let answer = problem(client.revoke_session(&here.access_token, gone).await);
        assert_eq!((answer.code.as_str(), answer.status), ("not_found", 404));
    }
    client.me(&other.access_token).await.unwrap();
    replica.close().await;
}

async fn p11_300d_wrong_present_passwords_close_the_change_and_are_reported(app: TestApp, client: Client) {
    let session = app.sign_in(&client, &world::email("qa-manager")).await;
    for _ in 0..5 {
        let wrong = problem(client.change_password(&session.access_token, &change("wrong", NEW)).await);
        assert_eq!(wrong.code, "wrong_password");
    }
    let closed = problem(client.change_password(&session.access_token, &change(world::PASSWORD, NEW)).await);
    assert_eq!((closed.code.as_str(), closed.retry_after_seconds), ("too_many_attempts", Some(300)));
    let failed = "SELECT count(*) FROM audit_entries WHERE action = 'password_change_failed'";
    assert_eq!(count(&app, failed).await, 5);
    assert_eq!(count(&app, "SELECT count(*) FROM audit_entries WHERE action = 'signing_closed'").await, 1);
    let told =
        "SELECT count(*) FROM notifications WHERE user_id IN ('admin', 'security') AND message LIKE '%Quinn Ashe%'";
    assert_eq!(count(&app, told).await, 2);
}

async fn with_mail() -> (TestApp, MailSink, Client) {
    let sink = MailSink::start().await;
    let url = sink.url.clone();
    let app = TestApp::start_with(|settings| {
        settings.mail = MailSettings::read(Some(url), Some("Viruj <viruj@example.invalid>".to_owned())).unwrap();
    })
    .await;
    let client = app.client(viruj_test_support::Reach::Http);
    (app, sink, client)
}

fn code_in(text: &str) -> String {
    text.lines()
        .map(str::trim)
        .find(|line| line.len() == 11 && line.as_bytes()[5] == b'-')
        .unwrap_or_else(|| panic!("no code in {text}"))
        .to_owned()
}

fn redeem(email: &str, code: &str, new: &str) -> RedeemPasswordReset {
    RedeemPasswordReset { email: email.to_owned(), code: code.to_owned(), new_password: new.to_owned() }
}

async fn ask(client: &Client, email: &str) {
    client.request_password_reset(&RequestPasswordReset { email: email.to_owned() }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_10_a_code_by_mail_sets_a_new_password_once() {
    let (app, mut sink, client) = with_mail().await;
    let email = world::email("qa-manager");
    let session = app.sign_in(&client, &email).await;
    ask(&client, " QA-Manager@Example.invalid").await;
    let message = sink.next().await;
    assert_eq!((message.from.as_str(), message.to), ("viruj@example.invalid", vec![email.clone()]));
    let code = code_in(&message.text);
    // A password that does not suit leaves the code good.
    let refused = problem(client.redeem_password_reset(&redeem(&email, &code, "Quinn Ashe 2026 !!")).await);
    assert_eq!(refused.code, "password_too_personal");
    let typed = code.to_uppercase().replace('-', " ");
    client.redeem_password_reset(&redeem(&email, &typed, NEW)).await.unwrap();
    assert_eq!(problem(client.me(&session.access_token).await).code, "invalid_token");
    client.sign_in(&credentials(&email, NEW)).await.unwrap();
    let again = problem(client.redeem_password_reset(&redeem(&email, &code, "brass gutters in the rain")).await);
    assert_eq!((again.code.as_str(), again.status), ("reset_code_invalid", 401));
    let trail = "SELECT count(*) FROM audit_entries WHERE entity_id = 'qa-manager'
                 AND action IN ('password_reset_requested', 'password_reset', 'password_reset_failed')";
    assert_eq!(count(&app, trail).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_11_asking_for_a_code_tells_nothing_of_an_address() {
    let (app, mut sink, client) = with_mail().await;
    for email in [world::email("nobody"), world::email("gone"), "not an address".to_owned()] {
        ask(&client, &email).await;
    }
    ask(&client, &world::email("qa-manager")).await;
    // Only the last one is somebody's who may sign in.
    let message = sink.next().await;
    assert_eq!(message.to, [world::email("qa-manager")]);
    let mut answers = Vec::new();
    for email in [world::email("nobody"), world::email("gone"), world::email("qa-manager")] {
        let started = Instant::now();
        let mut answer = problem(client.redeem_password_reset(&redeem(&email, "aaaaa-aaaaa", NEW)).await);
        assert!(started.elapsed() >= Duration::from_millis(500), "the time tells something");
        answer.request_id = None;
        answers.push(answer);
    }
    assert_eq!(answers[0].code, "reset_code_invalid");
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    app.clock.advance_seconds(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_runs_out_and_is_guessed_at_five_times_only() {
    let (app, mut sink, client) = with_mail().await;
    let email = world::email("qa-manager");
    ask(&client, &email).await;
    let code = code_in(&sink.next().await.text);
    for _ in 0..5 {
        let wrong = problem(client.redeem_password_reset(&redeem(&email, "aaaaa-aaaaa", NEW)).await);
        assert_eq!(wrong.code, "reset_code_invalid");
    }
    let closed = problem(client.redeem_password_reset(&redeem(&email, &code, NEW)).await);
    assert_eq!((closed.code.as_str(), closed.status), ("too_many_attempts", 429));
    app.clock.advance_seconds(15 * 60);
    let late = problem(client.redeem_password_reset(&redeem(&email, &code, NEW)).await);
    assert_eq!(late.code, "reset_code_invalid", "it has run out");
    // The newest code is the only one.
    ask(&client, &email).await;
    let first = code_in(&sink.next().await.text);
    ask(&client, &email).await;
    let second = code_in(&sink.next().await.text);
    let old = problem(client.redeem_password_reset(&redeem(&email, &first, NEW)).await);
    assert_eq!(old.code, "reset_code_invalid");
    client.redeem_password_reset(&redeem(&email, &second, NEW)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_it_says_so_for_every_address() {
    let app = TestApp::start().await;
    let client = app.client(viruj_test_support::Reach::Http);
    for email in [world::email("qa-manager"), world::email("nobody")] {
        let request = RequestPasswordReset { email };
        let refused = problem(client.request_password_reset(&request).await);
        assert_eq!((refused.code.as_str(), refused.status), ("mail_not_configured", 409));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn p11_200_3_the_first_administrators_password_works_once_and_the_command_line_makes_another() {
    let app = TestApp::empty().await;
    let client = app.client(viruj_test_support::Reach::InProcess);
    let first = FirstAdministrator { name: "Ada Admin".to_owned(), email: "ada@example.invalid".to_owned() };
    let sign_in = async |password: String| -> Result<OpenSession, viruj_client::ClientError> {
        client.sign_in(&credentials("ada@example.invalid", &password)).await
    };
    let password = app.application.create_administrator(&first).await.unwrap();
    assert!(sign_in(password.clone()).await.unwrap().must_change_password);
    // The window was closed before the password was changed: nobody gets in with it any more.
    assert_eq!(problem(sign_in(password.clone()).await).code, "one_time_password_used");
    let second = app.application.reset_administrator(" Ada@example.invalid").await.unwrap();
    assert_eq!(problem(sign_in(password).await).code, "invalid_credentials");
    let session = sign_in(second.clone()).await.unwrap();
    client.change_password(&session.access_token, &change(&second, NEW)).await.unwrap();
    assert!(!sign_in(NEW.to_owned()).await.unwrap().must_change_password);
    let unknown = app.application.reset_administrator("nobody@example.invalid").await.unwrap_err();
    assert_eq!(unknown.code(), "administrator_unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn p11_200_3_of_two_who_know_a_one_time_password_one_gets_in() {
    let app = TestApp::start().await;
    make_one_time(&app, "qa-manager", "kmw8r-29xqa-ptz4c").await;
    let client = app.client(viruj_test_support::Reach::Http);
    let tries: Vec<_> = (0..4)
        .map(|_| {
            let client = client.clone();
            let request = credentials(&world::email("qa-manager"), "kmw8r-29xqa-ptz4c");
            tokio::spawn(async move { client.sign_in(&request).await })
        })
        .collect();
    let mut winners = 0;
    for one in tries {
        match one.await.unwrap() {
            Ok(_) => winners += 1,
            refused => assert_eq!(problem(refused).code, "one_time_password_used"),
        }
    }
    assert_eq!(winners, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn p11_300a_two_spellings_of_an_address_are_one_person() {
    let app = TestApp::start().await;
    let mut unit =
        app.storage().begin(ChangeContext::person(PlantScope::All, "admin", Some("new colleague"))).await.unwrap();
    // Capitals, and the full-width letters that NFKC folds.
    for spelling in ["QA-Manager@Example.Invalid", "ｑa-manager@example.invalid"] {
        let refused = people::create(
            &mut unit,
            &people::NewPerson {
                id: UserId::from("another"),
                name: "Another",
                email: spelling,
                password_hash: "x",
                role: viruj_domain::role::Role::QaManager,
                department: viruj_domain::role::Department::QualityAssurance,
                plant_ids: Vec::new(),
                must_change_password: true,
                created_at: viruj_domain::clock::Clock::now(&app.clock),
            },
        )
        .await;
        assert!(matches!(refused, Err(viruj_storage::StorageError::Conflict { .. })), "{spelling}");
    }
    unit.rollback().await.unwrap();
    // Nor does another spelling make room for more guesses.
    let client = app.client(viruj_test_support::Reach::Http);
    for spelling in ["qa-manager", "QA-manager", "ｑa-manager", "qa-Manager", "Qa-manager"] {
        let request = credentials(&world::email(spelling), "wrong");
        assert_eq!(problem(client.sign_in(&request).await).code, "invalid_credentials", "{spelling}");
    }
    let request = credentials(&world::email("qａ-manager"), "wrong");
    assert_eq!(problem(client.sign_in(&request).await).code, "too_many_attempts");
}
