//! Blocks without a picture: failed, empty, or not answered yet.

use impala_core::BlockData;
use impala_core::api::Problem;

use crate::format;
use crate::scene::{Area, Scene, Tone};

/// What went wrong, wrapped. The problem's title is HTTP's word for its status, which says nothing of a block: it stands only where there is
/// no detail.
pub(crate) fn draw(scene: &mut Scene, area: Area, problem: &Problem) {
    let why = if problem.detail.is_empty() { &problem.title } else { &problem.detail };
    // Pointers are for programs.
    let why =
        problem.errors.iter().fold(why.clone(), |why, error| why.replace(&error.to_string(), &error.words()));
    let mut lines: Vec<(String, Tone)> = wrapped(&format!("✗ {why}"), area, Tone::Alarm);
    let mut whole = format::clean(&why);
    let is_said = |text: &str| problem.detail.contains(text);
    for error in problem.errors.iter().filter(|error| !is_said(&error.detail)) {
        let words = error.words();
        lines.extend(wrapped(&format!("· {words}"), area, Tone::Muted));
        whole += &format!("\n{}", format::clean(&words));
    }
    // A page sets lines closer, and what failed has nothing to say at its foot.
    let line_rows = scene.medium.pick(1.0, 0.75);
    let rows = scene.medium.pick(area.rows(), ((area.h + 0.9) / line_rows) as usize);
    let mut is_cut = false;
    if lines.len() > rows && rows > 0 {
        lines.truncate(rows);
        if let Some((last, _)) = lines.last_mut() {
            *last = format::cut(&format!("{last} …"), area.cols());
            is_cut = true;
        }
    }
    for (row, (line, tone)) in lines.iter().enumerate() {
        scene.text(area.x, area.y + row as f64 * line_rows, line, *tone);
        scene.tip(|| if is_cut { whole.clone() } else { String::new() });
    }
}

fn wrapped(text: &str, area: Area, tone: Tone) -> Vec<(String, Tone)> {
    format::wrap(&format::clean(text), area.cols()).into_iter().map(|line| (line, tone)).collect()
}

/// A block whose query gave no rows.
pub(crate) fn empty(scene: &mut Scene, area: Area, data: &BlockData) {
    let why = match data.rows_scanned {
        0 => "no rows".to_owned(),
        read => format!("no rows · none of {} match", format::number::whole(read)),
    };
    let why = if format::width(&why) > area.cols() { "no rows".to_owned() } else { why };
    centred(scene, area, &why);
}

/// A block whose answer is still to come.
pub(crate) fn waiting(scene: &mut Scene, area: Area) {
    centred(scene, area, "…");
}

/// One muted line in the middle.
pub(crate) fn centred(scene: &mut Scene, area: Area, text: &str) {
    let lines = format::wrap(text, area.cols());
    let top = area.y + (area.rows().saturating_sub(lines.len()) / 2) as f64;
    for (row, line) in lines.iter().take(area.rows()).enumerate() {
        let left = area.x + ((area.cols() - format::width(line)) / 2) as f64;
        scene.text(left, top + row as f64, line, Tone::Muted);
    }
}
