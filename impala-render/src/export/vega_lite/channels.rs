//! Channels in Vega-Lite's words. Aggregates are values by now, so that a channel names a field and its type.

use impala_core::block::{Chart, ChartMark};
use impala_core::data::BlockData;
use impala_core::encoding::{Channel, Sort, Stack};
use impala_core::number_format::{NumberFormat, NumberStyle};
use impala_core::term::TimeUnit;
use serde_json::{Map, Value, json};

use super::{stack_of, table};
use crate::format::time::{DAYS, MONTHS};
use crate::layout::chart::field::{Field, Kind};

/// A chart with what came back.
pub struct Channels<'a> {
    pub chart: &'a Chart,
    pub data: &'a BlockData,
}

impl<'a> Channels<'a> {
    pub fn field(&self, channel: Option<&'a Channel>) -> Option<Field<'a>> {
        Field::of(channel, self.data)
    }

    /// The key of a column in the rows of the spec.
    pub fn key(&self, field: &Field) -> String {
        table::key(self.data, &field.column.name)
    }

    /// The facet as an operator; `None` without one.
    pub fn facet(&self) -> Option<Value> {
        let field = self.field(self.chart.encoding.facet.as_ref())?;
        Some(Value::Object(self.definition(&field, Use::Category)))
    }

    pub fn encoding(&self) -> Value {
        let mut encoding = Map::new();
        for (name, is_x) in [("x", true), ("y", false)] {
            if let Some(axis) = self.axis(is_x) {
                encoding.insert(name.to_owned(), Value::Object(axis));
            }
            if let Some(end) = self.end(is_x) {
                encoding.insert(format!("{name}2"), end);
            }
        }
        if let Some(color) = self.field(self.chart.encoding.color.as_ref()) {
            let usage = if self.parts_by_color(&color) { Use::Category } else { Use::Scale };
            let mut definition = self.definition(&color, usage);
            rename_labels(&mut definition, "legend");
            encoding.insert("color".to_owned(), Value::Object(definition));
            if let Some(offset) = self.offset(&color) {
                let name = if self.is_upright() { "xOffset" } else { "yOffset" };
                encoding.insert(name.to_owned(), offset);
            }
        }
        if let Some(size) = self.field(self.chart.encoding.size.as_ref()) {
            let mut definition = self.definition(&size, Use::Scale);
            rename_labels(&mut definition, "legend");
            encoding.insert("size".to_owned(), Value::Object(definition));
        }
        let tips = self.chart.encoding.tooltip.iter().filter_map(|channel| self.field(Some(channel)));
        let tips: Vec<Value> = tips
            .map(|field| {
                let mut definition = self.definition(&field, Use::Scale);
                definition.remove("axis");
                Value::Object(definition)
            })
            .collect();
        if !tips.is_empty() {
            let axes =
                ["x", "y", "color", "size"].into_iter().filter_map(|name| encoding.get(name)).map(bare);
            let all: Vec<Value> = axes.chain(tips).collect();
            encoding.insert("tooltip".to_owned(), Value::Array(all));
        }
        Value::Object(encoding)
    }

    /// Whether each value of the color is a series of its own rather than a place on a scale.
    fn parts_by_color(&self, color: &Field) -> bool {
        let is_run = matches!(self.chart.mark, ChartMark::Line | ChartMark::Area);
        color.is_binned() || is_run && !color.is_aggregate()
    }

    /// Whether values stand on y: where bars stand.
    pub fn is_upright(&self) -> bool {
        let (x, y) = (self.chart.encoding.x.as_ref(), self.chart.encoding.y.as_ref());
        let (Some(x), Some(y)) = (self.field(x), self.field(y)) else { return true };
        if x.is_aggregate() != y.is_aggregate() {
            return y.is_aggregate();
        }
        y.is_measure() || !x.is_measure()
    }

    fn axis(&self, is_x: bool) -> Option<Map<String, Value>> {
        let encoding = &self.chart.encoding;
        let channel = if is_x { encoding.x.as_ref() } else { encoding.y.as_ref() };
        let field = self.field(channel)?;
        let is_value = is_x != self.is_upright();
        let usage = match self.chart.mark {
            ChartMark::Bar if !is_value => Use::Category,
            ChartMark::Rect => Use::Category,
            _ => Use::Scale,
        };
        let mut axis = self.definition(&field, usage);
        rename_labels(&mut axis, "axis");
        let is_quantitative = axis.get("type").is_some_and(|kind| kind == "quantitative");
        if matches!(self.chart.mark, ChartMark::Line | ChartMark::Point | ChartMark::Tick)
            && is_quantitative
            && !field.is_binned()
        {
            axis.insert("scale".to_owned(), json!({"zero": false}));
        }
        if matches!(self.chart.mark, ChartMark::Bar | ChartMark::Area) && is_value {
            axis.insert(
                "stack".to_owned(),
                match stack_of(self.chart) {
                    Some(Stack::None) => Value::Null,
                    Some(Stack::Normalize) => "normalize".into(),
                    _ => "zero".into(),
                },
            );
        }
        if let Some(sort) = self.sort(&field, is_x)
            && !is_quantitative
        {
            axis.insert("sort".to_owned(), sort);
        }
        Some(axis)
    }

    /// The other bound of bins and of weeks, which Vega-Lite begins on Sundays.
    fn end(&self, is_x: bool) -> Option<Value> {
        let encoding = &self.chart.encoding;
        let field = self.field(if is_x { encoding.x.as_ref() } else { encoding.y.as_ref() })?;
        let is_filled = matches!(self.chart.mark, ChartMark::Bar | ChartMark::Rect);
        let has_end = field.is_binned() || table::is_weeks(&field);
        (is_filled && has_end).then(|| json!({"field": table::end_key(&self.key(&field))}))
    }

    fn sort(&self, field: &Field, is_x: bool) -> Option<Value> {
        let sort = field.channel.sort?;
        let other = |is_x: bool| {
            let channel = if is_x { &self.chart.encoding.x } else { &self.chart.encoding.y };
            self.field(channel.as_ref()).map(|field| self.key(&field))
        };
        let by = |key: Option<String>, order: &str| Some(json!({"field": key?, "op": "sum", "order": order}));
        match sort {
            Sort::Ascending => Some("ascending".into()),
            Sort::Descending => Some("descending".into()),
            Sort::X if !is_x => by(other(true), "ascending"),
            Sort::XDescending if !is_x => by(other(true), "descending"),
            Sort::Y if is_x => by(other(false), "ascending"),
            Sort::YDescending if is_x => by(other(false), "descending"),
            _ => None,
        }
    }

    /// Bars side by side.
    fn offset(&self, color: &Field) -> Option<Value> {
        let is_beside = self.chart.mark == ChartMark::Bar && stack_of(self.chart) == Some(Stack::None);
        let category = if self.is_upright() { &self.chart.encoding.x } else { &self.chart.encoding.y };
        let is_category = category.as_ref().and_then(Channel::term) == color.channel.term();
        (is_beside && !is_category).then(|| json!({"field": self.key(color), "type": "nominal"}))
    }

    /// Field, type, title, and how its values are written.
    pub fn definition(&self, field: &Field, usage: Use) -> Map<String, Value> {
        let mut definition = Map::new();
        definition.insert("field".to_owned(), self.key(field).into());
        definition.insert("title".to_owned(), field.title().into());
        let kind = match (field.kind(), usage) {
            (Kind::Number, Use::Category) if !field.is_binned() => "ordinal",
            (Kind::Number, _) => "quantitative",
            (Kind::Time, _) => "temporal",
            (Kind::Names, _) if field.column.values.column_type().is_numeric() => "ordinal",
            (Kind::Names, _) => "nominal",
        };
        definition.insert("type".to_owned(), kind.into());
        if kind == "temporal" {
            match field.channel.time_unit.and_then(utc) {
                Some(unit) => definition.insert("timeUnit".to_owned(), unit.into()),
                None => definition.insert("scale".to_owned(), json!({"type": "utc"})),
            };
        }
        if kind == "quantitative" && field.is_binned() {
            definition.insert("bin".to_owned(), "binned".into());
        }
        let names = field.channel.time_unit.and_then(names).filter(|_| kind == "ordinal");
        match (names, &field.channel.format) {
            (Some(expression), _) => {
                definition.insert("axis".to_owned(), json!({ "labelExpr": expression }));
            }
            (None, Some(format)) if kind == "quantitative" => {
                definition.insert("axis".to_owned(), json!({"labelExpr": label(format)}));
            }
            _ => {}
        }
        definition
    }
}

/// What a field is used for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Its values stand side by side.
    Category,
    /// As its type says.
    Scale,
}

