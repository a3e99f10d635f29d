//! The whole surface: every command of the tree of commands is run against a real server, and what it says, to stdout, to
//! stderr and by its exit code, stands in a snapshot.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Output, Stdio};

use crate::assert_transcript;
use crate::support::{PASSWORD, Person, Server, regex_escape};

const SALES: &str =
    "id,day,shop,amount\n1,2024-01-01,north,10\n2,2024-01-02,south,12.5\n3,2024-01-03,north,\n";

const CANVAS: &str = "\
apiVersion: impala/v1
kind: Canvas
metadata:
  slug: week
  title: The week
spec:
  blocks:
  - id: total
    type: metric
    at: {x: 0, y: 0, w: 8, h: 5}
    title: Sold
    source: sales
    value: {aggregate: sum, field: amount}
    expect: [value > 20]
  - id: rows
    type: table
    at: {x: 8, y: 0, w: 16, h: 7}
    source: sales
";

/// The user who runs a part of the surface, in a project `shop` with a source and a canvas.
fn ann_at(server: &Server) -> Person {
    let ann = Person::registered(server, "ann");
    ann.must(&["project", "create", "shop", "--title", "Shop"]);
    ann.write("sales.csv", SALES);
    ann.write("week.yaml", CANVAS);
    ann.must(&["upload", "sales.csv"]);
    ann.must(&["canvas", "apply", "week.yaml"]);
    ann
}

fn account() -> Person {
    let server = Server::start();
    let mut ann = Person::new(&server.url);
    ann.says(&["ping"]);
    ann.says_with(&["register", "--username", "ann", "--password-stdin"], PASSWORD);
    ann.says(&["whoami"]);
    ann.says(&["logout"]);
    ann.says_with(&["login", "--username", "ann", "--password-stdin"], PASSWORD);
    ann.says(&["config", "set", "color", "never"]);
    ann.says(&["config", "show", "--origin"]);
    ann.says(&["doctor"]);
    ann.says(&["token", "create", "ci", "--scope", "upload", "--expires", "never"]);
    ann.says(&["token", "list"]);
    ann.says(&["token", "revoke", "ci"]);
    ann
}

fn projects() -> Person {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    Person::registered(&server, "ben");
    ann.says(&["project", "create", "shop", "--title", "Shop"]);
    ann.says(&["project", "list"]);
    ann.says(&["project", "show", "shop"]);
    ann.says(&["project", "edit", "--description", "What is sold where"]);
    ann.says(&["project", "use", "shop", "--here"]);
    ann.says(&["member", "add", "ben", "--role", "editor"]);
    ann.says(&["member", "list"]);
    ann.says(&["member", "remove", "ben"]);
    ann.says(&["project", "delete", "shop", "--yes"]);
    ann
}

fn sources() -> Person {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "shop"]);
    ann.write("sales.csv", SALES);
    ann.says(&["upload", "sales.csv", "--note", "first"]);
    ann.write("sales.csv", &SALES.replace("12.5", "14"));
    ann.must(&["upload", "sales.csv"]);
    ann.says(&["source", "list"]);
    ann.says(&["source", "show", "sales"]);
    ann.says(&["source", "schema", "sales"]);
    ann.says(&["source", "schema", "sales", "--write", "sales.schema.json"]);
    ann.says(&["source", "check", "sales.csv", "--schema", "sales.schema.json"]);
    ann.says(&["source", "preview", "sales"]);
    ann.says(&["source", "stats", "sales"]);
    ann.says(&["source", "versions", "sales"]);
    ann.says(&["source", "diff", "sales", "1", "2", "--key", "id"]);
    ann.says(&["source", "download", "sales@1", "-o", "first.csv"]);
    ann.says(&["query", "SELECT shop, sum(amount) AS sold FROM sales GROUP BY shop ORDER BY shop"]);
    ann.says(&["source", "rollback", "sales"]);
    ann.says(&["source", "delete", "sales", "--yes"]);
    ann
}

fn previews() -> Person {
    let server = Server::start();
    let mut ann = ann_at(&server);
    ann.write("sales.csv", &SALES.replace("12.5", "14"));
    ann.says(&["upload", "sales.csv", "--preview", "pr-7", "--ttl", "2d"]);
    ann.says(&["preview", "list"]);
    ann.says(&["preview", "show", "pr-7"]);
    ann.says(&["preview", "extend", "pr-7", "--ttl", "30d"]);
    ann.says(&["preview", "delete", "pr-7"]);
    ann
}

