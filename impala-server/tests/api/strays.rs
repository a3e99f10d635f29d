//! Documents without a row, as a crash leaves them between the two steps that make a canvas: they hold their slug for a
//! minute, which another request may still need for its second step, and no longer.

use http::Method;
use impala_server::service::recovery;
use impala_server::store::sql::canvases;
use impala_server::store::sql::unfinished::{self, Unfinished};
use jiff::SignedDuration;
use serde_json::Value;
use uuid::Uuid;

use crate::canvases::document;
use crate::support::{Answer, Person, Server, soon};
use crate::{services, stores};

/// Ann's project, with its id.
async fn ann_and_project(server: &Server) -> (Person, String, Uuid) {
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    let id = ann.get(&project).await.ok()["id"].as_str().unwrap().parse().unwrap();
    (ann, project, id)
}

/// The id of a document `c` whose row never came.
async fn stray(server: &Server, project: Uuid) -> Uuid {
    let stray = stores::saved_in(project, server.app.new_id(), 1, "a stray");
    server.app.canvases.put(&stray).await.unwrap();
    stray.id
}

async fn create(who: &Person, project: &str) -> Answer {
    who.post(&format!("{project}/canvases"), document("c")).await
}

fn asks_for_patience(answer: &Answer) {
    let problem: Value = answer.problem(409, "conflict");
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.contains("a canvas \"c\" in this project") && detail.contains("try again in a minute"),
        "{detail}"
    );
}

#[tokio::test]
async fn a_stray_holds_its_slug_for_a_minute() {
    let server = Server::start().await;
    let (ann, project, id) = ann_and_project(&server).await;
    let stray = stray(&server, id).await;
    let path = format!("{project}/canvases/c");
    ann.get(&path).await.problem(404, "not_found");
    asks_for_patience(&create(&ann, &project).await);
    server.clock.advance(SignedDuration::from_secs(58));
    let save = ann.request(Method::PUT, &path).header("if-none-match", "*").json(&document("c"));
    asks_for_patience(&Answer::of(save).await);
    assert_eq!(server.app.canvases.find(id, "c").await.unwrap(), Some(stray));
    // Only this slug, and only here.
    ann.post(&format!("{project}/canvases"), document("d")).await.created();
    create(&ann, &ann.project("q").await).await.created();

    server.clock.advance(SignedDuration::from_secs(3));
    create(&ann, &project).await.created();
    assert_eq!(server.app.canvases.get(stray).await.unwrap(), None);
    assert_eq!(ann.get(&path).await.ok()["canvas"]["metadata"]["title"], "A canvas");
    create(&ann, &project).await.problem(409, "conflict");
}

#[tokio::test]
async fn documents_of_a_restore_wait_for_their_rows_however_old_they_are() {
    let server = Server::start().await;
    let (ann, project, id) = ann_and_project(&server).await;
    let restored = stray(&server, id).await;
    let mark = Unfinished { id: "r".to_owned(), what: "a restore of a.tar.zst".to_owned() };
    unfinished::begin(&server.app.pool, &mark, server.app.now()).await.unwrap();
    server.clock.advance(SignedDuration::from_hours(2));
    let session = server.login("ann").await;
    let ann = Person { token: Some(session["access_token"].as_str().unwrap().to_owned()), ..ann };
    asks_for_patience(&create(&ann, &project).await);
    recovery::sweep(&server.app).await.unwrap();
    assert!(server.app.canvases.get(restored).await.unwrap().is_some());
    // A restore that was given up.
    unfinished::end(&server.app.pool).await.unwrap();
    recovery::sweep(&server.app).await.unwrap();
    assert_eq!(server.app.canvases.get(restored).await.unwrap(), None);
}

/// Another request could have mistaken its document for a stray.
#[tokio::test(flavor = "multi_thread")]
async fn a_canvas_whose_row_comes_late_is_taken_back() {
    let (Some(database), Some(documents)) = (services::postgres().await, services::mongodb()) else { return };
    let server = Server::start_with(|config| {
        config.database_url = Some(database);
        config.mongodb_url = Some(documents);
    })
    .await;
    let (ann, project, id) = ann_and_project(&server).await;
    let mut lock = server.app.pool.begin().await.unwrap();
    sqlx::query("lock table canvases in exclusive mode").execute(&mut *lock).await.unwrap();
    let late = {
        let (ann, project) = (ann.clone(), project.clone());
        tokio::spawn(async move { create(&ann, &project).await })
    };
    let document = async {
        loop {
            if let Some(document) = server.app.canvases.find(id, "c").await.unwrap() {
                break document;
            }
            tokio::task::yield_now().await;
        }
    };
    let document = soon("the document is there", document).await;
    server.clock.advance(SignedDuration::from_secs(31));
    lock.commit().await.unwrap();
    late.await.unwrap().problem(503, "unavailable");
    assert!(!canvases::exists(&server.app.pool, document).await.unwrap());
    assert_eq!(server.app.canvases.get(document).await.unwrap(), None);
    create(&ann, &project).await.created();
}
