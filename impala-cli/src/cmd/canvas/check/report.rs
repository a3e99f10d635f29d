//! A checked canvas as a report: a case a rule, and one a block that says whether it has an answer.

use impala_core::api::{BlockCheck, CanvasCheck};
use impala_core::expect::Verdict;
use impala_core::lint::{self, Linted};

use super::{ANSWERS, Line, lines};
use crate::canvas_files::{self, CanvasFile};
use crate::printer::ago::count;
use crate::reports::{Beyond, Case, Outcome, Suite};

/// The first checks are those of the files; the others are of canvases on the server, which are in no file.
pub(super) fn suites(checks: &[CanvasCheck], files: &[CanvasFile]) -> Vec<Suite> {
    checks.iter().enumerate().map(|(index, check)| suite(check, files.get(index))).collect()
}

fn suite(check: &CanvasCheck, file: Option<&CanvasFile>) -> Suite {
    let file = file.filter(|file| !canvas_files::is_standard(&file.path));
    let written = file.map(|file| lint::lint(&file.text));
    Suite {
        name: format!("canvas {}", check.canvas),
        title: "Canvas check".to_owned(),
        file: file.map(|file| canvas_files::name(&file.path)),
        cases: check.blocks.iter().flat_map(|block| cases(block, written.as_ref())).collect(),
    }
}

/// Each block has the case of its answer, so that a report has a line for every block, whatever rules come and go.
fn cases(block: &BlockCheck, written: Option<&Linted>) -> Vec<Case> {
    let mut lines = lines(block);
    if lines.first().is_none_or(|line| line.rule != ANSWERS) {
        let found = count(block.rows, "row");
        lines.insert(0, Line { rule: ANSWERS.to_owned(), found, verdict: Verdict::Pass });
    }
    // The answer stands where the block does, and each rule in its own line.
    let line_of = |index: usize| Some(written?.spot_of_block(&block.id, index.checked_sub(1))?.line);
    let case = |(index, line): (usize, Line)| Case {
        part: block.id.clone(),
        name: line.rule,
        outcome: match line.verdict {
            Verdict::Pass => Outcome::Passed,
            Verdict::Fail => Outcome::Failed,
            Verdict::Skip => Outcome::Skipped,
        },
        found: line.found,
        line: line_of(index),
        faults: Vec::new(),
        beyond: Beyond::default(),
    };
    lines.into_iter().enumerate().map(case).collect()
}
