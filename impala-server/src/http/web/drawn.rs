//! A canvas that someone may see, as a member or by a share link, and what they get of it.

use std::collections::BTreeMap;

use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue, VARY};
use impala_core::api::{BlockAnswer, BlockSql};
use impala_core::{Block, BlockData, BlockKind, Canvas, FieldError, document, parameter};
use impala_render::{Options, Picture};
use maud::Markup;

use super::human::wants_page;
use crate::http::accept;
use crate::http::data::{self as asked, Pairs};
use crate::http::error::Rejection;
use crate::http::extract::Json;
use crate::http::render;
use crate::http::uploads::Refusal;
use crate::service::data::{self, Answers, Basis, Given};
use crate::service::expected::Tag;
use crate::service::previews::Place;
use crate::service::{Error, shares};
use crate::state::AppState;
use crate::store::canvases::SavedCanvas;
use crate::web;

/// A canvas, for someone who may read it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its project, perhaps seen through a preview.
    pub place: Place,
    /// The canvas.
    pub saved: SavedCanvas,
    /// Whether a share link led here.
    pub is_shared: bool,
}

/// What the address asks for besides parameters.
const OPTIONS: [&str; 16] = [
    "format", "width", "charset", "theme", "scale", "cols", "all", "refresh", "view", "revision", "of",
    "preview", "draw", "stacked", ONLY, COLOR,
];

/// The option that says whether text has colors.
const COLOR: &str = "color";

/// The option that names the block that stands alone on its page.
const ONLY: &str = "only";

/// Rows of a chart that stands alone on its page, at least.
const ALONE_ROWS: u32 = 30;

/// Rows of a metric that stands alone on its page, at least.
const METRIC_ALONE_ROWS: u32 = 9;

/// Rows of a chart with colors where blocks stand one below the other, at least.
const STACKED_ROWS: u32 = 15;

/// Columns that a block is drawn in when nothing is said.
pub const COLS: u16 = 100;

/// What an address asks for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// What parameters are set to. A field of a form that was left empty sets none.
    pub given: Given,
    /// All else.
    pub options: Pairs,
}

impl Asked {
    /// Reads the query of an address.
    ///
    /// # Errors
    /// `Malformed` for what no page takes.
    pub fn read(pairs: Pairs) -> Result<Self, Rejection> {
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let (given, options) = asked::read(pairs, &OPTIONS)?;
        Ok(Self { given, options })
    }

    /// As [`Asked::read`], behind a share link: it leads to the canvas and to no preview.
    ///
    /// # Errors
    /// As [`Asked::read`].
    pub fn read_shared(pairs: Pairs) -> Result<Self, Rejection> {
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let known: Vec<&str> = OPTIONS.into_iter().filter(|name| *name != asked::PREVIEW).collect();
        let (given, options) = asked::read(pairs, &known)?;
        Ok(Self { given, options })
    }

    /// The value of an option.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// What the addresses of the canvas keep: the preview that it is seen through, and which earlier revision it is.
    pub fn kept(&self, is_earlier: bool) -> Vec<(&'static str, String)> {
        let names: &[&'static str] =
            if is_earlier { &[asked::PREVIEW, ONLY, "revision"] } else { &[asked::PREVIEW, ONLY] };
        names.iter().filter_map(|name| Some((*name, self.get(name)?.to_owned()))).collect()
    }

    /// Whether the block is asked for by a page, which can show what does not fit. Requests for data and pictures are refused
    /// instead.
    pub fn is_for_a_page(&self) -> bool {
        matches!(self.get("format"), None | Some("about"))
    }

    /// What says how a picture is drawn.
    fn drawing(&self) -> Pairs {
        self.options.iter().filter(|(key, _)| render::OPTIONS.contains(&key.as_str())).cloned().collect()
    }

    /// The columns that a block is drawn in.
    fn cols(&self) -> u16 {
        self.get("cols").and_then(|cols| cols.parse().ok()).unwrap_or(COLS).clamp(4, 500)
    }

    /// The block that stands alone on its page.
    pub fn only(&self) -> Option<&str> {
        self.get(ONLY)
    }

    /// The block as it is drawn: with more rows where its page has them.
    fn with_room(&self, block: &Block) -> Block {
        let mut block = block.clone();
        let (is_alone, is_stacked) = (self.only() == Some(&block.id), self.get("stacked").is_some());
        block.at.h = match &block.kind {
            BlockKind::Chart(_) if is_alone && is_stacked => block.at.h.max(STACKED_ROWS),
            BlockKind::Chart(_) if is_alone => block.at.h.max(ALONE_ROWS),
            BlockKind::Metric(_) if is_alone => block.at.h.max(METRIC_ALONE_ROWS),
            // Narrow as a phone is, the names of its colors need lines of their own.
            BlockKind::Chart(chart) if is_stacked && chart.encoding.color.is_some() => {
                block.at.h.max(STACKED_ROWS)
            }
            _ => block.at.h,
        };
        block
    }
}

impl Seen {
    /// Leaves only those of the parameters that fit the canvas, and returns what is wrong with the others.
    pub fn fit(&self, asked: &mut Asked) -> Vec<FieldError> {
        let (given, ignored) = parameter::fitting(&self.saved.canvas.spec.parameters, &asked.given);
        asked.given = given;
        ignored
    }

