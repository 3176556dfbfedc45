//! What a person may do with a whole batch, and what has been done to it.

use viruj_api::{
    audit::AuditEntry,
    station::batch_steps::{BatchEvent, BatchEventKind, BatchStepName, BatchStepView},
};
use viruj_domain::{
    batch::{self, BatchCourse, BatchStatus, BatchStep},
    person::Acting,
    phase::{PhaseEntry, PhaseStatus},
};

use super::time;
use crate::overlay::{ShownBatch, ShownPhase};

/// The steps that the person may take now, as the server knows the batch.
pub(crate) fn steps(shown: &ShownBatch, person: Acting<'_>) -> Vec<BatchStepView> {
    let row = &shown.parts.batch;
    let course = BatchCourse {
        status: row.status,
        held_from: row.held_from,
        release: row.release_status,
        record: row.record_status,
        has_begun: shown.phases.iter().any(|phase| phase.status != PhaseStatus::Pending),
    };
    let may = |(_, step): &(BatchStepName, BatchStep)| batch::step(course, *step, person).is_ok();
    let steps = [(BatchStepName::Hold, BatchStep::Hold), (BatchStepName::Resume, BatchStep::Resume)];
    steps.into_iter().filter(may).map(|(step, _)| BatchStepView { step }).collect()
}

/// An entry of the trail as the history tells it; `None` for what another entry of the same operation tells better.
pub(crate) fn event(entry: AuditEntry, shown: Option<&ShownBatch>) -> Option<BatchEvent> {
    let changed = |field: &str| {
        entry.changes.iter().find(|change| change.field == field).map(|change| (change.old.clone(), change.new.clone()))
    };
    let is_new = matches!(entry.action.as_str(), "created" | "adopted");
    let phase_id = changed("phase_id").and_then(|(_, id)| id);
    let phase_id = if entry.entity == "batch_phases" { Some(entry.entity_id.clone()) } else { phase_id };
    let (kind, (old, new)) = match (entry.entity.as_str(), is_new) {
        ("production_batches", true) => (BatchEventKind::Made, (None, None)),
        ("production_batches", false) => of_batch(changed("status"), changed("qa_release_status")),
        ("batch_phases", _) => {
            let (old, new) = changed("status")?;
            // Whatever else becomes of a phase is said by the entry that brought it about.
            let not_applicable = Some(PhaseStatus::NotApplicable.as_str());
            match (old.as_deref() == not_applicable, new.as_deref() == not_applicable) {
                (false, true) => (BatchEventKind::PhaseLeft, (None, None)),
                (true, false) => (BatchEventKind::PhaseBack, (None, None)),
                _ => return None,
            }
        }
        ("phase_entries", _) => {
            let is_correction = changed("corrects").is_some_and(|(_, entry)| entry.is_some());
            let recorded = changed("entry").and_then(|(_, text)| recorded(&text?));
            let kind = if is_correction { BatchEventKind::Corrected } else { BatchEventKind::Recorded };
            (kind, (None, recorded))
        }
        ("deviations", true) => (BatchEventKind::DeviationOpened, (None, changed("code").and_then(|(_, code)| code))),
        ("deviations", false) => (BatchEventKind::DeviationChanged, (None, None)),
        _ => return None,
    };
    let phase = phase_of(shown, phase_id.as_deref());
    Some(BatchEvent {
        id: entry.hash,
        kind,
        at: time(entry.at),
        device_at: entry.device_at.map(time),
        person_name: entry.actor_name,
        station_name: entry.station_name,
        phase_number: phase.map(|phase| phase.row.number),
        phase_title: phase.map(|phase| phase.row.definition.title.clone()),
        old,
        new,
        reason: entry.reason,
    })
}

type Change = (Option<String>, Option<String>);

fn of_batch(status: Option<Change>, release: Option<Change>) -> (BatchEventKind, Change) {
    let on_hold = Some(BatchStatus::OnHold.as_str());
    match (status, release) {
        (Some(status), _) if status.1.as_deref() == on_hold => (BatchEventKind::Held, status),
        (Some(status), _) if status.0.as_deref() == on_hold => (BatchEventKind::Resumed, status),
        (Some(status), _) => (BatchEventKind::Status, status),
        (None, Some(release)) => (BatchEventKind::Release, release),
        (None, None) => (BatchEventKind::Changed, (None, None)),
    }
}

