//! What the certificates of a batch say: the analysis (21 CFR 211.165, ICH Q7 11.4) and the batch (EU GMP Annex 16).
//!
//! Both are drawn from the record alone and name it by its hash.

use serde::Serialize;
use viruj_api::batch_record::{BatchRecord, RecordPhase};
use viruj_domain::{
    batch::ReleaseStatus,
    phase::{LimitCheck, PhaseEntry, PhaseKind},
    review::TestConclusion,
};

use crate::sheet::{Clock, Fact, SignatureLine, batch_signatures, limits_of, print_value};

/// Which certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateKind {
    /// Every in-process check and every test, with its limits, result and conclusion.
    OfAnalysis,
    /// How quality assurance decided about the batch.
    OfBatch,
}

/// The printed certificate.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Certificate {
    pub title: String,
    pub plant: String,
    pub as_of: String,
    pub facts: Vec<Fact>,
    pub parts: Vec<Part>,
    pub statement: String,
    pub signatures: Vec<SignatureLine>,
    pub record_sha256: String,
}

/// A table; a width of 0 takes what is left.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    pub title: &'static str,
    pub columns: Vec<&'static str>,
    pub widths: Vec<u32>,
    pub rows: Vec<Vec<String>>,
    /// What stands in the place of an empty table.
    pub empty: &'static str,
}

impl Certificate {
    /// The certificate that is drawn from a record whose canonical JSON has this SHA-256.
    #[must_use]
    pub fn of(record: &BatchRecord, record_sha256: &str, kind: CertificateKind) -> Self {
        let clock = Clock::of(record);
        let number = &record.batch.number;
        let (title, parts, statement) = match kind {
            CertificateKind::OfAnalysis => {
                (format!("Certificate of analysis {number}"), vec![checks(record), tests(record)], analysed(record))
            }
            CertificateKind::OfBatch => {
                let parts = vec![deviations(record), reviewed(record)];
                (format!("Batch certificate {number}"), parts, certified(record))
            }
        };
        Self {
            title,
            plant: record.plant.name.clone(),
            as_of: clock.print(record.as_of),
            facts: facts(record, clock),
            parts,
            statement,
            signatures: batch_signatures(record),
            record_sha256: record_sha256.to_owned(),
        }
    }
}

fn facts(record: &BatchRecord, clock: Clock) -> Vec<Fact> {
    let batch = &record.batch;
    let mut facts = vec![
        Fact { name: "Product", value: batch.product.clone() },
        Fact { name: "Batch number", value: batch.number.clone() },
        Fact { name: "Batch size", value: format!("{} {}", batch.quantity, batch.unit) },
        Fact { name: "Site of manufacture", value: format!("{} ({})", record.plant.name, record.plant.id.0) },
        Fact { name: "Manufacture begun", value: clock.print(batch.started_at) },
        Fact {
            name: "Manufacture ended", value: batch.ended_at.map_or_else(|| "–".to_owned(), |at| clock.print(at))
        },
        Fact { name: "Disposition", value: batch.release_status.as_str().to_owned() },
    ];
    if let Some(master) = &record.master {
        let value = format!("{}, version {}", master.product_code, master.version);
        facts.push(Fact { name: "Master batch record", value });
    }
    facts
}

/// Every in-process check as it counts in the end.
fn checks(record: &BatchRecord) -> Part {
    let row = |line: &RecordPhase| {
        let PhaseKind::InProcessCheck(number) = &line.phase.definition.kind else { return None };
        let corrected: Vec<_> = line.entries.iter().filter_map(|entry| entry.corrects).collect();
        let counts = |entry: &&viruj_api::batches::EntryRow| {
            entry.is_effective
                && !corrected.contains(&entry.operation_id)
                && matches!(entry.entry, PhaseEntry::Number { .. })
        };
        let entry = line.entries.iter().rev().find(counts);
        let result = entry.map_or_else(|| "not executed".to_owned(), |entry| print_value(&entry.entry));
        let conclusion = match entry.map(|entry| &entry.entry) {
            Some(PhaseEntry::Number { value, .. }) if number.check(*value) == LimitCheck::Within => "complies",
            Some(_) => "does not comply",
            None => "–",
        };
        let title = line.phase.definition.title.clone();
        Some(vec![line.phase.number.to_string(), title, limits_of(number), result, conclusion.to_owned()])
    };
    Part {
        title: "In-process checks",
        columns: vec!["Phase", "Check", "Acceptance criterion", "Result", "Conclusion"],
        widths: vec![12, 0, 40, 30, 28],
        rows: record.phases.iter().filter_map(row).collect(),
        empty: "The master batch record asks for none.",
    }
}

