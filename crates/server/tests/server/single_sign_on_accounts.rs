//! Single sign-on: whose account it opens, and with which role.

use sqlx::AssertSqlSafe;
use viruj_domain::role::Role;
use viruj_test_support::{Reach, TestApp, world};

use crate::{
    identity_provider::{IdentityProvider, sign_in, verified},
    sessions::problem,
};

async fn refusal(app: &TestApp, login: &str) -> (String, u16) {
    let problem = problem(sign_in(&app.client(Reach::Http), login).await);
    (problem.code, problem.status)
}

/// Runs a statement as somebody beside the server, in a transaction with an author.
async fn change(app: &TestApp, statement: &str) {
    let sql = format!(
        "BEGIN; SELECT set_config('viruj.actor', 'system:test', true), set_config('viruj.reason', 'test', true);
         {statement}; COMMIT"
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut app.database.superuser().await).await.unwrap();
}

/// Nobody is signed in and nobody is linked.
async fn assert_nothing_was_taken_over(app: &TestApp) {
    let (sessions, links): (i64, i64) =
        sqlx::query_as("SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM person_identities)")
            .fetch_one(&mut app.database.superuser().await)
            .await
            .unwrap();
    assert_eq!((sessions, links), (0, 0));
}

#[tokio::test]
async fn sec_13_an_unverified_address_takes_over_nothing() {
    let provider = IdentityProvider::start(&[format!("{}|typed by anybody", world::email("qa-manager"))]);
    let app = provider.app().await;
    let refused = refusal(&app, &world::email("qa-manager")).await;
    assert_eq!(refused, ("single_sign_on_unverified".to_owned(), 403));
    assert_nothing_was_taken_over(&app).await;
}

#[tokio::test]
async fn sec_13_an_unknown_person_and_a_lookalike_get_no_account() {
    let lookalike = "\u{ff51}a-manager@example.invalid";
    let provider = IdentityProvider::start(&[verified("stranger", ""), format!("{lookalike}|verified||lookalike")]);
    let app = provider.app().await;
    for login in [world::email("stranger").as_str(), "lookalike"] {
        assert_eq!(refusal(&app, login).await, ("single_sign_on_no_account".to_owned(), 403), "{login}");
    }
    assert_nothing_was_taken_over(&app).await;
    let people: i64 = sqlx::query_scalar("SELECT count(*) FROM users WHERE email LIKE 'stranger%'")
        .fetch_one(&mut app.database.superuser().await)
        .await
        .unwrap();
    assert_eq!(people, 0, "an account is never made");
}

#[tokio::test]
async fn sec_13_sec_17_a_deactivated_person_is_refused_before_and_after_the_first_time() {
    let provider = IdentityProvider::start(&[verified("gone", ""), verified("qa-manager", "")]);
    let app = provider.app().await;
    assert_eq!(refusal(&app, &world::email("gone")).await, ("single_sign_on_no_account".to_owned(), 403));
    assert_nothing_was_taken_over(&app).await;
    let session = sign_in(&app.client(Reach::Http), &world::email("qa-manager")).await.unwrap();
    change(&app, "UPDATE users SET is_active = false WHERE id = 'qa-manager'").await;
    assert_eq!(refusal(&app, &world::email("qa-manager")).await, ("single_sign_on_no_account".to_owned(), 403));
    let mut trail = app.database.superuser().await;
    let sessions: i64 = sqlx::query_scalar("SELECT count(*) FROM sessions WHERE id <> $1")
        .bind(session.session_id.0)
        .fetch_one(&mut trail)
        .await
        .unwrap();
    assert_eq!(sessions, 0);
}

#[tokio::test]
async fn sec_13_a_link_is_to_the_subject_whatever_becomes_of_the_address() {
    let provider = IdentityProvider::start(&[verified("qa-manager", "")]);
    let app = provider.app().await;
    let client = app.client(Reach::Http);
    sign_in(&client, &world::email("qa-manager")).await.unwrap();
    // The address is given to a newcomer; the person has another one, which nobody has verified.
    let provider = provider.restart(&[
        format!("new@example.invalid|typed by anybody||{}", world::email("qa-manager")),
        format!("{}|verified||newcomer", world::email("qa-manager")),
    ]);
    let session = sign_in(&client, &world::email("qa-manager")).await.unwrap();
    assert_eq!(session.person.id.as_str(), "qa-manager");
    assert_eq!(refusal(&app, "newcomer").await, ("single_sign_on_other_person".to_owned(), 403));
    let links: i64 = sqlx::query_scalar("SELECT count(*) FROM person_identities")
        .fetch_one(&mut app.database.superuser().await)
        .await
        .unwrap();
    assert_eq!(links, 1);
    // Only whoever has the server's command line says that the account is the newcomer's now.
    app.application.forget_company_account(&world::email("qa-manager")).await.unwrap();
    let alive: i64 = sqlx::query_scalar("SELECT count(*) FROM sessions WHERE revoked_at IS NULL")
        .fetch_one(&mut app.database.superuser().await)
        .await
        .unwrap();
    assert_eq!(alive, 0);
    assert_eq!(sign_in(&client, "newcomer").await.unwrap().person.id.as_str(), "qa-manager");
    let unknown = app.application.forget_company_account(&world::email("warehouse")).await.unwrap_err();
    assert_eq!(unknown.code(), "company_account_unknown");
    drop(provider);
}

