//! The functions that SQL may call. What is missing from the list is refused, whatever Polars makes of it.
//!
//! Left out on purpose: what makes text or lists of any length from a number (`lpad`, `rpad`, `repeat`, `generate_series`,
//! `array_agg`), what makes rows of lists (`unnest`), and whatever takes a path (`read_csv` and kin).

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What a function looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One row.
    Scalar,
    /// A group of rows.
    Aggregate,
    /// The rows of its window; always with `OVER`.
    Window,
}

const SCALAR: &str = "abs acos acosd asin asind atan atan2 atan2d atand bit_length cbrt ceil ceiling char_length \
    character_length coalesce concat concat_ws cos cosd cot cotd date date_part datetime degrees div ends_with exp floor \
    greatest if ifnull initcap least left length ln log log10 log1p log2 lower ltrim mod nullif octet_length pi pow power \
    radians regexp_like replace reverse right round rtrim sign sin sind split_part sqrt starts_with strftime strpos strptime \
    substr substring tan tand timestamp trunc truncate upper";

const AGGREGATE: &str = "avg corr count covar covar_pop covar_samp first last max median min quantile_cont \
    quantile_disc stddev stddev_samp stdev stdev_samp sum total var var_samp variance";

const WINDOW: &str = "dense_rank first_value lag last_value lead rank row_number";

static KNOWN: LazyLock<BTreeMap<&str, Kind>> = LazyLock::new(|| {
    let kind = |names: &'static str, kind| names.split_whitespace().map(move |name| (name, kind));
    kind(SCALAR, Kind::Scalar)
        .chain(kind(AGGREGATE, Kind::Aggregate))
        .chain(kind(WINDOW, Kind::Window))
        .collect()
});

/// What the function of that name looks at; `None` when it is not let through.
pub(super) fn kind(name: &str) -> Option<Kind> {
    KNOWN.get(name.to_lowercase().as_str()).copied()
}

/// What SQL writes for an aggregate of a block that is no function of SQL.
pub(super) fn in_sql(name: &str) -> Option<&'static str> {
    Some(match name.to_lowercase().as_str() {
        "mean" => "avg(...)",
        "distinct" => "count(DISTINCT ...)",
        "q1" => "quantile_cont(..., 0.25)",
        "q3" => "quantile_cont(..., 0.75)",
        _ => return None,
    })
}

/// Whether a function looks at a group of rows, by its name in SQL or in a block.
pub(super) fn is_aggregate(name: &str) -> bool {
    kind(name) == Some(Kind::Aggregate) || in_sql(name).is_some()
}

/// The names of all functions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    KNOWN.keys().copied()
}
