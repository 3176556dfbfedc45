//! What is looked up in a plant's registers, and what they say.

use std::collections::BTreeSet;

use chrono_tz::Tz;

use crate::{
    equipment::Equipment,
    execution::PhaseState,
    ids::UserId,
    lot::{Lot, LotStatus},
    phase::{PhaseEntry, PhaseKind},
    qualification::Qualification,
};

/// What has to be looked up before a rule can be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Codes of materials: whether the register holds any lot of them, and those that may be charged by their status.
    pub materials: BTreeSet<String>,
    /// Classes of equipment: every piece of them.
    pub kinds: BTreeSet<String>,
    /// Codes of procedures: whether the register holds any qualification for them, and those of [`Self::person`].
    pub procedures: BTreeSet<String>,
    /// The number of a lot, whatever it is of.
    pub lot: Option<String>,
    /// The code of a piece of equipment, whatever it is.
    pub equipment: Option<String>,
    pub person: Option<UserId>,
}

/// What the plant's registers say to what was wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registers {
    /// Of the plant: days begin and end there.
    pub zone: Tz,
    pub lots: Vec<Lot>,
    /// The wanted materials of which there is any lot.
    pub materials: BTreeSet<String>,
    pub equipment: Vec<Equipment>,
    /// The wanted classes of which there is any equipment.
    pub kinds: BTreeSet<String>,
    pub qualifications: Vec<Qualification>,
    /// The wanted procedures for which anybody is or was qualified.
    pub procedures: BTreeSet<String>,
}

impl Default for Registers {
    fn default() -> Self {
        Self {
            zone: Tz::UTC,
            lots: Vec::new(),
            materials: BTreeSet::new(),
            equipment: Vec::new(),
            kinds: BTreeSet::new(),
            qualifications: Vec::new(),
            procedures: BTreeSet::new(),
        }
    }
}

impl Registers {
    /// What is wanted of registers that are held as a whole.
    #[must_use]
    pub fn narrowed_to(mut self, wanted: &Wanted) -> Self {
        let of = |wanted: &BTreeSet<String>, known: BTreeSet<String>| wanted.intersection(&known).cloned().collect();
        self.materials =
            of(&wanted.materials, self.lots.iter().map(|lot| lot.material_code.clone()).collect::<BTreeSet<_>>());
        self.kinds = of(&wanted.kinds, self.equipment.iter().map(|one| one.kind.clone()).collect::<BTreeSet<_>>());
        let procedures = self.qualifications.iter().map(|one| one.procedure_code.clone());
        self.procedures = of(&wanted.procedures, procedures.collect::<BTreeSet<_>>());
        self.lots.retain(|lot| {
            let may_be_charged = wanted.materials.contains(&lot.material_code) && lot.status == LotStatus::Approved;
            may_be_charged || wanted.lot.as_ref() == Some(&lot.number)
        });
        self.equipment.retain(|one| wanted.kinds.contains(&one.kind) || wanted.equipment.as_ref() == Some(&one.code));
        self.qualifications.retain(|one| {
            wanted.procedures.contains(&one.procedure_code) && wanted.person.as_ref() == Some(&one.person_id)
        });
        self
    }
}

impl Wanted {
    /// What one entry of a phase asks for.
    #[must_use]
    pub fn for_entry(phase: &PhaseState, entry: &PhaseEntry, person: &UserId) -> Self {
        let mut wanted = Self::default();
        wanted.add(phase);
        wanted.person = Some(person.clone()).filter(|_| !wanted.procedures.is_empty());
        match entry {
            PhaseEntry::Number { lot, reading, .. } => {
                wanted.lot = lot.as_deref().map(str::trim).map(str::to_owned);
                wanted.equipment = reading.as_ref().map(|reading| reading.device.clone());
            }
            PhaseEntry::EquipmentUsed { equipment } | PhaseEntry::FoundClean { equipment } => {
                wanted.equipment = Some(equipment.trim().to_owned());
            }
            _ => {}
        }
        wanted
    }

    /// What stands against the phases of a batch before anything is recorded.
    #[must_use]
    pub fn for_phases(phases: &[PhaseState], person: &UserId) -> Self {
        let mut wanted = Self::default();
        phases.iter().for_each(|phase| wanted.add(phase));
        wanted.person = Some(person.clone());
        wanted
    }

    /// What stands against reading a value from a device.
    #[must_use]
    pub fn for_device(code: &str) -> Self {
        Self { equipment: Some(code.to_owned()), ..Self::default() }
    }

    /// Nothing has to be looked up.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.materials.is_empty() && self.kinds.is_empty() && self.procedures.is_empty() && self.equipment.is_none()
    }

    fn add(&mut self, phase: &PhaseState) {
        self.procedures.extend(phase.definition.qualification.clone());
        match &phase.definition.kind {
            PhaseKind::MaterialCharge { material_code, .. } => _ = self.materials.insert(material_code.clone()),
            PhaseKind::EquipmentUse { equipment_class, .. } | PhaseKind::CleaningCheck { equipment_class } => {
                _ = self.kinds.insert(equipment_class.clone());
            }
            _ => {}
        }
    }
}
