//! The answers to blocks and queries, and the picture.

use serde_json::{Value, json};

use crate::support::{Person, Server};

const CSV: &str = "day,kind,rain\n2024-01-01,wet,1.5\n2024-01-02,dry,0.0\n2024-01-03,wet,2.5\n";

async fn ann_and_canvas(server: &Server) -> (Person, String, String) {
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    ann.upload(&format!("{project}/sources/weather"), CSV).await.created();
    let canvas = json!({
        "apiVersion": "impala/v1", "kind": "Canvas", "metadata": {"slug": "c", "title": "Weather"},
        "spec": {
            "parameters": [{"name": "kind", "type": "select", "source": "weather", "field": "kind"}],
            "blocks": [
                {"id": "total", "type": "metric", "source": "weather", "filter": "kind = $kind",
                 "value": {"aggregate": "sum", "field": "rain"}},
                {"id": "all", "type": "table", "sql": "SELECT kind, rain FROM weather ORDER BY rain", "limit": 2},
                {"id": "lost", "type": "table", "source": "wether"},
                {"id": "note", "type": "text", "markdown": "Only **{{kind}}**"},
            ],
        },
    });
    ann.post(&format!("{project}/canvases"), canvas).await.created();
    (ann, format!("{project}/canvases/c"), project)
}

fn first(data: &Value) -> &Value {
    &data["columns"][0]["values"]
}

#[tokio::test]
async fn blocks_answer_with_where_it_came_from() {
    let server = Server::start().await;
    let (ann, path, _) = ann_and_canvas(&server).await;
    let data = ann.get(&format!("{path}/data?param.kind=wet")).await.ok();
    assert_eq!((&data["revision"], &data["parameters"]), (&json!(1), &json!({"kind": "wet"})));
    let total = &data["blocks"]["total"]["data"];
    assert_eq!(first(total), &json!([4.0]), "{data}");
    assert_eq!((&total["sources"], &total["cached"]), (&json!(["weather@1"]), &json!(false)));
    assert_eq!(total["computed_at"], "2026-01-02T03:04:05.678901Z");
    let all = &data["blocks"]["all"]["data"];
    assert_eq!(
        (&all["rows_shown"], &all["rows_total"], &all["truncated"]),
        (&json!(2), &json!(3), &json!(true))
    );
    let lost = &data["blocks"]["lost"]["problem"];
    assert_eq!(
        (&lost["code"], &lost["errors"][0]["pointer"]),
        (&json!("invalid"), &json!("/source")),
        "{data}"
    );
    assert_eq!(data["blocks"].get("note"), None);
}

#[tokio::test]
async fn a_canvas_that_is_not_saved_is_answered_too() {
    let server = Server::start().await;
    let (ann, path, project) = ann_and_canvas(&server).await;
    let mut draft = ann.get(&path).await.ok()["canvas"].clone();
    draft["spec"]["blocks"][0]["value"]["aggregate"] = json!("count");
    draft["metadata"]["slug"] = json!("never-saved");
    let ask = |blocks: Value| json!({"canvas": draft, "parameters": {"kind": ["wet"]}, "blocks": blocks});
    let some = ann.post(&format!("{project}/answers"), ask(json!(["total"]))).await.ok();
    assert_eq!(
        (&some["revision"], first(&some["blocks"]["total"]["data"])),
        (&json!(0), &json!([2])),
        "{some}"
    );
    assert_eq!(some["blocks"].as_object().map(serde_json::Map::len), Some(1));
    let all = ann.post(&format!("{project}/answers"), ask(json!([]))).await.ok();
    assert_eq!(all["blocks"].as_object().map(serde_json::Map::len), Some(3), "{all}");
    let none = ann.post(&format!("{project}/answers"), ask(json!(["nosuch"]))).await;
    none.problem(422, "invalid");
}

#[tokio::test]
async fn the_same_question_to_the_same_version_comes_from_the_cache() {
    let server = Server::start().await;
    let (ann, path, project) = ann_and_canvas(&server).await;
    let ask =
        async |block: &str, query: &str| ann.get(&format!("{path}/blocks/{block}/data{query}")).await.ok();
    assert_eq!(ask("total", "?param.kind=wet").await["cached"], false);
    server.clock.advance(jiff::SignedDuration::from_mins(10));
    let again = ask("total", "?param.kind=wet").await;
    assert_eq!(
        (&again["cached"], &again["computed_at"]),
        (&json!(true), &json!("2026-01-02T03:04:05.678901Z"))
    );
    let dry = ask("total", "?param.kind=dry").await;
    assert_eq!((&dry["cached"], first(&dry)), (&json!(false), &json!([0.0])));
    assert_eq!(ask("all", "?param.kind=wet").await["cached"], false);
    assert_eq!(ask("all", "?param.kind=dry").await["cached"], true, "it does not look at the parameter");

    let more = format!("{CSV}2024-01-04,wet,10.0\n");
    ann.upload(&format!("{project}/sources/weather"), more).await.created();
    let new = ask("total", "?param.kind=wet").await;
    assert_eq!(
        (&new["cached"], first(&new), &new["sources"]),
        (&json!(false), &json!([14.0]), &json!(["weather@2"]))
    );
}

