//! Uploads in several requests, as tus 1.0.0 has them.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use impala_server::service::recovery;
use jiff::SignedDuration;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::services;
use crate::support::{Answer, Person, Server};

pub const CSV: &str = "city,zip,rain\nOslo,0150,1.5\nBonn,53111,\n";

pub fn metadata(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        pairs.iter().map(|(key, value)| format!("{key} {}", STANDARD.encode(value))).collect();
    pairs.join(",")
}

pub fn request(who: &Person, method: Method, path: &str) -> reqwest::RequestBuilder {
    who.request(method, path).header("tus-resumable", "1.0.0")
}

pub async fn create(who: &Person, length: usize, pairs: &[(&str, &str)]) -> Answer {
    let request = request(who, Method::POST, "/api/v1/uploads").header("upload-length", length);
    Answer::of(request.header("upload-metadata", metadata(pairs))).await
}

/// Begins an upload to the source `s` of `ann/p`, and says where it is.
pub async fn begin(who: &Person, length: usize) -> String {
    let answer = create(who, length, &[("project", "ann/p"), ("source", "s")]).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    format!("/api/v1/{}", answer.header("location"))
}

pub fn patch(who: &Person, path: &str, offset: usize, bytes: impl Into<Vec<u8>>) -> reqwest::RequestBuilder {
    request(who, Method::PATCH, path)
        .header("upload-offset", offset)
        .header("content-type", "application/offset+octet-stream")
        .body(bytes.into())
}

pub async fn offset(who: &Person, path: &str) -> String {
    let answer = Answer::of(request(who, Method::HEAD, path)).await;
    assert_eq!(answer.status, 200, "{path}");
    answer.header("upload-offset").to_owned()
}

pub async fn ann(server: &Server) -> Person {
    let ann = server.sign_up("ann").await;
    ann.project("p").await;
    ann
}

#[tokio::test]
async fn the_server_says_what_it_speaks() {
    let server = Server::start_with(|config| config.limits.upload_bytes = 1000).await;
    let answer = Answer::of(server.anyone().request(Method::OPTIONS, "/api/v1/uploads")).await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("tus-resumable"), "1.0.0");
    assert_eq!(answer.header("tus-version"), "1.0.0");
    assert_eq!(answer.header("tus-max-size"), "1000");
    assert_eq!(answer.header("tus-checksum-algorithm"), "sha1,sha256");
    let extensions = "creation,creation-with-upload,expiration,checksum,termination";
    assert_eq!(answer.header("tus-extension"), extensions);
}

#[tokio::test]
async fn pieces_become_a_version() {
    let server = Server::start().await;
    let ann = ann(&server).await;
    let pairs =
        [("project", "ann/p"), ("source", "rain"), ("note", "build 7"), ("settings", "type=rain:string")];
    let created = create(&ann, CSV.len(), &pairs).await;
    assert_eq!(created.header("tus-resumable"), "1.0.0");
    assert_eq!(created.header("upload-expires"), "Sat, 03 Jan 2026 03:04:05 GMT");
    let path = format!("/api/v1/{}", created.header("location"));
    assert_eq!(offset(&ann, &path).await, "0");

    let first = Answer::of(patch(&ann, &path, 0, &CSV[..10])).await;
    assert_eq!((first.status.as_u16(), first.header("upload-offset")), (204, "10"));
    assert_eq!(first.header("impala-source"), "");
    let head = Answer::of(request(&ann, Method::HEAD, &path)).await;
    assert_eq!((head.header("upload-offset"), head.header("cache-control")), ("10", "no-store"));
    assert_eq!(head.header("upload-length"), CSV.len().to_string());
    assert_eq!(head.header("upload-metadata"), metadata(&pairs));
    let status = ann.get(&path).await.ok();
    assert_eq!((&status["offset"], status.get("upload")), (&json!(10), None));

    let last = Answer::of(patch(&ann, &path, 10, &CSV[10..])).await;
    assert_eq!((last.status.as_u16(), last.header("impala-source")), (204, "rain@1"), "{}", last.text());
    assert_eq!(last.header("impala-unchanged"), "false");
    let source = ann.get("/api/v1/projects/ann/p/sources/rain").await.ok();
    assert_eq!(source["current"]["columns"][2]["type"], "string");
    assert_eq!((&source["current"]["note"], &source["current"]["rows"]), (&json!("build 7"), &json!(2)));
    assert_eq!(ann.get("/api/v1/projects/ann/p/sources/rain/content").await.text(), CSV);

    // A client that missed the answer gets it again.
    let head = Answer::of(request(&ann, Method::HEAD, &path)).await;
    assert_eq!(
        (head.header("impala-source"), head.header("upload-offset")),
        ("rain@1", &*CSV.len().to_string())
    );
    assert_eq!(ann.get(&path).await.ok()["upload"]["version"], source["current"]);
    assert_eq!(ann.get("/api/v1/projects/ann/p/sources/rain").await.ok()["versions"], 1);
    assert!(server.app.uploads.parts().uploads().unwrap().is_empty());
}

