//! `impala source stats`

use impala_core::api::ColumnStats;
use impala_core::source::SourceRef;
use impala_render::format::spread;

use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::grouped;
use crate::printer::{JsonArgs, JsonFields, Table};

const FIELDS: [&str; 16] = [
    "name",
    "type",
    "count",
    "nulls",
    "distinct",
    "min",
    "max",
    "mean",
    "stdev",
    "q1",
    "median",
    "q3",
    "top",
    "spread",
    "min_length",
    "max_length",
];

/// Show figures of each column
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala source stats weather
  impala source stats weather --json name,mean,median")]
pub struct Args {
    /// Name of the source, perhaps with a version: weather@2
    source: SourceRef,
    #[command(flatten)]
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let client = context.client()?;
    let project = context.project(&client).await?;
    let stats = client.source_stats(&project.owner, &project.slug, &args.source).await?;
    context.printer.list(
        &args.json,
        &FIELDS,
        &stats,
        |column| column.name.clone(),
        |stats| {
            let names = [
                "COLUMN",
                "TYPE",
                "#NULLS",
                "#DISTINCT",
                "DISTRIBUTION",
                "MIN",
                "MEDIAN",
                "MEAN",
                "MAX",
                "MOST FREQUENT",
            ];
            let mut table = Table::new(names);
            stats.iter().for_each(|column| table.row(row(column)));
            table
        },
    )
}

fn row(column: &ColumnStats) -> [String; 10] {
    let number = |value: Option<f64>| value.map(|value| column.figure(value)).unwrap_or_default();
    [
        column.name.clone(),
        column.column_type.to_string(),
        grouped(column.nulls),
        grouped(column.distinct),
        spread::picture(column, false),
        column.min.clone().unwrap_or_default(),
        number(column.median),
        number(column.mean),
        column.max.clone().unwrap_or_default(),
        frequent(column),
    ]
}

/// The most frequent values; of texts that are all different, that they are.
fn frequent(column: &ColumnStats) -> String {
    if spread::is_all_different(column) {
        let lengths = spread::lengths(column).map(|lengths| format!(", {lengths}")).unwrap_or_default();
        return format!("all distinct{lengths}");
    }
    let top = column.top.iter().map(|top| format!("{} ({})", top.value, grouped(top.count)));
    top.collect::<Vec<_>>().join(", ")
}
