//! A canvas, or one block of it, drawn in any format.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};
use impala_core::FieldError;
use impala_core::api::CanvasDraft;
use impala_render::export::Format;
use impala_render::paint::Charset;
use impala_render::theme::page::Scheme;
use sha2::{Digest, Sha256};

use super::accept;
use super::conditional::{etag, is_known};
use super::data::{PREVIEW, Pairs, canvas_data, preview, read};
use super::error::Rejection;
use super::extract::{Json, Path, Query};
use super::uploads::Refusal;
use crate::service::data::{Answers, Before};
use crate::service::paths::{CanvasPath, ProjectPath};
use crate::service::render::{self, Style};
use crate::service::{Caller, data};
use crate::state::AppState;

/// Draw a canvas, or one block of it. The same canvas, sources, parameters and options give the same bytes.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/canvases/{canvas}/render", tag = "data",
    operation_id = "render_canvas",
    params(CanvasPath,
        ("format" = Option<String>, Query,
            description = "text, ansi, svg, png, html, md, json or vega-lite; else as Accept says"),
        ("block" = Option<String>, Query, description = "Id of a block to draw alone"),
        ("width" = Option<u32>, Query,
            description = "Columns, 20 to 500; of svg, png and html one has 8 pixels. 100, for those 150, when left out"),
        ("preview" = Option<String>, Query, description = "The preview to look through"),
        ("charset" = Option<String>, Query, description = "Of text and md: unicode or ascii"),
        ("theme" = Option<String>, Query, description = "Of png: light or dark"),
        ("scale" = Option<u32>, Query, description = "Of png: dots a pixel, 1 to 4"),
        ("If-None-Match" = Option<String>, Header),
        ("param.NAME" = Option<Vec<String>>, Query, description = "Value of the parameter NAME")),
    responses((status = OK, content((String = "text/plain"), (String = "image/svg+xml"),
        (Vec<u8> = "image/png"), (String = "text/html"), (String = "text/markdown"),
        (serde_json::Value = "application/json"), (serde_json::Value = "application/vnd.vegalite.v6+json"))),
        (status = NOT_MODIFIED, description = "It is as If-None-Match says"),
        (status = UNPROCESSABLE_ENTITY, description = "The format cannot hold what was asked for")))]
pub async fn draw(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<CanvasPath>,
    Query(pairs): Query<Pairs>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let known = [&OPTIONS[..], &[PREVIEW]].concat();
    let (given, mut options) = read(pairs, &known)?;
    let preview = preview(&options).map(str::to_owned);
    options.retain(|(key, _)| key != PREVIEW);
    let asked = read_style(&options, &headers)?;
    let preview = preview.as_deref();
    let (answers, before) = match &asked.style.block {
        Some(block) => (data::of_part(&app, &caller, &path, block, preview, &given).await?, Before::new()),
        None if asked.style.format == Format::Markdown => {
            data::of_canvas_and_before(&app, &caller, &path, preview, &given).await?
        }
        None => (data::of_canvas(&app, &caller, &path, preview, &given).await?, Before::new()),
    };
    answer(answers, before, asked).await
}

/// Draw a canvas that is not saved, or one block of it, as GET does one that is.
#[utoipa::path(post, path = "/projects/{owner}/{slug}/render", tag = "data", operation_id = "render_draft",
    security(("bearer" = ["read"])),
    params(ProjectPath,
        ("format" = Option<String>, Query,
            description = "text, ansi, svg, png, html, md, json or vega-lite; else as Accept says"),
        ("block" = Option<String>, Query, description = "Id of a block to draw alone"),
        ("width" = Option<u32>, Query, description = "Columns, 20 to 500"),
        ("preview" = Option<String>, Query, description = "The preview to look through"),
        ("charset" = Option<String>, Query, description = "Of text and md: unicode or ascii"),
        ("theme" = Option<String>, Query, description = "Of png: light or dark"),
        ("scale" = Option<u32>, Query, description = "Of png: dots a pixel, 1 to 4")),
    request_body = CanvasDraft,
    responses((status = OK, content((String = "text/plain"), (String = "image/svg+xml"),
        (Vec<u8> = "image/png"), (String = "text/html"), (String = "text/markdown"),
        (serde_json::Value = "application/json"), (serde_json::Value = "application/vnd.vegalite.v6+json"))),
        (status = UNPROCESSABLE_ENTITY, description = "The canvas or a parameter is wrong, or the format cannot hold it")))]