#[tokio::test]
async fn an_upload_may_begin_with_its_bytes() {
    let server = Server::start().await;
    let ann = ann(&server).await;
    let send = async |bytes: &str| {
        let request = request(&ann, Method::POST, "/api/v1/uploads")
            .header("upload-length", CSV.len())
            .header("upload-metadata", metadata(&[("project", "ann/p"), ("source", "s")]))
            .header("content-type", "application/offset+octet-stream");
        Answer::of(request.body(bytes.to_owned())).await
    };
    let part = send(&CSV[..20]).await;
    assert_eq!((part.status.as_u16(), part.header("upload-offset")), (201, "20"));
    let whole = send(CSV).await;
    assert_eq!((whole.status.as_u16(), whole.header("impala-source")), (201, "s@1"));
    let path = format!("/api/v1/{}", part.header("location"));
    let rest = Answer::of(patch(&ann, &path, 20, &CSV[20..])).await;
    assert_eq!((rest.header("impala-source"), rest.header("impala-unchanged")), ("s@1", "true"));
    send(&format!("{CSV}more")).await.problem(413, "too_large");
}

#[tokio::test]
async fn a_bad_file_is_refused_with_row_and_column_and_that_is_remembered() {
    let server = Server::start().await;
    let ann = ann(&server).await;
    let bad = "a,b\n1,2\n3\n";
    let path = begin(&ann, bad.len()).await;
    for answer in
        [Answer::of(patch(&ann, &path, 0, bad)).await, Answer::of(patch(&ann, &path, bad.len(), "")).await]
    {
        let problem = answer.problem(422, "invalid");
        assert_eq!((&problem["errors"][0]["row"], &problem["errors"][0]["line"]), (&json!(2), &json!(3)));
    }
    assert_eq!(Answer::of(request(&ann, Method::HEAD, &path)).await.status, 422);
    assert_eq!(ann.get(&path).await.ok()["problem"]["errors"][0]["row"], 2);
    ann.get("/api/v1/projects/ann/p/sources/s").await.problem(404, "not_found");
    let empty = create(&ann, 0, &[("project", "ann/p"), ("source", "s")]).await;
    empty.problem(422, "invalid");
    assert!(server.app.uploads.parts().uploads().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_not_as_tus_has_it_is_refused() {
    let server = Server::start_with(|config| config.limits.upload_bytes = 1000).await;
    let ann = ann(&server).await;
    let path = begin(&ann, 100).await;
    // The version.
    for version in [None, Some("0.2.2")] {
        let mut plain = ann.request(Method::HEAD, &path);
        if let Some(version) = version {
            plain = plain.header("tus-resumable", version);
        }
        let answer = Answer::of(plain).await;
        assert_eq!((answer.status.as_u16(), answer.header("tus-version")), (412, "1.0.0"));
    }
    // The size, and what the metadata have to say.
    let pairs = [("project", "ann/p"), ("source", "s")];
    create(&ann, 1001, &pairs).await.problem(413, "too_large");
    create(&ann, 10, &[("source", "s")]).await.problem(422, "invalid");
    create(&ann, 10, &[("project", "ann/q"), ("source", "s")]).await.problem(404, "not_found");
    let endless = request(&ann, Method::POST, "/api/v1/uploads").header("upload-metadata", metadata(&pairs));
    Answer::of(endless).await.problem(400, "malformed");
    // The offset, the media type, more than was announced.
    Answer::of(patch(&ann, &path, 5, "a")).await.problem(409, "conflict");
    let text =
        request(&ann, Method::PATCH, &path).header("upload-offset", 0).header("content-type", "text/csv");
    Answer::of(text.body("a")).await.problem(415, "unsupported_media_type");
    Answer::of(patch(&ann, &path, 0, "x".repeat(101))).await.problem(413, "too_large");
    let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>("x".repeat(101))]);
    let unannounced = patch(&ann, &path, 0, "").body(reqwest::Body::wrap_stream(chunks));
    Answer::of(unannounced).await.problem(413, "too_large");
    assert_eq!(offset(&ann, &path).await, "0");
    // A method in other clothes.
    let post = |method: &str| {
        request(&ann, Method::POST, &path)
            .header("x-http-method-override", method)
            .header("upload-offset", 0)
            .header("content-type", "application/offset+octet-stream")
            .body("a")
    };
    assert_eq!(Answer::of(post("PATCH")).await.header("upload-offset"), "1");
    Answer::of(post("PUT")).await.problem(400, "malformed");
    assert_eq!(Answer::of(post("DELETE")).await.status, 204);
    ann.get(&path).await.problem(410, "gone");
}

