//! The commands that would have done the same as what was done here.

use std::collections::VecDeque;
use std::ops::Range;

/// Commands that are kept at most.
const MOST: usize = 1_000;

/// Bytes that they may have together: some hold whole canvases.
const MOST_BYTES: usize = 4 << 20;

/// The latest commands. Each has a number, counted from 0 since the beginning, that stays its own when earlier ones are left out.
#[derive(Clone, Debug, Default)]
pub struct CommandLog {
    commands: VecDeque<String>,
    bytes: usize,
    /// How many are left out, which is the number of the first one that is kept.
    left_out: usize,
}

impl CommandLog {
    /// Adds one. The oldest go when there are too many; the one that was added stays, however long it is.
    pub fn push(&mut self, command: String) {
        self.bytes += command.len();
        self.commands.push_back(command);
        while self.commands.len() > MOST || self.bytes > MOST_BYTES && self.commands.len() > 1 {
            let oldest = self.commands.pop_front().unwrap_or_default();
            self.bytes -= oldest.len();
            self.left_out += 1;
        }
    }

    /// The numbers of those that are kept.
    pub fn numbers(&self) -> Range<usize> {
        self.left_out..self.left_out + self.commands.len()
    }

    /// The one of that number; `None` when it is left out, or there is none yet.
    pub fn get(&self, number: usize) -> Option<&str> {
        self.commands.get(number.checked_sub(self.left_out)?).map(String::as_str)
    }

    /// All that are kept, the latest last.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.commands.iter().map(String::as_str)
    }

    /// All that are kept as a script, which says what it lacks.
    pub fn script(&self) -> String {
        let lacks = match self.left_out {
            0 => String::new(),
            count => format!("# earlier commands that are left out: {count}\n"),
        };
        self.iter().fold(lacks, |script, command| script + command + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_and_the_others_keep_their_numbers() {
        let mut log = CommandLog::default();
        for number in 0..MOST + 2 {
            log.push(format!("command {number}"));
        }
        assert_eq!(log.numbers(), 2..MOST + 2);
        assert_eq!((log.get(1), log.get(2)), (None, Some("command 2")));
        assert_eq!(log.get(MOST + 2), None);
        let script = log.script();
        assert!(script.starts_with("# earlier commands that are left out: 2\ncommand 2\n"), "{script}");
        assert!(script.ends_with("command 1001\n"));
    }

    #[test]
    fn whole_documents_are_kept_as_long_as_there_is_room() {
        let mut log = CommandLog::default();
        let document = "x".repeat(MOST_BYTES / 2);
        for _ in 0..3 {
            log.push(document.clone());
        }
        assert_eq!(log.numbers(), 1..3);
        log.push("x".repeat(MOST_BYTES + 1));
        assert_eq!(log.numbers(), 3..4);
        log.push("short".to_owned());
        assert_eq!(log.iter().collect::<Vec<_>>(), ["short"]);
    }
}
