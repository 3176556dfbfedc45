//! A legacy database through the running server: its people sign in, its rows are there for those who may see them.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;
use viruj_api::{
    batches::BatchRow,
    lists::{Page, PageQuery},
    sessions::SignInRequest,
    sync::FeedChange,
};
use viruj_client::{Client, ClientError};
use viruj_domain::{capability::Capability, ids::StationId, role::Role};
use viruj_storage::migrate::migrate;
use viruj_sync::store::Exchange;
use viruj_test_support::{
    Reach, TestApp, TestStation,
    database::{TestDatabase, empty_database},
    legacy,
    station::registration,
};

use crate::sessions::problem;

const PASSWORD: &str = "demo123";
/// Of the one person whom the recorded administrator made.
const PASSWORD_OF_THE_NEW: &str = "Str0ng!Passw0rd";

/// Somebody as the legacy system left them.
#[derive(sqlx::FromRow)]
struct LegacyPerson {
    id: String,
    email: String,
    hash: String,
    role: String,
    is_active: bool,
    plants: Vec<String>,
}

impl LegacyPerson {
    fn role(&self) -> Role {
        self.role.parse().unwrap()
    }

    fn sees_all(&self) -> bool {
        self.plants.is_empty() && self.role().sees_all_plants_by_default()
    }

    fn credentials(&self) -> SignInRequest {
        let is_new = self.email.starts_with("asha.rao.");
        let password = if is_new { PASSWORD_OF_THE_NEW } else { PASSWORD };
        SignInRequest { email: self.email.clone(), password: password.to_owned() }
    }
}

/// As the legacy backend decided: a hash that it never made opens nothing.
async fn people(test: &TestDatabase) -> Vec<LegacyPerson> {
    sqlx::query_as(
        "SELECT id, email, hashed_password AS hash, role, coalesce(is_active, false) AS is_active,
             ARRAY(SELECT u.plant_id WHERE u.plant_id IS NOT NULL
                   UNION SELECT p.id FROM plants AS p WHERE p.manager_id = u.id) AS plants
         FROM users AS u ORDER BY id",
    )
    .fetch_all(&mut test.superuser().await)
    .await
    .unwrap()
}

async fn invented() -> TestApp {
    let test = empty_database().await;
    legacy::fill(&test.migration_url, &bcrypt::hash(PASSWORD, 4).unwrap()).await;
    served(test).await
}

async fn recorded() -> Option<TestApp> {
    let dump = legacy::recorded_dump()?;
    let test = empty_database().await;
    legacy::load(&test.migration_url, &dump);
    Some(served(test).await)
}

async fn served(test: TestDatabase) -> TestApp {
    migrate(&test.migration_url, &test.url).await.unwrap();
    let url = test.url.clone();
    TestApp::over(test, &url).await
}

/// The ids of the rows of a table that these plants see; those without a plant are for all plants only.
async fn expected(test: &TestDatabase, table: &str, person: &LegacyPerson) -> BTreeSet<String> {
    let by_plant = if table == "materials" { "true" } else { "coalesce(plant_id = ANY ($1), false)" };
    let statement = format!("SELECT id::text FROM {table} WHERE $2 OR {by_plant}");
    let ids: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(statement))
        .bind(&person.plants)
        .bind(person.sees_all())
        .fetch_all(&mut test.superuser().await)
        .await
        .unwrap();
    ids.into_iter().collect()
}

/// A list as somebody gets it: the ids in it, or the refusal.
fn shown<T: std::fmt::Debug>(
    answer: Result<Page<T>, ClientError>,
    id: impl Fn(&T) -> String,
) -> Result<BTreeSet<String>, (u16, String)> {
    match answer {
        Ok(page) => {
            assert_eq!(page.next_cursor, None, "one page holds it");
            Ok(page.items.iter().map(id).collect())
        }
        refused => {
            let refused = problem(refused);
            Err((refused.status, refused.code))
        }
    }
}

