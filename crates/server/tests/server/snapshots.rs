use std::collections::BTreeSet;

use chrono::TimeDelta;
use uuid::Uuid;
use viruj_api::sync::{FeedChange, FeedCursor, SYSTEM_FEED, Tombstone};
use viruj_client::Client;
use viruj_domain::{ids::StationId, phase::PhaseEntry};
use viruj_sync::{
    conformance::world::{batch, operator, phases, plant_id, statement},
    snapshot::SnapshotChunk,
    store::{Exchange, ExchangeError},
};
use viruj_test_support::{TestApp, TestStation, over_both_transports, world};

use crate::feed::no_secret_is_in;

over_both_transports! {
    a_snapshot_holds_every_row_once_and_the_feed_goes_on_from_it,
    a_snapshot_goes_on_where_a_chunk_ended_at_any_replica,
    sec_16_another_plants_snapshot_is_not_there,
    sec_22_no_snapshot_carries_a_secret,
    what_no_chunk_has_said_is_refused,
    hard_case_11_a_cursor_older_than_the_kept_feed_is_gone_and_a_snapshot_is_not,
    what_was_deleted_is_told,
    hard_case_06_a_plant_that_is_added_later_has_a_snapshot_of_its_own,
}

async fn whole(station: &TestStation, feed: &str) -> Vec<SnapshotChunk> {
    let mut chunks: Vec<SnapshotChunk> = Vec::new();
    loop {
        let resume = chunks.last().and_then(|chunk| chunk.end.next.clone());
        let chunk = station.exchange.snapshot(feed, resume.as_deref()).await.unwrap();
        let is_last = chunk.end.next.is_none();
        chunks.push(chunk);
        if is_last {
            return chunks;
        }
    }
}

fn rows(chunks: &[SnapshotChunk]) -> Vec<FeedChange> {
    chunks.iter().flat_map(SnapshotChunk::changes).map(Result::unwrap).collect()
}

async fn a_snapshot_holds_every_row_once_and_the_feed_goes_on_from_it(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    let chunks = whole(&station, plant_id().as_str()).await;
    let found = rows(&chunks);
    assert_eq!(found.iter().filter(|row| **row == FeedChange::Batch(batch())).count(), 1);
    let found_phases: BTreeSet<_> = found
        .iter()
        .filter_map(|row| match row {
            FeedChange::Phase(row) => Some(row.number),
            _ => None,
        })
        .collect();
    assert_eq!(found_phases, phases().iter().map(|row| row.number).collect());
    let end = &chunks.last().unwrap().end;
    assert_eq!((end.sent, end.expected), (found.len() as u64, found.len() as u64));
    // What is pushed afterwards comes with the feed, from where the snapshot was begun.
    station.push(&[station.writer.clone().unsigned(&statement(1, 1, PhaseEntry::Confirmed))]).await.unwrap();
    let news = station.exchange.pull(plant_id().as_str(), Some(&end.cursor)).await.unwrap();
    assert!(news.entries.iter().any(|entry| matches!(&entry.change, FeedChange::Entry(row) if row.is_effective)));
    let people = rows(&whole(&station, SYSTEM_FEED).await);
    assert!(people.iter().any(|row| matches!(row, FeedChange::Person(person) if person.id == operator().id)));
}

/// More rows than a chunk holds, in several kinds.
async fn a_snapshot_goes_on_where_a_chunk_ended_at_any_replica(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    let mut database = app.database.superuser().await;
    sqlx::raw_sql(
        "SELECT set_config('viruj.actor', 'system:test', false);
         INSERT INTO lots (id, plant_id, number, material_code, material, quantity, unit, status, created_at)
         SELECT gen_random_uuid(), 'plant-a', 'MANY-' || n, 'RM-1', 'Lactose', 1, 'kg', 'Quarantine', now()
         FROM generate_series(1, 12000) AS n",
    )
    .execute(&mut database)
    .await
    .unwrap();
    let feed = plant_id();
    let first = station.exchange.snapshot(feed.as_str(), None).await.unwrap();
    assert_eq!(first.end.rows, 5_000);
    // Somebody changes a row that was read, and the next chunk comes from another replica.
    sqlx::raw_sql(
        "SELECT set_config('viruj.reason', 'a test', false);
         UPDATE lots SET supplier = 'Another' WHERE number LIKE 'MANY-%1'",
    )
    .execute(&mut database)
    .await
    .unwrap();
    let replica = app.replica_with(|_| {}).await;
    let other = TestStation::known(&Client::new(viruj_client::Transport::in_process(replica.router())), station.id);
    let mut chunks = vec![first];
    while let Some(next) = chunks.last().unwrap().end.next.clone() {
        let way = if chunks.len() % 2 == 1 { &other } else { &station };
        chunks.push(way.exchange.snapshot(feed.as_str(), Some(&next)).await.unwrap());
    }
    assert_eq!(chunks.len(), 3);
    assert!(chunks.iter().all(|chunk| chunk.end.cursor == chunks[0].end.cursor), "one snapshot has one beginning");
    let lots: Vec<_> = rows(&chunks)
        .into_iter()
        .filter_map(|row| match row {
            FeedChange::Lot(lot) => Some(lot.number),
            _ => None,
        })
        .filter(|number| number.starts_with("MANY-"))
        .collect();
    assert_eq!((lots.len(), lots.iter().collect::<BTreeSet<_>>().len()), (12_000, 12_000));
    let sent: u64 = chunks.iter().map(|chunk| chunk.end.rows).sum();
    assert_eq!((chunks[2].end.sent, chunks[2].end.expected), (sent, sent));
    replica.close().await;
}

