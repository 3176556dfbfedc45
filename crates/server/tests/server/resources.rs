//! Lots, equipment and qualifications: who decides about them, and what a batch may lean on.

use chrono::NaiveDate;
use http::Method;
use uuid::Uuid;
use viruj_api::{
    audit::AuditQuery,
    equipment::{ChangeEquipment, CreateEquipment, EquipmentDetails, EquipmentQuery, LogEquipment},
    lists::PageQuery,
    lots::{ChangeLot, CreateLot, DecideLot, LotDetails, LotQuery, LotRow},
    qualifications::{GrantQualification, QualificationQuery, RenewQualification, WithdrawQualification},
    sync::{FeedChange, Verdict},
};
use viruj_client::{Client, ClientError};
use viruj_domain::{
    decimal::ExactDecimal,
    equipment::{Cleanliness, EquipmentAct, EquipmentState},
    ids::{LotId, PlantId, UserId},
    lot::LotStatus,
    phase::PhaseEntry,
    role::{Department, Role},
    signature::SignatureMeaning,
    unit::Unit,
};
use viruj_storage::people::{self, NewPerson};
use viruj_sync::{
    conformance::world::{batch, operator, phase_id, plant_id, statement},
    store::Exchange,
};
use viruj_test_support::{Reach, TestApp, TestStation, over_both_transports, world};

use crate::{raw, sessions::problem};

over_both_transports! {
    sod_a_lot_is_entered_by_the_warehouse_and_decided_about_by_quality_assurance,
    sec_16_registers_of_another_plant_are_not_there,
    sod_equipment_is_cleaned_by_one_person_and_verified_by_another,
    sod_nobody_qualifies_themselves_and_what_is_withdrawn_can_be_renewed,
    what_a_phase_leans_on_is_asked_before_it_is_signed,
    what_was_done_with_something_unfit_is_kept_and_opens_a_deviation,
    equipment_that_a_batch_takes_into_use_tells_it_in_its_log,
    registers_are_read_page_by_page,
}

const WAREHOUSE: &str = "warehouse";
const QA: &str = "qa-manager";
const PRODUCTION: &str = "prod-manager";

async fn token(app: &TestApp, client: &Client, id: &str) -> String {
    app.sign_in(client, &world::email(id)).await.access_token
}

async fn operator_token(app: &TestApp, client: &Client) -> String {
    app.sign_in(client, &operator().email).await.access_token
}

async fn add_person(app: &TestApp, id: &str, role: Role) {
    let hash = viruj_server::passwords::hash_here(world::PASSWORD).unwrap();
    let mut unit = app.application.state().begin_for_system("test", "somebody more").await.unwrap();
    let person = NewPerson {
        id: UserId::from(id),
        name: &format!("Name of {id}"),
        email: &world::email(id),
        password_hash: &hash,
        role,
        department: Department::ALL[0],
        plant_ids: vec![plant_id()],
        must_change_password: false,
        created_at: app.application.state().clock.now(),
    };
    people::create(&mut unit, &person).await.unwrap();
    unit.commit().await.unwrap();
}

/// Changes a row past the interface, as the server itself.
async fn run(app: &TestApp, statement: &'static str, values: &[&str]) {
    let mut unit = app.application.state().begin_for_system("test", "another state of affairs").await.unwrap();
    let mut query = sqlx::query(statement);
    for value in values {
        query = query.bind((*value).to_owned());
    }
    query.execute(unit.connection()).await.unwrap();
    unit.commit().await.unwrap();
}

fn day(text: &str) -> Option<NaiveDate> {
    Some(text.parse().unwrap())
}

fn key() -> String {
    Uuid::now_v7().to_string()
}

fn details() -> LotDetails {
    LotDetails {
        supplier: Some(" Aurora ".into()),
        supplier_lot: None,
        quantity: ExactDecimal::parse("125.50").unwrap(),
        unit: Unit::Kilogram,
        manufactured_on: day("2026-01-10"),
        expires_on: day("2028-01-09"),
        retest_on: None,
        potency_percent: ExactDecimal::parse("99.40").ok(),
    }
}

