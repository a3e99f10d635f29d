//! What the picker asks the server for: the statistics of a source, and the picture of what is chosen.

use impala_core::api::BlockAnswer;
use impala_core::source::SourceRef;

use super::{PAGE, Picker};
use crate::effect::Request;
use crate::screen::Shared;

impl Picker {
    /// Makes the offers of the chosen source, and asks for its statistics if they are not there.
    pub(super) fn follow(&mut self, shared: &mut Shared) {
        self.list.choose(0, PAGE);
        self.answers.clear();
        self.ask_stats(shared);
        self.offers = self.offers();
        self.look(shared);
    }

    fn ask_stats(&mut self, shared: &mut Shared) {
        let name = self.source().map(|source| source.name.clone());
        if let Some(name) = name.filter(|name| !self.stats.contains_key(name)) {
            let request = Request::Stats(self.desk.project.clone(), SourceRef::current(name.clone()));
            let before = self.stats_asked.take().map(|(number, _)| number);
            self.stats_asked = Some((shared.ask_instead(before, request), name));
        }
    }

    /// The server can be asked again: for the statistics that are not there, and for the picture that could not be had.
    pub(super) fn ask_again(&mut self, shared: &mut Shared) {
        self.ask_stats(shared);
        self.answers.retain(|_, answer| matches!(answer, BlockAnswer::Data(_)));
        self.look(shared);
    }

    /// Asks for the answer to the chosen offer.
    pub(super) fn look(&mut self, shared: &mut Shared) {
        let Some(offer) = self.chosen().map(|index| &self.offers[index]) else { return };
        if self.answers.contains_key(&offer.block.id) {
            return;
        }
        let earlier = self.number.as_ref().map(|(number, _)| *number);
        let id = offer.block.id.clone();
        self.number = self.desk.ask(&offer.block, earlier, shared).map(|number| (number, id));
    }
}
