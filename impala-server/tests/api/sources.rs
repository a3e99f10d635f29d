//! Uploading sources, and what is said of them.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Person, Server};

const CSV: &str = "city,zip,rain\nOslo,0150,1.5\nBonn,53111,\n";

async fn ann_and_project(server: &Server) -> (Person, String) {
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    (ann, project)
}

#[tokio::test]
async fn a_file_that_is_gone_is_damage_and_no_reason_to_try_again() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let path = format!("{}/sources/s", ann.project("p").await);
    ann.upload(&format!("{path}?on_bad_rows=skip"), "n,m\n1,2\nx\n").await.created();
    for kind in ["content", "rejects"] {
        assert_eq!(ann.get(&format!("{path}/{kind}")).await.status.as_u16(), 200);
    }
    for id in impala_server::store::sql::sources::uploads(&server.app.pool).await.unwrap() {
        server.app.uploads.remove(id).unwrap();
    }
    for kind in ["content", "rejects"] {
        let answer = ann.get(&format!("{path}/{kind}")).await;
        answer.problem(500, "internal");
        assert_eq!(answer.header("retry-after"), "");
    }
    // The next one is a new version.
    ann.upload(&path, "n\n3\n").await.created();
    assert_eq!(ann.get(&format!("{path}/content")).await.text(), "n\n3\n");
}

