//! Rows that are appended: once each, however often a job is run again, and unreadable rows are kept.

use polars::prelude::{Column, DataFrame, ParquetWriter};
use serde_json::json;

use crate::support::{Person, Server};

const PATH: &str = "/api/v1/projects/ann/p/sources/s";

async fn ann(server: &Server) -> Person {
    let ann = server.sign_up("ann").await;
    ann.project("p").await;
    ann
}

#[tokio::test]
async fn the_same_file_appended_again_doubles_nothing() {
    let server = Server::start().await;
    let ann = ann(&server).await;
    let append = format!("{PATH}?append=true");
    ann.upload(&append, "n\n1\n").await.created();
    let first = ann.upload(&append, "n\n1\n").await.ok();
    assert_eq!((&first["unchanged"], &first["version"]["version"]), (&json!(true), &json!(1)));
    ann.upload(&append, "n\n2\n").await.created();
    let again = ann.upload(&append, "n\n2\n").await.ok();
    assert_eq!((&again["unchanged"], &again["version"]["rows"]), (&json!(true), &json!(2)));
    let warning = again["warnings"][0].as_str().unwrap();
    assert_eq!(warning, "version 2 ends in the rows of this file already; they were not appended again");
    let sha256 = "n\n2\n";
    use sha2::Digest as _;
    let body = json!({"sha256": hex::encode(sha2::Sha256::digest(sha256))});
    let known = ann.post(&format!("{PATH}/known?append=true"), body.clone()).await.ok();
    assert_eq!(known["upload"]["version"]["version"], 2);

    // Unless that is what is meant.
    let twice = format!("{append}&allow_duplicate=true");
    let known = ann.post(&format!("{PATH}/known?append=true&allow_duplicate=true"), body).await.ok();
    assert_eq!(known["upload"], json!(null));
    assert_eq!(ann.upload(&twice, "n\n2\n").await.created()["version"]["rows"], 3);
    // An earlier file is another matter: only what came last is known to be run again.
    ann.upload(&append, "n\n3\n").await.created();
    assert_eq!(ann.upload(&append, "n\n2\n").await.created()["version"]["rows"], 5);
}

#[tokio::test]
async fn rows_that_cannot_be_appended_are_kept_with_their_reason() {
    let server = Server::start().await;
    let ann = ann(&server).await;
    ann.upload(PATH, "n,m\n1,a\n").await.created();
    let made =
        ann.upload(&format!("{PATH}?append=true&on_bad_rows=skip"), "n,m\n2,b\n3\n4,d\n").await.created();
    assert_eq!((&made["version"]["rows"], &made["version"]["rejected_rows"]), (&json!(3), &json!(1)));
    assert!(made["warnings"][0].as_str().unwrap().contains("1 row could not be read"), "{made}");
    let rejects = ann.get(&format!("{PATH}/rejects")).await;
    assert!(rejects.text().starts_with("row,reason,line\n2,\""), "{}", rejects.text());
    assert_eq!(ann.get(&format!("{PATH}/content")).await.text(), "n,m\n1,a\n2,b\n4,d\n");
    let next = ann.upload(&format!("{PATH}?append=true"), "n,m\n5,e\n").await.created();
    assert_eq!((&next["version"]["rows"], &next["version"]["rejected_rows"]), (&json!(4), &json!(0)));
}

/// A file of Parquet with the columns n and m.
fn parquet(n: &[f64], m: &[Option<&str>]) -> Vec<u8> {
    let columns = vec![Column::new("n".into(), n), Column::new("m".into(), m)];
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut frame = DataFrame::new(n.len(), columns).unwrap();
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn rows_are_appended_to_parquet_and_from_it() {
    let server = Server::start().await;
    let ann = ann(&server).await;
    ann.upload(PATH, parquet(&[1.0, 2.0], &[Some(""), None])).await.created();
    let append = format!("{PATH}?append=true");
    let more = parquet(&[3.0], &[Some("007")]);
    assert_eq!(ann.upload(&append, more.clone()).await.created()["version"]["rows"], 3);
    assert_eq!(ann.upload(&append, more).await.ok()["unchanged"], true);
    let made = ann.upload(&append, "m,n\n8,4\n").await.created();
    assert_eq!((&made["version"]["format"], &made["version"]["rows"]), (&json!("parquet"), &json!(4)));
    let sums = "SELECT count(*) AS n, sum(n) AS s, count(m) AS m, max(m) AS t FROM s";
    let query = ann.post("/api/v1/projects/ann/p/query", json!({"sql": sums})).await.ok();
    let row: Vec<_> =
        query["columns"].as_array().unwrap().iter().map(|column| column["values"][0].clone()).collect();
    assert_eq!(row, [json!(4), json!(10.0), json!(3), json!("8")]);
    assert_eq!(
        ann.get(&format!("{PATH}/content")).await.header("content-type"),
        "application/vnd.apache.parquet"
    );
    ann.upload(&append, "m,n\na,x\n").await.problem(422, "invalid");

    let text = "/api/v1/projects/ann/p/sources/text";
    ann.upload(text, "n,m\n1.5,a\n").await.created();
    let made = ann.upload(&format!("{text}?append=true"), parquet(&[3.0], &[Some("b,c")])).await.created();
    assert_eq!(made["version"]["format"], "csv");
    assert_eq!(ann.get(&format!("{text}/content")).await.text(), "n,m\n1.5,a\n3,\"b,c\"\n");
}

#[tokio::test]
async fn parquet_keeps_contracts_too() {
    let server = Server::start().await;
    let ann = ann(&server).await;
    let contract = json!({"schema": {"fields": [
        {"name": "n", "type": "number", "constraints": {"unique": true, "maximum": 5}},
        {"name": "m", "constraints": {"required": true}},
    ]}});
    ann.put(&format!("{PATH}/contract"), contract).await.ok();
    let problem =
        ann.upload(PATH, parquet(&[1.0, 6.5], &[Some("a"), None])).await.problem(422, "contract_broken");
    let faults: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["row"].clone(), error["rule"].clone()))
        .collect();
    assert_eq!(faults, [(json!(2), json!("maximum")), (json!(2), json!("required"))]);
    ann.upload(PATH, parquet(&[1.0], &[Some("a")])).await.created();
    let append = format!("{PATH}?append=true");
    ann.upload(&append, parquet(&[1.0], &[Some("b")])).await.problem(422, "contract_broken");
    ann.upload(&append, parquet(&[2.0], &[Some("b")])).await.created();
}

#[tokio::test]
async fn what_is_no_parquet_is_refused_as_such() {
    let server = Server::start().await;
    let ann = ann(&server).await;
    ann.upload(PATH, "n\n1\n").await.created();
    let problem = ann.upload(&format!("{PATH}?append=true"), &b"PAR1\x15 cut off PAR1"[..]).await;
    let problem = problem.problem(422, "invalid");
    assert!(problem["detail"].as_str().unwrap().contains("cut off or damaged"), "{problem}");
    let problem = ann.upload(&format!("{PATH}?format=parquet"), "n\n1\n").await.problem(422, "invalid");
    assert!(problem["detail"].as_str().unwrap().contains("does not begin as Parquet does"), "{problem}");
    assert_eq!(ann.get(PATH).await.ok()["versions"], 1);
}
