//! Bodies of contracts that sources keep: what each file that is uploaded has to be.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::FieldError;

bodies! {
    /// PUT `sources/{source}/contract`.
    #[serde(deny_unknown_fields)]
    pub struct ContractChange {
        /// A Table Schema of Frictionless Data.
        pub schema: serde_json::Value,
        /// What becomes of columns and types that it does not have.
        #[serde(default)]
        pub on_drift: OnDrift,
    }

    /// GET and PUT `sources/{source}/contract`.
    pub struct SourceContract {
        /// A Table Schema of Frictionless Data.
        pub schema: serde_json::Value,
        /// What becomes of columns and types that it does not have.
        pub on_drift: OnDrift,
        /// Username of the user who set it.
        pub set_by: String,
        /// When.
        pub set_at: Timestamp,
    }

    /// POST `contracts`: a contract that uploads may name, for a week.
    pub struct KeptContract {
        /// What `contract` of an upload says.
        pub id: String,
    }

    /// Where the violations of a refused file are.
    pub struct Violations {
        /// GET `violations/{id}` has them for a day at most.
        pub id: Uuid,
        /// What is broken, in all.
        pub total: u64,
        /// So many are kept, the first ones.
        pub kept: u64,
        /// Rows of the file.
        pub rows: u64,
    }

    /// A line of GET `violations/{id}`.
    pub struct Violation {
        /// What is wrong, and where.
        #[serde(flatten)]
        pub fault: FieldError,
        /// The row as it is written, where it is about one row.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub text: String,
    }
}

/// What becomes of columns and types that a contract does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum OnDrift {
    /// They break it.
    #[default]
    Fail,
    /// New columns, and values that are not of the type, are let through.
    Widen,
}
