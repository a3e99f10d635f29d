//! What stands beside a number: the period that it is of, and how it changed.

use impala_core::BlockData;
use impala_core::block::Metric;
use impala_core::data::{PERIOD, PREVIOUS, PREVIOUS_PERIOD};
use impala_core::number_format::NumberFormat;
use impala_core::term::TimeUnit;

use crate::format::{self, number, time};
use crate::layout::note::Note;
use crate::scene::Tone;

/// Words in one tone.
pub(super) type Piece = (String, Tone);

/// Where something stands, from the number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    Beside,
    Below,
    #[default]
    Nowhere,
}

/// Which of the words are there, and where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wording {
    pub period: Place,
    pub change: Place,
    /// Whether it is said what the change is from.
    pub has_before: bool,
}

impl Wording {
    /// What is said, wherever it stands.
    pub fn says(self) -> (bool, bool, bool) {
        (self.period != Place::Nowhere, self.change != Place::Nowhere, self.has_before)
    }
}

/// All ways to say it, those that say most first.
const WORDINGS: [Wording; 10] = {
    use Place::{Below, Beside, Nowhere};
    const fn wording(period: Place, change: Place, has_before: bool) -> Wording {
        Wording { period, change, has_before }
    }
    [
        wording(Beside, Beside, true),
        wording(Beside, Below, true),
        wording(Below, Below, true),
        wording(Beside, Below, false),
        wording(Beside, Beside, false),
        wording(Below, Below, false),
        wording(Beside, Nowhere, false),
        wording(Below, Nowhere, false),
        wording(Nowhere, Beside, false),
        wording(Nowhere, Below, false),
    ]
};

/// What is to be said beside a number.
pub(super) struct Aside {
    /// The period that it is of: `2015`.
    pub period: Option<String>,
    change: Option<Piece>,
    /// The period before.
    before: Option<String>,
}

impl Aside {
    /// What the answer says. Without a comparison that is nothing; answers that were kept from before have no periods.
    pub fn of(metric: &Metric, data: &BlockData) -> Self {
        let Some(compare) = &metric.compare else { return Self { period: None, change: None, before: None } };
        // The value itself may be called like any of them.
        let number =
            |name: &str| data.columns.iter().skip(1).find(|column| column.name == name)?.values.number(0);
        let period = |name| Some(period(compare.time_unit?, number(name)?));
        let now = data.columns.first().map(|column| column.values.number(0));
        let change = now.map(|now| change(metric.format.as_ref(), now, number(PREVIOUS)));
        Self { period: period(PERIOD), change, before: period(PREVIOUS_PERIOD) }
    }

    /// The ways to say it, those that say most first.
    pub fn wordings(&self) -> impl Iterator<Item = Wording> {
        let has_period = self.period.is_some();
        WORDINGS.into_iter().filter(move |wording| has_period || wording.period == Place::Nowhere)
    }

    /// Behind the number: ` · 2015`.
    pub fn behind(&self, wording: Wording) -> Vec<Piece> {
        let period = self.period.as_ref().filter(|_| wording.period == Place::Beside);
        period.map(|period| (format!(" · {period}"), Tone::Muted)).into_iter().collect()
    }

    /// On the line of the number: `▼ 7.6% vs 2014`.
    pub fn ending(&self, wording: Wording) -> Vec<Piece> {
        if wording.change == Place::Beside { self.changed(wording) } else { Vec::new() }
    }

    /// Below the number: `2015   ▼ 7.6% vs 2014`.
    pub fn below(&self, wording: Wording) -> Vec<Piece> {
        let period = self.period.as_ref().filter(|_| wording.period == Place::Below);
        let mut pieces: Vec<Piece> = period.map(|period| (period.clone(), Tone::Muted)).into_iter().collect();
        let changed = if wording.change == Place::Below { self.changed(wording) } else { Vec::new() };
        pieces.extend(if pieces.is_empty() { changed } else { after_gap(changed) });
        pieces
    }

