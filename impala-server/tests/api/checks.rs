//! Canvases checked against what is expected of their blocks, and versions of sources compared.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Person, Server};

const CSV: &str = "id,kind,rain\n1,wet,1.5\n2,dry,0.0\n3,wet,2.5\n";

async fn ann(server: &Server) -> (Person, String) {
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    ann.upload(&format!("{project}/sources/weather"), CSV).await.created();
    (ann, project)
}

fn canvas(blocks: Value) -> Value {
    let mut canvas = json!({
        "apiVersion": "impala/v1", "kind": "Canvas", "metadata": {"slug": "c"},
        "spec": {"parameters": [{"name": "kind", "type": "select", "source": "weather", "field": "kind"}]},
    });
    canvas["spec"]["blocks"] = blocks;
    canvas
}

fn metric(rules: &[&str]) -> Value {
    json!({"id": "total", "type": "metric", "source": "weather", "value": {"aggregate": "sum", "field": "rain"},
        "expect": rules})
}

/// Each rule of the draft's blocks: its text, what was found, what came of it.
async fn rules(ann: &Person, project: &str, blocks: Value) -> Vec<String> {
    let draft = json!({"canvas": canvas(blocks)});
    let check = ann.post(&format!("{project}/check"), draft).await.ok();
    let all = check["blocks"].as_array().unwrap().iter().flat_map(|block| block["rules"].as_array().unwrap());
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    all.map(|rule| format!("{} | {} | {}", word(&rule["rule"]), word(&rule["found"]), word(&rule["verdict"])))
        .collect()
}

#[tokio::test]
async fn rules_look_at_rows_values_and_columns() {
    let server = Server::start().await;
    let (ann, project) = ann(&server).await;
    let blocks = json!([
        metric(&["value between 1 and 4", "value > 4", "value not null", "rows >= 3"]),
        {"id": "all", "type": "table", "source": "weather", "limit": 2, "expect": [
            "rows = 3", "not truncated", "column id unique", "column kind unique", "column rain >= 0.5", "column nosuch unique",
            "column kind > 1"]},
        {"id": "kinds", "type": "chart", "source": "weather", "mark": "bar",
         "encoding": {"x": {"field": "kind"}, "y": {"aggregate": "sum", "field": "rain"}},
         "expect": ["rows = 2", "not truncated", "column kind unique", "column sum(rain) between 0 and 3",
            "column id unique"]},
        {"id": "sql", "type": "table", "sql": "SELECT kind, NULL AS n FROM weather WHERE rain > 0",
         "expect": ["rows < 3", "column n not null", "column kind not null"]},
    ]);
    assert_eq!(
        rules(&ann, &project, blocks).await,
        [
            "value between 1 and 4 | 4 | pass",
            "value > 4 | 4 | fail",
            "value not null | 4 | pass",
            "rows >= 3 | 3 | pass",
            "rows = 3 | 3 | pass",
            "not truncated | 2 of 3 rows shown | fail",
            "column id unique | 3 different | pass",
            "column kind unique | only 2 of 3 are different | fail",
            "column rain >= 0.5 | 0 to 2.5 | fail",
            "column nosuch unique | there is no field \"nosuch\"; known are id, kind, rain | fail",
            "column kind > 1 | \"kind\" is of type string, which is not held against numbers | fail",
            "rows = 2 | 2 | pass",
            "not truncated | all 2 rows shown | pass",
            "column kind unique | 2 different | pass",
            "column sum(rain) between 0 and 3 | 0 to 4 | fail",
            "column id unique | 3 different | pass",
            "rows < 3 | 2 | pass",
            "column n not null | 2 of 2 are null | fail",
            "column kind not null | no nulls | pass",
        ]
    );
}

#[tokio::test]
async fn previous_is_the_version_before_the_one_shown() {
    let server = Server::start().await;
    let (ann, project) = ann(&server).await;
    let near = ["value within 5% of previous", "rows within 1 of previous"];
    let first = rules(&ann, &project, json!([metric(&near)])).await;
    assert_eq!(
        first,
        [
            "value within 5% of previous | 4; there is no earlier version | skip",
            "rows within 1 of previous | 3; there is no earlier version | skip",
        ]
    );
    ann.upload(&format!("{project}/sources/weather"), "id,kind,rain\n1,wet,4.2\n").await.created();
    ann.upload(&format!("{project}/sources/weather"), "id,kind,snow\n1,wet,4.2\n").await.created();
    let pinned = |version: u32, id: &str| {
        let mut block = metric(&near);
        block["source"] = json!(format!("weather@{version}"));
        block["id"] = json!(id);
        block
    };
    let sql = json!({"id": "sql", "type": "table",
        "sql": "SELECT a.kind FROM \"weather@2\" a JOIN other o ON a.kind = o.kind", "expect": ["rows within 0 of previous"]});
    ann.upload(&format!("{project}/sources/other"), "kind\nwet\n").await.created();
    assert_eq!(
        rules(&ann, &project, json!([pinned(2, "two"), sql])).await,
        [
            "value within 5% of previous | 4.2, was 4 (+5%) | pass",
            "rows within 1 of previous | 1, was 3 (-66.67%) | fail",
            // Of the two sources only one has an earlier version, which has two wet days.
            "rows within 0 of previous | 1, was 2 (-50%) | fail",
        ]
    );
    let mut snow = metric(&["value within 5% of previous"]);
    snow["value"]["field"] = json!("snow");
    let found = rules(&ann, &project, json!([snow])).await;
    assert!(
        found[0].contains("the earlier version cannot be asked: ") && found[0].ends_with("fail"),
        "{found:?}"
    );
}

