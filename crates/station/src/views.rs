//! What the screens are given: text with its scale, times in RFC 3339, and codes instead of sentences.

use chrono::{DateTime, SecondsFormat, Utc};
use viruj_api::{
    batches::EntryRow,
    people::Person,
    sessions::SessionSummary,
    station::{
        BatchListItem, BatchView, EntryKind, EntryView, MenuItem, NamedValue, NumberView, PhaseTask, PhaseView,
        SessionView, SignatureView, SignedInPerson, Waiting,
    },
};
use viruj_domain::{
    capability::Capability,
    execution::{PhaseState, Refusal},
    navigation::menu,
    phase::{EntrySignature, NumberParameter, PhaseEntry, PhaseKind, PhaseStatus},
};

use crate::{
    overlay::{ShownBatch, ShownEntry, ShownPhase},
    store::ListedBatch,
};

pub(crate) mod administration;

pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

pub(crate) fn person(person: &Person, is_offline: bool, must_change_password: bool) -> SignedInPerson {
    SignedInPerson {
        id: person.id.0.clone(),
        name: person.name.clone(),
        email: person.email.clone(),
        role: person.role.as_str().to_owned(),
        department: person.department.as_str().to_owned(),
        menu: menu(person.role).iter().copied().map(MenuItem::from).collect(),
        can_execute: person.is_active && person.role.can(Capability::BatchExecute),
        can_register_station: person.is_active && person.role.can(Capability::StationRegister),
        can_review_audit: person.is_active && person.role.can(Capability::AuditReview),
        is_offline,
        must_change_password,
    }
}

pub(crate) fn session(session: SessionSummary) -> SessionView {
    SessionView {
        id: session.id.to_string(),
        opened_at: time(session.opened_at),
        refreshed_at: time(session.refreshed_at),
        expires_at: time(session.expires_at),
        address: session.client_address,
        station_name: session.station_name,
        is_current: session.is_current,
    }
}

pub(crate) fn list_item(listed: ListedBatch, reader: &Person) -> BatchListItem {
    let row = listed.row;
    BatchListItem {
        is_mine: row.assigned_to.as_ref() == Some(&reader.id),
        id: row.id.0,
        number: row.number,
        product: row.product,
        quantity: row.quantity.to_string(),
        unit: row.unit,
        status: listed.shown_status,
        release_status: row.release_status,
        started_at: time(row.started_at),
        completed_phases: listed.completed_phases,
        phase_count: listed.phase_count,
        next_phase: listed.next_phase,
        assigned_to_name: listed.assigned_to_name,
        hold_reason: row.hold_reason,
        open_deviations: listed.open_deviations,
        unsent: listed.unsent,
    }
}

/// The batch for somebody who may execute it or may not.
pub(crate) fn batch(shown: &ShownBatch, may_execute: bool) -> BatchView {
    let row = &shown.parts.batch;
    let states = shown.states();
    let blocked = blocked_code(shown, may_execute);
    BatchView {
        id: row.id.0.clone(),
        number: row.number.clone(),
        product: row.product.clone(),
        quantity: row.quantity.to_string(),
        unit: row.unit.clone(),
        status: shown.status,
        record_status: shown.record_status,
        release_status: row.release_status,
        hold_reason: row.hold_reason.clone(),
        completed_phases: shown.completed_phases(),
        next_phase_id: shown.next_phase().map(|phase| phase.row.id.0),
        phases: shown.phases.iter().map(|one| phase(one, &states, blocked)).collect(),
        blocked_code: blocked.map(str::to_owned),
    }
}

fn blocked_code(shown: &ShownBatch, may_execute: bool) -> Option<&'static str> {
    if !may_execute {
        Some(Refusal::NotAuthorised.code())
    } else if shown.phases.is_empty() {
        Some("no_phases")
    } else if shown.next_phase().is_none() {
        Some(Refusal::AlreadyCompleted.code())
    } else if !shown.status.is_executable() {
        Some(Refusal::BatchNotExecutable(shown.status).code())
    } else {
        None
    }
}

