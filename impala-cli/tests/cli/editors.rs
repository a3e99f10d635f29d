//! What is typed in `$EDITOR`: it comes back, and when it cannot, it is kept and named.

use std::path::Path;

use crate::manners::{CANVAS, SIZE, with_canvas};
use crate::pty::Terminal;
use crate::support::Person;

/// An editor that speaks with the terminal itself, and asks for the new title.
const EDITOR: &str = r#"
printf 'This is %s\n' "$(grep title: "$1")"
stty -a | grep -q ' icanon ' && echo 'lines are edited here'
printf 'title: '
read -r title
sed -i "s/^title: .*/title: $title/" "$1"
"#;

#[test]
fn an_editor_has_the_terminal_and_what_is_wrong_is_edited_again() {
    let (_server, ann) = with_canvas();
    let mut terminal = with_editor(&ann, EDITOR);
    terminal.types("gjE");
    terminal.shows("This is title: Days");
    terminal.shows("lines are edited here");
    terminal.gives_the_screen_back();
    terminal.types("{Days⏎");
    terminal.shows("line ");
    terminal.is_taken();
    terminal.types("y");
    terminal.shows("This is title: {Days");
    terminal.types("Nights⏎");
    terminal.shows(" Nights ");
    terminal.shows("saved r2 by ann");
    terminal.is_taken();
    // Ctrl-C is the editor's business: it ends, and the canvas is as it was.
    terminal.types("E");
    terminal.shows("This is title: Nights");
    terminal.types("\x03");
    terminal.shows("nothing was changed");
    terminal.is_taken();
    terminal.types("\x03");
    assert_eq!(terminal.ends(), 0);
    terminal.gives_the_screen_back();
    assert!(terminal.is_cooked());
}

/// The canvas, with a script as the editor.
fn with_editor(person: &Person, script: &str) -> Terminal {
    person.write("editor.sh", script);
    let editor = format!("sh {}/editor.sh", person.folder.path().display());
    let path = std::env::var("PATH").unwrap();
    let terminal = Terminal::start_with(person, &CANVAS, SIZE, &[("EDITOR", &editor), ("PATH", &path)]);
    terminal.shows("Rain by month, mm");
    terminal
}

/// The text of the file that is named on the screen.
#[track_caller]
fn kept(screen: &str, name: &str) -> String {
    let file = screen.split("is kept in").nth(1).and_then(|rest| rest.split_whitespace().next());
    let file = Path::new(file.unwrap().trim_end_matches(';'));
    assert_eq!(file.file_name().unwrap(), name, "{screen}");
    let text = std::fs::read_to_string(file).unwrap();
    std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
    text
}

#[test]
fn a_text_that_is_not_taken_is_kept_where_that_is_asked_for() {
    let (_server, ann) = with_canvas();
    let mut terminal = with_editor(&ann, "echo '{Days' > \"$1\"");
    terminal.types("gjE");
    terminal.shows("k esc keep as a file");
    terminal.types("k");
    let screen = terminal.shows("What was typed is kept in");
    terminal.types("\x03");
    assert_eq!(terminal.ends(), 0);
    // It is named once more where the shell shows it.
    let file = screen.split("is kept in ").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap();
    terminal.shows(&format!("What was being edited is kept in {file}"));
    assert_eq!(kept(&screen, "seattle-weather.yaml"), "{Days\n");
}

/// The same key ends the editor and is told to the program, in any order.
#[test]
fn an_interrupt_that_is_told_after_its_editor_has_ended_is_the_editors() {
    let (_server, ann) = with_canvas();
    let mut terminal = with_editor(&ann, "kill -INT $$");
    terminal.types("gjE");
    terminal.shows("nothing was changed");
    terminal.is_told("INT");
    // It goes on: what is drawn for another size was drawn after it.
    let drawn = terminal.frames().0;
    terminal.resizes(SIZE.0 - 1, SIZE.1);
    terminal.draws("the canvas", drawn, |lines| lines.iter().any(|line| line.contains("Rain by month")));
    assert_eq!(terminal.ends_when_told("INT"), 130);
}

