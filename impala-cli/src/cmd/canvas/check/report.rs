//! A checked canvas as a report: a case a rule, and one a block that says whether it has an answer.

use impala_core::api::{BlockCheck, CanvasCheck};
use impala_core::expect::Verdict;

use super::{ANSWERS, Line, lines};
use crate::printer::ago::count;
use crate::reports::{Case, Outcome, Suite};

pub(super) fn suite(check: &CanvasCheck) -> Suite {
    Suite {
        name: format!("canvas {}", check.canvas),
        title: "Canvas check".to_owned(),
        file: None,
        cases: check.blocks.iter().flat_map(cases).collect(),
    }
}

/// Each block has the case of its answer, so that a report has a line for every block, whatever rules come and go.
fn cases(block: &BlockCheck) -> Vec<Case> {
    let mut lines = lines(block);
    if lines.first().is_none_or(|line| line.rule != ANSWERS) {
        let found = count(block.rows, "row");
        lines.insert(0, Line { rule: ANSWERS.to_owned(), found, verdict: Verdict::Pass });
    }
    let case = |line: Line| Case {
        part: block.id.clone(),
        name: line.rule,
        outcome: match line.verdict {
            Verdict::Pass => Outcome::Passed,
            Verdict::Fail => Outcome::Failed,
            Verdict::Skip => Outcome::Skipped,
        },
        found: line.found,
        faults: Vec::new(),
    };
    lines.into_iter().map(case).collect()
}
