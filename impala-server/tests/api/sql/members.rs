//! Who is in a project.

use impala_core::api::Role;
use impala_server::store::StoreError;
use impala_server::store::sql::members;
use sqlx::AnyPool;
use uuid::Uuid;

use super::{ROUNDS, at, at_once, on_each_database, project, someone, user};

#[tokio::test(flavor = "multi_thread")]
async fn promises_of_members() {
    on_each_database(async |pool| {
        members_come_and_change_and_go(pool).await;
        the_owner_stays(pool).await;
        what_is_gone_takes_no_members(pool).await;
        of_two_who_add_someone_at_once_one_did(pool).await;
    })
    .await;
}

async fn roles(pool: &AnyPool, project: Uuid, after: &str, rows: i64) -> Vec<(String, Role)> {
    let list = members::list(pool, project, after, rows).await.unwrap();
    list.into_iter().map(|member| (member.username, member.role)).collect()
}

async fn members_come_and_change_and_go(pool: &AnyPool) {
    let [ann, bob, cid] = [user(pool, "m-ann").await, user(pool, "m-bob").await, user(pool, "m-cid").await];
    let id = project(pool, &ann, "p").await.id;
    assert!(members::set(pool, id, bob.id, Role::Viewer, at(1)).await.unwrap());
    assert!(members::set(pool, id, cid.id, Role::Viewer, at(1)).await.unwrap());
    assert!(!members::set(pool, id, bob.id, Role::Editor, at(1)).await.unwrap());
    let named = |name: &str, role| (name.to_owned(), role);
    assert_eq!(roles(pool, id, "", 2).await, [named("m-ann", Role::Owner), named("m-bob", Role::Editor)]);
    assert_eq!(roles(pool, id, "m-bob", 2).await, [named("m-cid", Role::Viewer)]);
    assert!(members::remove(pool, id, "m-bob").await.unwrap());
    assert!(!members::remove(pool, id, "m-bob").await.unwrap());
    assert!(!members::remove(pool, id, "nobody").await.unwrap());
}

async fn the_owner_stays(pool: &AnyPool) {
    let ann = someone(pool).await;
    let id = project(pool, &ann, "p").await.id;
    assert!(!members::set(pool, id, ann.id, Role::Viewer, at(1)).await.unwrap());
    assert!(!members::remove(pool, id, &ann.username).await.unwrap());
    assert_eq!(roles(pool, id, "", 9).await, [(ann.username, Role::Owner)]);
}

async fn what_is_gone_takes_no_members(pool: &AnyPool) {
    let ann = someone(pool).await;
    let late = members::set(pool, Uuid::now_v7(), ann.id, Role::Viewer, at(1)).await;
    assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
}

async fn of_two_who_add_someone_at_once_one_did(pool: &AnyPool) {
    for _ in 0..ROUNDS {
        let (ann, bob) = (someone(pool).await, someone(pool).await);
        let project = project(pool, &ann, "p").await.id;
        let set = |role| {
            let (pool, user) = (pool.clone(), bob.id);
            async move { members::set(&pool, project, user, role, at(1)).await.unwrap() }
        };
        let (first, second) = at_once(set(Role::Viewer), set(Role::Editor)).await;
        assert!(first != second, "one of them is new");
        let last = if first { Role::Editor } else { Role::Viewer };
        assert!(roles(pool, project, "", 9).await.contains(&(bob.username, last)));
    }
}
