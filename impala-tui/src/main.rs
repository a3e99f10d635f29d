//! `impala-tui [PROJECT[/CANVAS]]`: the terminal canvas by itself. `impala tui` is the same with the settings and the kept
//! credentials of the command line; this one keeps nothing.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use etcetera::BaseStrategy as _;
use impala_tui::{Flags, InMemory, NO_TERMINAL_HINT, Target, check_terminal};

/// Read and edit canvases here, in the terminal
///
/// It speaks to one server, as IMPALA_TOKEN or the user who signs in on its screen. `impala tui` is the same with the settings
/// and credentials of the command line.
#[derive(clap::Parser)]
#[command(name = "impala-tui", version, max_term_width = 100)]
struct Args {
    /// What to open
    #[arg(value_name = "PROJECT[/CANVAS]")]
    target: Option<String>,
    /// Address of the server
    #[arg(
        long,
        value_name = "URL",
        env = "IMPALA_SERVER",
        default_value = "http://127.0.0.1:5001",
        hide_env_values = true
    )]
    server: String,
    #[command(flatten)]
    flags: Flags,
    /// Print the default keys as a keymap file
    #[arg(long)]
    keys: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    if args.keys {
        let _ = write!(io::stdout(), "{}", impala_tui::keymap_help());
        return ExitCode::SUCCESS;
    }
    if let Err(why) = check_terminal() {
        let _ = writeln!(io::stderr(), "error: {why}\nhint: {NO_TERMINAL_HINT}");
        return ExitCode::from(2);
    }
    run(args).unwrap_or_else(|error| {
        let _ = writeln!(io::stderr(), "error: {error}");
        if error.kind() == io::ErrorKind::InvalidInput { ExitCode::from(2) } else { ExitCode::FAILURE }
    })
}

fn run(args: Args) -> io::Result<ExitCode> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let folder = variable("IMPALA_CONFIG_DIR")
        .map(Into::into)
        .or_else(|| Some(etcetera::choose_base_strategy().ok()?.config_dir().join("impala")));
    let target = args.target.map(|text| Target::read(&text)).unwrap_or_default();
    let setup = args.flags.setup(target, impala_tui::ink_of_terminal(), &folder.unwrap_or_default());
    let home = InMemory::new(args.server, variable("IMPALA_TOKEN"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let end = runtime.block_on(impala_tui::run(setup, Arc::new(home)))?;
    runtime.shutdown_background();
    Ok(ExitCode::from(end.exit_code()))
}
