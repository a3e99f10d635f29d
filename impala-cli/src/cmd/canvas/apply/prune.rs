//! `--prune`: canvases of the project that came from files, and that no file says any more.

use super::{Args, Done};
use crate::canvas_base::Place;
use crate::canvas_surplus::{Memories, Origin, Surplus};
use crate::context::Context;
use crate::error::{CliError, Exit};
use crate::printer::ago::{ago, count};

/// Refuses where nothing says that the files are all there is to be. A folder without a canvas has been refused before.
pub fn check(is_wanted: bool, has_folder: bool) -> Result<(), CliError> {
    match is_wanted && !has_folder {
        true => Err(CliError::usage("--prune needs a folder: it deletes what no file of the folder says")),
        false => Ok(()),
    }
}

/// Refuses to delete what someone has edited, before anything is saved or deleted.
pub fn settle(surplus: &[Surplus], args: &Args) -> Result<(), CliError> {
    let edited = surplus.iter().filter_map(|one| match one.origin {
        Origin::Edited(since) => Some((one, since)),
        Origin::File | Origin::Server => None,
    });
    let lines: Vec<String> = edited.map(|(one, since)| edit_of(one, since)).collect();
    if lines.is_empty() || args.force {
        return Ok(());
    }
    let what = match lines.len() as u64 {
        1 => "a canvas that no file says was edited on the server since".to_owned(),
        several => format!("{several} canvases that no file says were edited on the server since"),
    };
    let error = CliError::new(Exit::Conflict, format!("--prune: {what}; nothing was saved or deleted"));
    Err(CliError { details: lines, ..error }
        .hint("`impala canvas pull NAME` takes one into a file, which keeps it; --force deletes it"))
}

fn edit_of(one: &Surplus, since: u64) -> String {
    let revision = &one.canvas.revision;
    format!(
        "canvas {} came from a file as revision {since}: revision {} is by {}, {}",
        one.canvas.slug,
        revision.revision,
        revision.saved_by,
        ago(revision.saved_at, jiff::Timestamp::now())
    )
}

/// Lists what would be deleted, and asks, before anything is saved or deleted.
pub async fn confirm(
    surplus: &[Surplus],
    args: &Args,
    place: &Place<'_>,
    context: &Context,
) -> Result<(), CliError> {
    let doomed: Vec<&Surplus> = surplus.iter().filter(|one| one.origin != Origin::Server).collect();
    if doomed.is_empty() {
        return Ok(());
    }
    let lines = doomed.iter().map(|one| line_of(one)).collect::<Vec<_>>();
    let what = format!("{} of {} with all revisions", count_canvases(lines.len()), place.project);
    if !args.yes.yes && context.may_ask() {
        // What the question is about is told also to who wants no notes.
        lines.iter().for_each(|line| context.printer.warn(&format!("{line} will be deleted")));
    }
    let asked = context.confirm_deleting(&what, args.yes.yes).await;
    asked.map_err(|error| match error.exit {
        Exit::Usage => CliError { details: lines, ..error },
        _ => error,
    })
}

fn line_of(one: &Surplus) -> String {
    let revision = &one.canvas.revision;
    let when = ago(revision.saved_at, jiff::Timestamp::now());
    format!(
        "canvas {} ({}, the last by {}, {when})",
        one.canvas.slug,
        count(revision.revision, "revision"),
        revision.saved_by
    )
}

fn count_canvases(n: usize) -> String {
    if n == 1 { "1 canvas".to_owned() } else { format!("{n} canvases") }
}

/// Deletes one, as it was seen; one that was made on the server stays.
pub async fn carry_out(
    surplus: Surplus,
    memories: &Memories,
    args: &Args,
    place: &Place<'_>,
    context: &Context,
) -> Result<Done, CliError> {
    let is_kept = surplus.origin == Origin::Server;
    if is_kept {
        context.printer.note(&surplus.why_kept());
    } else if !args.dry_run {
        delete(&surplus, place).await?;
        memories.forget(&surplus.canvas.slug, context);
    }
    let done = Done {
        revision: Some(surplus.canvas.revision.revision),
        canvas: surplus.canvas.slug,
        file: None,
        action: if is_kept { "kept" } else { "deleted" },
        changes: Vec::new(),
        dry_run: args.dry_run,
    };
    if !is_kept {
        super::say(&done, args, context)?;
    }
    Ok(done)
}

async fn delete(surplus: &Surplus, place: &Place<'_>) -> Result<(), CliError> {
    let canvas = &surplus.canvas;
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
