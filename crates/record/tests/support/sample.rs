//! A record as a plant makes it: phases with a signed entry and a second person's signature each, one value out of limits
//! with its deviation, one correction, and the trail of it all.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use viruj_api::{
    audit::{AuditChange, AuditEntry},
    batch_record::{BatchRecord, RECORD_FORMAT, RECORD_VERSION, RecordMaster, RecordPhase, RecordPlant, RecordReview},
    batches::{BatchRow, DeviationRow, EntryRow, PhaseRow},
    deviations::NamedPerson,
    master_records::RecordSignature,
    reviews::{BatchTest, ExceptionDecision, ReviewException, ReviewQuery},
    statement::MasterReference,
};
use viruj_domain::{
    batch::{BatchStatus, RecordStatus, ReleaseStatus},
    decimal::ExactDecimal,
    deviation::{DeviationCause, DeviationStatus, Severity},
    ids::{BatchId, DeviationId, MasterRecordId, OperationId, PhaseId, PlantId, StationId, UserId},
    phase::{EntrySignature, NumberParameter, PhaseDefinition, PhaseEntry, PhaseKind, PhaseStatus, Verification},
    review::{ExceptionKind, QueryStatus, TestConclusion},
    signature::{SignatureMeaning, SignatureMethod},
    unit::Unit,
};

fn start() -> DateTime<Utc> {
    "2026-03-02T03:30:00Z".parse().unwrap()
}

fn exact(text: &str) -> ExactDecimal {
    ExactDecimal::parse(text).unwrap()
}

fn id(kind: u128, number: u32) -> Uuid {
    Uuid::from_u128((kind << 64) | u128::from(number))
}

fn plant_id() -> PlantId {
    PlantId("plant-a".to_owned())
}

fn batch_id() -> BatchId {
    BatchId("batch-7".to_owned())
}

/// A record of so many phases.
#[must_use]
pub fn record(phases: u32) -> BatchRecord {
    let lines: Vec<RecordPhase> = (1..=phases).map(phase).collect();
    let trail = trail(&lines);
    BatchRecord {
        format: RECORD_FORMAT.to_owned(),
        format_version: RECORD_VERSION,
        as_of: trail.last().map_or_else(start, |entry| entry.at),
        plant: RecordPlant {
            id: plant_id(),
            name: "Hyderabad Unit 1".to_owned(),
            time_zone: "Asia/Kolkata".to_owned(),
        },
        batch: BatchRow {
            id: batch_id(),
            plant_id: plant_id(),
            number: "MET-26-007".to_owned(),
            product: "Metformin hydrochloride 500 mg".to_owned(),
            quantity: exact("120.000"),
            unit: "kg".to_owned(),
            status: BatchStatus::QcReview,
            release_status: ReleaseStatus::Pending,
            record_status: RecordStatus::Complete,
            hold_reason: None,
            held_from: None,
            planned_start: None,
            planned_end: None,
            assigned_to: None,
            started_at: start(),
            ended_at: Some(start() + TimeDelta::hours(30)),
            master_record: Some(MasterReference { id: MasterRecordId(id(9, 1)), version: 3 }),
            version: 12,
        },
        master: Some(RecordMaster {
            id: MasterRecordId(id(9, 1)),
            version: 3,
            product_code: "MET-500".to_owned(),
            content_hash: "5a".repeat(32),
            signatures: vec![RecordSignature {
                id: id(8, 1),
                person_id: UserId("head-qa".to_owned()),
                person_name: "Anita Rao".to_owned(),
                meaning: SignatureMeaning::Approved,
                signed_at: start() - TimeDelta::days(40),
                time_zone: "Asia/Kolkata".to_owned(),
                reason: None,
                is_of_this_content: true,
            }],
        }),
        phases: lines,
        deviations: vec![DeviationRow {
            id: DeviationId(id(7, 1)),
            plant_id: plant_id(),
            batch_id: Some(batch_id()),
            phase_id: Some(PhaseId(id(1, 2))),
            operation_id: Some(OperationId(id(2, 4))),
            code: "DEV-26-001".to_owned(),
            cause: DeviationCause::OutOfLimits,
            severity: Severity::Medium,
            status: DeviationStatus::Closed,
            description: "Inlet air 66.5 °C, allowed 55.0 to 65.0 °C".to_owned(),
            disposition: None,
            opened_at: start() + TimeDelta::minutes(8),
        }],
        tests: vec![BatchTest {
            test: "Assay".to_owned(),
            method: Some("HPLC-014".to_owned()),
            container: Some("C-12".to_owned()),
            result: Some("99.4 %".to_owned()),
            conclusion: TestConclusion::Passed,
            tested_by: Some("Farah Khan".to_owned()),
            reviewed_by: Some("Gopal Iyer".to_owned()),
            submitted_at: Some(start() + TimeDelta::hours(9)),
        }],
        review: review(),
        trail,
    }
}

