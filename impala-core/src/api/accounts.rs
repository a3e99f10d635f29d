//! People, sessions and API tokens.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What API tokens start with.
pub const API_TOKEN_PREFIX: &str = "impala_";

bodies! {
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
            .ok_or_else(|| format!("\"{text}\" is not a scope; known are read, upload, write, admin"))
    }
}
