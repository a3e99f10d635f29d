//! Screens as they are seen, at the sizes and in the colors that terminals have.

use impala_core::BlockKind;
use impala_render::{Charset, Ink};
use insta::assert_snapshot;

use super::support::{Session, look};
use crate::action::Action;
use crate::effect::Effect;
use crate::look::{Background, Look};

const CANVAS: &str = "ann/weather/seattle-weather";

#[test]
fn a_canvas_at_the_usual_sizes() {
    for (width, height) in [(80, 24), (120, 40), (200, 50)] {
        let mut session = Session::canvas(width, height);
        assert_snapshot!(format!("canvas_{width}x{height}"), session.screen());
    }
}

#[test]
fn a_canvas_in_ascii() {
    let look = look(Ink::None, Charset::Ascii, Background::Dark);
    let mut session = Session::open(CANVAS, 80, 24, look, false);
    session.keys("down");
    let screen = session.screen();
    assert!(screen.is_ascii(), "{screen}");
    assert_snapshot!(screen);
}

#[test]
fn colors_follow_the_terminal() {
    let rows = |ink, background| {
        let mut session = Session::open(CANVAS, 80, 24, look(ink, Charset::Unicode, background), false);
        session.keys("down");
        [0, 1, 6, 23].map(|row| session.styled_row(row)).join("\n")
    };
    assert_snapshot!("colors_dark", rows(Ink::TrueColor, Background::Dark));
    assert_snapshot!("colors_light", rows(Ink::TrueColor, Background::Light));
    assert_snapshot!("colors_16", rows(Ink::Ansi16, Background::Dark));
    assert_snapshot!("colors_none", rows(Ink::None, Background::Dark));
}

#[test]
fn a_narrow_terminal_stacks_and_a_small_one_says_so() {
    let mut session = Session::canvas(60, 20);
    session.keys("down");
    assert_snapshot!("narrow", session.screen());
    for (width, height) in [(40, 12), (41, 24), (80, 13)] {
        let mut session = Session::canvas(width, height);
        assert!(session.screen().contains("Impala needs 42 x 14."), "{}", session.screen());
    }
    assert_snapshot!("too_small", Session::canvas(40, 12).screen());
}

#[test]
fn a_stacked_block_is_not_dragged_and_still_moves_by_keys() {
    let mut session = Session::canvas(50, 20);
    session.drag((5, 9), (5, 13));
    assert_eq!((session.fake.revision, session.focus().as_str()), (1, "days"));
    session.keys("m down enter");
    assert_eq!(session.fake.revision, 2);
}

#[test]
fn the_other_screens() {
    let open = |target: &str| Session::open(target, 80, 24, Look::default(), false);
    assert_snapshot!("projects", open("").screen());
    let mut project = open("weather");
    assert_snapshot!("project_canvases", project.screen());
    project.keys("tab");
    assert_snapshot!("project_sources", project.screen());
    project.keys("enter");
    assert_snapshot!("source_schema", project.screen());
    project.keys("tab");
    project.keys("down down right");
    assert_snapshot!("source_rows", project.screen());
    project.keys("tab");
    assert_snapshot!("source_statistics", project.screen());
    project.keys("tab");
    assert_snapshot!("source_versions", project.screen());
    project.keys("U");
    assert_snapshot!("upload", project.screen());
}

#[test]
fn layers_before_a_canvas() {
    let mut session = Session::canvas(80, 24);
    let mut seen = |name: &str, keys: &str| {
        session.keys(keys);
        assert_snapshot!(format!("layer_{name}"), session.screen());
        session.keys("esc");
    };
    seen("help", "?");
    seen("palette", ": un");
    seen("picker", "a");
    seen("form", "down down e");
    seen("parameters", "f");
    seen("log", "@");
    seen("jump", "ctrl-o");
    seen("moving", "m down");
    seen("zoom", "enter right right");
    seen("history", "H");
}

#[test]
fn a_form_beside_its_picture() {
    let mut session = Session::canvas(160, 45);
    session.keys("down down e");
    assert_snapshot!(session.screen());
}

#[test]
fn sign_in() {
    let look = Look::default();
    let mut shared =
        crate::screen::Shared::new(look, (80, 24), Default::default(), vec!["http://impala.test".to_owned()]);
    let screen = crate::screens::SignIn::new(&shared, "");
    shared.take_effects();
    let mut app = crate::app::App::new(Box::new(screen), shared);
    for c in "ann?:q".chars() {
        app.update(Action::Key(crossterm::event::KeyEvent::from(crossterm::event::KeyCode::Char(c))));
    }
    let area = ratatui::layout::Rect::new(0, 0, 80, 24);
    let mut buffer = ratatui::buffer::Buffer::empty(area);
    let mut paper = crate::paper::Paper { buffer: &mut buffer, look, cursor: None };
    app.view(&mut paper, &mut crate::cache::PaintCache::default());
    let row = |y: u16| (0..80).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    assert_snapshot!((0..24).map(row).collect::<Vec<_>>().join("\n"));
}

