//! Blocks: a chart, a table, one number, or text, each with a place on the grid.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::encoding::{Channel, Encoding};
use crate::error::FieldError;
use crate::expect::{self, Expectation};
use crate::grid::Place;
use crate::name;
use crate::number_format::NumberFormat;
use crate::source::SourceRef;
use crate::term::{Term, TimeUnit};

/// One block of a canvas.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Block {
    /// Its name within the canvas.
    pub id: String,
    /// `chart`, `table`, `metric` or `text`: always the one that `kind` holds.
    #[serde(rename = "type")]
    pub block_type: BlockType,
    /// Its place on the grid.
    pub at: Place,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The fields of its type.
    #[serde(flatten)]
    pub kind: BlockKind,
    /// What `impala canvas check` holds its answer against.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<Expectation>,
}

impl Block {
    /// A block of the size that its kind wants, at the top left.
    pub fn new(id: impl Into<String>, kind: BlockKind) -> Self {
        let block_type = kind.block_type();
        let (w, h) = block_type.default_size();
        Self { id: id.into(), block_type, at: Place::new(0, 0, w, h), title: None, kind, expect: Vec::new() }
    }

    /// The same wherever it stands: two blocks that differ in their places only are equal then.
    pub fn without_place(&self) -> Self {
        Self { at: Place::new(0, 0, 1, 1), ..self.clone() }
    }

    /// Where its rows come from; `None` for text.
    pub fn from(&self) -> Option<&From> {
        match &self.kind {
            BlockKind::Chart(chart) => Some(&chart.from),
            BlockKind::Table(table) => Some(&table.from),
            BlockKind::Metric(metric) => Some(&metric.from),
            BlockKind::Text(_) => None,
        }
    }

    /// The same, to be changed.
    pub fn from_mut(&mut self) -> Option<&mut From> {
        match &mut self.kind {
            BlockKind::Chart(chart) => Some(&mut chart.from),
            BlockKind::Table(table) => Some(&mut table.from),
            BlockKind::Metric(metric) => Some(&mut metric.from),
            BlockKind::Text(_) => None,
        }
    }

    pub(crate) fn check(&self, pointer: &str, errors: &mut Vec<FieldError>) {
        errors.extend(name::check_slug(&format!("{pointer}/id"), &self.id).err());
        errors.extend(self.at.check(&format!("{pointer}/at")).err());
        if let Some(from) = self.from() {
            from.check(pointer, errors);
        }
        match &self.kind {
            BlockKind::Chart(chart) => chart.check(pointer, errors),
            BlockKind::Table(table) => table.check(pointer, errors),
            BlockKind::Metric(metric) => metric.check(pointer, errors),
            BlockKind::Text(_) => {}
        }
        expect::check(self, pointer, errors);
    }
}

/// The fields of a block that depend on its type.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum BlockKind {
    /// Marks on axes.
    Chart(Box<Chart>),
    /// Rows and columns.
    Table(Table),
    /// One number.
    Metric(Box<Metric>),
    /// Markdown.
    Text(Text),
}

impl BlockKind {
    /// Its `type` in the document.
    pub fn block_type(&self) -> BlockType {
        match self {
            Self::Chart(_) => BlockType::Chart,
            Self::Table(_) => BlockType::Table,
            Self::Metric(_) => BlockType::Metric,
            Self::Text(_) => BlockType::Text,
        }
    }
}

/// `type` of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum BlockType {
    /// Marks on axes.
    Chart,
    /// Rows and columns.
    Table,
    /// One number.
    Metric,
    /// Markdown.
    Text,
}

impl BlockType {
    /// Every type, in the order that help lists them.
    pub const ALL: [Self; 4] = [Self::Chart, Self::Table, Self::Metric, Self::Text];

    /// Its word in the document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chart => "chart",
            Self::Table => "table",
            Self::Metric => "metric",
            Self::Text => "text",
        }
    }

    /// Width and height of a block that comes without a size.
    pub const fn default_size(self) -> (u32, u32) {
        match self {
            Self::Chart => (12, 12),
            Self::Table => (24, 12),
            Self::Metric => (6, 5),
            Self::Text => (24, 3),
        }
    }
}

