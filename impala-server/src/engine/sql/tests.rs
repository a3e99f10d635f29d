//! What is let through, and what is not.

use crate::engine::fixture::fault;
use crate::engine::{Stop, sources_of_sql};

#[test]
fn everything_but_one_select_over_sources_is_refused() {
    let mut wrong = Vec::new();
    let mut check = |sql: &str, expected: &str| {
        let detail = fault(sources_of_sql(sql, &Stop::never()));
        if !detail.contains(expected) {
            wrong.push(format!("{sql:.200}\n  said: {detail}\n  expected: {expected}"));
        }
    };
    // Several statements, none, or another one.
    check("", "is empty");
    check("   -- nothing", "is empty");
    check(";;", "is empty");
    check("SELECT 1; SELECT 2", "several statements");
    check("SELECT * FROM t; DROP TABLE t", "several statements");
    check("SELECT * FROM t /* ; */ ; DELETE FROM t", "several statements");
    for (sql, word) in [
        ("INSERT INTO t VALUES (1)", "INSERT"),
        ("UPDATE t SET a = 1", "UPDATE"),
        ("DELETE FROM t", "DELETE"),
        ("MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE", "MERGE"),
        ("TRUNCATE TABLE t", "TRUNCATE"),
        ("DROP TABLE t", "DROP"),
        ("ALTER TABLE t ADD COLUMN a INT", "ALTER"),
        ("CREATE TABLE u AS SELECT * FROM t", "CREATE"),
        ("CREATE VIEW u AS SELECT * FROM t", "CREATE"),
        ("EXPLAIN SELECT * FROM t", "EXPLAIN"),
        ("SHOW TABLES", "SHOW"),
        ("COPY t TO '/tmp/out.csv'", "COPY"),
        ("COPY (SELECT * FROM t) TO '/tmp/out.csv'", "COPY"),
        ("ATTACH DATABASE '/tmp/x.db' AS x", "ATTACH"),
        ("PRAGMA table_info(t)", "PRAGMA"),
        ("SET a = 1", "SET"),
        ("USE other", "USE"),
        ("GRANT ALL ON t TO ann", "GRANT"),
        ("CALL run()", "CALL"),
        ("BEGIN TRANSACTION", "BEGIN"),
        ("COMMIT", "COMMIT"),
        ("LOAD DATA INPATH '/etc/passwd' INTO TABLE t", "LOAD"),
        ("INSTALL httpfs", "INSTALL"),
        ("ANALYZE TABLE t", "ANALYZE"),
        ("VACUUM", "VACUUM"),
        ("KILL 1", "KILL"),
        ("PREPARE p AS SELECT 1", "PREPARE"),
        ("DECLARE c CURSOR FOR SELECT 1", "DECLARE"),
    ] {
        check(sql, word);
    }
    check("VALUES (1, 2)", "VALUES");
    check("TABLE t", "begins with TABLE");
    check("SELECT a FROM t UNION TABLE t", "TABLE is not let through");
    check("FROM t", "SELECT without columns");
    check("WITH a AS (INSERT INTO t VALUES (1)) SELECT * FROM a", "INSERT");
    check("SELECT * INTO u FROM t", "INTO");
    check("SELECT * FROM t FOR UPDATE", "FOR");
    check("SELECT * FROM t FORMAT CSV", "FORMAT");
    check("SELECT * FROM t INTO OUTFILE '/tmp/x'", "cannot be read");

    // Files, however they are hidden.
    check("SELECT * FROM read_csv('/etc/passwd')", "read_csv(...)");
    check("SELECT * FROM READ_CSV ( '/etc/passwd' )", "(...)");
    check("SELECT * FROM \"read_csv\"('/etc/passwd')", "(...)");
    check("SELECT * FROM read_parquet('uploads/*.parquet')", "read_parquet(...)");
    check("SELECT * FROM read_json('/etc/passwd')", "read_json(...)");
    check("SELECT * FROM read_ipc('/etc/passwd')", "read_ipc(...)");
    check("SELECT * FROM scan_csv('/etc/passwd')", "scan_csv(...)");
    check("SELECT * FROM scan_parquet('s3://bucket/x')", "scan_parquet(...)");
    check("SELECT * FROM glob('/etc/*')", "glob(...)");
    check("SELECT * FROM TABLE(read_csv('/etc/passwd'))", "(...)");
    check("SELECT * FROM LATERAL read_csv('/etc/passwd')", "(...)");
    check("SELECT * FROM/**/read_csv/**/('/etc/passwd')", "(...)");
    check("SELECT * FROM t, read_csv('/etc/passwd')", "(...)");
    check("SELECT * FROM t JOIN read_csv('/etc/passwd') u ON t.a = u.a", "(...)");
    check("SELECT * FROM (SELECT * FROM read_csv('/etc/passwd')) u", "(...)");
    check("SELECT * FROM (t CROSS JOIN read_csv('/etc/passwd'))", "(...)");
    check("WITH u AS (SELECT * FROM read_csv('/etc/passwd')) SELECT * FROM u", "(...)");
    check("SELECT * FROM t UNION ALL SELECT * FROM read_csv('/etc/passwd')", "(...)");
    check("SELECT * FROM t WHERE a IN (SELECT a FROM read_csv('/etc/passwd'))", "(...)");
    check("SELECT * FROM t WHERE EXISTS (SELECT 1 FROM read_csv('/etc/passwd'))", "(...)");
    check("SELECT (SELECT a FROM read_csv('/etc/passwd')) FROM t", "(...)");
    check("SELECT * FROM t ORDER BY (SELECT a FROM read_csv('/etc/passwd'))", "(...)");
    check("SELECT sum(a) OVER (PARTITION BY (SELECT a FROM read_csv('/x'))) FROM t", "(...)");
    check("SELECT * FROM '/etc/passwd'", "not a source's name");
    check("SELECT * FROM \"/etc/passwd\"", "not a source's name");
    check("SELECT * FROM `../secret.parquet`", "not a source's name");
    check("SELECT * FROM \"file.csv\"", "not a source's name");
    check("SELECT * FROM other.t", "not a source's name");
    check("SELECT * FROM \"source t\"", "not a source's name");
    check("SELECT * FROM \"t@0\"", "version's number");

    // Functions and nodes that are not on the list.
    check("SELECT read_csv('/etc/passwd')", "read_csv() is not let through");
    check("SELECT current_date()", "current_date()");
    check("SELECT current_setting('x') FROM t", "current_setting()");
    check("SELECT getenv('HOME') FROM t", "getenv()");
    check("SELECT repeat('x', 1000000000) FROM t", "repeat()");
    check("SELECT rpad(a, 1000000000) FROM t", "rpad()");
    check("SELECT * FROM generate_series(1, 1000000000)", "generate_series(...)");
    check("SELECT * FROM UNNEST([1, 2]) AS u(a)", "UNNEST(...)");
    check("SELECT unnest(a) FROM t", "unnest()");
    check("SELECT array_agg(a) FROM t", "array_agg()");
    check("SELECT averge(a) FROM t", "did you mean \"avg\"?");
    check("SELECT mean(a) FROM t", "the function mean() is not let through; SQL writes avg(...)");
    check("SELECT q1(a) FROM t", "SQL writes quantile_cont(..., 0.25)");
    check("SELECT rank() FROM t", "OVER");
    check("SELECT [1, 2] FROM t", "not let through");
    check("SELECT a COLLATE \"de_DE\" FROM t", "not let through");
    check("SELECT a -> 'b' FROM t", "operator ->");
    check("SELECT a::json FROM t", "type JSON");
    check("SELECT X'2f' FROM t", "single quotes");
    check("SELECT $$text$$ FROM t", "single quotes");
    check("SELECT ? FROM t", "written $name");
    check("SELECT :a FROM t", "written $name");
    check("SELECT * FROM t TABLESAMPLE (10 PERCENT)", "TABLESAMPLE");
    check("SELECT * FROM t PIVOT (sum(a) FOR b IN ('x'))", "FROM takes");
    check("SELECT * FROM t LATERAL VIEW explode(a) u AS b", "LATERAL VIEW");
    check("SELECT TOP 5 * FROM t", "TOP");
    check("SELECT * FROM t ORDER BY 0", "counted from 1");
    check("SELECT a FROM t GROUP BY 0", "counted from 1");
    check("SELECT a FROM t GROUP BY ROLLUP (a)", "not let through");

    // Work without end.
    check("WITH RECURSIVE a AS (SELECT 1 UNION ALL SELECT * FROM a) SELECT * FROM a", "RECURSIVE");
    check("SELECT * FROM t JOIN u ON t.a < u.a", "equal columns");
    check("SELECT * FROM t JOIN u ON 1 = 1", "equal columns");
    check("SELECT * FROM t JOIN u ON t.a = u.a OR true", "equal columns");
    check("SELECT * FROM t JOIN u ON t.a = t.a", "equal columns");
    check("SELECT * FROM t JOIN u", "needs ON");
    check("SELECT * FROM t WHERE a IN (WITH u AS (SELECT 1) SELECT * FROM u)", "WITH stands");
    check(&format!("SELECT {}1{}", "(".repeat(5000), ")".repeat(5000)), "too deeply");
    for bomb in ["CAST(", "POSITION(", "CAST(POSITION(", "CASE(", "NOT - ", "ARRAY[", "ARRAY<"] {
        check(&format!("SELECT {}", bomb.repeat(17)), "too deeply");
    }
    check(&format!("SELECT {}", "1+".repeat(5000) + "1"), "chains more than");
    check(&format!("SELECT {}1", "- ".repeat(6000)), "too deeply");
    check(&format!("SELECT '{}'", "x".repeat(30_000)), "bytes long");
    check(&["SELECT 1"; 100].join(" UNION ALL "), "more than 40 SELECTs");
    let doubling: Vec<String> = (1..10)
        .map(|n| format!("c{n} AS (SELECT * FROM c{} UNION ALL SELECT * FROM c{})", n - 1, n - 1))
        .collect();
    check(
        &format!("WITH c0 AS (SELECT * FROM t), {} SELECT * FROM c9", doubling.join(", ")),
        "reads 512 tables",
    );

    // Texts that grow.
    let long = "x".repeat(800);
    check(
        &format!("SELECT replace(replace(replace('x', 'x', '{long}'), 'x', '{long}'), 'x', '{long}')"),
        "times as",
    );
    check(&format!("SELECT replace(k, '', '{long}') FROM t"), "times as long");
    check("SELECT replace(k, k, k) FROM t", "replace(field, 'from', 'to')");
    check(
        &format!("SELECT {} FROM t", "replace(".repeat(9) + "k" + &", 'x', 'xx')".repeat(9)),
        "times as long",
    );
    let mut grown = "k".to_owned();
    for _ in 0..9 {
        grown = format!("concat({grown}, {grown})");
    }
    check(&format!("SELECT {grown} FROM t"), "times as long");
    let chain: Vec<String> =
        (1..10).map(|n| format!("c{n} AS (SELECT k || k AS k FROM c{})", n - 1)).collect();
    check(&format!("WITH c0 AS (SELECT * FROM t), {} SELECT k FROM c9", chain.join(", ")), "times as long");

    // What Polars panics at.
    for interval in
        ["x", "1é", "1 fortnight", "99999999999 years", "-1 day", "1", "", "1 day 1 day", "+1 day"]
    {
        check(&format!("SELECT d + INTERVAL '{interval}' FROM t"), "INTERVAL '3 days'");
    }
    check("SELECT d + INTERVAL k FROM t", "INTERVAL '3 days'");
    check("SELECT greatest() FROM t", "without an argument");
    check("SELECT * FROM t WHERE LEAST() > 1", "without an argument");
    check(
        "SELECT * FROM t UNION ALL SELECT * FROM t OFFSET 9223372036854775807",
        "OFFSET 9223372036854775807",
    );
    check("SELECT * FROM t LIMIT 99999999999", "whole number up to");

    check("SELECT * FROM seattle-weather", "double quotes");
    check("SELECT * FRM t", "cannot be read as SQL");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn selects_name_their_sources() {
    let check = |sql: &str, expected: &str| {
        let sources = sources_of_sql(sql, &Stop::never()).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let sources: Vec<String> = sources.iter().map(ToString::to_string).collect();
        assert_eq!(sources.join(" "), expected, "{sql}");
    };
    check("SELECT 1", "");
    check("select * from Taxis", "taxis");
    check("SELECT * FROM \"taxis@3\" AS t, \"seattle-weather\" -- a comment", "seattle-weather taxis@3");
    check(
        "SELECT * FROM a WHERE x IN (SELECT x FROM b) AND EXISTS (SELECT 1 FROM c WHERE c.x = a.x)",
        "a b c",
    );
    check("(SELECT * FROM a) UNION (SELECT * FROM b) EXCEPT SELECT * FROM c", "a b c");
    check("WITH a AS (SELECT * FROM a), b AS (SELECT * FROM a) SELECT * FROM b", "a");
    check("WITH b AS (SELECT * FROM a) SELECT * FROM b JOIN c USING (x)", "a c");
    check("SELECT * FROM (SELECT * FROM a) AS b", "a");
    check("SELECT CASE WHEN x > 1 THEN 'a;b' ELSE 'c--d' END FROM a", "a");
    check(
        "SELECT sum(x) OVER (PARTITION BY k ORDER BY x) FROM a QUALIFY sum(x) OVER (PARTITION BY k) > 3",
        "a",
    );
    check("SELECT count(*), count(DISTINCT k) FILTER (WHERE x > $low) FROM a LIMIT $n OFFSET 2", "a");
    check(
        "SELECT replace(upper(x) || ', ' || y || z, ';', ' and '), concat_ws(',', x, y, z), pi() FROM a",
        "a",
    );
    check("SELECT d + INTERVAL '10000 Years', d - INTERVAL '1 month' FROM a LIMIT 5 OFFSET 1000000", "a");
    check("SELECT x::float / 3, CAST(d AS DATE), EXTRACT(year FROM d), d + INTERVAL '1 day' FROM a", "a");
    check(
        "SELECT * FROM a CROSS JOIN (SELECT max(x) AS m FROM a) b WHERE x ~ '^a' AND y NOT ILIKE '%b%'",
        "a",
    );
    check(
        "SELECT a.*, b.y FROM a LEFT JOIN b ON a.k = b.k AND (a.l = b.l) ORDER BY 1 DESC NULLS LAST, 2",
        "a b",
    );
    check("SELECT DISTINCT k FROM a GROUP BY k, 2 HAVING count(*) > 1", "a");
    check(
        "SELECT DATE '2013-01-01', TRIM(BOTH ' ' FROM x), SUBSTRING(x FROM 2 FOR 3), POSITION('a' IN x) FROM a",
        "a",
    );
}
