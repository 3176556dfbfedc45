//! What an operation brings about, once its place in the station's chain is certain.

use chrono::{DateTime, Utc};
use viruj_api::{
    batches::{DeviationRow, EntryRow},
    leases::LeaseRow,
    people::Person,
    statement::{Action, Statement},
    sync::Verdict,
};
use viruj_domain::{
    capability::Capability,
    deviation::{DeviationCause, DeviationStatus, Severity},
    execution::{
        Attempt, Circumstances, Judgement, OpenedDeviation, Outcome, PhaseState, Refusal, Registers, Unfit, Wanted,
        signed_with,
    },
    ids::OperationId,
    lease::{LeaseClaim, held_elsewhere},
    person::Acting,
    phase::{EntrySignature, PhaseEntry},
    signature::{KeyFault, KeyValidity, SessionEvent},
};

use super::{Receiver, identity::deviation_id, sentence};
use crate::{
    planted::{Bug, is_planted},
    signing::{OpenedEnvelope, PersonSignature, SlotError, sha256, verify_server_time, verify_slot},
    store::{
        Author, BatchChange, BatchState, Effect, EquipmentUse, PhaseChange, PlantStore, SessionChange, StoreError,
    },
};

mod storable;

/// Codes of `not_applied` beside those of [`Refusal::code`].
mod code {
    pub const MALFORMED: &str = "malformed";
    pub const WRONG_PLANT: &str = "wrong_plant";
    pub const PERSON_UNKNOWN: &str = "person_unknown";
    pub const BATCH_UNKNOWN: &str = "batch_unknown";
    pub const PHASE_UNKNOWN: &str = "phase_unknown";
    pub const MASTER_RECORD_DIFFERS: &str = "master_record_differs";
    pub const BAD_PERSON_SIGNATURE: &str = "bad_person_signature";
}

pub(super) struct Judged {
    pub(super) verdict: Verdict,
    /// Absent where the operation names nothing that a row could refer to; the operation itself is kept.
    pub(super) writing: Option<Writing>,
    pub(super) alarm: Option<&'static str>,
}

pub(super) struct Writing {
    pub(super) author: Author,
    pub(super) reason: Option<String>,
    pub(super) effect: Effect,
}

impl Judged {
    fn not_applied(code: &str) -> Self {
        Self { verdict: Verdict::NotApplied { code: code.to_owned() }, writing: None, alarm: None }
    }
}

pub(super) async fn judge_operation<S: PlantStore>(
    store: &mut S,
    receiver: &Receiver<'_>,
    opened: &OpenedEnvelope,
    id: OperationId,
) -> Result<Judged, StoreError> {
    let statement = match &opened.statement {
        Ok(statement) if storable::is_storable(opened, statement) => statement,
        _ => return Ok(Judged::not_applied(code::MALFORMED)),
    };
    if statement.plant_id != receiver.station.plant_id {
        return Ok(Judged::not_applied(code::WRONG_PLANT));
    }
    let Some(person) = store.person(&statement.person_id).await? else {
        return Ok(Judged::not_applied(code::PERSON_UNKNOWN));
    };
    if let Action::Session { event } = statement.action {
        return Ok(session_event(receiver, (opened, id), &person, event));
    }
    let batch = match &statement.batch_id {
        Some(batch) => store.batch(batch).await?,
        None => None,
    };
    let Some(batch) = batch else {
        return Ok(Judged::not_applied(code::BATCH_UNKNOWN));
    };
    let named = statement.action.entry().and_then(|(id, entry, _)| {
        let phase = batch.phases.iter().find(|phase| phase.id == id)?;
        Some(Wanted::for_entry(phase, entry, &person.id)).filter(|wanted| !wanted.is_empty())
    });
    let registers = match named {
        Some(wanted) => store.registers(&wanted).await?,
        None => Registers::default(),
    };
    let leases = match statement.action.entry() {
        Some((phase, ..)) => store.leases(&batch.id, phase).await?,
        None => Vec::new(),
    };
    let slot = verify_slot(
        &opened.envelope.person,
        statement,
        &opened.statement_bytes,
        receiver.station.id,
        receiver.server_keys,
    );
    let used = slot.as_ref().ok().and_then(Option::as_ref).and_then(|signature| signature.key.as_ref());
    let key = match used {
        Some(used) => {
            let retired_at = store.key_retired_at(&used.key_id).await?;
            Some(KeyValidity { expires_at: used.expires_at, retired_at })
        }
        None => None,
    };
    let case = Case {
        receiver,
        opened,
        statement,
        id,
        person: &person,
        batch: &batch,
        registers: &registers,
        leases: &leases,
        signature: slot,
        key,
    };
    Ok(match &statement.action {
        Action::Comment { phase_id, .. } => case.comment(*phase_id),
        action => match action.entry() {
            Some((id, entry, corrects)) => match batch.phases.iter().find(|phase| phase.id == id) {
                Some(phase) => case.phase_entry(phase, entry, corrects),
                None => Judged::not_applied(code::PHASE_UNKNOWN),
            },
            None => Judged::not_applied(code::MALFORMED),
        },
    })
}

