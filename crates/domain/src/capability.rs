//! What a person may do. A role is a set of capabilities; the server asks for a capability, never for a role.

use crate::role::{Role, words};

words! {
    /// One thing that a person may be allowed to do.
    Capability {
        BatchRead = "batch.read",
        BatchPlan = "batch.plan",
        BatchHold = "batch.hold",
        BatchResume = "batch.resume",
        BatchExecute = "batch.execute",
        BatchVerify = "batch.verify",
        BatchReview = "batch.review",
        BatchAnswer = "batch.answer",
        BatchRelease = "batch.release",
        MasterRead = "master.read",
        MasterAuthor = "master.author",
        MasterApprove = "master.approve",
        DeviationRead = "deviation.read",
        DeviationReport = "deviation.report",
        DeviationInvestigate = "deviation.investigate",
        DeviationReview = "deviation.review",
        DeviationApprove = "deviation.approve",
        CapaRead = "capa.read",
        CapaManage = "capa.manage",
        CapaClose = "capa.close",
        GateEntryRead = "gate_entry.read",
        GateEntryCreate = "gate_entry.create",
        GoodsReceiptRead = "goods_receipt.read",
        GoodsReceiptCreate = "goods_receipt.create",
        SamplingRequest = "sampling.request",
        QualitySampleRead = "quality_sample.read",
        QualityTestRead = "quality_test.read",
        QualityTestAssign = "quality_test.assign",
        QualityTestExecute = "quality_test.execute",
        QualityTestReview = "quality_test.review",
        QualityTestRecommend = "quality_test.recommend",
        QualityTestDecide = "quality_test.decide",
        MaterialStore = "material.store",
        MaterialRead = "material.read",
        LotRead = "lot.read",
        LotManage = "lot.manage",
        LotDisposition = "lot.disposition",
        EquipmentRead = "equipment.read",
        EquipmentLog = "equipment.log",
        EquipmentManage = "equipment.manage",
        EquipmentRelease = "equipment.release",
        QualificationRead = "qualification.read",
        QualificationManage = "qualification.manage",
        StationRegister = "station.register",
        UserManage = "user.manage",
        PlantRead = "plant.read",
        PlantManage = "plant.manage",
        AuditRead = "audit.read",
        AuditReview = "audit.review",
        ApiKeyManage = "api_key.manage",
        BackupManage = "backup.manage",
        ReleaseManage = "release.manage",
    }
}

