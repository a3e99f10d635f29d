//! A source: what is in it, what its columns look like, and its versions.

use impala_core::api::{ColumnStats, Preview, Project, Role};
use impala_core::data::Column;
use impala_core::source::{Source, SourceColumn, SourceVersion};
use impala_render::format::clean;
use maud::{Markup, html};

use super::Shell;
use super::frame::{Page, page};
use super::parts::{ago, button_form, bytes, count, counted, form_token, text_field};
use super::project::{crumbs, path, upload_form};
use crate::http::web::assets;

/// All that the page shows.
pub struct Detail<'a> {
    /// The project.
    pub project: &'a Project,
    /// The source.
    pub source: &'a Source,
    /// The version that is shown.
    pub shown: &'a SourceVersion,
    /// Its versions, the newest first.
    pub versions: &'a [SourceVersion],
    /// Some of its rows.
    pub preview: &'a Preview,
    /// Figures of its columns; `None` when they could not be had in time.
    pub stats: Option<&'a [ColumnStats]>,
}

/// Rows of a page of the preview.
pub const PREVIEW_ROWS: u64 = 50;

/// The page.
pub fn show(shell: &Shell, detail: &Detail) -> Markup {
    let Detail { project, source, shown, .. } = detail;
    let may_edit = project.role >= Role::Editor;
    let api = format!("/api/v1/projects{}/sources/{}", path(project), source.name);
    let main = html! {
        div.column {
            div.head {
                h1 { (source.name) @if shown.version != source.current.version { " @" (shown.version) } }
                @if may_edit { (make_canvas(shell, project, source)) }
                a.button href=(format!("{api}/content?version={}", shown.version)) { "Download CSV" }
            }
            (facts(shell, shown))
            @if shown.rejected_rows > 0 {
                p.notice.warn { (counted(shown.rejected_rows, "row")) " could not be read and were left out: "
                    a href=(format!("{api}/rejects?version={}", shown.version)) { "see them" } }
            }
            (columns(detail))
            (preview(detail))
            (versions(shell, detail, may_edit))
            @if may_edit {
                section aria-labelledby="upload" { h2 id="upload" { "Upload" } (upload_form(shell, project, Some(&source.name))) }
                (deletion(shell, project, source))
            }
        }
    };
    let crumbs =
        crumbs(&project.owner, &project.slug, &[(&source.name, &format!("sources/{}", source.name))]);
    page(
        shell,
        &Page { title: &source.name, crumbs: &crumbs, scripts: &[&assets::UPLOAD], ..Page::default() },
        &main,
    )
}

fn make_canvas(shell: &Shell, project: &Project, source: &Source) -> Markup {
    button_form(
        shell,
        &format!("{}/canvases", path(project)),
        &[("source", &source.name)],
        &html! { button.primary type="submit" { "Make a canvas" } },
    )
}

fn facts(shell: &Shell, version: &SourceVersion) -> Markup {
    html! {
        dl.facts {
            div { dt { "Rows" } dd { (count(version.rows)) } }
            div { dt { "Columns" } dd { (count(version.columns.len() as u64)) } }
            div { dt { "Size" } dd { (bytes(version.size_bytes)) } }
            div { dt { "Version" } dd { (version.version) } }
            div { dt { "Uploaded" } dd { (ago(version.created_at, shell.now)) " by " (version.created_by) } }
            div { dt { "Encoding" } dd { (version.encoding) } }
            div { dt { "Delimiter" } dd { (delimiter_word(&version.delimiter)) } }
            @if !version.note.is_empty() { div { dt { "Note" } dd { (clean(&version.note)) } } }
        }
    }
}

fn delimiter_word(delimiter: &str) -> &str {
    match delimiter {
        "," => "comma",
        ";" => "semicolon",
        "|" => "bar",
        " " => "space",
        other => other,
    }
}

fn columns(detail: &Detail) -> Markup {
    html! {
        section aria-labelledby="columns" {
            h2 id="columns" { "Columns" }
            @if detail.stats.is_none() { p.hint { "The figures took too long; load the page again to get them." } }
            div.scroll tabindex="0" role="region" aria-label="Table of columns" {
                table {
                    thead { tr { th scope="col" { "Column" } th scope="col" { "Type" } th.number scope="col" { "Missing" }
                        th.number scope="col" { "Distinct" } th.number scope="col" { "Min" } th.number scope="col" { "Mean" }
                        th.number scope="col" { "Max" } th scope="col" { "Most frequent" } } }
                    tbody {
                        @for (index, column) in detail.shown.columns.iter().enumerate() {
                            (column_row(column, detail.stats.and_then(|stats| stats.get(index))))
                        }
                    }
                }
            }
        }
    }
}

