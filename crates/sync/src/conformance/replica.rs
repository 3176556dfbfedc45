use uuid::Uuid;
use viruj_api::{
    batches::PhaseRow,
    sync::{FeedChange, FeedCursor, FeedEntry, FeedPage, SYSTEM_FEED, ServerTime, Tombstone},
};
use viruj_domain::{
    batch::BatchStatus,
    ids::{BatchId, UserId},
};

use super::world::{batch, batch_id, operator, phases, plant_id, time};
use crate::{
    snapshot::{ChunkPlace, ChunkWriter, SnapshotChunk},
    store::{Replica, StoreError},
};

/// What the suite reads back out of a copy.
pub trait ReadBack: Replica {
    fn batch_version(&mut self, id: &BatchId) -> impl Future<Output = Option<i64>> + Send;
    fn phase_count(&mut self, id: &BatchId) -> impl Future<Output = usize> + Send;
    fn has_person(&mut self, id: &UserId) -> impl Future<Output = bool> + Send;
}

/// A copy applies rows with their cursor, never goes back, and is made anew for one feed without the other.
///
/// # Panics
/// Where the store does otherwise.
///
/// # Errors
/// Where the store fails.
pub async fn replica<R: ReadBack>(mut make: impl AsyncFnMut() -> R) -> Result<(), StoreError> {
    applies_rows_with_their_cursor(&mut make().await).await?;
    keeps_the_newer_row(&mut make().await).await?;
    applies_many_rows(&mut make().await).await?;
    removes_what_is_gone(&mut make().await).await?;
    makes_a_new_copy_beside_the_old_one(&mut make().await).await?;
    makes_new_copies_again_and_again(&mut make().await).await
}

fn page(feed: &str, first_seq: u64, changes: Vec<FeedChange>) -> FeedPage {
    let entries: Vec<_> =
        (first_seq..).zip(changes).map(|(seq, change)| FeedEntry { seq, at: time(1), change }).collect();
    let seq = first_seq + entries.len() as u64 - 1;
    FeedPage {
        entries,
        cursor: FeedCursor { feed_epoch: Uuid::from_u128(5), feed: feed.to_owned(), seq },
        head: seq,
        server_time: ServerTime { time: time(1), token: String::new() },
    }
}

fn plant_page() -> FeedPage {
    let rows = phases().into_iter().map(FeedChange::Phase);
    page(plant_id().as_str(), 1, std::iter::once(FeedChange::Batch(batch())).chain(rows).collect())
}

async fn applies_rows_with_their_cursor(replica: &mut impl ReadBack) -> Result<(), StoreError> {
    assert_eq!(replica.cursor(plant_id().as_str()).await?, None);
    let page = plant_page();
    replica.apply(&page).await?;
    assert_eq!(replica.cursor(plant_id().as_str()).await?, Some(page.cursor.clone()));
    assert_eq!(replica.cursor(SYSTEM_FEED).await?, None);
    assert_eq!(replica.batch_version(&batch_id()).await, Some(1));
    assert_eq!(replica.phase_count(&batch_id()).await, 3);
    // A page that is applied twice changes nothing.
    replica.apply(&page).await?;
    assert_eq!(replica.phase_count(&batch_id()).await, 3);
    Ok(())
}

async fn keeps_the_newer_row(replica: &mut impl ReadBack) -> Result<(), StoreError> {
    replica.apply(&plant_page()).await?;
    let mut newer = batch();
    newer.version = 7;
    newer.status = BatchStatus::InProgress;
    replica.apply(&page(plant_id().as_str(), 5, vec![FeedChange::Batch(newer)])).await?;
    assert_eq!(replica.batch_version(&batch_id()).await, Some(7));
    replica.apply(&page(plant_id().as_str(), 6, vec![FeedChange::Batch(batch()), FeedChange::Other])).await?;
    assert_eq!(replica.batch_version(&batch_id()).await, Some(7));
    Ok(())
}

async fn applies_many_rows(replica: &mut impl ReadBack) -> Result<(), StoreError> {
    let numbered = |number: u32| {
        let mut row = batch();
        row.id = BatchId(format!("batch-{number}"));
        row.number = format!("MB-{number:04}");
        FeedChange::Batch(row)
    };
    let page = page(plant_id().as_str(), 1, (0..1000).map(numbered).collect());
    replica.apply(&page).await?;
    for number in [0, 499, 999] {
        assert_eq!(replica.batch_version(&BatchId(format!("batch-{number}"))).await, Some(1));
    }
    assert_eq!(replica.cursor(plant_id().as_str()).await?.map(|cursor| cursor.seq), Some(1000));
    Ok(())
}

fn chunk(
    feed: &str,
    changes: &[FeedChange],
    sent_before: u64,
    next: Option<&str>,
) -> Result<SnapshotChunk, StoreError> {
    let mut writer = ChunkWriter::default();
    for change in changes {
        writer.push(change).map_err(StoreError::new)?;
    }
    let cursor = FeedCursor { feed_epoch: Uuid::from_u128(6), feed: feed.to_owned(), seq: 40 };
    let place = ChunkPlace { cursor, sent_before, expected: 4, next: next.map(str::to_owned) };
    writer.finish(place, ServerTime { time: time(1), token: String::new() }).map_err(StoreError::new)
}

