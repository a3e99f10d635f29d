//! Values to positions, and round ticks between them.

pub mod time;

/// Numbers beyond this are left out as infinite ones are, so that differences of two stay finite.
pub const LARGEST: f64 = 1e300;

/// Parts of the range to whose size bounds are rounded: a tenth, so that little room is lost.
const ROUNDING: usize = 10;

/// A straight scale from `low..=high` to 0..=1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linear {
    /// Value at 0.
    pub low: f64,
    /// Value at 1; greater than `low`.
    pub high: f64,
}

impl Linear {
    /// The scale over `values`; those that are not finite do not count. A single value stands in the middle.
    pub fn over(values: impl Iterator<Item = f64>, has_zero: bool) -> Self {
        let zero = has_zero.then_some(0.0);
        let (low, high) = values
            .filter(|value| is_drawable(*value))
            .chain(zero)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if low > high {
            return Self { low: 0.0, high: 1.0 };
        }
        if low < high {
            return Self { low, high };
        }
        match low.abs() {
            0.0 => Self { low: 0.0, high: 1.0 },
            size => Self { low: low - size * 0.5, high: high + size * 0.5 },
        }
    }

    /// The scale widened to round bounds, about `steps` round steps apart.
    pub fn nice(self, steps: usize) -> Self {
        let step = step(self.low, self.high, steps);
        let (low, high) = ((self.low / step).floor() * step, (self.high / step).ceil() * step);
        if low < high && is_drawable(low) && is_drawable(high) { Self { low, high } } else { self }
    }

    /// The scale widened to the nearest round bounds: what is drawn of it does not depend on how much room there is.
    pub fn rounded(self) -> Self {
        self.nice(ROUNDING)
    }

    /// The scale widened so that zero, when it lies inside, falls between two of `cells` equal parts: bars to both sides
    /// then begin at the edge of a cell.
    pub fn with_zero_at_a_cell(self, cells: usize) -> Self {
        if self.low >= 0.0 || self.high <= 0.0 || cells < 2 {
            return self;
        }
        let cells = cells as f64;
        let below = (self.share(0.0) * cells).round().clamp(1.0, cells - 1.0);
        let each = (-self.low / below).max(self.high / (cells - below));
        Self { low: -each * below, high: each * (cells - below) }
    }

    /// Where a value lies: 0 at `low`, 1 at `high`.
    pub fn share(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }
}

/// Whether a number can stand on an axis.
pub fn is_drawable(value: f64) -> bool {
    value.is_finite() && value.abs() <= LARGEST
}

/// The round step that divides `low..=high` into about `steps` parts: 1, 2 or 5 times a power of ten.
///
/// Source: P. Heckbert, "Nice Numbers for Graph Labels", Graphics Gems, 1990.
pub fn step(low: f64, high: f64, steps: usize) -> f64 {
    let rough = (high - low) / steps.max(1) as f64;
    if !rough.is_finite() || rough <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(rough.log10().floor());
    let factor = match rough / power {
        part if part < 2_f64.sqrt() => 1.0,
        part if part < 10_f64.sqrt() => 2.0,
        part if part < 50_f64.sqrt() => 5.0,
        _ => 10.0,
    };
    let step = factor * power;
    // Near the least numbers there are, the power vanishes.
    if step > 0.0 { step } else { rough }
}

/// Round tick values that divide `low..=high` into about `steps` parts.
///
/// * `low`, `high`: both finite, `low < high`; otherwise there are no ticks.
/// * Result: rising, all inside the range, whole multiples of 1, 2 or 5 times a power of ten.
pub fn ticks(low: f64, high: f64, steps: usize) -> Vec<f64> {
    if !is_drawable(low) || !is_drawable(high) || low >= high {
        return Vec::new();
    }
    multiples(low, high, step(low, high, steps))
}

