//! Tables: in which order their rows come, what is copied out of them, and how they scroll sideways.

use impala_core::data::{Column, Values};
use jiff::civil::date;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::support::Session;
use crate::effect::{Effect, Request};
use crate::keymap::{Command, Keymap};
use crate::look::Look;
use crate::paper::Paper;
use crate::screen::Shared;
use crate::table::DataTable;

fn shared() -> Shared {
    Shared::new(Look::default(), (60, 24), Keymap::default(), Vec::new())
}

/// The rows of a table of these values in the order shown, after each of three presses on the key that sorts.
fn orders(values: Values) -> [String; 3] {
    let numbers = (1..=values.len() as i64).map(Some).collect();
    let columns = vec![Column::new("value", values), Column::new("row", Values::Integer(numbers))];
    let (mut table, mut shared) = (DataTable::new(columns), shared());
    [(); 3].map(|()| {
        table.col = 0;
        table.command(Command::Sort, 10, &mut shared);
        table.col = 1;
        table.command(Command::CopyColumn, 10, &mut shared);
        let Some(Effect::Clip(text)) = shared.take_effects().pop() else { panic!("nothing was copied") };
        text.lines().skip(1).collect::<Vec<_>>().join(" ")
    })
}

#[test]
fn rows_are_sorted_up_then_down_then_not_and_nulls_come_last() {
    let check =
        |values: Values, expected: [&str; 3]| assert_eq!(orders(values.clone()), expected, "{values:?}");
    // By their values, not by their texts: 9 is less than 10, and -3 than -2.5.
    check(Values::Integer(vec![Some(10), None, Some(9), Some(100)]), ["3 1 4 2", "4 1 3 2", "1 2 3 4"]);
    check(Values::Decimal(vec![None, Some(-2.5), Some(-3.0), None]), ["3 2 1 4", "2 3 1 4", "1 2 3 4"]);
    let texts = ["10", "9", "", "b", "a"].map(|text| (!text.is_empty()).then(|| text.to_owned()));
    check(Values::String(texts.to_vec()), ["1 2 5 4 3", "4 5 2 1 3", "1 2 3 4 5"]);
    let dates = vec![Some(date(2012, 2, 1)), Some(date(2011, 12, 31)), None, Some(date(2012, 1, 15))];
    check(Values::Date(dates), ["2 4 1 3", "1 4 2 3", "1 2 3 4"]);
    check(Values::Boolean(vec![Some(true), None, Some(false)]), ["3 1 2", "1 3 2", "1 2 3"]);
    // Equals stay as they came.
    check(Values::Integer(vec![Some(1), Some(0), Some(1)]), ["2 1 3", "1 3 2", "1 2 3"]);
}

#[test]
fn another_column_is_sorted_from_its_least_on() {
    let column = |name: &str, values: [i64; 3]| Column::new(name, Values::Integer(values.map(Some).to_vec()));
    let mut table = DataTable::new(vec![column("a", [2, 3, 1]), column("b", [5, 4, 6])]);
    let mut shared = shared();
    let mut row = |table: &mut DataTable, command: Command| {
        table.command(command, 10, &mut shared);
        table.held_row()
    };
    assert_eq!(row(&mut table, Command::Sort), Some(2));
    assert_eq!(row(&mut table, Command::Sort), Some(1));
    row(&mut table, Command::Right);
    assert_eq!(row(&mut table, Command::Sort), Some(1), "least first again: 4");
    assert_eq!(row(&mut table, Command::Last), Some(2));
}

#[test]
fn what_is_copied_is_the_cell_the_row_or_the_column_under_the_cursor() {
    let mut session = Session::canvas(80, 24);
    session.keys("G enter down right s s");
    // The rain of the rows is 0, 1.5, 3 …, and the most comes first now.
    session.keys("y");
    assert_eq!(session.clipped(), "15");
    session.keys("Y");
    assert_eq!(session.clipped(), "2012-11-01\t15\tdrizzle");
    session.keys("s left c");
    let months = (1..=12).map(|month| format!("\n2012-{month:02}-01")).collect::<String>();
    assert_eq!(session.clipped(), format!("date{months}"));
}

/// The lines of a table on a terminal of 60 columns.
fn lines(table: &DataTable) -> Vec<String> {
    let area = Rect::new(0, 0, 60, 6);
    let mut buffer = Buffer::empty(area);
    table.draw(&mut Paper { buffer: &mut buffer, look: Look::default(), cursor: None }, area);
    (0..6).map(|y| (0..60).map(|x| buffer[(x, y)].symbol()).collect()).collect()
}

#[test]
fn a_table_scrolls_sideways_to_the_column_of_the_cursor() {
    let column = |index: i64| {
        let values = Values::Integer(vec![Some(1_000 + index), Some(2_000 + index)]);
        Column::new(format!("column{index:02}"), values)
    };
    let mut table = DataTable::new((0..20).map(column).collect());
    let mut shared = shared();
    let mut seen = |table: &mut DataTable, command: Command, times: usize| {
        for _ in 0..times {
            table.command(command, 4, &mut shared);
        }
        let lines = lines(table);
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let (names, values) = (words(&lines[0]), words(&lines[1]));
        // Each value stands below its name, and the number of the row stays at the left.
        let expected: Vec<String> = names.iter().map(|name| format!("10{}", &name[6..])).collect();
        assert_eq!((values[0].as_str(), &values[1..]), ("1", &expected[..]), "{lines:?}");
        (names[0].clone(), names[names.len() - 1].clone())
    };
    let range = |first: usize, last: usize| (format!("column{first:02}"), format!("column{last:02}"));
    assert_eq!(seen(&mut table, Command::Right, 0), range(0, 4));
    assert_eq!(seen(&mut table, Command::Right, 4), range(0, 4));
    assert_eq!(seen(&mut table, Command::Right, 1), range(1, 5));
    assert_eq!(seen(&mut table, Command::Right, 99), range(15, 19));
    assert_eq!(seen(&mut table, Command::Left, 99), range(0, 4));
}

