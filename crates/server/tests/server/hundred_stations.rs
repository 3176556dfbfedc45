//! A hundred stations that come back at the same moment.

use std::time::Duration;

use futures_util::future::join_all;
use uuid::Uuid;
use viruj_api::{
    statement::{Action, Statement},
    sync::{PushRequest, Verdict},
};
use viruj_domain::{ids::StationId, phase::PhaseEntry};
use viruj_sync::{
    conformance::world::statement,
    round::backoff,
    store::{Exchange, ExchangeError, StoredOperation},
};
use viruj_test_support::{Reach, TestApp, TestStation, station::registration, world};

const STATIONS: u64 = 100;
const OPERATIONS: u64 = 20;
const PART: usize = 10;

fn remark(number: u64) -> Statement {
    let text = format!("Noise from the gear, {number}.");
    Statement { action: Action::Comment { phase_id: None, text }, ..statement(number, 1, PhaseEntry::Confirmed) }
}

/// Pushes as a station does: what was not answered is sent again after a pause that grows and differs by chance.
async fn drain(station: TestStation, operations: Vec<StoredOperation>) -> (Vec<Verdict>, u32) {
    let (mut verdicts, mut pauses) = (Vec::new(), 0);
    for part in operations.chunks(PART) {
        let envelopes: Vec<_> = part.iter().map(|operation| operation.signed.clone()).collect();
        loop {
            match station.exchange.push(&PushRequest { envelopes: envelopes.clone() }).await {
                Ok(answer) => {
                    assert_eq!(answer.stopped, None);
                    verdicts.extend(answer.verdicts.into_iter().map(|given| given.verdict));
                    break;
                }
                Err(ExchangeError::Unreachable(_) | ExchangeError::Refused { status: 503 | 429, .. }) => {
                    pauses += 1;
                    let pause = backoff(pauses, u64::from(pauses) << 32 | station.id.0.as_u128() as u64);
                    tokio::time::sleep(pause.min(Duration::from_secs(2))).await;
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
    (verdicts, pauses)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hard_case_18_a_hundred_stations_come_back_at_once_and_each_is_heard() {
    let app = TestApp::start().await;
    let client = app.client(Reach::Http);
    let admin = app.sign_in(&client, &world::email("admin")).await.access_token;
    let mut stations = Vec::new();
    for number in 0..STATIONS {
        let id = StationId(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0018_0000 + u128::from(number)));
        client.register_station(&admin, &registration(id, "plant-a")).await.unwrap();
        let mut station = TestStation::known(&client, id);
        let first = 10_000 + number * OPERATIONS;
        let operations: Vec<_> =
            (first..first + OPERATIONS).map(|number| station.writer.unsigned(&remark(number))).collect();
        stations.push((station, operations));
    }
    let drained = join_all(stations.into_iter().map(|(station, operations)| drain(station, operations))).await;
    let accepted = drained.iter().flat_map(|(verdicts, _)| verdicts).filter(|given| **given == Verdict::Accepted);
    assert_eq!(accepted.count() as u64, STATIONS * OPERATIONS);
    let mut rows = app.database.superuser().await;
    let kept: (i64, i64) = sqlx::query_as("SELECT count(*), count(DISTINCT station_id) FROM operations")
        .fetch_one(&mut rows)
        .await
        .unwrap();
    assert_eq!(kept, (2000, 100));
    let pauses: u32 = drained.iter().map(|(_, pauses)| pauses).sum();
    println!("{pauses} pushes were sent again");
}
