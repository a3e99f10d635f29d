//! The terminal canvas, as someone at a terminal uses it, against a real server.

use crate::assert_transcript;
use crate::manners::{CANVAS, with_canvas};
use crate::pty::{Answers, Terminal};
use crate::support::{PASSWORD, Person, Server, regex_escape};

const SIZE: (u16, u16) = (120, 40);

/// A renewal holds the lock of the credentials while it waits for the server; here it is held by the test.
#[test]
fn signing_out_waits_for_the_credentials_without_holding_anything_up() {
    let server = Server::start();
    let ann = Person::with_weather(&server);
    let lock = std::fs::File::create(ann.config_dir().join("credentials.lock")).unwrap();
    lock.lock().unwrap();
    let mut terminal = Terminal::start(&ann, &["tui", "weather"], SIZE);
    terminal.shows("[Canvases 0]");
    terminal.types(":sign out⏎y");
    terminal.shows("Signing out …");
    terminal.types("somebody else");
    terminal.shows("somebody else");
    drop(lock);
    // What was begun is done, however soon the program is left.
    terminal.types("\x03");
    assert_eq!(terminal.ends(), 0);
    assert_eq!(ann.run(&["whoami"]).status.code(), Some(4));
}

#[test]
fn the_first_server_that_is_signed_in_at_is_that_of_later_runs() {
    let server = Server::start();
    let mut ann = Person::new(&server.url);
    ann.set("IMPALA_SERVER", "");
    let mut terminal = Terminal::start(&ann, &["tui", "--server", &server.url], SIZE);
    terminal.shows("I have an account");
    terminal.types("↑ ↓ann⏎");
    terminal.shows("● register");
    terminal.types(&format!("{PASSWORD}⏎"));
    terminal.shows("You have no projects yet");
    terminal.types("\x03");
    assert_eq!(terminal.ends(), 0);
    let mut again = Terminal::start(&ann, &["tui"], SIZE);
    again.shows("You have no projects yet");
    again.types("\x03");
    assert_eq!(again.ends(), 0);
}

#[test]
fn from_an_account_to_a_canvas_that_two_share() {
    let server = Server::start();
    let ann = Person::new(&server.url);
    ann.copy_example("seattle-weather.csv", "weather.csv");
    let mut terminal = Terminal::start(&ann, &["tui"], SIZE);
    terminal.shows("I have an account");
    terminal.types("↑ ↓ann⏎");
    terminal.shows("● register");
    terminal.types(&format!("{PASSWORD}⏎"));
    terminal.shows("You have no projects yet");
    terminal.types("nweather⏎");
    terminal.shows("No canvases yet");
    terminal.types("U");
    terminal.shows("path of a CSV, TSV or NDJSON file");
    terminal.types("wea⇥");
    terminal.shows("(weather)");
    terminal.types("⏎");
    terminal.shows("all 1,461 values");
    terminal.types("q");
    terminal.shows("[Canvases 0]");
    terminal.types("nFirst⏎");
    terminal.shows("This canvas has no blocks yet.");

    terminal.types("a");
    terminal.shows("Rows (metric)");
    terminal.types("↓⏎");
    terminal.shows("saved r2 by ann");
    terminal.shows("1,461");
    terminal.types("a");
    // With the proposals before it: those come a moment later than the kinds.
    terminal.shows("(metric)");
    terminal.shows("bar: amounts by group");
    terminal.types("⇥⏎");
    terminal.shows("made from the fields");
    terminal.types("\x13");
    terminal.shows("saved r3 by ann");

    terminal.types("m");
    terminal.shows("keep");
    terminal.types("↓↓");
    terminal.shows("row 2,");
    terminal.types("⏎");
    terminal.shows("saved r4 by ann");
    terminal.types("u");
    terminal.shows("saved r5 by ann");

    // Another program saves: it arrives by itself.
    ann.must(&["block", "set", "first", "row-count", "--title", "Days", "--project", "ann/weather"]);
    terminal.shows(" Days ");
    terminal.shows("saved r6 by ann");

    // Both change the title of one block.
    terminal.types("ge");
    terminal.shows("Edit metric “Days”");
    terminal.types("↑\x15Ours");
    ann.must(&["block", "set", "first", "row-count", "--title", "Theirs", "--project", "ann/weather"]);
    terminal.shows("saved r7 by ann");
    terminal.types("⏎");
    terminal.shows("Changed on both sides");
    terminal.types(" ⏎");
    terminal.hides("Changed on both sides");
    terminal.shows("━ Theirs ━");

    terminal.types("qqq");
    assert_eq!(terminal.ends(), 0);
    terminal.gives_the_screen_back();
    assert!(terminal.is_cooked());
    // What was signed in on the screen is signed in on the command line.
    assert!(ann.must(&["canvas", "show", "first", "--project", "ann/weather"]).contains("Theirs"));
}

