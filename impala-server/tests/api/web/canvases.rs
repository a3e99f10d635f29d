//! Canvases on pages: seen in every form, and changed by plain forms.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::{Browser, ann_with_canvas, between, etag_of};
use crate::support::{Answer, Person, Server};

const RAIN: &str = "/ann/p/canvases/rain";

#[tokio::test]
async fn the_page_comes_before_its_blocks() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let page = ann.get(RAIN).await.text();
    assert!(
        page.contains("data-base=\"/ann/p/canvases/rain\"") && page.contains("id=\"b-rows\" data-at=\"0 ")
    );
    assert!(!page.contains("2026-01-03"), "no query was asked: {page}");
    let inside = ann.get(&format!("{RAIN}/blocks/rows")).await;
    assert!(inside.text().contains("<td>2026-01-02</td>") && inside.text().contains("rain@1 · 3 rows read"));
    // Without scripts, the browser is redirected to the page with all of them.
    let whole = between(&page, "http-equiv=\"refresh\" content=\"0;url=", "\"").unwrap();
    let page = ann.get(&whole).await.text();
    assert!(page.contains("<td>2026-01-02</td>") && page.contains("Query and provenance"), "{page}");
    let places = between(&page, "id=\"places\" href=\"", "\"").unwrap();
    let places = ann.get(&places).await;
    assert!(places.text().starts_with("#b-about{grid-area:1/1/"), "{}", places.text());
    assert!(places.header("cache-control").contains("immutable"));
}

#[tokio::test]
async fn a_terminal_gets_text_and_any_form_can_be_asked_for() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let api = ann.api(&server, "ann").await;
    let get = async |path: &str, agent: &str, accept: &str| {
        let request = api.request(Method::GET, path).header("user-agent", agent).header("accept", accept);
        Answer::of(request).await
    };
    let colored = get(RAIN, "curl/8.5.0", "*/*").await;
    assert!(colored.text().contains("\u{1b}[1mRain\u{1b}[0m"), "{}", colored.text());
    let plain = get(RAIN, "curl/8.5.0", "text/plain").await;
    assert!(plain.text().starts_with("Rain\n") && !plain.text().contains('\u{1b}'));
    let narrow = get(&format!("{RAIN}?width=40"), "curl/8.5.0", "text/plain").await.text();
    assert!(narrow.lines().all(|line| line.chars().count() <= 40), "{narrow}");
    let json = get(&format!("{RAIN}?format=json"), "curl/8.5.0", "*/*").await.json();
    assert_eq!(json["blocks"]["rows"]["data"]["rows_total"], 3);
    let yaml = get(&format!("{RAIN}?format=yaml"), "curl/8.5.0", "*/*").await.text();
    assert!(yaml.starts_with("apiVersion: impala/v1\n"), "{yaml}");
    assert!(get(RAIN, "Mozilla/5.0", "text/html").await.text().starts_with("<!DOCTYPE html>"));
    let csv = get(&format!("{RAIN}/blocks/rows?format=csv"), "curl/8.5.0", "*/*").await;
    assert!(csv.text().starts_with("day,kind,mm\n2026-01-01,rain,1.5\n"), "{}", csv.text());
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"rows.csv\"");
    let text = get(&format!("{RAIN}/blocks/rows?format=text&width=60"), "curl/8.5.0", "*/*").await.text();
    assert!(text.contains("First rows") && text.contains("2026-01-02"), "{text}");
    let never = get(&format!("{RAIN}?color=never"), "curl/8.5.0", "*/*").await.text();
    assert!(never.starts_with("Rain\n") && !never.contains('\u{1b}'), "{never}");
    let always = get(&format!("{RAIN}?color=always"), "python", "*/*").await.text();
    assert!(always.contains("\u{1b}[1mRain\u{1b}[0m"), "{always}");
    for path in ["?format=pdf", "/blocks/rows?format=pdf", "?frmat=json", "?color=blue"] {
        get(&format!("{RAIN}{path}"), "python", "*/*").await.problem(400, "malformed");
    }
}

