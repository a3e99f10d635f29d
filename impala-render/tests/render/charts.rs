//! One picture or more for each mark.

use impala_core::api::BlockAnswer;
use impala_core::data::Column;
use impala_render::{Ink, layout_block};
use insta::assert_snapshot;

use crate::support::*;

const KINDS: [&str; 3] = ["fog", "rain", "sun"];

fn chart(mark: &str, encoding: &str) -> String {
    format!("type: chart, title: A chart, source: weather, mark: {mark}, encoding: {{{encoding}}}")
}

/// So many months times three kinds of weather.
fn by_kind(count: i64) -> BlockAnswer {
    let all: Vec<(i64, usize)> = (0..count).flat_map(|month| (0..3).map(move |kind| (month, kind))).collect();
    let first_days: Vec<_> = months(count).collect();
    answer(vec![
        dates("yearmonth(date)", all.iter().map(|(month, _)| first_days[*month as usize])),
        decimals(
            "sum(rain)",
            all.iter().map(|(month, kind)| wave(month + *kind as i64 * 4) * (*kind as f64 + 1.0)),
        ),
        texts("kind", &all.iter().map(|(_, kind)| KINDS[*kind]).collect::<Vec<_>>()),
    ])
}

const BY_MONTH: &str = "x: {field: date, timeUnit: yearmonth}, y: {aggregate: sum, field: rain}";

fn with_color(stack: &str) -> String {
    format!(
        "x: {{field: date, timeUnit: yearmonth}}, y: {{aggregate: sum, field: rain, stack: {stack}}}, color: {{field: kind}}"
    )
}

fn counts() -> BlockAnswer {
    answer(vec![
        texts("kind", &["drizzle", "fog", "rain", "snow", "sun"]),
        integers("count()", [53, 101, 641, 26, 640]),
    ])
}

#[test]
fn bars_of_names() {
    let upright = chart("bar", "x: {field: kind}, y: {aggregate: count}");
    assert_snapshot!("bar", drawn(&upright, &counts(), (60, 14)));
    let sideways = chart("bar", "y: {field: kind, sort: -x}, x: {aggregate: count}");
    assert_snapshot!("bar_sideways", drawn(&sideways, &counts(), (60, 14)));
    assert_snapshot!("bar_sideways_tall", drawn(&sideways, &counts(), (60, 26)));
    assert_snapshot!("bar_ascii", ascii(&layout_block(&block(&sideways), Some(&counts()), 60, 14)));
    let descending = chart("bar", "x: {field: kind, sort: -y}, y: {aggregate: count}");
    assert_snapshot!("bar_sorted", drawn(&descending, &counts(), (60, 14)));
}

#[test]
fn bars_of_several_series() {
    assert_snapshot!("bar_stacked", drawn(&chart("bar", &with_color("zero")), &by_kind(12), (70, 16)));
    assert_snapshot!("bar_shares", drawn(&chart("bar", &with_color("normalize")), &by_kind(12), (70, 16)));
    assert_snapshot!("bar_grouped", drawn(&chart("bar", &with_color("none")), &by_kind(6), (70, 16)));
    let scene = layout_block(&block(&chart("bar", &with_color("zero"))), Some(&by_kind(6)), 50, 12);
    assert_snapshot!("bar_stacked_ascii", ascii(&scene));
    assert_snapshot!("bar_stacked_16", ansi(&scene, Ink::Ansi16));
    assert_snapshot!("bar_stacked_true", ansi(&scene, Ink::TrueColor));
}

#[test]
fn all_stacks_that_lie_have_their_total() {
    let parts = answer(vec![
        texts("kind", &["fog", "fog", "rain", "sun", "sun"]),
        texts("place", &["north", "south", "north", "north", "south"]),
        integers("count()", [10, 5, 7, 1_500, 900]),
    ]);
    let yaml = |stack: &str| {
        chart("bar", &format!("y: {{field: kind}}, x: {{aggregate: count{stack}}}, color: {{field: place}}"))
    };
    let text = drawn(&yaml(""), &parts, (60, 14));
    for (kind, total) in [("fog", " 15 "), ("rain", " 7 "), ("sun", " 2,400 ")] {
        let line = text.lines().find(|line| line.contains(&format!("{kind}│"))).expect(&text);
        assert!(line.contains(total), "{text}");
    }
    let beside = drawn(&yaml(", stack: none"), &parts, (60, 14));
    assert!(!beside.contains(" 7 ") && !beside.contains(" 10 "), "{beside}");
}

