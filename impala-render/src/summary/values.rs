//! Bars, lines and areas in a sentence.

use std::collections::BTreeMap;

use impala_core::block::{Chart, ChartMark};
use impala_core::data::BlockData;
use impala_core::encoding::Stack;
use impala_core::term::Aggregate;

use super::spread::trend;
use super::{extremes, field, measured, name, place_name, rows};
use crate::format::{self, number};
use crate::layout::chart::field::{Field, Kind};

/// Series named at most.
const MOST_NAMED: usize = 6;

/// A value, and the row where it stands.
type At = (f64, usize);

/// All that the sentence is about.
struct Values<'a> {
    place: Field<'a>,
    value: Field<'a>,
    /// What tells several series apart.
    series: Option<Field<'a>>,
    rows: usize,
}

/// Lowest, highest, last and trend: of stacked series of all together, of others of each.
pub(super) fn of_values(chart: &Chart, data: &BlockData) -> Option<String> {
    let values = Values::of(chart, data)?;
    let Some(ends) = extremes(&values.value, values.rows) else {
        return Some(format!("No values in {}.", name(&values.value)));
    };
    let names = values.names();
    let sentence = match names.len() {
        0 | 1 => values.alone(ends),
        _ if values.are_shares(chart) => values.as_shares(&names),
        _ if values.adds_up(chart) => values.together(&names),
        _ => values.apart(ends, &names),
    };
    Some(sentence + ".")
}

impl<'a> Values<'a> {
    fn of(chart: &'a Chart, data: &'a BlockData) -> Option<Self> {
        let (x, y) = (field(chart.encoding.x.as_ref(), data)?, field(chart.encoding.y.as_ref(), data)?);
        let is_upright = chart.mark != ChartMark::Bar
            || y.is_aggregate()
            || !x.is_aggregate() && (y.is_measure() || !x.is_measure());
        let (place, value) = if is_upright { (x, y) } else { (y, x) };
        let is_run = chart.mark != ChartMark::Bar;
        let parts = |color: &Field| {
            // A number or an instant is a shade of a bar, and a line of its own.
            let is_apart = color.kind() == Kind::Names || color.is_binned() || is_run;
            is_apart && !color.is_aggregate() && color.channel.term() != place.channel.term()
        };
        let series = field(chart.encoding.color.as_ref(), data).filter(parts);
        Some(Self { place, value, series, rows: rows(data) })
    }

    /// Whether the height of a stack means something, and is what is drawn.
    fn adds_up(&self, chart: &Chart) -> bool {
        let is_amount = matches!(self.value.channel.aggregate, Some(Aggregate::Count | Aggregate::Sum));
        let is_stack = !matches!(self.value.channel.stack, Some(Stack::None | Stack::Normalize));
        is_amount && is_stack && chart.mark != ChartMark::Line
    }

    /// Whether what is drawn are shares of each place.
    fn are_shares(&self, chart: &Chart) -> bool {
        self.value.channel.stack == Some(Stack::Normalize) && chart.mark != ChartMark::Line
    }

