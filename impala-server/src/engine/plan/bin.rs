//! Bins of a number axis: round widths, and no more bins than asked for.

use impala_core::source::ColumnType;
use impala_core::term::Term;
use polars::prelude::{Column, DataType, Expr, Float64Chunked, IntoColumn, LiteralValue, col, lit, when};

use crate::engine::rows::Rows;
use crate::engine::{QueryError, Stop, collect, run};

/// Bins whose bounds are whole multiples of their width.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::engine) struct Scale {
    width: Width,
    /// Which multiple of the width the first bin begins at.
    first: f64,
    /// Which multiple of the width the last bin begins at. The upper bound of the last bin belongs to it, unless bins are of whole
    /// numbers one by one.
    last: f64,
}

/// 1, 2 or 5 times a power of ten. It is kept in parts, as 0.1 and its multiples cannot be written in binary.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Width {
    digit: f64,
    exponent: i32,
    /// Ten to the size of the exponent.
    power: f64,
}

impl Width {
    fn new(digit: f64, exponent: i32) -> Self {
        // Reading it rounds correctly, multiplying tens does not.
        let power = format!("1e{}", exponent.abs()).parse().unwrap_or(f64::INFINITY);
        Self { digit, exponent, power }
    }

    /// The narrowest width that is not under `least`, which is positive and finite.
    fn at_least(least: f64) -> Self {
        let exponent = least.log10().floor() as i32;
        let mut width = Self::new(1.0, exponent);
        while width.value() < least {
            width = width.wider();
        }
        width
    }

    fn wider(self) -> Self {
        match self.digit as u8 {
            1 => Self { digit: 2.0, ..self },
            2 => Self { digit: 5.0, ..self },
            _ => Self::new(1.0, self.exponent + 1),
        }
    }

    fn value(self) -> f64 {
        self.multiple(1.0)
    }

    /// `index` times the width, correctly rounded.
    fn multiple(self, index: f64) -> f64 {
        if self.exponent < 0 { index * self.digit / self.power } else { index * self.digit * self.power }
    }

    /// The greatest whole multiple of the width that is not over `value`.
    fn index(self, value: f64) -> f64 {
        let index = (value / self.value()).floor();
        if self.multiple(index + 1.0) <= value {
            index + 1.0
        } else if self.multiple(index) > value {
            index - 1.0
        } else {
            index
        }
    }
}

impl Scale {
    /// Bins for values from `low` to `high`, both finite, `maxbins` at most but 2 at least: no bin goes across zero.
    fn new(low: f64, high: f64, maxbins: u32, is_integer: bool) -> Self {
        let most = f64::from(maxbins.max(2));
        // The difference of the parts is finite where that of the wholes may not be.
        let least = (high / most - low / most).max(if is_integer { 1.0 } else { f64::MIN_POSITIVE });
        let mut width = if high > low { Width::at_least(least) } else { Width::new(1.0, 0) };
        loop {
            let first = width.index(low);
            let mut last = width.index(high);
            // Each of a few whole numbers has a bar of its own, also the greatest.
            let is_single = is_integer && width.value() <= 2.0;
            if last > first && width.multiple(last) == high && !is_single {
                last -= 1.0;
            }
            if last - first < most || width.exponent > 307 {
                return Self { width, first, last };
            }
            width = width.wider();
        }
    }

    /// The width of a bin.
    pub(super) fn step(&self) -> f64 {
        self.width.value()
    }

    /// The bounds of all bins, least first.
    pub(in crate::engine) fn edges(&self) -> Vec<f64> {
        // Bins are few, so their indices are exact.
        let count = (self.last - self.first) as usize + 1;
        (0..=count).map(|index| self.width.multiple(self.first + index as f64)).collect()
    }

    /// The lower bound of the bin that a value falls in; `None` for NaN and infinities.
    fn lower_bound(&self, value: f64) -> Option<f64> {
        value.is_finite().then(|| self.width.multiple(self.width.index(value).min(self.last)))
    }

    /// As [`Scale::lower_bound`], for a column. It is not an expression of Polars, which divides by multiplying with the
    /// reciprocal: 14 / 10 would be 1.4000000000000001.
    pub(super) fn expr(&self, value: Expr) -> Expr {
        let scale = self.clone();
        let bounds = move |column: Column| {
            let values = column.f64()?;
            let bounds: Float64Chunked = values.iter().map(|value| scale.lower_bound(value?)).collect();
            Ok(bounds.with_name(values.name().clone()).into_column())
        };
        value.cast(DataType::Float64).map(bounds, |_, field| Ok(field.clone()))
    }
}

