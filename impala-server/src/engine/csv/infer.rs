//! The type of a column, decided over all of its values.
//!
//! A column begins as whatever its first value is and widens when a value does not fit: integers to decimals, dates to
//! datetimes, anything else to text. It never narrows, so each value is parsed once, by the parser of the type that the
//! column has. What text is, is never guessed from a sample.
//!
//! * Integers that a decimal cannot hold exactly (beyond 2^53) do not mix with decimals; integers beyond 64 bits are
//!   text. Both are identifiers far more often than measurements, and would lose digits.
//! * Instants do not mix with datetimes or dates, as nobody says what zone those are in.
//! * Days such as `1/2/2012` are dates when the column settles which number is the month. When every value can be read
//!   both ways and some mean different days, the column stays text.

use impala_core::source::{ColumnType, SourceColumn};

use super::days::DaysScan;
use super::format::{ColumnFormat, Format};
use super::problems::shown;
use super::range::{Range, cut_text, decimal_text};
use super::reason::{self, Evidence, Sample};
use super::temporal::{DateForm, Temporal, to_text};
use super::value;

/// A column while its file is read.
#[derive(Clone, Debug)]
pub(super) struct ColumnScan {
    pub name: String,
    by_hand: Option<ColumnType>,
    nulls: u64,
    values: u64,
    kind: Kind,
    text: Range<Vec<u8>>,
    evidence: Evidence,
}

/// What all values so far are, and the least and greatest of them.
#[derive(Clone, Debug)]
enum Kind {
    Unknown,
    Boolean(Range<bool>),
    Integer(Range<i64>),
    Decimal(Range<f64>),
    Temporal(DaysScan),
    Text,
}

impl ColumnScan {
    pub fn new(name: String, by_hand: Option<ColumnType>) -> Self {
        let kind = by_hand.map_or(Kind::Unknown, Kind::by_hand);
        Self {
            name,
            by_hand,
            nulls: 0,
            values: 0,
            kind,
            text: Range::default(),
            evidence: Evidence::default(),
        }
    }

    /// The type that was set by hand when `value`, which is not null, is not of it.
    pub fn misfit(&self, value: &[u8]) -> Option<ColumnType> {
        let column_type = self.by_hand?;
        let value = value::trim(value);
        let fits = match &self.kind {
            Kind::Boolean(_) => value::lenient_boolean(value).is_some(),
            Kind::Integer(_) => value::lenient_integer(value).is_some(),
            Kind::Decimal(_) => value::lenient_decimal(value).is_some(),
            Kind::Temporal(scan) => Temporal::parse(value).is_some_and(|found| scan.fits(&found)),
            Kind::Unknown | Kind::Text => true,
        };
        (!fits).then_some(column_type)
    }

    /// A column that comes up after so many rows, which have no value in it.
    pub fn after_nulls(mut self, rows: u64) -> Self {
        self.nulls = rows;
        self
    }

    /// Takes a value into account of which the file says that it is text. It may still be a date, for which JSON has no
    /// type, but no number and no truth value.
    pub fn observe_string(&mut self, row: u64, text: &[u8]) {
        let value = value::trim(text);
        let looks_other = || {
            value::boolean(value).is_some()
                || value::lenient_decimal(value).is_some()
                || value::is_code(value)
        };
        if self.by_hand.is_some() || matches!(self.kind, Kind::Text) || !looks_other() {
            return self.observe(row, text);
        }
        self.values += 1;
        self.text.include_text(text);
        let sample = Some(Sample { row, value: shown(text) });
        if self.evidence.first.is_none() {
            self.evidence.first = sample;
        } else {
            self.evidence.before = self.column_type();
            self.evidence.widened = sample;
        }
        self.evidence.note = Some("which is a string in the file".to_owned());
        self.kind = Kind::Text;
    }

    pub fn observe_null(&mut self) {
        self.nulls += 1;
    }

    /// Takes a value into account that is not null and, when the type was set by hand, is of it.
    pub fn observe(&mut self, row: u64, text: &[u8]) {
        self.values += 1;
        self.text.include_text(text);
        if !matches!(self.kind, Kind::Text) {
            let value = value::trim(text);
            if !self.kind.take(value, self.by_hand.is_some()) {
                self.widen(row, text, value);
            } else if let Kind::Temporal(scan) = &mut self.kind {
                scan.note_growth(row, text);
            }
        }
    }

    #[cold]
    fn widen(&mut self, row: u64, text: &[u8], value: &[u8]) {
        if matches!(self.kind, Kind::Unknown) {
            self.kind = Kind::of(value);
            let is_text = matches!(self.kind, Kind::Text);
            self.evidence.first = Some(Sample { row, value: shown(if is_text { text } else { value }) });
            self.evidence.note = if is_text { reason::text_note(None, value) } else { None };
            return;
        }
        self.evidence.before = self.column_type();
        self.evidence.note = reason::text_note(self.column_type(), value);
        self.evidence.widened = Some(Sample { row, value: shown(text) });
        self.kind = match &self.kind {
            Kind::Integer(range) => match (range.as_decimals(), value::decimal(value)) {
                (Some(mut decimals), Some(number)) => {
                    decimals.include_number(number);
                    Kind::Decimal(decimals)
                }
                _ => Kind::Text,
            },
            Kind::Temporal(scan) => {
                self.evidence.note = scan.conflict(value).or(self.evidence.note.take());
                Kind::Text
            }
            _ => Kind::Text,
        };
    }

