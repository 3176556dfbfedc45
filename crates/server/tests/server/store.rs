//! The PostgreSQL store passes the suite that every store passes.

use viruj_domain::plant::PlantScope;
use viruj_storage::{
    ChangeContext, Database,
    plant_store::{Keeping, PgPlantStore},
};
use viruj_sync::conformance::{
    operation_log, plant_store,
    world::{plant_id, time},
};
use viruj_test_support::{
    database::{TestDatabase, migrated_database},
    world,
};

/// An open transaction on a plant of its own; the database lives as long as the list.
async fn store(databases: &mut Vec<TestDatabase>) -> PgPlantStore {
    let database = migrated_database().await;
    let opened = Database::connect(&database.url).await.unwrap();
    world::fill(&opened).await;
    world::add_stations(&opened).await;
    databases.push(database);
    let context = ChangeContext::system(PlantScope::only(plant_id()), "sync", Some("push"));
    PgPlantStore::new(opened.begin(context).await.unwrap(), plant_id(), time(120), Keeping::AtOnce)
}

#[tokio::test(flavor = "multi_thread")]
async fn inv_the_log_of_operations_conforms() {
    let mut databases = Vec::new();
    operation_log(async || store(&mut databases).await).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn inv_the_plant_store_conforms() {
    let mut databases = Vec::new();
    plant_store(async || store(&mut databases).await).await.unwrap();
}