#[tokio::test]
async fn charts_that_bin_differently_share_no_answer() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    let csv: String = std::iter::once("v\n".to_owned()).chain((0..100).map(|n| format!("{n}\n"))).collect();
    ann.upload(&format!("{project}/sources/s"), csv).await.created();
    let bin = |maxbins: u32| json!({"field": "v", "bin": {"maxbins": maxbins}});
    let chart = |id: &str, encoding: Value| json!({"id": id, "type": "chart", "source": "s", "mark": "bar", "encoding": encoding});
    let count = || json!({"aggregate": "count"});
    let canvas = json!({
        "apiVersion": "impala/v1", "kind": "Canvas", "metadata": {"slug": "c", "title": "Bins"},
        "spec": {"blocks": [
            chart("few", json!({"x": bin(5), "y": count()})),
            chart("many", json!({"x": bin(50), "y": count()})),
            chart("both", json!({"x": bin(5), "y": count(), "color": bin(50)})),
        ]},
    });
    ann.post(&format!("{project}/canvases"), canvas).await.created();
    let data = ann.get(&format!("{project}/canvases/c/data")).await.ok();
    let rows = |id: &str| data["blocks"][id]["data"]["rows_shown"].as_u64();
    assert_eq!((rows("few"), rows("many")), (Some(5), Some(50)), "{data}");
    let both = &data["blocks"]["both"]["problem"];
    assert!(both["detail"].as_str().unwrap().contains("both called \"bin(v)\""), "{data}");
}

#[tokio::test]
async fn parameters_that_do_not_fit_are_named() {
    let server = Server::start().await;
    let (ann, path, _) = ann_and_canvas(&server).await;
    let problem = ann.get(&format!("{path}/data?param.knd=wet")).await.problem(422, "invalid");
    let detail = problem["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("no parameter \"knd\"; did you mean \"kind\"?"), "{problem}");
    ann.get(&format!("{path}/data?param.kind=a&param.kind=b")).await.problem(422, "invalid");
    ann.get(&format!("{path}/data?kind=wet")).await.problem(400, "malformed");
    ann.get(&format!("{path}/blocks/note/data")).await.problem(422, "invalid");
    ann.get(&format!("{path}/blocks/missing/data")).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_query_is_one_select_over_the_sources() {
    let server = Server::start().await;
    let (ann, _, project) = ann_and_canvas(&server).await;
    let ask = async |body: Value| ann.post(&format!("{project}/query"), body).await;
    let sql = "SELECT sum(rain) AS total FROM weather WHERE kind = $kind";
    let data = ask(json!({"sql": sql, "parameters": {"kind": "wet"}})).await.ok();
    assert_eq!((first(&data), &data["columns"][0]["name"]), (&json!([4.0]), &json!("total")));
    assert_eq!(ask(json!({"sql": sql, "parameters": {"kind": "wet"}})).await.ok()["cached"], true);
    let pinned = ask(json!({"sql": "SELECT * FROM \"weather@1\"", "limit": 1})).await.ok();
    assert_eq!(
        (&pinned["rows_shown"], &pinned["rows_total"], &pinned["truncated"]),
        (&json!(1), &json!(3), &json!(true))
    );
    for sql in ["DROP TABLE weather", "SELECT 1; SELECT 2", "SELECT * FROM read_csv('/etc/passwd')", "SELECT"]
    {
        ask(json!({"sql": sql})).await.problem(422, "invalid_query");
    }
    let problem = ask(json!({"sql": "SELECT * FROM wether"})).await.problem(422, "invalid");
    let detail = problem["errors"][0]["detail"].as_str().unwrap();
    assert_eq!(detail, "there is no source \"wether\"; did you mean \"weather\"?");
    let problem = ask(json!({"sql": "SELECT rian FROM weather"})).await.problem(422, "invalid_query");
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("\"rain\""), "{problem}");
    ask(json!({"sql": "SELECT 1 AS one FROM weather", "limit": 0})).await.problem(422, "invalid");
}

#[tokio::test]
async fn a_query_past_its_deadline_is_ended() {
    let server = Server::start_with(|config| config.limits.query_timeout_ms = 0).await;
    let (ann, path, project) = ann_and_canvas(&server).await;
    let sql = json!({"sql": "SELECT * FROM weather"});
    ann.post(&format!("{project}/query"), sql).await.problem(422, "query_timed_out");
    let data = ann.get(&format!("{path}/data")).await.ok();
    assert_eq!(data["blocks"]["all"]["problem"]["code"], "query_timed_out");
}

#[tokio::test]
async fn a_canvas_is_drawn() {
    let server = Server::start().await;
    let (ann, path, _) = ann_and_canvas(&server).await;
    let draw = async |query: &str| ann.get(&format!("{path}/render{query}")).await;
    let answer = draw("?width=70&param.kind=wet").await;
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    let text = answer.text();
    assert!(text.contains("Weather") && text.contains("Only wet"), "{text}");
    assert!(text.contains("there is no source \"wether\""), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 70), "{text}");
    assert!(draw("?format=ansi").await.text().contains('\x1b'));
    assert!(draw("?charset=ascii").await.text().is_ascii());
    assert_eq!(draw("?format=json").await.ok()["revision"], 1);
    draw("?format=pdf").await.problem(400, "malformed");
    draw("?scale=5").await.problem(400, "malformed");
    draw("?witdh=70").await.problem(400, "malformed");
}
