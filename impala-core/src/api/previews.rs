//! Bodies of previews: versions of sources that only requests for the preview see, until it expires.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::source::SourceVersion;

bodies! {
    /// A preview of a project: its sources in the versions that were uploaded to it, all others as in the project.
    pub struct ProjectPreview {
        /// Its name within the project.
        pub name: String,
        /// Username of the user who uploaded to it first.
        pub created_by: String,
        /// When.
        pub created_at: Timestamp,
        /// When it is removed. Each upload to it prolongs that.
        pub expires_at: Timestamp,
        /// The names of the sources that it has versions of.
        pub sources: Vec<String>,
    }

    /// GET and PATCH `previews/{preview}`.
    pub struct PreviewView {
        /// What it is.
        pub preview: ProjectPreview,
        /// What it shows, by source.
        pub versions: Vec<PreviewVersion>,
    }

    /// The version of a source that a preview shows.
    pub struct PreviewVersion {
        /// Name of the source.
        pub source: String,
        /// Its newest version in the preview; they are counted from 1 in each preview.
        pub version: SourceVersion,
    }

    /// PATCH `previews/{preview}`.
    #[serde(deny_unknown_fields)]
    pub struct PreviewChange {
        /// How long it lives from now, in seconds; also shorter than before.
        pub ttl_s: u64,
    }

    /// The preview that an upload went to.
    pub struct PreviewEnd {
        /// Its name.
        pub name: String,
        /// When it is removed.
        pub expires_at: Timestamp,
    }
}
