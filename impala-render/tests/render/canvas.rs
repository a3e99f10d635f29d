//! Whole canvases: the grid, the header, narrow stacking.

use std::collections::BTreeMap;

use impala_core::api::BlockAnswer;
use impala_core::{Canvas, document};
use impala_render::grid_column;
use insta::assert_snapshot;
use proptest::prelude::*;

use crate::support::*;

fn canvas() -> Canvas {
    let yaml = "
apiVersion: impala/v1
kind: Canvas
metadata: {slug: seattle, title: Seattle weather, description: What falls from the sky and when.}
spec:
  parameters:
    - {name: since, title: Since, type: date, default: 2012-01-01}
  blocks:
    - {id: intro, type: text, at: {x: 0, y: 0, w: 24, h: 3}, markdown: \"## Day by day\\nFrom **{{since}}** on, {{wettest}} fell on the wettest day.\"}
    - {id: wettest, type: metric, at: {x: 0, y: 3, w: 8, h: 5}, title: Wettest day, source: weather, value: {aggregate: max, field: rain}, format: '{:.1} mm'}
    - {id: monthly, type: chart, at: {x: 8, y: 3, w: 16, h: 12}, title: Rain by month, source: weather, mark: bar, encoding: {x: {field: date, timeUnit: yearmonth}, y: {aggregate: sum, field: rain}}}
    - {id: days, type: table, at: {x: 0, y: 8, w: 8, h: 7}, title: Days, source: weather}
    - {id: failing, type: chart, at: {x: 0, y: 16, w: 24, h: 5}, title: Fails, source: weather, mark: line, encoding: {x: {field: date}, y: {field: rian}}}
";
    document::read_canvas(&document::from_yaml(yaml).expect(yaml)).unwrap_or_else(|error| panic!("{error}"))
}

fn answers() -> BTreeMap<String, BlockAnswer> {
    let monthly = vec![dates("yearmonth(date)", months(36)), decimals("sum(rain)", (0..36).map(wave))];
    let days = vec![texts("weather", &["rain", "sun", "fog"]), integers("count()", [641, 640, 101])];
    BTreeMap::from([
        ("wettest".to_owned(), answer(vec![decimals("max(rain)", [55.9])])),
        ("monthly".to_owned(), answer(monthly)),
        ("days".to_owned(), answer(days)),
        ("failing".to_owned(), problem("\"rian\" is not a column of weather; did you mean \"rain\"?")),
    ])
}

#[test]
fn blocks_stand_on_the_grid() {
    for width in [80, 120, 200] {
        assert_snapshot!(format!("canvas_{width}"), canvas_drawn(&canvas(), &answers(), width));
    }
}

#[test]
fn under_60_columns_blocks_stack() {
    assert_snapshot!("canvas_50", canvas_drawn(&canvas(), &answers(), 50));
}

#[test]
fn answers_may_be_missing() {
    assert!(canvas_drawn(&canvas(), &BTreeMap::new(), 80).contains("Rain by month"));
}

#[test]
fn a_canvas_without_blocks_says_so() {
    let drawn = canvas_drawn(&Canvas::new("empty", ""), &BTreeMap::new(), 80);
    assert_eq!(drawn, "empty\nThis canvas has no blocks yet.\n");
}

#[test]
fn no_line_is_wider_than_the_picture() {
    for width in (0..130).step_by(7) {
        let drawn = canvas_drawn(&canvas(), &answers(), width);
        for line in drawn.lines() {
            assert!(impala_render::format::width(line) <= usize::from(width), "{width}: {line}");
        }
    }
}

proptest! {
    #[test]
    fn neighbours_on_the_grid_meet(x in 0..24u32, width in 24..400u16) {
        prop_assert!(grid_column(x, width) < grid_column(x + 1, width));
        prop_assert_eq!((grid_column(0, width), grid_column(24, width)), (0, width));
    }
}
