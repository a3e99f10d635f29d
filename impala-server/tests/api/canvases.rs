//! Canvases and their blocks: revisions, preconditions, forms, and what is refused.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Person, Server};

/// A canvas with two text blocks side by side.
pub fn document(slug: &str) -> Value {
    json!({
        "apiVersion": "impala/v1", "kind": "Canvas", "metadata": {"slug": slug, "title": "A canvas"},
        "spec": {"blocks": [
            {"id": "a", "type": "text", "at": {"x": 0, "y": 0, "w": 12, "h": 2}, "markdown": "left"},
            {"id": "b", "type": "text", "at": {"x": 12, "y": 0, "w": 12, "h": 2}, "markdown": "right"},
        ]},
    })
}

async fn ann_and_canvas(server: &Server) -> (Person, String) {
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    ann.post(&format!("{project}/canvases"), document("c")).await.created();
    (ann, format!("{project}/canvases/c"))
}

fn places(view: &Value) -> Vec<(String, u64, u64, u64, u64)> {
    let blocks = view["canvas"]["spec"]["blocks"].as_array().unwrap();
    let place = |block: &Value| {
        let at = |key: &str| block["at"][key].as_u64().unwrap();
        (block["id"].as_str().unwrap().to_owned(), at("x"), at("y"), at("w"), at("h"))
    };
    blocks.iter().map(place).collect()
}

#[tokio::test]
async fn a_canvas_is_made_read_and_known_again() {
    let server = Server::start().await;
    let (ann, path) = ann_and_canvas(&server).await;
    let answer = ann.get(&path).await;
    let etag = answer.header("etag");
    let view = answer.ok();
    assert_eq!(view["canvas"], document("c"));
    let revision = &view["revision"];
    assert_eq!((&revision["revision"], &revision["saved_by"]), (&json!(1), &json!("ann")));
    let again = Answer::of(ann.request(Method::GET, &path).header("if-none-match", etag)).await;
    assert_eq!((again.status, again.header("etag"), again.bytes.len()), (StatusCode::NOT_MODIFIED, etag, 0));
    let again = ann.post(path.trim_end_matches("/c"), document("c")).await;
    let problem = again.problem(409, "conflict");
    assert!(
        problem["detail"].as_str().unwrap().contains("a canvas \"c\" already, at revision 1"),
        "{problem}"
    );
    let list = ann.get(path.trim_end_matches("/c")).await.ok();
    let summary = &list["items"][0];
    assert_eq!(
        (&summary["slug"], &summary["title"], &summary["blocks"]),
        (&json!("c"), &json!("A canvas"), &json!(2))
    );
}

#[tokio::test]
async fn yaml_goes_in_and_comes_out() {
    let server = Server::start().await;
    let (ann, path) = ann_and_canvas(&server).await;
    let (first, second) = (ann.tag(&path, 1).await, ann.tag(&path, 2).await);
    let get = async || Answer::of(ann.request(Method::GET, &path).header("accept", "application/yaml")).await;
    let yaml = get().await;
    assert_eq!(yaml.header("content-type"), "application/yaml");
    assert!(yaml.text().starts_with("apiVersion: impala/v1\n"), "{}", yaml.text());
    let put = async |text: String| {
        let request = ann.request(Method::PUT, &path).header("content-type", "application/yaml");
        Answer::of(request.header("if-match", &first).body(text)).await
    };
    let same = put(yaml.text()).await;
    assert_eq!(same.ok()["revision"]["revision"], 1, "the same content is no new revision");
    assert_eq!(put(yaml.text().replace("A canvas", "Another")).await.ok()["revision"]["revision"], 2);
    let problem = Answer::of(
        ann.request(Method::PUT, &path)
            .header("content-type", "application/yaml")
            .header("if-match", &second)
            .body("a: [1"),
    );
    let problem = problem.await.problem(400, "malformed");
    assert!(problem["errors"][0]["line"].is_u64(), "{problem}");
}

