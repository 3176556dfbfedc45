//! Every route with its rules. A route cannot be written down without them.

mod legacy;

use axum::{Router, middleware::from_fn_with_state, routing::MethodRouter};
use tower_http::limit::RequestBodyLimitLayer;
use utoipa::openapi::{Deprecated, OpenApi, security::SecurityRequirement};
use utoipa_axum::{router::UtoipaMethodRouter, routes};
use viruj_domain::capability::Capability;

use crate::{
    application::AppState,
    caller::{Authorisation, authorise},
    handlers::{self, attachments::receive, master_records::import, releases::publish},
    metrics, middleware, openapi,
};

/// How a route's work gets into the audit trail. Every route states one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audit {
    /// It changes nothing.
    ReadsOnly,
    /// The rows that it changes are followed by the trail, in the same transaction.
    ChangedRows,
    /// It writes an event of its own, in the same transaction.
    Event(&'static str),
    /// It neither reads nor changes anything that is kept.
    NothingKept,
}

/// One operation, documented, with the rules that hold for it.
pub struct Route {
    pub authorisation: Authorisation,
    pub audit: Audit,
    pub operation: UtoipaMethodRouter<AppState>,
}

/// All routes.
#[must_use]
pub fn all() -> Vec<Route> {
    use Audit::{ChangedRows, Event, NothingKept, ReadsOnly};
    use Authorisation::{AnyOf, AnySession, Public, SignedIn, Station};
    let may = Authorisation::Capability;
    let mut routes = vec![
        Route { authorisation: Public, audit: NothingKept, operation: routes!(handlers::health::show::show) },
        Route { authorisation: Public, audit: ReadsOnly, operation: routes!(handlers::server::show::show) },
        Route { authorisation: Public, audit: Event("signed_in"), operation: routes!(handlers::sessions::open::open) },
        Route {
            authorisation: Public,
            audit: Event("signed_in"),
            operation: routes!(handlers::sessions::open_with_code::open_with_code),
        },
        Route {
            authorisation: Public,
            audit: Event("session_revoked"),
            operation: routes!(handlers::sessions::refresh::refresh),
        },
        Route { authorisation: Public, audit: NothingKept, operation: routes!(handlers::single_sign_on::begin::begin) },
        Route {
            authorisation: Public,
            audit: Event("signed_in"),
            operation: routes!(handlers::single_sign_on::finish::finish),
        },
        Route {
            authorisation: AnySession,
            audit: Event("signed_out"),
            operation: routes!(handlers::sessions::close_current::close_current),
        },
        Route { authorisation: AnySession, audit: ReadsOnly, operation: routes!(handlers::me::show::show) },
        Route { authorisation: AnySession, audit: ReadsOnly, operation: routes!(handlers::me::account::account) },
        Route {
            authorisation: AnySession,
            audit: Event("password_changed"),
            operation: routes!(handlers::me::change_password::change_password),
        },
        Route {
            authorisation: SignedIn,
            audit: ChangedRows,
            operation: routes!(handlers::me::certify_key::certify_key),
        },
        Route {
            authorisation: SignedIn,
            audit: Event("second_factor_begun"),
            operation: routes!(handlers::me::second_factor::begin::begin),
        },
        Route {
            authorisation: SignedIn,
            audit: Event("second_factor_confirmed"),
            operation: routes!(handlers::me::second_factor::confirm::confirm),
        },
        Route {
            authorisation: SignedIn,
            audit: Event("second_factor_removed"),
            operation: routes!(handlers::me::second_factor::remove::remove),
        },
        Route { authorisation: SignedIn, audit: ReadsOnly, operation: routes!(handlers::me::sessions::sessions) },
        Route {
            authorisation: SignedIn,
            audit: Event("session_revoked"),
            operation: routes!(handlers::me::revoke_session::revoke_session),
        },
        Route {
            authorisation: Public,
            audit: Event("password_reset_requested"),
            operation: routes!(handlers::password_resets::request::request),
        },
        Route {
            authorisation: Public,
            audit: Event("password_reset"),
            operation: routes!(handlers::password_resets::redeem::redeem),
        },
        Route {
            authorisation: may(Capability::StationRegister),
            audit: ChangedRows,
            operation: routes!(handlers::stations::register::register),
        },
        Route {
            authorisation: may(Capability::StationRegister),
            audit: ReadsOnly,
            operation: routes!(handlers::stations::list::list),
        },
        Route {
            authorisation: may(Capability::StationRegister),
            audit: ChangedRows,
            operation: routes!(handlers::stations::change_state::change_state),
        },
        Route {
            authorisation: may(Capability::StationRegister),
            audit: ChangedRows,
            operation: routes!(handlers::stations::change_ring::change_ring),
        },
        Route {
            authorisation: Public,
            audit: NothingKept,
            operation: routes!(handlers::stations::challenge::challenge),
        },
        Route { authorisation: Public, audit: NothingKept, operation: routes!(handlers::stations::sign_in::sign_in) },
        Route {
            authorisation: may(Capability::ReleaseManage),
            audit: ReadsOnly,
            operation: routes!(handlers::releases::list::list),
        },
        Route {
            authorisation: may(Capability::ReleaseManage),
            audit: ChangedRows,
            operation: routes!(handlers::releases::publish::publish),
        },
        Route {
            authorisation: may(Capability::ReleaseManage),
            audit: ChangedRows,
            operation: routes!(handlers::releases::change_rollout::change_rollout),
        },
        Route { authorisation: Station, audit: ReadsOnly, operation: routes!(handlers::releases::offer::offer) },
        Route { authorisation: Station, audit: ReadsOnly, operation: routes!(handlers::releases::package::package) },
        Route { authorisation: Station, audit: ChangedRows, operation: routes!(handlers::releases::report::report) },
        Route { authorisation: Station, audit: ChangedRows, operation: routes!(handlers::sync::push::push) },
        Route { authorisation: Station, audit: ReadsOnly, operation: routes!(handlers::sync::pull::pull) },
        Route { authorisation: Station, audit: ReadsOnly, operation: routes!(handlers::sync::snapshot::snapshot) },
        Route { authorisation: Station, audit: ReadsOnly, operation: routes!(handlers::sync::heads::heads) },
        Route { authorisation: Station, audit: ChangedRows, operation: routes!(handlers::leases::extend::extend) },
        Route {
            authorisation: SignedIn,
            audit: Event("signature_attested"),
            operation: routes!(handlers::signatures::attest::attest),
        },
        Route {
            authorisation: may(Capability::GateEntryRead),
            audit: ReadsOnly,
            operation: routes!(handlers::gate_entries::list::list),
        },
        Route {
            authorisation: may(Capability::GoodsReceiptRead),
            audit: ReadsOnly,
            operation: routes!(handlers::goods_receipts::list::list),
        },
        Route {
            authorisation: may(Capability::QualitySampleRead),
            audit: ReadsOnly,
            operation: routes!(handlers::quality_samples::list::list),
        },
        Route {
            authorisation: may(Capability::QualityTestRead),
            audit: ReadsOnly,
            operation: routes!(handlers::quality_tests::list::list),
        },
        Route {
            authorisation: may(Capability::MaterialRead),
            audit: ReadsOnly,
            operation: routes!(handlers::materials::list::list),
        },
        Route {
            authorisation: may(Capability::AuditRead),
            audit: ReadsOnly,
            operation: routes!(handlers::audit::list::list),
        },
        Route {
            authorisation: may(Capability::AuditRead),
            audit: ReadsOnly,
            operation: routes!(handlers::audit::export::export),
        },
        Route {
            authorisation: may(Capability::AuditReview),
            audit: ChangedRows,
            operation: routes!(handlers::audit::review::review),
        },
        Route {
            authorisation: may(Capability::ApiKeyManage),
            audit: ReadsOnly,
            operation: routes!(handlers::api_keys::list::list),
        },
        Route {
            authorisation: may(Capability::ApiKeyManage),
            audit: ChangedRows,
            operation: routes!(handlers::api_keys::create::create),
        },
        Route {
            authorisation: may(Capability::ApiKeyManage),
            audit: ChangedRows,
            operation: routes!(handlers::api_keys::revoke::revoke),
        },
        Route {
            authorisation: may(Capability::BackupManage),
            audit: ReadsOnly,
            operation: routes!(handlers::backups::list::list),
        },
        Route {
            authorisation: may(Capability::BackupManage),
            audit: ChangedRows,
            operation: routes!(handlers::backups::take::take),
        },
        Route {
            authorisation: may(Capability::UserManage),
            audit: ReadsOnly,
            operation: routes!(handlers::users::list::list),
        },
        Route {
            authorisation: may(Capability::UserManage),
            audit: ChangedRows,
            operation: routes!(handlers::users::create::create),
        },
        Route {
            authorisation: may(Capability::UserManage),
            audit: ReadsOnly,
            operation: routes!(handlers::users::show::show),
        },
        Route {
            authorisation: may(Capability::UserManage),
            audit: ChangedRows,
            operation: routes!(handlers::users::change::change),
        },
        Route {
            authorisation: may(Capability::UserManage),
            audit: ChangedRows,
            operation: routes!(handlers::users::deactivate::deactivate),
        },
        Route {
            authorisation: may(Capability::UserManage),
            audit: ChangedRows,
            operation: routes!(handlers::users::reactivate::reactivate),
        },
        Route {
            authorisation: may(Capability::UserManage),
            audit: Event("unlocked"),
            operation: routes!(handlers::users::unlock::unlock),
        },
        Route {
            authorisation: may(Capability::UserManage),
            audit: Event("one_time_secret_given"),
            operation: routes!(handlers::users::one_time_secret::give),
        },
        Route {
            authorisation: may(Capability::UserManage),
            audit: Event("second_factor_removed"),
            operation: routes!(handlers::users::remove_second_factor::remove),
        },
        Route {
            authorisation: may(Capability::UserManage),
            audit: ReadsOnly,
            operation: routes!(handlers::users::list_sessions::list),
        },
        Route {
            authorisation: may(Capability::UserManage),
            audit: Event("session_revoked"),
            operation: routes!(handlers::users::end_sessions::end),
        },
        Route {
            authorisation: may(Capability::UserManage),
            audit: Event("session_revoked"),
            operation: routes!(handlers::users::end_session::end),
        },
        Route {
            authorisation: may(Capability::UserManage),
            audit: ReadsOnly,
            operation: routes!(handlers::roles::list::list),
        },
        Route {
            authorisation: may(Capability::PlantRead),
            audit: ReadsOnly,
            operation: routes!(handlers::plants::list::list),
        },
        Route {
            authorisation: may(Capability::PlantManage),
            audit: ChangedRows,
            operation: routes!(handlers::plants::create::create),
        },
        Route {
            authorisation: may(Capability::PlantRead),
            audit: ReadsOnly,
            operation: routes!(handlers::plants::show::show),
        },
        Route {
            authorisation: may(Capability::PlantManage),
            audit: ChangedRows,
            operation: routes!(handlers::plants::change::change),
        },
        Route {
            authorisation: may(Capability::BatchRead),
            audit: ReadsOnly,
            operation: routes!(handlers::batches::list::list),
        },
        Route {
            authorisation: may(Capability::BatchRead),
            audit: ReadsOnly,
            operation: routes!(handlers::batches::show::show),
        },
        Route {
            authorisation: may(Capability::BatchRead),
            audit: ReadsOnly,
            operation: routes!(handlers::batches::record::record),
        },
        Route {
            authorisation: may(Capability::BatchRead),
            audit: ReadsOnly,
            operation: routes!(handlers::batches::print::print),
        },
        Route {
            authorisation: may(Capability::BatchExecute),
            audit: ChangedRows,
            operation: routes!(handlers::attachments::receive::receive),
        },
        Route {
            authorisation: may(Capability::BatchRead),
            audit: ReadsOnly,
            operation: routes!(handlers::attachments::show::show),
        },
        Route {
            authorisation: may(Capability::BatchPlan),
            audit: ChangedRows,
            operation: routes!(handlers::batches::create::create),
        },
        Route {
            authorisation: may(Capability::BatchHold),
            audit: ChangedRows,
            operation: routes!(handlers::batches::hold::hold),
        },
        Route {
            authorisation: may(Capability::BatchResume),
            audit: ChangedRows,
            operation: routes!(handlers::batches::resume::resume),
        },
        Route {
            authorisation: may(Capability::BatchRead),
            audit: ReadsOnly,
            operation: routes!(handlers::batches::history::history),
        },
        Route {
            authorisation: may(Capability::BatchRead),
            audit: ReadsOnly,
            operation: routes!(handlers::batches::master_record::master_record),
        },
        Route {
            authorisation: may(Capability::BatchRead),
            audit: ReadsOnly,
            operation: routes!(handlers::reviews::list::list),
        },
        Route {
            authorisation: may(Capability::BatchRead),
            audit: ReadsOnly,
            operation: routes!(handlers::reviews::show::show),
        },
        Route {
            authorisation: may(Capability::BatchReview),
            audit: ChangedRows,
            operation: routes!(handlers::reviews::accept::accept),
        },
        Route {
            authorisation: may(Capability::BatchReview),
            audit: ChangedRows,
            operation: routes!(handlers::reviews::ask::ask),
        },
        Route {
            authorisation: may(Capability::BatchAnswer),
            audit: ChangedRows,
            operation: routes!(handlers::reviews::answer::answer),
        },
        Route {
            authorisation: may(Capability::BatchReview),
            audit: ChangedRows,
            operation: routes!(handlers::reviews::close_query::close_query),
        },
        Route {
            authorisation: may(Capability::BatchReview),
            audit: ChangedRows,
            operation: routes!(handlers::reviews::sign::sign),
        },
        Route {
            authorisation: may(Capability::BatchRelease),
            audit: ChangedRows,
            operation: routes!(handlers::reviews::release::release),
        },
        Route {
            authorisation: may(Capability::BatchRelease),
            audit: ChangedRows,
            operation: routes!(handlers::reviews::reject::reject),
        },
        Route {
            authorisation: may(Capability::BatchRead),
            audit: ReadsOnly,
            operation: routes!(handlers::reviews::certificate::certificate),
        },
        Route {
            authorisation: may(Capability::BatchExecute),
            audit: ChangedRows,
            operation: routes!(handlers::leases::ask::ask),
        },
        Route {
            authorisation: may(Capability::BatchExecute),
            audit: ChangedRows,
            operation: routes!(handlers::leases::transfer::transfer),
        },
        Route {
            authorisation: may(Capability::BatchExecute),
            audit: ChangedRows,
            operation: routes!(handlers::leases::give_back::give_back),
        },
        Route {
            authorisation: may(Capability::BatchReview),
            audit: ReadsOnly,
            operation: routes!(handlers::conflicts::list::list),
        },
        Route {
            authorisation: may(Capability::BatchReview),
            audit: ChangedRows,
            operation: routes!(handlers::conflicts::decide::decide),
        },
        Route {
            authorisation: may(Capability::DeviationRead),
            audit: ReadsOnly,
            operation: routes!(handlers::deviations::list::list),
        },
        Route {
            authorisation: may(Capability::DeviationReport),
            audit: ChangedRows,
            operation: routes!(handlers::deviations::create::create),
        },
        Route {
            authorisation: may(Capability::DeviationRead),
            audit: ReadsOnly,
            operation: routes!(handlers::deviations::show::show),
        },
        Route {
            authorisation: may(Capability::DeviationInvestigate),
            audit: ChangedRows,
            operation: routes!(handlers::deviations::edit::edit),
        },
        Route {
            authorisation: may(Capability::DeviationInvestigate),
            audit: ChangedRows,
            operation: routes!(handlers::deviations::investigate::investigate),
        },
        Route {
            authorisation: AnyOf(&[Capability::DeviationInvestigate, Capability::DeviationReview]),
            audit: ChangedRows,
            operation: routes!(handlers::deviations::severity::severity),
        },
        Route {
            authorisation: may(Capability::DeviationInvestigate),
            audit: ChangedRows,
            operation: routes!(handlers::deviations::submit::submit),
        },
        Route {
            authorisation: AnyOf(&[Capability::DeviationReview, Capability::DeviationApprove]),
            audit: ChangedRows,
            operation: routes!(handlers::deviations::send_back::send_back),
        },
        Route {
            authorisation: may(Capability::DeviationReview),
            audit: ChangedRows,
            operation: routes!(handlers::deviations::review::review),
        },
        Route {
            authorisation: may(Capability::DeviationApprove),
            audit: ChangedRows,
            operation: routes!(handlers::deviations::approve::approve),
        },
        Route {
            authorisation: may(Capability::DeviationApprove),
            audit: ChangedRows,
            operation: routes!(handlers::deviations::reject::reject),
        },
        Route {
            authorisation: may(Capability::CapaRead),
            audit: ReadsOnly,
            operation: routes!(handlers::capas::list::list),
        },
        Route {
            authorisation: may(Capability::CapaManage),
            audit: ChangedRows,
            operation: routes!(handlers::capas::create::create),
        },
        Route {
            authorisation: may(Capability::CapaRead),
            audit: ReadsOnly,
            operation: routes!(handlers::capas::show::show),
        },
        Route {
            authorisation: may(Capability::CapaManage),
            audit: ChangedRows,
            operation: routes!(handlers::capas::investigate::investigate),
        },
        Route {
            authorisation: may(Capability::CapaManage),
            audit: ChangedRows,
            operation: routes!(handlers::capas::plan::plan),
        },
        Route {
            authorisation: AnyOf(&[Capability::CapaRead, Capability::CapaManage]),
            audit: ChangedRows,
            operation: routes!(handlers::capas::done::done),
        },
        Route {
            authorisation: may(Capability::CapaClose),
            audit: ChangedRows,
            operation: routes!(handlers::capas::effectiveness::effectiveness),
        },
        Route {
            authorisation: may(Capability::CapaClose),
            audit: ChangedRows,
            operation: routes!(handlers::capas::close::close),
        },
        Route {
            authorisation: may(Capability::MasterRead),
            audit: ReadsOnly,
            operation: routes!(handlers::master_records::list::list),
        },
        Route {
            authorisation: may(Capability::MasterAuthor),
            audit: ChangedRows,
            operation: routes!(handlers::master_records::create::create),
        },
        Route {
            authorisation: may(Capability::MasterRead),
            audit: ReadsOnly,
            operation: routes!(handlers::master_records::show::show),
        },
        Route {
            authorisation: may(Capability::MasterAuthor),
            audit: ChangedRows,
            operation: routes!(handlers::master_records::edit::edit),
        },
        Route {
            authorisation: may(Capability::MasterAuthor),
            audit: ChangedRows,
            operation: routes!(handlers::master_records::submit::submit),
        },
        Route {
            authorisation: AnyOf(&[Capability::MasterAuthor, Capability::MasterApprove]),
            audit: ChangedRows,
            operation: routes!(handlers::master_records::send_back::send_back),
        },
        Route {
            authorisation: may(Capability::MasterApprove),
            audit: ChangedRows,
            operation: routes!(handlers::master_records::approve::approve),
        },
        Route {
            authorisation: may(Capability::MasterApprove),
            audit: ChangedRows,
            operation: routes!(handlers::master_records::make_effective::make_effective),
        },
        Route {
            authorisation: may(Capability::MasterApprove),
            audit: ChangedRows,
            operation: routes!(handlers::master_records::withdraw::withdraw),
        },
        Route {
            authorisation: may(Capability::MasterRead),
            audit: ReadsOnly,
            operation: routes!(handlers::master_records::differences::differences),
        },
        Route {
            authorisation: may(Capability::MasterRead),
            audit: ReadsOnly,
            operation: routes!(handlers::master_records::export::export),
        },
        Route {
            authorisation: may(Capability::MasterAuthor),
            audit: ChangedRows,
            operation: routes!(handlers::master_records::import::import),
        },
        Route {
            authorisation: may(Capability::MasterAuthor),
            audit: NothingKept,
            operation: routes!(handlers::master_records::check::check),
        },
        Route {
            authorisation: may(Capability::MasterRead),
            audit: ReadsOnly,
            operation: routes!(handlers::master_records::schema::schema),
        },
        Route {
            authorisation: may(Capability::LotRead),
            audit: ReadsOnly,
            operation: routes!(handlers::lots::list::list),
        },
        Route {
            authorisation: may(Capability::LotManage),
            audit: ChangedRows,
            operation: routes!(handlers::lots::create::create),
        },
        Route {
            authorisation: may(Capability::LotRead),
            audit: ReadsOnly,
            operation: routes!(handlers::lots::show::show),
        },
        Route {
            authorisation: may(Capability::LotManage),
            audit: ChangedRows,
            operation: routes!(handlers::lots::change::change),
        },
        Route {
            authorisation: AnyOf(&[Capability::LotManage, Capability::LotDisposition]),
            audit: ChangedRows,
            operation: routes!(handlers::lots::decide::decide),
        },
        Route {
            authorisation: may(Capability::EquipmentRead),
            audit: ReadsOnly,
            operation: routes!(handlers::equipment::list::list),
        },
        Route {
            authorisation: may(Capability::EquipmentManage),
            audit: ChangedRows,
            operation: routes!(handlers::equipment::create::create),
        },
        Route {
            authorisation: may(Capability::EquipmentRead),
            audit: ReadsOnly,
            operation: routes!(handlers::equipment::show::show),
        },
        Route {
            authorisation: may(Capability::EquipmentManage),
            audit: ChangedRows,
            operation: routes!(handlers::equipment::change::change),
        },
        Route {
            authorisation: may(Capability::EquipmentRead),
            audit: ReadsOnly,
            operation: routes!(handlers::equipment::log::log),
        },
        Route {
            authorisation: AnyOf(&[
                Capability::EquipmentLog,
                Capability::EquipmentManage,
                Capability::EquipmentRelease,
            ]),
            audit: ChangedRows,
            operation: routes!(handlers::equipment::act::act),
        },
        Route {
            authorisation: may(Capability::QualificationRead),
            audit: ReadsOnly,
            operation: routes!(handlers::qualifications::list::list),
        },
        Route {
            authorisation: may(Capability::QualificationManage),
            audit: ChangedRows,
            operation: routes!(handlers::qualifications::grant::grant),
        },
        Route {
            authorisation: may(Capability::QualificationRead),
            audit: ReadsOnly,
            operation: routes!(handlers::qualifications::show::show),
        },
        Route {
            authorisation: may(Capability::QualificationManage),
            audit: ChangedRows,
            operation: routes!(handlers::qualifications::renew::renew),
        },
        Route {
            authorisation: may(Capability::QualificationManage),
            audit: ChangedRows,
            operation: routes!(handlers::qualifications::withdraw::withdraw),
        },
        Route { authorisation: SignedIn, audit: ReadsOnly, operation: routes!(handlers::notifications::list::list) },
        Route {
            authorisation: SignedIn,
            audit: ChangedRows,
            operation: routes!(handlers::notifications::mark_read::mark_read),
        },
        Route { authorisation: Public, audit: ReadsOnly, operation: routes!(handlers::docs::show::show) },
        Route { authorisation: Public, audit: ReadsOnly, operation: routes!(handlers::docs::file::file) },
    ];
    routes.extend(legacy::all());
    routes
}