/// Labels are written where they stand: on an axis or in a legend.
fn rename_labels(definition: &mut Map<String, Value>, place: &str) {
    if let Some(labels) = definition.remove("axis") {
        definition.insert(place.to_owned(), labels);
    }
}

/// A definition as a tooltip takes it.
fn bare(definition: &Value) -> Value {
    let keep = ["field", "title", "type", "timeUnit"];
    let fields =
        definition.as_object().into_iter().flatten().filter(|(name, _)| keep.contains(&name.as_str()));
    Value::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// The unit in UTC, as the values here have no zone; `None` for weeks, which begin on Sundays there.
fn utc(unit: TimeUnit) -> Option<String> {
    (unit != TimeUnit::YearWeek && !unit.is_cyclic()).then(|| format!("utc{}", unit.as_str()))
}

/// The names of a unit's numbers, as an expression.
fn names(unit: TimeUnit) -> Option<String> {
    let list = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
        format!("[{}][datum.value - 1]", names.join(","))
    };
    match unit {
        TimeUnit::Month => Some(list(&MONTHS)),
        TimeUnit::Day => Some(list(&DAYS)),
        TimeUnit::Quarter => Some("'Q' + datum.value".to_owned()),
        TimeUnit::Week => Some("'W' + datum.value".to_owned()),
        _ => None,
    }
}

/// A number format as an expression.
fn label(format: &NumberFormat) -> String {
    let grouped = if format.is_grouped { "," } else { "" };
    let d3 = match (format.style, format.decimals) {
        (NumberStyle::Plain, Some(decimals)) => format!("{grouped}.{decimals}f"),
        (NumberStyle::Plain, None) => grouped.to_owned(),
        (NumberStyle::Percent, decimals) => format!("{grouped}.{}%", decimals.unwrap_or(0)),
        (NumberStyle::Short, _) => ".3~s".to_owned(),
    };
    let quoted =
        |text: &str| format!("'{}'", crate::format::clean(text).replace('\\', "\\\\").replace('\'', "\\'"));
    let value = format!("format(datum.value, '{d3}')");
    match (format.prefix.as_str(), format.suffix.as_str()) {
        ("", "") => value,
        ("", suffix) => format!("{value} + {}", quoted(suffix)),
        (prefix, suffix) => format!("{} + {value} + {}", quoted(prefix), quoted(suffix)),
    }
}
