//! demo, open, serve

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Stdio};

use crate::assert_transcript;
use crate::support::{Person, regex_escape, workspace};

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
    ann.must(&["open", "sales.csv", "--save", "--exit"]);
    ann.must(&["open", "more.csv", "--save", "--exit"]);
    let (mut serving, url) = serve(&ann, &[]);
    // The credentials were kept for the address that `impala serve` has by default.
    let path = ann.config_dir().join("credentials.json");
    let kept = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, kept.replace("http://127.0.0.1:5001", &url)).unwrap();
    ann.set("IMPALA_SERVER", &url);
    ann.set("IMPALA_PROJECT", "ann/files");
    assert_eq!(ann.must(&["canvas", "list", "-q"]), "more\nsales\n");
    stop(&mut serving);
}

/// Starts a server over the person's data folder, on a free port.
fn serve(person: &Person, more: &[&str]) -> (Child, String) {
    let arguments = [&["serve", "--listen", "127.0.0.1:0"], more].concat();
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
    let mut child = ann.command(&["demo"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(|line| line.unwrap());
    let line = lines.find(|line| line.contains("export IMPALA_CONFIG_DIR=")).unwrap();
    let config_dir = line.trim().trim_start_matches("export IMPALA_CONFIG_DIR=").to_owned();
    lines.find(|line| line.contains("Ctrl-C")).unwrap();
    let mut other = Person::new("");
    other.set("IMPALA_CONFIG_DIR", &config_dir);
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
    assert!(!std::path::Path::new(&config_dir).exists());
}
