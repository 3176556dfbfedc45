//! What the printed record says, line by line: every text is made here, and the template only places it.
//!
//! The record is English, as the plant's official record; what people wrote stays in the language they wrote it in.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use viruj_api::{
    batch_record::{BatchRecord, RecordPhase},
    batches::{DeviationRow, EntryRow},
    deviations::NamedPerson,
    master_records::RecordSignature,
    reviews::{BatchTest, ReviewException, ReviewQuery},
};
use viruj_domain::{
    deviation::DeviationCause,
    device::{DeviceReading, is_manual},
    ids::{OperationId, PhaseId},
    phase::{NumberParameter, PhaseEntry, PhaseKind, PhaseStatus},
    plant::time_zone,
    review::ExceptionKind,
    signature::SignatureMeaning,
};

/// The printed record.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Sheet {
    pub title: String,
    pub plant: String,
    /// When the record was as it is printed.
    pub as_of: String,
    pub facts: Vec<Fact>,
    pub sections: Vec<Section>,
    pub deviations: Vec<DeviationLine>,
    pub tests: Vec<TestLine>,
    pub exceptions: Vec<ExceptionLine>,
    pub queries: Vec<QueryLine>,
    /// Every signature of the record, the master's first, then in the order of the phases.
    pub signatures: Vec<SignatureLine>,
    pub trail: Vec<TrailLine>,
    pub record_sha256: String,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    pub name: &'static str,
    pub value: String,
}

/// The phases of one operation of a unit procedure (ISA-88).
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    pub title: String,
    pub phases: Vec<PhaseLine>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct PhaseLine {
    pub number: u32,
    pub title: String,
    pub instruction: String,
    /// What was asked for, with its limits.
    pub asked: String,
    pub status: &'static str,
    pub is_open: bool,
    pub entries: Vec<EntryLine>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct EntryLine {
    pub value: String,
    /// Another entry came in its place, or it never counted: it is struck through and stays legible.
    pub is_struck: bool,
    /// What is out of the ordinary: out of limits, corrected, kept beside another, recorded late.
    pub marks: Vec<String>,
    pub reason: Option<String>,
    pub person: String,
    pub at: String,
    /// Meaning, name and time of the signature.
    pub signature: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct DeviationLine {
    pub code: String,
    pub what: String,
    pub severity: &'static str,
    pub status: &'static str,
    pub phase: String,
    pub opened_at: String,
}

/// A test of the laboratory.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct TestLine {
    pub test: String,
    pub sample: String,
    pub result: String,
    pub conclusion: &'static str,
    pub people: String,
}

/// Something out of the ordinary, and what quality assurance said about it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct ExceptionLine {
    pub what: String,
    pub phase: String,
    pub judgement: String,
    pub by: String,
}

/// A question to production with its answer.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct QueryLine {
    pub number: u32,
    pub phase: String,
    pub question: String,
    pub asked: String,
    pub answer: String,
    pub answered: String,
    pub status: &'static str,
}

/// One signature as it must print: name, date and time, meaning (21 CFR 11.50).
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct SignatureLine {
    pub of: String,
    pub person: String,
    pub meaning: &'static str,
    pub at: String,
    /// SHA-256 of exactly what was signed.
    pub bound_to: String,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct TrailLine {
    pub seq: String,
    pub at: String,
    pub who: String,
    pub what: String,
    pub changes: Vec<String>,
    pub reason: Option<String>,
}

impl Sheet {
    /// The sheet of a record whose canonical JSON has this SHA-256.
    #[must_use]
    pub fn of(record: &BatchRecord, record_sha256: &str) -> Self {
        let clock = Clock::of(record);
        let batch = &record.batch;
        Self {
            title: format!("Batch record {} · {}", batch.number, batch.product),
            plant: record.plant.name.clone(),
            as_of: clock.print(record.as_of),
            facts: facts(record, clock),
            sections: sections(record, clock),
            deviations: record.deviations.iter().map(|deviation| deviation_line(record, deviation, clock)).collect(),
            tests: record.tests.iter().map(test_line).collect(),
            exceptions: record.review.exceptions.iter().map(|one| exception_line(record, one, clock)).collect(),
            queries: record.review.queries.iter().map(|query| query_line(record, query, clock)).collect(),
            signatures: signatures(record),
            trail: trail(record, clock),
            record_sha256: record_sha256.to_owned(),
        }
    }
}

/// Prints times in the plant's zone.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    zone: Tz,
}

