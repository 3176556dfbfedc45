//! The one path of an entry: checked, stated, signed, durable here, pushed, judged.

use std::time::Duration;

use viruj_api::{
    signatures::AttestRequest,
    statement::{Action, Envelope, FORMAT_VERSION, PersonSlot, Statement},
    station::{EntryInput, EntryReceipt, QueryKey, ReceiptState, RecordEntry, SignatureInput},
    sync::Verdict,
};
use viruj_client::ClientError;
use viruj_domain::{
    execution::{Attempt, Circumstances, Outcome, Refusal, Wanted, calculated, signed_with},
    ids::{OperationId, PhaseId},
    lease::LeaseClaim,
    phase::PhaseEntry,
    signature::SignatureMeaning,
};
use viruj_sync::{
    signing::{NO_PREVIOUS, read_statement, seal, statement_bytes, to_base64, verify_slot},
    store::{Appended, OperationLog, StoredOperation},
    text::{LONGEST_NAME, LONGEST_TEXT, is_storable},
};

use super::{Session, StationCore, files::attached};
use crate::{
    StationError,
    numbers::read_number,
    overlay::{ShownBatch, ShownPhase, signature_of},
    store::{KeptOperation, StoreFault, facts::StationIdentity},
    views,
};

/// How long the screen waits for the verdict before it says "saved".
const WAIT_FOR_VERDICT: Duration = Duration::from_secs(4);

impl StationCore {
    /// Records an entry; it answers only after the entry is on this station's disk.
    ///
    /// # Errors
    /// Nothing was recorded: the rule that refuses, `signature_needs_server`, `disk_full`, or what else stood in the way.
    pub async fn record_entry(&self, wanted: RecordEntry) -> Result<EntryReceipt, StationError> {
        let recording = self.recording.lock().await;
        let kept = self.record(&wanted).await?;
        drop(recording);
        self.tell(&[QueryKey::Status, QueryKey::Batches, QueryKey::Batch, QueryKey::Unsent]);
        if !self.is_offline() {
            // The push goes on where it was cut off: the operation is durable, and the next round sends it again.
            _ = tokio::time::timeout(WAIT_FOR_VERDICT, self.push()).await;
        }
        self.wake.notify_one();
        self.receipt(&wanted.batch_id, &kept).await
    }

    async fn record(&self, wanted: &RecordEntry) -> Result<Recorded, StationError> {
        let identity = self.registered()?;
        let session = self.session()?;
        if session.must_change_password {
            return Err(StationError::PasswordChangeRequired);
        }
        // Before the step starts: afterwards it would be too late to say that there is no room for it.
        self.check_room()?;
        // What an earlier step left between the two files belongs to the batch that is looked at now.
        self.store.settle().await?;
        let shown = self.shown_batch(&wanted.batch_id).await?;
        let phase = shown.phases.iter().find(|phase| phase.row.id == PhaseId(wanted.phase_id));
        let phase = phase.ok_or(Refusal::PhaseUnknown)?;
        let (entry, file) = match &wanted.entry {
            EntryInput::Attach { file_name, content } => {
                let (entry, bytes) = attached(file_name, content)?;
                (entry, Some(bytes))
            }
            other => (self.entry(&shown, phase, other).await?, None),
        };
        check_texts(wanted, &entry)?;
        let attempt = Attempt {
            phase: phase.row.id,
            entry: &entry,
            corrects: wanted.corrects,
            reason: wanted.reason.as_deref(),
            is_signed: wanted.signature.is_some(),
        };
        let states = shown.states();
        let state = states.iter().find(|state| state.id == phase.row.id).ok_or(Refusal::PhaseUnknown)?;
        let batch = &shown.parts.batch;
        let asked = Wanted::for_entry(state, &entry, &session.person.id);
        let registers = self.store.registers(&batch.plant_id, &asked).await?;
        let circumstances = Circumstances { batch: &batch.id, registers: &registers, at: self.now() };
        let outcome = circumstances.decide(shown.status, &states, attempt, self.acting(&session.person))?;
        let standing = self.lease_standing(&batch.id, shown.status).await?;
        let place = phase.row.operation_name();
        if let Some(refusal) = standing.refusal(&place) {
            return Err(refusal);
        }
        let meaning = signed_with(state, &entry, wanted.corrects);
        let statement = self.statement(wanted, &shown, (phase, meaning), &session, entry.clone()).await?;
        let bytes = statement_bytes(&statement)?;
        // What is written must be readable by the same rules, here and at the server.
        read_statement(&bytes)?;
        let person = match (&wanted.signature, statement.meaning) {
            (Some(signature), Some(_)) => self.sign(&identity, &session, signature, &statement, &bytes).await?,
            _ => PersonSlot::None,
        };
        if !matches!(person, PersonSlot::None)
            && let Some(now) = self.state_mut().session.as_mut()
            && now.person.id == session.person.id
        {
            now.has_signed = true;
        }
        // Before the entry: an entry on the disk says that its file is there, too.
        if let (Some(content), PhaseEntry::Attached { sha256, .. }) = (&file, &entry) {
            self.store.keep_file(statement.operation_id, (&batch.id, sha256), content).await?;
        }
        let operation = self
            .keep(&identity, &session.person.name, (statement.operation_id, &bytes), (person, standing.claim(&place)))
            .await?;
        if standing.is_wanted(&place) {
            self.want_lease(batch.id.clone(), place);
        }
        if let EntryInput::TakeReading { reading, .. } = &wanted.entry {
            self.devices.forget(*reading);
        }
        Ok(Recorded { operation, outcome })
    }