fn canvases() -> Person {
    let server = Server::start();
    let mut ann = ann_at(&server);
    ann.says(&["canvas", "list"]);
    ann.says(&["canvas", "show", "week"]);
    ann.says(&["canvas", "render", "week", "--width", "72"]);
    ann.says(&["canvas", "check", "week"]);
    ann.says(&["canvas", "create", "plan", "--title", "Plan"]);
    ann.says(&["canvas", "pull", "-o", "canvases"]);
    ann.write("canvases/week.yaml", &CANVAS.replace("title: Sold", "title: All sold"));
    ann.says(&["canvas", "lint", "canvases"]);
    ann.says(&["canvas", "fmt", "canvases"]);
    ann.says(&["canvas", "diff", "canvases"]);
    ann.says(&["canvas", "apply", "canvases"]);
    ann.says(&["canvas", "history", "week"]);
    ann.says(&["canvas", "restore", "week", "1"]);
    ann.says(&["canvas", "merge", "week.yaml", "canvases/week.yaml", "week.yaml"]);
    ann.says(&["canvas", "schema", "-o", "canvas.schema.json"]);
    ann.says(&["canvas", "delete", "plan", "--yes"]);
    ann
}

fn blocks_and_links() -> Person {
    let server = Server::start();
    let mut ann = ann_at(&server);
    ann.says(&[
        "block",
        "add",
        "week",
        "--source",
        "sales",
        "--mark",
        "bar",
        "--x",
        "shop",
        "--y",
        "sum(amount)",
    ]);
    ann.says(&["block", "set", "week", "total", "--title", "Sold so far"]);
    ann.says(&["block", "move", "week", "total", "--y", "20"]);
    ann.says(&["block", "resize", "week", "total", "--width", "12"]);
    ann.says(&["block", "remove", "week", "rows"]);
    ann.says(&["share", "create", "week", "--name", "Board", "--expires", "never"]);
    ann.says(&["share", "list", "week"]);
    ann.says(&["share", "pause", "week", "Board"]);
    ann.says(&["share", "resume", "week", "Board"]);
    ann.says(&["share", "revoke", "week", "Board"]);
    ann
}

/// With -q: ids only, one a line, and nothing beside them.
fn quietly() -> Person {
    let server = Server::start();
    let mut ann = ann_at(&server);
    Person::registered(&server, "ben");
    ann.write("sales.csv", &SALES.replace("12.5", "14"));
    ann.write("canvases.yaml", &CANVAS.replace("slug: week", "slug: month"));
    for line in [
        "whoami",
        "project create other",
        "project list",
        "project show shop",
        "project use shop --here",
        "project edit shop --title Shops",
        "member add ben",
        "member list",
        "upload sales.csv",
        "upload sales.csv --preview pr-7",
        "source list",
        "source show sales",
        "source versions sales",
        "source schema sales",
        "source stats sales",
        "source diff sales 1 2",
        "source rollback sales",
        "preview list",
        "preview show pr-7",
        "preview extend pr-7 --ttl 2d",
        "canvas apply canvases.yaml",
        "canvas create plan",
        "canvas list",
        "canvas show week",
        "canvas history week",
        "canvas check week",
        "canvas lint canvases.yaml",
        "canvas fmt canvases.yaml",
        "canvas diff canvases.yaml",
        "canvas pull week -o week.yaml",
        "canvas restore week 1",
        "canvas delete plan --yes",
        "block add week --source sales --value count() --id days",
        "block set week days --title Days",
        "block move week days --x 4",
        "block resize week days --width 4",
        "block remove week days",
        "token create ci",
        "token list",
        "share create week",
        "share list week",
        "preview delete pr-7",
        "source delete sales --yes",
        "project delete shop --yes",
        "config show",
        "config set color never",
        "doctor",
        "ping",
    ] {
        let words: Vec<&str> = line.split(' ').chain(["-q"]).collect();
        ann.says(&words);
    }
    ann
}

/// What needs no server, or brings its own.
fn alone() -> Person {
    let mut ann = Person::new("http://127.0.0.1:9");
    // Without a missing value, which would be told where the time is that the query took.
    ann.write("sales.csv", &SALES.replace("north,\n", "north,7\n"));
    ann.says(&["open", "sales.csv", "--exit", "--width", "72"]);
    ann.says(&["demo", "--exit"]);
    ann.says(&["tui"]);
    ann.says(&["man", "--dir", "man"]);
    ann.says(&["completions", "bash"]);
    ann.says(&["serve", "--data-dir", "data", "--print-config"]);
    says_until(&mut ann, &["serve", "--data-dir", "data", "--listen", "127.0.0.1:0"], "Serving ");
    ann.says(&["backup", "create", "impala.tar.zst", "--data-dir", "data"]);
    ann.says(&["backup", "verify", "impala.tar.zst"]);
    ann.says(&["backup", "restore", "impala.tar.zst", "--data-dir", "again"]);
    ann.says(&["backup", "copy", "--from", "again", "--to", "copy"]);
    ann
}

