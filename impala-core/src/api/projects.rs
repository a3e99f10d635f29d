//! Projects and their members.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

bodies! {
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
            .ok_or_else(|| format!("\"{text}\" is not a role; known are viewer, editor, owner"))
    }
}