/// Whoever it was, it happened: the event comes into the trail, and nothing else changes.
fn session_event(
    receiver: &Receiver<'_>,
    (opened, id): (&OpenedEnvelope, OperationId),
    person: &Person,
    event: SessionEvent,
) -> Judged {
    let author = Author { person_id: person.id.clone(), station_id: receiver.station.id, operation_id: id };
    let session = Some(SessionChange { event, at: opened.envelope.recorded_at });
    let effect = Effect { session, ..Effect::default() };
    Judged {
        verdict: Verdict::Accepted,
        writing: Some(Writing { author, reason: Some("offline session".to_owned()), effect }),
        alarm: None,
    }
}

/// One operation with everything that it is judged by.
struct Case<'a> {
    receiver: &'a Receiver<'a>,
    opened: &'a OpenedEnvelope,
    statement: &'a Statement,
    id: OperationId,
    person: &'a Person,
    batch: &'a BatchState,
    registers: &'a Registers,
    /// For the entry's phase.
    leases: &'a [LeaseRow],
    signature: Result<Option<PersonSignature>, SlotError>,
    /// Of the person's key, where it signed.
    key: Option<KeyValidity>,
}

impl Case<'_> {
    /// What was fit when it was done was fit: the station's time counts, as far as it lies between the last time that
    /// the server gave it and the receipt.
    fn circumstances(&self) -> Circumstances<'_> {
        Circumstances { batch: &self.batch.id, registers: self.registers, at: self.happened_at() }
    }

    fn happened_at(&self) -> DateTime<Utc> {
        let envelope = &self.opened.envelope;
        let token = envelope.server_time_token.as_deref();
        let given = token.and_then(|token| verify_server_time(token, self.receiver.server_keys).ok());
        let received = self.receiver.server_time.time;
        envelope.recorded_at.max(given.unwrap_or(envelope.recorded_at)).min(received)
    }

    /// The lease of another station under which the phase stood when the entry was made.
    fn held_elsewhere(&self) -> Option<&LeaseRow> {
        if !self.batch.status.is_leasable() {
            return None;
        }
        let envelope = &self.opened.envelope;
        let claim = envelope.lease.zip(envelope.fence).map(|(id, fence)| LeaseClaim { id, fence });
        let leases: Vec<_> = self.leases.iter().map(LeaseRow::lease).collect();
        let held = held_elsewhere(&leases, self.receiver.station.id, claim, self.happened_at())?;
        if is_planted(Bug::LeaseUnasked) {
            return None;
        }
        self.leases.iter().find(|row| row.id == held.id)
    }

    fn person_has_authority(&self) -> bool {
        let sees_plant = self.person.sees_all_plants || self.person.plant_ids.contains(&self.batch.plant_id);
        (self.person.is_active && sees_plant) || is_planted(Bug::AuthorityUnasked)
    }

    /// A comment changes no row: the operation holds it.
    fn comment(&self, phase: Option<viruj_domain::ids::PhaseId>) -> Judged {
        if phase.is_some_and(|id| self.batch.phases.iter().all(|phase| phase.id != id)) {
            return Judged::not_applied(code::PHASE_UNKNOWN);
        }
        if !self.person_has_authority() || !self.person.role.can(Capability::BatchRead) {
            return Judged::not_applied(Refusal::NotAuthorised.code());
        }
        Judged { verdict: Verdict::Accepted, writing: None, alarm: None }
    }

    fn phase_entry(&self, phase: &PhaseState, entry: &PhaseEntry, corrects: Option<OperationId>) -> Judged {
        let held_by = self.held_elsewhere().map(|lease| lease.station_name.as_str());
        let kept = Kept { case: self, phase, entry, corrects, held_by };
        let Ok(signature) = &self.signature else { return kept.forged() };
        let signature = signature.as_ref();
        if let Some(Err(fault)) = self.key.map(|key| key.check_at(self.happened_at())) {
            return kept.signed_too_late(signature, fault);
        }
        if self.statement.master_record != self.batch.master_record {
            return kept.not_applied(signature, code::MASTER_RECORD_DIFFERS, None);
        }
        let corrects = corrects.map(|entry| entry.0);
        let wanted = signed_with(phase, entry, corrects);
        let is_signed = signature.is_some_and(|given| Some(given.meaning) == wanted);
        let reason = self.statement.reason.as_deref();
        let attempt = Attempt { phase: phase.id, entry, corrects, reason, is_signed };
        let person = Acting { id: &self.person.id, role: self.person.role, is_active: self.person_has_authority() };
        match self.circumstances().judge(self.batch.status, &self.batch.phases, attempt, person) {
            // Whoever holds the lease may have executed the phase already, without the server: theirs is the one that counts.
            Judgement::Applied(_) | Judgement::NotApplied(Refusal::EarlierPhaseOpen { .. }) if held_by.is_some() => {
                kept.beside(signature, HELD_ELSEWHERE)
            }
            Judgement::Applied(outcome) => kept.applied(signature, &outcome),
            Judgement::KeptWithDeviation(deviation) => kept.beside(signature, deviation),
            Judgement::NotApplied(refusal) => kept.not_applied(signature, refusal.code(), deviation_of(&refusal)),
        }
    }
}

