//! GET `events`: what changes in a project, as server-sent events.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Revision, Role};

/// One server-sent event: its `event` field is the word of `type`, its `data` field this as JSON.
///
/// A stream begins with `snapshot`; what follows are differences to it. A client that reconnects gets a new snapshot, so
/// nothing is lost in between. `project_deleted` and `access_lost` are the last of their stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ProjectEvent {
    /// All that there is.
    Snapshot {
        /// By slug.
        canvases: Vec<CanvasState>,
        /// By name.
        sources: Vec<SourceState>,
    },
    /// A canvas is new, or has a new revision. Of several revisions in a row perhaps only the last is sent.
    CanvasSaved(CanvasState),
    /// A canvas is gone.
    CanvasDeleted {
        /// Its slug.
        canvas: String,
    },
    /// A source is new, or another version is its current one, be it an earlier one.
    SourceVersion(SourceState),
    /// A source is gone with all its versions.
    SourceDeleted {
        /// Its name.
        source: String,
    },
    /// The listener has another role in the project.
    RoleChanged {
        /// It.
        role: Role,
    },
    /// The project is gone. The stream ends here.
    ProjectDeleted,
    /// The listener may no longer read the project. The stream ends here.
    AccessLost,
}

impl ProjectEvent {
    /// All names that this version knows.
    pub const NAMES: [&'static str; 8] = [
        "snapshot",
        "canvas_saved",
        "canvas_deleted",
        "source_version",
        "source_deleted",
        "role_changed",
        "project_deleted",
        "access_lost",
    ];

    /// The word of its `event` field.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Snapshot { .. } => "snapshot",
            Self::CanvasSaved(_) => "canvas_saved",
            Self::CanvasDeleted { .. } => "canvas_deleted",
            Self::SourceVersion(_) => "source_version",
            Self::SourceDeleted { .. } => "source_deleted",
            Self::RoleChanged { .. } => "role_changed",
            Self::ProjectDeleted => "project_deleted",
            Self::AccessLost => "access_lost",
        }
    }

    /// Whether nothing follows it, now or after reconnecting.
    pub const fn is_last(&self) -> bool {
        matches!(self, Self::ProjectDeleted | Self::AccessLost)
    }
}

/// State of a canvas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CanvasState {
    /// Its slug.
    pub canvas: String,
    /// As in [`CanvasView`](super::CanvasView): the same text means the same state, also when a canvas was deleted and
    /// recreated.
    pub etag: String,
    /// Its newest revision.
    pub revision: Revision,
}

/// State of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceState {
    /// Its name.
    pub source: String,
    /// Number of its current version.
    pub version: u32,
    /// SHA-256 of that version's bytes, in hexadecimal.
    pub sha256: String,
    /// Username of the user who uploaded that version.
    pub created_by: String,
    /// When they did.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_in_the_data_is_the_name_of_the_event() {
        let revision = Revision {
            revision: 3,
            saved_by: "ann".to_owned(),
            saved_at: Timestamp::UNIX_EPOCH,
            note: String::new(),
        };
        let canvas = CanvasState { canvas: "weather".to_owned(), etag: "\"x-3\"".to_owned(), revision };
        let source = SourceState {
            source: "taxis".to_owned(),
            version: 2,
            sha256: "00".to_owned(),
            created_by: "ann".to_owned(),
            created_at: Timestamp::UNIX_EPOCH,
        };
        for event in [
            ProjectEvent::Snapshot { canvases: vec![canvas.clone()], sources: vec![source.clone()] },
            ProjectEvent::CanvasSaved(canvas),
            ProjectEvent::CanvasDeleted { canvas: "weather".to_owned() },
            ProjectEvent::SourceVersion(source),
            ProjectEvent::SourceDeleted { source: "taxis".to_owned() },
            ProjectEvent::RoleChanged { role: Role::Viewer },
            ProjectEvent::ProjectDeleted,
            ProjectEvent::AccessLost,
        ] {
            let json = serde_json::to_value(&event).expect("JSON");
            assert_eq!(json["type"], event.name());
            assert!(ProjectEvent::NAMES.contains(&event.name()));
            assert_eq!(serde_json::from_value::<ProjectEvent>(json).expect("it reads"), event);
        }
    }
}
