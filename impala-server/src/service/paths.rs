//! What the paths of requests name. Field names are those in the route's path.

use serde::Deserialize;
use utoipa::IntoParams;

/// A project.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ProjectPath {
    /// Username of the project's owner.
    pub owner: String,
    /// Name of the project.
    pub slug: String,
}

/// A source of a project.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SourcePath {
    /// Username of the project's owner.
    pub owner: String,
    /// Name of the project.
    pub slug: String,
    /// Name of the source.
    pub source: String,
}

/// A preview of a project.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PreviewPath {
    /// Username of the project's owner.
    pub owner: String,
    /// Name of the project.
    pub slug: String,
    /// Name of the preview.
    pub preview: String,
}

/// What was wrong with a file.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ViolationsPath {
    /// Username of the project's owner.
    pub owner: String,
    /// Name of the project.
    pub slug: String,
    /// Their id, from the refusal.
    pub id: String,
}

/// A canvas of a project.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct CanvasPath {
    /// Username of the project's owner.
    pub owner: String,
    /// Name of the project.
    pub slug: String,
    /// Name of the canvas.
    pub canvas: String,
}

/// A revision of a canvas.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RevisionPath {
    /// Username of the project's owner.
    pub owner: String,
    /// Name of the project.
    pub slug: String,
    /// Name of the canvas.
    pub canvas: String,
    /// Number of the revision.
    pub revision: u64,
}

/// A block of a canvas.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct BlockPath {
    /// Username of the project's owner.
    pub owner: String,
    /// Name of the project.
    pub slug: String,
    /// Name of the canvas.
    pub canvas: String,
    /// Id of the block.
    pub block: String,
}

/// A share link of a canvas.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SharePath {
    /// Username of the project's owner.
    pub owner: String,
    /// Name of the project.
    pub slug: String,
    /// Name of the canvas.
    pub canvas: String,
    /// Id of the share link.
    pub id: uuid::Uuid,
}

impl SharePath {
    /// The canvas that it leads to.
    pub fn canvas(&self) -> CanvasPath {
        CanvasPath { owner: self.owner.clone(), slug: self.slug.clone(), canvas: self.canvas.clone() }
    }
}

impl RevisionPath {
    /// The canvas that it is of.
    pub fn canvas(&self) -> CanvasPath {
        CanvasPath { owner: self.owner.clone(), slug: self.slug.clone(), canvas: self.canvas.clone() }
    }
}

impl BlockPath {
    /// The canvas that it is on.
    pub fn canvas(&self) -> CanvasPath {
        CanvasPath { owner: self.owner.clone(), slug: self.slug.clone(), canvas: self.canvas.clone() }
    }
}