fn new_lot(number: &str) -> CreateLot {
    CreateLot {
        plant_id: plant_id(),
        number: number.into(),
        material_code: "RM-1002".into(),
        material: "Povidone K30".into(),
        details: details(),
        reason: "delivery of today".into(),
    }
}

fn decision(status: LotStatus) -> DecideLot {
    DecideLot { status, reason: "as the certificate says".into() }
}

fn code<T: std::fmt::Debug>(answer: Result<T, ClientError>) -> String {
    problem(answer).code
}

/// A lot that quality assurance has approved.
async fn approved(app: &TestApp, client: &Client, number: &str) -> LotRow {
    let warehouse = token(app, client, WAREHOUSE).await;
    let lot = client.create_lot(&warehouse, &key(), &new_lot(number)).await.unwrap();
    let qa = token(app, client, QA).await;
    client.decide_lot(&qa, (lot.id, lot.revision), &decision(LotStatus::Approved)).await.unwrap()
}

async fn sod_a_lot_is_entered_by_the_warehouse_and_decided_about_by_quality_assurance(app: TestApp, client: Client) {
    let (warehouse, qa) = (token(&app, &client, WAREHOUSE).await, token(&app, &client, QA).await);
    let once = key();
    let lot = client.create_lot(&warehouse, &once, &new_lot(" LOT-1 ")).await.unwrap();
    assert_eq!((lot.number.as_str(), lot.status, lot.revision), ("LOT-1", LotStatus::Pending, 1));
    assert_eq!((lot.quantity.to_string(), lot.supplier.as_deref()), ("125.50".to_owned(), Some("Aurora")));
    assert_eq!(lot.potency_percent.map(|potency| potency.to_string()).as_deref(), Some("99.40"));
    assert_eq!(client.create_lot(&warehouse, &once, &new_lot(" LOT-1 ")).await.unwrap(), lot, "sent again, it is one");
    assert_eq!(code(client.create_lot(&warehouse, &key(), &new_lot("LOT-1")).await), "number_taken");
    assert_eq!(code(client.create_lot(&qa, &key(), &new_lot("LOT-2")).await), "not_authorised");
    // The warehouse approves nothing and may stop everything.
    let at = (lot.id, 1);
    assert_eq!(code(client.decide_lot(&warehouse, at, &decision(LotStatus::Approved)).await), "not_authorised");
    let stopped = client.decide_lot(&warehouse, at, &decision(LotStatus::Quarantine)).await.unwrap();
    assert_eq!((stopped.status, stopped.revision), (LotStatus::Quarantine, 2));
    // PI041-AT: a change says why and names what it was made from.
    let silent = DecideLot { reason: "  ".into(), ..decision(LotStatus::Approved) };
    assert_eq!(code(client.decide_lot(&qa, (lot.id, 2), &silent).await), "change_reason_required");
    assert_eq!(code(client.decide_lot(&qa, at, &decision(LotStatus::Approved)).await), "changed_meanwhile");
    let path = format!("/api/v1/lots/{}/status", lot.id);
    let body = r#"{"status":"Approved","reason":"good"}"#;
    assert_eq!(raw::send(&app, Method::POST, &path, Some(&qa), body).await.code(), "if_match_required");
    // Corrected by the warehouse, while it waits.
    let change = ChangeLot {
        details: LotDetails { expires_on: day("2026-11-20"), ..details() },
        reason: "the label says so".into(),
    };
    let changed = client.change_lot(&warehouse, (lot.id, 2), &change).await.unwrap();
    assert_eq!(changed.expires_on, day("2026-11-20"));
    let late = client.decide_lot(&qa, (lot.id, 3), &decision(LotStatus::Approved)).await;
    assert_eq!(code(late), "lot_past_its_dates");
    let wrong =
        ChangeLot { details: LotDetails { expires_on: day("2025-01-01"), ..details() }, reason: "typing error".into() };
    assert_eq!(code(client.change_lot(&warehouse, (lot.id, 3), &wrong).await), "dates_contradict");
    // What is rejected stays so, for the interface and for whoever writes the row.
    let rejected = client.decide_lot(&qa, (lot.id, 3), &decision(LotStatus::Rejected)).await.unwrap();
    let back = client.decide_lot(&qa, (lot.id, rejected.revision), &decision(LotStatus::Quarantine)).await;
    assert_eq!(code(back), "lot_status_not_possible");
    let mut unit = app.application.state().begin_for_system("test", "a way around").await.unwrap();
    let around = sqlx::query("UPDATE lots SET status = 'Approved' WHERE number = 'LOT-1'").execute(unit.connection());
    assert!(around.await.is_err(), "the database keeps it as well");
    unit.rollback().await.unwrap();
    let query =
        AuditQuery { entity: Some("lots".into()), entity_id: Some(lot.id.to_string()), ..AuditQuery::default() };
    let trail = client.audit(&qa, &query).await.unwrap().items;
    let reasons: Vec<_> = trail.iter().rev().map(|entry| entry.reason.as_deref().unwrap()).collect();
    let decided = "as the certificate says";
    assert_eq!(reasons, ["delivery of today", decided, "the label says so", decided]);
    assert!(viruj_storage::audit::verify_database(&app.database.url, &[]).await.unwrap().is_whole());
}