    fn check_room(&self) -> Result<(), StoreFault> {
        const MEGABYTE: u64 = 1024 * 1024;
        let free = self.options.machine.free_bytes(&self.options.data_dir);
        match free.map(|bytes| bytes / MEGABYTE) {
            Some(free_mb) if free_mb < StoreFault::NEEDED_MB => {
                Err(StoreFault::DiskFull { free_mb, needed_mb: StoreFault::NEEDED_MB })
            }
            _ => Ok(()),
        }
    }

    async fn entry(
        &self,
        shown: &ShownBatch,
        phase: &ShownPhase,
        input: &EntryInput,
    ) -> Result<PhaseEntry, StationError> {
        Ok(match input {
            EntryInput::Confirm => PhaseEntry::Confirmed,
            EntryInput::Number { text, decimal_separator, lot } => {
                let number = phase.row.definition.kind.number().ok_or(Refusal::WrongEntryKind)?;
                let value = read_number(text, decimal_separator, number.places).map_err(|code| match code {
                    "too_many_places" => Refusal::TooManyPlaces { allowed: number.places }.into(),
                    code => StationError::Number(code),
                })?;
                let lot = named(lot.as_ref());
                PhaseEntry::Number { value, unit: number.unit, lot, reading: None }
            }
            EntryInput::TakeReading { reading, lot } => {
                let number = phase.row.definition.kind.number().ok_or(Refusal::WrongEntryKind)?;
                self.read_entry(*reading, phase.row.id, (number, named(lot.as_ref())))?
            }
            EntryInput::StartTimer => PhaseEntry::TimerStarted,
            EntryInput::StopTimer => PhaseEntry::TimerStopped { elapsed_seconds: self.elapsed(phase).await? },
            EntryInput::RequestSample { container } => {
                PhaseEntry::SampleRequested { container: container.trim().to_owned() }
            }
            EntryInput::WriteText { text } => PhaseEntry::Text { text: text.trim().to_owned() },
            EntryInput::Choose { option } => PhaseEntry::Chosen { option: option.clone() },
            EntryInput::EnterDate { date } => {
                PhaseEntry::Date { date: date.parse().map_err(|_| StationError::Number("not_a_date"))? }
            }
            EntryInput::UseEquipment { equipment } => {
                PhaseEntry::EquipmentUsed { equipment: equipment.trim().to_owned() }
            }
            EntryInput::FindClean { equipment } => PhaseEntry::FoundClean { equipment: equipment.trim().to_owned() },
            EntryInput::Calculate => {
                let number = phase.row.definition.kind.number().ok_or(Refusal::WrongEntryKind)?;
                let states = shown.states();
                let state = states.iter().find(|state| state.id == phase.row.id).ok_or(Refusal::PhaseUnknown)?;
                PhaseEntry::Number { value: calculated(&states, state)?, unit: number.unit, lot: None, reading: None }
            }
            EntryInput::Check => PhaseEntry::Checked,
            // Its bytes are looked at first.
            EntryInput::Attach { .. } => return Err(Refusal::WrongEntryKind.into()),
        })
    }

