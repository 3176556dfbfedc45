//! The copy of the plant's rows: pages of the feed, with their cursor, in one transaction; and a new copy beside it.

use std::collections::BTreeSet;

use sqlx::{Row, SqliteConnection};
use uuid::Uuid;
use viruj_api::sync::{FeedCursor, FeedPage, SYSTEM_FEED};
use viruj_sync::{
    snapshot::{RowText, SnapshotChunk},
    store::{Replica, SnapshotProgress, StoreError},
};

use super::{
    Store, StoreFault,
    copy_tables::{self, Set},
    rows, sequence, summary,
};

impl Store {
    /// Writes the rows of a page into a set of tables.
    async fn write_page(
        &self,
        connection: &mut SqliteConnection,
        set: Set,
        page: &FeedPage,
    ) -> Result<BTreeSet<String>, StoreFault> {
        let lines = rows::lines(page.entries.iter().map(|entry| &entry.change))?;
        let texts: Vec<RowText<'_>> =
            lines.iter().map(|line| serde_json::from_str(line)).collect::<Result<_, serde_json::Error>>()?;
        self.write_rows(connection, set, &page.cursor.feed, &texts).await
    }

    async fn write_rows(
        &self,
        connection: &mut SqliteConnection,
        set: Set,
        feed: &str,
        texts: &[RowText<'_>],
    ) -> Result<BTreeSet<String>, StoreFault> {
        let rows = rows::Rows::of(texts);
        let touched = rows::write(connection, set, feed, &rows).await.map_err(self.fault())?;
        if feed != SYSTEM_FEED && texts.iter().any(|row| ["batch", "lot"].contains(&row.kind.as_ref())) {
            rows::index_words(connection, set).await.map_err(self.fault())?;
        }
        Ok(touched)
    }

    async fn put_cursor(&self, connection: &mut SqliteConnection, cursor: &FeedCursor) -> Result<(), StoreFault> {
        sqlx::query(
            "INSERT INTO copy_cursors (feed, epoch, seq) VALUES (?, ?, ?) \
             ON CONFLICT (feed) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq",
        )
        .bind(&cursor.feed)
        .bind(cursor.feed_epoch)
        .bind(sequence(cursor.seq)?)
        .execute(connection)
        .await
        .map_err(self.fault())?;
        Ok(())
    }

    async fn put_progress(
        &self,
        connection: &mut SqliteConnection,
        progress: &SnapshotProgress,
    ) -> Result<(), StoreFault> {
        sqlx::query(
            "INSERT INTO copy_snapshots (feed, epoch, seq, resume, sent, expected) VALUES (?, ?, ?, ?, ?, ?) \
             ON CONFLICT (feed) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, resume = excluded.resume, \
             sent = excluded.sent, expected = excluded.expected",
        )
        .bind(&progress.cursor.feed)
        .bind(progress.cursor.feed_epoch)
        .bind(sequence(progress.cursor.seq)?)
        .bind(&progress.resume)
        .bind(sequence(progress.sent)?)
        .bind(sequence(progress.expected)?)
        .execute(connection)
        .await
        .map_err(self.fault())?;
        Ok(())
    }

    async fn forget_progress(&self, connection: &mut SqliteConnection, feed: &str) -> Result<(), StoreFault> {
        let forgotten = sqlx::query("DELETE FROM copy_snapshots WHERE feed = ?").bind(feed).execute(connection).await;
        forgotten.map(|_| ()).map_err(self.fault())
    }

    async fn progress(
        &self,
        connection: &mut SqliteConnection,
        feed: &str,
    ) -> Result<Option<SnapshotProgress>, StoreFault> {
        let row = sqlx::query("SELECT epoch, seq, resume, sent, expected FROM copy_snapshots WHERE feed = ?")
            .bind(feed)
            .fetch_optional(connection)
            .await
            .map_err(self.fault())?;
        let Some(row) = row else { return Ok(None) };
        let number = |name: &str| row.try_get::<i64, _>(name).map(i64::unsigned_abs).map_err(self.fault());
        let feed_epoch: Uuid = row.try_get("epoch").map_err(self.fault())?;
        Ok(Some(SnapshotProgress {
            cursor: FeedCursor { feed_epoch, feed: feed.to_owned(), seq: number("seq")? },
            resume: row.try_get("resume").map_err(self.fault())?,
            sent: number("sent")?,
            expected: number("expected")?,
        }))
    }

    /// Takes one piece of an old copy away, or gives pages that are free back to the disk, in a transaction of its own;
    /// `false` when nothing is left to do.
    pub(crate) async fn take_away_old_copy(&self) -> Result<bool, StoreFault> {
        let is_done: bool = sqlx::query_scalar(
            // A file that was made otherwise keeps its free pages, and fills them again.
            "SELECT (freelist_count = 0 OR auto_vacuum <> 2) \
             AND NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE name GLOB 'old_*') \
             FROM pragma_freelist_count, pragma_auto_vacuum",
        )
        .fetch_one(&self.pool)
        .await
        .map_err(self.fault())?;
        if is_done {
            return Ok(false);
        }
        let mut writing = self.write().await?;
        let has_taken = copy_tables::take_away_old(&mut writing).await.map_err(self.fault())?;
        if !has_taken {
            sqlx::query("PRAGMA incremental_vacuum(2000)").execute(&mut *writing).await.map_err(self.fault())?;
        }
        writing.commit().await.map_err(self.fault())?;
        Ok(true)
    }
}

impl Replica for Store {
    async fn cursor(&mut self, feed: &str) -> Result<Option<FeedCursor>, StoreError> {
        let row = sqlx::query("SELECT epoch, seq FROM copy_cursors WHERE feed = ?")
            .bind(feed)
            .fetch_optional(&self.pool)
            .await
            .map_err(self.fault())?;
        let Some(row) = row else { return Ok(None) };
        let feed_epoch: Uuid = row.try_get("epoch").map_err(self.fault())?;
        let seq: i64 = row.try_get("seq").map_err(self.fault())?;
        Ok(Some(FeedCursor { feed_epoch, feed: feed.to_owned(), seq: seq.unsigned_abs() }))
    }

