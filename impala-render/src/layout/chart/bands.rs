//! Values side by side: names, periods of time, and bins, each with its rows.

use std::collections::HashMap;
use std::ops::Range;

use impala_core::encoding::Sort;
use impala_core::term::TimeUnit;
use jiff::ToSpan;

use super::field::{Field, Kind};
use crate::format::time::{from_seconds, to_seconds, unit_label};
use crate::layout::note::Note;

/// Periods or bins filled in between those that have rows, at most.
const MAX_FILLED: usize = 5_000;

/// Values side by side.
#[derive(Clone, Debug, Default)]
pub struct Bands {
    /// What each is called.
    pub labels: Vec<String>,
    /// Where each begins and ends, in words; both alike for a name or a single period. Also of one that has no rows.
    pub ends: Vec<(String, String)>,
    /// The number behind each: of a unit, seconds since 1970, the lower bound of a bin.
    pub numbers: Vec<Option<f64>>,
    /// The band of each row of the answer.
    pub of_row: HashMap<usize, usize>,
    /// What they are.
    pub sort: BandSort,
    /// In which order they stand, so which of them are the first.
    pub order: Order,
    /// How many values each holds: more than one where there was no room for all of them.
    pub each: usize,
}

/// The order of bands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Order {
    /// Least or first in the alphabet first.
    #[default]
    Rising,
    /// The other way round.
    Falling,
    /// Those with the greatest value on the other axis first.
    Greatest,
    /// Those with the least first.
    Least,
}

/// What bands are, which decides how they are labelled.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum BandSort {
    /// Names: each needs its own label.
    #[default]
    Names,
    /// Numbers or parts of a cycle: some labels imply the others.
    Numbers,
    /// Periods of time, none left out.
    Periods,
    /// Bins of that width, none left out.
    Bins(f64),
}

impl Bands {
    /// The bands of a field over all `rows`, in the order that its channel asks for.
    ///
    /// * `other`: the field on the other axis, whose totals a sort may follow.
    pub fn of(field: &Field, rows: &[usize], other: Option<&Field>, is_x: bool) -> Self {
        let mut bands = Self { sort: Self::sort_of(field), each: 1, ..Self::distinct(field, rows) };
        bands.order(field, other, is_x);
        bands.fill_gaps(field);
        bands.name_ends(field);
        bands.without_neighbours()
    }

    /// What stands in the order of other values has no neighbours: each is a name, that of a bin with both of its bounds.
    fn without_neighbours(mut self) -> Self {
        if matches!(self.order, Order::Greatest | Order::Least) {
            self.sort = BandSort::Names;
            self.labels = (0..self.len()).map(|band| self.in_words(band)).collect();
            self.ends = self.labels.iter().map(|label| (label.clone(), label.clone())).collect();
        }
        self
    }

    /// The bands of an axis. As [`Bands::of`], but what has no value has no place among bins or periods.
    pub fn on_axis(field: &Field, rows: &[usize], other: Option<&Field>, is_x: bool) -> Self {
        let placed: Vec<usize> = match Self::sort_of(field) {
            BandSort::Names | BandSort::Numbers => rows.to_vec(),
            _ => rows.iter().copied().filter(|row| field.column.values.number(*row).is_some()).collect(),
        };
        Self::of(field, if placed.is_empty() { rows } else { &placed }, other, is_x)
    }

    fn sort_of(field: &Field) -> BandSort {
        match (field.kind(), field.channel.time_unit) {
            (Kind::Number, _) if field.is_binned() => BandSort::Bins(field.column.bin_step.unwrap_or(1.0)),
            (Kind::Time, _) => BandSort::Periods,
            (_, Some(_)) | (Kind::Number, _) => BandSort::Numbers,
            _ if field.column.values.column_type().is_numeric() => BandSort::Numbers,
            _ => BandSort::Names,
        }
    }

    /// Merges neighbours until there are no more bands than `room`, so that none is lost. Names are left alone, as they have
    /// no neighbours, and so is null.
    pub fn fit(&mut self, room: usize) {
        let nulls = self.numbers.iter().filter(|number| number.is_none()).count();
        let each = (self.len() - nulls).div_ceil(room.saturating_sub(nulls).max(1));
        if self.sort == BandSort::Names || each < 2 {
            return;
        }
        let groups = self.groups(each);
        self.labels = groups.iter().map(|group| self.label_of(group)).collect();
        self.ends = groups.iter().map(|group| self.outermost(&self.ends[group.clone()])).collect();
        self.numbers = groups.iter().map(|group| self.numbers[self.in_order(group).0]).collect();
        for band in self.of_row.values_mut() {
            *band = groups.partition_point(|group| group.end <= *band);
        }
        if let BandSort::Bins(step) = &mut self.sort {
            *step *= each as f64;
        }
        self.each *= each;
    }

