//! block

use crate::assert_transcript;
use crate::support::{Person, Server, regex_escape};

#[test]
fn a_canvas_is_built_block_by_block() {
    let server = Server::start();
    let mut ann = Person::with_weather(&server);
    ann.says(&["canvas", "create", "w", "--title", "Weather"]);
    ann.says(&[
        "block",
        "add",
        "w",
        "--source",
        "weather",
        "--mark",
        "bar",
        "--x",
        "yearmonth(date)",
        "--y",
        "sum(precipitation)",
        "--color",
        "weather",
        "--title",
        "Rain by month",
    ]);
    ann.says(&[
        "block",
        "add",
        "w",
        "--source",
        "weather",
        "--value",
        "max(temp_max)",
        "--id",
        "hottest",
        "-q",
    ]);
    ann.says(&[
        "block",
        "add",
        "w",
        "--source",
        "weather",
        "--columns",
        "weather,count()",
        "--sort=-count()",
    ]);
    ann.says_with(&["block", "add", "w", "--markdown", "-", "--at", "0,0", "--height", "2"], "# Seattle\n");
    ann.says(&["canvas", "show", "w"]);
    ann.says(&[
        "block",
        "set",
        "w",
        "rain-by-month",
        "--mark",
        "line",
        "--set",
        "encoding.y.format={:.0} mm",
    ]);
    ann.says(&["block", "set", "w", "rain-by-month", "--mark", "line"]);
    ann.says(&["block", "move", "w", "hottest", "--x", "18", "--dry-run"]);
    ann.says(&["block", "move", "w", "hottest", "--x", "18"]);
    ann.says(&["block", "resize", "w", "rain-by-month", "--width", "24"]);
    ann.says(&["block", "remove", "w", "table", "text"]);
    ann.says(&["canvas", "pull", "w"]);
    assert_transcript!(ann);
}

#[test]
fn what_cannot_be_is_named() {
    let server = Server::start();
    let mut ann = Person::with_weather(&server);
    ann.must(&["canvas", "create", "w"]);
    ann.must(&["block", "add", "w", "--source", "weather", "--value", "count()", "--id", "days"]);
    ann.says(&["block", "add", "w"]);
    ann.says(&["block", "add", "w", "--source", "weather", "--mark", "bra", "--x", "date"]);
    ann.says(&[
        "block",
        "add",
        "w",
        "--source",
        "weather",
        "--mark",
        "bar",
        "--x",
        "yearmont(date)",
        "--y",
        "count()",
    ]);
    ann.says(&["block", "add", "w", "--source", "weather", "--mark", "bar", "--x", "date"]);
    ann.says(&["block", "add", "w", "--mark", "bar", "--x", "date", "--y", "count()"]);
    ann.says(&["block", "add", "w", "--source", "weather", "--value", "sum(wnd)", "--id", "blow"]);
    ann.says(&["block", "add", "w", "--source", "weather", "--value", "count()", "--id", "days"]);
    ann.says(&["block", "add", "w", "--markdown", "hi", "--at", "20,0"]);
    ann.says(&["block", "move", "w", "dais", "--x", "0"]);
    ann.says(&["block", "move", "w", "days", "--x", "23"]);
    ann.says(&["block", "set", "w", "days"]);
    ann.says(&["block", "set", "w", "days", "--set", "valu.field=x"]);
    ann.says(&["block", "remove", "nothing", "days"]);
    assert_transcript!(ann);
}
