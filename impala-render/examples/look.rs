//! Prints a canvas document with answers from a file: `cargo run -p impala-render --example look -- CANVAS.yaml
//! ANSWERS.json [WIDTH] [none|16|256|true] [ascii]`. `ANSWERS.json` is the body of `GET canvases/{slug}/data`.

use impala_core::{api::CanvasData, document};
use impala_render::{Charset, Ink, Options, Picture, layout, paint};

#[expect(clippy::print_stdout, reason = "printing is what it is for")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [canvas, answers, rest @ ..] = args.as_slice() else {
        return Err("give CANVAS.yaml and ANSWERS.json".into());
    };
    let canvas = document::read_canvas(&document::from_yaml(&std::fs::read_to_string(canvas)?)?)?;
    let data: CanvasData = serde_json::from_str(&std::fs::read_to_string(answers)?)?;
    let width_cols = rest.first().map_or(Ok(100), |width| width.parse())?;
    let ink = match rest.get(1).map(String::as_str) {
        Some("16") => Ink::Ansi16,
        Some("256") => Ink::Ansi256,
        Some("true") => Ink::TrueColor,
        _ => Ink::None,
    };
    let charset = if rest.get(2).is_some() { Charset::Ascii } else { Charset::Unicode };
    let options = Options { width_cols, ..Options::default() };
    let picture = Picture { canvas: &canvas, answers: &data.blocks, parameters: &data.parameters, options };
    print!("{}", paint::text::paint(&layout(&picture), charset, ink));
    Ok(())
}
