//! From one value of a chart to the next, by the keys.

use impala_render::Spot;

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

/// The spot that a command goes to; `None` when there is none that way.
pub(crate) fn moved(spots: &[Spot], cursor: Option<usize>, command: Command) -> Option<usize> {
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
        (Some(here), command) => moved_from(spots, here, command, (first, last)),
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
    const TINY: f64 = 0.01;
    let at = spots[here].area;
    let is_sideways = is_sideways(spots);
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
