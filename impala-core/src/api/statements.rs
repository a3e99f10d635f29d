//! What a block asks, as SQL.

use serde::{Deserialize, Serialize};

/// What a block asks, as `SELECT`s that give the same rows when they are run as a query of the project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlockSql {
    /// One, or several for a metric that is compared or has a sparkline.
    pub statements: Vec<BlockStatement>,
}

/// One of the `SELECT`s behind a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlockStatement {
    /// What the block makes of its rows.
    pub gives: Gives,
    /// The `SELECT`, with the parameters of the canvas filled in.
    pub sql: String,
}

/// What a block makes of the rows of a `SELECT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Gives {
    /// It shows them.
    Rows,
    /// The value that a metric is compared to, of the version before.
    Previous,
    /// The latest period, whose value a metric shows, and the one before.
    Periods,
    /// The sparkline of a metric.
    Trend,
}

impl Gives {
    /// In words, as a heading.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Rows => "SQL",
            Self::Previous => "SQL of the version before",
            Self::Periods => "SQL of the latest two periods",
            Self::Trend => "SQL of the sparkline",
        }
    }
}