async fn sec_16_another_plants_snapshot_is_not_there(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    let other = TestStation::register_as(&app, &client, StationId(Uuid::from_u128(9)), world::OTHER_PLANT).await;
    for (station, feed) in
        [(&station, world::OTHER_PLANT), (&station, "plant-z"), (&other, "plant-a"), (&other, "unassigned")]
    {
        let refused = station.exchange.snapshot(feed, None).await.unwrap_err();
        assert_eq!(refused, ExchangeError::Refused { code: "not_found".into(), status: 404 }, "{feed}");
    }
    // What asks for the next chunk of one plant gives nothing of another.
    let theirs = rows(&whole(&other, world::OTHER_PLANT).await);
    assert!(theirs.iter().all(|row| !matches!(row, FeedChange::Batch(_))));
}

async fn sec_22_no_snapshot_carries_a_secret(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    let mut text = String::new();
    for feed in [SYSTEM_FEED, "plant-a"] {
        for chunk in whole(&station, feed).await {
            text += &chunk.into_text().unwrap();
        }
    }
    no_secret_is_in(&app, &text).await;
}

async fn what_no_chunk_has_said_is_refused(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    for resume in ["", "x", "eyJlcG9jaCI6MX0", "%00"] {
        let refused = station.exchange.snapshot("plant-a", Some(resume)).await.unwrap_err();
        assert_eq!(refused, ExchangeError::Refused { code: "invalid_query".into(), status: 422 }, "{resume}");
    }
}

async fn hard_case_11_a_cursor_older_than_the_kept_feed_is_gone_and_a_snapshot_is_not(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    let page = station.exchange.pull("plant-a", None).await.unwrap();
    let old = FeedCursor { seq: 3, ..page.cursor.clone() };
    assert!(old.seq < page.head);
    station.exchange.pull("plant-a", Some(&old)).await.unwrap();
    app.clock.advance(TimeDelta::days(95));
    let later = TestStation::known(&client, station.id);
    assert_eq!(later.exchange.pull("plant-a", Some(&old)).await.unwrap_err(), ExchangeError::CursorGone);
    // Whoever has read it all is not concerned, and whoever has nothing begins with a snapshot.
    let chunks = whole(&later, "plant-a").await;
    let at_head = chunks.last().unwrap().end.cursor.clone();
    assert_eq!(at_head, FeedCursor { seq: page.head, ..old });
    assert!(later.exchange.pull("plant-a", Some(&at_head)).await.unwrap().entries.is_empty());
}

async fn what_was_deleted_is_told(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    let at = whole(&station, "plant-a").await.last().unwrap().end.cursor.clone();
    // Nothing of this server deletes a batch; whoever owns the database can.
    let mut database = app.database.superuser().await;
    sqlx::raw_sql(
        "SELECT set_config('viruj.actor', 'system:test', false), set_config('viruj.reason', 'a test', false);
         INSERT INTO lots (id, plant_id, number, material_code, material, quantity, unit, status, created_at)
         VALUES ('01980000-0000-7000-8000-0000000000aa', 'plant-a', 'GONE-1', 'RM-1', 'Lactose', 1, 'kg', 'Quarantine',
             now());
         DELETE FROM lots WHERE number = 'GONE-1'",
    )
    .execute(&mut database)
    .await
    .unwrap();
    let news = station.exchange.pull("plant-a", Some(&at)).await.unwrap();
    let told: Vec<_> = news.entries.iter().map(|entry| &entry.change).collect();
    let gone =
        FeedChange::Gone(Tombstone { kind: "lot".to_owned(), id: "01980000-0000-7000-8000-0000000000aa".to_owned() });
    assert!(told.contains(&&gone), "{told:?}");
}

async fn hard_case_06_a_plant_that_is_added_later_has_a_snapshot_of_its_own(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    let before = whole(&station, "plant-a").await;
    let mut database = app.database.superuser().await;
    sqlx::raw_sql(
        "SELECT set_config('viruj.actor', 'system:test', false), set_config('viruj.reason', 'a test', false);
         INSERT INTO plants (id, name, region, time_zone) VALUES ('plant-new', 'New plant', 'South', 'Asia/Kolkata');
         INSERT INTO lots (id, plant_id, number, material_code, material, quantity, unit, status, created_at)
         VALUES (gen_random_uuid(), 'plant-new', 'NEW-1', 'RM-1', 'Lactose', 1, 'kg', 'Quarantine', now())",
    )
    .execute(&mut database)
    .await
    .unwrap();
    let added = TestStation::register_as(&app, &client, StationId(Uuid::from_u128(9)), "plant-new").await;
    let found = rows(&whole(&added, "plant-new").await);
    assert!(matches!(&found[..], [FeedChange::Lot(lot)] if lot.number == "NEW-1"), "{found:?}");
    let systems = rows(&whole(&added, SYSTEM_FEED).await);
    assert!(systems.iter().any(|row| matches!(row, FeedChange::Plant(plant) if plant.id.as_str() == "plant-new")));
    // What the other station reads is as it was, and its cursor goes on.
    let cursor = before.last().unwrap().end.cursor.clone();
    assert!(station.exchange.pull("plant-a", Some(&cursor)).await.unwrap().entries.is_empty());
}
