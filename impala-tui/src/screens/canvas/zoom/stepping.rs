//! From one value of a chart to the next, by the keys.

use impala_render::Spot;
use impala_render::scene::Area;

use crate::keymap::Command;

/// Whether the marks lie: they have one height and different widths.
pub(crate) fn is_sideways(spots: &[Spot]) -> bool {
    let Some(first) = spots.first() else { return false };
    let same_height = spots.iter().all(|spot| (spot.area.h - first.area.h).abs() < 0.01);
    let same_width = spots.iter().all(|spot| (spot.area.w - first.area.w).abs() < 0.01);
    first.area.h > 0.0 && same_height && !same_width
}

/// The spot nearest to a place. Of bars it is the one in whose row or column the place is, however short it is.
pub(crate) fn nearest(spots: &[Spot], x: f64, y: f64) -> Option<usize> {
    let is_bars = spots.iter().all(|spot| spot.area.w > 0.0 && spot.area.h > 0.0);
    let is_sideways = is_sideways(spots);
    let away = |low: f64, size: f64, at: f64| (low - at).max(at - (low + size)).max(0.0);
    let distance = |spot: &Spot| {
        let (dx, dy) = (away(spot.area.x, spot.area.w, x), away(spot.area.y, spot.area.h, y));
        match (is_bars, is_sideways) {
            (true, true) => (dy, dx),
            (true, false) => (dx, dy),
            // A cell is about twice as high as it is wide.
            (false, _) => (dx.hypot(dy * 2.0), 0.0),
        }
    };
    let by_distance = |a: &usize, b: &usize| {
        let (a, b) = (distance(&spots[*a]), distance(&spots[*b]));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    };
    (0..spots.len()).min_by(by_distance)
}

/// The lines that spots lie on.
pub(crate) struct Lines<'a> {
    /// The series of each spot.
    pub series: Vec<usize>,
    /// Where lines are drawn.
    pub plots: &'a [Area],
}

/// The spot that a command goes to; `None` when there is none that way.
///
/// * `lines`: for a chart of lines.
pub(crate) fn moved(
    spots: &[Spot],
    lines: Option<&Lines>,
    cursor: Option<usize>,
    command: Command,
) -> Option<usize> {
    let is_sideways = is_sideways(spots);
    let place = |spot: &Spot| match is_sideways {
        true => (spot.area.y, spot.area.x),
        false => (spot.area.x, spot.area.y),
    };
    let by_x = |a: &usize, b: &usize| {
        place(&spots[*a]).partial_cmp(&place(&spots[*b])).unwrap_or(std::cmp::Ordering::Equal)
    };
    let all = || 0..spots.len();
    let (first, last) = (all().min_by(by_x)?, all().max_by(by_x)?);
    match (cursor, command) {
        (None, Command::Last) => Some(last),
        (None, command) => moves(command).then_some(first),
        (Some(here), Command::Up | Command::Down) if lines.is_some() => {
            lines.and_then(|lines| lines.across(spots, here, command == Command::Down))
        }
        (Some(here), command) => moved_from(spots, here, command, (first, last)),
    }
}

impl Lines<'_> {
    /// The value of the next line below or above, at the same place or as near to it as that line comes; at the last line of a plot
    /// that of the plot behind it.
    fn across(&self, spots: &[Spot], here: usize, is_down: bool) -> Option<usize> {
        let at = spots[here].area;
        let place = |index: usize| (spots[index].area.y, self.series[index]);
        let compare = |a: usize, b: usize| {
            let (a, b) = (place(a), place(b));
            a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
        };
        let is_ahead = |index: &usize| {
            let order = compare(*index, here);
            if is_down { order.is_gt() } else { order.is_lt() }
        };
        let (inside, outside): (Vec<usize>, Vec<usize>) =
            (0..spots.len()).partition(|index| self.plot_of(&spots[*index]) == self.plot_of(&spots[here]));
        let others = self.nearest_of_each(spots, &inside, here).into_iter().filter(is_ahead);
        let next = if is_down {
            others.min_by(|a, b| compare(*a, *b))
        } else {
            others.max_by(|a, b| compare(*a, *b))
        };
        let command = if is_down { Command::Down } else { Command::Up };
        next.or_else(|| {
            let below: Vec<Spot> = outside.iter().map(|index| spots[*index].clone()).collect();
            let found = nearest_ahead(&below, at, command, false)?;
            outside.get(found).copied()
        })
    }

    /// Of each other line the spot nearest to `here` along the axis.
    fn nearest_of_each(&self, spots: &[Spot], among: &[usize], here: usize) -> Vec<usize> {
        let away = |index: usize| (spots[index].area.x - spots[here].area.x).abs();
        let mut nearest: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
        for &index in among.iter().filter(|index| self.series[**index] != self.series[here]) {
            let best = nearest.entry(self.series[index]).or_insert(index);
            if away(index) < away(*best) {
                *best = index;
            }
        }
        nearest.into_values().collect()
    }

    fn plot_of(&self, spot: &Spot) -> Option<usize> {
        let (x, y) = (spot.area.x, spot.area.y);
        self.plots.iter().position(|plot| {
            (plot.x..=plot.x + plot.w).contains(&x) && (plot.y..=plot.y + plot.h).contains(&y)
        })
    }
}

