//! The frame of every page: head, bar, foot; and the pages that only show a message.

use impala_core::api::Problem;
use impala_render::format::clean;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::parts::{form_token, problem as problem_box, refused, sentence};
use super::{Shell, encode};
use crate::http::web::assets;

/// One page.
pub struct Page<'a> {
    /// What it is called.
    pub title: &'a str,
    /// The way to it: words and addresses. The last is the page itself.
    pub crumbs: &'a [(String, String)],
    /// Which scripts it has besides the one that all have.
    pub scripts: &'a [&'a assets::Asset],
    /// Additions to its head.
    pub head: Markup,
    /// Classes of its body: `wide`.
    pub class: &'a str,
}

impl Default for Page<'_> {
    fn default() -> Self {
        Self { title: "Impala", crumbs: &[], scripts: &[], head: html! {}, class: "" }
    }
}

/// A whole page.
pub fn page(shell: &Shell, page: &Page, main: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" data-theme=[shell.theme.as_deref()] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                @if !shell.form_token.is_empty() { meta name="form-token" content=(shell.form_token); }
                title { (clean(page.title)) @if page.title != "Impala" { " · Impala" } }
                link rel="icon" href=(assets::ICON.url()) type="image/svg+xml";
                link rel="stylesheet" href=(assets::STYLE.url());
                @if !page.class.starts_with("canvas") { link rel="stylesheet" href=(assets::PAGES.url()); }
                script src=(assets::BASE.url()) defer {}
                @for script in page.scripts { script src=(script.url()) defer {} }
                (page.head)
            }
            body class=[(!page.class.is_empty()).then_some(page.class)] {
                a.skip href="#main" { "Skip to content" }
                (bar(shell, page.crumbs))
                main id="main" tabindex="-1" { (main) }
                div.live role="status" aria-live="polite" id="live" {}
            }
        }
    }
}

fn bar(shell: &Shell, crumbs: &[(String, String)]) -> Markup {
    html! {
        header.bar {
            a.brand href="/" { (mark()) span { "Impala" } }
            @if !crumbs.is_empty() {
                nav.crumbs aria-label="Where you are" {
                    ol {
                        @for (index, (word, path)) in crumbs.iter().enumerate() {
                            li {
                                @if index + 1 == crumbs.len() { span aria-current="page" { (clean(word)) } }
                                @else { a href=(path) { (clean(word)) } }
                            }
                        }
                    }
                }
            }
            nav.account aria-label="Account" {
                button.icon.needs-script type="button" data-theme-switch="" aria-label="Switch between light and dark" { (half_moon()) }
                @match &shell.username {
                    Some(username) => {
                        a href="/account" { (username) }
                        form.inline method="post" action="/logout" {
                            (form_token(shell))
                            button.link type="submit" { "Sign out" }
                        }
                    }
                    None => {
                        a href="/login" { "Sign in" }
                        @if shell.may_register { a href="/register" { "Register" } }
                    }
                }
            }
        }
    }
}

/// The horns of an impala, as a chart that rises.
fn mark() -> Markup {
    PreEscaped(
        "<svg class=mark viewBox='0 0 24 24' width=22 height=22 aria-hidden=true><path d='M5 2c-2 7 1 11 6 12M19 2c2 7-1 11-6 12M12 13v9' fill=none stroke=currentColor stroke-width=2.4 stroke-linecap=round /></svg>"
            .to_owned(),
    )
}

fn half_moon() -> Markup {
    PreEscaped(
        "<svg viewBox='0 0 16 16' width=16 height=16 aria-hidden=true><circle cx=8 cy=8 r=6 fill=none stroke=currentColor stroke-width=1.5 /><path d='M8 2a6 6 0 0 1 0 12z' fill=currentColor /></svg>"
            .to_owned(),
    )
}

/// Links from a page that does not exist to those above it, by its path; the last is what is called `heading`.
///
/// A page that is not found has none: it is unknown which of those above it exist.
fn ways(path: &str, status: u16) -> Vec<(String, String)> {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let way = |word: &str, length: usize| (word.to_owned(), format!("/{}", parts[..length].join("/")));
    let mut ways = match parts.as_slice() {
        _ if status == 404 => Vec::new(),
        ["s", _, _, ..] => vec![way("Shared canvas", 2)],
        [owner, slug, "canvases" | "sources", name, ..] => {
            vec![way(&format!("{owner}/{slug}"), 2), way(name, 4)]
        }
        [owner, slug, _, ..] => vec![way(&format!("{owner}/{slug}"), 2)],
        _ => Vec::new(),
    };
    if !ways.is_empty() {
        ways.push((heading(status).to_owned(), String::new()));
    }
    ways
}

/// What went wrong at a path, as a page. `back`: the page whose form it was.
pub fn problem(shell: Option<&Shell>, problem: &Problem, path: &str, back: Option<&str>) -> Markup {
    let crumbs = ways(path, problem.status);
    let above = crumbs.iter().rev().nth(1);
    let main = html! {
        div.narrow {
            h1 { (heading(problem.status)) }
            @if back.is_some() { (problem_box(problem)) } @else { (refused(problem)) }
            p.buttons {
                @match (back, above) {
                    (Some(back), _) => a.button.primary href=(back) { "Back" },
                    (None, Some((word, path))) => a.button.primary href=(path) { "Back to " (clean(word)) },
                    (None, None) => {}
                }
                a.button href="/" { "To the start" }
            }
            @if let Some(id) = &problem.request_id { p.hint { "Request " code { (id) } } }
        }
    };
    match shell {
        Some(shell) => {
            page(shell, &Page { title: heading(problem.status), crumbs: &crumbs, ..Page::default() }, &main)
        }
        None => main,
    }
}

