//! The plant of the conformance suite, as rows in PostgreSQL, with people of several roles and a second plant.

use std::sync::OnceLock;

use viruj_api::batches::{BatchRow, PhaseRow};
use viruj_domain::{ids::PhaseId, plant::PlantScope, role::Role};
use viruj_storage::{ChangeContext, Database, UnitOfWork};
use viruj_sync::conformance::world::{
    OTHER_STATION, STATION, batch, master_record, operator, phases, plant_id, station_key, time,
};

use crate::database::TestDatabase;

/// What everybody in the world signs in with.
pub const PASSWORD: &str = "correct horse battery staple";
/// The plant beside the conformance suite's.
pub const OTHER_PLANT: &str = "plant-b";
/// Signs in with `demo123`, by the hash that the legacy backend left behind.
pub const LEGACY_EMAIL: &str = "lena.legacy@example.invalid";
pub const LEGACY_PASSWORD: &str = "demo123";
const LEGACY_HASH: &str = "$2b$12$0PZiL/BOfOEK/eA3biqGYuY0kowqx3TgHZ1KmP5Ak0.1ULUGA7pDS";

/// Somebody of the world; the address is `<id>@example.invalid`, the password [`PASSWORD`].
pub struct Somebody {
    pub id: &'static str,
    pub name: &'static str,
    pub role: Role,
    pub department: &'static str,
    pub plant: Option<&'static str>,
    pub is_active: bool,
}

const fn somebody(
    id: &'static str,
    name: &'static str,
    role: Role,
    department: &'static str,
    plant: Option<&'static str>,
) -> Somebody {
    Somebody { id, name, role, department, plant, is_active: true }
}

/// People beside the conformance suite's operator and the person with a legacy hash.
pub const PEOPLE: &[Somebody] = &[
    somebody("admin", "Ada Admin", Role::SystemAdmin, "Administration", None),
    somebody("qa-manager", "Quinn Ashe", Role::QaManager, "Quality Assurance", Some("plant-a")),
    somebody("security", "Sam Gate", Role::SecurityOfficer, "Security", Some("plant-a")),
    somebody("warehouse", "Wanda Hall", Role::WarehouseManager, "Supply Chain Management", Some("plant-a")),
    somebody("operator-b", "Odd Berg", Role::ProductionOperator, "Production", Some(OTHER_PLANT)),
    somebody("sales", "Sol Ales", Role::SalesPerson, "Sales", None),
    Somebody {
        is_active: false,
        ..somebody("gone", "Greta Gone", Role::ProductionOperator, "Production", Some("plant-a"))
    },
];

/// The address of a person of [`PEOPLE`].
#[must_use]
pub fn email(id: &str) -> String {
    format!("{id}@example.invalid")
}

/// Puts the world into an empty, migrated database.
///
/// # Panics
/// When a row is refused.
pub async fn fill(database: &Database) {
    let context = ChangeContext::system(PlantScope::All, "test", Some("test world"));
    let mut unit = database.begin(context).await.expect("a transaction begins");
    for (id, name, zone) in
        [("plant-a", "Hyderabad Plant", "Asia/Kolkata"), (OTHER_PLANT, "Dublin Plant", "Europe/Dublin")]
    {
        run(
            &mut unit,
            "INSERT INTO plants (id, name, region, time_zone) VALUES ($1, $2, 'EMEA', $3)",
            &[id, name, zone],
        )
        .await;
    }
    let person = operator();
    add_person(
        &mut unit,
        (person.id.as_str(), &person.name, &person.email),
        (person.role, "Production"),
        Some("plant-a"),
        (password_hash(), true),
    )
    .await;
    for Somebody { id, name, role, department, plant, is_active } in PEOPLE {
        let who = (*id, *name, email(id));
        add_person(&mut unit, (who.0, who.1, &who.2), (*role, department), *plant, (password_hash(), *is_active)).await;
    }
    let legacy = ("legacy", "Lena Legacy", LEGACY_EMAIL);
    add_person(&mut unit, legacy, (Role::QcOperator, "Quality Control"), Some("plant-a"), (LEGACY_HASH, true)).await;
    add_batch(&mut unit).await;
    unit.commit().await.expect("the world is written");
}

/// Adds the conformance suite's two stations, as if they had been registered.
///
/// # Panics
/// When a row is refused.
pub async fn add_stations(database: &Database) {
    let context = ChangeContext::system(PlantScope::All, "test", Some("test world"));
    let mut unit = database.begin(context).await.expect("a transaction begins");
    for station in [STATION, OTHER_STATION] {
        sqlx::query(
            "INSERT INTO stations (id, name, plant_id, public_key, state, registered_at) VALUES ($1, 'S', $2, $3, 'Active', $4)",
        )
        .bind(station.0)
        .bind(plant_id().0)
        .bind(station_key(station).verifying_key().to_bytes().to_vec())
        .bind(time(0))
        .execute(unit.connection())
        .await
        .expect("a station is written");
    }
    unit.commit().await.expect("the stations are written");
}

