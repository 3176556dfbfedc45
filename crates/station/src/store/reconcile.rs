//! Store and outbox copy say the same: what is in one and not in the other is brought over, what differs is an error.
//!
//! An operation is committed to the copy first and to the store at once after it. So whatever the store holds, and may
//! send, is in the copy too, and a program that is killed between the two leaves an operation that nobody was told is
//! saved; it is signed and whole, and comes into the store at the next opening.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;
use viruj_api::{statement::Envelope, sync::OperationVerdict};
use viruj_sync::{
    signing::sha256,
    store::{Appended, StoredOperation},
};

use super::{
    Store, StoreFault, facts, outbox,
    outbox_copy::{Copied, KEPT},
    summary,
};

/// Where an operation of a log was found.
#[derive(Clone, Debug)]
struct Found {
    operation_id: Uuid,
    hash: Vec<u8>,
    in_store: bool,
    in_copy: bool,
}

/// A station's log as both files have it, by `station_seq`.
type Log = BTreeMap<i64, Found>;

impl Store {
    /// Ends what a broken-off append left open; costs nothing when there is nothing.
    ///
    /// # Errors
    /// [`StoreFault::CopyDiffers`], and what stands in the way of writing.
    pub async fn settle(&self) -> Result<(), StoreFault> {
        let mut in_doubt = self.in_doubt.lock().await;
        if *in_doubt {
            self.reconcile().await?;
            *in_doubt = false;
        }
        Ok(())
    }

    pub(super) async fn reconcile(&self) -> Result<(), StoreFault> {
        // The store's lock is held to the end: nothing is appended meanwhile.
        let mut store = self.write().await?;
        let mut copy = self.copy.write().await?;
        let mut batches = BTreeSet::new();
        for station in self.stations(&mut store, &mut copy).await? {
            let log = self.log(&mut store, &mut copy, station).await?;
            for (seq, found) in &log {
                if !found.in_store {
                    batches.extend(self.bring_into_store(&mut store, &mut copy, (&log, *seq), found).await?);
                } else if !found.in_copy {
                    let (operation, person_name) = self.kept_in(&mut store, found.operation_id).await?;
                    self.copy.insert(&mut copy, &operation, person_name.as_deref()).await?;
                }
            }
        }
        summary::refresh(self, &mut store, &batches.into_iter().collect::<Vec<_>>()).await?;
        self.reconcile_facts(&mut store, &mut copy).await?;
        copy.commit().await.map_err(self.copy.fault())?;
        store.commit().await.map_err(self.fault())
    }

    /// Lets the copy know the verdicts that came since, and lets go there of what was judged long ago.
    ///
    /// # Errors
    /// The copy cannot be written; nothing is lost by it.
    pub async fn tend_copy(&self) -> Result<(), StoreFault> {
        self.copy_verdicts().await?;
        let pruned = self.copy.prune(KEPT).await?;
        if pruned > 0 {
            tracing::debug!(pruned, "operations that were judged long ago left the outbox copy");
        }
        Ok(())
    }

    /// Lets the copy know the verdicts that came since.
    ///
    /// # Errors
    /// The copy cannot be written; an operation without its verdict is offered again, and answered with it.
    pub async fn copy_verdicts(&self) -> Result<(), StoreFault> {
        let mut verdicts: Vec<OperationVerdict> = Vec::new();
        for operation_id in self.copy.without_verdict().await? {
            let json: Option<Option<String>> =
                sqlx::query_scalar("SELECT verdict FROM operations WHERE operation_id = ?")
                    .bind(operation_id)
                    .fetch_optional(&self.pool)
                    .await
                    .map_err(self.fault())?;
            verdicts.extend(json.flatten().map(|json| serde_json::from_str(&json)).transpose()?);
        }
        if verdicts.is_empty() { Ok(()) } else { self.copy.learn(&verdicts).await }
    }

    async fn stations(
        &self,
        store: &mut SqliteConnection,
        copy: &mut SqliteConnection,
    ) -> Result<BTreeSet<Uuid>, StoreFault> {
        const STATIONS: &str = "SELECT DISTINCT station_id FROM operations";
        let mine: Vec<Uuid> = sqlx::query_scalar(STATIONS).fetch_all(store).await.map_err(self.fault())?;
        let theirs: Vec<Uuid> = sqlx::query_scalar(STATIONS).fetch_all(copy).await.map_err(self.copy.fault())?;
        Ok(mine.into_iter().chain(theirs).collect())
    }

