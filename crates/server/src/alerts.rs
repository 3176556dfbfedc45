//! What is told to those who look after security, at once and in the trail (21 CFR 11.300(d)).

use chrono::{DateTime, Utc};
use viruj_api::people::Person;
use viruj_storage::{StorageError, UnitOfWork, accounts};

use crate::{
    attempts::Attempt,
    caller::{Address, Place},
};

/// Somebody guesses at an account from one place; it is closed there for a while.
///
/// # Errors
/// Failures of the database.
pub async fn account_closed_at_place(
    unit: &mut UnitOfWork,
    person: Option<&Person>,
    place: Place,
    attempt: Attempt,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let count = attempt.count;
    let detail = format!("{count} sign-ins failed from {place}");
    unit.audit_event("users", id_of(person), "sign_in_closed", &detail).await?;
    let message =
        format!("{count} sign-ins of {} failed from {place}. It is closed there for a while.", name_of(person));
    accounts::alert_security(unit, person.map(|person| &person.id), "Sign-ins fail", &message, now).await
}

/// Somebody guesses at an account from many places; it is locked but for the places where its person has been.
///
/// # Errors
/// Failures of the database.
pub async fn account_locked(
    unit: &mut UnitOfWork,
    person: Option<&Person>,
    attempt: Attempt,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let count = attempt.count;
    unit.audit_event("users", id_of(person), "account_locked", &format!("{count} sign-ins failed")).await?;
    if let Some(person) = person {
        accounts::lock(unit, &person.id, until).await?;
    }
    let who = name_of(person);
    let message = format!(
        "{count} sign-ins of {who} failed from several places. It is locked for a while, except at stations and where \
         the person has signed in before."
    );
    accounts::alert_security(unit, person.map(|person| &person.id), "An account is locked", &message, now).await
}

/// One address tries many accounts.
///
/// # Errors
/// Failures of the database.
pub async fn address_closed(
    unit: &mut UnitOfWork,
    place: Place,
    attempt: Attempt,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let detail = format!("{} sign-ins failed from {}", attempt.count, place.address);
    unit.audit_event("sessions", "address", "address_closed", &detail).await?;
    let message =
        format!("{detail}. New sign-ins from there are refused for a while, except of those who have been there.");
    accounts::alert_security(unit, None, "Sign-ins fail", &message, now).await
}

/// One address tries many API keys.
///
/// # Errors
/// Failures of the database.
pub async fn keys_closed_at_address(
    unit: &mut UnitOfWork,
    address: Address,
    attempt: Attempt,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let detail = format!("{} API keys failed from {address}", attempt.count);
    unit.audit_event("api_keys", "address", "address_closed", &detail).await?;
    let message = format!("{detail}. Keys that are good are taken from there all the same.");
    accounts::alert_security(unit, None, "API keys fail", &message, now).await
}

/// Many come back from the identity provider to one place with answers that are none.
///
/// # Errors
/// Failures of the database.
pub async fn single_sign_on_closed(
    unit: &mut UnitOfWork,
    place: Place,
    attempt: Attempt,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let detail = format!("{} single sign-ons failed from {place}", attempt.count);
    unit.audit_event("sessions", "single sign-on", "single_sign_on_closed", &detail).await?;
    let message = format!("{detail}. It is closed there for a while; passwords work.");
    accounts::alert_security(unit, None, "Sign-ins fail", &message, now).await
}

/// Somebody who is signed in does not know the password that signs.
///
/// # Errors
/// Failures of the database.
pub async fn proof_closed(
    unit: &mut UnitOfWork,
    person: &Person,
    attempt: Attempt,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let detail = format!("{} wrong passwords in a session", attempt.count);
    unit.audit_event("users", person.id.as_str(), "signing_closed", &detail).await?;
    let message = format!("{detail} of {}. Signing is closed for a while.", person.name);
    accounts::alert_security(unit, Some(&person.id), "Signatures fail", &message, now).await
}

/// Somebody knows a password and has not the device.
///
/// # Errors
/// Failures of the database.
pub async fn second_factor_closed(
    unit: &mut UnitOfWork,
    person: &Person,
    attempt: Attempt,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let detail = format!("{} wrong codes after the right password", attempt.count);
    unit.audit_event("users", person.id.as_str(), "second_factor_closed", &detail).await?;
    let message =
        format!("{detail} of {}. Its codes are refused for a while; the password may be known to others.", person.name);
    accounts::alert_security(unit, Some(&person.id), "A second factor fails", &message, now).await
}

fn id_of(person: Option<&Person>) -> &str {
    person.map_or("unknown", |person| person.id.as_str())
}

fn name_of(person: Option<&Person>) -> &str {
    person.map_or("an account that does not exist", |person| &person.name)
}