#[tokio::test]
async fn choices_are_the_different_values_of_a_column_in_order() {
    let server = Server::start().await;
    let (ann, project) = ann_and_project(&server).await;
    let path = format!("{project}/sources/days");
    ann.upload(&path, "kind,a/b&c,n\nrain,1,1\nsun,,\nrain,2,1\n,3,1\nsnow,1,1\n").await.created();
    ann.upload(&path, "kind\nfog\n").await.created();
    let choices = async |query: &str| ann.get(&format!("{path}/choices?{query}")).await;
    let check = async |query: &str, expected: Value, truncated: bool| {
        let expected = json!({"values": expected, "truncated": truncated});
        assert_eq!(choices(query).await.ok(), expected, "{query}");
    };
    check("field=kind", json!(["fog"]), false).await;
    check("field=kind&version=1", json!(["rain", "snow", "sun"]), false).await;
    check("field=kind&version=1&limit=3", json!(["rain", "snow", "sun"]), false).await;
    check("field=kind&version=1&limit=2", json!(["rain", "snow"]), true).await;
    check("field=a%2Fb%26c&version=1", json!(["1", "2", "3"]), false).await;
    check("field=n&version=1&limit=1", json!(["1"]), false).await;
    let wrong = choices("field=knd").await.problem(422, "invalid");
    assert_eq!(wrong["errors"][0]["pointer"], "/field");
    assert_eq!(wrong["errors"][0]["detail"], "there is no field \"knd\"; did you mean \"kind\"?");
    choices("field=kind&limit=2001").await.problem(422, "invalid");
    choices("").await.problem(400, "malformed");
    choices("field=kind&version=3").await.problem(404, "not_found");
    ann.get(&format!("{project}/sources/dys/choices?field=kind")).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_source_knows_the_canvases_that_read_it() {
    let server = Server::start().await;
    let (ann, project) = ann_and_project(&server).await;
    let path = format!("{project}/sources/rain");
    ann.upload(&path, CSV).await.created();
    ann.upload(&path, "city\nOslo\n").await.created();
    ann.upload(&format!("{project}/sources/snow"), CSV).await.created();
    let canvas = async |slug: &str, spec: Value| {
        let metadata = json!({"slug": slug, "title": format!("The {slug}")});
        let document =
            json!({"apiVersion": "impala/v1", "kind": "Canvas", "metadata": metadata, "spec": spec});
        ann.post(&format!("{project}/canvases"), document).await.created();
    };
    let table = |from: Value| {
        let mut block = json!({"id": "b", "type": "table"});
        block.as_object_mut().unwrap().extend(from.as_object().unwrap().clone());
        json!({"blocks": [block]})
    };
    canvas("block", table(json!({"source": "rain"}))).await;
    canvas("old", table(json!({"source": "rain@1"}))).await;
    canvas("joined", table(json!({"sql": "SELECT * FROM snow JOIN rain USING (city)"}))).await;
    let parameter = json!({"name": "p", "type": "select", "source": "rain", "field": "city"});
    canvas("parameter", json!({"parameters": [parameter], "blocks": []})).await;
    // It says the word only.
    canvas("other", table(json!({"sql": "SELECT 'rain' AS rain FROM snow"}))).await;
    let slugs = async |path: &str| {
        let answer = ann.get(&format!("{path}/canvases")).await.ok();
        let slug = |one: &Value| one["slug"].as_str().unwrap().to_owned();
        (answer[0]["title"].clone(), answer.as_array().unwrap().iter().map(slug).collect::<Vec<_>>())
    };
    let (first, readers) = slugs(&path).await;
    assert_eq!((first, readers.join(" ").as_str()), (json!("The block"), "block joined old parameter"));
    assert_eq!(slugs(&format!("{project}/sources/snow")).await.1, ["joined", "other"]);
    ann.get(&format!("{project}/sources/ran/canvases")).await.problem(404, "not_found");
}

#[tokio::test]
async fn an_upload_becomes_a_version_and_the_same_bytes_none() {
    let server = Server::start().await;
    let (ann, project) = ann_and_project(&server).await;
    let path = format!("{project}/sources/rain?note=build%207");
    let first = ann.upload(&path, CSV).await.created();
    assert_eq!((&first["source"], &first["unchanged"]), (&json!("rain"), &json!(false)));
    let version = &first["version"];
    assert_eq!((&version["version"], &version["rows"]), (&json!(1), &json!(2)));
    assert_eq!((&version["created_by"], &version["note"]), (&json!("ann"), &json!("build 7")));
    let types: Vec<_> = version["columns"].as_array().unwrap().iter().map(|column| &column["type"]).collect();
    assert_eq!(types, ["string", "string", "decimal"], "a code with a leading zero stays text");

    let second = ann.upload(&path, CSV).await.ok();
    assert_eq!((&second["unchanged"], &second["version"]), (&json!(true), version));
    let third = ann.upload(&path, "city\nOslo\n").await.created();
    assert_eq!(third["version"]["version"], 2);
    let source = ann.get(&format!("{project}/sources/rain")).await.ok();
    assert_eq!((&source["versions"], &source["current"]), (&json!(2), &third["version"]));
}

#[tokio::test]
async fn columns_that_a_version_no_longer_has_as_they_were_are_told_to_the_uploader() {
    let server = Server::start().await;
    let (ann, project) = ann_and_project(&server).await;
    let path = format!("{project}/sources/birds");
    let first = ann.upload(&path, "island,mass,sex\nBiscoe,3750,f\n").await.created();
    assert_eq!(first["warnings"], json!(null), "there is none before it");
    let more = ann.upload(&path, "island,mass,sex,year\nBiscoe,3750,f,2007\n").await.created();
    assert_eq!(more["warnings"], json!(null), "nobody misses anything");
    let less = ann.upload(&path, "island,mass\nBiscoe,heavy\n").await.created();
    let expected = [
        "columns of version 2 that are gone: \"sex\", \"year\"",
        "columns of another type than in version 2: \"mass\" (integer, now string)",
    ];
    assert_eq!(less["warnings"], json!(expected));
    let whole = format!("{project}/sources/whole");
    ann.upload(&whole, "amount\n1.5\n").await.created();
    let number = ann.upload(&whole, "amount\n1\n").await.created();
    assert_eq!(number["warnings"], json!(null), "a number is a number");
    let other = ann.upload(&path, "city\nOslo\n").await.created();
    assert_eq!(other["warnings"], json!(["it has none of the columns of version 3"]));
}

#[tokio::test]
async fn the_bytes_come_back_as_they_came() {
    let server = Server::start().await;
    let (ann, project) = ann_and_project(&server).await;
    let path = format!("{project}/sources/odd");
    let bytes = b"a;b\r\n\"x\ny\";\xe9t\xe9\r\n".to_vec();
    ann.upload(&path, bytes.clone()).await.created();
    ann.upload(&path, "a;b\n1;2\n").await.created();
    let answer = ann.get(&format!("{path}/content?version=1")).await;
    assert_eq!((answer.status, &answer.bytes), (StatusCode::OK, &bytes));
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"odd@1.csv\"");
    assert_eq!(answer.header("content-length"), bytes.len().to_string());
    assert_eq!(answer.header("content-type"), "text/csv");
    let known = ann.request(Method::GET, &format!("{path}/content?version=1"));
    let known = Answer::of(known.header("if-none-match", answer.header("etag"))).await;
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn bad_files_are_refused_with_row_and_column_and_change_nothing() {
    let server = Server::start().await;
    let (ann, project) = ann_and_project(&server).await;
    let path = format!("{project}/sources/s");
    ann.upload(&path, CSV).await.created();
    let check = async |csv: &[u8], expected: Value| {
        let problem = ann.upload(&path, csv).await.problem(422, "invalid");
        let error = &problem["errors"][0];
        for (key, value) in expected.as_object().unwrap() {
            assert_eq!(&error[key], value, "{problem}");
        }
    };
    check(b"", json!({})).await;
    check(b"a,b\n", json!({})).await;
    check(b"a,b\n1,2\n3\n", json!({"row": 2, "line": 3})).await;
    check(b"a,b\n1,2\n3,4,5\n", json!({"row": 2})).await;
    check(b"a,a\n1,2\n", json!({"column": "a"})).await;
    check(b"a,b\n1,\"x\n", json!({"row": 1})).await;
    check(b"a,b\n1,x\0y\n", json!({"row": 1, "column": "b"})).await;
    let wide = vec!["x"; 10_000].join(",");
    check(format!("{wide}\n{wide}\n").as_bytes(), json!({})).await;
    let source = ann.get(&path).await.ok();
    assert_eq!(source["versions"], 1);
    assert_eq!(ann.get(&format!("{path}/content")).await.text(), CSV);
}

#[tokio::test]
async fn bad_rows_are_kept_apart_when_asked() {
    let server = Server::start().await;
    let (ann, project) = ann_and_project(&server).await;
    let path = format!("{project}/sources/s");
    let upload = ann.upload(&format!("{path}?on_bad_rows=skip"), "a,b\n1,2\n3\n4,5\n").await.created();
    assert_eq!((&upload["version"]["rows"], &upload["version"]["rejected_rows"]), (&json!(2), &json!(1)));
    assert!(upload["warnings"][0].as_str().unwrap().starts_with("1 row could not be read"), "{upload}");
    let rejects = ann.get(&format!("{path}/rejects")).await;
    assert_eq!(rejects.status, StatusCode::OK);
    assert!(rejects.text().contains('3'), "{}", rejects.text());
    ann.upload(&path, "a,b\n1,2\n").await.created();
    ann.get(&format!("{path}/rejects")).await.problem(404, "not_found");
}

#[tokio::test]
async fn settings_are_remembered_and_part_of_what_is_unchanged() {
    let server = Server::start().await;
    let (ann, project) = ann_and_project(&server).await;
    let path = format!("{project}/sources/s");
    let csv = "n\n1\n2\n";
    ann.upload(&path, csv).await.created();
    let as_text = ann.upload(&format!("{path}?type=n:string"), csv).await.created();
    assert_eq!(as_text["version"]["columns"][0]["type"], "string");
    assert_eq!(ann.upload(&path, csv).await.ok()["unchanged"], true);
    let more = ann.upload(&path, "n\n3\n").await.created();
    assert_eq!(more["version"]["columns"][0]["type"], "string");
    let back = ann.upload(&format!("{path}?type=n:auto"), "n\n3\n").await.created();
    assert_eq!(back["version"]["columns"][0]["type"], "integer");
    let problem = ann.upload(&format!("{path}?delimeter=;"), csv).await.problem(422, "invalid");
    assert_eq!(
        problem["errors"][0]["detail"],
        "unknown parameter \"delimeter\"; did you mean \"delimiter\"?"
    );
}

#[tokio::test]
async fn a_digest_is_checked() {
    let server = Server::start().await;
    let (ann, project) = ann_and_project(&server).await;
    let path = format!("{project}/sources/s");
    let send = async |digest: &str| {
        let request = ann.request(Method::PUT, &path).header("content-digest", digest).body("a\n1\n");
        Answer::of(request).await
    };
    let zeros = "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:";
    send(zeros).await.problem(400, "digest_mismatch");
    send("sha-256=:AAAA:").await.problem(400, "malformed");
    ann.get(&path).await.problem(404, "not_found");
    let good = "sha-256=:MJsORac9P8UyXitu0KAe+LnN5rBaVjPB+JP5cNUr/dw=:";
    send(good).await.created();
}

#[tokio::test]
async fn too_large_is_told_with_the_limit() {
    let server = Server::start_with(|config| config.limits.upload_bytes = 100).await;
    let (ann, project) = ann_and_project(&server).await;
    let path = format!("{project}/sources/s");
    let csv = format!("a\n{}", "1\n".repeat(200));
    let problem = ann.upload(&path, csv.clone()).await.problem(413, "too_large");
    assert!(problem["detail"].as_str().unwrap().contains("100 bytes"), "{problem}");
    // Without a length known before, it shows only when the bytes are there.
    let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>(csv)]);
    let request = ann.request(Method::PUT, &path).body(reqwest::Body::wrap_stream(chunks));
    Answer::of(request).await.problem(413, "too_large");
    ann.get(&path).await.problem(404, "not_found");
}

