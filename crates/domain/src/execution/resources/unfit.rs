//! Why a lot, a piece of equipment or a person is not fit for a phase.

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    deviation::{DeviationCause, Severity},
    equipment::EquipmentState,
    execution::OpenedDeviation,
    lot::LotStatus,
};

/// Why what a phase leans on is not fit for it now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("lot {lot} is not in the register")]
    LotUnknown { lot: String },
    #[error("lot {lot} is of {material_code}")]
    LotOfOtherMaterial { lot: String, material_code: String },
    #[error("lot {lot} is {status}")]
    LotNotApproved { lot: String, status: LotStatus },
    #[error("lot {lot} expired on {on}")]
    LotExpired { lot: String, on: NaiveDate },
    #[error("lot {lot} was to be tested again on {on}")]
    LotRetestDue { lot: String, on: NaiveDate },
    #[error("there is no lot of {material} that may be charged")]
    NoLotFit { material: String },
    #[error("equipment {equipment} is not in the register")]
    EquipmentUnknown { equipment: String },
    #[error("equipment {equipment} is a {kind}")]
    EquipmentOfOtherKind { equipment: String, kind: String },
    #[error("equipment {equipment} is on hold")]
    EquipmentOnHold { equipment: String },
    #[error("equipment {equipment} is in {state}")]
    EquipmentNotReady { equipment: String, state: EquipmentState },
    #[error("equipment {equipment} is in use for another batch")]
    EquipmentInUse { equipment: String },
    #[error("the calibration of equipment {equipment} was due on {on}")]
    CalibrationOverdue { equipment: String, on: NaiveDate },
    #[error("equipment {equipment} is not clean")]
    EquipmentDirty { equipment: String },
    #[error("the cleaning of equipment {equipment} has not been verified")]
    CleaningNotVerified { equipment: String },
    #[error("the cleaning of equipment {equipment} counted until {until}")]
    CleaningExpired { equipment: String, until: DateTime<Utc> },
    #[error("there is no {kind} that may be used")]
    NoEquipmentFit { kind: String },
    #[error("the person is not qualified for {procedure}")]
    QualificationMissing { procedure: String },
    #[error("the person's qualification for {procedure} was valid until {on}")]
    QualificationExpired { procedure: String, on: NaiveDate },
}

impl Unfit {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::LotUnknown { .. } => "lot_unknown",
            Self::LotOfOtherMaterial { .. } => "lot_of_other_material",
            Self::LotNotApproved { .. } => "lot_not_approved",
            Self::LotExpired { .. } => "lot_expired",
            Self::LotRetestDue { .. } => "lot_retest_due",
            Self::NoLotFit { .. } => "no_lot_fit",
            Self::EquipmentUnknown { .. } => "equipment_unknown",
            Self::EquipmentOfOtherKind { .. } => "equipment_of_other_kind",
            Self::EquipmentOnHold { .. } => "equipment_on_hold",
            Self::EquipmentNotReady { .. } => "equipment_not_ready",
            Self::EquipmentInUse { .. } => "equipment_in_use",
            Self::CalibrationOverdue { .. } => "calibration_overdue",
            Self::EquipmentDirty { .. } => "equipment_dirty",
            Self::CleaningNotVerified { .. } => "cleaning_not_verified",
            Self::CleaningExpired { .. } => "cleaning_expired",
            Self::NoEquipmentFit { .. } => "no_equipment_fit",
            Self::QualificationMissing { .. } => "qualification_missing",
            Self::QualificationExpired { .. } => "qualification_expired",
        }
    }

    /// What the translated sentence names, each with its name in it.
    #[must_use]
    pub fn values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::LotUnknown { lot } => vec![("lot", lot.clone())],
            Self::LotOfOtherMaterial { lot, material_code } => {
                vec![("lot", lot.clone()), ("material", material_code.clone())]
            }
            Self::LotNotApproved { lot, status } => vec![("lot", lot.clone()), ("status", status.to_string())],
            Self::LotExpired { lot, on } | Self::LotRetestDue { lot, on } => {
                vec![("lot", lot.clone()), ("day", on.to_string())]
            }
            Self::NoLotFit { material } => vec![("material", material.clone())],
            Self::EquipmentUnknown { equipment }
            | Self::EquipmentOnHold { equipment }
            | Self::EquipmentInUse { equipment }
            | Self::EquipmentDirty { equipment }
            | Self::CleaningNotVerified { equipment } => vec![("equipment", equipment.clone())],
            Self::EquipmentOfOtherKind { equipment, kind } => {
                vec![("equipment", equipment.clone()), ("kind", kind.clone())]
            }
            Self::EquipmentNotReady { equipment, state } => {
                vec![("equipment", equipment.clone()), ("state", state.to_string())]
            }
            Self::CalibrationOverdue { equipment, on } => {
                vec![("equipment", equipment.clone()), ("day", on.to_string())]
            }
            Self::CleaningExpired { equipment, until } => {
                vec![("equipment", equipment.clone()), ("time", until.to_rfc3339())]
            }
            Self::NoEquipmentFit { kind } => vec![("kind", kind.clone())],
            Self::QualificationMissing { procedure } => vec![("procedure", procedure.clone())],
            Self::QualificationExpired { procedure, on } => {
                vec![("procedure", procedure.clone()), ("day", on.to_string())]
            }
        }
    }

    /// What it opens where the entry was recorded all the same.
    #[must_use]
    pub fn deviation(&self) -> OpenedDeviation {
        let cause = match self {
            Self::LotUnknown { .. }
            | Self::LotOfOtherMaterial { .. }
            | Self::LotNotApproved { .. }
            | Self::LotExpired { .. }
            | Self::LotRetestDue { .. }
            | Self::NoLotFit { .. } => DeviationCause::LotUnfit,
            Self::EquipmentUnknown { .. }
            | Self::EquipmentOfOtherKind { .. }
            | Self::EquipmentOnHold { .. }
            | Self::EquipmentNotReady { .. }
            | Self::EquipmentInUse { .. }
            | Self::CalibrationOverdue { .. }
            | Self::EquipmentDirty { .. }
            | Self::CleaningNotVerified { .. }
            | Self::CleaningExpired { .. }
            | Self::NoEquipmentFit { .. } => DeviationCause::EquipmentUnfit,
            Self::QualificationMissing { .. } | Self::QualificationExpired { .. } => DeviationCause::NotQualified,
        };
        let is_worst =
            matches!(self, Self::LotOfOtherMaterial { .. } | Self::LotNotApproved { status: LotStatus::Rejected, .. });
        OpenedDeviation { cause, severity: if is_worst { Severity::Critical } else { Severity::High } }
    }
}
