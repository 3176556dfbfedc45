//! Leases: those that this station holds, with the server's word, and what the feed tells of everybody's.

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use viruj_api::leases::{LeaseGrant, LeaseRow, SignedLease};
use viruj_domain::ids::LeaseId;

use super::{
    Store, StoreFault,
    copying::{ROWS, rows_as_json},
};

impl Store {
    /// What the feed has told of the leases of the batch.
    pub(crate) async fn leases(&self, batch_id: &str) -> Result<Vec<LeaseRow>, StoreFault> {
        let rows: Vec<String> = sqlx::query_scalar("SELECT row FROM copy_leases WHERE batch_id = ? ORDER BY key")
            .bind(batch_id)
            .fetch_all(&self.pool)
            .await
            .map_err(self.fault())?;
        rows.iter().map(|row| Ok(serde_json::from_str(row)?)).collect()
    }

    /// What the server has given to this station, of one batch or of all.
    pub(crate) async fn held_leases(&self, batch_id: Option<&str>) -> Result<Vec<LeaseGrant>, StoreFault> {
        let rows: Vec<String> =
            sqlx::query_scalar("SELECT lease FROM held_leases WHERE ?1 IS NULL OR batch_id = ?1 ORDER BY lease_id")
                .bind(batch_id)
                .fetch_all(&self.pool)
                .await
                .map_err(self.fault())?;
        rows.iter().map(|row| Ok(serde_json::from_str(row)?)).collect()
    }

    /// Keeps a lease; one of the same id is taken for the newer state of it.
    pub(crate) async fn keep_lease(&self, lease: &LeaseGrant, signed: &SignedLease) -> Result<(), StoreFault> {
        sqlx::query(
            "INSERT INTO held_leases (lease_id, batch_id, signed, lease) VALUES (?, ?, ?, ?) \
             ON CONFLICT (lease_id) DO UPDATE SET signed = excluded.signed, lease = excluded.lease",
        )
        .bind(lease.lease_id.0)
        .bind(lease.batch_id.as_str())
        .bind(serde_json::to_string(signed)?)
        .bind(serde_json::to_string(lease)?)
        .execute(&self.pool)
        .await
        .map_err(self.fault())?;
        Ok(())
    }

    /// Forgets a lease that lives no more.
    pub(crate) async fn forget_lease(&self, id: LeaseId) -> Result<(), StoreFault> {
        sqlx::query("DELETE FROM held_leases WHERE lease_id = ?")
            .bind(id.0)
            .execute(&self.pool)
            .await
            .map_err(self.fault())?;
        Ok(())
    }
}

pub(super) async fn write(connection: &mut SqliteConnection, feed: &str, rows: &[&LeaseRow]) -> Result<(), sqlx::Error> {
    for part in rows_as_json(rows)?.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO copy_leases (id, feed, batch_id, row) ");
        query.push_values(part, |mut values, (row, json)| {
            values.push_bind(row.id.0).push_bind(feed).push_bind(row.batch_id.as_str()).push_bind(json);
        });
        query.push(" ON CONFLICT (id) DO UPDATE SET row = excluded.row").build().execute(&mut *connection).await?;
    }
    Ok(())
}