#[test]
fn bars_below_zero() {
    let changes = answer(vec![
        integers("month(date)", 1..=12),
        decimals("mean(change)", [1.5, -2.2, 3.1, 0.4, -0.3, -4.0, 2.0, 5.0, 1.0, -1.0, 0.0, 2.0]),
    ]);
    let upright = chart("bar", "x: {field: date, timeUnit: month}, y: {aggregate: mean, field: change}");
    assert_snapshot!("bar_negative", drawn(&upright, &changes, (64, 14)));
    let sideways = chart("bar", "y: {field: date, timeUnit: month}, x: {aggregate: mean, field: change}");
    assert_snapshot!("bar_negative_sideways", drawn(&sideways, &changes, (64, 18)));
    assert_snapshot!(
        "bar_negative_256",
        ansi(&layout_block(&block(&upright), Some(&changes), 50, 12), Ink::Ansi256)
    );
}

#[test]
fn histograms() {
    let bins =
        Column { bin_step: Some(5.0), ..decimals("bin(temp)", [-5.0, 0.0, 5.0, 10.0, 15.0, 25.0, 30.0]) };
    let answer = answer(vec![bins, integers("count()", [12, 60, 180, 400, 290, 120, 15])]);
    assert_snapshot!(
        "histogram",
        drawn(&chart("bar", "x: {field: temp, bin: true}, y: {aggregate: count}"), &answer, (60, 14))
    );
}

#[test]
fn lines() {
    assert_snapshot!("line", drawn(&chart("line", BY_MONTH), &by_kind_first(48), (80, 16)));
    let colored = chart("line", &format!("{BY_MONTH}, color: {{field: kind}}"));
    let scene = layout_block(&block(&colored), Some(&by_kind(24)), 80, 16);
    assert_snapshot!("line_series", unicode(&scene));
    assert_snapshot!("line_series_ascii", ascii(&scene));
    assert_snapshot!("line_series_16", ansi(&scene, Ink::Ansi16));
    assert_snapshot!(
        "line_ascii",
        ascii(&layout_block(&block(&chart("line", BY_MONTH)), Some(&by_kind_first(48)), 80, 14))
    );
}

/// Kinds of weather of which some hardly ever happen: their lines are one line.
fn rare_kinds() -> BlockAnswer {
    let kinds = ["drizzle", "fog", "rain", "snow", "sun"];
    let all: Vec<(i64, usize)> = (0..24).flat_map(|month| (0..5).map(move |kind| (month, kind))).collect();
    let first_days: Vec<_> = months(24).collect();
    let amount =
        |(month, kind): &(i64, usize)| if *kind == 2 { wave(*month) } else { (kind % 2) as f64 / 9.0 };
    answer(vec![
        dates("yearmonth(date)", all.iter().map(|(month, _)| first_days[*month as usize])),
        decimals("sum(rain)", all.iter().map(amount)),
        texts("kind", &all.iter().map(|(_, kind)| kinds[*kind]).collect::<Vec<_>>()),
    ])
}

#[test]
fn lines_under_others_are_counted_and_each_is_seen() {
    let yaml = chart("line", &format!("{BY_MONTH}, color: {{field: kind}}"));
    let scene = layout_block(&block(&yaml), Some(&rare_kinds()), 80, 14);
    assert_snapshot!("line_hidden", format!("{}\n{}", unicode(&scene), ansi(&scene, Ink::Ansi16)));
    let plot: String = ansi(&scene, Ink::Ansi16).lines().skip(2).take(8).collect();
    for tone in 0..5 {
        // What the swatch of the legend begins with.
        let colored = ansi(&scene, Ink::Ansi16);
        let swatches: Vec<&str> = colored.lines().nth(1).expect("a legend").split('●').collect();
        let color = swatches.get(tone).and_then(|before| before.rsplit('␛').next()).expect("a swatch");
        assert!(plot.contains(color), "{color} of {tone}: {colored}");
    }
    let small = chart("line", &format!("{BY_MONTH}, color: {{field: kind}}, facet: {{field: kind}}"));
    assert!(!drawn(&small, &rare_kinds(), (100, 20)).contains("under others"));
}

