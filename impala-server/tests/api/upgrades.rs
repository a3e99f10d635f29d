//! Databases of other versions: older ones are brought up to date, newer ones refused, and servers that start at once do not
//! interfere with each other.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use impala_server::store::canvases::CanvasStore as _;
use impala_server::store::canvases::sql::SqlCanvases;
use impala_server::store::sql::{projects, sources, users};
use impala_server::store::{self, MIGRATIONS, StoreError};
use sqlx::{AnyConnection, AnyPool, Connection as _, Executor as _};

use crate::services;

const ROWS_3: &str = include_str!("../fixtures/database-0003.sql");
const ROWS_4: &str = include_str!("../fixtures/database-0004.sql");

fn sqlite(dir: &Path) -> String {
    store::sqlite_url(&dir.join("impala.db")).unwrap()
}

/// The URLs of a new database of each kind.
async fn new_databases(dir: &Path) -> Vec<String> {
    std::iter::once(sqlite(dir)).chain(services::postgres().await).collect()
}

/// Makes the database of an older program, with rows.
async fn make_old(url: &str, version: i64) {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await.unwrap();
    MIGRATIONS.run_to(version, &mut connection).await.unwrap();
    connection.execute(ROWS_3).await.unwrap();
    if version >= 4 {
        connection.execute(ROWS_4).await.unwrap();
    }
    connection.close().await.unwrap();
}

async fn check_rows(pool: &AnyPool) {
    let ann = users::find(pool, "ann").await.unwrap().unwrap();
    let project = projects::find(pool, "ann", "p", ann.id).await.unwrap().unwrap();
    assert_eq!(project.title, "Größe");
    let source = sources::find(pool, project.id, "s").await.unwrap().unwrap();
    assert_eq!((source.current.version.version, source.current.version.note.as_str()), (1, "the first"));
}

fn files(dir: &Path) -> Vec<String> {
    let names =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.contains("before")).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_database_is_brought_up_to_date_with_its_rows() {
    let dir = tempfile::tempdir().unwrap();
    for url in new_databases(dir.path()).await {
        make_old(&url, 3).await;
        let pool = store::connect(&url).await.unwrap();
        check_rows(&pool).await;
        assert!(SqlCanvases::new(pool.clone()).ids(None, 10).await.unwrap().is_empty());
        pool.close().await;
    }
    assert_eq!(files(dir.path()), ["impala.db.before-0004"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn canvases_of_an_older_database_stand_at_their_newest_revision() {
    let dir = tempfile::tempdir().unwrap();
    for url in new_databases(dir.path()).await {
        make_old(&url, 4).await;
        let mut connection = AnyConnection::connect(&url).await.unwrap();
        connection
            .execute("insert into canvas_documents values ('stray', 1, '', 0, '{}', 'ann', 1, '')")
            .await
            .unwrap();
        connection.close().await.unwrap();
        let canvases = SqlCanvases::new(store::connect(&url).await.unwrap());
        let ids = canvases.ids(None, 10).await.unwrap();
        assert_eq!(ids.len(), 1);
        let newest = canvases.get(ids[0]).await.unwrap().unwrap();
        assert_eq!(canvases.find(newest.project, "c").await.unwrap(), Some(ids[0]));
        assert_eq!((newest.revision.revision, newest.canvas.metadata.title.as_str()), (2, "New"));
        assert_eq!(canvases.get_revision(ids[0], 1).await.unwrap().unwrap().canvas.metadata.title, "Old");
        let mut next = newest.clone();
        next.revision.revision = 3;
        canvases.put(&next).await.unwrap();
    }
}

#[tokio::test]
async fn the_copy_is_the_database_as_it_was_and_made_once() {
    let dir = tempfile::tempdir().unwrap();
    store::connect(&sqlite(dir.path())).await.unwrap().close().await;
    assert_eq!(files(dir.path()), [""; 0], "a new database has nothing to copy");
    std::fs::remove_file(dir.path().join("impala.db")).unwrap();
    make_old(&sqlite(dir.path()), 3).await;
    // What a copy left that was cut short.
    std::fs::write(dir.path().join("impala.db.before-0004.part"), "half").unwrap();
    for _ in 0..2 {
        store::connect(&sqlite(dir.path())).await.unwrap().close().await;
        assert_eq!(files(dir.path()), ["impala.db.before-0004"]);
    }
    let copy = dir.path().join("impala.db.before-0004");
    assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let mut connection = AnyConnection::connect(&store::sqlite_url(&copy).unwrap()).await.unwrap();
    let count = "select (select count(*) from users), (select max(version) from _sqlx_migrations)";
    let counts: (i64, i64) = sqlx::query_as(count).fetch_one(&mut connection).await.unwrap();
    assert_eq!(counts, (1, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_database_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    for url in new_databases(dir.path()).await {
        let pool = store::connect(&url).await.unwrap();
        let later = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
            select 9999, description, success, checksum, execution_time from _sqlx_migrations where version = 1";
        pool.execute(later).await.unwrap();
        pool.close().await;
        let error = store::connect(&url).await.unwrap_err();
        assert!(matches!(error, StoreError::Refused(_)), "{error:?}");
        let newest = MIGRATIONS.iter().count();
        let expected = format!(
            "the database was made by a newer Impala: its tables are at version 9999, and this program knows those up to \
             {newest}; run the newer program, or go back to a copy from before the upgrade"
        );
        assert_eq!(error.to_string(), expected);
    }
    assert_eq!(files(dir.path()), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn six_servers_that_start_at_once_make_one_database() {
    let dir = tempfile::tempdir().unwrap();
    for url in new_databases(dir.path()).await {
        let starts: Vec<_> = (0..6)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move { store::connect(&url).await })
            })
            .collect();
        let mut pools = Vec::new();
        for start in starts {
            pools.push(start.await.unwrap().unwrap());
        }
        let sql = "select count(*), max(version) from _sqlx_migrations";
        let (count, newest): (i64, i64) = sqlx::query_as(sql).fetch_one(&pools[0]).await.unwrap();
        assert_eq!(count, newest, "each migration ran once");
        pools[5].execute(ROWS_3).await.unwrap();
        check_rows(&pools[0]).await;
    }
}
