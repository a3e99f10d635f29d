//! How a vertical axis of numbers is divided: its range and its ticks, once for text and page.

use super::suits;
use crate::format::{self, number};
use crate::layout::chart::field::Field;
use crate::scale::{self, Linear};
use crate::scene::Medium;

/// A vertical axis of numbers: its range, and what is labelled.
pub struct Divided {
    /// The range, which holds all values.
    pub scale: Linear,
    /// Its ticks, rising.
    ticks: Vec<f64>,
    texts: Vec<String>,
}

/// The axis over a range of values, for so many rows of a terminal; a page has the same one.
///
/// * Result: ticks are whole multiples of 1, 2 or 5 (from 25 on also 2.5) times a power of ten and at least a row apart. Where it
///   costs little they stand in whole rows; otherwise a terminal labels the row in which a tick falls, and a page its exact
///   place. Zero, where it lies inside, falls between two rows.
pub fn divided(values: Linear, rows: usize, field: &Field) -> Divided {
    let rows = rows.max(1) as f64;
    let best = ways(values, rows, field)
        .filter_map(|way| Some((way.cost(values, rows), way.written(field)?)))
        .min_by(|a, b| a.0.total_cmp(&b.0));
    best.map_or_else(|| Divided { scale: values, ticks: Vec::new(), texts: Vec::new() }, |(_, axis)| axis)
}

impl Divided {
    /// The labels, each with its share of the axis.
    pub fn labels(&self) -> Vec<(f64, String)> {
        let shares = self.ticks.iter().map(|tick| self.scale.share(*tick));
        shares.zip(self.texts.iter().map(|text| format::clean(text))).collect()
    }

    /// Columns of the widest label.
    pub fn width(&self, medium: Medium) -> usize {
        self.texts.iter().map(|text| medium.cols(&format::clean(text))).max().unwrap_or(0)
    }
}

/// The distance between ticks.
#[derive(Clone, Copy)]
struct Step {
    size: f64,
    is_quarter: bool,
}

/// One way to divide an axis.
struct Way {
    scale: Linear,
    step: Step,
    /// Whether ticks stand in whole rows.
    is_even: bool,
    ticks: Vec<f64>,
}

/// All ways in which no two ticks share a row.
fn ways(values: Linear, rows: f64, field: &Field) -> impl Iterator<Item = Way> {
    let has_quarters = field.is_percent();
    let finest = ((values.high - values.low) / rows).log10().floor().clamp(-300.0, 297.0) as i32;
    let step = |power: i32| {
        [1.0, 2.0, 2.5, 5.0]
            .map(|factor| Step { size: factor * 10_f64.powi(power), is_quarter: factor == 2.5 })
    };
    let steps = (finest..=finest + 3).flat_map(step);
    steps.filter(move |step| !step.is_quarter || step.size >= 25.0 || has_quarters).flat_map(move |step| {
        let even = even_range(values, rows, step.size).map(|scale| (scale, true));
        let exact = exact_ranges(values, rows, step.size).map(|scale| (scale, false));
        even.into_iter().chain(exact).filter_map(move |(scale, is_even)| {
            let row = (scale.high - scale.low) / rows;
            let has_rows = scale.low < scale.high && step.size >= row * (1.0 - 1e-9);
            let ticks = || scale::multiples(scale.low, scale.high, step.size);
            has_rows.then(|| Way { scale, step, is_even, ticks: ticks() })
        })
    })
}

/// The range in which a step is as many whole rows as leave room for all values.
fn even_range(values: Linear, rows: f64, step: f64) -> Option<Linear> {
    (1..=rows as usize).rev().find_map(|each| {
        let row = step / each as f64;
        let below = (values.low / row + 1e-9).floor();
        let scale = Linear { low: below * row, high: (below + rows) * row };
        (scale.high >= values.high - row * 1e-9).then_some(scale)
    })
}

/// The ranges that end at a tick or at the last value, at either end.
fn exact_ranges(values: Linear, rows: f64, step: f64) -> [Linear; 4] {
    let low = (values.low / step + 1e-9).floor() * step;
    let high = (values.high / step - 1e-9).ceil() * step;
    [(low, high), (low, values.high), (values.low, high), (values.low, values.high)]
        .map(|(low, high)| Linear { low, high }.with_zero_at_a_cell(rows as usize))
}

impl Way {
    /// With its labels; `None` where they cannot be told apart or make no sense for the field.
    fn written(self, field: &Field) -> Option<Divided> {
        let texts = number::ticks(&self.ticks, field.channel.format.as_ref());
        let is_told_apart = texts.windows(2).all(|pair| pair[0] != pair[1]);
        let is_written = is_told_apart && suits(&self.ticks, field);
        is_written.then_some(Divided { scale: self.scale, ticks: self.ticks, texts })
    }

    /// How bad it is; 1 is a fault that everyone sees.
    fn cost(&self, values: Linear, rows: f64) -> f64 {
        let unusual = if self.step.is_quarter { 0.12 } else { 0.0 };
        let uneven = if self.is_even { 0.0 } else { 0.15 };
        let rows_each = self.step.size / (self.scale.high - self.scale.low) * rows;
        let crowded = 0.6 * (2.0 - rows_each).max(0.0);
        self.count_cost(rows)
            + self.free_cost(values)
            + self.open_cost(values, rows)
            + unusual
            + uneven
            + crowded
    }