impl Role {
    /// The capabilities of the role.
    #[must_use]
    pub fn capabilities(self) -> &'static [Capability] {
        use Capability::*;
        match self {
            Role::ProductionOperator => &[
                BatchRead,
                BatchExecute,
                BatchVerify,
                BatchAnswer,
                DeviationRead,
                DeviationReport,
                MaterialRead,
                LotRead,
                EquipmentRead,
                EquipmentLog,
            ],
            Role::ProductionManager | Role::ProductionHead => &[
                BatchRead,
                BatchPlan,
                BatchHold,
                BatchExecute,
                BatchVerify,
                BatchAnswer,
                MasterRead,
                MasterAuthor,
                DeviationRead,
                DeviationReport,
                DeviationInvestigate,
                CapaRead,
                MaterialRead,
                LotRead,
                EquipmentRead,
                EquipmentLog,
                EquipmentManage,
                QualificationRead,
                AuditRead,
            ],
            Role::PlantHead => &[
                BatchRead,
                BatchHold,
                MasterRead,
                DeviationRead,
                CapaRead,
                GateEntryRead,
                GoodsReceiptRead,
                QualitySampleRead,
                QualityTestRead,
                MaterialRead,
                LotRead,
                EquipmentRead,
                QualificationRead,
                PlantRead,
                AuditRead,
                ApiKeyManage,
            ],
            Role::QaHead => &[
                BatchRead,
                BatchHold,
                BatchResume,
                BatchVerify,
                BatchReview,
                BatchRelease,
                MasterRead,
                MasterApprove,
                DeviationRead,
                DeviationReport,
                DeviationReview,
                DeviationApprove,
                CapaRead,
                CapaManage,
                CapaClose,
                GateEntryRead,
                GoodsReceiptRead,
                QualitySampleRead,
                QualityTestRead,
                MaterialRead,
                LotRead,
                LotDisposition,
                EquipmentRead,
                EquipmentLog,
                EquipmentRelease,
                QualificationRead,
                QualificationManage,
                AuditRead,
                AuditReview,
            ],
            Role::QaManager => &[
                BatchRead,
                BatchHold,
                BatchResume,
                BatchVerify,
                BatchReview,
                BatchRelease,
                MasterRead,
                MasterApprove,
                DeviationRead,
                DeviationReport,
                DeviationInvestigate,
                DeviationReview,
                CapaRead,
                CapaManage,
                CapaClose,
                GateEntryRead,
                GoodsReceiptRead,
                SamplingRequest,
                QualitySampleRead,
                QualityTestRead,
                QualityTestDecide,
                MaterialRead,
                LotRead,
                LotDisposition,
                EquipmentRead,
                EquipmentLog,
                EquipmentRelease,
                QualificationRead,
                QualificationManage,
                AuditRead,
                AuditReview,
            ],
            Role::QaOperator => &[
                BatchRead,
                BatchVerify,
                BatchReview,
                MasterRead,
                DeviationRead,
                DeviationReport,
                DeviationInvestigate,
                CapaRead,
                CapaManage,
                GoodsReceiptRead,
                QualitySampleRead,
                QualityTestRead,
                QualityTestRecommend,
                MaterialRead,
                LotRead,
                EquipmentRead,
                EquipmentLog,
                QualificationRead,
            ],
            Role::QcHead => &[
                BatchRead,
                DeviationRead,
                DeviationReport,
                CapaRead,
                QualitySampleRead,
                QualityTestRead,
                MaterialRead,
                AuditRead,
            ],
            Role::QcManager => &[
                BatchRead,
                DeviationRead,
                DeviationReport,
                CapaRead,
                QualitySampleRead,
                QualityTestRead,
                QualityTestAssign,
                QualityTestReview,
                MaterialRead,
                AuditRead,
            ],
            Role::QcOperator => {
                &[QualitySampleRead, QualityTestRead, QualityTestExecute, MaterialRead, DeviationRead, DeviationReport]
            }
            Role::ProcurementOfficer => &[GateEntryRead, GoodsReceiptRead, QualityTestRead, MaterialRead],
            Role::WarehouseManager => &[
                GateEntryRead,
                GoodsReceiptRead,
                GoodsReceiptCreate,
                QualityTestRead,
                MaterialRead,
                MaterialStore,
                LotRead,
                LotManage,
            ],
            Role::SecurityOfficer => &[GateEntryRead, GateEntryCreate],
            Role::SystemAdmin => &[
                StationRegister,
                UserManage,
                PlantRead,
                PlantManage,
                AuditRead,
                ApiKeyManage,
                BackupManage,
                ReleaseManage,
            ],
            Role::Management => &[
                BatchRead,
                DeviationRead,
                CapaRead,
                GateEntryRead,
                GoodsReceiptRead,
                QualityTestRead,
                MaterialRead,
                PlantRead,
            ],
            Role::FinanceOfficer | Role::SalesPerson => &[],
        }
    }

    #[must_use]
    pub fn can(self, capability: Capability) -> bool {
        self.capabilities().contains(&capability)
    }
}

impl Capability {
    /// The roles that have it.
    pub fn roles(self) -> impl Iterator<Item = Role> {
        Role::ALL.iter().copied().filter(move |role| role.can(self))
    }

