//! Batches made from a master batch record, put on hold, taken off it, and what is told of them.

use chrono::{DateTime, TimeDelta, Utc};
use http::Method;
use serde_json::json;
use uuid::Uuid;
use viruj_api::{
    batches::{BatchQuery, BatchReason, BatchRow, CreateBatch},
    lists::PageQuery,
    master_records::MasterRecord,
    statement::Statement,
    sync::Verdict,
};
use viruj_client::{BatchChange, Client, ClientError, SignedStep};
use viruj_domain::{
    batch::{BatchStatus, RecordStatus, ReleaseStatus},
    ids::{BatchId, PhaseId},
    master::Procedure,
    phase::PhaseEntry,
    signature::SignatureMeaning,
};
use viruj_sync::conformance::world::{operator, statement};
use viruj_test_support::{TestApp, over_both_transports, world};

use crate::{
    master_records::{APPROVER, AUTHOR, Plant},
    raw,
    sessions::problem,
};

over_both_transports! {
    s88_1_a_batch_is_a_frozen_copy_of_the_effective_version,
    s88_2_draft_approved_and_withdrawn_versions_make_no_batch,
    a_batch_is_made_once_and_of_what_fits,
    p11_10f_on_hold_nothing_is_recorded_and_afterwards_it_goes_on,
    sod_a_hold_has_a_reason_and_is_taken_off_by_quality_assurance,
    sec_16_batches_of_other_plants_are_not_held_and_have_no_history,
    a_batch_is_delayed_after_its_planned_end_and_nobody_writes_that,
    p11_10f_the_database_refuses_what_the_rules_refuse,
}

