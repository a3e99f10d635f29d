//! From the embedded stores to PostgreSQL and MongoDB, and back; and from earlier schemas to this one.

use impala_server::Config;
use impala_server::store;

use super::{Folder, copy, create, restore, seeded, serves};
use crate::services;

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_moves_to_other_stores_and_back_unchanged() {
    let (Some(database), Some(documents)) = (services::postgres().await, services::mongodb()) else { return };
    let folder = Folder::new();
    let embedded = folder.config("a");
    let mut known = seeded(&embedded).await;
    let production = Config {
        database_url: Some(database),
        mongodb_url: Some(documents),
        uploads_dir: Some(folder.path("files")),
        ..folder.config("b")
    };
    let there = copy(&embedded, &production).await.unwrap();
    serves(&production, &mut known).await;
    // What was served since, such as a refreshed session, moves too.
    let back = folder.config("c");
    let returned = copy(&production, &back).await.unwrap();
    for (there, returned) in there.totals.iter().zip(&returned.totals) {
        let changes = ["refresh_tokens", "shares"].contains(&there.name.as_str());
        assert!(changes || there == returned, "{there:?} {returned:?}");
    }
    serves(&back, &mut known).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hashes_are_the_same_in_every_store() {
    let (Some(database), Some(documents)) = (services::postgres().await, services::mongodb()) else { return };
    let folder = Folder::new();
    let (embedded, archive) = (folder.config("a"), folder.path("a.tar.zst"));
    seeded(&embedded).await;
    let made = create(&embedded, &archive).await.unwrap();
    let production =
        Config { database_url: Some(database), mongodb_url: Some(documents), ..folder.config("b") };
    assert_eq!(restore(&production, &archive).await.unwrap().totals, made.totals);
    assert_eq!(create(&production, &folder.path("b.tar.zst")).await.unwrap().totals, made.totals);
    assert_eq!(copy(&production, &folder.config("c")).await.unwrap().totals, made.totals);
}

/// An archive of tables as they were one migration ago.
#[tokio::test(flavor = "multi_thread")]
async fn an_older_archive_is_migrated() {
    let folder = Folder::new();
    let old = folder.config("old");
    std::fs::create_dir_all(old.data_dir.join("uploads")).unwrap();
    let url = store::sqlite_url(&old.data_dir.join("impala.db")).unwrap();
    store::migrate_to(&url, 4).await.unwrap();
    let pool = store::open_with(&url, &Default::default()).await.unwrap();
    let id = "01900000-0000-7000-8000-000000000001";
    for sql in [
        format!("insert into users values ('{id}', 'ann', 'x', 1)"),
        format!("insert into projects values ('{id}', '{id}', 'p', '', '', 1, null)"),
        format!("insert into canvases values ('{id}', '{id}', 'c', 1)"),
        format!("insert into canvas_documents values ('{id}', 1, '', 0, '{}', 'ann', 1, '')", {
            serde_json::to_string(&impala_core::Canvas::new("c", "Old")).unwrap()
        }),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap();
    }
    pool.close().await;
    let archive = folder.path("old.tar.zst");
    let made = create(&old, &archive).await.unwrap();
    assert_eq!(made.header.schema, 4);
    assert!(made.totals.iter().all(|total| total.name != "shares"), "there was no such table");
    let target = folder.config("new");
    let restored = restore(&target, &archive).await.unwrap();
    let found = create(&target, &folder.path("new.tar.zst")).await.unwrap();
    assert!(found.header.schema > 4);
    assert_eq!(restored.totals, found.totals);
    assert_eq!(super::count(&found, "canvas revisions"), 1);
    let error = copy(&old, &folder.config("copy")).await.unwrap_err().to_string();
    assert!(error.contains("start and stop `impala serve` on it once"), "{error}");
}
