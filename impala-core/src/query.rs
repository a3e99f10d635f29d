//! What a block asks: terms over the rows of a source, grouped when one of them is an aggregate.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::Invalid;
use crate::block::{Block, BlockKind, Chart, ChartMark, CompareTo, From, Metric, SortKey, Table};
use crate::encoding::{Channel, Encoding, FieldType};
use crate::term::{Aggregate, Term};

/// Rows or groups that a chart gets at most.
pub const CHART_LIMIT: u64 = 10_000;

/// Points of a metric's sparkline at most.
pub const TREND_LIMIT: u64 = 500;

/// One question to a source or to the result of a `SELECT`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Query {
    /// Where the rows come from, and which count.
    pub from: From,
    /// Columns of the answer, named by their terms; all fields when empty. With an aggregate among them, the
    /// others group, and the answer has a row for each group.
    pub select: Vec<Term>,
    /// Columns of the answer to sort by. Groups without it come in the order of the grouping terms, least first and null
    /// last; rows come in the order of the file.
    pub sort: Vec<SortKey>,
    /// Rows of the answer at most.
    pub limit: u64,
}

impl Query {
    /// Whether rows are grouped.
    pub fn is_grouped(&self) -> bool {
        self.select.iter().any(Term::is_aggregate)
    }

    fn check_names(&self) -> Result<(), Invalid> {
        let mut named = BTreeMap::new();
        for term in &self.select {
            let name = term.to_string();
            if named.get(&name).is_some_and(|other| *other != term) {
                let detail = format!(
                    "two different things are both called \"{name}\" in the answer; bin a field in one way only, and rename a column that is called like a function"
                );
                return Err(Invalid::at("", detail));
            }
            named.insert(name, term);
        }
        Ok(())
    }
}

/// All that one block asks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BlockQuery {
    /// What it shows. For a metric: one row with its value.
    pub main: Query,
    /// What its value is compared to.
    pub previous: Option<Previous>,
    /// Its sparkline: the axis, then the value.
    pub trend: Option<Query>,
}

/// Where the value comes from that a metric is compared to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Previous {
    /// The main query over the version before the one shown.
    Version,
    /// The query gives the latest periods first: its first row holds the value itself, its second the previous one.
    /// Its columns are the period and the value.
    Period(Query),
}

impl BlockQuery {
    /// What a block asks; `None` for text, which asks nothing.
    pub fn of(block: &Block) -> Option<Self> {
        Self::of_typed(block, |_| false)
    }

    /// As [`BlockQuery::of`], where it is known of fields whether they hold numbers: that decides which way a boxplot lies.
    pub fn of_typed(block: &Block, is_number: impl Fn(&str) -> bool) -> Option<Self> {
        match &block.kind {
            BlockKind::Text(_) => None,
            BlockKind::Chart(chart) => Some(Self::plain(chart_query(chart, is_number))),
            BlockKind::Table(table) => Some(Self::plain(table_query(table))),
            BlockKind::Metric(metric) => Some(Self::of_metric(metric)),
        }
    }

    /// Whether each column of its answers has a name of its own. Columns are named by the text of their terms, and that
    /// can be the same for two different terms: two ways to bin a field, or `sum(v)` and a field of that name.
    ///
    /// # Errors
    /// Names the column that would stand for two.
    pub fn check_names(&self) -> Result<(), Invalid> {
        let period = match &self.previous {
            Some(Previous::Period(period)) => Some(period),
            _ => None,
        };
        [Some(&self.main), period, self.trend.as_ref()].into_iter().flatten().try_for_each(Query::check_names)
    }

    /// What it shows of one version alone, without sparkline and earlier version. A metric that is compared to an earlier period
    /// still shows its latest one.
    #[must_use]
    pub fn over_one_version(&self) -> Self {
        let period = self.previous.clone().filter(|previous| matches!(previous, Previous::Period(_)));
        Self { main: self.main.clone(), previous: period, trend: None }
    }

