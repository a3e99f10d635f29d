//! What is changed of the terminal while the program runs: its colors, and whose the mouse is.

use impala_render::{Charset, Ink};

use super::support::{Session, look};
use crate::effect::Effect;
use crate::look::Background;

const PLACES: [&str; 4] = ["", "G enter", "a", "down down enter right"];

fn at(background: Background, keys: &str) -> Session {
    let look = look(Ink::TrueColor, Charset::Unicode, background);
    let mut session = Session::open("ann/weather/seattle-weather", 80, 24, look, false);
    session.keys(keys);
    session
}

#[test]
fn the_colors_for_a_light_terminal_are_the_same_however_one_came_to_them() {
    for keys in PLACES {
        let mut light = at(Background::Light, keys);
        // What was painted for a dark one is painted again.
        let mut turned = at(Background::Dark, "");
        let dark = turned.buffer();
        turned.keys("T");
        assert_ne!(turned.buffer(), dark);
        turned.keys(keys);
        assert_eq!(turned.buffer(), light.buffer(), "{keys}");
        if !light.app.contexts().contains(&crate::keymap::Context::Picker) {
            light.keys("T");
            let mut dark = at(Background::Dark, keys);
            assert_eq!(light.buffer(), dark.buffer(), "{keys}");
        }
    }
    // A terminal that does not say what it is gets a theme, too.
    let mut unknown = at(Background::Unknown, "T");
    assert_eq!(unknown.buffer(), at(Background::Dark, "").buffer());
}

#[test]
fn the_mouse_goes_to_the_terminal_and_comes_back() {
    let mut session = at(Background::Dark, "");
    for (is_ours, words) in
        [(false, "The mouse selects text, as the terminal does it"), (true, "The mouse works here")]
    {
        session.keys("V");
        assert_eq!(session.effects.last(), Some(&Effect::Mouse(is_ours)));
        assert!(session.screen().contains(words), "{}", session.screen());
    }
}
