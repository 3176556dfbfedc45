//! The server's half: what becomes of pushed envelopes.
//!
//! The caller opens one transaction, calls [`receive`] and commits; what was taken before a stop stands.
//! An operation that cannot take effect is kept with a verdict, so that it blocks nobody;
//! a push stops only where the station's own chain is in doubt or this program is too old to read it.

use ed25519_dalek::VerifyingKey;
use viruj_api::{
    statement::SignedEnvelope,
    stations::StationState,
    sync::{MAXIMUM_PUSH, OperationVerdict, PushRequest, PushResponse, PushStop, ServerTime},
};
use viruj_domain::ids::OperationId;

use crate::{
    planted::{Bug, is_planted},
    signing::{NO_PREVIOUS, OpenedEnvelope, SigningError, open},
    store::{Appended, KnownStation, PlantStore, StoreError, StoredOperation},
};

mod identity;
mod judging;
mod sentence;

pub use identity::{deviation_id, operation_id};

/// Codes of [`PushStop`]; a station treats one that it does not know as "try again later".
pub mod stop {
    /// Envelopes before this one are missing: the station sends again from `expected_seq`.
    pub const SEQUENCE_GAP: &str = "sequence_gap";
    /// The chain goes on from another envelope: a cloned disk or a restored image. Alarm.
    pub const CHAIN_FORK: &str = "chain_fork";
    /// The signature, the station or the envelope's form is not what it must be. Alarm.
    pub const BAD_SIGNATURE: &str = "bad_signature";
    /// The operation is known with other bytes. Alarm.
    pub const OTHER_BYTES: &str = "other_bytes";
    /// The format is newer than this server: the operation waits for the server's update.
    pub const TOO_NEW: &str = "too_new";
    /// The station is pending, suspended or retired.
    pub const STATION_NOT_ACTIVE: &str = "station_not_active";
    /// The push carries more envelopes than [`MAXIMUM_PUSH`](viruj_api::sync::MAXIMUM_PUSH); the rest is sent again.
    pub const TOO_MANY: &str = "too_many";
}

/// What the receiving server knows when a push arrives.
#[derive(Clone, Debug)]
pub struct Receiver<'a> {
    pub station: &'a KnownStation,
    /// All keys that ever attested at this server, so that old signatures stay valid.
    pub server_keys: &'a [VerifyingKey],
    /// The time of receipt.
    pub server_time: ServerTime,
}

/// Something that a person must look at: the server records it as a security event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    pub code: &'static str,
    pub operation_id: Option<OperationId>,
    pub station_seq: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub response: PushResponse,
    pub alarms: Vec<Alarm>,
}

/// Takes the envelopes in their order and gives each a verdict, or says where it stopped.
///
/// # Errors
/// [`StoreError`]; the caller's transaction is then rolled back and the station tries again.
pub async fn receive<S: PlantStore>(
    store: &mut S,
    receiver: &Receiver<'_>,
    request: &PushRequest,
) -> Result<Received, StoreError> {
    let mut chain = Chain::after(store.last(receiver.station.id).await?.as_ref());
    let mut verdicts = Vec::with_capacity(request.envelopes.len());
    let mut alarms = Vec::new();
    let mut stopped = None;
    for (index, signed) in (0..).zip(&request.envelopes) {
        let taken = match refusal_of_push(receiver, index) {
            Some(code) => Taken::Stop(Stop { code, alarm: None }),
            None => take(store, receiver, &mut chain, signed, &mut alarms).await?,
        };
        match taken {
            Taken::Verdict(verdict) => verdicts.push(verdict),
            Taken::Stop(stop) => {
                alarms.extend(stop.alarm);
                stopped = Some(PushStop { index, code: stop.code.to_owned(), expected_seq: chain.next_seq });
                break;
            }
        }
    }
    Ok(Received { response: PushResponse { verdicts, stopped, server_time: receiver.server_time.clone() }, alarms })
}

/// Where the station's chain stands at this server.
struct Chain {
    next_seq: u64,
    last_hash: [u8; 32],
}

impl Chain {
    fn after(last: Option<&StoredOperation>) -> Self {
        last.map_or(Self { next_seq: 1, last_hash: NO_PREVIOUS }, |last| Self {
            next_seq: last.station_seq + 1,
            last_hash: last.envelope_hash,
        })
    }
}

enum Taken {
    Verdict(OperationVerdict),
    Stop(Stop),
}