fn phase(shown: &ShownPhase, states: &[PhaseState], blocked: Option<&str>) -> PhaseView {
    let row = &shown.row;
    PhaseView {
        id: row.id.0,
        number: row.number,
        unit_procedure: row.unit_procedure.clone(),
        operation: row.operation.clone(),
        title: row.definition.title.clone(),
        instruction: row.definition.instruction.clone(),
        status: shown.status,
        version: row.version.to_string(),
        task: task(shown),
        signature: row.definition.signature,
        waits_for: waits_for(shown, states, blocked),
        entries: shown.entries.iter().map(entry).collect(),
    }
}

fn waits_for(shown: &ShownPhase, states: &[PhaseState], blocked: Option<&str>) -> Option<Waiting> {
    let waiting = |code: &str, values| Some(Waiting { code: code.to_owned(), values });
    if shown.status == PhaseStatus::Completed {
        return waiting(Refusal::AlreadyCompleted.code(), Vec::new());
    }
    if let Some(code) = blocked {
        return waiting(code, Vec::new());
    }
    let earlier = viruj_domain::execution::next_phase(states).filter(|next| next.number < shown.row.number)?;
    let refusal = Refusal::EarlierPhaseOpen { number: earlier.number };
    waiting(refusal.code(), vec![NamedValue { name: "number".to_owned(), value: earlier.number.to_string() }])
}

fn task(shown: &ShownPhase) -> PhaseTask {
    match &shown.row.definition.kind {
        PhaseKind::Confirmation => PhaseTask::Confirmation,
        PhaseKind::Value(parameter) => PhaseTask::Value { number: number(parameter) },
        PhaseKind::InProcessCheck(parameter) => PhaseTask::InProcessCheck { number: number(parameter) },
        PhaseKind::MaterialCharge { material, material_code, quantity } => PhaseTask::MaterialCharge {
            material: material.clone(),
            material_code: material_code.clone(),
            number: number(quantity),
        },
        PhaseKind::Timer { minimum_seconds, maximum_seconds } => PhaseTask::Timer {
            minimum_seconds: *minimum_seconds,
            maximum_seconds: *maximum_seconds,
            started_at: shown.timer_start().map(|start| time(start.recorded_at)),
        },
        PhaseKind::SampleRequest { sample, tests } => {
            PhaseTask::SampleRequest { sample: sample.clone(), tests: tests.clone() }
        }
    }
}

fn number(parameter: &NumberParameter) -> NumberView {
    NumberView {
        unit: parameter.unit.symbol().to_owned(),
        places: parameter.places,
        low: parameter.low.map(|limit| limit.to_string()),
        target: parameter.target.map(|limit| limit.to_string()),
        high: parameter.high.map(|limit| limit.to_string()),
    }
}

fn entry(shown: &ShownEntry) -> EntryView {
    let row = &shown.row;
    let mut view = EntryView {
        operation_id: row.operation_id.0,
        kind: EntryKind::Confirmed,
        value: None,
        unit: None,
        lot: None,
        container: None,
        elapsed_seconds: None,
        person_name: row.person_name.clone(),
        recorded_at: time(row.recorded_at),
        reason: row.reason.clone(),
        deviation: row.deviation,
        signature: row.signature.as_ref().map(signature),
        is_unsent: shown.is_unsent,
        verdict_code: row.verdict_code.clone(),
        is_effective: row.is_effective,
    };
    fill(&mut view, row);
    view
}

fn fill(view: &mut EntryView, row: &EntryRow) {
    match &row.entry {
        PhaseEntry::Confirmed => {}
        PhaseEntry::Number { value, unit, lot } => {
            view.kind = EntryKind::Number;
            view.value = Some(value.to_string());
            view.unit = Some(unit.symbol().to_owned());
            view.lot.clone_from(lot);
        }
        PhaseEntry::TimerStarted => view.kind = EntryKind::TimerStarted,
        PhaseEntry::TimerStopped { elapsed_seconds } => {
            view.kind = EntryKind::TimerStopped;
            view.elapsed_seconds = Some(*elapsed_seconds);
        }
        PhaseEntry::SampleRequested { container } => {
            view.kind = EntryKind::SampleRequested;
            view.container = Some(container.clone());
        }
    }
}

pub(crate) fn signature(signature: &EntrySignature) -> SignatureView {
    SignatureView {
        person_name: signature.person_name.clone(),
        meaning: signature.meaning,
        method: signature.method,
        signed_at: time(signature.signed_at),
        time_zone: signature.time_zone.clone(),
    }
}
