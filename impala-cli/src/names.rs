//! Names that a shell completes: projects, sources, canvases and previews, as the server has them now.
//!
//! A shell waits while it completes, so the server is asked once, and for a moment only; when it does not answer, nothing
//! is offered, and nothing is said.

use std::ffi::{OsStr, OsString};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::{Arg, Command};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use impala_core::client::Client;

use crate::args::Global;
use crate::context::{Context, ProjectAddress};
use crate::error::CliError;

/// How long a shell may wait, where [`PATIENCE_VARIABLE`] does not say it.
const PATIENCE: Duration = Duration::from_millis(1500);
const PATIENCE_VARIABLE: &str = "IMPALA_COMPLETE_TIMEOUT_MS";

static WERE_ASKED_FOR: AtomicBool = AtomicBool::new(false);

/// Whether a name is what could come next, be there any or not.
pub fn were_asked_for() -> bool {
    WERE_ASKED_FOR.load(Ordering::Relaxed)
}

fn patience() -> Duration {
    let said = std::env::var(PATIENCE_VARIABLE).ok().and_then(|text| text.parse().ok());
    said.map_or(PATIENCE, Duration::from_millis)
}

/// What a name is a name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Project,
    Source,
    Canvas,
    Preview,
}

/// Lets every argument that takes such a name complete it.
pub fn complete_names(command: Command) -> Command {
    complete_below(command, "")
}

fn complete_below(command: Command, parent: &str) -> Command {
    let parent_of_children = command.get_name().to_owned();
    let is_leaf = !command.has_subcommands();
    let parent = parent.to_owned();
    let command =
        command.mut_args(|arg| match kind_of(&arg, &parent).filter(|_| is_leaf || arg.is_global_set()) {
            Some(kind) => completing(arg, kind),
            None => arg,
        });
    let names: Vec<String> = command.get_subcommands().map(|child| child.get_name().to_owned()).collect();
    names.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, |child| complete_below(child, &parent_of_children))
    })
}

/// What an argument names, by its own name and the command above its own.
fn kind_of(arg: &Arg, parent: &str) -> Option<Kind> {
    match (arg.get_id().as_str(), parent) {
        ("project", _) | ("name" | "project_name", "project") => Some(Kind::Project),
        ("source" | "sources", _) => Some(Kind::Source),
        ("canvas" | "canvases", _) => Some(Kind::Canvas),
        ("preview", _) => Some(Kind::Preview),
        _ => None,
    }
}

fn completing(arg: Arg, kind: Kind) -> Arg {
    arg.add(ArgValueCompleter::new(move |typed: &OsStr| {
        WERE_ASKED_FOR.store(true, Ordering::Relaxed);
        let typed = typed.to_string_lossy();
        let names = names(kind).unwrap_or_default();
        names.into_iter().filter(|name| name.starts_with(&*typed)).map(CompletionCandidate::new).collect()
    }))
}

fn names(kind: Kind) -> Option<Vec<String>> {
    let context = Context::new(&typed_so_far(std::env::args_os())).ok()?;
    let client = context.client().ok()?.without_retries();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let asked = async { tokio::time::timeout(patience(), ask(kind, &context, &client)).await };
    runtime.block_on(asked).ok()?.ok()
}

async fn ask(kind: Kind, context: &Context, client: &Client) -> Result<Vec<String>, CliError> {
    if kind == Kind::Project {
        let projects = client.projects().await?;
        return Ok(projects.iter().map(|project| format!("{}/{}", project.owner, project.slug)).collect());
    }
    let ProjectAddress { owner, slug } = context.project(client).await?;
    Ok(match kind {
        Kind::Source => client.sources(&owner, &slug).await?.into_iter().map(|source| source.name).collect(),
        Kind::Preview => {
            client.previews(&owner, &slug).await?.into_iter().map(|preview| preview.name).collect()
        }
        _ => client.canvases(&owner, &slug).await?.into_iter().map(|canvas| canvas.slug).collect(),
    })
}

/// The flags on the line being typed that say where to look. The line may not parse yet.
fn typed_so_far(arguments: impl Iterator<Item = OsString>) -> Global {
    let words: Vec<String> = arguments.filter_map(|word| word.into_string().ok()).collect();
    let value = |names: &[&str]| {
        let is_flag = |word: &str| names.contains(&word);
        let after = words.iter().position(|word| is_flag(word)).and_then(|at| words.get(at + 1)).cloned();
        let joined = || words.iter().find_map(|word| word.split_once('=').filter(|(name, _)| is_flag(name)));
        after.or_else(|| joined().map(|(_, value)| value.to_owned()))
    };
    Global {
        server: value(&["--server"]),
        project: value(&["--project", "-P"]),
        profile: value(&["--profile"]),
        ..Global::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_found_on_an_unfinished_line() {
        let line =
            "impala -- impala canvas render -P ann/weather --server=http://127.0.0.1:1 --profile work se";
        let found = typed_so_far(line.split(' ').map(OsString::from));
        assert_eq!(found.project.as_deref(), Some("ann/weather"));
        assert_eq!(found.server.as_deref(), Some("http://127.0.0.1:1"));
        assert_eq!(found.profile.as_deref(), Some("work"));
    }
}