#[test]
fn an_account_is_signed_in_to_after_a_wrong_password() {
    let server = Server::start();
    Person::with_weather(&server);
    let elsewhere = Person::new(&server.url);
    let mut terminal = Terminal::start(&elsewhere, &["tui"], SIZE);
    terminal.shows("I have an account");
    terminal.types("ann⏎not the password⏎");
    terminal.shows("wrong");
    terminal.types(&format!("{PASSWORD}⏎"));
    terminal.shows("ann/weather");
    terminal.types("q");
    assert_eq!(terminal.ends(), 0);
    assert_eq!(elsewhere.must(&["project", "list", "-q"]).trim(), "ann/weather");
}

#[test]
fn servers_and_profiles_are_switched_without_signing_out() {
    let (one, two) = (Server::start(), Server::start());
    let ann = Person::with_weather(&one);
    Person::registered(&two, "bob");
    let at_work = ["--profile", "work", "register", "--username", "cyd", "--password-stdin"];
    assert!(ann.run_with(&at_work, PASSWORD).status.success());
    let mut terminal = Terminal::start(&ann, &["tui", "weather"], SIZE);
    terminal.shows("[Canvases 0]");
    // The first time the password is needed.
    terminal.types("Sn");
    terminal.shows("I have an account");
    terminal.types(&format!("{}↓↓bob↓{PASSWORD}⏎", two.url));
    terminal.shows("You have no projects yet");
    terminal.shows(&format!("bob at {}", two.url));
    // Then the credentials that are stored do, at both, and in another profile.
    terminal.types("Sg⏎");
    terminal.shows(&format!("ann at {} (profile default)", one.url));
    terminal.shows("ann/weather  owner");
    terminal.types("Sg↓⏎");
    terminal.shows(&format!("cyd at {} (profile work)", one.url));
    terminal.types("SG⏎");
    terminal.shows(&format!("bob at {}", two.url));
    terminal.types("nthere⏎");
    terminal.shows("bob/there");
    terminal.types("q");
    terminal.shows("bob/there  owner");
    terminal.types("q");
    assert_eq!(terminal.ends(), 0);
    assert_eq!(ann.must(&["project", "list", "-q"]).trim(), "ann/weather");
    assert_eq!(ann.must(&["--server", &two.url, "project", "list", "-q"]).trim(), "bob/there");
    assert!(ann.must(&["--profile", "work", "whoami"]).contains("cyd"));
}

#[test]
fn demo_and_open_end_in_the_terminal_canvas() {
    let ann = Person::new("");
    ann.copy_example("penguins.csv", "penguins.csv");
    for (arguments, expected, last) in [
        (vec!["demo"], "Rain by month, mm", "`impala open FILE` does this with your own file."),
        (
            vec!["open", "penguins.csv"],
            "344 rows, 7 columns",
            "Nothing was kept; `impala open penguins.csv --save`",
        ),
    ] {
        let mut terminal = Terminal::start(&ann, &arguments, (100, 30));
        terminal.shows(expected);
        terminal.shows("not kept · r1");
        terminal.types("q");
        assert_eq!(terminal.ends(), 0, "{arguments:?}");
        terminal.gives_the_screen_back();
        terminal.shows(last);
    }
}