impl fmt::Display for BlockType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for BlockType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str);
            format!("\"{text}\" is not a type of block{}", name::suggestion(text, known))
        })
    }
}

/// Where a block's rows come from: a source or a `SELECT`, and which of them count.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct From {
    /// A source of the project, `taxis` or `taxis@3`. Exactly one of `source` and `sql` is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceRef>,
    /// One `SELECT` over the project's sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sql: Option<String>,
    /// A SQL expression that is true of the rows that count, `date >= $since`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

impl From {
    /// All rows of a source.
    pub fn source(source: SourceRef) -> Self {
        Self { source: Some(source), ..Self::default() }
    }

    fn check(&self, pointer: &str, errors: &mut Vec<FieldError>) {
        let detail = match (&self.source, &self.sql) {
            (None, None) => "needs \"source\" (or \"sql\"): where its rows come from",
            (Some(_), Some(_)) => "has both \"source\" and \"sql\"; give one of them",
            _ => return,
        };
        errors.push(FieldError::at(pointer, detail));
    }
}

/// Marks on axes, in the words of Vega-Lite.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Chart {
    /// Where its rows come from.
    #[serde(flatten)]
    pub from: From,
    /// What is drawn for a row or group.
    pub mark: ChartMark,
    /// Which field decides what of the mark.
    pub encoding: Encoding,
}

impl Chart {
    fn check(&self, pointer: &str, errors: &mut Vec<FieldError>) {
        self.encoding.check(self.mark, pointer, errors);
    }
}

/// What a chart draws for a row or group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ChartMark {
    /// A bar from zero.
    Bar,
    /// A line through the points.
    Line,
    /// A line, filled down to zero.
    Area,
    /// A dot.
    Point,
    /// A filled cell of a grid of two axes: a heat map.
    Rect,
    /// Median, quartiles and range of a group.
    Boxplot,
    /// A short stroke.
    Tick,
}

impl ChartMark {
    /// Every mark, in the order that help lists them.
    pub const ALL: [Self; 7] =
        [Self::Bar, Self::Line, Self::Area, Self::Point, Self::Rect, Self::Boxplot, Self::Tick];

    /// Its word in the document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bar => "bar",
            Self::Line => "line",
            Self::Area => "area",
            Self::Point => "point",
            Self::Rect => "rect",
            Self::Boxplot => "boxplot",
            Self::Tick => "tick",
        }
    }
}

impl std::str::FromStr for ChartMark {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|mark| mark.as_str() == text).ok_or_else(|| {
            format!("\"{text}\" is not a mark{}", name::suggestion(text, Self::ALL.map(Self::as_str)))
        })
    }
}

/// Rows and columns.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Table {
    /// Where its rows come from.
    #[serde(flatten)]
    pub from: From,
    /// What is shown, `["weather", "mean(wind)"]`; all fields when empty. With an aggregate among them,
    /// the others group.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Term>,
    /// Columns to sort by, the first decides; `-wind` for descending.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<SortKey>,
    /// Rows shown at most; [`Table::DEFAULT_LIMIT`] when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

impl Table {
    /// Rows of a table that sets no limit.
    pub const DEFAULT_LIMIT: u32 = 100;
    /// Rows of a table at most.
    pub const MAX_LIMIT: u32 = 10_000;

    fn check(&self, pointer: &str, errors: &mut Vec<FieldError>) {
        if self.limit.is_some_and(|limit| limit == 0 || limit > Self::MAX_LIMIT) {
            let detail = format!("a table shows 1 to {} rows", Self::MAX_LIMIT);
            errors.push(FieldError::at(format!("{pointer}/limit"), detail));
        }
    }
}

/// A column to sort by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SortKey {
    /// Name of a column of the result: a field or a term as written in `columns`.
    pub column: String,
    /// Largest first.
    pub is_descending: bool,
}

impl std::str::FromStr for SortKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (column, is_descending) = match text.strip_prefix('-') {
            Some(column) => (column, true),
            None => (text, false),
        };
        if column.is_empty() {
            return Err("names no column to sort by".to_owned());
        }
        // Spaces inside a term do not matter: `sum( x )` is `sum(x)`.
        let column = column.parse::<Term>().map_or_else(|_| column.to_owned(), |term| term.to_string());
        Ok(Self { column, is_descending })
    }
}

