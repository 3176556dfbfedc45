//! A small plant with fixed keys and ids, the same for every store.

use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use uuid::Uuid;
use viruj_api::{
    batches::{BatchRow, PhaseRow},
    leases::LeaseGrant,
    people::Person,
    person_keys::PersonKeyCertificate,
    statement::{Action, Attestation, Envelope, FORMAT_VERSION, MasterReference, PersonSlot, Statement},
    stations::StationState,
};
use viruj_domain::{
    batch::{BatchStatus, RecordStatus, ReleaseStatus},
    decimal::ExactDecimal,
    ids::{BatchId, LeaseId, MasterRecordId, OperationId, PhaseId, PlantId, StationId, UserId},
    lease::{LEASE_LIFE, LeaseClaim, OperationName},
    phase::{NumberParameter, PhaseDefinition, PhaseEntry, PhaseKind, PhaseStatus},
    role::{Department, Role},
    signature::SignatureMeaning,
    unit::Unit,
};

use crate::{
    memory::MemoryPlant,
    signing::{SealedEnvelope, attest, certify, key_id, seal, sha256, sign_statement, statement_bytes, to_base64},
    store::{KnownStation, StoredOperation},
};

pub const STATION: StationId = StationId(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0001));
pub const OTHER_STATION: StationId = StationId(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0002));

#[must_use]
pub fn plant_id() -> PlantId {
    PlantId::from("plant-a")
}

#[must_use]
pub fn batch_id() -> BatchId {
    BatchId::from("conformance-batch")
}

#[must_use]
pub fn phase_id(number: u32) -> PhaseId {
    PhaseId(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0001_0000 + u128::from(number)))
}

#[must_use]
pub fn master_record() -> MasterReference {
    MasterReference { id: MasterRecordId(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0002_0001)), version: 3 }
}

/// Times in whole milliseconds, which every store keeps.
#[must_use]
pub fn time(second: u32) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_785_650_400_000 + i64::from(second) * 1000).unwrap_or_default()
}

#[must_use]
pub fn station_key(station: StationId) -> SigningKey {
    SigningKey::from_bytes(&sha256(station.0.as_bytes()))
}

#[must_use]
pub fn server_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

#[must_use]
pub fn known_station(id: StationId) -> KnownStation {
    let public_key = station_key(id).verifying_key().to_bytes();
    KnownStation { id, plant_id: plant_id(), public_key, state: StationState::Active }
}

#[must_use]
pub fn operator() -> Person {
    Person {
        id: UserId::from("conformance-operator"),
        name: "Anjali Rao".to_owned(),
        email: "anjali.rao@example.invalid".to_owned(),
        role: Role::ProductionOperator,
        department: Department::Production,
        plant_ids: vec![plant_id()],
        sees_all_plants: false,
        is_active: true,
    }
}

#[must_use]
pub fn batch() -> BatchRow {
    BatchRow {
        id: batch_id(),
        plant_id: plant_id(),
        number: "MB-CONF-001".to_owned(),
        product: "Metformin hydrochloride 500 mg".to_owned(),
        quantity: decimal("100.00"),
        unit: "kg".to_owned(),
        status: BatchStatus::Planned,
        release_status: ReleaseStatus::Pending,
        record_status: RecordStatus::Incomplete,
        hold_reason: None,
        held_from: None,
        assigned_to: Some(operator().id),
        started_at: time(0),
        ended_at: None,
        planned_start: None,
        planned_end: None,
        master_record: Some(master_record()),
        version: 1,
    }
}

fn decimal(text: &str) -> ExactDecimal {
    match ExactDecimal::parse(text) {
        Ok(number) => number,
        Err(error) => panic!("{text:?}: {error}"),
    }
}

/// A confirmation, a speed between 90 and 130 rpm, and a confirmation that is signed.
#[must_use]
pub fn phases() -> Vec<PhaseRow> {
    let speed = NumberParameter {
        unit: Unit::RevolutionsPerMinute,
        places: 0,
        low: ExactDecimal::parse("90").ok(),
        target: ExactDecimal::parse("110").ok(),
        high: ExactDecimal::parse("130").ok(),
        device: None,
        plausible: None,
    };
    let phase = |number: u32, title: &str, kind, signature| PhaseRow {
        id: phase_id(number),
        plant_id: plant_id(),
        batch_id: batch_id(),
        number,
        unit_procedure: "Granulation".to_owned(),
        operation: "Wet granulation".to_owned(),
        definition: PhaseDefinition {
            key: format!("p{number}"),
            title: title.to_owned(),
            instruction: format!("{title}."),
            kind,
            signature,
            performed_by: Vec::new(),
            verification: None,
            only_if: None,
            qualification: None,
        },
        after: None,
        conditions: Vec::new(),
        status: PhaseStatus::Pending,
        version: 1,
    };
    vec![
        phase(1, "Check that the line is clear", PhaseKind::Confirmation {}, None),
        phase(2, "Set the impeller speed", PhaseKind::Value(speed), None),
        phase(3, "Close the operation", PhaseKind::Confirmation {}, Some(SignatureMeaning::Performed)),
    ]
}

#[must_use]
pub fn memory_plant() -> MemoryPlant {
    let mut plant = MemoryPlant { now: time(0), ..MemoryPlant::default() };
    plant.put_person(operator());
    plant.put_batch(batch());
    for phase in phases() {
        plant.put_phase(phase);
    }
    plant
}

#[must_use]
pub fn operation_id(number: u64) -> OperationId {
    OperationId(Uuid::from_u128(0x0198_0000_0000_7000_9000_0000_0000_0000 + u128::from(number)))
}