async fn sec_16_registers_of_another_plant_are_not_there(app: TestApp, client: Client) {
    let (warehouse, qa) = (token(&app, &client, WAREHOUSE).await, token(&app, &client, QA).await);
    let elsewhere = CreateLot { plant_id: PlantId::from(world::OTHER_PLANT), ..new_lot("LOT-1") };
    assert_eq!(code(client.create_lot(&warehouse, &key(), &elsewhere).await), "plant_unknown");
    let id = LotId(Uuid::now_v7());
    run(
        &app,
        "INSERT INTO lots (id, plant_id, number, material_code, material, quantity, unit, status, created_at)
         VALUES ($1::uuid, $2, 'LOT-B', 'RM-1002', 'Povidone K30', 1.0, 'kg', 'Approved', '2026-11-01T00:00:00Z')",
        &[&id.to_string(), world::OTHER_PLANT],
    )
    .await;
    assert!(client.lots(&qa, &LotQuery::default()).await.unwrap().items.is_empty());
    for other in [id, LotId(Uuid::now_v7())] {
        assert_eq!(code(client.lot(&qa, other).await), "not_found");
        assert_eq!(code(client.decide_lot(&qa, (other, 1), &decision(LotStatus::Rejected)).await), "not_found");
    }
    for path in ["lots/none", "equipment/none", "equipment/none/log", "qualifications/none"] {
        let answer = raw::send(&app, Method::GET, &format!("/api/v1/{path}"), Some(&qa), "").await;
        assert_eq!((answer.status.as_u16(), answer.code()), (404, "not_found"), "{path}");
    }
}

async fn dryer(app: &TestApp, client: &Client) -> EquipmentDetails {
    add_person(app, PRODUCTION, Role::ProductionManager).await;
    let manager = token(app, client, PRODUCTION).await;
    let new = CreateEquipment {
        plant_id: plant_id(),
        code: "FBD-01".into(),
        name: "Fluid-bed dryer 200 kg".into(),
        kind: "Fluid-bed dryer".into(),
        calibration_due: day("2027-03-01"),
        reason: "commissioned".into(),
    };
    let made = client.create_equipment(&manager, &key(), &new).await.unwrap();
    assert_eq!(code(client.create_equipment(&manager, &key(), &new).await), "code_taken");
    let past = CreateEquipment { code: "FBD-02".into(), calibration_due: day("2026-11-24"), ..new };
    assert_eq!(code(client.create_equipment(&manager, &key(), &past).await), "calibration_due_invalid");
    let change =
        ChangeEquipment { name: "Dryer".into(), kind: "Fluid-bed dryer".into(), reason: "a shorter name".into() };
    client.change_equipment(&manager, (made.row.id, made.row.revision), &change).await.unwrap()
}

fn act(act: EquipmentAct) -> LogEquipment {
    LogEquipment { act, batch_id: None, clean_until: None, calibration_due: None, reason: "SOP-CLN-002".into() }
}

