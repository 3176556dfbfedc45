//! A signature on a whole record: proved, stated, attested and kept (21 CFR 11.50, 11.70, 11.200).

use chrono::{DateTime, Utc};
use uuid::Uuid;
use viruj_api::{
    master_records::{RecordStatement, SignMasterRecord},
    record_signing::SignRecord,
    statement::{Attestation, FORMAT_VERSION},
};
use viruj_domain::{
    ids::{OperationId, PlantId, StationId},
    plant::time_zone,
    signature::SignatureMeaning,
};
use viruj_storage::{
    StorageError, UnitOfWork,
    people::Account,
    record_signatures::{self, NewSignature},
    sessions,
};
use viruj_sync::{canonical::to_canonical, signing, store::KnownStation};

use crate::{
    application::AppState,
    caller::{Caller, active_station},
    error::{ApiError, ProblemCode},
    handlers::signatures::attest::{Proof, prove_to_be_the_person},
};

/// What a person sends to sign, whatever kind of record it is.
#[derive(Clone, Copy)]
pub(in crate::handlers) struct Signing<'a> {
    pub signature_id: Uuid,
    pub station_id: StationId,
    pub content_hash: &'a str,
    pub shown_text: &'a str,
    pub language: &'a str,
    pub time_zone: &'a str,
    pub email: Option<&'a str>,
    pub password: &'a str,
}

/// What is signed, and with which meaning.
#[derive(Clone, Copy)]
pub(in crate::handlers) struct Signed<'a> {
    pub plant_id: &'a PlantId,
    /// The table of the record.
    pub entity: &'a str,
    pub entity_id: &'a str,
    /// SHA-256.
    pub content_hash: &'a [u8],
    pub meaning: SignatureMeaning,
    pub reason: &'a str,
}

macro_rules! read_from {
    ($($request:ident)*) => {$(
        impl<'a> From<&'a $request> for Signing<'a> {
            fn from(request: &'a $request) -> Self {
                Self {
                    signature_id: request.signature_id,
                    station_id: request.station_id,
                    content_hash: &request.content_hash,
                    shown_text: &request.shown_text,
                    language: &request.language,
                    time_zone: &request.time_zone,
                    email: request.email.as_deref(),
                    password: &request.password,
                }
            }
        }
    )*};
}
read_from! { SignMasterRecord SignRecord }

impl Signing<'_> {
    /// The station that the person signs at; one of another plant is no different from one that is not there.
    pub(in crate::handlers) async fn station(&self, app: &AppState, plant: &PlantId) -> Result<KnownStation, ApiError> {
        time_zone(self.time_zone).ok_or(ProblemCode::TimeZoneUnknown)?;
        let station = active_station(app, self.station_id).await.map_err(|error| match error.code {
            ProblemCode::InvalidToken => ProblemCode::NotFound.into(),
            _ => error,
        })?;
        if station.plant_id == *plant { Ok(station) } else { Err(ProblemCode::NotFound.into()) }
    }

    /// What is signed is what was shown.
    pub(in crate::handlers) fn is_of(&self, content_hash: &[u8]) -> Result<(), ApiError> {
        if hex::encode(content_hash) == self.content_hash { Ok(()) } else { Err(ProblemCode::ContentDiffers.into()) }
    }

    /// The person with what the account is now, once the components of the signature are right.
    pub(in crate::handlers) async fn prove(
        &self,
        app: &AppState,
        caller: &Caller,
        now: DateTime<Utc>,
    ) -> Result<Account, ApiError> {
        let proof = Proof {
            entity: "record_signatures",
            id: self.signature_id.to_string(),
            place: format!("at station {}", self.station_id),
            email: self.email,
            password: self.password,
        };
        prove_to_be_the_person(app, caller, &proof, now).await
    }

    /// Attests the statement and keeps the signature, in the transaction of the step that is signed.
    pub(in crate::handlers) async fn keep(
        &self,
        app: &AppState,
        unit: &mut UnitOfWork,
        (caller, account): (&Caller, &Account),
        signed: Signed<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), ApiError> {
        let person = &account.person;
        let statement = RecordStatement {
            format: FORMAT_VERSION,
            signature_id: self.signature_id,
            person_id: person.id.clone(),
            entity: signed.entity.to_owned(),
            entity_id: signed.entity_id.to_owned(),
            content_sha256: self.content_hash.to_owned(),
            meaning: signed.meaning,
            reason: Some(signed.reason.to_owned()),
            shown_text: self.shown_text.to_owned(),
            language: self.language.to_owned(),
            stated_at: now,
            time_zone: self.time_zone.to_owned(),
        };
        let bytes = to_canonical(&statement).map_err(ApiError::internal)?;
        let attestation = Attestation {
            format: FORMAT_VERSION,
            statement_sha256: hex::encode(signing::sha256(&bytes)),
            operation_id: OperationId(self.signature_id),
            person_id: person.id.clone(),
            person_name: person.name.clone(),
            meaning: signed.meaning,
            attested_at: now,
            station_id: self.station_id,
        };
        let slot = signing::attest(&attestation, app.signing_keys.current()).map_err(ApiError::internal)?;
        let kept = NewSignature {
            id: self.signature_id,
            plant_id: signed.plant_id,
            entity: signed.entity,
            entity_id: signed.entity_id,
            content_hash: signed.content_hash,
            meaning: signed.meaning,
            reason: signed.reason,
            person_id: &person.id,
            person_name: &person.name,
            station_id: self.station_id,
            statement: &bytes,
            signature: &serde_json::to_string(&slot).map_err(ApiError::internal)?,
            signed_at: now,
            time_zone: self.time_zone,
        };
        match record_signatures::keep(unit, &kept).await {
            Err(StorageError::Conflict { .. }) => return Err(ProblemCode::OperationKnown.into()),
            kept => kept?,
        }
        sessions::note_first_signature(unit, caller.session_id, now).await?;
        Ok(())
    }
}
