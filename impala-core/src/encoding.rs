//! Encodings: which field decides what of a chart's marks, in the words of Vega-Lite.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::block::ChartMark;
use crate::error::FieldError;
use crate::number_format::NumberFormat;
use crate::term::{Aggregate, Bin, Term, TimeUnit};

/// The channels of a chart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Encoding {
    /// Place along the horizontal axis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<Channel>,
    /// Place along the vertical axis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<Channel>,
    /// Color: one series a value, or for numbers a scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Channel>,
    /// Size of points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Channel>,
    /// One small chart a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facet: Option<Channel>,
    /// Shown on demand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tooltip: Vec<Channel>,
}

impl Encoding {
    /// The channels that are there, with their names, in the order x, y, color, size, facet, tooltip.
    pub fn channels(&self) -> impl Iterator<Item = (&'static str, &Channel)> {
        [("x", &self.x), ("y", &self.y), ("color", &self.color), ("size", &self.size), ("facet", &self.facet)]
            .into_iter()
            .filter_map(|(name, channel)| channel.as_ref().map(|channel| (name, channel)))
            .chain(self.tooltip.iter().map(|channel| ("tooltip", channel)))
    }

    pub(crate) fn check(&self, mark: ChartMark, pointer: &str, errors: &mut Vec<FieldError>) {
        let pointer = format!("{pointer}/encoding");
        if self.x.is_none() && self.y.is_none() {
            errors.push(FieldError::at(&pointer, "needs x or y: where the marks stand"));
        }
        let mut tooltips = 0;
        for (name, channel) in self.channels() {
            let pointer = match name {
                "tooltip" => {
                    tooltips += 1;
                    format!("{pointer}/tooltip/{}", tooltips - 1)
                }
                name => format!("{pointer}/{name}"),
            };
            channel.check(&pointer, errors);
        }
        let aggregates = |channel: &Option<Channel>| channel.as_ref().is_some_and(|c| c.aggregate.is_some());
        if aggregates(&self.x) && aggregates(&self.y) && matches!(mark, ChartMark::Bar | ChartMark::Boxplot) {
            let detail = format!("a {} has an aggregate on x or on y, not on both", mark.as_str());
            errors.push(FieldError::at(&pointer, detail));
        }
        match mark {
            ChartMark::Boxplot => {
                for (name, _) in self.channels().filter(|(_, channel)| channel.aggregate.is_some()) {
                    let detail = "a boxplot makes its own quartiles; leave the aggregate out";
                    errors.push(FieldError::at(format!("{pointer}/{name}/aggregate"), detail));
                }
            }
            ChartMark::Bar | ChartMark::Line | ChartMark::Area | ChartMark::Rect
                if self.x.is_none() || self.y.is_none() =>
            {
                let detail = format!("a {} needs x and y", mark.as_str());
                if self.x.is_some() || self.y.is_some() {
                    errors.push(FieldError::at(&pointer, detail));
                }
            }
            _ => {}
        }
    }
}

/// One channel: a field or a value made of it, and how it is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// One value for each group of rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregate: Option<Aggregate>,
    /// Name of a column of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Cuts dates and datetimes.
    #[serde(default, rename = "timeUnit", skip_serializing_if = "Option::is_none")]
    pub time_unit: Option<TimeUnit>,
    /// `true`, or `{maxbins: 30}`: cuts numbers into bins.
    #[serde(
        default,
        deserialize_with = "bin_from",
        serialize_with = "bin_to",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<BinChoice>))]
    pub bin: Option<Bin>,
    /// How the values are read; inferred from the column when left out.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub field_type: Option<FieldType>,
    /// For bars and areas with color: `zero` (the default), `normalize` (shares of 1) or `none` (bars side by side,
    /// areas over each other).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<Stack>,
    /// Order of the values along the axis: `ascending` (the default), `descending`, or by the other axis: `x`, `-x`, `y`, `-y`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<Sort>,
    /// Title of the axis or legend; made from the term when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How its numbers are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<NumberFormat>,
}

/// `bin` as people write it.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged, expecting = "expected true, false or {maxbins: N}")]
enum BinChoice {
    Switch(bool),
    Bin(Bin),
}

fn bin_from<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Bin>, D::Error> {
    Ok(match Option::<BinChoice>::deserialize(deserializer)? {
        None | Some(BinChoice::Switch(false)) => None,
        Some(BinChoice::Switch(true)) => Some(Bin::default()),
        Some(BinChoice::Bin(bin)) => Some(bin),
    })
}

