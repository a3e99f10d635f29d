//! A first canvas for a source that nobody has looked at yet, proposed from its columns.
//!
//! `impala open` prints it; the page and the terminal editor offer it. It asks nothing of the source but the statistics
//! that exist already, so it is made in no time, and the same source always gets the same canvas.

use std::fmt::Write as _;

use jiff::civil::DateTime;

use crate::api::ColumnStats;
use crate::block::{Block, BlockKind, Chart, ChartMark, From, Metric, Table, Text};
use crate::canvas::Canvas;
use crate::encoding::{Channel, Encoding, FieldType, Sort};
use crate::grid::{self, Place};
use crate::number_format::{NumberFormat, group_thousands};
use crate::source::{ColumnType, Source, SourceRef};
use crate::term::{Aggregate, Bin, Term, TimeUnit};

/// Rows of the table at the end.
const FIRST_ROWS: u32 = 10;

/// Different values up to which a column groups the rows of a chart.
const MOST_CATEGORIES: u64 = 30;

/// Different values up to which a column colors the series of a chart.
const MOST_SERIES: u64 = 6;

/// Proposes a canvas: what was found in words, the row count and main measures as numbers, then lines over time,
/// bars by category, points of two measures or a histogram, and the first rows.
///
/// * `stats`: one entry a column, as GET `stats` answers.
pub fn propose(source: &Source, stats: &[ColumnStats]) -> Canvas {
    let found = Found::of(stats);
    let from = From::source(SourceRef::current(&source.name));
    let mut canvas = Canvas::new(&source.name, title_from(&source.name));
    let intro = Text { markdown: describe(source, stats, &found) };
    let height = intro.markdown.lines().map(rows_of_line).sum();
    push(&mut canvas, "about", None, BlockKind::Text(intro), Some((24, height)));
    add_metrics(&mut canvas, &from, &found);
    add_charts(&mut canvas, &from, &found);
    let table = Table { from, limit: Some(FIRST_ROWS), ..Table::default() };
    // Its frame, its header and the line that counts the rest take five.
    let height = 5 + u32::try_from(source.current.rows).unwrap_or(FIRST_ROWS).min(FIRST_ROWS);
    push(&mut canvas, "rows", Some("First rows".to_owned()), BlockKind::Table(table), Some((24, height)));
    canvas
}

/// Rows that a line of text takes in a terminal of the usual width. Marks are counted too, which leaves some room.
fn rows_of_line(line: &str) -> u32 {
    const USUAL_COLS: usize = 78;
    u32::try_from(line.chars().count().div_ceil(USUAL_COLS)).unwrap_or(1).max(1)
}

/// What the columns can be used for, each list in the order of the file.
struct Found<'a> {
    /// The first column of dates or datetimes that has a span, and the unit that cuts it into some dozens.
    time: Option<(&'a ColumnStats, TimeUnit)>,
    /// Numbers worth averaging.
    measures: Vec<&'a ColumnStats>,
    /// Columns of few different values, fewest first.
    categories: Vec<&'a ColumnStats>,
}

impl<'a> Found<'a> {
    fn of(stats: &'a [ColumnStats]) -> Self {
        let time = stats.iter().find_map(|column| Some((column, time_unit_of(column)?)));
        let measures = stats.iter().filter(|column| is_measure(column)).collect();
        let mut categories: Vec<_> = stats.iter().filter(|column| is_category(column)).collect();
        // Texts say more than numbers that happen to be few.
        categories.sort_by_key(|column| (column.column_type.is_numeric(), column.distinct > 12));
        Self { time, measures, categories }
    }

    fn time_channel(&self) -> Option<Channel> {
        self.time.map(|(column, unit)| Term::TimeUnit(unit, column.name.clone()).into())
    }

    /// What splits the rows of one instant: with a row for nearly each pair of the two, such as prices by day and
    /// company, one line for all would say nothing.
    fn panel(&self) -> Option<Channel> {
        let (time, _) = self.time?;
        let is_panel = |column: &&&ColumnStats| {
            column.distinct <= MOST_SERIES && time.distinct * column.distinct <= time.count * 2
        };
        // A file with many rows for each instant has no such pairs; there the mean is what is asked for.
        let column = self.categories.iter().find(is_panel).filter(|_| time.distinct * 20 > time.count)?;
        Some(field(column))
    }

    fn series(&self) -> Option<Channel> {
        let column = self.categories.iter().find(|column| column.distinct <= MOST_SERIES)?;
        Some(field(column))
    }
}

