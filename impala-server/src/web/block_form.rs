//! The form of a block: the fields that most people want to set; all else is in the document.

use impala_core::api::Problem;
use impala_core::block::{BlockType, ChartMark};
use impala_core::source::Source;
use maud::{Markup, html};

use super::Shell;
use super::frame::{Page, page};
use super::parts::{choice, form_token, problem};
use crate::http::web::fields::Fields;

/// All that the form shows.
pub struct BlockForm<'a> {
    /// What the page is called.
    pub title: &'a str,
    /// Where the form goes.
    pub action: &'a str,
    /// Back to the canvas.
    pub canvas: &'a str,
    /// What kind of block it is.
    pub block_type: BlockType,
    /// What the fields hold.
    pub values: &'a Fields,
    /// The state that the change is made on.
    pub etag: &'a str,
    /// The sources of the project.
    pub sources: &'a [Source],
    /// What is wrong.
    pub fault: Option<&'a Problem>,
    /// Whether someone else has saved in between.
    pub is_stale: bool,
    /// Where it can be deleted; `None` for one that is new.
    pub delete: Option<&'a str>,
    /// The way to it.
    pub crumbs: &'a [(String, String)],
}

/// The choice of a kind, for a new block.
pub fn kinds(shell: &Shell, canvas: &str, crumbs: &[(String, String)]) -> Markup {
    let main = html! {
        div.narrow {
            h1 { "Add a block" }
            ul.cards {
                @for (kind, what) in [
                    (BlockType::Chart, "Bars, lines, areas, points, boxes or a heat map"),
                    (BlockType::Metric, "One number, perhaps with what it was before"),
                    (BlockType::Table, "Rows and columns of a source or of a SELECT"),
                    (BlockType::Text, "Markdown, with the values of parameters and metrics"),
                ] {
                    li { a.card href=(format!("{canvas}/add?type={kind}")) { strong { (capital(kind)) } span.muted { (what) } } }
                }
            }
            p { a href=(canvas) { "Back to the canvas" } }
        }
    };
    page(shell, &Page { title: "Add a block", crumbs, ..Page::default() }, &main)
}

fn capital(kind: BlockType) -> &'static str {
    match kind {
        BlockType::Chart => "Chart",
        BlockType::Metric => "Number",
        BlockType::Table => "Table",
        BlockType::Text => "Text",
    }
}

/// The form.
pub fn form(shell: &Shell, form: &BlockForm) -> Markup {
    let main = html! {
        div.narrow {
            h1 { (form.title) }
            @if let Some(fault) = form.fault { (problem(fault)) }
            form method="post" action=(form.action) {
                (form_token(shell))
                input type="hidden" name="type" value=(form.block_type);
                input type="hidden" name="etag" value=(form.etag);
                (text(form, "Title", "title", ""))
                @match form.block_type {
                    BlockType::Text => (area(form, "Markdown", "markdown", 12, "{{name}} stands for a parameter or a metric")),
                    BlockType::Chart => { (from(form)) (chart(form)) }
                    BlockType::Metric => { (from(form)) (metric(form)) }
                    BlockType::Table => { (from(form)) (table(form)) }
                }
                (place(form))
                (terms(form.sources))
                p.buttons {
                    @if form.is_stale { button.primary type="submit" name="over" value="1" { "Save over it" } }
                    @else { button.primary type="submit" { "Save" } }
                    " " a.button href=(form.canvas) { "Cancel" }
                }
            }
            @if let Some(delete) = form.delete {
                form.inline method="post" action=(delete) {
                    (form_token(shell))
                    input type="hidden" name="etag" value=(form.etag);
                    button.danger type="submit" { "Delete block" }
                }
            }
        }
    };
    page(shell, &Page { title: form.title, crumbs: form.crumbs, ..Page::default() }, &main)
}

fn text(form: &BlockForm, label: &str, name: &str, hint: &str) -> Markup {
    html! { div.field {
        label for=(name) { (label) }
        input id=(name) name=(name) value=(form.values.raw(name)) autocomplete="off" aria-describedby=[(!hint.is_empty()).then(|| format!("{name}-hint"))];
        @if !hint.is_empty() { p.hint id=(format!("{name}-hint")) { (hint) } }
    } }
}

fn term(form: &BlockForm, label: &str, name: &str, hint: &str) -> Markup {
    html! { div.field {
        label for=(name) { (label) }
        input id=(name) name=(name) value=(form.values.raw(name)) list="terms" autocomplete="off" spellcheck="false"
            aria-describedby=[(!hint.is_empty()).then(|| format!("{name}-hint"))];
        @if !hint.is_empty() { p.hint id=(format!("{name}-hint")) { (hint) } }
    } }
}