/// For each term that is a bin, the bins of its field over all rows.
///
/// # Errors
/// Those of running.
pub(in crate::engine) fn scales(
    terms: &[Term],
    rows: &Rows,
    stop: &Stop,
) -> Result<Vec<Option<Scale>>, QueryError> {
    let is_bin = |term: &Term| matches!(term, Term::Bin(..));
    if !terms.iter().any(is_bin) {
        return Ok(vec![None; terms.len()]);
    }
    let extent = |(index, term): (usize, &Term)| match term {
        Term::Bin(_, field) => {
            let value = col(field.as_str()).cast(DataType::Float64);
            let finite =
                when(value.clone().is_finite()).then(value).otherwise(lit(LiteralValue::untyped_null()));
            vec![
                finite.clone().min().alias(format!("low{index}")),
                finite.max().alias(format!("high{index}")),
            ]
        }
        _ => Vec::new(),
    };
    let extents: Vec<Expr> = terms.iter().enumerate().flat_map(extent).collect();
    let frame = run::collect(rows.frame.clone().select(extents), &rows.names(), stop)?;
    let scale = |(index, term): (usize, &Term)| match term {
        Term::Bin(bin, field) => {
            let is_integer = rows
                .columns
                .iter()
                .any(|column| column.name == *field && column.column_type == ColumnType::Integer);
            let low = collect::number(&frame, &format!("low{index}")).unwrap_or(0.0);
            let high = collect::number(&frame, &format!("high{index}")).unwrap_or(0.0);
            Some(Scale::new(low, high, bin.maxbins, is_integer))
        }
        _ => None,
    };
    Ok(terms.iter().enumerate().map(scale).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bins_are_round() {
        let check = |low, high, maxbins, is_integer, step, bounds: &[(f64, f64)]| {
            let scale = Scale::new(low, high, maxbins, is_integer);
            assert_eq!(scale.step(), step, "{low} to {high} in {maxbins}");
            for (value, bound) in bounds {
                assert_eq!(scale.lower_bound(*value), Some(*bound), "{value} in {scale:?}");
            }
        };
        check(0.0, 10.0, 10, false, 1.0, &[(0.0, 0.0), (0.99, 0.0), (9.0, 9.0), (10.0, 9.0)]);
        check(0.0, 1.0, 10, false, 0.1, &[(0.3, 0.3), (0.7, 0.7), (0.29, 0.2), (1.0, 0.9)]);
        check(0.0, 0.29, 40, false, 0.01, &[(0.29, 0.28), (0.28, 0.28), (0.07, 0.07)]);
        check(-7.0, 13.0, 20, false, 1.0, &[(-7.0, -7.0), (-6.5, -7.0), (13.0, 12.0)]);
        check(0.0, 11.0, 10, false, 2.0, &[(11.0, 10.0), (3.5, 2.0)]);
        check(1.0, 3.0, 20, true, 1.0, &[(1.0, 1.0), (2.0, 2.0), (3.0, 3.0)]);
        check(5.5, 5.5, 20, false, 1.0, &[(5.5, 5.0)]);
        check(0.0, 1e300, 10, false, 1e299, &[(0.0, 0.0), (1e300, 9e299)]);
        check(f64::MIN, f64::MAX, 10, false, 5e307, &[(0.0, 0.0)]);
        assert_eq!(Scale::new(0.0, 1.0, 10, false).lower_bound(f64::NAN), None);
    }

    proptest! {
        #[test]
        fn every_value_falls_into_its_bin(values in prop::collection::vec(-1e6..1e6_f64, 1..50), maxbins in 2..60_u32, digits in 0..5_i32) {
            let unit = 10_f64.powi(digits);
            let values: Vec<f64> = values.iter().map(|value| (value * unit).round() / unit).collect();
            let low = values.iter().copied().fold(f64::INFINITY, f64::min);
            let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let scale = Scale::new(low, high, maxbins, false);
            let step = scale.step();
            let mut bounds = Vec::new();
            for value in values {
                let bound = scale.lower_bound(value).expect("a finite value");
                let upper = bound + step;
                prop_assert!(bound <= value, "{bound} <= {value}");
                prop_assert!(value < upper || value == high || (value - upper).abs() < 1e-9 * upper.abs(), "{value} < {upper}");
                let index = (bound / step).round();
                prop_assert!((bound - index * step).abs() <= 1e-9 * bound.abs(), "{bound} is a multiple of {step}");
                bounds.push(index);
            }
            bounds.sort_by(f64::total_cmp);
            let n_bins = bounds[bounds.len() - 1] - bounds[0] + 1.0;
            prop_assert!(n_bins <= f64::from(maxbins), "{n_bins} bins of {step}");
        }
    }
}
