//! Answers and events in whatever order: the server's work, the way back and the events of the project are shuffled, and
//! still everybody ends with the same canvas on the screen.

use std::collections::VecDeque;

use super::monkey::Dice;
use super::support::{Session, key_of};
use crate::action::{Action, Answer, Live};
use crate::effect::Request;

/// A session whose answers wait until they are let through.
struct Wire {
    session: Session,
    /// What the server has answered, and nobody has heard yet.
    answers: Vec<(u64, Answer)>,
    events: VecDeque<Live>,
    dice: Dice,
}

impl Wire {
    fn new(seed: u64) -> Self {
        let mut session = Session::canvas(120, 40);
        session.fake.is_silent = true;
        Self { session, answers: Vec::new(), events: VecDeque::new(), dice: Dice(seed) }
    }

    /// The server does something that it was asked for; requests overtake each other.
    fn serve(&mut self) {
        if self.session.waiting.is_empty() {
            return;
        }
        let index = self.dice.below(self.session.waiting.len() as u64) as usize;
        let (number, request) = self.session.waiting.remove(index);
        let before = self.session.fake.saved();
        let answer = self.session.fake.answer(&request);
        if self.session.fake.saved() != before {
            self.tell();
        }
        self.answers.push((number, answer));
    }

    fn tell(&mut self) {
        self.events.push_back(self.session.fake.saved());
    }

    /// Something that is under way arrives; events keep their order, answers do not.
    fn arrive(&mut self) -> Option<Action> {
        if self.dice.below(3) == 0
            && let Some(live) = self.events.pop_front()
        {
            return Some(self.session.event(live));
        }
        if self.answers.is_empty() {
            return self.events.pop_front().map(|live| self.session.event(live));
        }
        let index = self.dice.below(self.answers.len() as u64) as usize;
        let (number, answer) = self.answers.remove(index);
        Some(Action::Answer { number, answer: Box::new(answer) })
    }

    fn update(&mut self, action: Action) {
        let effects = self.session.app.update(action);
        self.session.take(effects);
    }

    fn round(&mut self) {
        for _ in 0..self.dice.below(4) {
            self.serve();
        }
        for _ in 0..self.dice.below(4) {
            if let Some(action) = self.arrive() {
                self.update(action);
            }
        }
    }

    fn press(&mut self, keys: &str) {
        for key in keys.split(' ') {
            let typed =
                || key.chars().map(|c| crossterm::event::KeyEvent::from(crossterm::event::KeyCode::Char(c)));
            let events = key_of(key).map_or_else(|| typed().collect(), |event| vec![event]);
            for event in events {
                self.update(Action::Key(event));
            }
        }
    }

    fn quiet(&mut self) {
        while !self.session.waiting.is_empty() || !self.answers.is_empty() || !self.events.is_empty() {
            self.round();
        }
    }

    fn bar(&mut self) -> String {
        self.session.screen().lines().next().unwrap_or_default().to_owned()
    }
}

#[test]
fn an_edit_and_its_undo_come_through_in_any_order() {
    for seed in 0..250 {
        let mut wire = Wire::new(seed);
        let first = wire.session.fake.canvas.clone();
        wire.press("down m down down enter");
        for _ in 0..wire.dice.below(8) {
            wire.round();
        }
        wire.press("u");
        wire.quiet();
        assert_eq!(wire.session.fake.canvas, first, "seed {seed}");
        let (saved, bar) = (format!("saved r{} by ann", wire.session.fake.revision), wire.bar());
        assert!(bar.contains(&saved), "seed {seed}: {saved:?} in {bar:?}");
    }
}

#[test]
fn what_two_save_is_the_same_for_both_in_any_order() {
    for seed in 0..250 {
        let mut wire = Wire::new(seed);
        for step in 0..6 {
            match wire.dice.below(4) {
                0 => {
                    let title = format!("Bob's {step}");
                    wire.session.other_saves(|canvas| canvas.metadata.title = title);
                    wire.tell();
                }
                1 => wire.press("m right enter"),
                2 => wire.press("D"),
                _ => wire.press("u"),
            }
            for _ in 0..wire.dice.below(3) {
                wire.round();
            }
        }
        wire.quiet();
        let bar = wire.bar();
        let fake = &wire.session.fake;
        let saved = format!("saved r{} by {}", fake.revision, fake.saved_by);
        assert!(bar.contains(&saved), "seed {seed}: {saved:?} in {bar:?}");
        assert!(bar.contains(fake.canvas.title()), "seed {seed}: {bar:?}");
    }
}