#[tokio::test]
async fn a_terminal_is_told_in_text_what_went_wrong() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let (signed_in, anyone) = (ann.api(&server, "ann").await, server.anyone());
    let get = async |api: &Person, path: &str, agent: &str, accept: &str| {
        let request = api.request(Method::GET, path).header("user-agent", agent).header("accept", accept);
        let answer = Answer::of(request).await;
        let (status, kind) = (answer.status.as_u16(), answer.header("content-type").to_owned());
        (status, kind, answer.text())
    };
    let plain = "text/plain; charset=utf-8".to_owned();
    for (agent, accept) in [("curl/8.5.0", "*/*"), ("Wget/1.21", "*/*"), ("python", "text/plain")] {
        let (status, kind, text) = get(&anyone, RAIN, agent, accept).await;
        assert_eq!((status, &kind), (401, &plain));
        assert!(text.starts_with("error: ") && text.lines().count() == 3, "{text}");
        assert!(
            text.contains("Authorization: Bearer $IMPALA_TOKEN") && text.contains("share link"),
            "{text}"
        );
    }
    for (agent, accept) in [("curl/8.5.0", "application/json"), ("python", "*/*")] {
        let (status, kind, _) = get(&anyone, RAIN, agent, accept).await;
        assert_eq!((status, kind.as_str()), (401, "application/problem+json"));
    }
    let (status, kind, text) = get(&signed_in, &format!("{RAIN}%1b[31m"), "curl/8.5.0", "*/*").await;
    assert_eq!((status, &kind), (404, &plain));
    assert!(text.starts_with("error: ") && !text.contains('\u{1b}') && !text.contains("hint:"), "{text}");
    let (status, kind, text) = get(&signed_in, &format!("{RAIN}?color=blue"), "curl/8.5.0", "*/*").await;
    assert_eq!((status, &kind), (400, &plain));
    assert!(text.contains("where auto, always or never is expected"), "{text}");
    let (status, kind, text) = get(&anyone, "/s/nothing", "curl/8.5.0", "*/*").await;
    assert_eq!((status, &kind), (404, &plain));
    assert!(text.starts_with("error: "), "{text}");
}

