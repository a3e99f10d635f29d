//! `impala completions`

use clap_complete::Shell;

use crate::context::Context;
use crate::error::CliError;

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala completions bash > ~/.local/share/bash-completion/completions/impala
  impala completions zsh > ~/.zfunc/_impala
  impala completions fish > ~/.config/fish/completions/impala.fish")]
pub struct Args {
    /// bash, zsh, fish, elvish or powershell
    #[arg(value_enum)]
    shell: Shell,
}

pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::whole_command(), "impala", &mut script);
    context.printer.raw(&script)
}