#[tokio::test]
async fn forms_upload_too() {
    let server = Server::start().await;
    let (ann, project) = ann_and_project(&server).await;
    let send = async |body: &str| {
        let request = ann.request(Method::POST, &format!("{project}/sources"));
        let body = body.replace('\n', "\r\n").replace("#", "\n");
        Answer::of(request.header("content-type", "multipart/form-data; boundary=X").body(body)).await
    };
    let file =
        "--X\nContent-Disposition: form-data; name=\"file\"; filename=\"Sales 2024.csv\"\n\na,b#1,2#\n";
    let name = "--X\nContent-Disposition: form-data; name=\"name\"\n\nmine\n";
    assert_eq!(send(&format!("{file}--X--\n")).await.created()["source"], "sales-2024");
    assert_eq!(send(&format!("{name}{file}--X--\n")).await.created()["source"], "mine");
    send(&format!("{name}--X--\n")).await.problem(400, "malformed");
    send(file).await.problem(400, "interrupted");
    let names = ann.get(&format!("{project}/sources")).await.ok();
    let names: Vec<_> = names["items"].as_array().unwrap().iter().map(|source| &source["name"]).collect();
    assert_eq!(names, ["mine", "sales-2024"]);
}

#[tokio::test]
async fn schema_preview_and_stats_tell_what_is_inside() {
    let server = Server::start().await;
    let (ann, project) = ann_and_project(&server).await;
    let path = format!("{project}/sources/s");
    ann.upload(&path, "n\n1\n2\n3\n4\n").await.created();
    ann.upload(&path, "n\n10\n").await.created();
    let schema = ann.get(&format!("{path}/schema?version=1")).await.ok();
    assert_eq!((&schema[0]["name"], &schema[0]["max"]), (&json!("n"), &json!("4")));
    let preview = ann.get(&format!("{path}/preview?version=1&offset=1&limit=2")).await.ok();
    assert_eq!(preview["columns"][0]["values"], json!([2, 3]));
    assert_eq!((&preview["offset"], &preview["rows_total"]), (&json!(1), &json!(4)));
    let stats = ann.get(&format!("{path}/stats?version=1")).await.ok();
    assert_eq!((&stats[0]["mean"], &stats[0]["distinct"]), (&json!(2.5), &json!(4)));
    assert_eq!(stats[0]["spread"], json!([1, 1, 1, 1]));
    ann.get(&format!("{path}/preview?limit=0")).await.problem(422, "invalid");
    let missing = ann.get(&format!("{path}/schema?version=9")).await.problem(404, "not_found");
    assert_eq!(missing["detail"], "there is no version \"s@9\"; there are the versions 1 to 2");
    let mistyped = ann.get(&format!("{project}/sources/t")).await.problem(404, "not_found");
    assert_eq!(mistyped["detail"], "there is no source \"t\"; did you mean \"s\"?");
}

