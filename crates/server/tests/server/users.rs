//! Accounts, as an administrator sees and changes them.

use http::Method;
use serde_json::{Value, json};
use viruj_api::{
    sessions::{OpenSession, SignInRequest},
    users::{ChangeReason, ChangeUser, CreateUser, User, UserQuery, UserSort, UserState},
};
use viruj_client::{Client, Tagged};
use viruj_domain::{
    ids::{SessionId, UserId},
    plant::PlantScope,
    role::{Department, Role},
};
use viruj_storage::ChangeContext;
use viruj_test_support::{TestApp, over_both_transports, world};

use crate::{raw, sessions::problem};

over_both_transports! {
    p11_200_3_a_new_person_gets_a_secret_that_is_shown_once,
    p11_100_an_id_or_address_is_never_handed_out_again,
    p11_300a_an_id_and_an_address_are_unique_whatever_their_case,
    pi041_at_a_change_needs_a_reason_and_the_trail_tells_it_all,
    sec_07_a_new_role_and_deactivation_end_the_sessions,
    sec_07_an_administrator_ends_the_sessions_of_a_person,
    sec_16_an_administrator_of_a_plant_manages_its_people_only,
    sec_23_lists_are_sorted_and_filtered_by_what_is_allowed,
    a_list_is_read_page_by_page_in_every_order,
    what_an_account_holds_is_checked,
    somebody_administers_and_nobody_changes_himself,
    a_locked_account_is_unlocked,
}

pub fn newcomer(email: &str) -> CreateUser {
    CreateUser {
        id: None,
        name: "Nora Newcomer".into(),
        email: email.into(),
        role: Role::ProductionOperator,
        department: Department::Production,
        plant_ids: vec!["plant-a".into()],
    }
}

pub fn because(reason: &str) -> ChangeReason {
    ChangeReason { reason: reason.to_owned() }
}

pub fn change_of(user: &User, reason: &str) -> ChangeUser {
    ChangeUser {
        name: user.name.clone(),
        role: user.role.0.parse().unwrap(),
        department: user.department.parse().unwrap(),
        plant_ids: user.plant_ids.clone(),
        reason: reason.to_owned(),
    }
}

async fn admin(app: &TestApp, client: &Client) -> String {
    app.sign_in(client, &world::email("admin")).await.access_token
}

async fn with_secret(client: &Client, email: &str, secret: &str) -> Result<OpenSession, viruj_client::ClientError> {
    client.sign_in(&SignInRequest { email: email.into(), password: secret.into() }).await
}

async fn p11_200_3_a_new_person_gets_a_secret_that_is_shown_once(app: TestApp, client: Client) {
    let token = admin(&app, &client).await;
    let made = client.create_user(&token, "made-0001", &newcomer("nora@example.invalid")).await.unwrap().value;
    assert!(made.user.must_change_password && made.user.is_active);
    let seen = client.user(&token, &made.user.id).await.unwrap();
    assert_eq!(seen.value, made.user);
    assert!(with_secret(&client, "nora@example.invalid", &made.one_time_secret).await.is_ok());
    // The administrator names no password: there is no field for one, and the field of a sly client is refused.
    for field in ["password", "one_time_secret", "hashed_password", "must_change_password", "is_active"] {
        let mut body = serde_json::to_value(newcomer("sly@example.invalid")).unwrap();
        body[field] = json!("chosen by the administrator");
        let refused = raw::send(&app, Method::POST, "/api/v1/users", Some(&token), body.to_string()).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid_body"), "SEC-21 {field}");
    }
    let given = client.give_one_time_secret(&token, &made.user.id, &because("forgot it")).await.unwrap();
    assert_ne!(given.one_time_secret, made.one_time_secret);
    let old = with_secret(&client, "nora@example.invalid", &made.one_time_secret).await;
    assert_eq!(problem(old).code, "invalid_credentials", "the secret of before is worth nothing");
    assert!(with_secret(&client, "nora@example.invalid", &given.one_time_secret).await.is_ok());
    let own = client.give_one_time_secret(&token, &UserId::from("admin"), &because("mine")).await;
    assert_eq!(problem(own).code, "own_account");
    // SEC-22: neither the hash nor the secret is in the trail or in any other answer.
    let mut database = app.database.superuser().await;
    let texts: Vec<String> = sqlx::query_scalar("SELECT concat(new_text, old_text, reason) FROM audit_entries")
        .fetch_all(&mut database)
        .await
        .unwrap();
    for secret in ["argon2", made.one_time_secret.as_str(), given.one_time_secret.as_str()] {
        assert!(!texts.iter().any(|text| text.contains(secret)), "{secret} is in the trail");
    }
    for path in ["/api/v1/users", &format!("/api/v1/users/{}", made.user.id), "/api/v1/me"] {
        let answer = raw::send(&app, Method::GET, path, Some(&token), "").await;
        let text = answer.body.to_string();
        assert_eq!(answer.status, 200);
        assert!(!text.contains("argon2") && !text.contains("hash") && !text.contains(&given.one_time_secret), "{path}");
    }
    let kept: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT sealed_answer FROM idempotency_keys").fetch_all(&mut database).await.unwrap();
    let secret = made.one_time_secret.as_bytes();
    assert!(!kept.iter().any(|answer| answer.windows(secret.len()).any(|part| part == secret)));
}

