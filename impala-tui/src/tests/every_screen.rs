//! Every screen at the usual sizes and in every look. Each has two snapshots: how it is at 80x24, with its lines in ASCII where
//! they differ and its colors as letters, whose legend says what each is on a dark and on a light terminal, with 16 colors
//! and without color; and how it is at larger sizes.

use std::collections::BTreeMap;

use impala_core::error::FieldError;
use impala_render::{Charset, Ink};
use insta::assert_snapshot;

use super::support::{Session, look};
use crate::action::{Action, Answer, Failure, Sent};
use crate::effect::Request;
use crate::look::{Background, Look};

/// Its name, what is opened, and what leads to it from there.
type Case = (&'static str, &'static str, fn(&mut Session));

const CANVAS: &str = "ann/weather/seattle-weather";

const SCREENS: [Case; 47] = [
    ("sign_in", "", |session| session.keys("L y")),
    ("register", "", |session| session.keys("L y up space down")),
    ("projects", "", |_| {}),
    ("servers", "", |session| session.keys("S")),
    ("project", "weather", |_| {}),
    ("sources", "weather", |session| session.keys("tab")),
    ("members", "weather", |session| session.keys("tab tab")),
    ("schema", "weather", |session| session.keys("tab enter")),
    ("rows", "weather", |session| session.keys("tab enter tab down right")),
    ("statistics", "weather", |session| session.keys("tab enter tab tab")),
    ("versions", "weather", |session| session.keys("tab enter tab tab tab")),
    ("canvas", CANVAS, |session| session.keys("down")),
    ("form", CANVAS, |session| session.keys("down down e")),
    ("picker", CANVAS, |session| session.keys("a")),
    ("palette", CANVAS, |session| session.keys(": un")),
    ("help", CANVAS, |session| session.keys("?")),
    ("log", CANVAS, |session| session.keys("down d @")),
    ("messages", CANVAS, |session| session.keys("down d w M")),
    ("finding", CANVAS, |session| session.keys("/ days")),
    ("found", CANVAS, |session| session.keys("G enter / 2012-1 enter")),
    ("history", CANVAS, |session| session.keys("H")),
    ("conflict", CANVAS, conflict),
    ("upload", "weather", |session| session.keys("U")),
    ("upload_refused", "weather", refused_upload),
    ("zoom", CANVAS, |session| session.keys("down down enter right right")),
    ("parameters", CANVAS, |session| session.keys("f")),
    ("definitions", CANVAS, |session| session.keys("F")),
    ("definition", CANVAS, |session| session.keys("F down enter")),
    ("heading", CANVAS, |session| session.keys("t")),
    ("provenance", CANVAS, |session| session.keys("i")),
    ("moving", CANVAS, |session| session.keys("down m down")),
    ("question", CANVAS, failed_save),
    ("caution", "weather", |session| session.keys("tab d")),
    ("prompt", "weather", |session| session.keys("n")),
    ("zoomed_table", CANVAS, |session| session.keys("G enter down right s")),
    ("zoomed_metric", CANVAS, |session| session.keys("down right enter")),
    ("zoomed_text", CANVAS, |session| session.keys("enter")),
    ("form_metric", CANVAS, |session| session.keys("down right e")),
    ("form_table", CANVAS, |session| session.keys("a G up up enter")),
    ("form_query", CANVAS, |session| session.keys("G e")),
    ("form_text", CANVAS, |session| session.keys("e")),
    ("uploading", "weather", uploading),
    ("no_projects", "", empty),
    ("no_canvases", "weather", empty),
    ("no_blocks", CANVAS, empty),
    ("past", CANVAS, |session| session.keys("H down enter down")),
    ("no_server", "", no_server),
];

/// A canvas that could not be saved is left.
fn failed_save(session: &mut Session) {
    session.fake.refusal = Some(Failure::new("could not reach http://impala.test: connection refused"));
    session.keys("down d q");
}

/// Half of a file is sent.
fn uploading(session: &mut Session) {
    session.keys("U");
    session.fake.is_silent = true;
    session.typed("wind.csv");
    session.keys("enter");
    let upload = session.waiting.iter().find(|(_, request)| matches!(request, Request::Upload { .. }));
    let number = upload.expect("an upload").0;
    let sent = Sent { bytes: 30_000_000, bytes_total: 60_000_000, elapsed_ms: 10_000 };
    session.act(Action::Sent { number, sent });
}

/// Nothing was made yet.
fn empty(session: &mut Session) {
    session.fake.is_empty = true;
    session.fake.canvas.spec.blocks.clear();
    session.fake.canvas.spec.parameters.clear();
    session.fake.revision += 1;
    session.hear();
    session.keys("R");
}

/// The program begins, and no server answers.
fn no_server(session: &mut Session) {
    session.begin_again();
    let number = session.waiting.last().expect("a question").0;
    let failure = Failure::new("could not reach http://impala.test: connection refused");
    session.tell(number, Answer::SignedIn(Err(failure)));
}