fn add_metrics(canvas: &mut Canvas, from: &From, found: &Found<'_>) {
    let metric = |value: Channel, format: &str| {
        BlockKind::Metric(Box::new(Metric {
            from: from.clone(),
            value,
            compare: None,
            sparkline: found.time_channel(),
            format: format.parse::<NumberFormat>().ok(),
        }))
    };
    let height = if found.time.is_some() { 6 } else { 5 };
    let count = Channel { aggregate: Some(Aggregate::Count), ..Channel::default() };
    push(canvas, "row-count", Some("Rows".to_owned()), metric(count, "{:,}"), Some((6, height)));
    for column in found.measures.iter().take(3) {
        let title = format!("Mean {}", column.name);
        let kind = metric(aggregate(Aggregate::Mean, column), format_for(column));
        push(canvas, &format!("mean {}", column.name), Some(title), kind, Some((6, height)));
    }
}

fn add_charts(canvas: &mut Canvas, from: &From, found: &Found<'_>) {
    let mut charts = Charts { canvas, from };
    let measure = |index: usize| found.measures.get(index).copied();
    if let (Some(time), Some((column, unit))) = (found.time_channel(), found.time) {
        match measure(0) {
            Some(first) => {
                let title = format!("Mean {} by {}", first.name, unit.words());
                let mean = aggregate(Aggregate::Mean, first);
                charts.push("over-time", title, 24, ChartMark::Line, time, mean, found.panel());
            }
            None => {
                let title = format!("Rows by {} of {}", unit.words(), column.name);
                charts.push("over-time", title, 24, ChartMark::Bar, time, count(), found.series());
            }
        }
    }
    for column in found.categories.iter().take(2) {
        let title = format!("Rows by {}", column.name);
        let y = Channel { sort: Some(Sort::XDescending), ..field(column) };
        charts.push(&format!("rows by {}", column.name), title, 12, ChartMark::Bar, count(), y, None);
    }
    if let (Some(column), Some(first)) = (found.categories.first(), measure(0)) {
        let title = format!("Distribution of {} by {}", first.name, column.name);
        // Sideways: names have room, and a box is seen that is less than a line high.
        let x = Channel { field_type: Some(FieldType::Quantitative), ..field(first) };
        charts.push("spread", title, 12, ChartMark::Boxplot, x, field(column), None);
    }
    if let (Some(first), Some(second)) = (measure(0), measure(1)) {
        let title = format!("{} vs. {}", second.name, first.name);
        charts.push("points", title, 12, ChartMark::Point, field(first), field(second), found.series());
    }
    // A chart alone in its row leaves half of it empty.
    let halves = charts.canvas.spec.blocks.iter().filter(|block| block.at.w == 12).count();
    if let Some(first) = measure(0).filter(|_| halves == 0 || halves % 2 == 1) {
        let title = format!("Distribution of {}", first.name);
        let bins = Term::Bin(Bin::default(), first.name.clone()).into();
        charts.push("histogram", title, 12, ChartMark::Bar, bins, count(), None);
    }
    widen_last(charts.canvas);
}

/// A chart with nothing beside it gets the whole width.
fn widen_last(canvas: &mut Canvas) {
    let Some((last, others)) = canvas.spec.blocks.split_last_mut() else { return };
    let is_beside = |other: &Block| other.at.y < last.at.bottom() && last.at.y < other.at.bottom();
    if matches!(last.kind, BlockKind::Chart(_)) && !others.iter().any(is_beside) {
        last.at.w = grid::COLUMNS;
    }
}

/// Adds charts to a canvas, all from the same source.
struct Charts<'a> {
    canvas: &'a mut Canvas,
    from: &'a From,
}

impl Charts<'_> {
    #[expect(
        clippy::too_many_arguments,
        reason = "a chart in one line reads better than a struct of the same words"
    )]
    fn push(
        &mut self,
        id: &str,
        title: String,
        width: u32,
        mark: ChartMark,
        x: Channel,
        y: Channel,
        color: Option<Channel>,
    ) {
        let encoding = Encoding { x: Some(x), y: Some(y), color, ..Encoding::default() };
        let chart = Chart { from: self.from.clone(), mark, encoding };
        push(self.canvas, id, Some(title), BlockKind::Chart(Box::new(chart)), Some((width, 13)));
    }
}

fn push(canvas: &mut Canvas, id: &str, title: Option<String>, kind: BlockKind, size: Option<(u32, u32)>) {
    let mut block = Block::new(canvas.fresh_id(id), kind);
    if let Some((w, h)) = size {
        block.at = Place::new(0, 0, w, h);
    }
    block.title = title;
    canvas.add(block, None);
}

fn field(column: &ColumnStats) -> Channel {
    Term::Field(column.name.clone()).into()
}

fn aggregate(aggregate: Aggregate, column: &ColumnStats) -> Channel {
    Term::Aggregate(aggregate, Some(column.name.clone())).into()
}

fn count() -> Channel {
    Term::Aggregate(Aggregate::Count, None).into()
}

