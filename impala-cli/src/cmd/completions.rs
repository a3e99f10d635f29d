//! `impala completions`

use clap_complete::env::Shells;

use crate::context::Context;
use crate::error::CliError;

/// Print completions for a shell
///
/// They know the names of your projects, sources and canvases, too: the shell asks impala, and that the server. Where it does
/// not answer at once, none are offered.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala completions bash > ~/.local/share/bash-completion/completions/impala
  impala completions zsh > ~/.zfunc/_impala
  impala completions fish > ~/.config/fish/completions/impala.fish")]
pub struct Args {
    /// bash, zsh, fish, elvish or powershell
    #[arg(value_parser = ["bash", "zsh", "fish", "elvish", "powershell"], hide_possible_values = true)]
    shell: String,
}

pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let mut script = Vec::new();
    let shells = Shells::builtins();
    let shell = shells
        .completer(&args.shell)
        .ok_or_else(|| CliError::usage(format!("{} is no known shell", args.shell)))?;
    shell
        .write_registration(crate::COMPLETE_VARIABLE, "impala", "impala", "impala", &mut script)
        .map_err(|error| CliError::failed(format!("could not write the completions: {error}")))?;
    context.printer.raw(&script)
}
