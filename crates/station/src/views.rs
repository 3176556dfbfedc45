//! What the screens are given: text with its scale, times in RFC 3339, and codes instead of sentences.

use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;
use viruj_api::{
    batches::EntryRow,
    people::Person,
    sessions::SessionSummary,
    station::{
        BatchListItem, BatchView, ChoiceView, EntryKind, EntryView, FileView, MenuItem, NamedPhase, NamedValue,
        NumberView, PhaseTask, PhaseTurn, PhaseView, SessionView, SignatureView, SignedInPerson, SourceView, Waiting,
    },
};
use viruj_domain::{
    batch::BatchStatus,
    capability::Capability,
    device::{DeviceReading, is_manual},
    execution::{
        Circumstances, PhaseState, Refusal, Standing, Turn, Unfit, calculated, correctable, is_stopped, next_phase,
        standings,
    },
    navigation::menu,
    person::Acting,
    phase::{ChoiceOption, EntrySignature, NumberParameter, PhaseEntry, PhaseKind, PhaseStatus},
    signature::SignatureMeaning,
};

use crate::{
    StationError,
    core::leases::LeaseStanding,
    overlay::{ShownBatch, ShownEntry, ShownPhase},
    store::ListedBatch,
};

pub(crate) mod administration;
pub(crate) mod batch_steps;

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
        can_plan_batches: person.is_active && person.role.can(Capability::BatchPlan),
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

/// What the person may do at this station now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct May {
    pub(crate) execute: bool,
    pub(crate) signing_needs_server: bool,
}

/// The batch for this person, who may execute or verify in it or may not.
pub(crate) fn batch(
    shown: &ShownBatch,
    person: Acting<'_>,
    may: May,
    circumstances: Circumstances<'_>,
    leases: &LeaseStanding,
) -> BatchView {
    let row = &shown.parts.batch;
    let states = shown.states();
    let turns = circumstances.turns(shown.status, &states, person);
    let obstacles = circumstances.obstacles(&states, person);
    // Somebody who only verifies is not kept out of a batch that has something to verify.
    let may_act = may.execute || turns.iter().any(Result::is_ok);
    // Of several that the person has a turn at, one that another station works on comes last.
    let is_here = |phase: &ShownPhase| leases.refusal(&phase.row.operation_name()).is_none();
    let own = || shown.phases.iter().zip(&states).zip(&turns).filter(|(_, turn)| turn.is_ok()).map(|(both, _)| both);
    let own = own().find(|(phase, _)| is_here(phase)).or_else(|| own().next()).map(|(_, state)| state);
    // What is held is still to be executed: the screen says there what keeps it.
    let is_left = |standing: &Standing| !standing.is_settled();
    let left = standings(&states).iter().position(is_left).and_then(|place| states.get(place));
    let next = own.or_else(|| next_phase(&states)).or(left).map(|state| state.id.0);
    let operation =
        shown.phases.iter().find(|phase| Some(phase.row.id.0) == next).map(|phase| phase.row.operation_name());
    let is_leased_away = || {
        leases.refusal(operation.as_ref()?).map(|refusal| match refusal {
            StationError::LeasedElsewhere { .. } => "leased_elsewhere",
            _ => "lease_needed",
        })
    };
    let blocked = blocked_code(shown, may_act, next.is_none()).or_else(is_leased_away);
    let whole = Whole { states, blocked, status: shown.status, person };
    let phases = shown.phases.iter().zip(&whole.states).zip(turns).zip(obstacles);
    BatchView {
        id: row.id.0.clone(),
        number: row.number.clone(),
        product: row.product.clone(),
        quantity: row.quantity.to_string(),
        unit: row.unit.clone(),
        status: shown.status.apparent(row.planned_end, circumstances.at, is_stopped(&whole.states)),
        record_status: shown.record_status,
        release_status: row.release_status,
        hold_reason: row.hold_reason.clone(),
        completed_phases: shown.completed_phases(),
        next_phase_id: next,
        phases: phases.map(|(((one, state), turn), unfit)| whole.phase(one, state, turn, unfit)).collect(),
        blocked_code: whole.blocked.map(str::to_owned),
        planned_start: row.planned_start.map(time),
        planned_end: row.planned_end.map(time),
        version: row.version.to_string(),
        steps: batch_steps::steps(shown, person),
        signing_needs_server: may.signing_needs_server,
        lease: leases.view(operation.as_ref(), may.execute),
    }
}

/// What is the matter with a lot, a piece of equipment or a qualification.
pub(crate) fn unfit(unfit: &Unfit) -> Waiting {
    let values = unfit.values().into_iter().map(|(name, value)| NamedValue { name: name.to_owned(), value });
    Waiting { code: unfit.code().to_owned(), values: values.collect() }
}

