//! Plants with their figures.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use viruj_api::{
    lists::Page,
    plants::{BatchCount, Plant, PlantFigures, PlantQuery},
};
use viruj_domain::{
    batch::BatchStatus,
    ids::{PlantId, UserId},
    plant::PlantScope,
};

use crate::{
    Database, StorageError, UnitOfWork,
    keyset::{After, searched},
};

/// Plants are sorted by their names.
const ORDER: &str = "name";

struct Row {
    id: String,
    name: String,
    region: String,
    time_zone: String,
    manager_id: Option<String>,
    manager_name: Option<String>,
    place: String,
}

/// What a plant is to be.
#[derive(Clone, Debug)]
pub struct Changed<'a> {
    pub name: &'a str,
    pub region: &'a str,
    pub time_zone: &'a str,
    pub manager_id: Option<&'a UserId>,
}

/// The plants that a reader sees, by name.
///
/// # Errors
/// [`StorageError::CursorInvalid`], failures of the database.
pub async fn list(database: &Database, scope: &PlantScope, query: &PlantQuery) -> Result<Page<Plant>, StorageError> {
    let after = After::read(query.limit, query.cursor.as_deref(), ORDER)?;
    let search = searched(query.search.as_deref());
    let mut connection = database.reader(scope).acquire().await?;
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT p.id, p.name, p.region, p.time_zone, p.manager_id, m.name AS "manager_name?", lower(p.name) AS "place!"
           FROM plants AS p LEFT JOIN users AS m ON m.id = p.manager_id
           WHERE ($1::text IS NULL OR (lower(p.name), p.id::text) > ($1, $2::text))
               AND ($3::text IS NULL OR strpos(lower(p.name), lower($3)) > 0 OR strpos(lower(p.region), lower($3)) > 0
                   OR strpos(lower(p.id), lower($3)) > 0)
           ORDER BY lower(p.name), p.id::text LIMIT $4"#,
        after.place.as_deref(),
        after.id.as_deref(),
        search.as_deref(),
        after.fetch_limit(),
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut figures = figures(&mut connection, &rows).await?;
    let rows = rows.into_iter().map(|row| (row.place.clone(), row.id.clone(), row.read(&mut figures))).collect();
    Ok(after.page(ORDER, rows))
}

/// The plant with this id, when the reader sees it.
///
/// # Errors
/// Failures of the database.
pub async fn find(database: &Database, scope: &PlantScope, id: &PlantId) -> Result<Option<Plant>, StorageError> {
    let mut connection = database.reader(scope).acquire().await?;
    find_on(&mut connection, id).await
}

/// The plant with this id, which nobody else changes until the transaction ends.
///
/// # Errors
/// Failures of the database.
pub async fn lock(unit: &mut UnitOfWork, id: &PlantId) -> Result<Option<Plant>, StorageError> {
    if id.as_str().contains('\0') {
        return Ok(None);
    }
    sqlx::query_scalar!("SELECT id FROM plants WHERE id = $1 FOR UPDATE", id.as_str())
        .fetch_optional(unit.connection())
        .await?;
    find_on(unit.connection(), id).await
}

async fn find_on(connection: &mut PgConnection, id: &PlantId) -> Result<Option<Plant>, StorageError> {
    if id.as_str().contains('\0') {
        return Ok(None);
    }
    let row = sqlx::query_as!(
        Row,
        r#"SELECT p.id, p.name, p.region, p.time_zone, p.manager_id, m.name AS "manager_name?", '' AS "place!"
           FROM plants AS p LEFT JOIN users AS m ON m.id = p.manager_id WHERE p.id = $1"#,
        id.as_str(),
    )
    .fetch_optional(&mut *connection)
    .await?;
    let mut figures = figures(connection, row.as_slice()).await?;
    Ok(row.map(|row| row.read(&mut figures)))
}

/// Writes what has changed of a plant.
///
/// # Errors
/// Failures of the database.
pub async fn change(unit: &mut UnitOfWork, id: &PlantId, changed: &Changed<'_>) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE plants SET name = $2, region = $3, time_zone = $4, manager_id = $5 WHERE id = $1",
        id.as_str(),
        changed.name,
        changed.region,
        changed.time_zone,
        changed.manager_id.map(UserId::as_str),
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Those of the plants that are there.
///
/// # Errors
/// Failures of the database.
pub async fn known(unit: &mut UnitOfWork, ids: &[PlantId]) -> Result<Vec<PlantId>, StorageError> {
    let ids: Vec<String> = ids.iter().map(|id| id.0.clone()).filter(|id| !id.contains('\0')).collect();
    let known =
        sqlx::query_scalar!("SELECT id FROM plants WHERE id = ANY ($1)", &ids).fetch_all(unit.connection()).await?;
    Ok(known.into_iter().map(PlantId).collect())
}

impl Row {
    fn read(self, figures: &mut BTreeMap<String, PlantFigures>) -> Plant {
        Plant {
            figures: figures.remove(&self.id).unwrap_or_default(),
            id: PlantId(self.id),
            name: self.name,
            region: self.region,
            time_zone: self.time_zone,
            manager_id: self.manager_id.map(UserId),
            manager_name: self.manager_name,
        }
    }
}

async fn figures(connection: &mut PgConnection, rows: &[Row]) -> Result<BTreeMap<String, PlantFigures>, StorageError> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let counted = sqlx::query!(
        r#"SELECT p.id AS "id!",
               (SELECT count(*) FROM users AS u WHERE u.is_active AND (u.plant_id = p.id OR u.id = p.manager_id
                   OR EXISTS (SELECT FROM user_plants AS n WHERE n.user_id = u.id AND n.plant_id = p.id))) AS "people!",
               (SELECT count(*) FROM stations AS s WHERE s.plant_id = p.id AND s.state IN ('Pending', 'Active')) AS "stations!"
           FROM plants AS p WHERE p.id = ANY ($1)"#,
        &ids,
    )
    .fetch_all(&mut *connection)
    .await?;
    let batches = sqlx::query!(
        r#"SELECT plant_id, status, count(*) AS "count!" FROM production_batches WHERE plant_id = ANY ($1)
           GROUP BY plant_id, status"#,
        &ids,
    )
    .fetch_all(connection)
    .await?;
    let small = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let mut figures: BTreeMap<String, PlantFigures> = counted
        .into_iter()
        .map(|row| {
            let counted =
                PlantFigures { people: small(row.people), stations: small(row.stations), batches: Vec::new() };
            (row.id, counted)
        })
        .collect();
    // In the order of a batch's life; a status that the rules do not know is not counted.
    for status in BatchStatus::ALL {
        for row in batches.iter().filter(|row| row.status == status.as_str()) {
            if let Some(of_plant) = figures.get_mut(&row.plant_id) {
                of_plant.batches.push(BatchCount { status: *status, count: small(row.count) });
            }
        }
    }
    Ok(figures)
}