#[test]
fn a_line_for_each_year() {
    let yaml = chart(
        "line",
        "x: {field: date, timeUnit: month}, y: {aggregate: sum, field: rain}, color: {field: date, timeUnit: year}",
    );
    let count = 36;
    let years = months(count).map(|month| jiff::civil::date(month.year(), 1, 1));
    let answer = answer(vec![
        integers("month(date)", (0..count).map(|month| month % 12 + 1)),
        dates("year(date)", years),
        decimals("sum(rain)", (0..count).map(wave)),
    ]);
    assert_snapshot!("line_years", drawn(&yaml, &answer, (70, 14)));
}

/// One value a month.
fn by_kind_first(count: i64) -> BlockAnswer {
    answer(vec![dates("yearmonth(date)", months(count)), decimals("sum(rain)", (0..count).map(wave))])
}

#[test]
fn areas() {
    assert_snapshot!("area", drawn(&chart("area", BY_MONTH), &by_kind_first(48), (70, 14)));
    assert_snapshot!("area_stacked", drawn(&chart("area", &with_color("zero")), &by_kind(24), (70, 14)));
    assert_snapshot!("area_shares", drawn(&chart("area", &with_color("normalize")), &by_kind(24), (70, 14)));
    assert_snapshot!(
        "area_over_each_other",
        drawn(&chart("area", &with_color("none")), &by_kind(24), (70, 14))
    );
}

fn points(count: usize) -> Vec<Column> {
    let numbers: Vec<f64> = noise(count * 3).collect();
    let kinds: Vec<&str> = (0..count).map(|index| KINDS[index % 3]).collect();
    vec![
        decimals("temp", (0..count).map(|index| numbers[index * 3] * 40.0 - 5.0)),
        decimals("wind", (0..count).map(|index| numbers[index * 3] * 4.0 + numbers[index * 3 + 1] * 6.0)),
        decimals("rain", (0..count).map(|index| numbers[index * 3 + 2] * 60.0)),
        texts("kind", &kinds),
    ]
}

#[test]
fn clouds_of_points() {
    let plain = chart("point", "x: {field: temp}, y: {field: wind}");
    assert_snapshot!("point_few", drawn(&plain, &answer(points(30)), (60, 16)));
    assert_snapshot!("point_many", drawn(&plain, &answer(points(10_000)), (60, 16)));
    assert_snapshot!("point_ascii", ascii(&layout_block(&block(&plain), Some(&answer(points(400))), 60, 16)));
    let sized = chart("point", "x: {field: temp}, y: {field: wind}, size: {field: rain}");
    assert_snapshot!("point_sized", drawn(&sized, &answer(points(40)), (60, 16)));
    let colored = chart("point", "x: {field: temp}, y: {field: wind}, color: {field: kind}");
    assert_snapshot!("point_series", drawn(&colored, &answer(points(60)), (60, 16)));
    let scaled = chart("point", "x: {field: temp}, y: {field: wind}, color: {field: rain}");
    assert_snapshot!(
        "point_scale_256",
        ansi(&layout_block(&block(&scaled), Some(&answer(points(30))), 60, 12), Ink::Ansi256)
    );
    // Without colors the shades of the legend show the numbers.
    assert_snapshot!("point_scale", drawn(&scaled, &answer(points(30)), (60, 12)));
}

#[test]
fn ticks() {
    let yaml = chart("tick", "x: {field: temp}, y: {field: kind}");
    assert_snapshot!("tick", drawn(&yaml, &answer(points(60)), (60, 12)));
    assert_snapshot!("tick_alone", drawn(&chart("tick", "x: {field: temp}"), &answer(points(60)), (60, 9)));
}

/// Three names on y, of which each has one value, greater from name to name.
fn by_name() -> BlockAnswer {
    let numbers = [10.0, 20.0, 30.0];
    let mut columns = vec![texts("kind", &KINDS), decimals("rain", numbers)];
    for part in ["min", "q1", "median", "q3", "max"] {
        columns.push(decimals(&format!("{part}(rain)"), numbers));
    }
    answer(columns)
}