#[must_use]
pub fn rpm(text: &str) -> PhaseEntry {
    PhaseEntry::Number { value: decimal(text), unit: Unit::RevolutionsPerMinute, lot: None, reading: None }
}

/// What the operator says for a phase, unsigned and without a reason.
#[must_use]
pub fn statement(operation: u64, phase: u32, entry: PhaseEntry) -> Statement {
    Statement {
        format: FORMAT_VERSION,
        operation_id: operation_id(operation),
        person_id: operator().id,
        session_id: None,
        plant_id: plant_id(),
        batch_id: Some(batch_id()),
        action: Action::PhaseEntry { phase_id: phase_id(phase), base_version: 1, entry },
        master_record: Some(master_record()),
        reason: None,
        meaning: None,
        shown_text: "I performed this step as instructed.".to_owned(),
        language: "en".to_owned(),
        stated_at: time(60),
        time_zone: "Asia/Kolkata".to_owned(),
    }
}

/// The word of the server for a statement that says what its signature means.
#[must_use]
pub fn attestation(statement: &Statement, station: StationId) -> Attestation {
    Attestation {
        format: FORMAT_VERSION,
        statement_sha256: hex::encode(sha256(&statement_bytes(statement).unwrap_or_default())),
        operation_id: statement.operation_id,
        person_id: statement.person_id.clone(),
        person_name: operator().name,
        meaning: statement.meaning.unwrap_or(SignatureMeaning::Performed),
        attested_at: time(61),
        station_id: station,
    }
}

/// The operator's own key.
#[must_use]
pub fn person_key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

/// The server's word for the operator's key, good for a day.
#[must_use]
pub fn certificate(station: StationId) -> PersonKeyCertificate {
    let key = person_key().verifying_key();
    PersonKeyCertificate {
        format: FORMAT_VERSION,
        key_id: key_id(&key),
        public_key: to_base64(key.as_bytes()),
        person_id: operator().id,
        person_name: operator().name,
        station_id: station,
        certified_at: time(10),
        expires_at: time(10 + 86_400),
    }
}

/// The server's word that the batch's second operation is the station's for two days.
#[must_use]
pub fn lease(station: StationId) -> LeaseGrant {
    LeaseGrant {
        format: FORMAT_VERSION,
        lease_id: LeaseId(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0003_0001)),
        batch_id: batch_id(),
        operation: Some(OperationName {
            unit_procedure: "Granulation".to_owned(),
            operation: "Wet granulation".to_owned(),
        }),
        station_id: station,
        fence: 2,
        issued_at: time(10),
        expires_at: time(10) + LEASE_LIFE,
    }
}

/// Writes a station's envelopes one after the other, as the station does.
#[derive(Clone, Debug)]
pub struct Writer {
    pub station: StationId,
    pub next_seq: u64,
    pub last_hash: [u8; 32],
    /// What the entries that follow are made under, with its fence.
    pub lease: Option<LeaseClaim>,
    /// By the station's clock.
    pub recorded_at: DateTime<Utc>,
}

impl Writer {
    #[must_use]
    pub fn new(station: StationId) -> Self {
        Self { station, next_seq: 1, last_hash: crate::signing::NO_PREVIOUS, lease: None, recorded_at: time(62) }
    }

    pub fn unsigned(&mut self, statement: &Statement) -> StoredOperation {
        self.write(statement, PersonSlot::None)
    }

    pub fn signed(&mut self, statement: &Statement) -> StoredOperation {
        let slot = attest(&attestation(statement, self.station), &server_key()).unwrap_or(PersonSlot::None);
        self.write(statement, slot)
    }

    /// Signed by the operator's own key, without the server.
    pub fn signed_by_key(&mut self, statement: &Statement) -> StoredOperation {
        let bytes = statement_bytes(statement).unwrap_or_default();
        let certificate = certify(&certificate(self.station), &server_key());
        let slot = certificate.map(|certificate| sign_statement(&bytes, &person_key(), certificate));
        self.write(statement, slot.unwrap_or(PersonSlot::None))
    }

    pub fn write(&mut self, statement: &Statement, person: PersonSlot) -> StoredOperation {
        self.bytes(statement.operation_id, &statement_bytes(statement).unwrap_or_default(), person)
    }

    /// Any bytes as the statement; a poison operation has some that nobody can read.
    pub fn bytes(&mut self, operation_id: OperationId, statement: &[u8], person: PersonSlot) -> StoredOperation {
        let sealed = self.sealed(statement, person);
        let operation = StoredOperation {
            operation_id,
            station_id: self.station,
            station_seq: self.next_seq,
            envelope_hash: sealed.hash,
            signed: sealed.signed,
            verdict: None,
        };
        self.next_seq += 1;
        self.last_hash = operation.envelope_hash;
        operation
    }

    fn sealed(&self, statement: &[u8], person: PersonSlot) -> SealedEnvelope {
        let envelope = Envelope {
            format: FORMAT_VERSION,
            station_id: self.station,
            station_seq: self.next_seq,
            prev_hash: hex::encode(self.last_hash),
            recorded_at: self.recorded_at,
            monotonic_ms: 86_400_000,
            boot_id: "0b0e5f3c-3b1c-4d62-9c35-0d9d4b3d9a11".to_owned(),
            server_time_token: None,
            estimated_skew_ms: None,
            lease: self.lease.map(|claim| claim.id),
            fence: self.lease.map(|claim| claim.fence),
            statement: to_base64(statement),
            person,
        };
        match seal(&envelope, &station_key(self.station)) {
            Ok(sealed) => sealed,
            Err(error) => panic!("an envelope of integers and text has canonical bytes: {error}"),
        }
    }
}
