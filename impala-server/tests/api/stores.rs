//! The promises of [`CanvasStore`], one function each, and the list that every backend passes.

use std::sync::Arc;

use impala_core::api::Revision;
use impala_core::block::{BlockKind, Text};
use impala_core::parameter::ParameterValue;
use impala_core::{Canvas, document};
use impala_server::store::canvases::mongo::MongoCanvases;
use impala_server::store::canvases::sql::SqlCanvases;
use impala_server::store::canvases::{CanvasStore, SavedCanvas};
use impala_server::store::{self, StoreError};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::services;

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_the_promises() {
    let dir = tempfile::tempdir().unwrap();
    let url = store::sqlite_url(&dir.path().join("impala.db")).unwrap();
    let pool = store::connect(&url).await.unwrap();
    keeps_the_promises(&(Arc::new(SqlCanvases::new(pool)) as Arc<dyn CanvasStore>)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_keeps_the_promises() {
    let Some(url) = services::postgres().await else { return };
    let pool = store::connect(&url).await.unwrap();
    keeps_the_promises(&(Arc::new(SqlCanvases::new(pool)) as Arc<dyn CanvasStore>)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mongodb_keeps_the_promises() {
    let Some(url) = services::mongodb() else { return };
    keeps_the_promises(&(Arc::new(MongoCanvases::open(&url).await.unwrap()) as Arc<dyn CanvasStore>)).await;
}

/// Every backend runs this list, on a store of its own.
async fn keeps_the_promises(store: &Arc<dyn CanvasStore>) {
    what_was_put_is_got(&**store).await;
    documents_of_all_times_come_back(&**store).await;
    who_claims_first_is_the_owner(store).await;
    what_is_not_there_is_none(&**store).await;
    no_two_canvases_of_a_project_have_the_same_slug(&**store).await;
    of_canvases_of_a_slug_at_once_one_is_made(store).await;
    every_canvas_comes_back_as_it_was(&**store).await;
    put_refuses_a_stale_revision(&**store).await;
    put_refuses_a_gap(&**store).await;
    every_revision_is_kept(&**store).await;
    history_comes_in_parts_newest_first(&**store).await;
    heads_are_those_of_the_newest_revisions(&**store).await;
    delete_takes_all_revisions(&**store).await;
    ids_come_in_parts_in_order(&**store).await;
    of_writers_at_once_one_wins_each_revision(store).await;
    delete_at_refuses_all_but_the_newest_revision(&**store).await;
    of_a_save_and_a_deletion_at_once_one_wins(store).await;
    a_save_at_once_with_a_deletion_of_all_leaves_nothing(store).await;
}

async fn who_claims_first_is_the_owner(store: &Arc<dyn CanvasStore>) {
    assert_eq!(store.owner().await.unwrap(), None);
    let claims: Vec<_> = (0..8)
        .map(|_| {
            let store = Arc::clone(store);
            tokio::spawn(async move { store.claim(Uuid::now_v7()).await.unwrap() })
        })
        .collect();
    let owner = store.claim(Uuid::now_v7()).await.unwrap();
    for claim in claims {
        assert_eq!(claim.await.unwrap(), owner);
    }
    let next = Uuid::now_v7();
    store.give(next).await.unwrap();
    assert_eq!((store.owner().await.unwrap(), store.claim(owner).await.unwrap()), (Some(next), next));
}

/// A revision of a canvas with that title, in a project of its own.
pub fn saved(id: Uuid, revision: u64, title: &str) -> SavedCanvas {
    saved_in(id, id, revision, title)
}

/// A revision of the canvas `c` of a project.
pub fn saved_in(project: Uuid, id: Uuid, revision: u64, title: &str) -> SavedCanvas {
    let saved_at = "2026-01-02T03:04:05.678901Z".parse().unwrap();
    let revision =
        Revision { revision, saved_by: "ann".to_owned(), saved_at, note: format!("note {revision}") };
    SavedCanvas { id, project, revision, canvas: Canvas::new("c", title) }
}

async fn what_was_put_is_got(store: &dyn CanvasStore) {
    let first = saved(Uuid::now_v7(), 1, "Größe");
    store.put(&first).await.unwrap();
    assert_eq!(store.get(first.id).await.unwrap(), Some(first.clone()));
    assert_eq!(store.get_revision(first.id, 1).await.unwrap(), Some(first));
}

async fn no_two_canvases_of_a_project_have_the_same_slug(store: &dyn CanvasStore) {
    let (project, first) = (Uuid::now_v7(), Uuid::now_v7());
    assert_eq!(store.find(project, "c").await.unwrap(), None);
    store.put(&saved_in(project, first, 1, "a")).await.unwrap();
    let second = saved_in(project, Uuid::now_v7(), 1, "b");
    refuses(store, &second).await;
    assert_eq!(store.get(second.id).await.unwrap(), None);
    assert_eq!(store.find(project, "c").await.unwrap(), Some(first));
    // Canvases of other slugs and other projects do not conflict, and later revisions keep the slug.
    let mut other_slug = saved_in(project, Uuid::now_v7(), 1, "b");
    other_slug.canvas.metadata.slug = "d".to_owned();
    store.put(&other_slug).await.unwrap();
    store.put(&saved_in(Uuid::now_v7(), Uuid::now_v7(), 1, "b")).await.unwrap();
    store.put(&saved_in(project, first, 2, "a")).await.unwrap();
    refuses(store, &second).await;
    // Deleting the canvas frees its slug.
    store.delete_at(first, 2).await.unwrap();
    assert_eq!(store.find(project, "c").await.unwrap(), None);
    store.put(&second).await.unwrap();
    assert_eq!(store.find(project, "c").await.unwrap(), Some(second.id));
}

async fn of_canvases_of_a_slug_at_once_one_is_made(store: &Arc<dyn CanvasStore>) {
    for round in 0..20 {
        let project = Uuid::now_v7();
        let puts: Vec<_> = (0..8)
            .map(|_| {
                let (store, put) = (Arc::clone(store), saved_in(project, Uuid::now_v7(), 1, "a"));
                tokio::spawn(async move { store.put(&put).await.map(|()| put.id) })
            })
            .collect();
        let mut made = Vec::new();
        for put in puts {
            match put.await.unwrap() {
                Ok(id) => made.push(id),
                Err(StoreError::Conflict(_)) => {}
                Err(error) => panic!("round {round}: {error}"),
            }
        }
        assert_eq!(made.len(), 1, "round {round}");
        assert_eq!(store.find(project, "c").await.unwrap(), Some(made[0]), "round {round}");
    }
}

/// A canvas with every kind of value that documents may hold.
fn odd_canvas() -> Canvas {
    let text = "a.b $where {\"$gt\": \"\"} \0 \u{1F98C} \\";
    let numbers = ["0", "-0.0", "1", "1.0", "0.1", "1e300", "-9223372036854775808", "9223372036854775807"];
    let parameters: Vec<Value> = numbers
        .iter()
        .enumerate()
        .map(|(index, number)| {
            let default: Value = serde_json::from_str(number).unwrap();
            json!({"name": format!("n{index}"), "type": "number", "default": default})
        })
        .collect();
    let document = json!({
        "apiVersion": "impala/v1", "kind": "Canvas",
        "metadata": {"slug": "c", "title": text.replace('\0', ""), "description": text},
        "spec": {
            "parameters": parameters,
            "blocks": [
                {"id": "t", "type": "text", "at": {"x": 0, "y": 0, "w": 4, "h": 2}, "markdown": text},
                {"id": "s", "type": "table", "at": {"x": 4, "y": 0, "w": 4, "h": 4}, "limit": 7,
                    "sql": "SELECT \"$a.b\" FROM s"},
            ],
        },
    });
    document::read_canvas(&document).unwrap()
}

async fn every_canvas_comes_back_as_it_was(store: &dyn CanvasStore) {
    let check = async |canvas: Canvas| {
        let put = SavedCanvas { canvas, ..saved(Uuid::now_v7(), 1, "") };
        store.put(&put).await.unwrap();
        let got = store.get(put.id).await.unwrap().unwrap();
        assert!(got == put, "{:.300}", format!("{got:?}"));
        let bytes = |canvas: &Canvas| serde_json::to_string(canvas).unwrap();
        assert_eq!(bytes(&got.canvas), bytes(&put.canvas));
        let next = saved(put.id, 2, "next");
        store.put(&next).await.unwrap();
        assert!(store.get_revision(put.id, 1).await.unwrap() == Some(put));
    };
    let mut canvas = odd_canvas();
    check(canvas.clone()).await;
    // Whole numbers beyond what BSON knows.
    canvas.spec.parameters[0].default = Some(ParameterValue::Number(u64::MAX.into()));
    check(canvas.clone()).await;
    // 4 MiB of JSON, in one text, and as a list that BSON makes five times as large.
    let mut large = canvas.clone();
    large.spec.blocks[0].kind = BlockKind::Text(Text { markdown: "ü".repeat(2 << 20) });
    check(large).await;
    canvas.spec.parameters[0] = serde_json::from_value(json!({
        "name": "n0", "type": "select", "multiple": true, "options": vec![""; 1_400_000],
    }))
    .unwrap();
    check(canvas).await;
}

async fn documents_of_all_times_come_back(store: &dyn CanvasStore) {
    let documents = [
        include_str!("../../../impala-core/tests/fixtures/canvases/v1-every-kind.yaml"),
        include_str!("../../../impala-core/tests/fixtures/canvases/v1-hand-written.json"),
        include_str!("../../../impala-core/tests/fixtures/canvases/v1-empty.yaml"),
    ];
    for text in documents {
        let mut canvas = document::read_canvas(&document::from_yaml(text).unwrap()).unwrap();
        canvas.sort();
        let old = SavedCanvas { canvas, ..saved(Uuid::now_v7(), 1, "") };
        store.put(&old).await.unwrap();
        assert_eq!(store.get(old.id).await.unwrap(), Some(old));
    }
}

async fn what_is_not_there_is_none(store: &dyn CanvasStore) {
    let id = Uuid::now_v7();
    assert_eq!(store.get(id).await.unwrap(), None);
    assert_eq!(store.get_revision(id, 1).await.unwrap(), None);
    assert_eq!(store.get_revision(id, u64::MAX).await.unwrap(), None);
    assert_eq!(store.history(id, None, 10).await.unwrap(), []);
    assert_eq!(store.heads(&[id]).await.unwrap(), []);
    assert!(!store.delete(id).await.unwrap());
}

async fn refuses(store: &dyn CanvasStore, saved: &SavedCanvas) {
    let before = store.get(saved.id).await.unwrap();
    assert!(matches!(store.put(saved).await, Err(StoreError::Conflict(_))), "{saved:?}");
    assert_eq!(store.get(saved.id).await.unwrap(), before);
}

async fn put_refuses_a_stale_revision(store: &dyn CanvasStore) {
    let id = Uuid::now_v7();
    for revision in 1..=2 {
        store.put(&saved(id, revision, "a")).await.unwrap();
    }
    refuses(store, &saved(id, 2, "b")).await;
    refuses(store, &saved(id, 1, "b")).await;
}

async fn put_refuses_a_gap(store: &dyn CanvasStore) {
    let id = Uuid::now_v7();
    refuses(store, &saved(id, 2, "a")).await;
    store.put(&saved(id, 1, "a")).await.unwrap();
    refuses(store, &saved(id, 3, "a")).await;
}

async fn every_revision_is_kept(store: &dyn CanvasStore) {
    let id = Uuid::now_v7();
    for (revision, title) in [(1, "one"), (2, "two"), (3, "three")] {
        store.put(&saved(id, revision, title)).await.unwrap();
    }
    assert_eq!(store.get_revision(id, 2).await.unwrap(), Some(saved(id, 2, "two")));
    assert_eq!(store.get(id).await.unwrap(), Some(saved(id, 3, "three")));
}

async fn history_comes_in_parts_newest_first(store: &dyn CanvasStore) {
    let id = Uuid::now_v7();
    for revision in 1..=5 {
        store.put(&saved(id, revision, "a")).await.unwrap();
    }
    let numbers = async |before, limit| -> Vec<u64> {
        store
            .history(id, before, limit)
            .await
            .unwrap()
            .into_iter()
            .map(|revision| revision.revision)
            .collect()
    };
    assert_eq!(numbers(None, 2).await, [5, 4]);
    assert_eq!(numbers(Some(4), 2).await, [3, 2]);
    assert_eq!(numbers(Some(2), 2).await, [1]);
    assert_eq!(store.history(id, None, 1).await.unwrap(), [saved(id, 5, "a").revision]);
}

async fn heads_are_those_of_the_newest_revisions(store: &dyn CanvasStore) {
    let ids = [Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7()];
    store.put(&saved(ids[0], 1, "old")).await.unwrap();
    store.put(&saved(ids[0], 2, "new")).await.unwrap();
    store.put(&saved(ids[1], 1, "other")).await.unwrap();
    let mut heads = store.heads(&ids).await.unwrap();
    heads.sort_by_key(|head| head.id);
    let heads: Vec<_> = heads.into_iter().map(|head| (head.id, head.title, head.revision.revision)).collect();
    assert_eq!(heads, [(ids[0], "new".to_owned(), 2), (ids[1], "other".to_owned(), 1)]);
    assert_eq!(store.heads(&[]).await.unwrap(), []);
}

async fn delete_takes_all_revisions(store: &dyn CanvasStore) {
    let (gone, kept) = (Uuid::now_v7(), Uuid::now_v7());
    for id in [gone, kept] {
        store.put(&saved(id, 1, "a")).await.unwrap();
    }
    store.put(&saved(gone, 2, "b")).await.unwrap();
    assert!(store.delete(gone).await.unwrap());
    assert_eq!(store.get_revision(gone, 1).await.unwrap(), None);
    assert!(store.get(kept).await.unwrap().is_some());
    refuses(store, &saved(gone, 3, "c")).await;
}

async fn delete_at_refuses_all_but_the_newest_revision(store: &dyn CanvasStore) {
    let (id, kept) = (Uuid::now_v7(), Uuid::now_v7());
    store.put(&saved(kept, 1, "a")).await.unwrap();
    for revision in 1..=2 {
        store.put(&saved(id, revision, "a")).await.unwrap();
    }
    for wrong in [0, 1, 3, u64::MAX] {
        assert!(matches!(store.delete_at(id, wrong).await, Err(StoreError::Conflict(_))), "{wrong}");
        assert_eq!(store.history(id, None, 10).await.unwrap().len(), 2, "{wrong}");
    }
    store.delete_at(id, 2).await.unwrap();
    assert_eq!(store.get_revision(id, 1).await.unwrap(), None);
    assert!(matches!(store.delete_at(id, 2).await, Err(StoreError::Conflict(_))));
    refuses(store, &saved(id, 3, "b")).await;
    assert!(store.get(kept).await.unwrap().is_some());
}

/// Enough rounds that both orders come up.
async fn of_a_save_and_a_deletion_at_once_one_wins(store: &Arc<dyn CanvasStore>) {
    for round in 0..40 {
        let id = Uuid::now_v7();
        store.put(&saved(id, 1, "a")).await.unwrap();
        let save = {
            let store = Arc::clone(store);
            tokio::spawn(async move { store.put(&saved(id, 2, "b")).await })
        };
        let deletion = {
            let store = Arc::clone(store);
            tokio::spawn(async move { store.delete_at(id, 1).await })
        };
        let (save, deletion) = (save.await.unwrap(), deletion.await.unwrap());
        let newest = store.get(id).await.unwrap().map(|saved| saved.revision.revision);
        match (save, deletion) {
            (Ok(()), Err(StoreError::Conflict(_))) => assert_eq!(newest, Some(2), "round {round}"),
            (Err(StoreError::Conflict(_)), Ok(())) => assert_eq!(newest, None, "round {round}"),
            other => panic!("round {round}: {other:?}"),
        }
    }
}

/// Whether the save came first or too late: nothing of the canvas is left.
async fn a_save_at_once_with_a_deletion_of_all_leaves_nothing(store: &Arc<dyn CanvasStore>) {
    for round in 0..40 {
        let id = Uuid::now_v7();
        store.put(&saved(id, 1, "a")).await.unwrap();
        let save = {
            let store = Arc::clone(store);
            tokio::spawn(async move { store.put(&saved(id, 2, "b")).await })
        };
        assert!(store.delete(id).await.unwrap());
        let save = save.await.unwrap();
        assert!(matches!(save, Ok(()) | Err(StoreError::Conflict(_))), "{save:?}");
        assert_eq!(store.get(id).await.unwrap(), None, "round {round}");
        assert_eq!(store.history(id, None, 10).await.unwrap(), [], "round {round}");
    }
}

async fn ids_come_in_parts_in_order(store: &dyn CanvasStore) {
    for _ in 0..3 {
        store.put(&saved(Uuid::now_v7(), 1, "a")).await.unwrap();
    }
    let all = store.ids(None, 1_000).await.unwrap();
    assert!(all.len() >= 3 && all.is_sorted());
    let mut parts = Vec::new();
    while let Some(part) =
        Some(store.ids(parts.last().copied(), 2).await.unwrap()).filter(|part| !part.is_empty())
    {
        assert!(part.len() <= 2);
        parts.extend(part);
    }
    assert_eq!(parts, all);
}

async fn of_writers_at_once_one_wins_each_revision(store: &Arc<dyn CanvasStore>) {
    const WRITERS: u64 = 8;
    const REVISIONS: u64 = 5;
    let id = Uuid::now_v7();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                let mut wins = Vec::new();
                for revision in 1..=REVISIONS {
                    match store.put(&saved(id, revision, &format!("writer {writer}"))).await {
                        Ok(()) => wins.push(revision),
                        Err(StoreError::Conflict(_)) => {}
                        Err(error) => panic!("{error}"),
                    }
                    // Everyone goes on once someone has won this revision.
                    while store.get_revision(id, revision).await.unwrap().is_none() {
                        tokio::task::yield_now().await;
                    }
                }
                wins
            })
        })
        .collect();
    let mut wins = Vec::new();
    for writer in writers {
        wins.extend(writer.await.unwrap());
    }
    wins.sort_unstable();
    assert_eq!(wins, (1..=REVISIONS).collect::<Vec<_>>());
}