/// Two branches, a sum of both, a phase on a condition, and a signed end.
pub fn procedure(code: &str, mixing: &str) -> Procedure {
    let kilograms = json!({ "type": "value", "unit": "kg", "places": 2, "low": "1.00", "high": "90.00" });
    let phase = |key: &str, title: &str, kind: serde_json::Value| json!({ "key": key, "title": title, "instruction": format!("{title}."), "kind": kind });
    let mut end = phase("MIX-030", "Close the blender", json!({ "type": "confirmation" }));
    end["signature"] = json!("performed");
    let mut again = phase("MIX-020", "Sieve again", json!({ "type": "confirmation" }));
    again["only_if"] = json!("{MIX-010} > 50.00[kg]");
    let sum = json!({ "type": "calculation", "expression": "{WGH-010} + {WGH-020}", "rounding": "half_up",
        "result": { "unit": "kg", "places": 2 } });
    serde_json::from_value(json!({
        "product": "Metformin Tablets", "product_code": code, "batch_size": "120.500", "batch_unit": "kg",
        "unit_procedures": [
            { "name": "Weighing", "arrangement": "parallel", "operations": [
                { "name": "First booth", "phases": [phase("WGH-010", "Weigh the first part", kilograms.clone())] },
                { "name": "Second booth", "phases": [phase("WGH-020", "Weigh the second part", kilograms)] }] },
            { "name": "Mixing", "operations": [
                { "name": mixing, "phases": [phase("MIX-010", "Add both", sum), again, end] }] }],
    }))
    .unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn wanted(master: &MasterRecord) -> CreateBatch {
    CreateBatch {
        plant_id: master.row.plant_id.clone(),
        product_code: master.row.product_code.clone(),
        master_record_id: master.row.id,
        planned_start: at("2026-11-24T18:30:00Z"),
        planned_end: at("2026-11-26T18:30:00Z"),
        assigned_to: None,
    }
}

async fn make(plant: &Plant<'_>, new: &CreateBatch) -> Result<BatchRow, ClientError> {
    plant.client.create_batch(&plant.author, &Uuid::now_v7().to_string(), new).await
}

async fn change(
    client: &Client,
    token: &str,
    batch: &BatchRow,
    (step, reason): (BatchChange, &str),
) -> Result<BatchRow, ClientError> {
    client.change_batch(token, &batch.id, batch.version, (step, &BatchReason { reason: reason.into() })).await
}

/// The phases of a batch as they are kept: id, number, what they wait for, on which conditions.
async fn phases(app: &TestApp, batch: &BatchId) -> Vec<(Uuid, i32, Vec<i32>, Vec<String>, String)> {
    let mut rows = app.database.superuser().await;
    sqlx::query_as(
        "SELECT id, number, after_phases, conditions, definition FROM batch_phases WHERE batch_id = $1 ORDER BY number",
    )
    .bind(batch.as_str())
    .fetch_all(&mut rows)
    .await
    .unwrap()
}

async fn s88_1_a_batch_is_a_frozen_copy_of_the_effective_version(app: TestApp, client: Client) {
    let plant = Plant::of(&app, &client).await;
    let first = plant.made_effective(&procedure("FRZ10", "Blender")).await;
    let batch = make(&plant, &CreateBatch { assigned_to: Some(operator().id), ..wanted(&first) }).await.unwrap();
    assert_eq!((batch.number.as_str(), batch.product.as_str()), ("FRZ-26-001", "Metformin Tablets"));
    assert_eq!((batch.quantity.to_string().as_str(), batch.unit.as_str()), ("120.500", "kg"), "with all its places");
    assert_eq!(batch.status, BatchStatus::Planned);
    assert_eq!((batch.release_status, batch.record_status), (ReleaseStatus::Pending, RecordStatus::Incomplete));
    assert_eq!(batch.assigned_to, Some(operator().id));
    assert_eq!(batch.started_at, wanted(&first).planned_start, "the legacy column holds the plan until it begins");
    assert_eq!((batch.planned_start, batch.planned_end), (Some(batch.started_at), Some(wanted(&first).planned_end)));
    assert_eq!(batch.master_record.as_ref().map(|master| (master.id, master.version)), Some((first.row.id, 1)));
    let frozen = client.batch_master_record(&plant.approver, &batch.id).await.unwrap();
    assert_eq!((&frozen.procedure, &frozen.content_hash), (&first.procedure, &first.content_hash));
    assert!(frozen.is_as_frozen);
    assert_eq!(frozen.frozen_by_name.as_deref(), Some("Name of prod-head"));
    let before = phases(&app, &batch.id).await;
    let waits: Vec<_> = before.iter().map(|(_, number, after, ..)| (*number, after.clone())).collect();
    assert_eq!(waits, [(1, vec![]), (2, vec![]), (3, vec![1, 2]), (4, vec![3]), (5, vec![4])]);
    assert_eq!(before[3].3, ["{MIX-010} > 50.00[kg]"]);
    // The next version changes the master and nothing of the batch.
    let second = plant.made_effective(&procedure("FRZ10", "Larger blender")).await;
    assert_eq!(client.batch_master_record(&plant.approver, &batch.id).await.unwrap(), frozen);
    assert_eq!(phases(&app, &batch.id).await, before);
    let stale = problem(make(&plant, &wanted(&first)).await);
    assert_eq!((stale.code.as_str(), stale.status), ("master_not_effective", 409));
    let next = make(&plant, &wanted(&second)).await.unwrap();
    assert_eq!(
        (next.number.as_str(), next.master_record.as_ref().map(|master| master.version)),
        ("FRZ-26-002", Some(2))
    );
    // The world's own batch stems from before frozen copies were kept.
    let legacy = client.batch_master_record(&plant.approver, &viruj_sync::conformance::world::batch_id()).await;
    assert_eq!(problem(legacy).code, "not_found");
    assert!(viruj_storage::audit::verify_database(&app.database.url, &[]).await.unwrap().is_whole());
}

async fn s88_2_draft_approved_and_withdrawn_versions_make_no_batch(app: TestApp, client: Client) {
    let plant = Plant::of(&app, &client).await;
    let draft = plant.draft_of(&procedure("DRA", "Blender")).await;
    let refused = problem(make(&plant, &wanted(&draft)).await);
    assert_eq!((refused.code.as_str(), refused.status), ("no_effective_master", 409));
    let approved = plant.approved_of(&procedure("APP", "Blender")).await;
    assert_eq!(problem(make(&plant, &wanted(&approved)).await).code, "no_effective_master");
    let effective = plant.made_effective(&procedure("WIT", "Blender")).await;
    make(&plant, &wanted(&effective)).await.unwrap();
    let gone = plant.sign(&effective, SignedStep::Withdraw, (APPROVER, &plant.approver)).await.unwrap();
    assert_eq!(problem(make(&plant, &wanted(&gone)).await).code, "no_effective_master");
    for code in ["NEVER", "", "a\0b"] {
        let unknown = CreateBatch { product_code: code.into(), ..wanted(&effective) };
        assert_eq!(problem(make(&plant, &unknown).await).code, "no_effective_master", "{code:?}");
    }
}

async fn a_batch_is_made_once_and_of_what_fits(app: TestApp, client: Client) {
    let plant = Plant::of(&app, &client).await;
    let master = plant.made_effective(&procedure("ONE", "Blender")).await;
    let new = wanted(&master);
    let made = client.create_batch(&plant.author, "one-batch", &new).await.unwrap();
    let again = client.create_batch(&plant.author, "one-batch", &new).await.unwrap();
    assert_eq!(made, again);
    let other = CreateBatch { planned_end: new.planned_end + TimeDelta::days(1), ..new.clone() };
    assert_eq!(problem(client.create_batch(&plant.author, "one-batch", &other).await).code, "idempotency_key_reused");
    for end in [new.planned_start, new.planned_start - TimeDelta::hours(1), at("9999-01-01T00:00:00Z")] {
        let backwards = CreateBatch { planned_end: end, ..new.clone() };
        assert_eq!(problem(make(&plant, &backwards).await).code, "plan_invalid", "{end}");
    }
    for nobody in ["nobody", APPROVER, "prod-head-b", "a\0b"] {
        let unfit = CreateBatch { assigned_to: Some(nobody.into()), ..new.clone() };
        assert_eq!(problem(make(&plant, &unfit).await).code, "assignee_unfit", "{nobody}");
    }
    for elsewhere in [world::OTHER_PLANT, "plant-z"] {
        let unseen = CreateBatch { plant_id: elsewhere.into(), ..new.clone() };
        assert_eq!(problem(make(&plant, &unseen).await).code, "plant_unknown", "{elsewhere}");
    }
    let refused = client.create_batch(&plant.approver, "two-batches", &new).await;
    assert_eq!(problem(refused).code, "not_authorised");
    // What was refused has used no number.
    assert_eq!(make(&plant, &new).await.unwrap().number, "ONE-26-002");
    let found = BatchQuery { search: Some("ONE-26".into()), ..BatchQuery::default() };
    assert_eq!(client.batches(&plant.author, &found).await.unwrap().items.len(), 2);
}

fn said(batch: &BatchRow, (operation, phase): (u64, Uuid), entry: PhaseEntry) -> Statement {
    let mut said = statement(operation, 1, entry.clone());
    said.batch_id = Some(batch.id.clone());
    said.master_record = batch.master_record.clone();
    said.action = viruj_api::statement::Action::PhaseEntry { phase_id: PhaseId(phase), base_version: 1, entry };
    said
}

fn kilograms(text: &str) -> PhaseEntry {
    serde_json::from_value(json!({ "type": "number", "value": text, "unit": "kg" })).unwrap()
}

async fn p11_10f_on_hold_nothing_is_recorded_and_afterwards_it_goes_on(app: TestApp, client: Client) {
    let mut plant = Plant::of(&app, &client).await;
    let master = plant.made_effective(&procedure("HLD", "Blender")).await;
    let batch = make(&plant, &wanted(&master)).await.unwrap();
    let ids: Vec<Uuid> = phases(&app, &batch.id).await.into_iter().map(|(id, ..)| id).collect();
    // Both branches are open from the beginning; what joins them is not.
    let second_branch = plant.station.writer.unsigned(&said(&batch, (1, ids[1]), kilograms("30.25")));
    let too_early = plant.station.writer.unsigned(&said(&batch, (2, ids[2]), kilograms("30.25")));
    let answer = plant.station.push(&[second_branch, too_early]).await.unwrap();
    assert_eq!(answer.verdicts[0].verdict, Verdict::Accepted);
    assert_eq!(answer.verdicts[1].verdict.code(), Some("earlier_phase_open"));
    let begun = client.batch(&plant.author, &batch.id).await.unwrap();
    assert_eq!(begun.status, BatchStatus::InProgress);
    assert_ne!(Some(begun.started_at), begun.planned_start, "it has begun now");
    let stale = change(&client, &plant.author, &batch, (BatchChange::Hold, "too warm")).await;
    assert_eq!(problem(stale).code, "changed_meanwhile");
    let held = change(&client, &plant.author, &begun, (BatchChange::Hold, " The room is too warm. ")).await.unwrap();
    assert_eq!((held.status, held.release_status), (BatchStatus::OnHold, ReleaseStatus::Hold));
    assert_eq!(
        (held.hold_reason.as_deref(), held.held_from),
        (Some("The room is too warm."), Some(BatchStatus::InProgress))
    );
    // What was recorded meanwhile is kept beside the record with a deviation; a signature is refused at once.
    let meanwhile = plant.station.writer.unsigned(&said(&batch, (3, ids[0]), kilograms("30.50")));
    let answer = plant.station.push(&[meanwhile]).await.unwrap();
    assert_eq!(answer.verdicts[0].verdict.code(), Some("after_hold"));
    let session = app.sign_in(&client, &operator().email).await;
    let mut signed = said(&batch, (4, ids[4]), PhaseEntry::Confirmed);
    signed.meaning = Some(SignatureMeaning::Performed);
    let refused = plant.station.attest(&client, &session, &signed, Some(&operator().email)).await;
    assert_eq!(problem(refused).code, "batch_not_executable");
    let resumed =
        change(&client, &plant.approver, &held, (BatchChange::Resume, "The room is cool again.")).await.unwrap();
    assert_eq!((resumed.status, resumed.release_status), (BatchStatus::InProgress, ReleaseStatus::Pending));
    assert_eq!((resumed.hold_reason, resumed.held_from), (None, None));
    // It goes on where it was: the first branch, the sum, the condition that holds, the signed end.
    let mut writer = plant.station.writer.clone();
    let steps = [(5, ids[0], kilograms("30.50")), (6, ids[2], kilograms("60.75")), (7, ids[3], PhaseEntry::Confirmed)];
    let operations: Vec<_> =
        steps.into_iter().map(|(number, id, entry)| writer.unsigned(&said(&batch, (number, id), entry))).collect();
    let answer = plant.station.push(&operations).await.unwrap();
    assert!(answer.verdicts.iter().all(|given| given.verdict == Verdict::Accepted), "{answer:?}");
    let mut end = said(&batch, (8, ids[4]), PhaseEntry::Confirmed);
    (end.meaning, end.session_id) = (Some(SignatureMeaning::Performed), Some(session.session_id));
    let slot = plant.station.attest(&client, &session, &end, Some(&operator().email)).await.unwrap();
    let answer = plant.station.push(&[writer.write(&end, slot)]).await.unwrap();
    assert_eq!(answer.verdicts[0].verdict, Verdict::Accepted);
    let finished = client.batch(&plant.author, &batch.id).await.unwrap();
    assert_eq!((finished.status, finished.record_status), (BatchStatus::QcReview, RecordStatus::Complete));
    assert!(finished.ended_at.is_some());
    is_told(&client, &plant.approver, &batch.id).await;
    assert!(viruj_storage::audit::verify_database(&app.database.url, &[]).await.unwrap().is_whole());
}

/// PI041-AT: the history says what, who, when and why, of each change one entry, the newest first.
async fn is_told(client: &Client, token: &str, batch: &BatchId) {
    let mut told = Vec::new();
    let mut query = PageQuery { limit: Some(4), cursor: None };
    loop {
        let page = client.batch_history(token, batch, &query).await.unwrap();
        told.extend(page.items);
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            break;
        }
    }
    assert!(told.is_sorted_by(|newer, older| newer.at >= older.at));
    told.reverse();
    let of_batch: Vec<_> = told.iter().filter(|entry| entry.entity == "production_batches").collect();
    let statuses: Vec<_> = of_batch
        .iter()
        .map(|entry| entry.changes.iter().find(|change| change.field == "status").unwrap().new.as_deref().unwrap())
        .collect();
    assert_eq!(statuses, ["Planned", "In Progress", "On Hold", "In Progress", "QC Review"]);
    assert_eq!((of_batch[0].actor.as_str(), of_batch[0].action.as_str()), (AUTHOR, "created"));
    let (held, resumed) = (of_batch[2], of_batch[3]);
    assert_eq!(
        (held.actor_name.as_deref(), held.reason.as_deref()),
        (Some("Name of prod-head"), Some("The room is too warm."))
    );
    assert_eq!((resumed.actor.as_str(), resumed.reason.as_deref()), (APPROVER, Some("The room is cool again.")));
    let count = |entity: &str| told.iter().filter(|entry| entry.entity == entity).count();
    // The entry that came before its turn and the one that came after the hold have a deviation each.
    assert_eq!((count("phase_entries"), count("deviations")), (7, 2));
    assert!(told.iter().all(|entry| (entry.entity.as_str(), entry.action.as_str()) != ("batch_phases", "created")));
    let recorded = told.iter().find(|entry| entry.entity == "phase_entries").unwrap();
    assert!(recorded.device_at.is_some() && recorded.station_name.is_some(), "both times of an entry");
}

