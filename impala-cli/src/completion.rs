//! What a shell offers when someone presses Tab: commands, topics of help, words and fields of flags; names that only the
//! server knows are in `names`.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::Path;

use clap::{Arg, Command};
use clap_complete::CompleteEnv;
use clap_complete::engine::{
    ArgValueCandidates, ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter as _,
};
use clap_complete::env::{Bash, Elvish, EnvCompleter, Fish, Powershell, Shells, Zsh};
use impala_core::api::Scope;
use impala_core::block::{BlockType, ChartMark};
use impala_core::source::InputFormat;

use crate::printer::JsonFields;
use crate::{names, topics};

/// Set by the scripts of `impala completions` when a shell asks what could come next.
const VARIABLE: &str = "IMPALA_COMPLETE";

const SHELLS: Shells<'static> =
    Shells(&[&Calm(&Bash), &Calm(&Elvish), &Calm(&Fish), &Calm(&Powershell), &Calm(&Zsh)]);

/// Answers a shell that asks, and ends the process then.
pub fn answer() {
    CompleteEnv::with_factory(tree).var(VARIABLE).shells(SHELLS).complete();
}

/// The script that has a shell ask; `None` for one that is not known.
///
/// # Errors
/// None that a buffer has.
pub fn script(shell: &str) -> io::Result<Option<Vec<u8>>> {
    let mut script = Vec::new();
    let Some(shell) = SHELLS.completer(shell) else { return Ok(None) };
    shell.write_registration(VARIABLE, "impala", "impala", "impala", &mut script)?;
    Ok(Some(script))
}

fn tree() -> Command {
    with_help(below(names::complete_names(crate::whole_command())))
}

/// A shell to which flags are offered only once one is begun, or where nothing else could stand: a name is what most people
/// want, and one name alone is put in at once.
struct Calm(&'static dyn EnvCompleter);

/// zsh takes a file of its `fpath` for the body of the function that completes, and runs it at the first Tab.
const ZSH_AUTOLOADED: &str = r#"
if [[ ${funcstack[1]-} == _impala ]]; then
    _clap_dynamic_completer_impala "$@"
fi
"#;

impl EnvCompleter for Calm {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn is(&self, name: &str) -> bool {
        self.0.is(name)
    }

    fn write_registration(
        &self,
        var: &str,
        name: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        self.0.write_registration(var, name, bin, completer, buf)?;
        let more = if self.is("zsh") { ZSH_AUTOLOADED } else { "" };
        buf.write_all(more.as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut Command,
        words: Vec<OsString>,
        folder: Option<&Path>,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        let variable = |name| std::env::var(name).ok();
        let index = variable("_CLAP_COMPLETE_INDEX").and_then(|text| text.parse().ok());
        let typed = words.get(index.unwrap_or(words.len().saturating_sub(1))).cloned().unwrap_or_default();
        let mut offered = Vec::new();
        self.0.write_complete(command, words, folder, &mut offered)?;
        if typed.to_string_lossy().starts_with('-') {
            return buf.write_all(&offered);
        }
        let separator = variable("_CLAP_IFS").unwrap_or_else(|| "\n".to_owned());
        buf.write_all(
            calm(&String::from_utf8_lossy(&offered), &separator, names::were_asked_for()).as_bytes(),
        )
    }
}

/// What is left of an offer without its flags; all of it where that is nothing, unless a name is what could stand there.
fn calm(offered: &str, separator: &str, is_name: bool) -> String {
    let others: Vec<&str> = offered.split(separator).filter(|one| !one.starts_with('-')).collect();
    let has_others = others.iter().any(|one| !one.is_empty());
    if has_others || is_name { others.join(separator) } else { offered.to_owned() }
}

/// Adds `impala help`, which is not a command to clap: what stands behind it is a command, or a topic.
fn with_help(command: Command) -> Command {
    let mut help = names_of(&command).name("help").about("Help on a command or a topic");
    for (name, text) in topics::TOPICS {
        help = help.subcommand(Command::new(name).about(text.lines().next().unwrap_or_default()));
    }
    command.subcommand(help)
}

/// A command and those below it, without what they take.
fn names_of(command: &Command) -> Command {
    let bare = Command::new(command.get_name().to_owned()).disable_help_subcommand(true);
    let bare = command.get_about().cloned().into_iter().fold(bare, Command::about);
    bare.subcommands(command.get_subcommands().map(names_of))
}

/// Lets the flags of a command and of those below it complete their words.
fn below(command: Command) -> Command {
    let fields = command.get::<JsonFields>().copied();
    let command = command.mut_args(|arg| match (arg.get_id().as_str(), fields) {
        ("json", Some(JsonFields(fields))) => arg.add(listing(fields)),
        ("report", _) => arg.add(ArgValueCompleter::new(reports)),
        (id, _) => with_words(id).into_iter().fold(arg, Arg::add),
    });
    let children: Vec<String> = command.get_subcommands().map(|child| child.get_name().to_owned()).collect();
    children.into_iter().fold(command, |command, child| command.mut_subcommand(child, below))
}

/// The words of a flag that clap does not know, since a type of ours reads them.
fn with_words(id: &str) -> Option<ArgValueCandidates> {
    let words: Vec<&'static str> = match id {
        "mark" => ChartMark::ALL.iter().map(|mark| mark.as_str()).collect(),
        "block_type" => BlockType::ALL.iter().map(|kind| kind.as_str()).collect(),
        "scope" => Scope::ALL.iter().map(|scope| scope.as_str()).collect(),
        "input_format" => InputFormat::ALL.iter().map(|format| format.as_str()).collect(),
        _ => return None,
    };
    Some(ArgValueCandidates::new(move || words.iter().map(CompletionCandidate::new).collect()))
}

/// Fields, and behind a comma those that are not named yet.
fn listing(fields: &'static [&'static str]) -> ArgValueCompleter {
    ArgValueCompleter::new(move |typed: &OsStr| {
        let typed = typed.to_string_lossy();
        let (named, begun) = typed.rsplit_once(',').map_or(("", &*typed), |(named, begun)| (named, begun));
        let before = if named.is_empty() { String::new() } else { format!("{named},") };
        let is_open = |field: &&str| field.starts_with(begun) && named.split(',').all(|one| one != *field);
        let all = named.is_empty().then_some("all");
        let words = fields.iter().copied().chain(all).filter(is_open);
        words.map(|word| CompletionCandidate::new(format!("{before}{word}"))).collect()
    })
}

/// Kinds of reports, and the files that some of them go into.
fn reports(typed: &OsStr) -> Vec<CompletionCandidate> {
    let text = typed.to_string_lossy();
    if let Some((kind, file)) = text.split_once('=') {
        let files = PathCompleter::any().complete(OsStr::new(file));
        return files.into_iter().map(|file| file.add_prefix(format!("{kind}="))).collect();
    }
    let kinds = ["github", "github=", "junit=", "markdown", "markdown="]
        .into_iter()
        .filter(|kind| kind.starts_with(&*text));
    kinds.map(CompletionCandidate::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_wait_until_nothing_else_could_stand_there() {
        let check = |offered: &str, is_name: bool, expected: &str| {
            assert_eq!(
                calm(&offered.replace(' ', "\n"), "\n", is_name).replace('\n', " "),
                expected,
                "{offered}"
            );
        };
        check("weather --all -h ", true, "weather ");
        check("show list --help", false, "show list");
        check("--all -h", false, "--all -h");
        check("--all -h", true, "");
        check("", false, "");
    }
}
