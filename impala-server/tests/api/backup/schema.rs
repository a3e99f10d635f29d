//! The list of tables against the schema after all migrations: a new table has to be listed.

use std::collections::BTreeSet;

use impala_server::backup::{LEFT_OUT, TABLES};
use impala_server::store;
use sqlx::{AnyPool, Row as _};

async fn texts(pool: &AnyPool, sql: &str, column: &str) -> BTreeSet<String> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await.unwrap();
    rows.iter().map(|row| row.try_get(column).unwrap()).collect()
}

fn listed() -> BTreeSet<String> {
    let left_out = LEFT_OUT.iter().map(|(name, _)| *name);
    TABLES.iter().map(|table| table.name).chain(left_out).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_table_is_copied_or_left_out_for_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    let pool = store::connect(&store::sqlite_url(&dir.path().join("x.db")).unwrap()).await.unwrap();
    let sql = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'";
    assert_eq!(texts(&pool, sql, "name").await, listed(), "see TABLES and LEFT_OUT in backup/tables.rs");
    for table in TABLES {
        let sql = format!("select name from pragma_table_info('{}') where pk > 0", table.name);
        let key: BTreeSet<String> = table.key.iter().map(ToString::to_string).collect();
        assert_eq!(texts(&pool, &sql, "name").await, key, "the key of {}", table.name);
        let sql = format!(
            "select \"from\" || ' ' || \"table\" || ' ' || \"to\" as text from pragma_foreign_key_list('{}')",
            table.name
        );
        let references =
            table.references.iter().map(|(column, referred)| format!("{column} {referred} id")).collect();
        assert_eq!(texts(&pool, &sql, "text").await, references, "the references of {}", table.name);
    }
}

#[tokio::test]
async fn tables_come_after_those_that_they_refer_to() {
    for (index, table) in TABLES.iter().enumerate() {
        for (column, referred) in table.references {
            assert!(TABLES[..index].iter().any(|before| before.name == *referred), "{}.{column}", table.name);
        }
    }
}

#[tokio::test]
async fn postgresql_has_the_same_tables() {
    let Some(url) = crate::services::postgres().await else { return };
    let pool = store::connect(&url).await.unwrap();
    let sql = "select cast(table_name as text) as name from information_schema.tables
         where table_schema = current_schema()";
    assert_eq!(texts(&pool, sql, "name").await, listed());
    pool.close().await;
}
