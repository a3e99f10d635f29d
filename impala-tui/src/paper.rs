//! Drawing on the frame: text that never leaves its room, boxes, and painted grids of `impala-render`.

use impala_render::paint::grid::Grid;
use impala_render::{Ink, format};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::look::{Look, Role};

/// The frame to draw on.
pub struct Paper<'a> {
    /// Its cells.
    pub buffer: &'a mut Buffer,
    /// How things look.
    pub look: Look,
    /// Where the terminal's cursor goes, if it is to be seen.
    pub cursor: Option<(u16, u16)>,
}

impl Paper<'_> {
    /// All of it.
    pub fn area(&self) -> Rect {
        self.buffer.area
    }

    /// Writes text of a role into `area`'s row `row`, cut to its width; returns the columns used.
    pub fn text(&mut self, area: Rect, row: u16, text: &str, role: Role) -> u16 {
        self.text_at(area, 0, row, text, role)
    }

    /// Writes text from a row on, in as many rows as its words need; returns the row behind it. An empty text is an empty row.
    pub fn wrapped(&mut self, area: Rect, row: u16, text: &str, role: Role) -> u16 {
        let lines = format::wrap(text, usize::from(area.width));
        for (index, line) in lines.iter().enumerate() {
            self.text(area, row + index as u16, line, role);
        }
        row + lines.len().max(1) as u16
    }

    /// Writes text `col` columns into `area`; returns the first free column behind it, counted from the area's left.
    pub fn text_at(&mut self, area: Rect, col: u16, row: u16, text: &str, role: Role) -> u16 {
        let style = self.look.style(role);
        self.styled(area, col, row, text, style)
    }

    /// As [`Paper::text_at`], in a style.
    pub fn styled(&mut self, area: Rect, col: u16, row: u16, text: &str, style: Style) -> u16 {
        let visible = area.intersection(self.buffer.area);
        if row >= area.height || area.y + row >= visible.bottom() || col >= area.width {
            return col;
        }
        let text = format::clean(text);
        let text = format::cut(&text, usize::from(area.width - col));
        let mut x = area.x + col;
        self.part(x, area.y + row);
        for grapheme in text.graphemes(true) {
            let width = format::grapheme_width(grapheme) as u16;
            if width == 0 || x + width > visible.right() {
                continue;
            }
            self.put(x, area.y + row, grapheme, style);
            if width == 2 {
                self.put(x + 1, area.y + row, "", style);
            }
            x += width;
        }
        self.part(x, area.y + row);
        x - area.x
    }

    /// Parts columns `x - 1` and `x`: a wide character over both leaves blanks, as half of one would move all behind it.
    fn part(&mut self, x: u16, y: u16) {
        let halves = self.buffer.cell((x, y)).is_some_and(|cell| cell.symbol().is_empty());
        for x in [x.saturating_sub(1), x].into_iter().filter(|_| halves) {
            if let Some(cell) = self.buffer.cell_mut((x, y)) {
                cell.set_symbol(" ");
            }
        }
    }

    /// As [`Paper::part`], at both sides of an area.
    fn part_around(&mut self, area: Rect) {
        for y in area.top()..area.bottom() {
            self.part(area.left(), y);
            self.part(area.right(), y);
        }
    }

    /// Writes text that ends at the right edge of `area`.
    pub fn text_ending(&mut self, area: Rect, row: u16, text: &str, role: Role) -> u16 {
        let text = format::cut(&format::clean(text), usize::from(area.width));
        let col = area.width - (format::width(&text) as u16).min(area.width);
        self.text_at(area, col, row, &text, role);
        col
    }

    fn put(&mut self, x: u16, y: u16, symbol: &str, style: Style) {
        let symbol = self.fitting(symbol);
        if let Some(cell) = self.buffer.cell_mut((x, y)) {
            cell.set_symbol(symbol).set_style(style);
        }
    }

    /// What the terminal can show of a symbol.
    fn fitting<'a>(&self, symbol: &'a str) -> &'a str {
        if !self.look.is_ascii() || symbol.is_ascii() {
            return symbol;
        }
        match symbol {
            "…" => "~",
            "·" => ".",
            "–" | "—" | "─" | "━" => "-",
            "│" | "┃" => "|",
            "→" | "▸" | "›" => ">",
            "←" | "‹" => "<",
            "↑" => "^",
            "↓" => "v",
            "●" | "✓" => "*",
            "✗" => "x",
            "“" | "”" => "\"",
            _ => format::ascii_sign(symbol).unwrap_or("?"),
        }
    }

    /// Gives all cells of an area the ground of a role, and its letters to those that are plain or of second rank.
    pub fn tint(&mut self, area: Rect, role: Role) {
        let style = self.look.style(role);
        let weak = [Role::Muted, Role::Faint].map(|role| self.look.style(role).fg);
        for position in area.intersection(self.buffer.area).positions() {
            let Some(cell) = self.buffer.cell_mut(position) else { continue };
            let is_weak = cell.fg == Color::Reset || weak.contains(&Some(cell.fg));
            cell.set_style(if is_weak { style } else { Style { fg: None, ..style } });
        }
    }

    /// Gives all cells of an area the style of a role, whatever they had.
    pub fn mark(&mut self, area: Rect, role: Role) {
        let style = self.look.style(role);
        for position in area.intersection(self.buffer.area).positions() {
            if let Some(cell) = self.buffer.cell_mut(position) {
                cell.set_style(style);
            }
        }
    }

    /// Takes what is there back to one weak tone, so that the eye finds what comes before it. Without colors it stays.
    pub fn dim(&mut self, area: Rect) {
        let weak = self.look.style(Role::Faint);
        for position in area.intersection(self.buffer.area).positions() {
            let Some(cell) = self.buffer.cell_mut(position) else { continue };
            match self.look.ink {
                Ink::None => {}
                Ink::Ansi16 => {
                    cell.set_style(Style::new().remove_modifier(Modifier::BOLD).add_modifier(Modifier::DIM));
                }
                Ink::Ansi256 | Ink::TrueColor => {
                    cell.modifier = Modifier::empty();
                    cell.set_style(weak.bg(Color::Reset));
                }
            }
        }
    }

    /// Empties an area.
    pub fn clear(&mut self, area: Rect) {
        self.part_around(area);
        for position in area.intersection(self.buffer.area).positions() {
            if let Some(cell) = self.buffer.cell_mut(position) {
                cell.reset();
            }
        }
    }

    /// Empties an area and draws a box with a title around it; returns what is inside.
    pub fn boxed(&mut self, area: Rect, title: &str, role: Role) -> Rect {
        self.clear(area);
        if area.width < 2 || area.height < 2 {
            return area;
        }
        let (h, v, corners) = if self.look.is_ascii() {
            ("-", "|", ["+", "+", "+", "+"])
        } else {
            ("─", "│", ["╭", "╮", "╰", "╯"])
        };
        let style = self.look.style(role);
        for x in area.x..area.right() {
            self.put(x, area.y, h, style);
            self.put(x, area.bottom() - 1, h, style);
        }
        for y in area.y..area.bottom() {
            self.put(area.x, y, v, style);
            self.put(area.right() - 1, y, v, style);
        }
        let at = [
            (area.x, area.y),
            (area.right() - 1, area.y),
            (area.x, area.bottom() - 1),
            (area.right() - 1, area.bottom() - 1),
        ];
        for ((x, y), corner) in at.into_iter().zip(corners) {
            self.put(x, y, corner, style);
        }
        if !title.is_empty() {
            let room = Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..area };
            self.text(room, 0, &format!(" {title} "), Role::Title);
        }
        inside_box(area)
    }

    /// Says in the borders of a box how many lines of its list are above and below what is seen, and a remark on all of them.
    pub fn more(&mut self, panel: Rect, above: usize, below: usize, remark: Option<&str>) {
        let border = Rect { x: panel.x + 2, width: panel.width.saturating_sub(4), ..panel };
        let (last, room) = (panel.height.saturating_sub(1), self.more_at(border, above, below));
        if let Some(remark) = remark {
            self.text(Rect { width: room, ..border }, last, &format!(" {remark} "), Role::Muted);
        }
    }

    /// Draws a bar in a column that says which part of a long page stands beside it; none beside all of it.
    ///
    /// * `first_row`: the page's first row that is seen.
    /// * `page_rows`: rows of the whole page.
    pub fn scroll_bar(&mut self, column: Rect, first_row: u32, page_rows: u32) {
        let rows = u32::from(column.height);
        if page_rows <= rows || rows == 0 {
            return;
        }
        let size = (rows * rows / page_rows).max(1);
        let top = (first_row * (rows - size)).checked_div(page_rows - rows).unwrap_or(0).min(rows - size);
        let symbol = self.look.pick("▐", "|");
        let style = self.look.style(Role::Faint);
        for y in top..top + size {
            if let Some(cell) = self.buffer.cell_mut((column.x, column.y + y as u16)) {
                cell.set_symbol(symbol).set_style(style);
            }
        }
    }

    /// Says at the right end of the first and the last row how many lines are above and below what is seen. Returns the columns
    /// of the last row that are left.
    pub fn more_at(&mut self, area: Rect, above: usize, below: usize) -> u16 {
        let last = area.height.saturating_sub(1);
        let mut room = area.width;
        for (count, row, sign) in [(above, 0, "↑"), (below, last, "↓")] {
            if count > 0 {
                let count = format::number::whole(count as u64);
                let col = self.text_ending(area, row, &format!(" {sign} {count} more "), Role::Muted);
                room = if row == last { col } else { room };
            }
        }
        room
    }

    /// Copies rows of a painted picture, beginning with `first_row`, into `area`.
    pub fn grid(&mut self, grid: &Grid, first_row: usize, area: Rect) {
        let visible = area.intersection(self.buffer.area);
        self.part_around(visible);
        for (row, y) in grid.rows.iter().skip(first_row).zip(visible.y..visible.bottom()) {
            for (cell, x) in row.iter().zip(visible.x..visible.right()) {
                let style = self.look.cell(cell);
                if let Some(target) = self.buffer.cell_mut((x, y)) {
                    target.reset();
                    target.set_symbol(&cell.symbol).set_style(style);
                }
            }
            // The half of a wide character that has no room.
            if row.get(usize::from(visible.width)).is_some_and(|cell| cell.symbol.is_empty()) {
                let last = visible.right().saturating_sub(1);
                self.put(last, y, " ", Style::new());
            }
        }
    }
}

/// What is inside of a box.
pub fn inside_box(area: Rect) -> Rect {
    Rect {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(2),
    }
}

/// A rectangle of at most that size in the middle of `area`.
pub fn centred(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}
