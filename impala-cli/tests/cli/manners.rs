//! What the terminal canvas does to a terminal: it takes it, gives it back as it was whatever happens, and bothers it with
//! nothing that is not needed.

use crate::pty::{Answers, Terminal};
use crate::support::{Person, Server};

pub const SIZE: (u16, u16) = (100, 30);

/// A server where ann has the example's canvas.
pub fn with_canvas() -> (Server, Person) {
    let server = Server::start();
    let ann = Person::with_weather(&server);
    ann.copy_example("seattle-weather.yaml", "canvas.yaml");
    ann.must(&["canvas", "apply", "-f", "canvas.yaml", "--project", "weather"]);
    (server, ann)
}

pub const CANVAS: [&str; 2] = ["tui", "weather/seattle-weather"];

/// The program's path, for shells.
fn impala(person: &Person) -> String {
    person.command(&[]).get_program().to_str().unwrap().to_owned()
}

#[test]
fn a_signal_ends_it_with_its_code_and_a_sane_terminal() {
    let (_server, ann) = with_canvas();
    for (signal, code) in [("TERM", 143), ("HUP", 129), ("INT", 130)] {
        let mut terminal = Terminal::start(&ann, &CANVAS, SIZE);
        terminal.shows("Seattle, day by day");
        terminal.is_taken();
        terminal.is_told(signal);
        assert_eq!(terminal.ends(), code, "{signal}");
        terminal.gives_the_screen_back();
        assert!(terminal.is_cooked(), "{signal}");
    }
}

#[test]
fn ctrl_c_asks_what_of_a_form_is_lost_and_then_gives_the_terminal_back() {
    let (_server, ann) = with_canvas();
    let mut terminal = Terminal::start(&ann, &CANVAS, SIZE);
    terminal.shows("Seattle, day by day");
    terminal.types("gje\x15Nights\x03");
    terminal.shows("Quit and discard the changes?");
    terminal.shows("the form was not submitted");
    // Enter takes the answer that is marked: no.
    terminal.types("⏎");
    terminal.hides("Quit and discard");
    terminal.shows("Nights");
    terminal.types("\x03");
    terminal.shows("Quit and discard the changes?");
    terminal.types("y");
    assert_eq!(terminal.ends(), 0);
    terminal.gives_the_screen_back();
    assert!(terminal.is_cooked());
}

#[test]
fn a_signal_ends_the_demo_too_and_its_server_and_its_folder() {
    let ann = Person::new("");
    for (signal, code) in [("TERM", 143), ("HUP", 129)] {
        let mut terminal = Terminal::start(&ann, &["demo"], SIZE);
        terminal.shows("Rain by month, mm");
        terminal.is_taken();
        terminal.is_told(signal);
        assert_eq!(terminal.ends(), code, "{signal}");
        terminal.gives_the_screen_back();
        assert!(terminal.is_cooked(), "{signal}");
        assert_eq!(std::fs::read_dir(ann.folder.path()).unwrap().count(), 0, "{signal}");
    }
}

#[test]
fn a_shell_stops_it_and_brings_it_back() {
    let (_server, ann) = with_canvas();
    let environment =
        [("IMPALA", impala(&ann)), ("PATH", std::env::var("PATH").unwrap()), ("PS1", "ready> ".to_owned())];
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let shell = ["bash", "--norc", "--noprofile", "--noediting", "-i"];
    let mut terminal = Terminal::run(&ann, &shell, SIZE, &environment, Answers::Kind);
    terminal.types("\"$IMPALA\" tui weather/seattle-weather⏎");
    terminal.shows("Seattle, day by day");
    for stop in ["\x1a", "from elsewhere"] {
        terminal.is_taken();
        match stop {
            "\x1a" => terminal.types(stop),
            _ => terminal.tells_what_it_runs("TSTP"),
        }
        terminal.shows("Stopped");
        terminal.gives_the_screen_back();
        assert!(terminal.is_cooked(), "{stop}");
        terminal.types("clear; fg⏎");
        terminal.shows("Seattle, day by day");
    }
    terminal.is_taken();
    terminal.types("?");
    terminal.shows("keys can be changed");
    terminal.types("⎋");
    terminal.hides("keys can be changed");
    terminal.types("\x03");
    terminal.gives_the_screen_back();
    // What is typed before the shell is back is still the program's.
    terminal.shows("ready>");
    terminal.types("echo it ended with $?⏎");
    terminal.shows("it ended with 0");
    terminal.types("exit⏎");
    terminal.ends();
}