async fn p11_100_an_id_or_address_is_never_handed_out_again(app: TestApp, client: Client) {
    let token = admin(&app, &client).await;
    let code = |answer: Result<Tagged<viruj_api::users::CreatedUser>, _>| problem(answer).code;
    // Greta was deactivated long ago; her address and her id stay hers.
    let address = client.create_user(&token, "again-0001", &newcomer(" GONE@example.invalid")).await;
    assert_eq!(code(address), "email_taken");
    let mut with_id = newcomer("new@example.invalid");
    with_id.id = Some("gone".into());
    assert_eq!(code(client.create_user(&token, "again-0002", &with_id).await), "id_taken");
    // An address that somebody gave up is not free either.
    let context = ChangeContext::person(PlantScope::All, "admin", Some("married"));
    let mut unit = app.storage().begin(context).await.unwrap();
    sqlx::query("UPDATE users SET email = 'quinn.new@example.invalid' WHERE id = 'qa-manager'")
        .execute(unit.connection())
        .await
        .unwrap();
    unit.commit().await.unwrap();
    let given_up = client.create_user(&token, "again-0003", &newcomer("QA-manager@example.invalid")).await;
    assert_eq!(code(given_up), "email_taken");
    // Users are deactivated, never deleted.
    let deleted = raw::send(&app, Method::DELETE, "/api/v1/users/gone", Some(&token), "").await;
    assert_eq!((deleted.status.as_u16(), deleted.code()), (405, "method_not_allowed"));
    let mut unit = app.storage().begin(ChangeContext::person(PlantScope::All, "admin", Some("x"))).await.unwrap();
    let refused = sqlx::query("DELETE FROM users WHERE id = 'gone'").execute(unit.connection()).await;
    assert!(refused.is_err(), "the application role may not");
}

async fn p11_300a_an_id_and_an_address_are_unique_whatever_their_case(app: TestApp, client: Client) {
    let token = admin(&app, &client).await;
    let mut first = newcomer("ﬁrst@example.invalid");
    first.id = Some("Emp-1".into());
    client.create_user(&token, "case-0001", &first).await.unwrap();
    for (id, email, code) in [
        ("emp-1", "other@example.invalid", "id_taken"),
        ("ＥＭＰ-1", "other@example.invalid", "id_taken"),
        ("emp-2", "FIRST@example.invalid", "email_taken"),
    ] {
        let mut second = newcomer(email);
        second.id = Some(id.into());
        let refused = problem(client.create_user(&token, "case-0002", &second).await);
        assert_eq!((refused.code.as_str(), refused.status), (code, 409), "{id} {email}");
    }
}