    /// Whether an API key can have it: a machine reads, and everything that is done or signed is a person's (check 14).
    #[must_use]
    pub fn is_for_machines(self) -> bool {
        use Capability::*;
        match self {
            BatchRead | MasterRead | DeviationRead | CapaRead | GateEntryRead | GoodsReceiptRead
            | QualitySampleRead | QualityTestRead | MaterialRead | LotRead | EquipmentRead | QualificationRead
            | PlantRead | AuditRead => true,
            BatchPlan | BatchHold | BatchResume | BatchExecute | BatchVerify | BatchReview | BatchAnswer
            | BatchRelease | MasterAuthor | MasterApprove | DeviationReport | DeviationInvestigate
            | DeviationReview | DeviationApprove | CapaManage | CapaClose | GateEntryCreate | GoodsReceiptCreate
            | SamplingRequest | QualityTestAssign | QualityTestExecute | QualityTestReview | QualityTestRecommend
            | QualityTestDecide | MaterialStore | StationRegister | UserManage | PlantManage | AuditReview
            | ApiKeyManage | BackupManage | ReleaseManage | LotManage | LotDisposition | EquipmentLog
            | EquipmentManage | EquipmentRelease | QualificationManage => false,
        }
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
    fn each_step_of_a_delivery_is_for_one_role() {
        for (capability, role) in [
            (Capability::GateEntryCreate, Role::SecurityOfficer),
            (Capability::GoodsReceiptCreate, Role::WarehouseManager),
            (Capability::SamplingRequest, Role::QaManager),
            (Capability::QualityTestAssign, Role::QcManager),
            (Capability::QualityTestExecute, Role::QcOperator),
            (Capability::QualityTestReview, Role::QcManager),
            (Capability::QualityTestRecommend, Role::QaOperator),
            (Capability::QualityTestDecide, Role::QaManager),
            (Capability::MaterialStore, Role::WarehouseManager),
        ] {
            assert_eq!(capability.roles().collect::<Vec<_>>(), [role], "{capability}");
        }
    }

    #[test]
    fn sec_14_a_machine_reads_and_does_nothing_else() {
        for capability in Capability::ALL {
            assert_eq!(capability.is_for_machines(), capability.as_str().ends_with(".read"), "{capability}");
        }
    }

    /// Production plans and stops; that a stopped batch goes on is decided where it is released.
    #[test]
    fn sod_a_hold_is_taken_off_by_quality_assurance_only() {
        let roles = |capability: Capability| capability.roles().collect::<Vec<_>>();
        assert_eq!(roles(Capability::BatchResume), roles(Capability::BatchRelease));
        assert_eq!(roles(Capability::BatchPlan), [Role::ProductionHead, Role::ProductionManager]);
        for role in roles(Capability::BatchPlan) {
            assert!(role.can(Capability::BatchHold) && role.can(Capability::MasterRead), "{role}");
        }
    }

    #[test]
    fn quality_assurance_decides_about_lots_and_equipment_and_keeps_neither() {
        for capability in [Capability::LotDisposition, Capability::EquipmentRelease, Capability::QualificationManage] {
            assert_eq!(capability.roles().collect::<Vec<_>>(), [Role::QaHead, Role::QaManager], "{capability}");
        }
        for role in Capability::LotDisposition.roles() {
            assert!(!role.can(Capability::LotManage) && !role.can(Capability::EquipmentManage), "{role}");
        }
    }

    /// SoD: the last word on a deviation is for one role, and that role does not investigate.
    #[test]
    fn sod_the_last_word_on_a_deviation_is_not_an_investigators() {
        let approving: Vec<_> = Capability::DeviationApprove.roles().collect();
        assert_eq!(approving, [Role::QaHead]);
        assert!(!Role::QaHead.can(Capability::DeviationInvestigate));
        for role in Capability::CapaClose.roles() {
            assert!(role.departments().contains(&crate::role::Department::QualityAssurance), "{role}");
        }
    }

    #[test]
    fn only_quality_assurance_releases() {
        let releasing: Vec<_> = Role::ALL.iter().filter(|role| role.can(Capability::BatchRelease)).collect();
        assert_eq!(releasing, [&Role::QaHead, &Role::QaManager]);
    }
}
