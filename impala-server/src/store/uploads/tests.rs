use std::collections::HashSet;
use std::time::Duration;

use super::owner::INSTANCE;
use super::*;

fn id(upload: u128) -> UploadId {
    UploadId { project: Uuid::from_u128(1), upload: Uuid::from_u128(upload) }
}

#[test]
fn a_folder_belongs_to_who_claimed_it_first() {
    let dir = tempfile::tempdir().unwrap();
    let [one, other] = [1, 2].map(Uuid::from_u128);
    let uploads = Uploads::open(dir.path()).unwrap();
    assert_eq!(uploads.owner().unwrap(), None);
    published(&uploads, 7);
    assert_eq!(uploads.claim(one, false).unwrap(), None, "their owner is unknown");
    assert_eq!(uploads.claim(one, true).unwrap(), Some(one));
    assert_eq!(uploads.claim(other, true).unwrap(), Some(one));
    uploads.remove_project(Uuid::from_u128(1)).unwrap();
    let at_work = Uploads::open(dir.path()).unwrap();
    assert_eq!(uploads.claim(other, false).unwrap(), Some(one), "a server is at work there");
    drop(at_work);
    assert_eq!(uploads.claim(other, false).unwrap(), Some(other), "there is nothing to lose");
    uploads.give(one).unwrap();
    assert_eq!(uploads.owner().unwrap(), Some(one));
    fs::write(dir.path().join(INSTANCE), "nonsense").unwrap();
    assert!(uploads.owner().is_err());
}

fn published(uploads: &Uploads, upload: u128) -> UploadId {
    let draft = uploads.begin(id(upload)).unwrap();
    fs::write(draft.csv(), "a\n1\n").unwrap();
    fs::write(draft.parquet(), "parquet").unwrap();
    uploads.publish(draft, "ff").unwrap();
    id(upload)
}

fn leftovers(uploads: &Uploads) -> usize {
    let benches = entries(&uploads.tmp()).unwrap().into_iter().filter(|path| path.is_dir());
    benches.flat_map(|bench| entries(&bench).unwrap()).filter(|path| !path.ends_with("lock")).count()
}

#[test]
fn a_published_upload_is_found_under_its_hash() {
    let dir = tempfile::tempdir().unwrap();
    let uploads = Uploads::open(dir.path()).unwrap();
    let id = published(&uploads, 7);
    assert_eq!(fs::read_to_string(uploads.csv(id, "ff")).unwrap(), "a\n1\n");
    assert!(uploads.parquet(id, "ff").exists() && !uploads.rejects(id, "ff").exists());
    assert_eq!(leftovers(&uploads), 0);
}

#[test]
fn a_dropped_draft_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let uploads = Uploads::open(dir.path()).unwrap();
    let draft = uploads.begin(id(7)).unwrap();
    fs::write(draft.csv(), "a\n1\n").unwrap();
    drop(draft);
    assert_eq!(leftovers(&uploads), 0);
}

#[test]
fn a_draft_without_parquet_is_not_published() {
    let dir = tempfile::tempdir().unwrap();
    let uploads = Uploads::open(dir.path()).unwrap();
    let draft = uploads.begin(id(7)).unwrap();
    fs::write(draft.csv(), "a\n1\n").unwrap();
    assert!(uploads.publish(draft, "ff").is_err());
    assert!(!uploads.csv(id(7), "ff").exists());
    assert_eq!(leftovers(&uploads), 0);
}

#[test]
fn a_sweep_keeps_what_versions_name_and_what_is_not_ours() {
    let dir = tempfile::tempdir().unwrap();
    let uploads = Uploads::open(dir.path()).unwrap();
    let (kept, stray) = (published(&uploads, 7), published(&uploads, 8));
    // The bench of a server that was killed: its lock is free.
    let bench = uploads.tmp().join(Uuid::now_v7().to_string());
    fs::create_dir_all(bench.join(id(9).upload.to_string())).unwrap();
    fs::write(bench.join("lock"), "").unwrap();
    fs::write(dir.path().join(".gitkeep"), "").unwrap();
    let survey = uploads.survey().unwrap();
    assert!(survey.is_alone && survey.abandoned == [bench], "{survey:?}");
    let swept = uploads.sweep(&survey, &HashSet::from([kept]), None).unwrap();
    assert_eq!(swept, Swept { unfinished: 1, strays: 1 });
    assert!(uploads.csv(kept, "ff").exists() && !uploads.csv(stray, "ff").exists());
    assert!(dir.path().join(".gitkeep").exists());
    assert_eq!(leftovers(&uploads), 0);
}

#[test]
fn a_sweep_leaves_alone_what_another_server_has_under_way() {
    let dir = tempfile::tempdir().unwrap();
    let [uploads, other] = [(); 2].map(|()| Uploads::open(dir.path()).unwrap());
    let draft = other.begin(id(7)).unwrap();
    let published = published(&other, 8);
    let survey = uploads.survey().unwrap();
    assert!(!survey.is_alone);
    let sweep = |age| uploads.sweep(&survey, &HashSet::new(), Some(age)).unwrap();
    assert_eq!(sweep(Duration::from_secs(3_600)), Swept::default());
    assert!(uploads.csv(published, "ff").exists());
    assert_eq!(sweep(Duration::ZERO), Swept { unfinished: 0, strays: 1 });
    fs::write(draft.csv(), "a\n1\n").unwrap();
    drop(survey);
    drop((draft, other));
    assert!(uploads.survey().unwrap().is_alone);
}

#[test]
fn removing_twice_is_no_fault() {
    let dir = tempfile::tempdir().unwrap();
    let uploads = Uploads::open(dir.path()).unwrap();
    let id = published(&uploads, 7);
    uploads.remove(id).unwrap();
    uploads.remove(id).unwrap();
    uploads.remove_project(id.project).unwrap();
    uploads.remove_project(id.project).unwrap();
    assert!(entries(dir.path()).unwrap().iter().all(|path| path.ends_with("tmp")));
}
