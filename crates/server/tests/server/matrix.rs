//! Every role at every route: what the rules in `routes.rs` say is what the running server does.

use std::collections::BTreeMap;

use http::Method;
use utoipa::openapi::path::PathItem;
use uuid::Uuid;
use viruj_domain::{
    capability::Capability,
    ids::{ApiKeyId, PlantId, SessionId, UserId},
    role::{Department, Role},
};
use viruj_server::{api_keys::make, caller::Authorisation, routes};
use viruj_storage::{
    api_keys::{self, NewApiKey},
    people::{self, NewPerson},
    sessions::{self, NewSession},
};
use viruj_test_support::{TestApp, TestStation};

use crate::raw::{self, Answer};

/// Who knocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Knocker {
    Nobody,
    Person(Role),
    /// The same person with the token of an old client.
    OldClient(Role),
    Station,
    /// A machine with every scope that a machine can have.
    Key,
    /// A machine that reads materials and nothing else.
    NarrowKey,
}

/// What the route's rule does with whoever knocks, before the body is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Let,
    AskedForToken,
    RefusedToken,
    Forbidden,
    NotForKeys,
}

/// The rule in other words than the server's, so that one can be wrong without the other.
fn expected(rule: Authorisation, knocker: Knocker) -> Verdict {
    use Knocker::{Key, NarrowKey, Nobody, OldClient, Person, Station};
    match (rule, knocker) {
        (Authorisation::Public, _) => Verdict::Let,
        (_, Nobody) => Verdict::AskedForToken,
        (Authorisation::LegacySignedIn | Authorisation::LegacyCapability(_), Key | NarrowKey) => Verdict::RefusedToken,
        (Authorisation::Capability(Capability::MaterialRead), Key | NarrowKey) => Verdict::Let,
        (Authorisation::Capability(wanted), Key) if wanted.as_str().ends_with(".read") => Verdict::Let,
        (Authorisation::Capability(wanted), NarrowKey) if wanted.as_str().ends_with(".read") => Verdict::Forbidden,
        (_, Key | NarrowKey) => Verdict::NotForKeys,
        (Authorisation::SignedIn | Authorisation::AnySession, Person(_))
        | (Authorisation::LegacySignedIn, OldClient(_))
        | (Authorisation::Station, Station) => Verdict::Let,
        (Authorisation::Capability(wanted), Person(role))
        | (Authorisation::LegacyCapability(wanted), OldClient(role)) => {
            if role.capabilities().contains(&wanted) {
                Verdict::Let
            } else {
                Verdict::Forbidden
            }
        }
        (Authorisation::AnyOf(wanted), Person(role)) => {
            if wanted.iter().any(|wanted| role.capabilities().contains(wanted)) {
                Verdict::Let
            } else {
                Verdict::Forbidden
            }
        }
        _ => Verdict::RefusedToken,
    }
}

fn seen(is_legacy: bool, answer: &Answer) -> Verdict {
    let detail = answer.body["detail"].as_str().unwrap_or("");
    match (answer.status.as_u16(), is_legacy, answer.code(), detail) {
        (403, true, _, "Not authenticated") | (401, false, "not_authenticated", _) => Verdict::AskedForToken,
        (401, true, _, "Could not validate credentials") | (401, false, "invalid_token", _) => Verdict::RefusedToken,
        (403, true, _, detail) if detail.starts_with("Only for: ") => Verdict::Forbidden,
        (403, false, "not_authorised", _) => Verdict::Forbidden,
        (403, false, "not_for_api_keys", _) => Verdict::NotForKeys,
        // What the rule lets in and the handler does not know is a fault of the route.
        (500, ..) => panic!("{}", answer.body),
        _ => Verdict::Let,
    }
}

