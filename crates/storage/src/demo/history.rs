//! What the demonstration's people recorded for a batch, judged by the rules of execution.

use chrono::{DateTime, Duration, Utc};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use viruj_api::batches::{DeviationRow, EntryRow, PhaseRow};
use viruj_domain::{
    batch::{BatchStatus, RecordStatus},
    decimal::ExactDecimal,
    deviation::{DeviationCause, DeviationStatus, Disposition},
    execution::{Attempt, OpenedDeviation, PhaseState, decide},
    ids::{BatchId, DeviationId, OperationId, PhaseId, PlantId, StationId, UserId},
    master::Procedure,
    person::Acting,
    phase::{EntrySignature, NumberParameter, PhaseEntry, PhaseKind, PhaseStatus},
    signature::SignatureMethod,
};

use super::{
    SeedError,
    batches::Plan,
    demo_id,
    people::{PLANTS, executor_in},
    registers::lot_of_history,
    spread,
};

/// A batch with everything that happened to it.
pub(super) struct Told {
    pub(super) record_status: RecordStatus,
    pub(super) started_at: DateTime<Utc>,
    pub(super) ended_at: Option<DateTime<Utc>>,
    pub(super) phases: Vec<PhaseRow>,
    pub(super) entries: Vec<EntryRow>,
    /// Their codes are drawn when they are written.
    pub(super) deviations: Vec<DeviationRow>,
}

/// From the value to the approval of its deviation's disposition.
pub(super) const DISPOSITION_TOOK: Duration = Duration::hours(20);

struct Recorded {
    entry: PhaseEntry,
    at: DateTime<Utc>,
    reason: Option<&'static str>,
}

/// # Errors
/// [`SeedError::Rules`] when the plan asks for what execution would refuse.
pub(super) fn tell(plan: &Plan, procedure: &Procedure, now: DateTime<Utc>) -> Result<Told, SeedError> {
    let batch = plan.id();
    let plant = PlantId::from(plan.plant);
    let mut phases: Vec<PhaseRow> = procedure
        .phases()
        .into_iter()
        .map(|placed| PhaseRow {
            id: PhaseId(demo_id(&format!("{batch}/{}", placed.phase.key))),
            plant_id: plant.clone(),
            batch_id: BatchId(batch.clone()),
            number: placed.number,
            unit_procedure: placed.unit_procedure.to_owned(),
            operation: placed.operation.to_owned(),
            definition: placed.phase.clone(),
            after: Some(placed.after),
            conditions: placed.conditions.into_iter().map(str::to_owned).collect(),
            status: PhaseStatus::Pending,
            version: 1,
        })
        .collect();
    let mut states: Vec<PhaseState> =
        phases.iter().map(|row| row.state(std::iter::empty(), std::iter::empty())).collect();
    let done: Vec<usize> = (0..phases.len()).take_while(|index| (*index as u64) < u64::from(plan.done)).collect();
    let steps: Vec<Vec<(PhaseEntry, Duration)>> = done.iter().map(|index| entries_for(plan, &phases[*index])).collect();
    // What comes after a value out of its limits waited for the disposition.
    let waited = plan.deviates_at.is_some_and(|number| (number as usize) < done.len());
    let took: Duration = steps.iter().flatten().map(|(_, duration)| *duration).sum();
    let took = if waited { took + DISPOSITION_TOOK } else { took };
    let last_at = now - Duration::days(plan.days_ago) - Duration::minutes(i64::from(20 + spread(&batch, 40)));
    let started_at = if done.is_empty() { last_at } else { last_at - took };

    let mut told = Told {
        record_status: RecordStatus::Incomplete,
        started_at,
        ended_at: None,
        phases: Vec::new(),
        entries: Vec::new(),
        deviations: Vec::new(),
    };
    let mut status = BatchStatus::Planned;
    let mut clock = started_at;
    let last = done.len().saturating_sub(1);
    for (index, entries) in done.into_iter().zip(steps) {
        for (part, (entry, duration)) in entries.into_iter().enumerate() {
            clock += duration;
            let reason = (plan.deviates_at == Some(phases[index].number))
                .then_some("The value was read twice and stands. The shift supervisor has been told.");
            let recorded = Recorded { entry, at: clock, reason };
            let attempt = Attempt {
                phase: phases[index].id,
                entry: &recorded.entry,
                corrects: None,
                reason: recorded.reason,
                is_signed: phases[index].definition.signature.is_some(),
            };
            let executor = executor_in(plan.plant);
            let id = UserId::from(executor.id);
            let person = Acting { id: &id, role: executor.role, is_active: true };
            let outcome = decide(status, &states, attempt, person).map_err(|refusal| SeedError::Rules {
                batch: batch.clone(),
                phase: phases[index].number,
                refusal,
            })?;
            status = outcome.batch_status;
            told.record_status = outcome.record_status;
            phases[index].status = outcome.phase_status;
            phases[index].version += 1;
            states[index].status = outcome.phase_status;
            let row = entry_row(plan, &phases[index], part, recorded, outcome.deviation);
            states[index].entries.push(row.recorded());
            if let Some(opened) = outcome.deviation {
                let is_dispositioned = index < last;
                let deviation = deviation_row(plan, &phases[index], &row, opened, is_dispositioned);
                states[index].deviations.extend(deviation.of_phase());
                told.deviations.push(deviation);
                if is_dispositioned {
                    clock += DISPOSITION_TOOK;
                }
            }
            told.entries.push(row);
        }
    }
    told.ended_at = (told.record_status == RecordStatus::Complete).then_some(clock);
    told.phases = phases;
    Ok(told)
}

