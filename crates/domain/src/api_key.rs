//! API keys: what a machine or a report may be given, by whom, and for how long (check 14).

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{capability::Capability, ids::PlantId, plant::PlantScope, role::Role};

/// No key lives longer.
pub const LONGEST_DAYS: u16 = 365;
/// The life of a key for which nobody says otherwise.
pub const DEFAULT_DAYS: u16 = 90;
/// What a person chooses from; the interface takes every number of days.
pub const OFFERED_DAYS: [u16; 4] = [30, DEFAULT_DAYS, 180, LONGEST_DAYS];
/// So long before its end a key is one that expires soon.
pub const SOON_DAYS: i64 = 14;

/// What can be done with a key now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyState {
    Active,
    /// Active, and another one should take its place.
    ExpiresSoon,
    Expired,
    Revoked,
}

impl ApiKeyState {
    #[must_use]
    pub fn of(expires_at: DateTime<Utc>, is_revoked: bool, now: DateTime<Utc>) -> Self {
        if is_revoked {
            Self::Revoked
        } else if expires_at <= now {
            Self::Expired
        } else if expires_at <= now + TimeDelta::days(SOON_DAYS) {
            Self::ExpiresSoon
        } else {
            Self::Active
        }
    }

    #[must_use]
    pub fn is_usable(self) -> bool {
        matches!(self, Self::Active | Self::ExpiresSoon)
    }
}

/// Why nobody can be given such a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiKeyRefusal {
    #[error("a key has at least one scope")]
    ScopesRequired,
    #[error("{0} is nothing that a machine may do")]
    NotForMachines(Capability),
    #[error("{0} is not given by somebody who may not do it")]
    NotTheGivers(Capability),
    #[error("a key is bound to at least one plant")]
    PlantsRequired,
    #[error("{0} is not a plant here")]
    PlantUnknown(PlantId),
    #[error("a key lives for 1 to {LONGEST_DAYS} days")]
    DaysInvalid,
}

/// What somebody of the role can put into a key: what they may do themselves and a machine may do at all.
pub fn scopes_of(role: Role) -> impl Iterator<Item = Capability> {
    role.capabilities().iter().copied().filter(|capability| capability.is_for_machines())
}

/// Whether somebody of the role, who sees `sight`, can give such a key.
///
/// # Errors
/// [`ApiKeyRefusal`], the first that holds.
pub fn check(
    (role, sight): (Role, &PlantScope),
    scopes: &[Capability],
    plants: &[PlantId],
    days: u16,
) -> Result<(), ApiKeyRefusal> {
    if scopes.is_empty() {
        return Err(ApiKeyRefusal::ScopesRequired);
    }
    for scope in scopes {
        if !scope.is_for_machines() {
            return Err(ApiKeyRefusal::NotForMachines(*scope));
        }
        if !role.can(*scope) {
            return Err(ApiKeyRefusal::NotTheGivers(*scope));
        }
    }
    if plants.is_empty() {
        return Err(ApiKeyRefusal::PlantsRequired);
    }
    if let Some(unseen) = plants.iter().find(|plant| !sight.sees(plant)) {
        return Err(ApiKeyRefusal::PlantUnknown(unseen.clone()));
    }
    if !(1..=LONGEST_DAYS).contains(&days) {
        return Err(ApiKeyRefusal::DaysInvalid);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_14_a_key_ends_and_says_so_before() {
        let now: DateTime<Utc> = "2026-11-24T08:00:00Z".parse().unwrap();
        let after = |days, seconds| now + TimeDelta::days(days) + TimeDelta::seconds(seconds);
        for (expires_at, state) in [
            (after(14, 1), ApiKeyState::Active),
            (after(14, 0), ApiKeyState::ExpiresSoon),
            (after(0, 1), ApiKeyState::ExpiresSoon),
            (after(0, 0), ApiKeyState::Expired),
            (after(-1, 0), ApiKeyState::Expired),
        ] {
            assert_eq!(ApiKeyState::of(expires_at, false, now), state, "{expires_at}");
            assert_eq!(ApiKeyState::of(expires_at, true, now), ApiKeyState::Revoked, "{expires_at}");
        }
    }

    #[test]
    fn sec_14_nobody_gives_what_they_have_not() {
        let (plant, other) = (PlantId::from("plant-a"), PlantId::from("plant-b"));
        let head = (Role::PlantHead, &PlantScope::only(plant.clone()));
        let (reads, here) = ([Capability::BatchRead], [plant]);
        assert_eq!(check(head, &reads, &here, DEFAULT_DAYS), Ok(()));
        let admin = (Role::SystemAdmin, &PlantScope::All);
        let refused = [
            (check(head, &[], &here, 90), ApiKeyRefusal::ScopesRequired),
            (
                check(head, &[Capability::BatchReview], &here, 90),
                ApiKeyRefusal::NotForMachines(Capability::BatchReview),
            ),
            (check(admin, &reads, &here, 90), ApiKeyRefusal::NotTheGivers(Capability::BatchRead)),
            (check(head, &reads, &[], 90), ApiKeyRefusal::PlantsRequired),
            (check(head, &reads, &[here[0].clone(), other.clone()], 90), ApiKeyRefusal::PlantUnknown(other)),
            (check(head, &reads, &here, 0), ApiKeyRefusal::DaysInvalid),
            (check(head, &reads, &here, 366), ApiKeyRefusal::DaysInvalid),
        ];
        for (answer, refusal) in refused {
            assert_eq!(answer, Err(refusal));
        }
    }

    #[test]
    fn who_makes_keys_has_something_to_give() {
        for role in Capability::ApiKeyManage.roles() {
            assert!(scopes_of(role).next().is_some(), "{role}");
        }
    }
}
