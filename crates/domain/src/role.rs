//! The 17 roles and 9 departments of the plant, in the words that the legacy database keeps.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! words {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "bindings", derive(specta::Type))]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// The word on the wire and in the database.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }
        }

        // The derived schema would not see through the macro to the words.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some(concat!($($doc),*).trim()))
                    .enum_values(Some(Self::ALL.iter().map(|word| word.as_str())))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}

        impl std::str::FromStr for $name {
            type Err = $crate::role::UnknownWord;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok($name::$variant),)*
                    _ => Err($crate::role::UnknownWord { kind: stringify!($name), word: text.to_owned() }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

/// A word that its table does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is not a {kind}")]
pub struct UnknownWord {
    pub kind: &'static str,
    pub word: String,
}

words! {
    /// What a person is employed as; roles are sets of capabilities.
    Role {
        ProductionHead = "Production Head",
        ProductionManager = "Production Manager",
        ProductionOperator = "Production Operator",
        PlantHead = "Plant Head",
        QaHead = "QA Head",
        QaManager = "QA Manager",
        QaOperator = "QA Operator",
        QcHead = "QC Head",
        QcManager = "QC Manager",
        QcOperator = "QC Operator",
        ProcurementOfficer = "Procurement Officer",
        WarehouseManager = "Warehouse Manager",
        FinanceOfficer = "Finance Officer",
        SystemAdmin = "System Admin",
        Management = "Management",
        SecurityOfficer = "Security Officer",
        SalesPerson = "Sales Person",
    }
}

words! {
    /// The department a person belongs to.
    Department {
        QualityAssurance = "Quality Assurance",
        QualityControl = "Quality Control",
        SupplyChainManagement = "Supply Chain Management",
        Production = "Production",
        Administration = "Administration",
        Sales = "Sales",
        Corporate = "Corporate",
        Finance = "Finance",
        Security = "Security",
    }
}

impl Role {
    /// The departments that people of the role work in, the usual one first.
    #[must_use]
    pub fn departments(self) -> &'static [Department] {
        use Department::*;
        match self {
            Role::ProductionHead | Role::ProductionManager | Role::ProductionOperator => &[Production],
            Role::PlantHead => &[Administration, Production],
            Role::QaHead | Role::QaManager | Role::QaOperator => &[QualityAssurance],
            Role::QcHead | Role::QcManager | Role::QcOperator => &[QualityControl],
            Role::ProcurementOfficer | Role::WarehouseManager => &[SupplyChainManagement],
            Role::FinanceOfficer => &[Finance],
            Role::SystemAdmin => &[Administration],
            Role::Management => &[Corporate, Administration],
            Role::SecurityOfficer => &[Security],
            Role::SalesPerson => &[Sales],
        }
    }

    /// Roles that see every plant when no plant is named for the person.
    #[must_use]
    pub fn sees_all_plants_by_default(self) -> bool {
        matches!(self, Role::Management | Role::SystemAdmin | Role::FinanceOfficer | Role::SalesPerson)
    }
}

/// The name of a person's role on the wire, kept as text where an unknown role must survive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct RoleName(pub String);
