//! The columns that the list of batches is sorted and filtered by, with what was recorded here and has not come back.

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::{Store, StoreFault, reading};
use crate::overlay::overlay;

/// Brings the summaries of these batches up to date, in the transaction of what changed them.
pub(super) async fn refresh(
    store: &Store,
    connection: &mut SqliteConnection,
    batches: &[String],
) -> Result<(), StoreFault> {
    for part in batches.chunks(500) {
        refresh_from_copy(connection, part).await.map_err(store.fault())?;
        for batch in with_own_work(connection, part).await.map_err(store.fault())? {
            refresh_with_own_work(store, connection, &batch).await?;
        }
    }
    Ok(())
}

async fn refresh_from_copy(connection: &mut SqliteConnection, batches: &[String]) -> Result<(), sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "UPDATE copy_batches SET \
         shown_status = row ->> '$.status', \
         phase_count = (SELECT count(*) FROM copy_phases AS p WHERE p.batch_id = copy_batches.id), \
         completed_phases = (SELECT count(*) FROM copy_phases AS p \
             WHERE p.batch_id = copy_batches.id AND p.status IN ('Completed', 'Not Applicable')), \
         next_phase = (SELECT title FROM copy_phases AS p \
             WHERE p.batch_id = copy_batches.id AND p.status NOT IN ('Completed', 'Not Applicable') ORDER BY p.number LIMIT 1) \
         WHERE id IN (",
    );
    push_list(&mut query, batches);
    query.push(")").build().execute(connection).await?;
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
