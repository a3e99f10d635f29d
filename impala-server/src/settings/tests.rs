use std::collections::BTreeMap;

use super::*;

/// A run with these flags, variables and file.
struct Run {
    flags: BTreeMap<&'static str, &'static str>,
    variables: BTreeMap<&'static str, String>,
    file: tempfile::NamedTempFile,
}

impl Run {
    fn new(flags: &[(&'static str, &'static str)], variables: &[(&'static str, &str)], file: &str) -> Self {
        let run = Self {
            flags: flags.iter().copied().collect(),
            variables: variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
            file: tempfile::NamedTempFile::new().unwrap(),
        };
        std::fs::write(run.file.path(), file).unwrap();
        run
    }

    fn gather(&self) -> Result<Settings, SettingError> {
        Settings::gather(&Sources {
            flag: &|key| self.flags.get(key).map(|value| (*value).to_owned()),
            variable: &|name| self.variables.get(name).cloned(),
            file: Some(self.file.path()),
            default_data_dir: Some("/data".into()),
        })
    }

    fn shown(&self, key: &str) -> (String, String) {
        let shown = self.gather().unwrap().shown().into_iter().find(|shown| shown.setting == key).unwrap();
        (shown.value, shown.origin.replace(&self.file.path().display().to_string(), "FILE"))
    }

    #[track_caller]
    fn fails(&self, expected: &str) {
        let error = self.gather().unwrap_err().to_string();
        let error = error.replace(&self.file.path().display().to_string(), "FILE");
        assert_eq!(error, expected);
    }
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let file = "# mine\nlisten = '127.0.0.1:3'\n";
    let check = |run: Run, value: &str, origin: &str| {
        assert_eq!(run.shown("listen"), (value.to_owned(), origin.to_owned()));
    };
    let variables = [("IMPALA_LISTEN", "127.0.0.1:2")];
    check(Run::new(&[("listen", "127.0.0.1:1")], &variables, file), "127.0.0.1:1", "flag --listen");
    check(Run::new(&[], &variables, file), "127.0.0.1:2", "environment IMPALA_LISTEN");
    check(Run::new(&[], &[("IMPALA_LISTEN", "")], file), "127.0.0.1:3", "FILE:2");
    check(Run::new(&[], &[], ""), "127.0.0.1:5001", "default");
}

#[test]
fn groups_lists_and_sizes_are_read_from_the_file() {
    let file = "trusted_proxies = ['10.0.0.0/8', '::1']\nevents.poll = '2s'\n\n[limits]\nupload_bytes = '2GiB'\nquery_rows = 1_000\n";
    let run = Run::new(&[], &[], file);
    let check = |key: &str, value: &str, origin: &str| {
        assert_eq!(run.shown(key), (value.to_owned(), origin.to_owned()));
    };
    check("trusted_proxies", "10.0.0.0/8,::1/128", "FILE:1");
    check("events.poll", "2s", "FILE:2");
    check("limits.upload_bytes", "2GiB", "FILE:5");
    check("limits.query_rows", "1000", "FILE:6");
    assert_eq!(run.gather().unwrap().config.limits.upload_bytes, 2 << 30);
}

#[test]
fn what_is_wrong_is_said_in_one_line() {
    Run::new(&[], &[("IMPALA_LISTEN", "nonsense")], "").fails(
        "listen is wrong: environment IMPALA_LISTEN says \"nonsense\", expected an address and a port, such as \
         127.0.0.1:5001",
    );
    Run::new(&[], &[], "[limits]\ncolumns = 0")
        .fails("limits.columns is wrong: FILE:2 says \"0\", expected a whole number from 1");
    Run::new(&[("registration", "no")], &[], "")
        .fails("registration is wrong: flag --registration says \"no\", expected open or closed");
    Run::new(&[], &[], "\nlimits.query_row = 3")
        .fails("FILE:2: there is no setting \"limits.query_row\"; did you mean \"limits.query_rows\"?");
    Run::new(&[], &[], "listen = 1.5").fails("FILE:1: \"listen\" is a text, a number or a list of texts");
    Run::new(&[], &[("IMPALA_DATABASE_URL", "mysql://a:s3cret@b/c")], "").fails(
        "database_url is wrong: environment IMPALA_DATABASE_URL says something else, expected a URL that begins with \
         postgres:// or sqlite://",
    );
    Run::new(&[], &[("IMPALA_DATABASE_URL", "postgres://b/c?sslpassword=s3cret")], "").fails(
        "database_url is wrong: environment IMPALA_DATABASE_URL says a URL with the parameter \"sslpassword\", which means \
         nothing, expected a URL that begins with postgres:// or sqlite://",
    );
}

#[test]
fn secrets_come_from_files_and_are_shown_nowhere() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "postgres://impala:s3cret@db/impala\n").unwrap();
    let path = secret.path().display().to_string();
    let run = Run::new(&[], &[("IMPALA_DATABASE_URL_FILE", &path)], "");
    assert_eq!(run.gather().unwrap().config.database_url.unwrap(), "postgres://impala:s3cret@db/impala");
    let origin = format!("{path}, named by environment IMPALA_DATABASE_URL_FILE");
    assert_eq!(run.shown("database_url"), ("postgres://impala:***@db/impala".to_owned(), origin));
    let both = [("IMPALA_DATABASE_URL_FILE", path.as_str()), ("IMPALA_DATABASE_URL", "sqlite:///x")];
    Run::new(&[], &both, "").fails(
        "database_url is said twice: environment IMPALA_DATABASE_URL and environment IMPALA_DATABASE_URL_FILE; leave \
         one out",
    );
    let error = Run::new(&[("mongodb_url", "mongodb://a:b@c/d")], &[], "").gather().unwrap_err();
    assert!(error.to_string().starts_with("--mongodb-url holds a password"));
    assert!(error.hint().is_some_and(|hint| hint.contains("IMPALA_MONGODB_URL_FILE")));
    Run::new(&[("mongodb_url", "mongodb://c/d")], &[], "").gather().unwrap();
}

#[test]
fn every_setting_reads_what_it_shows() {
    let defaults = Run::new(&[], &[], "").gather().unwrap();
    for (setting, shown) in SETTINGS.iter().zip(defaults.shown()) {
        assert_eq!(shown.origin, "default");
        if !shown.value.starts_with('(') {
            let mut again = defaults.clone();
            setting.set(&mut again, &shown.value, &Origin::Default).unwrap();
            assert_eq!(setting.show(&again), shown.value);
        }
    }
}

#[test]
fn a_data_folder_is_needed_only_where_something_is_kept_in_it() {
    let mut variables = vec![
        ("IMPALA_DATABASE_URL", "postgres://db/impala"),
        ("IMPALA_UPLOADS", "/uploads"),
        ("IMPALA_JWT_SECRET_FILE", "/run/secrets/jwt"),
    ];
    let needs = |variables: &[(&'static str, &str)]| {
        let run = Run::new(&[], variables, "");
        run.gather().unwrap().config.needs_data_dir()
    };
    assert!(!needs(&variables));
    variables.pop();
    assert!(needs(&variables));
}