/// Larger bodies are refused before anybody reads them.
fn largest_body(path: &str) -> usize {
    match path {
        import::PATH => import::LARGEST_BODY,
        receive::PATH => receive::LARGEST_BODY,
        publish::PATH => publish::LARGEST_BODY,
        _ => middleware::LARGEST_BODY,
    }
}

/// The router with every layer around it.
pub fn router(state: &AppState) -> Router {
    let mut router = Router::new();
    for Route { authorisation, operation: (_, paths, handler), audit: _ } in all() {
        let guarded: MethodRouter<AppState> =
            handler.layer(from_fn_with_state((state.clone(), authorisation), authorise));
        for path in paths.paths.keys() {
            router = router.route(path, guarded.clone().layer(RequestBodyLimitLayer::new(largest_body(path))));
        }
    }
    middleware::around(router, state.frontend.as_ref(), middleware::LONGEST_REQUEST)
        .layer(from_fn_with_state(state.clone(), metrics::count))
        .with_state(state.clone())
}

/// The OpenAPI document of the routes, with what follows from their rules.
#[must_use]
pub fn document() -> OpenApi {
    let mut document = openapi::frame();
    for Route { authorisation, operation: (schemas, mut paths, _), audit: _ } in all() {
        for (path, item) in &mut paths.paths {
            for operation in openapi::operations_of(item) {
                if middleware::is_legacy(path) {
                    openapi::add_legacy_error(operation);
                    operation.deprecated = Some(Deprecated::True);
                } else {
                    openapi::add_problem(operation);
                }
                operation.security = match authorisation {
                    Authorisation::Public => None,
                    Authorisation::SignedIn | Authorisation::AnySession => {
                        Some(vec![SecurityRequirement::new("person", Vec::<String>::new())])
                    }
                    Authorisation::Capability(capability) => {
                        operation.description =
                            Some(openapi::with_capability(operation.description.take(), &[capability]));
                        let key = authorisation.for_keys().map(|_| "api_key");
                        let either = std::iter::once("person").chain(key);
                        Some(either.map(|scheme| SecurityRequirement::new(scheme, Vec::<String>::new())).collect())
                    }
                    Authorisation::AnyOf(capabilities) => {
                        operation.description =
                            Some(openapi::with_capability(operation.description.take(), capabilities));
                        Some(vec![SecurityRequirement::new("person", Vec::<String>::new())])
                    }
                    Authorisation::LegacySignedIn => {
                        Some(vec![SecurityRequirement::new("legacy", Vec::<String>::new())])
                    }
                    Authorisation::LegacyCapability(capability) => {
                        operation.description =
                            Some(openapi::with_capability(operation.description.take(), &[capability]));
                        Some(vec![SecurityRequirement::new("legacy", Vec::<String>::new())])
                    }
                    Authorisation::Station => Some(vec![SecurityRequirement::new("station", Vec::<String>::new())]),
                };
            }
        }
        document.paths.merge(paths);
        if let Some(components) = &mut document.components {
            components.schemas.extend(schemas);
        }
    }
    document
}