#[tokio::test]
async fn parameters_stand_in_the_address() {
    let server = Server::start_with(|config| config.choices_patience = Duration::from_secs(3_600)).await;
    let ann = ann_with_canvas(&server).await;
    let document = "apiVersion: impala/v1\nkind: Canvas\nmetadata: {slug: rain, title: Rain}\nspec:\n  parameters:\n  \
        - {name: kind, type: select, source: rain, field: kind}\n  - {name: least, type: number, default: 1}\n  blocks:\n  \
        - {id: rows, type: table, source: rain, filter: kind = $kind AND mm >= $least}\n  \
        - {id: most, type: metric, source: rain, value: {aggregate: max, field: mm}, format: '{:.1} mm'}\n  \
        - {id: says, type: text, markdown: 'Of {{kind}}, **{{most}}** at most'}\n";
    let etag = etag_of(&ann.get(&format!("{RAIN}/edit")).await.text());
    Browser::leads(&ann.post(&format!("{RAIN}/edit"), &[("document", document), ("etag", &etag)]).await);
    let page = ann.get(&format!("{RAIN}?param.kind=snow&param.least=")).await.text();
    assert!(
        page.contains("<option value=\"snow\" selected>snow</option>")
            && page.contains("<option value=\"rain\">"),
        "{page}"
    );
    // An empty field of a form sets nothing: the default counts.
    assert!(page.contains("name=\"param.least\" type=\"number\" value=\"1\""), "{page}");
    assert!(page.contains("url=/ann/p/canvases/rain?param.kind=snow&amp;all=1"), "{page}");
    let rows = ann.get(&format!("{RAIN}/blocks/rows?param.kind=rain")).await.text();
    assert!(rows.contains("2026-01-02") && !rows.contains("2026-01-03"), "{rows}");
    let says = ann.get(&format!("{RAIN}/blocks/says?param.kind=rain")).await.text();
    assert!(says.contains("Of rain, <strong>7.0 mm</strong> at most"), "{says}");
    // Parameters of a link that do not fit the canvas are reported and left out; requests for data with them are refused.
    let wrong = "param.least=much&param.zzz=1&param.kind=snow";
    let page = ann.get(&format!("{RAIN}?{wrong}")).await.text();
    for part in [
        "Part of this link was left out",
        "least: &quot;much&quot; is not a number. It has its default value.",
        "This canvas has no parameter &quot;zzz&quot;",
        "data-given=\"?param.kind=snow\"",
        "name=\"param.least\" type=\"number\" value=\"1\"",
        "<p class=\"muted set\">kind: snow · least: 1</p>",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    for rest in ["/blocks/rows?", "/blocks/rows?format=about&", "/blocks?draw=rows&"] {
        let answer = ann.get(&format!("{RAIN}{rest}{wrong}")).await;
        assert_eq!(answer.status.as_u16(), 200, "{rest}: {}", answer.text());
    }
    let refused = ann.get(&format!("{RAIN}/blocks/rows?format=csv&{wrong}")).await;
    let page = refused.text();
    assert!(refused.status.as_u16() == 422 && page.contains("is not a number"), "{page}");
    assert!(
        !page.contains("Nothing was changed") && page.contains("href=\"/ann/p/canvases/rain\">Back to rain<"),
        "{page}"
    );
}

/// Each block is a line of its own, and comes without what the page has already.
#[tokio::test]
async fn blocks_come_in_one_answer_a_line_each() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let lines = async |query: &str| -> Vec<Value> {
        let answer = ann.get(&format!("{RAIN}/blocks{query}")).await;
        assert_eq!(answer.header("content-type"), "application/x-ndjson");
        answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let all = lines("").await;
    let canvas = ann.api(&server, "ann").await.get("/api/v1/projects/ann/p/canvases/rain").await.json();
    assert_eq!(all.len(), canvas["canvas"]["spec"]["blocks"].as_array().unwrap().len());
    let some = lines("?draw=gone,rows.80").await;
    let of = |lines: &[Value], id: &str| lines.iter().find(|line| line["block"] == id).unwrap().clone();
    assert_eq!(some.len(), 2);
    assert!(of(&some, "rows")["html"].as_str().unwrap().contains("<td>2026-01-02</td>"));
    assert!(of(&some, "gone")["html"].as_str().unwrap().contains("There is no block"), "{some:?}");
    // The first answer says how long it took, later ones that they were kept.
    let tag = of(&lines("?draw=rows.80").await, "rows")["tag"].as_str().unwrap().to_owned();
    let again = lines(&format!("?draw=rows.80.{tag}")).await;
    assert_eq!(again, [json!({"block": "rows", "tag": tag})]);
    // The states of blocks tell which of them have changed.
    let states = async || {
        let page = ann.get(RAIN).await.text();
        between(&page, "data-states=\"", "\"").unwrap().split(' ').map(str::to_owned).collect::<Vec<_>>()
    };
    let before = states().await;
    let edit = format!("{RAIN}/blocks/about/edit");
    let etag = etag_of(&ann.get(&edit).await.text());
    let fields = [
        ("etag", etag.as_str()),
        ("markdown", "Else"),
        ("at_x", "0"),
        ("at_y", "0"),
        ("at_w", "24"),
        ("at_h", "3"),
    ];
    Browser::leads(&ann.post(&edit, &fields).await);
    let differing = states().await.iter().zip(&before).filter(|(now, before)| now != before).count();
    assert_eq!((before.len(), differing), (all.len(), 1));
}

#[tokio::test]
async fn a_block_is_added_changed_and_deleted() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    assert!(ann.get(&format!("{RAIN}/add")).await.text().contains("add?type=chart"));
    let form = ann.get(&format!("{RAIN}/add?type=chart")).await.text();
    assert!(
        form.contains("<option value=\"sum(mm)\">") && form.contains("<option value=\"yearmonth(day)\">"),
        "{form}"
    );
    let fields = [
        ("type", "chart"),
        ("title", "By kind"),
        ("source", "rain"),
        ("mark", "bar"),
        ("x", "kind"),
        ("y", "sum(mm)"),
        ("at_w", "10"),
        ("at_h", "9"),
    ];
    assert_eq!(Browser::leads(&ann.post(&format!("{RAIN}/add"), &fields).await), RAIN);
    let edit = format!("{RAIN}/blocks/by-kind/edit");
    let form = ann.get(&edit).await.text();
    assert!(form.contains("value=\"sum(mm)\"") && form.contains("value=\"10\""), "{form}");
    let etag = etag_of(&form);
    let mut fields = vec![
        ("etag", etag.as_str()),
        ("title", "Mean by kind"),
        ("source", "rain"),
        ("mark", "bar"),
        ("x", "kind"),
        ("y", "mean(mm)"),
    ];
    fields.extend([("at_x", "0"), ("at_y", "90"), ("at_w", "24"), ("at_h", "9")]);
    assert_eq!(Browser::leads(&ann.post(&edit, &fields).await), format!("{RAIN}#b-by-kind"));
    assert!(ann.get(RAIN).await.text().contains("Mean by kind"));

    // The same change again was made on an outdated state: it comes back with what was typed, to be saved over theirs.
    fields[1] = ("title", "Mine");
    let stale = ann.post(&edit, &fields).await;
    let page = stale.text();
    assert!(
        stale.status.as_u16() == 412 && page.contains("Save over it") && page.contains("value=\"Mine\""),
        "{page}"
    );
    let etag = etag_of(&page);
    fields[0] = ("etag", &etag);
    Browser::leads(&ann.post(&edit, &fields).await);
    assert!(ann.get(RAIN).await.text().contains("Mine"));

    fields[0] = ("etag", "");
    fields[5] = ("y", "meen(mm)");
    let wrong = ann.post(&edit, &fields).await;
    assert!(
        wrong.status.as_u16() == 422 && wrong.text().contains("did you mean &quot;mean&quot;?"),
        "{}",
        wrong.text()
    );

    let etag = etag_of(&ann.get(&edit).await.text());
    Browser::leads(&ann.post(&format!("{RAIN}/blocks/by-kind/delete"), &[("etag", &etag)]).await);
    assert_eq!(ann.get(&edit).await.status.as_u16(), 404);
}

