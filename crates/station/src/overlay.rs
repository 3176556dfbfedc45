//! A batch as it is shown: the copy with what was recorded here laid over it, by the same rules that the server judges by.

use viruj_api::{
    batches::{DeviationRow, EntryRow, PhaseRow},
    statement::PersonSlot,
    sync::Verdict,
};
use viruj_domain::{
    batch::{BatchStatus, RecordStatus},
    deviation::DeviationCause,
    execution::{Attempt, Judgement, PhaseState, judge, next_phase, standings},
    person::Acting,
    phase::{EntrySignature, PhaseEntry, PhaseStatus},
    role::Role,
};
use viruj_sync::signing::sha256;

use crate::store::{BatchParts, KeptOperation};

/// A batch with its phases as they are shown.
#[derive(Clone, Debug)]
pub struct ShownBatch {
    pub parts: BatchParts,
    pub status: BatchStatus,
    pub record_status: RecordStatus,
    pub phases: Vec<ShownPhase>,
}

#[derive(Clone, Debug)]
pub struct ShownPhase {
    pub row: PhaseRow,
    pub status: PhaseStatus,
    pub entries: Vec<ShownEntry>,
}

/// An entry, whether it came back from the server or is only here.
#[derive(Clone, Debug)]
pub struct ShownEntry {
    pub row: EntryRow,
    pub is_unsent: bool,
}

impl ShownBatch {
    /// The phases as the rules take them.
    #[must_use]
    pub fn states(&self) -> Vec<PhaseState> {
        self.phases.iter().map(|phase| phase.state(&self.parts.deviations)).collect()
    }

    #[must_use]
    pub fn next_phase(&self) -> Option<&ShownPhase> {
        let states = self.states();
        // Where everything that is left waits for a disposition, the first of it is what comes next.
        let left = || standings(&states).iter().position(|one| !one.is_settled()).and_then(|place| states.get(place));
        let next = next_phase(&states).or_else(left)?.id;
        self.phases.iter().find(|phase| phase.row.id == next)
    }

    #[must_use]
    pub fn completed_phases(&self) -> u32 {
        let is_done = |phase: &&ShownPhase| matches!(phase.status, PhaseStatus::Completed | PhaseStatus::NotApplicable);
        let completed = self.phases.iter().filter(is_done).count();
        u32::try_from(completed).unwrap_or(u32::MAX)
    }
}

impl ShownPhase {
    fn state(&self, deviations: &[DeviationRow]) -> PhaseState {
        let entries = self.entries.iter().map(|entry| &entry.row);
        PhaseState { status: self.status, ..self.row.state(entries, deviations.iter()) }
    }

    /// The start of the timer that runs, or ran last.
    #[must_use]
    pub fn timer_start(&self) -> Option<&EntryRow> {
        let mut starts = self.entries.iter().map(|entry| &entry.row);
        starts.rfind(|row| row.is_effective && row.entry == PhaseEntry::TimerStarted)
    }
}

/// Lays the operations that have not come back over the copy, in the order in which they were recorded.
#[must_use]
pub fn overlay(parts: BatchParts) -> ShownBatch {
    let phases = parts.phases.iter().map(|row| ShownPhase {
        status: row.status,
        entries: parts
            .entries
            .iter()
            .filter(|entry| entry.phase_id == row.id)
            .map(|entry| ShownEntry { row: entry.clone(), is_unsent: false })
            .collect(),
        row: row.clone(),
    });
    let mut shown = ShownBatch {
        status: parts.batch.status,
        record_status: parts.batch.record_status,
        phases: phases.collect(),
        parts,
    };
    for kept in std::mem::take(&mut shown.parts.own) {
        lay_over(&mut shown, &kept);
        shown.parts.own.push(kept);
    }
    shown
}

