//! What the README and `docs/` say to type, typed: each command has to work as it stands there.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use serde_norway::Value;

use crate::support::{PASSWORD, Person, Server, workspace};

/// A shell in the person's folder, with `impala` on its path.
fn shell(person: &Person, program: &str) -> Command {
    let bin = person.folder.path().join(".bin");
    if !bin.exists() {
        std::fs::create_dir(&bin).unwrap();
        symlink(env!("CARGO_BIN_EXE_impala"), bin.join("impala")).unwrap();
    }
    let like = person.command(&[]);
    let mut command = Command::new(program);
    command.env_clear().current_dir(person.folder.path());
    command.envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("PATH", format!("{}:{}", bin.display(), std::env::var("PATH").unwrap()));
    command.stdin(std::process::Stdio::null());
    command
}

/// Runs lines in a shell; all of them have to work.
#[track_caller]
fn runs(person: &Person, lines: &str, variables: &[(&str, &str)]) -> String {
    let mut bash = shell(person, "bash");
    let output =
        bash.args(["-euo", "pipefail", "-c", lines]).envs(variables.iter().copied()).output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{lines}\n{stdout}\n{stderr}");
    stdout.into_owned()
}

fn document(path: &str) -> String {
    std::fs::read_to_string(workspace().join(path)).unwrap()
}

/// The indented lines of a part of a document, from the line that begins with `from` to the one that begins with `to`.
fn commands(text: &str, from: &str, to: &str) -> Vec<String> {
    let part =
        text.lines().skip_while(|line| !line.starts_with(from)).take_while(|line| !line.starts_with(to));
    part.filter_map(|line| line.strip_prefix("    ")).map(str::to_owned).collect()
}

/// A repository as the examples of `docs/ci` have it, and a project with a first version for it.
fn repository(server: &Server) -> (Person, String) {
    let ann = Person::with_weather(server);
    let token = ann.must(&[
        "token",
        "create",
        "ci",
        "--scope",
        "read,upload,write",
        "--project",
        "ann/weather",
        "--expires",
        "90d",
        "-q",
    ]);
    ann.must(&["source", "schema", "weather", "-P", "weather", "--write", "weather.schema.json"]);
    data_and_canvas(&ann);
    (ann, token.trim().to_owned())
}

fn data_and_canvas(person: &Person) {
    for folder in ["data", "canvases"] {
        std::fs::create_dir(person.folder.path().join(folder)).unwrap();
    }
    person.copy_example("seattle-weather.csv", "data/weather.csv");
    person.copy_example("seattle-weather.yaml", "canvases/seattle-weather.yaml");
}

/// The commands of "Five minutes", in one shell. The server of the test stands where the reader starts one.
#[test]
fn the_five_minutes_of_the_readme() {
    let server = Server::start();
    let ann = Person::new(&server.url);
    symlink(workspace().join("examples"), ann.folder.path().join("examples")).unwrap();
    std::fs::create_dir(ann.folder.path().join("data")).unwrap();
    ann.copy_example("seattle-weather.csv", "data/weather.csv");
    let lines = commands(&document("README.md"), "## Five minutes", "## In production");
    assert!(lines.iter().any(|line| line.starts_with("impala serve --data-dir")));
    assert!(lines.iter().any(|line| line.starts_with("impala tui")));
    let lines: Vec<String> = lines
        .into_iter()
        // The server is there, and what wants a terminal has tests with one.
        .filter(|line| !line.starts_with("impala serve") && !line.starts_with("impala tui"))
        .map(|line| line.replace("http://127.0.0.1:5001", &server.url))
        // It would serve until Ctrl-C.
        .map(|line| line.replace("open examples/penguins.csv ", "open examples/penguins.csv --exit "))
        .collect();
    assert!(lines.len() > 15, "{lines:?}");
    runs(&ann, &lines.join("\n"), &[]);
}

/// The commands about canvases as code, in a folder of git with a canvas that differs from the server's.
#[test]
fn canvases_as_code_as_told() {
    let server = Server::start();
    let (ann, token) = repository(&server);
    let text = document("docs/canvases-as-code.md");
    let settings: Vec<String> = commands(&text, "## A project", "It is meant for git")
        .iter()
        .map(|line| line.replace("https://impala.example.org", &server.url))
        .collect();
    ann.write("impala.toml", &settings.join("\n"));
    let variables = [("IMPALA_TOKEN", token.as_str()), ("EDITOR", "true")];
    runs(
        &ann,
        "git init -q . && impala canvas apply && cp canvases/seattle-weather.yaml canvases/rain.yaml && sed -i 's/slug: seattle-weather/slug: rain/' canvases/rain.yaml",
        &variables,
    );
    let mut lines = commands(&text, "It is meant for git", "Files and folders can be named");
    lines.extend(commands(&text, "## Checks without", "`impala canvas lint --rules`"));
    for line in &lines {
        // A difference is what this one tells by its exit code.
        let line = if line.starts_with("impala canvas diff") {
            format!("if {line}\nthen exit 1; else [ $? = 8 ]; fi")
        } else {
            line.clone()
        };
        runs(&ann, &line, &variables);
    }
    assert!(lines.len() > 7, "{lines:?}");
    for name in ["base", "ours", "theirs"] {
        ann.copy_example("seattle-weather.yaml", &format!("{name}.yaml"));
    }
    let merging = commands(&text, "## Merging files", "## Checks");
    assert_eq!(merging.len(), 3);
    runs(&ann, &merging.join("\n"), &variables);
}

