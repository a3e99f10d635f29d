//! Which blocks are asked for their answers: a few at a time, so that a slow one holds up no other.

use std::collections::{BTreeMap, BTreeSet};

/// Questions under way at once.
pub(crate) const MOST_AT_ONCE: usize = 8;

/// How the blocks of a canvas stand that wait for an answer. All are named by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Questions {
    /// Still to be asked.
    queue: BTreeSet<String>,
    /// Asked, by the number that the answer will have.
    asked: BTreeMap<u64, String>,
    /// Those that nobody waits for any more, each with the reason.
    stopped: BTreeMap<String, Stop>,
}

/// Why the answer to a block is not waited for any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The user did not want to wait.
    Cancelled,
    /// The server is not reached. It is asked again once it is.
    Unreached,
    /// The server answers no block now.
    Refused,
}

impl Questions {
    /// A block is to be asked. Returns the number of an earlier question to it, whose answer would come too late.
    pub fn add(&mut self, id: &str) -> Option<u64> {
        self.stopped.remove(id);
        self.queue.insert(id.to_owned());
        let earlier = self.asked.iter().find(|(_, asked)| *asked == id).map(|(number, _)| *number)?;
        self.asked.remove(&earlier);
        Some(earlier)
    }

    /// Whether one more may be sent.
    pub fn has_next(&self) -> bool {
        !self.queue.is_empty() && self.asked.len() < MOST_AT_ONCE
    }

    /// The blocks that are asked now, the first of `order` first. Those that are not in it are gone, and not asked.
    pub fn take(&mut self, order: Vec<String>) -> Vec<String> {
        let queue = std::mem::take(&mut self.queue);
        let mut wanted = order.into_iter().filter(|id| queue.contains(id));
        let now = wanted.by_ref().take(MOST_AT_ONCE.saturating_sub(self.asked.len())).collect();
        self.queue = wanted.collect();
        now
    }

    /// A block was asked.
    pub fn sent(&mut self, number: u64, id: String) {
        self.asked.insert(number, id);
    }

    /// The block that an answer is for; `None` when nobody waits for it.
    pub fn answered(&mut self, number: u64) -> Option<String> {
        self.asked.remove(&number)
    }

    /// Whether an answer of that number is waited for.
    pub fn is_awaited(&self, number: u64) -> bool {
        self.asked.contains_key(&number)
    }

    /// The questions that are under way.
    pub fn under_way(&self) -> impl Iterator<Item = u64> {
        self.asked.keys().copied()
    }

    /// Whether the answer to that block is waited for.
    pub fn waits_for(&self, id: &str) -> bool {
        self.queue.contains(id) || self.asked.values().any(|asked| asked == id)
    }

    /// Nobody waits any more, neither for `id`. Returns the questions that are under way.
    pub fn stop(&mut self, id: Option<String>, why: Stop) -> Vec<u64> {
        let asked = std::mem::take(&mut self.asked);
        let (numbers, ids): (Vec<u64>, Vec<String>) = asked.into_iter().unzip();
        let ids = ids.into_iter().chain(std::mem::take(&mut self.queue)).chain(id);
        self.stopped.extend(ids.map(|id| (id, why)));
        numbers
    }

    /// Why nobody waits for the answer to that block any more, if that is so.
    pub fn stopped(&self, id: &str) -> Option<Stop> {
        self.stopped.get(id).copied()
    }

    /// Blocks whose answers are waited for.
    pub fn count(&self) -> usize {
        self.queue.len() + self.asked.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(range: std::ops::Range<usize>) -> Vec<String> {
        range.map(|n| format!("b{n:02}")).collect()
    }

    #[test]
    fn a_few_are_asked_at_once_and_the_rest_as_answers_come() {
        let mut questions = Questions::default();
        assert!(ids(0..12).iter().all(|id| questions.add(id).is_none()));
        let order = || ids(0..12).into_iter().rev().collect::<Vec<_>>();
        let first = questions.take(order());
        assert_eq!(first, order()[..MOST_AT_ONCE]);
        for (number, id) in first.into_iter().enumerate() {
            questions.sent(number as u64, id);
        }
        assert!(!questions.has_next());
        assert_eq!(questions.answered(3).as_deref(), Some("b08"));
        assert_eq!(questions.take(order()), ["b03"]);
        // One that is asked again waits for the newer answer only, and one that is gone is not asked.
        assert_eq!(questions.add("b11"), Some(0));
        assert_eq!(questions.take(ids(0..3)), ["b00", "b01"]);
    }

    #[test]
    fn what_is_stopped_is_known_until_it_is_asked_again() {
        let mut questions = Questions::default();
        questions.add("a");
        questions.add("b");
        for id in questions.take(vec!["a".to_owned()]) {
            questions.sent(7, id);
        }
        questions.add("c");
        assert_eq!((questions.stop(None, Stop::Cancelled), questions.count()), (vec![7], 0));
        assert!(questions.stopped("a") == questions.stopped("c") && questions.answered(7).is_none());
        assert_eq!(questions.stopped("a"), Some(Stop::Cancelled));
        questions.add("a");
        assert_eq!(questions.stopped("a"), None);
    }
}