    fn changed(&self, wording: Wording) -> Vec<Piece> {
        let before = self.before.as_ref().filter(|_| wording.has_before);
        let before = before.map(|before| (format!(" vs {before}"), Tone::Muted));
        self.change.iter().cloned().chain(before).collect()
    }

    /// What a reader would miss most: the number is of one period, and there is no room to say so.
    pub fn lost_period(&self, wording: Wording) -> Note {
        match &self.period {
            Some(period) if wording.period == Place::Nowhere => {
                Note::from(format!("{period} only")).or(period.clone())
            }
            _ => Note::NONE,
        }
    }

    /// All of it on one line: `2015, ▼ 7.6% vs 2014`.
    pub fn in_words(&self) -> String {
        let all = Wording { has_before: true, ..Wording::default() };
        let change: String = self.changed(all).into_iter().map(|(text, _)| text).collect();
        let words = [self.period.clone().unwrap_or_default(), change];
        words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

/// Pieces behind others.
pub(super) fn after_gap(mut pieces: Vec<Piece>) -> Vec<Piece> {
    if let Some((text, _)) = pieces.first_mut() {
        text.insert_str(0, "   ");
    }
    pieces
}

/// Columns of a terminal that pieces take.
pub(super) fn width(pieces: &[Piece]) -> usize {
    pieces.iter().map(|(text, _)| format::width(text)).sum()
}

/// The period that begins at a number of seconds.
fn period(unit: TimeUnit, start: f64) -> String {
    let label = time::unit_label(unit, start);
    if unit == TimeUnit::YearWeek { format!("week of {label}") } else { label }
}

/// The change from one value to another in words, `▲ 12%`.
pub(crate) fn between(metric: &Metric, now: Option<f64>, before: Option<f64>) -> String {
    change(metric.format.as_ref(), now, before).0
}

fn change(format: Option<&NumberFormat>, now: Option<f64>, before: Option<f64>) -> Piece {
    let muted = |text: &str| (text.to_owned(), Tone::Muted);
    let (now, before) = match (now, before) {
        (Some(now), Some(before)) => (now, before),
        (None, Some(_)) => return muted("nothing now"),
        (_, None) => return muted("nothing before"),
    };
    if now == before {
        return muted("= unchanged");
    }
    let arrow = if now > before { "▲" } else { "▼" };
    let tone = if now > before { Tone::Rise } else { Tone::Fall };
    let share = (now - before) / before.abs();
    let size = if share.is_finite() {
        percent(share.abs(), now.signum() == before.signum())
    } else {
        number::one((now - before).abs(), format)
    };
    (format!("{arrow} {size}"), tone)
}

/// `0.4%`, `12%`, `×15` for what more than tenfolds; a number on the other side of zero is no multiple.
fn percent(share: f64, is_multiple: bool) -> String {
    match share {
        share if share >= 9.995 && is_multiple => format!("×{}", number::one((share + 1.0).round(), None)),
        share if share >= 9.995 => format!("{}%", number::one((share * 100.0).round(), None)),
        share if share < 0.0995 => format!("{:.1}%", share * 100.0),
        share => format!("{:.0}%", share * 100.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_written_short() {
        let check = |share, expected: &str| assert_eq!(percent(share, true), expected);
        check(0.004, "0.4%");
        check(0.125, "12%");
        check(1.0, "100%");
        check(14.0, "×15");
        assert_eq!(percent(14.0, false), "1,400%");
    }

    #[test]
    fn only_numbers_of_one_sign_are_multiples() {
        let check = |before, now, expected: &str| {
            assert_eq!(change(None, Some(now), Some(before)).0, expected, "{before} to {now}");
        };
        check(100.0, -900.0, "▼ 1,000%");
        check(-100.0, 900.0, "▲ 1,000%");
        check(-100.0, -2_000.0, "▼ ×20");
        check(100.0, 2_000.0, "▲ ×20");
        check(-100.0, -50.0, "▲ 50%");
        check(0.0, -3.0, "▼ 3");
    }
}