async fn pi041_at_a_change_needs_a_reason_and_the_trail_tells_it_all(app: TestApp, client: Client) {
    let token = admin(&app, &client).await;
    let id = UserId::from("qa-manager");
    let Tagged { etag, value: user } = client.user(&token, &id).await.unwrap();
    let mut change = change_of(&user, " ");
    change.name = "Quinn Ashe-Berg".into();
    change.plant_ids = vec!["plant-b".into(), "plant-a".into(), "plant-b".into()];
    let refused = problem(client.change_user(&token, &id, &etag, &change).await);
    assert_eq!((refused.code.as_str(), refused.status), ("change_reason_required", 422));
    for path in ["deactivate", "reactivate", "unlock", "one-time-secret"] {
        let path = format!("/api/v1/users/qa-manager/{path}");
        for body in ["{}", r#"{"reason":"  "}"#] {
            let request = http::Request::post(&path)
                .header("authorization", format!("Bearer {token}"))
                .header("content-type", "application/json")
                .header("if-match", &etag);
            let refused = raw::send_request(&app, request.body(body.into()).unwrap()).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (422, "change_reason_required"), "{path} {body}");
        }
    }
    change.reason = "marriage; works in Dublin too".into();
    let changed = client.change_user(&token, &id, &etag, &change).await.unwrap();
    assert_eq!(changed.value.plant_ids, ["plant-a".into(), "plant-b".into()]);
    let mut database = app.database.superuser().await;
    let entries: Vec<(String, String, String, Option<String>, String)> = sqlx::query_as(
        "SELECT actor, action, entity, old_text::jsonb ->> 'name', reason FROM audit_entries
         WHERE entity IN ('users', 'user_plants') AND action IN ('changed', 'created') AND actor = 'admin' ORDER BY entry_id",
    )
    .fetch_all(&mut database)
    .await
    .unwrap();
    let reason = change.reason.as_str();
    let told = |action: &str, entity: &str, old: Option<&str>| {
        ("admin".to_owned(), action.to_owned(), entity.to_owned(), old.map(str::to_owned), reason.to_owned())
    };
    assert_eq!(
        entries,
        [told("changed", "users", Some("Quinn Ashe")), told("created", "user_plants", None)],
        "who, what, old value and reason; one entry for each row"
    );
    let new: String = sqlx::query_scalar(
        "SELECT new_text::jsonb ->> 'name' FROM audit_entries WHERE entity = 'users' AND action = 'changed'",
    )
    .fetch_one(&mut database)
    .await
    .unwrap();
    assert_eq!(new, "Quinn Ashe-Berg");
}

async fn sec_07_a_new_role_and_deactivation_end_the_sessions(app: TestApp, client: Client) {
    let token = admin(&app, &client).await;
    let id = UserId::from("qa-manager");
    let session = app.sign_in(&client, &world::email("qa-manager")).await;
    let Tagged { etag, value: user } = client.user(&token, &id).await.unwrap();
    let mut change = change_of(&user, "new name");
    change.name = "Quinn A.".into();
    let changed = client.change_user(&token, &id, &etag, &change).await.unwrap();
    client.me(&session.access_token).await.unwrap();
    change.role = Role::QaOperator;
    change.reason = "other duties".into();
    let changed = client.change_user(&token, &id, &changed.etag, &change).await.unwrap();
    assert_eq!(problem(client.me(&session.access_token).await).code, "invalid_token", "at once on this server");
    let refresh = viruj_api::sessions::RefreshRequest { refresh_token: session.refresh_token };
    assert_eq!(problem(client.refresh(&refresh).await).code, "invalid_refresh_token");
    let session = app.sign_in(&client, &world::email("qa-manager")).await;
    assert_eq!(session.person.role, Role::QaOperator);
    let left = client.set_user_active(&token, &id, &changed.etag, false, &because("left")).await.unwrap();
    assert!(!left.value.is_active);
    assert_eq!(problem(client.me(&session.access_token).await).code, "invalid_token");
    let refused = with_secret(&client, &world::email("qa-manager"), world::PASSWORD).await;
    assert_eq!(problem(refused).code, "invalid_credentials", "SEC-17");
    let back = client.set_user_active(&token, &id, &left.etag, true, &because("came back")).await.unwrap();
    assert!(back.value.is_active);
    app.sign_in(&client, &world::email("qa-manager")).await;
}

async fn sec_07_an_administrator_ends_the_sessions_of_a_person(app: TestApp, client: Client) {
    let token = admin(&app, &client).await;
    let id = UserId::from("security");
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(app.sign_in(&client, &world::email("security")).await);
        app.clock.advance_seconds(1);
    }
    let listed = client.user_sessions(&token, &id).await.unwrap().items;
    let ids: Vec<_> = listed.iter().map(|session| session.id).collect();
    assert_eq!(ids, open.iter().rev().map(|session| session.session_id).collect::<Vec<_>>(), "the newest first");
    assert!(listed.iter().all(|session| session.client_address.is_some()));
    client.end_user_session(&token, &id, ids[0]).await.unwrap();
    assert_eq!(problem(client.me(&open[2].access_token).await).code, "invalid_token");
    client.me(&open[0].access_token).await.unwrap();
    for unknown in [ids[0], SessionId(uuid::Uuid::from_u128(1))] {
        assert_eq!(problem(client.end_user_session(&token, &id, unknown).await).code, "not_found");
    }
    // A session of somebody else is not one of this person.
    let other = app.sign_in(&client, &world::email("warehouse")).await;
    assert_eq!(problem(client.end_user_session(&token, &id, other.session_id).await).code, "not_found");
    client.me(&other.access_token).await.unwrap();
    assert_eq!(client.end_user_sessions(&token, &id).await.unwrap().ended, 2);
    assert!(client.user_sessions(&token, &id).await.unwrap().items.is_empty());
    assert_eq!(problem(client.me(&open[0].access_token).await).code, "invalid_token");
}

