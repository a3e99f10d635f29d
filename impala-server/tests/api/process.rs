//! A server in a process of its own, which can be killed: this test program, which then runs nothing but `serve`.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::support::{PASSWORD, Person};

/// The stores of the server.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Setup {
    pub data_dir: PathBuf,
    pub database_url: Option<String>,
    pub mongodb_url: Option<String>,
    pub uploads_dir: Option<PathBuf>,
    pub drain_ms: Option<u64>,
}

impl Setup {
    /// All in one folder.
    pub fn embedded(data_dir: &Path) -> Self {
        Self { data_dir: data_dir.to_owned(), ..Self::default() }
    }

    /// Where its uploads are.
    pub fn uploads(&self) -> PathBuf {
        self.uploads_dir.clone().unwrap_or_else(|| self.data_dir.join("uploads"))
    }

    fn config(self) -> impala_server::Config {
        let mut config = impala_server::Config::new(self.data_dir);
        config.listen.set_port(0);
        config.bcrypt_cost = 4;
        config.database_url = self.database_url;
        config.mongodb_url = self.mongodb_url;
        config.uploads_dir = self.uploads_dir;
        config.access_token_life = Duration::from_secs(60 * 60);
        if let Some(ms) = self.drain_ms {
            config.drain_timeout = Duration::from_millis(ms);
        }
        config
    }
}

pub struct Process {
    child: Child,
    pub url: String,
    /// Its output has to go somewhere.
    _stdout: BufReader<ChildStdout>,
}

const SERVE: &str = "IMPALA_TEST_SERVE";

impl Process {
    pub fn start(setup: &Setup) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["process::serve", "--exact", "--nocapture"])
            .env(SERVE, serde_json::to_string(setup).unwrap())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let line = stdout.by_ref().lines().map(Result::unwrap).find(|line| line.contains("http://")).unwrap();
        let url = line[line.find("http://").unwrap()..].to_owned();
        Self { child, url, _stdout: stdout }
    }

    /// As a power cut would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As an operator would.
    pub fn terminate(&self) {
        let done = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(done.success());
    }

    /// Waits for its end.
    pub fn wait(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    pub fn anyone(&self) -> Person {
        Person { url: self.url.clone(), client: reqwest::Client::new(), token: None }
    }

    /// Registers someone, or signs them in when they are there.
    pub async fn sign_in(&self, username: &str) -> Person {
        let credentials = json!({"username": username, "password": PASSWORD});
        let mut answer = self.anyone().post("/api/v1/auth/register", credentials.clone()).await;
        if !answer.status.is_success() {
            answer = self.anyone().post("/api/v1/auth/login", credentials).await;
        }
        assert!(answer.status.is_success(), "{}", answer.text());
        Person { token: answer.json()["access_token"].as_str().map(str::to_owned), ..self.anyone() }
    }
}

/// Not a test by itself: see [`Process`].
#[tokio::test(flavor = "multi_thread")]
async fn serve() {
    let Some(setup) = std::env::var_os(SERVE) else { return };
    let setup: Setup = serde_json::from_slice(setup.as_encoded_bytes()).unwrap();
    let stop = impala_server::stop_signal().unwrap();
    let mut config = setup.config();
    if config.database_url.is_none() {
        crate::production::use_stores(&mut config).await;
    }
    let running = impala_server::start(config).await.unwrap();
    println!("\n{}", running.url());
    stop.await;
    running.stop().await.unwrap();
}