impl Clock {
    pub(crate) fn of(record: &BatchRecord) -> Self {
        Self { zone: time_zone(&record.plant.time_zone).unwrap_or(Tz::UTC) }
    }

    pub(crate) fn print(self, at: DateTime<Utc>) -> String {
        print_in(at, self.zone)
    }
}

/// A date and time with its zone, as ALCOA+ and 21 CFR 11.50(a)(2) ask for it.
fn print_in(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %Z (UTC%:z)").to_string()
}

fn facts(record: &BatchRecord, clock: Clock) -> Vec<Fact> {
    let batch = &record.batch;
    let mut facts = vec![
        Fact { name: "Batch number", value: batch.number.clone() },
        Fact { name: "Product", value: batch.product.clone() },
        Fact { name: "Plant", value: format!("{} ({})", record.plant.name, record.plant.id.0) },
        Fact { name: "Batch size", value: format!("{} {}", batch.quantity, batch.unit) },
        Fact { name: "Started", value: clock.print(batch.started_at) },
        Fact { name: "Ended", value: batch.ended_at.map_or_else(|| "–".to_owned(), |at| clock.print(at)) },
        Fact { name: "Status", value: batch.status.as_str().to_owned() },
        Fact { name: "Record", value: batch.record_status.as_str().to_owned() },
        Fact { name: "Disposition", value: batch.release_status.as_str().to_owned() },
    ];
    if let Some(reason) = &batch.hold_reason {
        facts.push(Fact { name: "Reason of the hold", value: reason.clone() });
    }
    if let Some(master) = &record.master {
        facts.push(Fact {
            name: "Master batch record",
            value: format!("{}, version {}", master.product_code, master.version),
        });
        facts.push(Fact { name: "SHA-256 of the frozen copy", value: master.content_hash.clone() });
    }
    facts
}

fn sections(record: &BatchRecord, clock: Clock) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for phase in &record.phases {
        let row = &phase.phase;
        let title = format!("{} · {}", row.unit_procedure, row.operation);
        if sections.last().is_none_or(|last| last.title != title) {
            sections.push(Section { title, phases: Vec::new() });
        }
        if let Some(section) = sections.last_mut() {
            section.phases.push(phase_line(phase, clock));
        }
    }
    sections
}

fn phase_line(phase: &RecordPhase, clock: Clock) -> PhaseLine {
    let corrected: BTreeSet<OperationId> =
        phase.entries.iter().filter(|entry| entry.is_effective).filter_map(|entry| entry.corrects).collect();
    let row = &phase.phase;
    PhaseLine {
        number: row.number,
        title: row.definition.title.clone(),
        instruction: row.definition.instruction.clone(),
        asked: asked(&row.definition.kind),
        status: row.status.as_str(),
        is_open: !matches!(row.status, PhaseStatus::Completed | PhaseStatus::NotApplicable),
        entries: phase.entries.iter().map(|entry| entry_line(entry, &row.definition.kind, &corrected, clock)).collect(),
    }
}

fn entry_line(entry: &EntryRow, kind: &PhaseKind, corrected: &BTreeSet<OperationId>, clock: Clock) -> EntryLine {
    let is_corrected = corrected.contains(&entry.operation_id);
    let mut marks = Vec::new();
    if let Some(cause) = entry.deviation {
        marks.push(cause_text(cause).to_owned());
    }
    if is_manual(kind, &entry.entry) {
        marks.push("typed, although a device measures it".to_owned());
    }
    if entry.corrects.is_some() {
        marks.push("correction of an earlier entry".to_owned());
    }
    if is_corrected {
        marks.push("corrected".to_owned());
    }
    if !entry.is_effective {
        let code = entry.verdict_code.as_deref().unwrap_or("not effective");
        marks.push(format!("kept as evidence, without effect: {}", code.replace('_', " ")));
    }
    EntryLine {
        value: print_value(&entry.entry),
        is_struck: is_corrected || !entry.is_effective,
        marks,
        reason: entry.reason.clone(),
        person: entry.person_name.clone(),
        at: clock.print(entry.recorded_at),
        signature: entry.signature.as_ref().map(|signature| {
            format!(
                "{} by {}, {}",
                meaning_text(signature.meaning),
                signature.person_name,
                print_in(signature.signed_at, time_zone(&signature.time_zone).unwrap_or(Tz::UTC))
            )
        }),
    }
}