/// The styles of the cells beneath a layer: how many there are besides that of empty cells, and whether all are dim.
fn beneath(ink: Ink, keys: &str) -> (usize, bool) {
    let mut session = Session::open(CANVAS, 80, 24, look(ink, Charset::Unicode, Background::Dark), false);
    session.keys(keys);
    let buffer = session.buffer();
    let edge = (1..23).flat_map(|y| [0, 1, 78, 79].map(|x| buffer[(x, y)].clone()));
    let styles: Vec<_> =
        edge.filter(|cell| cell.symbol() != " ").map(|cell| (cell.fg, cell.modifier)).collect();
    let is_dim = styles.iter().all(|(_, modifier)| modifier.contains(ratatui::style::Modifier::DIM));
    (styles.into_iter().collect::<std::collections::HashSet<_>>().len(), is_dim)
}

#[test]
fn what_lies_beneath_a_layer_is_dim() {
    let before = [Ink::TrueColor, Ink::Ansi16, Ink::None].map(|ink| beneath(ink, "down"));
    assert!(before[0].0 > 1 && !before[1].1, "{before:?}");
    for keys in ["down ?", "down :", "down @", "G enter /"] {
        assert_eq!(beneath(Ink::TrueColor, keys).0, 1, "{keys}");
        assert!(beneath(Ink::Ansi16, keys).1, "{keys}");
        assert_eq!(beneath(Ink::None, keys), (1, false), "{keys}: no color, no dimming");
    }
}

/// A canvas all of whose titles and texts are of wide characters.
fn wide() -> Session {
    let mut session = Session::canvas(80, 24);
    session.other_saves(|canvas| {
        canvas.metadata.title = "日本の天気".repeat(4);
        for block in &mut canvas.spec.blocks {
            if let BlockKind::Text(text) = &mut block.kind {
                text.markdown = "日本の天気".repeat(200);
            }
            block.title = Some("日本の天気".repeat(9));
        }
    });
    session.hear();
    session.answer_all();
    session
}

#[test]
fn wide_characters_beneath_panels_leave_no_halves() {
    for keys in ["?", ":", "@", "down e", "ctrl-o", "down m right", "down s left", "down enter"] {
        let mut session = wide();
        keys.split(' ').for_each(|key| session.keys(key));
        for width in 76..84 {
            session.act(Action::Resize(width, 24));
            // Drawing looks at every row for halves.
            assert!(session.screen().contains('日'), "{keys}: {}", session.screen());
        }
    }
}

#[test]
fn nothing_is_changed_where_nothing_can_be_seen() {
    let mut session = Session::canvas(80, 24);
    session.act(Action::Resize(40, 12));
    session.keys("down d enter d @ page-down");
    session.act(Action::Paste("d".to_owned()));
    assert!(session.screen().contains("ctrl-c quits."), "{}", session.screen());
    session.act(Action::Resize(80, 24));
    assert!(
        session.screen().contains("saved r1") && session.screen().contains(" Days "),
        "{}",
        session.screen()
    );
    session.act(Action::Resize(40, 12));
    session.keys("ctrl-c");
    assert!(session.effects.contains(&Effect::Quit));
}

#[test]
fn blocks_of_one_name_on_two_canvases_have_pictures_of_their_own() {
    let mut session = Session::open("ann/weather", 80, 24, Look::default(), false);
    session.keys("enter");
    assert!(session.screen().contains(" Days "), "{}", session.screen());
    session.keys("q");
    session.other_saves(|canvas| {
        for block in &mut canvas.spec.blocks {
            block.title = Some("Others".to_owned());
        }
    });
    session.keys("enter");
    assert!(!session.screen().contains(" Days "), "{}", session.screen());
}

#[test]
fn the_heavy_border_of_the_focus_leaves_dashes_of_texts_alone() {
    let mut session =
        Session::open(CANVAS, 120, 40, Look { charset: Charset::Ascii, ..Look::default() }, false);
    session.keys("g down down");
    let screen = session.screen();
    assert!(
        screen.contains("#= Rain by month, mm ==") && screen.contains(" weather@1 - 1,461 rows read - "),
        "{screen}"
    );
}

#[test]
fn a_canvas_that_is_not_there_is_said_once_with_the_keys_that_work() {
    let mut session = Session::fresh("ann/weather", |_| {});
    session.fake.is_deleted = true;
    session.keys("enter");
    let screen = session.screen();
    assert_eq!(screen.matches("there is no such canvas").count(), 1, "{screen}");
    assert!(screen.contains("q goes back. R tries again."), "{screen}");
    let footer = screen.lines().last().unwrap_or_default();
    assert!(!footer.contains("zoom") && !footer.contains("parameters"), "{screen}");
    session.keys("f");
    assert!(session.screen().contains("f has no function here"), "{}", session.screen());
    session.fake.is_deleted = false;
    session.keys("R");
    assert!(session.screen().contains("Rain by month"), "{}", session.screen());
    session.fake.is_deleted = true;
    session.keys("q enter q");
    assert!(session.screen().contains("[Canvases 1]"), "{}", session.screen());
}
