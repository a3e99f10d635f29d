//! Paths and bodies of the HTTP API, `/api/v1`. JSON with snake_case names; times are UTC with `Z`.

pub mod events;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::canvas::Canvas;
use crate::data::{BlockData, Column};
use crate::error::FieldError;
use crate::source::{ColumnType, SourceVersion};

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

mod checks;
mod contracts;
mod diffs;
mod previews;
mod shares;
mod statements;

pub use checks::{BlockCheck, CanvasCheck, RuleCheck};
pub use contracts::{ContractChange, KeptContract, OnDrift, SourceContract, Violation, Violations};
pub use diffs::{
    ColumnChange, ColumnDiff, RowChange, RowDiff, RowsDiff, SourceDiff, ValueDiff, VersionBrief,
};
pub use previews::{PreviewChange, PreviewEnd, PreviewVersion, PreviewView, ProjectPreview};
pub use shares::{SHARE_PATH, Share, ShareChange, ShareCreate, ShareCreated, SharedCanvas};
pub use statements::{BlockSql, BlockStatement, Gives};

/// Prefix of all routes but the system's.
pub const PREFIX: &str = "/api/v1";

/// Media type of errors, RFC 9457.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Media type of YAML bodies, RFC 9512.
pub const YAML: &str = "application/yaml";