fn tests(record: &BatchRecord) -> Part {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    let row = |test: &viruj_api::reviews::BatchTest| {
        let conclusion = match test.conclusion {
            TestConclusion::Passed => "complies",
            TestConclusion::Failed => "does not comply",
            TestConclusion::Pending => "not decided",
        };
        vec![
            test.test.clone(),
            text(&test.method),
            text(&test.container),
            text(&test.result),
            conclusion.to_owned(),
            text(&test.reviewed_by),
        ]
    };
    Part {
        title: "Tests of quality control",
        columns: vec!["Test", "Method", "Sample", "Result", "Conclusion", "Reviewed by"],
        widths: vec![0, 28, 24, 34, 26, 30],
        rows: record.tests.iter().map(row).collect(),
        empty: "No sample of the batch was tested.",
    }
}

fn deviations(record: &BatchRecord) -> Part {
    let row = |row: &viruj_api::batches::DeviationRow| {
        vec![
            row.code.clone(),
            row.description.clone(),
            row.severity.as_str().to_owned(),
            row.status.as_str().to_owned(),
            row.disposition.map_or("–", viruj_domain::deviation::Disposition::as_str).replace('_', " "),
        ]
    };
    Part {
        title: "Deviations",
        columns: vec!["Code", "What", "Severity", "Status", "Disposition"],
        widths: vec![26, 0, 18, 20, 26],
        rows: record.deviations.iter().map(row).collect(),
        empty: "None was opened.",
    }
}

fn reviewed(record: &BatchRecord) -> Part {
    let row = |exception: &viruj_api::reviews::ReviewException| {
        let phase = record.phases.iter().find(|line| Some(line.phase.id) == exception.phase_id);
        let (comment, person) = exception
            .decision
            .as_ref()
            .map_or(("not judged", "–"), |decision| (decision.comment.as_str(), decision.person.name.as_str()));
        vec![
            exception.kind.as_str().replace('_', " "),
            phase.map_or_else(|| "–".to_owned(), |line| line.phase.number.to_string()),
            comment.to_owned(),
            person.to_owned(),
        ]
    };
    Part {
        title: "Reviewed by exception",
        columns: vec!["What", "Phase", "Judgement", "By"],
        widths: vec![36, 14, 0, 36],
        rows: record.review.exceptions.iter().map(row).collect(),
        empty: "Nothing was out of the ordinary.",
    }
}

fn analysed(record: &BatchRecord) -> String {
    let failed = record.tests.iter().filter(|test| test.conclusion != TestConclusion::Passed).count();
    let batch = format!("batch {} of {}", record.batch.number, record.batch.product);
    if failed == 0 {
        format!("The results above are those of {batch}; every test of quality control complies with its criterion.")
    } else {
        format!("The results above are those of {batch}; {failed} of its tests do not comply or are not decided.")
    }
}

fn certified(record: &BatchRecord) -> String {
    let batch = format!("Batch {} of {}", record.batch.number, record.batch.product);
    match record.batch.release_status {
        ReleaseStatus::Released => format!(
            "{batch} was manufactured and controlled by the master batch record named above. Its record was reviewed, \
             its deviations of high and critical severity are closed, and it was released by the person named below."
        ),
        ReleaseStatus::Rejected => {
            format!("{batch} was rejected by the person named below and is not released for use.")
        }
        ReleaseStatus::Pending | ReleaseStatus::Hold => format!("Quality assurance has not decided about {batch}."),
    }
}