    /// The end of the station's log from where the copy must hold it, or holds it.
    async fn log(
        &self,
        store: &mut SqliteConnection,
        copy: &mut SqliteConnection,
        station: Uuid,
    ) -> Result<Log, StoreFault> {
        let row = sqlx::query(
            "SELECT max(station_seq), (SELECT min(station_seq) FROM operations WHERE station_id = ?1 AND verdict IS NULL) \
             FROM operations WHERE station_id = ?1",
        )
        .bind(station)
        .fetch_one(&mut *store)
        .await
        .map_err(self.fault())?;
        let newest: Option<i64> = row.try_get(0).map_err(self.fault())?;
        let first_unsent: Option<i64> = row.try_get(1).map_err(self.fault())?;
        let first_copied: Option<i64> =
            sqlx::query_scalar("SELECT min(station_seq) FROM operations WHERE station_id = ?")
                .bind(station)
                .fetch_one(&mut *copy)
                .await
                .map_err(self.copy.fault())?;
        let first_kept = newest.map(|newest| newest.saturating_sub(super::sequence(KEPT).unwrap_or(i64::MAX)) + 1);
        let first = [first_unsent, first_copied, first_kept].into_iter().flatten().min().unwrap_or(1);

        let mut log = Log::new();
        for (is_store, connection) in [(true, store), (false, copy)] {
            let rows = sqlx::query(
                "SELECT station_seq, operation_id, envelope_hash FROM operations \
                 WHERE station_id = ? AND station_seq >= ?",
            )
            .bind(station)
            .bind(first)
            .fetch_all(connection)
            .await
            .map_err(|error| if is_store { self.fault()(error) } else { self.copy.fault()(error) })?;
            for row in rows {
                let seq: i64 = row.try_get(0).map_err(StoreFault::Database)?;
                let operation_id: Uuid = row.try_get(1).map_err(StoreFault::Database)?;
                let hash: Vec<u8> = row.try_get(2).map_err(StoreFault::Database)?;
                let found = log.entry(seq).or_insert_with(|| Found {
                    operation_id,
                    hash: hash.clone(),
                    in_store: false,
                    in_copy: false,
                });
                if (found.operation_id, &found.hash) != (operation_id, &hash) {
                    return Err(StoreFault::differs(seq.unsigned_abs(), "the two files hold different operations"));
                }
                found.in_store |= is_store;
                found.in_copy |= !is_store;
            }
        }
        Ok(log)
    }

    /// Only what fits the chain on both sides is brought over; gives the batch that it belongs to.
    async fn bring_into_store(
        &self,
        store: &mut SqliteConnection,
        copy: &mut SqliteConnection,
        (log, seq): (&Log, i64),
        found: &Found,
    ) -> Result<Option<String>, StoreFault> {
        let differs = |why: &str| StoreFault::differs(seq.unsigned_abs(), why);
        let Some(Copied { operation, person_name }) = self.copy.read(copy, found.operation_id).await? else {
            return Err(differs("it is not in the copy"));
        };
        let (envelope, hash) = envelope_of(&operation)?;
        if hash != operation.envelope_hash || envelope.station_seq != operation.station_seq {
            return Err(differs("its bytes are not what they were"));
        }
        let is_first = log.first_key_value().is_some_and(|(first, _)| *first == seq);
        match log.get(&(seq - 1)) {
            Some(before) if hex::encode(&before.hash) != envelope.prev_hash => {
                return Err(differs("it does not follow the one before it"));
            }
            None if !is_first => return Err(differs("the one before it is in neither file")),
            _ => {}
        }
        if let Some(after) = log.get(&(seq + 1)).filter(|after| after.in_store) {
            let (after, _) = self.kept_in(store, after.operation_id).await?;
            if envelope_of(&after)?.0.prev_hash != hex::encode(hash) {
                return Err(differs("the one after it does not follow it"));
            }
        }
        let (appended, batch) =
            outbox::append(&mut *store, &operation, person_name.as_deref()).await.map_err(self.fault())?;
        if appended != Appended::New {
            return Err(differs("the store holds another operation in its place"));
        }
        if let Some(verdict) = &operation.verdict {
            sqlx::query("UPDATE operations SET verdict = ? WHERE operation_id = ?")
                .bind(serde_json::to_string(verdict)?)
                .bind(operation.operation_id.0)
                .execute(&mut *store)
                .await
                .map_err(self.fault())?;
        }
        Ok(batch)
    }

    async fn kept_in(
        &self,
        store: &mut SqliteConnection,
        operation_id: Uuid,
    ) -> Result<(StoredOperation, Option<String>), StoreFault> {
        let row = sqlx::query("SELECT * FROM operations WHERE operation_id = ?")
            .bind(operation_id)
            .fetch_one(store)
            .await
            .map_err(self.fault())?;
        let name = row.try_get("person_name").map_err(self.fault())?;
        Ok((outbox::operation_of(&row).map_err(self.fault())?, name))
    }

    /// What the store knows counts; a store that was made anew learns it from the copy.
    async fn reconcile_facts(
        &self,
        store: &mut SqliteConnection,
        copy: &mut SqliteConnection,
    ) -> Result<(), StoreFault> {
        const READ: &str = "SELECT value FROM facts WHERE name = ?";
        const WRITE: &str =
            "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        for name in facts::COPIED {
            let mine: Option<String> =
                sqlx::query_scalar(READ).bind(name).fetch_optional(&mut *store).await.map_err(self.fault())?;
            let theirs: Option<String> =
                sqlx::query_scalar(READ).bind(name).fetch_optional(&mut *copy).await.map_err(self.copy.fault())?;
            match (mine, theirs) {
                (Some(mine), theirs) if theirs.as_ref() != Some(&mine) => {
                    sqlx::query(WRITE).bind(name).bind(mine).execute(&mut *copy).await.map_err(self.copy.fault())?;
                }
                (None, Some(theirs)) => {
                    sqlx::query(WRITE).bind(name).bind(theirs).execute(&mut *store).await.map_err(self.fault())?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn envelope_of(operation: &StoredOperation) -> Result<(Envelope, [u8; 32]), StoreFault> {
    let bytes = BASE64.decode(&operation.signed.envelope).map_err(|error| StoreFault::Unreadable(error.to_string()))?;
    Ok((serde_json::from_slice(&bytes)?, sha256(&bytes)))
}