#[tokio::test]
async fn checksums_decide_what_counts() {
    let server = Server::start().await;
    let ann = ann(&server).await;
    let path = begin(&ann, CSV.len()).await;
    let sha256 = |bytes: &str| format!("sha256 {}", STANDARD.encode(Sha256::digest(bytes)));
    let send = async |at: usize, bytes: &str, checksum: &str| {
        Answer::of(patch(&ann, &path, at, bytes).header("upload-checksum", checksum)).await
    };
    send(0, &CSV[..10], &sha256("something else")).await.problem(460, "checksum_mismatch");
    send(0, &CSV[..10], "crc32 AAAAAA==").await.problem(400, "malformed");
    assert_eq!(offset(&ann, &path).await, "0");
    assert_eq!(send(0, &CSV[..10], &sha256(&CSV[..10])).await.header("upload-offset"), "10");
    assert_eq!(send(10, &CSV[10..], &sha256(&CSV[10..])).await.header("impala-source"), "s@1");

    // The whole file has one too.
    let wrong = hex::encode(Sha256::digest("something else"));
    let pairs = [("project", "ann/p"), ("source", "s"), ("sha256", wrong.as_str())];
    let created = create(&ann, 4, &pairs).await;
    let path = format!("/api/v1/{}", created.header("location"));
    Answer::of(patch(&ann, &path, 0, "a\n1\n")).await.problem(400, "digest_mismatch");
    assert_eq!(ann.get(&path).await.ok()["problem"]["code"], "digest_mismatch");
    assert_eq!(ann.get("/api/v1/projects/ann/p/sources/s").await.ok()["versions"], 1);
}

