//! The OpenAPI document, made from the routes.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Paths, Ref, RefOr, ResponseBuilder,
        path::{Operation, PathItem},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use viruj_api::{
    legacy::{Detail, ErrorBody, FieldError},
    problem::Problem,
};
use viruj_domain::capability::Capability;

/// The document before its routes.
#[must_use]
pub fn frame() -> OpenApi {
    let mut components = Components::new();
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    for (name, schema) in [
        (ErrorBody::name(), ErrorBody::schema()),
        (Detail::name(), Detail::schema()),
        (FieldError::name(), FieldError::schema()),
    ] {
        components.schemas.insert(name.into_owned(), schema);
    }
    components.add_security_scheme("api_key", api_key());
    components.add_security_scheme("legacy", bearer("The token of an old client."));
    components.add_security_scheme("person", bearer("The access token of a person's session."));
    components.add_security_scheme("station", bearer("The access token of a registered station."));
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Viruj plant server")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "Errors are problem documents (RFC 9457); programs read their `code` and nothing else.",
                ))
                .build(),
        )
        .paths(Paths::new())
        .components(Some(components))
        .build()
}

fn bearer(description: &str) -> SecurityScheme {
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some(description));
    SecurityScheme::Http(scheme.build())
}

fn api_key() -> SecurityScheme {
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("vk_…")
        .description(Some("The key of a machine or a report, which reads rows of its plants as far as its scopes go."));
    SecurityScheme::Http(scheme.build())
}

/// The operations of a path, whatever their method.
pub fn operations_of(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch]
        .into_iter()
        .filter_map(Option::as_mut)
}

/// Whatever goes wrong is a problem document.
pub fn add_problem(operation: &mut Operation) {
    let content = ContentBuilder::new().schema(Some(RefOr::Ref(Ref::from_schema_name(Problem::name())))).build();
    let response = ResponseBuilder::new()
        .description("What went wrong, with a stable code")
        .content("application/problem+json", content)
        .build();
    operation.responses.responses.entry("default".to_owned()).or_insert(RefOr::T(response));
}

/// Under the old paths it is the old backend's `detail`.
pub fn add_legacy_error(operation: &mut Operation) {
    let content = ContentBuilder::new().schema(Some(RefOr::Ref(Ref::from_schema_name(ErrorBody::name())))).build();
    let response = ResponseBuilder::new()
        .description("What went wrong, as a text that a client shows or field by field")
        .content("application/json", content)
        .build();
    operation.responses.responses.entry("default".to_owned()).or_insert(RefOr::T(response));
}

/// Says in the text which capability the rule asks for.
#[must_use]
pub fn with_capability(description: Option<String>, capabilities: &[Capability]) -> String {
    let names: Vec<String> = capabilities.iter().map(|capability| format!("`{capability}`")).collect();
    let rule = format!("Needs the capability {}.", names.join(" or "));
    match description {
        Some(text) if !text.is_empty() => format!("{text}\n\n{rule}"),
        _ => rule,
    }
}

/// The document as it is committed.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn text() -> Result<String, serde_json::Error> {
    crate::routes::document().to_pretty_json().map(|text| text + "\n")
}