/// A heading for a status.
fn heading(status: u16) -> &'static str {
    match status {
        403 => "Not allowed",
        404 | 405 => "Not here",
        409 | 412 => "Someone else was faster",
        413 => "Too large",
        429 => "Too many at once",
        400..500 => "That did not work",
        503 => "Not now",
        _ => "The server failed",
    }
}

/// Loads the page once more from here, so that the browser shows its cookie.
pub fn again(path: &str) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="color-scheme" content="light dark";
                meta http-equiv="refresh" content=(format!("0;url={path}"));
                title { "Impala" }
            }
            body { p { a href=(path) { "Continue" } } }
        }
    }
}

/// What this server is, for those who have not signed in.
/// `is_new`: nobody has registered yet.
pub fn landing(shell: &Shell, is_new: bool) -> Markup {
    let is_for_new = is_new && shell.may_register;
    let main = html! {
        div.narrow.landing {
            h1 { "The analysis canvas for people who live in a terminal" }
            p.lead { "Scripts and people push CSV files here; canvases of charts, tables, numbers and text say what the files mean. \
                Read and edit them in a terminal, in a CI log, or on this page." }
            p {
                @if is_for_new { a.button.primary href="/register" { "Register" } " " }
                a.button.primary[!is_for_new] href="/login" { "Sign in" }
                @if shell.may_register && !is_for_new { " " a.button href="/register" { "Register" } }
            }
            h2 { "From a terminal" }
            pre { "impala register --server " i { "this address" } " --username " i { "you" } "\n\
                impala project create first\n\
                impala upload sales.csv --project first\n\
                impala source preview sales --project first\n\
                impala canvas create overview --project first\n\
                impala block add overview --source sales --value 'count()' --project first\n\
                impala canvas show overview --project first" }
            h2 { "From a program" }
            p { a href="/docs" { "The API, route by route" } ", and the same as an " a href="/api/openapi.json" { "OpenAPI 3.1 document" } "." }
        }
    };
    page(shell, &Page::default(), &main)
}

/// Where to go after a sign-in: a path of this server, whatever was asked for.
pub fn way_back(next: &str) -> String {
    let is_ours =
        next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n', '\r', '\t']);
    if is_ours { next.to_owned() } else { "/".to_owned() }
}

/// The form to sign in or to register.
pub fn credentials(
    shell: &Shell,
    is_new: bool,
    username: &str,
    next: &str,
    fault: Option<&Problem>,
) -> Markup {
    let (title, path) = if is_new { ("Register", "/register") } else { ("Sign in", "/login") };
    let (other, other_path) =
        if is_new { ("Sign in instead", "/login") } else { ("Register instead", "/register") };
    let main = html! {
        div.narrow.small-form {
            h1 { (title) }
            @if let Some(fault) = fault { (problem_box(fault)) }
            form method="post" action=(path) {
                input type="hidden" name="next" value=(next);
                div.field {
                    label for="username" { "Username" }
                    input id="username" name="username" value=(username) required autofocus[username.is_empty()]
                        autocomplete="username" autocapitalize="none" spellcheck="false"
                        aria-describedby=[is_new.then_some("username-hint")];
                    @if is_new { p.hint id="username-hint" { "3 to 32 of a-z, 0-9, - and _" } }
                }
                div.field {
                    label for="password" { "Password" }
                    input id="password" name="password" type="password" required
                        minlength=[is_new.then_some("8")] autofocus[!username.is_empty()]
                        autocomplete=(if is_new { "new-password" } else { "current-password" })
                        aria-describedby=[is_new.then_some("password-hint")];
                    @if is_new { p.hint id="password-hint" { "8 characters or more" } }
                }
                button.primary type="submit" { (title) }
            }
            @if is_new || shell.may_register {
                p { a href=(format!("{other_path}?next={}", encode(next))) { (other) } }
            }
        }
    };
    page(shell, &Page { title, ..Page::default() }, &main)
}

/// A page that says one thing.
pub fn said(shell: &Shell, title: &str, text: &str) -> Markup {
    let main = html! { div.narrow { h1 { (title) } p { (sentence(text)) } } };
    page(shell, &Page { title, ..Page::default() }, &main)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_has_ways_to_the_pages_above_it() {
        let check = |path: &str, status: u16, expected: &[&str]| {
            let paths: Vec<String> = ways(path, status).into_iter().map(|(_, path)| path).collect();
            assert_eq!(paths, expected, "{path}");
        };
        check("/ann/p/canvases/rain/edit", 403, &["/ann/p", "/ann/p/canvases/rain", ""]);
        check("/ann/p/canvases/rain", 422, &["/ann/p", "/ann/p/canvases/rain", ""]);
        check("/ann/p/members", 403, &["/ann/p", ""]);
        check("/s/secret/blocks/rain", 422, &["/s/secret", ""]);
        check("/ann/p/canvases/rain", 404, &[]);
        check("/account", 403, &[]);
    }

    #[test]
    fn the_way_back_leads_nowhere_else() {
        let check = |next: &str, expected: &str| assert_eq!(way_back(next), expected, "{next}");
        check("/ann/p?param.a=1", "/ann/p?param.a=1");
        for elsewhere in
            ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/\t/x"]
        {
            check(elsewhere, "/");
        }
    }
}
