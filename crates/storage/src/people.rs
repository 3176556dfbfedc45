//! People with an account. They belong to no single plant; which plants they see is part of what is read.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use viruj_api::people::Person;
use viruj_domain::{
    ids::{PlantId, UserId},
    plant::PlantScope,
    role::{Department, Role},
};

use crate::{Database, StorageError, UnitOfWork};

/// A person with what proves that it is them. Never leaves the server.
#[derive(Clone)]
pub struct Account {
    pub person: Person,
    /// Argon2id as a PHC string, or bcrypt from the legacy system.
    pub password_hash: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Account").field("person", &self.person).finish_non_exhaustive()
    }
}

/// A person who gets an account.
#[derive(Clone, Debug)]
pub struct NewPerson<'a> {
    pub id: UserId,
    pub name: &'a str,
    pub email: &'a str,
    pub password_hash: &'a str,
    pub role: Role,
    pub department: Department,
    /// The plants that the person sees; empty for roles that see all.
    pub plant_ids: Vec<PlantId>,
    /// The password was chosen by somebody else.
    pub must_change_password: bool,
    pub created_at: DateTime<Utc>,
}

pub(crate) struct PersonRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) role: String,
    pub(crate) department: String,
    pub(crate) is_active: bool,
    pub(crate) plant_ids: Vec<String>,
}

impl PersonRow {
    pub(crate) fn read(self) -> Result<Person, StorageError> {
        let unreadable = |cause: viruj_domain::role::UnknownWord| StorageError::Unreadable {
            table: "users",
            id: self.id.clone(),
            cause: cause.to_string(),
        };
        let role: Role = self.role.parse().map_err(unreadable)?;
        let department: Department = self.department.parse().map_err(unreadable)?;
        Ok(Person {
            sees_all_plants: role.sees_all_plants_by_default() && self.plant_ids.is_empty(),
            plant_ids: self.plant_ids.into_iter().map(PlantId).collect(),
            id: UserId(self.id),
            name: self.name,
            email: self.email,
            role,
            department,
            is_active: self.is_active,
        })
    }
}

/// The plants whose rows the person sees.
#[must_use]
pub fn scope_of(person: &Person) -> PlantScope {
    if person.sees_all_plants { PlantScope::All } else { PlantScope::Only(person.plant_ids.iter().cloned().collect()) }
}

/// The account with this e-mail address; case and Unicode form do not matter.
///
/// # Errors
/// Failures of the database.
pub async fn account_by_email(database: &Database, email: &str) -> Result<Option<Account>, StorageError> {
    let id = sqlx::query_scalar!(
        "SELECT id FROM users WHERE login_key = lower(normalize($1, NFKC)) ORDER BY is_active DESC, id LIMIT 1",
        email,
    )
    .fetch_optional(database.system())
    .await?;
    match id {
        Some(id) => account(database, &UserId(id)).await,
        None => Ok(None),
    }
}

/// The account of this person.
///
/// # Errors
/// Failures of the database.
pub async fn account(database: &Database, id: &UserId) -> Result<Option<Account>, StorageError> {
    let mut connection = database.reader(&PlantScope::All).acquire().await?;
    let Some(person) = person(&mut connection, id).await? else { return Ok(None) };
    let password_hash = sqlx::query_scalar!("SELECT hashed_password FROM users WHERE id = $1", id.as_str())
        .fetch_one(&mut *connection)
        .await?;
    Ok(Some(Account { person, password_hash }))
}

/// The person as they are now, on any connection.
///
/// # Errors
/// Failures of the database.
pub async fn person(connection: &mut PgConnection, id: &UserId) -> Result<Option<Person>, StorageError> {
    let found = people(connection, std::slice::from_ref(&id.0)).await?;
    Ok(found.into_iter().next())
}