    fn plain(main: Query) -> Self {
        Self { main, previous: None, trend: None }
    }

    fn of_metric(metric: &Metric) -> Self {
        let value = metric.value.term();
        let query = |axis: Option<Term>, limit| Query {
            from: metric.from.clone(),
            select: axis.into_iter().chain(value.clone()).collect(),
            sort: Vec::new(),
            limit,
        };
        let previous = metric.compare.as_ref().and_then(|compare| match compare.to {
            CompareTo::Version => Some(Previous::Version),
            CompareTo::Period => {
                let axis = Term::TimeUnit(compare.time_unit?, compare.field.clone()?);
                let latest_first = SortKey { column: axis.to_string(), is_descending: true };
                Some(Previous::Period(Query { sort: vec![latest_first], ..query(Some(axis), 2) }))
            }
        });
        let trend = metric.sparkline.as_ref().and_then(Channel::term);
        Self { main: query(None, 1), previous, trend: trend.map(|axis| query(Some(axis), TREND_LIMIT)) }
    }
}

fn table_query(table: &Table) -> Query {
    Query {
        from: table.from.clone(),
        select: table.columns.clone(),
        sort: table.sort.clone(),
        limit: u64::from(table.limit.unwrap_or(Table::DEFAULT_LIMIT)),
    }
}

fn chart_query(chart: &Chart, is_number: impl Fn(&str) -> bool) -> Query {
    let mut select = Vec::new();
    let mut push = |term: Term| {
        if !select.contains(&term) {
            select.push(term);
        }
    };
    let value_axis =
        (chart.mark == ChartMark::Boxplot).then(|| boxplot_value_axis(&chart.encoding, is_number));
    for (name, channel) in chart.encoding.channels() {
        let Some(term) = channel.term() else { continue };
        match (&term, value_axis) {
            (Term::Field(field), Some(axis)) if axis == name => {
                boxplot_terms(field).into_iter().chain(boxplot_counts(field)).for_each(&mut push);
            }
            _ => push(term),
        }
    }
    Query { from: chart.from.clone(), select, sort: Vec::new(), limit: CHART_LIMIT }
}

/// The five numbers of a boxplot, in the order least, first quartile, median, third quartile, greatest.
pub fn boxplot_terms(field: &str) -> [Term; 5] {
    [Aggregate::Min, Aggregate::Q1, Aggregate::Median, Aggregate::Q3, Aggregate::Max]
        .map(|aggregate| Term::Aggregate(aggregate, Some(field.to_owned())))
}

/// What tells how many rows are in no box: how many rows there are, and how many of them have a value.
pub fn boxplot_counts(field: &str) -> [Term; 2] {
    [None, Some(field.to_owned())].map(|field| Term::Aggregate(Aggregate::Count, field))
}

