use axum::{Json, extract::State};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use viruj_api::{
    leases::LeaseRow,
    signatures::{AttestRequest, AttestResponse},
    statement::{Attestation, Statement},
};
use viruj_domain::{
    execution::{Attempt, Circumstances, Refusal, Registers, Wanted, signed_with},
    person::Acting,
    signature::SignatureMeaning,
};
use viruj_storage::{
    UnitOfWork, leases,
    people::{self, Account},
    phase_claims::{self, PhaseClaim},
    plant_store,
    registers::registers,
    sessions,
};
use viruj_sync::{signing, store::KnownStation};

use crate::{
    alerts,
    application::AppState,
    attempts::Kind,
    caller::{Caller, active_station},
    error::{ApiError, ProblemCode},
    extract::Body,
    handlers::leases::leased_elsewhere,
    passwords::Checked,
};

/// How long nobody else signs for a phase while the entry with the signature is on its way.
const CLAIMED: TimeDelta = TimeDelta::seconds(30);

/// Attest a signature
///
/// The person gives the password for exactly this statement; the server's signature over that fills the person slot.
/// Nothing is recorded yet: that comes with the push. Whatever stands against the entry is said here first: 403 when the
/// role may not, 409 when the phase is completed, its turn has not come, or somebody else is signing for it
/// (`being_signed`), 422 when the entry is not one.
/// The first signature of a session asks for the e-mail address too (21 CFR 11.200(a)(1)): 403 `identification_required`.
#[utoipa::path(post, path = "/api/v1/signatures/attest", operation_id = "signatures_attest", tag = "signatures",
    request_body = AttestRequest,
    responses((status = 200, description = "The slot to be put into the envelope", body = AttestResponse)))]
pub async fn attest(
    State(app): State<AppState>,
    caller: Caller,
    Body(request): Body<AttestRequest>,
) -> Result<Json<AttestResponse>, ApiError> {
    let now = app.clock.now().trunc_subsecs(3);
    let signing = Signing::read(&app, &caller, &request).await?;
    let proof = Proof {
        entity: "operations",
        id: signing.statement.operation_id.to_string(),
        place: format!("at station {}", signing.station.id),
        email: request.email.as_deref(),
        password: &request.password,
    };
    let account = prove_to_be_the_person(&app, &caller, &proof, now).await?;
    // Said before anything is claimed, and judged again when nobody else can be signing for the phase.
    signing.may_be_recorded(&app, &account).await?;
    let mut unit = app.begin_for(&caller.person.id, "signature").await?;
    signing.claim_phase(&mut unit, now).await?;
    signing.may_be_recorded(&app, &account).await?;
    let person =
        signing::attest(&signing.attestation(&account, now), app.signing_keys.current()).map_err(ApiError::internal)?;
    sessions::note_first_signature(&mut unit, caller.session_id, now).await?;
    let operation = signing.statement.operation_id.to_string();
    let detail = format!("{} at station {}", signing.meaning, signing.station.id);
    unit.audit_event("operations", &operation, "signature_attested", &detail).await?;
    unit.commit().await?;
    Ok(Json(AttestResponse { person }))
}

/// What is to be signed, where, and with which meaning.
struct Signing {
    statement: Statement,
    bytes: Vec<u8>,
    station: KnownStation,
    meaning: SignatureMeaning,
}

impl Signing {
    async fn read(app: &AppState, caller: &Caller, request: &AttestRequest) -> Result<Self, ApiError> {
        let unreadable = |detail: String| ApiError::new(ProblemCode::InvalidStatement).with_detail(detail);
        let bytes = BASE64.decode(&request.statement).map_err(|error| unreadable(error.to_string()))?;
        let statement = signing::read_statement(&bytes).map_err(|error| unreadable(error.to_string()))?;
        let is_of_the_caller = statement.person_id == caller.person.id
            && statement.session_id.is_none_or(|session| session == caller.session_id);
        if !is_of_the_caller {
            return Err(ProblemCode::StatementOfAnother.into());
        }
        // A plant that the person does not see, or that is not the station's, is no different from one that is not there.
        let station = active_station(app, request.station_id).await.map_err(|error| match error.code {
            ProblemCode::InvalidToken => ProblemCode::NotFound.into(),
            _ => error,
        })?;
        if station.plant_id != statement.plant_id || !caller.scope.sees(&statement.plant_id) {
            return Err(ProblemCode::NotFound.into());
        }
        let meaning = statement.meaning.ok_or(ProblemCode::NotSignable)?;
        Ok(Self { statement, bytes, station, meaning })
    }