fn asked(kind: &PhaseKind) -> String {
    match kind {
        PhaseKind::Confirmation {} => "Confirm".to_owned(),
        PhaseKind::Value(number) => limits("Value", number),
        PhaseKind::Text { .. } => "Text".to_owned(),
        PhaseKind::Choice { options } => {
            let texts: Vec<&str> = options.iter().map(|option| option.text.as_str()).collect();
            format!("Choose: {}", texts.join(" / "))
        }
        PhaseKind::Date {} => "Date".to_owned(),
        PhaseKind::InProcessCheck(number) => limits("In-process check", number),
        PhaseKind::MaterialCharge { material, material_code, quantity, .. } => {
            limits(&format!("Charge {material} ({material_code})"), quantity)
        }
        PhaseKind::Timer { minimum_seconds, maximum_seconds } => match maximum_seconds {
            Some(maximum) => format!("Time: {minimum_seconds} s to {maximum} s"),
            None => format!("Time: at least {minimum_seconds} s"),
        },
        PhaseKind::EquipmentUse { equipment_class, must_be_clean } => {
            let clean = if *must_be_clean { ", clean" } else { "" };
            format!("Use equipment: {equipment_class}{clean}")
        }
        PhaseKind::CleaningCheck { equipment_class } => format!("Find clean: {equipment_class}"),
        PhaseKind::Attachment(asked) => format!("File: {}", asked.accepts),
        PhaseKind::SampleRequest { sample, tests } => format!("Sample {sample} for {}", tests.join(", ")),
        PhaseKind::SecondPersonCheck { of } => format!("Second person checks {}", of.join(", ")),
        PhaseKind::Calculation { expression, result, .. } => limits(&format!("Calculate {expression}"), result),
    }
}

fn limits(what: &str, number: &NumberParameter) -> String {
    let link = if number.low.is_none() && number.high.is_none() { "" } else { ":" };
    format!("{what}{link} {}", limits_of(number))
}

pub(crate) fn limits_of(number: &NumberParameter) -> String {
    let unit = number.unit.symbol();
    let range = match (number.low, number.high) {
        (Some(low), Some(high)) => format!("{low} to {high} {unit}"),
        (Some(low), None) => format!("at least {low} {unit}"),
        (None, Some(high)) => format!("at most {high} {unit}"),
        (None, None) => format!("in {unit}"),
    };
    let target = number.target.map(|target| format!(", target {target} {unit}")).unwrap_or_default();
    format!("{range}{target}")
}

pub(crate) fn print_value(entry: &PhaseEntry) -> String {
    match entry {
        PhaseEntry::Confirmed => "Confirmed".to_owned(),
        PhaseEntry::Number { value, unit, lot, reading } => {
            let lot = lot.as_ref().map(|lot| format!(", lot {lot}")).unwrap_or_default();
            let source = reading.as_ref().map(|reading| {
                let DeviceReading { device, serial_number, value, unit, .. } = reading;
                format!(", from {device} (serial number {serial_number}, told {value} {})", unit.symbol())
            });
            format!("{value} {}{lot}{}", unit.symbol(), source.unwrap_or_default())
        }
        PhaseEntry::TimerStarted => "Timer started".to_owned(),
        PhaseEntry::TimerStopped { elapsed_seconds } => format!("{elapsed_seconds} s"),
        PhaseEntry::SampleRequested { container } => format!("Sample taken, container {container}"),
        PhaseEntry::Text { text } => text.clone(),
        PhaseEntry::Chosen { option } => option.clone(),
        PhaseEntry::Date { date } => date.to_string(),
        PhaseEntry::EquipmentUsed { equipment } => format!("Equipment {equipment}"),
        PhaseEntry::FoundClean { equipment } => format!("Equipment {equipment} found clean"),
        PhaseEntry::Attached { file_name, media_type, size_bytes, sha256 } => {
            format!("File {file_name} ({media_type}, {size_bytes} bytes), SHA-256 {sha256}")
        }
        PhaseEntry::Checked => "Checked".to_owned(),
    }
}

