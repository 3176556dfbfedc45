//! The first start of a plant of one's own.

use viruj_api::server::PlantSummary;
use viruj_domain::plant::{PlantScope, time_zone};

use crate::{
    ChangeContext, Database, StorageError, installation,
    people::{self, NewPerson},
};

/// Why the plant was not set up; nothing is changed then.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    #[error("the database holds a plant or people already")]
    NotEmpty,
    #[error("{0:?} is not a time zone")]
    UnknownTimeZone(String),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl SetUpError {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotEmpty => "set_up_not_empty",
            Self::UnknownTimeZone(_) => "time_zone_unknown",
            Self::Storage(error) => error.code(),
        }
    }
}

/// Adds the first plant and its first administrator to an empty database.
///
/// # Errors
/// [`SetUpError::NotEmpty`], [`SetUpError::UnknownTimeZone`], failures of the database.
pub async fn set_up_plant(
    database: &Database,
    plant: &PlantSummary,
    administrator: &NewPerson<'_>,
) -> Result<(), SetUpError> {
    if time_zone(&plant.time_zone).is_none() {
        return Err(SetUpError::UnknownTimeZone(plant.time_zone.clone()));
    }
    let mut unit = database.begin(ChangeContext::system(PlantScope::All, "set-up", Some("first start"))).await?;
    // Two windows that set up at once must not both find nobody.
    sqlx::query!("SELECT pg_advisory_xact_lock(x'766972756a03'::bigint)")
        .execute(unit.connection())
        .await
        .map_err(StorageError::from)?;
    let is_empty = sqlx::query_scalar!(
        r#"SELECT NOT EXISTS (SELECT FROM plants) AND NOT EXISTS (SELECT FROM users) AS "is_empty!""#
    )
    .fetch_one(unit.connection())
    .await
    .map_err(StorageError::from)?;
    if !is_empty {
        return Err(SetUpError::NotEmpty);
    }
    installation::create_plant(&mut unit, plant).await?;
    people::create(&mut unit, administrator).await?;
    unit.commit().await?;
    Ok(())
}