#[test]
fn an_interrupt_is_the_programs_once_a_key_was_pressed_after_the_editor() {
    let (_server, ann) = with_canvas();
    // It ends so by itself: nobody has pressed Ctrl-C.
    let mut terminal = with_editor(&ann, "kill -INT $$");
    terminal.types("gjE");
    terminal.shows("nothing was changed");
    terminal.types("?");
    terminal.shows("keys can be changed");
    terminal.is_told("INT");
    assert_eq!(terminal.ends(), 130);
}

#[test]
fn what_was_typed_is_kept_when_the_editor_fails_and_named_again_in_the_end() {
    let (_server, ann) = with_canvas();
    let mut terminal = with_editor(&ann, "echo 'title: typed' > \"$1\"; exit 1");
    terminal.types("gjE");
    terminal.shows("What was typed is kept in");
    terminal.is_taken();
    terminal.types("\x03");
    assert_eq!(terminal.ends(), 0);
    terminal.gives_the_screen_back();
    assert_eq!(kept(&terminal.shows("What was being edited is kept in"), "edited.yaml"), "title: typed\n");
}

/// A window is closed, a connection breaks: the editor and the program are told at once.
#[test]
fn a_hang_up_keeps_what_was_typed_and_what_the_editor_puts_away() {
    let (_server, ann) = with_canvas();
    let typed = "echo 'title: typed' > \"$1\"\necho 'it is open'\nsleep 600; :\n";
    let fails = "trap 'exit 1' HUP\necho 'title: typed' > \"$1\"\necho 'it is open'\nsleep 600 & wait\n";
    let slow = "trap 'sleep 0.3; echo \"title: typed\" > \"$1.save\"; exit 1' HUP\n\
        echo 'it is open'\nsleep 600 & wait\n";
    let well = "trap 'echo \"title: typed\" > \"$1\"; exit 0' HUP\necho 'it is open'\nsleep 600 & wait\n";
    for (editor, name) in
        [(typed, "edited.yaml"), (fails, "edited.yaml"), (slow, "edited.yaml.save"), (well, "edited.yaml")]
    {
        let mut terminal = with_editor(&ann, editor);
        terminal.types("gjE");
        terminal.shows("it is open");
        terminal.is_told_with_all("HUP");
        let screen = terminal.shows("What was being edited is kept in");
        assert_eq!(terminal.ends(), 129, "{editor}");
        assert_eq!(kept(&screen, name), "title: typed\n", "{editor}");
    }
}

#[test]
fn what_was_typed_and_refused_is_kept_when_the_program_is_ended() {
    let (_server, ann) = with_canvas();
    let mut terminal = with_editor(&ann, "echo '{Days' > \"$1\"");
    terminal.types("gjE");
    terminal.shows("Edit it again?");
    terminal.is_told("TERM");
    let screen = terminal.shows("What was being edited is kept in");
    assert_eq!(terminal.ends(), 143);
    assert_eq!(kept(&screen, "seattle-weather.yaml"), "{Days\n");
}

#[test]
fn an_editor_ends_with_the_program_and_what_was_typed_is_named() {
    let (_server, ann) = with_canvas();
    // As vim does, it takes the mouse and pasted text and leaves both to the program after it.
    let script = "echo 'title: typed' > \"$1\"\nstty raw -echo\nprintf '\\033[?1002h\\033[?1006h\\033[?2004h'\n\
        trap 'printf \"Caught deadly signal\\nFinished.\"; exit 1' TERM\n\
        echo 'it is open'\nsleep 600 & wait\n";
    for (signal, code) in [("TERM", 143), ("HUP", 129)] {
        let mut terminal = with_editor(&ann, script);
        terminal.types("gjE");
        terminal.shows("it is open");
        terminal.is_told(signal);
        let screen = terminal.shows("/edited.yaml");
        assert_eq!(terminal.ends(), code);
        terminal.gives_the_screen_back();
        assert!(terminal.is_cooked());
        // Nothing that the editor said as it ended stands beside it, where the shell's prompt comes.
        let last = screen.lines().rfind(|line| !line.is_empty()).unwrap();
        assert!(last.starts_with("What was being edited") || last.ends_with("/edited.yaml"), "{screen}");
        assert!(!screen.contains("Finished."), "{screen}");
        assert_eq!(kept(&screen, "edited.yaml"), "title: typed\n");
    }
}
