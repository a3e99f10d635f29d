//! `impala block`

use clap::Subcommand;
use impala_core::name;
use impala_core::{Block, Canvas, Place};

use crate::changes;
use crate::context::Context;
use crate::error::{CliError, Exit};

mod add;
mod place;
mod remove;
mod resize;
mod set;

/// Blocks of a canvas
#[derive(Debug, Subcommand)]
pub enum Command {
    Add(Box<add::Args>),
    Set(Box<set::Args>),
    Move(place::Args),
    Resize(resize::Args),
    Remove(remove::Args),
}

pub async fn run(command: Command, context: &Context) -> Result<(), CliError> {
    let result = match command {
        Command::Add(args) => add::run(*args, context).await,
        Command::Set(args) => set::run(*args, context).await,
        Command::Move(args) => place::run(args, context).await,
        Command::Resize(args) => resize::run(args, context).await,
        Command::Remove(args) => remove::run(args, context).await,
    };
    result.map_err(|error| {
        error.hint_if_missing(
            "`impala canvas list` shows the canvases, `impala canvas show` the blocks of one",
        )
    })
}

/// How often a change is made again on a canvas that someone else saved meanwhile.
const ATTEMPTS: u32 = 4;

/// What all of these commands take.
#[derive(Clone, Debug, clap::Args)]
pub struct ChangeArgs {
    /// Only say what would change
    #[arg(short = 'n', long)]
    dry_run: bool,
}

/// Reads a canvas, changes it, and saves it over the revision that was read; when someone was faster, once more on theirs,
/// since a change of one block does not undo theirs of another.
///
/// `change` returns the id to print when the user wants quiet.
async fn change(
    slug: &str,
    args: &ChangeArgs,
    context: &Context,
    mut change: impl FnMut(&mut Canvas) -> Result<String, CliError>,
) -> Result<(), CliError> {
    let client = context.client()?;
    let project = context.project(&client).await?;
    for attempt in 1.. {
        let view = client.canvas(&project.owner, &project.slug, slug).await?;
        let mut canvas = view.canvas.clone();
        let id = change(&mut canvas)?;
        canvas.check().map_err(|invalid| CliError::invalid(&format!("canvas {slug}"), invalid))?;
        let lines = changes::between(Some(&view.canvas), &canvas);
        let text: String = lines.iter().map(|line| format!("\n  {line}")).collect();
        if lines.is_empty() {
            context
                .printer
                .note(&format!("Canvas {slug} is unchanged (revision {}).", view.revision.revision));
            return Ok(());
        }
        if args.dry_run {
            return context
                .printer
                .line(&format!("Canvas {slug} would be changed:{text}\nDry run: nothing was done."));
        }
        match client.replace_canvas(&project.owner, &project.slug, &canvas, &view.etag).await {
            Ok(view) => {
                super::canvas::warn(&view, context);
                return match context.printer.is_quiet {
                    true => context.printer.line(&id),
                    false => context
                        .printer
                        .line(&format!("Changed canvas {slug} (revision {}):{text}", view.revision.revision)),
                };
            }
            Err(error) if error.status() == Some(412) && attempt < ATTEMPTS => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The block of that id.
///
/// # Errors
/// Names the nearest one.
fn block<'a>(canvas: &'a Canvas, id: &str) -> Result<&'a Block, CliError> {
    canvas.block(id).ok_or_else(|| {
        let hint = name::suggestion(id, canvas.spec.blocks.iter().map(|block| block.id.as_str()));
        let slug = &canvas.metadata.slug;
        CliError::new(Exit::Failed, format!("canvas {slug} has no block \"{id}\"{hint}"))
            .hint(format!("`impala canvas show {slug}` lists its blocks"))
    })
}

/// Refuses a place outside the grid before anything is moved.
fn check(place: Place) -> Result<Place, CliError> {
    place.check("").map_err(|error| CliError::usage(error.detail))?;
    Ok(place)
}
