//! What holds once everything has come back.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::VerifyingKey;
use sqlx::{ConnectOptions, PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;
use viruj_api::statement::SignedEnvelope;
use viruj_storage::audit;
use viruj_sync::signing::{NO_PREVIOUS, open, to_base64};

use crate::{STATIONS, processes::Floor, station};

/// Says in a few words how much was looked at.
pub async fn everything_holds(floor: &mut Floor) -> String {
    let url: PgConnectOptions = floor.database_url().parse().unwrap();
    let mut rows = url.connect().await.unwrap();
    let kept = nothing_acknowledged_is_missing(floor, &mut rows).await;
    nothing_takes_effect_twice(&mut rows).await;
    let links = chains_of_stations_are_whole(&mut rows).await;
    let verified = audit::verify(&mut rows).await.unwrap();
    assert!(verified.is_whole(), "{verified:?}");
    format!("{kept} acknowledged entries kept, {links} links of the stations' chains whole")
}

async fn nothing_acknowledged_is_missing(floor: &Floor, rows: &mut PgConnection) -> usize {
    let known: Vec<(Uuid, Option<String>)> =
        sqlx::query_as("SELECT operation_id, verdict FROM operations").fetch_all(&mut *rows).await.unwrap();
    let known: BTreeMap<Uuid, Option<String>> = known.into_iter().collect();
    let mut count = 0;
    for number in 0..STATIONS {
        for operation in station::acknowledged(floor.folder(), number) {
            let verdict = known.get(&operation).unwrap_or_else(|| panic!("station {number} has lost {operation}"));
            assert_eq!(verdict.as_deref(), Some("accepted"), "{operation} of station {number}");
            count += 1;
        }
    }
    count
}

async fn nothing_takes_effect_twice(rows: &mut PgConnection) {
    let doubled: Vec<(Uuid, i64)> = sqlx::query_as(
        "SELECT phase_id, count(*) FROM phase_entries WHERE is_effective GROUP BY phase_id HAVING count(*) > 1",
    )
    .fetch_all(&mut *rows)
    .await
    .unwrap();
    assert_eq!(doubled, [], "phases with two entries that count");
    let deviations: i64 = sqlx::query_scalar("SELECT count(*) FROM deviations").fetch_one(rows).await.unwrap();
    assert_eq!(deviations, 0, "nobody did anything twice or out of order");
}

async fn chains_of_stations_are_whole(rows: &mut PgConnection) -> usize {
    let keys: Vec<(Uuid, Vec<u8>)> =
        sqlx::query_as("SELECT id, public_key FROM stations").fetch_all(&mut *rows).await.unwrap();
    let mut links = 0;
    let mut seen = BTreeSet::new();
    for (station, key) in keys {
        let key = VerifyingKey::from_bytes(&key.try_into().unwrap()).unwrap();
        let chain: Vec<(i64, Vec<u8>, Vec<u8>)> = sqlx::query_as(
            "SELECT station_seq, envelope, signature FROM operations WHERE station_id = $1 ORDER BY station_seq",
        )
        .bind(station)
        .fetch_all(&mut *rows)
        .await
        .unwrap();
        let mut previous = NO_PREVIOUS;
        for (expected, (seq, envelope, signature)) in (1..).zip(chain) {
            assert_eq!(seq, expected, "the chain of {station} has a gap");
            let signed = SignedEnvelope {
                envelope: to_base64(&envelope),
                algorithm: "ed25519".to_owned(),
                signature: to_base64(&signature),
            };
            let opened = open(&signed, &key).unwrap();
            assert_eq!(opened.envelope.prev_hash, hex::encode(previous), "the chain of {station} is broken at {seq}");
            assert!(seen.insert(opened.statement.unwrap().operation_id), "an operation is in the log twice");
            previous = opened.hash;
            links += 1;
        }
    }
    links
}
