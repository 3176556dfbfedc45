//! Accounts as an administrator sees and changes them.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use viruj_api::{
    lists::Page,
    users::{User, UserQuery, UserSort, UserState},
};
use viruj_domain::{
    ids::{PlantId, UserId},
    plant::PlantScope,
    role::{Department, Role, RoleName},
};

use crate::{
    Database, StorageError, UnitOfWork,
    keyset::{After, searched},
};

struct Row {
    id: String,
    name: String,
    email: String,
    role: String,
    department: String,
    plant_ids: Vec<String>,
    is_active: bool,
    must_change_password: bool,
    has_second_factor: bool,
    locked_until: Option<DateTime<Utc>>,
    created_at: Option<DateTime<Utc>>,
    password_changed_at: Option<DateTime<Utc>>,
    last_signed_in_at: Option<DateTime<Utc>>,
    place: String,
}

impl Row {
    fn read(self) -> User {
        let role: Option<Role> = self.role.parse().ok();
        User {
            sees_all_plants: role.is_some_and(Role::sees_all_plants_by_default) && self.plant_ids.is_empty(),
            plant_ids: self.plant_ids.into_iter().map(PlantId).collect(),
            id: UserId(self.id),
            name: self.name,
            email: self.email,
            role: RoleName(self.role),
            department: self.department,
            is_active: self.is_active,
            must_change_password: self.must_change_password,
            has_second_factor: self.has_second_factor,
            locked_until: self.locked_until,
            created_at: self.created_at,
            password_changed_at: self.password_changed_at,
            last_signed_in_at: self.last_signed_in_at,
        }
    }
}

/// What an account is to be.
#[derive(Clone, Debug)]
pub struct Changed<'a> {
    pub name: &'a str,
    pub role: Role,
    pub department: Department,
    pub plant_ids: &'a [PlantId],
}

/// Whether an administrator of these plants manages the account: one of some plants manages the people who see no other.
#[must_use]
pub fn is_managed_in(scope: &PlantScope, user: &User) -> bool {
    match scope {
        PlantScope::All => true,
        PlantScope::Only(_) => !user.plant_ids.is_empty() && user.plant_ids.iter().all(|plant| scope.sees(plant)),
    }
}

// The rows that follow a place in an order; `$greater` and `$order` go together.
macro_rules! users_after {
    ($greater:tt, $order:tt, $database:expr, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            Row,
            r#"SELECT u.id, u.name, u.email, u.role, u.department, u.plant_ids AS "plant_ids!: Vec<String>",
                   coalesce(u.is_active, false) AS "is_active!", u.must_change_password, u.locked_until, u.created_at,
               EXISTS (SELECT FROM second_factors AS f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL)
                   AS "has_second_factor!",
                   u.password_changed_at, u.place AS "place!",
                   (SELECT max(s.created_at) FROM sessions AS s WHERE s.user_id = u.id) AS last_signed_in_at
               FROM (
                   SELECT users.*,
                       ARRAY(SELECT p.plant_id FROM user_plants AS p WHERE p.user_id = users.id
                             UNION SELECT users.plant_id WHERE users.plant_id IS NOT NULL
                             UNION SELECT m.id FROM plants AS m WHERE m.manager_id = users.id
                             ORDER BY 1) AS plant_ids,
                       CASE $1::text WHEN 'name' THEN lower(name) WHEN 'email' THEN login_key WHEN 'role' THEN role::text
                           WHEN 'department' THEN department::text
                           ELSE to_char(coalesce(created_at, 'epoch'::timestamptz) AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')
                       END AS place
                   FROM users) AS u
               WHERE ($2::text IS NULL OR (u.place, u.id::text) "# + $greater + r#" ($2, $3::text))
                   AND ($4::text IS NULL OR u.role = $4)
                   AND ($5::text IS NULL OR $5 = ANY (u.plant_ids))
                   AND ($6::text IS NULL
                       OR $6 = 'active' AND coalesce(u.is_active, false)
                       OR $6 = 'inactive' AND NOT coalesce(u.is_active, false)
                       OR $6 = 'locked' AND u.locked_until > $7)
                   AND ($8::text IS NULL OR strpos(lower(u.name), lower($8)) > 0 OR strpos(u.login_key, lower($8)) > 0
                       OR strpos(lower(u.id), lower($8)) > 0)
                   AND ($9::text[] IS NULL OR u.plant_ids <> '{}' AND u.plant_ids <@ $9)
               ORDER BY u.place "# + $order + r#", u.id::text "# + $order + r#" LIMIT $10"#,
            $($argument),*
        )
        .fetch_all($database)
        .await?
    };
}