    /// The type so far; `None` before the first value.
    pub fn column_type(&self) -> Option<ColumnType> {
        self.by_hand.or(match &self.kind {
            Kind::Unknown => None,
            Kind::Boolean(_) => Some(ColumnType::Boolean),
            Kind::Integer(_) => Some(ColumnType::Integer),
            Kind::Decimal(_) => Some(ColumnType::Decimal),
            Kind::Temporal(scan) => Some(scan.column_type),
            Kind::Text => Some(ColumnType::String),
        })
    }

    /// What came out, when all values have been seen.
    pub fn finish(mut self) -> (SourceColumn, ColumnFormat) {
        let is_ambiguous = matches!(&self.kind, Kind::Temporal(scan) if scan.is_ambiguous());
        if is_ambiguous && self.by_hand.is_none() {
            self.kind = Kind::Text;
            self.evidence.is_ambiguous = true;
        }
        let column_type = self.column_type().unwrap_or(ColumnType::String);
        if let Kind::Temporal(scan) = &self.kind {
            self.evidence.grown = scan.grown.clone();
            self.evidence.order = (scan.form == Some(DateForm::Pair)).then(|| scan.order());
            self.evidence.is_ambiguous = is_ambiguous;
        }
        let (min, max) = self.kind.bounds(&self.text);
        let reason = match self.by_hand {
            Some(_) => self.evidence.by_hand(),
            None => self.evidence.describe(column_type, self.values),
        };
        let column = SourceColumn { name: self.name, column_type, reason, nulls: self.nulls, min, max };
        (column, ColumnFormat { format: self.kind.format(), is_by_hand: self.by_hand.is_some() })
    }
}

impl Kind {
    /// The tightest kind of one value.
    fn of(value: &[u8]) -> Self {
        [
            Self::Boolean(Range::default()),
            Self::Integer(Range::default()),
            Self::Temporal(DaysScan::new(None)),
            Self::Decimal(Range::default()),
        ]
        .into_iter()
        .find_map(|mut kind| kind.take(value, false).then_some(kind))
        .unwrap_or(Self::Text)
    }

    fn by_hand(column_type: ColumnType) -> Self {
        match column_type {
            ColumnType::Boolean => Self::Boolean(Range::default()),
            ColumnType::Integer => Self::Integer(Range::default()),
            ColumnType::Decimal => Self::Decimal(Range::default()),
            ColumnType::Date | ColumnType::Datetime | ColumnType::Timestamp => {
                Self::Temporal(DaysScan::new(Some(column_type)))
            }
            ColumnType::String => Self::Text,
        }
    }

    /// Takes `value` in if it is of this kind.
    fn take(&mut self, value: &[u8], is_lenient: bool) -> bool {
        match self {
            Self::Unknown => false,
            Self::Boolean(range) => {
                let found = if is_lenient { value::lenient_boolean(value) } else { value::boolean(value) };
                found.map(|value| range.include(value)).is_some()
            }
            Self::Integer(range) => {
                let found = if is_lenient { value::lenient_integer(value) } else { value::integer(value) };
                found.map(|value| range.include(value)).is_some()
            }
            Self::Decimal(range) => {
                let found = if is_lenient { value::lenient_decimal(value) } else { value::decimal(value) };
                found.map(|value| range.include_number(value)).is_some()
            }
            Self::Temporal(scan) => Temporal::parse(value).is_some_and(|found| scan.take(&found)),
            Self::Text => true,
        }
    }

    /// Least and greatest value as text.
    fn bounds(&self, text: &Range<Vec<u8>>) -> (Option<String>, Option<String>) {
        match self {
            Self::Unknown => (None, None),
            Self::Boolean(range) => range.texts(|value| Some(value.to_string())),
            Self::Integer(range) => range.texts(|value| Some(value.to_string())),
            Self::Decimal(range) => range.texts(|value| Some(decimal_text(*value))),
            Self::Temporal(scan) => {
                scan.ranges[scan.order() as usize].texts(|us| to_text(scan.column_type, *us))
            }
            Self::Text => text.texts(|value| Some(cut_text(value))),
        }
    }

    fn format(&self) -> Format {
        match self {
            Self::Unknown | Self::Text => Format::Text,
            Self::Boolean(_) => Format::Boolean,
            Self::Integer(_) => Format::Integer,
            Self::Decimal(_) => Format::Decimal,
            Self::Temporal(scan) => {
                Format::Temporal { column_type: scan.column_type, form: scan.form, order: scan.order() }
            }
        }
    }
}