#[tokio::test]
async fn history_is_seen_and_restored() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let etag = etag_of(&ann.get(RAIN).await.text());
    Browser::leads(&ann.post(&format!("{RAIN}/blocks/rows/delete"), &[("etag", &etag)]).await);
    let page = ann.get(&format!("{RAIN}/history")).await.text();
    assert!(page.contains("removed block rows") && page.contains("current"), "{page}");
    let earlier = ann.get(&format!("{RAIN}?revision=1")).await.text();
    assert!(earlier.contains("This is revision 1") && !earlier.contains("Add block"), "{earlier}");
    assert!(earlier.contains("?revision=1&amp;all=1"), "what the page keeps: {earlier}");
    let block = format!("{RAIN}/blocks/rows");
    assert_eq!(ann.get(&block).await.status.as_u16(), 404);
    for path in [format!("{RAIN}?revision=1&all=1"), format!("{block}?revision=1")] {
        let text = ann.get(&path).await.text();
        assert!(text.contains("<td>2026-01-02</td>"), "{path}: {text}");
    }
    let about = ann.get(&format!("{block}?revision=1&format=about")).await.text();
    assert!(about.contains("?revision=1&amp;format=csv"), "{about}");
    let etag = etag_of(&page);
    Browser::leads(&ann.post(&format!("{RAIN}/restore"), &[("revision", "1"), ("etag", &etag)]).await);
    assert!(ann.get(RAIN).await.text().contains("id=\"b-rows\""));
    let unsure = ann.post(&format!("{RAIN}/delete"), &[("confirm", "x"), ("etag", &etag)]).await;
    assert_eq!(unsure.status.as_u16(), 422);
    let etag = etag_of(&ann.get(RAIN).await.text());
    Browser::leads(&ann.post(&format!("{RAIN}/delete"), &[("confirm", "rain"), ("etag", &etag)]).await);
    assert_eq!(ann.get(RAIN).await.status.as_u16(), 404);
}