/// What is recorded for a phase, each entry with the time since the one before.
fn entries_for(plan: &Plan, row: &PhaseRow) -> Vec<(PhaseEntry, Duration)> {
    let phase = &row.definition;
    let deviates = plan.deviates_at == Some(row.number);
    let name = format!("{}/{}", plan.id(), phase.key);
    let pause = Duration::minutes(i64::from(4 + spread(&name, 9)));
    match &phase.kind {
        PhaseKind::Confirmation {} => vec![(PhaseEntry::Confirmed, pause)],
        PhaseKind::Value(number) | PhaseKind::InProcessCheck(number) => {
            vec![(
                PhaseEntry::Number {
                    value: value_of(&name, number, deviates),
                    unit: number.unit,
                    lot: None,
                    reading: None,
                },
                pause,
            )]
        }
        PhaseKind::MaterialCharge { material_code, quantity, .. } => {
            let lot = lot_of_history(material_code, plan.number);
            let value = value_of(&name, quantity, deviates);
            vec![(PhaseEntry::Number { value, unit: quantity.unit, lot: Some(lot), reading: None }, pause)]
        }
        PhaseKind::Timer { minimum_seconds, maximum_seconds } => {
            let room = maximum_seconds.unwrap_or(minimum_seconds + 60).saturating_sub(*minimum_seconds);
            let elapsed = if deviates {
                maximum_seconds.unwrap_or(*minimum_seconds) + 45
            } else {
                minimum_seconds + spread(&name, room.min(600) + 1)
            };
            vec![
                (PhaseEntry::TimerStarted, pause),
                (PhaseEntry::TimerStopped { elapsed_seconds: elapsed }, Duration::seconds(i64::from(elapsed))),
            ]
        }
        PhaseKind::SampleRequest { .. } => {
            let container = format!("C-{:02}{:03}", plan.number, 100 + spread(&name, 800));
            vec![(PhaseEntry::SampleRequested { container }, pause)]
        }
        // The demonstration's process asks for nothing else; the rules refuse what does not fit.
        _ => vec![(PhaseEntry::Confirmed, pause)],
    }
}

/// Near the target and within the limits, or just beyond the upper limit where the plan wants a deviation.
fn value_of(name: &str, number: &NumberParameter, deviates: bool) -> ExactDecimal {
    let step = Decimal::new(1, number.places);
    let target = number.target.or(number.low).or(number.high).map_or(Decimal::ZERO, ExactDecimal::value);
    let high = number.high.map_or(target, ExactDecimal::value);
    let low = number.low.map_or(target, ExactDecimal::value);
    let mut value = if deviates {
        high + step * Decimal::from(3)
    } else {
        // Up to a third of the way to the nearer limit, in steps of the last decimal place.
        let room = (high - target).min(target - low) / Decimal::from(3) / step;
        let room = i64::try_from(room.trunc().mantissa()).unwrap_or(0);
        let width = u32::try_from(2 * room + 1).unwrap_or(1);
        let offset = i64::from(spread(name, width)) - room;
        target + step * Decimal::from(offset)
    };
    value.rescale(number.places);
    ExactDecimal::from(value)
}

