//! `impala token create`

use impala_core::api::{ApiTokenCreate, Scope};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _};
use serde::Serialize;

use crate::config::{Origin, Setting};
use crate::context::Context;
use crate::error::CliError;
use crate::printer::JsonArgs;

const FIELDS: [&str; 7] = ["secret", "id", "name", "scopes", "project", "created_at", "expires_at"];

/// Make an API token, and print it: it is shown only now
///
/// With --project it may touch that project only. The token goes to stdout, the rest to stderr.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala token create ci --scope upload --project ann/weather --expires 90d
  export IMPALA_TOKEN=$(impala token create laptop --scope read,write)")]
pub struct Args {
    /// What it is for
    name: String,
    /// What it may do, separated by commas: read, upload, write, admin
    #[arg(long, value_name = "SCOPES", value_delimiter = ',', default_value = "read")]
    scope: Vec<Scope>,
    /// When it ends: a span such as 90d or 12h, or a day such as 2027-01-31
    #[arg(long, value_name = "WHEN", value_parser = parse_end)]
    expires: Option<Timestamp>,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Serialize)]
struct Created {
    secret: String,
    #[serde(flatten)]
    token: impala_core::api::ApiToken,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let client = context.client()?;
    // The project that is chosen for other commands does not bind a token without a word.
    let project = match &context.settings.project {
        Some(Setting { value, origin: Origin::Flag(_) }) => {
            Some(context.address(&client, value).await?.to_string())
        }
        _ => None,
    };
    let body = ApiTokenCreate { name: args.name, scopes: args.scope, project, expires_at: args.expires };
    let created = client.create_token(&body).await?;
    let created = Created { secret: created.secret, token: created.token };
    let text = |created: &Created| format!("{}\n", created.secret);
    context.printer.show(&args.json, &FIELDS, &created, |created| created.secret.clone(), text)?;
    context.printer.note(&format!(
        "Made token \"{}\". It is shown only this once; `impala token revoke {}` ends it.",
        created.token.name, created.token.id
    ));
    Ok(())
}

/// A span from now, a day (its first moment, UTC) or an instant.
fn parse_end(text: &str) -> Result<Timestamp, String> {
    if let Ok(date) = text.parse::<Date>() {
        let zoned = date.to_zoned(TimeZone::UTC).map_err(|error| error.to_string())?;
        return Ok(zoned.timestamp());
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let span: Span = text
        .parse()
        .map_err(|_| format!("\"{text}\" is neither a span such as 90d nor a day such as 2027-01-31"))?;
    if span.compare(0.seconds()).is_ok_and(|order| order.is_le()) || span.is_negative() {
        return Err(format!("\"{text}\" is not in the future"));
    }
    let end = Timestamp::now().to_zoned(TimeZone::UTC).checked_add(span);
    end.map(|zoned| zoned.timestamp()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_spans_days_or_instants() {
        let in_days = |text: &str| {
            let end = parse_end(text).expect(text);
            (end.as_second() - Timestamp::now().as_second()) as f64 / 86_400.0
        };
        assert!((in_days("90d") - 90.0).abs() < 0.1);
        assert!((in_days("12h") - 0.5).abs() < 0.1);
        let check = |text: &str, expected: &str| {
            assert_eq!(parse_end(text).map(|end| end.to_string()), Ok(expected.to_owned()));
        };
        check("2027-01-31", "2027-01-31T00:00:00Z");
        check("2027-01-31T12:00:00Z", "2027-01-31T12:00:00Z");
        for wrong in ["soon", "-3d", ""] {
            assert!(parse_end(wrong).is_err(), "{wrong}");
        }
    }
}