/// The dryer, cleaned by the operator and verified by quality assurance.
async fn clean_dryer(app: &TestApp, client: &Client) -> EquipmentDetails {
    let made = dryer(app, client).await;
    let (own, qa) = (operator_token(app, client).await, token(app, client, QA).await);
    let at = |details: &EquipmentDetails| (details.row.id, details.row.revision);
    let begun = client.log_equipment(&own, at(&made), &act(EquipmentAct::CleaningBegun)).await.unwrap();
    let ended = client.log_equipment(&own, at(&begun), &act(EquipmentAct::CleaningEnded)).await.unwrap();
    assert_eq!(ended.row.cleanliness, Cleanliness::PendingVerification);
    let own_check = client.log_equipment(&own, at(&ended), &act(EquipmentAct::CleaningVerified)).await;
    let refused = problem(own_check);
    assert_eq!((refused.code.as_str(), refused.status), ("cleaned_by_same_person", 403));
    client.log_equipment(&qa, at(&ended), &act(EquipmentAct::CleaningVerified)).await.unwrap()
}

async fn sod_equipment_is_cleaned_by_one_person_and_verified_by_another(app: TestApp, client: Client) {
    let clean = clean_dryer(&app, &client).await;
    assert_eq!((clean.row.state, clean.row.cleanliness), (EquipmentState::Idle, Cleanliness::Clean));
    let acts: Vec<_> = clean.log.iter().map(|entry| entry.act).collect();
    assert_eq!(acts, [EquipmentAct::CleaningVerified, EquipmentAct::CleaningEnded, EquipmentAct::CleaningBegun]);
    assert_eq!((clean.log[0].person_name.as_str(), clean.log[0].note.as_deref()), ("Quinn Ashe", Some("SOP-CLN-002")));
    let (own, qa) = (operator_token(&app, &client).await, token(&app, &client, QA).await);
    let at = (clean.row.id, clean.row.revision);
    // Holding, releasing and calibrating are quality assurance's.
    assert_eq!(code(client.log_equipment(&own, at, &act(EquipmentAct::PutOnHold)).await), "not_authorised");
    let held = client.log_equipment(&qa, at, &act(EquipmentAct::PutOnHold)).await.unwrap();
    let use_it = LogEquipment { batch_id: Some(batch().id), ..act(EquipmentAct::UseBegun) };
    let at = (held.row.id, held.row.revision);
    assert_eq!(code(client.log_equipment(&own, at, &use_it).await), "equipment_state_differs");
    let undated = client.log_equipment(&qa, at, &act(EquipmentAct::Calibrated)).await;
    assert_eq!(code(undated), "calibration_due_invalid");
    let calibration = LogEquipment { calibration_due: day("2027-11-20"), ..act(EquipmentAct::Calibrated) };
    let calibrated = client.log_equipment(&qa, at, &calibration).await.unwrap();
    assert_eq!(calibrated.row.calibration_due, day("2027-11-20"));
    assert_eq!(code(client.log_equipment(&qa, at, &calibration).await), "changed_meanwhile");
    let nowhere = LogEquipment { batch_id: Some("nobodys".into()), ..act(EquipmentAct::UseBegun) };
    let freed = client
        .log_equipment(&qa, (calibrated.row.id, calibrated.row.revision), &act(EquipmentAct::ReleasedFromHold))
        .await
        .unwrap();
    assert_eq!(freed.row.cleanliness, Cleanliness::Dirty, "what was held is cleaned anew");
    let at = (freed.row.id, freed.row.revision);
    assert_eq!(code(client.log_equipment(&own, at, &nowhere).await), "equipment_not_clean");
    // The log is written once.
    let mut unit = app.application.state().begin_for_system("test", "a way around").await.unwrap();
    let around = sqlx::query("UPDATE equipment_log SET note = 'nothing happened'").execute(unit.connection());
    assert!(around.await.is_err());
    unit.rollback().await.unwrap();
    assert!(viruj_storage::audit::verify_database(&app.database.url, &[]).await.unwrap().is_whole());
}

