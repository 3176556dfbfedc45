//! What a phase leans on: the lot that is charged, the equipment that is used, the qualification of who executes it.
//!
//! A plant need not have entered everything at once. What a phase names is looked up as soon as the plant's register
//! holds anything of the kind: any lot of the material, any piece of equipment of the class, anybody's qualification for
//! the procedure. Before that nothing is asked, and such a batch is executed as it always was.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Attempt, Deed, Judgement, Outcome, PhaseState, Refusal, Standing, Turn};
use crate::{
    batch::BatchStatus,
    equipment::{Cleanliness, Equipment, EquipmentState},
    ids::{BatchId, UserId},
    lot::LotStatus,
    person::Acting,
    phase::{PhaseEntry, PhaseKind, PhaseStatus},
    qualification::Qualification,
};

mod unfit;
mod wanted;

pub use unfit::Unfit;
pub use wanted::{Registers, Wanted};

/// What surrounds an entry: the batch, the plant's registers, and the time of the one who judges.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    pub batch: &'a BatchId,
    pub registers: &'a Registers,
    pub at: DateTime<Utc>,
}

impl<'a> Circumstances<'a> {
    /// As [`super::decide`], and whether what the phase leans on is fit for it.
    ///
    /// # Errors
    /// As [`super::decide`], and [`Refusal::Unfit`], which stands before a missing reason or signature: nobody is asked
    /// for those in vain.
    pub fn decide(
        self,
        status: BatchStatus,
        phases: &[PhaseState],
        attempt: Attempt<'_>,
        person: Acting<'_>,
    ) -> Result<Outcome, Refusal> {
        let decided = super::decide(status, phases, attempt, person);
        if matches!(decided, Ok(_) | Err(Refusal::ReasonRequired | Refusal::SignatureRequired)) {
            self.check(phases, attempt, person)?;
        }
        decided
    }

    /// As [`super::judge`]; what was done with something unfit happened: it takes effect and opens a deviation.
    #[must_use]
    pub fn judge(
        self,
        status: BatchStatus,
        phases: &[PhaseState],
        attempt: Attempt<'_>,
        person: Acting<'_>,
    ) -> Judgement {
        match (super::judge(status, phases, attempt, person), self.check(phases, attempt, person)) {
            (Judgement::Applied(outcome), Err(unfit)) => {
                let opened = unfit.deviation();
                // A value out of its limits goes on holding what depends on it, whoever recorded it.
                let holding = outcome.deviation.filter(|value| value.cause.holds() && !opened.cause.holds());
                Judgement::Applied(Outcome { deviation: holding.or(Some(opened)), unfit: Some(unfit), ..outcome })
            }
            (judgement, _) => judgement,
        }
    }

    /// As [`super::turns`]: what the person cannot begin because of what the phase leans on is not their turn.
    #[must_use]
    pub fn turns(self, status: BatchStatus, phases: &[PhaseState], person: Acting<'_>) -> Vec<Result<Turn, Refusal>> {
        let turns = super::turns(status, phases, person);
        let turn = |(turn, phase): (Result<Turn, Refusal>, &PhaseState)| match turn {
            Ok(turn @ (Turn::Execute | Turn::Repeat)) => {
                self.obstacle(phase, person).map_or(Ok(turn), |unfit| Err(unfit.into()))
            }
            other => other,
        };
        turns.into_iter().zip(phases).map(turn).collect()
    }

    /// What stops each phase that is still to be executed, whether its turn has come or not; in the order of the phases.
    #[must_use]
    pub fn obstacles(self, phases: &[PhaseState], person: Acting<'_>) -> Vec<Option<Unfit>> {
        let standings = super::standings(phases);
        let obstacle = |(phase, standing): (&PhaseState, Standing)| match standing {
            Standing::Executed
            | Standing::NotApplicable
            | Standing::AwaitsVerification
            | Standing::Outdated
            | Standing::ToRepeat => None,
            _ => self.obstacle(phase, person),
        };
        phases.iter().zip(standings).map(obstacle).collect()
    }

    /// Whether this lot may be charged for the material, and why not.
    ///
    /// # Errors
    /// The first [`Unfit`] that holds.
    pub fn check_lot(self, lot: &str, material_code: &str) -> Result<(), Unfit> {
        self.lot_fits(lot.trim(), material_code, self.at)
    }

    /// Whether this piece of equipment may be used for the phase, and why not.
    ///
    /// # Errors
    /// The first [`Unfit`] that holds.
    pub fn check_equipment(self, code: &str, kind: &PhaseKind) -> Result<(), Unfit> {
        let (class, use_) = match kind {
            PhaseKind::EquipmentUse { equipment_class, must_be_clean } => (equipment_class, Some(*must_be_clean)),
            PhaseKind::CleaningCheck { equipment_class } => (equipment_class, None),
            _ => return Ok(()),
        };
        match self.equipment(code.trim(), class)? {
            Some(equipment) => self.equipment_fits(equipment, use_),
            None => Ok(()),
        }
    }

