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

use super::problems::shown;
use super::reason::{self, Evidence, Sample};
use super::temporal::{DateForm, Order, Temporal, to_text};
use super::value;

/// Longest text, in bytes, that is kept as a column's least or greatest value.
const MOST_KEPT_BYTES: usize = 256;

/// How the second pass reads a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Boolean,
    Integer,
    Decimal,
    Temporal { column_type: ColumnType, form: Option<DateForm>, order: Order },
    Text,
}

/// A column as the second pass reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ColumnFormat {
    pub format: Format,
    /// Types set by hand read more: `007` is an integer then.
    pub is_by_hand: bool,
}

/// One value, read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Boolean(bool),
    Integer(i64),
    Decimal(f64),
    /// Days since 1970.
    Date(i32),
    /// Microseconds since 1970.
    Micros(i64),
    Text(&'a str),
}

impl ColumnFormat {
    /// Reads a value that is not null; `None` when it is not of the column's type.
    pub fn read<'a>(&self, text: &'a [u8]) -> Option<Cell<'a>> {
        let value = value::trim(text);
        match (self.format, self.is_by_hand) {
            (Format::Boolean, false) => value::boolean(value).map(Cell::Boolean),
            (Format::Boolean, true) => value::lenient_boolean(value).map(Cell::Boolean),
            (Format::Integer, false) => value::integer(value).map(Cell::Integer),
            (Format::Integer, true) => value::lenient_integer(value).map(Cell::Integer),
            (Format::Decimal, false) => value::decimal(value).map(Cell::Decimal),
            (Format::Decimal, true) => value::lenient_decimal(value).map(Cell::Decimal),
            (Format::Temporal { column_type, form, order }, _) => {
                let found =
                    Temporal::parse(value).filter(|found| form.is_none_or(|form| form == found.form))?;
                match (column_type, found.column_type()) {
                    (ColumnType::Date, ColumnType::Date) => found.days[order as usize].map(Cell::Date),
                    (ColumnType::Datetime, ColumnType::Date) => found.micros(order).map(Cell::Micros),
                    (own, other) if own == other => found.micros(order).map(Cell::Micros),
                    _ => None,
                }
            }
            (Format::Text, _) => std::str::from_utf8(text).ok().map(Cell::Text),
        }
    }
}

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
    Temporal(TemporalScan),
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
        let sample = Sample { row, value: shown(text) };
        if matches!(self.kind, Kind::Unknown) {
            self.kind = Kind::of(value);
            self.evidence.first = Some(sample);
            if matches!(self.kind, Kind::Text) {
                self.evidence.note = reason::text_note(None, value);
            }
            return;
        }
        self.evidence.before = self.column_type();
        self.evidence.note = reason::text_note(self.column_type(), value);
        self.evidence.widened = Some(sample);
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
            Self::Temporal(TemporalScan::new(None)),
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
                Self::Temporal(TemporalScan::new(Some(column_type)))
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

/// A number as [`impala_core::data::Values::text`] has it, but not with three hundred digits.
fn decimal_text(number: f64) -> String {
    let magnitude = number.abs();
    if number.is_finite() && magnitude != 0.0 && !(1e-6..1e17).contains(&magnitude) {
        format!("{number:e}")
    } else {
        number.to_string()
    }
}

fn cut_text(text: &[u8]) -> String {
    match text.utf8_chunks().next() {
        Some(piece) if text.len() == MOST_KEPT_BYTES => format!("{}…", piece.valid()),
        Some(piece) => piece.valid().to_owned(),
        None => String::new(),
    }
}

/// The least and the greatest of what was included.
#[derive(Clone, Debug)]
struct Range<T>(Option<(T, T)>);

impl<T> Default for Range<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: PartialOrd> Range<T> {
    fn texts(&self, text: impl Fn(&T) -> Option<String>) -> (Option<String>, Option<String>) {
        self.0.as_ref().map_or((None, None), |(least, greatest)| (text(least), text(greatest)))
    }
}

