//! Which canvases there are.

use impala_server::store::StoreError;
use impala_server::store::sql::canvases::{self, CanvasRow};
use impala_server::store::sql::projects;
use sqlx::AnyPool;
use uuid::Uuid;

use super::{ROUNDS, at, at_once, on_each_database, project, someone};

#[tokio::test(flavor = "multi_thread")]
async fn promises_of_canvas_rows() {
    on_each_database(async |pool| {
        a_canvas_is_found_by_its_slug(pool).await;
        canvases_are_listed_in_parts(pool).await;
        canvases_go_with_their_project(pool).await;
        of_two_canvases_of_a_slug_at_once_one_is_made(pool).await;
    })
    .await;
}

fn row(slug: &str) -> CanvasRow {
    CanvasRow { id: Uuid::now_v7(), slug: slug.to_owned() }
}

async fn a_project(pool: &AnyPool) -> Uuid {
    project(pool, &someone(pool).await, "p").await.id
}

async fn a_canvas_is_found_by_its_slug(pool: &AnyPool) {
    let (one, other) = (a_project(pool).await, a_project(pool).await);
    let canvas = row("c");
    canvases::insert(pool, one, &canvas, at(1)).await.unwrap();
    assert_eq!(canvases::find(pool, one, "c").await.unwrap(), Some(canvas.id));
    assert_eq!(canvases::find(pool, other, "c").await.unwrap(), None);
    assert!(canvases::exists(pool, canvas.id).await.unwrap());
    let again = canvases::insert(pool, one, &row("c"), at(1)).await;
    assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
    assert!(canvases::delete(pool, canvas.id).await.unwrap());
    assert!(!canvases::delete(pool, canvas.id).await.unwrap());
    assert!(!canvases::exists(pool, canvas.id).await.unwrap());
}

async fn canvases_are_listed_in_parts(pool: &AnyPool) {
    let project = a_project(pool).await;
    let rows = [row("a"), row("b"), row("c")];
    for row in &rows {
        canvases::insert(pool, project, row, at(1)).await.unwrap();
    }
    assert_eq!(canvases::list(pool, project, "", 2).await.unwrap(), rows[..2]);
    assert_eq!(canvases::list(pool, project, "b", 2).await.unwrap(), rows[2..]);
    let mut ids = canvases::ids(pool, project).await.unwrap();
    ids.sort();
    assert_eq!(ids, rows.map(|row| row.id));
}

async fn canvases_go_with_their_project(pool: &AnyPool) {
    let (project, canvas) = (a_project(pool).await, row("c"));
    canvases::insert(pool, project, &canvas, at(1)).await.unwrap();
    projects::mark_deleted(pool, project, at(2)).await.unwrap();
    projects::remove(pool, project).await.unwrap();
    assert!(!canvases::exists(pool, canvas.id).await.unwrap());
    let late = canvases::insert(pool, project, &row("d"), at(3)).await;
    assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
}

async fn of_two_canvases_of_a_slug_at_once_one_is_made(pool: &AnyPool) {
    for _ in 0..ROUNDS {
        let project = a_project(pool).await;
        let insert = |canvas: CanvasRow| {
            let pool = pool.clone();
            async move { canvases::insert(&pool, project, &canvas, at(1)).await.map(|()| canvas.id) }
        };
        let (first, second) = at_once(insert(row("c")), insert(row("c"))).await;
        let found = canvases::find(pool, project, "c").await.unwrap().unwrap();
        match (first, second) {
            (Ok(id), Err(StoreError::Conflict(_))) | (Err(StoreError::Conflict(_)), Ok(id)) => {
                assert_eq!(id, found);
            }
            other => panic!("{other:?}"),
        }
    }
}
