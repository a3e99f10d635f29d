//! Help, manual pages, completions

use std::collections::BTreeMap;
use std::path::Path;

use crate::assert_transcript;
use crate::support::{Person, regex_escape, workspace};

#[test]
fn help_reads_well() {
    let mut ann = Person::new("");
    ann.says(&["--help"]);
    ann.says(&["upload", "--help"]);
    ann.says(&["canvas", "--help"]);
    ann.says(&["canvas", "aply"]);
    ann.says(&["canvas", "apply"]);
    ann.says(&["canvas", "list", "--jsn"]);
    ann.says(&["upload", "--json"]);
    ann.says(&["upload"]);
    assert_transcript!(ann);
}

#[test]
fn help_can_be_asked_for_first() {
    let ann = Person::new("");
    for command in [&[][..], &["upload"], &["canvas"], &["canvas", "apply"]] {
        let asked = ann.must(&[&["help"], command].concat());
        assert_eq!(asked, ann.must(&[command, &["--help"]].concat()));
    }
}

#[test]
fn the_version_is_said_without_any_file() {
    let ann = Person::new("");
    assert_eq!(ann.must(&["--version"]), format!("impala {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(std::fs::read_dir(ann.folder.path()).unwrap().count(), 0);
}

fn pages(folder: &Path) -> BTreeMap<String, String> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let pages = files.filter(|path| path.extension().is_some_and(|extension| extension == "1"));
    pages
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}

/// When this fails: `cargo run -- man --dir man`.
#[test]
fn the_manual_pages_are_current() {
    let ann = Person::new("");
    ann.must(&["man", "--dir", "pages"]);
    let made = pages(&ann.folder.path().join("pages"));
    let kept = pages(&workspace().join("man"));
    let names = |pages: &BTreeMap<String, String>| pages.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&made), names(&kept), "run `cargo run -- man --dir man`");
    for (name, page) in &made {
        assert_eq!(page, &kept[name], "{name} is stale: run `cargo run -- man --dir man`");
    }
    assert!(ann.must(&["man"]).contains("impala"));
}

#[test]
fn completions_know_the_commands() {
    let ann = Person::new("");
    for shell in ["bash", "zsh", "fish"] {
        let script = ann.must(&["completions", shell]);
        assert!(script.contains("canvas") && script.contains("apply"), "{shell}");
    }
}
