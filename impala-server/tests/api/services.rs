//! Real PostgreSQL and MongoDB servers for tests: those of `IMPALA_TEST_DATABASE_URL` and `IMPALA_TEST_MONGODB_URL`, or our
//! own where the programs are there (`scripts/test-services install` gets them). Elsewhere the tests that need them are left
//! out with a visible line; with `CI=true` that is a failure.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::LazyLock;

use sqlx::{Connection as _, Executor as _};
use uuid::Uuid;

/// Which server.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Postgres,
    MongoDb,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::MongoDb => "mongodb",
        }
    }

    /// The variable with its URL.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Postgres => "IMPALA_TEST_DATABASE_URL",
            Self::MongoDb => "IMPALA_TEST_MONGODB_URL",
        }
    }
}

/// A server of our own. `scripts/test-services` holds it, and ends it when this goes, also when this process is killed.
pub struct Service {
    holder: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    pub url: String,
    pub pid: u32,
}

impl Service {
    /// Starts one that syncs what it keeps, and can therefore be killed; `None` where it is not installed.
    pub fn durable(kind: Kind) -> Option<Self> {
        Self::start_new(kind, &["--durable"])
    }

    /// Starts a PostgreSQL that knows TLS; its URL ends in `?sslrootcert=` and the certificate of its authority.
    pub fn with_tls() -> Option<Self> {
        Self::start_new(Kind::Postgres, &["--tls"])
    }

    /// Starts a MongoDB that requires a sign-in, and lets anyone from here make its first user.
    pub fn with_users() -> Option<Self> {
        Self::start_new(Kind::MongoDb, &["--auth"])
    }

    fn start_new(kind: Kind, options: &[&str]) -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/test-services");
        let mut holder = Command::new(script)
            .args(["serve", kind.word()])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (commands, answers) = (holder.stdin.take(), holder.stdout.take().unwrap());
        let answers = BufReader::new(answers);
        let mut service = Self { holder, commands, answers, url: String::new(), pid: 0 };
        let answer = service.answer();
        match answer.strip_prefix("absent ") {
            Some(why) => leave_out(why),
            None => service.ready(&answer),
        }
        (service.pid != 0).then_some(service)
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        assert!(line.ends_with('\n'), "the test server did not start, or is gone; see above");
        line.trim_end().to_owned()
    }

    fn ready(&mut self, answer: &str) {
        let (pid, url) = answer.strip_prefix("ready ").and_then(|rest| rest.split_once(' ')).unwrap();
        (self.pid, self.url) = (pid.parse().unwrap(), url.to_owned());
    }

    fn command(&mut self, command: &str) -> String {
        writeln!(self.commands.as_mut().unwrap(), "{command}").unwrap();
        self.answer()
    }

    /// Kills it as a power cut would; `start` brings it back on the same port with the same files.
    pub fn kill(&mut self) {
        assert_eq!(self.command("kill"), "dead");
    }

    /// Ends it in order.
    pub fn stop(&mut self) {
        assert_eq!(self.command("stop"), "dead");
    }

    /// Starts it again.
    pub fn start(&mut self) {
        let answer = self.command("start");
        self.ready(&answer);
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.commands.take());
        let _ = self.holder.wait();
    }
}

/// Says that tests are left out, as a program is not installed.
pub fn leave_out(why: &str) {
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{why}, and CI leaves nothing out");
    say(&format!("LEFT OUT: {why}"));
}

/// Says something on the real stderr, which the test harness does not capture as it does what `eprintln!` writes.
#[allow(clippy::explicit_write, reason = "eprintln! is captured")]
pub fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").unwrap();
}

/// One server of each kind serves the whole test run; each test has a database of its own on it.
fn shared_url(kind: Kind) -> Option<String> {
    static POSTGRES: LazyLock<Option<Service>> = LazyLock::new(|| Service::start_new(Kind::Postgres, &[]));
    static MONGODB: LazyLock<Option<Service>> = LazyLock::new(|| Service::start_new(Kind::MongoDb, &[]));
    let own = || match kind {
        Kind::Postgres => POSTGRES.as_ref(),
        Kind::MongoDb => MONGODB.as_ref(),
    };
    std::env::var(kind.variable()).ok().or_else(|| own().map(|service| service.url.clone()))
}

fn with_database(url: &str, name: &str) -> String {
    let mut url: reqwest::Url = url.parse().unwrap();
    url.set_path(name);
    url.into()
}

/// The URL of a new, empty PostgreSQL database.
pub async fn postgres() -> Option<String> {
    let url = shared_url(Kind::Postgres)?;
    Some(new_database(&url).await)
}

/// The URL of a new, empty schema in the database that IMPALA_TEST_DATABASE_URL names: made faster than a database, and of no
/// size to speak of.
pub async fn postgres_schema() -> Option<String> {
    let url = shared_url(Kind::Postgres)?;
    let name = format!("t_{}", Uuid::now_v7().simple());
    sqlx::any::install_default_drivers();
    let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
    connection.execute(sqlx::AssertSqlSafe(format!("create schema {name}"))).await.unwrap();
    connection.close().await.unwrap();
    let mark = if url.contains('?') { '&' } else { '?' };
    Some(format!("{url}{mark}options[search_path]={name}"))
}

/// Where the server of that kind is that all tests share.
pub fn url(kind: Kind) -> Option<String> {
    shared_url(kind)
}

/// Makes a database on the PostgreSQL server at `url`, and returns its URL.
pub async fn new_database(url: &str) -> String {
    let name = format!("t_{}", Uuid::now_v7().simple());
    sqlx::any::install_default_drivers();
    let mut connection = sqlx::AnyConnection::connect(url).await.unwrap();
    connection.execute(sqlx::AssertSqlSafe(format!("create database {name}"))).await.unwrap();
    connection.close().await.unwrap();
    with_database(url, &name)
}

/// The URL of a new, empty MongoDB database.
pub fn mongodb() -> Option<String> {
    let url = shared_url(Kind::MongoDb)?;
    Some(with_database(&url, &format!("t_{}", Uuid::now_v7().simple())))
}
