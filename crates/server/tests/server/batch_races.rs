//! Many at once at the same batch number and at the same batch.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use viruj_api::batches::BatchReason;
use viruj_client::BatchChange;
use viruj_test_support::{Reach, TestApp};

use crate::{
    batch_steps::{procedure, wanted},
    master_records::Plant,
    sessions::problem,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_batches_at_once_each_has_a_number_of_its_own() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let plant = Plant::of(&app, &client).await;
    // Two products share a series, as in the legacy system.
    let masters =
        [plant.made_effective(&procedure("RAC100", "A")).await, plant.made_effective(&procedure("RAC200", "B")).await];
    let made = join_all((0..100).map(|number| {
        let (client, token, new) = (client.clone(), plant.author.clone(), wanted(&masters[number % 2]));
        async move { client.create_batch(&token, &format!("race-{number:03}"), &new).await.unwrap() }
    }))
    .await;
    let numbers: BTreeSet<_> = made.iter().map(|batch| batch.number.clone()).collect();
    let expected: BTreeSet<_> = (1..=100).map(|number| format!("RAC-26-{number:03}")).collect();
    assert_eq!(numbers, expected, "unique and without a gap");
    let mut rows = app.database.superuser().await;
    let phases: i64 = sqlx::query_scalar("SELECT count(*) FROM batch_phases WHERE batch_id = ANY ($1)")
        .bind(made.iter().map(|batch| batch.id.0.clone()).collect::<Vec<_>>())
        .fetch_one(&mut rows)
        .await
        .unwrap();
    assert_eq!(phases, 500);
    assert!(viruj_storage::audit::verify(&mut rows).await.unwrap().is_whole());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_holds_at_once_one_wins_and_the_others_have_changed_nothing() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let plant = Plant::of(&app, &client).await;
    let master = plant.made_effective(&procedure("HLD", "Blender")).await;
    let batch = client.create_batch(&plant.author, "one-batch", &wanted(&master)).await.unwrap();
    let answers = join_all((0..100).map(|number| {
        let (client, token, batch) = (client.clone(), plant.author.clone(), batch.clone());
        let reason = BatchReason { reason: format!("seen by inspector {number}") };
        async move { client.change_batch(&token, &batch.id, batch.version, (BatchChange::Hold, &reason)).await }
    }))
    .await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 99));
    assert!(lost.into_iter().all(|answer| problem(answer).code == "changed_meanwhile"));
    let mut rows = app.database.superuser().await;
    let entries: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM audit_entries WHERE entity = 'production_batches' AND entity_id = $1",
    )
    .bind(batch.id.as_str())
    .fetch_one(&mut rows)
    .await
    .unwrap();
    assert_eq!(entries, 2, "made, and held once");
}