#[test]
fn enter_on_a_row_sets_the_parameter_that_matches_it_and_again_takes_it_back() {
    let mut session = Session::canvas(80, 24);
    for weather in ["drizzle", "fog", "rain"] {
        session.keys(if weather == "drizzle" { "G enter enter" } else { "down enter" });
        assert_eq!((session.given("kind"), session.given("since")), (vec![weather.to_owned()], vec![]));
        assert!(session.screen().contains(&format!("kind is {weather}")), "{}", session.screen());
    }
    session.keys("enter");
    assert!(session.given("kind").is_empty());
    assert!(session.screen().contains("kind is back to (all)"), "{}", session.screen());
}

/// The row below the header that shows a text, and its column.
fn place_of(session: &mut Session, text: &str) -> (u16, u16) {
    let screen = session.screen();
    let found = screen.lines().enumerate().find_map(|(y, line)| {
        let at = line.find(text)?;
        Some((line[..at].chars().count() as u16, y as u16))
    });
    found.unwrap_or_else(|| panic!("{text:?} is not on:\n{screen}"))
}

#[test]
fn a_click_on_a_cell_of_a_block_puts_the_cursor_there() {
    let mut session = Session::canvas(80, 24);
    session.keys("G enter");
    let (_, y) = place_of(&mut session, "2012-03-01");
    let (x, header) = place_of(&mut session, "precipitation");
    session.click(x, y);
    assert!(session.screen().contains("row 3 of 12 · precipitation"), "{}", session.screen());
    session.keys("y");
    assert_eq!(session.clipped(), "3");
    // The number of a row and the gap before a column choose the row only, and what is no row changes nothing.
    for (column, row) in [(3, y + 1), (x - 1, y + 1), (x, 20), (x, header), (0, y), (79, y)] {
        session.click(column, row);
        assert!(session.screen().contains("row 4 of 12 · precipitation"), "{}", session.screen());
    }
    let (weather, _) = place_of(&mut session, "weather  ");
    session.click(weather + 6, header + 1);
    assert!(session.screen().contains("row 1 of 12 · weather"), "{}", session.screen());
}

#[test]
fn a_click_on_a_cell_of_a_source_puts_the_cursor_there_however_far_it_is_scrolled() {
    let mut session = Session::open("ann/weather", 80, 24, Look::default(), false);
    session.keys("tab enter tab G");
    let (x, _) = place_of(&mut session, "weather  ");
    let (_, last) = place_of(&mut session, " 1461 ");
    let mut check = |row: u16, expected: &str| {
        session.click(x, row);
        let screen = session.screen();
        assert!(screen.contains(expected), "{expected}: {screen}");
        // It does not scroll, and all that is seen is held.
        assert_eq!(place_of(&mut session, " 1461 ").1, last);
        session.requests.iter().filter(|request| matches!(request, Request::Rows { .. })).count()
    };
    let asked = check(last - 2, "row 1,459 of 1,461 · weather");
    assert_eq!(check(last, "row 1,461 of 1,461 · weather"), asked);
}

#[test]
fn a_table_whose_limit_leaves_rows_out_is_sorted_by_the_server_and_nothing_is_saved() {
    let mut session = Session::open("ann/weather/seattle-weather", 100, 24, Look::default(), true);
    session.fake.left_out = Some(50_000);
    session.keys("R G enter down right s");
    let sorts = |session: &Session| {
        let draft = session.requests.iter().rev().find_map(|request| match request {
            Request::Draft(_, draft) => Some(draft.canvas["spec"]["blocks"][0]["sort"].clone()),
            _ => None,
        });
        draft.expect("a question")
    };
    assert_eq!(sorts(&session)[0], "precipitation");
    let screen = session.screen();
    assert!(screen.contains("precipitation↑") && screen.contains("row 1 of 12 · precipitation"), "{screen}");
    session.keys("s");
    assert_eq!(sorts(&session)[0], "-precipitation");
    assert!(session.screen().contains("precipitation↓"), "{}", session.screen());
    session.keys("y");
    assert_eq!(session.clipped(), "16.5", "the greatest comes first");
    session.keys("down R");
    assert_eq!(sorts(&session)[0], "-precipitation", "the order stays when the block is asked again");
    let screen = session.screen();
    assert!(screen.contains("precipitation↓") && screen.contains("row 2 of 12"), "{screen}");
    session.keys("s y");
    assert_eq!(session.clipped(), "0");
    assert!(!session.screen().contains(['↑', '↓']), "{}", session.screen());
    assert!(!session.requests.iter().any(|request| matches!(request, Request::Save(..))));
}

#[test]
fn an_order_that_is_waited_for_is_given_up_by_escape_and_by_leaving() {
    let mut session = Session::canvas(100, 24);
    session.fake.left_out = Some(50_000);
    session.keys("R G enter");
    session.fake.is_silent = true;
    session.keys("s");
    assert_eq!(session.waiting.len(), 1, "{:?}", session.waiting);
    session.keys("esc");
    let screen = session.screen();
    assert!(
        session.waiting.is_empty() && screen.contains("row 1 of 12") && !screen.contains('↑'),
        "{screen}"
    );
    session.keys("s q");
    assert!(session.waiting.is_empty(), "{:?}", session.waiting);
}
