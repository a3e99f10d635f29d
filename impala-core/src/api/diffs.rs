//! Bodies of differences between two versions of a source.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ColumnStats;

bodies! {
    /// GET `sources/{name}/diff`: what differs between two versions.
    pub struct SourceDiff {
        /// Name of the source.
        pub source: String,
        /// The version that is taken for the old one.
        pub before: VersionBrief,
        /// The version that is taken for the new one.
        pub after: VersionBrief,
        /// Whether both have the same columns and the same rows, in whatever order.
        pub same: bool,
        /// Columns of the new version in its order, then those that are gone.
        pub columns: Vec<ColumnDiff>,
        /// What became of the rows.
        pub rows: RowsDiff,
    }

    /// A version in a few words.
    pub struct VersionBrief {
        /// 1, 2, 3, ...
        pub version: u32,
        /// Rows of data.
        pub rows: u64,
        /// SHA-256 of the bytes as they came, in hexadecimal.
        pub sha256: String,
        /// Username of the uploader.
        pub created_by: String,
        /// When.
        pub created_at: Timestamp,
        /// What the upload said of itself.
        pub note: String,
    }

    /// A column of one version or both.
    pub struct ColumnDiff {
        /// Its name.
        pub name: String,
        /// What became of it.
        pub change: ColumnChange,
        /// Its figures in the old version, where it is there.
        pub before: Option<ColumnStats>,
        /// Its figures in the new version, where it is there.
        pub after: Option<ColumnStats>,
    }

    /// What became of the rows. Rows are compared by the columns that both versions have, and their order does not matter.
    pub struct RowsDiff {
        /// Columns that say which row is which; without any, a row is all its values, and none is `changed`.
        pub key: Vec<String>,
        /// Rows of the new version only.
        pub added: u64,
        /// Rows of the old version only.
        pub removed: u64,
        /// Rows of both, by their key, with other values.
        pub changed: u64,
        /// Rows of both.
        pub unchanged: u64,
        /// Keys that several rows of a version have: those are compared in the order of the file.
        pub repeated_keys: u64,
        /// Some of the rows that were added, removed or changed: the first ones of each, in the order of the file.
        pub sample: Vec<RowDiff>,
    }

    /// A row that was added, removed or changed.
    pub struct RowDiff {
        /// What became of it.
        pub change: RowChange,
        /// Its number in the old version, from 1.
        pub row_before: Option<u64>,
        /// Its number in the new version, from 1.
        pub row_after: Option<u64>,
        /// The values of the key as text, in its order.
        pub key: Vec<Option<String>>,
        /// Of a changed row the values that differ, else all but the key.
        pub values: Vec<ValueDiff>,
    }

    /// A value of a row. Long ones are cut.
    pub struct ValueDiff {
        /// Name of the column.
        pub column: String,
        /// The old value; `None` for null and for a row that was not there.
        pub before: Option<String>,
        /// The new value; `None` for null and for a row that is not there.
        pub after: Option<String>,
    }
}

/// What became of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ColumnChange {
    /// It is there in both, with the same type.
    Same,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Its type is another one.
    Retyped,
}

impl ColumnChange {
    /// Its word in JSON and for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Retyped => "retyped",
        }
    }
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum RowChange {
    /// It has other values.
    Changed,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
}
