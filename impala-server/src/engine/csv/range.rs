//! The least and the greatest value of a column.

use super::value;

/// Longest text, in bytes, that is shown as a column's least or greatest value.
const MOST_SHOWN_BYTES: usize = 256;

/// A number as [`impala_core::data::Values::text`] has it, but not with three hundred digits.
pub(super) fn decimal_text(number: f64) -> String {
    let magnitude = number.abs();
    if number.is_finite() && magnitude != 0.0 && !(1e-6..1e17).contains(&magnitude) {
        format!("{number:e}")
    } else {
        number.to_string()
    }
}

/// A text that [`Range::include_text`] kept, with a mark if it goes on.
pub(super) fn cut_text(text: &[u8]) -> String {
    let is_cut = text.len() > MOST_SHOWN_BYTES;
    let shown = &text[..text.len().min(MOST_SHOWN_BYTES)];
    // The cut may be within a character, which then is left out.
    let valid = shown.utf8_chunks().next().map_or("", |piece| piece.valid());
    format!("{valid}{}", if is_cut { "…" } else { "" })
}

/// The least and the greatest of what was included.
#[derive(Clone, Debug)]
pub(super) struct Range<T>(Option<(T, T)>);

impl<T> Default for Range<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: PartialOrd> Range<T> {
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub fn texts(&self, text: impl Fn(&T) -> Option<String>) -> (Option<String>, Option<String>) {
        self.0.as_ref().map_or((None, None), |(least, greatest)| (text(least), text(greatest)))
    }
}

impl<T: PartialOrd + Copy> Range<T> {
    pub fn include(&mut self, value: T) {
        match &mut self.0 {
            Some((least, _)) if value < *least => *least = value,
            Some((_, greatest)) if value > *greatest => *greatest = value,
            Some(_) => {}
            None => self.0 = Some((value, value)),
        }
    }
}

impl Range<f64> {
    /// NaN is neither great nor small.
    pub fn include_number(&mut self, value: f64) {
        if !value.is_nan() {
            self.include(value);
        }
    }
}

impl Range<i64> {
    /// The same range as decimals, when those hold all of it exactly.
    pub fn as_decimals(&self) -> Option<Range<f64>> {
        let is_exact = |value: i64| value.unsigned_abs() <= value::EXACT_AS_DECIMAL;
        match self.0 {
            Some((least, greatest)) if is_exact(least) && is_exact(greatest) => {
                Some(Range(Some((least as f64, greatest as f64))))
            }
            Some(_) => None,
            None => Some(Range(None)),
        }
    }
}

impl Range<Vec<u8>> {
    /// Compares by the first bytes only, so that a huge field leaves no huge trace.
    pub fn include_text(&mut self, text: &[u8]) {
        // One byte more than is shown means that it goes on.
        let text = &text[..text.len().min(MOST_SHOWN_BYTES + 1)];
        match &mut self.0 {
            Some((least, _)) if text < least.as_slice() => text.clone_into(least),
            Some((_, greatest)) if text > greatest.as_slice() => text.clone_into(greatest),
            Some(_) => {}
            None => self.0 = Some((text.to_vec(), text.to_vec())),
        }
    }
}