/// A page of the new epoch, from the place where the snapshot was begun.
fn page_since(feed: &str, first_seq: u64, changes: Vec<FeedChange>, head: u64) -> FeedPage {
    let page = page(feed, first_seq, changes);
    FeedPage { cursor: FeedCursor { feed_epoch: Uuid::from_u128(6), ..page.cursor }, head, ..page }
}

async fn makes_a_new_copy_beside_the_old_one(replica: &mut impl ReadBack) -> Result<(), StoreError> {
    let feed = plant_id();
    let feed = feed.as_str();
    replica.apply(&plant_page()).await?;
    replica.apply(&page(SYSTEM_FEED, 1, vec![FeedChange::Person(operator())])).await?;
    assert_eq!(replica.snapshot(feed).await?, None);
    let mut other = batch();
    other.id = BatchId("batch-new".to_owned());
    replica.keep_chunk(&chunk(feed, &[FeedChange::Batch(other.clone())], 0, Some("on"))?).await?;
    let Some(begun) = replica.snapshot(feed).await? else { panic!("a new copy is begun") };
    assert_eq!((begun.cursor.seq, begun.resume.as_deref(), begun.sent, begun.expected), (40, Some("on"), 1, 4));
    // Nobody sees it yet.
    assert_eq!(replica.batch_version(&other.id).await, None);
    assert_eq!(replica.batch_version(&batch_id()).await, Some(1));
    let [first, second, ..] = &phases()[..] else { unreachable!("the world has phases") };
    let moved = |row: &PhaseRow| FeedChange::Phase(PhaseRow { batch_id: other.id.clone(), ..row.clone() });
    replica.keep_chunk(&chunk(feed, &[moved(first), moved(second)], 1, None)?).await?;
    let Some(kept) = replica.snapshot(feed).await? else { panic!("the new copy is there") };
    assert_eq!((kept.resume, kept.sent), (None, 3));
    let mut newer = other.clone();
    newer.version = 2;
    replica.catch_up(&page_since(feed, 41, vec![FeedChange::Batch(newer)], 42)).await?;
    assert_eq!(replica.snapshot(feed).await?.map(|now| now.cursor.seq), Some(41));
    assert_eq!(replica.cursor(feed).await?.map(|cursor| cursor.seq), Some(4));
    replica.catch_up(&page_since(feed, 42, vec![FeedChange::Other], 42)).await?;
    // It stands in the place of the old one, with its cursor.
    assert_eq!(replica.snapshot(feed).await?, None);
    let Some(cursor) = replica.cursor(feed).await? else { panic!("the new copy has a cursor") };
    assert_eq!((cursor.seq, cursor.feed_epoch), (42, Uuid::from_u128(6)));
    assert_eq!((replica.batch_version(&batch_id()).await, replica.phase_count(&batch_id()).await), (None, 0));
    assert_eq!((replica.batch_version(&other.id).await, replica.phase_count(&other.id).await), (Some(2), 2));
    // The other feed is as it was.
    assert!(replica.has_person(&operator().id).await);
    assert_eq!(replica.cursor(SYSTEM_FEED).await?.map(|cursor| cursor.seq), Some(1));
    Ok(())
}

async fn makes_new_copies_again_and_again(replica: &mut impl ReadBack) -> Result<(), StoreError> {
    for version in 1..4 {
        let mut row = batch();
        row.version = version;
        let feed = plant_id();
        replica.keep_chunk(&chunk(feed.as_str(), &[FeedChange::Batch(row.clone())], 0, Some("on"))?).await?;
        replica.drop_snapshot(feed.as_str()).await?;
        assert_eq!(replica.snapshot(feed.as_str()).await?, None);
        replica.keep_chunk(&chunk(feed.as_str(), &[FeedChange::Batch(row)], 0, None)?).await?;
        replica.catch_up(&page_since(feed.as_str(), 41, Vec::new(), 40)).await?;
        assert_eq!(replica.batch_version(&batch_id()).await, Some(version));
        replica.keep_chunk(&chunk(SYSTEM_FEED, &[FeedChange::Person(operator())], 0, None)?).await?;
        assert_eq!(replica.has_person(&operator().id).await, version > 1);
        replica.catch_up(&page_since(SYSTEM_FEED, 41, Vec::new(), 40)).await?;
        assert!(replica.has_person(&operator().id).await);
    }
    Ok(())
}

async fn removes_what_is_gone(replica: &mut impl ReadBack) -> Result<(), StoreError> {
    replica.apply(&plant_page()).await?;
    let feed = plant_id();
    let gone = |kind: &str, id: String| FeedChange::Gone(Tombstone { kind: kind.to_owned(), id });
    let phase = phases()[0].id.to_string();
    replica.apply(&page(feed.as_str(), 5, vec![gone("phase", phase.clone())])).await?;
    assert_eq!(replica.phase_count(&batch_id()).await, 2);
    let changes = vec![gone("phase", phase), gone("campaign", "x".to_owned()), gone("batch", batch_id().0)];
    replica.apply(&page(feed.as_str(), 6, changes)).await?;
    assert_eq!(replica.batch_version(&batch_id()).await, None);
    Ok(())
}
