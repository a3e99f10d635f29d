//! What can be checked without a server: the program, the files, the terminal.

use std::path::Path;

use impala_render::Ink;

use super::{Finding, State};
use crate::config::Origin;
use crate::context::Context;
use crate::picture;

/// Which program this is.
pub fn program() -> Finding {
    let parts = [("server", cfg!(feature = "server")), ("terminal canvas", cfg!(feature = "tui"))];
    let parts: Vec<&str> = parts.iter().filter(|(_, is_in)| *is_in).map(|(name, _)| *name).collect();
    let parts =
        if parts.is_empty() { "client only".to_owned() } else { format!("with {}", parts.join(", ")) };
    Finding::new("program", State::Ok, format!("impala {} ({parts})", env!("CARGO_PKG_VERSION")))
}

/// Which files were read, and what won.
pub fn files(context: &Context) -> Vec<Finding> {
    let settings = &context.settings;
    let files: Vec<String> = settings.files.iter().map(|path| path.display().to_string()).collect();
    let found = if files.is_empty() { "no file; defaults hold".to_owned() } else { files.join(", ") };
    let from = |name: &str, value: &str, origin: &Origin| format!("{name} {value} from {origin}");
    let mut won = vec![
        from("server", context.server(), &settings.server.origin),
        from("profile", &settings.profile.value, &settings.profile.origin),
    ];
    won.extend(settings.project.as_ref().map(|project| from("project", &project.value, &project.origin)));
    let mut findings = vec![Finding::new("files", State::Ok, found)];
    findings.extend(context.faults.iter().map(|fault| Finding::of("files", fault)));
    findings.push(Finding::new("settings", State::Ok, won.join("; ")));
    findings.push(secrecy(context.store().path()));
    findings
}

/// Whether others may read the credentials.
fn secrecy(path: &Path) -> Finding {
    let Ok(metadata) = std::fs::metadata(path) else {
        return Finding::new("credentials file", State::Note, format!("{} is not there", path.display()));
    };
    let is_open = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0;
    if is_open {
        let found = format!("{} can be read by others", path.display());
        let hint = format!("chmod 600 {}", path.display());
        return Finding::new("credentials file", State::Warning, found).hint(hint);
    }
    Finding::new("credentials file", State::Ok, format!("{}, yours alone", path.display()))
}

/// What the terminal can show.
pub fn terminal(context: &Context) -> Finding {
    if !context.printer.is_terminal {
        let found = "stdout is not one: plain text, no bars, no questions";
        return Finding::new("terminal", State::Note, found);
    }
    let colors = match picture::Style::of(context).ink() {
        Ink::None => "no color",
        Ink::Ansi16 => "16 colors",
        Ink::Ansi256 => "256 colors",
        _ => "16 million colors",
    };
    let size = terminal_size::terminal_size()
        .map_or("size unknown".to_owned(), |(width, height)| format!("{}x{}", width.0, height.0));
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = variable("LC_ALL").or_else(|| variable("LC_CTYPE")).or_else(|| variable("LANG"));
    let is_unicode = locale.is_some_and(|locale| locale.to_lowercase().replace('-', "").contains("utf8"));
    if is_unicode {
        return Finding::new("terminal", State::Ok, format!("{size}, {colors}, Unicode"));
    }
    Finding::new("terminal", State::Warning, format!("{size}, {colors}, the locale is not UTF-8"))
        .hint("set LANG=C.UTF-8, or draw with --ascii")
}
