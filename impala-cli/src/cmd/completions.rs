//! `impala completions`

use crate::completion;
use crate::context::Context;
use crate::error::CliError;

/// Print completions for a shell
///
/// They know the names of your projects, sources and canvases, too: the shell asks impala, and that the server. Where it does
/// not answer at once, none are offered.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala completions bash > ~/.local/share/bash-completion/completions/impala
  impala completions zsh > ~/.zfunc/_impala    # with `fpath+=~/.zfunc` before `compinit` in ~/.zshrc
  impala completions fish > ~/.config/fish/completions/impala.fish")]
pub struct Args {
    /// bash, zsh, fish, elvish or powershell
    #[arg(value_parser = ["bash", "zsh", "fish", "elvish", "powershell"], hide_possible_values = true)]
    shell: String,
}

pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let script = completion::script(&args.shell)
        .map_err(|error| CliError::failed(format!("could not write the completions: {error}")))?;
    let script = script.ok_or_else(|| CliError::usage(format!("{} is not a known shell", args.shell)))?;
    context.printer.raw(&script)
}
