//! Flags of `impala block add` and `set` to the fields of a block, as the document has them.

use clap::Args;
use impala_core::block::{BlockType, ChartMark, SortKey};
use impala_core::encoding::Channel;
use impala_core::expect::Expectation;
use impala_core::source::SourceRef;
use impala_core::term::Term;
use serde_json::{Map, Value, json};

use crate::args::parse_pair;
use crate::error::CliError;

/// What a block shows.
#[derive(Clone, Debug, Default, Args)]
pub struct BlockFlags {
    /// Title above the block
    #[arg(long, value_name = "TEXT", help_heading = "Every block")]
    title: Option<String>,
    /// Source of its rows, perhaps of a version: weather, weather@3
    #[arg(long, value_name = "SOURCE", help_heading = "Every block")]
    source: Option<SourceRef>,
    /// One SELECT over the project's sources, in place of --source
    #[arg(long, value_name = "SELECT", help_heading = "Every block", conflicts_with = "source")]
    sql: Option<String>,
    /// SQL expression that is true of the rows that count
    #[arg(long, value_name = "SQL", help_heading = "Every block")]
    filter: Option<String>,
    /// What `impala canvas check` expects of it: "rows > 0"; repeat it for several
    #[arg(long, value_name = "RULE", help_heading = "Every block")]
    expect: Vec<Expectation>,
    /// Any field by its path: encoding.y.stack=normalize
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = parse_pair, help_heading = "Every block")]
    set: Vec<(String, String)>,
    /// Remove a field, so that its default counts again
    #[arg(long = "unset", value_name = "PATH", help_heading = "Every block")]
    unset: Vec<String>,

    /// What is drawn: bar, line, area, point, rect, boxplot, tick
    #[arg(long, value_name = "MARK", help_heading = "Charts")]
    mark: Option<ChartMark>,
    /// Horizontal axis: a field, sum(FIELD), yearmonth(FIELD), bin(FIELD), count()
    #[arg(long, value_name = "TERM", help_heading = "Charts")]
    x: Option<Term>,
    /// Vertical axis
    #[arg(long, value_name = "TERM", help_heading = "Charts")]
    y: Option<Term>,
    /// One series a value (here, the global flag of that name gives way)
    #[arg(id = "color", long = "color", value_name = "TERM", help_heading = "Charts")]
    color: Option<String>,
    /// Size of points
    #[arg(long, value_name = "TERM", help_heading = "Charts")]
    size: Option<Term>,
    /// One small chart a value
    #[arg(long, value_name = "TERM", help_heading = "Charts")]
    facet: Option<Term>,
    /// Told on demand; repeat it for several
    #[arg(long, value_name = "TERM", help_heading = "Charts")]
    tooltip: Vec<Term>,

    /// What a table shows, separated by commas: weather,mean(wind)
    #[arg(long, value_name = "TERMS", value_delimiter = ',', help_heading = "Tables")]
    columns: Vec<Term>,
    /// Columns to sort by, separated by commas; -wind for descending
    #[arg(
        long,
        value_name = "COLUMNS",
        value_delimiter = ',',
        allow_hyphen_values = true,
        help_heading = "Tables"
    )]
    sort: Vec<SortKey>,
    /// Rows shown at most
    #[arg(long, value_name = "N", help_heading = "Tables")]
    limit: Option<u32>,

    /// The number that is shown: max(precipitation)
    #[arg(long, value_name = "TERM", help_heading = "Numbers")]
    value: Option<Term>,
    /// What it is compared to: version, or a period such as yearmonth(date)
    #[arg(long, value_name = "WHAT", help_heading = "Numbers")]
    compare: Option<String>,
    /// The field along which it is drawn as a small line: yearmonth(date)
    #[arg(long, value_name = "TERM", help_heading = "Numbers")]
    sparkline: Option<Term>,
    /// How the number is written: "{:.1} mm"
    #[arg(long, value_name = "FORMAT", help_heading = "Numbers")]
    format: Option<String>,

    /// What a text block says; - reads stdin
    #[arg(long, value_name = "TEXT", help_heading = "Text")]
    markdown: Option<String>,
}

/// Adds `key`, when there is a value.
fn put(fields: &mut Map<String, Value>, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        fields.insert(key.to_owned(), value.into());
    }
}