async fn sod_a_hold_has_a_reason_and_is_taken_off_by_quality_assurance(app: TestApp, client: Client) {
    let plant = Plant::of(&app, &client).await;
    let master = plant.made_effective(&procedure("SOD", "Blender")).await;
    let batch = make(&plant, &wanted(&master)).await.unwrap();
    for silent in ["", " \n ", &"r".repeat(501)] {
        let refused = change(&client, &plant.author, &batch, (BatchChange::Hold, silent)).await;
        assert_eq!(problem(refused).code, "change_reason_required");
    }
    let unnamed = raw::send(
        &app,
        Method::POST,
        &format!("/api/v1/batches/{}/hold", batch.id),
        Some(&plant.author),
        r#"{"reason": "dust"}"#,
    )
    .await;
    assert_eq!((unnamed.status.as_u16(), unnamed.code()), (428, "if_match_required"));
    let not_held = change(&client, &plant.approver, &batch, (BatchChange::Resume, "no hold")).await;
    assert_eq!(problem(not_held).code, "step_not_allowed");
    let worker = app.sign_in(&client, &operator().email).await.access_token;
    let refused = change(&client, &worker, &batch, (BatchChange::Hold, "dust")).await;
    assert_eq!(problem(refused).code, "not_authorised");
    let held = change(&client, &plant.author, &batch, (BatchChange::Hold, "dust")).await.unwrap();
    assert_eq!(held.held_from, Some(BatchStatus::Planned));
    let own = change(&client, &plant.author, &held, (BatchChange::Resume, "swept")).await;
    assert_eq!(problem(own).code, "not_authorised");
    let twice = change(&client, &plant.approver, &held, (BatchChange::Hold, "more dust")).await;
    assert_eq!(problem(twice).code, "step_not_allowed");
    let resumed = change(&client, &plant.approver, &held, (BatchChange::Resume, "swept")).await.unwrap();
    assert_eq!(resumed.status, BatchStatus::Planned);
    assert_eq!(resumed, client.batch(&plant.author, &batch.id).await.unwrap());
}

