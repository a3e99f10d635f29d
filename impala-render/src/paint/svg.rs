//! Marks as SVG: real shapes, letters with anchors, a tooltip for every mark that has one.
//!
//! The picture has classes and presentation attributes only, no `style` attribute: a page with a strict content
//! security policy can hold it. Colors are CSS variables ([`crate::theme::page`]); a picture that stands alone brings
//! them along.

mod shapes;
mod words;

use std::fmt::Write as _;

use crate::format;
use crate::scene::{Area, Mark, PAGE_COLUMN_PX, PAGE_ROW_PX, Scene, Stroke, TextSize};
use crate::theme::page::{self, Scheme};

/// Where the picture will be, which decides where its colors come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// A file: brings its styles, follows the reader's choice of light and dark.
    #[default]
    Alone,
    /// Part of a page that has [`style`] and [`page::rules`] among its styles.
    Inline,
    /// A file in the colors of one scheme, without variables: what is made into dots.
    Fixed(Scheme),
    /// As fixed, but with nothing behind it: what lies on a terminal.
    Clear(Scheme),
}

/// How a scene is painted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Svg<'a> {
    /// Where it will be.
    pub form: Form,
    /// Its accessible name.
    pub title: &'a str,
    /// What there is to see, in a sentence: its accessible description.
    pub description: &'a str,
    /// What the ids inside begin with; two pictures of one page need two.
    pub id: &'a str,
}

/// Fonts, most wanted first. The first is the one that pictures of dots are drawn with.
pub const FONTS: &str = "Inter,system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,\"Noto Sans\",\"DejaVu Sans\",sans-serif";

/// Fonts for code.
pub const MONO_FONTS: &str = "ui-monospace,\"SF Mono\",Menlo,Consolas,\"DejaVu Sans Mono\",monospace";

/// The styles of pictures that are part of a page. Colors come from [`page::rules`].
pub fn style() -> String {
    styles(".impala-svg ", FONTS, MONO_FONTS, |name| format!("var(--impala-{name})"))
}

fn styles(prefix: &str, fonts: &str, mono: &str, color: impl Fn(&str) -> String) -> String {
    let classes = page::classes(prefix, color);
    let sizes = TextSize::NAMED.map(|(size, name)| format!("{prefix}.{name}{{font-size:{}px}}", size.px()));
    let sizes = sizes.concat();
    format!(
        "{prefix}text{{font-family:{fonts};font-size:12px;font-variant-numeric:tabular-nums;white-space:pre}}\
         {prefix}.b{{font-weight:600}}{prefix}.i{{font-style:italic}}{prefix}.u{{text-decoration:underline}}\
         {prefix}.x{{text-decoration:line-through}}{prefix}.m{{font-family:{mono}}}\
         {sizes}\n{classes}\n"
    )
}

/// One stretch of a line of words, in letters of one font.
pub(crate) struct Run {
    /// Which of the line's pieces it is part of.
    pub piece: usize,
    /// Its text, in the order in which it is read.
    pub text: String,
    /// The family of its font.
    pub family: &'static str,
    /// How far it is, in ems.
    pub width_em: f64,
}

/// What decides about the font of words.
#[cfg_attr(not(feature = "png"), expect(dead_code, reason = "only PNG chooses its fonts itself"))]
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Style {
    /// Strong.
    pub is_bold: bool,
    /// Emphasised.
    pub is_italic: bool,
    /// Code.
    pub is_code: bool,
}

/// The words of a line, each in its style.
pub(crate) type Words<'a> = [(&'a str, Style)];

/// Parts a line into runs from left to right, where one font does not have all of its letters.
pub(crate) type Typesetter = dyn Fn(&Words) -> Option<Vec<Run>>;

/// Paints a picture. The same picture gives the same bytes.
pub fn paint(scene: &Scene, svg: &Svg) -> String {
    paint_set(scene, svg, &|_| None)
}

/// As [`paint`], of what lies within an area of the picture.
pub fn paint_part(scene: &Scene, part: Area, svg: &Svg) -> String {
    paint_area(scene, part, svg, &|_| None)
}

/// As [`paint`], with words as `typesetter` parts them.
pub(crate) fn paint_set(scene: &Scene, svg: &Svg, typesetter: &Typesetter) -> String {
    let all = Area::cells(0, 0, scene.width_cols, scene.height_rows);
    paint_area(scene, all, svg, typesetter)
}