/// The document's form of a channel.
fn channel(term: &Term) -> Value {
    serde_json::to_value(Channel::from(term.clone())).unwrap_or_default()
}

impl BlockFlags {
    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        let mut fields = Map::new();
        self.put_all(&mut fields);
        fields.is_empty() && self.set.is_empty() && self.unset.is_empty() && !self.has_channel()
    }

    fn has_channel(&self) -> bool {
        let terms = [&self.x, &self.y, &self.size, &self.facet];
        terms.iter().any(|term| term.is_some()) || self.color.is_some() || !self.tooltip.is_empty()
    }

    /// The type of block that the flags fit.
    pub fn block_type(&self) -> Option<BlockType> {
        if self.mark.is_some() || self.has_channel() {
            Some(BlockType::Chart)
        } else if self.value.is_some() || self.sparkline.is_some() {
            Some(BlockType::Metric)
        } else if self.markdown.is_some() {
            Some(BlockType::Text)
        } else if self.source.is_some() || self.sql.is_some() || !self.columns.is_empty() {
            Some(BlockType::Table)
        } else {
            None
        }
    }

    /// Where a new block's id may come from: its title, or its type.
    pub fn stem(&self, block_type: BlockType) -> String {
        self.title.clone().unwrap_or_else(|| block_type.to_string())
    }

    /// Replaces `-` by what stdin holds.
    pub fn read_stdin(&mut self, read: impl FnOnce() -> Result<String, CliError>) -> Result<(), CliError> {
        if self.markdown.as_deref() == Some("-") {
            self.markdown = Some(read()?);
        }
        Ok(())
    }

    /// Writes what was given into the fields of a block.
    ///
    /// # Errors
    /// Usage, when a path leads nowhere or a value cannot be read. Whether the fields fit is for the reader of the block.
    pub fn apply(&self, fields: &mut Map<String, Value>) -> Result<(), CliError> {
        // A block has one of the two; the newer choice wins.
        if self.source.is_some() {
            fields.remove("sql");
        }
        if self.sql.is_some() {
            fields.remove("source");
        }
        self.put_all(fields);
        let channels = self.encoding()?;
        if !channels.is_empty() {
            let encoding = fields.entry("encoding").or_insert_with(|| json!({}));
            if let Some(encoding) = encoding.as_object_mut() {
                encoding.extend(channels);
            }
        }
        for path in &self.unset {
            remove_at(fields, path)?;
        }
        for (path, text) in &self.set {
            // What is no YAML is a text as it stands: {:.1} mm.
            let value = impala_core::document::from_yaml(text).unwrap_or_else(|_| json!(text));
            set_at(fields, path, value)?;
        }
        Ok(())
    }

    fn put_all(&self, fields: &mut Map<String, Value>) {
        let text = |terms: &[Term]| terms.iter().map(ToString::to_string).collect::<Vec<_>>();
        put(fields, "title", self.title.clone());
        put(fields, "source", self.source.as_ref().map(ToString::to_string));
        put(fields, "sql", self.sql.clone());
        put(fields, "filter", self.filter.clone());
        let expect: Vec<String> = self.expect.iter().map(ToString::to_string).collect();
        put(fields, "expect", (!expect.is_empty()).then_some(expect));
        put(fields, "mark", self.mark.map(ChartMark::as_str));
        put(fields, "columns", (!self.columns.is_empty()).then(|| text(&self.columns)));
        let sort: Vec<String> = self.sort.iter().map(ToString::to_string).collect();
        put(fields, "sort", (!sort.is_empty()).then_some(sort));
        put(fields, "limit", self.limit);
        put(fields, "value", self.value.as_ref().map(channel));
        put(fields, "compare", self.compare.as_deref().map(compare));
        put(fields, "sparkline", self.sparkline.as_ref().map(channel));
        put(fields, "format", self.format.clone());
        put(fields, "markdown", self.markdown.clone());
    }

    fn encoding(&self) -> Result<Map<String, Value>, CliError> {
        let color = self.color.as_deref().map(str::parse::<Term>).transpose();
        let color = color.map_err(|error| CliError::usage(format!("--color: {error}")))?;
        let mut channels = Map::new();
        for (name, term) in
            [("x", &self.x), ("y", &self.y), ("color", &color), ("size", &self.size), ("facet", &self.facet)]
        {
            put(&mut channels, name, term.as_ref().map(channel));
        }
        let tooltip: Vec<Value> = self.tooltip.iter().map(channel).collect();
        put(&mut channels, "tooltip", (!tooltip.is_empty()).then_some(tooltip));
        Ok(channels)
    }
}