/// What a person did without effect is still something that quality assurance must look at.
fn deviation_of(refusal: &Refusal) -> Option<OpenedDeviation> {
    let cause = match refusal {
        Refusal::NotAuthorised | Refusal::SamePerson => DeviationCause::AuthorityMissing,
        Refusal::EarlierPhaseOpen { .. } | Refusal::PhaseNotApplicable => DeviationCause::OutOfOrder,
        Refusal::TimerRunning => DeviationCause::Duplicate,
        _ => return None,
    };
    let severity = if cause == DeviationCause::Duplicate { Severity::Medium } else { Severity::High };
    Some(OpenedDeviation { cause, severity })
}

/// An entry for a phase that exists: whatever the verdict, it becomes a row.
struct Kept<'a> {
    case: &'a Case<'a>,
    phase: &'a PhaseState,
    entry: &'a PhaseEntry,
    corrects: Option<OperationId>,
    /// The name of the other station that had the lease.
    held_by: Option<&'a str>,
}

/// Of an entry that was made while another station had the lease (offline.md, "Who may do what offline").
const HELD_ELSEWHERE: OpenedDeviation =
    OpenedDeviation { cause: DeviationCause::Duplicate, severity: Severity::Medium };

impl Kept<'_> {
    fn applied(&self, signature: Option<&PersonSignature>, outcome: &Outcome) -> Judged {
        let verdict = outcome.deviation.map_or(Verdict::Accepted, |deviation| self.with_deviation(deviation));
        let mut judged = self.row(signature, verdict, (outcome.deviation, outcome.unfit.as_ref()), true);
        if let Some(writing) = &mut judged.writing {
            let batch = self.case.batch;
            let used = self.case.circumstances().taken_into_use(self.entry);
            let used = used.filter(|used| used.standing.in_use_for.as_ref() != Some(&batch.id));
            writing.effect.equipment =
                used.map(|used| EquipmentUse { code: used.code.clone(), standing: used.standing.used_for(&batch.id) });
            let all = std::iter::once((self.phase.id, outcome.phase_status)).chain(outcome.others.iter().copied());
            writing.effect.phases = all.map(|(id, status)| PhaseChange { id, status }).collect();
            let differs = (outcome.batch_status, outcome.record_status) != (batch.status, batch.record_status);
            writing.effect.batch = differs.then(|| BatchChange {
                id: batch.id.clone(),
                status: outcome.batch_status,
                record_status: outcome.record_status,
            });
        }
        judged
    }

    fn beside(&self, signature: Option<&PersonSignature>, deviation: OpenedDeviation) -> Judged {
        self.row(signature, self.with_deviation(deviation), (Some(deviation), None), false)
    }

    fn not_applied(
        &self,
        signature: Option<&PersonSignature>,
        code: &str,
        deviation: Option<OpenedDeviation>,
    ) -> Judged {
        self.row(signature, Verdict::NotApplied { code: code.to_owned() }, (deviation, None), false)
    }

    /// The slot is filled and does not hold: somebody made a signature that nobody gave.
    fn forged(&self) -> Judged {
        let deviation = OpenedDeviation { cause: DeviationCause::AuthorityMissing, severity: Severity::Critical };
        let judged = self.not_applied(None, code::BAD_PERSON_SIGNATURE, Some(deviation));
        Judged { alarm: Some(code::BAD_PERSON_SIGNATURE), ..judged }
    }

    /// The key was not to sign any more: whoever gave the password may be somebody else, so the entry has no effect.
    fn signed_too_late(&self, signature: Option<&PersonSignature>, fault: KeyFault) -> Judged {
        let deviation = OpenedDeviation { cause: DeviationCause::AuthorityMissing, severity: Severity::High };
        let judged = self.not_applied(signature, fault.code(), Some(deviation));
        Judged { alarm: (fault == KeyFault::Retired).then(|| fault.code()), ..judged }
    }

    fn with_deviation(&self, deviation: OpenedDeviation) -> Verdict {
        Verdict::AcceptedWithDeviation {
            code: deviation.cause.as_str().to_owned(),
            deviation_id: Some(deviation_id(self.case.id, self.case.receiver.server_time.time)),
        }
    }

    fn row(
        &self,
        signature: Option<&PersonSignature>,
        verdict: Verdict,
        (deviation, unfit): (Option<OpenedDeviation>, Option<&Unfit>),
        is_effective: bool,
    ) -> Judged {
        let Case { receiver, opened, statement, id, person, batch, .. } = self.case;
        let id = *id;
        let received_at = receiver.server_time.time;
        let entry = EntryRow {
            operation_id: id,
            plant_id: batch.plant_id.clone(),
            batch_id: batch.id.clone(),
            phase_id: self.phase.id,
            entry: self.entry.clone(),
            corrects: self.corrects,
            person_id: person.id.clone(),
            person_name: signature.map_or(&person.name, |given| &given.person_name).clone(),
            station_id: receiver.station.id,
            recorded_at: opened.envelope.recorded_at,
            received_at,
            reason: statement.reason.clone(),
            signature: signature.map(|given| EntrySignature {
                person_id: given.person_id.0.clone(),
                person_name: given.person_name.clone(),
                meaning: given.meaning,
                method: given.method,
                signed_at: given.signed_at,
                time_zone: statement.time_zone.clone(),
                statement_sha256: hex::encode(sha256(&opened.statement_bytes)),
            }),
            deviation: deviation.map(|opened| opened.cause),
            verdict: verdict.word().to_owned(),
            verdict_code: verdict.code().map(str::to_owned),
            is_effective,
        };
        let deviation = deviation.map(|opened| DeviationRow {
            id: deviation_id(id, received_at),
            plant_id: batch.plant_id.clone(),
            batch_id: Some(batch.id.clone()),
            phase_id: Some(self.phase.id),
            operation_id: Some(id),
            code: String::new(),
            cause: opened.cause,
            severity: opened.severity,
            status: DeviationStatus::Open,
            description: sentence::describe(batch, self.phase, &entry, (opened.cause, unfit, self.held_by)),
            opened_at: received_at,
            disposition: None,
        });
        let author = Author { person_id: person.id.clone(), station_id: receiver.station.id, operation_id: id };
        let effect = Effect { entry: Some(entry), deviation, ..Effect::default() };
        Judged { verdict, writing: Some(Writing { author, reason: statement.reason.clone(), effect }), alarm: None }
    }
}