#[test]
fn a_stop_that_it_is_not_told_of_leaves_it_no_terminal_that_edits_lines() {
    let (_server, ann) = with_canvas();
    let mut terminal = Terminal::start(&ann, &CANVAS, SIZE);
    terminal.shows("Rain by month, mm");
    terminal.is_taken();
    terminal.is_told("STOP");
    terminal.is_set_by_a_shell();
    assert!(terminal.is_cooked());
    terminal.is_told("CONT");
    // It goes to a screen of its own once more, when it has set the modes.
    terminal.writes_times("\x1b[?1049h", 2);
    terminal.is_taken();
    terminal.types("?");
    terminal.shows("keys can be changed");
    terminal.types("\x03");
    assert_eq!(terminal.ends(), 0);
    terminal.gives_the_screen_back();
    assert!(terminal.is_cooked());
}

#[test]
fn nothing_is_drawn_when_nothing_has_changed() {
    let (_server, ann) = with_canvas();
    let mut terminal = Terminal::start(&ann, &CANVAS, SIZE);
    terminal.shows("Rain by month, mm");
    // What others do elsewhere in the project, what changes nothing, and keys that mean nothing here.
    ann.must(&["upload", "weather.csv", "--project", "weather"]);
    ann.write("other.csv", "a\n1\n");
    ann.must(&["upload", "other.csv", "--project", "weather"]);
    ann.must(&["source", "delete", "other", "--yes", "--project", "weather"]);
    terminal.types("\x1b[11~\x1b[24~");
    terminal.pastes("dq");
    terminal.types("\x1b[<35;20;10M\x1b[<64;1;1M");
    // Then something that is to be seen.
    ann.must(&["block", "set", "seattle-weather", "days", "--title", "Nights", "--project", "weather"]);
    terminal.shows(" Nights ");
    let (frames, idle_frames) = terminal.frames();
    assert!(frames > 1, "{frames}");
    assert_eq!(idle_frames, 0, "of {frames} frames");
    terminal.types("q");
}

#[test]
fn any_size_at_any_moment_is_drawn_whole() {
    let (_server, ann) = with_canvas();
    let mut terminal = Terminal::start(&ann, &CANVAS, SIZE);
    // Before the first answer, too.
    for (cols, rows) in [(80, 24), (40, 12), (200, 50), (61, 17), (20, 5), (1, 1), (300, 100), (100, 30)] {
        terminal.resizes(cols, rows);
    }
    terminal.shows("Rain by month, mm");
    terminal.resizes(40, 12);
    terminal.shows("This terminal is 40 x 12.");
    for (cols, rows) in [(80, 24), (120, 40), (60, 16), (200, 50)] {
        // There and back: the size that is told last may be the one before.
        terminal.resizes(cols + 20, rows - 2);
        terminal.resizes(cols, rows);
        // Only a frame for this very size ends the bar and the footer there; nothing changes it any more.
        let is_whole = |lines: &[String]| {
            let [bar, .., footer] = lines else { return false };
            let is_wide = bar.ends_with("  saved r1 by ann") && bar.chars().count() == usize::from(cols) - 1;
            is_wide && lines.len() == usize::from(rows) && footer.contains("a add")
        };
        let as_it_was = terminal.draws("bar and footer", 0, is_whole);
        let drawn = terminal.frames().0;
        terminal.types("\x0c");
        let again = terminal.draws("all again", drawn, is_whole);
        assert_eq!(as_it_was, again, "{cols}x{rows}");
    }
    terminal.types("\x03");
    assert_eq!(terminal.ends(), 0);
    assert!(terminal.is_cooked());
}

