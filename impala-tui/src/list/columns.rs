//! How wide the columns of a list are, and which of them give way where there is no room for all.

use impala_render::format;

use super::Line;

/// Columns between two columns of a list.
pub(super) const GAP: usize = 2;

/// What a text keeps at least when it has to be cut: names, in the first column, and others.
const LEAST: [usize; 2] = [24, 10];

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text, which may be cut.
    Text,
    /// Numbers: they end at the same column, and are whole or left out.
    Number,
    /// What says something else when it is cut: a time, a version, a picture. It is whole or left out.
    Whole,
}

/// The head of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its title, with the unit where all cells have the same.
    pub title: &'static str,
    /// What stands below it.
    pub kind: Kind,
}

/// A column of texts.
pub const fn text(title: &'static str) -> Head {
    Head { title, kind: Kind::Text }
}

/// A column of numbers.
pub const fn number(title: &'static str) -> Head {
    Head { title, kind: Kind::Number }
}

/// A column whose cells are never cut.
pub const fn whole(title: &'static str) -> Head {
    Head { title, kind: Kind::Whole }
}

/// The width of each column in cells: what it needs, where there is room for all. Otherwise texts are cut, the widest ones first;
/// and when even that is too much, columns are left out from the last one on, with a width of 0. A column of texts that is empty
/// in all lines is left out, too.
pub(super) fn widths(header: &[Head], lines: &[Line], room: usize) -> Vec<usize> {
    let needed: Vec<usize> = (0..header.len()).map(|column| needed(header, lines, column)).collect();
    let least = |column: usize| match header[column].kind {
        Kind::Text => needed[column].min(LEAST[column.min(1)]),
        Kind::Number | Kind::Whole => needed[column],
    };
    let used = |count: usize| -> usize {
        (0..count)
            .map(least)
            .filter(|width| *width > 0)
            .map(|width| width + GAP)
            .sum::<usize>()
            .saturating_sub(GAP)
    };
    let count = (1..=header.len()).rev().find(|count| used(*count) <= room).unwrap_or(1);
    let mut widths: Vec<usize> =
        (0..header.len()).map(|column| if column < count { least(column) } else { 0 }).collect();
    share_out(&mut widths[..count], &needed, room.saturating_sub(used(count)));
    widths[0] = widths[0].min(room);
    widths
}

fn needed(header: &[Head], lines: &[Line], column: usize) -> usize {
    let cells = lines.iter().filter_map(|line| line.cells.get(column));
    let widest = cells.map(|cell| format::width(&format::clean(cell))).max().unwrap_or(0);
    let is_empty = widest == 0 && !lines.is_empty() && header[column].kind == Kind::Text;
    if is_empty { 0 } else { widest.max(format::width(header[column].title)) }
}

/// Gives the columns that were made narrower what is left: the same to each, but no more than they need.
fn share_out(widths: &mut [usize], needed: &[usize], mut spare: usize) {
    let mut narrow: Vec<usize> =
        (0..widths.len()).filter(|column| widths[*column] < needed[*column]).collect();
    narrow.sort_by_key(|column| needed[*column]);
    let count = narrow.len();
    for (done, column) in narrow.into_iter().enumerate() {
        let more = (needed[column] - widths[column]).min(spare / (count - done));
        widths[column] += more;
        spare -= more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: [Head; 4] = [text("Source"), number("Rows"), text("Note"), whole("When")];

    fn line(source: &str, note: &str) -> Line {
        Line::new([source, "1,461,000", note, "2026-11-23 19:30"].map(str::to_owned))
    }

    #[test]
    fn columns_are_as_wide_as_they_need_and_give_way_by_their_kind() {
        let lines = [line("weather", "from the nightly run of CI")];
        let check = |room: usize, expected: [usize; 4]| {
            assert_eq!(widths(&HEADER, &lines, room), expected, "{room}");
        };
        check(200, [7, 9, 26, 16]);
        check(64, [7, 9, 26, 16]);
        check(54, [7, 9, 16, 16]);
        // Half a time would be another one.
        check(47, [7, 9, 26, 0]);
        check(30, [7, 9, 10, 0]);
        check(20, [7, 9, 0, 0]);
        check(5, [5, 0, 0, 0]);
    }

    #[test]
    fn a_name_is_whole_before_other_columns_have_room() {
        let lines = [line("weather-of-the-west", "from the nightly run of CI")];
        assert_eq!(widths(&HEADER, &lines, 45), [19, 9, 13, 0]);
        assert_eq!(widths(&HEADER, &lines, 30), [19, 9, 0, 0]);
    }

    #[test]
    fn a_column_of_nothing_is_left_out_and_a_header_without_lines_is_not() {
        assert_eq!(widths(&HEADER, &[line("weather", "")], 80), [7, 9, 0, 16]);
        assert_eq!(widths(&HEADER, &[], 80), [6, 4, 4, 4]);
    }
}