async fn each_list_is_for_its_roles_and_plants(app: &TestApp, client: &Client, person: &LegacyPerson, token: &str) {
    let whole = PageQuery::default();
    let lists = [
        (
            "gate_entries",
            Capability::GateEntryRead,
            shown(client.gate_entries(token, &whole).await, |row| row.id.to_string()),
        ),
        (
            "goods_receipt_notes",
            Capability::GoodsReceiptRead,
            shown(client.goods_receipts(token, &whole).await, |row| row.id.to_string()),
        ),
        (
            "quality_samples",
            Capability::QualitySampleRead,
            shown(client.quality_samples(token, &whole).await, |row| row.id.to_string()),
        ),
        (
            "quality_tests",
            Capability::QualityTestRead,
            shown(client.quality_tests(token, &whole).await, |row| row.id.to_string()),
        ),
        ("materials", Capability::MaterialRead, shown(client.materials(token, &whole).await, |row| row.id.clone())),
    ];
    for (table, capability, answer) in lists {
        if person.role().can(capability) {
            assert_eq!(answer, Ok(expected(&app.database, table, person).await), "{table} for {}", person.id);
        } else {
            assert_eq!(answer, Err((403, "not_authorised".to_owned())), "{table} for {}", person.id);
        }
    }
}

/// Signs everybody in twice and looks at every list; gives back who could.
async fn everybody_who_was_active_works_on(app: &TestApp, client: &Client) -> Vec<Role> {
    let before = people(&app.database).await;
    let sums = legacy::checksums(&app.database.migration_url).await;
    let mut roles = Vec::new();
    let mut rehashed = BTreeSet::new();
    for person in &before {
        if !person.is_active || !person.hash.starts_with("$2b$") {
            let refused = problem(client.sign_in(&person.credentials()).await);
            assert_eq!((refused.status, refused.code.as_str()), (401, "invalid_credentials"), "{}", person.id);
            continue;
        }
        client.sign_in(&person.credentials()).await.unwrap();
        let session = client.sign_in(&person.credentials()).await.unwrap();
        assert_eq!(session.person.id.as_str(), person.id);
        assert_eq!(session.person.role.as_str(), person.role);
        assert_eq!(session.person.sees_all_plants, person.sees_all());
        each_list_is_for_its_roles_and_plants(app, client, person, &session.access_token).await;
        rehashed.insert(person.id.clone());
        roles.push(person.role());
    }
    let after: BTreeMap<_, _> =
        people(&app.database).await.into_iter().map(|person| (person.id, person.hash)).collect();
    for person in &before {
        let hash = &after[&person.id];
        if rehashed.contains(&person.id) {
            assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}: {hash}", person.id);
        } else {
            assert_eq!(*hash, person.hash, "{} did not sign in", person.id);
        }
    }
    let apart_from_hashes = |sums: Vec<(String, i64, Option<String>)>| -> Vec<_> {
        sums.into_iter().filter(|(table, ..)| table != "users").collect()
    };
    let sums_after = legacy::checksums(&app.database.migration_url).await;
    assert_eq!(apart_from_hashes(sums_after), apart_from_hashes(sums), "reading changes no legacy row");
    roles
}

/// The batches that a station of the plant holds after it has read the plant's feed.
async fn batches_of(client: &Client, admin: &str, number: u128, plant: &str) -> Vec<BatchRow> {
    let session =
        client.sign_in(&SignInRequest { email: admin.to_owned(), password: PASSWORD.to_owned() }).await.unwrap();
    let id = StationId(Uuid::from_u128(number));
    client.register_station(&session.access_token, &registration(id, plant)).await.unwrap();
    let station = TestStation::known(client, id);
    let page = station.exchange.pull(plant, None).await.unwrap();
    assert_eq!(page.cursor.seq, page.head, "one page holds it");
    let mut batches = BTreeMap::new();
    for entry in page.entries {
        match entry.change {
            FeedChange::Batch(row) => {
                batches.insert(row.number.clone(), row);
            }
            FeedChange::Phase(row) => panic!("no legacy batch has phases: {row:?}"),
            _ => {}
        }
    }
    batches.into_values().collect()
}

