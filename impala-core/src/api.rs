//! Paths and bodies of the HTTP API, `/api/v1`. JSON with snake_case names; times are UTC with `Z`.

pub mod events;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::FieldError;

/// Gives bodies the derives they all have.
macro_rules! bodies {
    ($($(#[$attribute:meta])* pub struct $name:ident { $($fields:tt)* })*) => {
        $(
            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
            $(#[$attribute])*
            pub struct $name { $($fields)* }
        )*
    };
}

mod accounts;
mod canvases;
mod checks;
mod contracts;
mod diffs;
mod previews;
mod projects;
mod shares;
mod sources;
mod statements;

pub use accounts::{
    API_TOKEN_PREFIX, ApiToken, ApiTokenCreate, ApiTokenCreated, Credentials, Me, PasswordChange,
    RefreshRequest, Scope, Session, User,
};
pub use canvases::{
    APPLIED, BlockAnswer, CanvasData, CanvasDraft, CanvasName, CanvasSummary, CanvasView, Restore, Revision,
    read_by,
};
pub use checks::{BlockCheck, CanvasCheck, RuleCheck};
pub use contracts::{ContractChange, KeptContract, OnDrift, SourceContract, Violation, Violations};
pub use diffs::{
    ColumnChange, ColumnDiff, RowChange, RowDiff, RowsDiff, SourceDiff, ValueDiff, VersionBrief,
};
pub use previews::{PreviewChange, PreviewEnd, PreviewVersion, PreviewView, ProjectPreview};
pub use projects::{Member, Project, ProjectCreate, ProjectPatch, Role};
pub use shares::{SHARE_PATH, Share, ShareChange, ShareCreate, ShareCreated, SharedCanvas};
pub use sources::{
    Choices, ColumnStats, Known, KnownRequest, Preview, Rollback, Upload, UploadStatus, ValueCount,
};
pub use statements::{BlockSql, BlockStatement, Gives};

/// Prefix of all routes but the system's.
pub const PREFIX: &str = "/api/v1";

/// Media type of errors, RFC 9457.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Media type of YAML bodies, RFC 9512.
pub const YAML: &str = "application/yaml";

/// Prefix of the query parameters that set a canvas's parameters: `?param.since=2013-01-01`, repeated for several.
pub const PARAMETER_PREFIX: &str = "param.";

bodies! {
    /// An error, RFC 9457.
    pub struct Problem {
        /// `about:blank`; `code` says which kind.
        #[serde(rename = "type")]
        pub problem_type: String,
        /// The status in words.
        pub title: String,
        /// The HTTP status.
        pub status: u16,
        /// Stable word for programs: `not_found`, `stale_revision`, ...
        pub code: String,
        /// What went wrong and what to do, for people.
        pub detail: String,
        /// The faults of the input, one by one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub errors: Vec<FieldError>,
        /// Names the request in the server's log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub request_id: Option<String>,
        /// For `stale_revision`: what there is now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub current: Option<Revision>,
        /// For `contract_broken`: how many violations there are, and where all of them can be got.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub violations: Option<Violations>,
    }

    /// POST `query`.
    #[serde(deny_unknown_fields)]
    pub struct QueryRequest {
        /// One `SELECT` over the project's sources.
        pub sql: String,
        /// Values of `$name`, as texts, numbers, booleans or lists of texts.
        #[serde(default)]
        pub parameters: BTreeMap<String, crate::parameter::ParameterValue>,
        /// Rows at most; the server has a limit of its own.
        #[serde(default)]
        pub limit: Option<u64>,
    }

    /// GET `limits`. Sizes in bytes.
    pub struct Limits {
        /// Largest upload.
        pub upload_bytes: u64,
        /// Most columns of a source.
        pub columns: u32,
        /// Largest field of a CSV file.
        pub field_bytes: u64,
        /// Largest JSON or YAML body.
        pub document_bytes: u64,
        /// Longest a query may take, in milliseconds.
        pub query_timeout_ms: u64,
        /// Most rows of an answer.
        pub query_rows: u64,
        /// Most blocks of a canvas.
        pub blocks: u32,
    }
}

/// Part of a list. The next part is got with `?cursor=`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// This part.
    pub items: Vec<T>,
    /// Where the next part begins; opaque. `None` at the end.
    pub next_cursor: Option<String>,
}