    /// Whether the entry could be recorded as things stand, by the rules that judge it when it is pushed.
    async fn may_be_recorded(&self, app: &AppState, account: &Account) -> Result<(), ApiError> {
        let (phase_id, entry, corrects) = self.statement.action.entry().ok_or(ProblemCode::NotSignable)?;
        let corrects = corrects.map(|entry| entry.0);
        let scope = viruj_domain::plant::PlantScope::only(self.station.plant_id.clone());
        let mut connection = app.database.reader(&scope).acquire().await.map_err(viruj_storage::StorageError::from)?;
        if plant_store::is_known(&mut connection, self.statement.operation_id).await? {
            return Err(ProblemCode::OperationKnown.into());
        }
        let batch = self.statement.batch_id.as_ref().ok_or(ProblemCode::BatchUnknown)?;
        let batch = plant_store::read_batch(&mut connection, &self.station.plant_id, batch)
            .await?
            .ok_or(ProblemCode::BatchUnknown)?;
        if self.statement.master_record != batch.master_record {
            return Err(ProblemCode::MasterRecordDiffers.into());
        }
        let reason = self.statement.reason.as_deref();
        let attempt = Attempt { phase: phase_id, entry, corrects, reason, is_signed: true };
        let person = Acting { id: &account.person.id, role: account.person.role, is_active: account.person.is_active };
        if batch.status.is_leasable() {
            // What another station holds may have been executed there already, without the server.
            let known = leases::of_phase(&mut connection, &batch.id, phase_id).await?;
            let is_elsewhere =
                |row: &&LeaseRow| row.station_id != self.station.id && row.lease().lives_at(app.clock.now());
            if let Some(row) = known.iter().find(is_elsewhere) {
                return Err(leased_elsewhere(row));
            }
        }
        let phase = batch.phases.iter().find(|phase| phase.id == phase_id);
        let wanted = phase.map(|phase| Wanted::for_entry(phase, entry, &account.person.id));
        let registers = match wanted.filter(|wanted| !wanted.is_empty()) {
            Some(wanted) => registers(&mut connection, &self.station.plant_id, &wanted).await?,
            None => Registers::default(),
        };
        let circumstances = Circumstances { batch: &batch.id, registers: &registers, at: app.clock.now() };
        circumstances.decide(batch.status, &batch.phases, attempt, person).map_err(refused)?;
        let wanted = phase.and_then(|phase| signed_with(phase, entry, corrects));
        match wanted {
            Some(wanted) if wanted == self.meaning => Ok(()),
            Some(_) => Err(ProblemCode::WrongMeaning.into()),
            None => Err(ProblemCode::NotSignable.into()),
        }
    }

    /// Of several who sign for a phase at once, at several stations, one gets the server's word.
    async fn claim_phase(&self, unit: &mut UnitOfWork, now: DateTime<Utc>) -> Result<(), ApiError> {
        let (phase, ..) = self.statement.action.entry().ok_or(ProblemCode::NotSignable)?;
        let claim = PhaseClaim {
            phase,
            plant_id: &self.station.plant_id,
            operation: self.statement.operation_id,
            station: self.station.id,
            now,
            expires_at: now + CLAIMED,
        };
        if phase_claims::claim(unit, &claim).await? { Ok(()) } else { Err(ProblemCode::BeingSigned.into()) }
    }

    fn attestation(&self, account: &Account, now: DateTime<Utc>) -> Attestation {
        Attestation {
            format: viruj_api::statement::FORMAT_VERSION,
            statement_sha256: hex::encode(signing::sha256(&self.bytes)),
            operation_id: self.statement.operation_id,
            person_id: account.person.id.clone(),
            person_name: account.person.name.clone(),
            meaning: self.meaning,
            attested_at: now,
            station_id: self.station.id,
        }
    }
}

/// What a person proves to be themselves with, and for what.
pub(in crate::handlers) struct Proof<'a> {
    /// What is signed, for the trail.
    pub entity: &'static str,
    pub id: String,
    pub place: String,
    pub email: Option<&'a str>,
    pub password: &'a str,
}

/// All components at the first signature of a session, the password at every one; failures are counted and in the trail.
pub(in crate::handlers) async fn prove_to_be_the_person(
    app: &AppState,
    caller: &Caller,
    proof: &Proof<'_>,
    now: DateTime<Utc>,
) -> Result<Account, ApiError> {
    // Read now and not from what is remembered: a role taken away counts at the next signature (21 CFR 11.10(g)).
    let session = sessions::live(&app.database, caller.session_id, now).await?.ok_or(ProblemCode::InvalidToken)?;
    let account = people::account(&app.database, &caller.person.id).await?.ok_or(ProblemCode::InvalidToken)?;
    let names_themselves = match proof.email {
        Some(email) => people::is_address_of(&app.database, &account.person.id, email).await?,
        None if session.first_signed_at.is_none() => return Err(ProblemCode::IdentificationRequired.into()),
        None => true,
    };
    let id = &caller.person.id;
    let counted = app.attempts.of(Kind::Proof, &[id.as_str()], Some(id));
    let attempt = counted.take(&app.database, now).await??;
    let hash = Some(account.password_hash.as_str());
    let checked = app.passwords.check(proof.password, hash).await.map_err(ApiError::internal)?;
    if checked == Checked::Wrong || !names_themselves {
        let mut unit = app.begin_for(&caller.person.id, "signature").await?;
        let detail = format!("attempt {} {}", attempt.count, proof.place);
        unit.audit_event(proof.entity, &proof.id, "signature_failed", &detail).await?;
        if attempt.is_last {
            alerts::proof_closed(&mut unit, &account.person, attempt, now).await?;
        }
        unit.commit().await?;
        return Err(ProblemCode::WrongPassword.into());
    }
    counted.clear(&app.database).await?;
    Ok(account)
}

