//! A plant with more to do than is done in the time of a run.

use uuid::Uuid;
use viruj_api::batches::{BatchRow, PhaseRow};
use viruj_domain::{
    ids::{BatchId, PhaseId, PlantId},
    plant::PlantScope,
    signature::SignatureMeaning,
};
use viruj_storage::{ChangeContext, Database, UnitOfWork};
use viruj_sync::conformance::world::{batch, phases};
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
    let id = batch_id(station, number);
    let row = BatchRow { id: id.clone(), number: format!("KILL-{station}-{number:03}"), ..batch() };
    let [confirmation, ..] = <[PhaseRow; 3]>::try_from(phases()).unwrap();
    let phase = |number: u32| {
        let mut row = PhaseRow { id: PhaseId(Uuid::now_v7()), batch_id: id.clone(), number, ..confirmation.clone() };
        row.definition.key = format!("p{number}");
        row.definition.signature = (number == PHASES).then_some(SignatureMeaning::Performed);
        row
    };
    world::write_batch(unit, &row, &(1..=PHASES).map(phase).collect::<Vec<_>>()).await;
}
