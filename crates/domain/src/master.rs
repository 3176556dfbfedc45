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

/// The procedure of one product, as approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    pub product: String,
    pub product_code: String,
    pub batch_size: ExactDecimal,
    pub batch_unit: Unit,
    pub unit_procedures: Vec<UnitProcedure>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitProcedure {
    pub name: String,
    pub operations: Vec<Operation>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    pub name: String,
    pub phases: Vec<PhaseDefinition>,
}

/// One phase with the names of what it is part of, in order of execution.
#[derive(Clone, Copy, Debug)]
pub struct PlacedPhase<'a> {
    /// From 1, dense within the procedure.
    pub number: u32,
    pub unit_procedure: &'a str,
    pub operation: &'a str,
    pub phase: &'a PhaseDefinition,
}

impl Procedure {
    /// All phases in the order in which they are executed.
    pub fn phases(&self) -> impl Iterator<Item = PlacedPhase<'_>> {
        self.unit_procedures
            .iter()
            .flat_map(|unit| unit.operations.iter().map(move |operation| (unit, operation)))
            .flat_map(|(unit, operation)| operation.phases.iter().map(move |phase| (unit, operation, phase)))
            .zip(1..)
            .map(|((unit, operation, phase), number)| PlacedPhase {
                number,
                unit_procedure: &unit.name,
                operation: &operation.name,
                phase,
            })
    }
}
