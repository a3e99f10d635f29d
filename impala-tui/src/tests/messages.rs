//! What was said, and how it is read again.

use super::support::Session;
use crate::action::{Failure, Live};
use crate::effect::Effect;
use crate::look::{Look, Role};

fn footer(session: &mut Session) -> String {
    session.screen().lines().last().unwrap_or_default().trim().to_owned()
}

/// A canvas of which a change could not be saved, for a reason of many words.
fn failed(width: u16) -> Session {
    let mut session = Session::open("ann/weather/seattle-weather", width, 24, Look::default(), false);
    let why = format!("the disk of the server is full, {}and nothing was saved", "and full, ".repeat(12));
    session.fake.refusal = Some(Failure::new(why));
    session.app.shared.clock = || jiff::civil::time(9, 30, 5, 0);
    session.keys("down d");
    session
}

#[test]
fn a_message_that_is_cut_names_the_key_that_shows_all_of_it() {
    for width in [60, 80, 120] {
        let mut session = failed(width);
        let line = footer(&mut session);
        assert!(
            line.starts_with("the disk of the server is full") && line.ends_with("…  M shows all"),
            "{line}"
        );
        session.keys("M");
        let screen = session.screen();
        assert!(screen.contains("[Recent messages]") && screen.contains("09:30:05  the disk"), "{screen}");
        assert!(screen.contains("nothing was saved"), "{screen}");
        session.keys("y");
        let Some(Effect::Clip(text)) = session.effects.last() else { panic!("nothing was copied") };
        assert!(text.starts_with("the disk") && text.ends_with("nothing was saved"), "{text}");
        assert_eq!(footer(&mut session), "Message copied");
    }
    // One that is not cut is all there is.
    let mut session = Session::canvas(80, 24);
    session.keys("down d");
    assert_eq!(footer(&mut session), "\"Days\" deleted; u brings it back");
}

#[test]
fn messages_stand_beside_the_commands_in_the_order_in_which_they_came() {
    let mut session = failed(80);
    session.keys("w @");
    assert!(session.screen().contains("[Equivalent CLI commands]─ Recent messages "), "{}", session.screen());
    assert!(footer(&mut session).contains("tab messages"), "{}", session.screen());
    session.keys("tab");
    let screen = session.screen();
    let at = |text: &str| screen.find(text).unwrap_or_else(|| panic!("{text}: {screen}"));
    assert!(at("\"Days\" deleted") < at("the disk"), "{screen}");
    assert!(footer(&mut session).contains("tab commands"), "{screen}");
    session.keys("Y");
    let Some(Effect::Clip(text)) = session.effects.last() else { panic!("nothing was copied") };
    assert!(text.contains("09:30:05  \"Days\" deleted; u brings it back\n"), "{text}");
    session.keys("shift-tab");
    assert!(session.screen().contains("impala block remove"), "{}", session.screen());
}

#[test]
fn a_message_has_the_color_of_what_it_means() {
    let mut session = failed(80);
    session.keys("M up");
    let alarm = session.app.shared.look.style(Role::Alarm).fg;
    let buffer = session.buffer();
    let mut cells = (0..24u16).flat_map(|y| (0..80u16).map(move |x| (x, y)));
    let at = cells.find(|(x, y)| {
        (0..8u16).map(|col| buffer[(x + col.min(79 - x), *y)].symbol()).collect::<String>() == "the disk"
    });
    assert_eq!(Some(buffer[at.expect("the message")].fg), alarm);
}

#[test]
fn what_is_of_the_moment_is_no_message() {
    let mut session = Session::canvas(80, 24);
    let before = session.app.shared.messages.numbers();
    session.keys("x y down m right esc / rain enter n");
    assert_eq!(session.app.shared.messages.numbers(), before, "{:?}", session.app.shared.messages);
    session.keys("M");
    assert!(session.screen().contains("No messages yet"), "{}", session.screen());
}

#[test]
fn why_nothing_comes_in_is_among_the_messages() {
    let mut session = Session::canvas(80, 24);
    session.live(Live::Offline("the server was not reached".to_owned()));
    session.keys(": recentmessages enter");
    assert!(session.screen().contains("Offline: the server was not reached"), "{}", session.screen());
}