#[tokio::test]
async fn sec_13_the_claim_gives_the_role_in_the_trail_and_old_sessions_end() {
    let provider = IdentityProvider::start(&[verified("qa-manager", "everybody,qa-heads")]);
    let app = provider.app_with_roles(&[("qa-heads", Role::QaHead), ("qa", Role::QaManager)]).await;
    let client = app.client(Reach::Http);
    let before = app.sign_in(&client, &world::email("qa-manager")).await;
    assert_eq!(before.person.role, Role::QaManager);
    let session = sign_in(&client, &world::email("qa-manager")).await.unwrap();
    assert_eq!(session.person.role, Role::QaHead);
    assert_eq!(client.me(&session.access_token).await.unwrap().role, Role::QaHead);
    assert_eq!(problem(client.me(&before.access_token).await).code, "invalid_token");
    let roles = "SELECT actor, reason, old_text::jsonb ->> 'role', new_text::jsonb ->> 'role' FROM audit_entries
                 WHERE entity = 'users' AND action = 'changed' AND entity_id = 'qa-manager' ORDER BY seq";
    let written: Vec<(String, String, String, String)> =
        sqlx::query_as(roles).fetch_all(&mut app.database.superuser().await).await.unwrap();
    let entry = |old: &str, new: &str| {
        let reason = "single sign-on: the role that the identity provider names";
        ("system:sign-in".to_owned(), reason.to_owned(), old.to_owned(), new.to_owned())
    };
    assert_eq!(written, [entry("QA Manager", "QA Head")]);
    // The same role again changes nothing and ends nothing; another one does.
    sign_in(&client, &world::email("qa-manager")).await.unwrap();
    assert!(client.me(&session.access_token).await.is_ok());
    let _provider = provider.restart(&[verified("qa-manager", "qa")]);
    let demoted = sign_in(&client, &world::email("qa-manager")).await.unwrap();
    assert_eq!(demoted.person.role, Role::QaManager);
    assert_eq!(problem(client.me(&session.access_token).await).code, "invalid_token");
    let written: Vec<(String, String, String, String)> =
        sqlx::query_as(roles).fetch_all(&mut app.database.superuser().await).await.unwrap();
    assert_eq!(written, [entry("QA Manager", "QA Head"), entry("QA Head", "QA Manager")]);
}

#[tokio::test]
async fn sec_13_a_claim_without_one_fitting_role_lets_nobody_in() {
    let provider = IdentityProvider::start(&[
        verified("operator-b", "everybody"),
        verified("qa-manager", "qa-heads,floor"),
        verified("warehouse", "floor"),
        verified("sales", "sales"),
        verified("admin", "board"),
    ]);
    let roles = [
        ("qa-heads", Role::QaHead),
        ("floor", Role::ProductionOperator),
        ("sales", Role::SalesPerson),
        ("board", Role::Management),
    ];
    let app = provider.app_with_roles(&roles).await;
    for (who, code, status) in [
        // None of the plant's groups, and two of them.
        ("operator-b", "single_sign_on_no_role", 403),
        ("qa-manager", "single_sign_on_no_role", 403),
        // The account is of another department.
        ("warehouse", "single_sign_on_role_unfit", 403),
        // Nobody would administer the plant.
        ("admin", "last_administrator", 409),
    ] {
        assert_eq!(refusal(&app, &world::email(who)).await, (code.to_owned(), status), "{who}");
    }
    let changed: i64 =
        sqlx::query_scalar("SELECT count(*) FROM audit_entries WHERE entity = 'users' AND action = 'changed'")
            .fetch_one(&mut app.database.superuser().await)
            .await
            .unwrap();
    assert_eq!(changed, 0);
    let session = sign_in(&app.client(Reach::Http), &world::email("sales")).await.unwrap();
    assert_eq!(session.person.role, Role::SalesPerson);
}

#[tokio::test]
async fn sec_13_a_one_time_password_is_not_used_up_and_still_has_to_be_changed() {
    let provider = IdentityProvider::start(&[verified("qa-manager", "")]);
    let app = provider.app().await;
    change(&app, "UPDATE users SET must_change_password = true WHERE id = 'qa-manager'").await;
    let client = app.client(Reach::Http);
    for _ in 0..2 {
        let session = sign_in(&client, &world::email("qa-manager")).await.unwrap();
        assert!(session.must_change_password);
        assert_eq!(problem(client.sessions(&session.access_token).await).code, "password_change_required");
    }
    assert!(app.sign_in(&client, &world::email("qa-manager")).await.must_change_password);
}