async fn sec_16_batches_of_other_plants_are_not_held_and_have_no_history(app: TestApp, client: Client) {
    let plant = Plant::of(&app, &client).await;
    let master = plant.made_effective(&procedure("OWN", "Blender")).await;
    let batch = make(&plant, &wanted(&master)).await.unwrap();
    let elsewhere = app.sign_in(&client, &world::email("prod-head-b")).await.access_token;
    let unknown = BatchRow { id: "nobodys".into(), ..batch.clone() };
    for one in [&batch, &unknown, &BatchRow { id: "a\0b".into(), ..batch.clone() }] {
        let refused = change(&client, &elsewhere, one, (BatchChange::Hold, "not mine")).await;
        assert_eq!(problem(refused).code, "not_found");
        let history = client.batch_history(&elsewhere, &one.id, &PageQuery::default()).await;
        assert_eq!(problem(history).code, "not_found");
        assert_eq!(problem(client.batch_master_record(&elsewhere, &one.id).await).code, "not_found");
    }
    assert_eq!(client.batch(&plant.author, &batch.id).await.unwrap(), batch);
}

async fn a_batch_is_delayed_after_its_planned_end_and_nobody_writes_that(app: TestApp, client: Client) {
    let plant = Plant::of(&app, &client).await;
    let master = plant.made_effective(&procedure("LAT", "Blender")).await;
    let soon = CreateBatch {
        planned_start: at("2026-11-24T08:00:00Z"),
        planned_end: at("2026-11-24T08:10:00Z"),
        ..wanted(&master)
    };
    let batch = make(&plant, &soon).await.unwrap();
    assert_eq!(batch.status, BatchStatus::Planned);
    app.clock.advance_seconds(11 * 60);
    let late = client.batch(&plant.author, &batch.id).await.unwrap();
    assert_eq!((late.status, late.version), (BatchStatus::Delayed, batch.version));
    let with = |status| BatchQuery { status: Some(status), search: Some("LAT-".into()), ..BatchQuery::default() };
    let delayed = client.batches(&plant.author, &with(BatchStatus::Delayed)).await.unwrap().items;
    assert_eq!(delayed, std::slice::from_ref(&late));
    assert!(client.batches(&plant.author, &with(BatchStatus::Planned)).await.unwrap().items.is_empty());
    let held = change(&client, &plant.author, &late, (BatchChange::Hold, "the press is late")).await.unwrap();
    assert_eq!((held.status, held.held_from), (BatchStatus::OnHold, Some(BatchStatus::Planned)));
    let mut rows = app.database.superuser().await;
    let written: i64 = sqlx::query_scalar("SELECT count(*) FROM production_batches WHERE status = 'Delayed'")
        .fetch_one(&mut rows)
        .await
        .unwrap();
    assert_eq!(written, 0);
    // The statement of the list and the rule say the same of every status at every time.
    let end = at("2026-11-24T08:10:00Z");
    for status in BatchStatus::ALL {
        for (planned_end, now) in [(None, end), (Some(end), end), (Some(end), end + TimeDelta::seconds(1))] {
            let seen: String = sqlx::query_scalar("SELECT viruj_apparent_status($1, $2, $3)")
                .bind(status.as_str())
                .bind(planned_end)
                .bind(now)
                .fetch_one(&mut rows)
                .await
                .unwrap();
            assert_eq!(seen, status.apparent(planned_end, now, false).as_str());
        }
    }
}

