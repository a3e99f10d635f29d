//! `impala query`

use std::collections::BTreeMap;

use impala_core::api::QueryRequest;
use impala_core::data::BlockData;
use impala_core::parameter::ParameterValue;

use crate::args::ParamArgs;
use crate::canvas_files::STDIN;
use crate::context::Context;
use crate::error::{CliError, Exit};
use crate::printer::JsonArgs;
use crate::printer::ago::grouped;
use crate::printer::columns::{self, Format};

/// Ask the project's sources with one SELECT
///
/// Sources are tables, also by version: "weather@3". $name stands for a parameter, bound as a value.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala query 'SELECT weather, count(*) AS days FROM weather GROUP BY weather'
  impala query 'SELECT * FROM weather WHERE wind > $least' --param least=8 -f csv
  impala query - < report.sql")]
pub struct Args {
    /// One SELECT; - reads stdin
    sql: String,
    /// How rows are written
    #[arg(short, long, value_enum, default_value_t, conflicts_with = "json")]
    format: Format,
    /// Rows at most; the server has a limit of its own
    #[arg(short, long, value_name = "N")]
    limit: Option<u64>,
    /// Read the sources through this preview: those that it has come from it, others from the project
    #[arg(long, value_name = "NAME")]
    preview: Option<String>,
    #[command(flatten)]
    params: ParamArgs,
    #[command(flatten)]
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let sql = match args.sql.as_str() {
        "-" => crate::files::read_stdin()?,
        _ => args.sql.clone(),
    };
    if sql.trim().is_empty() {
        let what = if args.sql == "-" { STDIN } else { "the query" };
        return Err(CliError::new(Exit::Refused, format!("{what} is empty, where one SELECT is expected")));
    }
    let client = context.client()?.in_preview(args.preview);
    let project = context.project(&client).await?;
    let request = QueryRequest { sql, parameters: parameters(&args.params.params), limit: args.limit };
    let data = client.query(&project.owner, &project.slug, &request).await.map_err(|error| {
        CliError::from(error).hint_if_missing("`impala project list` shows the projects that you may see")
    })?;
    let names: Vec<&str> = data.columns.iter().map(|column| column.name.as_str()).collect();
    if let Some(text) = args.json.write(&names, &columns::objects(&data.columns))? {
        return context.printer.print(&text);
    }
    let text = columns::write(&data.columns, args.format, context.printer.table_width())?;
    context.printer.print(&text)?;
    context.printer.note(&provenance(&data));
    Ok(())
}

/// Where an answer comes from: `1,461 rows of weather@1 in 12 ms`.
pub fn provenance(data: &BlockData) -> String {
    let rows = match data.truncated {
        true => format!("{} of {} rows", grouped(data.rows_shown), grouped(data.rows_total)),
        false => crate::printer::ago::count(data.rows_shown, "row"),
    };
    let from = match data.sources.is_empty() {
        true => String::new(),
        false => format!(" from {}", data.sources.join(", ")),
    };
    let cached = if data.cached { ", cached" } else { "" };
    format!("({rows}{from}, {} ms{cached})", data.elapsed_ms)
}

/// Numbers and booleans as such, the rest as text; a name that is given several times is a list.
fn parameters(pairs: &[(String, String)]) -> BTreeMap<String, ParameterValue> {
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in pairs {
        values.entry(name.clone()).or_default().push(value.clone());
    }
    let value = |mut texts: Vec<String>| match texts.len() {
        1 => scalar(texts.remove(0)),
        _ => ParameterValue::List(texts),
    };
    values.into_iter().map(|(name, texts)| (name, value(texts))).collect()
}

fn scalar(text: String) -> ParameterValue {
    match serde_json::from_str(&text) {
        Ok(serde_json::Value::Bool(value)) => ParameterValue::Boolean(value),
        Ok(serde_json::Value::Number(number)) => ParameterValue::Number(number),
        // "7" in quotes is the text 7.
        Ok(serde_json::Value::String(text)) => ParameterValue::Text(text),
        _ => ParameterValue::Text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_have_the_type_that_they_look_like() {
        let check = |given: &[(&str, &str)], expected: &str| {
            let pairs: Vec<_> = given.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            assert_eq!(serde_json::to_string(&parameters(&pairs)).ok().as_deref(), Some(expected));
        };
        check(&[("n", "8")], r#"{"n":8}"#);
        check(&[("n", "8.5"), ("b", "true")], r#"{"b":true,"n":8.5}"#);
        check(&[("zip", "01234")], r#"{"zip":"01234"}"#);
        check(&[("zip", "\"7\"")], r#"{"zip":"7"}"#);
        check(&[("k", "rain"), ("k", "sun")], r#"{"k":["rain","sun"]}"#);
        check(&[("since", "2013-01-01")], r#"{"since":"2013-01-01"}"#);
    }
}
