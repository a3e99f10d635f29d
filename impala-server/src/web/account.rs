//! The user's own page: password and API tokens.

use impala_core::api::{ApiToken, Problem, Scope};
use maud::{Markup, html};

use super::Shell;
use super::frame::{Page, page};
use super::parts::{ago, button_form, form_token, problem, text_field, until};

/// What the page shows.
pub struct Account<'a> {
    /// The existing ones.
    pub tokens: &'a [ApiToken],
    /// The secret of one that was made just now.
    pub made: Option<&'a str>,
    /// What went wrong with the last form.
    pub fault: Option<&'a Problem>,
}

/// The page.
pub fn account(shell: &Shell, account: &Account) -> Markup {
    let username = shell.username.clone().unwrap_or_default();
    let crumbs = [(username, "/account".to_owned())];
    let main = html! {
        div.narrow {
            h1 { "Account" }
            @if let Some(fault) = account.fault { (problem(fault)) }
            @if let Some(secret) = account.made {
                div.notice.good role="status" {
                    p { strong { "This is the token. It is shown only now." } }
                    p.secret { code id="secret" { (secret) } " " button.needs-script type="button" data-copy="secret" { "Copy" } }
                }
            }
            (tokens(shell, account.tokens))
            (password(shell))
        }
    };
    page(shell, &Page { title: "Account", crumbs: &crumbs, ..Page::default() }, &main)
}

fn tokens(shell: &Shell, tokens: &[ApiToken]) -> Markup {
    html! {
        section aria-labelledby="tokens" {
            h2 id="tokens" { "API tokens" }
            p.hint { "For scripts and CI: they may do no more than their scopes say." }
            @if !tokens.is_empty() {
                div.scroll tabindex="0" role="region" aria-label="Table of API tokens" {
                    table {
                        thead { tr { th scope="col" { "Name" } th scope="col" { "May" } th scope="col" { "Project" }
                            th scope="col" { "Last used" } th scope="col" { "Ends" } th scope="col" { span.vh { "Revoke" } } } }
                        tbody { @for token in tokens { (row(shell, token)) } }
                    }
                }
            }
            details {
                summary.button { "New token" }
                form.card method="post" action="/account/tokens" {
                    (form_token(shell))
                    (text_field("Name", "name", "", "What it is for"))
                    fieldset {
                        legend { "May" }
                        @for (scope, what) in SCOPES {
                            label.check { input type="checkbox" name="scope" value=(scope.as_str()) checked[scope == Scope::Read]; " " (what) }
                        }
                    }
                    (text_field("Project", "project", "", "OWNER/SLUG or SLUG; all projects when empty"))
                    (text_field("Days until it ends", "days", "90", "Never when empty"))
                    button.primary type="submit" { "Make token" }
                }
            }
        }
    }
}

const SCOPES: [(Scope, &str); 4] = [
    (Scope::Read, "read"),
    (Scope::Upload, "upload: new versions of sources"),
    (Scope::Write, "write: change sources and canvases"),
    (Scope::Admin, "admin: all that you may do"),
];

fn row(shell: &Shell, token: &ApiToken) -> Markup {
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
    let label = format!("Revoke {}", token.name);
    html! {
        tr {
            th scope="row" { (token.name) }
            td { (scopes.join(", ")) }
            td { (token.project.as_deref().unwrap_or("all")) }
            td { @match token.last_used_at { Some(at) => (ago(at, shell.now)), None => "never" } }
            td { (until(token.expires_at, shell.now)) }
            td { (button_form(shell, "/account/tokens/revoke", &[("id", &token.id.to_string())],
                &html! { button.small.danger type="submit" aria-label=(label) { "Revoke" } })) }
        }
    }
}

fn password(shell: &Shell) -> Markup {
    html! {
        section aria-labelledby="password-heading" {
            h2 id="password-heading" { "Password" }
            form.card method="post" action="/account/password" {
                (form_token(shell))
                input type="hidden" name="username" autocomplete="username" value=(shell.username.as_deref().unwrap_or_default());
                div.field { label for="current" { "Current password" }
                    input id="current" name="current" type="password" required autocomplete="current-password"; }
                div.field { label for="new" { "New password" }
                    input id="new" name="new" type="password" required minlength="8" autocomplete="new-password"; }
                p.hint { "All your sessions end, on every machine. API tokens stay." }
                button type="submit" { "Change password" }
            }
        }
    }
}