#[tokio::test]
async fn a_change_needs_the_revision_that_stands() {
    let server = Server::start().await;
    let (ann, path) = ann_and_canvas(&server).await;
    let mut other = document("c");
    other["metadata"]["title"] = json!("Other");
    ann.put(&path, other.clone()).await.problem(428, "precondition_required");
    let answer = ann.change(Method::PUT, &path, 1, &other).await;
    let second = ann.tag(&path, 2).await;
    assert_eq!((answer.header("etag"), &answer.ok()["revision"]["revision"]), (&*second, &json!(2)));
    let stale = ann.change(Method::PUT, &path, 1, &document("c")).await.problem(412, "stale_revision");
    assert_eq!((&stale["current"]["revision"], &stale["current"]["saved_by"]), (&json!(2), &json!("ann")));
    assert!(stale["current"]["saved_at"].is_string());
    ann.change(Method::DELETE, &path, 1, &json!({})).await.problem(412, "stale_revision");
    ann.delete(&path).await.problem(428, "precondition_required");
    ann.change(Method::DELETE, &path, 2, &json!({})).await.no_content();
    ann.get(&path).await.problem(404, "not_found");
}

#[tokio::test]
async fn the_tag_of_a_canvas_that_was_deleted_is_none_of_its_namesake() {
    let server = Server::start().await;
    let (ann, path) = ann_and_canvas(&server).await;
    let (read, written) = (ann.get(&path).await.header("etag").to_owned(), ann.tag(&path, 1).await);
    ann.change(Method::DELETE, &path, 1, &json!({})).await.no_content();
    ann.post(path.trim_end_matches("/c"), document("c")).await.created();
    for old in [&read, &written] {
        for method in [Method::PUT, Method::DELETE] {
            let request = ann.request(method, &path).header("if-match", old).json(&document("c"));
            Answer::of(request).await.problem(412, "stale_revision");
        }
        for path in [path.clone(), format!("{path}/blocks/a")] {
            let request = ann.request(Method::GET, &path).header("if-none-match", old);
            assert_eq!(Answer::of(request).await.status, StatusCode::OK, "{path}");
        }
    }
}

#[tokio::test]
async fn the_tag_changes_with_what_is_answered_and_is_good_for_a_change_all_the_same() {
    let server = Server::start().await;
    let (ann, path) = ann_and_canvas(&server).await;
    let table = json!({"type": "table", "source": "s"});
    ann.change(Method::POST, &format!("{path}/blocks"), 1, &table).await.created();
    let get = async |accept: &str, known: &str| {
        let request = ann.request(Method::GET, &path).header("accept", accept);
        Answer::of(request.header("if-none-match", known)).await
    };
    let json = get("application/json", "").await;
    assert_eq!(get("application/yaml", json.header("etag")).await.status, StatusCode::OK);
    ann.upload(&path.replace("canvases/c", "sources/s"), "a\n1\n").await.created();
    let later = get("application/json", json.header("etag")).await;
    assert_eq!((json.ok()["warnings"].as_array().unwrap().len(), &later.ok()["warnings"]), (1, &json!([])));
    let known = get("application/json", later.header("etag")).await;
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);
    let change = ann.request(Method::DELETE, &format!("{path}/blocks/a"));
    assert_eq!(
        Answer::of(change.header("if-match", json.header("etag"))).await.ok()["revision"]["revision"],
        3
    );
}

#[tokio::test]
async fn a_put_makes_a_canvas_only_where_none_is() {
    let server = Server::start().await;
    let (ann, path) = ann_and_canvas(&server).await;
    let put = async |path: &str, document: &Value| {
        Answer::of(ann.request(Method::PUT, path).header("if-none-match", "*").json(document)).await
    };
    put(&path, &document("c")).await.problem(412, "stale_revision");
    let new = path.replace("/c", "/d").replace("/danvases", "/canvases");
    let answer = put(&new, &document("d")).await;
    answer.created();
    assert_eq!(answer.header("location"), new);
    let problem = put(&new, &document("e")).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/metadata/slug");
}

