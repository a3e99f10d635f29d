//! A block on the whole screen: edited there, and read.

use impala_core::BlockKind;
use impala_render::{Charset, Ink};
use ratatui::style::Modifier;

use super::support::{Session, look};
use crate::effect::{Effect, Request};
use crate::look::Background;

fn bar(session: &mut Session) -> String {
    session.screen().lines().next().unwrap_or_default().to_owned()
}

fn footer(session: &mut Session) -> String {
    session.screen().lines().last().unwrap_or_default().trim().to_owned()
}

#[test]
fn a_zoomed_block_is_edited_in_the_form_and_seen_changed() {
    let mut session = Session::canvas(120, 40);
    session.keys("down down enter right e up ctrl-u");
    session.typed("Wet months");
    session.keys("ctrl-s");
    assert!(bar(&mut session).contains("Seattle weather / Wet months"), "{}", session.screen());
    assert!(session.screen().contains("╭─ Wet months"), "{}", session.screen());
    assert!(session.screen().contains("Jan 2012 · "), "the cursor stays: {}", session.screen());
    session.keys("u");
    assert!(bar(&mut session).contains("Seattle weather / Rain by month"), "{}", session.screen());
    assert_eq!(footer(&mut session), "Undone: renamed \"Rain by month, mm\" to \"Wet months\"");
    session.keys("ctrl-r");
    assert!(bar(&mut session).contains("Seattle weather / Wet months"), "{}", session.screen());
    session.keys("q");
    assert_eq!(session.focus(), "rain");
}

#[test]
fn a_zoomed_block_is_edited_as_yaml_and_followed_when_its_id_is_another() {
    let mut session = Session::canvas(120, 40);
    session.keys("G enter");
    session.in_editor("E", |text| text.replace("Coldest days", "Frost").replace("id: snow", "id: frost"));
    assert!(bar(&mut session).contains("Seattle weather / Frost"), "{}", session.screen());
    assert!(session.screen().contains("row 1 of 12"), "{}", session.screen());
    session.keys("u");
    assert!(bar(&mut session).contains("Seattle weather / Coldest days"), "{}", session.screen());
}

#[test]
fn undoing_what_is_not_looked_at_leaves_the_zoom_where_it_is() {
    let mut session = Session::canvas(80, 24);
    session.keys("down m right enter G enter u");
    assert!(bar(&mut session).contains("/ Coldest days"), "{}", session.screen());
    assert_eq!(footer(&mut session), "Undone: moved \"Days\"");
    session.keys("e");
    assert!(session.screen().contains("Edit table"), "the one that is seen: {}", session.screen());
    // Back on the canvas it is seen, though the other one was changed.
    session.keys("esc esc");
    assert!(session.screen().contains("┏━ Coldest days"), "{}", session.screen());
}

#[test]
fn a_block_that_undoing_takes_away_is_no_longer_zoomed() {
    let mut session = Session::canvas(120, 40);
    session.keys("down D enter u");
    assert!(!bar(&mut session).contains("Seattle weather /"), "{}", session.screen());
    assert_eq!(session.focus(), "days");
}

#[test]
fn a_chart_whose_cursor_is_nowhere_yet_takes_the_keys_of_everywhere() {
    for (key, expected) in [("?", "╭─ Keys"), (":", "╭─ Commands"), ("@", "[Equivalent"), ("M", "[Recent")]
    {
        let mut session = Session::canvas(120, 40);
        session.keys("down down enter");
        session.keys(key);
        assert!(session.screen().contains(expected), "{key}: {}", session.screen());
    }
}

#[test]
fn who_may_only_read_edits_no_zoomed_block() {
    let dark = look(Ink::TrueColor, Charset::Unicode, Background::Dark);
    let mut session = Session::open("ann/weather/seattle-weather", 120, 40, dark, true);
    session.keys("down down enter");
    assert!(!footer(&mut session).contains("e edit"), "{}", session.screen());
    for key in ["e", "E", "u", "ctrl-r"] {
        session.keys(key);
        assert_eq!(footer(&mut session), "This is read-only here.", "{key}");
    }
    assert!(!session.effects.iter().any(|effect| matches!(effect, Effect::Editor { .. })));
    let mut session = Session::canvas(80, 24);
    session.keys("down down enter");
    assert!(footer(&mut session).contains("e edit"), "{}", session.screen());
}

/// The example's table on the whole screen, where the weather goes through five values in twelve rows.
fn table(ink: Ink) -> Session {
    let dark = look(ink, Charset::Unicode, Background::Dark);
    let mut session = Session::open("ann/weather/seattle-weather", 80, 24, dark, false);
    session.keys("G enter");
    session
}

#[test]
fn matches_in_a_table_are_gone_through_both_ways_and_round_the_ends() {
    let mut session = table(Ink::TrueColor);
    session.keys("n");
    assert!(footer(&mut session).contains("/ begins a search"), "{}", session.screen());
    let mut check = |keys: &str, row: &str, said: &str| {
        session.keys(keys);
        let screen = session.screen();
        assert!(screen.contains(row) && footer(&mut session).starts_with(said), "{keys}: {screen}");
    };
    check("/ 2012-03 enter", "row 3 of 12", "← → column");
    check("n", "row 3 of 12", "No other row has \"2012-03\".");
    check("/ 2012-1 enter", "row 10 of 12", "");
    check("n n", "row 12 of 12", "");
    check("n", "row 10 of 12", "Search wrapped: from the top");
    check("N", "row 12 of 12", "Search wrapped: from the end");
    check("N", "row 11 of 12", "");
    check("/ hail enter", "row 11 of 12", "\"hail\" was not found.");
}