/// A newcomer signs in with the one-time secret and takes a password of their own; gives the access token.
pub async fn begin_work(client: &Client, email: &str, one_time_secret: &str) -> String {
    let session = with_secret(client, email, one_time_secret).await.unwrap();
    let request = viruj_api::accounts::ChangePassword {
        current_password: one_time_secret.to_owned(),
        new_password: "a lathe hums quietly at noon".to_owned(),
    };
    client.change_password(&session.access_token, &request).await.unwrap();
    session.access_token
}

async fn sec_16_an_administrator_of_a_plant_manages_its_people_only(app: TestApp, client: Client) {
    let token = admin(&app, &client).await;
    let mut local = newcomer("local@example.invalid");
    (local.role, local.department) = (Role::SystemAdmin, Department::Administration);
    let made = client.create_user(&token, "local-0001", &local).await.unwrap().value;
    let token = begin_work(&client, "local@example.invalid", &made.one_time_secret).await;
    let seen = client.users(&token, &UserQuery::default()).await.unwrap().items;
    assert!(seen.iter().all(|user| user.plant_ids == ["plant-a".into()]), "{seen:?}");
    assert!(seen.iter().any(|user| user.id.as_str() == "qa-manager"));
    // Who works in another plant, and who sees every plant, is not there: the answer is the one for nobody.
    let nobody = problem(client.user(&token, &UserId::from("nobody")).await);
    for id in ["operator-b", "admin", "sales"] {
        let id = UserId::from(id);
        let mut answer = problem(client.user(&token, &id).await);
        answer.request_id = nobody.request_id.clone();
        assert_eq!(answer, nobody);
        assert_eq!(problem(client.give_one_time_secret(&token, &id, &because("mine")).await).code, "not_found");
        assert_eq!(problem(client.unlock_user(&token, &id, &because("mine")).await).code, "not_found");
        assert_eq!(problem(client.user_sessions(&token, &id).await).code, "not_found");
        assert_eq!(problem(client.end_user_sessions(&token, &id).await).code, "not_found");
        let answer = client.set_user_active(&token, &id, "\"x\"", false, &because("mine")).await;
        assert_eq!(problem(answer).code, "not_found");
    }
    // Nor is anybody made who sees more.
    let mut wider = newcomer("wider@example.invalid");
    wider.plant_ids = vec![world::OTHER_PLANT.into()];
    assert_eq!(problem(client.create_user(&token, "wider-0001", &wider).await).code, "plant_unknown");
    (wider.role, wider.department, wider.plant_ids) = (Role::SystemAdmin, Department::Administration, Vec::new());
    assert_eq!(problem(client.create_user(&token, "wider-0002", &wider).await).code, "plants_required");
    for role in ["qa-manager", "sales"] {
        let other = app.sign_in(&client, &world::email(role)).await;
        assert_eq!(problem(client.users(&other.access_token, &UserQuery::default()).await).code, "not_authorised");
        assert_eq!(problem(client.roles(&other.access_token).await).code, "not_authorised");
    }
}

