//! The parts of a query in the words of SQL.

use impala_core::source::SourceRef;
use impala_core::term::{Aggregate, TimeUnit};
use sqlparser::keywords::ALL_KEYWORDS;

/// A name, in quotes where it needs them.
pub(super) fn identifier(name: &str) -> String {
    let mut letters = name.bytes();
    let is_plain = letters.next().is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
        && letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_');
    let is_keyword = ALL_KEYWORDS.contains(&name.to_uppercase().as_str());
    if is_plain && !is_keyword { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// A source behind `FROM`.
pub(super) fn source(reference: &SourceRef) -> String {
    identifier(&reference.to_string())
}

/// A field cut to a unit.
pub(super) fn time_unit(unit: TimeUnit, field: &str) -> String {
    let day = |format: &str| format!("DATE(STRFTIME({field}, '{format}'))");
    let time = |format: &str| format!("TIMESTAMP(STRFTIME({field}, '{format}'))");
    let part = |name: &str| format!("EXTRACT({name} FROM {field})");
    match unit {
        TimeUnit::Year => day("%Y-01-01"),
        TimeUnit::YearQuarter => format!(
            "CASE EXTRACT(QUARTER FROM {field}) WHEN 1 THEN {} WHEN 2 THEN {} WHEN 3 THEN {} WHEN 4 THEN {} END",
            day("%Y-01-01"),
            day("%Y-04-01"),
            day("%Y-07-01"),
            day("%Y-10-01")
        ),
        TimeUnit::YearMonth => day("%Y-%m-01"),
        TimeUnit::YearWeek => format!("DATE(STRFTIME({field}, '%G-%V-1'), '%G-%V-%u')"),
        TimeUnit::YearMonthDate => format!("CAST({field} AS DATE)"),
        TimeUnit::YearMonthDateHours => time("%Y-%m-%d %H:00:00"),
        TimeUnit::YearMonthDateHoursMinutes => time("%Y-%m-%d %H:%M:00"),
        TimeUnit::Quarter => part("QUARTER"),
        TimeUnit::Month => part("MONTH"),
        TimeUnit::Week => part("WEEK"),
        TimeUnit::Day => part("ISODOW"),
        TimeUnit::Date => part("DAY"),
        TimeUnit::DayOfYear => part("DOY"),
        TimeUnit::Hours => part("HOUR"),
        TimeUnit::Minutes => part("MINUTE"),
    }
}

/// The lower bound of the bin of a field, whose `edges` are written out: dividing would put what lies on an edge into one
/// bin or the other, by the last digit. The upper edge of the last bin belongs to it.
pub(super) fn bin(edges: &[f64], field: &str) -> String {
    let (Some(first), Some(last)) = (edges.first(), edges.last()) else { return field.to_owned() };
    let within = edges.windows(2).enumerate().map(|(index, edge)| {
        let sign = if index + 2 == edges.len() { "<=" } else { "<" };
        format!("WHEN {field} {sign} {} THEN {}", number(edge[1]), number(edge[0]))
    });
    let within: Vec<String> = within.collect();
    debug_assert!(first <= last, "edges rise");
    format!(
        "CAST(CASE\n    WHEN {field} < {} THEN NULL\n    {}\n  END AS DOUBLE)",
        number(*first),
        within.join("\n    ")
    )
}

/// A number as a literal of type double.
fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 { format!("{value:.1}") } else { format!("{value:?}") }
}

/// An aggregate of a field.
pub(super) fn aggregate(aggregate: Aggregate, field: &str) -> String {
    match aggregate {
        Aggregate::Count => format!("COUNT({field})"),
        Aggregate::Sum => format!("SUM({field})"),
        Aggregate::Mean => format!("AVG({field})"),
        Aggregate::Median => format!("MEDIAN({field})"),
        Aggregate::Min => format!("MIN({field})"),
        Aggregate::Max => format!("MAX({field})"),
        Aggregate::Distinct => format!("COUNT(DISTINCT {field})"),
        Aggregate::Stdev => format!("STDDEV({field})"),
        Aggregate::Q1 => format!("QUANTILE_CONT({field}, 0.25)"),
        Aggregate::Q3 => format!("QUANTILE_CONT({field}, 0.75)"),
    }
}