/// The whole road, from an empty server and back.
#[test]
fn the_pipeline() {
    let server = Server::start();
    let ci = Person::new(&server.url);
    data_and_canvas(&ci);
    let script = workspace().join("docs/ci/pipeline.sh");
    let said = runs(&ci, &script.display().to_string(), &[]);
    assert!(said.contains("== and back"), "{said}");
    assert!(ci.read("summary.md").contains("1,462"), "{}", ci.read("summary.md"));
    assert!(ci.read("check.xml").contains("<testsuite"));
}

#[test]
fn the_pages_commands_for_a_token_and_a_contract() {
    let server = Server::start();
    let ann = Person::with_weather(&server);
    ann.copy_example("seattle-weather.yaml", "canvas.yaml");
    ann.must(&["canvas", "apply", "canvas.yaml", "-P", "weather"]);
    std::fs::create_dir(ann.folder.path().join("canvases")).unwrap();
    let lines = commands(&document("docs/ci/README.md"), "# Impala", "Take the one");
    assert_eq!(lines.len(), 3);
    let said = runs(&ann, &lines.join("\n"), &[("IMPALA_PROJECT", "ann/weather")]);
    assert!(said.starts_with("impala_"));
    assert_eq!(ann.read("canvases/seattle-weather.yaml"), document("examples/seattle-weather.yaml"));
}

/// The steps of both jobs, one after the other, with the variables that GitHub sets.
#[test]
fn github_actions() {
    let server = Server::start();
    let (ann, token) = repository(&server);
    let text = document("docs/ci/github-actions.yml").replace("${{ github.event.number }}", "7");
    let workflow: Value = serde_norway::from_str(&text).unwrap();
    assert_eq!(workflow["env"]["IMPALA_TOKEN"], Value::from("${{ secrets.IMPALA_TOKEN }}"));
    let summary = ann.folder.path().join("summary.md");
    for job in ["preview", "publish"] {
        let job = &workflow["jobs"][job];
        let preview = job["env"]["PREVIEW"].as_str().unwrap_or_default();
        let steps: Vec<&str> =
            job["steps"].as_sequence().unwrap().iter().filter_map(|step| step["run"].as_str()).collect();
        assert!(steps.len() > 2);
        for step in steps {
            let variables = [
                ("IMPALA_TOKEN", token.as_str()),
                ("IMPALA_PROJECT", workflow["env"]["IMPALA_PROJECT"].as_str().unwrap()),
                ("PREVIEW", preview),
                ("GITHUB_SHA", "0a1b2c3"),
                ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap()),
            ];
            runs(&ann, step, &variables);
        }
    }
    assert!(ann.read("summary.md").contains("Seattle weather"), "{}", ann.read("summary.md"));
}

/// The scripts of both jobs, one after the other, with the variables that GitLab sets.
#[test]
fn gitlab_ci() {
    let server = Server::start();
    let (ann, token) = repository(&server);
    let pipeline: Value = serde_norway::from_str(&document("docs/ci/gitlab-ci.yml")).unwrap();
    let project = pipeline["variables"]["IMPALA_PROJECT"].as_str().unwrap();
    for job in ["preview", "publish"] {
        let script: Vec<&str> = pipeline[job]["script"]
            .as_sequence()
            .unwrap()
            .iter()
            .map(|line| line.as_str().unwrap())
            .collect();
        let variables = [
            ("IMPALA_TOKEN", token.as_str()),
            ("IMPALA_PROJECT", project),
            ("CI_MERGE_REQUEST_IID", "7"),
            ("CI_COMMIT_SHA", "0a1b2c3"),
        ];
        runs(&ann, &script.join("\n"), &variables);
    }
    for report in ["lint.xml", "data.xml", "check.xml"] {
        assert!(ann.read(report).contains("<testsuite"), "{report}");
    }
    assert!(ann.read("seattle-weather.html").contains("</html>"));
}

/// What cron would run, by its own shell, with nothing but what the crontab says and the token that was kept.
#[test]
fn the_crontab() {
    let server = Server::start();
    let (ann, token) = repository(&server);
    symlink(ann.folder.path(), ann.folder.path().join("weather")).unwrap();
    let output = ann.run_with(&["login", "--token-stdin"], &token);
    assert!(output.status.success(), "{output:?}");
    let text = document("docs/ci/crontab");
    assert!(text.contains("IMPALA_PROJECT=ann/weather"));
    let command = text.lines().last().unwrap().split_once("cd ").unwrap().1;
    let mut cron = shell(&ann, "sh");
    let output =
        cron.arg("-c").arg(format!("cd {command}")).env("IMPALA_PROJECT", "ann/weather").output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn the_makefile() {
    let server = Server::start();
    let (ann, token) = repository(&server);
    let make = || {
        let mut make = shell(&ann, "make");
        make.arg("-f").arg(workspace().join("docs/ci/Makefile"));
        make.env("IMPALA_TOKEN", &token).env("IMPALA_PROJECT", "ann/weather").output().unwrap()
    };
    let first = make();
    assert!(first.status.success(), "{first:?}");
    assert!(ann.read("report.md").contains("Seattle weather"));
    assert!(Path::new(&ann.folder.path().join("report.html")).exists());
    // Nothing changed: nothing is done.
    assert!(String::from_utf8_lossy(&make().stdout).contains("Nothing to be done"));
}

/// A password that a reader is shown is the one that the tests use, so that the two are not mistaken for secrets.
#[test]
fn the_documents_have_one_password() {
    for path in ["README.md", "docs/ci/pipeline.sh"] {
        assert!(document(path).contains(&format!("echo '{PASSWORD}' |")), "{path}");
    }
}
