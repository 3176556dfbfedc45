use axum::{Json, extract::State};
use viruj_api::{
    person_keys::{CertifyPersonKey, PersonKeyCertificate, SignedCertificate},
    statement::FORMAT_VERSION,
};
use viruj_domain::signature::KEY_LIFE;
use viruj_storage::person_keys;
use viruj_sync::signing;

use crate::{
    application::AppState,
    caller::{Caller, active_station},
    error::{ApiError, ProblemCode},
    extract::Body,
    handlers::{me::change_password::prove, sessions::now},
};

/// Certify one's key at a station
///
/// The station has made the key and keeps it under the person's password; with the certificate it signs for the person
/// while the server is away, for 30 days from now. Asks for the password again, and for a proof that the key is there.
/// A person has one key at a station: the one before is retired, and a change of the password retires all of them.
/// A key that was retired is not certified again: 409 `key_retired`.
#[utoipa::path(post, path = "/api/v1/me/person-keys", operation_id = "me_certify_key", tag = "sessions",
    request_body = CertifyPersonKey,
    responses((status = 200, description = "The certificate", body = SignedCertificate)))]
pub async fn certify_key(
    State(app): State<AppState>,
    caller: Caller,
    Body(request): Body<CertifyPersonKey>,
) -> Result<Json<SignedCertificate>, ApiError> {
    let now = now(&app);
    let key = signing::public_key(&request.public_key).map_err(|_| ProblemCode::InvalidKey)?;
    signing::verify_possession(&request.possession, &caller.person.id, request.station_id, &key)
        .map_err(|_| ProblemCode::InvalidKey)?;
    let station = active_station(&app, request.station_id).await.map_err(|error| match error.code {
        ProblemCode::InvalidToken => ProblemCode::NotFound.into(),
        _ => error,
    })?;
    let person = prove(&app, &caller, &request.password, now).await?.person;
    let certificate = PersonKeyCertificate {
        format: FORMAT_VERSION,
        key_id: signing::key_id(&key),
        public_key: request.public_key,
        person_id: person.id,
        person_name: person.name,
        station_id: station.id,
        certified_at: now,
        expires_at: now + KEY_LIFE,
    };
    let signed = signing::certify(&certificate, app.signing_keys.current()).map_err(ApiError::internal)?;
    let mut unit = app.begin_for(&caller.person.id, "key certified for its person").await?;
    if !person_keys::certify(&mut unit, &certificate, key.as_bytes()).await? {
        return Err(ProblemCode::KeyRetired.into());
    }
    unit.commit().await?;
    Ok(Json(signed))
}