    /// Whole seconds since the timer was started: by the clock that nobody sets while the machine runs on, by the wall
    /// clock otherwise.
    async fn elapsed(&self, phase: &ShownPhase) -> Result<u32, StationError> {
        let start = phase.timer_start().ok_or(Refusal::TimerNotStarted)?;
        let own = self.store.kept(start.operation_id).await?;
        let by_machine = own
            .filter(|kept| kept.envelope.boot_id == self.options.machine.boot_id())
            .map(|kept| self.options.machine.monotonic_ms().saturating_sub(kept.envelope.monotonic_ms));
        let by_wall = (self.now() - start.recorded_at).num_milliseconds().max(0).unsigned_abs();
        Ok(u32::try_from(by_machine.unwrap_or(by_wall) / 1000).unwrap_or(u32::MAX))
    }

    async fn statement(
        &self,
        wanted: &RecordEntry,
        shown: &ShownBatch,
        (phase, meaning): (&ShownPhase, Option<SignatureMeaning>),
        session: &Session,
        entry: PhaseEntry,
    ) -> Result<Statement, StationError> {
        let batch = &shown.parts.batch;
        let plant = self.store.plant(&batch.plant_id).await?;
        let is_signed = wanted.signature.is_some();
        let phase_id = phase.row.id;
        let base_version = wanted.version.parse().map_err(|_| StationError::BadInput)?;
        Ok(Statement {
            format: FORMAT_VERSION,
            operation_id: OperationId(self.new_id()?),
            person_id: session.person.id.clone(),
            session_id: session.access.as_ref().map(|access| access.session_id),
            plant_id: batch.plant_id.clone(),
            batch_id: Some(batch.id.clone()),
            action: match wanted.corrects {
                Some(corrects) => {
                    Action::PhaseCorrection { phase_id, base_version, corrects: OperationId(corrects), entry }
                }
                None => Action::PhaseEntry { phase_id, base_version, entry },
            },
            master_record: batch.master_record.clone(),
            reason: wanted.reason.clone().filter(|reason| !reason.trim().is_empty()),
            meaning: meaning.filter(|_| is_signed),
            shown_text: wanted.shown_text.clone(),
            language: wanted.language.clone(),
            stated_at: self.now(),
            time_zone: plant.map_or_else(|| "UTC".to_owned(), |plant| plant.time_zone),
        })
    }

    /// The server attests the signature while it is there; without it the person's own key signs.
    async fn sign(
        &self,
        identity: &StationIdentity,
        session: &Session,
        signature: &SignatureInput,
        statement: &Statement,
        bytes: &[u8],
    ) -> Result<PersonSlot, StationError> {
        session.check_signer(signature.email.as_deref())?;
        let given = (signature.email.as_deref(), signature.password.as_str());
        let is_local =
            self.is_offline() || (session.is_without_server && !self.meet_server(session, &signature.password).await?);
        if is_local && self.has_key(session).await? {
            return self.sign_by_key(identity, session, given, bytes).await;
        }
        match self.attest(identity, signature, statement, bytes).await {
            Err(StationError::SignatureNeedsServer) => self.sign_by_key(identity, session, given, bytes).await,
            answer => answer,
        }
    }

    /// Lets the server see the password; its word must be signed by a key that is pinned, and stand for these bytes.
    async fn attest(
        &self,
        identity: &StationIdentity,
        signature: &SignatureInput,
        statement: &Statement,
        bytes: &[u8],
    ) -> Result<PersonSlot, StationError> {
        let request = AttestRequest {
            station_id: identity.station_id,
            statement: to_base64(bytes),
            email: signature.email.clone(),
            password: signature.password.clone(),
        };
        let slot = match self.push_and_ask_to_attest(&request).await {
            Err(StationError::Client(ClientError::Unreachable(_))) => {
                self.went_offline("server_unreachable");
                return Err(StationError::SignatureNeedsServer);
            }
            answer => answer?,
        };
        verify_slot(&slot, statement, bytes, identity.station_id, &Self::pinned_keys(identity))
            .ok()
            .flatten()
            .ok_or(StationError::ServerChanged)?;
        Ok(slot)
    }

    /// The server asks its own rules before it attests: it must know the phases before this one.
    async fn push_and_ask_to_attest(&self, request: &AttestRequest) -> Result<PersonSlot, StationError> {
        if self.store.unsent_count().await?.0 > 0
            && let Some(stopped) = self.push().await?.stopped
        {
            return Err(StationError::ServerRefused(stopped.code));
        }
        self.ask_to_attest(request).await
    }

