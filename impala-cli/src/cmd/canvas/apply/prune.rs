//! `--prune`: canvases of the project that no file says.

use impala_core::api::CanvasSummary;

use super::{Args, Done};
use crate::canvas_base::Place;
use crate::context::{Context, ProjectAddress};
use crate::error::{CliError, Exit};

/// Refuses where nothing says that the files are all there is to be. A folder without a canvas has been refused before.
pub fn check(is_wanted: bool, has_folder: bool) -> Result<(), CliError> {
    match is_wanted && !has_folder {
        true => Err(CliError::usage("--prune needs a folder: it deletes what no file of the folder says")),
        false => Ok(()),
    }
}

/// The canvases that are not among `slugs`.
pub async fn surplus(place: &Place<'_>, slugs: &[String]) -> Result<Vec<CanvasSummary>, CliError> {
    let all = place.client.canvases(&place.project.owner, &place.project.slug).await?;
    Ok(all.into_iter().filter(|canvas| !slugs.contains(&canvas.slug)).collect())
}

/// Asks before anything is saved or deleted.
pub async fn confirm(
    surplus: &[CanvasSummary],
    project: &ProjectAddress,
    yes: bool,
    context: &Context,
) -> Result<(), CliError> {
    if surplus.is_empty() {
        return Ok(());
    }
    let slugs: Vec<&str> = surplus.iter().map(|canvas| canvas.slug.as_str()).collect();
    let noun = if slugs.len() == 1 { "canvas" } else { "canvases" };
    let what = format!("{noun} {} of {project} with all revisions", slugs.join(", "));
    context.confirm_deleting(&what, yes).await
}

/// Deletes one, as it was seen.
pub async fn carry_out(
    canvas: CanvasSummary,
    args: &Args,
    place: &Place<'_>,
    context: &Context,
) -> Result<Done, CliError> {
    if !args.dry_run {
        delete(&canvas, place).await?;
    }
    let done = Done {
        revision: Some(canvas.revision.revision),
        canvas: canvas.slug,
        file: None,
        action: "deleted",
        changes: Vec::new(),
        dry_run: args.dry_run,
    };
    super::say(&done, args, context)?;
    Ok(done)
}

async fn delete(canvas: &CanvasSummary, place: &Place<'_>) -> Result<(), CliError> {
    let Some(view) = place.current(&canvas.slug).await? else {
        return Ok(());
    };
    if view.revision.revision != canvas.revision.revision {
        let message = format!(
            "{} has edited canvas {} meanwhile; it was not deleted",
            view.revision.saved_by, canvas.slug
        );
        return Err(CliError::new(Exit::Conflict, message).hint("look at it, then run the command again"));
    }
    Ok(place
        .client
        .delete_canvas(&place.project.owner, &place.project.slug, &canvas.slug, &view.etag)
        .await?)
}