#[test]
fn what_is_deleted_and_created_again_is_the_same_for_both_in_any_order() {
    for seed in 0..400 {
        let mut wire = Wire::new(seed);
        let mut is_held = false;
        for step in 0..8 {
            let is_deleted = wire.session.fake.is_deleted;
            match wire.dice.below(6) {
                0 if !is_deleted => {
                    wire.session.fake.is_deleted = true;
                    wire.events.push_back(Live::Deleted("seattle-weather".to_owned()));
                }
                0 | 1 if is_deleted => {
                    wire.session.fake.create();
                    wire.session.other_saves(|canvas| canvas.metadata.title = format!("Bob's {step}"));
                    wire.tell();
                }
                2 | 3 if is_held => {
                    wire.press(if step % 2 == 0 { "esc" } else { "enter" });
                    is_held = false;
                }
                2 | 3 => {
                    wire.press("m right");
                    is_held = true;
                }
                _ if is_held => wire.press("down"),
                4 => wire.press("R"),
                _ => wire.press("w"),
            }
            for _ in 0..wire.dice.below(3) {
                wire.round();
            }
        }
        if is_held {
            wire.press("enter");
        }
        wire.quiet();
        let bar = wire.bar();
        let fake = &wire.session.fake;
        match fake.is_deleted {
            true => assert!(bar.contains("deleted, w creates it again"), "seed {seed}: {bar:?}"),
            false => {
                let saved = format!("saved r{} by {}", fake.revision, fake.saved_by);
                let said = || format!("{:?}", wire.session.app.shared.messages);
                assert!(bar.contains(&saved), "seed {seed}: {saved:?} in {bar:?}: {}", said());
                assert!(bar.contains(fake.canvas.title()), "seed {seed}: {bar:?}");
            }
        }
    }
}

#[test]
fn a_block_in_hand_is_not_saved_by_the_end_of_an_earlier_save() {
    let mut wire = Wire::new(1);
    wire.press("down m down enter m right right");
    wire.quiet();
    assert_eq!(wire.session.place("days").x, 0);
    wire.press("esc");
    wire.quiet();
    assert_eq!((wire.session.place("days").x, wire.session.place("days").y), (0, 5));
    assert!(wire.bar().contains("saved r2 by ann"), "{}", wire.bar());
}

#[test]
fn a_frame_is_drawn_though_an_answer_comes_behind_that_nobody_waits_for() {
    let mut session = Session::canvas(120, 40);
    session.screen();
    session.app.update(Action::Resize(120, 40));
    session.app.update(Action::Answer { number: 999, answer: Box::new(Answer::Done(Ok(()))) });
    assert!(session.app.is_dirty);
}

#[test]
fn sources_that_come_late_are_offered() {
    let mut session = Session::canvas(120, 40);
    session.fake.canvas.spec.blocks.clear();
    session.keys("q");
    session.fake.is_silent = true;
    session.keys("enter");
    // The canvas is there before the project's sources are.
    let project = session.waiting.iter().position(|(_, request)| matches!(request, Request::Project(_)));
    let project = session.waiting.remove(project.expect("the sources are asked for"));
    session.fake.is_silent = false;
    session.answer_all();
    session.keys("a");
    assert!(session.screen().contains("none yet"), "{}", session.screen());
    session.waiting.push(project);
    session.answer_all();
    assert!(session.screen().contains("Rows (metric)"), "{}", session.screen());
}

#[test]
fn what_is_chosen_stays_chosen_when_the_proposals_come() {
    let mut session = Session::canvas(120, 40);
    session.fake.is_silent = true;
    session.keys("a");
    session.keys("down down");
    session.fake.is_silent = false;
    session.answer_all();
    session.keys("enter");
    assert!(session.screen().contains("Mark*      line"), "{}", session.screen());
}
