//! The promises of the SQL functions, one function each, kept on SQLite and on PostgreSQL; and what holds when two come at
//! once, which the two databases handle differently.

mod canvases;
mod idempotency;
mod members;
mod projects;
mod sessions;
mod sources;
mod tokens;
mod users;

use impala_core::api::Role;
use impala_server::store;
use impala_server::store::sql::projects::ProjectRow;
use impala_server::store::sql::users::UserRow;
use jiff::Timestamp;
use sqlx::AnyPool;
use uuid::Uuid;

use crate::services;

/// How often two that come at once are tried: both orders come up.
const ROUNDS: u32 = 25;

/// Keeps the promises on a new database of each kind.
async fn on_each_database(promises: impl AsyncFn(&AnyPool)) {
    let dir = tempfile::tempdir().unwrap();
    let url = store::sqlite_url(&dir.path().join("impala.db")).unwrap();
    promises(&store::connect(&url).await.unwrap()).await;
    let Some(url) = services::postgres().await else { return };
    promises(&store::connect(&url).await.unwrap()).await;
}

/// So many seconds after some moment.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// A user of that name whose password has the hash `old`.
async fn user(pool: &AnyPool, username: &str) -> UserRow {
    let user = UserRow {
        id: Uuid::now_v7(),
        username: username.to_owned(),
        password_hash: "old".to_owned(),
        created_at: at(0),
    };
    store::sql::users::add(pool, &user).await.unwrap();
    user
}

/// A user with a new name.
async fn someone(pool: &AnyPool) -> UserRow {
    user(pool, &format!("u-{}", Uuid::now_v7().simple())).await
}

fn project_row(owner: &UserRow, slug: &str) -> ProjectRow {
    ProjectRow {
        id: Uuid::now_v7(),
        owner: owner.username.clone(),
        slug: slug.to_owned(),
        title: "Größe".to_owned(),
        description: String::new(),
        created_at: at(1),
        role: Role::Owner,
    }
}

/// A project of that owner.
async fn project(pool: &AnyPool, owner: &UserRow, slug: &str) -> ProjectRow {
    let project = project_row(owner, slug);
    store::sql::projects::add(pool, &project, owner.id).await.unwrap();
    project
}

/// Runs both at once, on threads of their own, and returns what came of them.
async fn at_once<A, B>(first: A, second: B) -> (A::Output, B::Output)
where
    A: Future<Output: Send> + Send + 'static,
    B: Future<Output: Send> + Send + 'static,
{
    let (first, second) = (tokio::spawn(first), tokio::spawn(second));
    (first.await.unwrap(), second.await.unwrap())
}