/// The multiples of `step` from `low` to `high`, rising; none when they would be more than a thousand.
pub fn multiples(low: f64, high: f64, step: f64) -> Vec<f64> {
    // A hair's breadth, so that a bound that is itself round is not lost to rounding.
    let hair = 1e-9;
    let (first, last) = ((low / step - hair).ceil(), (high / step + hair).floor());
    if last - first > 1_000.0 {
        return Vec::new();
    }
    (0..=(last - first).max(-1.0) as i64)
        .filter(|_| last >= first)
        .map(|index| multiple(first + index as f64, step).clamp(low, high))
        .collect()
}

/// `count * step` without the dust of binary fractions: 3 * 0.1 is 0.3.
fn multiple(count: f64, step: f64) -> f64 {
    let inverse = (1.0 / step).round();
    if step < 1.0 && inverse.is_finite() && inverse > 0.0 && (step * inverse - 1.0).abs() < 1e-9 {
        count / inverse
    } else {
        count * step
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ticks_are_round() {
        let check =
            |low: f64, high: f64, steps, expected: &[f64]| assert_eq!(ticks(low, high, steps), expected);
        check(0.0, 10.0, 5, &[0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        check(0.0, 1.0, 3, &[0.0, 0.5, 1.0]);
        check(-3.2, 7.9, 4, &[-2.0, 0.0, 2.0, 4.0, 6.0]);
        check(0.0, 0.3, 3, &[0.0, 0.1, 0.2, 0.3]);
        check(0.0, 1e12, 2, &[0.0, 5e11, 1e12]);
        check(0.0, 1e-9, 2, &[0.0, 5e-10, 1e-9]);
        check(5.0, 5.0, 3, &[]);
        check(f64::NAN, 5.0, 3, &[]);
        check(f64::NEG_INFINITY, 5.0, 3, &[]);
    }

    #[test]
    fn scales_survive_what_data_holds() {
        let check = |values: &[f64], has_zero, low, high| {
            assert_eq!(Linear::over(values.iter().copied(), has_zero), Linear { low, high });
        };
        check(&[], false, 0.0, 1.0);
        check(&[0.0], true, 0.0, 1.0);
        check(&[4.0], true, 0.0, 4.0);
        check(&[4.0], false, 2.0, 6.0);
        check(&[1.0, f64::NAN, f64::INFINITY, 3.0], false, 1.0, 3.0);
        check(&[-1.0, 3.0], true, -1.0, 3.0);
    }

    #[test]
    fn zero_falls_between_cells() {
        let check = |low: f64, high: f64, cells, expected: (f64, f64)| {
            let scale = Linear { low, high }.with_zero_at_a_cell(cells);
            assert_eq!((scale.low, scale.high), expected);
        };
        check(-5.0, 5.0, 9, (-6.25, 5.0));
        check(-1.0, 9.0, 5, (-2.25, 9.0));
        check(0.0, 9.0, 5, (0.0, 9.0));
        check(-4.0, 4.0, 8, (-4.0, 4.0));
    }

    proptest! {
        #[test]
        fn ticks_lie_inside_and_rise_by_a_round_step(low in -1e9..1e9_f64, size in 1e-6..1e9_f64, steps in 1..20usize) {
            let high = low + size;
            prop_assume!(high > low);
            let ticks = ticks(low, high, steps);
            prop_assert!(ticks.iter().all(|tick| (low..=high).contains(tick)));
            prop_assert!(ticks.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(ticks.len() <= steps * 2 + 1);
            let step = step(low, high, steps);
            let lead = step / 10_f64.powf(step.log10().floor());
            prop_assert!([1.0, 2.0, 5.0, 10.0].iter().any(|round| (lead - round).abs() < 1e-6), "{step}");
        }

        #[test]
        fn a_nice_scale_holds_the_values(a in -1e6..1e6_f64, b in -1e6..1e6_f64, steps in 1..10usize) {
            let nice = Linear::over([a, b].into_iter(), false).nice(steps);
            let hair = (nice.high - nice.low) * 1e-9;
            prop_assert!(nice.low <= a.min(b) + hair && nice.high >= a.max(b) - hair);
        }
    }
}
