//! Bodies of share links: anyone who has one reads one canvas, and nothing else, without signing in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::canvas::Canvas;

/// Path of the page of a share link; the secret follows.
pub const SHARE_PATH: &str = "/s/";

bodies! {
    /// POST `canvases/{canvas}/shares`.
    #[serde(deny_unknown_fields)]
    pub struct ShareCreate {
        /// Whom or what it is for; may be empty.
        #[serde(default)]
        pub name: String,
        /// When it ends; never when left out.
        #[serde(default)]
        pub expires_at: Option<Timestamp>,
    }

    /// PATCH `canvases/{canvas}/shares/{id}`. What is left out stays.
    #[serde(deny_unknown_fields)]
    pub struct ShareChange {
        /// Whether it is paused and opens nothing.
        #[serde(default)]
        pub paused: Option<bool>,
        /// When it ends.
        #[serde(default)]
        pub expires_at: Option<Timestamp>,
    }

    /// A share link, without its secret.
    pub struct Share {
        /// UUIDv7.
        pub id: Uuid,
        /// Whom or what it is for; may be empty.
        pub name: String,
        /// Whether it is paused and opens nothing.
        pub paused: bool,
        /// Username of the user who made it.
        pub created_by: String,
        /// Username of the user who made it.
        pub created_at: Timestamp,
        /// When it ends.
        pub expires_at: Option<Timestamp>,
        /// When it was last opened, to the minute.
        pub last_used_at: Option<Timestamp>,
    }

    /// Answer to POST `shares`: the only time that the link is shown.
    pub struct ShareCreated {
        /// The path of the page, `/s/SECRET`, to be appended to the server's address.
        pub path: String,
        /// What the routes under `shared` take.
        pub secret: String,
        /// What it is.
        pub share: Share,
    }
}

/// GET `shared/{secret}`: the canvas behind a share link, without who saved it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SharedCanvas {
    /// Number of the revision.
    pub revision: u64,
    /// The document.
    pub canvas: Canvas,
}

impl<'de> Deserialize<'de> for SharedCanvas {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Raw {
            revision: u64,
            canvas: serde_json::Value,
        }
        let raw = Raw::deserialize(deserializer)?;
        let canvas = crate::document::read_canvas(&raw.canvas).map_err(serde::de::Error::custom)?;
        Ok(Self { revision: raw.revision, canvas })
    }
}
