//! What only PostgreSQL has: limits of time, TLS, errors that pass, and a server that goes and comes back.

use std::time::Duration;

use impala_server::store::sql::users;
use impala_server::store::{self, DatabaseConfig, StoreError};
use sqlx::{AnyPool, Executor as _};

use crate::services::{self, Kind, Service};
use crate::support::{Server, soon};

async fn connect(change: impl FnOnce(&mut DatabaseConfig)) -> Option<AnyPool> {
    let url = services::postgres().await?;
    let mut config = DatabaseConfig::default();
    change(&mut config);
    Some(store::connect_with(&url, &config).await.unwrap())
}

async fn text(pool: &AnyPool, sql: &'static str) -> Result<String, StoreError> {
    let (text,): (String,) = sqlx::query_as(sql).fetch_one(pool).await?;
    Ok(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_connection_has_its_limits_and_its_name() {
    let Some(pool) = connect(|config| config.statement_timeout = Duration::from_millis(1_234)).await else {
        return;
    };
    let check = async |setting: &str, expected: &str| {
        let sql = "select setting from pg_settings where name = $1";
        let (found,): (String,) = sqlx::query_as(sql).bind(setting).fetch_one(&pool).await.unwrap();
        assert_eq!(found, expected, "{setting}");
    };
    check("application_name", "impala").await;
    check("statement_timeout", "1234").await;
    check("lock_timeout", "10000").await;
    check("idle_in_transaction_session_timeout", "60000").await;
    check("transaction_isolation", "read committed").await;
    assert_eq!(pool.options().get_max_connections(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_in_the_url_stands() {
    let Some(url) = services::postgres().await else { return };
    let pool = store::connect(&format!("{url}?application_name=blue")).await.unwrap();
    assert_eq!(text(&pool, "select current_setting('application_name')").await.unwrap(), "blue");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_long_ends_and_may_be_tried_again() {
    let limits = |config: &mut DatabaseConfig| {
        config.statement_timeout = Duration::from_millis(500);
        config.lock_timeout = Duration::from_millis(50);
        config.idle_transaction_timeout = Duration::from_millis(1_000);
    };
    let Some(pool) = connect(limits).await else { return };
    let slow = text(&pool, "select cast(pg_sleep(60) as text)").await;
    assert!(matches!(slow, Err(StoreError::Unavailable(_))), "{slow:?}");

    pool.execute("create table held (n bigint); insert into held values (1)").await.unwrap();
    let mut holder = store::begin(&pool).await.unwrap();
    holder.execute("update held set n = 2").await.unwrap();
    let waiting = pool.execute("update held set n = 3").await.map_err(StoreError::from);
    assert!(matches!(waiting, Err(StoreError::Unavailable(_))), "{waiting:?}");
    // By now the holder, in whose transaction nothing happens, was ended or soon will be.
    soon("the holder is ended", async { while pool.execute("update held set n = 4").await.is_err() {} })
        .await;
    assert!(holder.commit().await.is_err());
    assert_eq!(text(&pool, "select cast(n as text) from held").await.unwrap(), "4");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_wait_for_each_other_one_may_try_again() {
    let Some(pool) = connect(|_| {}).await else { return };
    pool.execute("create table held (id bigint, n bigint); insert into held values (1, 0), (2, 0)")
        .await
        .unwrap();
    let mut first = store::begin(&pool).await.unwrap();
    let mut second = store::begin(&pool).await.unwrap();
    first.execute("update held set n = 1 where id = 1").await.unwrap();
    second.execute("update held set n = 2 where id = 2").await.unwrap();
    let (first, second) = tokio::join!(
        first.execute("update held set n = 1 where id = 2"),
        second.execute("update held set n = 2 where id = 1")
    );
    let error = first.and(second).unwrap_err();
    assert_eq!(error.as_database_error().unwrap().code().as_deref(), Some("40P01"));
    assert!(matches!(StoreError::from(error), StoreError::Unavailable(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_cannot_be_put_in_order_may_be_tried_again() {
    let Some(pool) = connect(|_| {}).await else { return };
    pool.execute("create table counted (n bigint); insert into counted values (0)").await.unwrap();
    let mut late = pool.begin_with("begin isolation level serializable").await.unwrap();
    late.execute("select n from counted").await.unwrap();
    pool.execute("update counted set n = 1").await.unwrap();
    let error = late.execute("update counted set n = 2").await.unwrap_err();
    assert_eq!(error.as_database_error().unwrap().code().as_deref(), Some("40001"));
    assert!(matches!(StoreError::from(error), StoreError::Unavailable(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_fail_again_is_no_passing_fault() {
    let Some(pool) = connect(|_| {}).await else { return };
    let check = async |sql: &'static str| {
        let error = StoreError::from(pool.execute(sql).await.unwrap_err());
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    };
    check("select nonsense").await;
    check("select 1 / 0").await;
    let nul = users::find(&pool, "a\0b").await;
    assert!(matches!(nul, Err(StoreError::Corrupt { .. })), "{nul:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_were_ended_are_replaced() {
    let Some(pool) = connect(|_| {}).await else { return };
    let others = "select cast(count(pg_terminate_backend(pid)) as text) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()";
    let held = [pool.acquire().await.unwrap(), pool.acquire().await.unwrap(), pool.acquire().await.unwrap()];
    assert!(text(&pool, others).await.unwrap().parse::<u32>().unwrap() >= 3);
    drop(held);
    for _ in 0..4 {
        assert_eq!(text(&pool, "select 'here'").await.unwrap(), "here");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_fails_and_a_database_that_is_not_there_are_said() {
    let Some(url) = services::postgres().await else { return };
    let check = async |url: String, expected: &str| {
        let error = store::connect(&url).await.unwrap_err();
        assert!(matches!(error, StoreError::Refused(_)) && error.to_string().contains(expected), "{error:?}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    };
    check(url.replace("postgres@", "nobody:s3cret@"), "check user and password").await;
    let (server, _) = url.rsplit_once('/').unwrap();
    check(format!("{server}/nowhere"), "\"nowhere\" does not exist; make it: createdb").await;
    check(format!("{url}?sslmode=require"), "no TLS connection: server does not support TLS").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_is_used_as_the_url_says() {
    let Some(server) = Service::with_tls() else { return };
    let (plain, authority) = server.url.split_once("?sslrootcert=").unwrap();
    let is_tls = async |options: String| {
        let pool = store::connect(&format!("{plain}?{options}")).await?;
        text(&pool, "select cast(ssl as text) from pg_stat_ssl where pid = pg_backend_pid()").await
    };
    let check = async |options: String, expected: &str| {
        assert_eq!(is_tls(options.clone()).await.unwrap(), expected, "{options}");
    };
    check("sslmode=disable".to_owned(), "false").await;
    check("sslmode=require".to_owned(), "true").await;
    check(format!("sslmode=verify-full&sslrootcert={authority}"), "true").await;
    let unknown = is_tls("sslmode=verify-full".to_owned()).await.unwrap_err();
    assert!(matches!(unknown, StoreError::Refused(_)), "{unknown:?}");
    assert!(unknown.to_string().contains("no TLS connection"), "{unknown}");
    let nowhere = is_tls("sslmode=verify-full&sslrootcert=/nowhere".to_owned()).await.unwrap_err();
    assert!(matches!(nowhere, StoreError::Refused(_)), "{nowhere:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_follows_the_database() {
    let Some(mut postgres) = Service::durable(Kind::Postgres) else { return };
    let url = postgres.url.clone();
    let server = Server::start_with(|config| config.database_url = Some(url)).await;
    let ready = async || server.anyone().get("/readyz").await;
    assert_eq!(ready().await.text(), "ready\n");
    postgres.stop();
    let problem = ready().await.problem(503, "unavailable");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("database") && !detail.contains("127.0.0.1"), "{problem}");
    assert_eq!(server.anyone().get("/healthz").await.text(), "ok\n");
    postgres.start();
    assert_eq!(ready().await.text(), "ready\n");
    server.sign_up("ann").await;
}
