//! project, member

use crate::assert_transcript;
use crate::support::{Person, Server, regex_escape};

#[test]
fn projects_from_the_first_to_the_last() {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    ann.says(&["project", "list"]);
    ann.says(&["source", "list"]);
    ann.says(&["project", "create", "weather", "--title", "Weather"]);
    ann.says(&["project", "create", "weather"]);
    ann.says(&["project", "create", "No Slug"]);
    ann.says(&["project", "create", "other", "-q"]);
    ann.says(&["project", "list"]);
    ann.says(&["project", "list", "--json", "owner,slug,role"]);
    ann.says(&["project", "list", "--json"]);
    ann.says(&["project", "create", "zz", "--json", "nme"]);
    ann.says(&["project", "show", "zz"]);
    ann.says(&["project", "list", "--json", "name"]);
    ann.says(&["project", "list", "-q"]);
    ann.says(&["project", "show"]);
    ann.says(&["project", "edit", "--title", "Weather of Seattle", "--description", "Day by day"]);
    ann.says(&["project", "show", "weather", "--json", "title,description"]);
    ann.says(&["project", "use", "other"]);
    ann.says(&["project", "use", "nothing"]);
    ann.says(&["project", "delete", "other"]);
    ann.says(&["project", "delete", "other", "--dry-run"]);
    ann.says(&["project", "delete", "other", "--yes"]);
    ann.says(&["project", "show"]);
    assert_transcript!(ann);
}

#[test]
fn members_and_what_they_may_do() {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    let mut ben = Person::registered(&server, "ben");
    ann.must(&["project", "create", "weather"]);
    ben.set("IMPALA_PROJECT", "ann/weather");
    ben.says(&["project", "show"]);
    ann.says(&["member", "add", "ben"]);
    ann.says(&["member", "add", "nobody"]);
    ann.says(&["member", "list"]);
    ben.says(&["project", "show", "--json", "role"]);
    ben.says(&["canvas", "create", "mine"]);
    ben.says(&["member", "add", "cid"]);
    ann.says(&["member", "add", "ben", "--role", "editor"]);
    ben.says(&["canvas", "create", "mine"]);
    ann.says(&["member", "remove", "ben"]);
    ann.says(&["member", "remove", "ben"]);
    ann.says(&["member", "list", "--json", "all"]);
    ben.says(&["canvas", "list"]);
    assert_transcript!(ann);
    insta::with_settings!({snapshot_suffix => "ben"}, { assert_transcript!(ben) });
}
