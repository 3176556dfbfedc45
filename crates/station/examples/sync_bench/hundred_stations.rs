//! A hundred stations that come back in one moment, each with a day's work.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use uuid::Uuid;
use viruj_api::{
    statement::{Action, Statement},
    sync::Verdict,
};
use viruj_client::Client;
use viruj_domain::{
    ids::{BatchId, PhaseId, StationId},
    phase::PhaseEntry,
};
use viruj_sync::{
    conformance::world::statement,
    memory::MemoryLog,
    round::{RoundError, backoff, push_round},
    store::{ExchangeError, OperationLog},
};
use viruj_test_support::{TestStation, station::registration};

use crate::{Failure, PLANT, figures::figure};

const STATIONS: u64 = 100;
const OPERATIONS: u64 = 500;
const PHASES: u64 = 10;

/// A batch that `bench/sync.mjs` has made for it, ten phases each, none of them done.
fn entry(station: u64, number: u64) -> Statement {
    let batch = station * (OPERATIONS / PHASES) + number / PHASES;
    let phase = PhaseId(Uuid::from_u128(
        0x0199_0000_0000_7000_8000_0000_0000_0000 + u128::from(batch * PHASES + number % PHASES),
    ));
    Statement {
        batch_id: Some(BatchId(format!("waiting-{batch:05}"))),
        person_id: "bench-operator".into(),
        plant_id: PLANT.into(),
        master_record: None,
        action: Action::PhaseEntry { phase_id: phase, base_version: 1, entry: PhaseEntry::Confirmed },
        ..statement(100_000_000 + station * OPERATIONS + number, 1, PhaseEntry::Confirmed)
    }
}

pub async fn measure(client: &Client, admin: &str) -> Result<(), Failure> {
    let mut stations = Vec::new();
    for number in 0..STATIONS {
        let id = StationId(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0020_0000 + u128::from(number)));
        client.register_station(admin, &registration(id, PLANT)).await?;
        let mut station = TestStation::known(client, id);
        let mut log = MemoryLog::default();
        for operation in 0..OPERATIONS {
            log.append(station.writer.unsigned(&entry(number, operation))).await?;
        }
        stations.push((station, log));
    }
    let begun = Instant::now();
    let drained = join_all(stations.into_iter().map(|(station, log)| tokio::spawn(drain(station, log)))).await;
    let time = begun.elapsed();
    let (mut accepted, mut pauses) = (0, 0);
    for outcome in drained {
        let (verdicts, waited) = outcome??;
        accepted += verdicts.iter().filter(|verdict| **verdict == Verdict::Accepted).count() as u64;
        pauses += waited;
    }
    if accepted != STATIONS * OPERATIONS {
        return Err(format!("{accepted} operations were accepted").into());
    }
    figure("hundred_stations_drained", time.as_secs_f64(), "s", Some(("<=", 60.0)));
    figure("hundred_stations_rate", accepted as f64 / time.as_secs_f64(), "operations/s", None);
    figure("hundred_stations_pauses", f64::from(pauses), "pauses", None);
    Ok(())
}

/// As the station's core does: a round that fails is begun again after a pause that grows and differs by chance.
async fn drain(station: TestStation, mut log: MemoryLog) -> Result<(Vec<Verdict>, u32), Failure> {
    let mut failures = 0;
    let mut pauses = 0;
    loop {
        match push_round(&mut log, &station.exchange, station.id).await {
            Ok(round) if round.stopped.is_some() => return Err(format!("{:?}", round.stopped).into()),
            Ok(_) => break,
            Err(RoundError::Exchange(
                ExchangeError::Unreachable(_) | ExchangeError::Refused { status: 429 | 503, .. },
            )) => {
                failures += 1;
                pauses += 1;
                let chance =
                    u64::from(pauses).wrapping_mul(0x9e37_79b9) ^ u64::try_from(station.id.0.as_u128() & 0xffff)?;
                tokio::time::sleep(backoff(failures, chance).min(Duration::from_secs(60))).await;
            }
            Err(other) => return Err(other.into()),
        }
    }
    let verdicts = log.all().filter_map(|kept| kept.verdict.as_ref()).map(|given| given.verdict.clone()).collect();
    Ok((verdicts, pauses))
}
