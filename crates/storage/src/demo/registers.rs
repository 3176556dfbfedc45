//! What the demonstration's batches lean on: lots in every status, equipment in and out of calibration, people who are
//! qualified and people who are not.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    SeedReport,
    batches::plans,
    demo_id,
    people::{MATERIALS, PLANTS},
};
use crate::{StorageError, UnitOfWork};

/// Who keeps lots, cleans, looks at what was cleaned, and qualifies people.
const WAREHOUSE: &str = "scm-wh-1";
const CLEANER: (&str, &str) = ("prod-op-1", "David Chen");
const VERIFIER: (&str, &str) = ("qa-op-1", "Emily Brown");
const TRAINER: &str = "qa-head-1";

/// Number, material, status, days until it expires.
const LOTS: &[(&str, &str, &str, i64)] = &[
    ("LOT-MET-0389", "RM-1001", "Approved", -21),
    ("LOT-MET-0402", "RM-1001", "Rejected", 410),
    ("LOT-MET-0417", "RM-1001", "Approved", 540),
    ("LOT-MET-0425", "RM-1001", "Quarantine", 600),
    ("LOT-MET-0431", "RM-1001", "Pending", 690),
];

/// Code, name, kind, state, cleanliness, days until it is to be calibrated.
type Machine = (&'static str, &'static str, &'static str, &'static str, &'static str, Option<i64>);

const EQUIPMENT: &[Machine] = &[
    ("BAL-01", "Floor balance 60 kg", "Balance", "Idle", "Clean", Some(-12)),
    ("BAL-02", "Bench balance 6 kg", "Balance", "Idle", "Clean", Some(45)),
    ("BLD-01", "Bin blender 800 L", "Bin blender", "Under QA Hold", "Dirty", Some(75)),
    ("CMP-01", "Tablet press 1", "Tablet press", "Idle", "Clean", Some(130)),
    ("CMP-02", "Tablet press 2", "Tablet press", "Breakdown", "Dirty", Some(20)),
    ("DSP-01", "Dispensing booth 1", "Dispensing booth", "Idle", "Clean", Some(90)),
    ("FBD-01", "Fluid-bed dryer 200 kg", "Fluid-bed dryer", "Idle", "Dirty", Some(60)),
    ("MIL-01", "Screening mill", "Screening mill", "Idle", "Pending Verification", None),
    ("RMG-01", "High-shear granulator 600 L", "High-shear granulator", "Idle", "Clean", Some(150)),
];

/// Procedures, as the process names them.
const DISPENSING: (&str, &str) = ("SOP-DSP-004", "Dispensing of raw materials");
const CLEANING: (&str, &str) = ("SOP-CLN-002", "Cleaning of the granulation area");
const PRESS: (&str, &str) = ("SOP-CMP-011", "Set-up of the tablet press");

/// Plant, person, procedure, days until it runs out; withdrawn where there are none.
type Training = (&'static str, &'static str, (&'static str, &'static str), Option<i64>);

const QUALIFICATIONS: &[Training] = &[
    ("plant-a", "prod-op-1", DISPENSING, Some(310)),
    ("plant-a", "prod-man-1", DISPENSING, Some(200)),
    ("plant-a", "prod-head-1", DISPENSING, Some(-20)),
    ("plant-a", "prod-op-1", CLEANING, Some(12)),
    ("plant-a", "qa-op-1", CLEANING, Some(150)),
    ("plant-a", "prod-op-1", PRESS, None),
    ("plant-a", "prod-man-1", PRESS, Some(90)),
    ("plant-b", "prod-man-1", DISPENSING, Some(200)),
    ("plant-c", "prod-man-1", DISPENSING, Some(200)),
];

/// Adds what is missing of the registers.
pub(super) async fn add(
    unit: &mut UnitOfWork,
    now: DateTime<Utc>,
    report: &mut SeedReport,
) -> Result<(), StorageError> {
    report.lots = add_lots(unit, now).await?;
    report.equipment = add_equipment(unit, now).await?;
    report.qualifications = add_qualifications(unit, now).await?;
    Ok(())
}

/// The number of the lot that a batch of the history was charged from.
pub(super) fn lot_of_history(material_code: &str, batch: u32) -> String {
    format!("{}-26{:03}", material_code.replace("RM-", "L"), 100 + batch / 3)
}

/// Water comes out of a loop and has no lots; every other material of the process has.
fn has_lots(code: &str) -> bool {
    ("RM-1001"..="RM-1005").contains(&code)
}

async fn add_lots(unit: &mut UnitOfWork, now: DateTime<Utc>) -> Result<u64, StorageError> {
    let name_of = |code: &str| MATERIALS.iter().find(|known| known.0 == code).map_or("", |known| known.1);
    let mut wanted: Vec<(&str, String, &str, &str, i64)> = Vec::new();
    for plan in plans() {
        for (code, ..) in MATERIALS.iter().filter(|known| has_lots(known.0)) {
            wanted.push((plan.plant, lot_of_history(code, plan.number), code, "Approved", 500));
        }
    }
    for (number, code, status, days) in LOTS {
        wanted.push(("plant-a", (*number).to_owned(), code, status, *days));
    }
    wanted.sort_unstable();
    wanted.dedup();
    let day = |days: i64| (now + Duration::days(days)).date_naive();
    let ids: Vec<Uuid> = wanted.iter().map(|lot| demo_id(&format!("{}/lot/{}", lot.0, lot.1))).collect();
    let added = sqlx::query!(
        "INSERT INTO lots (id, plant_id, number, material_code, material, supplier, supplier_lot, quantity, unit, status,
             manufactured_on, expires_on, potency_percent, created_by, created_at)
         SELECT id, plant_id, number, code, material, 'Aurora Fine Chemicals', 'AFC-' || number, 250.00, 'kg', status,
             $7::date, expires_on, CASE code WHEN 'RM-1001' THEN 99.40 END, $8, $9
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $10::date[])
             AS wanted (id, plant_id, number, code, material, status, expires_on)
         ON CONFLICT DO NOTHING",
        &ids,
        &wanted.iter().map(|lot| lot.0.to_owned()).collect::<Vec<_>>(),
        &wanted.iter().map(|lot| lot.1.clone()).collect::<Vec<_>>(),
        &wanted.iter().map(|lot| lot.2.to_owned()).collect::<Vec<_>>(),
        &wanted.iter().map(|lot| name_of(lot.2).to_owned()).collect::<Vec<_>>(),
        &wanted.iter().map(|lot| lot.3.to_owned()).collect::<Vec<_>>(),
        day(-200),
        WAREHOUSE,
        now - Duration::days(150),
        &wanted.iter().map(|lot| day(lot.4)).collect::<Vec<_>>(),
    )
    .execute(unit.connection())
    .await?;
    Ok(added.rows_affected())
}