#[tokio::test]
async fn an_upload_is_its_owners_alone() {
    let server = Server::start().await;
    let (ann, bob) = (ann(&server).await, server.sign_up("bob").await);
    let path = begin(&ann, 100).await;
    let tokens = [
        (json!({"name": "read", "scopes": ["read", "write"]}), 403, "forbidden"),
        (json!({"name": "other", "scopes": ["upload"], "project": "q"}), 404, "not_found"),
    ];
    ann.project("q").await;
    let mut others = vec![(bob.clone(), 404, "not_found")];
    for (body, status, code) in tokens {
        others.push((ann.api_token(body).await, status, code));
    }
    // A member who may upload has uploads of their own, not those of others.
    let member = json!({"username": "bob", "role": "editor"});
    ann.post("/api/v1/projects/ann/p/members", member).await.created();
    for (who, status, code) in &others {
        who.get(&path).await.problem(*status, code);
        Answer::of(patch(who, &path, 0, "x")).await.problem(*status, code);
        Answer::of(request(who, Method::DELETE, &path)).await.problem(*status, code);
        assert_eq!(Answer::of(request(who, Method::HEAD, &path)).await.status.as_u16(), *status);
    }
    let own = json!({"name": "ci", "scopes": ["upload"], "project": "p"});
    let token = ann.api_token(own).await;
    assert_eq!(Answer::of(patch(&token, &path, 0, "x")).await.status, 204);
    // A user who is no longer an editor cannot continue.
    let bobs = begin(&bob, 100).await;
    ann.delete("/api/v1/projects/ann/p/members/bob").await.no_content();
    Answer::of(patch(&bob, &bobs, 0, "x")).await.problem(404, "not_found");
    ann.delete("/api/v1/projects/ann/p").await.no_content();
    ann.get(&path).await.problem(404, "not_found");
}

