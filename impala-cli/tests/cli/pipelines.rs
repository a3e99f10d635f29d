//! The examples of `docs/ci` for pipelines, run as they stand there, as each system would run them.

use std::os::unix::fs::symlink;
use std::path::Path;

use serde_norway::Value;

use crate::documentation::*;
use crate::support::{Person, Server, workspace};

/// A repository as the examples of `docs/ci` have it, and a project with a first version for it.
pub fn repository(server: &Server) -> (Person, String) {
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
    let said = runs(&ann, &FOR_CI.commands().join("\n"), &[("IMPALA_PROJECT", "ann/weather")]);
    assert!(said.starts_with("impala_"));
    assert_eq!(ann.read("canvases/seattle-weather.yaml"), document("examples/seattle-weather.yaml"));
}

/// A rule that no data keeps stands in the repository's canvas from now on.
fn break_a_rule(person: &Person) {
    let canvas = person.read("canvases/seattle-weather.yaml");
    let block = "  - id: days\n";
    assert!(canvas.contains(block), "{canvas}");
    let broken = canvas.replace(block, &format!("{block}    expect: [rows < 0]\n"));
    person.write("canvases/seattle-weather.yaml", &broken);
}

/// The image that a job runs in is the one with a shell and without an entrypoint, which the page beside it says how to build.
#[track_caller]
fn assert_has_a_shell(image: &Value) {
    let image = image.as_str().unwrap();
    let page = document("docs/ci/README.md");
    assert!(page.contains("docker build --target cli -t impala-cli ."));
    assert!(page.contains(&format!("docker tag impala-cli {image}\n")), "no image is called {image}");
    let dockerfile = document("Dockerfile");
    let stage =
        dockerfile.split("\nFROM ").find(|stage| stage.lines().next().unwrap().ends_with(" AS cli")).unwrap();
    assert!(stage.starts_with("debian:") && !stage.contains("ENTRYPOINT"), "{stage}");
}

/// Runs the steps of a job as GitHub does in a container, by `sh -e`: after one that fails, only those that run always.
/// Returns the names of those that failed.
fn github_job<'a>(person: &Person, job: &'a Value, variables: &[(&str, &str)]) -> Vec<&'a str> {
    let container = &job["container"];
    assert_has_a_shell(&container["image"]);
    let steps: Vec<&Value> =
        job["steps"].as_sequence().unwrap().iter().filter(|step| step["run"].is_string()).collect();
    assert!(steps.len() > 2);
    let mut failed = Vec::new();
    for step in steps {
        if failed.is_empty() || step["if"] == "always()" {
            let output = tries(person, ["sh", "-e", "-u"], step["run"].as_str().unwrap(), variables);
            failed.extend(step["name"].as_str().filter(|_| !output.status.success()));
        }
    }
    failed
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
    let job = |name: &str| {
        let job = &workflow["jobs"][name];
        let variables = [
            ("IMPALA_TOKEN", token.as_str()),
            ("IMPALA_PROJECT", workflow["env"]["IMPALA_PROJECT"].as_str().unwrap()),
            ("PREVIEW", job["env"]["PREVIEW"].as_str().unwrap_or_default()),
            ("GITHUB_SHA", "0a1b2c3"),
            ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap()),
        ];
        github_job(&ann, job, &variables)
    };
    assert_eq!((job("preview"), job("publish")), (Vec::new(), Vec::new()));
    assert!(ann.read("summary.md").contains("Seattle weather"), "{}", ann.read("summary.md"));
    break_a_rule(&ann);
    for (name, failing) in
        [("preview", "Hold the canvases against their rules"), ("publish", "Hold them against their rules")]
    {
        std::fs::remove_file(&summary).unwrap();
        assert_eq!(job(name), [failing]);
        assert!(ann.read("summary.md").contains("Seattle") || ann.read("summary.md").contains("❌"));
    }
}

/// The lines of a part of a job, one after the other in one shell, as GitLab runs them.
fn gitlab_lines(part: &Value) -> String {
    let lines = part.as_sequence().into_iter().flatten();
    lines.map(|line| line.as_str().unwrap().to_owned() + "\n").collect()
}

/// The scripts of both jobs, one after the other, with the variables that GitLab sets.
#[test]
fn gitlab_ci() {
    let server = Server::start();
    let (ann, token) = repository(&server);
    let pipeline: Value = serde_norway::from_str(&document("docs/ci/gitlab-ci.yml")).unwrap();
    assert_has_a_shell(&pipeline["default"]["image"]);
    let variables = [
        ("IMPALA_TOKEN", token.as_str()),
        ("IMPALA_PROJECT", pipeline["variables"]["IMPALA_PROJECT"].as_str().unwrap()),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_COMMIT_SHA", "0a1b2c3"),
    ];
    for job in ["preview", "publish"] {
        runs(&ann, &gitlab_lines(&pipeline[job]["script"]), &variables);
    }
    for report in ["lint.xml", "data.xml", "check.xml"] {
        assert!(ann.read(report).contains("<testsuite"), "{report}");
    }
    // What comes after the script comes whatever became of it, in a shell of its own.
    break_a_rule(&ann);
    let output = tries(&ann, BASH, &gitlab_lines(&pipeline["publish"]["script"]), &variables);
    assert_eq!(output.status.code(), Some(7), "{output:?}");
    runs(&ann, &gitlab_lines(&pipeline["publish"]["after_script"]), &variables);
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