/// The people with these ids; unknown ids are left out.
///
/// A person sees the plants named for them, the plant of their legacy account and the plants that they manage.
///
/// # Errors
/// Failures of the database.
pub async fn people(connection: &mut PgConnection, ids: &[String]) -> Result<Vec<Person>, StorageError> {
    each_person(connection, ids).await?.into_iter().collect()
}

/// As [`people()`], each one with whether it can be read.
pub(crate) async fn each_person(
    connection: &mut PgConnection,
    ids: &[String],
) -> Result<Vec<Result<Person, StorageError>>, StorageError> {
    let rows = sqlx::query_as!(
        PersonRow,
        r#"SELECT u.id, u.name, u.email, u.role, u.department, coalesce(u.is_active, false) AS "is_active!",
               ARRAY(SELECT p.plant_id FROM user_plants AS p WHERE p.user_id = u.id
                     UNION SELECT u.plant_id WHERE u.plant_id IS NOT NULL
                     UNION SELECT m.id FROM plants AS m WHERE m.manager_id = u.id
                     ORDER BY 1) AS "plant_ids!: Vec<String>"
           FROM users AS u WHERE u.id = ANY ($1)"#,
        ids,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(PersonRow::read).collect())
}

/// Whether the address is this person's; case and Unicode form do not matter.
///
/// # Errors
/// Failures of the database.
pub async fn is_address_of(database: &Database, id: &UserId, email: &str) -> Result<bool, StorageError> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM users WHERE id = $1 AND login_key = lower(normalize($2, NFKC))) AS "found!""#,
        id.as_str(),
        email.trim().replace('\0', ""),
    )
    .fetch_one(database.system())
    .await?;
    Ok(found)
}

/// Replaces the hash of a password; the trail keeps that it changed, never the hash.
///
/// # Errors
/// Failures of the database.
pub async fn set_password_hash(
    unit: &mut UnitOfWork,
    id: &UserId,
    password_hash: &str,
    changed_at: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE users SET hashed_password = $2, password_changed_at = $3 WHERE id = $1",
        id.as_str(),
        password_hash,
        changed_at,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Makes an account.
///
/// # Errors
/// [`StorageError::Conflict`] when the address belongs to somebody, active or not (21 CFR 11.100).
pub async fn create(unit: &mut UnitOfWork, person: &NewPerson<'_>) -> Result<(), StorageError> {
    let is_taken = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM users WHERE login_key = lower(normalize($1, NFKC))) AS "taken!""#,
        person.email,
    )
    .fetch_one(unit.connection())
    .await?;
    if is_taken {
        return Err(StorageError::Conflict { constraint: "users_login_key_unique".to_owned() });
    }
    sqlx::query!(
        "INSERT INTO users (id, name, email, hashed_password, role, department, plant_id, is_active,
             must_change_password, password_changed_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, true, $8, $9, $9)",
        person.id.as_str(),
        person.name,
        person.email,
        person.password_hash,
        person.role.as_str(),
        person.department.as_str(),
        person.plant_ids.first().map(PlantId::as_str),
        person.must_change_password,
        person.created_at,
    )
    .execute(unit.connection())
    .await?;
    for plant in &person.plant_ids {
        sqlx::query!("INSERT INTO user_plants (user_id, plant_id) VALUES ($1, $2)", person.id.as_str(), plant.as_str())
            .execute(unit.connection())
            .await?;
    }
    Ok(())
}

/// Whether somebody can administer the installation. Waits for others who ask the same before they make one.
///
/// # Errors
/// Failures of the database.
pub async fn has_active_administrator(unit: &mut UnitOfWork) -> Result<bool, StorageError> {
    // Two commands that run at once must not both find nobody.
    sqlx::query!("SELECT pg_advisory_xact_lock(x'766972756a02'::bigint)").execute(unit.connection()).await?;
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM users WHERE role = 'System Admin' AND is_active) AS "found!""#
    )
    .fetch_one(unit.connection())
    .await?;
    Ok(found)
}
