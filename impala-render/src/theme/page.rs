//! The colors of a page, light and dark, as CSS variables and as plain values.
//!
//! Text holds a contrast of 4.5 to 1 against cards and page, marks one of 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11).

use super::Rgb;
use crate::scene::Tone;

/// Which of the two a page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}

/// A color by the name of its CSS variable, `--impala-NAME`: light, then dark.
type Named = (&'static str, Rgb, Rgb);

const GROUND: [Named; 4] = [
    ("page", (246, 248, 250), (13, 17, 23)),
    ("card", (255, 255, 255), (21, 27, 35)),
    ("line", (209, 217, 224), (61, 68, 77)),
    ("grid", (231, 235, 239), (42, 48, 56)),
];

const TEXT: [Named; 8] = [
    ("text", (31, 35, 40), (230, 237, 243)),
    ("muted", (89, 99, 110), (145, 152, 161)),
    ("code", (149, 56, 0), (255, 166, 87)),
    ("link", (9, 105, 218), (68, 147, 248)),
    ("rise", (26, 127, 55), (63, 185, 80)),
    ("fall", (207, 34, 46), (255, 123, 114)),
    ("warning", (138, 97, 0), (210, 153, 34)),
    ("alarm", (207, 34, 46), (255, 123, 114)),
];

const SERIES: [Named; 10] = [
    ("s0", (47, 111, 196), (88, 154, 230)),
    ("s1", (196, 98, 10), (240, 146, 60)),
    ("s2", (46, 133, 64), (92, 180, 104)),
    ("s3", (200, 55, 63), (232, 106, 108)),
    ("s4", (125, 84, 184), (176, 136, 222)),
    ("s5", (20, 134, 138), (56, 184, 182)),
    ("s6", (148, 118, 10), (212, 176, 56)),
    ("s7", (191, 74, 140), (232, 132, 186)),
    ("s8", (133, 96, 63), (186, 146, 114)),
    ("s9", (100, 116, 139), (148, 162, 178)),
];

/// Little is near the ground, much far from it: pale to deep on light, deep to bright on dark.
const HEAT: [Named; 9] = [
    ("h0", (176, 212, 232), (58, 56, 120)),
    ("h1", (142, 190, 218), (58, 78, 140)),
    ("h2", (108, 166, 203), (54, 100, 146)),
    ("h3", (79, 142, 188), (46, 122, 146)),
    ("h4", (54, 118, 171), (38, 146, 142)),
    ("h5", (36, 95, 152), (50, 172, 126)),
    ("h6", (23, 74, 130), (102, 198, 92)),
    ("h7", (14, 55, 105), (172, 218, 64)),
    ("h8", (8, 38, 80), (250, 230, 80)),
];

fn all() -> impl Iterator<Item = &'static Named> {
    GROUND.iter().chain(&TEXT).chain(&SERIES).chain(&HEAT)
}

/// The name of a tone: the class of what has it, and the end of its variable.
pub fn name(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain | Tone::Title => "text",
        Tone::Muted | Tone::MutedInColor | Tone::MutedWithoutColor => "muted",
        Tone::Faint => "line",
        Tone::Code => "code",
        Tone::Link => "link",
        Tone::Series(n) => SERIES[usize::from(n) % SERIES.len()].0,
        Tone::Heat(level) => HEAT[usize::from(level.min(Tone::HEAT_MAX))].0,
        Tone::Rise => "rise",
        Tone::Fall => "fall",
        Tone::Warning => "warning",
        Tone::Alarm => "alarm",
    }
}

/// The color of a tone on a terminal whose background is known; `None` for that of plain text, which is the terminal's own.
pub fn in_terminal(tone: Tone, scheme: Scheme) -> Option<Rgb> {
    match (tone, scheme) {
        (Tone::Plain | Tone::Title, _) => None,
        // A frame of cells is a line of letters: thinner than it is on a page.
        (Tone::Faint, Scheme::Light) => Some((168, 176, 186)),
        (Tone::Faint, Scheme::Dark) => Some((98, 104, 114)),
        _ => all().find(|named| named.0 == name(tone)).map(|named| of(named, scheme)),
    }
}