pub fn methods_of(item: &PathItem) -> Vec<Method> {
    let known = [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    known.into_iter().filter_map(|(method, operation)| operation.as_ref().map(|_| method)).collect()
}

/// The address with something in the place of each parameter that nobody has.
pub fn with_ids(path: &str) -> String {
    let segment = |part: &str| if part.starts_with('{') { Uuid::now_v7().to_string() } else { part.to_owned() };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

pub async fn add_people(app: &TestApp) -> BTreeMap<Role, UserId> {
    let mut unit = app.application.state().begin_for_system("test", "one person of every role").await.unwrap();
    let mut added = BTreeMap::new();
    for (number, role) in Role::ALL.iter().enumerate() {
        let id = UserId(format!("matrix-{number}"));
        let person = NewPerson {
            id: id.clone(),
            name: role.as_str(),
            email: &format!("matrix-{number}@example.invalid"),
            password_hash: "none: nobody signs in with it",
            role: *role,
            department: Department::ALL[0],
            plant_ids: vec![PlantId::from("plant-a")],
            must_change_password: false,
            created_at: app.application.state().clock.now(),
        };
        people::create(&mut unit, &person).await.unwrap();
        added.insert(*role, id);
    }
    unit.commit().await.unwrap();
    added
}

/// Keys as somebody has made them who sees everything in the plant.
async fn add_key(app: &TestApp, maker: &UserId, scopes: &[Capability]) -> String {
    let now = app.application.state().clock.now();
    let id = ApiKeyId(Uuid::now_v7());
    let made = make(id).unwrap();
    let key = NewApiKey {
        id,
        name: "matrix",
        secret_hash: made.hash,
        plant_ids: &[PlantId::from("plant-a")],
        scopes,
        created_by: maker,
        created_at: now,
        expires_at: now + chrono::TimeDelta::days(90),
    };
    let mut unit = app.application.state().begin_for(maker, "matrix").await.unwrap();
    assert!(api_keys::create(&mut unit, &key).await.unwrap());
    unit.commit().await.unwrap();
    made.text.expose().to_owned()
}

/// A session for one request: the request may end it.
pub async fn token_of(app: &TestApp, person: &UserId, knocker: Knocker) -> String {
    let state = app.application.state();
    let now = state.clock.now();
    let id = SessionId(Uuid::now_v7());
    let mut refresh_hash = [0; 32];
    refresh_hash[..16].copy_from_slice(id.0.as_bytes());
    let session = NewSession {
        id,
        person_id: person,
        refresh_hash,
        created_at: now,
        expires_at: now + chrono::TimeDelta::hours(1),
        client_address: "matrix",
        station: None,
    };
    let mut unit = state.begin_for(person, "matrix").await.unwrap();
    sessions::open(&mut unit, &session).await.unwrap();
    unit.commit().await.unwrap();
    let issued = match knocker {
        Knocker::OldClient(_) => state.access_tokens.for_legacy_client(person, id, now),
        _ => state.access_tokens.for_person(person, id, now),
    };
    issued.unwrap().token
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p11_10d_every_role_at_every_route_meets_the_rule_that_is_declared() {
    let app = TestApp::start().await;
    let client = app.client(viruj_test_support::Reach::InProcess);
    let people = add_people(&app).await;
    let station = TestStation::register(&app, &client).await.id;
    let every: Vec<_> = Capability::ALL.iter().copied().filter(|scope| scope.is_for_machines()).collect();
    let key = add_key(&app, &people[&Role::PlantHead], &every).await;
    let narrow_key = add_key(&app, &people[&Role::PlantHead], &[Capability::MaterialRead]).await;
    let mut knockers = vec![Knocker::Nobody, Knocker::Station, Knocker::Key, Knocker::NarrowKey];
    knockers.extend(Role::ALL.iter().flat_map(|role| [Knocker::Person(*role), Knocker::OldClient(*role)]));
    let mut tried = 0;
    let mut wrong = Vec::new();
    for route in routes::all() {
        let (_, paths, _) = &route.operation;
        for (path, item) in &paths.paths {
            let is_legacy = path.starts_with("/api/") && !path.starts_with("/api/v1/");
            for method in methods_of(item) {
                for knocker in &knockers {
                    let token = match knocker {
                        Knocker::Nobody => None,
                        Knocker::Key => Some(key.clone()),
                        Knocker::NarrowKey => Some(narrow_key.clone()),
                        Knocker::Station => {
                            let state = app.application.state();
                            Some(state.access_tokens.for_station(station, state.clock.now()).unwrap().token)
                        }
                        Knocker::Person(role) | Knocker::OldClient(role) => {
                            Some(token_of(&app, &people[role], *knocker).await)
                        }
                    };
                    let answer = raw::send(&app, method.clone(), &with_ids(path), token.as_deref(), "{}").await;
                    let (expected, seen) = (expected(route.authorisation, *knocker), seen(is_legacy, &answer));
                    tried += 1;
                    if expected != seen {
                        wrong.push(format!("{method} {path} for {knocker:?}: {expected:?} by rule, {seen:?} indeed"));
                    }
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(tried >= routes::all().len() * knockers.len(), "{tried} of the matrix were tried");
}
