//! Plants, people and materials; names, addresses and roles are those of the legacy system's demonstration.

use chrono::{DateTime, Utc};
use viruj_domain::role::{Department, Role};

use super::SeedError;
use crate::{Database, StorageError, UnitOfWork};

pub(super) struct DemoPlant {
    pub(super) id: &'static str,
    name: &'static str,
    region: &'static str,
    pub(super) time_zone: &'static str,
    running_lines: i32,
}

pub(super) const PLANTS: [DemoPlant; 3] = [
    DemoPlant { id: "plant-a", name: "Hyderabad Plant", region: "APAC", time_zone: "Asia/Kolkata", running_lines: 8 },
    DemoPlant { id: "plant-b", name: "Dublin Plant", region: "EMEA", time_zone: "Europe/Dublin", running_lines: 6 },
    DemoPlant {
        id: "plant-c",
        name: "New Jersey Plant",
        region: "AMER",
        time_zone: "America/New_York",
        running_lines: 12,
    },
];

#[derive(Clone, Copy)]
pub(super) struct DemoPerson {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    email: &'static str,
    pub(super) role: Role,
    department: Department,
    /// Empty for roles that see every plant.
    plants: &'static [&'static str],
}

const HYDERABAD: &[&str] = &["plant-a"];
const EVERYWHERE: &[&str] = &["plant-a", "plant-b", "plant-c"];
const UNBOUND: &[&str] = &[];

const fn person(
    id: &'static str,
    name: &'static str,
    email: &'static str,
    role: Role,
    department: Department,
    plants: &'static [&'static str],
) -> DemoPerson {
    DemoPerson { id, name, email, role, department, plants }
}

/// The operator works in Hyderabad; the production manager also in the other two plants, whose batches are hers.
#[rustfmt::skip]
pub(super) const PEOPLE: [DemoPerson; 17] = [
    person("prod-head-1", "John Smith", "john.smith@pharma.com", Role::ProductionHead, Department::Production, EVERYWHERE),
    person("prod-man-1", "Sarah Johnson", "sarah.johnson@pharma.com", Role::ProductionManager, Department::Production, EVERYWHERE),
    person("prod-op-1", "David Chen", "david.chen@pharma.com", Role::ProductionOperator, Department::Production, HYDERABAD),
    person("qa-head-1", "Raj Patel", "raj.patel@pharma.com", Role::QaHead, Department::QualityAssurance, EVERYWHERE),
    person("qa-man-1", "Priya Sharma", "priya.sharma@pharma.com", Role::QaManager, Department::QualityAssurance, HYDERABAD),
    person("qa-op-1", "Emily Brown", "emily.brown@pharma.com", Role::QaOperator, Department::QualityAssurance, HYDERABAD),
    person("qc-head-1", "Laura Vance", "laura.vance@pharma.com", Role::QcHead, Department::QualityControl, HYDERABAD),
    person("qc-man-1", "Robert Taylor", "robert.taylor@pharma.com", Role::QcManager, Department::QualityControl, HYDERABAD),
    person("qc-op-1", "Lisa Anderson", "lisa.anderson@pharma.com", Role::QcOperator, Department::QualityControl, HYDERABAD),
    person("scm-proc-1", "Maria Garcia", "maria.garcia@pharma.com", Role::ProcurementOfficer, Department::SupplyChainManagement, HYDERABAD),
    person("scm-wh-1", "James Wilson", "james.wilson@pharma.com", Role::WarehouseManager, Department::SupplyChainManagement, HYDERABAD),
    person("fin-off-1", "Michael Scott", "michael.scott@pharma.com", Role::FinanceOfficer, Department::Finance, UNBOUND),
    person("plant-head-1", "Thomas Moore", "thomas.moore@pharma.com", Role::PlantHead, Department::Administration, EVERYWHERE),
    person("sec-off-1", "Jennifer Lee", "jennifer.lee@pharma.com", Role::SecurityOfficer, Department::Security, HYDERABAD),
    person("admin-1", "Admin User", "admin@pharma.com", Role::SystemAdmin, Department::Administration, UNBOUND),
    person("mgmt-1", "Jan Levinson", "jan.levinson@pharma.com", Role::Management, Department::Corporate, UNBOUND),
    person("sales-1", "Alex Thompson", "alex.thompson@pharma.com", Role::SalesPerson, Department::Sales, UNBOUND),
];