    async fn apply(&mut self, page: &FeedPage) -> Result<(), StoreError> {
        let mut writing = self.write().await?;
        let touched = self.write_page(&mut writing, Set::Copy, page).await?;
        summary::refresh(self, &mut writing, &touched.into_iter().collect::<Vec<_>>()).await?;
        self.put_cursor(&mut writing, &page.cursor).await?;
        Ok(writing.commit().await.map_err(self.fault())?)
    }

    async fn snapshot(&mut self, feed: &str) -> Result<Option<SnapshotProgress>, StoreError> {
        let mut reading = self.pool.acquire().await.map_err(self.fault())?;
        Ok(self.progress(&mut reading, feed).await?)
    }

    async fn keep_chunk(&mut self, chunk: &SnapshotChunk) -> Result<(), StoreError> {
        let end = &chunk.end;
        let feed = end.cursor.feed.as_str();
        let texts: Vec<RowText<'_>> = chunk.rows().collect::<Result<_, _>>().map_err(StoreFault::from)?;
        let mut writing = self.write().await?;
        if self.progress(&mut writing, feed).await?.is_none() {
            copy_tables::begin(&mut writing, feed).await.map_err(self.fault())?;
        }
        self.write_rows(&mut writing, Set::New, feed, &texts).await?;
        if end.next.is_none() && feed != SYSTEM_FEED {
            summary::count_all(&mut writing, Set::New).await.map_err(self.fault())?;
        }
        let progress = SnapshotProgress {
            cursor: end.cursor.clone(),
            resume: end.next.clone(),
            sent: end.sent,
            expected: end.expected,
        };
        self.put_progress(&mut writing, &progress).await?;
        Ok(writing.commit().await.map_err(self.fault())?)
    }

    async fn catch_up(&mut self, page: &FeedPage) -> Result<(), StoreError> {
        let feed = page.cursor.feed.as_str();
        let mut writing = self.write().await?;
        let Some(progress) = self.progress(&mut writing, feed).await? else { return Ok(()) };
        let touched = self.write_page(&mut writing, Set::New, page).await?.into_iter().collect::<Vec<_>>();
        summary::count(&mut writing, Set::New, &touched).await.map_err(self.fault())?;
        if page.cursor.seq < page.head {
            let progress = SnapshotProgress { cursor: page.cursor.clone(), ..progress };
            self.put_progress(&mut writing, &progress).await?;
        } else {
            copy_tables::take_over(&mut writing, feed).await.map_err(self.fault())?;
            self.forget_progress(&mut writing, feed).await?;
            self.put_cursor(&mut writing, &page.cursor).await?;
            summary::refresh_own_work(self, &mut writing).await?;
        }
        Ok(writing.commit().await.map_err(self.fault())?)
    }

    async fn drop_snapshot(&mut self, feed: &str) -> Result<(), StoreError> {
        let mut writing = self.write().await?;
        copy_tables::discard(&mut writing, feed).await.map_err(self.fault())?;
        self.forget_progress(&mut writing, feed).await?;
        Ok(writing.commit().await.map_err(self.fault())?)
    }
}