    /// Names the state.
    pub fn etag(&self) -> String {
        format!("\"{}\"", Tag::of(&self.saved))
    }

    /// What people call it.
    pub fn title(&self) -> &str {
        self.saved.canvas.title()
    }

    /// The answers to all blocks.
    ///
    /// # Errors
    /// `Invalid` for parameters that do not fit.
    pub async fn answers(&self, app: &AppState, given: &Given) -> Result<Answers, Error> {
        let mut answers = data::answer_all(app, self.place.clone(), self.saved.clone(), given).await?;
        if self.is_shared {
            shares::keep_quiet(&mut answers);
        }
        Ok(answers)
    }

    /// The answer to one block.
    ///
    /// # Errors
    /// `NotFound`, `Invalid`, and what the query says.
    pub async fn answer(&self, app: &AppState, block: &str, given: &Given) -> Result<BlockData, Error> {
        let answer = data::answer_one(app, self.place.clone(), &self.saved, block, given).await;
        if self.is_shared { answer.map_err(shares::discreet) } else { answer }
    }

    /// What a block asks, as SQL. One that cannot be answered has none.
    pub async fn sql(&self, app: &AppState, block: &str, given: &Given) -> BlockSql {
        data::sql_of_one(app, self.place.clone(), &self.saved, block, given).await.unwrap_or_default()
    }

    /// The block of that id.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn block(&self, id: &str) -> Result<&Block, Error> {
        self.saved.canvas.block(id).ok_or_else(|| Error::not_found("block", id))
    }

    /// The whole canvas in another form than a page, when that is asked for or preferred: `curl` gets text.
    ///
    /// # Errors
    /// `Malformed` for unknown forms; as [`Seen::answers`].
    pub async fn other_form(
        &self,
        app: &AppState,
        asked: &Asked,
        headers: &HeaderMap,
    ) -> Result<Option<Response>, Refusal> {
        if asked.get("format").is_none() && wants_page(headers) {
            return Ok(None);
        }
        if asked.get("format") == Some("yaml") {
            let kind = [(CONTENT_TYPE, "application/yaml; charset=utf-8")];
            return Ok(Some((kind, document::to_yaml(&self.saved.canvas)).into_response()));
        }
        let mut options = asked.drawing();
        if asked.get("format").is_none() {
            let format = text_form(asked.get(COLOR), headers)?;
            options.extend(format.map(|format| ("format".to_owned(), format.to_owned())));
        }
        let style = render::read_style(&options, headers)?;
        let mut response =
            render::answer(self.answers(app, &asked.given).await?, data::Before::new(), style).await?;
        response.headers_mut().insert(VARY, HeaderValue::from_static("accept, user-agent, cookie"));
        Ok(Some(response))
    }