async fn add_equipment(unit: &mut UnitOfWork, now: DateTime<Utc>) -> Result<u64, StorageError> {
    let mut added = 0;
    for plant in PLANTS {
        for (code, name, kind, state, cleanliness, due) in EQUIPMENT {
            let id = demo_id(&format!("{}/equipment/{code}", plant.id));
            let is_clean = *cleanliness == "Clean";
            let row = sqlx::query!(
                "INSERT INTO equipment (id, plant_id, code, name, kind, state, cleanliness, clean_until, cleaned_by,
                     calibration_due, created_by, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'prod-head-1', $11)
                 ON CONFLICT DO NOTHING",
                id,
                plant.id,
                code,
                name,
                kind,
                state,
                cleanliness,
                is_clean.then_some(now + Duration::days(5)),
                (*cleanliness != "Dirty").then_some(CLEANER.0),
                due.map(|days| (now + Duration::days(days)).date_naive()),
                now - Duration::days(400),
            )
            .execute(unit.connection())
            .await?;
            if row.rows_affected() == 1 {
                added += 1;
                add_log(unit, (plant.id, id), (state, cleanliness), *due, now).await?;
            }
        }
    }
    Ok(added)
}

/// What has brought the equipment to where it stands.
async fn add_log(
    unit: &mut UnitOfWork,
    (plant, equipment): (&str, Uuid),
    (state, cleanliness): (&str, &str),
    due: Option<i64>,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let mut entries: Vec<(&str, Duration, (&str, &str), &str)> = Vec::new();
    if due.is_some() {
        entries.push(("calibrated", Duration::days(350), ("qa-man-1", "Priya Sharma"), "Certificate CAL-25-0117"));
    }
    match state {
        "Breakdown" => entries.push(("broken_down", Duration::days(4), CLEANER, "The turret bearing is worn.")),
        "Under QA Hold" => {
            entries.push((
                "put_on_hold",
                Duration::days(2),
                ("qa-man-1", "Priya Sharma"),
                "Gasket of the lid is split.",
            ));
        }
        _ => {}
    }
    if cleanliness != "Dirty" {
        entries.push(("cleaning_begun", Duration::hours(30), CLEANER, CLEANING.0));
        entries.push(("cleaning_ended", Duration::hours(28), CLEANER, CLEANING.0));
    }
    if cleanliness == "Clean" {
        entries.push(("cleaning_verified", Duration::hours(27), VERIFIER, "Looked at and swabbed."));
    }
    for (act, ago, (person, name), note) in entries {
        let calibrated: Option<NaiveDate> = match (act, due) {
            ("calibrated", Some(days)) => Some((now + Duration::days(days)).date_naive()),
            _ => None,
        };
        sqlx::query!(
            "INSERT INTO equipment_log (id, plant_id, equipment_id, act, at, person_id, person_name, note, clean_until,
                 calibration_due)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            demo_id(&format!("{equipment}/{act}")),
            plant,
            equipment,
            act,
            now - ago,
            person,
            name,
            note,
            (act == "cleaning_verified").then_some(now + Duration::days(5)),
            calibrated,
        )
        .execute(unit.connection())
        .await?;
    }
    Ok(())
}

async fn add_qualifications(unit: &mut UnitOfWork, now: DateTime<Utc>) -> Result<u64, StorageError> {
    let mut added = 0;
    for (plant, person, (code, title), days) in QUALIFICATIONS {
        let row = sqlx::query!(
            "INSERT INTO qualifications (id, plant_id, person_id, procedure_code, procedure_title, valid_until, granted_by,
                 granted_at, withdrawn_by, withdrawn_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT DO NOTHING",
            demo_id(&format!("{plant}/qualification/{person}/{code}")),
            plant,
            person,
            code,
            title,
            (now + Duration::days(days.unwrap_or(60))).date_naive(),
            TRAINER,
            now - Duration::days(365),
            days.is_none().then_some(TRAINER),
            days.is_none().then_some(now - Duration::days(9)),
        )
        .execute(unit.connection())
        .await?;
        added += row.rows_affected();
    }
    Ok(added)
}
