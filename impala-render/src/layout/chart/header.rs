//! What stands above a plot: the title of the y axis, and what colors and sizes mean.

use super::legend::Legend;
use crate::format;
use crate::scene::{Area, Medium, Scene, Tone};

/// Columns between the title and the legends.
const APART: usize = 3;

/// Rows of a terminal from which on a header may have two lines, three, and four.
const ROWS_FOR_LINES: [usize; 3] = [10, 12, 16];

/// The header of a chart.
#[derive(Clone, Copy)]
pub struct Header<'a> {
    title: &'a str,
    color: &'a Legend,
    size: &'a Legend,
    rows: usize,
}

impl<'a> Header<'a> {
    /// The header of a chart of so many columns and rows of a terminal. Names of colors get further lines before they are
    /// counted, where there is height for them.
    ///
    /// * `spare`: rows that the plot can do without.
    pub fn new(title: &'a str, legend: &'a Legend, (cols, rows): (usize, usize), spare: usize) -> Self {
        let (color, size) = legend.parts();
        let least = ROWS_FOR_LINES.iter().zip(2..);
        let most = 1 + least.filter(|(least, lines)| rows >= **least && spare >= *lines).count();
        let header = Self { title, color, size, rows: 0 };
        Self { rows: header.lines(cols).min(most), ..header }
    }

    /// The same lines with that for the colors.
    pub fn with_color(self, color: &'a Legend) -> Self {
        Self { color, ..self }
    }

    /// The same lines under another title.
    pub fn with_title(self, title: &'a str) -> Self {
        Self { title, ..self }
    }

    /// Lines that it takes.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Lines that hold all of it, as far as [`Legend::lines`] allows.
    fn lines(&self, cols: usize) -> usize {
        let width = |legend: &Legend| legend.width(Medium::Cells);
        let widths = [format::width(self.title), width(self.size), width(self.color)];
        let there: Vec<usize> = widths.into_iter().filter(|width| *width > 0).collect();
        match there.len() {
            0 => 0,
            _ if there.iter().sum::<usize>() + APART * (there.len() - 1) <= cols => 1,
            _ if widths[2] == 0 => there.len(),
            count => usize::from(count > 1) + self.color.lines(cols),
        }
    }

    /// Draws it at the top of `area`.
    pub fn draw(&self, scene: &mut Scene, area: Area) {
        let medium = scene.medium;
        let line = |index: usize| area.y + index as f64 * medium.pick(1.0, 0.9);
        let is_parted = self.title.is_empty() && matches!(self.size, Legend::None);
        match (self.rows, self.color) {
            (0, _) => {}
            (1, _) => self.draw_beside(scene, area, self.color),
            (_, Legend::None) => {
                scene.text(area.x, area.y, &medium.cut(self.title, area.cols()), Tone::Muted);
                self.size.draw(scene, area.right(), (line(1), 1), area.cols());
            }
            (rows, color) if is_parted => {
                color.draw(scene, area.right(), (line(0), rows), area.cols());
            }
            (rows, color) => {
                self.draw_beside(scene, area, &Legend::None);
                color.draw(scene, area.right(), (line(1), rows - 1), area.cols());
            }
        }
    }

    /// Title, sizes and colors on one line. What colors mean comes first; sizes are left of them, so that where they are
    /// hidden nobody misses them.
    fn draw_beside(&self, scene: &mut Scene, area: Area, color: &Legend) {
        let title = scene.medium.cols(self.title);
        let kept = if title == 0 { 0 } else { (title.min(area.cols() / 3) + APART).min(area.cols()) };
        let (mut right, mut room) = (area.right(), area.cols() - kept);
        for legend in [color, self.size] {
            let used = legend.draw(scene, right, (area.y, 1), room);
            let used = if used == 0.0 { 0 } else { used.ceil() as usize + APART };
            (right, room) = (right - used as f64, room.saturating_sub(used));
        }
        scene.text(
            area.x,
            area.y,
            &scene.medium.cut(self.title, room + kept.saturating_sub(APART)),
            Tone::Muted,
        );
    }
}
