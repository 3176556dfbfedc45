//! The columns that the list of batches is sorted and filtered by, with what was recorded here and has not come back.

use sqlx::{AssertSqlSafe, QueryBuilder, Sqlite, SqliteConnection};

use super::{
    Store, StoreFault,
    beside::{PHASE_BITS, is_beside},
    copy_tables::Set,
    reading,
};
use crate::overlay::overlay;

/// Brings the summaries of these batches up to date, in the transaction of what changed them.
pub(super) async fn refresh(
    store: &Store,
    connection: &mut SqliteConnection,
    batches: &[String],
) -> Result<(), StoreFault> {
    count(connection, Set::Copy, batches).await.map_err(store.fault())?;
    for part in batches.chunks(500) {
        for batch in with_own_work(connection, part).await.map_err(store.fault())? {
            refresh_with_own_work(store, connection, &batch).await?;
        }
    }
    Ok(())
}

/// Counts the phases of these batches as the copy has them.
pub(super) async fn count(connection: &mut SqliteConnection, set: Set, batches: &[String]) -> Result<(), sqlx::Error> {
    for part in batches.chunks(500) {
        let mut query = QueryBuilder::<Sqlite>::new(counting(set));
        query.push(" WHERE id IN (");
        push_list(&mut query, part);
        query.push(")").build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Counts the phases of all batches: some at a time, since SQLite keeps the pages that one statement changes in memory.
pub(super) async fn count_all(connection: &mut SqliteConnection, set: Set) -> Result<(), sqlx::Error> {
    const SOME: i64 = 2_000;
    let newest = format!("SELECT coalesce(max(key), 0) FROM {}batches", set.prefix());
    let newest: i64 = sqlx::query_scalar(AssertSqlSafe(newest)).fetch_one(&mut *connection).await?;
    let mut first = 1;
    while first <= newest {
        let mut query = QueryBuilder::<Sqlite>::new(counting(set));
        query.push(" WHERE key >= ").push_bind(first).push(" AND key < ").push_bind(first + SOME);
        query.build().execute(&mut *connection).await?;
        first += SOME;
    }
    Ok(())
}

fn counting(set: Set) -> String {
    let prefix = set.prefix();
    let own = is_beside("p.key", &format!("{prefix}batches.key"), PHASE_BITS);
    format!(
        "UPDATE {prefix}batches SET \
         shown_status = row ->> '$.status', \
         phase_count = (SELECT count(*) FROM {prefix}phases AS p WHERE {own}), \
         completed_phases = (SELECT count(*) FROM {prefix}phases AS p \
             WHERE {own} AND p.status IN ('Completed', 'Not Applicable')), \
         next_phase = (SELECT title FROM {prefix}phases AS p WHERE {own} \
             AND p.status NOT IN ('Completed', 'Not Applicable') ORDER BY p.key LIMIT 1)"
    )
}

/// Lays what was recorded here, and has not come back, over the summaries of a copy that is new.
pub(super) async fn refresh_own_work(store: &Store, connection: &mut SqliteConnection) -> Result<(), StoreFault> {
    let batches: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT o.batch_id FROM operations AS o WHERE o.batch_id IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM copy_entries AS e WHERE e.id = o.operation_id)",
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(store.fault())?;
    for batch in batches {
        refresh_with_own_work(store, connection, &batch).await?;
    }
    Ok(())
}

async fn with_own_work(connection: &mut SqliteConnection, batches: &[String]) -> Result<Vec<String>, sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT DISTINCT o.batch_id FROM operations AS o \
         WHERE NOT EXISTS (SELECT 1 FROM copy_entries AS e WHERE e.id = o.operation_id) AND o.batch_id IN (",
    );
    push_list(&mut query, batches);
    query.push(")").build_query_scalar().fetch_all(connection).await
}

async fn refresh_with_own_work(
    store: &Store,
    connection: &mut SqliteConnection,
    batch: &str,
) -> Result<(), StoreFault> {
    let Some(parts) = reading::batch_parts(store, connection, batch).await? else { return Ok(()) };
    let shown = overlay(parts);
    let next = shown.next_phase().map(|phase| phase.row.definition.title.clone());
    sqlx::query("UPDATE copy_batches SET shown_status = ?, completed_phases = ?, next_phase = ? WHERE id = ?")
        .bind(shown.status.as_str())
        .bind(i64::from(shown.completed_phases()))
        .bind(next)
        .bind(batch)
        .execute(connection)
        .await
        .map_err(store.fault())?;
    Ok(())
}

fn push_list(query: &mut QueryBuilder<Sqlite>, values: &[String]) {
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value.clone());
    }
}
