//! What a person may do. A role is a set of capabilities; the server asks for a capability, never for a role.

use crate::role::{Role, words};

words! {
    /// One thing that a person may be allowed to do.
    Capability {
        BatchRead = "batch.read",
        BatchExecute = "batch.execute",
        BatchVerify = "batch.verify",
        BatchReview = "batch.review",
        BatchRelease = "batch.release",
        DeviationRead = "deviation.read",
        GateEntryRead = "gate_entry.read",
        GoodsReceiptRead = "goods_receipt.read",
        QualitySampleRead = "quality_sample.read",
        QualityTestRead = "quality_test.read",
        MaterialRead = "material.read",
        StationRegister = "station.register",
        UserManage = "user.manage",
        AuditRead = "audit.read",
        AuditReview = "audit.review",
        BackupManage = "backup.manage",
    }
}

impl Role {
    /// The capabilities of the role.
    #[must_use]
    pub fn capabilities(self) -> &'static [Capability] {
        use Capability::*;
        match self {
            Role::ProductionOperator => &[BatchRead, BatchExecute, BatchVerify, DeviationRead, MaterialRead],
            Role::ProductionManager | Role::ProductionHead => {
                &[BatchRead, BatchExecute, BatchVerify, BatchReview, DeviationRead, MaterialRead, AuditRead]
            }
            Role::PlantHead => &[
                BatchRead,
                BatchReview,
                DeviationRead,
                GateEntryRead,
                GoodsReceiptRead,
                QualitySampleRead,
                QualityTestRead,
                MaterialRead,
                AuditRead,
            ],
            Role::QaHead | Role::QaManager => &[
                BatchRead,
                BatchVerify,
                BatchReview,
                BatchRelease,
                DeviationRead,
                GateEntryRead,
                GoodsReceiptRead,
                QualitySampleRead,
                QualityTestRead,
                MaterialRead,
                AuditRead,
                AuditReview,
            ],
            Role::QaOperator => &[
                BatchRead,
                BatchVerify,
                BatchReview,
                DeviationRead,
                GoodsReceiptRead,
                QualitySampleRead,
                QualityTestRead,
                MaterialRead,
            ],
            Role::QcHead | Role::QcManager => {
                &[BatchRead, DeviationRead, QualitySampleRead, QualityTestRead, MaterialRead, AuditRead]
            }
            Role::QcOperator => &[QualitySampleRead, QualityTestRead, MaterialRead, DeviationRead],
            Role::ProcurementOfficer => &[GateEntryRead, GoodsReceiptRead, QualityTestRead, MaterialRead],
            Role::WarehouseManager => &[GateEntryRead, GoodsReceiptRead, QualityTestRead, MaterialRead],
            Role::SecurityOfficer => &[GateEntryRead],
            Role::SystemAdmin => &[StationRegister, UserManage, AuditRead, BackupManage],
            Role::Management => {
                &[BatchRead, DeviationRead, GateEntryRead, GoodsReceiptRead, QualityTestRead, MaterialRead]
            }
            Role::FinanceOfficer | Role::SalesPerson => &[],
        }
    }

    #[must_use]
    pub fn can(self, capability: Capability) -> bool {
        self.capabilities().contains(&capability)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_administrator_of_accounts_touches_no_batch() {
        for capability in [Capability::BatchExecute, Capability::BatchVerify, Capability::BatchRelease] {
            assert!(!Role::SystemAdmin.can(capability), "{capability}");
        }
    }

    #[test]
    fn only_quality_assurance_releases() {
        let releasing: Vec<_> = Role::ALL.iter().filter(|role| role.can(Capability::BatchRelease)).collect();
        assert_eq!(releasing, [&Role::QaHead, &Role::QaManager]);
    }
}
