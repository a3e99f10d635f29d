//! `impala tui`

use impala_tui::{Flags, Target};

use crate::context::Context;
use crate::error::CliError;
use crate::terminal_canvas::{self, Kept};

/// Read and edit canvases here, in the terminal
///
/// It opens your projects, or what PROJECT, OWNER/PROJECT, PROJECT/CANVAS or OWNER/PROJECT/CANVAS names. ? shows the
/// keys, : finds any command, @ shows what the command line would have been.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala tui
  impala tui weather
  impala tui weather/seattle-weather --theme light
  impala tui --keys > ~/.config/impala/keys.toml    Keys as a file, to be changed

Keys come from keys.toml in the folder of config.toml. IMPALA_MOUSE=off leaves the mouse to the terminal.")]
pub struct Args {
    /// What to open
    #[arg(value_name = "PROJECT[/CANVAS]")]
    target: Option<String>,
    #[command(flatten)]
    flags: Flags,
    /// Print the default keys as such a file
    #[arg(long)]
    keys: bool,
}

pub fn run(args: Args, context: &Context) -> Result<(), CliError> {
    if args.keys {
        return context.printer.print(&impala_tui::keymap_help());
    }
    impala_tui::check_terminal().map_err(|why| CliError::usage(why).hint(impala_tui::NO_TERMINAL_HINT))?;
    let project = context.settings.project.as_ref().map(|project| project.value.clone());
    let target = args.target.as_deref().or(project.as_deref()).map(Target::read).unwrap_or_default();
    let setup = terminal_canvas::setup(args.flags, target, context);
    let home = Kept::new(context)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::failed(format!("could not start: {error}")))?;
    let result = runtime.block_on(terminal_canvas::run(setup, home));
    runtime.shutdown_background();
    result
}