fn refused(refusal: Refusal) -> ApiError {
    let code = match refusal {
        Refusal::NotAuthorised => ProblemCode::NotAuthorised,
        Refusal::PhaseUnknown => ProblemCode::PhaseUnknown,
        Refusal::BatchNotExecutable(_) => ProblemCode::BatchNotExecutable,
        Refusal::EarlierPhaseOpen { .. } => ProblemCode::EarlierPhaseOpen,
        Refusal::AwaitsDisposition { .. } => ProblemCode::AwaitsDisposition,
        Refusal::StoppedByDisposition { .. } => ProblemCode::StoppedByDisposition,
        Refusal::AlreadyCompleted => ProblemCode::AlreadyCompleted,
        Refusal::WrongEntryKind => ProblemCode::WrongEntryKind,
        Refusal::WrongUnit { .. } => ProblemCode::WrongUnit,
        Refusal::TooManyPlaces { .. } => ProblemCode::TooManyPlaces,
        Refusal::ReadingDiffers => ProblemCode::ReadingDiffers,
        Refusal::LotRequired => ProblemCode::LotRequired,
        Refusal::ContainerRequired => ProblemCode::ContainerRequired,
        Refusal::TimerNotStarted => ProblemCode::TimerNotStarted,
        Refusal::TimerRunning => ProblemCode::TimerRunning,
        Refusal::ReasonRequired => ProblemCode::ReasonRequired,
        Refusal::SignatureRequired => ProblemCode::SignatureRequired,
        Refusal::PhaseNotApplicable => ProblemCode::PhaseNotApplicable,
        Refusal::NothingToVerify => ProblemCode::NothingToVerify,
        Refusal::SamePerson => ProblemCode::SamePerson,
        Refusal::NothingToCorrect => ProblemCode::NothingToCorrect,
        Refusal::AlreadyCorrected => ProblemCode::AlreadyCorrected,
        Refusal::CalculationDiffers { .. } => ProblemCode::CalculationDiffers,
        Refusal::CalculationImpossible(_) => ProblemCode::CalculationImpossible,
        Refusal::UnknownOption => ProblemCode::UnknownOption,
        Refusal::TextUnfit { .. } => ProblemCode::TextUnfit,
        Refusal::EquipmentRequired => ProblemCode::EquipmentRequired,
        Refusal::AttachmentUnfit(fault) => fault.into(),
        Refusal::Unfit(ref unfit) => unfit.into(),
    };
    ApiError::new(code).with_detail(refusal.to_string())
}

#[cfg(test)]
mod tests {
    use viruj_domain::attachment::AttachmentFault;

    use super::*;

    /// The station reads the rules' own codes; the server must not have others for the same thing.
    #[test]
    fn refusals_keep_their_codes() {
        for refusal in [
            Refusal::NotAuthorised,
            Refusal::PhaseUnknown,
            Refusal::EarlierPhaseOpen { number: 2 },
            Refusal::AwaitsDisposition { number: 2, deviation: None },
            Refusal::StoppedByDisposition { number: 2, deviation: Some("DEV-26-001".to_owned()) },
            Refusal::AlreadyCompleted,
            Refusal::WrongEntryKind,
            Refusal::ReadingDiffers,
            Refusal::TooManyPlaces { allowed: 1 },
            Refusal::LotRequired,
            Refusal::ContainerRequired,
            Refusal::TimerNotStarted,
            Refusal::TimerRunning,
            Refusal::ReasonRequired,
            Refusal::SignatureRequired,
            Refusal::PhaseNotApplicable,
            Refusal::NothingToVerify,
            Refusal::SamePerson,
            Refusal::NothingToCorrect,
            Refusal::AlreadyCorrected,
            Refusal::CalculationImpossible("1 / 0".to_owned()),
            Refusal::UnknownOption,
            Refusal::TextUnfit { longest: 5 },
            Refusal::EquipmentRequired,
            Refusal::AttachmentUnfit(AttachmentFault::Empty),
            Refusal::AttachmentUnfit(AttachmentFault::TypeNotAccepted),
            Refusal::AttachmentUnfit(AttachmentFault::HashUnfit),
        ] {
            let code = refusal.code();
            assert_eq!(refused(refusal).code.code(), code);
        }
    }
}
