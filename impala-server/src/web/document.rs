//! The document of a canvas, to be changed as text.

use impala_core::api::Problem;
use maud::{Markup, html};

use super::Shell;
use super::frame::{Page, page};
use super::parts::{form_token, problem};

/// All that the form shows.
pub struct DocumentForm<'a> {
    /// Back to the canvas.
    pub canvas: &'a str,
    /// Its name.
    pub slug: &'a str,
    /// The document, or what was typed.
    pub text: &'a str,
    /// The state that the change is made on.
    pub etag: &'a str,
    /// What is wrong.
    pub fault: Option<&'a Problem>,
    /// The way to it.
    pub crumbs: &'a [(String, String)],
}

/// The form.
pub fn document(shell: &Shell, form: &DocumentForm) -> Markup {
    let is_stale = form.fault.is_some_and(|fault| fault.current.is_some());
    let main = html! {
        div.column {
            h1 { "Document of " (form.slug) }
            @if let Some(fault) = form.fault { (problem(fault)) }
            form method="post" action=(format!("{}/edit", form.canvas)) {
                (form_token(shell))
                input type="hidden" name="etag" value=(form.etag);
                div.field {
                    label for="document" { "YAML" }
                    textarea.code id="document" name="document" rows="32" spellcheck="false" autocomplete="off" { "\n" (form.text) }
                    p.hint { "The same as " code { "impala canvas pull " (form.slug) } " and " code { "apply" } "." }
                }
                p.buttons {
                    button.primary type="submit" { @if is_stale { "Save over it" } @else { "Save" } }
                    " " a.button href=(form.canvas) { "Cancel" }
                }
            }
        }
    };
    page(
        shell,
        &Page { title: &format!("Document of {}", form.slug), crumbs: form.crumbs, ..Page::default() },
        &main,
    )
}
