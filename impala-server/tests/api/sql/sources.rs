//! Sources and their versions.

use impala_core::source::{CsvSettings, SourceVersion};
use impala_server::store::StoreError;
use impala_server::store::sql::projects;
use impala_server::store::sql::sources::{self, Added, StoredVersion};
use impala_server::store::uploads::UploadId;
use sqlx::AnyPool;
use uuid::Uuid;

use super::{ROUNDS, at, at_once, on_each_database, project, someone};

#[tokio::test(flavor = "multi_thread")]
async fn promises_of_sources() {
    on_each_database(async |pool| {
        versions_are_numbered_and_kept(pool).await;
        the_same_bytes_read_alike_are_no_version(pool).await;
        sources_are_listed_in_parts(pool).await;
        going_back_takes_the_settings_along(pool).await;
        a_deleted_source_tells_its_uploads(pool).await;
        a_deleted_project_takes_no_version(pool).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_when_two_come_at_once() {
    on_each_database(async |pool| {
        uploads_at_once_get_numbers_of_their_own(pool).await;
        the_same_upload_twice_at_once_is_one_version(pool).await;
        an_upload_at_once_with_the_deletion_of_its_source_is_told_or_stays(pool).await;
        an_upload_at_once_with_the_deletion_of_its_project_leaves_nothing(pool).await;
        an_upload_at_once_with_going_back_leaves_a_version_current(pool).await;
    })
    .await;
}

fn upload(project: Uuid, content: &str) -> StoredVersion {
    let settings = CsvSettings { delimiter: Some(content.to_owned()), ..CsvSettings::default() };
    let version = SourceVersion {
        version: 0,
        sha256: content.to_owned(),
        size_bytes: 3 << 32,
        rows: 7,
        rejected_rows: 1,
        columns: Vec::new(),
        delimiter: ";".to_owned(),
        encoding: "utf-8".to_owned(),
        created_by: "ann".to_owned(),
        created_at: at(1),
        format: "csv".to_owned(),
        note: "Größe".to_owned(),
    };
    StoredVersion {
        upload: UploadId { project, upload: Uuid::now_v7() },
        settings,
        version,
        appended: String::new(),
    }
}

async fn a_project(pool: &AnyPool) -> Uuid {
    project(pool, &someone(pool).await, "p").await.id
}

/// Adds a version that is new, and returns it as it is kept.
async fn add(pool: &AnyPool, name: &str, new: &StoredVersion) -> StoredVersion {
    match sources::add_version(pool, name, new, None).await.unwrap() {
        Added::New(version) => StoredVersion { version, ..new.clone() },
        unchanged => panic!("{unchanged:?}"),
    }
}

async fn versions_are_numbered_and_kept(pool: &AnyPool) {
    let project = a_project(pool).await;
    assert_eq!(sources::find(pool, project, "s").await.unwrap(), None);
    let first = add(pool, "s", &upload(project, "a")).await;
    let second = add(pool, "s", &upload(project, "b")).await;
    assert_eq!((first.version.version, second.version.version), (1, 2));
    let source = sources::find(pool, project, "s").await.unwrap().unwrap();
    assert_eq!((source.versions, &source.current, &source.settings), (2, &second, &second.settings));
    assert_eq!(sources::version(pool, source.id, 1).await.unwrap(), Some(first.clone()));
    assert_eq!(sources::version(pool, source.id, 3).await.unwrap(), None);
    let newest = sources::versions(pool, source.id, None, 1).await.unwrap();
    assert_eq!(newest, [second.version]);
    assert_eq!(sources::versions(pool, source.id, Some(2), 9).await.unwrap(), [first.version]);
    assert!(sources::is_version(pool, first.upload).await.unwrap());
    assert!(!sources::is_version(pool, upload(project, "c").upload).await.unwrap());
    assert!(sources::uploads(pool).await.unwrap().contains(&first.upload));
}

async fn the_same_bytes_read_alike_are_no_version(pool: &AnyPool) {
    let project = a_project(pool).await;
    let first = add(pool, "s", &upload(project, "a")).await;
    let again = upload(project, "a");
    let unchanged = sources::add_version(pool, "s", &again, None).await.unwrap();
    assert_eq!(unchanged, Added::Unchanged(first.version));
    let otherwise = StoredVersion { settings: CsvSettings::default(), ..again };
    assert_eq!(add(pool, "s", &otherwise).await.version.version, 2);
}

async fn sources_are_listed_in_parts(pool: &AnyPool) {
    let project = a_project(pool).await;
    for name in ["a", "b", "c"] {
        add(pool, name, &upload(project, "x")).await;
    }
    let names = async |after, limit| -> Vec<String> {
        let list = sources::list(pool, project, after, limit).await.unwrap();
        list.into_iter().map(|source| source.name).collect()
    };
    assert_eq!(names("", 2).await, ["a", "b"]);
    assert_eq!(names("b", 2).await, ["c"]);
    assert_eq!(sources::names(pool, project).await.unwrap(), ["a", "b", "c"]);
}

async fn going_back_takes_the_settings_along(pool: &AnyPool) {
    let project = a_project(pool).await;
    let first = add(pool, "s", &upload(project, "a")).await;
    add(pool, "s", &upload(project, "b")).await;
    let id = sources::find(pool, project, "s").await.unwrap().unwrap().id;
    assert!(!sources::roll_back(pool, id, 3).await.unwrap());
    assert!(sources::roll_back(pool, id, 1).await.unwrap());
    let source = sources::find(pool, project, "s").await.unwrap().unwrap();
    assert_eq!((source.versions, &source.settings, &source.current), (2, &first.settings, &first));
    assert_eq!(add(pool, "s", &upload(project, "c")).await.version.version, 3);
}

async fn a_deleted_source_tells_its_uploads(pool: &AnyPool) {
    let project = a_project(pool).await;
    let mut uploads = Vec::new();
    for content in ["a", "b"] {
        uploads.push(add(pool, "s", &upload(project, content)).await.upload);
    }
    let mut useless = sources::delete(pool, project, "s").await.unwrap().unwrap();
    useless.sort_by_key(|id| id.upload);
    assert_eq!(useless, uploads);
    assert_eq!(sources::delete(pool, project, "s").await.unwrap(), None);
    assert_eq!(sources::find(pool, project, "s").await.unwrap(), None);
}

async fn a_deleted_project_takes_no_version(pool: &AnyPool) {
    let project = a_project(pool).await;
    add(pool, "s", &upload(project, "a")).await;
    projects::mark_deleted(pool, project, at(2)).await.unwrap();
    for name in ["s", "new"] {
        let late = sources::add_version(pool, name, &upload(project, "b"), None).await;
        assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
    }
}

fn adding(
    pool: &AnyPool,
    new: &StoredVersion,
) -> impl Future<Output = Result<Added, StoreError>> + Send + 'static {
    let (pool, new) = (pool.clone(), new.clone());
    async move { sources::add_version(&pool, "s", &new, None).await }
}

async fn uploads_at_once_get_numbers_of_their_own(pool: &AnyPool) {
    let project = a_project(pool).await;
    let uploads: Vec<_> = (0..8).map(|n| upload(project, &n.to_string())).collect();
    let tasks: Vec<_> = uploads.iter().map(|new| tokio::spawn(adding(pool, new))).collect();
    let mut numbers = Vec::new();
    for task in tasks {
        match task.await.unwrap().unwrap() {
            Added::New(version) => numbers.push(version.version),
            unchanged => panic!("{unchanged:?}"),
        }
    }
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(sources::find(pool, project, "s").await.unwrap().unwrap().current.version.version, 8);
}

async fn the_same_upload_twice_at_once_is_one_version(pool: &AnyPool) {
    for _ in 0..ROUNDS {
        let project = a_project(pool).await;
        let (one, other) = (upload(project, "a"), upload(project, "a"));
        let (first, second) = at_once(adding(pool, &one), adding(pool, &other)).await;
        let is_new = [first.unwrap(), second.unwrap()].map(|added| matches!(added, Added::New(_)));
        assert!(is_new[0] != is_new[1]);
        assert_eq!(sources::find(pool, project, "s").await.unwrap().unwrap().versions, 1);
    }
}

async fn an_upload_at_once_with_the_deletion_of_its_source_is_told_or_stays(pool: &AnyPool) {
    for _ in 0..ROUNDS {
        let project = a_project(pool).await;
        add(pool, "s", &upload(project, "a")).await;
        let new = upload(project, "b");
        let delete = {
            let pool = pool.clone();
            async move { sources::delete(&pool, project, "s").await.unwrap().unwrap() }
        };
        let (added, useless) = at_once(adding(pool, &new), delete).await;
        added.unwrap();
        let stays = sources::is_version(pool, new.upload).await.unwrap();
        assert_ne!(stays, useless.contains(&new.upload), "its files are kept or returned");
    }
}

async fn an_upload_at_once_with_the_deletion_of_its_project_leaves_nothing(pool: &AnyPool) {
    for _ in 0..ROUNDS {
        let project = a_project(pool).await;
        let new = upload(project, "a");
        let delete = {
            let pool = pool.clone();
            async move {
                projects::mark_deleted(&pool, project, at(2)).await.unwrap();
                projects::remove(&pool, project).await.unwrap();
            }
        };
        let (added, ()) = at_once(adding(pool, &new), delete).await;
        assert!(matches!(added, Ok(Added::New(_)) | Err(StoreError::Conflict(_))), "{added:?}");
        assert!(!sources::is_version(pool, new.upload).await.unwrap());
        assert_eq!(sources::find(pool, project, "s").await.unwrap(), None);
    }
}

async fn an_upload_at_once_with_going_back_leaves_a_version_current(pool: &AnyPool) {
    for _ in 0..ROUNDS {
        let project = a_project(pool).await;
        for content in ["a", "b"] {
            add(pool, "s", &upload(project, content)).await;
        }
        let id = sources::find(pool, project, "s").await.unwrap().unwrap().id;
        let back = {
            let pool = pool.clone();
            async move { sources::roll_back(&pool, id, 1).await.unwrap() }
        };
        let (added, went_back) = at_once(adding(pool, &upload(project, "c")), back).await;
        assert!(matches!(added, Ok(Added::New(_))) && went_back);
        let source = sources::find(pool, project, "s").await.unwrap().unwrap();
        assert!([1, 3].contains(&source.current.version.version));
        assert_eq!(source.settings, source.current.settings, "both or neither");
    }
}
