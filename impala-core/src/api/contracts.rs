//! Bodies of contracts that sources keep: what each file that is uploaded has to be.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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
        /// Username of whoever set it.
        pub set_by: String,
        /// When.
        pub set_at: Timestamp,
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