    /// Too few or too many ticks: three to six read best.
    fn count_cost(&self, rows: f64) -> f64 {
        let has_room = rows >= 7.0;
        let few = match self.ticks.len() {
            0 => 9.0,
            1 => 4.0,
            2 if has_room => 1.4,
            2 => 0.5,
            3 if has_room => 0.1,
            _ => 0.0,
        };
        let count = self.ticks.len() as f64;
        few + 0.06 * (count - (rows / 2.5).clamp(3.0, 6.0)).abs() + 0.25 * (count - 6.0).max(0.0)
    }

    /// Room without values: up to a quarter is the price of a round end.
    fn free_cost(&self, values: Linear) -> f64 {
        let free = 1.0 - (values.high - values.low) / (self.scale.high - self.scale.low);
        2.0 * free + 12.0 * (free - 0.25).max(0.0)
    }

    /// Values beyond the last tick, whose size is then hard to read. Bars and areas begin at zero and show all of it, so there it
    /// weighs more.
    fn open_cost(&self, values: Linear, rows: f64) -> f64 {
        let (Some(first), Some(last)) = (self.ticks.first(), self.ticks.last()) else { return 0.0 };
        let has_zero = values.low <= 0.0 && values.high >= 0.0;
        let hair = (self.scale.high - self.scale.low) / rows / 8.0;
        let open = |beyond: f64| match beyond {
            beyond if beyond <= hair => 0.0,
            beyond => 0.5 * beyond / self.step.size + if has_zero { 0.6 } else { 0.05 },
        };
        open(values.high - last) + open(first - values.low)
    }
}

#[cfg(test)]
mod tests {
    use impala_core::data::{Column, Values};
    use impala_core::encoding::Channel;

    use super::*;

    fn over(low: f64, high: f64, rows: usize, values: Values) -> Divided {
        let (channel, column) = (Channel::default(), Column::new("v", values));
        divided(Linear { low, high }, rows, &Field { channel: &channel, column: &column })
    }

    fn decimals(low: f64, high: f64, rows: usize) -> Divided {
        over(low, high, rows, Values::Decimal(Vec::new()))
    }

    /// Rows without a value, as a share of all, and the least distance of two ticks in rows.
    fn measured(axis: &Divided, (low, high): (f64, f64), rows: usize) -> (f64, f64) {
        let size = axis.scale.high - axis.scale.low;
        let each = axis.ticks.windows(2).map(|pair| (pair[1] - pair[0]) / size * rows as f64);
        (1.0 - (high - low) / size, each.fold(f64::INFINITY, f64::min))
    }

    #[test]
    fn ticks_are_those_that_a_person_would_draw() {
        let check = |low, high, rows, expected: &str| {
            assert_eq!(decimals(low, high, rows).texts.join(" "), expected, "{low} to {high}, {rows} rows");
        };
        for rows in 6..16 {
            check(0.0, 28.0, rows, "0 10 20 30");
        }
        for rows in 8..13 {
            check(2_700.0, 6_300.0, rows, "3,000 4,000 5,000 6,000");
        }
        for rows in 7..10 {
            check(-149.0, 38.0, rows, "-150 -100 -50 0 50");
        }
        check(0.0, 6_300.0, 9, "0 2,500 5,000 7,500");
        check(0.0, 6_300.0, 12, "0 2,000 4,000 6,000 8,000");
        check(0.0, 25.0, 10, "0 5 10 15 20 25");
        check(0.0, 0.34, 12, "0.0 0.1 0.2 0.3 0.4");
        check(-90.0, 70.0, 12, "-100 -50 0 50 100");
        check(-12.0, 35.0, 9, "-20 0 20 40");
        check(35.0, 120.0, 10, "40 60 80 100 120");
    }

    #[test]
    fn of_all_greatest_values_ticks_are_enough_and_room_is_used() {
        for rows in 8..31 {
            for high in 1..=100 {
                let axis = over(0.0, f64::from(high), rows, Values::Integer(Vec::new()));
                let (free, each) = measured(&axis, (0.0, f64::from(high)), rows);
                let last = axis.ticks.last().copied().expect("ticks");
                let what = format!("0 to {high}, {rows} rows: {:?}", axis.ticks);
                assert!((3..=7).contains(&axis.ticks.len()) || high == 1, "{what}");
                assert!(free <= 0.28, "{what}, {free} free");
                assert!(last >= 0.9 * f64::from(high), "{what}");
                assert!(each >= 1.5, "{what}, {each} rows each");
            }
        }
    }

    #[test]
    fn below_zero_too() {
        for rows in 7..31 {
            for (low, high) in [(-149, 38), (-90, 70), (-150, 60), (-4, 5), (-1, 9), (-12, 35), (-60, 0)] {
                let (low, high) = (f64::from(low), f64::from(high));
                for (low, high) in [(low, high), (-high, -low)] {
                    let axis = decimals(low, high, rows);
                    let (free, each) = measured(&axis, (low, high), rows);
                    let zero = -axis.scale.low / (axis.scale.high - axis.scale.low) * rows as f64;
                    let what = format!("{low} to {high}, {rows} rows: {:?} {:?}", axis.scale, axis.ticks);
                    assert!((3..=7).contains(&axis.ticks.len()), "{what}");
                    assert!(axis.ticks.contains(&0.0) && (zero - zero.round()).abs() < 1e-6, "{what}");
                    assert!(free <= 0.34 && each >= 1.2, "{what}, {free} free, {each} rows each");
                }
            }
        }
    }
}
