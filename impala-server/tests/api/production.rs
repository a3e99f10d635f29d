//! The whole suite a second time, with the stores of production: PostgreSQL and MongoDB.

use std::process::Command;

use impala_server::Config;

use crate::services::{self, Kind};

/// Makes the servers of this program use the stores of production.
const STORES: &str = "IMPALA_TEST_STORES";

/// Tests that choose their stores themselves, or do not depend on them.
const OWN_STORES: [&str; 16] = [
    "backup::",
    "browser::",
    "down::",
    "instances::",
    "kills::",
    "lost_answers::",
    "mongodb_users::",
    "nginx::",
    "production::",
    "postgresql::",
    "postgresql_faults::",
    "proxies::",
    "sql::",
    "stores::",
    "two_servers::",
    "upgrades::",
];

/// Tests at once: each has a pool of its own, and PostgreSQL takes 200 connections.
const THREADS: &str = "--test-threads=8";

/// Whether this is that run.
pub fn is_on() -> bool {
    std::env::var(STORES).as_deref() == Ok("production")
}

/// Gives a server new stores of production, if those are to be used; or, on a folder that another server has left, the ones
/// that it had.
pub async fn use_stores(config: &mut Config) {
    if !is_on() {
        return;
    }
    let noted = config.data_dir.join("test-stores");
    let urls = match std::fs::read_to_string(&noted) {
        Ok(urls) => urls,
        Err(_) => {
            let urls = [services::postgres_schema().await.unwrap(), services::mongodb().unwrap()].join("\n");
            std::fs::write(&noted, &urls).unwrap();
            urls
        }
    };
    let (postgres, mongodb) = urls.split_once('\n').unwrap();
    config.database_url = Some(postgres.to_owned());
    config.mongodb_url = Some(mongodb.to_owned());
    config.database.connections = 4;
}

#[test]
fn the_whole_suite_passes_on_postgresql_and_mongodb() {
    if is_on() {
        return;
    }
    let kinds = [Kind::Postgres, Kind::MongoDb];
    let [Some(postgres), Some(mongodb)] = kinds.map(services::url) else { return };
    let mut suite = Command::new(std::env::current_exe().unwrap());
    suite.arg(THREADS).args(OWN_STORES.iter().flat_map(|name| ["--skip", name]));
    suite.env(STORES, "production");
    suite.env(Kind::Postgres.variable(), postgres).env(Kind::MongoDb.variable(), mongodb);
    let done = suite.output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    println!("{}", said.lines().last().unwrap_or_default());
    assert!(done.status.success(), "{said}\n{}", String::from_utf8_lossy(&done.stderr));
    assert!(said.matches("... ok").count() > 100, "{said}");
}
