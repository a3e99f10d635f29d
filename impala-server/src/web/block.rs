//! One block, drawn: everything below its title.

use impala_core::api::{BlockAnswer, BlockSql, BlockStatement, Problem};
use impala_core::data::Values;
use impala_core::{Block, BlockData, BlockKind, document};
use impala_render::paint::svg::{self, Form, Svg};
use impala_render::{Medium, Options, Picture, format, summary};
use maud::{Markup, PreEscaped, html};

use super::frame::{Page, page};
use super::parts::{count, counted, field_error, sentence, unturned};
use super::{Shell, markdown};

/// Rows of a table that a page shows; the data has them all.
const TABLE_ROWS: usize = 1_000;

/// The inside of a block.
///
/// * `width_cols`: room for what is drawn in cells.
pub fn content(picture: &Picture, block: &Block, width_cols: u16) -> Markup {
    let answer = picture.answers.get(&block.id);
    unturned(&html! {
        @match (&block.kind, answer) {
            (BlockKind::Text(_), _) => div.prose { (markdown::html(&impala_render::filled_markdown(picture, block), if block.title.is_some() { 3 } else { 2 })) },
            (_, Some(BlockAnswer::Problem(problem))) => (failed(problem)),
            (_, None) => p.muted { "No answer." },
            (BlockKind::Table(_), Some(BlockAnswer::Data(data))) => { (table(block, data, texts)) (provenance(data, Default::default())) }
            (_, Some(BlockAnswer::Data(data))) => { (drawn(picture, block, data, width_cols)) }
        }
    })
}

/// The inside of a block that stands alone on its page: also the values behind what is drawn.
pub fn alone(picture: &Picture, block: &Block, width_cols: u16) -> Markup {
    let is_drawn = matches!(block.kind, BlockKind::Chart(_) | BlockKind::Metric(_));
    unturned(&html! {
        (content(picture, block, width_cols))
        @if let (true, Some(BlockAnswer::Data(data))) = (is_drawn, picture.answers.get(&block.id)) {
            h3 { "Values" }
            (table(block, data, exact))
        }
    })
}

/// The message of a block that cannot be answered.
pub fn failed(problem: &Problem) -> Markup {
    // The place of a fault in the document is of no use to readers of the block.
    let (why, others) = match problem.errors.as_slice() {
        [only] if problem.detail.ends_with(&only.detail) => (only.detail.as_str(), Vec::new()),
        errors => {
            let unsaid = errors.iter().filter(|error| !problem.detail.contains(&error.detail));
            (problem.detail.as_str(), unsaid.collect())
        }
    };
    html! {
        div.failed role="note" title=(why) {
            p { (sentence(why)) }
            ul { @for error in others { li { (field_error(error)) } } }
        }
    }
}

/// Rows of a block that its border, its title and its provenance take on a page; the style keeps to it.
const FRAME_ROWS: u32 = 2;

/// A block of so few rows has room for nothing but its picture.
const LOW_ROWS: u32 = 3;

fn drawn(picture: &Picture, block: &Block, data: &BlockData, width_cols: u16) -> Markup {
    let options = Options { medium: Medium::Page, ..picture.options };
    let picture = Picture { options, ..*picture };
    let height_rows = block.at.h.saturating_sub(FRAME_ROWS).max(1);
    let beside = origin(data);
    let (scene, said) = impala_render::layout_card(&picture, block, (width_cols, height_rows), &beside);
    let (title, sentence) = (impala_render::block_title(block), summary::of_drawn(&picture, block, &scene));
    let painter = Svg { form: Form::Inline, title: &title, description: &sentence, id: &block.id };
    html! {
        div.picture { (PreEscaped(svg::paint(&scene, &painter))) }
        @if block.at.h > LOW_ROWS { (provenance(data, said)) }
    }
}

/// Rows as a table; `written` makes texts of the values of a column.
fn table(block: &Block, data: &BlockData, written: fn(&Values) -> Vec<String>) -> Markup {
    let rows = data.columns.first().map_or(0, |column| column.values.len());
    if rows == 0 {
        return html! { p.none { "No rows." } };
    }
    let number =
        |column: &impala_core::data::Column| column.values.column_type().is_numeric().then_some("number");
    let columns: Vec<Vec<String>> = data.columns.iter().map(|column| written(&column.values)).collect();
    html! {
        div.sheet tabindex="0" role="region" aria-label=(format!("Table of {}", impala_render::block_title(block))) {
            table {
                thead { tr { @for column in &data.columns { th scope="col" class=[number(column)] { (format::clean(&column.name)) } } } }
                tbody { @for row in 0..rows.min(TABLE_ROWS) {
                    tr { @for (column, texts) in data.columns.iter().zip(&columns) { td class=[number(column)] { (texts.get(row).map_or("", String::as_str)) } } }
                } }
            }
            @if rows > TABLE_ROWS { p.hint { (count((rows - TABLE_ROWS) as u64)) " more rows are in the data: see the menu." } }
        }
    }
}

