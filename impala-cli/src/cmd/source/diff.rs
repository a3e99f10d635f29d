//! `impala source diff`

use impala_core::api::{ColumnChange, ColumnDiff, ColumnStats, RowChange, RowDiff, SourceDiff};

use crate::context::Context;
use crate::error::{CliError, Exit};
use crate::printer::ago::{ago, count, grouped};
use crate::printer::{JsonArgs, JsonFields, Table, table};

const FIELDS: [&str; 6] = ["source", "same", "before", "after", "columns", "rows"];

/// Show what differs between two versions of a source
///
/// Columns that came, went or changed their type, how the figures of each column changed, how many rows came and went, and
/// some of them. Rows are compared by the columns that both versions have; their order does not matter. With --key a row is
/// followed by its key, so that a changed row is told from one that came and one that went.
///
/// Ends with exit code 0 whether they differ or not; with --exit-code with 8 when they do.
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala source diff sales
  impala source diff sales 11 12 --key id
  impala source diff sales --key day,shop --sample 3
  impala source diff sales --exit-code -q || echo \"sales have changed\"
  impala source diff sales --json rows | jq .rows.added")]
pub struct Args {
    /// Name of the source
    source: String,
    /// The old version; the one before the new one when left out
    before: Option<u32>,
    /// The new version; the current one when left out
    after: Option<u32>,
    /// Columns that say which row is which, separated by commas; repeat it for names with commas of their own
    #[arg(short, long, value_name = "COLUMNS")]
    key: Vec<String>,
    /// Show so many rows of each kind at most
    #[arg(long, value_name = "ROWS", default_value_t = 5, value_parser = clap::value_parser!(u32).range(0..=1000))]
    sample: u32,
    /// End with exit code 8 when the versions differ
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let client = context.client()?;
    let project = context.project(&client).await?;
    let at = [project.owner.as_str(), project.slug.as_str(), args.source.as_str()];
    let diff = client.source_diff(at, (args.before, args.after), &args.key(), args.sample).await;
    let diff = diff.map_err(|error| of_versions(error.into(), &args.source))?;
    if let Some(json) = args.json.write(&FIELDS, &diff)? {
        context.printer.print(&json)?;
    } else if !context.printer.is_quiet {
        context.printer.print(&text(&diff, context.printer.table_width()))?;
    }
    match args.exit_code && !diff.same {
        true => Err(CliError::silent(Exit::Differs)),
        false => Ok(()),
    }
}

/// A version that is not there is not data that were refused.
fn of_versions(mut error: CliError, source: &str) -> CliError {
    let Some(fault) = error.faults.iter().find(|fault| fault.pointer == "/before") else { return error };
    error.message.clone_from(&fault.detail);
    error.details.clear();
    error.exit = Exit::Failed;
    error
        .hint(format!("`impala source versions {source}` lists them; the next `impala upload` makes another"))
}

impl Args {
    /// Several flags are a column each; a single one is split at its commas.
    fn key(&self) -> Vec<String> {
        match &self.key[..] {
            [one] => {
                one.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
            }
            several => several.to_vec(),
        }
    }
}

fn text(diff: &SourceDiff, width: Option<usize>) -> String {
    let now = jiff::Timestamp::now();
    let version = |version: &impala_core::api::VersionBrief| {
        let note = if version.note.is_empty() { String::new() } else { format!(", {}", version.note) };
        let (rows, when) = (count(version.rows, "row"), ago(version.created_at, now));
        format!("{}@{}  {rows}, by {} {when}{note}", diff.source, version.version, version.created_by)
    };
    let mut text = table::pairs([
        ("before", version(&diff.before)),
        ("after", version(&diff.after)),
        ("rows", rows(diff)),
    ]);
    if diff.same {
        return text + "\nBoth have the same columns and rows.\n";
    }
    text += &columns(diff, width);
    text += &sample(diff, width);
    text
}

fn rows(diff: &SourceDiff) -> String {
    let rows = &diff.rows;
    let mut parts =
        vec![format!("{} added", grouped(rows.added)), format!("{} removed", grouped(rows.removed))];
    if !rows.key.is_empty() {
        parts.push(format!("{} changed", grouped(rows.changed)));
    }
    parts.push(format!("{} unchanged", grouped(rows.unchanged)));
    if rows.repeated_keys > 0 {
        let names = rows.key.join(", ");
        parts.push(format!("{} of {names} stand more than once", grouped(rows.repeated_keys)));
    }
    parts.join(", ")
}