#[test]
fn open_asks_before_changes_are_lost_and_keeps_them_where_they_are_to_be_kept() {
    let ann = Person::new("");
    ann.copy_example("penguins.csv", "penguins.csv");
    let mut terminal = Terminal::start(&ann, &["open", "penguins.csv"], (100, 30));
    terminal.shows("344 rows, 7 columns");
    terminal.types("d");
    terminal.shows("not kept · r2");
    terminal.types("q");
    terminal.shows("Quit and discard the changes?");
    terminal.types("y");
    assert_eq!(terminal.ends(), 0);
    let mut terminal = Terminal::start(&ann, &["open", "penguins.csv", "--save"], (100, 30));
    terminal.shows("344 rows, 7 columns");
    terminal.types("d");
    terminal.shows("saved r2 by");
    terminal.types("q");
    assert_eq!(terminal.ends(), 0);
    terminal.shows("To see it again");
}

#[test]
fn charts_are_pictures_where_that_is_asked_for_and_are_taken_back() {
    let server = Server::start();
    let ann = Person::with_weather(&server);
    ann.copy_example("seattle-weather.yaml", "canvas.yaml");
    ann.must(&["canvas", "apply", "-f", "canvas.yaml", "--project", "weather"]);
    // What kitty and sixel begin a picture with, and how kitty's is taken back.
    for (way, begins, ends) in [("kitty", "\x1b_G", "\x1b_Ga=d,d=I,i="), ("sixel", "\x1bP", "\x1b[?1049l")] {
        let mut terminal =
            Terminal::start(&ann, &["tui", "weather/seattle-weather", "--graphics", way], (100, 40));
        terminal.shows("Rain by month, mm");
        terminal.writes(begins);
        terminal.types("?");
        terminal.shows("keys can be changed");
        terminal.types("⎋");
        terminal.hides("keys can be changed");
        terminal.types("\x03");
        assert_eq!(terminal.ends(), 0, "{way}");
        terminal.writes(ends);
        terminal.gives_the_screen_back();
    }
}

#[test]
fn pictures_are_shown_by_a_terminal_that_says_that_it_can() {
    let (_server, ann) = with_canvas();
    let impala = ann.command(&[]).get_program().to_str().unwrap().to_owned();
    for (answers, is_able) in [(Answers::Kitty, true), (Answers::Light, false)] {
        let words = [&impala, "tui", "weather/seattle-weather", "--graphics", "auto"];
        let mut terminal = Terminal::run(&ann, &words, SIZE, &[], answers);
        terminal.shows("Rain by month, mm");
        terminal.shows("1,461");
        // A picture is sent as this; the question whether there can be one is not.
        let picture = "a=T,";
        if is_able {
            terminal.writes(picture);
        }
        terminal.types("\x03");
        assert_eq!(terminal.ends(), 0, "{answers:?}");
        assert_eq!(terminal.has_written(picture), is_able, "{answers:?}");
    }
}

#[test]
fn every_kind_of_block_can_be_added_as_it_is_offered() {
    let server = Server::start();
    let ann = Person::with_weather(&server);
    ann.must(&["canvas", "create", "all", "--project", "weather"]);
    let mut terminal = Terminal::start(&ann, &["tui", "weather/all"], SIZE);
    terminal.shows("This canvas has no blocks yet.");
    let kinds = [
        "bar:",
        "histogram:",
        "line:",
        "area:",
        "point:",
        "rect:",
        "boxplot:",
        "tick:",
        "metric:",
        "table:",
        "query:",
        "text:",
    ];
    for (count, kind) in kinds.into_iter().enumerate() {
        terminal.types("a");
        terminal.shows("Add a block");
        terminal.types(&format!("⇥{}", "↓".repeat(count)));
        let screen = terminal.shows(kind);
        assert!(!screen.contains('✗'), "{screen}");
        terminal.types("⏎");
        terminal.hides("Add a block");
        // What may want more than was chosen opens as a form, and is whole as it is, but for a text.
        let saved = format!("saved r{} by ann", count + 2);
        let screen = terminal.until("a block or its form", |screen| {
            [&saved, "ctrl-g keys"].iter().any(|text| screen.contents().contains(*text))
        });
        if !screen.contains(&saved) {
            terminal.types(if kind == "text:" { "Dry.\x13" } else { "\x13" });
            terminal.shows(&saved);
        }
    }
    terminal.types("\x03");
    assert_eq!(terminal.ends(), 0);
    let drawn = ann.must(&["canvas", "render", "all", "--project", "weather", "--width", "100"]);
    assert!(!drawn.contains('✗'), "{drawn}");
    let shown = ann.must(&["canvas", "show", "all", "--project", "weather"]);
    for mark in ["bar", "line", "area", "point", "rect", "boxplot", "tick"] {
        // A histogram is made of bars.
        let expected = if mark == "bar" { 2 } else { 1 };
        assert_eq!(shown.matches(&format!("{mark} x=")).count(), expected, "{mark}: {shown}");
    }
}