fn column_row(column: &SourceColumn, stats: Option<&ColumnStats>) -> Markup {
    let reason = clean(&column.reason);
    let top = stats.map(|stats| stats.top.as_slice()).unwrap_or_default();
    html! {
        tr {
            th scope="row" { (clean(&column.name)) }
            td { span.tag title=(reason) { (column.column_type.as_str()) span.vh { ": " (reason) } } }
            td.number { (count(column.nulls)) }
            td.number { @if let Some(stats) = stats { (count(stats.distinct)) } }
            td.number { (short(column.min.as_deref())) }
            td.number { @if let Some((stats, mean)) = stats.and_then(|stats| Some((stats, stats.mean?))) { (stats.figure(mean)) } }
            td.number { (short(column.max.as_deref())) }
            td { @for (index, value) in top.iter().take(3).enumerate() {
                @if index > 0 { ", " } (short(Some(&value.value))) span.muted { " " (count(value.count)) }
            } }
        }
    }
}

/// A value, cut so that it does not fill the whole page.
fn short(value: Option<&str>) -> Markup {
    const MOST: usize = 40;
    let Some(value) = value else { return html! {} };
    // Marks that reorder text make a value look like another one.
    let value = clean(value);
    if value.chars().count() <= MOST {
        return html! { (value) };
    }
    let start: String = value.chars().take(MOST).collect();
    html! { span title=(value.chars().take(2_000).collect::<String>()) { (start) "…" } }
}

fn preview(detail: &Detail) -> Markup {
    let preview = detail.preview;
    let shown = preview.columns.first().map_or(0, |column| column.values.len()) as u64;
    let (first, last) = (preview.offset, preview.offset + shown);
    let version = detail.shown.version;
    let at = |offset: u64| format!("?version={version}&offset={offset}#rows");
    html! {
        section aria-labelledby="rows" {
            div.head {
                h2 id="rows" { "Rows" }
                nav.pages aria-label="Pages of rows" {
                    @if first > 0 { a.button.small rel="prev" href=(at(first.saturating_sub(PREVIEW_ROWS))) { "Previous" } }
                    span.muted { (count((first + 1).min(last))) " to " (count(last)) " of " (count(preview.rows_total)) }
                    @if last < preview.rows_total { a.button.small rel="next" href=(at(last)) { "Next" } }
                }
            }
            div.scroll.tall tabindex="0" role="region" aria-label="Table of rows" { (table(&preview.columns, first)) }
        }
    }
}

fn table(columns: &[Column], first: u64) -> Markup {
    let rows = columns.first().map_or(0, |column| column.values.len());
    html! {
        table {
            thead { tr {
                th.number scope="col" { "Row" }
                @for column in columns { th scope="col" class=[column.values.column_type().is_numeric().then_some("number")] { (clean(&column.name)) } }
            } }
            tbody {
                @for row in 0..rows {
                    tr {
                        th.number.muted scope="row" { (count(first + 1 + row as u64)) }
                        @for column in columns {
                            td class=[column.values.column_type().is_numeric().then_some("number")] {
                                @match column.values.text(row) { Some(text) => (short(Some(&text))), None => span.null { "–" } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn versions(shell: &Shell, detail: &Detail, may_edit: bool) -> Markup {
    let (project, source) = (detail.project, detail.source);
    let action = format!("{}/sources/{}/rollback", path(project), source.name);
    html! {
        section aria-labelledby="versions" {
            h2 id="versions" { "Versions" }
            div.scroll tabindex="0" role="region" aria-label="Table of versions" {
                table {
                    thead { tr { th.number scope="col" { "Version" } th.number scope="col" { "Rows" } th.number scope="col" { "Size" }
                        th scope="col" { "Uploaded" } th scope="col" { "Note" } th scope="col" { span.vh { "State" } } } }
                    tbody {
                        @for version in detail.versions {
                            tr {
                                th.number scope="row" { a href=(format!("?version={}", version.version)) { (version.version) } }
                                td.number { (count(version.rows)) }
                                td.number { (bytes(version.size_bytes)) }
                                td { (ago(version.created_at, shell.now)) " by " (version.created_by) }
                                td { (clean(&version.note)) }
                                td {
                                    @if version.version == source.current.version { span.tag.good { "current" } }
                                    @else if may_edit {
                                        (button_form(shell, &action, &[("version", &version.version.to_string())],
                                            &html! { button.small type="submit" { "Make current" span.vh { " version " (version.version) } } }))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn deletion(shell: &Shell, project: &Project, source: &Source) -> Markup {
    html! {
        details {
            summary.button.danger { "Delete source" }
            form.card method="post" action=(format!("{}/sources/{}/delete", path(project), source.name)) {
                (form_token(shell))
                p { "All its versions go. Canvases that show it stay, and say that it is missing." }
                (text_field(&format!("Type {} to go on", source.name), "confirm", "", ""))
                button.danger type="submit" { "Delete source" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use impala_core::data::Values;

    use super::*;

    #[test]
    fn values_of_files_are_escaped() {
        let evil = "<img src=x onerror=alert(1)>".to_owned();
        let columns = [Column::new(evil.clone(), Values::String(vec![Some(evil), None]))];
        let text = table(&columns, 0).into_string();
        assert!(!text.contains("<img") && text.contains("&lt;img"), "{text}");
    }
}
