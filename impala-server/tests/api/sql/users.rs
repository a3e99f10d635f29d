//! Users.

use impala_server::store::StoreError;
use impala_server::store::sql::users::{self, UserRow};
use sqlx::AnyPool;
use uuid::Uuid;

use super::{ROUNDS, at, at_once, on_each_database, someone, user};

#[tokio::test(flavor = "multi_thread")]
async fn promises_of_users() {
    on_each_database(async |pool| {
        who_was_added_is_found(pool).await;
        a_name_is_taken_once(pool).await;
        a_password_is_changed_by_who_knows_the_old_one(pool).await;
        of_two_changes_of_a_password_at_once_one_wins(pool).await;
        of_two_who_take_a_name_at_once_one_gets_it(pool).await;
    })
    .await;
}

async fn who_was_added_is_found(pool: &AnyPool) {
    assert!(!users::is_any(pool).await.unwrap());
    let ann = user(pool, "ann").await;
    assert_eq!(users::find(pool, "ann").await.unwrap(), Some(ann.clone()));
    assert_eq!(users::find_by_id(pool, ann.id).await.unwrap(), Some(ann));
    assert!(users::is_any(pool).await.unwrap());
    assert_eq!(users::find(pool, "nobody").await.unwrap(), None);
    assert_eq!(users::find_by_id(pool, Uuid::now_v7()).await.unwrap(), None);
}

async fn a_name_is_taken_once(pool: &AnyPool) {
    let bob = user(pool, "bob").await;
    let other = UserRow { id: Uuid::now_v7(), password_hash: "other".to_owned(), ..bob.clone() };
    assert!(matches!(users::add(pool, &other).await, Err(StoreError::Conflict(_))));
    assert_eq!(users::find(pool, "bob").await.unwrap(), Some(bob));
}

async fn a_password_is_changed_by_who_knows_the_old_one(pool: &AnyPool) {
    let someone = someone(pool).await;
    assert!(!users::set_password(pool, someone.id, "wrong", "new", at(1)).await.unwrap());
    assert!(users::set_password(pool, someone.id, "old", "new", at(1)).await.unwrap());
    assert!(!users::set_password(pool, someone.id, "old", "newer", at(1)).await.unwrap());
    assert_eq!(users::find_by_id(pool, someone.id).await.unwrap().unwrap().password_hash, "new");
}

async fn of_two_changes_of_a_password_at_once_one_wins(pool: &AnyPool) {
    for _ in 0..ROUNDS {
        let id = someone(pool).await.id;
        let change = |new: &'static str| {
            let pool = pool.clone();
            async move { users::set_password(&pool, id, "old", new, at(1)).await.unwrap() }
        };
        let (first, second) = at_once(change("first"), change("second")).await;
        let kept = users::find_by_id(pool, id).await.unwrap().unwrap().password_hash;
        assert_eq!((first, second), (kept == "first", kept == "second"));
    }
}

async fn of_two_who_take_a_name_at_once_one_gets_it(pool: &AnyPool) {
    for round in 0..ROUNDS {
        let add = |id: Uuid| {
            let pool = pool.clone();
            let username = format!("wanted-{round}");
            let user = UserRow { id, username, password_hash: "old".to_owned(), created_at: at(0) };
            async move { users::add(&pool, &user).await }
        };
        let (first, second) = at_once(add(Uuid::now_v7()), add(Uuid::now_v7())).await;
        assert!(
            matches!(
                (&first, &second),
                (Ok(()), Err(StoreError::Conflict(_))) | (Err(StoreError::Conflict(_)), Ok(()))
            ),
            "{first:?} {second:?}"
        );
    }
}