#[test]
fn exit_prints_the_canvas_at_a_terminal_too() {
    let ann = Person::new("");
    ann.copy_example("penguins.csv", "penguins.csv");
    for arguments in [&["demo", "--exit"] as &[&str], &["open", "penguins.csv", "--exit"]] {
        let mut terminal = Terminal::start(&ann, arguments, (100, 60));
        assert_eq!(terminal.ends(), 0, "{arguments:?}");
        terminal.shows("╰─");
        assert!(!terminal.has_written("\x1b[?1049h"), "{arguments:?}");
    }
}

#[test]
fn impala_tui_is_a_program_of_its_own() {
    let (server, ann) = with_canvas();
    let token = ann.must(&["token", "create", "terminal"]);
    let impala = std::path::PathBuf::from(ann.command(&[]).get_program());
    let program = impala.with_file_name("impala-tui");
    assert!(program.exists(), "`cargo build --workspace` makes {}", program.display());
    let environment = [("IMPALA_SERVER", server.url.as_str()), ("IMPALA_TOKEN", token.trim())];
    let words = [program.to_str().unwrap(), "weather/seattle-weather"];
    let mut terminal = Terminal::run(&ann, &words, SIZE, &environment, Answers::Kind);
    terminal.shows("1,461");
    terminal.is_taken();
    terminal.is_told("TERM");
    assert_eq!(terminal.ends(), 143);
    terminal.gives_the_screen_back();
    assert!(terminal.is_cooked());
}

#[test]
fn keys_come_from_a_file_which_says_where_it_is_wrong() {
    let (_server, ann) = with_canvas();
    ann.write("printed.toml", &ann.must(&["tui", "--keys"]));
    ann.write("config/keys.toml", "[canvas]\nzoom = [\"x\"]\n");
    let zooms = |flags: &[&str], key: &str| {
        let mut terminal = Terminal::start(&ann, &[&CANVAS, flags].concat(), SIZE);
        terminal.shows("1,461");
        terminal.types(&format!("gj{key}"));
        terminal.shows("Seattle weather / Days");
    };
    zooms(&[], "x");
    // What is printed are the keys of a program without a file.
    zooms(&["--keymap", "printed.toml"], "z");
    ann.write("config/keys.toml", "[canvas]\nzoom = \"z\"\nzom = [\"x\"]\n");
    let mut terminal = Terminal::start(&ann, &CANVAS, SIZE);
    terminal.shows("keys.toml");
    terminal.shows("did you mean \"zoom\"?");
    assert_eq!(terminal.ends(), 2);
}

#[test]
fn without_a_terminal_it_says_what_to_do() {
    let mut ann = Person::new("");
    ann.says(&["tui"]);
    ann.says(&["tui", "--theme", "blue"]);
    ann.says(&["demo", "--graphics", "paper"]);
    assert_transcript!(ann);
}

#[test]
fn the_default_keys_are_a_keymap_file() {
    let ann = Person::new("");
    let keys = ann.must(&["tui", "--keys"]);
    assert!(keys.contains("[canvas]\n") && keys.contains("zoom = [\"enter\", \"z\"]"), "{keys}");
}
