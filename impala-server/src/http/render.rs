//! A canvas drawn as text.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{CONTENT_TYPE, VARY};
use impala_core::FieldError;
use impala_core::api::CanvasData;
use impala_render::paint::{Charset, Ink};

use super::accept;
use super::data::{Pairs, canvas_data, read};
use super::error::Rejection;
use super::extract::{Json, Path, Query};
use super::uploads::Refusal;
use crate::service::data::Answers;
use crate::service::paths::CanvasPath;
use crate::service::render::{self, Style};
use crate::service::{Caller, data};
use crate::state::AppState;

/// Draw a canvas.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/canvases/{canvas}/render", tag = "data",
    operation_id = "render_canvas",
    params(CanvasPath,
        ("format" = Option<String>, Query, description = "text, ansi or json; else as Accept says"),
        ("width" = Option<u32>, Query, description = "Columns, 20 to 500; 100 when left out"),
        ("charset" = Option<String>, Query, description = "unicode or ascii"),
        ("param.NAME" = Option<Vec<String>>, Query, description = "Value of the parameter NAME")),
    responses((status = OK, content((String = "text/plain"), (CanvasData = "application/json")))))]
pub async fn draw(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<CanvasPath>,
    Query(pairs): Query<Pairs>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (given, options) = read(pairs, &OPTIONS)?;
    let style = read_style(&options, &headers)?;
    answer(data::of_canvas(&app, &caller, &path, &given).await?, style).await
}

/// Query parameters that say how a canvas is drawn.
pub const OPTIONS: [&str; 3] = ["format", "width", "charset"];

/// A canvas with the answers to its blocks, in the form asked for.
///
/// # Errors
/// `Internal` when drawing panics.
pub async fn answer(answers: Answers, (format, style): (Format, Style)) -> Result<Response, Refusal> {
    let (canvas, data) = canvas_data(answers);
    let vary = [(VARY, "accept")];
    if format == Format::Json {
        return Ok((vary, Json(data)).into_response());
    }
    let text = render::draw(canvas, data, style).await?;
    Ok((vary, [(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

/// A form of a drawn canvas.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Plain text.
    Text,
    /// Text with colors.
    Ansi,
    /// The data.
    Json,
}

/// Reads how a canvas is to be drawn.
///
/// # Errors
/// `Malformed` for what is none of the forms.
pub fn read_style(options: &[(String, String)], headers: &HeaderMap) -> Result<(Format, Style), Rejection> {
    let mut format = match accept::choose(headers, &["text/plain", "application/json"]) {
        Some("application/json") => Format::Json,
        _ => Format::Text,
    };
    let mut style = Style::default();
    for (key, value) in options {
        let fail = |expected: &str| {
            let detail = format!("is \"{value}\", where {expected} is expected");
            Err(Rejection::Malformed(FieldError::at(format!("/{key}"), detail)))
        };
        match (key.as_str(), value.as_str()) {
            ("format", "text") => format = Format::Text,
            ("format", "ansi") => format = Format::Ansi,
            ("format", "json") => format = Format::Json,
            ("format", _) => return fail("text, ansi or json"),
            ("charset", "unicode") => style.charset = Charset::Unicode,
            ("charset", "ascii") => style.charset = Charset::Ascii,
            ("charset", _) => return fail("unicode or ascii"),
            (_, width) => match width.parse() {
                Ok(width_cols) => style.width_cols = Some(width_cols),
                Err(_) => return fail("a number of columns"),
            },
        }
    }
    if format == Format::Ansi {
        style.ink = Ink::Ansi256;
    }
    Ok((format, style))
}