/// A number that is neither a running number, an id, a code nor a handful of values.
fn is_measure(column: &ColumnStats) -> bool {
    let name = column.name.to_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).collect();
    let is_named_key = ["id", "key", "code", "zip", "index", "year", "lat", "lon", "latitude", "longitude"]
        .iter()
        .any(|word| words.contains(word));
    // A few numbers that are there twice do not make a measure of it.
    let is_running_number = column.column_type == ColumnType::Integer
        && column.distinct as f64 >= column.count as f64 * 0.95
        && span(column).is_some_and(|span| span + 1.0 <= column.count as f64 * 1.01);
    let is_handful = column.column_type == ColumnType::Integer && column.distinct <= 12 && column.count > 24;
    column.column_type.is_numeric()
        && column.distinct > 1
        && !is_named_key
        && !is_running_number
        && !is_handful
}

/// Few different values, each of several rows.
fn is_category(column: &ColumnStats) -> bool {
    let most = match column.column_type {
        ColumnType::String | ColumnType::Boolean => MOST_CATEGORIES,
        ColumnType::Integer => 12,
        _ => return false,
    };
    (2..=most).contains(&column.distinct) && column.distinct * 2 <= column.count
}

fn span(column: &ColumnStats) -> Option<f64> {
    let number = |text: &Option<String>| text.as_ref()?.parse::<f64>().ok();
    Some(number(&column.max)? - number(&column.min)?)
}

/// The unit that cuts the span of a date or datetime column into some dozens of parts; `None` when there is no span.
fn time_unit_of(column: &ColumnStats) -> Option<TimeUnit> {
    if !column.column_type.is_temporal() {
        return None;
    }
    let at = |text: &Option<String>| -> Option<DateTime> {
        let text = text.as_ref()?;
        text.trim_end_matches('Z')
            .parse::<DateTime>()
            .or_else(|_| text.parse::<jiff::civil::Date>().map(|date| date.at(0, 0, 0, 0)))
            .ok()
    };
    let hours = at(&column.max)?.duration_since(at(&column.min)?).as_hours();
    let days = hours / 24;
    Some(match days {
        _ if hours < 1 => return None,
        // A date has no hours.
        0..3 if column.column_type == ColumnType::Date => TimeUnit::YearMonthDate,
        0..3 => TimeUnit::YearMonthDateHours,
        3..100 => TimeUnit::YearMonthDate,
        100..400 => TimeUnit::YearWeek,
        400..3_000 => TimeUnit::YearMonth,
        3_000..9_000 => TimeUnit::YearQuarter,
        _ => TimeUnit::Year,
    })
}

fn format_for(column: &ColumnStats) -> &'static str {
    match column.mean.map_or(0.0, f64::abs) {
        mean if mean >= 100_000.0 => "{:~}",
        mean if mean >= 100.0 => "{:,.0}",
        mean if mean >= 10.0 => "{:.1}",
        mean if mean >= 0.1 => "{:.2}",
        _ => "{}",
    }
}