#[test]
fn what_was_found_stands_out_in_every_look() {
    for ink in [Ink::TrueColor, Ink::Ansi256, Ink::Ansi16, Ink::None] {
        let mut session = table(ink);
        session.keys("/ 12-03 enter down");
        let found = session.app.shared.look.style(crate::look::Role::Found);
        let buffer = session.buffer();
        let is_marked = |x: u16, y: u16| {
            let cell = buffer[(x, y)].style();
            match ink {
                Ink::None => cell.add_modifier.contains(Modifier::UNDERLINED),
                _ => cell.bg == found.bg,
            }
        };
        let marked: String = (0..24u16)
            .flat_map(|y| (0..80u16).map(move |x| (x, y)))
            .filter(|(x, y)| is_marked(*x, *y))
            .map(|at| buffer[at].symbol())
            .collect();
        assert_eq!(marked, "12-03", "{ink:?}");
    }
}

/// A text of so many lines on the whole screen, which has room for 21 of them.
fn text(markdown: String) -> Session {
    let mut session = Session::canvas(80, 24);
    session.other_saves(|canvas| {
        let intro = canvas.spec.blocks.iter_mut().find(|block| block.id == "intro").expect("a block");
        if let BlockKind::Text(text) = &mut intro.kind {
            text.markdown = markdown;
        }
    });
    session.hear();
    session.keys("enter");
    session
}

fn lines(count: usize) -> String {
    (1..=count).map(|line| format!("- line {line}\n")).collect()
}

/// The first and the last of the lines that are seen, and what the row below says.
fn seen(session: &mut Session) -> [String; 3] {
    let screen: Vec<String> = session.screen().lines().map(|line| line.replace('▐', "")).collect();
    [1, 21, 22].map(|row| screen[row].trim().to_owned())
}

#[test]
fn a_long_text_is_scrolled_from_its_first_line_to_its_last_and_no_further() {
    let mut session = text(lines(100));
    let mut check = |keys: &str, first: usize| {
        session.keys(keys);
        let last = first + 20;
        let expected =
            [format!("• line {first}"), format!("• line {last}"), format!("lines {first} to {last} of 100")];
        assert_eq!(seen(&mut session), expected, "{keys}: {}", session.screen());
    };
    check("k", 1);
    check("j j", 3);
    check("page-down", 23);
    check("ctrl-d", 43);
    check("ctrl-u", 23);
    check("G", 80);
    check(&["j"; 60].join(" "), 80);
    check("page-up", 60);
    check("g", 1);
    check("page-up", 1);
    check(&["j"; 60].join(" "), 61);
}

#[test]
fn a_bar_says_which_part_of_a_long_text_is_seen() {
    let bar = |session: &mut Session| {
        let buffer = session.buffer();
        let symbols = (1..22).map(|y| buffer[(79, y)].symbol());
        symbols.map(|symbol| if symbol == "▐" { '#' } else { '.' }).collect::<String>()
    };
    let mut session = text(lines(100));
    assert_eq!(bar(&mut session), "####.................");
    session.keys("G");
    assert_eq!(bar(&mut session), ".................####");
    assert_eq!(bar(&mut text(lines(21))), ".".repeat(21));
}

#[test]
fn a_long_text_stands_where_it_was_as_far_as_there_is_as_much_of_it() {
    let mut session = text(lines(100));
    session.keys("G");
    session.act(crate::action::Action::Resize(80, 44));
    assert!(session.screen().contains("lines 60 to 100 of 100"), "{}", session.screen());
    session.act(crate::action::Action::Resize(80, 24));
    assert!(session.screen().contains("lines 60 to 80 of 100"), "{}", session.screen());
    // Where lines are wrapped there are more of them.
    let mut session = text("word ".repeat(1_000));
    session.keys("G");
    assert!(session.screen().contains("lines 43 to 63 of 63"), "{}", session.screen());
    session.act(crate::action::Action::Resize(120, 24));
    assert!(session.screen().contains("lines 22 to 42 of 42"), "{}", session.screen());
}

#[test]
fn what_is_seen_whole_does_not_scroll_away() {
    for keys in ["g enter", "g down enter", "g down right enter"] {
        let mut session = Session::canvas(80, 24);
        session.keys(keys);
        let whole = session.screen();
        for key in ["j", "page-down", "G", "k", "page-up", "g"] {
            session.keys(key);
            assert_eq!(session.screen(), whole, "{keys} {key}");
        }
    }
}

#[test]
fn a_text_that_gets_longer_by_the_value_of_a_metric_is_read_to_its_end() {
    let mut session = Session::canvas(80, 24);
    session.other_saves(|canvas| {
        let BlockKind::Text(text) = &mut canvas.spec.blocks[0].kind else { panic!("the intro is a text") };
        text.markdown = format!("{}\n{} {{{{most}}}}", lines(30), "x".repeat(76));
        canvas.spec.blocks[2].id = "most".to_owned();
    });
    session.fake.is_silent = true;
    session.hear();
    session.answer_some(|request| matches!(request, Request::Canvas(_)));
    session.keys("enter");
    assert!(session.screen().contains("lines 1 to 21 of 32"), "{}", session.screen());
    // It needs a line of its own.
    session.fake.is_silent = false;
    session.answer_all();
    session.keys("G");
    assert!(session.screen().contains("lines 13 to 33 of 33"), "{}", session.screen());
}