    /// The bands in groups of so many; null by itself.
    fn groups(&self, each: usize) -> Vec<Range<usize>> {
        let mut groups: Vec<Range<usize>> = Vec::new();
        for (index, number) in self.numbers.iter().enumerate() {
            match groups.last_mut() {
                Some(group)
                    if group.len() < each && number.is_some() && self.numbers[group.start].is_some() =>
                {
                    group.end = index + 1;
                }
                _ => groups.push(index..index + 1),
            }
        }
        groups
    }

    /// What a group is called: by the least of its bins or periods, of other values by both ends.
    fn label_of(&self, group: &Range<usize>) -> String {
        let labels = &self.labels[group.clone()];
        let (least, greatest) = self.in_order(group);
        // A period without rows has no label.
        let mut written = labels.iter().filter(|label| !label.is_empty());
        match (self.sort, labels) {
            (BandSort::Numbers, [_, .., _]) => format!("{}–{}", self.labels[least], self.labels[greatest]),
            _ if least > greatest => written.next_back().cloned().unwrap_or_default(),
            _ => written.next().cloned().unwrap_or_default(),
        }
    }

    /// Its least and greatest band, which in falling order are its last and first.
    fn in_order(&self, group: &Range<usize>) -> (usize, usize) {
        let (first, last) = (group.start, group.end - 1);
        if self.order == Order::Falling { (last, first) } else { (first, last) }
    }

    /// The same in the opposite order.
    pub fn flip(&mut self) {
        let last = self.len().saturating_sub(1);
        self.labels.reverse();
        self.ends.reverse();
        self.numbers.reverse();
        for band in self.of_row.values_mut() {
            *band = last - *band;
        }
    }

    /// What one is called where there is room for all of it: `Mar 2012`, `0 to 20`.
    pub fn in_words(&self, band: usize) -> String {
        match self.ends.get(band) {
            Some((from, to)) if from != to => format!("{from} to {to}"),
            Some((name, _)) => name.clone(),
            None => String::new(),
        }
    }

    /// Where neighbours begin and end together: with the least of them, also where they stand in falling order.
    fn outermost(&self, ends: &[(String, String)]) -> (String, String) {
        let (Some(first), Some(last)) = (ends.first(), ends.last()) else { return Default::default() };
        let (low, high) = if self.order == Order::Falling { (last, first) } else { (first, last) };
        (low.0.clone(), high.1.clone())
    }