/// Which axis of a boxplot holds the values, `"x"` or `"y"`: the one that is there, the one said to be quantitative, or the
/// only one whose field `is_number`; y when all that leaves it open.
pub fn boxplot_value_axis(encoding: &Encoding, is_number: impl Fn(&str) -> bool) -> &'static str {
    let field_type = |channel: &Option<Channel>| channel.as_ref().and_then(|channel| channel.field_type);
    let is_name = |field_type| matches!(field_type, Some(FieldType::Nominal | FieldType::Ordinal));
    match (&encoding.x, &encoding.y) {
        (Some(_), None) => "x",
        (Some(x), Some(y)) => {
            let groups = |channel: &Channel| channel.time_unit.is_some() || channel.bin.is_some();
            let holds_numbers = |channel: &Channel| channel.field.as_deref().is_some_and(&is_number);
            let is_untold = x.field_type.is_none() && y.field_type.is_none();
            let is_x = field_type(&encoding.x) == Some(FieldType::Quantitative)
                || is_name(field_type(&encoding.y))
                || (groups(y) && !groups(x))
                || (is_untold && !groups(x) && holds_numbers(x) && !holds_numbers(y));
            if is_x { "x" } else { "y" }
        }
        _ => "y",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document;

    fn query_of(yaml: &str) -> BlockQuery {
        let block = document::read_block(&document::from_yaml(yaml).expect(yaml)).expect(yaml);
        BlockQuery::of(&block).expect(yaml)
    }

    fn terms(query: &Query) -> Vec<String> {
        query.select.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_chart_selects_the_terms_of_its_channels_once() {
        let query = query_of(
            "{id: a, type: chart, source: s, mark: bar, encoding: {x: {field: d, timeUnit: year}, y: {aggregate: sum, field: v}, color: {field: k}, tooltip: [{field: k}]}}",
        );
        assert_eq!(terms(&query.main), ["year(d)", "sum(v)", "k"]);
        assert!(query.main.is_grouped());
    }

    #[test]
    fn a_boxplot_selects_five_numbers_and_what_is_in_none() {
        let query = query_of(
            "{id: a, type: chart, source: s, mark: boxplot, encoding: {x: {field: k}, y: {field: v}}}",
        );
        assert_eq!(
            terms(&query.main),
            ["k", "min(v)", "q1(v)", "median(v)", "q3(v)", "max(v)", "count()", "count(v)"]
        );
    }

    #[test]
    fn two_different_terms_of_one_name_are_refused() {
        let check = |encoding: &str, expected: Option<&str>| {
            let query =
                query_of(&format!("{{id: a, type: chart, source: s, mark: bar, encoding: {{{encoding}}}}}"));
            let error = query.check_names().err().map(|invalid| invalid.to_string());
            let is_as_expected = match (&error, expected) {
                (Some(error), Some(name)) => error.contains(&format!("called \"{name}\"")),
                (error, expected) => error.is_none() && expected.is_none(),
            };
            assert!(is_as_expected, "{encoding}: {error:?}");
        };
        let bins = |color: u32| {
            format!(
                "x: {{field: v, bin: {{maxbins: 5}}}}, y: {{aggregate: count}}, color: {{field: v, bin: {{maxbins: {color}}}}}"
            )
        };
        check(&bins(5), None);
        check(&bins(50), Some("bin(v)"));
        check("x: {field: 'sum(v)'}, y: {aggregate: sum, field: v}", Some("sum(v)"));
    }

    #[test]
    fn a_boxplot_lies_where_only_x_holds_numbers() {
        let yaml = "{id: a, type: chart, source: s, mark: boxplot, encoding: {x: {field: v}, y: {field: k}}}";
        let block = document::read_block(&document::from_yaml(yaml).expect(yaml)).expect(yaml);
        let first_terms = |numbers: &[&str]| {
            let query = BlockQuery::of_typed(&block, |field| numbers.contains(&field)).expect(yaml);
            terms(&query.main)[..2].join(" ")
        };
        assert_eq!(first_terms(&["v"]), "min(v) q1(v)");
        assert_eq!(first_terms(&["v", "k"]), "v min(k)");
        assert_eq!(first_terms(&[]), "v min(k)");
    }

    #[test]
    fn a_metric_asks_for_value_period_and_trend() {
        let query = query_of(
            "{id: a, type: metric, source: s, value: {aggregate: sum, field: v}, compare: {to: period, field: d, timeUnit: yearmonth}, sparkline: {field: d, timeUnit: yearmonth}}",
        );
        assert_eq!(terms(&query.main), ["sum(v)"]);
        let Some(Previous::Period(period)) = &query.previous else { panic!("{query:?}") };
        assert_eq!((terms(period), period.limit), (vec!["yearmonth(d)".to_owned(), "sum(v)".to_owned()], 2));
        assert_eq!(query.trend.map(|trend| terms(&trend)), Some(terms(period)));
    }
}