pub async fn draw_draft(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<ProjectPath>,
    Query(pairs): Query<Pairs>,
    headers: HeaderMap,
    Json(mut draft): Json<CanvasDraft>,
) -> Result<Response, Refusal> {
    let known = [&OPTIONS[..], &[PREVIEW]].concat();
    let (_, mut options) = read(pairs, &known)?;
    let preview = preview(&options).map(str::to_owned);
    options.retain(|(key, _)| key != PREVIEW);
    let asked = read_style(&options, &headers)?;
    draft.blocks = asked.style.block.iter().cloned().collect();
    let (answers, before) =
        data::of_draft_and_before(&app, &caller, &path, preview.as_deref(), &draft).await?;
    let tells_before = asked.style.block.is_none() && asked.style.format == Format::Markdown;
    answer(answers, if tells_before { before } else { Before::new() }, asked).await
}

/// Query parameters that say how a canvas is drawn.
pub const OPTIONS: [&str; 6] = ["format", "block", "width", "charset", "theme", "scale"];

/// How the client wants a canvas drawn, and which version of it the client has already.
#[derive(Clone, Debug)]
pub struct Asked {
    /// How.
    pub style: Style,
    headers: HeaderMap,
}

/// A canvas with the answers to its blocks, in the form asked for.
///
/// # Errors
/// `NotFound` for a block that it does not have, `Invalid` when the format cannot hold it, `Internal` when drawing panics.
pub async fn answer(answers: Answers, before: Before, asked: Asked) -> Result<Response, Refusal> {
    let (canvas, data) = canvas_data(answers);
    let format = asked.style.format;
    let name = file_name(&canvas.metadata.slug, asked.style.block.as_deref(), format);
    let body = render::draw(canvas, data, before, asked.style).await?;
    let tag = hex::encode(&Sha256::digest(&body)[..16]);
    let tags = [(ETAG, etag(&tag)), (VARY, HeaderValue::from_static("accept"))];
    if is_known(&asked.headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, tags).into_response());
    }
    let mut response = (tags, [(CONTENT_TYPE, format.media_type())], body).into_response();
    let headers = response.headers_mut();
    if let Ok(disposition) = HeaderValue::from_str(&format!("inline; filename=\"{name}\"")) {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    if matches!(format, Format::Html | Format::Svg) {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PICTURE_POLICY));
    }
    Ok(response)
}

/// A file opened by its address has styles of its own and may do nothing else.
const PICTURE_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox";

/// What the file is called when it is saved: `weather.svg`, `weather-rain.svg`.
fn file_name(canvas: &str, block: Option<&str>, format: Format) -> String {
    let block = block.map(|block| format!("-{block}")).unwrap_or_default();
    format!("{canvas}{block}.{}", format.file_ending())
}

/// Reads how a canvas is to be drawn.
///
/// # Errors
/// `Malformed` for an unknown form.
pub fn read_style(options: &[(String, String)], headers: &HeaderMap) -> Result<Asked, Rejection> {
    let mut style = Style { format: accepted(headers), ..Style::default() };
    for (key, value) in options {
        let malformed = |detail: String| Rejection::Malformed(FieldError::at(format!("/{key}"), detail));
        let expected = |what: &str| malformed(format!("is \"{value}\", where {what} is expected"));
        match (key.as_str(), value.as_str()) {
            ("format", format) => style.format = format.parse().map_err(malformed)?,
            ("block", block) => style.block = Some(block.to_owned()),
            ("charset", "unicode") => style.charset = Charset::Unicode,
            ("charset", "ascii") => style.charset = Charset::Ascii,
            ("charset", _) => return Err(expected("unicode or ascii")),
            ("theme", "light") => style.scheme = Scheme::Light,
            ("theme", "dark") => style.scheme = Scheme::Dark,
            ("theme", _) => return Err(expected("light or dark")),
            ("scale", scale) => match scale.parse() {
                Ok(scale @ 1..=4) => style.scale = Some(scale),
                _ => return Err(expected("1, 2, 3 or 4")),
            },
            (_, width) => {
                style.width_cols = Some(width.parse().map_err(|_| expected("a number of columns"))?);
            }
        }
    }
    Ok(Asked { style, headers: headers.clone() })
}

/// The format that `Accept` prefers; text when it states no preference.
fn accepted(headers: &HeaderMap) -> Format {
    const OFFERS: [Format; 7] = [
        Format::Text,
        Format::Html,
        Format::Json,
        Format::Svg,
        Format::Png,
        Format::Markdown,
        Format::VegaLite,
    ];
    let bare = |format: Format| format.media_type().split(';').next().unwrap_or_default();
    let liked = accept::choose(headers, &OFFERS.map(bare));
    OFFERS.into_iter().find(|format| Some(bare(*format)) == liked).unwrap_or_default()
}
