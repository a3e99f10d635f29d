//! Boxplots: three layers over the five numbers of each group, since those are what came back.

use impala_core::query::boxplot_terms;
use serde_json::{Map, Value, json};

use super::channels::{Channels, Use};
use super::table;
use crate::layout::chart::boxplot;

/// Whiskers, boxes and medians.
pub fn unit(channels: &Channels) -> Value {
    let encoding = &channels.chart.encoding;
    let axis = boxplot::value_axis(channels.chart, channels.data);
    let (value, category, other) =
        if axis == "y" { (&encoding.y, &encoding.x, "x") } else { (&encoding.x, &encoding.y, "y") };
    let name = value.as_ref().and_then(|value| value.field.clone()).unwrap_or_default();
    let title = value.as_ref().and_then(|value| value.title.clone()).unwrap_or_else(|| name.clone());
    let [low, q1, median, q3, high] =
        boxplot_terms(&name).map(|term| table::key(channels.data, &term.to_string()));
    let mut shared = Map::new();
    if let Some(field) = channels.field(category.as_ref()) {
        shared.insert(other.to_owned(), Value::Object(channels.definition(&field, Use::Category)));
    }
    if let Some(field) = channels.field(encoding.color.as_ref()) {
        let mut color = channels.definition(&field, Use::Category);
        color.remove("axis");
        shared.insert("color".to_owned(), Value::Object(color));
    }
    let end = format!("{axis}2");
    let layer = |mark: Value, from: &str, to: Option<&str>| {
        let mut own = Map::new();
        own.insert(
            axis.to_owned(),
            json!({"field": from, "type": "quantitative", "title": title, "scale": {"zero": false}}),
        );
        if let Some(to) = to {
            own.insert(end.clone(), json!({ "field": to }));
        }
        json!({"mark": mark, "encoding": own})
    };
    let mut middle = layer(json!({"type": "tick", "size": 14, "thickness": 2}), &median, None);
    middle["encoding"]["color"] = json!({"value": "white"});
    json!({
        "encoding": shared,
        "layer": [
            layer(json!({"type": "rule"}), &low, Some(&high)),
            layer(json!({"type": "bar", "size": 14, "tooltip": {"content": "data"}}), &q1, Some(&q3)),
            middle,
        ],
    })
}
