//! Each statement is run, and gives what the block gives.

use impala_core::data::Column;
use impala_core::parameter::Bound;

use super::*;
use crate::engine::fixture::{Fixture, LIMITS, lines, query};
use crate::engine::{run_block, run_sql};

/// The statements of a block, each run: what it gives and its columns as lines.
fn run_all(fixture: &Fixture, yaml: &str, previous: Option<&Tables>) -> Vec<(Gives, String, Vec<Column>)> {
    let stop = Stop::never();
    let all = statements(&query(yaml), &fixture.tables, previous, &fixture.bindings, &stop).expect(yaml);
    let mut tables = fixture.tables.clone();
    for file in previous.into_iter().flat_map(|tables| tables.values()) {
        tables.insert(file.reference.clone(), file.clone());
    }
    let run = |statement: BlockStatement| {
        let answer = run_sql(&statement.sql, &tables, &Bindings::new(), LIMITS, &stop);
        let columns = answer.unwrap_or_else(|error| panic!("{yaml}\n{}\n{error:?}", statement.sql)).columns;
        (statement.gives, statement.sql, columns)
    };
    all.into_iter().map(run).collect()
}

/// Instants lose the zone that their text ends in.
fn plain(columns: &[Column]) -> Vec<String> {
    lines(columns).iter().map(|line| line.replace("00Z", "00")).collect()
}

#[test]
fn statements_give_what_their_blocks_give() {
    let fixture = Fixture::weather()
        .bind("kinds", Bound::List(vec!["rain".into(), "snow".into()]))
        .bind("since", Bound::Date("2012-02-01".parse().expect("a day")))
        .bind("unset", Bound::Unset);
    let mut wrong = Vec::new();
    let mut check = |yaml: &str| {
        let expected = plain(&fixture.block(yaml).expect(yaml).columns);
        let (_, sql, columns) = run_all(&fixture, yaml, None).remove(0);
        if plain(&columns) != expected {
            wrong.push(format!("{yaml}\n{sql}\n  found:    {:?}\n  expected: {expected:?}", plain(&columns)));
        }
    };
    check("source: weather");
    check("source: weather, limit: 2");
    check("source: weather, columns: [kind, days], sort: [-days]");
    check("source: weather, columns: [kind, wind], sort: [wind, kind]");
    check("source: weather, filter: \"kind = 'sun' OR wind > 2\", columns: [days]");
    check(
        "source: weather, filter: 'kind IN ($kinds) AND date >= $since AND days < $unset', columns: [days]",
    );
    for aggregate in ["count", "sum", "mean", "median", "min", "max", "distinct", "stdev", "q1", "q3"] {
        for field in ["wind", "days"] {
            check(&format!("source: weather, columns: [kind, '{aggregate}({field})']"));
            check(&format!("source: weather, columns: ['{aggregate}({field})']"));
        }
    }
    check("source: weather, columns: [count()]");
    check("source: weather, columns: ['sum(wind)', 'sum(days)'], filter: days > 100");
    check("source: weather, columns: ['distinct(kind)', 'min(kind)', 'max(date)', 'count(kind)']");
    for unit in impala_core::term::TimeUnit::ALL {
        for field in
            ["date", "at", "instant"].iter().filter(|field| **field != "date" || !unit.is_within_a_day())
        {
            check(&format!("source: weather, columns: ['{}({field})', 'sum(days)']", unit.as_str()));
        }
    }
    check("source: weather, columns: [bin(wind), count()]");
    check("source: weather, columns: [bin(days), 'mean(wind)'], sort: ['-mean(wind)']");
    check(
        "type: chart, source: weather, mark: bar, encoding: {x: {field: wind, bin: {maxbins: 3}}, y: {aggregate: count}}",
    );
    check(
        "type: chart, source: weather, mark: bar, encoding: {x: {field: date, timeUnit: yearmonth}, y: {aggregate: sum, field: days}, color: {field: kind}}",
    );
    check("type: chart, source: weather, mark: point, encoding: {x: {field: days}, y: {field: wind}}");
    check("type: chart, source: weather, mark: boxplot, encoding: {x: {field: kind}, y: {field: wind}}");
    check("sql: 'SELECT days, wind FROM weather WHERE date >= $since ORDER BY days DESC'");
    check(
        "sql: 'WITH w AS (SELECT * FROM weather) SELECT kind, days FROM w', columns: [kind, 'sum(days)'], filter: days > 1",
    );
    check("type: metric, source: weather, value: {aggregate: max, field: wind}");
    check("type: metric, sql: 'SELECT max(days) AS most FROM weather', value: {field: most}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_that_are_words_or_hold_anything_stand_in_quotes() {
    let check = |name: &str, expected: &str| assert_eq!(identifier(name), expected);
    check("wind", "wind");
    check("temp_max", "temp_max");
    check("date", "\"date\"");
    check("order", "\"order\"");
    check("Wind", "\"Wind\"");
    check("2nd", "\"2nd\"");
    check("a \"b\"; --", "\"a \"\"b\"\"; --\"");
    check("taxis@3", "\"taxis@3\"");
}

#[test]
fn a_metric_has_a_statement_for_each_thing_that_it_shows() {
    let fixture = Fixture::weather();
    let base = "type: metric, source: weather, value: {aggregate: sum, field: days}";
    let by_year = "{field: date, timeUnit: year}";
    let yaml = format!("{base}, compare: {{to: period, field: date, timeUnit: year}}, sparkline: {by_year}");
    let answer = fixture.block(&yaml).expect("a good block");
    let all = run_all(&fixture, &yaml, None);
    let [(Gives::Periods, _, periods), (Gives::Trend, _, trend)] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(lines(&periods[1..]), ["sum(days): 10 11"]);
    assert_eq!(lines(&answer.columns[..2]), ["sum(days): 11", "previous: 10"]);
    assert_eq!(lines(trend), lines(&answer.trend));

    let earlier = fixture.file("weather@1", {
        let days = polars::prelude::Column::new("days".into(), [1_i64, 2]);
        polars::prelude::DataFrame::new_infer_height(vec![days]).expect("one column")
    });
    let previous = Tables::from([("weather".parse().expect("a name"), earlier)]);
    let yaml = format!("{base}, compare: {{to: version}}");
    let answer =
        run_block(&query(&yaml), &fixture.tables, Some(&previous), &Bindings::new(), LIMITS, &Stop::never());
    assert_eq!(lines(&answer.expect("a good block").columns), ["sum(days): 21", "previous: 3"]);
    let all = run_all(&fixture, &yaml, Some(&previous));
    let [(Gives::Rows, _, now), (Gives::Previous, _, before)] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(
        (lines(now), lines(before)),
        (vec!["sum(days): 21".to_owned()], vec!["sum(days): 3".to_owned()])
    );
}

#[test]
fn a_statement_is_laid_out_to_be_read() {
    let fixture = Fixture::weather().bind("since", Bound::Date("2012-02-01".parse().expect("a day")));
    let yaml = "source: weather, filter: 'date >= $since', columns: [kind, 'mean(wind)'], sort: ['-mean(wind)'], limit: 5";
    let (_, sql, _) = run_all(&fixture, yaml, None).remove(0);
    let expected = "SELECT kind,\n  AVG(wind) AS \"mean(wind)\"\nFROM weather\nWHERE (date >= DATE '2012-02-01')\nGROUP BY 1\nORDER BY \"mean(wind)\" DESC NULLS LAST, kind NULLS LAST\nLIMIT 5";
    assert_eq!(sql, expected);
}