impl<T: PartialOrd + Copy> Range<T> {
    fn include(&mut self, value: T) {
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
    fn include_number(&mut self, value: f64) {
        if !value.is_nan() {
            self.include(value);
        }
    }
}

impl Range<i64> {
    /// The same range as decimals, when those hold all of it exactly.
    fn as_decimals(&self) -> Option<Range<f64>> {
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
    fn include_text(&mut self, text: &[u8]) {
        let text = &text[..text.len().min(MOST_KEPT_BYTES)];
        match &mut self.0 {
            Some((least, _)) if text < least.as_slice() => text.clone_into(least),
            Some((_, greatest)) if text > greatest.as_slice() => text.clone_into(greatest),
            Some(_) => {}
            None => self.0 = Some((text.to_vec(), text.to_vec())),
        }
    }
}

/// Days, datetimes or instants of one column.
#[derive(Clone, Debug)]
struct TemporalScan {
    column_type: ColumnType,
    is_by_hand: bool,
    form: Option<DateForm>,
    /// Whether all values so far can be read in an [`Order`].
    is_possible: [bool; 2],
    /// Whether some value means different days in the two orders.
    orders_differ: bool,
    ranges: [Range<i64>; 2],
    /// The first datetime in a column of dates.
    grown: Option<Sample>,
    has_grown: bool,
}

impl TemporalScan {
    fn new(by_hand: Option<ColumnType>) -> Self {
        Self {
            column_type: by_hand.unwrap_or(ColumnType::Date),
            is_by_hand: by_hand.is_some(),
            form: None,
            is_possible: [true; 2],
            orders_differ: false,
            ranges: [Range(None), Range(None)],
            grown: None,
            has_grown: false,
        }
    }

    fn fits(&self, value: &Temporal) -> bool {
        let is_readable = |order: usize| self.is_possible[order] && value.days[order].is_some();
        self.form.is_none_or(|form| form == value.form)
            && (is_readable(0) || is_readable(1))
            && self.merged(value.column_type()).is_some()
    }

    /// The type that holds both what there is and a value of `other`.
    fn merged(&self, other: ColumnType) -> Option<ColumnType> {
        use ColumnType::{Date, Datetime};
        match (self.column_type, other) {
            (own, other) if own == other => Some(own),
            (Datetime, Date) => Some(Datetime),
            (Date, Datetime) if !self.is_by_hand => Some(Datetime),
            (_, other) if self.form.is_none() && !self.is_by_hand => Some(other),
            _ => None,
        }
    }

    fn take(&mut self, value: &Temporal) -> bool {
        let merged = self.merged(value.column_type());
        let (true, Some(column_type)) = (self.fits(value), merged) else { return false };
        self.has_grown = self.form.is_some() && column_type != self.column_type;
        self.column_type = column_type;
        self.form = Some(value.form);
        self.orders_differ |= value.days[0] != value.days[1];
        for order in [Order::MonthFirst, Order::DayFirst] {
            let index = order as usize;
            match value.micros(order) {
                Some(us) if self.is_possible[index] => self.ranges[index].include(us),
                _ => self.is_possible[index] = false,
            }
        }
        true
    }

    fn note_growth(&mut self, row: u64, text: &[u8]) {
        if std::mem::take(&mut self.has_grown) {
            self.grown = Some(Sample { row, value: shown(text) });
        }
    }

    /// The only order in which all values can be read, or else month first.
    fn order(&self) -> Order {
        if self.is_possible[0] { Order::MonthFirst } else { Order::DayFirst }
    }

    fn is_ambiguous(&self) -> bool {
        self.is_possible == [true; 2] && self.orders_differ
    }

    /// Why `value`, which is a date or the like, does not go with the ones before.
    fn conflict(&self, value: &[u8]) -> Option<String> {
        let found = Temporal::parse(value)?;
        if self.form != Some(found.form) {
            return Some("which is written in another way than the dates before".to_owned());
        }
        Some(match (self.column_type, found.column_type(), self.order()) {
            (ColumnType::Timestamp, _, _) => "which has no zone, unlike the values before".to_owned(),
            (_, ColumnType::Timestamp, _) => "which has a zone, unlike the values before".to_owned(),
            (_, _, Order::MonthFirst) => {
                "which has the day first, while values before have the month first".to_owned()
            }
            (_, _, Order::DayFirst) => {
                "which has the month first, while values before have the day first".to_owned()
            }
        })
    }
}
