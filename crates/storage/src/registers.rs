//! What the rules of execution look up in a plant's registers.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use sqlx::PgConnection;
use viruj_domain::{
    equipment::{Equipment, EquipmentStanding},
    execution::{Registers, Wanted},
    ids::{BatchId, PlantId, UserId},
    lot::Lot,
    qualification::Qualification,
    role::UnknownWord,
};

use crate::{StorageError, feed::rows::unreadable};

/// A piece of equipment as the rules look at it.
pub(crate) struct EquipmentColumns {
    pub(crate) code: String,
    pub(crate) kind: String,
    pub(crate) state: String,
    pub(crate) cleanliness: String,
    pub(crate) clean_until: Option<DateTime<Utc>>,
    pub(crate) cleaned_by: Option<String>,
    pub(crate) in_use_for: Option<String>,
    pub(crate) calibration_due: Option<NaiveDate>,
}

/// What the plant's registers hold of what is wanted, and the plant's zone.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn registers(
    connection: &mut PgConnection,
    plant: &PlantId,
    wanted: &Wanted,
) -> Result<Registers, StorageError> {
    let mut found = Registers { zone: zone(connection, plant).await?, ..Registers::default() };
    if !wanted.materials.is_empty() || wanted.lot.is_some() {
        (found.lots, found.materials) = lots(connection, plant, wanted).await?;
    }
    if !wanted.kinds.is_empty() || wanted.equipment.is_some() {
        (found.equipment, found.kinds) = equipment(connection, plant, wanted).await?;
    }
    if !wanted.procedures.is_empty() {
        (found.qualifications, found.procedures) = qualifications(connection, plant, wanted).await?;
    }
    Ok(found)
}

/// As [`registers`]; the equipment that is named stays as it is until the transaction ends, so that two stations do not
/// both take it into use.
pub(crate) async fn locked_registers(
    connection: &mut PgConnection,
    plant: &PlantId,
    wanted: &Wanted,
) -> Result<Registers, StorageError> {
    if let Some(code) = plain(wanted.equipment.as_ref()) {
        sqlx::query!("SELECT id FROM equipment WHERE plant_id = $1 AND code = $2 FOR UPDATE", plant.as_str(), code)
            .fetch_optional(&mut *connection)
            .await?;
    }
    registers(connection, plant, wanted).await
}

/// Where the plant's days begin and end.
///
/// # Errors
/// Failures of the database.
pub async fn zone(connection: &mut PgConnection, plant: &PlantId) -> Result<Tz, StorageError> {
    let zone = sqlx::query_scalar!("SELECT time_zone FROM plants WHERE id = $1", plant.as_str())
        .fetch_optional(connection)
        .await?;
    Ok(zone.as_deref().and_then(viruj_domain::plant::time_zone).unwrap_or(Tz::UTC))
}

/// PostgreSQL knows no text with a zero byte, so nothing in it has one in its name.
fn plain(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.contains('\0'))
}

fn list(words: &BTreeSet<String>) -> Vec<String> {
    words.iter().filter(|word| !word.contains('\0')).cloned().collect()
}

async fn lots(
    connection: &mut PgConnection,
    plant: &PlantId,
    wanted: &Wanted,
) -> Result<(Vec<Lot>, BTreeSet<String>), StorageError> {
    let materials = list(&wanted.materials);
    let rows = sqlx::query!(
        "SELECT number, material_code, status, expires_on, retest_on FROM lots
         WHERE plant_id = $1 AND (number = $2 OR (material_code = ANY ($3) AND status = 'Approved'))",
        plant.as_str(),
        plain(wanted.lot.as_ref()),
        &materials,
    )
    .fetch_all(&mut *connection)
    .await?;
    let lots = rows.into_iter().map(|row| {
        let status = row.status.parse().map_err(|error: UnknownWord| unreadable("lots", &row.number, &error))?;
        Ok(Lot {
            number: row.number,
            material_code: row.material_code,
            status,
            expires_on: row.expires_on,
            retest_on: row.retest_on,
        })
    });
    let lots = lots.collect::<Result<Vec<_>, StorageError>>()?;
    let kept = sqlx::query_scalar!(
        r#"SELECT code AS "code!" FROM unnest($2::text[]) AS wanted (code)
           WHERE EXISTS (SELECT FROM lots WHERE plant_id = $1 AND material_code = code)"#,
        plant.as_str(),
        &materials,
    )
    .fetch_all(connection)
    .await?;
    Ok((lots, kept.into_iter().collect()))
}

async fn equipment(
    connection: &mut PgConnection,
    plant: &PlantId,
    wanted: &Wanted,
) -> Result<(Vec<Equipment>, BTreeSet<String>), StorageError> {
    let rows = sqlx::query_as!(
        EquipmentColumns,
        "SELECT code, kind, state, cleanliness, clean_until, cleaned_by, in_use_for, calibration_due FROM equipment
         WHERE plant_id = $1 AND (code = $2 OR kind = ANY ($3)) ORDER BY code",
        plant.as_str(),
        plain(wanted.equipment.as_ref()),
        &list(&wanted.kinds),
    )
    .fetch_all(connection)
    .await?;
    let found = rows.into_iter().map(EquipmentColumns::read).collect::<Result<Vec<_>, _>>()?;
    let kinds = found.iter().map(|one| one.kind.clone()).filter(|kind| wanted.kinds.contains(kind)).collect();
    Ok((found, kinds))
}

async fn qualifications(
    connection: &mut PgConnection,
    plant: &PlantId,
    wanted: &Wanted,
) -> Result<(Vec<Qualification>, BTreeSet<String>), StorageError> {
    let procedures = list(&wanted.procedures);
    let rows = sqlx::query!(
        "SELECT person_id, procedure_code, valid_until, withdrawn_at FROM qualifications
         WHERE plant_id = $1 AND procedure_code = ANY ($2) AND person_id = $3",
        plant.as_str(),
        &procedures,
        wanted.person.as_ref().map(UserId::as_str),
    )
    .fetch_all(&mut *connection)
    .await?;
    let held = rows.into_iter().map(|row| Qualification {
        person_id: UserId(row.person_id),
        procedure_code: row.procedure_code,
        valid_until: row.valid_until,
        is_withdrawn: row.withdrawn_at.is_some(),
    });
    let held = held.collect();
    let kept = sqlx::query_scalar!(
        r#"SELECT code AS "code!" FROM unnest($2::text[]) AS wanted (code)
           WHERE EXISTS (SELECT FROM qualifications WHERE plant_id = $1 AND procedure_code = code)"#,
        plant.as_str(),
        &procedures,
    )
    .fetch_all(connection)
    .await?;
    Ok((held, kept.into_iter().collect()))
}

impl EquipmentColumns {
    pub(crate) fn read(self) -> Result<Equipment, StorageError> {
        let word = |error: UnknownWord| unreadable("equipment", &self.code, &error);
        Ok(Equipment {
            standing: EquipmentStanding {
                state: self.state.parse().map_err(word)?,
                cleanliness: self.cleanliness.parse().map_err(word)?,
                clean_until: self.clean_until,
                cleaned_by: self.cleaned_by.map(UserId),
                in_use_for: self.in_use_for.map(BatchId),
                calibration_due: self.calibration_due,
            },
            kind: self.kind,
            code: self.code,
        })
    }
}
