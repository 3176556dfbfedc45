//! Leases of batches: which station goes on with one when it loses the server.

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;
use viruj_api::{
    leases::{LeaseGrant, LeaseRow, SignedLease},
    statement::FORMAT_VERSION,
};
use viruj_domain::{
    ids::{BatchId, LeaseId, StationId},
    lease::{LEASE_LIFE, OperationName},
};
use viruj_storage::{
    ChangeContext, UnitOfWork, batches,
    leases::{self, Ended},
    stations::{self, Station},
};
use viruj_sync::signing;

use crate::{
    application::AppState,
    caller::{Caller, active_station},
    error::{ApiError, ProblemCode},
};

pub mod ask;
pub mod extend;
pub mod give_back;
pub mod transfer;

fn now(app: &AppState) -> DateTime<Utc> {
    app.clock.now().trunc_subsecs(3)
}

/// The station that a person works at; one that is not there is no different from one of another plant.
async fn station_of(app: &AppState, id: StationId) -> Result<Station, ApiError> {
    active_station(app, id).await.map_err(|error| match error.code {
        ProblemCode::InvalidToken => ProblemCode::NotFound.into(),
        _ => error,
    })?;
    Ok(stations::find(&app.database, id).await?.ok_or(ProblemCode::NotFound)?)
}

/// What becomes of leases of other stations that are for some of the same.
#[derive(Clone, Copy)]
enum Others<'a> {
    /// They stand in the way.
    Stay,
    /// They end, for this reason.
    HandOver(&'a str),
}

/// Leases the batch, or the operation of it, to the station.
///
/// What the station holds already of the same lives on with its fence; less than what is asked for makes room for it.
async fn lease(
    app: &AppState,
    caller: &Caller,
    id: &BatchId,
    (station, operation): (StationId, Option<OperationName>),
    others: Others<'_>,
) -> Result<SignedLease, ApiError> {
    let now = now(app);
    let station = station_of(app, station).await?;
    let reason = match others {
        Others::Stay => "batch leased to a station",
        Others::HandOver(reason) => reason,
    };
    let context = ChangeContext {
        station: Some(station.known.id),
        ..ChangeContext::person(caller.scope.clone(), caller.person.id.as_str(), Some(reason))
    };
    let mut unit = app.database.begin(context).await?;
    let batch = batches::lock(&mut unit, id, now).await?.ok_or(ProblemCode::NotFound)?.row;
    if batch.plant_id != station.known.plant_id {
        return Err(ProblemCode::NotFound.into());
    }
    if !batch.status.is_leasable() {
        return Err(ProblemCode::BatchNotExecutable.into());
    }
    if let Some(operation) = &operation
        && !leases::has_operation(unit.connection(), id, operation).await?
    {
        return Err(ApiError::new(ProblemCode::InvalidBody).with_detail("the batch has no such operation"));
    }
    let known = leases::of_batch(unit.connection(), id).await?;
    let is_met = |row: &&LeaseRow| {
        let lease = row.lease();
        lease.lives_at(now) && lease.meets(operation.as_ref())
    };
    let mut own = None;
    for row in known.iter().filter(is_met) {
        if row.station_id == station.known.id {
            // A lease of an operation is less than one of the whole batch.
            if row.operation.is_none() || row.operation == operation {
                own = Some(row.clone());
            } else {
                leases::end(&mut unit, row.id, now, Ended::Replaced).await?;
            }
        } else if matches!(others, Others::HandOver(_)) {
            leases::end(&mut unit, row.id, now, Ended::HandedOver).await?;
        } else {
            return Err(leased_elsewhere(row));
        }
    }
    let expires_at = now + LEASE_LIFE;
    let row = if let Some(own) = own {
        leases::extend(&mut unit, own.id, expires_at.max(own.expires_at)).await?;
        LeaseRow { expires_at: expires_at.max(own.expires_at), ..own }
    } else {
        let row = LeaseRow {
            id: LeaseId(Uuid::now_v7()),
            plant_id: batch.plant_id,
            batch_id: batch.id,
            operation,
            station_id: station.known.id,
            station_name: station.name,
            fence: known.iter().map(|row| row.fence).max().unwrap_or_default() + 1,
            issued_at: now,
            expires_at,
            ended_at: None,
        };
        leases::insert(&mut unit, &row, &caller.person.id).await?;
        row
    };
    let signed = granted(app, &row)?;
    unit.commit().await?;
    Ok(signed)
}

/// Another station has the lease.
pub(in crate::handlers) fn leased_elsewhere(row: &LeaseRow) -> ApiError {
    let detail = format!("{} has it until {}", row.station_name, row.expires_at.to_rfc3339());
    ApiError::new(ProblemCode::LeasedElsewhere).with_detail(detail)
}

/// The server's word for the lease as it is.
fn granted(app: &AppState, row: &LeaseRow) -> Result<SignedLease, ApiError> {
    let grant = LeaseGrant {
        format: FORMAT_VERSION,
        lease_id: row.id,
        batch_id: row.batch_id.clone(),
        operation: row.operation.clone(),
        station_id: row.station_id,
        fence: row.fence,
        issued_at: row.issued_at,
        expires_at: row.expires_at,
    };
    signing::grant(&grant, app.signing_keys.current()).map_err(ApiError::internal)
}

/// Ends what the station holds of the batch.
async fn end_all(unit: &mut UnitOfWork, id: &BatchId, station: StationId, now: DateTime<Utc>) -> Result<(), ApiError> {
    let known = leases::of_batch(unit.connection(), id).await?;
    for row in known.iter().filter(|row| row.station_id == station && row.lease().lives_at(now)) {
        leases::end(unit, row.id, now, Ended::GivenBack).await?;
    }
    Ok(())
}
