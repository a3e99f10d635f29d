//! Finding a block by what it is called: the focus goes to the first match while one types, and from match to match after that.

use impala_render::format;
use ratatui::layout::Rect;

use super::CanvasScreen;
use super::editing::name_of;
use crate::input::TextField;
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::Shared;

/// A search that is being typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Finding {
    field: TextField,
    /// Where the focus and the page were before it.
    focus: Option<String>,
    scroll: u32,
}

impl CanvasScreen {
    pub(crate) fn begin_finding(&mut self) {
        let (focus, scroll) = (self.focus.clone(), self.scroll);
        self.finding = Some(Finding { focus, scroll, ..Finding::default() });
    }

    /// What is typed is another text: the focus goes to its first match from where it was before, or back there.
    pub(crate) fn type_finding(&mut self, change: impl FnOnce(&mut TextField), shared: &Shared) {
        let Some(mut finding) = self.finding.take() else { return };
        change(&mut finding.field);
        self.focus_as_before(&finding);
        let matches = self.matches(finding.field.text(), shared);
        if let Some(id) = self.nearest(&matches, shared) {
            self.focus_on(id, shared);
        }
        self.finding = Some(finding);
    }

    pub(crate) fn find_command(&mut self, command: Command, shared: &mut Shared) -> bool {
        let Some(finding) = self.finding.take() else { return false };
        let text = finding.field.text().trim().to_owned();
        match command {
            Command::Cancel => self.focus_as_before(&finding),
            Command::Accept if text.is_empty() => {}
            Command::Accept => {
                self.search = text;
                self.say_match("", shared);
            }
            Command::Down | Command::Up => {
                self.step_match(&text, if command == Command::Down { 1 } else { -1 }, shared);
                self.finding = Some(finding);
            }
            _ => {
                self.finding = Some(finding);
                return false;
            }
        }
        true
    }

    /// Where the focus was, if that block is still there.
    fn focus_as_before(&mut self, finding: &Finding) {
        if finding.focus.as_ref().is_some_and(|id| self.canvas.block(id).is_some()) {
            (self.focus, self.scroll) = (finding.focus.clone(), finding.scroll);
        }
    }

    /// From the block with the focus to the next match, or to the previous one.
    pub(crate) fn find_next(&mut self, by: i64, shared: &mut Shared) {
        if self.search.is_empty() {
            let key = shared.key(Context::Canvas, Command::Search);
            return shared.say(Role::Warning, format!("Nothing to find yet; {key} begins a search."));
        }
        let is_round = self.step_match(&self.search.clone(), by, shared);
        let from = match (is_round, by > 0) {
            (true, true) => ", from the top",
            (true, false) => ", from the end",
            (false, _) => "",
        };
        self.say_match(from, shared);
    }

    /// Moves the focus from match to match in reading order, round the ends; whether it went round.
    fn step_match(&mut self, text: &str, by: i64, shared: &Shared) -> bool {
        let (order, matches) = (self.order(shared), self.matches(text, shared));
        let place = |id: Option<&String>| order.iter().position(|one| Some(one) == id);
        let here = place(self.focus.as_ref());
        let is_ahead = |id: &&String| if by > 0 { place(Some(id)) > here } else { place(Some(id)) < here };
        let ahead = match by > 0 {
            true => matches.iter().find(is_ahead),
            false => matches.iter().rev().find(is_ahead),
        };
        let end = if by > 0 { matches.first() } else { matches.last() };
        if let Some(id) = ahead.or(end) {
            self.focus_on(id.clone(), shared);
        }
        ahead.is_none()
    }

    fn order(&self, shared: &Shared) -> Vec<String> {
        self.slots(shared).into_iter().map(|slot| slot.id).collect()
    }

    /// The first match from the block with the focus on, round the end.
    fn nearest(&self, matches: &[String], shared: &Shared) -> Option<String> {
        let order = self.order(shared);
        let here = order.iter().position(|id| Some(id) == self.focus.as_ref()).unwrap_or(0);
        let mut round = order[here..].iter().chain(&order[..here]);
        round.find(|id| matches.contains(id)).cloned()
    }

    /// The blocks whose title, id or source holds a text, in reading order; none for an empty text.
    fn matches(&self, text: &str, shared: &Shared) -> Vec<String> {
        let text = text.trim().to_lowercase();
        let holds = |id: &String| {
            self.canvas.block(id).is_some_and(|block| {
                let source = block.from().and_then(|from| from.source.as_ref()).map(ToString::to_string);
                let texts = [Some(block.id.clone()), Some(name_of(block)), source];
                texts.iter().flatten().any(|one| one.to_lowercase().contains(&text))
            })
        };
        self.order(shared).into_iter().filter(|id| !text.is_empty() && holds(id)).collect()
    }

    /// Which of the matches has the focus: `2 of 3`.
    fn match_words(&self, text: &str, shared: &Shared) -> Option<String> {
        let matches = self.matches(text, shared);
        let at = matches.iter().position(|id| Some(id) == self.focus.as_ref())?;
        Some(format!("{} of {}", at + 1, matches.len()))
    }

    fn say_match(&self, from: &str, shared: &mut Shared) {
        let text = &self.search;
        let keys = [Command::NextMatch, Command::PreviousMatch];
        let [next, previous] = keys.map(|command| shared.key(Context::Canvas, command));
        match self.match_words(text, shared) {
            Some(words) => {
                shared.hint(
                    Role::Accent,
                    format!("\"{text}\": {words}{from} · {next} next, {previous} previous"),
                );
            }
            None => shared.say(Role::Warning, format!("No block matches \"{text}\".")),
        }
    }

    /// Draws what is typed into the footer, and which match has the focus; returns the columns used.
    pub(crate) fn draw_finding(&self, paper: &mut Paper, area: Rect, shared: &Shared) -> u16 {
        let Some(Finding { field, .. }) = &self.finding else { return 0 };
        let (role, words) = match (field.text().trim().is_empty(), self.match_words(field.text(), shared)) {
            (true, _) => (Role::Muted, String::new()),
            (false, Some(words)) => (Role::Muted, words),
            (false, None) => (Role::Warning, "no match".to_owned()),
        };
        let col = paper.text(area, 0, "Find: ", Role::Muted);
        let room = area.width.saturating_sub(col + format::width(&words) as u16 + 2);
        let width = (format::width(field.text()) as u16 + 1).min(room);
        let place = Rect { x: area.x + col, width, ..area };
        field.draw(paper, place, true);
        paper.tint(place, Role::Accent);
        let end = if words.is_empty() { col + width } else { col + width + 1 };
        paper.text_at(area, end, 0, &words, role) + u16::from(!words.is_empty())
    }
}