    async fn ask_to_attest(&self, request: &AttestRequest) -> Result<PersonSlot, StationError> {
        let (token, _) = self.access().await?;
        match self.options.client.attest(token.expose(), request).await {
            Err(ClientError::Problem(problem)) if problem.code == "invalid_token" => {
                self.drop_access();
                let (token, _) = self.access().await?;
                Ok(self.options.client.attest(token.expose(), request).await?.person)
            }
            answer => Ok(answer?.person),
        }
    }

    pub(super) async fn keep(
        &self,
        identity: &StationIdentity,
        person_name: &str,
        (operation_id, statement): (OperationId, &[u8]),
        (person, lease): (PersonSlot, Option<LeaseClaim>),
    ) -> Result<StoredOperation, StationError> {
        let mut log = self.store.clone();
        let last = log.last(identity.station_id).await.map_err(|error| StationError::BrokenOff(error.to_string()))?;
        let known_time = self.state().server_time.clone();
        let envelope = Envelope {
            format: FORMAT_VERSION,
            station_id: identity.station_id,
            station_seq: last.as_ref().map_or(1, |last| last.station_seq + 1),
            prev_hash: hex::encode(last.map_or(NO_PREVIOUS, |last| last.envelope_hash)),
            recorded_at: self.now(),
            monotonic_ms: self.options.machine.monotonic_ms(),
            boot_id: self.options.machine.boot_id(),
            estimated_skew_ms: self.skew().map(|skew| skew.num_milliseconds()),
            server_time_token: known_time.map(|known| known.token),
            lease: lease.map(|claim| claim.id),
            fence: lease.map(|claim| claim.fence),
            statement: to_base64(statement),
            person,
        };
        let sealed = seal(&envelope, &self.key)?;
        let operation = StoredOperation {
            operation_id,
            station_id: identity.station_id,
            station_seq: envelope.station_seq,
            envelope_hash: sealed.hash,
            signed: sealed.signed,
            verdict: None,
        };
        match self.store.keep(&operation, person_name).await? {
            Appended::New => Ok(operation),
            other => Err(StationError::BrokenOff(format!("the operation was not appended: {other:?}"))),
        }
    }

    async fn receipt(&self, batch_id: &str, recorded: &Recorded) -> Result<EntryReceipt, StationError> {
        let id = recorded.operation.operation_id;
        let kept = self.store.kept(id).await?;
        let verdict = kept.as_ref().and_then(|kept| kept.operation.verdict.as_ref()).map(|given| &given.verdict);
        let state = match verdict {
            None => ReceiptState::Saved,
            Some(Verdict::Accepted) => ReceiptState::Accepted,
            Some(Verdict::AcceptedWithDeviation { .. }) => ReceiptState::AcceptedWithDeviation,
            Some(Verdict::NotApplied { .. }) => ReceiptState::NotApplied,
        };
        let verdict_code = verdict.and_then(Verdict::code).map(str::to_owned);
        let judged_cause = verdict_code.as_deref().and_then(|code| code.parse().ok());
        let expected_cause = recorded.outcome.deviation.map(|opened| opened.cause);
        let (unsent, _) = self.store.unsent_count().await?;
        Ok(EntryReceipt {
            operation_id: id.0,
            unsent,
            deviation: if verdict.is_some() { judged_cause } else { expected_cause },
            signature: kept.as_ref().and_then(signature_view),
            state,
            verdict_code,
            batch: self.open_batch(batch_id).await?,
        })
    }
}

struct Recorded {
    operation: StoredOperation,
    outcome: Outcome,
}

fn signature_view(kept: &KeptOperation) -> Option<viruj_api::station::SignatureView> {
    signature_of(kept).as_ref().map(views::signature)
}

fn check_texts(wanted: &RecordEntry, entry: &PhaseEntry) -> Result<(), StationError> {
    let written = match entry {
        PhaseEntry::Text { text } => Some(text),
        _ => None,
    };
    let texts = [Some(&wanted.shown_text), wanted.reason.as_ref(), written];
    let names = [Some(&wanted.language), entry.name()];
    let is_fine = texts.into_iter().flatten().all(|text| is_storable(text, LONGEST_TEXT))
        && names.into_iter().flatten().all(|name| is_storable(name, LONGEST_NAME));
    if is_fine { Ok(()) } else { Err(StationError::TextNotRecordable) }
}

/// What a person has named, when it is anything.
fn named(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}