#[cfg(test)]
mod tests {
    use utoipa::openapi::{HttpMethod, RefOr};

    use super::*;

    /// The type system asks every route for its rules; this asks for its documentation.
    #[test]
    fn inv_every_route_has_rules_and_a_documented_schema() {
        let document = document();
        for (path, item) in &document.paths.paths {
            let mut item = item.clone();
            for operation in openapi::operations_of(&mut item) {
                let id = operation.operation_id.clone().unwrap_or_default();
                assert!(operation.summary.as_ref().is_some_and(|text| !text.is_empty()), "{path} {id} says nothing");
                assert!(operation.responses.responses.contains_key("default"), "{path} {id} documents no problem");
                for (status, response) in &operation.responses.responses {
                    let RefOr::T(response) = response else { continue };
                    let has_body = !response.content.is_empty() || status == "204";
                    assert!(has_body, "{path} {id} documents no schema for {status}");
                }
                if let Some(body) = &operation.request_body {
                    let is_told =
                        ["application/json", "application/octet-stream"].map(|kind| body.content.contains_key(kind));
                    assert!(is_told.contains(&true), "{path} {id} documents no body");
                }
            }
        }
        let operations: usize =
            document.paths.paths.clone().values_mut().map(|item| openapi::operations_of(item).count()).sum();
        assert_eq!(all().len(), operations, "every route has an operation of its own");
    }

