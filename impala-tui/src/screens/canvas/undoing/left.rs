//! The steps of canvases that are not open.

use super::Step;

/// Canvases whose steps are kept after they were left: so many that nobody remembers what was done on the first of them.
const MOST: usize = 16;

/// The steps of a canvas that was left, for when it is opened again.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    pub(super) undo: Vec<Step>,
    pub(super) redo: Vec<Step>,
    /// The canvas was at this revision.
    pub(super) revision: u64,
}

/// The steps of the canvases that were left last, by their keys; the latest is the last.
#[derive(Debug, Default)]
pub(crate) struct LeftSteps(Vec<(String, Steps)>);

impl LeftSteps {
    /// Keeps those of a canvas that is left now, instead of those of the one that was left longest ago when there are too many.
    pub fn keep(&mut self, key: String, steps: Steps) {
        self.take(&key);
        self.0.push((key, steps));
        self.0.drain(..self.0.len().saturating_sub(MOST));
    }

    /// Takes those of a canvas out.
    pub fn take(&mut self, key: &str) -> Option<Steps> {
        let index = self.0.iter().position(|(known, _)| known == key)?;
        Some(self.0.remove(index).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_of_the_canvas_that_was_left_longest_ago_go_first() {
        let mut left = LeftSteps::default();
        let steps = |revision| Steps { revision, ..Steps::default() };
        for canvas in 0..MOST as u64 {
            left.keep(canvas.to_string(), steps(canvas));
        }
        // It is opened and left again.
        assert_eq!(left.take("0").map(|steps| steps.revision), Some(0));
        left.keep("0".to_owned(), steps(7));
        left.keep("one more".to_owned(), steps(1));
        assert!(left.take("1").is_none());
        assert_eq!(left.take("0").map(|steps| steps.revision), Some(7));
        assert_eq!(left.take("2").map(|steps| steps.revision), Some(2));
    }
}