fn moves(command: Command) -> bool {
    use Command::{Down, First, Left, PageDown, PageUp, Right, Up};
    matches!(command, Left | Right | Up | Down | First | PageDown | PageUp)
}

fn moved_from(spots: &[Spot], here: usize, command: Command, (first, last): (usize, usize)) -> Option<usize> {
    match command {
        Command::First => Some(first),
        Command::Last => Some(last),
        Command::PageDown => (0..10).try_fold(here, |at, _| step(spots, at, Command::Right)).or(Some(last)),
        Command::PageUp => (0..10).try_fold(here, |at, _| step(spots, at, Command::Left)).or(Some(first)),
        command => step(spots, here, command),
    }
}

/// The nearest spot in a direction: along the axis of the categories the next one, across it the next in the same place.
fn step(spots: &[Spot], here: usize, command: Command) -> Option<usize> {
    nearest_ahead(spots, spots[here].area, command, is_sideways(spots))
}

fn nearest_ahead(spots: &[Spot], at: Area, command: Command, is_sideways: bool) -> Option<usize> {
    const TINY: f64 = 0.01;
    let (is_along_x, is_forward) = match command {
        Command::Left => (true, false),
        Command::Right => (true, true),
        Command::Up => (false, false),
        Command::Down => (false, true),
        _ => return None,
    };
    let measure = |spot: &Spot| {
        let (dx, dy) = (spot.area.x - at.x, spot.area.y - at.y);
        let ahead = if is_along_x { dx } else { dy };
        let ahead = if is_forward { ahead } else { -ahead };
        // Along the categories it is the next one that counts; across, the one that stands in the same place.
        let is_along_categories = is_along_x != is_sideways;
        let aside = if is_along_x { dy.abs() } else { dx.abs() };
        (ahead > TINY).then_some(if is_along_categories { (ahead, aside) } else { (aside, ahead) })
    };
    let found = spots.iter().enumerate().filter_map(|(index, spot)| Some((measure(spot)?, index)));
    let best = found.min_by(|(a, _), (b, _)| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal))?;
    let ((first, _), index) = best;
    // Across the categories only what stands in the same place is meant, or nearly so among scattered points.
    let is_along_categories = is_along_x != is_sideways;
    (is_along_categories || first < 3.0).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three lines over four months, the last of which is not there in March; rain lies on fog in April.
    const LINES: [(f64, f64, usize); 11] = [
        (0.0, 9.0, 0),
        (10.0, 9.0, 0),
        (20.0, 9.0, 0),
        (30.0, 9.0, 0),
        (0.0, 5.0, 1),
        (10.0, 5.0, 1),
        (20.0, 5.0, 1),
        (30.0, 9.0, 1),
        (0.0, 1.0, 2),
        (10.0, 2.0, 2),
        (30.0, 3.0, 2),
    ];

    fn walked(from: usize, plots: &[Area], commands: &[Command]) -> Vec<Option<usize>> {
        let spot =
            |(x, y, _): &(f64, f64, usize)| Spot { area: Area::new(*x, *y, 0.0, 0.0), rows: Vec::new() };
        let spots: Vec<Spot> = LINES.iter().map(spot).collect();
        let lines = Lines { series: LINES.iter().map(|line| line.2).collect(), plots };
        let mut at = Some(from);
        let go = |command: &Command| {
            let next = moved(&spots, Some(&lines), at, *command);
            at = next.or(at);
            next
        };
        commands.iter().map(go).collect()
    }

    #[test]
    fn up_and_down_go_from_line_to_line_at_one_place() {
        use Command::{Down, Up};
        let whole = [Area::new(0.0, 0.0, 40.0, 12.0)];
        let check = |from, commands: &[Command], expected: &[Option<usize>]| {
            assert_eq!(walked(from, &whole, commands), expected, "{from} {commands:?}");
        };
        check(8, &[Down, Down, Down], &[Some(4), Some(0), None]);
        check(0, &[Up, Up, Up], &[Some(4), Some(8), None]);
        // Two at one place are both reached.
        check(10, &[Down, Down, Down, Up, Up], &[Some(3), Some(7), None, Some(3), Some(10)]);
        // A line without a value there is met at its nearest one.
        check(6, &[Up, Down], &[Some(9), Some(5)]);
        check(2, &[Down], &[None]);
    }

    #[test]
    fn from_the_last_line_of_a_plot_the_next_plot_is_reached() {
        let plots = [Area::new(0.0, 0.0, 40.0, 4.0), Area::new(0.0, 4.5, 40.0, 7.0)];
        assert_eq!(walked(8, &plots, &[Command::Down, Command::Up]), [Some(4), Some(8)]);
    }
}