/// `version`, or the period that a term of time names.
fn compare(text: &str) -> Value {
    match text.parse::<Term>() {
        Ok(Term::TimeUnit(unit, field)) => json!({"to": "period", "field": field, "timeUnit": unit.as_str()}),
        _ => json!({"to": text}),
    }
}

/// Steps along all but the last name of a path; objects on the way are made.
fn walk<'a, 'p>(
    fields: &'a mut Map<String, Value>,
    path: &'p str,
) -> Result<(&'a mut Map<String, Value>, &'p str), CliError> {
    let (way, last) = path.rsplit_once('.').unwrap_or(("", path));
    let mut here = fields;
    for name in way.split('.').filter(|name| !name.is_empty()) {
        let next = here.entry(name).or_insert_with(|| json!({}));
        here = next
            .as_object_mut()
            .ok_or_else(|| CliError::usage(format!("{path}: \"{name}\" has no fields")))?;
    }
    Ok((here, last))
}

fn set_at(fields: &mut Map<String, Value>, path: &str, value: Value) -> Result<(), CliError> {
    let (parent, name) = walk(fields, path)?;
    parent.insert(name.to_owned(), value);
    Ok(())
}

fn remove_at(fields: &mut Map<String, Value>, path: &str) -> Result<(), CliError> {
    let (parent, name) = walk(fields, path)?;
    match parent.remove(name) {
        Some(_) => Ok(()),
        None => Err(CliError::usage(format!("--unset {path}: the block has no such field"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        flags: BlockFlags,
    }

    fn applied(old: Value, line: &[&str]) -> Result<Value, String> {
        let parsed = Flags::try_parse_from(["x"].iter().chain(line)).map_err(|error| error.to_string())?;
        let Value::Object(mut fields) = old else { return Err("no object".to_owned()) };
        parsed.flags.apply(&mut fields).map_err(|error| error.message)?;
        Ok(Value::Object(fields))
    }

    #[test]
    fn flags_become_fields() {
        let check = |line: &[&str], expected: Value| assert_eq!(applied(json!({}), line), Ok(expected));
        check(
            &["--mark", "bar", "--x", "yearmonth(date)", "--y", "sum(rain)", "--color", "weather"],
            json!({"mark": "bar", "encoding": {
                "x": {"field": "date", "timeUnit": "yearmonth"},
                "y": {"aggregate": "sum", "field": "rain"},
                "color": {"field": "weather"},
            }}),
        );
        check(
            &["--columns", "weather,mean(wind)", "--sort", "-mean(wind)"],
            json!({"columns": ["weather", "mean(wind)"], "sort": ["-mean(wind)"]}),
        );
        check(&["--compare", "version"], json!({"compare": {"to": "version"}}));
        check(
            &["--compare", "yearmonth(date)"],
            json!({"compare": {"to": "period", "field": "date", "timeUnit": "yearmonth"}}),
        );
    }

    #[test]
    fn fields_are_changed_by_their_path() {
        let old = json!({"source": "a", "encoding": {"x": {"field": "n"}}});
        let check = |line: &[&str], expected: Value| assert_eq!(applied(old.clone(), line), Ok(expected));
        check(&["--sql", "SELECT 1"], json!({"sql": "SELECT 1", "encoding": {"x": {"field": "n"}}}));
        check(
            &["--set", "encoding.x.bin={maxbins: 5}"],
            json!({"source": "a", "encoding": {"x": {"field": "n", "bin": {"maxbins": 5}}}}),
        );
        check(
            &["--set", "format={:.1} mm"],
            json!({"source": "a", "encoding": {"x": {"field": "n"}}, "format": "{:.1} mm"}),
        );
        check(&["--unset", "encoding.x"], json!({"source": "a", "encoding": {}}));
        assert_eq!(
            applied(old, &["--unset", "titel"]),
            Err("--unset titel: the block has no such field".to_owned())
        );
    }
}
