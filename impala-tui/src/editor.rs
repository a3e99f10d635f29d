//! The user's editor, on a temporary file.

use std::io::{self, Write as _};
use std::process::Command;

/// Lets `$VISUAL`, `$EDITOR` or vi change a text, and returns what it became.
///
/// # Errors
/// When the editor cannot be started or says that it failed, or the file cannot be written or read.
pub fn edit(text: &str) -> io::Result<String> {
    let mut file = tempfile::Builder::new().prefix("impala-").suffix(".yaml").tempfile()?;
    file.write_all(text.as_bytes())?;
    file.flush()?;
    let named = |name| std::env::var(name).ok().filter(|editor: &String| !editor.trim().is_empty());
    let editor = named("VISUAL").or_else(|| named("EDITOR")).unwrap_or_else(|| "vi".to_owned());
    // The variable may hold arguments (`code --wait`), so it is a shell's to read.
    let status =
        Command::new("sh").arg("-c").arg(format!("{editor} \"$1\"")).arg("sh").arg(file.path()).status()?;
    if !status.success() {
        return Err(io::Error::other(format!("`{editor}` ended with {status}; nothing was changed")));
    }
    std::fs::read_to_string(file.path())
}