/// Columns whose figures differ; the others are counted.
fn columns(diff: &SourceDiff, width: Option<usize>) -> String {
    let mut table = Table::new(["COLUMN", "TYPE", "#NULLS", "#DISTINCT", "MIN", "MEAN", "MAX", ""]);
    let (changed, same): (Vec<_>, Vec<_>) = diff.columns.iter().partition(|column| is_changed(column));
    for column in &changed {
        table.row(row(column));
    }
    let mut text = match changed.is_empty() {
        true => String::new(),
        false => format!("\n{}", table.to_text(width)),
    };
    if !same.is_empty() {
        let names: Vec<_> = same.iter().map(|column| table::one_line(&column.name)).collect();
        text += &format!("\nSame figures: {}\n", table::cut(&names.join(", "), width.unwrap_or(200)));
    }
    text
}

fn is_changed(column: &ColumnDiff) -> bool {
    column.change != ColumnChange::Same || column.before != column.after
}

fn row(column: &ColumnDiff) -> [String; 8] {
    let both = |of: &dyn Fn(&ColumnStats) -> String| {
        let (before, after) = (column.before.as_ref().map(of), column.after.as_ref().map(of));
        match (before, after) {
            (Some(before), Some(after)) if before != after => format!("{before} → {after}"),
            (before, after) => after.or(before).unwrap_or_default(),
        }
    };
    let mean = |stats: &ColumnStats| stats.mean.map(|mean| stats.figure(mean)).unwrap_or_default();
    let change = match column.change {
        ColumnChange::Same => "",
        change => change.as_str(),
    };
    [
        column.name.clone(),
        both(&|stats| stats.column_type.to_string()),
        both(&|stats| grouped(stats.nulls)),
        both(&|stats| grouped(stats.distinct)),
        both(&|stats| stats.min.clone().unwrap_or_default()),
        both(&mean),
        both(&|stats| stats.max.clone().unwrap_or_default()),
        change.to_owned(),
    ]
}

fn sample(diff: &SourceDiff, width: Option<usize>) -> String {
    let rows = &diff.rows;
    let kinds = [
        (RowChange::Changed, '~', "changed", rows.changed),
        (RowChange::Added, '+', "added", rows.added),
        (RowChange::Removed, '-', "removed", rows.removed),
    ];
    let mut text = String::new();
    for (change, sign, word, total) in kinds {
        let shown: Vec<_> = rows.sample.iter().filter(|row| row.change == change).collect();
        if shown.is_empty() {
            continue;
        }
        text.push('\n');
        for row in &shown {
            let line = table::one_line(&format!("{sign} {}", line(row, &rows.key)));
            text += &table::cut(&line, width.unwrap_or(usize::MAX));
            text.push('\n');
        }
        if total > shown.len() as u64 {
            text += &format!("  and {} more {word}\n", grouped(total - shown.len() as u64));
        }
    }
    text
}

/// `id=7: price 3.5 → 4, shop north → south`, `row 12: id=9, price=1`.
fn line(row: &RowDiff, key: &[String]) -> String {
    let word = |value: &Option<String>| value.clone().unwrap_or_else(|| "null".to_owned());
    let values: Vec<String> = row
        .values
        .iter()
        .map(|value| match row.change {
            RowChange::Changed => {
                format!("{} {} → {}", value.column, word(&value.before), word(&value.after))
            }
            RowChange::Added => format!("{}={}", value.column, word(&value.after)),
            RowChange::Removed => format!("{}={}", value.column, word(&value.before)),
        })
        .collect();
    let which = match key.is_empty() {
        true => format!("row {}", grouped(row.row_after.or(row.row_before).unwrap_or(0))),
        false => {
            let parts = key.iter().zip(&row.key).map(|(name, value)| format!("{name}={}", word(value)));
            parts.collect::<Vec<_>>().join(" ")
        }
    };
    if values.is_empty() { which } else { format!("{which}: {}", values.join(", ")) }
}