#[tokio::test]
async fn of_changes_at_once_one_wins() {
    let server = Server::start().await;
    let (ann, path) = ann_and_canvas(&server).await;
    let changes = (0..8).map(|n| {
        let mut canvas = document("c");
        canvas["metadata"]["title"] = json!(format!("by {n}"));
        let (ann, path) = (ann.clone(), path.clone());
        async move { ann.change(Method::PUT, &path, 1, &canvas).await.status }
    });
    let statuses = futures_util::future::join_all(changes).await;
    let won = statuses.iter().filter(|status| **status == StatusCode::OK).count();
    let lost = statuses.iter().filter(|status| **status == StatusCode::PRECONDITION_FAILED).count();
    assert_eq!((won, lost), (1, 7), "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_save_and_a_deletion_at_once_one_wins() {
    let server = Server::start().await;
    let (ann, path) = ann_and_canvas(&server).await;
    let mut other = document("c");
    other["metadata"]["title"] = json!("Other");
    for round in 0..10 {
        let tag = ann.tag(&path, 1).await;
        let send = |method| ann.request(method, &path).header("if-match", &tag).json(&other);
        let (save, deletion) = tokio::join!(Answer::of(send(Method::PUT)), Answer::of(send(Method::DELETE)));
        let statuses = (save.status.as_u16(), deletion.status.as_u16());
        assert!(matches!(statuses, (200, 412) | (404, 204)), "round {round}: {statuses:?}");
        if statuses.0 == 200 {
            ann.change(Method::DELETE, &path, 2, &json!({})).await.no_content();
        }
        ann.post(path.trim_end_matches("/c"), document("c")).await.created();
    }
}

#[tokio::test]
async fn a_deletion_that_was_cut_short_is_in_nobodys_way() {
    let server = Server::start().await;
    let (ann, path) = ann_and_canvas(&server).await;
    let id = ann.tag(&path, 1).await.trim_matches('"').trim_end_matches("-1").parse().unwrap();
    // As a crash leaves it between the document and its row.
    server.app.canvases.delete_at(id, 1).await.unwrap();
    ann.get(&path).await.problem(404, "not_found");
    assert_eq!(ann.get(path.trim_end_matches("/c")).await.ok()["items"], json!([]));
    ann.post(path.trim_end_matches("/c"), document("c")).await.created();
    assert_eq!(ann.get(&path).await.ok()["revision"]["revision"], 1);
}

#[tokio::test]
async fn documents_that_are_wrong_are_refused_field_by_field() {
    let server = Server::start().await;
    let (ann, path) = ann_and_canvas(&server).await;
    let check = async |change: fn(&mut Value), pointer: &str, detail: &str| {
        let mut canvas = document("c");
        change(&mut canvas);
        let problem = ann.change(Method::PUT, &path, 1, &canvas).await.problem(422, "invalid");
        let error = &problem["errors"][0];
        assert_eq!(error["pointer"], pointer, "{problem}");
        assert!(error["detail"].as_str().unwrap().contains(detail), "{problem}");
    };
    let at = "/spec/blocks/1/at";
    check(|canvas| canvas["spec"]["blocks"][1]["at"]["x"] = json!(6), at, "overlaps block \"a\"").await;
    check(|canvas| canvas["spec"]["blocks"][1]["at"]["w"] = json!(13), at, "beyond the 24 columns").await;
    let markdow = |canvas: &mut Value| canvas["spec"]["blocks"][0]["markdow"] = json!("x");
    check(markdow, "/spec/blocks/0/markdow", "did you mean \"markdown\"?").await;
    check(|canvas| canvas["spec"]["blocks"][1]["id"] = json!("a"), "/spec/blocks/1/id", "the id of block 0")
        .await;
    let tag = ann.tag(&path, 1).await;
    let not_json = ann.request(Method::PUT, &path).header("content-type", "application/json").body("{");
    Answer::of(not_json.header("if-match", &tag)).await.problem(400, "malformed");
    let csv = ann.request(Method::PUT, &path).header("content-type", "text/csv").body("a\n");
    Answer::of(csv.header("if-match", &tag)).await.problem(415, "unsupported_media_type");
    assert_eq!(ann.get(&path).await.ok()["revision"]["revision"], 1);
}

#[tokio::test]
async fn blocks_are_added_moved_changed_and_removed() {
    let server = Server::start().await;
    let (ann, path) = ann_and_canvas(&server).await;
    let place = |id: &str, x, y, w, h| (id.to_owned(), x, y, w, h);
    let block = json!({"type": "text", "title": "New one", "markdown": "x"});
    let view = ann.change(Method::POST, &format!("{path}/blocks"), 1, &block).await.created();
    let (a, b) = (place("a", 0, 0, 12, 2), place("b", 12, 0, 12, 2));
    assert_eq!(places(&view), [a.clone(), b.clone(), place("new-one", 0, 2, 24, 3)]);
    assert_eq!(view["revision"]["note"], "added block new-one");

    let patch = json!({"y": 1});
    let view = ann.change(Method::PATCH, &format!("{path}/blocks/a/place"), 2, &patch).await.ok();
    assert_eq!(places(&view), [b.clone(), place("a", 0, 1, 12, 2), place("new-one", 0, 3, 24, 3)]);

    let patch = json!({"title": null, "markdown": "changed"});
    let view = ann.change(Method::PATCH, &format!("{path}/blocks/new-one"), 3, &patch).await.ok();
    let block = &view["canvas"]["spec"]["blocks"][2];
    assert_eq!((&block["markdown"], &block["title"]), (&json!("changed"), &Value::Null));

    let view = ann.change(Method::DELETE, &format!("{path}/blocks/b"), 4, &json!({})).await.ok();
    assert_eq!(places(&view), [place("a", 0, 1, 12, 2), place("new-one", 0, 3, 24, 3)]);
    let view = ann.change(Method::POST, &format!("{path}/compact"), 5, &json!({})).await.ok();
    assert_eq!(places(&view), [place("a", 0, 0, 12, 2), place("new-one", 0, 2, 24, 3)]);

    let wrong = json!({"id": "a", "type": "text", "markdown": "x"});
    let problem =
        ann.change(Method::POST, &format!("{path}/blocks"), 6, &wrong).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/id");
    ann.change(Method::PATCH, &format!("{path}/blocks/a/place"), 6, &json!({"w": 25}))
        .await
        .problem(422, "invalid");
    ann.change(Method::DELETE, &format!("{path}/blocks/b"), 6, &json!({})).await.problem(404, "not_found");
    let answer = ann.get(&format!("{path}/blocks/a")).await;
    let sixth = ann.tag(&path, 6).await;
    assert_eq!((answer.header("etag"), &answer.ok()["markdown"]), (&*sixth, &json!("left")));
}

#[tokio::test]
async fn every_revision_can_be_seen_and_restored() {
    let server = Server::start().await;
    let (ann, path) = ann_and_canvas(&server).await;
    ann.change(Method::DELETE, &format!("{path}/blocks/b"), 1, &json!({})).await.ok();
    assert_eq!(places(&ann.get(&format!("{path}/history/1")).await.ok()).len(), 2);
    let view = ann.change(Method::POST, &format!("{path}/restore"), 2, &json!({"revision": 1})).await.ok();
    assert_eq!((&view["canvas"], &view["revision"]["note"]), (&document("c"), &json!("restored revision 1")));
    let history = ann.get(&format!("{path}/history?limit=2")).await.ok();
    let numbers: Vec<_> = history["items"].as_array().unwrap().iter().map(|item| &item["revision"]).collect();
    assert_eq!(numbers, [&json!(3), &json!(2)]);
    let cursor = history["next_cursor"].as_str().unwrap();
    let rest = ann.get(&format!("{path}/history?cursor={cursor}")).await.ok();
    assert_eq!((&rest["items"][0]["revision"], &rest["next_cursor"]), (&json!(1), &Value::Null));
    ann.get(&format!("{path}/history/9")).await.problem(404, "not_found");
    ann.change(Method::POST, &format!("{path}/restore"), 3, &json!({"revision": 9}))
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn what_may_not_work_is_warned_of() {
    let server = Server::start().await;
    let (ann, path) = ann_and_canvas(&server).await;
    let project = path.trim_end_matches("/canvases/c");
    ann.upload(&format!("{project}/sources/weather"), "day,rain\n2024-01-01,1.5\n").await.created();
    let table = |from: Value| json!({"type": "table", "source": from, "columns": ["rian"]});
    let blocks = format!("{path}/blocks");
    let view = ann.change(Method::POST, &blocks, 1, &table(json!("wether"))).await.created();
    let warning = &view["warnings"][0];
    assert_eq!(warning["pointer"], "/spec/blocks/2/source", "{view}");
    assert_eq!(warning["detail"], "there is no source \"wether\"; did you mean \"weather\"?");
    let patch = json!({"source": "weather"});
    let view = ann.change(Method::PATCH, &format!("{blocks}/table"), 2, &patch).await.ok();
    let detail = view["warnings"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("did you mean \"rain\"?"), "{view}");

    // A rule for an unknown column is found as soon as its source is there.
    let expect = ["column rain not null", "column rian unique", "column dya not null"];
    let patch = json!({"columns": ["rain"], "expect": expect});
    let view = ann.change(Method::PATCH, &format!("{blocks}/table"), 3, &patch).await.ok();
    let warning = |index: usize, part: &str| view["warnings"][index][part].as_str().unwrap_or_default();
    assert_eq!(warning(0, "pointer"), "/spec/blocks/2/expect/1", "{view}");
    assert_eq!(warning(0, "detail"), "there is no column \"rian\"; did you mean \"rain\"?");
    assert_eq!(warning(1, "detail"), "there is no column \"dya\"; did you mean \"day\"?");
    let sql =
        json!({"type": "table", "sql": "SELECT day AS d FROM weather", "expect": ["column day unique"]});
    let view = ann.change(Method::POST, &blocks, 4, &sql).await.created();
    let warnings = view["warnings"].as_array().unwrap();
    assert_eq!(warnings[2]["detail"], "there is no column \"day\"; did you mean \"d\"?", "{view}");
}

#[tokio::test]
async fn large_documents_are_refused_with_the_limit() {
    let server = Server::start_with(|config| config.limits.document_bytes = 10_000).await;
    let (ann, path) = ann_and_canvas(&server).await;
    let mut canvas = document("c");
    canvas["spec"]["blocks"][0]["markdown"] = json!("x".repeat(10_000));
    ann.change(Method::PUT, &path, 1, &canvas).await.problem(413, "too_large");
}

#[tokio::test]
async fn a_save_from_a_file_says_so_in_the_history() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    let made =
        ann.post(&format!("{project}/canvases?note=applied%20from%20c.yaml"), document("c")).await.created();
    assert_eq!(made["revision"]["note"], "applied from c.yaml");
    let path = format!("{project}/canvases/c");
    let mut changed = document("c");
    changed["metadata"]["title"] = json!("Another");
    let put = ann.request(Method::PUT, &format!("{path}?note=applied:%20build%207"));
    let saved = Answer::of(put.header("if-match", ann.tag(&path, 1).await).json(&changed)).await.ok();
    assert_eq!(
        (&saved["revision"]["revision"], &saved["revision"]["note"]),
        (&json!(2), &json!("applied: build 7"))
    );
    let history = ann.get(&format!("{path}/history")).await.ok();
    assert_eq!(history["items"][1]["note"], "applied from c.yaml");
    // Whoever says nothing of a save is told what it changed.
    changed["metadata"]["title"] = json!("A third");
    let saved = ann.change(Method::PUT, &path, 2, &changed).await.ok();
    assert_eq!(saved["revision"]["note"], "changed title");
    let long = format!("{project}/canvases?note={}", "x".repeat(201));
    let problem = ann.post(&long, document("d")).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/note", "{problem}");
}

#[tokio::test]
async fn what_may_not_work_is_told_of_a_canvas_that_is_not_saved() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    let mut draft = document("c");
    draft["spec"]["blocks"] = json!([{"id": "a", "type": "table", "source": "nowhere"}]);
    let doubts = ann.post(&format!("{project}/warnings"), draft.clone()).await.ok();
    assert_eq!(doubts[0]["pointer"], "/spec/blocks/0/source", "{doubts}");
    draft["spec"]["blocks"][0]["colour"] = json!("red");
    ann.post(&format!("{project}/warnings"), draft).await.problem(422, "invalid");
    ann.get(&format!("{project}/canvases/c")).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_filter_that_cannot_run_hides_no_field_that_is_not_there() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    ann.upload(&format!("{project}/sources/weather"), "day,rain\n2024-01-01,1.5\n").await.created();
    for filter in ["rian > 1", "rain > 'much'", "rain >"] {
        let mut draft = document("c");
        draft["spec"]["blocks"] = json!([{
            "id": "a", "type": "table", "source": "weather", "filter": filter, "columns": ["day", "wnd"],
        }]);
        let doubts = ann.post(&format!("{project}/warnings"), draft).await.ok();
        let mut pointers: Vec<&str> =
            doubts.as_array().unwrap().iter().map(|doubt| doubt["pointer"].as_str().unwrap()).collect();
        pointers.sort_unstable();
        assert_eq!(pointers, ["/spec/blocks/0", "/spec/blocks/0/filter"], "{filter}: {doubts}");
    }
}

#[tokio::test]
async fn a_name_that_is_nearly_right_is_told_the_right_one() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    ann.post(&format!("{project}/canvases"), document("seattle-weather")).await.created();
    let problem = ann.get(&format!("{project}/canvases/seatle-weather")).await.problem(404, "not_found");
    let expected = "there is no canvas \"ann/p/seatle-weather\"; did you mean \"seattle-weather\"?";
    assert_eq!(problem["detail"], expected);
    // A user who may not see the project learns nothing of its content.
    let ben = server.sign_up("ben").await;
    let problem = ben.get(&format!("{project}/canvases/seatle-weather")).await.problem(404, "not_found");
    assert_eq!(problem["detail"], "there is no project \"ann/p\"");
}