async fn the_invented_database_is_taken_over(app: TestApp, client: Client) {
    let roles: BTreeSet<_> = everybody_who_was_active_works_on(&app, &client).await.into_iter().collect();
    assert_eq!(roles, Role::ALL.iter().copied().collect(), "every role has somebody");
    let admin = "system-admin-all@example.com";
    let first = batches_of(&client, admin, 1, "werk-1").await;
    let numbers: Vec<_> = first.iter().map(|row| (row.number.as_str(), row.status.as_str())).collect();
    assert_eq!(
        numbers,
        [("IBU-001", "QC Review"), ("IBU-002", "Completed"), ("IBU-003", "On Hold"), ("PCM-001", "Planned")]
    );
    let second = batches_of(&client, admin, 2, "werk-2").await;
    let numbers: Vec<_> = second.iter().map(|row| (row.number.as_str(), row.status.as_str())).collect();
    assert_eq!(numbers, [("IBU-004", "Delayed"), ("PCM-002", "In Progress")]);
    assert!(first.iter().chain(&second).all(|row| row.master_record.is_none()), "nothing tells how it was made");
    assert_eq!(second[1].quantity.to_string(), "99999999.99");
    assert_eq!(first[2].hold_reason.as_deref(), Some("Linie 2\nsteht"));
    assert_eq!((second[1].release_status.as_str(), second[1].record_status.as_str()), ("Pending", "Incomplete"));
}

async fn the_recorded_database_is_taken_over(app: TestApp, client: Client) {
    let roles: BTreeSet<_> = everybody_who_was_active_works_on(&app, &client).await.into_iter().collect();
    assert_eq!(roles, Role::ALL.iter().copied().collect(), "every role has somebody");
    for (number, plant) in [(1, "plant-a"), (2, "plant-b"), (3, "plant-c")] {
        let batches = batches_of(&client, "admin@pharma.com", number, plant).await;
        assert!(batches.is_empty(), "it held no batches: {batches:?}");
    }
    let qa = SignInRequest { email: "priya.sharma@pharma.com".into(), password: PASSWORD.into() };
    let qa = client.sign_in(&qa).await.unwrap().access_token;
    let whole = PageQuery::default();
    let entry = client.gate_entries(&qa, &whole).await.unwrap().items.remove(0);
    assert_eq!((entry.entry_code.as_str(), entry.status.as_deref()), ("1126001", Some("Sampling Requested")));
    assert_eq!(client.goods_receipts(&qa, &whole).await.unwrap().items.len(), 1);
    assert_eq!(client.quality_samples(&qa, &whole).await.unwrap().items.len(), 1);
    assert_eq!(client.quality_tests(&qa, &whole).await.unwrap().items.len(), 4);
    assert!(client.materials(&qa, &whole).await.unwrap().items.is_empty(), "it held no materials");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_8_people_and_rows_of_an_invented_legacy_database_are_there_over_http() {
    let app = invented().await;
    let client = app.client(Reach::Http);
    the_invented_database_is_taken_over(app, client).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_8_people_and_rows_of_an_invented_legacy_database_are_there_in_process() {
    let app = invented().await;
    let client = app.client(Reach::InProcess);
    the_invented_database_is_taken_over(app, client).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_8_people_and_rows_of_the_recorded_legacy_database_are_there_over_http() {
    let Some(app) = recorded().await else { return };
    let client = app.client(Reach::Http);
    the_recorded_database_is_taken_over(app, client).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_8_people_and_rows_of_the_recorded_legacy_database_are_there_in_process() {
    let Some(app) = recorded().await else { return };
    let client = app.client(Reach::InProcess);
    the_recorded_database_is_taken_over(app, client).await;
}
