//! The picture beside a form and beside the kinds that may be added, and what the sources of a project offer.

use impala_core::source::{ColumnType, Source, SourceColumn};

use super::support::{Session, source};
use crate::effect::Request;

/// What stands to the right of the panel.
fn picture(session: &mut Session) -> String {
    let right = |line: &str| line.chars().skip(49).collect::<String>();
    session.screen().lines().skip(1).take(28).map(right).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_picture_beside_a_form_is_that_of_what_is_typed() {
    let mut session = Session::canvas(120, 30);
    session.keys("down down e");
    let bars = picture(&mut session);
    assert!(bars.contains("███") && bars.contains("Apr"), "{bars}");
    // Without a title it has a name of its own, though the axis of its months has none.
    to_field(&mut session, "Title");
    session.keys("ctrl-u");
    assert!(picture(&mut session).contains("─ Mm by month ─"), "{}", session.screen());
    // Another mark, of the same answer.
    to_field(&mut session, "Mark");
    session.keys("ctrl-u");
    session.typed("line");
    let lines = picture(&mut session);
    assert!(!lines.contains("███") && lines.contains('⠒'), "{lines}");
    // Another field, of another answer.
    to_field(&mut session, "x");
    session.keys("ctrl-u");
    session.typed("weather");
    let names = picture(&mut session);
    assert!(names.contains("drizzle") && names.contains("snow") && !names.contains("Apr"), "{names}");
    assert!(!session.requests.iter().any(|request| matches!(request, Request::Save(..))));
    // What cannot be drawn leaves the last picture, and the form says what is wrong.
    session.keys("ctrl-u");
    session.typed("wind");
    let last = picture(&mut session);
    assert!(last.contains(" 15 ") && !last.contains("drizzle│"), "the answer has a wind now: {last}");
    session.keys("ctrl-u");
    session.typed("wind(");
    assert_eq!(picture(&mut session), last);
    assert!(session.screen().contains("! "), "{}", session.screen());
}

#[test]
fn each_kind_that_may_be_added_shows_its_picture() {
    // Signs of each, in what the guess at its fields draws.
    let signs: [(&str, &[&str]); 12] = [
        ("bar: ", &["███", "weather", "rows", "drizzle"]),
        ("histogram: ", &["███", "rows", "precipitation"]),
        ("line: ", &["⠑", "mean precipitation", "Apr"]),
        ("area: ", &["████", "rows", "Apr"]),
        ("point: ", &["•", "precipitation", "wind", "● drizzle"]),
        ("rect: ", &["█████", "month", "Jan", "sun│"]),
        ("boxplot: ", &["━━━", "precipitation", "drizzle"]),
        ("tick: ", &["⡆", "precipitation", "drizzle│"]),
        ("metric: ", &[" 5 "]),
        ("table: ", &["2012-01-01", "drizzle"]),
        ("query: ", &["2012-01-01", "drizzle"]),
        ("text: ", &["Title", "What it means."]),
    ];
    let mut session = Session::canvas(120, 30);
    // From the proposals to any kind.
    session.keys("a tab");
    let mut before = String::new();
    for (index, (kind, signs)) in signs.into_iter().enumerate() {
        session.keys(if index == 0 { "ctrl-l" } else { "down" });
        let (picture, asked) = (picture(&mut session), session.requests.last().cloned());
        assert!(signs.iter().all(|sign| picture.contains(sign)), "{kind}\n{picture}");
        // Nothing is drawn as failed, as late, or as the one before.
        assert!(!picture.contains('✗') && !picture.contains("loading"), "{kind}\n{picture}");
        let is_alike = kind == "query: ";
        assert!(is_alike || picture != before, "{kind}\n{picture}");
        let stem = kind.trim_end_matches(": ");
        match asked {
            Some(Request::Preview(_, draft)) if kind != "text: " => assert_eq!(draft.blocks, [stem]),
            _ => assert_eq!(kind, "text: ", "it was asked for"),
        }
        before = picture;
    }
}

/// A source of taxi rides beside that of the weather.
fn rides() -> Source {
    let mut rides = source(["a", "b", "c", "d"]);
    rides.name = "rides".to_owned();
    let column = |name: &str, column_type: ColumnType| SourceColumn {
        name: name.to_owned(),
        column_type,
        ..rides.current.columns[0].clone()
    };
    rides.current.columns = vec![column("fare", ColumnType::Decimal), column("driver", ColumnType::String)];
    rides
}

fn two_sources() -> Session {
    let mut session = Session::of("ann/weather", |shared| shared.size = (120, 30));
    session.fake.more_sources.push(rides());
    session.keys("enter g");
    session
}

#[test]
fn a_form_offers_the_sources_and_then_the_columns_of_the_chosen_one() {
    let mut session = two_sources();
    session.keys("down down e");
    to_field(&mut session, "x");
    session.keys("tab");
    let offered = session.screen();
    assert!(offered.contains("│ precipitation") && !offered.contains("fare"), "{offered}");
    session.keys("esc");
    to_field(&mut session, "Source");
    session.keys("tab");
    let offered = session.screen();
    assert!(offered.contains("│ rides") && offered.contains("│ weather"), "{offered}");
    session.keys("esc ctrl-u");
    session.typed("ri");
    session.keys("tab");
    assert!(session.screen().contains("rides "), "{}", session.screen());
    to_field(&mut session, "x");
    session.keys("ctrl-u");
    let offered = session.screen();
    assert!(offered.contains("│ fare") && offered.contains("│ driver"), "{offered}");
    assert!(!offered.contains("│ wind"), "{offered}");
    // Also in the brackets of a function.
    session.typed("mean(");
    let offered = session.screen();
    assert!(
        offered.contains("│ fare") && !offered.contains("│ driver"),
        "only numbers have a mean: {offered}"
    );
}

/// Goes to the field of a form that has this label.
fn to_field(session: &mut Session, label: &str) {
    for _ in 0..20 {
        session.keys("down");
        let buffer = session.buffer();
        let row = |y: u16| (2..46).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        let ground = |y: u16| buffer[(14, y)].bg;
        let plain = ground(28);
        if (1..28).any(|y| row(y).starts_with(label) && ground(y) != plain) {
            return;
        }
    }
    panic!("no field {label}:\n{}", session.screen());
}

#[test]
fn the_picker_goes_from_source_to_source() {
    let mut session = two_sources();
    session.keys("a");
    assert!(session.screen().contains("Source weather  (space: 2 sources)"), "{}", session.screen());
    session.keys("space");
    let screen = session.screen();
    assert!(screen.contains("Source rides "), "{screen}");
    session.keys("tab");
    // The first guess is at the columns of that source.
    let picture = picture(&mut session);
    assert!(picture.contains("Rows by driver") && !picture.contains("weather by"), "{picture}");
    session.keys("left");
    assert!(session.screen().contains("Source weather "), "{}", session.screen());
}
