//! What type a column gets, and why.

use super::*;

/// A column `x` of these values beside another column, as a file.
fn file(values: &[&str]) -> String {
    let rows = values.iter().map(|value| format!("\"{value}\",k\n"));
    std::iter::once("x,other\n".to_owned()).chain(rows).collect()
}

fn describe(kept: &Kept) -> String {
    let column = &kept.scanned.columns[0];
    let bound = |bound: &Option<String>| bound.clone().unwrap_or_default();
    format!(
        "{} {}..{} {}: {}",
        column.column_type,
        bound(&column.min),
        bound(&column.max),
        column.nulls,
        column.reason
    )
}

/// * `expected`: `type min..max nulls: reason`
fn check(values: &[&str], expected: &str) {
    let kept = good(file(values), &automatic());
    assert_eq!(describe(&kept), expected, "{values:?}");
    assert_eq!(kept.convert().height(), values.len(), "{values:?}");
}

#[test]
fn one_kind_of_value_gives_its_type() {
    check(&["true", "FALSE"], "boolean false..true 0: all 2 values are booleans like true");
    check(&["3", "-1", "+2"], "integer -1..3 0: all 3 values are integers like 3");
    check(&["0.5", "1e3", "-.5"], "decimal -0.5..1000 0: all 3 values are decimals like 0.5");
    check(&["1.5", "NaN", "-inf"], "decimal -inf..1.5 0: all 3 values are decimals like 1.5");
    check(&["1e300"], "decimal 1e300..1e300 0: its only value is 1e300");
    check(
        &["2012-01-31", "2012-01-01"],
        "date 2012-01-01..2012-01-31 0: all 2 values are dates like 2012-01-31",
    );
    check(
        &["Jan 1 2000", "Dec 31 1999"],
        "date 1999-12-31..2000-01-01 0: all 2 values are dates like Jan 1 2000",
    );
    check(&["31.01.2012"], "date 2012-01-31..2012-01-31 0: its only value is 31.01.2012");
    check(
        &["2012-01-31 20:21:09", "2012-01-31T08:00"],
        "datetime 2012-01-31T08:00:00..2012-01-31T20:21:09 0: all 2 values are datetimes like 2012-01-31 20:21:09",
    );
    check(
        &["2012-01-31T20:21:09Z", "2012-01-31T20:21:09+01:00"],
        "timestamp 2012-01-31T19:21:09Z..2012-01-31T20:21:09Z 0: all 2 values are timestamps like 2012-01-31T20:21:09Z",
    );
    check(&["b", "a"], "string a..b 0: row 1 holds \"b\"");
}

#[test]
fn an_empty_field_is_null_and_decides_nothing() {
    check(&["", "5", ""], "integer 5..5 2: its only value is 5");
    check(&["", ""], "string .. 2: it holds no value");
    check(&["", "b", "a"], "string a..b 1: row 2 holds \"b\"");
}

#[test]
fn a_type_widens_to_hold_all_values() {
    check(&["1", "2.5"], "decimal 1..2.5 0: row 2 holds \"2.5\"; the values before it are integers");
    check(
        &["2012-01-31", "2012-01-31 10:00"],
        "datetime 2012-01-31T00:00:00..2012-01-31T10:00:00 0: row 2 holds \"2012-01-31 10:00\"; the values before it are dates",
    );
    check(
        &["2012-01-31 10:00", "2012-01-30"],
        "datetime 2012-01-30T00:00:00..2012-01-31T10:00:00 0: all 2 values are datetimes like 2012-01-31 10:00",
    );
    check(&["1", "", "N/A"], "string 1..N/A 1: row 3 holds \"N/A\"; the values before it are integers");
    check(&["1.5", "x"], "string 1.5..x 0: row 2 holds \"x\"; the values before it are decimals");
    check(&["1", "2.5", "x"], "string 1..x 0: row 3 holds \"x\"; the values before it are decimals");
    check(&["true", "1"], "string 1..true 0: row 2 holds \"1\"; the values before it are booleans");
    check(
        &["5", "2012-01-31"],
        "string 2012-01-31..5 0: row 2 holds \"2012-01-31\"; the values before it are integers",
    );
    check(
        &["2012-01-31", "2012"],
        "string 2012..2012-01-31 0: row 2 holds \"2012\"; the values before it are dates",
    );
}

#[test]
fn codes_and_long_numbers_stay_text() {
    check(&["007", "008"], "string 007..008 0: row 1 holds \"007\", whose leading zeros make it a code");
    check(
        &["10", "007"],
        "string 007..10 0: row 2 holds \"007\", whose leading zeros make it a code; the values before it are integers",
    );
    check(&["0", "10"], "integer 0..10 0: all 2 values are integers like 0");
    check(
        &["5", "9223372036854775808"],
        "string 5..9223372036854775808 0: row 2 holds \"9223372036854775808\", which is more than a 64-bit integer holds; the values before it are integers",
    );
    check(
        &["0.5", "9007199254740993"],
        "string 0.5..9007199254740993 0: row 2 holds \"9007199254740993\", which a decimal cannot hold exactly; the values before it are decimals",
    );
    check(
        &["9007199254740993", "0.5"],
        "string 0.5..9007199254740993 0: row 2 holds \"0.5\", and a decimal cannot hold the integers before exactly; the values before it are integers",
    );
    check(
        &["9007199254740992", "0.5"],
        "decimal 0.5..9007199254740992 0: row 2 holds \"0.5\"; the values before it are integers",
    );
}

