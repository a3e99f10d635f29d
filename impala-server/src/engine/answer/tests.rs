//! Answers to blocks and statements.

use std::sync::Arc;
use std::time::{Duration, Instant};

use impala_core::parameter::Bound;
use impala_core::source::SourceRef;
use polars::prelude::{DataFrame, NamedFrom, Series};

use super::*;
use crate::engine::fixture::{Fixture, LIMITS, fault, lines, query};

#[test]
fn a_select_is_answered() {
    let fixture = Fixture::weather()
        .bind("since", Bound::Date("2012-12-31".parse().expect("a day")))
        .bind("kinds", Bound::List(vec!["rain".into(), "snow".into()]))
        .bind("kind", Bound::Text("' OR 1 = 1 --".into()))
        .bind("least", Bound::Number(-1.5))
        .bind("n", Bound::Number(2.0))
        .bind("cold", Bound::Boolean(true))
        .bind("number", Bound::Text("3".into()))
        .bind("unset", Bound::Unset);
    let mut wrong = Vec::new();
    let mut check = |sql: &str, expected: &[&str]| {
        let found = match fixture.sql(sql) {
            Ok(answer) => lines(&answer.columns),
            Err(error) => vec![fault::<()>(Err(error))],
        };
        if found != expected {
            wrong.push(format!("{sql}\n  found:    {found:?}\n  expected: {expected:?}"));
        }
    };
    check(
        "SELECT days, wind FROM weather WHERE wind > 1 ORDER BY wind DESC",
        &["days: 5 2 1", "wind: 4 2.5 1.5"],
    );
    check(
        "SELECT kind, count(*) AS n FROM Weather GROUP BY kind ORDER BY n DESC, kind",
        &["kind: rain sun snow -", "n: 2 2 1 1"],
    );
    check("SELECT days FROM weather WHERE date >= '2012-12-31'", &["days: 4 5 6"]);
    check("SELECT days FROM weather WHERE '2012-12-31' <= date", &["days: 4 5 6"]);
    check("SELECT days FROM weather WHERE at >= '2012-12-31'", &["days: 4 5 6"]);
    check("SELECT days FROM weather WHERE instant >= '2012-12-31'", &["days: 4 5 6"]);
    check("SELECT days FROM weather WHERE at >= '2012-12-31T06:30:00'", &["days: 4 5 6"]);
    check("SELECT days FROM weather WHERE at > '2012-12-31 06:30:00'", &["days: 5 6"]);
    check("SELECT days FROM weather WHERE date BETWEEN '2012-02-01' AND '2012-12-31'", &["days: 3 4"]);
    check("SELECT days FROM weather WHERE date IN ('2012-01-02', '2013-01-01')", &["days: 2 5"]);
    check("SELECT days FROM weather WHERE date >= $since", &["days: 4 5 6"]);
    check("SELECT days FROM weather WHERE $since <= at", &["days: 4 5 6"]);
    check("SELECT days FROM weather WHERE instant >= $since AND days < 6", &["days: 4 5"]);
    check("SELECT days FROM weather WHERE date BETWEEN $since AND $since", &["days: 4"]);
    check("SELECT days FROM weather WHERE date >= DATE '2013-01-01'", &["days: 5 6"]);
    check("SELECT days FROM weather WHERE date > $since - INTERVAL '1 day' AND days < 5", &["days: 4"]);
    check("SELECT days FROM weather WHERE kind IN ($kinds)", &["days: 1 4 5"]);
    check("SELECT days FROM weather WHERE kind NOT IN ($kinds, 'x')", &["days: 2 6"]);
    check("SELECT days FROM weather WHERE kind = $kind", &["days: "]);
    check("SELECT days FROM weather WHERE wind > $least AND is_cold = $cold", &["days: 1 5"]);
    check("SELECT days FROM weather WHERE days = $number", &["days: 3"]);
    check("SELECT days FROM weather WHERE days IN ($number, 4)", &["days: 3 4"]);
    check("SELECT days FROM weather LIMIT $n", &["days: 1 2"]);
    check("SELECT days FROM weather ORDER BY days LIMIT $unset OFFSET 4", &["days: 5 6"]);
    check("SELECT days FROM weather WHERE $unset IS NULL AND days = 1", &["days: 1"]);
    check("SELECT days FROM weather WHERE kind IN ($unset)", &["days: "]);
    check("SELECT $kind AS text, $n AS n", &["text: ' OR 1 = 1 --", "n: 2"]);
    // A common table expression hides the source of the same name, from where it is defined on.
    check("WITH weather AS (SELECT days FROM weather WHERE days > 4) SELECT * FROM weather", &["days: 5 6"]);
    check(
        "WITH cities AS (SELECT days FROM weather), x AS (SELECT * FROM cities WHERE days = 1) SELECT cities.days FROM cities JOIN x ON cities.days = x.days",
        &["days: 1"],
    );
    check(
        "SELECT w.days, c.city FROM weather w JOIN cities c ON w.kind = c.kind ORDER BY w.days",
        &["days: 2 4 6", "city: Rome Oslo Rome"],
    );
    check("SELECT days FROM weather WHERE kind IN (SELECT kind FROM cities) ORDER BY days", &["days: 2 4 6"]);
    check(
        "SELECT days FROM weather WHERE NOT EXISTS (SELECT 1 FROM cities WHERE cities.kind = weather.kind) ORDER BY days",
        &["days: 1 3 5"],
    );
    check(
        "SELECT city FROM cities UNION ALL SELECT kind FROM weather WHERE days = 1 ORDER BY city",
        &["city: Oslo Rome rain"],
    );
    check(
        "SELECT days, wind / m AS part FROM weather CROSS JOIN (SELECT max(wind) AS m FROM weather) t WHERE days < 3",
        &["days: 1 2", "part: 0.375 0.625"],
    );
    check(
        "SELECT days, sum(days) OVER (PARTITION BY kind ORDER BY days) AS s FROM weather WHERE kind = 'sun'",
        &["days: 2 6", "s: 2 8"],
    );
    check(
        "SELECT date, at, instant, is_cold FROM weather WHERE days = 3",
        &["date: 2012-02-29", "at: 2012-02-29T06:30:00", "instant: 2012-02-29T06:30:00Z", "is_cold: -"],
    );
    check(
        "SELECT EXTRACT(year FROM date) AS y, count(*) AS n FROM weather GROUP BY y ORDER BY y",
        &["y: 2012 2013", "n: 4 2"],
    );
    check("SELECT date - DATE '2012-01-01' AS seconds FROM weather WHERE days = 2", &["seconds: 86400"]);
    check(
        "SELECT CASE WHEN wind > 2 THEN 'high' ELSE 'low' END AS w, upper(kind) || '!' AS k FROM weather WHERE days = 2",
        &["w: high", "k: SUN!"],
    );
    check("SELECT count(DISTINCT kind) AS n, round(avg(wind), 1) AS w FROM weather", &["n: 3", "w: 2.1"]);

    check("SELECT dys FROM weather", &["/sql: there is no field \"dys\"; did you mean \"days\"?"]);
    check("SELECT weather.dys FROM weather", &["/sql: there is no field \"dys\"; did you mean \"days\"?"]);
    check(
        "SELECT days FROM weather WHERE wnd > 1",
        &["/sql: there is no field \"wnd\"; did you mean \"wind\"?"],
    );
    check("SELECT days FROM wether", &["/sql: there is no source \"wether\"; did you mean \"weather\"?"]);
    check(
        "SELECT days FROM weather WHERE date > $sinse",
        &["/sql: there is no parameter \"sinse\"; did you mean \"since\"?"],
    );
    check(
        "SELECT days FROM weather WHERE kind = $kinds",
        &["/sql: $kinds is a list; write: field IN ($kinds)"],
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn faults_of_a_statement_are_told_without_paths() {
    let fixture = Fixture::weather();
    let check = |sql: &str| {
        let error = fixture.sql(sql).expect_err(sql);
        let QueryError::Invalid(invalid) = error else { panic!("{sql}: {error:?}") };
        let detail = invalid.to_string();
        assert!(!detail.contains("parquet") && !detail.contains("/tmp"), "{detail}");
    };
    check("SELECT kind + 1 FROM weather");
    check("SELECT sum(kind) FROM weather WHERE wind = 'x'");
    check("SELECT days FROM weather WHERE days");
    check("SELECT days FROM weather WHERE date > 'soon'");
    check("SELECT CAST(kind AS INT) FROM weather");
    check("SELECT days, days FROM weather");
    check("SELECT days FROM weather UNION SELECT days, wind FROM weather");
    check("SELECT days FROM weather WHERE kind ~ '('");
    check("SELECT days FROM weather LIMIT 1.5");
    check("SELECT days FROM weather ORDER BY 7");
    check("SELECT abs(1, 2, 3) FROM weather");
}

#[test]
fn a_filter_says_which_rows_count() {
    let fixture = Fixture::weather()
        .bind("kind", Bound::Unset)
        .bind("least", Bound::Number(2.0))
        .bind("since", Bound::Date("2013-01-01".parse().expect("a day")));
    let mut wrong = Vec::new();
    let mut check = |filter: &str, expected: &str| {
        let found = match fixture.block(&format!("source: weather, columns: [days], filter: \"{filter}\"")) {
            Ok(answer) => lines(&answer.columns)[0].clone(),
            Err(error) => fault::<()>(Err(error)),
        };
        if found != expected {
            wrong.push(format!("{filter}\n  found:    {found}\n  expected: {expected}"));
        }
    };
    check("wind > $least", "days: 2 5");
    check("date >= $since", "days: 5 6");
    check("$since > date and kind = 'sun'", "days: 2");
    // What mentions a parameter that is not set is left out.
    check("kind = $kind AND wind > $least", "days: 2 5");
    check("(wind > $least AND kind IN ($kind)) AND days > 2", "days: 5");
    check("kind = $kind OR days = 1", "days: 1 2 3 4 5 6");
    check("NOT (kind = 'sun' OR kind = 'rain') AND days > 1", "days: 4");
    check("is_cold", "days: 1 4 5");
    check("wnd > 1", "/filter: there is no field \"wnd\"; did you mean \"wind\"?");
    check("wind > $leest", "/filter: there is no parameter \"leest\"; did you mean \"least\"?");
    // A function of SQL, and a word of blocks.
    for function in ["sum", "mean"] {
        check(
            &format!("{function}(wind) > 1"),
            &format!(
                "/filter: a filter looks at one row, and {function}() needs many; compare it in the block's \"sql\", \
                 behind HAVING, or show it in a metric"
            ),
        );
    }
    check(
        "days IN (SELECT days FROM weather)",
        "/filter: a filter holds no subquery; write the block's \\\"sql\\\" instead"
            .replace("\\\"", "\"")
            .as_str(),
    );
    check("days = 1; DROP TABLE weather", "/filter: is one expression; \";\" is not expected here");
    check("days = 1 ORDER BY days", "/filter: is one expression; \"ORDER\" is not expected here");
    check("weather.days = 1", "/filter: \"weather.days\": a filter names fields without their source");
    check("days = 1) OR (1 = 1", "/filter: is one expression; \")\" is not expected here");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_block_selects_groups_sorts_and_cuts() {
    let fixture = Fixture::weather();
    let mut wrong = Vec::new();
    let mut check = |yaml: &str, expected: &[&str]| {
        let found = match fixture.block(yaml) {
            Ok(answer) => lines(&answer.columns),
            Err(error) => vec![fault::<()>(Err(error))],
        };
        if found != expected {
            wrong.push(format!("{yaml}\n  found:    {found:?}\n  expected: {expected:?}"));
        }
    };
    check(
        "source: weather, columns: [kind, \"count()\", \"count(wind)\"]",
        &["kind: rain snow sun -", "count(): 2 1 2 1", "count(wind): 2 0 2 0"],
    );
    check(
        "source: weather, columns: [kind, \"sum(wind)\"]",
        &["kind: rain snow sun -", "sum(wind): 5.5 - 3 -"],
    );
    check(
        "source: weather, columns: [kind, \"sum(days)\"], sort: [\"-sum(days)\"]",
        &["kind: sun rain snow -", "sum(days): 8 6 4 3"],
    );
    check(
        "source: weather, columns: [kind, \"mean(wind)\"], sort: [\"mean(wind)\"]",
        &["kind: sun rain snow -", "mean(wind): 1.5 2.75 - -"],
    );
    check(
        "source: weather, columns: [\"min(kind)\", \"max(date)\", \"distinct(kind)\"]",
        &["min(kind): rain", "max(date): 2013-07-15", "distinct(kind): 3"],
    );
    check(
        "source: weather, columns: [days, wind], sort: [-wind], limit: 3",
        &["days: 5 2 1", "wind: 4 2.5 1.5"],
    );
    check("source: weather, columns: [wind, wind, days], limit: 1", &["wind: 1.5", "wind: 1.5", "days: 1"]);
    check(
        "source: weather, columns: [\"year(date)\", \"count()\"]",
        &["year(date): 2012-01-01 2013-01-01", "count(): 4 2"],
    );
    check("source: weather, columns: [\"sum(wind)\"], filter: \"days > 99\"", &["sum(wind): -"]);
    check(
        "source: weather, columns: [\"bin(wind)\", \"count()\"]",
        &["bin(wind): 0.4 1.4 2.4 3.8 -", "count(): 1 1 1 1 2"],
    );
    check(
        "sql: \"SELECT kind AS k, wind FROM weather\", columns: [k, \"max(wind)\"], filter: \"k <> 'sun'\"",
        &["k: rain snow", "max(wind): 4 -"],
    );
    check("source: weather, columns: [\"sum(wnd)\"]", &["there is no field \"wnd\"; did you mean \"wind\"?"]);
    check(
        "source: weather, columns: [\"sum(kind)\"]",
        &["sum(kind) needs a number, but \"kind\" is of type string"],
    );
    check(
        "source: weather, columns: [\"year(wind)\"]",
        &["year(wind) needs a date or datetime, but \"wind\" is of type decimal"],
    );
    check(
        "source: weather, columns: [\"hours(date)\"]",
        &["hours(date) needs a time of day, but \"date\" is of type date"],
    );
    check(
        "source: weather, columns: [\"bin(date)\"]",
        &["bin(date) needs a number, but \"date\" is of type date"],
    );
    check(
        "source: weather, columns: [days], sort: [dys]",
        &["cannot sort by \"dys\", which is not shown; did you mean \"days\"?"],
    );
    check(
        "source: whether, columns: [days]",
        &["/source: there is no source \"whether\"; did you mean \"weather\"?"],
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_column_of_nothing_but_null_is_of_every_type() {
    let frame = DataFrame::new_infer_height(vec![
        Series::new("day".into(), ["a", "b"]).into(),
        Series::new("gone".into(), [None::<&str>, None]).into(),
    ]);
    let fixture = Fixture::new().with("empty", frame.expect("equal lengths"));
    let check = |columns: &str, expected: &[&str]| {
        let yaml = format!("source: empty, columns: [{columns}]");
        assert_eq!(lines(&fixture.block(&yaml).expect(columns).columns), expected, "{columns}");
    };
    check("day, \"sum(gone)\"", &["day: a b", "sum(gone): - -"]);
    check(
        "\"mean(gone)\", \"q1(gone)\", \"count(gone)\"",
        &["mean(gone): -", "q1(gone): -", "count(gone): 0"],
    );
    check("\"bin(gone)\", \"count()\"", &["bin(gone): -", "count(): 2"]);
    check(
        "\"yearmonth(gone)\", \"hours(gone)\", \"count()\"",
        &["yearmonth(gone): -", "hours(gone): -", "count(): 2"],
    );
}

#[test]
fn rows_are_counted_beyond_the_limit() {
    let fixture = Fixture::weather();
    let check = |yaml: &str, shown: usize, total: u64| {
        let answer = fixture.block(yaml).expect(yaml);
        assert_eq!(
            (answer.columns[0].values.len(), answer.rows_total, answer.rows_scanned),
            (shown, total, 6),
            "{yaml}"
        );
    };
    check("source: weather, limit: 2", 2, 6);
    check("source: weather, limit: 6", 6, 6);
    check("source: weather, limit: 1, filter: \"wind > 1\"", 1, 3);
    check("source: weather, limit: 1, columns: [kind, \"count()\"]", 1, 4);
    check("sql: \"SELECT DISTINCT kind FROM weather\", limit: 3", 3, 4);
    let limits = QueryLimits { rows: 2 };
    let run = |sql| run_sql(sql, &fixture.tables, &fixture.bindings, limits, &Stop::never()).expect(sql);
    let answer = run("SELECT * FROM weather ORDER BY days DESC");
    assert_eq!((lines(&answer.columns)[5].as_str(), answer.rows_total), ("days: 6 5", 6));
}

#[test]
fn a_metric_is_compared_and_has_a_trend() {
    let fixture = Fixture::weather();
    let shorter = fixture.file(
        "weather@1",
        DataFrame::new_infer_height(vec![Series::new("days".into(), [10_i64, 20]).into()])
            .expect("one column"),
    );
    let earlier = Tables::from([(SourceRef::current("weather"), shorter)]);
    let check = |yaml: &str, previous: Option<&Tables>, expected: &[&str], trend: &[&str]| {
        let answer =
            run_block(&query(yaml), &fixture.tables, previous, &fixture.bindings, LIMITS, &Stop::never());
        let answer = answer.expect(yaml);
        assert_eq!(
            (lines(&answer.columns), lines(&answer.trend)),
            (strings(expected), strings(trend)),
            "{yaml}"
        );
    };
    let metric = |rest: &str| format!("type: metric, source: weather, {rest}");
    let by_version = "value: {aggregate: sum, field: days}, compare: {to: version}";
    check(&metric(by_version), Some(&earlier), &["sum(days): 21", "previous: 30"], &[]);
    check(&metric(by_version), None, &["sum(days): 21", "previous: -"], &[]);
    // The earlier version has no such column.
    let wind = "value: {aggregate: max, field: wind}, compare: {to: version}";
    check(&metric(wind), Some(&earlier), &["max(wind): 4", "previous: -"], &[]);
    let by_period = "value: {aggregate: sum, field: days}, compare: {to: period, field: date, timeUnit: year}, sparkline: {field: date, timeUnit: year}";
    check(
        &metric(by_period),
        None,
        &["sum(days): 11", "previous: 10", "period: 2013-01-01", "previous_period: 2012-01-01"],
        &["year(date): 2012-01-01 2013-01-01", "sum(days): 10 11"],
    );
    let one =
        "filter: \"days > 4\", value: {aggregate: count}, compare: {to: period, field: date, timeUnit: year}";
    let alone = ["count(): 2", "previous: -", "period: 2013-01-01", "previous_period: -"];
    check(&metric(one), None, &alone, &[]);
}

fn strings(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

#[test]
fn sums_that_do_not_fit_become_numbers() {
    let large = [i64::MAX, i64::MAX - 1, 3, i64::MIN, -7];
    let frame = DataFrame::new_infer_height(vec![Series::new("n".into(), large).into()]).expect("one column");
    let fixture = Fixture::new().with("t", frame);
    let check = |filter: &str, expected: &str| {
        let answer =
            fixture.block(&format!("source: t, columns: [\"sum(n)\"], filter: \"{filter}\"")).expect(filter);
        assert_eq!(lines(&answer.columns), [expected]);
    };
    check("n > 3", "sum(n): 18446744073709552000");
    check("n BETWEEN -9 AND 3", "sum(n): -4");
    check("n <> 3", "sum(n): 9223372036854775798");
    check("n < 3 AND n > 3", "sum(n): -");
    let answer = fixture.sql("SELECT sum(n) AS s FROM t WHERE n > 3").expect("a sum");
    assert_eq!(lines(&answer.columns), ["s: 18446744073709552000"]);
    let answer =
        fixture.sql("SELECT sum(n + 0) OVER (PARTITION BY n > 3) AS t FROM t WHERE n > 3").expect("a sum");
    assert_eq!(lines(&answer.columns), ["t: 18446744073709552000 18446744073709552000"]);
}

#[test]
fn warnings_are_found_without_reading() {
    let mut fixture = Fixture::weather();
    for file in fixture.tables.values_mut() {
        file.path = "/nowhere".into();
    }
    let check = |yaml: &str, expected: &[&str]| {
        let found: Vec<String> =
            warnings(&query(yaml), &fixture.tables, &[], "/spec/blocks/0", &Stop::never())
                .iter()
                .map(ToString::to_string)
                .collect();
        assert_eq!(found, expected, "{yaml}");
    };
    check("source: weather, columns: [kind, \"sum(wind)\"], filter: \"wind > $any AND date >= $since\"", &[]);
    check("sql: \"SELECT kind FROM weather WHERE days IN ($days) LIMIT $n\"", &[]);
    check(
        "source: weather, columns: [\"sum(wnd)\", \"sum(kind)\"]",
        &[
            "/spec/blocks/0: there is no field \"wnd\"; did you mean \"wind\"?",
            "/spec/blocks/0: sum(kind) needs a number, but \"kind\" is of type string",
        ],
    );
    check(
        "source: weather, filter: \"wnd > 1\"",
        &["/spec/blocks/0/filter: there is no field \"wnd\"; did you mean \"wind\"?"],
    );
    check(
        "sql: \"SELECT dys FROM weather\"",
        &["/spec/blocks/0/sql: there is no field \"dys\"; did you mean \"days\"?"],
    );
    check(
        "sql: \"DROP TABLE weather\"",
        &["/spec/blocks/0/sql: DROP is not let through; only one SELECT may be run"],
    );
}

#[test]
fn joins_of_each_with_each_are_bounded() {
    let mut fixture = Fixture::weather();
    for file in fixture.tables.values_mut() {
        file.rows = 10_000;
    }
    let check = |sql: &str, is_refused: bool| {
        let found = fixture.sql(sql).map(|_| ());
        assert_eq!(found.is_err(), is_refused, "{sql}: {found:?}");
        assert!(!is_refused || fault(found).contains("each of 10,000 rows with each of 10,000"), "{sql}");
    };
    check("SELECT count(*) AS n FROM weather a CROSS JOIN weather b", true);
    check("SELECT count(*) AS n FROM weather, cities", true);
    check("WITH a AS (SELECT * FROM weather) SELECT count(*) AS n FROM a, cities", true);
    check("SELECT count(*) AS n FROM weather a, (SELECT * FROM cities LIMIT 10) b", false);
    check("SELECT count(*) AS n FROM weather a CROSS JOIN (SELECT count(*) AS m FROM cities) b", false);
}

/// Joins by a key that all rows share.
fn each_with_each(n_rows: usize) -> Fixture {
    let ones = Series::new("k".into(), vec![1_i64; n_rows]);
    let words = Series::new("word".into(), vec!["aaaaaaaaaaaaaaaaaaaaaaaa"; n_rows]);
    let frame = DataFrame::new_infer_height(vec![ones.into(), words.into()]);
    Fixture::new().with("t", frame.expect("equal lengths"))
}

/// Waits until the work holds `stop` as it should; two minutes are more than it takes on any machine.
fn wait_until(stop: &Stop, is_so: impl Fn(usize) -> bool) {
    let start = Instant::now();
    loop {
        let holders = Arc::strong_count(&stop.is_cancelled) - 1;
        if is_so(holders) {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(120), "{holders} parts of the work hold it");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

#[test]
fn a_slow_query_ends_at_its_deadline_and_really_ends() {
    let fixture = each_with_each(100_000);
    let sql = "SELECT count(*) AS n FROM t a JOIN t b ON a.k = b.k WHERE a.word || b.word ~ 'a+b+$'";
    let stop = Stop::after(Duration::from_millis(300));
    let answer = run_sql(sql, &fixture.tables, &fixture.bindings, LIMITS, &stop);
    assert!(matches!(answer, Err(QueryError::TimedOut)), "{answer:?}");
    wait_until(&stop, |holders| holders == 0);
}

#[test]
fn a_query_that_nobody_waits_for_ends() {
    let fixture = each_with_each(100_000);
    let sql = "SELECT count(*) AS n FROM t a JOIN t b ON a.k = b.k WHERE a.word || b.word ~ 'a+b+$'";
    let stop = Stop::never();
    let answer = std::thread::scope(|scope| {
        let query = scope.spawn(|| run_sql(sql, &fixture.tables, &fixture.bindings, LIMITS, &stop));
        // The query itself, and each of the two tables that it reads.
        wait_until(&stop, |holders| holders >= 3);
        stop.cancel();
        query.join().expect("no panic")
    });
    assert!(matches!(answer, Err(QueryError::Cancelled)), "{answer:?}");
    wait_until(&stop, |holders| holders == 0);
}

#[test]
fn a_join_that_explodes_is_refused() {
    let fixture = each_with_each(10_000);
    let detail = fault(fixture.sql("SELECT count(*) AS n FROM t a JOIN t b ON a.k = b.k"));
    assert!(detail.contains("a join makes more than 20,000,000 rows"), "{detail}");
}

#[test]
fn only_text_is_checked_on_a_thread_and_with_a_deadline() {
    let (fixture, stop) = (Fixture::weather(), Stop::never());
    stop.cancel();
    let check = |yaml: &str, expected: &str| {
        let found: Vec<String> =
            warnings(&query(yaml), &fixture.tables, &[], "", &stop).iter().map(ToString::to_string).collect();
        assert!(found.join(" ").contains(expected), "{yaml}: {found:?}");
    };
    // This needs no thread, so nothing asks whether it may begin.
    check("source: weather, columns: [wnd]", "did you mean \"wind\"?");
    check("source: weather, filter: wind > 1", "cancelled");
    check("sql: SELECT 1", "cancelled");
    assert!(matches!(sources_of_sql("SELECT 1", &stop), Err(QueryError::Cancelled)));
}

#[test]
fn an_answer_of_long_texts_is_cut_and_says_so() {
    let texts = vec!["x".repeat(6 << 20); 8];
    let frame = DataFrame::new_infer_height(vec![Series::new("k".into(), texts).into()]).expect("a frame");
    let fixture = Fixture::new().with("t", frame);
    for answer in [fixture.sql("SELECT k FROM t"), fixture.block("source: t")] {
        let answer = answer.expect("an answer");
        assert_eq!((answer.columns[0].values.len(), answer.rows_total), (5, 8));
    }
    let shown =
        crate::engine::preview(&fixture.tables.values().next().expect("t").clone(), 0, 8).expect("rows");
    assert_eq!(shown[0].values.len(), 5);
}

#[test]
fn a_panic_is_the_fault_of_the_text_that_made_it() {
    let panic = || run::guarded(&Stop::never(), || -> Result<(), QueryError> { panic!("within Polars") });
    assert!(matches!(panic(), Err(QueryError::Failed(_))));
    assert_eq!(
        fault(panic().map_err(|error| run::blame(error, "/sql"))),
        "/sql: cannot be computed; write its expressions in another way"
    );
    assert!(matches!(run::blame(QueryError::TimedOut, "/sql"), QueryError::TimedOut));
}

#[test]
fn a_join_of_long_texts_is_ended() {
    let texts = vec!["x".repeat(8 << 20); 12];
    let frame = DataFrame::new_infer_height(vec![Series::new("k".into(), texts).into()]).expect("a frame");
    let fixture = Fixture::new().with("t", frame);
    let sql = "SELECT max(a.k) AS k, max(b.k) AS l FROM t a CROSS JOIN t b";
    assert!(fault(fixture.sql(sql)).contains("bytes of text; leave long texts out"));
}