#[tokio::test]
async fn uploads_end_and_expire_and_leave_nothing() {
    let server = Server::start().await;
    let ann = ann(&server).await;
    let (ended, expired, alive) = (begin(&ann, 9).await, begin(&ann, 9).await, begin(&ann, 9).await);
    for path in [&ended, &expired, &alive] {
        assert_eq!(Answer::of(patch(&ann, path, 0, "x")).await.status, 204);
    }
    assert_eq!(Answer::of(request(&ann, Method::DELETE, &ended)).await.status, 204);
    Answer::of(request(&ann, Method::DELETE, &ended)).await.problem(410, "gone");
    // So does one that is a version, or was refused: the version stays.
    for (bytes, patched, asked) in [("a\n1\n", 204, 200), ("a,b\n1\n", 422, 422)] {
        let over = begin(&ann, bytes.len()).await;
        assert_eq!(Answer::of(patch(&ann, &over, 0, bytes)).await.status, patched);
        assert_eq!(Answer::of(request(&ann, Method::HEAD, &over)).await.status, asked);
        assert_eq!(Answer::of(request(&ann, Method::DELETE, &over)).await.status, 204);
        assert_eq!(Answer::of(request(&ann, Method::HEAD, &over)).await.status, 410);
        ann.get(&over).await.problem(410, "gone");
    }
    assert_eq!(ann.get("/api/v1/projects/ann/p/sources/s").await.ok()["versions"], 1);
    server.clock.advance(SignedDuration::from_hours(23));
    let ann = server.with_token(server.login("ann").await["access_token"].as_str().unwrap());
    assert_eq!(Answer::of(patch(&ann, &alive, 1, "x")).await.status, 204);
    server.clock.advance(SignedDuration::from_hours(2));
    recovery::sweep(&server.app).await.unwrap();
    let ann = server.with_token(server.login("ann").await["access_token"].as_str().unwrap());
    ann.get(&expired).await.problem(410, "gone");
    assert_eq!(offset(&ann, &alive).await, "2");
    assert_eq!(server.app.uploads.parts().uploads().unwrap().len(), 1);
    server.clock.advance(SignedDuration::from_hours(24 * 9));
    recovery::sweep(&server.app).await.unwrap();
    let ann = server.with_token(server.login("ann").await["access_token"].as_str().unwrap());
    ann.get(&expired).await.problem(404, "not_found");
    assert!(server.app.uploads.parts().uploads().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_appended_once_each() {
    let server = Server::start().await;
    let ann = ann(&server).await;
    let path = "/api/v1/projects/ann/p/sources/s";
    let append = format!("{path}?append=true");
    assert_eq!(ann.upload(&append, "n,m\n1,a\n").await.created()["version"]["rows"], 1);
    let two = ann.upload(&append, "m,n\nb,2\n").await.created();
    assert_eq!((&two["version"]["version"], &two["version"]["rows"]), (&json!(2), &json!(2)));
    assert_eq!(ann.get(&format!("{path}/content")).await.text(), "n,m\n1,a\n2,b\n");
    let problem = ann.upload(&append, "n,m\nx,c\n").await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["column"], "n");
    let detail = problem["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.starts_with("it is integer in s@2 and string in the new file"), "{detail}");

    // At once: none of them is lost, and none comes twice.
    let uploads = (10..16).map(|n| {
        let (ann, pairs) =
            (ann.clone(), [("project", "ann/p"), ("source", "s"), ("settings", "append=true")]);
        async move {
            let csv = format!("n,m\n{n},x\n");
            let created = create(&ann, csv.len(), &pairs).await;
            let upload = format!("/api/v1/{}", created.header("location"));
            let answer = Answer::of(patch(&ann, &upload, 0, csv)).await;
            assert_eq!(answer.status, 204, "{}", answer.text());
        }
    });
    futures_util::future::join_all(uploads).await;
    let mut numbers: Vec<String> =
        ann.get(&format!("{path}/content")).await.text().lines().map(str::to_owned).collect();
    numbers.sort();
    assert_eq!(numbers, ["1,a", "10,x", "11,x", "12,x", "13,x", "14,x", "15,x", "2,b", "n,m"]);
}

#[tokio::test]
async fn a_file_that_is_known_need_not_be_sent() {
    let server = Server::start().await;
    let ann = ann(&server).await;
    let path = "/api/v1/projects/ann/p/sources/s";
    let sha256 = hex::encode(Sha256::digest(CSV));
    let token = ann.api_token(json!({"name": "ci", "scopes": ["upload"], "project": "p"})).await;
    let ask = async |query: &str| {
        token.post(&format!("{path}/known{query}"), json!({"sha256": sha256})).await.ok()["upload"].clone()
    };
    assert_eq!(ask("").await, json!(null));
    let upload = ann.upload(path, CSV).await.created();
    let known = ask("").await;
    assert_eq!((&known["unchanged"], &known["version"]), (&json!(true), &upload["version"]));
    // Read in another way it would be another version.
    assert_eq!(ask("?type=rain:string").await, json!(null));
}

/// The client that browsers have uploads, is cut off half-way, and goes on where it was.
#[tokio::test(flavor = "multi_thread")]
async fn tus_js_client_uploads_and_resumes() {
    // Where `scripts/test-services install` puts what Node needs.
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let folder = std::env::var_os("IMPALA_NODE_TOOLS").map_or(home.join(".cache/impala/node"), PathBuf::from);
    let has_node = std::process::Command::new("node").arg("--version").output().is_ok();
    if !has_node || !folder.join("node_modules/tus-js-client").is_dir() {
        services::leave_out(
            "Node or tus-js-client is not installed; scripts/test-services install gets the latter",
        );
        return;
    }
    let server = Server::start().await;
    let ann = ann(&server).await;
    let rows = (0..60_000).map(|n| format!("{n},{}\n", n % 97));
    let csv: String = std::iter::once("n,m\n".to_owned()).chain(rows).collect();
    let file = server.dir.path().join("numbers.csv");
    std::fs::write(&file, &csv).unwrap();
    let output = tokio::process::Command::new("node")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/tus.mjs"))
        .arg(format!("{}/api/v1/uploads", server.anyone().url))
        .arg(&file)
        .arg(folder)
        .env("IMPALA_TOKEN", ann.token.as_deref().unwrap())
        .output()
        .await
        .unwrap();
    let output_text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{output_text}{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<&str> = output_text.lines().collect();
    assert!(matches!(lines[..], ["cut at 100000", "resumed at 100000", "done numbers@1"]), "{output_text}");
    let source = ann.get("/api/v1/projects/ann/p/sources/numbers").await.ok();
    assert_eq!(source["current"]["rows"], 60_000);
    assert_eq!(ann.get("/api/v1/projects/ann/p/sources/numbers/content").await.text(), csv);
}
