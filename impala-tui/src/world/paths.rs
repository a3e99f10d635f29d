//! Paths on this machine: what they stand for, and what they may be completed to.

/// A path with `~` for the home folder.
pub(super) fn expanded(path: &str) -> String {
    match (path.strip_prefix("~/"), std::env::var("HOME")) {
        (Some(rest), Ok(home)) => format!("{home}/{rest}"),
        _ => path.to_owned(),
    }
}

/// What a path that is being typed may become: folders, and files that may hold a table.
pub(super) fn paths(text: &str) -> Vec<String> {
    if text == "~" {
        return vec!["~/".to_owned()];
    }
    let cut = text.rfind('/').map_or(0, |at| at + 1);
    let (folder, start) = text.split_at(cut);
    let folder_path = if folder.is_empty() { ".".to_owned() } else { expanded(folder) };
    let Ok(entries) = std::fs::read_dir(folder_path) else { return Vec::new() };
    let mut found: Vec<String> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let is_folder = entry.path().is_dir();
            let is_text = [".txt", ".psv"].iter().any(|end| name.to_lowercase().ends_with(end));
            let is_data = is_text || impala_core::source::is_table(&name);
            let is_hidden = name.starts_with('.') && !start.starts_with('.');
            let fits = name.to_lowercase().starts_with(&start.to_lowercase())
                && !is_hidden
                && (is_folder || is_data);
            fits.then(|| format!("{folder}{name}{}", if is_folder { "/" } else { "" }))
        })
        .collect();
    found.sort();
    found.truncate(200);
    found
}