async fn sod_nobody_qualifies_themselves_and_what_is_withdrawn_can_be_renewed(app: TestApp, client: Client) {
    let qa = token(&app, &client, QA).await;
    let grant = |person: &str| GrantQualification {
        plant_id: plant_id(),
        person_id: UserId::from(person),
        procedure_code: " SOP-1 ".into(),
        procedure_title: "Weighing".into(),
        valid_until: "2027-11-24".parse().unwrap(),
        reason: "assessed".into(),
    };
    let own = problem(client.grant_qualification(&qa, &key(), &grant(QA)).await);
    assert_eq!((own.code.as_str(), own.status), ("own_qualification", 403));
    for nobody in ["gone", "operator-b", "no\0body"] {
        assert_eq!(code(client.grant_qualification(&qa, &key(), &grant(nobody)).await), "person_unknown", "{nobody:?}");
    }
    let person = operator().id;
    let past = GrantQualification { valid_until: "2026-11-23".parse().unwrap(), ..grant(person.as_str()) };
    assert_eq!(code(client.grant_qualification(&qa, &key(), &past).await), "valid_until_invalid");
    let row = client.grant_qualification(&qa, &key(), &grant(person.as_str())).await.unwrap();
    assert_eq!((row.procedure_code.as_str(), row.revision), ("SOP-1", 1));
    assert_eq!(row.granted_by_name.as_deref(), Some("Quinn Ashe"));
    let again = client.grant_qualification(&qa, &key(), &grant(person.as_str())).await;
    assert_eq!(code(again), "already_qualified");
    let why = WithdrawQualification { reason: "changed departments".into() };
    let warehouse = token(&app, &client, WAREHOUSE).await;
    assert_eq!(code(client.withdraw_qualification(&warehouse, (row.id, 1), &why).await), "not_authorised");
    let withdrawn = client.withdraw_qualification(&qa, (row.id, 1), &why).await.unwrap();
    assert!(withdrawn.withdrawn_at.is_some());
    assert_eq!(code(client.withdraw_qualification(&qa, (row.id, 2), &why).await), "already_withdrawn");
    let renewal = RenewQualification { valid_until: "2028-01-31".parse().unwrap(), reason: "assessed again".into() };
    assert_eq!(code(client.renew_qualification(&qa, (row.id, 1), &renewal).await), "changed_meanwhile");
    let renewed = client.renew_qualification(&qa, (row.id, 2), &renewal).await.unwrap();
    assert_eq!((renewed.withdrawn_at, renewed.valid_until), (None, renewal.valid_until));
    let query = QualificationQuery { ends_by: day("2028-01-31"), ..QualificationQuery::default() };
    assert_eq!(client.qualifications(&qa, &query).await.unwrap().items, [renewed]);
}

const CHARGE: &str = r#"{"key":"p1","title":"Charge povidone","instruction":"Charge.","kind":{"type":"material_charge",
    "material":"Povidone K30","material_code":"RM-1002","quantity":{"unit":"kg","places":2,"low":"9.90","high":"10.10"}}"#;

fn charged(lot: &str) -> PhaseEntry {
    PhaseEntry::Number {
        value: ExactDecimal::parse("10.00").unwrap(),
        unit: Unit::Kilogram,
        lot: Some(lot.to_owned()),
        reading: None,
    }
}

async fn define_first_phase(app: &TestApp, definition: &str) {
    world::redefine_phase(&app.database, phase_id(1), definition).await;
}