fn area(form: &BlockForm, label: &str, name: &str, rows: u32, hint: &str) -> Markup {
    html! { div.field {
        label for=(name) { (label) }
        textarea id=(name) name=(name) rows=(rows) spellcheck="false" aria-describedby=(format!("{name}-hint")) { "\n" (form.values.raw(name)) }
        p.hint id=(format!("{name}-hint")) { (hint) }
    } }
}

fn from(form: &BlockForm) -> Markup {
    let chosen = form.values.get("source");
    let names = form.sources.iter().map(|source| source.name.as_str());
    let pinned =
        (!chosen.is_empty() && !form.sources.iter().any(|source| source.name == chosen)).then_some(chosen);
    let options = names.chain(pinned).map(|name| (name, name));
    html! {
        fieldset.group {
            legend { "Rows" }
            (choice("Source", "source", std::iter::once(("", "(none: the SELECT below)")).chain(options), chosen))
            (area(form, "or SELECT", "sql", 3, "One SELECT over the project's sources, in place of a source"))
            (text(form, "Filter", "filter", "SQL that is true of the rows that count: date >= $since"))
        }
    }
}

fn chart(form: &BlockForm) -> Markup {
    let marks = ChartMark::ALL.map(|mark| (mark.as_str(), mark.as_str()));
    html! {
        fieldset.group {
            legend { "Chart" }
            (choice("Mark", "mark", marks, form.values.get("mark")))
            div.pair { (term(form, "X", "x", "A field, sum(FIELD), yearmonth(FIELD), bin(FIELD), count()")) (term(form, "Y", "y", "")) }
            div.pair { (term(form, "Color", "color", "One series a value")) (term(form, "Facet", "facet", "One small chart a value")) }
            (term(form, "Size", "size", "Of points"))
        }
    }
}

fn metric(form: &BlockForm) -> Markup {
    html! {
        fieldset.group {
            legend { "Number" }
            (term(form, "Value", "value", "max(FIELD), mean(FIELD), count()"))
            (text(form, "Format", "format", "{:.1} mm, {:,}, {:~}, {:.1%}"))
            (text(form, "Compare with", "compare", "version, or a period: yearmonth(FIELD)"))
            (term(form, "Small line along", "sparkline", "yearmonth(FIELD)"))
        }
    }
}

fn table(form: &BlockForm) -> Markup {
    html! {
        fieldset.group {
            legend { "Table" }
            (text(form, "Columns", "columns", "Separated by commas: weather, mean(wind); all when empty"))
            (text(form, "Sort", "sort", "Separated by commas; -wind for descending"))
            (text(form, "Rows at most", "limit", ""))
        }
    }
}

fn place(form: &BlockForm) -> Markup {
    let number = |label: &str, name: &str, most: &str| {
        html! { div.field {
            label for=(format!("at-{name}")) { (label) }
            input id=(format!("at-{name}")) name=(name_of(name)) type="number" min="0" max=(most) value=(form.values.get(name_of(name)));
        } }
    };
    html! {
        fieldset.group.place {
            legend { "Place on the grid of 24 columns" }
            div.four { (number("Column", "x", "23")) (number("Row", "y", "100000")) (number("Width", "w", "24")) (number("Height", "h", "100000")) }
            @if form.delete.is_none() { p.hint { "Left empty, it gets the first free spot." } }
        }
    }
}

/// Channels are called x and y too.
fn name_of(name: &str) -> &'static str {
    match name {
        "x" => "at_x",
        "y" => "at_y",
        "w" => "at_w",
        _ => "at_h",
    }
}

/// What can be written into a channel, offered while one types.
fn terms(sources: &[Source]) -> Markup {
    let mut columns: Vec<(&str, bool, bool)> = sources
        .iter()
        .flat_map(|source| &source.current.columns)
        .map(|column| {
            (column.name.as_str(), column.column_type.is_numeric(), column.column_type.is_temporal())
        })
        .collect();
    columns.sort_unstable();
    columns.dedup();
    html! {
        datalist id="terms" {
            option value="count()";
            @for (name, is_number, is_time) in columns.into_iter().take(200) {
                option value=(name);
                @if is_number { @for function in ["sum", "mean", "bin"] { option value=(format!("{function}({name})")); } }
                @if is_time { @for function in ["yearmonth", "yearmonthdate", "month"] { option value=(format!("{function}({name})")); } }
            }
        }
    }
}
