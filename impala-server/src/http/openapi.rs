//! The OpenAPI 3.1 document, made from the routes.

use impala_core::api::{PROBLEM_JSON, Problem, Scope};
use utoipa::OpenApi as _;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, ResponseBuilder};

/// The only security scheme.
const BEARER: &str = "bearer";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Impala", description = "Push CSV files, keep canvases of charts over them, read them anywhere."),
    security(("bearer" = [])),
    components(schemas(Problem))
)]
struct Frame;

/// The document before its routes come in.
pub fn frame() -> OpenApi {
    let mut document = Frame::openapi();
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An access token of auth/login, or an API token, which begins with impala_."))
        .build();
    document.components.get_or_insert_default().add_security_scheme(BEARER, SecurityScheme::Http(scheme));
    document
}

/// Adds what routes have in common: each may answer with a problem, and one of a project that says nothing else needs
/// the scope `read` for a GET and `write` for all that changes something.
pub fn finish(mut document: OpenApi) -> OpenApi {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let answer = ResponseBuilder::new().description("What went wrong").content(PROBLEM_JSON, problem).build();
    for (path, item) in &mut document.paths.paths {
        let is_of_a_project = path.contains("/projects/{");
        for (method, operation) in operations_mut(item) {
            if is_of_a_project && operation.security.is_none() {
                let scope = if method == "GET" { Scope::Read } else { Scope::Write };
                operation.security = Some(vec![SecurityRequirement::new(BEARER, [scope.as_str()])]);
            }
            operation.responses.responses.insert("default".to_owned(), answer.clone().into());
        }
    }
    document
}

fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem { get, put, post, patch, delete, head, options, .. } = item;
    let operations = [
        ("GET", get),
        ("POST", post),
        ("PUT", put),
        ("PATCH", patch),
        ("DELETE", delete),
        ("HEAD", head),
        ("OPTIONS", options),
    ];
    operations.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// The operations of a path, in the order that people read them.
pub fn operations(item: &PathItem) -> impl Iterator<Item = (&'static str, &Operation)> {
    let PathItem { get, put, post, patch, delete, head, options, .. } = item;
    let operations = [
        ("GET", get),
        ("POST", post),
        ("PUT", put),
        ("PATCH", patch),
        ("DELETE", delete),
        ("HEAD", head),
        ("OPTIONS", options),
    ];
    operations.into_iter().filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
}

/// Whether anyone may call it.
pub fn is_public(operation: &Operation) -> bool {
    operation.security.as_ref().is_some_and(|needed| needed.contains(&SecurityRequirement::default()))
}

/// The scope that a token needs for it; `None` when any will do.
pub fn scope(operation: &Operation) -> Option<String> {
    let needed = serde_json::to_value(operation.security.as_ref()?).ok()?;
    Some(needed[0][BEARER][0].as_str()?.to_owned())
}