    /// All blocks, drawn.
    ///
    /// # Errors
    /// As [`Seen::answers`].
    pub async fn drawn(&self, app: &AppState, asked: &Asked) -> Result<BTreeMap<String, Markup>, Error> {
        if let Some(id) = asked.only() {
            let basis = self.basis(app, asked).await?;
            let inside = self.inside(app, &basis, self.block(id)?, asked, COLS).await?;
            return Ok([(id.to_owned(), inside)].into());
        }
        let (canvas, data) = asked::canvas_data(self.answers(app, &asked.given).await?);
        let draw = move |picture: &Picture| {
            let blocks = picture.canvas.spec.blocks.iter();
            blocks
                .map(|block| (block.id.clone(), web::block::content(picture, block, cols_of(block))))
                .collect()
        };
        with_picture(canvas, data.blocks, data.parameters, draw).await
    }

    /// One block in the form that is asked for: by itself its inside, for its place in the page.
    ///
    /// # Errors
    /// `NotFound`, `Malformed` for unknown forms, `Invalid`; and for data, what the query says.
    pub async fn one(
        &self,
        app: &AppState,
        id: &str,
        asked: &Asked,
        headers: &HeaderMap,
    ) -> Result<Response, Refusal> {
        let block = self.block(id)?;
        match asked.get("format") {
            None => {
                let basis = self.basis(app, asked).await?;
                Ok(super::human::page(self.inside(app, &basis, block, asked, asked.cols()).await?))
            }
            Some("json") => Ok(Json(self.answer(app, id, &asked.given).await?).into_response()),
            Some("csv") => Ok(csv_file(id, &self.answer(app, id, &asked.given).await?)),
            Some(_) => {
                let mut options = asked.drawing();
                options.push(("block".to_owned(), id.to_owned()));
                let style = render::read_style(&options, headers)?;
                let part = self.part(app, &self.basis(app, asked).await?, block).await;
                render::answer(part, data::Before::new(), style).await
            }
        }
    }

    /// What stands below the title of a block, drawn in so many columns.
    ///
    /// # Errors
    /// The server's own. A failed query is shown in the picture.
    pub async fn inside(
        &self,
        app: &AppState,
        basis: &Basis,
        block: &Block,
        asked: &Asked,
        cols: u16,
    ) -> Result<Markup, Error> {
        let (canvas, data) = asked::canvas_data(self.part(app, basis, block).await);
        let (block, is_alone) = (asked.with_room(block), asked.only() == Some(&block.id));
        let draw = move |picture: &Picture| match is_alone {
            true => web::block::alone(picture, &block, cols),
            false => web::block::content(picture, &block, cols),
        };
        with_picture(canvas, data.blocks, data.parameters, draw).await
    }

    /// The answers that a block needs: its own, or those of the metrics that a text names.
    async fn part(&self, app: &AppState, basis: &Basis, block: &Block) -> Answers {
        let ids: Vec<&str> = match &block.kind {
            BlockKind::Text(text) => text.placeholders().filter(|name| self.is_metric(name)).collect(),
            _ => vec![block.id.as_str()],
        };
        let mut blocks = BTreeMap::new();
        for block in ids.into_iter().filter_map(|id| self.saved.canvas.block(id)) {
            let answer = basis.answer(app, block).await;
            let answer = if self.is_shared { answer.map_err(shares::discreet) } else { answer };
            blocks.insert(block.id.clone(), answer);
        }
        Answers { saved: self.saved.clone(), bindings: basis.bindings().clone(), blocks }
    }

    /// What its blocks are answered from.
    ///
    /// # Errors
    /// `Invalid` for parameters that do not fit.
    pub async fn basis(&self, app: &AppState, asked: &Asked) -> Result<Basis, Error> {
        Basis::of(app, self.place.clone(), &self.saved, &asked.given).await
    }

    /// The canvas with only this block.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn alone(&self, id: &str) -> Result<Canvas, Error> {
        let mut canvas = self.saved.canvas.clone();
        canvas.spec.blocks = vec![self.block(id)?.clone()];
        Ok(canvas)
    }

    fn is_metric(&self, id: &str) -> bool {
        self.saved.canvas.block(id).is_some_and(|block| matches!(block.kind, BlockKind::Metric(_)))
    }

    /// Where the blocks stand, as a style sheet. Its address names the state, so a browser may keep it.
    pub fn grid_css(&self, asked: &Asked) -> Response {
        let is_named = asked.get("of").and_then(Tag::read) == Some(Tag::of(&self.saved));
        let keep = if is_named { "private, max-age=31536000, immutable" } else { "private, no-store" };
        let kind = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, keep)];
        (kind, web::canvas::grid_css(&self.saved.canvas)).into_response()
    }
}

