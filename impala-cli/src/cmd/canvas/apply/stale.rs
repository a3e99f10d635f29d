//! Files that do not know of an edit: they are refused, merged, or by `--force` saved over it.

use impala_core::api::CanvasView;
use impala_core::difference;
use impala_core::merge::{self, Side};

use super::{Args, Plan};
use crate::canvas_base::Standing;
use crate::canvas_files::{self, is_standard, name};
use crate::changes;
use crate::cmd::canvas::merge::{conflicts_of, marked};
use crate::context::{Context, ProjectAddress};
use crate::error::{CliError, Exit};
use crate::printer::ago::ago;

/// Decides what becomes of plans whose canvas was edited since. What it cannot settle stops the command before anything is saved.
pub fn settle(
    plans: &mut [Plan],
    args: &Args,
    project: &ProjectAddress,
    context: &Context,
) -> Result<(), CliError> {
    if args.force {
        return Ok(());
    }
    let mut refused = Vec::new();
    for plan in plans {
        let (current, base) = match &plan.standing {
            Standing::Behind(current, base) => (current.clone(), base.clone()),
            _ => continue,
        };
        match base {
            Some(base) if args.merge => refused.extend(merge_into(plan, &base, &current, args, context)?),
            base => refused.push(refusal(plan, &current, base.as_deref(), project)),
        }
    }
    match refused.len() {
        0 => Ok(()),
        1 => Err(refused.remove(0)),
        several => {
            let message = format!("{several} canvases were edited on the server since; nothing was saved");
            let mut error = CliError::new(Exit::Conflict, message);
            for one in refused {
                error.details.push(one.message);
                error.details.extend(one.details.into_iter().map(|line| format!("  {line}")));
                error.hint = error.hint.or(one.hint);
            }
            Err(error)
        }
    }
}

fn refusal(
    plan: &Plan,
    current: &CanvasView,
    base: Option<&CanvasView>,
    project: &ProjectAddress,
) -> CliError {
    let (slug, file) = (&plan.file.canvas.metadata.slug, name(&plan.file.path));
    // As it is given on a command line, where stdin is `-`.
    let given = plan.file.path.display();
    let revision = &current.revision;
    let who = format!(
        "revision {} by {}, {}",
        revision.revision,
        revision.saved_by,
        ago(revision.saved_at, jiff::Timestamp::now())
    );
    let Some(base) = base else {
        let message = format!(
            "{file}: {project} has a canvas {slug} already ({who}), and the file does not come from it"
        );
        return CliError::new(Exit::Conflict, message).hint(format!(
            "`impala canvas diff {given}` compares them, `impala canvas pull {slug}` gets it; --force overwrites it"
        ));
    };
    let since = base.revision.revision;
    let mut error = CliError::new(
        Exit::Conflict,
        format!("{file}: canvas {slug} was edited since revision {since}, which the file comes from: {who}"),
    );
    error.details = changes::between(Some(&base.canvas), &current.canvas);
    error.hint(format!(
        "`impala canvas diff {given}` compares them; --merge brings both together, --force overwrites the edit"
    ))
}

/// Takes both sides' changes into the plan. Returns why it cannot, after the file has got the marks of both sides.
fn merge_into(
    plan: &mut Plan,
    base: &CanvasView,
    current: &CanvasView,
    args: &Args,
    context: &Context,
) -> Result<Option<CliError>, CliError> {
    let mine = &plan.file.canvas;
    let merged = merge::merge(&base.canvas, mine, &current.canvas, |_| Side::Mine);
    let conflicts = conflicts_of(&merged);
    if conflicts.is_empty() {
        plan.file.canvas = merged.canvas;
        plan.changes = difference::between(Some(&current.canvas), &plan.file.canvas);
        plan.is_merged = true;
        return Ok(None);
    }
    let (slug, path) = (&mine.metadata.slug, &plan.file.path);
    let message = format!("{}: both sides have changed the same parts of canvas {slug}", name(path));
    let mut error = CliError::new(Exit::Conflict, message);
    error.details = conflicts;
    if args.dry_run || is_standard(path) {
        return Ok(Some(error.hint("nothing was done; --force overwrites the edit")));
    }
    let text = marked(&base.canvas, mine, &current.canvas, ["file", "server"]);
    let header = impala_core::document::header(&plan.file.text);
    canvas_files::write(path, &format!("{header}{text}"))?;
    // The user who settles it has seen the edit.
    plan.memory.keep(current, context);
    Ok(Some(error.hint(format!(
        "nothing was saved; both sides stand in {0} between <<<<<<< and >>>>>>>: keep what is to stay, then `impala canvas apply {0}`",
        path.display()
    ))))
}
