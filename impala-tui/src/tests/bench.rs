//! How long frames take. `scripts/bench-tui` runs it and prints the figures.

use std::io::Write as _;
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent};
use impala_core::{Block, Place};

use super::support::Session;
use crate::action::Action;

/// A canvas of 30 blocks, charts, metrics and tables, all on one screen of 200 by 50.
fn thirty_blocks() -> Session {
    let mut session = Session::canvas(200, 50);
    session.other_saves(|canvas| {
        let kinds: Vec<Block> =
            canvas.spec.blocks.iter().filter(|block| block.id != "intro").cloned().collect();
        canvas.spec.blocks = (0..30_u32)
            .map(|n| {
                let block = kinds[n as usize % kinds.len()].clone();
                Block { id: format!("b{n}"), at: Place::new(n % 6 * 4, n / 6 * 9, 4, 9), ..block }
            })
            .collect();
    });
    session.hear();
    session
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

#[test]
#[ignore = "a benchmark: scripts/bench-tui"]
fn frames() {
    let first = median(
        (0..5)
            .map(|_| {
                let mut session = thirty_blocks();
                timed(|| drop(session.buffer()))
            })
            .collect(),
    );
    let mut session = thirty_blocks();
    session.buffer();
    let key = |session: &mut Session, code| {
        timed(|| {
            session.act(Action::Key(KeyEvent::from(code)));
            session.buffer();
        })
    };
    let focus = median((0..60).map(|_| key(&mut session, KeyCode::Tab)).collect());
    session.keys("m");
    let moving = median((0..20).map(|_| key(&mut session, KeyCode::Down)).collect());
    session.keys("esc s");
    let sizing = median((0..20).map(|_| key(&mut session, KeyCode::Down)).collect());
    let lines = [
        ("first frame after the answers, 30 blocks at 200x50", first),
        ("key to drawn frame, focus", focus),
        ("key to drawn frame, moving a block", moving),
        ("key to drawn frame, sizing a block", sizing),
    ];
    for (what, time) in lines {
        writeln!(std::io::stderr(), "{what:<52} {:>8.2} ms", time.as_secs_f64() * 1_000.0).expect("stderr");
    }
}