fn review() -> RecordReview {
    let named = |id: &str, name: &str| NamedPerson { id: UserId(id.to_owned()), name: name.to_owned() };
    let qa = named("qa-2", "Hanna Weiss");
    let asked_at = start() + TimeDelta::hours(10);
    RecordReview {
        exceptions: vec![ReviewException {
            kind: ExceptionKind::TrailNotReviewed,
            subject: Uuid::nil(),
            evidence: 4711,
            phase_id: None,
            at: None,
            decision: Some(ExceptionDecision {
                comment: "Every change has its reason".to_owned(),
                person: qa.clone(),
                decided_at: asked_at,
            }),
        }],
        queries: vec![ReviewQuery {
            id: id(9, 1),
            number: 1,
            phase_id: Some(PhaseId(id(1, 2))),
            status: QueryStatus::Closed,
            question: "Why was the sieve changed?".to_owned(),
            asked_by: qa.clone(),
            asked_at,
            answer: Some("It had a tear; see the equipment log".to_owned()),
            answered_by: Some(named("manager", "Ivan Petrov")),
            answered_at: Some(asked_at + TimeDelta::minutes(5)),
            closed_by: Some(qa),
            closed_at: Some(asked_at + TimeDelta::minutes(9)),
            content_hash: "ab".repeat(32),
            signatures: Vec::new(),
            version: 3,
        }],
        content_hash: "cd".repeat(32),
        signatures: [SignatureMeaning::Reviewed, SignatureMeaning::Released].into_iter().zip(1..).map(signed).collect(),
    }
}

/// A signature on the batch.
fn signed((meaning, number): (SignatureMeaning, u32)) -> RecordSignature {
    RecordSignature {
        id: id(10, number),
        person_id: UserId(format!("qa-{number}")),
        person_name: if number == 1 { "Hanna Weiss" } else { "Jonas Lindqvist" }.to_owned(),
        meaning,
        signed_at: start() + TimeDelta::hours(10 + i64::from(number)),
        time_zone: "Asia/Kolkata".to_owned(),
        reason: Some("The record is complete".to_owned()),
        is_of_this_content: true,
    }
}

