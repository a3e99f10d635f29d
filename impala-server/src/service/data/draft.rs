//! The answers to the blocks of a canvas that is not saved.

use impala_core::api::{CanvasDraft, Revision, Role, Scope};
use impala_core::parameter::Bindings;
use impala_core::{Block, Canvas, Invalid, document};
use uuid::Uuid;

use super::{Answers, Before, Blocks, and_before, answer_blocks, shown_with};
use crate::service::paths::ProjectPath;
use crate::service::previews::Place;
use crate::service::tables::Catalogue;
use crate::service::{Caller, Error, access};
use crate::state::AppState;
use crate::store::canvases::SavedCanvas;

/// Answers blocks of a canvas that is not saved.
///
/// * Result: what each parameter was set to, and the answers by block id.
///
/// # Errors
/// `NotFound`, `Forbidden`, or `Invalid` for a document that could not be saved either, for a block that it does not have,
/// and for parameters that do not fit.
pub async fn of_draft(
    app: &AppState,
    caller: &Caller,
    path: &ProjectPath,
    preview: Option<&str>,
    draft: &CanvasDraft,
) -> Result<(Bindings, Blocks), Error> {
    let (project, canvas) = read_draft(app, caller, path, draft).await?;
    let catalogue = Catalogue::of_canvas(app, Place::of(app, project, preview).await?, &canvas).await?;
    let is_wanted = |block: &Block| draft.blocks.is_empty() || draft.blocks.contains(&block.id);
    answer_blocks(app, &catalogue, &canvas, &draft.parameters, is_wanted).await
}

/// As [`of_canvas_and_before`], for a canvas that is not saved.
///
/// # Errors
/// As [`of_draft`].
pub async fn of_draft_and_before(
    app: &AppState,
    caller: &Caller,
    path: &ProjectPath,
    preview: Option<&str>,
    draft: &CanvasDraft,
) -> Result<(Answers, Before), Error> {
    let (project, mut canvas) = read_draft(app, caller, path, draft).await?;
    let place = Place::of(app, project, preview).await?;
    if !draft.blocks.is_empty() {
        let ids =
            draft.blocks.iter().filter_map(|id| canvas.block(id)).flat_map(shown_with).collect::<Vec<_>>();
        canvas.spec.blocks.retain(|block| ids.contains(&block.id));
    }
    let revision = Revision {
        revision: 0,
        saved_by: caller.user.username.clone(),
        saved_at: app.now(),
        note: String::new(),
    };
    and_before(app, place, SavedCanvas { id: Uuid::nil(), project, revision, canvas }, &draft.parameters)
        .await
}

/// The canvas of a draft, for those who may read the project.
///
/// # Errors
/// As [`of_draft`].
pub async fn read_draft(
    app: &AppState,
    caller: &Caller,
    path: &ProjectPath,
    draft: &CanvasDraft,
) -> Result<(Uuid, Canvas), Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Viewer, Scope::Read).await?;
    let canvas = document::read_canvas(&draft.canvas)?;
    if let Some(missing) = draft.blocks.iter().find(|id| canvas.block(id).is_none()) {
        return Err(Invalid::at("/blocks", format!("the canvas has no block \"{missing}\"")).into());
    }
    Ok((project.id, canvas))
}
