//! The log of the terminal canvas: every command in it, run by a shell, does what was done on the screen.

use crate::pty::Terminal;
use crate::support::{PASSWORD, Person, Server};

/// Someone with the files that are uploaded, at a server where others have accounts.
fn person(server: &Server) -> Person {
    for name in ["bob", "cyn"] {
        Person::registered(server, name);
    }
    let ann = Person::new(&server.url);
    for name in ["weather.csv", "old days.csv"] {
        ann.copy_example("seattle-weather.csv", name);
    }
    let text = ann.read("weather.csv");
    ann.write("newer.csv", &format!("{text}2016-01-01,0.0,5.0,1.0,2.0,sun\n"));
    ann
}

/// One session with a step of every kind that is noted; returns what was noted.
fn session(ann: &Person) -> String {
    // Only a whole canvas has a line `spec:`, and only its first edit finds one without parameters.
    let editor = "sed -i -e 's/^spec:$/spec:\\n  parameters: [{name: like, type: text, default: sun}]/' -e 's/Rows$/Days/'";
    let mut terminal = Terminal::start_with(ann, &["tui"], (120, 40), &[("EDITOR", editor)]);
    let on = &mut terminal;
    step(on, "", "I have an account");
    step(on, "↑ ↓ann⏎", "● register");
    step(on, &format!("{PASSWORD}⏎"), "You have no projects yet");
    step(on, "nextra⏎", "No canvases yet");
    step(on, "q", "ann/extra  owner");
    step(on, "d", "It holds no canvases and no sources.");
    step(on, "y", "You have no projects yet");
    step(on, "nweather⏎", "No canvases yet");
    sources(on);
    members(on);
    step(on, "⇥", "[Canvases 0]");
    canvas(on);
    canvases(on);
    step(on, ":sign out⏎y", "Signed out.");
    step(on, &format!("ann⇥{PASSWORD}⏎"), "ann/weather  owner");
    step(on, "@", "Equivalent CLI commands");
    step(on, "Y", "Every command copied");
    let log = terminal.clipboard();
    terminal.types("⎋");
    terminal.hides("Equivalent CLI commands");
    terminal.types("\x03");
    assert_eq!(terminal.ends(), 0);
    log
}

/// Types, and waits for what comes of it.
#[track_caller]
fn step(terminal: &mut Terminal, keys: &str, expected: &str) {
    terminal.types(keys);
    terminal.shows(expected);
    // An event may come before the answer that a question waits for.
    if keys == "y" {
        terminal.hides("y yes");
    }
}

fn sources(on: &mut Terminal) {
    for file in ["weather.csv", "old days.csv"] {
        step(on, "U", "path of a CSV");
        step(on, &format!("{file}⏎"), "@1 · 1,461 rows");
        step(on, "q", "[Canvases 0]");
    }
    step(on, "U", "path of a CSV");
    step(on, "newer.csv", "(newer)");
    on.hides(" weather.csv");
    step(on, "⇥weather⏎", "@2 · 1,462 rows");
    step(on, "⇥⇥⇥", "@2 current");
    step(on, "↓b", "Make weather@1 the current version?");
    step(on, "y", "@1 · 1,461 rows");
    step(on, "q", "Sources 2");
    step(on, "⇥", "[Sources 2]");
    step(on, "d", "No canvas reads it.");
    step(on, "y", "[Sources 1]");
}

fn members(on: &mut Terminal) {
    step(on, "⇥", "[Members 1]");
    step(on, "nbob viewer⏎", "[Members 2]");
    step(on, "ncyn⏎", "[Members 3]");
    step(on, "/bob⏎", "bob");
    step(on, "⏎", "Member: a name");
    on.types("\x15bob editor⏎");
    on.hides("Member: a name");
    step(on, "/\x15cyn⏎", "cyn");
    step(on, "d", "Remove cyn from this project?");
    step(on, "y", "[Members 2]");
    on.types("/\x15⏎");
}

fn canvas(on: &mut Terminal) {
    step(on, "nFirst things⏎", "This canvas has no blocks yet.");
    let mut revision = 1;
    let mut saves = |on: &mut Terminal, keys: &str| {
        revision += 1;
        step(on, keys, &format!("saved r{revision} by ann"));
    };
    for keys in ["↓⏎", "↓↓⏎"] {
        step(on, "a", "Proposed from the columns");
        saves(on, keys);
    }
    // Moved, resized, duplicated, deleted, undone, redone.
    for keys in ["m↓↓⏎", "s↑⏎", "D", "d", "u", "\x12", "u"] {
        saves(on, keys);
    }
    // In a form, in an editor, copied and put, compacted, the whole canvas in an editor.
    for keys in ["e↑\x15Fine weather\x13", "gE", "yp", ":compact⏎", ":whole canvas⏎"] {
        saves(on, keys);
    }
    step(on, "f", "An empty field is the default.");
    step(on, "rain⏎", "like: rain");
    step(on, "H", "+ parameter like");
    step(on, "↓↓↓r", "Restore revision 12");
    saves(on, "y");
}