fn cause_text(cause: DeviationCause) -> &'static str {
    match cause {
        DeviationCause::OutOfLimits => "OUT OF LIMITS",
        DeviationCause::TimerOutOfBounds => "TIME OUT OF BOUNDS",
        DeviationCause::Duplicate => "recorded beside another entry",
        DeviationCause::AfterHold => "recorded after the batch was put on hold",
        DeviationCause::AuthorityMissing => "recorded without authority",
        DeviationCause::OutOfOrder => "recorded out of order",
        DeviationCause::LotUnfit => "lot not fit for use",
        DeviationCause::EquipmentUnfit => "equipment not fit for use",
        DeviationCause::NotQualified => "person not qualified",
        DeviationCause::RecordedByPerson => "deviation recorded by a person",
    }
}

fn meaning_text(meaning: SignatureMeaning) -> &'static str {
    match meaning {
        SignatureMeaning::Performed => "Performed",
        SignatureMeaning::Verified => "Verified",
        SignatureMeaning::Reviewed => "Reviewed",
        SignatureMeaning::Approved => "Approved",
        SignatureMeaning::Released => "Released",
        SignatureMeaning::Rejected => "Rejected",
    }
}

fn deviation_line(record: &BatchRecord, deviation: &DeviationRow, clock: Clock) -> DeviationLine {
    let phase = record.phases.iter().find(|phase| Some(phase.phase.id) == deviation.phase_id);
    DeviationLine {
        code: deviation.code.clone(),
        what: format!("{}: {}", cause_text(deviation.cause), deviation.description),
        severity: deviation.severity.as_str(),
        status: deviation.status.as_str(),
        phase: phase.map_or_else(|| "–".to_owned(), |phase| phase.phase.number.to_string()),
        opened_at: clock.print(deviation.opened_at),
    }
}

fn test_line(test: &BatchTest) -> TestLine {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    TestLine {
        test: test.method.as_ref().map_or_else(|| test.test.clone(), |method| format!("{} ({method})", test.test)),
        sample: text(&test.container),
        result: text(&test.result),
        conclusion: test.conclusion.as_str(),
        people: format!("tested by {}, reviewed by {}", text(&test.tested_by), text(&test.reviewed_by)),
    }
}

fn phase_number(record: &BatchRecord, id: Option<PhaseId>) -> String {
    let line = record.phases.iter().find(|line| Some(line.phase.id) == id);
    line.map_or_else(|| "–".to_owned(), |line| line.phase.number.to_string())
}

fn exception_line(record: &BatchRecord, exception: &ReviewException, clock: Clock) -> ExceptionLine {
    let deviation = record.deviations.iter().find(|row| row.id.0 == exception.subject);
    let of = deviation.map(|row| format!(" {}", row.code)).unwrap_or_default();
    let (judgement, by) = match &exception.decision {
        Some(decision) => {
            let by = format!("{}, {}", decision.person.name, clock.print(decision.decided_at));
            (decision.comment.clone(), by)
        }
        None => ("not judged yet".to_owned(), "–".to_owned()),
    };
    ExceptionLine {
        what: format!("{}{of}", exception_text(exception.kind)),
        phase: phase_number(record, exception.phase_id),
        judgement,
        by,
    }
}

fn exception_text(kind: ExceptionKind) -> &'static str {
    match kind {
        ExceptionKind::OutOfLimits => "Out of limits",
        ExceptionKind::UnfitResource => "Lot, equipment or person not fit",
        ExceptionKind::Conflict => "Entry without effect",
        ExceptionKind::Manual => "Typed instead of measured",
        ExceptionKind::Corrected => "Corrected",
        ExceptionKind::Late => "Recorded after the planned end",
        ExceptionKind::Offline => "Recorded offline",
        ExceptionKind::Skipped => "Phase not executed",
        ExceptionKind::Deviation => "Deviation",
        ExceptionKind::TrailNotReviewed => "Audit trail",
    }
}