    /// Whether a value may be read from the device with this code, and why not. A balance serves several batches a day.
    ///
    /// # Errors
    /// The first [`Unfit`] that holds.
    pub fn check_device(self, code: &str) -> Result<(), Unfit> {
        let Some(known) = self.registers.equipment.iter().find(|known| known.code == code) else { return Ok(()) };
        let equipment = known.code.clone();
        match known.standing.state {
            EquipmentState::Idle | EquipmentState::Running => {}
            EquipmentState::UnderQaHold => return Err(Unfit::EquipmentOnHold { equipment }),
            state => return Err(Unfit::EquipmentNotReady { equipment, state }),
        }
        match known.standing.calibration_due.filter(|due| *due < self.day(self.at)) {
            Some(on) => Err(Unfit::CalibrationOverdue { equipment, on }),
            None => Ok(()),
        }
    }

    /// Whether the person may execute what asks for this procedure, and why not.
    ///
    /// # Errors
    /// The first [`Unfit`] that holds.
    pub fn check_qualification(self, procedure: &str, person: &UserId) -> Result<(), Unfit> {
        if !self.registers.procedures.contains(procedure) {
            return Ok(());
        }
        let is_own = |known: &&Qualification| known.person_id == *person && known.procedure_code == procedure;
        match self.registers.qualifications.iter().find(is_own) {
            Some(known) if known.is_withdrawn => Err(Unfit::QualificationMissing { procedure: procedure.to_owned() }),
            Some(known) if !known.holds_on(self.day(self.at)) => {
                Err(Unfit::QualificationExpired { procedure: procedure.to_owned(), on: known.valid_until })
            }
            Some(_) => Ok(()),
            None => Err(Unfit::QualificationMissing { procedure: procedure.to_owned() }),
        }
    }

