//! demo, open, serve

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Stdio};

use crate::assert_transcript;
use crate::support::{PASSWORD, Person, regex_escape, workspace};

/// How the picture looks is for the tests of `impala-render`; here it counts that everything is in it.
#[track_caller]
fn assert_drawn(picture: &str, parts: &[&str]) {
    for part in parts {
        assert!(picture.contains(part), "{part} is missing:\n{picture}");
    }
    assert!(!picture.contains('\u{1b}') && !picture.contains('✗'), "{picture}");
}

#[test]
fn the_demo_draws_its_canvas_and_leaves_nothing() {
    let ann = Person::new("");
    let output = ann.run(&["demo", "--exit"]);
    let (picture, notes) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{notes}");
    assert_drawn(
        &picture,
        &["Seattle weather", "Wettest day", "55.9 mm", "Rain by month", "drizzle", "2012-01-19"],
    );
    assert!(notes.contains("That was the demo.") && !notes.contains("warning"), "{notes}");
    let left: Vec<_> = std::fs::read_dir(ann.folder.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

/// The README shows what its first command prints.
#[test]
fn the_picture_in_the_readme_is_the_demos() {
    let readme = std::fs::read_to_string(workspace().join("README.md")).unwrap();
    let (_, shown) = readme.split_once("```text\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let drawn = Person::new("").must(&["demo", "--exit"]);
    assert_eq!(
        without_times(shown),
        without_times(&drawn),
        "if this is as it should be, put it into README.md:\n{drawn}"
    );
}

/// How long a query took differs from run to run, and with it the line that it stands in.
fn without_times(picture: &str) -> String {
    let lines = picture.lines().map(|line| match line.find("╰") {
        Some(start) if line.contains("rows read") || line.contains("weather@") => {
            line[..start].to_owned() + "╰╯"
        }
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_file_is_opened() {
    let mut ann = Person::new("");
    ann.write("sales.csv", &sales());
    ann.write("bad.csv", "day,shop\n2024-01-01\n2024-01-02,x,y\n");
    let picture = ann.must(&["open", "sales.csv", "--exit"]);
    assert_drawn(&picture, &["Sales", "60 rows, 3 columns", "amount", "north", "2024-01-01"]);
    ann.says(&["open", "bad.csv", "--exit"]);
    ann.says(&["open", "nothing.csv"]);
    ann.says(&["open"]);
    assert_transcript!(ann);
}

fn sales() -> String {
    let rows = (0..60).map(|n| {
        format!("2024-{:02}-{:02},{},{}\n", n / 28 + 1, n % 28 + 1, ["north", "south"][n % 2], n * 7 % 50)
    });
    format!("day,shop,amount\n{}", rows.collect::<String>())
}

#[test]
fn what_was_saved_can_be_served_again() {
    let mut ann = Person::new("");
    ann.write("sales.csv", &sales());
    ann.write("more.csv", "n\n1\n2\n");
    let data = ann.folder.path().join("data");
    ann.set("XDG_DATA_HOME", &data.to_string_lossy());
    // Someone has signed in already, at the address that `impala serve` has by default.
    let own =
        r#"{"default": {"http://127.0.0.1:5001": {"kind": "token", "username": "ann", "token": "mine"}}}"#;
    std::fs::create_dir_all(ann.config_dir()).unwrap();
    std::fs::write(ann.config_dir().join("credentials.json"), own).unwrap();
    ann.must(&["open", "sales.csv", "--save", "--exit"]);
    let output = ann.run(&["open", "more.csv", "--save", "--exit"]);
    assert_eq!(std::fs::read_to_string(ann.config_dir().join("credentials.json")).unwrap(), own);
    let config_dir = data.join("impala/config");
    let line = format!(
        "  export IMPALA_CONFIG_DIR={} IMPALA_SERVER=http://127.0.0.1:5001 IMPALA_PROJECT=ann/files; unset IMPALA_TOKEN IMPALA_PROFILE\n  impala canvas render more\n",
        config_dir.display()
    );
    let notes = String::from_utf8_lossy(&output.stderr);
    assert!(notes.contains(&line), "{notes}");
    let (mut serving, url) = serve(&ann);
    ann.set("IMPALA_CONFIG_DIR", &config_dir.to_string_lossy());
    moves(&mut ann, &config_dir, "http://127.0.0.1:5001", &url);
    ann.set("IMPALA_PROJECT", "ann/files");
    assert_eq!(ann.must(&["canvas", "list", "-q"]), "more\nsales\n");
    stop(&mut serving);
}

/// From here on the person's server is at another address, with the same accounts.
fn moves(person: &mut Person, config_dir: &Path, before: &str, url: &str) {
    let path = config_dir.join("credentials.json");
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept.contains(before), "{kept}");
    std::fs::write(&path, kept.replace(before, url)).unwrap();
    person.set("IMPALA_SERVER", url);
}

/// The saved data may be those of a server where someone of that name has an account already.
#[test]
fn what_is_saved_beside_an_account_of_the_same_name_gets_its_own_user() {
    let mut ann = Person::new("");
    ann.write("sales.csv", &sales());
    ann.set("XDG_DATA_HOME", &ann.folder.path().join("data").to_string_lossy());
    let (mut serving, url) = serve(&ann);
    ann.set("IMPALA_SERVER", &url);
    let registered = ann.run_with(&["register", "--username", "ann", "--password-stdin"], PASSWORD);
    assert!(registered.status.success());
    stop(&mut serving);
    for _ in 0..2 {
        let output = ann.run(&["open", "sales.csv", "--save", "--exit"]);
        let notes = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && notes.contains("IMPALA_PROJECT=ann-2/files;"), "{notes}");
    }
    let (mut serving, new_url) = serve(&ann);
    let config_dir = ann.config_dir();
    moves(&mut ann, &config_dir, &url, &new_url);
    assert_eq!(ann.must(&["whoami", "-q"]), "ann\n");
    stop(&mut serving);
}

/// `impala demo --serve | head -1`
#[test]
fn a_reader_that_goes_ends_what_it_read() {
    let ann = Person::new("");
    ann.write("sales.csv", &sales());
    for arguments in [&["demo", "--serve"][..], &["open", "sales.csv", "--serve"]] {
        let mut child = ann.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut notes = BufReader::new(child.stderr.take().unwrap()).lines().map(|line| line.unwrap());
        // It serves: its picture is drawn.
        notes.find(|line| line.contains("export IMPALA_CONFIG_DIR=")).unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        assert!(!first.is_empty());
        notes.for_each(drop);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments:?}");
    }
}

/// In the log of a CI job, or `impala open sales.csv | less`: nothing waits there for Ctrl-C.
#[test]
fn without_a_terminal_the_picture_is_all() {
    let ann = Person::new("");
    ann.write("sales.csv", &sales());
    assert_drawn(&ann.must(&["demo"]), &["Seattle weather"]);
    assert_drawn(&ann.must(&["open", "sales.csv"]), &["sales"]);
    assert_drawn(&ann.must(&["open", "sales.csv", "--save"]), &["sales"]);
}

#[test]
fn pictures_are_as_wide_as_they_are_told() {
    let mut ann = Person::new("");
    ann.write("sales.csv", &sales());
    let widest = |ann: &Person, more: &[&str]| {
        let picture = ann.must(&[&["open", "sales.csv", "--exit"], more].concat());
        assert_eq!(picture.is_ascii(), more.contains(&"--ascii"), "{picture}");
        picture.lines().map(|line| line.chars().count()).max().unwrap()
    };
    assert_eq!(widest(&ann, &[]), 100);
    assert_eq!(widest(&ann, &["--width", "70", "--ascii"]), 70);
    ann.set("COLUMNS", "84");
    assert_eq!(widest(&ann, &[]), 84);
    assert_eq!(widest(&ann, &["--width", "70"]), 70);
}

/// Starts a server over the person's data folder, on a free port.
fn serve(person: &Person) -> (Child, String) {
    let arguments = ["serve", "--listen", "127.0.0.1:0"];
    let mut child = person.command(&arguments).stderr(Stdio::piped()).spawn().unwrap();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let mut lines = stderr.lines().map(|line| line.unwrap());
    let line = lines.find(|line| line.starts_with("Serving ")).unwrap();
    // What it says from now on is read too, lest it waits for a reader.
    std::thread::spawn(move || lines.for_each(drop));
    let url = line.split(" at ").nth(1).unwrap().split(". ").next().unwrap().to_owned();
    (child, url)
}

fn stop(child: &mut Child) {
    let told = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_port_in_use_is_said_in_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut ann = Person::new("");
    ann.says(&["serve", "--listen", &address, "--data-dir", "data"]);
    ann.says(&["serve", "--listen", "nowhere"]);
    ann.write("file", "");
    ann.says(&["serve", "--listen", "127.0.0.1:0", "--data-dir", "file"]);
    assert_transcript!(ann);
}

/// Ends with the process, so that no test leaves a server behind.
#[test]
fn the_demo_serves_until_it_is_told_to_end() {
    let ann = Person::new("");
    let mut child =
        ann.command(&["demo", "--serve"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(|line| line.unwrap());
    let line = lines.find(|line| line.contains("export IMPALA_CONFIG_DIR=")).unwrap();
    lines.find(|line| line.contains("Ctrl-C")).unwrap();
    // Another shell, whose environment names another server.
    let (exports, unset) = line.trim().trim_start_matches("export ").split_once("; ").unwrap();
    assert_eq!(unset, "unset IMPALA_TOKEN IMPALA_PROFILE");
    let mut other = Person::new("http://127.0.0.1:1");
    other.set("IMPALA_PROJECT", "else/where");
    for export in exports.split(' ') {
        let (name, value) = export.split_once('=').unwrap();
        other.set(name, value);
    }
    let config_dir = exports.split([' ', '=']).nth(1).unwrap();
    assert_eq!(other.must(&["canvas", "list", "-q"]), "seattle-weather\n");
    other.must(&[
        "block",
        "add",
        "seattle-weather",
        "--source",
        "weather",
        "--mark",
        "line",
        "--x",
        "yearmonth(date)",
        "--y",
        "mean(temp_max)",
    ]);
    stop(&mut child);
    assert!(!Path::new(config_dir).exists());
}