/// The accounts that an administrator of these plants manages.
///
/// # Errors
/// [`StorageError::CursorInvalid`], failures of the database.
pub async fn list(
    database: &Database,
    scope: &PlantScope,
    query: &UserQuery,
    now: DateTime<Utc>,
) -> Result<Page<User>, StorageError> {
    let (order, column, is_descending) = order_of(query.sort.unwrap_or_default());
    let after = After::read(query.limit, query.cursor.as_deref(), order)?;
    let state = query.state.map(|state| match state {
        UserState::Active => "active",
        UserState::Inactive => "inactive",
        UserState::Locked => "locked",
    });
    let role = query.role.map(Role::as_str);
    let plant = query.plant_id.as_ref().map(|plant| plant.as_str().replace('\0', ""));
    let search = searched(query.search.as_deref());
    let plants = plants_of(scope);
    // Plant rows are read to find managers; which accounts are given is decided by the scope above.
    let pool = &database.reader(&PlantScope::All);
    let (place, id, limit) = (after.place.as_deref(), after.id.as_deref(), after.fetch_limit());
    let (plant, search, plants) = (plant.as_deref(), search.as_deref(), plants.as_deref());
    let rows = if is_descending {
        users_after!("<", "DESC", pool, column, place, id, role, plant, state, now, search, plants, limit)
    } else {
        users_after!(">", "ASC", pool, column, place, id, role, plant, state, now, search, plants, limit)
    };
    let rows = rows.into_iter().map(|row| (row.place.clone(), row.id.clone(), row.read())).collect();
    Ok(after.page(order, rows))
}

fn order_of(sort: UserSort) -> (&'static str, &'static str, bool) {
    match sort {
        UserSort::Name => ("name", "name", false),
        UserSort::NameDescending => ("-name", "name", true),
        UserSort::Email => ("email", "email", false),
        UserSort::EmailDescending => ("-email", "email", true),
        UserSort::Role => ("role", "role", false),
        UserSort::RoleDescending => ("-role", "role", true),
        UserSort::Department => ("department", "department", false),
        UserSort::DepartmentDescending => ("-department", "department", true),
        UserSort::CreatedAt => ("created_at", "created_at", false),
        UserSort::CreatedAtDescending => ("-created_at", "created_at", true),
    }
}

fn plants_of(scope: &PlantScope) -> Option<Vec<String>> {
    match scope {
        PlantScope::All => None,
        PlantScope::Only(plants) => Some(plants.iter().map(|plant| plant.0.clone()).collect()),
    }
}

/// The account with this id.
///
/// # Errors
/// Failures of the database.
pub async fn find(database: &Database, id: &UserId) -> Result<Option<User>, StorageError> {
    let mut connection = database.reader(&PlantScope::All).acquire().await?;
    find_on(&mut connection, id).await
}

/// The account with this id as it is within the transaction.
///
/// # Errors
/// Failures of the database.
pub async fn find_in(unit: &mut UnitOfWork, id: &UserId) -> Result<Option<User>, StorageError> {
    find_on(unit.connection(), id).await
}

/// The account with this id, which nobody else changes until the transaction ends.
///
/// # Errors
/// Failures of the database.
pub async fn lock(unit: &mut UnitOfWork, id: &UserId) -> Result<Option<User>, StorageError> {
    let found = sqlx::query_scalar!("SELECT id FROM users WHERE id = $1 FOR UPDATE", id.as_str())
        .fetch_optional(unit.connection())
        .await?;
    if found.is_none() {
        return Ok(None);
    }
    find_on(unit.connection(), id).await
}

