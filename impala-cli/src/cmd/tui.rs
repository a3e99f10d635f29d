//! `impala tui`

use std::io::IsTerminal as _;
use std::path::PathBuf;

use impala_tui::{Graphics, Setup, Target, Theme};

use crate::context::Context;
use crate::error::{CliError, Exit};
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
    /// Change nothing, whatever the account may do
    #[arg(long)]
    read_only: bool,
    #[command(flatten)]
    look: LookArgs,
    /// File of keys
    #[arg(long, value_name = "FILE")]
    keymap: Option<PathBuf>,
    /// Print the default keys as such a file
    #[arg(long)]
    keys: bool,
}

/// How the terminal canvas looks.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct LookArgs {
    /// Colors for a dark or a light terminal; auto asks it
    #[arg(long, value_name = "THEME", value_enum)]
    theme: Option<ThemeChoice>,
    /// Show charts as pictures where the terminal can: auto asks it, off draws them in characters
    #[arg(long, value_name = "WAY", value_enum)]
    graphics: Option<GraphicsChoice>,
    /// Draw with ASCII only
    #[arg(long)]
    ascii: bool,
    /// Leave the mouse to the terminal, which then selects text with it
    #[arg(long)]
    no_mouse: bool,
}

/// `--theme`.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
pub enum ThemeChoice {
    /// As the terminal says
    #[default]
    Auto,
    /// Light text on dark
    Dark,
    /// Dark text on light
    Light,
}

/// `--graphics`.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
pub enum GraphicsChoice {
    /// Kitty's, iTerm2's or sixel, as the terminal says
    Auto,
    /// Characters only
    #[default]
    Off,
    /// Kitty's, with placeholders
    Kitty,
    /// Sixel
    Sixel,
}

impl LookArgs {
    /// A setup that opens `target`.
    pub fn setup(self, target: Target, context: &Context) -> Setup {
        let is_off =
            std::env::var("IMPALA_MOUSE").is_ok_and(|value| matches!(value.as_str(), "off" | "0" | "false"));
        Setup {
            target,
            theme: match self.theme.unwrap_or_default() {
                ThemeChoice::Auto => Theme::Auto,
                ThemeChoice::Dark => Theme::Dark,
                ThemeChoice::Light => Theme::Light,
            },
            ink: crate::picture::Style::of(context).ink(),
            graphics: match self.graphics.unwrap_or_default() {
                GraphicsChoice::Auto => Graphics::Auto,
                GraphicsChoice::Off => Graphics::Off,
                GraphicsChoice::Kitty => Graphics::Kitty,
                GraphicsChoice::Sixel => Graphics::Sixel,
            },
            is_ascii: self.ascii,
            has_mouse: !self.no_mouse && !is_off,
            is_read_only: false,
            keymap: Some(context.settings.folder.join("keys.toml")),
            notes: Vec::new(),
        }
    }
}

pub fn run(args: Args, context: &Context) -> Result<(), CliError> {
    if args.keys {
        return context.printer.print(&impala_tui::keymap_help());
    }
    if !std::io::stdout().is_terminal() {
        return Err(CliError::usage("the terminal canvas needs a terminal, and stdout is none")
            .hint("`impala canvas render CANVAS` prints one; `impala canvas show CANVAS` tells of it"));
    }
    if let Some(path) = args.keymap.as_ref().filter(|path| !path.exists()) {
        return Err(CliError::failed(format!("there is no file {}", path.display())));
    }
    let project = context.settings.project.as_ref().map(|project| project.value.clone());
    let target = args.target.as_deref().or(project.as_deref()).map(Target::read).unwrap_or_default();
    let mut setup = args.look.setup(target, context);
    setup.is_read_only = args.read_only;
    setup.keymap = args.keymap.or(setup.keymap);
    let home = Kept::new(context)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::failed(format!("could not start: {error}")))?;
    let result = runtime.block_on(terminal_canvas::run(setup, home));
    runtime.shutdown_background();
    result.map_err(|error| CliError { exit: Exit::Failed, ..error })
}