#[test]
fn the_terminal_is_asked_whether_it_is_light() {
    let (_server, ann) = with_canvas();
    let impala = impala(&ann);
    let command = [impala.as_str(), CANVAS[0], CANVAS[1]];
    let bar = |answers, environment: &[(&str, &str)]| {
        let mut terminal = Terminal::run(&ann, &command, SIZE, environment, answers);
        terminal.shows("Rain by month, mm");
        let color = terminal.background(0, 50);
        // An answer that comes when nobody waits any more is not a key; `d` would delete a block.
        terminal.types("\x1b]11;rgb:dddd/dddd/dddd\x1b\\");
        terminal.types("?");
        terminal.shows("keys can be changed");
        terminal.types("\x03");
        assert_eq!(terminal.ends(), 0);
        color
    };
    let colors = [("COLORTERM", "truecolor")];
    let (dark, light) = (vt100::Color::Rgb(38, 42, 50), vt100::Color::Rgb(228, 231, 236));
    // The program waits half a second; on a busy machine the answer may come later, and then it is dark.
    let shown: Vec<_> =
        (0..5).map(|_| bar(Answers::Light, &colors)).take_while(|color| *color != light).collect();
    assert!(shown.len() < 5, "{shown:?}");
    assert_eq!(bar(Answers::Kind, &colors), dark);
    assert_eq!(bar(Answers::Nothing, &colors), dark);
    assert_eq!(bar(Answers::Light, &[("NO_COLOR", "1")]), vt100::Color::Default);
    assert!(ann.must(&["canvas", "show", "seattle-weather", "--project", "weather"]).contains("days"));
}

#[test]
fn what_is_copied_goes_to_the_clipboard_through_the_terminal() {
    let (_server, ann) = with_canvas();
    let mut terminal = Terminal::start(&ann, &["tui", "weather/seattle-weather"], SIZE);
    terminal.shows("Rain by month, mm");
    // Down to the number of days, which is looked at closely and copied.
    terminal.types("gjd");
    terminal.shows("saved r2 by ann");
    terminal.types("@Gy");
    terminal.shows("Command copied");
    // `impala block remove seattle-weather days --project ann/weather` in base64.
    terminal.writes(
        "\x1b]52;c;aW1wYWxhIGJsb2NrIHJlbW92ZSBzZWF0dGxlLXdlYXRoZXIgZGF5cyAtLXByb2plY3QgYW5uL3dlYXRoZXI=\x07",
    );
    terminal.types("\x03");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn the_same_flags_hold_wherever_the_terminal_canvas_is() {
    let (_server, ann) = with_canvas();
    ann.copy_example("penguins.csv", "penguins.csv");
    let flags = ["--theme", "light", "--ascii", "--no-mouse", "--read-only", "--graphics", "off"];
    for command in [&CANVAS[..], &["demo"], &["open", "penguins.csv"]] {
        let colors = [("COLORTERM", "truecolor")];
        let arguments = [command, &flags].concat();
        let mut terminal = Terminal::start_with(&ann, &arguments, SIZE, &colors);
        let screen = terminal.shows("read-only");
        assert!(screen.contains('+') && !screen.contains('─'), "{screen}");
        assert_eq!(terminal.background(0, 50), vt100::Color::Rgb(228, 231, 236));
        terminal.until("no mouse", |screen| screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None);
        terminal.types("q");
        terminal.types("\x03");
        assert_eq!(terminal.ends(), 0, "{command:?}");
    }
}

#[test]
fn a_file_from_a_pipe_is_looked_at_with_keys_from_the_terminal() {
    let ann = Person::new("");
    ann.copy_example("penguins.csv", "penguins.csv");
    let line = format!("cat penguins.csv | {} open - --name birds", impala(&ann));
    let path = std::env::var("PATH").unwrap();
    let mut terminal = Terminal::run(&ann, &["sh", "-c", &line], SIZE, &[("PATH", &path)], Answers::Kind);
    terminal.shows("344 rows, 7 columns");
    terminal.types("?");
    terminal.shows("keys can be changed");
    terminal.types("\x03");
    assert_eq!(terminal.ends(), 0);
    assert!(terminal.is_cooked());
}

#[test]
fn a_terminal_that_cannot_move_its_cursor_is_told_what_can_be_printed() {
    let (_server, ann) = with_canvas();
    let mut terminal = Terminal::start_with(&ann, &CANVAS, SIZE, &[("TERM", "dumb")]);
    terminal.shows("impala canvas render");
    assert_eq!(terminal.ends(), 2);
}

#[test]
fn the_mouse_is_the_terminals_where_the_environment_says_so_until_it_is_wanted() {
    let (_server, ann) = with_canvas();
    let mut terminal = Terminal::start_with(&ann, &CANVAS, SIZE, &[("IMPALA_MOUSE", "off")]);
    terminal.shows("1,461");
    let mouse = |screen: &vt100::Screen| screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None;
    terminal.until("no mouse", |screen| !mouse(screen));
    terminal.types(":mouse⏎");
    terminal.until("the mouse", mouse);
    terminal.types(":mouse⏎");
    terminal.until("no mouse any more", |screen| !mouse(screen));
}
