//! Where numbers go, and whether two go together.

/// Least share of the range by which the end has to differ from the beginning to be called a trend.
const LEAST: f64 = 0.2;

/// `rising`, `falling` or `about level`: the mean of the last third against that of the first. `None` for fewer than six
/// values, of which nobody can say.
pub fn trend(values: &[f64]) -> Option<&'static str> {
    if values.len() < 6 {
        return None;
    }
    let third = values.len() / 3;
    let mean = |part: &[f64]| part.iter().map(|value| value / part.len() as f64).sum::<f64>();
    let (first, last) = (mean(&values[..third]), mean(&values[values.len() - third..]));
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let share = (last - first) / (high - low);
    Some(match share {
        share if share > LEAST => "rising",
        share if share < -LEAST => "falling",
        _ => "about level",
    })
}

/// Pearson's correlation; `None` for fewer than three pairs and when one side does not vary.
pub fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    if pairs.len() < 3 {
        return None;
    }
    let count = pairs.len() as f64;
    let (x, y) = pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0 / count, sum.1 + pair.1 / count));
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for pair in pairs {
        let (dx, dy) = (pair.0 - x, pair.1 - y);
        (xy, xx, yy) = (xy + dx * dy, xx + dx * dx, yy + dy * dy);
    }
    let r = xy / (xx.sqrt() * yy.sqrt());
    r.is_finite().then_some(r)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trends_are_named() {
        let check = |values: &[f64], expected| assert_eq!(trend(values), expected, "{values:?}");
        check(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], Some("rising"));
        check(&[6.0, 5.0, 4.0, 3.0, 2.0, 1.0], Some("falling"));
        check(&[1.0, 9.0, 1.0, 9.0, 1.0, 9.0], Some("about level"));
        check(&[1.0, 2.0, 3.0], None);
        check(&[2.0; 6], Some("about level"));
    }

    #[test]
    fn correlations_need_variation() {
        let line: Vec<(f64, f64)> = (0..5).map(|i| (f64::from(i), 3.0 - f64::from(i))).collect();
        assert!(correlation(&line).is_some_and(|r| (r + 1.0).abs() < 1e-12));
        assert_eq!(correlation(&[(1.0, 2.0), (1.0, 3.0), (1.0, 4.0)]), None);
        assert_eq!(correlation(&line[..2]), None);
    }
}
