//! Backups as a server's administrator makes them: by command, beside the server and without it.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::{Person, Server};

/// Someone with the project `weather` on a server whose data folder is `data` beside them.
fn ann_with_a_server() -> (Person, Server) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start_with(|config| config.data_dir.clone_from(&data));
    let mut ann = Person::new(&server.url);
    ann.folder = folder;
    let output =
        ann.run_with(&["register", "--username", "ann", "--password-stdin"], crate::support::PASSWORD);
    assert!(output.status.success(), "{output:?}");
    ann.must(&["project", "create", "weather"]);
    ann.copy_example("seattle-weather.csv", "weather.csv");
    ann.copy_example("seattle-weather.yaml", "weather.yaml");
    ann.must(&["upload", "weather.csv"]);
    ann.must(&["canvas", "apply", "-f", "weather.yaml"]);
    (ann, server)
}

/// A transcript without what differs from run to run.
fn steady(text: &str) -> String {
    let words = text.split_inclusive([' ', '\n']).map(|word| {
        let is_hash =
            word.trim_end().len() == 64 && word.trim_end().bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hash { word.replace(word.trim_end(), "[sha256]") } else { word.to_owned() }
    });
    words.collect()
}

#[test]
fn a_server_is_backed_up_checked_and_restored() {
    let (mut ann, server) = ann_with_a_server();
    ann.says(&["backup", "create", "impala.tar.zst", "--data-dir", "data"]);
    let mode = std::fs::metadata(ann.folder.path().join("impala.tar.zst")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    ann.says(&["backup", "create", "impala.tar.zst", "--data-dir", "data"]);
    ann.says(&["backup", "restore", "impala.tar.zst", "--data-dir", "data", "--force"]);
    drop(server);
    ann.says(&["backup", "restore", "impala.tar.zst", "--data-dir", "data"]);
    ann.says(&["backup", "restore", "impala.tar.zst", "--data-dir", "again"]);
    ann.says(&["backup", "verify", "impala.tar.zst", "--json", "format"]);
    ann.says(&["backup", "verify", "weather.csv"]);
    ann.says(&["backup", "create", "x.tar.zst", "--data-dir", "nothing"]);
    let folder = ann.folder.path().to_path_buf();
    let again = Server::start_with(|config| config.data_dir = folder.join("again"));
    ann.set("IMPALA_SERVER", &again.url);
    let login = ann.run_with(&["login", "--username", "ann", "--password-stdin"], crate::support::PASSWORD);
    assert!(login.status.success(), "{login:?}");
    assert!(
        ann.must(&["canvas", "render", "seattle-weather", "-P", "ann/weather"]).contains("Rain by month")
    );
    insta::with_settings!({filters => vec![
        (r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "[time]"),
        (r"impala \d+\.\d+\.\d+", "impala [version]"),
    ], omit_expression => true, prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!(steady(&ann.transcript()).replace(ann.folder.path().to_str().unwrap(), "[home]"));
    });
}

#[test]
fn an_archive_goes_through_a_pipe() {
    let (ann, _server) = ann_with_a_server();
    let piped = ann.run(&["backup", "create", "-", "--data-dir", "data"]);
    assert!(piped.status.success(), "{piped:?}");
    std::fs::write(ann.folder.path().join("piped.tar.zst"), &piped.stdout).unwrap();
    assert!(ann.must(&["backup", "verify", "piped.tar.zst"]).contains("canvas revisions"));
    let cut = &piped.stdout[..piped.stdout.len() - 20];
    std::fs::write(ann.folder.path().join("cut.tar.zst"), cut).unwrap();
    let found = ann.run(&["backup", "verify", "cut.tar.zst"]);
    assert_eq!(found.status.code(), Some(7));
    assert!(String::from_utf8_lossy(&found.stderr).contains("cut off"), "{found:?}");
}

#[test]
fn a_server_is_copied_to_the_stores_of_a_settings_file() {
    let (ann, server) = ann_with_a_server();
    let uploads = ann.folder.path().join("files");
    let database = ann.folder.path().join("other.db");
    ann.write("database-url", &format!("sqlite://{}?mode=rwc\n", database.display()));
    ann.write(
        "server.toml",
        &format!(
            "data_dir = \"{0}/other\"\nuploads = \"{1}\"\ndatabase_url_file = \"{0}/database-url\"\n",
            ann.folder.path().display(),
            uploads.display()
        ),
    );
    let copied = ann.must(&["backup", "copy", "--from", "data", "--to", "server.toml", "--json", "totals"]);
    assert!(database.exists() && uploads.exists());
    drop(server);
    let back = ann.must(&["backup", "copy", "--from", "server.toml", "--to", "back", "--json", "totals"]);
    assert_eq!(copied, back, "counts and hashes are the same in every store");
    let again = ann.run(&["backup", "copy", "--from", "data", "--to", "back"]);
    assert_eq!(again.status.code(), Some(6));
    let told = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(told.contains("the target is not empty") && told.contains("--force"), "{told}");
    assert_eq!(ann.run(&["backup", "copy", "--from", "data", "--to", "data"]).status.code(), Some(2));
}
