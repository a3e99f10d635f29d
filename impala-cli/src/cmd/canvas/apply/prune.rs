//! `--prune`: canvases of the project that no file says.

use impala_core::api::CanvasSummary;

use super::Done;
use crate::canvas_base::Place;
use crate::context::{Context, ProjectAddress};
use crate::error::CliError;
use crate::printer::ago::count;

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

/// Deletes them, each as it was seen.
pub async fn carry_out(
    surplus: Vec<CanvasSummary>,
    dry_run: bool,
    place: &Place<'_>,
    context: &Context,
) -> Result<Vec<Done>, CliError> {
    let mut all = Vec::new();
    for canvas in surplus {
        let revisions = count(canvas.revision.revision, "revision");
        let slug = &canvas.slug;
        if dry_run {
            context.printer.note(&format!(
                "Canvas {slug} with {revisions} would be deleted.\nDry run: nothing was done."
            ));
        } else {
            delete(&canvas, place).await?;
            context.printer.note(&format!("Deleted canvas {slug} of {} with {revisions}.", place.project));
        }
        let revision = Some(canvas.revision.revision);
        all.push(Done {
            canvas: canvas.slug,
            file: None,
            action: "deleted",
            revision,
            changes: Vec::new(),
            dry_run,
        });
    }
    Ok(all)
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
        return Err(CliError::new(crate::error::Exit::Conflict, message)
            .hint("look at it, then run the command again"));
    }
    Ok(place
        .client
        .delete_canvas(&place.project.owner, &place.project.slug, &canvas.slug, &view.etag)
        .await?)
}