#[tokio::test]
async fn freshness_counts_from_the_upload_of_the_version_shown() {
    let server = Server::start().await;
    let (ann, project) = ann(&server).await;
    let fresh = || json!([metric(&["fresh within 26h"])]);
    assert_eq!(rules(&ann, &project, fresh()).await, ["fresh within 26h | 0s old | pass"]);
    server.clock.advance(SignedDuration::from_hours(26) + SignedDuration::from_secs(1));
    let session = server.login("ann").await;
    let ann = server.with_token(session["access_token"].as_str().unwrap());
    assert_eq!(rules(&ann, &project, fresh()).await, ["fresh within 26h | 1d 2h old | fail"]);
    ann.upload(&format!("{project}/sources/weather"), format!("{CSV}4,dry,0\n")).await.created();
    assert_eq!(rules(&ann, &project, fresh()).await, ["fresh within 26h | 0s old | pass"]);
    let mut old = metric(&["fresh within 26h"]);
    old["source"] = json!("weather@1");
    assert_eq!(rules(&ann, &project, json!([old])).await, ["fresh within 26h | 1d 2h old | fail"]);
    let both = json!([{"id": "both", "type": "table", "sql": "SELECT * FROM weather UNION ALL SELECT * FROM \"weather@1\"",
        "expect": ["fresh within 26h"]}]);
    assert_eq!(rules(&ann, &project, both).await, ["fresh within 26h | 1d 2h old | fail"]);
}

#[tokio::test]
async fn a_saved_canvas_is_checked_with_its_parameters_and_a_failing_block_fails_it() {
    let server = Server::start().await;
    let (ann, project) = ann(&server).await;
    let mut filtered = metric(&["value < 2", "rows = 1"]);
    filtered["filter"] = json!("kind = $kind");
    ann.post(&format!("{project}/canvases"), canvas(json!([filtered]))).await.created();
    let path = format!("{project}/canvases/c/check");
    let dry = ann.get(&format!("{path}?param.kind=dry")).await.ok();
    assert_eq!(
        (&dry["passed"], &dry["revision"], &dry["parameters"]),
        (&json!(true), &json!(1), &json!({"kind": "dry"}))
    );
    assert_eq!(ann.get(&format!("{path}?param.kind=wet")).await.ok()["passed"], false);
    ann.get(&format!("{path}?param.knd=wet")).await.problem(422, "invalid");
    ann.get(&format!("{path}?kind=wet")).await.problem(400, "malformed");
    let lost = json!([{"id": "lost", "type": "table", "source": "wether", "expect": ["rows > 0"]},
        {"id": "note", "type": "text", "markdown": "x"}]);
    let check = ann.post(&format!("{project}/check"), json!({"canvas": canvas(lost)})).await.ok();
    assert_eq!((&check["passed"], check["blocks"].as_array().unwrap().len()), (&json!(false), 1), "{check}");
    assert_eq!(check["blocks"][0]["problem"]["errors"][0]["pointer"], "/source");
    assert_eq!(check["blocks"][0]["rules"][0]["verdict"], "skip");
    let wrong = json!({"canvas": canvas(json!([metric(&["value > lots"])]))});
    let problem = ann.post(&format!("{project}/check"), wrong).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/spec/blocks/0/expect/0");
}

#[tokio::test]
async fn versions_are_compared() {
    let server = Server::start().await;
    let (ann, project) = ann(&server).await;
    let source = format!("{project}/sources/weather");
    let first = ann.get(&format!("{source}/diff")).await.problem(422, "invalid");
    assert_eq!(first["errors"][0]["detail"], "weather@1 is the first version; there is no earlier one");
    ann.upload(&source, "id,rain,snow\n1,1.5,a\n3,2,b\n4,0,c\n").await.created();
    let diff = ann.get(&format!("{source}/diff?key=id")).await.ok();
    assert_eq!(
        (&diff["before"]["version"], &diff["after"]["version"], &diff["same"]),
        (&json!(1), &json!(2), &json!(false))
    );
    let columns: Vec<_> = diff["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["name"].clone(), it["change"].clone()))
        .collect();
    let pair = |name: &str, change: &str| (json!(name), json!(change));
    assert_eq!(
        columns,
        [pair("id", "same"), pair("rain", "same"), pair("snow", "added"), pair("kind", "removed")]
    );
    let rows = &diff["rows"];
    assert_eq!(
        (&rows["added"], &rows["removed"], &rows["changed"], &rows["unchanged"]),
        (&json!(1), &json!(1), &json!(1), &json!(1))
    );
    assert_eq!(
        rows["sample"][0],
        json!({"change": "changed", "row_before": 3, "row_after": 2, "key": ["3"],
            "values": [{"column": "rain", "before": "2.5", "after": "2"}]})
    );
    let back = ann.get(&format!("{source}/diff?before=2&after=1&sample=0")).await.ok();
    assert_eq!((&back["rows"]["sample"], &back["columns"][1]["change"]), (&json!([]), &json!("added")));
    assert_eq!(ann.get(&format!("{source}/diff?before=2&after=2")).await.ok()["same"], true);
    ann.get(&format!("{source}/diff?key=nosuch")).await.problem(422, "invalid");
    ann.get(&format!("{source}/diff?before=9")).await.problem(404, "not_found");
    ann.get(&format!("{source}/diff?kee=id")).await.problem(400, "malformed");
    ann.get(&format!("{source}/diff?sample=many")).await.problem(400, "malformed");
}