async fn sec_23_lists_are_sorted_and_filtered_by_what_is_allowed(app: TestApp, client: Client) {
    let token = admin(&app, &client).await;
    let ids = |query: UserQuery| {
        let (client, token) = (client.clone(), token.clone());
        async move {
            let page = client.users(&token, &query).await.unwrap();
            page.items.into_iter().map(|user| user.id.0).collect::<Vec<_>>()
        }
    };
    let inactive = UserQuery { state: Some(UserState::Inactive), ..UserQuery::default() };
    assert_eq!(ids(inactive).await, ["gone"]);
    let by_role = UserQuery { role: Some(Role::SystemAdmin), ..UserQuery::default() };
    assert_eq!(ids(by_role).await, ["admin"]);
    let in_plant = UserQuery { plant_id: Some(world::OTHER_PLANT.into()), ..UserQuery::default() };
    assert_eq!(ids(in_plant).await, ["operator-b"]);
    let searched = |text: &str| UserQuery { search: Some(text.to_owned()), ..UserQuery::default() };
    assert_eq!(ids(searched("QUINN")).await, ["qa-manager"]);
    assert_eq!(ids(searched("security@")).await, ["security"]);
    for nothing in ["%", "_", "a\0b", "' OR true --"] {
        assert_eq!(ids(searched(nothing)).await, [""; 0], "{nothing:?}");
    }
    for refused in [
        "sort=hashed_password",
        "sort=name;drop",
        "sort=password_changed_at",
        "role=Nobody",
        "state=deleted",
        "plant=plant-a",
        "limit=many",
        "limit=-1",
    ] {
        let path = format!("/api/v1/users?{refused}");
        let answer = raw::send(&app, Method::GET, &path, Some(&token), "").await;
        assert_eq!((answer.status.as_u16(), answer.code()), (422, "invalid_query"), "{refused}");
    }
    for cursor in ["x", "%00", "bm90IG91cnM", "123.admin"] {
        let path = format!("/api/v1/users?cursor={cursor}");
        let answer = raw::send(&app, Method::GET, &path, Some(&token), "").await;
        assert_eq!((answer.status.as_u16(), answer.code()), (422, "cursor_invalid"), "{cursor}");
    }
}

async fn a_list_is_read_page_by_page_in_every_order(app: TestApp, client: Client) {
    use UserSort::*;
    let token = admin(&app, &client).await;
    for (ascending, descending) in [
        (Name, NameDescending),
        (Email, EmailDescending),
        (Role, RoleDescending),
        (Department, DepartmentDescending),
        (CreatedAt, CreatedAtDescending),
    ] {
        let mut orders = Vec::new();
        for sort in [ascending, descending] {
            let whole = UserQuery { sort: Some(sort), ..UserQuery::default() };
            let all = client.users(&token, &whole).await.unwrap();
            assert!(all.next_cursor.is_none());
            let mut query = UserQuery { limit: Some(2), ..whole };
            let mut read = Vec::new();
            loop {
                let page = client.users(&token, &query).await.unwrap();
                assert!(page.items.len() <= 2);
                read.extend(page.items);
                let Some(cursor) = page.next_cursor else { break };
                query.cursor = Some(cursor);
            }
            assert_eq!(read, all.items, "{sort:?}");
            orders.push(read.into_iter().map(|user| user.id.0).collect::<Vec<_>>());
        }
        orders[1].reverse();
        assert_eq!(orders[0], orders[1], "{ascending:?}");
    }
    // A cursor of another order would skip rows.
    let first = client.users(&token, &UserQuery { limit: Some(2), ..UserQuery::default() }).await.unwrap();
    let other = UserQuery { sort: Some(Email), cursor: first.next_cursor, ..UserQuery::default() };
    assert_eq!(problem(client.users(&token, &other).await).code, "cursor_invalid");
}

async fn what_an_account_holds_is_checked(app: TestApp, client: Client) {
    let token = admin(&app, &client).await;
    let good = newcomer("good@example.invalid");
    let with = |change: &dyn Fn(&mut CreateUser)| {
        let mut user = good.clone();
        change(&mut user);
        user
    };
    for (user, code) in [
        (with(&|user| user.name = "  ".into()), "name_invalid"),
        (with(&|user| user.name = "a\0b".into()), "name_invalid"),
        (with(&|user| user.name = "n".repeat(201)), "name_invalid"),
        (with(&|user| user.email = "nobody".into()), "email_invalid"),
        (with(&|user| user.id = Some("../x".into())), "id_invalid"),
        (with(&|user| user.department = Department::Sales), "department_unfit"),
        (with(&|user| user.plant_ids = Vec::new()), "plants_required"),
        (with(&|user| user.plant_ids = vec!["plant-z".into()]), "plant_unknown"),
        (with(&|user| user.plant_ids = vec!["pl\0ant".into()]), "plant_unknown"),
    ] {
        let refused = problem(client.create_user(&token, "check-0001", &user).await);
        assert_eq!((refused.code.as_str(), refused.status), (code, 422));
    }
    for (field, value) in [("role", json!("Emperor")), ("plant_ids", json!("plant-a")), ("name", Value::Null)] {
        let mut body = serde_json::to_value(&good).unwrap();
        body[field] = value;
        let refused = raw::send(&app, Method::POST, "/api/v1/users", Some(&token), body.to_string()).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid_body"), "{field}");
    }
    assert_eq!(problem(client.user(&token, &UserId::from("\0")).await).code, "not_found");
    assert_eq!(problem(client.unlock_user(&token, &UserId::from("\0"), &because("x")).await).code, "not_found");
    // A refused creation keeps no key: the same key serves the corrected one.
    client.create_user(&token, "check-0001", &good).await.unwrap();
}

