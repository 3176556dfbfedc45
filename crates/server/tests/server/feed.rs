use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use uuid::Uuid;
use viruj_api::sync::{FeedChange, FeedCursor, FeedPage, SYSTEM_FEED};
use viruj_client::{Client, News};
use viruj_domain::{ids::StationId, phase::PhaseEntry};
use viruj_sync::{
    conformance::world::{batch, operator, phases, plant_id, statement},
    store::{Exchange, ExchangeError},
};
use viruj_test_support::{Reach, TestApp, TestStation, over_both_transports, world};

over_both_transports! {
    a_station_follows_its_plant_and_the_system,
    sec_16_another_plants_feed_is_not_there,
    sec_22_no_feed_carries_a_secret,
    a_cursor_of_another_epoch_or_beyond_the_head_is_gone,
}

/// Reads a feed to its head in small pages, as a station does.
async fn read(station: &TestStation, feed: &str) -> Vec<FeedPage> {
    let mut pages: Vec<FeedPage> = Vec::new();
    loop {
        let page = station.exchange.pull(feed, pages.last().map(|page| &page.cursor)).await.unwrap();
        let is_last = page.cursor.seq == page.head;
        pages.push(page);
        if is_last {
            return pages;
        }
    }
}

async fn a_station_follows_its_plant_and_the_system(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    let pages = read(&station, plant_id().as_str()).await;
    let entries: Vec<_> = pages.iter().flat_map(|page| &page.entries).collect();
    assert!(entries.iter().map(|entry| entry.seq).eq(1..=entries.len() as u64), "no gap");
    let batches = entries.iter().filter(|entry| matches!(&entry.change, FeedChange::Batch(row) if *row == batch()));
    assert_eq!(batches.count(), 1);
    let phases_read: Vec<_> = entries
        .iter()
        .filter_map(|entry| match &entry.change {
            FeedChange::Phase(row) => Some(row.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(phases_read, phases());
    // What is pushed comes back.
    let last = pages.last().unwrap().cursor.clone();
    station.push(&[station.writer.clone().unsigned(&statement(1, 1, PhaseEntry::Confirmed))]).await.unwrap();
    let news = station.exchange.pull(plant_id().as_str(), Some(&last)).await.unwrap();
    assert!(news.entries.iter().any(|entry| matches!(&entry.change, FeedChange::Entry(row) if row.is_effective)));
    assert!(news.entries.iter().any(|entry| matches!(&entry.change, FeedChange::Batch(row) if row.version == 2)));
    let people: BTreeSet<_> = read(&station, SYSTEM_FEED)
        .await
        .into_iter()
        .flat_map(|page| page.entries)
        .filter_map(|entry| match entry.change {
            FeedChange::Person(person) => Some(person.id.0),
            _ => None,
        })
        .collect();
    assert!(people.contains(&operator().id.0) && people.contains("gone"), "{people:?}");
}

async fn sec_16_another_plants_feed_is_not_there(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    let other = TestStation::register_as(&app, &client, StationId(Uuid::from_u128(9)), world::OTHER_PLANT).await;
    for (station, feed) in
        [(&station, world::OTHER_PLANT), (&station, "plant-z"), (&other, "plant-a"), (&other, "unassigned")]
    {
        let refused = station.exchange.pull(feed, None).await.unwrap_err();
        assert_eq!(refused, ExchangeError::Refused { code: "not_found".into(), status: 404 }, "{feed}");
    }
    let theirs = read(&other, world::OTHER_PLANT).await;
    assert!(theirs.iter().flat_map(|page| &page.entries).all(|entry| !matches!(entry.change, FeedChange::Batch(_))));
}

async fn sec_22_no_feed_carries_a_secret(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    // Somebody's hash changes, somebody signs in, somebody fails to.
    let legacy = viruj_api::sessions::SignInRequest {
        email: world::LEGACY_EMAIL.to_owned(),
        password: world::LEGACY_PASSWORD.to_owned(),
    };
    client.sign_in(&legacy).await.unwrap();
    let mut text = String::new();
    for feed in [SYSTEM_FEED, "plant-a"] {
        text += &serde_json::to_string(&read(&station, feed).await).unwrap();
    }
    no_secret_is_in(&app, &text).await;
}

/// What the database keeps secret of people and their sessions stands nowhere in the text.
pub async fn no_secret_is_in(app: &TestApp, text: &str) {
    let mut database = app.database.superuser().await;
    let secrets: Vec<String> = sqlx::query_scalar(
        "SELECT hashed_password FROM users UNION SELECT encode(refresh_hash, 'hex') FROM sessions
         UNION SELECT encode(sha256(convert_to(hashed_password, 'UTF8')), 'hex') FROM users",
    )
    .fetch_all(&mut database)
    .await
    .unwrap();
    assert!(secrets.len() > 4);
    for secret in
        secrets.iter().map(String::as_str).chain(["$2b$", "$argon2", "hashed_password", "refresh", "login_key"])
    {
        assert!(!text.contains(secret), "{secret} is in what stations read");
    }
}

async fn a_cursor_of_another_epoch_or_beyond_the_head_is_gone(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    let page = station.exchange.pull("plant-a", None).await.unwrap();
    let beyond = FeedCursor { seq: page.head + 1, ..page.cursor.clone() };
    let another = FeedCursor { feed_epoch: Uuid::from_u128(1), ..page.cursor.clone() };
    for cursor in [beyond, another] {
        assert_eq!(station.exchange.pull("plant-a", Some(&cursor)).await.unwrap_err(), ExchangeError::CursorGone);
    }
    assert!(station.exchange.pull("plant-a", Some(&page.cursor)).await.unwrap().entries.is_empty());
}

/// The heads of a station's feeds by their names.
async fn next_heads(news: &mut News) -> BTreeMap<String, u64> {
    let told = news.next().await.unwrap().unwrap();
    told.heads.into_iter().map(|head| (head.feed, head.seq)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_station_hears_of_news_and_a_server_that_stops_lets_it_go() {
    let mut app = TestApp::start().await;
    let client = app.client(Reach::Http);
    let mut station = TestStation::register(&app, &client).await;
    let head = station.exchange.pull(plant_id().as_str(), None).await.unwrap().head;
    let mut news = station.exchange.news().await.unwrap().unwrap();
    let first = next_heads(&mut news).await;
    assert_eq!(first.keys().map(String::as_str).collect::<Vec<_>>(), [plant_id().as_str(), SYSTEM_FEED]);
    assert_eq!(first[plant_id().as_str()], head);
    let entry = station.writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed));
    station.push(&[entry]).await.unwrap();
    let after = next_heads(&mut news).await;
    assert!(after[plant_id().as_str()] > head, "{after:?}");
    let stopped = tokio::time::timeout(Duration::from_secs(10), app.stop()).await;
    assert!(stopped.is_ok(), "a server does not wait for those who wait for it");
    assert_eq!(news.next().await.unwrap(), None);
    let inside = TestStation::known(&app.client(Reach::InProcess), station.id);
    assert!(!matches!(inside.exchange.news().await, Ok(Some(_))), "in process nothing is told");
}