fn title_from(slug: &str) -> String {
    let text = slug.replace(['-', '_'], " ");
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// `1 row`, `1,461 rows`.
fn counted(number: u64, what: &str) -> String {
    format!("{} {what}{}", group_thousands(&number.to_string()), if number == 1 { "" } else { "s" })
}

/// What was found, in a few lines of Markdown.
fn describe(source: &Source, stats: &[ColumnStats], found: &Found<'_>) -> String {
    let (rows, columns) = (counted(source.current.rows, "row"), counted(stats.len() as u64, "column"));
    let mut text = format!("**{rows}, {columns}**");
    if let Some((column, _)) = found.time
        && let (Some(min), Some(max)) = (&column.min, &column.max)
    {
        let day = |text: &str| text.get(..10).unwrap_or(text).to_owned();
        let _ = write!(text, ", `{}` from {} to {}", column.name, day(min), day(max));
    }
    text.push('\n');
    let mut item = |what: &str, columns: &[&ColumnStats], most: usize, word: fn(&ColumnStats) -> String| {
        let words: Vec<String> = columns.iter().take(most).map(|column| word(column)).collect();
        let more = match columns.len().saturating_sub(most) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        if !words.is_empty() {
            let _ = write!(text, "\n- {what}: {}{more}", words.join(", "));
        }
    };
    let name = |column: &ColumnStats| format!("`{}`", column.name);
    item("Measures", &found.measures, 6, name);
    item("Groups", &found.categories, 6, |column| format!("`{}` ({})", column.name, column.distinct));
    let mut gaps: Vec<&ColumnStats> = stats.iter().filter(|column| column.nulls > 0).collect();
    gaps.sort_by_key(|column| std::cmp::Reverse(column.nulls));
    item("Missing values", &gaps, 4, |column| {
        format!("`{}` in {}", column.name, counted(column.nulls, "row"))
    });
    if gaps.is_empty() {
        text.push_str("\n- No value is missing");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{CsvSettings, SourceVersion};

    fn column(name: &str, column_type: ColumnType, distinct: u64, min: &str, max: &str) -> ColumnStats {
        ColumnStats {
            name: name.to_owned(),
            column_type,
            count: 1_461,
            nulls: 0,
            distinct,
            min: Some(min.to_owned()),
            max: Some(max.to_owned()),
            mean: Some(3.0),
            stdev: None,
            q1: None,
            median: None,
            q3: None,
            top: Vec::new(),
            spread: Vec::new(),
            min_length: None,
            max_length: None,
        }
    }

    fn source() -> Source {
        let current = SourceVersion {
            version: 1,
            sha256: String::new(),
            size_bytes: 0,
            rows: 1_461,
            rejected_rows: 0,
            columns: Vec::new(),
            delimiter: ",".to_owned(),
            encoding: "UTF-8".to_owned(),
            format: "csv".to_owned(),
            created_by: "ann".to_owned(),
            created_at: jiff::Timestamp::UNIX_EPOCH,
            note: String::new(),
        };
        Source { name: "seattle-weather".to_owned(), settings: CsvSettings::default(), versions: 1, current }
    }

    fn ids(stats: &[ColumnStats]) -> Vec<String> {
        let canvas = propose(&source(), stats);
        canvas.check().expect("a proposal is a valid canvas");
        canvas.spec.blocks.iter().map(|block| block.id.clone()).collect()
    }

    #[test]
    fn time_measures_and_groups_each_get_their_chart() {
        let stats = [
            column("date", ColumnType::Date, 1_461, "2012-01-01", "2015-12-31"),
            column("rain (mm)", ColumnType::Decimal, 111, "0", "55.9"),
            column("wind", ColumnType::Decimal, 79, "0.4", "9.5"),
            column("weather", ColumnType::String, 5, "drizzle", "sun"),
        ];
        let expected = [
            "about",
            "row-count",
            "mean-rain-mm",
            "mean-wind",
            "over-time",
            "rows-by-weather",
            "spread",
            "points",
            "histogram",
            "rows",
        ];
        assert_eq!(ids(&stats), expected);
        let canvas = propose(&source(), &stats);
        let over_time = canvas.block("over-time").and_then(|block| block.title.clone());
        assert_eq!(over_time.as_deref(), Some("Mean rain (mm) by month"));
    }

    #[test]
    fn a_row_for_each_day_and_company_makes_a_line_for_each_company() {
        let color_of = |days, companies| {
            let stats = [
                column("day", ColumnType::Date, days, "2012-01-01", "2015-12-31"),
                column("price", ColumnType::Decimal, 1_000, "0.5", "100.5"),
                column("company", ColumnType::String, companies, "a", "e"),
            ];
            let canvas = propose(&source(), &stats);
            let query = crate::query::BlockQuery::of(canvas.block("over-time").expect("a chart over time"));
            query.expect("a query").main.select.get(2).map(ToString::to_string)
        };
        assert_eq!(color_of(292, 5), Some("company".to_owned()));
        assert_eq!(color_of(1_461, 5), None, "one row a day");
        assert_eq!(color_of(12, 5), None, "many rows a day");
        assert_eq!(color_of(100, 14), None, "too many lines");
    }

    #[test]
    fn keys_and_running_numbers_are_no_measures() {
        let stats = [
            column("row", ColumnType::Integer, 1_461, "1", "1461"),
            column("customer_id", ColumnType::Integer, 900, "1", "99999"),
            column("name", ColumnType::String, 1_461, "a", "z"),
        ];
        assert_eq!(ids(&stats), ["about", "row-count", "rows"]);
    }

    #[test]
    fn the_span_decides_the_unit() {
        let check = |min: &str, max: &str, expected| {
            let column_type = if min.contains('T') { ColumnType::Datetime } else { ColumnType::Date };
            assert_eq!(time_unit_of(&column("at", column_type, 9, min, max)), expected, "{min} {max}");
        };
        check("2020-01-01T00:00:00", "2020-01-02T00:00:00", Some(TimeUnit::YearMonthDateHours));
        check("2019-02-28T23:29:03", "2019-03-31T23:43:45", Some(TimeUnit::YearMonthDate));
        check("2012-01-01", "2012-01-02", Some(TimeUnit::YearMonthDate));
        check("2012-01-01", "2015-12-31", Some(TimeUnit::YearMonth));
        check("1900-01-01", "2015-12-31", Some(TimeUnit::Year));
        check("2012-01-01", "2012-01-01", None);
    }
}