fn of(named: &Named, scheme: Scheme) -> Rgb {
    match scheme {
        Scheme::Light => named.1,
        Scheme::Dark => named.2,
    }
}

fn hex((red, green, blue): Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// `--impala-text:#1f2328;…` for one scheme.
pub fn variables(scheme: Scheme) -> String {
    all().map(|named| format!("--impala-{}:{};", named.0, hex(of(named, scheme)))).collect()
}

/// Rules that define the variables on `selector`: light, dark where the reader wants it, and either where
/// `data-theme` says so.
pub fn rules(selector: &str) -> String {
    let (light, dark) = (variables(Scheme::Light), variables(Scheme::Dark));
    format!(
        "{selector}{{color-scheme:light dark;{light}}}\n\
         @media screen and (prefers-color-scheme:dark){{{selector}{{{dark}}}}}\n\
         {selector}[data-theme=light]{{color-scheme:light;{light}}}\n\
         @media screen{{{selector}[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n"
    )
}

/// Rules `.NAME{color:…}` for every name, with `value` of the name as the color.
pub fn classes(prefix: &str, value: impl Fn(&str) -> String) -> String {
    all().map(|named| format!("{prefix}.{}{{color:{}}}", named.0, value(named.0))).collect()
}

/// The plain color behind a name, `#1f2328`; that of text for an unknown one.
pub fn plain(name: &str, scheme: Scheme) -> String {
    let named = all().find(|named| named.0 == name).unwrap_or(&TEXT[0]);
    hex(of(named, scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, WCAG 2.2.
    fn luminance((red, green, blue): Rgb) -> f64 {
        let part = |value: u8| match f64::from(value) / 255.0 {
            share if share <= 0.04045 => share / 12.92,
            share => ((share + 0.055) / 1.055).powf(2.4),
        };
        0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
    }

    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn check(named: &[Named], least: f64) {
        for scheme in [Scheme::Light, Scheme::Dark] {
            for color in named {
                for ground in &GROUND[..2] {
                    let ratio = contrast(of(color, scheme), of(ground, scheme));
                    assert!(ratio >= least, "{} on {} ({scheme:?}): {ratio:.2}", color.0, ground.0);
                }
            }
        }
    }

    #[test]
    fn text_and_marks_can_be_seen_on_light_and_dark() {
        check(&TEXT, 4.5);
        check(&SERIES, 3.0);
    }

    /// The backgrounds that terminals have by default, and those of Solarized.
    #[test]
    fn text_can_be_read_in_terminals_and_stands_out_from_frames() {
        let grounds = [
            (Scheme::Dark, (0, 0, 0)),
            (Scheme::Dark, (30, 30, 30)),
            (Scheme::Light, (255, 255, 255)),
            (Scheme::Light, (253, 246, 227)),
        ];
        let text = [Tone::Muted, Tone::Code, Tone::Link, Tone::Rise, Tone::Fall, Tone::Warning, Tone::Alarm];
        for (scheme, ground) in grounds {
            let ratio = |tone| in_terminal(tone, scheme).map_or(0.0, |color| contrast(color, ground));
            for tone in text {
                assert!(ratio(tone) >= 4.5, "{tone:?} on {ground:?}: {:.2}", ratio(tone));
            }
            assert!((1.8..4.0).contains(&ratio(Tone::Faint)), "{ground:?}: {:.2}", ratio(Tone::Faint));
        }
    }

    #[test]
    fn more_is_farther_from_the_ground() {
        for scheme in [Scheme::Light, Scheme::Dark] {
            let ratios: Vec<f64> =
                HEAT.iter().map(|color| contrast(of(color, scheme), of(&GROUND[1], scheme))).collect();
            assert!(ratios.windows(2).all(|pair| pair[0] < pair[1]), "{scheme:?}: {ratios:?}");
            assert!(ratios[0] >= 1.5 && ratios[8] > 10.0, "{scheme:?}: {ratios:?}");
        }
    }
}
