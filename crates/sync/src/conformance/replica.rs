use uuid::Uuid;
use viruj_api::sync::{FeedChange, FeedCursor, FeedEntry, FeedPage, SYSTEM_FEED, ServerTime};
use viruj_domain::{
    batch::BatchStatus,
    ids::{BatchId, UserId},
};

use super::world::{batch, batch_id, operator, phases, plant_id, time};
use crate::store::{Replica, StoreError};

/// What the suite reads back out of a copy.
pub trait ReadBack: Replica {
    fn batch_version(&mut self, id: &BatchId) -> impl Future<Output = Option<i64>> + Send;
    fn phase_count(&mut self, id: &BatchId) -> impl Future<Output = usize> + Send;
    fn has_person(&mut self, id: &UserId) -> impl Future<Output = bool> + Send;
}

/// A copy applies rows with their cursor, never goes back, and forgets one feed without the other.
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
    forgets_one_feed(&mut make().await).await
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

async fn forgets_one_feed(replica: &mut impl ReadBack) -> Result<(), StoreError> {
    replica.apply(&plant_page()).await?;
    replica.apply(&page(SYSTEM_FEED, 1, vec![FeedChange::Person(operator())])).await?;
    replica.reset(plant_id().as_str()).await?;
    assert_eq!(replica.cursor(plant_id().as_str()).await?, None);
    assert_eq!(replica.batch_version(&batch_id()).await, None);
    assert_eq!(replica.phase_count(&batch_id()).await, 0);
    assert!(replica.has_person(&operator().id).await);
    assert_eq!(replica.cursor(SYSTEM_FEED).await?.map(|cursor| cursor.seq), Some(1));
    replica.reset(SYSTEM_FEED).await?;
    assert!(!replica.has_person(&operator().id).await);
    Ok(())
}
