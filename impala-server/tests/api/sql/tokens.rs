//! API tokens.

use impala_core::api::{ApiToken, Scope};
use impala_server::store::StoreError;
use impala_server::store::sql::projects;
use impala_server::store::sql::tokens::{self, ApiTokenRow};
use impala_server::store::sql::users::UserRow;
use sqlx::AnyPool;
use uuid::Uuid;

use super::{ROUNDS, at, at_once, on_each_database, project, someone};

#[tokio::test(flavor = "multi_thread")]
async fn promises_of_tokens() {
    on_each_database(async |pool| {
        a_token_is_found_by_its_hash_until_it_is_removed(pool).await;
        tokens_are_listed_in_parts(pool).await;
        a_token_goes_with_its_project(pool).await;
        the_latest_use_is_kept(pool).await;
    })
    .await;
}

fn row(user: &UserRow) -> ApiTokenRow {
    let token = ApiToken {
        id: Uuid::now_v7(),
        name: "CI".to_owned(),
        scopes: vec![Scope::Read, Scope::Upload],
        project: None,
        created_at: at(1),
        expires_at: Some(at(100)),
        last_used_at: None,
    };
    ApiTokenRow { user_id: user.id, project_id: None, token }
}

async fn add(pool: &AnyPool, row: &ApiTokenRow) -> String {
    let hash = Uuid::now_v7().to_string();
    tokens::add(pool, row, &hash).await.unwrap();
    hash
}

async fn a_token_is_found_by_its_hash_until_it_is_removed(pool: &AnyPool) {
    let (ann, bob) = (someone(pool).await, someone(pool).await);
    let row = row(&ann);
    let hash = add(pool, &row).await;
    assert_eq!(tokens::find(pool, &hash).await.unwrap(), Some(row.clone()));
    assert_eq!(tokens::find(pool, "none").await.unwrap(), None);
    assert!(!tokens::remove(pool, bob.id, row.token.id).await.unwrap());
    assert!(tokens::remove(pool, ann.id, row.token.id).await.unwrap());
    assert_eq!(tokens::find(pool, &hash).await.unwrap(), None);
}

async fn tokens_are_listed_in_parts(pool: &AnyPool) {
    let (ann, bob) = (someone(pool).await, someone(pool).await);
    let rows = [row(&ann), row(&ann), row(&ann)];
    for row in rows.iter().chain([&row(&bob)]) {
        add(pool, row).await;
    }
    assert_eq!(tokens::list(pool, ann.id, "", 2).await.unwrap(), rows[..2]);
    let after = rows[1].token.id.to_string();
    assert_eq!(tokens::list(pool, ann.id, &after, 2).await.unwrap(), rows[2..]);
}

async fn a_token_goes_with_its_project(pool: &AnyPool) {
    let ann = someone(pool).await;
    let project = project(pool, &ann, "p").await;
    let bound = ApiTokenRow { project_id: Some(project.id), ..row(&ann) };
    let hash = add(pool, &bound).await;
    let found = tokens::find(pool, &hash).await.unwrap().unwrap();
    assert_eq!(found.token.project, Some(format!("{}/p", ann.username)));
    projects::mark_deleted(pool, project.id, at(2)).await.unwrap();
    assert_eq!(tokens::find(pool, &hash).await.unwrap(), None);
    assert_eq!(tokens::list(pool, ann.id, "", 10).await.unwrap(), []);
    projects::remove(pool, project.id).await.unwrap();
    let late = tokens::add(pool, &ApiTokenRow { project_id: Some(project.id), ..row(&ann) }, "late").await;
    assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
}

async fn the_latest_use_is_kept(pool: &AnyPool) {
    for _ in 0..ROUNDS {
        let row = row(&someone(pool).await);
        let (hash, id) = (add(pool, &row).await, row.token.id);
        let touch = |second| {
            let pool = pool.clone();
            async move { tokens::touch(&pool, id, at(second)).await.unwrap() }
        };
        at_once(touch(120), touch(60)).await;
        assert_eq!(tokens::find(pool, &hash).await.unwrap().unwrap().token.last_used_at, Some(at(120)));
    }
}
