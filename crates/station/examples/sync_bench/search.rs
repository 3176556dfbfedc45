//! A million lots and batches, and somebody who types.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use uuid::Uuid;
use viruj_api::{
    batches::BatchRow,
    lots::LotRow,
    sync::{FeedChange, FeedCursor, FeedPage, ServerTime},
};
use viruj_domain::{
    decimal::ExactDecimal,
    ids::{BatchId, LotId, PlantId},
    lot::LotStatus,
    unit::Unit,
};
use viruj_station_core::{SecretKey, store::Store};
use viruj_sync::{
    conformance::world,
    snapshot::{ChunkPlace, ChunkWriter},
    store::Replica,
};

use crate::{
    Failure, PLANT,
    figures::{figure, milliseconds, percentile},
};

const BATCHES: u64 = 100_000;
const LOTS: u64 = 900_000;
const CHUNK: u64 = 5_000;
const HITS: u32 = 20;

const PRODUCTS: [&str; 8] = [
    "Metformin hydrochloride 500 mg",
    "Paracetamol 500 mg",
    "Atorvastatin 20 mg",
    "Amlodipine 5 mg",
    "Losartan potassium 50 mg",
    "Pantoprazole 40 mg",
    "Azithromycin 250 mg",
    "Cetirizine 10 mg",
];
const MATERIALS: [&str; 6] = [
    "Lactose monohydrate",
    "Microcrystalline cellulose",
    "Povidone K30",
    "Magnesium stearate",
    "Croscarmellose sodium",
    "Maize starch",
];

/// What people type, letter by letter.
const TYPED: [&str; 12] = [
    "MB-26-04217",
    "mb-26-99",
    "metformin",
    "paracetamol 500",
    "LOT-26-0123456",
    "lot-26-07",
    "lactose mono",
    "magnesium",
    "rm-1003",
    "losartan mb-26-1",
    "starch lot-26-05",
    "nothing like this",
];

fn batch(number: u64) -> FeedChange {
    FeedChange::Batch(BatchRow {
        id: BatchId(format!("batch-{number:06}")),
        plant_id: PlantId::from(PLANT),
        number: format!("MB-26-{number:05}"),
        product: PRODUCTS[number as usize % PRODUCTS.len()].to_owned(),
        ..world::batch()
    })
}

fn lot(number: u64, quantity: ExactDecimal) -> FeedChange {
    let material = number as usize % MATERIALS.len();
    FeedChange::Lot(LotRow {
        id: LotId(Uuid::from_u128(u128::from(number))),
        plant_id: PlantId::from(PLANT),
        number: format!("LOT-26-{number:07}"),
        material_code: format!("RM-{}", 1001 + material),
        material: MATERIALS[material].to_owned(),
        supplier: Some("DFE Pharma".to_owned()),
        supplier_lot: None,
        quantity,
        unit: Unit::Kilogram,
        status: LotStatus::Approved,
        manufactured_on: None,
        expires_on: None,
        retest_on: None,
        potency_percent: None,
        created_by: None,
        created_by_name: None,
        created_at: world::time(0),
        revision: 1,
    })
}

pub async fn measure(folder: &Path) -> Result<(), Failure> {
    let own = folder.join("search");
    std::fs::create_dir_all(&own)?;
    let mut store = Store::open(&own, &SecretKey::new([0x42; 32])).await?;
    fill(&mut store).await?;
    let plant = PlantId::from(PLANT);
    let mut times = Vec::new();
    let mut slowest = (Duration::ZERO, String::new());
    for round in 0..5 {
        for words in TYPED {
            for end in words.char_indices().map(|(at, letter)| at + letter.len_utf8()) {
                let typed = &words[..end];
                let begun = Instant::now();
                let hits = store.find(&plant, typed, HITS).await?;
                let time = begun.elapsed();
                let count = hits.batches.len() + hits.lots.len();
                if end > 3 && (count == 0) != words.starts_with("nothing") {
                    return Err(format!("{typed:?} finds {count} rows").into());
                }
                // The first round reads the file into the cache, as the first letters of a day do.
                if round > 0 {
                    times.push(time);
                    slowest = slowest.max((time, typed.to_owned()));
                }
            }
        }
    }
    figure("search_p50", milliseconds(percentile(&mut times, 50)), "ms", None);
    figure("search_p95", milliseconds(percentile(&mut times, 95)), "ms", Some(("<=", 5.0)));
    figure("search_slowest", milliseconds(slowest.0), "ms", None);
    println!("the slowest was {:?}", slowest.1);
    store.close().await;
    std::fs::remove_dir_all(&own)?;
    Ok(())
}

async fn fill(store: &mut Store) -> Result<(), Failure> {
    let cursor = FeedCursor { feed_epoch: Uuid::from_u128(1), feed: PLANT.to_owned(), seq: 1 };
    let server_time = ServerTime { time: world::time(0), token: String::new() };
    let quantity = ExactDecimal::parse("25.0")?;
    let all = BATCHES + LOTS;
    for first in (0..all).step_by(CHUNK as usize) {
        let mut writer = ChunkWriter::default();
        for number in first..first + CHUNK {
            writer.push(&if number < BATCHES { batch(number) } else { lot(number - BATCHES, quantity) })?;
        }
        let next = (first + CHUNK < all).then(|| "more".to_owned());
        let place = ChunkPlace { cursor: cursor.clone(), sent_before: first, expected: all, next };
        store.keep_chunk(&writer.finish(place, server_time.clone())?).await?;
    }
    store.catch_up(&FeedPage { entries: Vec::new(), cursor, head: 1, server_time }).await?;
    Ok(())
}