#[test]
fn the_order_of_day_and_month_is_decided_over_the_column() {
    check(
        &["1/2/2012", "1/31/2012"],
        "date 2012-01-02..2012-01-31 0: all 2 values are dates like 1/2/2012; the month comes first",
    );
    check(
        &["1/2/2012", "31/1/2012"],
        "date 2012-01-31..2012-02-01 0: all 2 values are dates like 1/2/2012; the day comes first",
    );
    check(
        &["1/2/2012", "3/4/2012"],
        "string 1/2/2012..3/4/2012 0: row 1 holds \"1/2/2012\", and every value can be read with the day or the month first; set the type to date to read the month first",
    );
    check(&["5/5/2012"], "date 2012-05-05..2012-05-05 0: its only value is 5/5/2012; the month comes first");
    check(
        &["1/31/2012", "31/1/2012"],
        "string 1/31/2012..31/1/2012 0: row 2 holds \"31/1/2012\", which has the day first, while values before have the month first; the values before it are dates",
    );
}

#[test]
fn dates_of_two_kinds_do_not_mix() {
    check(
        &["2012-01-31", "31.01.2012"],
        "string 2012-01-31..31.01.2012 0: row 2 holds \"31.01.2012\", which is written in another way than the dates before; the values before it are dates",
    );
    check(
        &["2012-01-31T10:00Z", "2012-01-31T10:00"],
        "string 2012-01-31T10:00..2012-01-31T10:00Z 0: row 2 holds \"2012-01-31T10:00\", which has no zone, unlike the values before; the values before it are timestamps",
    );
    check(
        &["2012-01-31T10:00", "2012-01-31T10:00Z"],
        "string 2012-01-31T10:00..2012-01-31T10:00Z 0: row 2 holds \"2012-01-31T10:00Z\", which has a zone, unlike the values before; the values before it are datetimes",
    );
}

#[test]
fn spaces_belong_to_text_only() {
    check(&[" 1", "2 "], "integer 1..2 0: all 2 values are integers like 1");
    check(&[" a", "b"], "string  a..b 0: row 1 holds \" a\"");
}

#[test]
fn long_texts_leave_short_bounds() {
    let check = |text: &str, expected: &str| {
        let kept = good(file(&[text]), &automatic());
        assert_eq!(kept.scanned.columns[0].min.as_deref(), Some(expected));
    };
    check(&"ä".repeat(500), &format!("{}…", "ä".repeat(128)));
    check(&"ä".repeat(128), &"ä".repeat(128));
    check(&format!("x{}", "ä".repeat(128)), &format!("x{}…", "ä".repeat(127)));
}

#[test]
fn null_values_are_null_wherever_they_stand() {
    let settings = CsvSettings { null_values: vec!["N/A".to_owned(), "-".to_owned()], ..automatic() };
    let kept = good(file(&["N/A", "5", "-", ""]), &settings);
    assert_eq!(describe(&kept), "integer 5..5 3: its only value is 5");
    assert_eq!(kept.convert().column("x").expect("x").null_count(), 3);
}

#[test]
fn a_type_set_by_hand_reads_more_than_a_decided_one() {
    let check = |values: &[&str], column_type, expected: &str| {
        let kept = good(file(values), &by_hand("x", column_type, OnBadRows::Fail));
        assert_eq!(describe(&kept), expected, "{values:?}");
        kept.convert();
    };
    check(&["1", "2"], ColumnType::String, "string 1..2 0: set by hand");
    check(&["007", " 8"], ColumnType::Integer, "integer 7..8 0: set by hand");
    check(&["yes", "0"], ColumnType::Boolean, "boolean false..true 0: set by hand");
    check(&["9007199254740993", "00.5"], ColumnType::Decimal, "decimal 0.5..9007199254740992 0: set by hand");
    check(&["1", "2"], ColumnType::Decimal, "decimal 1..2 0: set by hand");
    check(
        &["2012-01-31"],
        ColumnType::Datetime,
        "datetime 2012-01-31T00:00:00..2012-01-31T00:00:00 0: set by hand",
    );
    check(&[""], ColumnType::Date, "date .. 1: set by hand");
    check(
        &["1/2/2012", "3/4/2012"],
        ColumnType::Date,
        "date 2012-01-02..2012-03-04 0: set by hand; read with the month first, as every value fits both orders",
    );
    check(
        &["1/2/2012", "13/4/2012"],
        ColumnType::Date,
        "date 2012-02-01..2012-04-13 0: set by hand; the day comes first",
    );
}