/// Gives a phase of the world another definition. A batch's phases never change, so the trigger that sees to it stands
/// aside for this: it is another world, not a change of a record.
///
/// # Panics
/// When the row is refused.
pub async fn redefine_phase(database: &TestDatabase, phase: PhaseId, definition: &str) {
    let mut rows = database.superuser().await;
    let author =
        "SELECT set_config('viruj.actor', 'system:test', false), set_config('viruj.reason', 'test world', false)";
    for statement in [author, "ALTER TABLE batch_phases DISABLE TRIGGER keep_phase"] {
        sqlx::raw_sql(statement).execute(&mut rows).await.expect("the trigger stands aside");
    }
    sqlx::query("UPDATE batch_phases SET definition = $1 WHERE id = $2")
        .bind(definition)
        .bind(phase.0)
        .execute(&mut rows)
        .await
        .expect("the phase is written");
    let again = sqlx::raw_sql("ALTER TABLE batch_phases ENABLE TRIGGER keep_phase").execute(&mut rows).await;
    again.expect("the trigger is back");
}

/// Hashed once for all tests of a process.
fn password_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| viruj_server::passwords::hash_here(PASSWORD).expect("a hash is made"))
}

async fn add_person(
    unit: &mut UnitOfWork,
    (id, name, email): (&str, &str, &str),
    (role, department): (Role, &str),
    plant: Option<&str>,
    (hash, is_active): (&str, bool),
) {
    sqlx::query(
        "INSERT INTO users (id, name, email, hashed_password, role, department, plant_id, is_active)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id)
    .bind(name)
    .bind(email)
    .bind(hash)
    .bind(role.as_str())
    .bind(department)
    .bind(plant)
    .bind(is_active)
    .execute(unit.connection())
    .await
    .expect("a person is written");
    if let Some(plant) = plant {
        run(unit, "INSERT INTO user_plants (user_id, plant_id) VALUES ($1, $2)", &[id, plant]).await;
    }
}

async fn add_batch(unit: &mut UnitOfWork) {
    let (batch, master) = (batch(), master_record());
    sqlx::query(
        "INSERT INTO master_batch_records (id, plant_id, product, product_code, version, status, procedure, content_hash,
             created_at)
         VALUES ($1, $2, $3, 'MET', $4, 'Effective', '{}', $5, $6)",
    )
    .bind(master.id.0)
    .bind(plant_id().0)
    .bind(&batch.product)
    .bind(i32::try_from(master.version).expect("a small version"))
    .bind(vec![0_u8; 32])
    .bind(time(0))
    .execute(unit.connection())
    .await
    .expect("the master record is written");
    write_batch(unit, &batch, &phases()).await;
}

/// Writes a batch of the world's master record.
///
/// # Panics
/// When a row is refused.
pub async fn write_batch(unit: &mut UnitOfWork, batch: &BatchRow, phases: &[PhaseRow]) {
    let master = master_record();
    sqlx::query(
        "INSERT INTO production_batches (id, product_name, batch_number, status, start_date, quantity, unit, assigned_to,
             plant_id, master_record_id, master_version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&batch.id.0)
    .bind(&batch.product)
    .bind(&batch.number)
    .bind(batch.status.as_str())
    .bind(batch.started_at)
    .bind(batch.quantity.value())
    .bind(&batch.unit)
    .bind(batch.assigned_to.as_ref().map(|person| person.0.clone()))
    .bind(&batch.plant_id.0)
    .bind(master.id.0)
    .bind(i32::try_from(master.version).expect("a small version"))
    .execute(unit.connection())
    .await
    .expect("the batch is written");
    for phase in phases {
        sqlx::query(
            "INSERT INTO batch_phases (id, plant_id, batch_id, number, unit_procedure, operation, definition, status)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(phase.id.0)
        .bind(&phase.plant_id.0)
        .bind(&phase.batch_id.0)
        .bind(i32::try_from(phase.number).expect("a small number"))
        .bind(&phase.unit_procedure)
        .bind(&phase.operation)
        .bind(serde_json::to_string(&phase.definition).expect("a definition is JSON"))
        .bind(phase.status.as_str())
        .execute(unit.connection())
        .await
        .expect("a phase is written");
    }
}

async fn run(unit: &mut UnitOfWork, statement: &'static str, values: &[&str]) {
    let mut query = sqlx::query(statement);
    for value in values {
        query = query.bind((*value).to_owned());
    }
    query.execute(unit.connection()).await.expect("the statement runs");
}
