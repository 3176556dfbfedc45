//! Codes from locked counters.

use sqlx::PgConnection;

use crate::error::StorageError;

/// The next code of a series and year, for example `DEV-26-001`.
///
/// The counter's row is locked until the transaction ends, so codes are dense over what commits.
/// Three digits, more after 999. The year is the plant's, as two digits.
///
/// # Errors
/// Failures of the database.
pub async fn next_code(connection: &mut PgConnection, series: &str, year: i32) -> Result<String, StorageError> {
    let prefix = format!("{series}-{:02}", year.rem_euclid(100));
    let value = next_value(connection, &prefix).await?;
    Ok(format!("{prefix}-{value:03}"))
}

/// The next value of a counter, from 1.
///
/// # Errors
/// Failures of the database.
pub async fn next_value(connection: &mut PgConnection, name: &str) -> Result<i64, StorageError> {
    let value = sqlx::query_scalar!(
        "INSERT INTO counters (name, value) VALUES ($1, 1)
         ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value",
        name,
    )
    .fetch_one(connection)
    .await?;
    Ok(value)
}