/// What an entry says, where it says more than that it was done.
fn recorded(text: &str) -> Option<String> {
    let entry: PhaseEntry = serde_json::from_str(text).ok()?;
    match &entry {
        PhaseEntry::Number { value, unit, .. } => Some(format!("{value} {}", unit.symbol())),
        PhaseEntry::TimerStopped { elapsed_seconds } => Some(format!("{elapsed_seconds} s")),
        PhaseEntry::Date { date } => Some(date.to_string()),
        other => other.name().cloned(),
    }
}

fn phase_of<'a>(shown: Option<&'a ShownBatch>, id: Option<&str>) -> Option<&'a ShownPhase> {
    let id = id?;
    shown?.phases.iter().find(|phase| phase.row.id.to_string() == id)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use viruj_api::audit::AuditChange;

    use super::*;

    fn entry(entity: &str, action: &str, changes: &[(&str, Option<&str>, Option<&str>)]) -> AuditEntry {
        let changes = changes.iter().map(|(field, old, new)| AuditChange {
            field: (*field).to_owned(),
            old: old.map(str::to_owned),
            new: new.map(str::to_owned),
        });
        AuditEntry {
            feed: "plant-a".into(),
            seq: "1".into(),
            at: DateTime::UNIX_EPOCH,
            device_at: None,
            actor: "somebody".into(),
            actor_name: Some("Somebody".into()),
            station: None,
            station_name: None,
            operation: None,
            entity: entity.into(),
            entity_id: "id".into(),
            action: action.into(),
            changes: changes.collect(),
            detail: None,
            reason: Some("because".into()),
            hash: "00".into(),
            reviewed: None,
        }
    }

    fn told(
        entity: &str,
        action: &str,
        changes: &[(&str, Option<&str>, Option<&str>)],
    ) -> Option<(BatchEventKind, Change)> {
        event(entry(entity, action, changes), None).map(|event| (event.kind, (event.old, event.new)))
    }

    fn change(old: Option<&str>, new: Option<&str>) -> Change {
        (old.map(str::to_owned), new.map(str::to_owned))
    }

    #[test]
    fn a_history_says_what_was_done_and_not_which_rows_were_written() {
        let batch = "production_batches";
        assert_eq!(told(batch, "created", &[("status", None, Some("Planned"))]).unwrap().0, BatchEventKind::Made);
        let held = told(batch, "changed", &[("status", Some("In Progress"), Some("On Hold"))]);
        assert_eq!(held, Some((BatchEventKind::Held, change(Some("In Progress"), Some("On Hold")))));
        let resumed = told(batch, "changed", &[("status", Some("On Hold"), Some("Planned"))]);
        assert_eq!(resumed.unwrap().0, BatchEventKind::Resumed);
        let other = told(batch, "changed", &[("status", Some("In Progress"), Some("QC Review"))]);
        assert_eq!(other.unwrap().0, BatchEventKind::Status);
        let released = told(batch, "changed", &[("qa_release_status", Some("Pending"), Some("Released"))]);
        assert_eq!(released.unwrap().0, BatchEventKind::Release);
        let number = r#"{"type":"number","value":"112.50","unit":"kg"}"#;
        let recorded = told("phase_entries", "created", &[("entry", None, Some(number))]);
        assert_eq!(recorded, Some((BatchEventKind::Recorded, change(None, Some("112.50 kg")))));
        let corrected =
            told("phase_entries", "created", &[("entry", None, Some(number)), ("corrects", None, Some("x"))]);
        assert_eq!(corrected.unwrap().0, BatchEventKind::Corrected);
        // The entry says it.
        assert_eq!(told("batch_phases", "changed", &[("status", Some("Pending"), Some("Completed"))]), None);
        let skipped = told("batch_phases", "changed", &[("status", Some("Pending"), Some("Not Applicable"))]);
        assert_eq!(skipped.unwrap().0, BatchEventKind::PhaseLeft);
        let back = told("batch_phases", "changed", &[("status", Some("Not Applicable"), Some("Pending"))]);
        assert_eq!(back.unwrap().0, BatchEventKind::PhaseBack);
        let opened = told("deviations", "created", &[("code", None, Some("DEV-26-001"))]);
        assert_eq!(opened, Some((BatchEventKind::DeviationOpened, change(None, Some("DEV-26-001")))));
    }
}