#[expect(clippy::ref_option, reason = "the signature is serde's")]
fn bin_to<S: Serializer>(bin: &Option<Bin>, serializer: S) -> Result<S::Ok, S::Error> {
    match bin {
        None => serializer.serialize_none(),
        Some(bin) if *bin == Bin::default() => serializer.serialize_bool(true),
        Some(bin) => bin.serialize(serializer),
    }
}

impl Channel {
    /// What it asks of the source: its short form. `None` when it names neither field nor `count`.
    pub fn term(&self) -> Option<Term> {
        match (self.aggregate, &self.field) {
            (Some(aggregate), field) => Some(Term::Aggregate(aggregate, field.clone())),
            (None, None) => None,
            (None, Some(field)) => Some(match (self.time_unit, self.bin) {
                (Some(unit), _) => Term::TimeUnit(unit, field.clone()),
                (None, Some(bin)) => Term::Bin(bin, field.clone()),
                (None, None) => Term::Field(field.clone()),
            }),
        }
    }

    /// What it is called: its title, or what it asks in words.
    pub fn title(&self) -> String {
        self.title.clone().or_else(|| self.term().map(|term| term.words())).unwrap_or_default()
    }

    /// What to write beside its axis where the values say their unit of time or their bins by themselves: the field alone.
    pub fn axis_title(&self) -> String {
        let is_cyclic = self.time_unit.is_some_and(|unit| unit.is_cyclic());
        let is_cut = self.bin.is_some() || self.time_unit.is_some() && !is_cyclic;
        match (&self.title, &self.field) {
            (None, Some(field)) if is_cut => field.clone(),
            _ => self.title(),
        }
    }

    pub(crate) fn check(&self, pointer: &str, errors: &mut Vec<FieldError>) {
        let mut fail = |field: &str, detail: String| {
            errors.push(FieldError::at(format!("{pointer}{field}"), detail));
        };
        match (self.aggregate, &self.field) {
            (None, None) => {
                fail("", "names no field; give \"field\", or \"aggregate\": \"count\"".to_owned());
            }
            (Some(aggregate), None) if aggregate != Aggregate::Count => {
                fail("/field", format!("{} needs a field", aggregate.as_str()));
            }
            (_, Some(field)) if field.is_empty() => fail("/field", "names no field".to_owned()),
            _ => {}
        }
        let made_of = [self.aggregate.is_some(), self.time_unit.is_some(), self.bin.is_some()];
        if made_of.iter().filter(|is_given| **is_given).count() > 1 {
            fail("", "takes one of aggregate, timeUnit and bin".to_owned());
        }
        if self.bin.is_some_and(|bin| bin.maxbins == 0 || bin.maxbins > Bin::MAX) {
            fail("/bin/maxbins", format!("is 1 to {}", Bin::MAX));
        }
    }
}

impl From<Term> for Channel {
    fn from(term: Term) -> Self {
        match term {
            Term::Field(field) => Self { field: Some(field), ..Self::default() },
            Term::TimeUnit(unit, field) => {
                Self { field: Some(field), time_unit: Some(unit), ..Self::default() }
            }
            Term::Bin(bin, field) => Self { field: Some(field), bin: Some(bin), ..Self::default() },
            Term::Aggregate(aggregate, field) => {
                Self { aggregate: Some(aggregate), field, ..Self::default() }
            }
        }
    }
}

/// How a channel's values are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    /// Numbers along a scale.
    Quantitative,
    /// Instants along a time scale.
    Temporal,
    /// Names with an order.
    Ordinal,
    /// Names.
    Nominal,
}

/// How bars or areas of several series stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Stack {
    /// On top of each other, from zero.
    Zero,
    /// As shares of the whole.
    Normalize,
    /// Bars side by side, areas over each other.
    None,
}

/// Order of values along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Sort {
    /// By value, least first.
    #[serde(rename = "ascending")]
    Ascending,
    /// By value, greatest first.
    #[serde(rename = "descending")]
    Descending,
    /// By what stands on x, least first.
    #[serde(rename = "x")]
    X,
    /// By what stands on x, greatest first.
    #[serde(rename = "-x")]
    XDescending,
    /// By what stands on y, least first.
    #[serde(rename = "y")]
    Y,
    /// By what stands on y, greatest first.
    #[serde(rename = "-y")]
    YDescending,
}
