//! Charts as pictures of dots: whose they are, and what becomes of one that comes when something else has happened.

use ratatui::layout::Rect;

use super::support::Session;
use crate::graphics::{Gallery, Graphics, Order};
use crate::page::Page;

/// A canvas with one chart on a terminal that shows pictures as kitty does, with that chart painted.
fn canvas() -> Session {
    let mut session = Session::canvas(120, 40);
    session
        .other_saves(|canvas| canvas.spec.blocks.retain(|block| !["highs", "kinds"].contains(&&*block.id)));
    session.hear();
    session.cache.gallery = Gallery::open(Graphics::Kitty);
    assert!(!is_picture(&mut session), "it is not painted yet");
    paint(&mut session);
    assert!(is_picture(&mut session));
    session
}

/// Draws a frame; whether the chart in it is a picture.
fn is_picture(session: &mut Session) -> bool {
    let page = Page::of(&session.app, &mut session.cache, Rect::new(0, 0, 120, 40));
    gallery(session).end();
    // What kitty puts a piece of a picture in the place of.
    page.buffer.content.iter().any(|cell| cell.symbol().contains('\u{10eeee}'))
}

fn gallery(session: &mut Session) -> &mut Gallery {
    session.cache.gallery.as_mut().expect("pictures are shown")
}

/// Draws a frame, and returns what it wants to have painted.
fn ordered(session: &mut Session) -> Vec<Order> {
    is_picture(session);
    gallery(session).orders()
}

/// Paints what the last frame wants.
fn paint(session: &mut Session) {
    for order in gallery(session).orders() {
        gallery(session).keep(order.paint());
    }
}

#[test]
fn a_canvas_of_the_past_does_not_show_the_chart_of_today() {
    let mut session = canvas();
    session.keys("H enter");
    assert!(!is_picture(&mut session), "until its own has come");
    paint(&mut session);
    assert!(is_picture(&mut session));
    session.keys("q q");
    assert!(is_picture(&mut session), "that one is still there");
}

#[test]
fn a_picture_that_is_as_before_is_asked_for_again_when_the_one_before_is_forgotten() {
    let mut session = canvas();
    session.keys("R");
    let orders = ordered(&mut session);
    assert!(!orders.is_empty(), "the answer may be another one");
    gallery(&mut session).forget();
    orders.into_iter().for_each(|order| gallery(&mut session).keep(order.paint()));
    assert!(!is_picture(&mut session));
    paint(&mut session);
    assert!(is_picture(&mut session));
}

#[test]
fn a_picture_that_is_as_one_before_is_not_taken_for_the_one_between() {
    let mut session = canvas();
    session.fake.skipped = 6;
    session.keys("R");
    let between = ordered(&mut session);
    session.fake.skipped = 0;
    session.keys("R");
    let last = ordered(&mut session);
    between.into_iter().chain(last).for_each(|order| gallery(&mut session).keep(order.paint()));
    assert_eq!(ordered(&mut session).len(), 1, "that between is not the last");
    assert!(ordered(&mut session).is_empty(), "it is asked for once");
}