/// A block of one canvas goes to a second; a third is deleted.
fn canvases(on: &mut Terminal) {
    step(on, "y", "copied");
    step(on, "q", "[Canvases 1]");
    step(on, "nSecond⏎", "This canvas has no blocks yet.");
    step(on, "p", "saved r2 by ann");
    step(on, "q", "[Canvases 2]");
    step(on, "nGone⏎", "This canvas has no blocks yet.");
    step(on, "q", "[Canvases 3]");
    on.types("/gone⏎");
    step(on, "d", "Delete the canvas gone?");
    step(on, "y", "[Canvases 2]");
}

/// The commands of a script, each with the lines that it reads.
fn commands(script: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let mut is_inside = false;
    for line in script.lines() {
        match commands.last_mut().filter(|_| is_inside) {
            Some(command) => *command += &format!("\n{line}"),
            None => commands.push(line.to_owned()),
        }
        is_inside = (is_inside || line.ends_with("<<'EOF'")) && line != "EOF";
    }
    commands
}

/// All that a project holds, as commands tell it.
fn state(ann: &Person) -> Vec<String> {
    let project = ["--project", "ann/weather"];
    [
        &["project", "list", "--json", "owner,slug,title"][..],
        &["source", "list", "--json", "name,versions"],
        &["source", "schema", "weather"],
        &["member", "list", "--json", "username,role"],
        &["canvas", "list", "-q"],
        &["canvas", "pull", "first-things", "-o", "-"],
        &["canvas", "pull", "second", "-o", "-"],
    ]
    .iter()
    .map(|arguments| ann.must(&[arguments, &project[..]].concat()))
    .collect()
}

#[test]
fn what_is_logged_does_the_same_in_a_shell() {
    let (screen, shell) = (Server::start(), Server::start());
    let ann = person(&screen);
    let script = session(&ann);
    let other = person(&shell);
    for command in commands(&script) {
        let questions: &[&str] = match () {
            () if command.starts_with("impala register") => &["Password", "Again"],
            () if command.starts_with("impala login") => &["Password"],
            () => &[],
        };
        if !questions.is_empty() {
            answers(&other, &command, questions);
            continue;
        }
        let output = other.shell(&command).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}\n{said}\n\nof:\n{script}");
    }
    assert_eq!(state(&ann), state(&other), "{script}");
    assert!(!script.contains("--force"), "{script}");
    kinds(&script);
}

/// Runs a command that asks at the terminal for a password.
fn answers(person: &Person, command: &str, questions: &[&str]) {
    let mut terminal = Terminal::shell(person, command);
    for question in questions {
        terminal.shows(question);
        terminal.types(&format!("{PASSWORD}⏎"));
    }
    assert_eq!(terminal.ends(), 0, "{command}");
}

/// Every kind of command that the screens note is among those that were tried.
fn kinds(script: &str) {
    let kinds = [
        "register",
        "login",
        "logout",
        "project create",
        "project show",
        "project delete",
        "upload",
        "source show",
        "source rollback",
        "source delete",
        "member add",
        "member remove",
        "canvas create",
        "canvas show",
        "canvas apply",
        "canvas history",
        "canvas restore",
        "canvas render",
        "canvas delete",
        "block add",
        "block set",
        "block move",
        "block resize",
        "block remove",
    ];
    for kind in kinds {
        assert!(
            script.lines().any(|line| format!("{line} ").starts_with(&format!("impala {kind} "))),
            "{kind}:\n{script}"
        );
    }
}

#[test]
fn commands_go_where_the_session_goes() {
    let server = Server::start();
    let ann = Person::with_weather(&server);
    let mut elsewhere = Person::new("http://127.0.0.1:9");
    elsewhere.set("IMPALA_CONFIG_DIR", &ann.config_dir().display().to_string());
    let mut terminal = Terminal::start(&elsewhere, &["tui", "weather", "--server", &server.url], (120, 30));
    terminal.shows("No canvases yet");
    terminal.types("nFirst⏎");
    terminal.shows("This canvas has no blocks yet.");
    terminal.types("@");
    terminal.shows("Equivalent CLI commands");
    terminal.types("Y");
    terminal.shows("Every command copied");
    for command in commands(&terminal.clipboard()) {
        let expected = format!("impala --server {} ", server.url);
        assert!(command.starts_with(&expected), "{command}");
    }
    let show = elsewhere.shell(terminal.clipboard().lines().next().unwrap()).output().unwrap();
    assert!(String::from_utf8_lossy(&show.stdout).contains("weather"), "{show:?}");
}