    #[test]
    fn inv_what_only_reads_is_a_get_and_nothing_else_is() {
        for route in all() {
            let (_, paths, _) = &route.operation;
            for (path, item) in &paths.paths {
                let is_get = item.get.is_some();
                let reads = matches!(route.audit, Audit::ReadsOnly) || path == "/health";
                assert_eq!(is_get, reads, "{path}");
            }
        }
        let _ = HttpMethod::Get;
    }

    #[test]
    fn sec_14_api_keys_come_to_routes_that_only_read() {
        let open: Vec<_> = all().into_iter().filter(|route| route.authorisation.for_keys().is_some()).collect();
        assert!(!open.is_empty());
        for route in open {
            assert_eq!(route.audit, Audit::ReadsOnly, "{:?}", route.operation.1.paths.keys());
        }
    }

    #[test]
    fn inv_operation_ids_are_unique() {
        let mut ids = Vec::new();
        for item in document().paths.paths.values_mut() {
            ids.extend(openapi::operations_of(item).filter_map(|operation| operation.operation_id.clone()));
        }
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn the_table_of_routes_in_the_docs_is_this_one() {
        let mut table = "<!-- routes -->\n\n| | path | for |\n|---|---|---|\n".to_owned();
        for Route { authorisation, operation: (_, paths, _), .. } in all() {
            let whom = match authorisation {
                Authorisation::Public => "anybody".to_owned(),
                Authorisation::SignedIn => "everybody who is signed in".to_owned(),
                Authorisation::AnySession => "everybody who is signed in, before a forced change too".to_owned(),
                Authorisation::Capability(capability) if authorisation.for_keys().is_some() => {
                    format!("`{capability}`, API keys too")
                }
                Authorisation::Capability(capability) => format!("`{capability}`"),
                Authorisation::AnyOf(capabilities) => {
                    let names: Vec<String> = capabilities.iter().map(|capability| format!("`{capability}`")).collect();
                    names.join(" or ")
                }
                Authorisation::Station => "an active station".to_owned(),
                Authorisation::LegacySignedIn => "everybody who is logged in by an old client".to_owned(),
                Authorisation::LegacyCapability(capability) => format!("`{capability}` by an old client"),
            };
            for (path, item) in &paths.paths {
                let methods = [("GET", &item.get), ("POST", &item.post), ("PUT", &item.put), ("DELETE", &item.delete)];
                for (method, _) in methods.iter().filter(|(_, operation)| operation.is_some()) {
                    table += &format!("| {method} | `{path}` | {whom} |\n");
                }
            }
        }
        let docs = include_str!("../../../docs/api-design.md");
        assert!(docs.contains(&format!("{table}\n")), "docs/api-design.md is to hold:\n{table}");
    }
}
