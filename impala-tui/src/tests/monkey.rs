//! Whatever is pressed in whatever order: nothing panics, what is saved is a whole canvas, and every state can be drawn.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEventKind};

use super::support::Session;
use crate::action::Action;

/// Random numbers that are the same in every run (Knuth's constants for 64 bits).
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn key(dice: &mut Dice) -> KeyEvent {
    const SPECIAL: [KeyCode; 14] = [
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Backspace,
        KeyCode::Delete,
    ];
    match dice.below(10) {
        0..=4 => KeyEvent::from(SPECIAL[dice.below(SPECIAL.len() as u64) as usize]),
        5 => {
            let letter = char::from(b'a' + dice.below(26) as u8);
            KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL)
        }
        // Printable ASCII, where all keys of the table are.
        _ => KeyEvent::from(KeyCode::Char(char::from(b' ' + dice.below(95) as u8))),
    }
}

fn anything(session: &mut Session, dice: &mut Dice) {
    match dice.below(40) {
        0 => session.act(Action::Resize(20 + dice.below(200) as u16, 5 + dice.below(60) as u16)),
        1 => session.act(Action::Paste("wind > 3\nü日本".to_owned())),
        2 => {
            session.other_saves(|canvas| {
                canvas.metadata.title = format!("Saved by Bob 日本 {}", canvas.spec.blocks.len());
                canvas.spec.blocks.pop();
            });
            session.hear();
        }
        3..=6 => {
            let kinds = [
                MouseEventKind::Down(MouseButton::Left),
                MouseEventKind::Drag(MouseButton::Left),
                MouseEventKind::Up(MouseButton::Left),
                MouseEventKind::ScrollDown,
            ];
            let (width, height) = session.app.shared.size;
            let kind = kinds[dice.below(4) as usize];
            session.mouse(kind, dice.below(u64::from(width)) as u16, dice.below(u64::from(height)) as u16);
        }
        7 => session.fake.is_silent = !session.fake.is_silent,
        _ => session.act(Action::Key(key(dice))),
    }
}

#[test]
fn nothing_that_is_pressed_does_harm() {
    for seed in 0..6 {
        let mut dice = Dice(seed * 7_919 + 1);
        let mut session = Session::canvas(100, 30);
        for step in 0..400 {
            anything(&mut session, &mut dice);
            session.buffer();
            let canvas = &session.fake.canvas;
            assert!(canvas.check().is_ok(), "seed {seed}, step {step}: {:?}", canvas.check());
            if session.effects.contains(&crate::effect::Effect::Quit) {
                session = Session::canvas(100, 30);
            }
        }
    }
}
