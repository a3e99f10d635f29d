//! Bins of a number axis: round widths, and no more bins than asked for.

use impala_core::source::ColumnType;
use impala_core::term::Term;
use polars::prelude::{Column, DataType, Expr, Float64Chunked, IntoColumn, LiteralValue, col, lit, when};

use crate::engine::rows::Rows;
use crate::engine::{QueryError, Stop, collect, run};

/// Bins whose bounds are whole multiples of their width.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    width: Width,
    /// Which multiple of the width the last bin begins at. The upper bound of the last bin belongs to it.
    last: f64,
}

/// 1, 2 or 5 times a power of ten. It is kept in parts, as 0.1 and its multiples cannot be written in binary.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Width {
    digit: f64,
    exponent: i32,
}

impl Width {
    /// The narrowest width that is not under `least`, which is positive and finite.
    fn at_least(least: f64) -> Self {
        let exponent = least.log10().floor() as i32;
        let mut width = Self { digit: 1.0, exponent };
        while width.value() < least {
            width = width.wider();
        }
        width
    }

    fn wider(self) -> Self {
        match self.digit as u8 {
            1 => Self { digit: 2.0, ..self },
            2 => Self { digit: 5.0, ..self },
            _ => Self { digit: 1.0, exponent: self.exponent + 1 },
        }
    }

    fn value(self) -> f64 {
        self.multiple(1.0)
    }

    /// `index` times the width, correctly rounded.
    fn multiple(self, index: f64) -> f64 {
        let power = 10_f64.powi(self.exponent.abs());
        if self.exponent < 0 { index * self.digit / power } else { index * self.digit * power }
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
    /// Bins for values from `low` to `high`, both finite, `maxbins` at most.
    fn new(low: f64, high: f64, maxbins: u32, is_integer: bool) -> Self {
        let most = f64::from(maxbins.max(1));
        // The difference of the parts is finite where that of the wholes may not be.
        let least = (high / most - low / most).max(if is_integer { 1.0 } else { f64::MIN_POSITIVE });
        let mut width = if high > low { Width::at_least(least) } else { Width { digit: 1.0, exponent: 0 } };
        loop {
            let first = width.index(low);
            let mut last = width.index(high);
            if last > first && width.multiple(last) == high {
                last -= 1.0;
            }
            if last - first < most || width.exponent > 307 {
                return Self { width, last };
            }
            width = width.wider();
        }
    }

    /// The width of a bin.
    pub(super) fn step(&self) -> f64 {
        self.width.value()
    }

    /// The lower bound of the bin that a value falls in; `None` for what is no number.
    fn lower_bound(&self, value: f64) -> Option<f64> {
        value.is_finite().then(|| self.width.multiple(self.width.index(value).min(self.last)))
    }

    /// As [`Scale::lower_bound`], for a column. It is no expression of Polars, which divides by multiplying with the
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
pub(super) fn scales(terms: &[Term], rows: &Rows, stop: &Stop) -> Result<Vec<Option<Scale>>, QueryError> {
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
