//! A plant with more to do than is done in the time of a run.

use uuid::Uuid;
use viruj_api::batches::{BatchRow, PhaseRow};
use viruj_domain::{
    ids::{BatchId, PhaseId, PlantId},
    plant::PlantScope,
    signature::SignatureMeaning,
};
use viruj_storage::{ChangeContext, Database, UnitOfWork};
use viruj_sync::conformance::world::{batch, master_record, phases};
use viruj_test_support::world;

/// Of each station.
pub const BATCHES: usize = 60;
/// Of each batch; the last one is signed.
const PHASES: u32 = 20;

#[must_use]
pub fn batch_id(station: usize, number: usize) -> BatchId {
    BatchId(format!("kills-{station}-{number}"))
}

/// People and batches for every station.
pub async fn fill(url: &str, stations: usize) {
    let database = Database::connect(url).await.unwrap();
    world::fill(&database).await;
    let plant: PlantId = batch().plant_id;
    let context = ChangeContext::system(PlantScope::only(plant), "test", Some("batches to be executed"));
    let mut unit = database.begin(context).await.unwrap();
    for station in 0..stations {
        for number in 0..BATCHES {
            add(&mut unit, station, number).await;
        }
    }
    unit.commit().await.unwrap();
    database.close().await;
}

async fn add(unit: &mut UnitOfWork, station: usize, number: usize) {
    let row = BatchRow { id: batch_id(station, number), number: format!("KILL-{station}-{number:03}"), ..batch() };
    let master = master_record();
    sqlx::query(
        "INSERT INTO production_batches (id, product_name, batch_number, status, start_date, quantity, unit, plant_id,
             master_record_id, master_version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(&row.id.0)
    .bind(&row.product)
    .bind(&row.number)
    .bind(row.status.as_str())
    .bind(row.started_at)
    .bind(row.quantity.value())
    .bind(&row.unit)
    .bind(&row.plant_id.0)
    .bind(master.id.0)
    .bind(i32::try_from(master.version).unwrap())
    .execute(unit.connection())
    .await
    .unwrap();
    let [confirmation, _, _] = <[PhaseRow; 3]>::try_from(phases()).unwrap();
    for phase in 1..=PHASES {
        let mut definition = confirmation.definition.clone();
        definition.key = format!("p{phase}");
        definition.signature = (phase == PHASES).then_some(SignatureMeaning::Performed);
        sqlx::query(
            "INSERT INTO batch_phases (id, plant_id, batch_id, number, unit_procedure, operation, definition, status)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(PhaseId(Uuid::now_v7()).0)
        .bind(&row.plant_id.0)
        .bind(&row.id.0)
        .bind(i32::try_from(phase).unwrap())
        .bind(&confirmation.unit_procedure)
        .bind(&confirmation.operation)
        .bind(serde_json::to_string(&definition).unwrap())
        .bind(confirmation.status.as_str())
        .execute(unit.connection())
        .await
        .unwrap();
    }
}