impl fmt::Display for SortKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.is_descending { "-" } else { "" }, self.column)
    }
}

crate::term::serde_as_text!(SortKey);

/// One number, optionally with its earlier value and its history.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Metric {
    /// Where its rows come from.
    #[serde(flatten)]
    pub from: From,
    /// What is shown: an aggregate, or a field of a one-row result.
    pub value: Channel,
    /// What it is compared to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare: Option<Compare>,
    /// The field or time unit along which the value is drawn as a small line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sparkline: Option<Channel>,
    /// How the number is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<NumberFormat>,
}

impl Metric {
    fn check(&self, pointer: &str, errors: &mut Vec<FieldError>) {
        self.value.check(&format!("{pointer}/value"), errors);
        if let Some(sparkline) = &self.sparkline {
            let pointer = format!("{pointer}/sparkline");
            sparkline.check(&pointer, errors);
            if sparkline.aggregate.is_some() {
                errors.push(FieldError::at(pointer, "runs along a field, not along an aggregate"));
            }
        }
        if let Some(compare) = &self.compare {
            let pointer = format!("{pointer}/compare");
            let detail = match compare.to {
                CompareTo::Version if compare.field.is_some() || compare.time_unit.is_some() => {
                    "compared to the earlier version it takes no field and no timeUnit"
                }
                CompareTo::Version if self.from.sql.is_some() => {
                    "only a block with a source can be compared to the earlier version"
                }
                CompareTo::Period if compare.field.is_none() || compare.time_unit.is_none() => {
                    "compared to the earlier period it needs a field and a timeUnit"
                }
                CompareTo::Period if compare.time_unit.is_some_and(TimeUnit::is_cyclic) => {
                    "needs a timeUnit that does not repeat, such as yearmonth"
                }
                _ => return,
            };
            errors.push(FieldError::at(pointer, detail));
        }
    }
}

/// What a metric is compared to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// The earlier version of the source, or the earlier period of its rows.
    pub to: CompareTo,
    /// A date or datetime, for `to: period`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// How long a period is, for `to: period`: the value is that of the latest period, compared with the one before.
    #[serde(default, rename = "timeUnit", skip_serializing_if = "Option::is_none")]
    pub time_unit: Option<TimeUnit>,
}

/// See [`Compare`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum CompareTo {
    /// The version of the source before the one shown.
    Version,
    /// The period before the latest one.
    Period,
}

/// Markdown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// CommonMark; `{{name}}` stands for a parameter's value, or that of a metric block by its id.
    pub markdown: String,
}

impl Text {
    /// The names between double braces, in order.
    pub fn placeholders(&self) -> impl Iterator<Item = &str> {
        self.markdown
            .split("{{")
            .skip(1)
            .filter_map(|rest| rest.split_once("}}"))
            .map(|(name, _)| name.trim())
            .filter(|name| !name.is_empty())
    }

    /// The text with each `{{name}}` replaced by what `value` returns for it; unknown ones stay.
    pub fn fill(&self, value: impl Fn(&str) -> Option<String>) -> String {
        let mut filled = String::with_capacity(self.markdown.len());
        let mut rest = self.markdown.as_str();
        while let Some((before, after)) = rest.split_once("{{") {
            filled.push_str(before);
            match after.split_once("}}").and_then(|(name, tail)| Some((value(name.trim())?, tail))) {
                Some((text, tail)) => {
                    filled.push_str(&text);
                    rest = tail;
                }
                None => {
                    filled.push_str("{{");
                    rest = after;
                }
            }
        }
        filled + rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_found_and_filled() {
        let text = Text { markdown: "From **{{since}}** {{ kind }} {{x".to_owned() };
        assert_eq!(text.placeholders().collect::<Vec<_>>(), ["since", "kind"]);
        let filled = text.fill(|name| (name == "since").then(|| "2013".to_owned()));
        assert_eq!(filled, "From **2013** {{ kind }} {{x");
    }

    #[test]
    fn sort_keys_read_and_write_a_leading_minus() {
        for text in ["wind", "-wind", "-sum(wind)"] {
            assert_eq!(text.parse::<SortKey>().map(|key| key.to_string()), Ok(text.to_owned()));
        }
    }
}