fn phase(number: u32) -> RecordPhase {
    let at = start() + TimeDelta::minutes(i64::from(number) * 4);
    let definition = PhaseDefinition {
        key: format!("step_{number}"),
        title: format!("Dry until the limit is reached, step {number}"),
        instruction: "Read the temperature of the inlet air at the fluid bed dryer and write it down.".to_owned(),
        kind: PhaseKind::Value(NumberParameter {
            unit: Unit::DegreeCelsius,
            places: 1,
            low: Some(exact("55.0")),
            target: Some(exact("60.0")),
            high: Some(exact("65.0")),
            device: None,
            plausible: None,
        }),
        signature: Some(SignatureMeaning::Performed),
        performed_by: Vec::new(),
        verification: Some(Verification::default()),
        only_if: None,
        qualification: None,
    };
    let value =
        |value: &str| PhaseEntry::Number { value: exact(value), unit: Unit::DegreeCelsius, lot: None, reading: None };
    let mut entries = vec![entry(number, 0, at, value("60.5"), SignatureMeaning::Performed)];
    if number == 2 {
        entries[0].entry = value("66.5");
        entries[0].deviation = Some(DeviationCause::OutOfLimits);
        entries[0].reason = Some("Heating register stuck; फिर से मापा गया ✅".to_owned());
    }
    if number == 3 {
        let mut correction = entry(number, 2, at + TimeDelta::minutes(2), value("60.6"), SignatureMeaning::Performed);
        correction.corrects = Some(entries[0].operation_id);
        correction.reason = Some("Read the wrong display".to_owned());
        entries.push(correction);
    }
    entries.push(entry(number, 1, at + TimeDelta::minutes(3), PhaseEntry::Checked, SignatureMeaning::Verified));
    RecordPhase {
        phase: PhaseRow {
            id: PhaseId(id(1, number)),
            plant_id: plant_id(),
            batch_id: batch_id(),
            number,
            unit_procedure: format!("Granulation {}", number.div_ceil(60)),
            operation: format!("Drying {}", number.div_ceil(20)),
            definition,
            after: None,
            conditions: Vec::new(),
            status: PhaseStatus::Completed,
            version: 3,
        },
        entries,
    }
}

fn entry(number: u32, place: u32, at: DateTime<Utc>, entry: PhaseEntry, meaning: SignatureMeaning) -> EntryRow {
    let (person, name) = if meaning == SignatureMeaning::Verified {
        ("qa-2", "रवि कुमार")
    } else {
        ("op-1", "David Chen")
    };
    let operation = id(2, number * 4 + place);
    EntryRow {
        operation_id: OperationId(operation),
        plant_id: plant_id(),
        batch_id: batch_id(),
        phase_id: PhaseId(id(1, number)),
        entry,
        corrects: None,
        person_id: UserId(person.to_owned()),
        person_name: name.to_owned(),
        station_id: StationId(id(3, 1)),
        recorded_at: at,
        received_at: at + TimeDelta::seconds(1),
        reason: None,
        signature: Some(EntrySignature {
            person_id: person.to_owned(),
            person_name: name.to_owned(),
            meaning,
            method: SignatureMethod::ServerAttested,
            signed_at: at,
            time_zone: "Asia/Kolkata".to_owned(),
            statement_sha256: format!("{operation:064x}", operation = operation.as_u128()),
        }),
        deviation: None,
        verdict: "accepted".to_owned(),
        verdict_code: None,
        is_effective: true,
    }
}

fn trail(phases: &[RecordPhase]) -> Vec<AuditEntry> {
    let mut trail = Vec::new();
    let mut add = |at: DateTime<Utc>,
                   actor: &str,
                   (entity, entity_id): (&str, String),
                   action: &str,
                   changes: Vec<AuditChange>| {
        let seq = trail.len() + 1;
        trail.push(AuditEntry {
            feed: "plant-a".to_owned(),
            seq: seq.to_string(),
            at,
            device_at: None,
            actor: actor.to_owned(),
            actor_name: Some("David Chen".to_owned()),
            station: Some(id(3, 1).to_string()),
            station_name: Some("Granulation 1".to_owned()),
            operation: None,
            entity: entity.to_owned(),
            entity_id,
            action: action.to_owned(),
            changes,
            detail: None,
            reason: None,
            hash: format!("{seq:064x}"),
            reviewed: None,
        });
    };
    for line in phases {
        add(start(), "head-1", ("batch_phases", line.phase.id.to_string()), "created", Vec::new());
    }
    for line in phases {
        for entry in &line.entries {
            let at = entry.received_at;
            add(at, &entry.person_id.0, ("phase_entries", entry.operation_id.to_string()), "created", Vec::new());
            let change = |old: &str, new: &str| AuditChange {
                field: "status".to_owned(),
                old: Some(old.to_owned()),
                new: Some(new.to_owned()),
            };
            let changes = vec![change("Pending", "Completed")];
            add(at, &entry.person_id.0, ("batch_phases", line.phase.id.to_string()), "changed", changes);
        }
    }
    trail
}