fn lay_over(shown: &mut ShownBatch, kept: &KeptOperation) {
    let Some((phase_id, entry, corrects)) = kept.statement.action.entry() else { return };
    let verdict = kept.operation.verdict.as_ref().map(|given| &given.verdict);
    let states = shown.states();
    let is_signed = !matches!(kept.envelope.person, PersonSlot::None);
    let corrected = corrects.map(|entry| entry.0);
    let reason = kept.statement.reason.as_deref();
    let attempt = Attempt { phase: phase_id, entry, corrects: corrected, reason, is_signed };
    // Whether the person had the authority was asked when it was recorded and is for the server to judge: here the
    // person acts in a role that the phase is for.
    let definition = states.iter().find(|phase| phase.id == phase_id).map(|phase| &phase.definition);
    let named = definition.map(|phase| match (&phase.verification, entry) {
        (Some(verification), PhaseEntry::Checked) => &verification.by,
        _ => &phase.performed_by,
    });
    let role = named.and_then(|roles| roles.first()).copied().unwrap_or(Role::ProductionOperator);
    let person = Acting { id: &kept.statement.person_id, role, is_active: true };
    let judgement = match verdict {
        Some(Verdict::NotApplied { .. }) => None,
        // What the server kept beside an effective entry has no effect here either, whatever this copy knows yet.
        Some(Verdict::AcceptedWithDeviation { code, .. })
            if [DeviationCause::Duplicate, DeviationCause::AfterHold].iter().any(|cause| cause.as_str() == code) =>
        {
            None
        }
        _ => Some(judge(shown.status, &states, attempt, person)),
    };
    let (is_effective, deviation) = match &judgement {
        Some(Judgement::Applied(outcome)) => (true, outcome.deviation.map(|opened| opened.cause)),
        Some(Judgement::KeptWithDeviation(opened)) => (false, Some(opened.cause)),
        Some(Judgement::NotApplied(_)) | None => (false, None),
    };
    let Some(phase) = shown.phases.iter_mut().find(|phase| phase.row.id == phase_id) else { return };
    phase.entries.push(ShownEntry {
        row: EntryRow { corrects, ..entry_row(&phase.row, kept, entry, verdict, is_effective, deviation) },
        is_unsent: verdict.is_none(),
    });
    if let Some(Judgement::Applied(outcome)) = judgement {
        phase.status = outcome.phase_status;
        for (id, status) in outcome.others {
            shown.phases.iter_mut().filter(|phase| phase.row.id == id).for_each(|phase| phase.status = status);
        }
        shown.status = outcome.batch_status;
        shown.record_status = outcome.record_status;
    }
}

fn entry_row(
    phase: &PhaseRow,
    kept: &KeptOperation,
    entry: &PhaseEntry,
    verdict: Option<&Verdict>,
    is_effective: bool,
    deviation: Option<DeviationCause>,
) -> EntryRow {
    let envelope = &kept.envelope;
    let given_cause = verdict.and_then(Verdict::code).and_then(|code| code.parse().ok());
    EntryRow {
        operation_id: kept.operation.operation_id,
        plant_id: phase.plant_id.clone(),
        batch_id: phase.batch_id.clone(),
        phase_id: phase.id,
        entry: entry.clone(),
        corrects: None,
        person_id: kept.statement.person_id.clone(),
        person_name: kept.person_name.clone(),
        station_id: envelope.station_id,
        recorded_at: envelope.recorded_at,
        received_at: kept.operation.verdict.as_ref().map_or(envelope.recorded_at, |given| given.received_at),
        reason: kept.statement.reason.clone(),
        signature: signature_of(kept),
        deviation: given_cause.or(deviation),
        verdict: verdict.map_or("", Verdict::word).to_owned(),
        verdict_code: verdict.and_then(Verdict::code).map(str::to_owned),
        is_effective,
    }
}

/// The signature as it stands in the slot; it was verified before it was recorded.
pub(crate) fn signature_of(kept: &KeptOperation) -> Option<EntrySignature> {
    let signature = viruj_sync::signing::read_slot(&kept.envelope.person, &kept.statement)?;
    let statement = viruj_sync::signing::statement_bytes(&kept.statement).ok()?;
    Some(EntrySignature {
        person_id: signature.person_id.0,
        person_name: signature.person_name,
        meaning: signature.meaning,
        method: signature.method,
        signed_at: signature.signed_at,
        time_zone: kept.statement.time_zone.clone(),
        statement_sha256: hex::encode(sha256(&statement)),
    })
}