#[test]
fn what_stands_beside_a_name_is_its_own() {
    let symbols = |c: char| "•⠇⡇⢸⠸⡆┃█▒░".contains(c) || ('\u{2801}'..='\u{28ff}').contains(&c);
    for (mark, y) in [
        ("point", "{field: kind}"),
        ("tick", "{field: kind}"),
        ("boxplot", "{field: kind, type: nominal}"),
        ("bar", "{field: kind}"),
        ("rect", "{field: kind}"),
    ] {
        let yaml = chart(mark, &format!("x: {{field: rain, type: quantitative}}, y: {y}"));
        for height in 8..20 {
            let text = drawn(&yaml, &by_name(), (60, height));
            let last_mark = |name: &str| {
                let line = text.lines().find(|line| line.contains(&format!("{name}│"))).expect(&text);
                let inside = line.split_once(&format!("{name}│")).expect(name).1;
                inside.chars().enumerate().filter(|(_, c)| symbols(*c)).map(|(column, _)| column).last()
            };
            let places = KINDS.map(last_mark);
            assert!(places.iter().all(Option::is_some), "{mark} {height} {places:?}\n{text}");
            assert!(places.is_sorted_by(|a, b| a < b), "{mark} {height} {places:?}\n{text}");
        }
    }
}

fn heat() -> BlockAnswer {
    let all: Vec<(i64, i64)> = (0..24).flat_map(|hour| (1..=7).map(move |day| (hour, day))).collect();
    answer(vec![
        integers("hours(pickup)", all.iter().map(|(hour, _)| *hour)),
        integers("day(pickup)", all.iter().map(|(_, day)| *day)),
        integers("count()", all.iter().map(|(hour, day)| (wave(hour - 6) * 4.0) as i64 + day * 2)),
    ])
}

#[test]
fn heat_maps() {
    let yaml = chart(
        "rect",
        "x: {field: pickup, timeUnit: hours}, y: {field: pickup, timeUnit: day}, color: {aggregate: count}",
    );
    let scene = layout_block(&block(&yaml), Some(&heat()), 64, 13);
    assert_snapshot!("rect", unicode(&scene));
    assert_snapshot!("rect_ascii", ascii(&scene));
    assert_snapshot!("rect_256", ansi(&scene, Ink::Ansi256));
}

fn five() -> BlockAnswer {
    answer(vec![
        texts("species", &["Adelie", "Chinstrap", "Gentoo"]),
        decimals("min(mass)", [2_850.0, 2_700.0, 3_950.0]),
        decimals("q1(mass)", [3_350.0, 3_487.5, 4_700.0]),
        decimals("median(mass)", [3_700.0, 3_700.0, 5_000.0]),
        decimals("q3(mass)", [4_000.0, 3_950.0, 5_500.0]),
        decimals("max(mass)", [4_775.0, 4_800.0, 6_300.0]),
    ])
}

/// Bills of penguins, whose boxes are a row or two high in a chart of ordinary size.
#[test]
fn low_boxes_show_their_median_and_both_halves() {
    let bills = answer(vec![
        texts("species", &["Adelie", "Chinstrap", "Gentoo"]),
        decimals("min(bill)", [32.1, 40.9, 40.9]),
        decimals("q1(bill)", [36.75, 46.35, 45.3]),
        decimals("median(bill)", [38.8, 49.55, 47.3]),
        decimals("q3(bill)", [40.75, 51.075, 49.55]),
        decimals("max(bill)", [46.0, 58.0, 59.6]),
    ]);
    let upright = chart("boxplot", "x: {field: species}, y: {field: bill}");
    let sideways = chart("boxplot", "x: {field: bill, type: quantitative}, y: {field: species}");
    let sizes = [
        (&upright, (60, 14)),
        (&upright, (60, 10)),
        (&upright, (26, 12)),
        (&sideways, (60, 9)),
        (&sideways, (30, 12)),
    ];
    let pictures = sizes.map(|(yaml, size)| drawn(yaml, &bills, size));
    assert_snapshot!("boxplot_low", pictures.join("\n"));
}

/// Rows without a value, and those of a group that is null among bins, whichever way the boxes lie.
#[test]
fn boxplots_say_how_many_rows_are_in_no_box() {
    let boxes = |all: [i64; 3], valued: [i64; 3]| {
        let BlockAnswer::Data(mut data) = five() else { panic!("data") };
        data.columns.extend([integers("count()", all), integers("count(mass)", valued)]);
        BlockAnswer::Data(data)
    };
    let upright = chart("boxplot", "x: {field: species}, y: {field: mass}");
    let sideways =
        chart("boxplot", "x: {field: mass, type: quantitative}, y: {field: species, type: nominal}");
    for yaml in [upright, sideways] {
        let text = drawn(&yaml, &boxes([152, 1_068, 124], [151, 68, 123]), (60, 20));
        assert!(text.contains("1,002 rows without a value"), "{text}");
        let text = drawn(&yaml, &boxes([152, 68, 124], [152, 68, 124]), (60, 20));
        assert!(!text.contains("without a value"), "{text}");
    }
}

