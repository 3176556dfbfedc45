use std::collections::BTreeSet;

use uuid::Uuid;
use viruj_api::{
    equipment::EquipmentRow,
    lots::LotRow,
    qualifications::QualificationRow,
    sync::{FeedChange, FeedCursor, FeedEntry, FeedPage, ServerTime},
};
use viruj_domain::{
    decimal::ExactDecimal,
    equipment::{Cleanliness, EquipmentState},
    execution::Wanted,
    ids::{EquipmentId, LotId, PlantId, QualificationId, UserId},
    lot::LotStatus,
    unit::Unit,
};
use viruj_sync::{
    conformance::world::{plant_id, time},
    store::Replica,
};

use super::open;

fn lot(number: u128, status: LotStatus, revision: u32) -> FeedChange {
    FeedChange::Lot(LotRow {
        id: LotId(Uuid::from_u128(number)),
        plant_id: plant_id(),
        number: format!("LOT-{number}"),
        material_code: "RM-1002".into(),
        material: "Povidone K30".into(),
        supplier: None,
        supplier_lot: None,
        quantity: ExactDecimal::parse("1.50").unwrap(),
        unit: Unit::Kilogram,
        status,
        manufactured_on: None,
        expires_on: Some("2027-01-31".parse().unwrap()),
        retest_on: None,
        potency_percent: None,
        created_by: None,
        created_by_name: None,
        created_at: time(0),
        revision,
    })
}

fn dryer() -> FeedChange {
    FeedChange::Equipment(EquipmentRow {
        id: EquipmentId(Uuid::from_u128(7)),
        plant_id: plant_id(),
        code: "FBD-01".into(),
        name: "Dryer".into(),
        kind: "Fluid-bed dryer".into(),
        state: EquipmentState::Idle,
        cleanliness: Cleanliness::Dirty,
        clean_until: None,
        cleaned_by: None,
        cleaned_by_name: None,
        in_use_for: None,
        in_use_for_number: None,
        calibration_due: None,
        revision: 1,
    })
}

fn training(person: &str) -> FeedChange {
    FeedChange::Qualification(QualificationRow {
        id: QualificationId(Uuid::from_u128(person.len() as u128)),
        plant_id: plant_id(),
        person_id: UserId::from(person),
        person_name: person.to_owned(),
        procedure_code: "SOP-1".into(),
        procedure_title: "Weighing".into(),
        valid_until: "2027-01-31".parse().unwrap(),
        granted_by_name: None,
        granted_at: time(0),
        withdrawn_by_name: None,
        withdrawn_at: None,
        revision: 1,
    })
}

fn page(first_seq: u64, changes: Vec<FeedChange>) -> FeedPage {
    let entries: Vec<_> =
        (first_seq..).zip(changes).map(|(seq, change)| FeedEntry { seq, at: time(1), change }).collect();
    let seq = first_seq + entries.len() as u64 - 1;
    FeedPage {
        entries,
        cursor: FeedCursor { feed_epoch: Uuid::from_u128(5), feed: plant_id().0, seq },
        head: seq,
        server_time: ServerTime { time: time(1), token: String::new() },
    }
}

fn wanted() -> Wanted {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>();
    Wanted {
        materials: words(&["RM-1001", "RM-1002"]),
        kinds: words(&["Fluid-bed dryer", "Mill"]),
        procedures: words(&["SOP-1", "SOP-2"]),
        lot: Some("LOT-2".into()),
        equipment: None,
        person: Some(UserId::from("anna")),
    }
}

#[tokio::test]
async fn the_registers_say_what_is_held_of_what_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path()).await;
    let rows = vec![
        lot(1, LotStatus::Approved, 1),
        lot(2, LotStatus::Quarantine, 3),
        lot(3, LotStatus::Rejected, 1),
        dryer(),
        training("anna"),
        training("ben"),
    ];
    store.apply(&page(1, rows)).await.unwrap();
    let found = store.registers(&plant_id(), &wanted()).await.unwrap();
    let mut lots: Vec<_> = found.lots.iter().map(|lot| lot.number.as_str()).collect();
    lots.sort_unstable();
    assert_eq!(lots, ["LOT-1", "LOT-2"], "what may be charged, and the one that was named");
    assert_eq!(found.materials, BTreeSet::from(["RM-1002".to_owned()]));
    assert_eq!(found.kinds, BTreeSet::from(["Fluid-bed dryer".to_owned()]));
    assert_eq!(found.equipment.len(), 1);
    assert_eq!(found.procedures, BTreeSet::from(["SOP-1".to_owned()]));
    assert_eq!(found.qualifications.len(), 1, "the person's own");
    // An older row is no news; another plant's registers are others.
    store.apply(&page(7, vec![lot(2, LotStatus::Approved, 2)])).await.unwrap();
    let found = store.registers(&plant_id(), &wanted()).await.unwrap();
    assert!(found.lots.iter().any(|lot| lot.status == LotStatus::Quarantine));
    let elsewhere = store.registers(&PlantId::from("plant-b"), &wanted()).await.unwrap();
    assert!(elsewhere.lots.is_empty() && elsewhere.materials.is_empty() && elsewhere.equipment.is_empty());
}