/// The values of a column in full.
fn exact(values: &Values) -> Vec<String> {
    let whole = |row| format::value::text(values, row).unwrap_or_else(|| format::value::NULL.to_owned());
    (0..values.len()).map(whole).collect()
}

/// The values of a column as people read them: numbers in the same format.
fn texts(values: &Values) -> Vec<String> {
    let Values::Decimal(numbers) = values else { return exact(values) };
    let known: Vec<f64> = numbers.iter().flatten().copied().collect();
    let mut written = format::number::alike(&known, None).into_iter();
    let text = |number: &Option<f64>| number.and_then(|_| written.next());
    numbers.iter().map(text).map(|text| text.unwrap_or_else(|| format::value::NULL.to_owned())).collect()
}

/// Where the rows came from, and what was left out, in few words and in all.
fn provenance(data: &BlockData, [said, whole]: [String; 2]) -> Markup {
    html! {
        p.provenance {
            @if !said.is_empty() { span.warn title=[(said != whole).then_some(whole)] { (said) } " " }
            @if data.truncated { span.warn { (count(data.rows_shown)) " of " (counted(data.rows_total, "row")) } " " }
            span { (origin(data)) }
        }
    }
}

/// Where the rows of an answer came from, and how long it took.
fn origin(data: &BlockData) -> String {
    let took = if data.cached { "cached".to_owned() } else { format!("{} ms", data.elapsed_ms) };
    format!("{} · {} read · {took}", data.sources.join(", "), counted(data.rows_scanned, "row"))
}

/// What a block asks, and where its answer came from, as a page.
///
/// * `query`: what its addresses keep and what the parameters are set to, as the query of an address.
/// * `canvas`, `source_path`: the addresses of its canvas and, for those who may see them, of the sources.
pub fn about(
    shell: &Shell,
    block: &Block,
    (answer, sql): (&Result<BlockData, Problem>, &BlockSql),
    query: &str,
    (canvas, source_path): (&str, Option<&str>),
    crumbs: &[(String, String)],
) -> Markup {
    let start = if query.is_empty() { "?".to_owned() } else { format!("{query}&") };
    let title = impala_render::block_title(block);
    let main = unturned(&html! {
        div.narrow {
            div.head { h1 { (title) } a.button href=(format!("{canvas}{query}#b-{}", block.id)) { "Back to the canvas" } }
            @for (index, statement) in sql.statements.iter().enumerate() { (select(index, statement)) }
            @if !matches!(block.kind, BlockKind::Text(_)) {
                h2 { "Take it along" }
                ul { @for (format, words) in forms(block) { li { a href=(format!("{start}format={format}")) { (words) } } } }
            }
            h2 { "Definition" }
            pre { (document::block_to_yaml(block)) }
            h2 { "Provenance" }
            @match answer {
                Err(problem) => (failed(problem)),
                Ok(data) => dl.facts {
                    div { dt { "Sources" } dd { @for (index, source) in data.sources.iter().enumerate() {
                        @if index > 0 { ", " } (source_link(source, source_path)) } } }
                    div { dt { "Rows read" } dd { (count(data.rows_scanned)) } }
                    div { dt { "Rows of the answer" } dd { (count(data.rows_total)) } }
                    div { dt { "Rows shown" } dd { (count(data.rows_shown)) } }
                    div { dt { "Computed" } dd { (data.computed_at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()) } }
                    div { dt { "In" } dd { (data.elapsed_ms) " ms" @if data.cached { ", answered from the cache" } } }
                },
            }
        }
    });
    page(shell, &Page { title: &title, crumbs, ..Page::default() }, &main)
}

/// A `SELECT` that can be taken along into a query.
fn select(index: usize, statement: &BlockStatement) -> Markup {
    let id = format!("sql-{index}");
    html! {
        div.head {
            h2 { (statement.gives.words()) }
            button.small.needs-script type="button" data-copy=(id) { "Copy" span.vh { " " (statement.gives.words()) } }
        }
        pre id=(id) { (statement.sql) }
    }
}

/// Forms that a block can be had in.
fn forms(block: &Block) -> impl Iterator<Item = (&'static str, &'static str)> {
    let is_chart = matches!(block.kind, BlockKind::Chart(_));
    let all = [
        ("csv", "Data as CSV"),
        ("json", "Data as JSON"),
        ("svg", "Picture as SVG"),
        ("png", "Picture as PNG"),
        ("md", "Markdown"),
        ("text", "Text"),
        ("vega-lite", "Vega-Lite"),
    ];
    all.into_iter().filter(move |(format, _)| is_chart || *format != "vega-lite")
}

fn source_link(source: &str, path: Option<&str>) -> Markup {
    match (path, source.split_once('@')) {
        // A version of a preview has no page of its source.
        (Some(path), Some((name, version))) if version.parse::<u32>().is_ok() => {
            html! { a href=(format!("{path}/{name}?version={version}")) { (source) } }
        }
        _ => html! { (source) },
    }
}
