//! Draws charts of all kinds as PNG, light and dark, for people to look at: `cargo run -p impala-render --features
//! png --example gallery -- FOLDER`.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a tool for developers, which may panic")]

#[path = "../tests/render/support.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod support;

#[path = "../tests/render/pictures.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod pictures;

use impala_render::paint::{png, svg};
use impala_render::theme::page::Scheme;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::path::PathBuf::from(std::env::args().nth(1).ok_or("give a folder")?);
    let wanted = std::env::args().nth(2).unwrap_or_default();
    std::fs::create_dir_all(&folder)?;
    for (name, scene) in pictures::all() {
        if !name.contains(&wanted) {
            continue;
        }
        for (scheme, suffix) in [(Scheme::Light, ""), (Scheme::Dark, "-dark")] {
            std::fs::write(folder.join(format!("{name}{suffix}.png")), png::paint(&scene, scheme, 1)?)?;
        }
        std::fs::write(
            folder.join(format!("{name}.svg")),
            svg::paint(&scene, &svg::Svg { title: &name, ..svg::Svg::default() }),
        )?;
    }
    Ok(())
}