    /// The piece of equipment that an entry takes into use, when the register holds it.
    #[must_use]
    pub fn taken_into_use(self, entry: &PhaseEntry) -> Option<&'a Equipment> {
        let PhaseEntry::EquipmentUsed { equipment } = entry else { return None };
        self.registers.equipment.iter().find(|known| known.code == equipment.trim())
    }

    fn day(self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.registers.zone).date_naive()
    }

    fn check(self, phases: &[PhaseState], attempt: Attempt<'_>, person: Acting<'_>) -> Result<(), Unfit> {
        let Some(phase) = phases.iter().find(|phase| phase.id == attempt.phase) else { return Ok(()) };
        if Deed::of(phase, attempt.entry, attempt.corrects) == Deed::Verification {
            return Ok(());
        }
        if let Some(procedure) = asked_procedure(phase) {
            self.check_qualification(procedure, person.id)?;
        }
        if let PhaseEntry::Number { reading: Some(reading), .. } = attempt.entry {
            self.check_device(&reading.device)?;
        }
        let kind = &phase.definition.kind;
        let is_repeated = phase.is_to_repeat();
        let corrected = attempt.corrects.filter(|_| !is_repeated).and_then(|entry| First::of(phase, entry));
        // What was charged or used is not judged anew because a figure beside it was wrong, and another lot or another
        // piece of equipment by the day on which it was.
        if corrected.as_ref().is_some_and(|first| first.name == attempt.entry.name()) {
            return Ok(());
        }
        match (kind, attempt.entry) {
            (PhaseKind::MaterialCharge { material_code, .. }, PhaseEntry::Number { lot: Some(lot), .. }) => {
                self.lot_fits(lot.trim(), material_code, corrected.map_or(self.at, |first| first.at))
            }
            (
                PhaseKind::EquipmentUse { equipment_class: class, .. }
                | PhaseKind::CleaningCheck { equipment_class: class },
                PhaseEntry::EquipmentUsed { equipment } | PhaseEntry::FoundClean { equipment },
            ) if corrected.is_some() => self.equipment(equipment.trim(), class).map(drop),
            (_, PhaseEntry::EquipmentUsed { equipment } | PhaseEntry::FoundClean { equipment }) => {
                self.check_equipment(equipment, kind)
            }
            _ => Ok(()),
        }
    }

    /// What stops the phase before the operator has named a lot or a piece of equipment.
    fn obstacle(self, phase: &PhaseState, person: Acting<'_>) -> Option<Unfit> {
        let asked = asked_procedure(phase);
        if let Some(Err(unfit)) = asked.map(|procedure| self.check_qualification(procedure, person.id)) {
            return Some(unfit);
        }
        let kind = &phase.definition.kind;
        match kind {
            PhaseKind::MaterialCharge { material, material_code, .. } => {
                let is_kept = self.registers.materials.contains(material_code);
                let mut own = self.registers.lots.iter().filter(|lot| lot.material_code == *material_code);
                let has_fit = own.any(|lot| self.lot_fits(&lot.number, material_code, self.at).is_ok());
                (is_kept && !has_fit).then(|| Unfit::NoLotFit { material: material.clone() })
            }
            PhaseKind::EquipmentUse { equipment_class: class, .. }
            | PhaseKind::CleaningCheck { equipment_class: class } => {
                let own = self.registers.equipment.iter().filter(|equipment| equipment.kind == *class);
                let mut refused: Vec<Unfit> = Vec::new();
                for equipment in own {
                    match self.check_equipment(&equipment.code, kind) {
                        Ok(()) => return None,
                        Err(unfit) => refused.push(unfit),
                    }
                }
                match (refused.len(), refused.pop()) {
                    (_, None) => None,
                    // The only one there is says itself what is the matter with it.
                    (1, only) => only,
                    _ => Some(Unfit::NoEquipmentFit { kind: class.clone() }),
                }
            }
            _ => None,
        }
    }

    fn lot_fits(self, number: &str, material_code: &str, at: DateTime<Utc>) -> Result<(), Unfit> {
        let Some(lot) = self.registers.lots.iter().find(|lot| lot.number == number) else {
            let is_kept = self.registers.materials.contains(material_code);
            return if is_kept { Err(Unfit::LotUnknown { lot: number.to_owned() }) } else { Ok(()) };
        };
        let number = lot.number.clone();
        if lot.material_code != material_code {
            return Err(Unfit::LotOfOtherMaterial { lot: number, material_code: lot.material_code.clone() });
        }
        if lot.status != LotStatus::Approved {
            return Err(Unfit::LotNotApproved { lot: number, status: lot.status });
        }
        let day = self.day(at);
        match (lot.expires_on.filter(|last| *last < day), lot.retest_on.filter(|last| *last < day)) {
            (Some(on), _) => Err(Unfit::LotExpired { lot: number, on }),
            (None, Some(on)) => Err(Unfit::LotRetestDue { lot: number, on }),
            (None, None) => Ok(()),
        }
    }

    /// The piece of equipment with this code; none where the plant keeps no register of the class.
    fn equipment(self, code: &str, class: &str) -> Result<Option<&'a Equipment>, Unfit> {
        let equipment = code.to_owned();
        match self.registers.equipment.iter().find(|known| known.code == code) {
            Some(known) if known.kind == class => Ok(Some(known)),
            Some(known) => Err(Unfit::EquipmentOfOtherKind { equipment, kind: known.kind.clone() }),
            None if self.registers.kinds.contains(class) => Err(Unfit::EquipmentUnknown { equipment }),
            None => Ok(None),
        }
    }

    /// `use_` says whether it must be clean to be used; without it somebody only looks at its cleaning.
    fn equipment_fits(self, known: &Equipment, use_: Option<bool>) -> Result<(), Unfit> {
        let equipment = known.code.clone();
        let standing = &known.standing;
        let runs_for_this = match standing.state {
            EquipmentState::Idle => false,
            EquipmentState::Running if standing.in_use_for.as_ref() == Some(self.batch) => true,
            EquipmentState::Running => return Err(Unfit::EquipmentInUse { equipment }),
            EquipmentState::UnderQaHold => return Err(Unfit::EquipmentOnHold { equipment }),
            state @ (EquipmentState::Cleaning | EquipmentState::Sanitization | EquipmentState::Breakdown) => {
                return Err(Unfit::EquipmentNotReady { equipment, state });
            }
        };
        let day = self.day(self.at);
        if let Some(on) = standing.calibration_due.filter(|due| use_.is_some() && *due < day) {
            return Err(Unfit::CalibrationOverdue { equipment, on });
        }
        let needs_clean = match use_ {
            // What this very batch has made dirty is no obstacle to it.
            Some(must_be_clean) => must_be_clean && !runs_for_this,
            None => true,
        };
        match (standing.cleanliness, standing.clean_until) {
            _ if !needs_clean => Ok(()),
            (Cleanliness::Dirty, _) => Err(Unfit::EquipmentDirty { equipment }),
            (Cleanliness::PendingVerification, _) => Err(Unfit::CleaningNotVerified { equipment }),
            (Cleanliness::Clean, Some(until)) if until <= self.at => Err(Unfit::CleaningExpired { equipment, until }),
            (Cleanliness::Clean, _) => Ok(()),
        }
    }
}

/// The procedure that the person must be qualified for; a timer that runs is stopped, whatever day it has become.
fn asked_procedure(phase: &PhaseState) -> Option<&String> {
    phase.definition.qualification.as_ref().filter(|_| phase.status != PhaseStatus::InProgress)
}

/// The entry in whose place others came: what it named, and when.
struct First<'a> {
    at: DateTime<Utc>,
    name: Option<&'a String>,
}

impl<'a> First<'a> {
    /// What stands where `entry` is; the time of the one that was made first of all.
    fn of(phase: &'a PhaseState, entry: Uuid) -> Option<Self> {
        let find = |id: Uuid| phase.entries.iter().find(|recorded| recorded.operation_id == id);
        let corrected = find(entry)?;
        let mut first = corrected;
        // Each correction names an older entry, so there are no more steps than entries.
        for _ in 0..phase.entries.len() {
            match first.corrects.and_then(find) {
                Some(before) => first = before,
                None => break,
            }
        }
        Some(Self { at: first.recorded_at, name: corrected.entry.name() })
    }
}

#[cfg(test)]
mod tests;
