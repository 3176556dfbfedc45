//! The first copy of a plant: over the network, applied alone, and the raw limit of the same rows; then a pull.

use std::{path::Path, time::Instant};

use uuid::Uuid;
use viruj_api::sync::SYSTEM_FEED;
use viruj_client::Client;
use viruj_domain::ids::StationId;
use viruj_station_core::{SecretKey, store::Store};
use viruj_sync::{
    round::{begin_snapshot, pull_round, snapshot_round},
    snapshot::SnapshotChunk,
    store::{Exchange, Replica},
};
use viruj_test_support::{TestStation, station::registration};

use crate::{
    Failure, PLANT,
    figures::{figure, milliseconds, peak_memory, percentile},
    raw,
};

const KEY: [u8; 32] = [0x42; 32];
const TURNS: usize = 3;

pub async fn measure(folder: &Path, client: &Client, admin: &str) -> Result<(), Failure> {
    let id = StationId(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0019_0000));
    client.register_station(admin, &registration(id, PLANT)).await?;
    let station = TestStation::known(client, id);

    let own = folder.join("over-the-network");
    std::fs::create_dir_all(&own)?;
    let mut store = Store::open(&own, &SecretKey::new(KEY)).await?;
    let begun = Instant::now();
    let mut rows = 0;
    for feed in [SYSTEM_FEED, PLANT] {
        begin_snapshot(&mut store, &station.exchange, feed).await?;
        let mut of_feed = 0;
        snapshot_round(&mut store, &station.exchange, feed, |progress| of_feed = progress.sent).await?;
        rows += of_feed;
    }
    let over_the_network = begun.elapsed();
    let memory = peak_memory();
    measure_pulls(&mut store, &station).await?;
    store.close().await;
    std::fs::remove_dir_all(&own)?;

    let chunks = whole(&station).await?;
    let applying = {
        let own = folder.join("applied-alone");
        std::fs::create_dir_all(&own)?;
        let mut store = Store::open(&own, &SecretKey::new(KEY)).await?;
        let begun = Instant::now();
        for chunk in &chunks {
            store.keep_chunk(chunk).await?;
        }
        let time = begun.elapsed();
        store.close().await;
        let begun = Instant::now();
        let store = Store::open(&own, &SecretKey::new(KEY)).await?;
        figure("large_store_opened", milliseconds(begun.elapsed()), "ms", None);
        figure("store_size", std::fs::metadata(store.file())?.len() as f64 / 1048576.0, "MiB", None);
        store.close().await;
        std::fs::remove_dir_all(&own)?;
        time
    };
    // The disk is shared and its pace changes: the two kinds of file take turns, and the best of each counts.
    let mut limit = raw::Raw::WORST;
    let mut plain = raw::Raw::WORST;
    for _ in 0..TURNS {
        limit = limit.best(raw::measure(folder, &chunks, true).await?);
        plain = plain.best(raw::measure(folder, &chunks, false).await?);
    }
    let small = raw::small_rows(folder).await?;

    let rate = |seconds: f64| rows as f64 / seconds;
    figure("rows", rows as f64, "rows", None);
    figure("small_rows_limit", small, "rows/s", None);
    figure("raw_limit", rate(limit.writing), "rows/s", None);
    figure("first_sync", over_the_network.as_secs_f64(), "s", None);
    figure("first_sync_rate", rate(over_the_network.as_secs_f64()), "rows/s", None);
    figure("first_sync_of_limit", 100.0 * limit.writing / over_the_network.as_secs_f64(), "%", Some((">=", 25.0)));
    figure("applying_rate", rate(applying.as_secs_f64()), "rows/s", None);
    figure("applying_of_limit", 100.0 * limit.writing / applying.as_secs_f64(), "%", Some((">=", 60.0)));
    if let Some(memory) = memory {
        figure("first_sync_memory", memory, "MiB", Some(("<=", 200.0)));
    }
    figure("encrypted_of_plain_writing", limit.writing / plain.writing, "×", Some(("<=", 1.3)));
    figure("encrypted_of_plain_reading", limit.reading / plain.reading, "×", Some(("<=", 1.3)));
    Ok(())
}

async fn whole(station: &TestStation) -> Result<Vec<SnapshotChunk>, Failure> {
    let mut chunks: Vec<SnapshotChunk> = Vec::new();
    loop {
        let resume = chunks.last().and_then(|chunk| chunk.end.next.clone());
        let chunk = station.exchange.snapshot(PLANT, resume.as_deref()).await?;
        let is_last = chunk.end.next.is_none();
        chunks.push(chunk);
        if is_last {
            return Ok(chunks);
        }
    }
}

/// `bench/sync.mjs` changes a thousand rows whenever it is told to, so that there is something to pull.
async fn measure_pulls(store: &mut Store, station: &TestStation) -> Result<(), Failure> {
    let mut times = Vec::new();
    for _ in 0..10 {
        println!("change 1000");
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer)?;
        let begun = Instant::now();
        let round = pull_round(store, &station.exchange, PLANT).await?;
        times.push(begun.elapsed());
        if round.entries != 1000 {
            return Err(format!("{} changes came instead of 1000", round.entries).into());
        }
    }
    figure("pull_of_1000", milliseconds(percentile(&mut times, 50)), "ms", Some(("<=", 100.0)));
    figure("pull_of_1000_slowest", milliseconds(percentile(&mut times, 100)), "ms", None);
    Ok(())
}
