//! Master batch records: procedure → unit procedure → operation → phase (ISA-88).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{decimal::ExactDecimal, phase::PhaseDefinition, role::words, unit::Unit};

words! {
    /// Where a version of a master batch record stands.
    MasterRecordStatus {
        Draft = "Draft",
        InReview = "In Review",
        Approved = "Approved",
        Effective = "Effective",
        Superseded = "Superseded",
        Withdrawn = "Withdrawn",
    }
}

/// The procedure of one product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    pub product: String,
    pub product_code: String,
    pub batch_size: ExactDecimal,
    pub batch_unit: Unit,
    /// The components and what is weighed of each for one batch (21 CFR 211.186(b)(4) and (5)).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipe: Vec<RecipeLine>,
    /// What is expected of the batch at its end (21 CFR 211.186(b)(7)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_yield: Option<ExpectedYield>,
    #[serde(default, skip_serializing_if = "Arrangement::is_sequence")]
    pub arrangement: Arrangement,
    pub unit_procedures: Vec<UnitProcedure>,
}

/// One component of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct RecipeLine {
    pub key: String,
    pub material: String,
    pub material_code: String,
    pub quantity: ExactDecimal,
    pub unit: Unit,
    /// How far the sum of the charges may lie from the quantity, in per cent of it.
    pub tolerance_percent: ExactDecimal,
    /// The quantity is of pure substance: what is charged depends on the potency of the lot.
    pub is_by_potency: bool,
}

/// The phase whose value is the batch's yield, with its limits in per cent of the theoretical yield.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct ExpectedYield {
    /// The key of a calculation in per cent.
    pub phase: String,
    pub low_percent: ExactDecimal,
    pub high_percent: ExactDecimal,
}

/// How the parts of something follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Arrangement {
    /// Each part waits for the one before it.
    #[default]
    Sequence,
    /// No part waits for another; what follows waits for all of them.
    Parallel,
}

impl Arrangement {
    fn is_sequence(&self) -> bool {
        *self == Self::Sequence
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct UnitProcedure {
    pub name: String,
    #[serde(default, skip_serializing_if = "Arrangement::is_sequence")]
    pub arrangement: Arrangement,
    /// As [`PhaseDefinition::only_if`], for every phase of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if: Option<String>,
    pub operations: Vec<Operation>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct Operation {
    pub name: String,
    #[serde(default, skip_serializing_if = "Arrangement::is_sequence")]
    pub arrangement: Arrangement,
    /// As [`PhaseDefinition::only_if`], for every phase of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if: Option<String>,
    pub phases: Vec<PhaseDefinition>,
}

mod difference;
mod faults;
mod lifecycle;
mod placing;

pub use difference::{Change, ChangeKind, differences};
pub use faults::{Fault, FaultCode, faults};
pub use lifecycle::{LifecycleRefusal, Step, Version, step};
pub use placing::PlacedPhase;

#[cfg(test)]
mod tests;
