//! What no file says any more: when it is removed, and when it is asked about first

use std::process::Command;

use crate::as_code::*;
use crate::assert_transcript;
use crate::pty::Terminal;
use crate::support::{Server, regex_escape};

#[test]
fn of_two_folders_the_later_one_does_not_undo_the_earlier() {
    let server = Server::start();
    let ann = ann_with_files(&server);
    let clone = elsewhere(&ann, &[]);
    exits(&ann, clone.path(), &["canvas", "pull", "rain", "-o", "rain.yaml"], 0);
    ann.write("canvases/rain.yaml", &RAIN.replace("Wettest day", "First"));
    ann.must(&["canvas", "apply", "canvases"]);
    let path = clone.path().join("rain.yaml");
    std::fs::write(&path, RAIN.replace("Wettest day", "Second")).unwrap();
    exits(&ann, clone.path(), &["canvas", "apply", "rain.yaml"], 6);
    // When the first is a commit that the second has grown out of, it is no conflict.
    let git = |arguments: &[&str]| {
        let who =
            ["-c", "user.name=ann", "-c", "user.email=ann@example.org", "-c", "init.defaultBranch=main"];
        let status =
            Command::new("git").args(who).args(arguments).current_dir(clone.path()).output().unwrap();
        assert!(status.status.success(), "{status:?}");
    };
    git(&["init", "-q"]);
    std::fs::write(&path, RAIN.replace("Wettest day", "First")).unwrap();
    git(&["add", "rain.yaml"]);
    git(&["commit", "-qm", "first"]);
    std::fs::write(&path, RAIN.replace("Wettest day", "Second")).unwrap();
    exits(&ann, clone.path(), &["canvas", "apply", "rain.yaml"], 0);
}

#[test]
fn what_no_file_says_any_more_is_pruned() {
    let server = Server::start();
    let mut ann = ann_with_files(&server);
    ann.must(&["canvas", "create", "made-there"]);
    std::fs::remove_file(ann.folder.path().join("canvases/wind.yaml")).unwrap();
    ann.write("canvases/notes.yaml", "todo: nothing\n");
    ann.says(&["canvas", "diff", "canvases", "--prune"]);
    ann.says(&["canvas", "apply", "canvases", "--prune", "--dry-run"]);
    ann.says(&["canvas", "apply", "canvases", "--prune"]);
    ann.says(&["canvas", "apply", "canvases/rain.yaml", "--prune", "--yes"]);
    folder(&ann, "empty");
    ann.says(&["canvas", "apply", "empty", "--prune", "--yes"]);
    ann.says(&["canvas", "apply", "canvases", "--prune", "--yes", "--json", "canvas,action"]);
    ann.says(&["canvas", "list", "-q"]);
    ann.says(&["canvas", "apply", "canvases", "--prune", "--error-on-unchanged"]);
    assert!(!ann.read("canvases/.impala/canvases.json").contains("wind"), "what is deleted is forgotten");
    assert_transcript!(ann);
}

/// Nothing is saved before the answer, and nothing after a no.
#[test]
fn pruning_asks_at_a_terminal() {
    let server = Server::start();
    let ann = ann_with_files(&server);
    std::fs::remove_file(ann.folder.path().join("canvases/rain.yaml")).unwrap();
    ann.write("canvases/wind.yaml", &WIND.replace("aggregate: mean", "aggregate: max"));
    for (answer, said, left) in
        [("⏎", "nothing was done", "rain\nwind\n"), ("y⏎", "Deleted canvas rain", "wind\n")]
    {
        let mut terminal = Terminal::start(&ann, &["canvas", "apply", "canvases", "--prune"], (100, 20));
        let asked = terminal.shows("[y/N]");
        assert!(
            asked.contains("canvas rain (1 revision, the last by ann, just now) will be deleted"),
            "{asked}"
        );
        assert!(!asked.contains("Changed"), "{asked}");
        terminal.types(answer);
        terminal.shows(said);
        assert_eq!(ann.must(&["canvas", "list", "-q"]), left);
    }
}

#[test]
fn what_was_edited_since_is_not_pruned_unseen() {
    let server = Server::start();
    let mut ann = ann_with_files(&server);
    edit_on_server(&ann, "Edited");
    std::fs::remove_file(ann.folder.path().join("canvases/rain.yaml")).unwrap();
    ann.write("canvases/wind.yaml", &WIND.replace("aggregate: mean", "aggregate: max"));
    ann.says(&["canvas", "diff", "canvases", "--prune"]);
    ann.says(&["canvas", "apply", "canvases", "--prune", "--yes"]);
    assert!(ann.must(&["canvas", "pull", "wind"]).contains("mean"), "nothing was saved");
    ann.says(&["canvas", "apply", "canvases", "--prune", "--yes", "--force", "-q"]);
    ann.says(&["canvas", "list", "-q"]);
    assert_transcript!(ann);
}

/// A pipeline knows nothing of what was pulled: there the history says what came from files.
#[test]
fn a_fresh_clone_prunes_what_came_from_files() {
    let server = Server::start();
    let ann = ann_with_files(&server);
    ann.must(&["canvas", "create", "made-there"]);
    // Pulled in another folder only: here it was made on the server.
    ann.must(&["canvas", "pull", "made-there", "-o", "made-there.yaml"]);
    let clone = elsewhere(&ann, &[("wind.yaml", WIND)]);
    let apply = |arguments: &[&str], code| {
        exits(&ann, clone.path(), &[&["canvas", "apply", ".", "--prune"], arguments].concat(), code)
    };
    let said = apply(&["--dry-run"], 0);
    assert!(said.contains("Canvas rain would be deleted, with 1 revision."), "{said}");
    assert!(said.contains("Canvas made-there is kept"), "{said}");
    // An edit and its way back leave nothing that could get lost.
    edit_on_server(&ann, "Edited");
    apply(&["--yes"], 6);
    edit_on_server(&ann, "Wettest day");
    apply(&["--yes"], 0);
    assert_eq!(ann.must(&["canvas", "list", "-q"]), "made-there\nwind\n");
    // Made again under the same name, it is another canvas, which no folder knows.
    ann.must(&["canvas", "create", "rain"]);
    std::fs::remove_file(ann.folder.path().join("canvases/rain.yaml")).unwrap();
    let said = exits(&ann, ann.folder.path(), &["canvas", "apply", "canvases", "--prune", "--yes"], 0);
    assert!(said.contains("Canvas rain is kept"), "{said}");
}
