//! What a restore and a copy refuse, and what is left when they are interrupted.

use std::path::Path;
use std::process::Command;

use impala_server::backup::{self, Error, Watch};
use impala_server::{Config, StartError};
use serde_json::json;

use super::{Folder, copy, create, replace, restore, seeded, serves};
use crate::services;
use crate::support::Server;

async fn unfinished(config: &Config) -> bool {
    match impala_server::connect(config.clone()).await {
        Err(StartError::Unfinished { what }) => {
            assert!(what.contains("a restore of a.tar.zst") || what.contains("a copy of"), "{what}");
            true
        }
        Err(error) => panic!("{error:?}"),
        Ok(app) => {
            app.pool.close().await;
            false
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_is_served_is_not_written_to() {
    let folder = Folder::new();
    let (config, archive) = (folder.config("a"), folder.path("a.tar.zst"));
    let mut known = seeded(&config).await;
    create(&config, &archive).await.unwrap();
    let server = Server::start_as(config.clone()).await;
    let error = replace(&config, &archive).await.unwrap_err();
    assert!(matches!(error, Error::Start(StartError::InUse { .. })), "{error:?}");
    let error = copy(&config, &config).await.unwrap_err();
    assert!(matches!(error, Error::Start(StartError::InUse { .. })), "{error:?}");
    server.stop().await;
    serves(&config, &mut known).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_others_use_is_not_written_to() {
    let Some(url) = services::postgres().await else { return };
    let folder = Folder::new();
    let (config, archive) = (folder.config("a"), folder.path("a.tar.zst"));
    seeded(&config).await;
    create(&config, &archive).await.unwrap();
    // A server elsewhere, with another data directory.
    let pool = impala_server::store::connect(&url).await.unwrap();
    let target = Config { database_url: Some(url), ..folder.config("b") };
    let error = restore(&target, &archive).await.unwrap_err();
    assert!(matches!(&error, Error::InUse(text) if text.contains("stop it first")), "{error:?}");
    pool.close().await;
    restore(&target, &archive).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_is_replaced_only_when_told() {
    let folder = Folder::new();
    let (config, archive) = (folder.config("a"), folder.path("a.tar.zst"));
    let mut known = seeded(&config).await;
    let made = create(&config, &archive).await.unwrap();
    // The same instance later: the canvas has gone on, another project has come, a source has gone.
    let server = Server::start_as(config.clone()).await;
    let session = server.login("ann").await;
    let ann = server.with_token(session["access_token"].as_str().unwrap());
    let mut canvas = ann.get("/api/v1/projects/ann/p/canvases/c").await.ok()["canvas"].clone();
    canvas["metadata"]["title"] = json!("later");
    ann.change(http::Method::PUT, "/api/v1/projects/ann/p/canvases/c", 3, &canvas).await.ok();
    let other = ann.project("other").await;
    ann.upload(&format!("{other}/sources/s"), "n\n1\n").await.created();
    ann.delete("/api/v1/projects/ann/p/sources/rain").await.no_content();
    server.stop().await;

    let error = restore(&config, &archive).await.unwrap_err();
    assert!(matches!(&error, Error::NotEmpty(text) if text.contains("users")), "{error:?}");
    assert!(!unfinished(&config).await, "nothing was touched");
    assert_eq!(replace(&config, &archive).await.unwrap().totals, made.totals);
    serves(&config, &mut known).await;
    let folders = std::fs::read_dir(folder.path("a/uploads")).unwrap().count();
    assert_eq!(folders, 3, "tmp, the one project, and the owner");
}

/// The existing canvas has the slug of the restored one, and another id.
#[tokio::test(flavor = "multi_thread")]
async fn a_canvas_that_was_made_anew_gives_way_to_the_one_of_the_archive() {
    let folder = Folder::new();
    let mut configs = vec![folder.config("a")];
    if let (Some(database), Some(documents)) = (services::postgres().await, services::mongodb()) {
        configs.push(Config {
            database_url: Some(database),
            mongodb_url: Some(documents),
            ..folder.config("production")
        });
    }
    for config in configs {
        let archive = config.data_dir.with_extension("tar.zst");
        let mut known = seeded(&config).await;
        let made = create(&config, &archive).await.unwrap();
        let server = Server::start_as(config.clone()).await;
        let session = server.login("ann").await;
        let ann = server.with_token(session["access_token"].as_str().unwrap());
        let canvas = "/api/v1/projects/ann/p/canvases/c";
        ann.change(http::Method::DELETE, canvas, 3, &json!(null)).await.no_content();
        ann.post("/api/v1/projects/ann/p/canvases", crate::canvases::document("c")).await.created();
        server.stop().await;
        assert_eq!(replace(&config, &archive).await.unwrap().totals, made.totals);
        serves(&config, &mut known).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_not_overwritten_and_a_failed_backup_leaves_none() {
    let folder = Folder::new();
    let (config, archive) = (folder.config("a"), folder.path("a.tar.zst"));
    seeded(&config).await;
    std::fs::write(&archive, "mine").unwrap();
    let error = create(&config, &archive).await.unwrap_err();
    assert!(matches!(error, Error::NotEmpty(_)), "{error:?}");
    assert_eq!(std::fs::read(&archive).unwrap(), b"mine");
    let watch = Watch::silent();
    watch.stop();
    let output = backup::Output::File { path: folder.path("b.tar.zst"), replace: false };
    let stopped = backup::create(config.clone(), output, watch).await.unwrap_err();
    assert!(matches!(stopped, Error::Stopped), "{stopped:?}");
    let names: Vec<_> =
        std::fs::read_dir(folder.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_without_an_instance_is_not_made_one() {
    let folder = Folder::new();
    let error = create(&folder.config("none"), &folder.path("a.tar.zst")).await.unwrap_err();
    assert!(matches!(&error, Error::NoInstance(text) if text.contains("impala.db")), "{error:?}");
    assert!(!folder.path("none").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_lost_a_file_is_not_backed_up_as_if_it_were_whole() {
    let folder = Folder::new();
    let (config, archive) = (folder.config("a"), folder.path("a.tar.zst"));
    seeded(&config).await;
    let files = || -> Vec<_> {
        walk(&folder.path("a/uploads")).into_iter().filter(|path| path.ends_with(".csv")).collect()
    };
    let csv = files().into_iter().find(|path| !path.contains("rejects")).unwrap();
    let content = std::fs::read(&csv).unwrap();
    std::fs::write(&csv, content.to_ascii_uppercase()).unwrap();
    let error = create(&config, &archive).await.unwrap_err();
    assert!(matches!(&error, Error::Damaged(text) if text.contains("is not what was uploaded")), "{error:?}");
    std::fs::remove_file(&csv).unwrap();
    let error = create(&config, &archive).await.unwrap_err();
    assert!(matches!(&error, Error::Damaged(text) if text.contains("missing")), "{error:?}");
    assert!(!archive.exists());
}

fn walk(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path.to_str().unwrap().to_owned()] })
        .collect()
}

const KILLED: &str = "IMPALA_TEST_KILLED_RESTORE";

/// Not a test by itself: the process that [`killed`] starts, which dies as soon as so many bytes have passed.
#[tokio::test(flavor = "multi_thread")]
async fn die_in_the_middle() {
    let Some(line) = std::env::var_os(KILLED) else { return };
    let line = line.into_string().unwrap();
    let [kind, from, to, bytes, database, documents]: [&str; 6] =
        line.split('|').collect::<Vec<_>>().try_into().unwrap();
    let bytes: u64 = bytes.parse().unwrap();
    let watch = Watch::new(move |passed| {
        if passed >= bytes {
            std::process::abort();
        }
    });
    let some = |url: &str| (!url.is_empty()).then(|| url.to_owned());
    let target = Config { database_url: some(database), mongodb_url: some(documents), ..Config::new(to) };
    match kind {
        "restore" => drop(backup::restore(target, from.into(), true, watch).await.unwrap()),
        _ => drop(backup::copy(Config::new(from), target, false, watch).await.unwrap()),
    }
}

/// Runs a restore or a copy in a process of its own that is killed after so many bytes; false: it ended before.
fn killed(kind: &str, from: &Path, target: &Config, bytes: u64) -> bool {
    let url = |url: &Option<String>| url.clone().unwrap_or_default();
    let (database, documents) = (url(&target.database_url), url(&target.mongodb_url));
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["backup::refusals::die_in_the_middle", "--exact"])
        .env(
            KILLED,
            format!("{kind}|{}|{}|{bytes}|{database}|{documents}", from.display(), target.data_dir.display()),
        )
        .output()
        .unwrap();
    assert!(
        done.status.success() || done.status.code().is_none(),
        "{}",
        String::from_utf8_lossy(&done.stdout)
    );
    done.status.code().is_none()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_restore_leaves_nothing_that_is_served_and_goes_on_when_it_is_run_again() {
    let folder = Folder::new();
    let (config, archive) = (folder.config("a"), folder.path("a.tar.zst"));
    let mut known = seeded(&config).await;
    let made = create(&config, &archive).await.unwrap();
    let target = folder.config("b");
    let (mut kills, mut refused) = (0, 0);
    // The first pass over the archive changes nothing; from its end on, a kill at every so many bytes.
    let size = std::fs::metadata(&archive).unwrap().len();
    for bytes in (size..).step_by(1_500) {
        if !killed("restore", &archive, &target, bytes) {
            break;
        }
        kills += 1;
        refused += u32::from(unfinished(&target).await);
    }
    assert!(kills > 5 && refused > 3, "{kills} kills, {refused} refused");
    serves(&target, &mut known).await;
    let again = replace(&target, &archive).await.unwrap();
    assert_eq!(again.totals, made.totals);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_copy_goes_on_and_doubles_nothing() {
    let folder = Folder::new();
    let (config, target) = (folder.config("a"), folder.config("b"));
    let mut known = seeded(&config).await;
    let made = create(&config, &folder.path("a.tar.zst")).await.unwrap();
    let mut kills = 0;
    for bytes in (1..).step_by(1_000) {
        if !killed("copy", &config.data_dir, &target, bytes) {
            break;
        }
        kills += 1;
        assert!(unfinished(&target).await, "after {bytes} bytes");
        let other = Folder::new();
        seeded(&other.config("c")).await;
        let error = copy(&other.config("c"), &target).await.unwrap_err();
        assert!(matches!(&error, Error::NotEmpty(text) if text.contains("has not ended")), "{error:?}");
    }
    assert!(kills > 3, "{kills} kills");
    let found = create(&target, &folder.path("b.tar.zst")).await.unwrap();
    assert_eq!(found.totals, made.totals);
    let error = copy(&config, &target).await.unwrap_err();
    assert!(matches!(error, Error::NotEmpty(_)), "{error:?}");
    serves(&target, &mut known).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_copy_into_other_stores_goes_on_too() {
    let (Some(database), Some(documents)) = (services::postgres().await, services::mongodb()) else {
        return;
    };
    let folder = Folder::new();
    let config = folder.config("a");
    let mut known = seeded(&config).await;
    let made = create(&config, &folder.path("a.tar.zst")).await.unwrap();
    let target = Config { database_url: Some(database), mongodb_url: Some(documents), ..folder.config("b") };
    let mut kills = 0;
    for bytes in (1..).step_by(2_500) {
        if !killed("copy", &config.data_dir, &target, bytes) {
            break;
        }
        kills += 1;
    }
    assert!(kills > 1, "{kills} kills");
    assert_eq!(create(&target, &folder.path("b.tar.zst")).await.unwrap().totals, made.totals);
    serves(&target, &mut known).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_leaves_the_old_instance() {
    let folder = Folder::new();
    let (config, archive) = (folder.config("a"), folder.path("a.tar.zst"));
    let server = Server::start_as(config.clone()).await;
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    let large: String =
        std::iter::once("n\n".to_owned()).chain((0..300_000).map(|n| format!("{n}\n"))).collect();
    ann.upload(&format!("{project}/sources/s"), large).await.created();
    server.stop().await;
    create(&config, &archive).await.unwrap();
    let target = folder.config("b");
    std::fs::create_dir_all(&target.data_dir).unwrap();
    let Some(_disk) = crate::faults::SmallDisk::mount(&target.data_dir.join("uploads"), "1m") else {
        services::say("LEFT OUT: no small file system may be mounted here");
        return;
    };
    let mut known = seeded(&target).await;
    let error = replace(&target, &archive).await.unwrap_err();
    assert!(matches!(error, Error::Store(impala_server::store::StoreError::Full(_))), "{error:?}");
    serves(&target, &mut known).await;
}