/// Who executes batches in a plant.
pub(super) fn executor_in(plant: &str) -> DemoPerson {
    if plant == "plant-a" { PEOPLE[2] } else { PEOPLE[1] }
}

pub(super) const MATERIALS: [(&str, &str, &str, &str); 10] = [
    ("RM-1001", "Metformin Hydrochloride", "Raw Material", "kg"),
    ("RM-1002", "Povidone K30", "Raw Material", "kg"),
    ("RM-1003", "Microcrystalline Cellulose PH-101", "Raw Material", "kg"),
    ("RM-1004", "Colloidal Silicon Dioxide", "Raw Material", "kg"),
    ("RM-1005", "Magnesium Stearate", "Raw Material", "kg"),
    ("RM-1006", "Purified Water", "Raw Material", "kg"),
    ("PM-2001", "PVC/PVDC Film 250 µm", "Packaging Material", "kg"),
    ("PM-2002", "Printed Aluminium Foil 25 µm", "Packaging Material", "kg"),
    ("PM-2003", "Carton, 10 × 10 Tablets", "Packaging Material", "each"),
    ("FG-3001", "Metformin Hydrochloride Tablets 500 mg", "Finished Good", "tablets"),
];

/// The people whom the database does not have yet.
pub(super) async fn missing(database: &Database) -> Result<Vec<DemoPerson>, SeedError> {
    let known = sqlx::query!("SELECT id, login_key FROM users")
        .fetch_all(database.system())
        .await
        .map_err(StorageError::from)?;
    let mut missing = Vec::new();
    for person in PEOPLE {
        if known.iter().any(|row| row.id == person.id) {
            continue;
        }
        if known.iter().any(|row| row.login_key.as_deref() == Some(person.email)) {
            return Err(SeedError::AddressTaken { email: person.email });
        }
        missing.push(person);
    }
    Ok(missing)
}

pub(super) async fn add_plants(unit: &mut UnitOfWork) -> Result<u64, StorageError> {
    let mut added = 0;
    for plant in PLANTS {
        added += sqlx::query!(
            "INSERT INTO plants (id, name, region, time_zone, running_lines, manager_id)
             VALUES ($1, $2, $3, $4, $5, 'plant-head-1') ON CONFLICT DO NOTHING",
            plant.id,
            plant.name,
            plant.region,
            plant.time_zone,
            plant.running_lines,
        )
        .execute(unit.connection())
        .await?
        .rows_affected();
    }
    Ok(added)
}

pub(super) async fn add(
    unit: &mut UnitOfWork,
    people: &[(DemoPerson, String)],
    now: DateTime<Utc>,
) -> Result<u64, StorageError> {
    for (person, hash) in people {
        sqlx::query!(
            "INSERT INTO users (id, name, email, hashed_password, role, department, plant_id, is_active, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, true, $8)",
            person.id,
            person.name,
            person.email,
            hash,
            person.role.as_str(),
            person.department.as_str(),
            person.plants.first(),
            now,
        )
        .execute(unit.connection())
        .await?;
        for plant in person.plants {
            sqlx::query!(
                "INSERT INTO user_plants (user_id, plant_id, added_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                person.id,
                *plant,
                now,
            )
            .execute(unit.connection())
            .await?;
        }
    }
    Ok(people.len() as u64)
}

pub(super) async fn add_materials(unit: &mut UnitOfWork) -> Result<u64, StorageError> {
    let mut added = 0;
    for (id, name, kind, default_unit) in MATERIALS {
        added += sqlx::query!(
            "INSERT INTO materials (id, name, type, default_unit) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            id,
            name,
            kind,
            default_unit,
        )
        .execute(unit.connection())
        .await?
        .rows_affected();
    }
    Ok(added)
}