async fn what_a_phase_leans_on_is_asked_before_it_is_signed(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    define_first_phase(&app, &format!("{CHARGE},\"signature\":\"performed\",\"qualification\":\"SOP-1\"}}")).await;
    let session = app.sign_in(&client, &operator().email).await;
    let attest = async |operation: u64, lot: &str| {
        let mut said = statement(operation, 1, charged(lot));
        said.meaning = Some(SignatureMeaning::Performed);
        station.attest(&client, &session, &said, Some(&operator().email)).await
    };
    // Before the plant has entered anything, nothing is asked.
    attest(1, "ANY").await.unwrap();
    let lot = approved(&app, &client, "GOOD").await;
    assert_eq!(code(attest(2, "ANY").await), "lot_unknown");
    attest(3, " GOOD ").await.unwrap();
    let qa = token(&app, &client, QA).await;
    let held = client.decide_lot(&qa, (lot.id, lot.revision), &decision(LotStatus::Quarantine)).await.unwrap();
    let refused = problem(attest(4, "GOOD").await);
    assert_eq!((refused.code.as_str(), refused.status), ("lot_not_approved", 409));
    assert_eq!(refused.detail.as_deref(), Some("lot GOOD is Quarantine"));
    client.decide_lot(&qa, (held.id, held.revision), &decision(LotStatus::Approved)).await.unwrap();
    // Somebody else's qualification is enough to ask for one's own.
    let grant = |person: &str| GrantQualification {
        plant_id: plant_id(),
        person_id: UserId::from(person),
        procedure_code: "SOP-1".into(),
        procedure_title: "Weighing".into(),
        valid_until: "2026-11-24".parse().unwrap(),
        reason: "assessed".into(),
    };
    client.grant_qualification(&qa, &key(), &grant(WAREHOUSE)).await.unwrap();
    assert_eq!(code(attest(5, "GOOD").await), "qualification_missing");
    client.grant_qualification(&qa, &key(), &grant(operator().id.as_str())).await.unwrap();
    attest(6, "GOOD").await.unwrap();
    app.clock.advance_seconds(24 * 3600);
    let session = app.sign_in(&client, &operator().email).await;
    let mut said = statement(7, 1, charged("GOOD"));
    said.meaning = Some(SignatureMeaning::Performed);
    let late = station.attest(&client, &session, &said, Some(&operator().email)).await;
    assert_eq!(code(late), "qualification_expired");
}

async fn what_was_done_with_something_unfit_is_kept_and_opens_a_deviation(app: TestApp, client: Client) {
    let mut station = TestStation::register(&app, &client).await;
    define_first_phase(&app, &format!("{CHARGE}}}")).await;
    let lot = approved(&app, &client, "OLD").await;
    let warehouse = token(&app, &client, WAREHOUSE).await;
    // The station has recorded on 2 August what had expired the day before.
    let change = ChangeLot {
        details: LotDetails { expires_on: day("2026-08-01"), ..details() },
        reason: "the label says so".into(),
    };
    client.change_lot(&warehouse, (lot.id, lot.revision), &change).await.unwrap();
    let recorded = station.writer.unsigned(&statement(1, 1, charged("OLD")));
    let answer = station.push(&[recorded]).await.unwrap();
    let Verdict::AcceptedWithDeviation { code, .. } = &answer.verdicts[0].verdict else { panic!("{answer:?}") };
    assert_eq!(code, "lot_unfit");
    let mut rows = app.database.superuser().await;
    let kept: (String, bool, String) = sqlx::query_as(
        "SELECT e.deviation, e.is_effective, p.status FROM phase_entries AS e JOIN batch_phases AS p ON p.id = e.phase_id",
    )
    .fetch_one(&mut rows)
    .await
    .unwrap();
    assert_eq!(kept, ("lot_unfit".into(), true, "Completed".into()), "what was charged is charged");
    let opened: (String, String, String) =
        sqlx::query_as("SELECT cause, severity, description FROM deviations").fetch_one(&mut rows).await.unwrap();
    assert_eq!((opened.0.as_str(), opened.1.as_str()), ("lot_unfit", "High"));
    assert!(
        opened.2.contains("10.00 kg of lot OLD") && opened.2.contains("lot OLD expired on 2026-08-01"),
        "{opened:?}"
    );
    assert!(viruj_storage::audit::verify(&mut rows).await.unwrap().is_whole());
}