fn entry_row(
    plan: &Plan,
    phase: &PhaseRow,
    part: usize,
    recorded: Recorded,
    deviation: Option<OpenedDeviation>,
) -> EntryRow {
    let person = executor_in(plan.plant);
    let operation = demo_id(&format!("{}/{}/{part}", plan.id(), phase.definition.key));
    // A timer that is only started completes nothing and is not signed.
    let is_complete = recorded.entry != PhaseEntry::TimerStarted;
    let signature = phase.definition.signature.filter(|_| is_complete).map(|meaning| EntrySignature {
        person_id: person.id.to_owned(),
        person_name: person.name.to_owned(),
        meaning,
        method: SignatureMethod::ServerAttested,
        signed_at: recorded.at,
        time_zone: zone_of(plan.plant).to_owned(),
        statement_sha256: hex::encode(Sha256::digest(format!(
            "demonstration history: there is no statement behind entry {operation}"
        ))),
    });
    EntryRow {
        operation_id: OperationId(operation),
        plant_id: phase.plant_id.clone(),
        batch_id: phase.batch_id.clone(),
        phase_id: phase.id,
        entry: recorded.entry,
        corrects: None,
        person_id: person.id.into(),
        person_name: person.name.to_owned(),
        station_id: history_station(plan.plant),
        recorded_at: recorded.at,
        received_at: recorded.at + Duration::seconds(1),
        reason: recorded.reason.filter(|_| deviation.is_some()).map(str::to_owned),
        signature,
        deviation: deviation.map(|opened| opened.cause),
        verdict: if deviation.is_some() { "accepted_with_deviation" } else { "accepted" }.to_owned(),
        verdict_code: deviation.map(|opened| opened.cause.as_str().to_owned()),
        is_effective: true,
    }
}

fn deviation_row(
    plan: &Plan,
    phase: &PhaseRow,
    entry: &EntryRow,
    opened: OpenedDeviation,
    is_dispositioned: bool,
) -> DeviationRow {
    let what = match (&entry.entry, opened.cause) {
        (PhaseEntry::Number { value, unit, .. }, _) => {
            format!("{value} {} was recorded, outside the limits of the phase", unit.symbol())
        }
        (PhaseEntry::TimerStopped { elapsed_seconds }, DeviationCause::TimerOutOfBounds) => {
            format!("{elapsed_seconds} s passed, outside the bounds of the phase")
        }
        _ => "The phase went another way than the record says".to_owned(),
    };
    DeviationRow {
        id: DeviationId(demo_id(&format!("{}/{}/deviation", plan.id(), phase.definition.key))),
        plant_id: phase.plant_id.clone(),
        batch_id: Some(phase.batch_id.clone()),
        phase_id: Some(phase.id),
        operation_id: Some(entry.operation_id),
        code: String::new(),
        cause: opened.cause,
        severity: opened.severity,
        status: match plan.status {
            // The batch went on, so somebody had decided that it may.
            _ if is_dispositioned => DeviationStatus::Closed,
            BatchStatus::OnHold => DeviationStatus::Investigation,
            _ => DeviationStatus::Open,
        },
        description: format!("Phase {} ({}): {what}.", phase.number, phase.definition.title),
        opened_at: entry.received_at,
        disposition: is_dispositioned.then_some(Disposition::AcceptAsIs),
    }
}

pub(super) fn zone_of(plant: &str) -> &'static str {
    PLANTS.iter().find(|known| known.id == plant).map_or("UTC", |known| known.time_zone)
}

/// The retired station that stands in the entries of the history.
pub(super) fn history_station(plant: &str) -> StationId {
    StationId(demo_id(&format!("{plant}/history station")))
}
