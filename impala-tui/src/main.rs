//! `impala-tui [PROJECT[/CANVAS]]`: the terminal canvas by itself. `impala tui` is the same with the settings and the kept
//! credentials of the command line; this one speaks to `IMPALA_SERVER`, as `IMPALA_TOKEN` or whoever signs in on its screen.

use std::process::ExitCode;
use std::sync::Arc;

use impala_tui::{InMemory, Setup, Target, Theme};

const USAGE: &str = "Usage: impala-tui [PROJECT[/CANVAS]]

Reads and edits canvases of the server at IMPALA_SERVER (http://127.0.0.1:5001 when it is not set), as IMPALA_TOKEN or whoever
signs in on its screen. `impala tui` is the same with the settings and credentials of the command line, and has options.
";

fn usage(flag: &str) -> ExitCode {
    use std::io::Write as _;
    let is_asked = matches!(flag, "-h" | "--help");
    let _ = match is_asked {
        true => write!(std::io::stdout(), "{USAGE}"),
        false => write!(std::io::stderr(), "error: there is no option {flag}\n\n{USAGE}"),
    };
    ExitCode::from(if is_asked { 0 } else { 2 })
}

fn main() -> ExitCode {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let first = std::env::args().nth(1);
    if let Some(flag) = first.as_ref().filter(|argument| argument.starts_with('-')) {
        return usage(flag);
    }
    let target = first.map(|text| Target::read(&text)).unwrap_or_default();
    let server = variable("IMPALA_SERVER").unwrap_or_else(|| "http://127.0.0.1:5001".to_owned());
    let home = InMemory::new(server, variable("IMPALA_TOKEN"));
    let setup = Setup {
        target,
        theme: Theme::Auto,
        ink: impala_tui::ink_of_terminal(),
        graphics: impala_tui::Graphics::Off,
        is_ascii: false,
        has_mouse: true,
        is_read_only: false,
        keymap: None,
        notes: Vec::new(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result = runtime.and_then(|runtime| runtime.block_on(impala_tui::run(setup, Arc::new(home))));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write as _;
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(if error.kind() == std::io::ErrorKind::Unsupported { 2 } else { 1 })
        }
    }
}