fn blocked_code(shown: &ShownBatch, may_act: bool, is_done: bool) -> Option<&'static str> {
    if !may_act {
        Some(Refusal::NotAuthorised.code())
    } else if shown.phases.is_empty() {
        Some("no_phases")
    } else if is_done {
        Some(Refusal::AlreadyCompleted.code())
    } else if shown.status == BatchStatus::OnHold {
        Some("batch_on_hold")
    } else if !shown.status.is_executable() {
        Some(Refusal::BatchNotExecutable(shown.status).code())
    } else {
        None
    }
}

/// What the view of one phase takes from the others and from the person.
struct Whole<'a> {
    states: Vec<PhaseState>,
    blocked: Option<&'static str>,
    status: BatchStatus,
    person: Acting<'a>,
}

impl Whole<'_> {
    fn phase(
        &self,
        shown: &ShownPhase,
        state: &PhaseState,
        turn: Result<Turn, Refusal>,
        obstacle: Option<Unfit>,
    ) -> PhaseView {
        let row = &shown.row;
        let kind = match &turn {
            _ if shown.status == PhaseStatus::RequiresApproval => PhaseTurn::Verify,
            Ok(Turn::Correct) => PhaseTurn::Correct,
            Ok(Turn::Repeat) => PhaseTurn::Repeat,
            _ => PhaseTurn::Execute,
        };
        let signature = match kind {
            PhaseTurn::Verify => Some(SignatureMeaning::Verified),
            PhaseTurn::Execute | PhaseTurn::Correct | PhaseTurn::Repeat => row.definition.signature,
        };
        let standing = correctable(self.status, state, self.person);
        PhaseView {
            id: row.id.0,
            number: row.number,
            unit_procedure: row.unit_procedure.clone(),
            operation: row.operation.clone(),
            title: row.definition.title.clone(),
            instruction: row.definition.instruction.clone(),
            status: shown.status,
            version: row.version.to_string(),
            task: self.task(shown, state),
            turn: kind,
            signature,
            correction_signature: row.definition.signature,
            is_verified: state.is_verified(),
            waits_for: self.waits_for(turn),
            obstacle: obstacle.as_ref().map(unfit),
            entries: shown.entries.iter().map(|one| entry(one, shown, standing)).collect(),
        }
    }

    /// What stands against the whole batch is said before what stands against the phase, once the phase is open at all.
    fn waits_for(&self, turn: Result<Turn, Refusal>) -> Option<Waiting> {
        let refusal = turn.err()?;
        let is_settled = matches!(refusal, Refusal::AlreadyCompleted | Refusal::PhaseNotApplicable);
        let (code, values) = match (self.blocked.filter(|_| !is_settled), &refusal) {
            (Some(code), _) => (code, Vec::new()),
            (None, Refusal::EarlierPhaseOpen { number }) => (refusal.code(), vec![named("number", number)]),
            (
                None,
                Refusal::AwaitsDisposition { number, deviation } | Refusal::StoppedByDisposition { number, deviation },
            ) => {
                let code = deviation.as_deref().unwrap_or_default();
                (refusal.code(), vec![named("number", number), named("deviation", code)])
            }
            (None, Refusal::Unfit(why)) => return Some(unfit(why)),
            (None, _) => (refusal.code(), Vec::new()),
        };
        Some(Waiting { code: code.to_owned(), values })
    }

    fn task(&self, shown: &ShownPhase, state: &PhaseState) -> PhaseTask {
        match &shown.row.definition.kind {
            PhaseKind::Confirmation {} => PhaseTask::Confirmation,
            PhaseKind::Value(parameter) => PhaseTask::Value { number: number(parameter) },
            PhaseKind::InProcessCheck(parameter) => PhaseTask::InProcessCheck { number: number(parameter) },
            PhaseKind::MaterialCharge { material, material_code, quantity, line: _ } => PhaseTask::MaterialCharge {
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
            PhaseKind::Text { longest } => PhaseTask::Text { longest: *longest },
            PhaseKind::Choice { options } => {
                let shown =
                    |option: &ChoiceOption| ChoiceView { text: option.text.clone(), is_expected: option.is_expected };
                PhaseTask::Choice { options: options.iter().map(shown).collect() }
            }
            PhaseKind::Date {} => PhaseTask::Date,
            PhaseKind::EquipmentUse { equipment_class, must_be_clean } => {
                PhaseTask::EquipmentUse { equipment_class: equipment_class.clone(), must_be_clean: *must_be_clean }
            }
            PhaseKind::CleaningCheck { equipment_class } => {
                PhaseTask::CleaningCheck { equipment_class: equipment_class.clone() }
            }
            PhaseKind::Attachment(asked) => PhaseTask::Attachment { accepts: asked.accepts },
            PhaseKind::SecondPersonCheck { of } => PhaseTask::SecondPersonCheck { of: self.named(of) },
            PhaseKind::Calculation { expression, result, .. } => {
                let value = calculated(&self.states, state).ok();
                PhaseTask::Calculation {
                    number: number(result),
                    expression: expression.clone(),
                    result: value.map(|value| value.to_string()),
                    check: value.map(|value| result.check(value)),
                }
            }
        }
    }

    fn named(&self, keys: &[String]) -> Vec<NamedPhase> {
        let phases = self.states.iter().filter(|state| keys.contains(&state.definition.key));
        phases.map(|state| NamedPhase { number: state.number, title: state.definition.title.clone() }).collect()
    }
}

