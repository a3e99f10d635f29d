//! A box of a boxplot in words: short, so that all of its figures are read on a narrow terminal.

use impala_core::block::ChartMark;
use impala_core::data::Column;
use impala_core::number_format::{group_thousands, trimmed};
use impala_core::query::{boxplot_counts, boxplot_terms};
use impala_core::term::Term;
use impala_core::{Block, BlockData, BlockKind};
use impala_render::format;

use super::cursor;

/// What the five figures are called, least first.
const NAMES: [&str; 5] = ["min", "q1", "median", "q3", "max"];

/// Columns of a group's name at most.
const GROUP_COLS: usize = 20;

/// The group, its figures, of what they are, and of how many rows: `Gentoo · min 40.9 · q1 45.3 · median 47.3 · q3 49.55 · max 59.6 ·
/// bill · 123 of 124 rows`. `None` for a block that shows no boxes.
pub(super) fn parts(block: &Block, data: &BlockData, row: usize) -> Option<Vec<String>> {
    let BlockKind::Chart(chart) = &block.kind else { return None };
    if chart.mark != ChartMark::Boxplot {
        return None;
    }
    let fields = [&chart.encoding.x, &chart.encoding.y].into_iter().flatten();
    let named = |term: &Term| data.column(&term.to_string());
    let mut measured = fields.filter_map(|channel| {
        let field = channel.field.as_deref()?;
        Some((field, boxplot_terms(field).iter().map(named).collect::<Option<Vec<&Column>>>()?))
    });
    let (field, five) = measured.next()?;
    let counts = boxplot_counts(field).map(|term| named(&term));
    let is_figure = |column: &&Column| {
        let is = |other: &&Column| std::ptr::eq(*other, *column);
        five.iter().any(is) || counts.iter().flatten().any(is)
    };
    let groups = data.columns.iter().filter(|column| !is_figure(column));
    let mut parts: Vec<String> =
        groups.map(|column| format::cut(&cursor::words(column, row), GROUP_COLS)).collect();
    let figure = |column: &Column| column.values.number(row).map_or_else(|| "–".to_owned(), trimmed);
    parts.extend(NAMES.iter().zip(&five).map(|(name, column)| format!("{name} {}", figure(column))));
    parts.push(field.to_owned());
    parts.extend(rows(counts, row));
    Some(parts)
}

/// `123 of 124 rows`, or `124 rows` where all have a value. Answers that were kept from before have no counts.
fn rows(counts: [Option<&Column>; 2], row: usize) -> Option<String> {
    let [all, valued] = counts.map(|column| column?.values.number(row));
    let (all, valued) = (all?, valued?);
    let rows = format::count(all as u64, "row");
    Some(if valued < all { format!("{} of {rows}", group_thousands(&valued.to_string())) } else { rows })
}

#[cfg(test)]
mod tests {
    use impala_core::data::Values;
    use impala_core::document;

    use super::*;

    /// The two kinds of penguins whose names are longest.
    fn bills() -> BlockData {
        let numbers =
            |name: &str, values: [f64; 2]| Column::new(name, Values::Decimal(values.map(Some).to_vec()));
        let names = ["Chinstrap", "Gentoo"].map(|name| Some(name.to_owned())).to_vec();
        let data = serde_json::json!({
            "columns": [], "rows_shown": 2, "rows_total": 2, "truncated": false, "rows_scanned": 344,
            "sources": ["penguins@1"], "computed_at": "2026-01-01T00:00:00Z", "elapsed_ms": 1, "cached": false,
        });
        let mut data: BlockData = serde_json::from_value(data).expect("an answer");
        data.columns = vec![
            Column::new("species", Values::String(names)),
            numbers("min(bill_length_mm)", [40.9, 40.9]),
            numbers("q1(bill_length_mm)", [46.35, 45.3]),
            numbers("median(bill_length_mm)", [49.55, 47.3]),
            numbers("q3(bill_length_mm)", [51.075, 49.55]),
            numbers("max(bill_length_mm)", [58.0, 59.6]),
            numbers("count()", [68.0, 124.0]),
            numbers("count(bill_length_mm)", [68.0, 123.0]),
        ];
        data
    }

    #[test]
    fn all_figures_of_a_box_are_read_on_80_columns() {
        let yaml = "{id: a, type: chart, source: s, mark: boxplot, encoding: {x: {field: species}, y: {field: bill_length_mm}}}";
        let block = document::read_block(&document::from_yaml(yaml).expect(yaml)).expect(yaml);
        let line = |row| parts(&block, &bills(), row).expect("a box").join(" · ");
        assert_eq!(
            line(1),
            "Gentoo · min 40.9 · q1 45.3 · median 47.3 · q3 49.55 · max 59.6 · bill_length_mm · 123 of 124 rows"
        );
        assert!(line(0).ends_with(" · 68 rows"), "{}", line(0));
        for row in 0..2 {
            assert!(format::cut(&line(row), 78).contains("max 5"), "{}", line(row));
        }
        let bar = yaml.replace("boxplot", "bar");
        let bar = document::read_block(&document::from_yaml(&bar).expect("YAML")).expect("a block");
        assert_eq!(parts(&bar, &bills(), 0), None);
    }
}
