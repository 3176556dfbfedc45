//! The menu of each role: the legacy menus, less what is not built yet.

use serde::{Deserialize, Serialize};

use crate::role::Role;

/// A screen that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Screen {
    MyBatches,
    BatchExecution,
    /// Finished batches that wait for quality assurance.
    BatchReviews,
    /// Entries that are kept beside others and wait for quality assurance.
    Conflicts,
    MasterRecords,
    Deviations,
    Capas,
    GateEntries,
    GoodsReceipts,
    QualitySamples,
    QualityTests,
    Materials,
    Users,
    Roles,
    Plants,
    AuditTrail,
    ApiKeys,
    Backups,
    Releases,
    Lots,
    Equipment,
    Qualifications,
}

/// One entry of a menu; the label is the legacy one and the user interface translates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct MenuEntry {
    pub section: &'static str,
    pub label: &'static str,
    pub screen: Screen,
}

const fn entry(section: &'static str, label: &'static str, screen: Screen) -> MenuEntry {
    MenuEntry { section, label, screen }
}

/// The entries of the role's menu, in order, grouped by section.
#[must_use]
pub fn menu(role: Role) -> &'static [MenuEntry] {
    use Screen::*;
    match role {
        Role::ProductionHead => &[
            const { entry("Oversight", "Batch Oversight", MyBatches) },
            const { entry("Oversight", "Stage Progress", BatchExecution) },
            const { entry("Oversight", "Line & Equipment", Equipment) },
            const { entry("Management", "Master Batch Records", MasterRecords) },
            const { entry("Management", "Material & Yield", Materials) },
            const { entry("Management", "Lots", Lots) },
            const { entry("Management", "Workforce", Qualifications) },
            const { entry("Compliance", "Deviation Center", Deviations) },
            const { entry("Analytics", "Audit Trail", AuditTrail) },
        ],
        Role::ProductionManager => &[
            const { entry("Operations", "Batch Execution Control", MyBatches) },
            const { entry("Operations", "Stage/Operation Tracking", BatchExecution) },
            const { entry("Resources", "Master Batch Records", MasterRecords) },
            const { entry("Resources", "Material & Variance", Materials) },
            const { entry("Resources", "Lots", Lots) },
            const { entry("Events", "Equipment & Line Readiness", Equipment) },
            const { entry("Events", "Deviation Management", Deviations) },
            const { entry("Team", "Team Competency", Qualifications) },
            const { entry("Team", "Manager Audit Trail", AuditTrail) },
        ],
        Role::ProductionOperator => &[
            const { entry("Execution", "My Batches", MyBatches) },
            const { entry("Execution", "Batch Execution", BatchExecution) },
            const { entry("Tasks", "Material Issue", Materials) },
            const { entry("Tasks", "Lots", Lots) },
            const { entry("Tasks", "Equipment Logs", Equipment) },
            const { entry("Reporting", "Report Deviation", Deviations) },
        ],
        Role::PlantHead => &[
            const { entry("Operations", "Production", MyBatches) },
            const { entry("Operations", "Master Batch Records", MasterRecords) },
            const { entry("Operations", "Quality", QualityTests) },
            const { entry("Operations", "Supply Chain", GateEntries) },
            const { entry("Operations", "Warehouse", GoodsReceipts) },
            const { entry("Operations", "Lots", Lots) },
            const { entry("Operations", "Maintenance", Equipment) },
            const { entry("Management", "Workforce", Qualifications) },
            const { entry("Compliance", "Audit Trails", AuditTrail) },
            const { entry("Systems", "API Keys", ApiKeys) },
        ],
        Role::QaHead => &[
            const { entry("Management", "Batch Review", BatchReviews) },
            const { entry("Management", "Conflicts", Conflicts) },
            const { entry("Management", "Batches", MyBatches) },
            const { entry("Management", "Master Batch Records", MasterRecords) },
            const { entry("Management", "Release Console", QualityTests) },
            const { entry("Management", "Lots", Lots) },
            const { entry("Management", "Equipment", Equipment) },
            const { entry("Management", "Deviations", Deviations) },
            const { entry("Management", "CAPA", Capas) },
            const { entry("Oversight", "Audits", AuditTrail) },
            const { entry("Oversight", "Training", Qualifications) },
        ],
        Role::QaManager => &[
            const { entry("Operations", "Batch Review", BatchReviews) },
            const { entry("Operations", "Conflicts", Conflicts) },
            const { entry("Operations", "Batches", MyBatches) },
            const { entry("Operations", "Master Batch Records", MasterRecords) },
            const { entry("Operations", "Pre-Release Review", QualityTests) },
            const { entry("Operations", "Lots", Lots) },
            const { entry("Operations", "Equipment", Equipment) },
            const { entry("Systems", "Deviations", Deviations) },
            const { entry("Systems", "CAPA", Capas) },
            const { entry("Systems", "Audit Trail", AuditTrail) },
            const { entry("Monitoring", "Training", Qualifications) },
        ],
        Role::QaOperator => &[
            const { entry("Execution", "Lab Workbench", QualityTests) },
            const { entry("Execution", "In-Process Inspections", MyBatches) },
            const { entry("Execution", "Batch Review", BatchReviews) },
            const { entry("Execution", "Conflicts", Conflicts) },
            const { entry("Execution", "Lots", Lots) },
            const { entry("Execution", "Equipment", Equipment) },
            const { entry("Events", "Deviations", Deviations) },
            const { entry("Events", "CAPA Tasks", Capas) },
            const { entry("Documentation", "Master Batch Records", MasterRecords) },
            const { entry("Documentation", "Sample Management", QualitySamples) },
            const { entry("Personal", "My Training", Qualifications) },
        ],
        Role::QcHead => &[
            const { entry("Oversight", "Sample Oversight", QualitySamples) },
            const { entry("Oversight", "Test Oversight", QualityTests) },
            const { entry("Approvals", "Investigation Center", Deviations) },
            const { entry("Compliance", "Audit Trails", AuditTrail) },
        ],
        Role::QcManager => &[
            const { entry("Core", "Sample Management", QualitySamples) },
            const { entry("Core", "Test Review & Approval", QualityTests) },
            const { entry("Compliance", "Investigations", Deviations) },
            const { entry("Data", "Audit Trails", AuditTrail) },
        ],
        Role::QcOperator => &[
            const { entry("Core Tasks", "Sample Assignment", QualitySamples) },
            const { entry("Core Tasks", "Testing Bench", QualityTests) },
            const { entry("Compliance", "Deviations / OOS", Deviations) },
        ],
        Role::ProcurementOfficer => &[
            const { entry("Coordination", "Delivery Tracking", GateEntries) },
            const { entry("Coordination", "GRN Coordination", GoodsReceipts) },
            const { entry("Coordination", "QC Inspection", QualityTests) },
        ],
        Role::WarehouseManager => &[
            const { entry("Inbound", "Inbound (GRN & Receiving)", GoodsReceipts) },
            const { entry("Inbound", "QC Coordination", QualityTests) },
            const { entry("Inventory", "Inventory Management", Materials) },
            const { entry("Inventory", "Batch & Bin Management", Lots) },
        ],
        Role::Management => &[
            const { entry("Core", "Plants", MyBatches) },
            const { entry("Core", "Quality", QualityTests) },
            const { entry("Core", "SCM Overview", GateEntries) },
        ],
        Role::SecurityOfficer => &[const { entry("Core", "My Tasks", GateEntries) }],
        Role::SystemAdmin => &[
            const { entry("Core", "User Management", Users) },
            const { entry("Core", "Roles", Roles) },
            const { entry("Core", "Plants", Plants) },
            const { entry("Systems", "Audit Trail", AuditTrail) },
            const { entry("Systems", "API Keys", ApiKeys) },
            const { entry("Systems", "Backups", Backups) },
            const { entry("Systems", "Releases", Releases) },
        ],
        Role::FinanceOfficer | Role::SalesPerson => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capability::Capability;

    #[test]
    fn every_entry_leads_to_a_screen_that_the_role_may_read() {
        for role in Role::ALL {
            for entry in menu(*role) {
                let needed = match entry.screen {
                    Screen::MyBatches | Screen::BatchExecution | Screen::BatchReviews => Capability::BatchRead,
                    Screen::Conflicts => Capability::BatchReview,
                    Screen::Deviations => Capability::DeviationRead,
                    Screen::Capas => Capability::CapaRead,
                    Screen::GateEntries => Capability::GateEntryRead,
                    Screen::GoodsReceipts => Capability::GoodsReceiptRead,
                    Screen::QualitySamples => Capability::QualitySampleRead,
                    Screen::QualityTests => Capability::QualityTestRead,
                    Screen::Materials => Capability::MaterialRead,
                    Screen::Users | Screen::Roles => Capability::UserManage,
                    Screen::Plants => Capability::PlantRead,
                    Screen::AuditTrail => Capability::AuditRead,
                    Screen::ApiKeys => Capability::ApiKeyManage,
                    Screen::Backups => Capability::BackupManage,
                    Screen::Releases => Capability::ReleaseManage,
                    Screen::MasterRecords => Capability::MasterRead,
                    Screen::Lots => Capability::LotRead,
                    Screen::Equipment => Capability::EquipmentRead,
                    Screen::Qualifications => Capability::QualificationRead,
                };
                assert!(role.can(needed), "{role} cannot open {}", entry.label);
            }
        }
    }
}