fn named(name: &str, value: impl std::fmt::Display) -> NamedValue {
    NamedValue { name: name.to_owned(), value: value.to_string() }
}

pub(crate) fn number(parameter: &NumberParameter) -> NumberView {
    NumberView {
        unit: parameter.unit.symbol().to_owned(),
        places: parameter.places,
        low: parameter.low.map(|limit| limit.to_string()),
        target: parameter.target.map(|limit| limit.to_string()),
        high: parameter.high.map(|limit| limit.to_string()),
        device: parameter.device,
    }
}

pub(crate) fn entry(shown: &ShownEntry, phase: &ShownPhase, correctable: Option<Uuid>) -> EntryView {
    let row = &shown.row;
    let is_corrected = |other: &ShownEntry| other.row.is_effective && other.row.corrects == Some(row.operation_id);
    EntryView {
        is_unsent: shown.is_unsent,
        is_corrected: phase.entries.iter().any(is_corrected),
        can_be_corrected: correctable == Some(row.operation_id.0),
        is_manual: is_manual(&phase.row.definition.kind, &row.entry),
        ..lone_entry(row)
    }
}

/// An entry without what its phase and the other entries say about it.
pub(crate) fn lone_entry(row: &EntryRow) -> EntryView {
    let mut view = EntryView {
        operation_id: row.operation_id.0,
        kind: EntryKind::Confirmed,
        value: None,
        unit: None,
        lot: None,
        container: None,
        text: None,
        elapsed_seconds: None,
        person_name: row.person_name.clone(),
        recorded_at: time(row.recorded_at),
        reason: row.reason.clone(),
        deviation: row.deviation,
        signature: row.signature.as_ref().map(signature),
        is_unsent: false,
        verdict_code: row.verdict_code.clone(),
        is_effective: row.is_effective,
        is_correction: row.corrects.is_some(),
        is_corrected: false,
        can_be_corrected: false,
        file: None,
        source: None,
        is_manual: false,
    };
    fill(&mut view, row);
    view
}

fn fill(view: &mut EntryView, row: &EntryRow) {
    match &row.entry {
        PhaseEntry::Confirmed => {}
        PhaseEntry::Number { value, unit, lot, reading } => {
            view.kind = EntryKind::Number;
            view.value = Some(value.to_string());
            view.unit = Some(unit.symbol().to_owned());
            view.lot.clone_from(lot);
            view.source = reading.as_ref().map(source);
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
        PhaseEntry::Text { text } => {
            (view.kind, view.text) = (EntryKind::Text, Some(text.clone()));
        }
        PhaseEntry::Chosen { option } => {
            (view.kind, view.text) = (EntryKind::Chosen, Some(option.clone()));
        }
        PhaseEntry::Date { date } => {
            (view.kind, view.text) = (EntryKind::Date, Some(date.to_string()));
        }
        PhaseEntry::EquipmentUsed { equipment } => {
            (view.kind, view.text) = (EntryKind::EquipmentUsed, Some(equipment.clone()));
        }
        PhaseEntry::FoundClean { equipment } => {
            (view.kind, view.text) = (EntryKind::FoundClean, Some(equipment.clone()));
        }
        PhaseEntry::Attached { file_name, media_type, size_bytes, sha256 } => {
            (view.kind, view.text) = (EntryKind::Attached, Some(file_name.clone()));
            let size_bytes = u32::try_from(*size_bytes).unwrap_or(u32::MAX);
            view.file = Some(FileView { media_type: *media_type, size_bytes, sha256: sha256.clone() });
        }
        PhaseEntry::Checked => view.kind = EntryKind::Checked,
    }
}

fn source(reading: &DeviceReading) -> SourceView {
    SourceView {
        device: reading.device.clone(),
        serial_number: reading.serial_number.clone(),
        told: format!("{} {}", reading.value, reading.unit.symbol()),
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