/// A part of the surface, with its name.
type Part = (&'static str, fn() -> Person);

/// Runs what does not end by itself until it has said a line, and has it end as `kill` does.
fn says_until(person: &mut Person, arguments: &[&str], line: &str) {
    let mut child = person.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.lines().any(|one| one.starts_with(line)) {
        assert_ne!(stderr.read_line(&mut said).unwrap(), 0, "{said}");
    }
    let told = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    stderr.read_to_string(&mut said).unwrap();
    let rest = child.wait_with_output().unwrap();
    let status = ExitStatus::from_raw(rest.status.into_raw());
    person.note(arguments, "", &Output { status, stdout: rest.stdout, stderr: said.into_bytes() });
}

/// The commands below `command`, those that have none of their own, as their words.
fn leaves(command: &clap::Command, above: &[String]) -> Vec<Vec<String>> {
    let below = command.get_subcommands().flat_map(|child| {
        let words: Vec<String> = above.iter().cloned().chain([child.get_name().to_owned()]).collect();
        if child.has_subcommands() { leaves(child, &words) } else { vec![words] }
    });
    below.collect()
}

/// The words of the command that arguments are for.
pub fn command_of(tree: &clap::Command, arguments: &[String]) -> Vec<String> {
    let mut command = tree;
    let mut words = Vec::new();
    for argument in arguments {
        let Some(child) = command.find_subcommand(argument) else { break };
        words.push(child.get_name().to_owned());
        command = child;
    }
    words
}

#[test]
fn every_command_says_what_stands_in_its_snapshot() {
    let parts: [Part; 8] = [
        ("account", account),
        ("projects", projects),
        ("sources", sources),
        ("previews", previews),
        ("canvases", canvases),
        ("blocks-and-links", blocks_and_links),
        ("quietly", quietly),
        ("alone", alone),
    ];
    let people: Vec<(&str, Person)> = std::thread::scope(|scope| {
        let parts = parts.map(|(name, part)| (name, scope.spawn(part)));
        parts.into_iter().map(|(name, part)| (name, part.join().unwrap())).collect()
    });
    let tree = impala_cli::command_tree();
    let mut run = BTreeSet::new();
    for (name, person) in people {
        run.extend(person.typed.iter().map(|arguments| command_of(&tree, arguments)));
        insta::with_settings!({snapshot_suffix => name}, { assert_transcript!(person) });
    }
    let missing: Vec<String> = leaves(&tree, &[])
        .into_iter()
        .filter(|words| !run.contains(words))
        .map(|words| words.join(" "))
        .collect();
    assert_eq!(missing, Vec::<String>::new(), "commands that no part of the surface runs");
}

/// Arguments that a command cannot do without, with values that mean nothing: fields are told before anything is asked for.
fn wanting(command: &clap::Command) -> Vec<String> {
    let needed = command.get_arguments().filter(|argument| argument.is_required_set());
    needed
        .flat_map(|argument| {
            let flag = argument.get_long().map(|long| format!("--{long}"));
            let value = match argument.get_id().as_str() {
                "version" | "revision" => "1",
                "ttl" => "1d",
                _ => "some-name",
            };
            flag.into_iter().chain([value.to_owned()])
        })
        .collect()
}

/// The command that these words name.
pub fn at<'a>(tree: &'a clap::Command, words: &[String]) -> &'a clap::Command {
    words.iter().fold(tree, |command, word| command.find_subcommand(word).unwrap())
}

fn has(command: &clap::Command, argument: &str) -> bool {
    command.get_arguments().any(|one| one.get_id() == argument)
}

/// Where one of several arguments has to be there, one of them.
fn one_of_several(command: &str) -> &'static [&'static str] {
    match command {
        "block move" => &["--x", "1"],
        "block resize" => &["--width", "1"],
        "canvas check" => &["--all"],
        "project edit" => &["--title", "T"],
        "serve" => &["--print-config"],
        _ => &[],
    }
}

/// What shows something shows it to programs, too, and `--json` alone says which fields there are, without a server and
/// before anything is done.
#[test]
fn what_shows_something_lists_its_fields() {
    let tree = impala_cli::command_tree();
    let ann = Person::new("http://127.0.0.1:9");
    for words in leaves(&tree, &[]) {
        let command = at(&tree, &words);
        let is_shown =
            ["list", "show", "versions", "stats", "schema", "history", "diff", "check", "lint", "verify"]
                .contains(&words.last().unwrap().as_str())
                && words.join(" ") != "canvas schema";
        assert!(has(command, "json") || !is_shown, "impala {} has no --json", words.join(" "));
        // The fields of rows are their columns, which the server knows.
        let is_of_rows = ["query", "source preview"].contains(&words.join(" ").as_str());
        if !has(command, "json") || is_of_rows {
            continue;
        }
        let mut arguments = words.clone();
        arguments.extend(wanting(command));
        arguments.extend(one_of_several(&words.join(" ")).iter().map(|&word| word.to_owned()));
        arguments.push("--json".to_owned());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = ann.run(&arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(
            said.starts_with("error: say which fields: --json FIELD,FIELD,... or --json all. There are\n  "),
            "{arguments:?}: {said}"
        );
        // What a shell completes is what there is.
        let told: Vec<&str> = said.lines().skip(1).map(str::trim).collect();
        assert_eq!(impala_cli::json_fields(command).unwrap_or_default(), told, "{arguments:?}");
    }
}