    /// Note on neighbours that share a place: `2 bins a row`; empty when none do.
    pub fn fit_note(&self, place: &str) -> Note {
        let what = match self.sort {
            BandSort::Bins(_) => "bins",
            BandSort::Periods => "periods",
            BandSort::Names | BandSort::Numbers => "values",
        };
        if self.each < 2 { Note::NONE } else { format!("{} {what} a {place}", self.each).into() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    fn distinct(field: &Field, rows: &[usize]) -> Self {
        let mut bands = Self::default();
        let mut known: HashMap<(String, Option<u64>), usize> = HashMap::new();
        for &row in rows {
            let number = field.column.values.number(row);
            let key = match number {
                // 0.0 and -0.0 are one value.
                Some(number) => (String::new(), Some((number + 0.0).to_bits())),
                None => (field.label(row), None),
            };
            let band = *known.entry(key).or_insert_with(|| {
                bands.labels.push(field.label(row));
                bands.numbers.push(number);
                bands.labels.len() - 1
            });
            bands.of_row.insert(row, band);
        }
        bands
    }

    /// Names the bands for tooltips: a bin with both of its bounds.
    fn name_ends(&mut self, field: &Field) {
        let name = |(label, number): (&String, &Option<f64>)| match (self.sort, number) {
            (BandSort::Bins(step), Some(low)) => {
                (field.write_measured(*low), field.write_measured(low + step))
            }
            (BandSort::Periods, Some(start)) => {
                let name = field.channel.time_unit.map(|unit| unit_label(unit, *start));
                let name = name.unwrap_or_else(|| label.clone());
                (name.clone(), name)
            }
            _ => (label.clone(), label.clone()),
        };
        self.ends = self.labels.iter().zip(&self.numbers).map(name).collect();
    }

    fn order(&mut self, field: &Field, other: Option<&Field>, is_x: bool) {
        let sort = field.channel.sort.unwrap_or(Sort::Ascending);
        let is_by_other = match sort {
            Sort::Y | Sort::YDescending => is_x,
            Sort::X | Sort::XDescending => !is_x,
            _ => false,
        };
        let totals = other.filter(|_| is_by_other).map(|other| self.totals(other));
        let is_descending = matches!(sort, Sort::Descending | Sort::XDescending | Sort::YDescending);
        self.order = match (totals.is_some(), is_descending) {
            (true, true) => Order::Greatest,
            (true, false) => Order::Least,
            (false, true) => Order::Falling,
            (false, false) => Order::Rising,
        };
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|&a, &b| {
            let by_value = self.numbers[a].is_none().cmp(&self.numbers[b].is_none()).then_with(|| {
                match (self.numbers[a], self.numbers[b]) {
                    (Some(a), Some(b)) => a.total_cmp(&b),
                    _ => self.labels[a].cmp(&self.labels[b]),
                }
            });
            let ordering = match &totals {
                Some(totals) => totals[a].total_cmp(&totals[b]),
                None => by_value,
            };
            let ordering = if is_descending { ordering.reverse() } else { ordering };
            ordering.then(by_value)
        });
        self.rearrange(&order);
    }

    fn totals(&self, other: &Field) -> Vec<f64> {
        let mut totals = vec![0.0; self.len()];
        for (row, band) in &self.of_row {
            totals[*band] += other.number(*row).unwrap_or(0.0);
        }
        totals
    }

    /// Puts the band that was at `order[i]` at `i`.
    fn rearrange(&mut self, order: &[usize]) {
        let mut place = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old] = new;
        }
        self.labels = order.iter().map(|old| std::mem::take(&mut self.labels[*old])).collect();
        self.numbers = order.iter().map(|old| self.numbers[*old]).collect();
        for band in self.of_row.values_mut() {
            *band = place[*band];
        }
    }

    /// Adds the periods or bins without rows, so that distances on the axis are true. Only when they stand in order.
    fn fill_gaps(&mut self, field: &Field) {
        let is_rising = self.order == Order::Rising
            && self.numbers.windows(2).all(|pair| matches!(pair, [Some(a), Some(b)] if a < b));
        let (Some(Some(first)), Some(Some(last)), true) =
            (self.numbers.first(), self.numbers.last(), is_rising)
        else {
            return;
        };
        let all = match (self.sort, field.channel.time_unit) {
            (BandSort::Bins(step), _) => between(*first, *last, |value| Some(value + step)),
            (BandSort::Periods, Some(unit)) => between(*first, *last, |value| next_period(unit, value)),
            _ => None,
        };
        let Some(all) = all else { return };
        let step = all.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
        let mut places = Vec::with_capacity(self.len());
        for number in self.numbers.iter().flatten() {
            let place = all.partition_point(|value| *value < number - step * 0.25);
            // A value that lies on none of the steps: the steps were guessed wrong.
            if all.get(place).is_none_or(|value| (value - number).abs() > step * 0.25) {
                return;
            }
            places.push(place);
        }
        for band in self.of_row.values_mut() {
            *band = places[*band];
        }
        let old = std::mem::take(&mut self.labels);
        self.labels = vec![String::new(); all.len()];
        for (label, place) in old.into_iter().zip(places) {
            self.labels[place] = label;
        }
        self.numbers = all.into_iter().map(Some).collect();
    }
}

/// `first`, and what `next` makes of it, up to `last`; `None` when that does not end soon.
fn between(first: f64, last: f64, next: impl Fn(f64) -> Option<f64>) -> Option<Vec<f64>> {
    let mut all = vec![first];
    let mut value = first;
    while value < last - (last - first).abs() * 1e-9 {
        let following = next(value).filter(|following| *following > value)?;
        value = following;
        all.push(value);
        if all.len() > MAX_FILLED {
            return None;
        }
    }
    Some(all)
}

/// When the period after the one that begins at `seconds` begins.
pub fn next_period(unit: TimeUnit, seconds: f64) -> Option<f64> {
    let at = from_seconds(seconds)?;
    let span = match unit {
        TimeUnit::Year => 1.year(),
        TimeUnit::YearQuarter => 3.months(),
        TimeUnit::YearMonth => 1.month(),
        TimeUnit::YearWeek => 1.week(),
        TimeUnit::YearMonthDate => 1.day(),
        TimeUnit::YearMonthDateHours => 1.hour(),
        TimeUnit::YearMonthDateHoursMinutes => 1.minute(),
        _ => return None,
    };
    at.checked_add(span).ok().map(to_seconds)
}
