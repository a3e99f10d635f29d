//! Contracts of sources: every way of uploading has to keep them.

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

/// Every violation that is stored under that id.
async fn lines(who: &Person, project: &str, id: &str) -> Vec<Value> {
    let text = who.get(&format!("{project}/violations/{id}")).await.text();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{text}"))).collect()
}

/// The request of an upload that has to keep that contract.
async fn came_along(who: &Person, project: &str, contract: Value) -> String {
    let kept = who.post(&format!("{project}/contracts"), contract).await.ok();
    format!("contract={}", kept["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_file_that_breaks_the_contract_is_refused_by_row_and_column() {
    let server = Server::start().await;
    let (ann, project, source) = ann_and_contract(&server).await;
    let problem = ann.upload(&source, BAD).await.problem(422, "contract_broken");
    assert_eq!(
        problem["detail"],
        "the file breaks the contract of the source \"sales\": 3 violations in 3 rows"
    );
    assert_eq!(
        faults(&problem),
        [
            "2/\"shop\" \"\\\"west\\\" is not one of north, south\"",
            "3/\"id\" \"\\\"x\\\" is not an integer such as 42\"",
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
    Answer::of(form.header("content-type", "multipart/form-data; boundary=B"))
        .await
        .problem(422, "contract_broken");
    ann.upload(&format!("{source}?preview=pr-1"), BAD).await.problem(422, "contract_broken");
    ann.upload(&format!("{source}?append=true"), BAD).await.problem(422, "contract_broken");
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
        assert_eq!(status["problem"]["code"], "contract_broken", "{status}");
        let id = status["problem"]["violations"]["id"].as_str().unwrap();
        assert_eq!(lines(&ann, &project, id).await.len(), 3);
    }
    // A repeated value is reported as it is written, also of rows that are appended to others.
    let twice = async |query: &str, text: &str| {
        let problem = ann.upload(&format!("{source}{query}"), text).await.problem(422, "contract_broken");
        let id = problem["violations"]["id"].as_str().unwrap();
        lines(&ann, &project, id).await.pop().unwrap()
    };
    let own = twice("", "id,shop\n\n7,north\n7,south\n").await;
    assert_eq!(
        (&own["row"], &own["line"], &own["value"], &own["text"]),
        (&json!(2), &json!(4), &json!("7"), &json!("7,south"))
    );
    let appended = twice("?append=true&on_bad_rows=skip", "shop;id\ntorn\nnorth;8\nsouth;1\n").await;
    assert_eq!(
        (&appended["row"], &appended["line"], &appended["value"], &appended["text"]),
        (&json!(3), &json!(4), &json!("1"), &json!("south;1"))
    );
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
    ann.upload(&source, drift).await.problem(422, "contract_broken");
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
    ann.upload(&source, ragged).await.problem(422, "contract_broken");
    let made = ann.upload(&format!("{source}?on_bad_rows=skip"), ragged).await.created();
    assert_eq!((&made["version"]["rows"], &made["version"]["rejected_rows"]), (&json!(2), &json!(1)));
    ann.delete(&source).await.no_content();
    ann.get(&format!("{source}/contract")).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_contract_comes_along_with_an_upload() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    let source = format!("{project}/sources/sales");
    let said = came_along(&ann, &project, contract("fail")).await;
    assert_eq!(said, came_along(&ann, &project, contract("fail")).await, "it is called by what it is");
    let problem = ann.upload(&format!("{source}?{said}"), BAD).await.problem(422, "contract_broken");
    let detail = "the file breaks the contract that came with it: 3 violations in 3 rows";
    assert_eq!(problem["detail"], detail);
    assert_eq!(problem["errors"][0]["rule"], "enum");
    ann.upload(&source, BAD).await.created();
    ann.upload(&format!("{source}?{said}"), GOOD).await.created();

    // The current version is checked as well, and not sent again.
    let known = async |query: &str, text: &str| {
        use sha2::Digest as _;
        let sha256 = hex::encode(sha2::Sha256::digest(text));
        ann.post(&format!("{source}/known?{query}"), json!({"sha256": sha256})).await
    };
    assert_eq!(known(&said, GOOD).await.ok()["upload"]["unchanged"], true);
    let strict = json!({"schema": {"fields": [{"name": "id", "type": "integer"}]}});
    let strict = came_along(&ann, &project, strict).await;
    known(&strict, GOOD).await.problem(422, "contract_broken");
    let unknown = ann.upload(&format!("{source}?contract=0"), GOOD).await.problem(422, "invalid");
    assert_eq!(unknown["errors"][0]["pointer"], "/contract");
    assert_eq!(ann.get(&source).await.ok()["versions"], 2);
}

#[tokio::test]
async fn appended_rows_repeat_nothing_that_was_there() {
    let server = Server::start().await;
    let (ann, project, source) = ann_and_contract(&server).await;
    ann.upload(&source, GOOD).await.created();
    let repeated = "id,shop\n3,north\n2,south\n";
    let problem =
        ann.upload(&format!("{source}?append=true"), repeated).await.problem(422, "contract_broken");
    assert_eq!(
        faults(&problem),
        [
            "2/\"id\" \"the value is that of row 2 of the rows that it is appended to already; expected a different one in every row\""
        ]
    );
    ann.upload(&format!("{source}?append=true"), "id,shop\n3,north\n").await.created();
    let said = came_along(&ann, &project, contract("fail")).await;
    ann.upload(&format!("{source}?append=true&{said}"), "id,shop\n3,west\n")
        .await
        .problem(422, "contract_broken");
    assert_eq!(ann.get(&source).await.ok()["current"]["rows"], 3);
}

#[tokio::test]
async fn all_violations_are_there_for_who_has_sent_the_file() {
    let server = Server::start().await;
    let (ann, project, source) = ann_and_contract(&server).await;
    let bob = server.sign_up("bob").await;
    ann.post(&format!("{project}/members"), json!({"username": "bob", "role": "editor"})).await.created();
    let text: String =
        ["id,shop\n".to_owned()].into_iter().chain((0..900).map(|id| format!("{id},west\n"))).collect();
    let token = ann.api_token(json!({"name": "ci", "scopes": ["upload"], "project": "ann/p"})).await;
    let problem = token.upload(&source, text.as_str()).await.problem(422, "contract_broken");
    let violations = &problem["violations"];
    assert_eq!((&violations["total"], &violations["kept"]), (&json!(900), &json!(900)), "{problem}");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 50);
    let id = violations["id"].as_str().unwrap();
    let all = lines(&token, &project, id).await;
    assert_eq!(all.len(), 900);
    assert_eq!(
        all[899],
        json!({"row": 900, "line": 901, "column": "shop", "value": "west", "rule": "enum",
            "detail": "\"west\" is not one of north, south", "text": "899,west"})
    );
    bob.get(&format!("{project}/violations/{id}")).await.problem(404, "not_found");
    ann.get(&format!("{project}/violations/x")).await.problem(404, "not_found");
}
