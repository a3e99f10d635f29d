//! Rows that are appended: once each, however often a job is run again, and what cannot be read of them is kept.

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

#[tokio::test]
async fn rows_of_parquet_are_not_appended_and_it_says_so() {
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