fn conflict(session: &mut Session) {
    session.other_saves(|canvas| {
        let days = canvas.spec.blocks.iter_mut().find(|block| block.id == "days").expect("a block");
        days.title = Some("Bob's days".to_owned());
    });
    session.keys("down e up ctrl-u");
    session.typed("Ann's days");
    session.keys("enter");
}

fn refused_upload(session: &mut Session) {
    session.fake.paths.clear();
    session.keys("U");
    session.fake.is_silent = true;
    session.typed("days.csv");
    session.keys("enter");
    let number = session
        .waiting
        .iter()
        .find_map(|(number, request)| matches!(request, Request::Upload { .. }).then_some(*number));
    let errors = [(3, "temp"), (17, "wind")].map(|(row, column)| FieldError {
        row: Some(row),
        column: Some(column.to_owned()),
        ..FieldError::at("", "is \"abc\", and a decimal was expected")
    });
    let failure = Failure {
        status: Some(422),
        errors: errors.to_vec(),
        ..Failure::new("2 values are of another type")
    };
    session.act(Action::Answer {
        number: number.expect("an upload"),
        answer: Box::new(Answer::Uploaded(Err(failure))),
    });
    session.fake.is_silent = false;
}

fn at((_, target, lead): Case, width: u16, height: u16, look: Look) -> Session {
    let mut session = Session::open(target, width, height, look, false);
    lead(&mut session);
    session
}

/// Letters for styles, in the order of their first cell.
const LETTERS: &str = ".abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// The styles of a screen as letters, with what they are in each look.
fn colors(case: Case) -> String {
    let looks = [
        ("dark", Ink::TrueColor, Background::Dark),
        ("light", Ink::TrueColor, Background::Light),
        ("16", Ink::Ansi16, Background::Dark),
        ("none", Ink::None, Background::Dark),
    ];
    let buffers =
        looks.map(|(_, ink, background)| at(case, 80, 24, look(ink, Charset::Unicode, background)).buffer());
    let mut legend: BTreeMap<usize, String> = BTreeMap::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut rows = Vec::new();
    for y in 0..24 {
        let mut row = String::new();
        for x in 0..80 {
            let styles = buffers.iter().zip(looks).map(|(buffer, (name, ..))| {
                let cell = &buffer[(x, y)];
                let back = if cell.bg == ratatui::style::Color::Reset {
                    String::new()
                } else {
                    format!(" on {:?}", cell.bg)
                };
                let modifier =
                    if cell.modifier.is_empty() { String::new() } else { format!(" {:?}", cell.modifier) };
                format!("{name}: {:?}{back}{modifier}", cell.fg)
            });
            let styles = styles.collect::<Vec<_>>().join(" | ");
            let next = known.len();
            let index = *known.entry(styles.clone()).or_insert(next);
            legend.entry(index).or_insert(styles);
            row.push(LETTERS.chars().nth(index).expect("few styles"));
        }
        rows.push(row);
    }
    let legend: Vec<String> = legend
        .into_iter()
        .map(|(index, styles)| format!("{} {styles}", LETTERS.chars().nth(index).expect("few styles")))
        .collect();
    format!("{}\n\n{}", rows.join("\n"), legend.join("\n"))
}

/// The lines that differ in ASCII.
fn ascii(case: Case, unicode: &str) -> String {
    let screen = at(case, 80, 24, look(Ink::TrueColor, Charset::Ascii, Background::Dark)).screen();
    assert!(screen.is_ascii(), "{}:\n{screen}", case.0);
    let numbered = screen.lines().zip(unicode.lines()).enumerate();
    let lines = numbered.filter(|(_, (ascii, unicode))| ascii != unicode);
    lines.map(|(row, (ascii, _))| format!("{row:>2} {ascii}")).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_screen_in_every_look() {
    for case in SCREENS {
        let screen = at(case, 80, 24, Look::default()).screen();
        let (ascii, colors) = (ascii(case, &screen), colors(case));
        assert_snapshot!(
            format!("look_{}", case.0),
            format!("{screen}\n\nASCII\n{ascii}\n\nColors\n{colors}")
        );
    }
}

/// Rows of the smallest terminal whose words run into each other would be cut or overwritten: they are looked at here.
#[test]
fn every_screen_at_the_smallest_size() {
    let screens = SCREENS.map(|case| format!("{}\n{}", case.0, at(case, 42, 14, Look::default()).screen()));
    assert_snapshot!("smallest", screens.join("\n\n"));
}

/// A pane beside an editor, or a telephone.
#[test]
fn every_screen_in_a_narrow_pane() {
    for case in SCREENS {
        assert_snapshot!(format!("narrow_{}", case.0), at(case, 50, 20, Look::default()).screen());
    }
}

#[test]
fn every_screen_at_larger_sizes() {
    for case in SCREENS {
        let screens = [(120, 40), (200, 50)].map(|(width, height)| {
            format!("{width}x{height}\n{}", at(case, width, height, Look::default()).screen())
        });
        assert_snapshot!(format!("large_{}", case.0), screens.join("\n\n"));
    }
}