#[tokio::test]
async fn canvases_get_names_of_their_own() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let create = async |title: &str, source: &str| {
        ann.post("/ann/p/canvases", &[("title", title), ("source", source)]).await
    };
    assert_eq!(Browser::leads(&create("", "rain").await), "/ann/p/canvases/rain-2");
    assert_eq!(Browser::leads(&create("My Rain!", "rain").await), "/ann/p/canvases/my-rain");
    assert_eq!(Browser::leads(&create("日本", "").await), "/ann/p/canvases/canvas");
    assert_eq!(create("", "").await.status.as_u16(), 422);
    assert_eq!(create("", "nothing").await.status.as_u16(), 404);
    assert!(ann.get("/ann/p/canvases/canvas").await.text().contains("This canvas has no blocks yet."));
}

#[tokio::test]
async fn what_a_block_asks_and_where_its_answer_comes_from_is_told() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let page = ann.get(&format!("{RAIN}/blocks/rows?format=about")).await.text();
    assert!(
        page.contains("href=\"/ann/p/sources/rain?version=1\">rain@1</a>") && page.contains("type: table"),
        "{page}"
    );
    assert!(page.contains("<pre id=\"sql-0\">SELECT *\nFROM rain\nLIMIT"), "{page}");
}

/// What is shown as the SQL of a block can be run as a query, and gives what the block shows.
#[tokio::test]
async fn the_sql_of_a_block_gives_its_rows() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let api = ann.api(&server, "ann").await;
    let project = "/api/v1/projects/ann/p";
    let data = api.get(&format!("{project}/canvases/rain/data")).await.ok();
    let answers = data["blocks"].as_object().unwrap();
    assert!(answers.len() >= 4, "{answers:?}");
    for (id, answer) in answers {
        let sql = api.get(&format!("{project}/canvases/rain/blocks/{id}/sql")).await.ok();
        let statement = &sql["statements"][0];
        let query = api.post(&format!("{project}/query"), json!({"sql": statement["sql"]})).await.ok();
        let values = |data: &Value| -> Vec<Value> {
            data["columns"].as_array().unwrap().iter().map(|column| column["values"].clone()).collect()
        };
        assert_eq!(values(&query), values(&answer["data"]), "{id}: {statement}");
    }
    api.get(&format!("{project}/canvases/rain/blocks/about/sql")).await.problem(422, "invalid");
    api.get(&format!("{project}/canvases/rain/blocks/nothing/sql")).await.problem(404, "not_found");
}

#[tokio::test]
async fn one_block_has_a_page_with_its_values_and_warnings_name_theirs() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let bar = |id: &str, title: &str, field: &str| {
        json!({"id": id, "type": "chart", "title": title, "source": "rain", "mark": "bar",
            "encoding": {"x": {"field": field}, "y": {"aggregate": "mean", "field": "mm"}}})
    };
    let canvas = json!({"apiVersion": "impala/v1", "kind": "Canvas", "metadata": {"slug": "two"},
        "spec": {"blocks": [bar("kinds", "By kind", "kind"), bar("hues", "By hue", "hue")]}});
    ann.api(&server, "ann").await.post("/api/v1/projects/ann/p/canvases", canvas).await.created();
    let page = ann.get("/ann/p/canvases/two").await.text();
    assert!(page.contains("<a href=\"#b-hues\">By hue</a>: there is no field &quot;hue&quot;"), "{page}");
    assert!(!page.contains("/spec/blocks"), "{page}");
    let whole = ann.get("/ann/p/canvases/two?all=1").await.text();
    assert!(whole.contains("href=\"/ann/p/canvases/two?only=kinds\">Full size and values<"), "{whole}");
    let alone = ann.get("/ann/p/canvases/two?only=kinds&all=1").await.text();
    assert!(alone.contains("id=\"b-kinds\"") && !alone.contains("id=\"b-hues\""), "{alone}");
    assert!(alone.contains("<td class=\"number\">4.25</td>"), "exact values: {alone}");
    let without_it = "<a class=\"button small\" href=\"/ann/p/canvases/two\">All blocks</a>";
    assert!(alone.contains(without_it) && !alone.contains("Arrange"), "{alone}");
    assert_eq!(ann.get("/ann/p/canvases/two?only=none").await.status.as_u16(), 404);
}
