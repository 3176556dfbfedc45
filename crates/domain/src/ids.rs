//! Typed identifiers.
//!
//! Ids that the legacy database made are strings and stay as they are; ids of this project are UUIDv7.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[cfg_attr(feature = "bindings", derive(specta::Type))]
        #[serde(transparent)]
        #[schema(value_type = String)]
        pub struct $name(pub String);

        impl $name {
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    )*};
}

macro_rules! uuid_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[cfg_attr(feature = "bindings", derive(specta::Type))]
        #[serde(transparent)]
        #[schema(value_type = Uuid)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

text_id! {
    /// A person with an account. Never handed out twice (21 CFR 11.100).
    UserId;
    /// A plant, for example `plant-a`.
    PlantId;
    /// A production batch.
    BatchId;
}

uuid_id! {
    /// A station: one installation of the desktop program with a key of its own.
    StationId;
    /// One operation that a station recorded; UUIDv7, made by the station.
    OperationId;
    /// One phase of one batch.
    PhaseId;
    /// One version of a master batch record.
    MasterRecordId;
    /// A deviation.
    DeviationId;
    /// A lot of a material.
    LotId;
    /// A release of the station's program.
    ReleaseId;
    /// A piece of equipment.
    EquipmentId;
    /// A person's qualification for a procedure.
    QualificationId;
    /// A corrective or preventive action.
    CapaId;
    /// A sign-in session at the server.
    SessionId;
    /// A key of a machine or a report; the public part of its text.
    ApiKeyId;
    /// A lease of a batch, or of one of its operations.
    LeaseId;
}
