//! Where each phase stands in its procedure: its number, what it waits for and on which conditions it is executed.

use super::{Arrangement, Procedure};
use crate::phase::PhaseDefinition;

/// One phase with the names of what it is part of, in order of the record.
#[derive(Clone, Debug)]
pub struct PlacedPhase<'a> {
    /// From 1, dense within the procedure.
    pub number: u32,
    pub unit_procedure: &'a str,
    pub operation: &'a str,
    pub phase: &'a PhaseDefinition,
    /// The numbers of the phases that must be settled directly before; none at the beginning.
    pub after: Vec<u32>,
    /// The expressions of the unit procedure, of the operation and of the phase, in this order; all must hold.
    pub conditions: Vec<&'a str>,
    /// Its place in the JSON document (RFC 6901).
    pub path: String,
}

impl Procedure {
    /// All phases in the order of the record.
    #[must_use]
    pub fn phases(&self) -> Vec<PlacedPhase<'_>> {
        let mut placed = Vec::new();
        self.arrangement.lay(self.unit_procedures.iter().enumerate(), Vec::new(), |(place, unit), before| {
            let path = format!("/unit_procedures/{place}/operations");
            unit.arrangement.lay(unit.operations.iter().enumerate(), before, |(place, operation), before| {
                let path = format!("{path}/{place}/phases");
                operation.arrangement.lay(operation.phases.iter().enumerate(), before, |(place, phase), before| {
                    let number = placed.last().map_or(0, |last: &PlacedPhase<'_>| last.number) + 1;
                    let conditions = [&unit.only_if, &operation.only_if, &phase.only_if];
                    placed.push(PlacedPhase {
                        number,
                        unit_procedure: &unit.name,
                        operation: &operation.name,
                        phase,
                        after: before,
                        conditions: conditions.into_iter().flatten().map(String::as_str).collect(),
                        path: format!("{path}/{place}"),
                    });
                    vec![number]
                })
            })
        });
        placed
    }
}

impl Arrangement {
    /// Lays the parts down after `before`; `lay_one` answers with the phases that a part ends with.
    ///
    /// A part without phases ends with what was before it, so nothing behind it begins too early.
    fn lay<T>(
        self,
        parts: impl Iterator<Item = T>,
        before: Vec<u32>,
        mut lay_one: impl FnMut(T, Vec<u32>) -> Vec<u32>,
    ) -> Vec<u32> {
        match self {
            Self::Sequence => parts.fold(before, |before, part| lay_one(part, before)),
            Self::Parallel => {
                let mut ends: Vec<u32> = parts.flat_map(|part| lay_one(part, before.clone())).collect();
                if ends.is_empty() {
                    return before;
                }
                ends.sort_unstable();
                ends.dedup();
                ends
            }
        }
    }
}
