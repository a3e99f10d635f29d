//! Bodies of checks: blocks held against what is expected of them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Problem;
use crate::block::BlockType;
use crate::expect::Verdict;

bodies! {
    /// GET `canvases/{canvas}/check`, POST `check`: a canvas held against what is expected of its blocks.
    pub struct CanvasCheck {
        /// Slug of the canvas.
        pub canvas: String,
        /// Its revision; 0 for one that is not saved.
        pub revision: u64,
        /// What each parameter was set to, as text.
        pub parameters: BTreeMap<String, String>,
        /// When, by the server's clock: ages are counted from here.
        pub checked_at: Timestamp,
        /// Whether every block answered and no rule failed.
        pub passed: bool,
        /// Blocks that ask something, in reading order.
        pub blocks: Vec<BlockCheck>,
    }

    /// What came of one block.
    pub struct BlockCheck {
        /// Its id.
        pub id: String,
        /// Its type.
        #[serde(rename = "type")]
        pub block_type: BlockType,
        /// Its title.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub title: Option<String>,
        /// What was read, `taxis@3`.
        pub sources: Vec<String>,
        /// Rows that it has without its limit.
        pub rows: u64,
        /// Why it has no answer; the rules are skipped then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub problem: Option<Problem>,
        /// Its rules, in the order of the document.
        pub rules: Vec<RuleCheck>,
    }

    /// What came of one rule.
    pub struct RuleCheck {
        /// The rule, in its canonical form.
        pub rule: String,
        /// What came of it.
        pub verdict: Verdict,
        /// What was found, in a few words.
        pub found: String,
    }
}

impl CanvasCheck {
    /// Rules of all blocks with that verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.blocks.iter().flat_map(|block| &block.rules).filter(|rule| rule.verdict == verdict).count()
    }

    /// Blocks without an answer.
    pub fn failed_blocks(&self) -> usize {
        self.blocks.iter().filter(|block| block.problem.is_some()).count()
    }
}