async fn equipment_that_a_batch_takes_into_use_tells_it_in_its_log(app: TestApp, client: Client) {
    let mut station = TestStation::register(&app, &client).await;
    define_first_phase(
        &app,
        r#"{"key":"p1","title":"Take the dryer","instruction":"Take it.","kind":{"type":"equipment_use",
            "equipment_class":"Fluid-bed dryer","must_be_clean":true}}"#,
    )
    .await;
    let clean = clean_dryer(&app, &client).await;
    let used = PhaseEntry::EquipmentUsed { equipment: "FBD-01".into() };
    let recorded = station.writer.unsigned(&statement(1, 1, used));
    let answer = station.push(&[recorded]).await.unwrap();
    assert_eq!(answer.verdicts[0].verdict, Verdict::Accepted, "{answer:?}");
    let qa = token(&app, &client, QA).await;
    let now = client.equipment_details(&qa, clean.row.id).await.unwrap();
    assert_eq!((now.row.state, now.row.cleanliness), (EquipmentState::Running, Cleanliness::Dirty));
    assert_eq!(now.row.in_use_for_number, Some(batch().number));
    let log = client.equipment_log(&qa, clean.row.id, &PageQuery::default()).await.unwrap().items;
    let used_entry = log.iter().find(|entry| entry.act == EquipmentAct::UseBegun).unwrap();
    assert_eq!(used_entry.batch_number, Some(batch().number));
    assert_eq!((used_entry.person_name.clone(), used_entry.product.clone()), (operator().name, Some(batch().product)));
    assert!(used_entry.operation_id.is_some());
    // The stations hear of it.
    let mut cursor = None;
    let mut heard = Vec::new();
    loop {
        let page = station.exchange.pull(plant_id().as_str(), cursor.as_ref()).await.unwrap();
        heard.extend(page.entries.into_iter().filter_map(|entry| match entry.change {
            FeedChange::Equipment(row) => Some(row),
            _ => None,
        }));
        if page.cursor.seq == page.head {
            break;
        }
        cursor = Some(page.cursor);
    }
    assert_eq!(heard.last(), Some(&now.row));
}

async fn registers_are_read_page_by_page(app: TestApp, client: Client) {
    let warehouse = token(&app, &client, WAREHOUSE).await;
    for number in ["L-3", "L-1", "L-2"] {
        client.create_lot(&warehouse, &key(), &new_lot(number)).await.unwrap();
    }
    let mut query = LotQuery { limit: Some(2), ..LotQuery::default() };
    let first = client.lots(&warehouse, &query).await.unwrap();
    query.cursor.clone_from(&first.next_cursor);
    let second = client.lots(&warehouse, &query).await.unwrap();
    let read: Vec<_> = first.items.iter().chain(&second.items).map(|lot| lot.number.as_str()).collect();
    assert_eq!((read, second.next_cursor), (vec!["L-1", "L-2", "L-3"], None));
    let count = async |query: LotQuery| client.lots(&warehouse, &query).await.unwrap().items.len();
    assert_eq!(count(LotQuery { search: Some("povidone".into()), ..LotQuery::default() }).await, 3);
    assert_eq!(count(LotQuery { status: Some(LotStatus::Approved), ..LotQuery::default() }).await, 0);
    assert_eq!(count(LotQuery { ends_by: day("2028-01-08"), ..LotQuery::default() }).await, 0);
    assert_eq!(count(LotQuery { ends_by: day("2028-01-09"), ..LotQuery::default() }).await, 3);
    assert_eq!(count(LotQuery { material_code: Some("RM\0".into()), ..LotQuery::default() }).await, 0);
    let qa = token(&app, &client, QA).await;
    let none = client.equipment(&qa, &EquipmentQuery { search: first.next_cursor, ..EquipmentQuery::default() }).await;
    assert!(none.unwrap().items.is_empty());
    for refused in ["lots?sort=number", "lots?status=Lost", "equipment?state=Lost", "qualifications?cursor=x"] {
        let answer = raw::send(&app, Method::GET, &format!("/api/v1/{refused}"), Some(&qa), "").await;
        assert_eq!(answer.status.as_u16(), 422, "{refused}");
    }
}

/// Of many decisions that were made from the same lot, one is made and the others are told so.
#[tokio::test]
async fn of_racing_decisions_about_a_lot_one_wins() {
    let app = TestApp::start().await;
    let client = app.client(Reach::Http);
    let warehouse = token(&app, &client, WAREHOUSE).await;
    let lot = client.create_lot(&warehouse, &key(), &new_lot("RACE")).await.unwrap();
    let qa = token(&app, &client, QA).await;
    let attempts = (0..40).map(|number| {
        let (client, qa, id) = (client.clone(), qa.clone(), lot.id);
        let status = if number % 2 == 0 { LotStatus::Approved } else { LotStatus::Rejected };
        tokio::spawn(async move { client.decide_lot(&qa, (id, 1), &decision(status)).await })
    });
    let mut won = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        match attempt.await.unwrap() {
            Ok(_) => won += 1,
            refused => assert_eq!(code(refused), "changed_meanwhile"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(client.lot(&qa, lot.id).await.unwrap().revision, 2);
}
