//! What the server says: whether it is reached and ready, its clock, who one is there, and whether the project is.

use std::time::Instant;

use impala_core::api::{Me, Scope};
use impala_core::client::{Client, ServerState};
use jiff::{SignedDuration, Timestamp};

use super::{Finding, State};
use crate::context::{Context, TOKEN_VARIABLE};
use crate::error::CliError;
use crate::printer::ago::minute;

/// A clock that is off by more than this makes expiries surprising. A `Date` header is good to a second.
const SKEW: SignedDuration = SignedDuration::from_secs(30);

/// Asks the server, as far as it can be asked.
pub async fn findings(context: &Context) -> Vec<Finding> {
    let client = match context.client() {
        Ok(client) => client.without_retries(),
        Err(error) => return vec![Finding::of("server", &error)],
    };
    let asked_at = Instant::now();
    let state = match client.ready().await {
        Ok(state) => state,
        Err(error) => return vec![Finding::of("server", &CliError::from(error))],
    };
    let mut findings = vec![reached(context, &state, asked_at)];
    findings.extend(clock(&state));
    match client.me().await {
        Ok(me) => {
            findings.push(account(context, &me));
            findings.push(match (&context.settings.project, unreading(&me)) {
                (Some(project), Some(why)) => {
                    Finding::new("project", State::Note, format!("{}, not looked at: {why}", project.value))
                }
                _ => project(context, &client).await,
            });
        }
        Err(error) => findings.push(Finding::of("account", &context.explain(error.into()))),
    }
    findings
}

fn reached(context: &Context, state: &ServerState, asked_at: Instant) -> Finding {
    let own = env!("CARGO_PKG_VERSION");
    let version = state.version.as_deref().unwrap_or("of unknown version");
    let elapsed_ms = asked_at.elapsed().as_millis();
    let found = format!("{} is ready, impala {version}, answered in {elapsed_ms} ms", context.server());
    if state.version.as_deref().is_some_and(|version| version != own) {
        let hint = format!("this program is {own}: what only one of them knows will be refused");
        return Finding::new("server", State::Warning, found).hint(hint);
    }
    Finding::new("server", State::Ok, found)
}

fn clock(state: &ServerState) -> Option<Finding> {
    let off = Timestamp::now().duration_since(state.clock?);
    if off.abs() <= SKEW {
        return Some(Finding::new("clock", State::Ok, "agrees with the server's"));
    }
    let word = if off.is_positive() { "ahead of" } else { "behind" };
    let found = format!("{} s {word} the server's", off.abs().as_secs());
    Some(
        Finding::new("clock", State::Warning, found)
            .hint("set it by NTP, here or there: expiries depend on it"),
    )
}

fn account(context: &Context, me: &Me) -> Finding {
    let from = match &context.token {
        Some(_) => TOKEN_VARIABLE.to_owned(),
        None => context.store().path().display().to_string(),
    };
    let how = match &me.token {
        Some(token) => {
            let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
            let only = token.project.as_ref().map(|project| format!(", only {project}")).unwrap_or_default();
            let end = token.expires_at.map(|end| format!(", until {}", minute(end))).unwrap_or_default();
            format!("API token \"{}\" ({}{only}{end})", token.name, scopes.join(", "))
        }
        None => "session".to_owned(),
    };
    Finding::new("account", State::Ok, format!("{} by {how} from {from}", me.user.username))
}

/// Why a token is not asked for a project: one that may only upload is as it should be.
fn unreading(me: &Me) -> Option<String> {
    let token = me.token.as_ref().filter(|token| !token.scopes.contains(&Scope::Read))?;
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
    Some(format!("the token may {} and not read", scopes.join(", ")))
}

async fn project(context: &Context, client: &Client) -> Finding {
    if context.settings.project.is_none() {
        return Finding::new("project", State::Note, "none was chosen")
            .hint("`impala project use OWNER/SLUG` chooses one");
    }
    let found = async {
        let address = context.project(client).await?;
        Ok(client.project(&address.owner, &address.slug).await?)
    };
    match found.await {
        Ok(project) => {
            let found = format!("{}/{}, you are its {}", project.owner, project.slug, project.role.as_str());
            Finding::new("project", State::Ok, found)
        }
        Err(error) => {
            Finding::of("project", &CliError::hint_if_missing(error, "`impala project list` shows yours"))
        }
    }
}