    /// The series, in the order in which they are drawn.
    fn names(&self) -> Vec<String> {
        let Some(series) = &self.series else { return Vec::new() };
        let mut rows: Vec<usize> = (0..self.rows).collect();
        let by_value = |a: &usize, b: &usize| match (series.number(*a), series.number(*b)) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => series.label(*a).cmp(&series.label(*b)),
        };
        rows.sort_by(by_value);
        let mut names: Vec<String> = rows.into_iter().map(|row| series.label(row)).collect();
        names.dedup();
        names
    }

    fn what(&self) -> String {
        format!("{} by {}", measured(&self.value), place_name(&self.place))
    }

    /// Where the values go, of which nothing can be said along a cycle: December is no more than January.
    fn trend_of(&self, points: &[At]) -> Option<&'static str> {
        let is_cycle = self.place.channel.time_unit.is_some_and(|unit| unit.is_cyclic());
        trend(&points.iter().map(|point| point.0).collect::<Vec<_>>()).filter(|_| !is_cycle)
    }

    fn write(&self, value: f64) -> String {
        self.value.write_measured(value)
    }

    /// One series: `rain by date: lowest 4 (Jan 2012), highest 28.5 (Jul 2014), last 14.45 (Dec 2014), rising`.
    fn alone(&self, (low, high): (At, At)) -> String {
        let what = self.what();
        let at = |at: At| format!("{} ({})", self.write(at.0), self.place.in_words(at.1));
        if low.0 < high.0 {
            let points = self.points(|row| self.value.number(row));
            return format!("{what}: lowest {}, highest {}{}", at(low), at(high), self.ending(&points));
        }
        match (0..self.rows).filter(|row| self.value.number(*row).is_some()).count() {
            1 => format!("{what}: {}", at(low)),
            count => format!("{what}: all {count} values are {}", self.write(low.0)),
        }
    }

    /// Series on top of each other: of their sums, and who has most of it.
    fn together(&self, names: &[String]) -> String {
        let mut totals: Vec<At> = self.totals(|row| self.place.in_words(row)).into_values().collect();
        totals.sort_by_key(|total| total.1);
        let low = totals.iter().copied().reduce(|a, b| if b.0 < a.0 { b } else { a });
        let high = totals.iter().copied().reduce(|a, b| if b.0 > a.0 { b } else { a });
        let (Some(low), Some(high)) = (low, high) else { return self.what() };
        let at = |at: At| format!("{} ({})", self.write(at.0), self.place.in_words(at.1));
        let points = self.in_order(totals.iter().map(|(total, row)| (*row, *total)).collect());
        let ending = self.ending(&points);
        let what = self.what();
        let mut shares: Vec<(String, f64)> = self
            .totals(|row| self.series.map(|series| series.label(row)).unwrap_or_default())
            .into_iter()
            .map(|(name, (total, _))| (name, total))
            .collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        let list =
            listed(names.len(), shares.iter().map(|(name, total)| format!("{name} {}", self.write(*total))));
        format!(
            "{what}, {} series together: lowest {}, highest {}{ending}; in all {list}",
            number::whole(names.len() as u64),
            at(low),
            at(high)
        )
    }

    /// Series as shares: `share of rows by month, 2 series: fog 10% (4% to 25%), sun 90% (75% to 96%)`.
    fn as_shares(&self, names: &[String]) -> String {
        let mut places: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
        for row in 0..self.rows {
            if let Some(value) = self.value.number(row) {
                let name = self.series.map(|series| series.label(row)).unwrap_or_default();
                *places.entry(self.place.in_words(row)).or_default().entry(name).or_default() += value.abs();
            }
        }
        let whole = |parts: &BTreeMap<String, f64>| parts.values().sum::<f64>();
        let all: f64 = places.values().map(whole).sum();
        let one = |name: &String| {
            let size = |parts: &BTreeMap<String, f64>| parts.get(name).copied().unwrap_or(0.0);
            let shares =
                places.values().filter(|parts| whole(parts) > 0.0).map(|parts| size(parts) / whole(parts));
            let (low, high) =
                shares.fold((1.0_f64, 0.0_f64), |(low, high), one| (low.min(one), high.max(one)));
            let own = places.values().map(size).sum::<f64>() / if all > 0.0 { all } else { 1.0 };
            format!("{name} {:.0}% ({:.0}% to {:.0}%)", own * 100.0, low * 100.0, high * 100.0)
        };
        let what = format!("{} by {}", self.value.share_title(), place_name(&self.place));
        let count = number::whole(names.len() as u64);
        format!("{what}, {count} series: {}", listed(names.len(), names.iter().map(one)))
    }

    /// Series that stand for themselves: the extremes of all, and the end of each.
    fn apart(&self, (low, high): (At, At), names: &[String]) -> String {
        let series = |row: usize| self.series.map(|series| series.label(row)).unwrap_or_default();
        let at = |at: At| format!("{} ({}, {})", self.write(at.0), self.place.in_words(at.1), series(at.1));
        let mut sentence = format!(
            "{}: lowest {}, highest {}; {} series",
            self.what(),
            at(low),
            at(high),
            number::whole(names.len() as u64)
        );
        let shown = names.iter().take(MOST_NAMED);
        let ends: Vec<(&String, Vec<At>)> = shown
            .map(|name| (name, self.points(|row| self.value.number(row).filter(|_| series(row) == *name))))
            .collect();
        let mut lasts: Vec<String> = ends
            .iter()
            .filter_map(|(_, points)| points.last().map(|last| self.place.in_words(last.1)))
            .collect();
        lasts.dedup();
        if !self.is_ordered() {
            return format!(
                "{sentence}: {}",
                listed(names.len(), ends.iter().map(|(name, _)| (*name).clone()))
            );
        }
        let shared = if let [only] = lasts.as_slice() { Some(only) } else { None };
        if let Some(place) = shared {
            sentence.push_str(&format!(", last in {place}"));
        }
        let end = |(name, points): &(&String, Vec<At>)| match points.last() {
            Some((value, row)) => {
                let place = shared.is_none().then(|| self.place.in_words(*row));
                let words: Vec<String> =
                    place.into_iter().chain(self.trend_of(points).map(str::to_owned)).collect();
                let words = if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) };
                format!("{name} {}{words}", self.write(*value))
            }
            None => format!("{name} none"),
        };
        let last = if shared.is_some() { ":" } else { ", last" };
        format!("{sentence}{last} {}", listed(names.len(), ends.iter().map(end)))
    }

    /// The sum over rows that share a key, with one of the rows.
    fn totals(&self, key: impl Fn(usize) -> String) -> BTreeMap<String, At> {
        let mut totals: BTreeMap<String, At> = BTreeMap::new();
        for row in 0..self.rows {
            if let Some(value) = self.value.number(row) {
                totals.entry(key(row)).or_insert((0.0, row)).0 += value;
            }
        }
        totals
    }

    /// Whether there is a last one: in time, along numbers, in a cycle. Bins go nowhere: the last are those of the greatest values.
    fn is_ordered(&self) -> bool {
        !self.place.is_binned()
            && (self.place.kind() != Kind::Names || self.place.channel.time_unit.is_some())
    }

    /// Values in the order of their places; none where the places have no order.
    fn points(&self, value: impl Fn(usize) -> Option<f64>) -> Vec<At> {
        self.in_order((0..self.rows).filter_map(|row| Some((row, value(row)?))).collect())
    }

    fn in_order(&self, points: Vec<(usize, f64)>) -> Vec<At> {
        let placed =
            points.into_iter().filter_map(|(row, value)| Some((self.place.number(row)?, value, row)));
        let mut placed: Vec<(f64, f64, usize)> = placed.filter(|_| self.is_ordered()).collect();
        placed.sort_by(|a, b| a.0.total_cmp(&b.0));
        placed.into_iter().map(|(_, value, row)| (value, row)).collect()
    }

    /// `, last 12 (Dec 2014), rising`; empty for no points.
    fn ending(&self, points: &[At]) -> String {
        let Some((last, row)) = points.last() else { return String::new() };
        let trend = self.trend_of(points).map(|trend| format!(", {trend}")).unwrap_or_default();
        format!(", last {} ({}){trend}", self.write(*last), self.place.in_words(*row))
    }
}

/// The first few, and how many more there are of `count`.
fn listed(count: usize, names: impl Iterator<Item = String>) -> String {
    let shown: Vec<String> = names.take(MOST_NAMED).collect();
    let more = count - shown.len();
    let more = if more > 0 { format!(" {}", format::and_more(more)) } else { String::new() };
    shown.join(", ") + &more
}