async fn find_on(connection: &mut PgConnection, id: &UserId) -> Result<Option<User>, StorageError> {
    if id.as_str().contains('\0') {
        return Ok(None);
    }
    let row = sqlx::query_as!(
        Row,
        r#"SELECT u.id, u.name, u.email, u.role, u.department,
               ARRAY(SELECT p.plant_id FROM user_plants AS p WHERE p.user_id = u.id
                     UNION SELECT u.plant_id WHERE u.plant_id IS NOT NULL
                     UNION SELECT m.id FROM plants AS m WHERE m.manager_id = u.id
                     ORDER BY 1) AS "plant_ids!: Vec<String>",
               coalesce(u.is_active, false) AS "is_active!", u.must_change_password, u.locked_until, u.created_at,
               EXISTS (SELECT FROM second_factors AS f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL)
                   AS "has_second_factor!",
               u.password_changed_at, (SELECT max(s.created_at) FROM sessions AS s WHERE s.user_id = u.id) AS last_signed_in_at,
               '' AS "place!"
           FROM users AS u WHERE u.id = $1"#,
        id.as_str(),
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(Row::read))
}

/// Those of the plants that the person manages: they see them, whatever is named for them.
///
/// # Errors
/// Failures of the database.
pub async fn managed_plants(unit: &mut UnitOfWork, id: &UserId) -> Result<Vec<PlantId>, StorageError> {
    let plants = sqlx::query_scalar!("SELECT id FROM plants WHERE manager_id = $1 ORDER BY id", id.as_str())
        .fetch_all(unit.connection())
        .await?;
    Ok(plants.into_iter().map(PlantId).collect())
}

/// Writes what has changed of an account.
///
/// # Errors
/// [`StorageError::Conflict`] for a plant that is not there.
pub async fn change(
    unit: &mut UnitOfWork,
    id: &UserId,
    changed: &Changed<'_>,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let plants: Vec<String> = changed.plant_ids.iter().map(|plant| plant.0.clone()).collect();
    sqlx::query!(
        "UPDATE users SET name = $2, role = $3, department = $4, plant_id = $5, updated_at = $6 WHERE id = $1",
        id.as_str(),
        changed.name,
        changed.role.as_str(),
        changed.department.as_str(),
        plants.first(),
        now,
    )
    .execute(unit.connection())
    .await?;
    sqlx::query!("DELETE FROM user_plants WHERE user_id = $1 AND NOT plant_id = ANY ($2)", id.as_str(), &plants)
        .execute(unit.connection())
        .await?;
    sqlx::query!(
        "INSERT INTO user_plants (user_id, plant_id, added_at) SELECT $1, plant, $3 FROM unnest($2::text[]) AS plant
         ON CONFLICT DO NOTHING",
        id.as_str(),
        &plants,
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Writes another role; name, department and plants stay.
///
/// # Errors
/// Failures of the database.
pub async fn set_role(unit: &mut UnitOfWork, id: &UserId, role: Role, now: DateTime<Utc>) -> Result<(), StorageError> {
    sqlx::query!("UPDATE users SET role = $2, updated_at = $3 WHERE id = $1", id.as_str(), role.as_str(), now)
        .execute(unit.connection())
        .await?;
    Ok(())
}

/// # Errors
/// Failures of the database.
pub async fn set_active(
    unit: &mut UnitOfWork,
    id: &UserId,
    is_active: bool,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!("UPDATE users SET is_active = $2, updated_at = $3 WHERE id = $1", id.as_str(), is_active, now)
        .execute(unit.connection())
        .await?;
    Ok(())
}

/// Lets the person try to sign in again at once.
///
/// # Errors
/// Failures of the database.
pub async fn unlock(unit: &mut UnitOfWork, id: &UserId) -> Result<(), StorageError> {
    sqlx::query!("UPDATE users SET locked_until = NULL, failed_sign_ins = 0 WHERE id = $1", id.as_str())
        .execute(unit.connection())
        .await?;
    Ok(())
}

/// Whether another active person administers every plant. Waits for others who ask the same before they change one.
///
/// # Errors
/// Failures of the database.
pub async fn has_other_administrator(unit: &mut UnitOfWork, id: &UserId) -> Result<bool, StorageError> {
    // The lock of `people::has_active_administrator`: whoever counts administrators waits here.
    sqlx::query!("SELECT pg_advisory_xact_lock(x'766972756a02'::bigint)").execute(unit.connection()).await?;
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM users WHERE role = 'System Admin' AND is_active AND id <> $1
               AND plant_id IS NULL AND NOT EXISTS (SELECT FROM user_plants WHERE user_id = users.id)) AS "found!""#,
        id.as_str(),
    )
    .fetch_one(unit.connection())
    .await?;
    Ok(found)
}
