//! The events of the open project.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;

use crate::action::Action;
use crate::effect::ProjectAt;
use crate::world::World;

/// Follows a project's events until dropped.
pub async fn follow(_world: Arc<World>, _project: ProjectAt, _sender: UnboundedSender<Action>) {}