/// What API tokens start with.
pub const API_TOKEN_PREFIX: &str = "impala_";

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

    /// POST `auth/register`, `auth/login`.
    #[serde(deny_unknown_fields)]
    pub struct Credentials {
        /// 3 to 32 of a-z, 0-9, `-` and `_`.
        pub username: String,
        /// 8 to 72 bytes.
        pub password: String,
    }

    /// Answer to signing in and to refreshing.
    pub struct Session {
        /// A JWT for `Authorization: Bearer`.
        pub access_token: String,
        /// Good for one POST `auth/refresh`.
        pub refresh_token: String,
        /// Always `Bearer`.
        pub token_type: String,
        /// Life of the access token in seconds.
        pub expires_in: u64,
        /// Who signed in.
        pub user: User,
    }

    /// POST `auth/refresh`, `auth/logout`.
    #[serde(deny_unknown_fields)]
    pub struct RefreshRequest {
        /// The latest one.
        pub refresh_token: String,
    }

    /// A user.
    pub struct User {
        /// UUIDv7.
        pub id: Uuid,
        /// Unique.
        pub username: String,
        /// When they registered.
        pub created_at: Timestamp,
    }

    /// GET `me`.
    pub struct Me {
        /// Who is asking.
        pub user: User,
        /// The API token that was used; `None` when signed in by password.
        pub token: Option<ApiToken>,
    }

    /// PATCH `me`: a new password. All refresh tokens are revoked.
    #[serde(deny_unknown_fields)]
    pub struct PasswordChange {
        /// The current one.
        pub current_password: String,
        /// 8 to 72 bytes.
        pub new_password: String,
    }

    /// POST `tokens`.
    #[serde(deny_unknown_fields)]
    pub struct ApiTokenCreate {
        /// What it is for.
        pub name: String,
        /// What it may do.
        pub scopes: Vec<Scope>,
        /// `owner/slug` of the only project it may touch.
        #[serde(default)]
        pub project: Option<String>,
        /// When it ends; never when left out.
        #[serde(default)]
        pub expires_at: Option<Timestamp>,
    }

    /// An API token, without its secret.
    pub struct ApiToken {
        /// UUIDv7.
        pub id: Uuid,
        /// What it is for.
        pub name: String,
        /// What it may do.
        pub scopes: Vec<Scope>,
        /// `owner/slug` of the only project it may touch.
        pub project: Option<String>,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it ends.
        pub expires_at: Option<Timestamp>,
        /// When it was last used, to the minute.
        pub last_used_at: Option<Timestamp>,
    }

    /// Answer to POST `tokens`: the only time that the secret is shown.
    pub struct ApiTokenCreated {
        /// The secret, beginning with `impala_`.
        pub secret: String,
        /// What it is.
        pub token: ApiToken,
    }

    /// POST `projects`.
    #[serde(deny_unknown_fields)]
    pub struct ProjectCreate {
        /// Its name under its owner.
        pub slug: String,
        /// Its name for people.
        #[serde(default)]
        pub title: String,
        /// What it is about.
        #[serde(default)]
        pub description: String,
    }

    /// PATCH `projects/{owner}/{slug}`. What is left out stays.
    #[serde(deny_unknown_fields)]
    pub struct ProjectPatch {
        /// Its name for people.
        #[serde(default)]
        pub title: Option<String>,
        /// What it is about.
        #[serde(default)]
        pub description: Option<String>,
    }

    /// A project.
    pub struct Project {
        /// UUIDv7.
        pub id: Uuid,
        /// Username of its owner.
        pub owner: String,
        /// Its name under its owner.
        pub slug: String,
        /// Its name for people; may be empty.
        pub title: String,
        /// What it is about; may be empty.
        pub description: String,
        /// Role of the user who asks.
        pub role: Role,
        /// When it was made.
        pub created_at: Timestamp,
    }

    /// A member of a project. POST to `members` adds one or changes the role.
    pub struct Member {
        /// Who.
        pub username: String,
        /// `editor` or `viewer`; the owner is `owner` and stays.
        pub role: Role,
    }

    /// Answer to an upload.
    pub struct Upload {
        /// Name of the source.
        pub source: String,
        /// Whether these bytes, read in this way, are the current version already: nothing was made.
        pub unchanged: bool,
        /// The version that holds the bytes.
        pub version: SourceVersion,
        /// Warnings for the uploader: `12 rows were skipped`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub warnings: Vec<String>,
        /// The preview that it went to: the current version is as it was then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub preview: Option<PreviewEnd>,
    }

    /// GET `uploads/{id}`: an upload that comes in several requests.
    pub struct UploadStatus {
        /// UUIDv7.
        pub id: Uuid,
        /// Bytes that are stored.
        pub offset: u64,
        /// Bytes that it will have. With `offset` there and neither of the two below, it is being read.
        pub length: u64,
        /// When it is given up, or forgotten.
        pub expires_at: Timestamp,
        /// What it became.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub upload: Option<Upload>,
        /// Why it became nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub problem: Option<Problem>,
    }

    /// POST `sources/{name}/known`: the SHA-256 of a file that might be sent.
    #[serde(deny_unknown_fields)]
    pub struct KnownRequest {
        /// In hexadecimal.
        pub sha256: String,
    }

    /// Answer to it.
    pub struct Known {
        /// What an upload would be answered, when the current version holds those bytes, read in this way; then it need
        /// not be sent.
        pub upload: Option<Upload>,
    }

    /// POST `sources/{name}/rollback`.
    #[serde(deny_unknown_fields)]
    pub struct Rollback {
        /// The version that becomes the current one.
        pub version: u32,
    }

    /// GET `sources/{name}/preview?offset=&limit=`.
    pub struct Preview {
        /// All columns, `limit` rows at most.
        pub columns: Vec<Column>,
        /// Row that it begins with, from 0.
        pub offset: u64,
        /// Rows of the version.
        pub rows_total: u64,
    }

    /// GET `sources/{name}/choices?field=&limit=`.
    pub struct Choices {
        /// The different values of the column as text, least first, null left out.
        pub values: Vec<String>,
        /// Whether there are more.
        pub truncated: bool,
    }

    /// GET `sources/{name}/stats`: one entry a column.
    pub struct ColumnStats {
        /// Its name.
        pub name: String,
        /// Its type.
        #[serde(rename = "type")]
        pub column_type: ColumnType,
        /// Rows with a value.
        pub count: u64,
        /// Rows without.
        pub nulls: u64,
        /// Different values, null not counted. Above two million rows an estimate, off by about 2 in 100.
        pub distinct: u64,
        /// Least value, as text.
        pub min: Option<String>,
        /// Greatest value, as text.
        pub max: Option<String>,
        /// For numbers.
        pub mean: Option<f64>,
        /// For numbers: sample standard deviation.
        pub stdev: Option<f64>,
        /// For numbers: first quartile.
        pub q1: Option<f64>,
        /// For numbers.
        pub median: Option<f64>,
        /// For numbers: third quartile.
        pub q3: Option<f64>,
        /// The most frequent values, up to 5, for columns of texts and booleans.
        pub top: Vec<ValueCount>,
        /// How many values fall in each of up to 16 equal steps from the least to the greatest, for numbers, dates and
        /// datetimes. For texts that are all different, or too many to be counted, the steps are of their lengths.
        #[serde(default)]
        pub spread: Vec<u64>,
        /// For texts: characters of the shortest.
        #[serde(default)]
        pub min_length: Option<u64>,
        /// For texts: characters of the longest.
        #[serde(default)]
        pub max_length: Option<u64>,
    }

    /// A value and how often it is there.
    pub struct ValueCount {
        /// As text.
        pub value: String,
        /// Rows that hold it.
        pub count: u64,
    }

    /// A canvas in a list.
    pub struct CanvasSummary {
        /// Its name within the project.
        pub slug: String,
        /// Its name for people.
        pub title: String,
        /// Blocks on it.
        pub blocks: u32,
        /// The current revision.
        pub revision: Revision,
    }

    /// A saved state of a canvas.
    pub struct Revision {
        /// 1, 2, 3, ...
        pub revision: u64,
        /// Username of the user who saved it.
        pub saved_by: String,
        /// When.
        pub saved_at: Timestamp,
        /// What was done, in a few words: `restored revision 3`.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub note: String,
    }

    /// POST `canvases/{slug}/restore`.
    #[serde(deny_unknown_fields)]
    pub struct Restore {
        /// The revision whose content becomes a new revision.
        pub revision: u64,
    }

    /// GET `canvases/{slug}/data`: the answers to all blocks.
    pub struct CanvasData {
        /// Which revision was answered; 0 for a canvas that is not saved.
        pub revision: u64,
        /// What each parameter was set to, as text.
        pub parameters: BTreeMap<String, String>,
        /// By block id. Text blocks have none.
        pub blocks: BTreeMap<String, BlockAnswer>,
    }

    /// POST `answers`: the answers to a canvas as an editor has it, not saved.
    #[serde(deny_unknown_fields)]
    pub struct CanvasDraft {
        /// The document, as it would be saved.
        #[cfg_attr(feature = "openapi", schema(value_type = Canvas))]
        pub canvas: serde_json::Value,
        /// What its reader sets parameters to, by name.
        #[serde(default)]
        pub parameters: BTreeMap<String, Vec<String>>,
        /// Ids of the blocks to answer; all of them when empty.
        #[serde(default)]
        pub blocks: Vec<String>,
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

/// What the note of a revision begins with that was saved from a file. A revision without it was edited on the server: in the
/// terminal, on the page, block by block.
pub const APPLIED: &str = "applied";

impl Revision {
    /// Whether it was saved from a file, by `impala canvas apply`.
    pub fn is_applied(&self) -> bool {
        let rest = self.note.strip_prefix(APPLIED);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ':', ',']))
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