async fn p11_10f_the_database_refuses_what_the_rules_refuse(app: TestApp, client: Client) {
    let plant = Plant::of(&app, &client).await;
    let master = plant.made_effective(&procedure("KEP", "Blender")).await;
    let batch = make(&plant, &wanted(&master)).await.unwrap();
    for statement in [
        "UPDATE production_batches SET status = 'Completed' WHERE id = $1",
        "UPDATE production_batches SET status = 'Delayed' WHERE id = $1",
        "UPDATE production_batches SET status = 'On Hold' WHERE id = $1",
        "UPDATE production_batches SET status = 'On Hold', held_from = 'Planned', hold_reason = ' ' WHERE id = $1",
        "UPDATE production_batches SET batch_number = 'KEP-26-999' WHERE id = $1",
        "UPDATE production_batches SET quantity = 1 WHERE id = $1",
        "UPDATE production_batches SET master_version = 2 WHERE id = $1",
        "UPDATE batch_phases SET definition = '{}' WHERE batch_id = $1",
        "UPDATE batch_phases SET conditions = '{}' WHERE batch_id = $1 AND number = 4",
        "UPDATE batch_records SET procedure = '{}' WHERE batch_id = $1",
        "DELETE FROM batch_records WHERE batch_id = $1",
    ] {
        let mut unit = app.application.state().begin_for_system("test", "past the rules").await.unwrap();
        let refused = sqlx::query(statement).bind(batch.id.as_str()).execute(unit.connection()).await;
        assert!(refused.is_err(), "{statement}");
    }
    assert_eq!(client.batch(&plant.author, &batch.id).await.unwrap(), batch);
}