struct Stop {
    code: &'static str,
    alarm: Option<Alarm>,
}

fn refusal_of_push(receiver: &Receiver<'_>, index: u32) -> Option<&'static str> {
    if receiver.station.state != StationState::Active {
        return Some(stop::STATION_NOT_ACTIVE);
    }
    (index as usize >= MAXIMUM_PUSH).then_some(stop::TOO_MANY)
}

async fn take<S: PlantStore>(
    store: &mut S,
    receiver: &Receiver<'_>,
    chain: &mut Chain,
    signed: &SignedEnvelope,
    alarms: &mut Vec<Alarm>,
) -> Result<Taken, StoreError> {
    let opened = match open_of(receiver.station, signed) {
        Ok(opened) => opened,
        Err(code) => {
            let alarm = (code != stop::TOO_NEW).then_some(Alarm { code, operation_id: None, station_seq: None });
            return Ok(Taken::Stop(Stop { code, alarm }));
        }
    };
    let id = operation_id(&opened);
    let alarming = |code| {
        let station_seq = Some(opened.envelope.station_seq);
        Ok(Taken::Stop(Stop { code, alarm: Some(Alarm { code, operation_id: Some(id), station_seq }) }))
    };
    if let Some(known) = store.operation(id).await? {
        if known.station_id != receiver.station.id || known.envelope_hash != opened.hash {
            return alarming(stop::OTHER_BYTES);
        }
        if let Some(verdict) = known.verdict
            && !is_planted(Bug::JudgedAgain)
        {
            return Ok(Taken::Verdict(verdict));
        }
        return judge_kept(store, receiver, &opened, id, alarms).await;
    }
    if opened.envelope.station_seq > chain.next_seq {
        return Ok(Taken::Stop(Stop { code: stop::SEQUENCE_GAP, alarm: None }));
    }
    if opened.envelope.station_seq < chain.next_seq || opened.envelope.prev_hash != hex::encode(chain.last_hash) {
        return alarming(stop::CHAIN_FORK);
    }
    let operation = StoredOperation {
        operation_id: id,
        station_id: receiver.station.id,
        station_seq: opened.envelope.station_seq,
        envelope_hash: opened.hash,
        signed: signed.clone(),
        verdict: None,
    };
    match store.append(operation).await? {
        Appended::New | Appended::AlreadyThere => {}
        Appended::OtherBytes => return alarming(stop::OTHER_BYTES),
        Appended::SequenceTaken => return alarming(stop::CHAIN_FORK),
    }
    *chain = Chain { next_seq: opened.envelope.station_seq + 1, last_hash: opened.hash };
    judge_kept(store, receiver, &opened, id, alarms).await
}

async fn judge_kept<S: PlantStore>(
    store: &mut S,
    receiver: &Receiver<'_>,
    opened: &OpenedEnvelope,
    id: OperationId,
    alarms: &mut Vec<Alarm>,
) -> Result<Taken, StoreError> {
    let judged = judging::judge_operation(store, receiver, opened, id).await?;
    let station_seq = opened.envelope.station_seq;
    if let Some(code) = judged.alarm {
        alarms.push(Alarm { code, operation_id: Some(id), station_seq: Some(station_seq) });
    }
    if let Some(writing) = &judged.writing {
        store.write(&writing.author, writing.reason.as_deref(), &writing.effect).await?;
    }
    let received_at = receiver.server_time.time;
    let verdict = OperationVerdict { operation_id: id, station_seq, verdict: judged.verdict, received_at };
    store.set_verdict(verdict.clone()).await?;
    Ok(Taken::Verdict(verdict))
}

fn open_of(station: &KnownStation, signed: &SignedEnvelope) -> Result<OpenedEnvelope, &'static str> {
    let key = VerifyingKey::from_bytes(&station.public_key).map_err(|_| stop::BAD_SIGNATURE)?;
    let opened = open(signed, &key).map_err(|error| match error {
        SigningError::TooNew { .. } => stop::TOO_NEW,
        _ => stop::BAD_SIGNATURE,
    })?;
    if matches!(opened.statement, Err(SigningError::TooNew { .. })) {
        return Err(stop::TOO_NEW);
    }
    if opened.envelope.station_id != station.id {
        return Err(stop::BAD_SIGNATURE);
    }
    Ok(opened)
}

#[cfg(test)]
mod tests;