#[test]
fn boxplots() {
    let upright = chart("boxplot", "x: {field: species}, y: {field: mass}");
    assert_snapshot!("boxplot", drawn(&upright, &five(), (60, 20)));
    let sideways =
        chart("boxplot", "x: {field: mass, type: quantitative}, y: {field: species, type: nominal}");
    assert_snapshot!("boxplot_sideways", drawn(&sideways, &five(), (60, 12)));
    assert_snapshot!("boxplot_ascii", ascii(&layout_block(&block(&sideways), Some(&five()), 60, 12)));
    assert_snapshot!(
        "boxplot_true",
        ansi(&layout_block(&block(&upright), Some(&five()), 40, 14), Ink::TrueColor)
    );
}

#[test]
fn small_multiples() {
    let yaml = chart("point", "x: {field: temp}, y: {field: wind}, facet: {field: kind}");
    assert_snapshot!("facet", drawn(&yaml, &answer(points(90)), (100, 14)));
    assert_snapshot!("facet_narrow", drawn(&yaml, &answer(points(90)), (40, 18)));
    let bars = chart(
        "bar",
        "x: {field: date, timeUnit: yearmonth}, y: {aggregate: sum, field: rain}, facet: {field: kind}",
    );
    assert_snapshot!("facet_bars", drawn(&bars, &by_kind(12), (100, 14)));
}

#[test]
fn charts_fall_back_when_room_is_short() {
    let yaml = chart("line", BY_MONTH);
    for (width, height) in [(30, 6), (30, 4), (30, 3), (30, 2), (30, 1), (14, 8), (8, 1), (2, 1), (1, 1)] {
        assert_snapshot!(
            format!("small_{width}x{height}"),
            drawn(&yaml, &by_kind_first(24), (width, height))
        );
    }
}

/// Free rows above, between and below the bars of a chart, from its rows with a bar.
fn free_rows(names: usize, height: u16) -> (usize, Vec<usize>, usize) {
    let sideways = chart("bar", "y: {field: kind}, x: {aggregate: count}");
    let kinds: Vec<String> = (0..names).map(|index| format!("kind {index}")).collect();
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    let counted = answer(vec![texts("kind", &kinds), integers("count()", (0..names).map(|_| 9))]);
    let picture = drawn(&sideways, &counted, (44, height));
    let plot = picture.lines().skip(1).take_while(|line| !line.contains('└'));
    let runs: Vec<(bool, usize)> =
        plot.map(|line| line.contains('█')).fold(Vec::new(), |mut runs, is_bar| {
            match runs.last_mut() {
                Some((before, count)) if *before == is_bar => *count += 1,
                _ => runs.push((is_bar, 1)),
            }
            runs
        });
    let free = |run: Option<&(bool, usize)>| run.filter(|run| !run.0).map_or(0, |run| run.1);
    let first = runs.iter().position(|run| run.0).expect("a bar");
    let last = runs.iter().rposition(|run| run.0).expect("a bar");
    let between = runs[first..=last].iter().filter(|run| !run.0).map(|run| run.1).collect();
    (free(runs.first()), between, free(runs.last()))
}

#[test]
fn bars_that_lie_touch_only_where_there_is_no_room() {
    for names in 2..9 {
        for height in 8..40 {
            let (above, between, below) = free_rows(names, height);
            assert!(above.abs_diff(below) <= 1, "{names} in {height}: {above} above, {below} below");
            let is_apart = between.len() == names - 1;
            assert!(is_apart || between.is_empty(), "{names} in {height}: all alike: {between:?}");
            assert!(between.windows(2).all(|pair| pair[0] == pair[1]), "{names} in {height}: {between:?}");
            // The rows that are free would do for all gaps.
            assert!(is_apart || above + below < names - 1, "{names} in {height}: {above} and {below} free");
        }
    }
}
