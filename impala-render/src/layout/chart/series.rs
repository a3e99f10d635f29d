//! The series of a chart: one for each value of its color.

use std::collections::HashMap;

use impala_core::block::ChartMark;

use super::View;
use super::bands::Bands;
use super::field::{Field, Kind};
use super::legend::Legend;
use crate::format::number;
use crate::layout::note::Note;
use crate::scale::Linear;
use crate::scene::Tone;
use crate::theme;

/// What color means in a chart.
pub struct Series {
    /// Names in the order of the legend; one, without a name, when nothing is colored.
    pub labels: Vec<String>,
    /// The tone of each.
    pub tones: Vec<Tone>,
    of_row: HashMap<usize, usize>,
    /// For numbers: the scale of their tones.
    scale: Option<Linear>,
    title: String,
    ends: Option<(String, String)>,
}

impl Series {
    /// The series of a chart over the rows of all its parts.
    pub fn of(view: &View) -> Self {
        let rows: Vec<usize> = view.parts.concat();
        let Some(color) = Field::of(view.chart.encoding.color.as_ref(), view.data) else {
            return Self::one();
        };
        let bands = Bands::of(&color, &rows, None, true);
        // A line or area runs through the rows of one color, so there each value is a series: a year, a bin, a number.
        let is_run = matches!(view.chart.mark, ChartMark::Line | ChartMark::Area);
        let is_graded = color.kind() != Kind::Names && !color.is_binned() && !is_run;
        let is_scale = is_graded || color.is_aggregate();
        let scale = (is_scale
            && color.column.values.column_type() != impala_core::source::ColumnType::String)
            .then(|| Linear::over(rows.iter().filter_map(|row| color.number(*row)), false));
        let tones = (0..bands.len()).map(|index| match (scale, bands.numbers[index]) {
            (Some(scale), Some(number)) => Tone::heat(scale.share(number)),
            _ => Tone::series(index),
        });
        let ends = scale.map(|scale| color.write_ends(scale));
        let ends = if color.kind() == Kind::Time { ends_of(&bands) } else { ends };
        Self {
            tones: tones.collect(),
            labels: bands.labels,
            of_row: bands.of_row,
            scale,
            title: color.title(),
            ends: ends.filter(|_| scale.is_some()),
        }
    }

    fn one() -> Self {
        Self {
            labels: vec![String::new()],
            tones: vec![Tone::Series(0)],
            of_row: HashMap::new(),
            scale: None,
            title: String::new(),
            ends: None,
        }
    }

    /// The series of a row.
    pub fn of_row(&self, row: usize) -> usize {
        self.of_row.get(&row).copied().unwrap_or(0)
    }

    /// The tone of a row.
    pub fn tone_of_row(&self, row: usize) -> Tone {
        self.tones.get(self.of_row(row)).copied().unwrap_or_default()
    }

    /// Fits a scale of numbers to what is drawn: where values share a place that is more than the answer holds.
    pub fn rescale(&mut self, color: &Field, values: impl Iterator<Item = f64>) {
        if self.scale.is_some() && color.kind() == Kind::Number {
            let scale = Linear::over(values, false);
            self.scale = Some(scale);
            self.ends = Some(color.write_ends(scale));
        }
    }

    /// The tone of rows that share a place: that of their value on a scale, otherwise that of most of them.
    pub fn tone_of_rows(&self, rows: &[usize], value: Option<f64>) -> Tone {
        if let (Some(scale), Some(value)) = (self.scale, value) {
            return Tone::heat(scale.share(value));
        }
        let mut votes = vec![0_usize; self.len()];
        for row in rows {
            votes[self.of_row(*row)] += 1;
        }
        rows.iter()
            .max_by_key(|row| votes[self.of_row(**row)])
            .map_or(Tone::default(), |row| self.tone_of_row(*row))
    }

    /// What the color of rows that share a place says, in words: `; rows: 12`; empty where nothing is colored.
    pub fn words_of_rows(&self, rows: &[usize], value: Option<f64>, color: Option<&Field>) -> String {
        match (rows, color, value) {
            _ if self.title.is_empty() => String::new(),
            ([row], ..) => format!("; {}: {}", self.title, self.labels[self.of_row(*row)]),
            (_, Some(color), Some(value)) if color.kind() == Kind::Number => {
                format!("; {}: {}", self.title, color.write_measured(value))
            }
            _ => String::new(),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether color means numbers rather than names.
    pub fn is_scale(&self) -> bool {
        self.scale.is_some()
    }

    /// Whether each has a name, as something is colored; a filter may have left a single one.
    pub fn is_named(&self) -> bool {
        self.labels.iter().any(|label| !label.is_empty())
    }

    /// Whether there is more than one.
    pub fn is_several(&self) -> bool {
        self.len() > 1
    }

    /// That colors repeat, where there are more series than colors.
    pub fn note(&self) -> Note {
        let count = self.len();
        if self.is_scale() || count <= theme::SERIES_COLORS {
            return Note::NONE;
        }
        let colors = theme::SERIES_COLORS;
        Note::from(format!("{} series in {colors} colors, which repeat", number::whole(count as u64)))
            .or("colors repeat")
    }

    /// What the legend shows; nothing when nothing is colored.
    pub fn legend(&self, is_filled: bool) -> Legend {
        match &self.ends {
            Some((low, high)) => {
                Legend::Scale { title: self.title.clone(), low: low.clone(), high: high.clone() }
            }
            None if self.is_named() => {
                Legend::Names { names: self.labels.clone(), tones: self.tones.clone(), is_filled }
            }
            None => Legend::None,
        }
    }
}

fn ends_of(bands: &Bands) -> Option<(String, String)> {
    Some((bands.labels.first()?.clone(), bands.labels.last()?.clone()))
}
