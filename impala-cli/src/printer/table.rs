//! Aligned tables for people.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{DIM, HEADING};

/// Between two columns.
const GAP: &str = "  ";

/// The least width that a column is cut to.
const NARROWEST: usize = 8;

/// Rows under headings. Cells are plain text of one line.
#[derive(Clone, Debug, Default)]
pub struct Table {
    columns: Vec<Heading>,
    rows: Vec<Vec<String>>,
}

#[derive(Clone, Debug)]
struct Heading {
    name: String,
    is_number: bool,
}

impl Table {
    /// A table with these headings; one that begins with `#` stands over numbers, which are aligned on the right.
    pub fn new<'a>(headings: impl IntoIterator<Item = &'a str>) -> Self {
        let columns = headings
            .into_iter()
            .map(|name| Heading {
                name: name.trim_start_matches('#').to_owned(),
                is_number: name.starts_with('#'),
            })
            .collect();
        Self { columns, rows: Vec::new() }
    }

    /// A table with a row for each item.
    pub fn of<T, const N: usize>(
        headings: [&str; N],
        items: &[T],
        cells: impl Fn(&T) -> [String; N],
    ) -> Self {
        let mut table = Self::new(headings);
        items.iter().for_each(|item| table.row(cells(item)));
        table
    }

    /// Adds a column, for tables whose headings come from data.
    pub fn column(&mut self, name: &str, is_number: bool) {
        self.columns.push(Heading { name: one_line(name), is_number });
    }

    /// Adds a row, a cell for each heading.
    pub fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().map(|cell| one_line(&cell.into())).collect());
    }

    /// The table as lines, not wider than `width_cols`: the widest columns are cut.
    pub fn to_text(&self, width_cols: Option<usize>) -> String {
        let widths = self.widths(width_cols);
        let names: Vec<String> = self.columns.iter().map(|column| column.name.clone()).collect();
        let mut text = format!("{HEADING}{}{HEADING:#}\n", self.to_line(&names, &widths));
        for row in &self.rows {
            text += &self.to_line(row, &widths);
            text.push('\n');
        }
        text
    }

    fn widths(&self, width_cols: Option<usize>) -> Vec<usize> {
        let widest = |(index, column): (usize, &Heading)| {
            let cells = self.rows.iter().filter_map(|row| row.get(index));
            cells.map(|cell| cell.width()).chain([column.name.width()]).max().unwrap_or(0)
        };
        let mut widths: Vec<usize> = self.columns.iter().enumerate().map(widest).collect();
        let gaps = GAP.len() * widths.len().saturating_sub(1);
        let Some(room) = width_cols.map(|width| width.saturating_sub(gaps)) else {
            return widths;
        };
        while widths.iter().sum::<usize>() > room {
            match widths.iter_mut().max() {
                Some(widest) if *widest > NARROWEST => *widest -= 1,
                _ => break,
            }
        }
        widths
    }

    fn to_line(&self, cells: &[String], widths: &[usize]) -> String {
        let mut line = String::new();
        for (index, (cell, &width)) in cells.iter().zip(widths).enumerate() {
            if index > 0 {
                line += GAP;
            }
            let cell = cut(cell, width);
            let padding = " ".repeat(width.saturating_sub(cell.width()));
            let is_number = self.columns.get(index).is_some_and(|column| column.is_number);
            line += &if is_number { padding + &cell } else { cell + &padding };
        }
        line.trim_end().to_owned()
    }
}

/// Pairs of names and values, aligned, without a heading.
pub fn pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let pairs: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let width = pairs.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
    pairs.iter().map(|(name, value)| format!("{DIM}{name:width$}{DIM:#}  {value}\n")).collect()
}

/// Cuts text to a width, with an ellipsis when something is left out.
pub fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used >= width {
            break;
        }
        kept.push(c);
    }
    kept + "…"
}

/// Text without what would break a line or steer the terminal.
pub fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(["NAME", "#ROWS"]);
        table.row(["weather", "1,461"]);
        table.row(["a rather long name of a source", "7"]);
        table
    }

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn columns_are_aligned_and_numbers_stand_right() {
        let expected = "\
NAME                             ROWS
weather                         1,461
a rather long name of a source      7
";
        assert_eq!(plain(&table().to_text(None)), expected);
    }

    #[test]
    fn a_narrow_terminal_cuts_the_widest_column() {
        let expected = "\
NAME            ROWS
weather        1,461
a rather lon…      7
";
        assert_eq!(plain(&table().to_text(Some(20))), expected);
    }

    #[test]
    fn cells_cannot_steer_the_terminal() {
        assert_eq!(one_line("a\x1b[31m\nb\tc"), "a\u{fffd}[31m b c");
        assert_eq!(cut("日本語", 5), "日本…");
    }
}
