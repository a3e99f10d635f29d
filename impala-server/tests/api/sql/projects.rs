//! Projects.

use impala_core::api::Role;
use impala_server::store::StoreError;
use impala_server::store::sql::projects::{self, Visible};
use impala_server::store::sql::users::UserRow;
use sqlx::AnyPool;
use uuid::Uuid;

use super::{ROUNDS, at, at_once, on_each_database, project, project_row, someone};

#[tokio::test(flavor = "multi_thread")]
async fn promises_of_projects() {
    on_each_database(async |pool| {
        a_project_is_found_by_its_members(pool).await;
        an_owner_has_a_slug_once(pool).await;
        projects_are_listed_in_parts(pool).await;
        texts_change_one_by_one(pool).await;
        a_deleted_project_is_hidden_and_its_slug_free(pool).await;
        of_two_projects_of_a_slug_at_once_one_is_made(pool).await;
        of_two_deletions_at_once_one_did_it(pool).await;
    })
    .await;
}

async fn a_project_is_found_by_its_members(pool: &AnyPool) {
    let (ann, bob) = (someone(pool).await, someone(pool).await);
    let project = project(pool, &ann, "p").await;
    assert_eq!(projects::find(pool, &ann.username, "p", ann.id).await.unwrap(), Some(project));
    assert_eq!(projects::find(pool, &ann.username, "p", bob.id).await.unwrap(), None);
    assert_eq!(projects::find(pool, &bob.username, "p", ann.id).await.unwrap(), None);
}

async fn an_owner_has_a_slug_once(pool: &AnyPool) {
    let (ann, bob) = (someone(pool).await, someone(pool).await);
    project(pool, &ann, "p").await;
    project(pool, &bob, "p").await;
    let again = projects::add(pool, &project_row(&ann, "p"), ann.id).await;
    assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
}

async fn slugs(pool: &AnyPool, user: &UserRow, only: Option<Uuid>, after: &str, rows: i64) -> Vec<String> {
    let list = projects::list(pool, &Visible { user_id: user.id, only, after, rows }).await.unwrap();
    list.into_iter().map(|project| project.slug).collect()
}

async fn projects_are_listed_in_parts(pool: &AnyPool) {
    let ann = someone(pool).await;
    let [_, b, _] =
        [project(pool, &ann, "a").await, project(pool, &ann, "b").await, project(pool, &ann, "c").await];
    assert_eq!(slugs(pool, &ann, None, "", 2).await, ["a", "b"]);
    assert_eq!(slugs(pool, &ann, None, &format!("{}/b", ann.username), 2).await, ["c"]);
    assert_eq!(slugs(pool, &ann, Some(b.id), "", 9).await, ["b"]);
}

async fn texts_change_one_by_one(pool: &AnyPool) {
    let ann = someone(pool).await;
    let project = project(pool, &ann, "p").await;
    projects::set_texts(pool, project.id, None, Some("about")).await.unwrap();
    let found = projects::find(pool, &ann.username, "p", ann.id).await.unwrap().unwrap();
    assert_eq!((found.title.as_str(), found.description.as_str()), ("Größe", "about"));
    assert_eq!(found.role, Role::Owner);
}

async fn a_deleted_project_is_hidden_and_its_slug_free(pool: &AnyPool) {
    let ann = someone(pool).await;
    let old = project(pool, &ann, "p").await;
    projects::remove(pool, old.id).await.unwrap();
    assert_eq!(slugs(pool, &ann, None, "", 9).await, ["p"], "only what is marked goes");
    assert!(projects::mark_deleted(pool, old.id, at(2)).await.unwrap());
    assert!(!projects::mark_deleted(pool, old.id, at(3)).await.unwrap());
    assert_eq!(projects::find(pool, &ann.username, "p", ann.id).await.unwrap(), None);
    assert!(projects::list_deleted(pool).await.unwrap().contains(&old.id));
    let new = project(pool, &ann, "p").await;
    projects::remove(pool, old.id).await.unwrap();
    assert!(!projects::list_deleted(pool).await.unwrap().contains(&old.id));
    assert_eq!(projects::find(pool, &ann.username, "p", ann.id).await.unwrap().unwrap().id, new.id);
}

async fn of_two_projects_of_a_slug_at_once_one_is_made(pool: &AnyPool) {
    for _ in 0..ROUNDS {
        let ann = someone(pool).await;
        let add = || {
            let (pool, row, owner) = (pool.clone(), project_row(&ann, "p"), ann.id);
            async move { projects::add(&pool, &row, owner).await }
        };
        let (first, second) = at_once(add(), add()).await;
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        assert!(matches!(first.and(second), Err(StoreError::Conflict(_))));
        assert_eq!(slugs(pool, &ann, None, "", 9).await, ["p"]);
    }
}

async fn of_two_deletions_at_once_one_did_it(pool: &AnyPool) {
    for _ in 0..ROUNDS {
        let id = project(pool, &someone(pool).await, "p").await.id;
        let delete = || {
            let pool = pool.clone();
            async move { projects::mark_deleted(&pool, id, at(2)).await.unwrap() }
        };
        let (first, second) = at_once(delete(), delete()).await;
        assert!(first != second);
    }
}