async fn somebody_administers_and_nobody_changes_himself(app: TestApp, client: Client) {
    let token = admin(&app, &client).await;
    let own = client.user(&token, &UserId::from("admin")).await.unwrap();
    let mut change = change_of(&own.value, "I want to see less");
    change.plant_ids = vec!["plant-a".into()];
    let refused = client.change_user(&token, &own.value.id, &own.etag, &change).await;
    assert_eq!(problem(refused).code, "own_account");
    let refused = client.set_user_active(&token, &own.value.id, &own.etag, false, &because("tired")).await;
    assert_eq!(problem(refused).code, "own_account");
    let mut renamed = change_of(&own.value, "a typing error");
    renamed.name = "Ada Administrator".into();
    client.change_user(&token, &own.value.id, &own.etag, &renamed).await.unwrap();
    // A second administrator may take the first one out, and is the last one then.
    let mut second = newcomer("second@example.invalid");
    (second.role, second.department, second.plant_ids) = (Role::SystemAdmin, Department::Administration, Vec::new());
    let made = client.create_user(&token, "second-0001", &second).await.unwrap().value;
    let other = begin_work(&client, "second@example.invalid", &made.one_time_secret).await;
    let first = client.user(&other, &UserId::from("admin")).await.unwrap();
    client.set_user_active(&other, &first.value.id, &first.etag, false, &because("retired")).await.unwrap();
    let mut local = newcomer("third@example.invalid");
    (local.role, local.department) = (Role::SystemAdmin, Department::Administration);
    let local = client.create_user(&other, "third-0001", &local).await.unwrap();
    // Nobody is left beside her who administers every plant: the one for plant-a does not count.
    let mut unit = app.storage().begin(ChangeContext::person(PlantScope::All, "admin", Some("x"))).await.unwrap();
    assert!(!viruj_storage::users::has_other_administrator(&mut unit, &made.user.id).await.unwrap());
    assert!(viruj_storage::users::has_other_administrator(&mut unit, &local.value.user.id).await.unwrap());
    drop(unit);
    // A person who manages a plant sees it, whatever an administrator writes.
    let mut database = app.database.superuser().await;
    sqlx::raw_sql("SET viruj.actor = 'test'; SET viruj.reason = 'test'; UPDATE plants SET manager_id = 'qa-manager' WHERE id = 'plant-b'")
        .execute(&mut database)
        .await
        .unwrap();
    let manager = client.user(&other, &UserId::from("qa-manager")).await.unwrap();
    assert_eq!(manager.value.plant_ids, ["plant-a".into(), "plant-b".into()]);
    let mut change = change_of(&manager.value, "back to one plant");
    change.plant_ids = vec!["plant-a".into()];
    let refused = client.change_user(&other, &manager.value.id, &manager.etag, &change).await;
    assert_eq!(problem(refused).code, "manages_plant");
}

async fn a_locked_account_is_unlocked(app: TestApp, client: Client) {
    let token = admin(&app, &client).await;
    let email = world::email("warehouse");
    for _ in 0..5 {
        assert_eq!(problem(with_secret(&client, &email, "wrong").await).code, "invalid_credentials");
    }
    assert_eq!(problem(with_secret(&client, &email, world::PASSWORD).await).code, "too_many_attempts");
    client.unlock_user(&token, &UserId::from("warehouse"), &because("typed in capitals")).await.unwrap();
    app.sign_in(&client, &email).await;
    let mut database = app.database.superuser().await;
    let told: Vec<(String, String)> =
        sqlx::query_as("SELECT actor, reason FROM audit_entries WHERE action = 'unlocked'")
            .fetch_all(&mut database)
            .await
            .unwrap();
    assert_eq!(told, [("admin".to_owned(), "typed in capitals".to_owned())]);
}