fn query_line(record: &BatchRecord, query: &ReviewQuery, clock: Clock) -> QueryLine {
    let said = |person: &NamedPerson, at: DateTime<Utc>| format!("{}, {}", person.name, clock.print(at));
    let answered = query.answered_by.as_ref().zip(query.answered_at);
    QueryLine {
        number: query.number,
        phase: phase_number(record, query.phase_id),
        question: query.question.clone(),
        asked: said(&query.asked_by, query.asked_at),
        answer: query.answer.clone().unwrap_or_else(|| "–".to_owned()),
        answered: answered.map_or_else(|| "–".to_owned(), |(person, at)| said(person, at)),
        status: query.status.as_str(),
    }
}

/// The signatures on the batch as a whole.
pub(crate) fn batch_signatures(record: &BatchRecord) -> Vec<SignatureLine> {
    let review = &record.review;
    let line = |signature| record_signature("Batch", &review.content_hash, signature);
    review.signatures.iter().map(line).collect()
}

fn signatures(record: &BatchRecord) -> Vec<SignatureLine> {
    let master = record.master.iter().flat_map(|master| {
        let of = format!("Master batch record, version {}", master.version);
        master.signatures.iter().map(move |signature| record_signature(&of, &master.content_hash, signature))
    });
    let phases = record.phases.iter().flat_map(|phase| {
        let of = format!("Phase {}", phase.phase.number);
        phase.entries.iter().filter_map(move |entry| {
            let signature = entry.signature.as_ref()?;
            Some(SignatureLine {
                of: of.clone(),
                person: signature.person_name.clone(),
                meaning: meaning_text(signature.meaning),
                at: print_in(signature.signed_at, time_zone(&signature.time_zone).unwrap_or(Tz::UTC)),
                bound_to: signature.statement_sha256.clone(),
            })
        })
    });
    let queries = record.review.queries.iter().flat_map(|query| {
        let of = format!("Question {}", query.number);
        query.signatures.iter().map(move |signature| record_signature(&of, &query.content_hash, signature))
    });
    master.chain(phases).chain(queries).chain(batch_signatures(record)).collect()
}

fn record_signature(of: &str, content_hash: &str, signature: &RecordSignature) -> SignatureLine {
    let bound_to = if signature.is_of_this_content { content_hash } else { "other content than is printed here" };
    SignatureLine {
        of: of.to_owned(),
        person: signature.person_name.clone(),
        meaning: meaning_text(signature.meaning),
        at: print_in(signature.signed_at, time_zone(&signature.time_zone).unwrap_or(Tz::UTC)),
        bound_to: bound_to.to_owned(),
    }
}

fn trail(record: &BatchRecord, clock: Clock) -> Vec<TrailLine> {
    let names: BTreeMap<String, String> = record
        .phases
        .iter()
        .map(|phase| (phase.phase.id.to_string(), format!("phase {}", phase.phase.number)))
        .chain(record.phases.iter().flat_map(|phase| {
            let name = format!("entry of phase {}", phase.phase.number);
            phase.entries.iter().map(move |entry| (entry.operation_id.to_string(), name.clone()))
        }))
        .chain(record.deviations.iter().map(|row| (row.id.to_string(), format!("deviation {}", row.code))))
        .chain(record.review.queries.iter().map(|query| (query.id.to_string(), format!("question {}", query.number))))
        .chain([(record.batch.id.to_string(), format!("batch {}", record.batch.number))])
        .collect();
    let line = |entry: &viruj_api::audit::AuditEntry| {
        let of = names.get(&entry.entity_id).cloned().unwrap_or_else(|| entry.entity.replace('_', " "));
        // What a row began with stands in the record itself; what a change made of it does not.
        let is_change = entry.action == "changed";
        let change = |change: &viruj_api::audit::AuditChange| {
            let side = |text: &Option<String>| shorten(text.as_deref().unwrap_or("–"));
            format!("{}: {} → {}", change.field.replace('_', " "), side(&change.old), side(&change.new))
        };
        TrailLine {
            seq: format!("{} {}", entry.feed, entry.seq),
            at: clock.print(entry.at),
            who: entry.actor_name.clone().unwrap_or_else(|| entry.actor.clone()),
            what: format!("{of} {}", entry.action),
            changes: entry.changes.iter().filter(|_| is_change).map(change).collect(),
            reason: entry.reason.clone(),
        }
    };
    record.trail.iter().map(line).collect()
}

/// Long documents are in the JSON record whole; on paper their beginning says which one it is.
fn shorten(text: &str) -> String {
    const LONGEST: usize = 120;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