fn paint_area(scene: &Scene, part: Area, svg: &Svg, typesetter: &Typesetter) -> String {
    let (left, top) = (number(part.x * PAGE_COLUMN_PX), number(part.y * PAGE_ROW_PX));
    let (width, height) = ((part.w * PAGE_COLUMN_PX).max(1.0), (part.h * PAGE_ROW_PX).max(1.0));
    let (width, height) = (number(width), number(height));
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"impala-svg\" viewBox=\"{left} {top} {width} {height}\" \
         width=\"{width}\" height=\"{height}\""
    );
    name(&mut text, svg);
    match svg.form {
        Form::Inline => {}
        Form::Alone => {
            let _ = write!(text, "<style>\n{}{}</style>\n", page::rules(".impala-svg"), style());
            text.push_str("<rect class=\"page\" width=\"100%\" height=\"100%\" fill=\"currentColor\"/>\n");
        }
        Form::Fixed(scheme) | Form::Clear(scheme) => {
            let styles = styles("", "Inter", "\"DejaVu Sans Mono\"", |name| page::plain(name, scheme));
            let _ = write!(text, "<style>\n{styles}</style>\n");
            if let Form::Fixed(_) = svg.form {
                let ground = page::plain("page", scheme);
                let _ = writeln!(text, "<rect width=\"{width}\" height=\"{height}\" fill=\"{ground}\"/>");
            }
        }
    }
    for layer in LAYERS {
        layer_of(&mut text, scene, layer, typesetter);
    }
    text.push_str("</svg>\n");
    text
}

/// Role, title and description.
fn name(text: &mut String, svg: &Svg) {
    if svg.title.is_empty() && svg.description.is_empty() {
        text.push_str(" aria-hidden=\"true\">\n");
        return;
    }
    let id = if svg.id.is_empty() { "impala" } else { svg.id };
    let (title, description) = (escape(svg.title), escape(svg.description));
    let id = escape(id);
    let _ = writeln!(
        text,
        " role=\"img\" aria-labelledby=\"{id}-title\" aria-describedby=\"{id}-desc\">\n\
         <title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-desc\">{description}</desc>"
    );
}

/// What is drawn together; later layers lie over earlier ones.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer {
    Cards,
    Grid,
    Fills,
    Rules,
    Curves,
    Dots,
    Words,
    Targets,
}

const LAYERS: [Layer; 8] = [
    Layer::Cards,
    Layer::Grid,
    Layer::Fills,
    Layer::Rules,
    Layer::Curves,
    Layer::Dots,
    Layer::Words,
    Layer::Targets,
];

fn layer(mark: &Mark) -> Layer {
    match mark {
        Mark::Border { .. } => Layer::Cards,
        Mark::Line { stroke: Stroke::Grid, .. } => Layer::Grid,
        Mark::Fill { .. } | Mark::Band { .. } => Layer::Fills,
        Mark::Line { stroke: Stroke::Rule, .. } => Layer::Rules,
        Mark::Line { .. } => Layer::Curves,
        Mark::Dot { .. } => Layer::Dots,
        Mark::Text { .. } => Layer::Words,
        Mark::Target { .. } => Layer::Targets,
    }
}

fn layer_of(text: &mut String, scene: &Scene, wanted: Layer, typesetter: &Typesetter) {
    let mut marks = scene.marks.iter().enumerate().filter(|(_, mark)| layer(mark) == wanted).peekable();
    if marks.peek().is_none() {
        return;
    }
    if wanted == Layer::Words {
        return words::write(text, scene, typesetter);
    }
    let attributes = match wanted {
        Layer::Targets => " fill=\"transparent\" pointer-events=\"all\"",
        Layer::Fills => " shape-rendering=\"crispEdges\"",
        // Said once: there may be thousands.
        Layer::Dots => " fill=\"currentColor\" fill-opacity=\"0.75\"",
        _ => "",
    };
    let _ = writeln!(text, "<g{attributes}>");
    let tip = |index: &usize| scene.tips.get(index).map(String::as_str);
    for (index, mark) in marks {
        shapes::write(text, mark, tip(&index));
    }
    text.push_str("</g>\n");
}

/// A number with one decimal at most, without zeros that say nothing.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text as XML: markup is escaped, and what XML has no place for or what reorders text left out.
pub fn escape(text: &str) -> String {
    escape_set(&format::unturned(text))
}

/// As [`escape`], of words whose order a typesetter has marked.
fn escape_set(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push('\n'),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let check = |value, expected: &str| assert_eq!(number(value), expected);
        check(12.0, "12");
        check(12.34, "12.3");
        check(-0.01, "0");
    }

    #[test]
    fn users_text_is_never_markup() {
        assert_eq!(escape("\u{202e}gnp\u{2069}.exe\u{61c}"), "gnp.exe");
        assert_eq!(escape("<b a=\"1\">&\u{1b}\u{0}"), "&lt;b a=&quot;1&quot;&gt;&amp;");
    }
}
