//! Stores that do not belong together: a start on them is refused, and nothing in them is touched.

use std::path::Path;

use impala_server::backup::{self, Watch};
use impala_server::service::recovery;
use impala_server::store::canvases::CanvasStore as _;
use impala_server::store::canvases::mongo::MongoCanvases;
use impala_server::{Config, StartError};

use crate::canvases::document;
use crate::services::{Kind, Service};
use crate::support::Server;
use crate::{faults, services};

const PROJECT: &str = "/api/v1/projects/ann/p";

fn config(dir: &Path, name: &str) -> Config {
    let mut config = Config::new(dir.join(name));
    config.listen.set_port(0);
    config.bcrypt_cost = 4;
    config
}

/// A stopped instance with an upload and a canvas.
async fn seed(config: &Config) {
    let server = Server::start_as(config.clone()).await;
    let ann = server.sign_up("ann").await;
    ann.project("p").await;
    ann.upload(&format!("{PROJECT}/sources/s"), "n\n1\n").await.created();
    ann.post(&format!("{PROJECT}/canvases"), document("c")).await.created();
    server.stop().await;
}

/// It starts, and has all that was [`seed`]ed.
async fn serves(config: &Config) {
    let server = Server::start_as(config.clone()).await;
    let session = server.login("ann").await;
    let ann = server.with_token(session["access_token"].as_str().unwrap());
    assert_eq!(ann.get(&format!("{PROJECT}/sources/s/content")).await.text(), "n\n1\n");
    ann.get(&format!("{PROJECT}/canvases/c")).await.ok();
    server.stop().await;
}

/// It does not start, and its error is one line that holds all of these words.
async fn refused(config: &Config, words: &[&str]) {
    match impala_server::connect(config.clone()).await {
        Err(error @ StartError::Strangers { .. }) => {
            let line = error.to_string();
            assert!(words.iter().all(|word| line.contains(word)) && !line.contains('\n'), "{line}");
        }
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("it starts"),
    }
}

async fn sql(config: &Config, statement: &'static str) {
    let url = impala_server::store::sqlite_url(&config.data_dir.join("impala.db")).unwrap();
    let pool = impala_server::store::open_with(&url, &Default::default()).await.unwrap();
    sqlx::query(statement).execute(&pool).await.unwrap();
    pool.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_on_a_new_or_another_database_leaves_the_uploads_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (mine, other) = (config(dir.path(), "mine"), config(dir.path(), "other"));
    seed(&mine).await;
    seed(&other).await;
    let uploads = mine.data_dir.join("uploads");
    let id = std::fs::read_to_string(uploads.join("instance")).unwrap();
    let mixed = |name: &str| Config { uploads_dir: Some(uploads.clone()), ..config(dir.path(), name) };
    for name in ["other", "new", "new"] {
        refused(&mixed(name), &["the database and the uploads in", "do not belong together", "correct"])
            .await;
    }
    // Uploads from before there were ids, and a database that is new.
    std::fs::remove_file(uploads.join("instance")).unwrap();
    for name in ["other", "new", "newer"] {
        refused(&mixed(name), &["holds uploads that this database knows nothing of", "/uploads/instance"])
            .await;
    }
    assert_eq!(faults::uploads_in(&uploads), (0, 1));
    // What the message says to do.
    std::fs::write(uploads.join("instance"), format!("{id}\n")).unwrap();
    serves(&mine).await;
    serves(&other).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_from_before_there_were_ids_gets_one_at_the_first_start() {
    let Some(mongodb_url) = services::mongodb() else { return };
    let dir = tempfile::tempdir().unwrap();
    let config = Config { mongodb_url: Some(mongodb_url.clone()), ..config(dir.path(), "data") };
    seed(&config).await;
    sql(&config, "delete from instance").await;
    let instance = config.data_dir.join("uploads/instance");
    std::fs::remove_file(&instance).unwrap();
    let client = mongodb::Client::with_uri_str(&mongodb_url).await.unwrap();
    let meta = client.default_database().unwrap().collection::<mongodb::bson::Document>("meta");
    meta.drop().await.unwrap();
    serves(&config).await;
    let id = std::fs::read_to_string(&instance).unwrap();
    let documents = MongoCanvases::open(&mongodb_url).await.unwrap();
    assert_eq!(documents.owner().await.unwrap().unwrap().to_string(), id.trim());
    // From now on only what has the id belongs to this instance.
    meta.drop().await.unwrap();
    refused(&config, &["MongoDB holds canvases that this database knows nothing of", id.trim()]).await;
    documents.claim(id.trim().parse().unwrap()).await.unwrap();
    serves(&config).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_on_the_documents_of_another_instance_leaves_them_alone() {
    let Some(mut mongodb) = Service::durable(Kind::MongoDb) else { return };
    let dir = tempfile::tempdir().unwrap();
    let with = |name: &str| Config { mongodb_url: Some(mongodb.url.clone()), ..config(dir.path(), name) };
    let (mine, other) = (with("mine"), with("other"));
    seed(&mine).await;
    for _ in 0..2 {
        refused(&other, &["the database and MongoDB do not belong together", "mongodb_url"]).await;
    }
    // It is down at the start, so that the question comes up later.
    mongodb.stop();
    let server = Server::start_as(other).await;
    let ann = server.sign_up("ann").await;
    ann.project("p").await;
    mongodb.start();
    ann.post(&format!("{PROJECT}/canvases"), document("c")).await.problem(503, "unavailable");
    ann.get("/readyz").await.problem(503, "unavailable");
    recovery::sweep(&server.app).await.unwrap_err();
    server.stop().await;
    serves(&mine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_taken_away_from_a_running_server_is_swept_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let mine = config(dir.path(), "mine");
    seed(&mine).await;
    let server = Server::start_as(mine.clone()).await;
    recovery::sweep(&server.app).await.unwrap();
    server.app.uploads.give(uuid::Uuid::now_v7()).unwrap();
    assert!(recovery::sweep(&server.app).await.unwrap_err().to_string().contains("belongs to instance"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_copy_shares_with_its_source_belongs_to_the_copy() {
    let dir = tempfile::tempdir().unwrap();
    let mine = config(dir.path(), "mine");
    seed(&mine).await;
    let uploads_dir = Some(mine.data_dir.join("uploads"));
    let moved = Config { uploads_dir, ..config(dir.path(), "moved") };
    backup::copy(mine.clone(), moved.clone(), false, Watch::silent()).await.unwrap();
    refused(&mine, &["do not belong together"]).await;
    serves(&moved).await;
}