#[tokio::test]
async fn one_goes_back_to_an_earlier_version_and_numbers_go_on() {
    let server = Server::start().await;
    let (ann, project) = ann_and_project(&server).await;
    let path = format!("{project}/sources/s");
    for n in 1..=3 {
        ann.upload(&path, format!("n\n{n}\n")).await.created();
    }
    let back = ann.post(&format!("{path}/rollback"), json!({"version": 1})).await.ok();
    assert_eq!((&back["current"]["version"], &back["versions"]), (&json!(1), &json!(3)));
    assert_eq!(ann.get(&format!("{path}/content")).await.text(), "n\n1\n");
    ann.post(&format!("{path}/rollback"), json!({"version": 4})).await.problem(404, "not_found");
    assert_eq!(ann.upload(&path, "n\n4\n").await.created()["version"]["version"], 4);
    let page = ann.get(&format!("{path}/versions?limit=3")).await.ok();
    let rest =
        ann.get(&format!("{path}/versions?cursor={}", page["next_cursor"].as_str().unwrap())).await.ok();
    let numbers = [&page, &rest].map(|page| page["items"].as_array().unwrap().clone()).concat();
    let numbers: Vec<_> = numbers.iter().map(|version| version["version"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [4, 3, 2, 1]);
}

#[tokio::test]
async fn uploads_at_once_get_one_number_each() {
    let server = Server::start().await;
    let (ann, project) = ann_and_project(&server).await;
    let path = format!("{project}/sources/s");
    let uploads = (0..6).map(|n| ann.upload(&path, format!("n\n{n}\n")));
    let mut numbers: Vec<u64> = Vec::new();
    for answer in futures_util::future::join_all(uploads).await {
        numbers.push(answer.created()["version"]["version"].as_u64().unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    let same = (0..6).map(|_| ann.upload(&path, "n\nsame\n"));
    let answers = futures_util::future::join_all(same).await;
    let made = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    assert_eq!(made, 1);
    assert!(answers.iter().all(|answer| answer.json()["version"]["version"] == 7));
}

#[tokio::test]
async fn deleting_takes_the_files_along() {
    let server = Server::start().await;
    let (ann, project) = ann_and_project(&server).await;
    for name in ["a", "b"] {
        ann.upload(&format!("{project}/sources/{name}"), CSV).await.created();
    }
    ann.delete(&format!("{project}/sources/a")).await.no_content();
    ann.get(&format!("{project}/sources/a")).await.problem(404, "not_found");
    assert_eq!(ann.get(&format!("{project}/sources/b/content")).await.text(), CSV);
    assert_eq!(crate::faults::uploads(&server), (0, 1));
    ann.delete(&project).await.no_content();
    assert_eq!(crate::faults::uploads(&server), (0, 0));
}

fn gzip(text: &str) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn packed_files_are_read_and_come_back_as_they_came() {
    let server = Server::start().await;
    let (ann, project) = ann_and_project(&server).await;
    for (packed, format) in [(gzip(CSV), "csv.gz"), (zstd::encode_all(CSV.as_bytes(), 3).unwrap(), "csv.zst")]
    {
        let path = format!("{project}/sources/s");
        let upload = ann.upload(&path, packed.clone()).await.created();
        assert_eq!((&upload["version"]["format"], &upload["version"]["rows"]), (&json!(format), &json!(2)));
        assert_eq!(upload["version"]["size_bytes"], packed.len());
        let preview = ann.get(&format!("{path}/preview")).await.ok();
        assert_eq!(preview["columns"][2]["values"], json!([1.5, null]));
        let back = ann.get(&format!("{path}/content")).await;
        assert!(back.bytes == packed);
        assert_eq!(back.header("content-disposition"), format!("attachment; filename=\"s.{format}\""));
        assert_eq!(ann.upload(&path, packed).await.ok()["unchanged"], true);
    }
}

#[tokio::test]
async fn files_that_unpack_to_too_much_or_not_at_all_are_refused() {
    let server = Server::start_with(|config| config.limits.upload_bytes = 1_000_000).await;
    let (ann, project) = ann_and_project(&server).await;
    let path = format!("{project}/sources/s");
    let bomb = format!("n\n{}", "1\n".repeat(5_000_000));
    for packed in [gzip(&bomb), zstd::encode_all(bomb.as_bytes(), 3).unwrap()] {
        assert!(packed.len() < 100_000);
        let problem = ann.upload(&path, packed).await.problem(422, "invalid");
        assert!(
            problem["detail"].as_str().unwrap().contains("unpacks to more than 1,000,000 bytes"),
            "{problem}"
        );
    }
    let whole = gzip(CSV);
    let problem = ann.upload(&path, &whole[..whole.len() - 4]).await.problem(422, "invalid");
    assert!(problem["detail"].as_str().unwrap().contains("cannot be unpacked"), "{problem}");
    let problem = ann.upload(&path, gzip("a,b\n1\n")).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["row"], 1);
    ann.get(&path).await.problem(404, "not_found");
}

#[tokio::test]
async fn json_lines_and_tabs_are_read_with_the_same_strictness() {
    let server = Server::start().await;
    let (ann, project) = ann_and_project(&server).await;
    let path = format!("{project}/sources/s");
    let lines = "{\"city\":\"Oslo\",\"zip\":\"53111\",\"rain\":1.5,\"day\":\"2024-01-31\"}\n\
        {\"city\":\"Bonn\",\"rain\":null,\"more\":[1,2]}\n{\"rain\":2}\n";
    let upload = ann.upload(&format!("{path}?format=ndjson"), lines).await.created();
    assert_eq!((&upload["version"]["format"], &upload["version"]["rows"]), (&json!("ndjson"), &json!(3)));
    let columns = upload["version"]["columns"].as_array().unwrap();
    let faults: Vec<_> =
        columns.iter().map(|column| (&column["name"], &column["type"], &column["nulls"])).collect();
    assert_eq!(
        json!(faults),
        json!([
            ["city", "string", 1],
            ["zip", "string", 2],
            ["rain", "decimal", 1],
            ["day", "date", 2],
            ["more", "string", 2]
        ])
    );
    let preview = ann.get(&format!("{path}/preview")).await.ok();
    assert_eq!(preview["columns"][4]["values"], json!([null, "[1,2]", null]));
    assert_eq!(preview["columns"][2]["values"], json!([1.5, null, 2.0]));
    // What it is shows, too.
    assert_eq!(ann.upload(&path, lines).await.created()["version"]["format"], "ndjson");
    let problem = ann.upload(&path, "{\"a\":1}\n{\"a\":}\n").await.problem(422, "invalid");
    let error = &problem["errors"][0];
    assert_eq!((&error["row"], &error["line"], &error["value"]), (&json!(2), &json!(2), &json!("{\"a\":}")));
    let skipped = ann.upload(&format!("{path}?on_bad_rows=skip"), "{\"a\":1}\n{\"a\":}\n").await.created();
    assert_eq!((&skipped["version"]["rows"], &skipped["version"]["rejected_rows"]), (&json!(1), &json!(1)));
    assert!(ann.get(&format!("{path}/rejects")).await.text().contains("no JSON object"));

    let path = format!("{project}/sources/t");
    let tabs = ann.upload(&format!("{path}?format=tsv"), "a,b\tc\n1,2\t3\n").await.created();
    assert_eq!(tabs["version"]["columns"][0]["name"], "a,b");
    let plain = ann.upload(&path, "a;b\n1;2\n").await.created();
    assert_eq!(
        plain["version"]["delimiter"], ";",
        "what parted the fields of another format is not remembered"
    );
}