/// A canvas and its state on the server. GET, POST and PUT of a canvas answer with it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CanvasView {
    /// What `If-Match` takes, quotes included, to change this state. Opaque.
    pub etag: String,
    /// The current revision.
    pub revision: Revision,
    /// What may not work as meant: fields that the source does not have, sources that do not exist.
    pub warnings: Vec<FieldError>,
    /// The document.
    pub canvas: Canvas,
}

impl<'de> Deserialize<'de> for CanvasView {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Raw {
            etag: String,
            revision: Revision,
            warnings: Vec<FieldError>,
            canvas: serde_json::Value,
        }
        let raw = Raw::deserialize(deserializer)?;
        let canvas = crate::document::read_canvas(&raw.canvas).map_err(serde::de::Error::custom)?;
        Ok(Self { etag: raw.etag, revision: raw.revision, warnings: raw.warnings, canvas })
    }
}

/// The answer to one block: its data, or why there is no data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BlockAnswer {
    /// It worked.
    Data(BlockData),
    /// It did not. The other blocks still show.
    Problem(Problem),
}

/// What a member may do in a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Read.
    Viewer,
    /// Read, upload, change canvases.
    Editor,
    /// All of it, members and deletion included.
    Owner,
}

impl Role {
    /// Its word in SQL, JSON and flags.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Owner => "owner",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Viewer, Self::Editor, Self::Owner]
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("\"{text}\" is no role; known are viewer, editor, owner"))
    }
}

/// What an API token may do. Each includes nothing of the others, but `admin` includes all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Read projects, sources and canvases; run queries.
    Read,
    /// Upload new versions of sources, and nothing else.
    Upload,
    /// Change sources and canvases.
    Write,
    /// All that its user may do, members and tokens included.
    Admin,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Read, Self::Upload, Self::Write, Self::Admin];

    /// Its word in SQL, JSON and flags.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Upload => "upload",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

impl std::str::FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or_else(|| format!("\"{text}\" is no scope; known are read, upload, write, admin"))
    }
}
