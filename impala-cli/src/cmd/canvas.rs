//! `impala canvas`

use clap::Subcommand;
use impala_core::api::CanvasView;

use crate::context::Context;
use crate::error::CliError;

mod apply;
mod check;
mod create;
mod delete;
mod diff;
mod fmt;
mod history;
mod lint;
mod list;
mod merge;
mod pull;
mod render;
mod restore;
mod schema;
mod show;

/// Canvases: charts, tables, numbers and text on a grid
#[derive(Debug, Subcommand)]
pub enum Command {
    Create(create::Args),
    List(list::Args),
    Show(show::Args),
    Pull(pull::Args),
    Diff(diff::Args),
    Apply(apply::Args),
    Merge(merge::Args),
    Fmt(fmt::Args),
    Lint(lint::Args),
    Schema(schema::Args),
    Render(render::Args),
    Check(check::Args),
    History(history::Args),
    Restore(restore::Args),
    Delete(delete::Args),
}

pub async fn run(command: Command, context: &Context) -> Result<(), CliError> {
    let result = match command {
        Command::Create(args) => create::run(args, context).await,
        Command::List(args) => list::run(args, context).await,
        Command::Show(args) => show::run(args, context).await,
        Command::Pull(args) => pull::run(args, context).await,
        Command::Diff(args) => diff::run(args, context).await,
        Command::Apply(args) => apply::run(args, context).await,
        Command::Merge(args) => merge::run(&args, context),
        Command::Fmt(args) => fmt::run(&args, context),
        Command::Lint(args) => lint::run(args, context).await,
        Command::Schema(args) => schema::run(&args, context),
        Command::Render(args) => render::run(args, context).await,
        Command::Check(args) => check::run(args, context).await,
        Command::History(args) => history::run(args, context).await,
        Command::Restore(args) => restore::run(args, context).await,
        Command::Delete(args) => delete::run(args, context).await,
    };
    result.map_err(|error| error.hint_if_missing("`impala canvas list` shows the project's canvases"))
}

/// Tells of what the server finds doubtful: fields that the source does not have.
pub fn warn(view: &CanvasView, context: &Context) {
    for warning in &view.warnings {
        let block = block_of(&warning.pointer, view).map(|id| format!("block {id}: ")).unwrap_or_default();
        context.printer.warn(&format!("{block}{warning}"));
    }
}

/// The id of the block that a pointer into the document points into.
fn block_of<'a>(pointer: &str, view: &'a CanvasView) -> Option<&'a str> {
    let index: usize = pointer.strip_prefix("/spec/blocks/")?.split('/').next()?.parse().ok()?;
    view.canvas.spec.blocks.get(index).map(|block| block.id.as_str())
}
