//! The old backend's routes, with their rules.

use utoipa_axum::routes;
use viruj_domain::capability::Capability;

use super::{Audit, Route};
use crate::{caller::Authorisation, handlers};

pub(super) fn all() -> Vec<Route> {
    use Audit::{ChangedRows, Event, NothingKept, ReadsOnly};
    use Authorisation::{LegacySignedIn, Public};
    let may = Authorisation::LegacyCapability;
    vec![
        Route { authorisation: Public, audit: ReadsOnly, operation: routes!(handlers::legacy::root::root) },
        Route { authorisation: Public, audit: ReadsOnly, operation: routes!(handlers::legacy::metrics::metrics) },
        Route {
            authorisation: Public,
            audit: Event("signed_in"),
            operation: routes!(handlers::legacy::auth::login::login),
        },
        Route { authorisation: LegacySignedIn, audit: ReadsOnly, operation: routes!(handlers::legacy::auth::me::me) },
        Route {
            authorisation: Public,
            audit: Event("signed_out"),
            operation: routes!(handlers::legacy::auth::logout::logout),
        },
        Route {
            authorisation: LegacySignedIn,
            audit: NothingKept,
            operation: routes!(handlers::legacy::auth::refresh::refresh),
        },
        Route {
            authorisation: LegacySignedIn,
            audit: ReadsOnly,
            operation: routes!(handlers::legacy::users::list::list),
        },
        Route {
            authorisation: LegacySignedIn,
            audit: ReadsOnly,
            operation: routes!(handlers::legacy::users::show::show),
        },
        Route {
            authorisation: may(Capability::UserManage),
            audit: ChangedRows,
            operation: routes!(handlers::legacy::users::create::create),
        },
        Route {
            authorisation: may(Capability::UserManage),
            audit: ChangedRows,
            operation: routes!(handlers::legacy::users::update::update),
        },
        Route {
            authorisation: may(Capability::UserManage),
            audit: ChangedRows,
            operation: routes!(handlers::legacy::users::deactivate::deactivate),
        },
        Route {
            authorisation: LegacySignedIn,
            audit: ReadsOnly,
            operation: routes!(handlers::legacy::plants::list::list),
        },
        Route {
            authorisation: LegacySignedIn,
            audit: ReadsOnly,
            operation: routes!(handlers::legacy::plants::show::show),
        },
        Route {
            authorisation: may(Capability::GateEntryRead),
            audit: ReadsOnly,
            operation: routes!(handlers::legacy::security_logs::list::list),
        },
        Route {
            authorisation: may(Capability::GateEntryCreate),
            audit: ChangedRows,
            operation: routes!(handlers::legacy::security_logs::create::create),
        },
        Route {
            authorisation: may(Capability::GoodsReceiptRead),
            audit: ReadsOnly,
            operation: routes!(handlers::legacy::grn::list::list),
        },
        Route {
            authorisation: may(Capability::GoodsReceiptCreate),
            audit: ChangedRows,
            operation: routes!(handlers::legacy::grn::create::create),
        },
        Route {
            authorisation: may(Capability::GoodsReceiptRead),
            audit: ReadsOnly,
            operation: routes!(handlers::legacy::grn::pending_qa::pending_qa),
        },
        Route {
            authorisation: may(Capability::SamplingRequest),
            audit: ChangedRows,
            operation: routes!(handlers::legacy::grn::request_sampling::request_sampling),
        },
        Route {
            authorisation: may(Capability::QualitySampleRead),
            audit: ReadsOnly,
            operation: routes!(handlers::legacy::quality_samples::unassigned::unassigned),
        },
        Route {
            authorisation: may(Capability::QualitySampleRead),
            audit: ReadsOnly,
            operation: routes!(handlers::legacy::quality_samples::assigned::assigned),
        },
        Route {
            authorisation: may(Capability::QualityTestAssign),
            audit: ChangedRows,
            operation: routes!(handlers::legacy::quality_samples::assign::assign),
        },
        Route {
            authorisation: may(Capability::QualityTestRead),
            audit: ReadsOnly,
            operation: routes!(handlers::legacy::quality_samples::tests::tests),
        },
        Route {
            authorisation: may(Capability::QualityTestAssign),
            audit: ChangedRows,
            operation: routes!(handlers::legacy::quality_samples::create_tests::create_tests),
        },
        Route {
            authorisation: may(Capability::QualityTestAssign),
            audit: ChangedRows,
            operation: routes!(handlers::legacy::quality_tests::assign::assign),
        },
        Route {
            authorisation: may(Capability::QualityTestExecute),
            audit: ChangedRows,
            operation: routes!(handlers::legacy::quality_tests::start::start),
        },
        Route {
            authorisation: may(Capability::QualityTestExecute),
            audit: ChangedRows,
            operation: routes!(handlers::legacy::quality_tests::submit::submit),
        },
        Route {
            authorisation: may(Capability::QualityTestRead),
            audit: ReadsOnly,
            operation: routes!(handlers::legacy::quality_tests::my_tests::my_tests),
        },
        Route {
            authorisation: may(Capability::QualityTestRead),
            audit: ReadsOnly,
            operation: routes!(handlers::legacy::quality_tests::review_list::review_list),
        },
        Route {
            authorisation: may(Capability::QualityTestReview),
            audit: ChangedRows,
            operation: routes!(handlers::legacy::quality_tests::review::review),
        },
        Route {
            authorisation: may(Capability::QualityTestDecide),
            audit: ChangedRows,
            operation: routes!(handlers::legacy::quality_tests::qa_assign::qa_assign),
        },
        Route {
            authorisation: may(Capability::QualityTestRecommend),
            audit: ChangedRows,
            operation: routes!(handlers::legacy::quality_tests::qa_officer_review::qa_officer_review),
        },
        Route {
            authorisation: may(Capability::QualityTestDecide),
            audit: ChangedRows,
            operation: routes!(handlers::legacy::quality_tests::qa_manager_decision::qa_manager_decision),
        },
        Route {
            authorisation: may(Capability::QualityTestRead),
            audit: ReadsOnly,
            operation: routes!(handlers::legacy::quality_tests::warehouse_decisions::warehouse_decisions),
        },
        Route {
            authorisation: may(Capability::MaterialStore),
            audit: ChangedRows,
            operation: routes!(handlers::legacy::quality_tests::warehouse_action::warehouse_action),
        },
    ]
}