/// Columns for a block that is drawn without knowing the screen.
pub fn cols_of(block: &Block) -> u16 {
    u16::try_from(block.at.w * 6).unwrap_or(COLS).max(24)
}

/// The form of text for a program that named none, when it is to be text: in color at a terminal, unless `?color=` or `Accept`
/// says otherwise. Who asks cannot be seen to write into a pipe.
fn text_form(color: Option<&str>, headers: &HeaderMap) -> Result<Option<&'static str>, Rejection> {
    let is_plain = headers.get(ACCEPT).is_some_and(|accept| accept == "text/plain");
    match color {
        Some("always") => Ok(Some("ansi")),
        Some("never") => Ok(Some("text")),
        None | Some("auto") => Ok((accept::is_terminal(headers) && !is_plain).then_some("ansi")),
        Some(other) => {
            let detail = format!("is \"{other}\", where auto, always or never is expected");
            Err(Rejection::Malformed(FieldError::at("/color", detail)))
        }
    }
}

/// Draws off the async threads.
async fn with_picture<T: Send + 'static>(
    canvas: Canvas,
    answers: BTreeMap<String, BlockAnswer>,
    parameters: BTreeMap<String, String>,
    draw: impl FnOnce(&Picture) -> T + Send + 'static,
) -> Result<T, Error> {
    let drawn = tokio::task::spawn_blocking(move || {
        let options = Options::default();
        draw(&Picture { canvas: &canvas, answers: &answers, parameters: &parameters, options })
    });
    drawn.await.map_err(|fault| Error::internal("drawing a block", fault))
}

fn csv_file(id: &str, data: &BlockData) -> Response {
    let name = format!("attachment; filename=\"{id}.csv\"");
    let name = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"));
    let headers =
        [(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")), (CONTENT_DISPOSITION, name)];
    (headers, csv(data)).into_response()
}

/// Rows as CSV, RFC 4180 but for the line feeds.
fn csv(data: &BlockData) -> String {
    let rows = data.columns.first().map_or(0, |column| column.values.len());
    let line = |fields: Vec<String>| fields.join(",") + "\n";
    let head = line(data.columns.iter().map(|column| quoted(&column.name)).collect());
    let row = |row| {
        line(data.columns.iter().map(|column| quoted(&column.values.text(row).unwrap_or_default())).collect())
    };
    std::iter::once(head).chain((0..rows).map(row)).collect()
}

fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use http::header::USER_AGENT;

    use super::*;

    #[test]
    fn text_has_color_at_a_terminal_unless_it_is_not_wanted() {
        let check = |agent: &'static str, accept: &'static str, color: Option<&str>, expected| {
            let pairs = [(USER_AGENT, agent), (ACCEPT, accept)];
            let headers =
                pairs.map(|(name, value)| (name, HeaderValue::from_static(value))).into_iter().collect();
            assert_eq!(text_form(color, &headers).ok(), expected, "{agent} {accept} {color:?}");
        };
        check("curl/8.5.0", "*/*", None, Some(Some("ansi")));
        check("curl/8.5.0", "*/*", Some("auto"), Some(Some("ansi")));
        check("curl/8.5.0", "*/*", Some("never"), Some(Some("text")));
        check("curl/8.5.0", "text/plain", None, Some(None));
        check("curl/8.5.0", "text/plain", Some("always"), Some(Some("ansi")));
        check("Mozilla/5.0", "*/*", None, Some(None));
        check("curl/8.5.0", "*/*", Some("blue"), None);
    }

    #[test]
    fn fields_of_csv_are_quoted_where_they_must() {
        assert_eq!(["a", "a,b", "a\"b", "a\nb"].map(quoted), ["a", "\"a,b\"", "\"a\"\"b\"", "\"a\nb\""]);
    }
}
