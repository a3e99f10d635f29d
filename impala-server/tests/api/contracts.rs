//! Contracts that sources keep: every way of uploading is held to them.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Person, Server};

const GOOD: &str = "id,shop\n1,north\n2,south\n";
const BAD: &str = "id,shop\n1,north\n1,west\nx,south\n";

fn contract(on_drift: &str) -> Value {
    json!({"schema": {"fields": [
        {"name": "id", "type": "integer", "constraints": {"required": true, "unique": true}},
        {"name": "shop", "constraints": {"enum": ["north", "south"]}},
    ]}, "on_drift": on_drift})
}

async fn ann_and_contract(server: &Server) -> (Person, String, String) {
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    let source = format!("{project}/sources/sales");
    ann.put(&format!("{source}/contract"), contract("fail")).await.ok();
    (ann, project, source)
}

fn faults(problem: &Value) -> Vec<String> {
    let fault = |error: &Value| format!("{}/{} {}", error["row"], error["column"], error["detail"]);
    problem["errors"].as_array().unwrap().iter().map(fault).collect()
}

#[tokio::test]
async fn a_file_that_breaks_the_contract_is_refused_by_row_and_column() {
    let server = Server::start().await;
    let (ann, project, source) = ann_and_contract(&server).await;
    let problem = ann.upload(&source, BAD).await.problem(422, "invalid");
    assert_eq!(
        faults(&problem),
        [
            "null/null \"the file breaks the contract of the source \\\"sales\\\": 3 violations\"",
            "2/\"shop\" \"\\\"west\\\" is none of north, south\"",
            "3/\"id\" \"\\\"x\\\" is no integer such as 42\"",
            "2/\"id\" \"the value is that of row 1 already; expected a different one in every row\"",
        ]
    );
    ann.get(&source).await.problem(404, "not_found");
    ann.upload(&source, GOOD).await.created();

    // The form, a preview, rows that are appended, and pieces.
    let form = format!(
        "--B\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nsales\r\n--B\r\nContent-Disposition: form-data; \
         name=\"file\"; filename=\"a.csv\"\r\n\r\n{BAD}\r\n--B--\r\n"
    );
    let form = ann.request(Method::POST, &format!("{project}/sources")).body(form);
    Answer::of(form.header("content-type", "multipart/form-data; boundary=B")).await.problem(422, "invalid");
    ann.upload(&format!("{source}?preview=pr-1"), BAD).await.problem(422, "invalid");
    ann.upload(&format!("{source}?append=true"), BAD).await.problem(422, "invalid");
    let packed = |text: &str| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(text)
    };
    let pieces = ann
        .request(Method::POST, "/api/v1/uploads")
        .header("tus-resumable", "1.0.0")
        .header("upload-length", BAD.len())
        .header("upload-metadata", format!("project {},source {}", packed("ann/p"), packed("sales")))
        .header("content-type", "application/offset+octet-stream")
        .body(BAD);
    let pieces = Answer::of(pieces).await;
    assert!(pieces.status.as_u16() == 422 || pieces.status.as_u16() == 201, "{}", pieces.text());
    if pieces.status.as_u16() == 201 {
        let id = pieces.header("location").rsplit('/').next().unwrap();
        let status = ann.get(&format!("/api/v1/uploads/{id}")).await.ok();
        assert_eq!(status["problem"]["status"], 422, "{status}");
    }
    assert_eq!(ann.get(&source).await.ok()["versions"], 1);
}

#[tokio::test]
async fn a_contract_is_set_shown_and_taken_away() {
    let server = Server::start().await;
    let (ann, _, source) = ann_and_contract(&server).await;
    let path = format!("{source}/contract");
    let shown = ann.get(&path).await.ok();
    assert_eq!((&shown["set_by"], &shown["on_drift"]), (&json!("ann"), &json!("fail")));
    assert_eq!(shown["schema"], contract("fail")["schema"]);
    let drift = "id,shop,more\n1,north,x\n";
    ann.upload(&source, drift).await.problem(422, "invalid");
    ann.put(&path, contract("widen")).await.ok();
    ann.upload(&source, drift).await.created();
    let mut wrong = contract("fail");
    wrong["schema"]["fields"][1]["constraints"] = json!({"pattern": "("});
    ann.put(&path, wrong).await.problem(422, "invalid");
    ann.put(&path, json!({"schema": {"columns": []}})).await.problem(422, "invalid");
    ann.delete(&path).await.no_content();
    ann.delete(&path).await.problem(404, "not_found");
    ann.upload(&source, BAD).await.created();
}

#[tokio::test]
async fn rows_that_are_left_out_break_no_contract_and_a_source_takes_its_own_along() {
    let server = Server::start().await;
    let (ann, _, source) = ann_and_contract(&server).await;
    let ragged = "id,shop\n1,north\n2\n3,south\n";
    ann.upload(&source, ragged).await.problem(422, "invalid");
    let made = ann.upload(&format!("{source}?on_bad_rows=skip"), ragged).await.created();
    assert_eq!((&made["version"]["rows"], &made["version"]["rejected_rows"]), (&json!(2), &json!(1)));
    ann.delete(&source).await.no_content();
    ann.get(&format!("{source}/contract")).await.problem(404, "not_found");
}
