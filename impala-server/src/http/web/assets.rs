//! The files of the pages: in the binary, under names that change with their content, so that browsers keep them for good.

use std::io::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use http::{HeaderMap, StatusCode};
use impala_render::paint::svg;
use impala_render::theme;
use sha2::{Digest as _, Sha256};

/// How long a browser keeps what never changes.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

/// A file, ready to be sent.
pub struct Asset(LazyLock<Ready>);

struct Ready {
    url: String,
    media_type: &'static str,
    plain: Bytes,
    gzip: Bytes,
}

/// The style of all pages.
pub static STYLE: Asset = Asset(LazyLock::new(|| {
    let parts = [
        include_str!("../../web/files/base.css"),
        include_str!("../../web/files/parts.css"),
        include_str!("../../web/files/canvas.css"),
        &theme::page::rules(":root"),
        &svg::style(),
    ];
    ready("style", "css", STYLE_SHEET, &parts)
}));

/// The style of pages other than canvases.
pub static PAGES: Asset =
    Asset(LazyLock::new(|| ready("pages", "css", STYLE_SHEET, &[include_str!("../../web/files/page.css")])));

/// The script that all pages have.
pub static BASE: Asset =
    Asset(LazyLock::new(|| ready("base", "js", SCRIPT, &[include_str!("../../web/files/base.js")])));

/// The script of uploads.
pub static UPLOAD: Asset =
    Asset(LazyLock::new(|| ready("upload", "js", SCRIPT, &[include_str!("../../web/files/upload.js")])));

/// The script of a canvas.
pub static CANVAS: Asset = Asset(LazyLock::new(|| {
    let parts = [include_str!("../../web/files/blocks.js"), include_str!("../../web/files/live.js")];
    ready("canvas", "js", SCRIPT, &parts)
}));

/// The script of what others save, which comes when someone does.
pub static THEIRS: Asset =
    Asset(LazyLock::new(|| ready("theirs", "js", SCRIPT, &[include_str!("../../web/files/theirs.js")])));

/// The script of parameters, which comes with their form.
pub static PARAMS: Asset =
    Asset(LazyLock::new(|| ready("params", "js", SCRIPT, &[include_str!("../../web/files/params.js")])));

/// The script of a canvas on a wall, which comes when it hangs there.
pub static WALL: Asset =
    Asset(LazyLock::new(|| ready("wall", "js", SCRIPT, &[include_str!("../../web/files/wall.js")])));

/// The script of arranging, which comes when someone begins to.
pub static ARRANGE: Asset = Asset(LazyLock::new(|| {
    let parts = [include_str!("../../web/files/arrange.js"), include_str!("../../web/files/arrange_save.js")];
    ready("arrange", "js", SCRIPT, &parts)
}));

/// The style of arranging.
pub static ARRANGE_STYLE: Asset = Asset(LazyLock::new(|| {
    ready("arrange", "css", STYLE_SHEET, &[include_str!("../../web/files/arrange.css")])
}));

/// The sign in the tab of the browser.
pub static ICON: Asset = Asset(LazyLock::new(|| {
    ready("icon", "svg", "image/svg+xml", &[include_str!("../../web/files/icon.svg")])
}));

static ALL: [&Asset; 11] =
    [&STYLE, &PAGES, &BASE, &UPLOAD, &CANVAS, &THEIRS, &PARAMS, &WALL, &ARRANGE, &ARRANGE_STYLE, &ICON];

const STYLE_SHEET: &str = "text/css; charset=utf-8";

const SCRIPT: &str = "text/javascript; charset=utf-8";

fn ready(name: &str, extension: &str, media_type: &'static str, parts: &[&str]) -> Ready {
    let text: String = parts.iter().map(|part| lean(part)).collect();
    let text = if extension == "css" { tight(&text) } else { text };
    let hash = hex::encode(&Sha256::digest(text.as_bytes())[..6]);
    let gzip = compressed(text.as_bytes());
    Ready { url: format!("/-/{name}.{hash}.{extension}"), media_type, plain: text.into(), gzip: gzip.into() }
}

/// A file as it is sent: without indentation and lines of comment, which are for those who read it here.
fn lean(text: &str) -> String {
    let is_comment = |line: &&str| line.starts_with("//") || line.starts_with("/*") && line.ends_with("*/");
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !is_comment(line));
    lines.fold(String::new(), |lean, line| lean + line + "\n")
}

/// A style sheet without insignificant spaces. These have no strings that hold such characters.
fn tight(text: &str) -> String {
    const MARKS: [(&str, &str); 6] =
        [(" {\n", "{"), (" { ", "{"), (": ", ":"), ("; ", ";"), (", ", ","), (";}", "}")];
    let text = text.replace(" }", "}");
    MARKS.iter().fold(text, |text, (wide, narrow)| text.replace(wide, narrow))
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail; an empty encoding is not sent.
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.unwrap_or_default()
}

impl Asset {
    /// Its address.
    pub fn url(&self) -> &str {
        &self.0.url
    }
}

/// Sends a file.
pub async fn show(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = ALL.iter().find(|asset| asset.url().strip_prefix("/-/") == Some(&file)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes_gzip = accepted.split(',').any(|coding| {
        coding.split(';').next().is_some_and(|name| name.trim() == "gzip") && !coding.ends_with("q=0")
    });
    let kind = [(CONTENT_TYPE, asset.0.media_type), (CACHE_CONTROL, FOR_GOOD), (VARY, "accept-encoding")];
    if takes_gzip && !asset.0.gzip.is_empty() {
        return (kind, [(CONTENT_ENCODING, "gzip")], asset.0.gzip.clone()).into_response();
    }
    (kind, asset.0.plain.clone()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indentation_stay_here() {
        let text = "// Why.\n\n  let a = \"//\";  \n/* so */\n.b { c: d }\n";
        assert_eq!(lean(text), "let a = \"//\";\n.b { c: d }\n");
    }

    #[test]
    fn style_sheets_are_tight() {
        let text = "@media (max-width: 9px) {\n.a > b, i { c: d 1px; e: var(--f, 0); }\n}\n";
        assert_eq!(tight(text), "@media (max-width:9px){.a > b,i{c:d 1px;e:var(--f,0)}\n}\n");
    }

    #[test]
    fn names_change_with_what_is_in_the_files() {
        let urls: std::collections::BTreeSet<&str> = ALL.iter().map(|asset| asset.url()).collect();
        assert!(
            urls.len() == ALL.len() && STYLE.url().starts_with("/-/style.") && STYLE.url().ends_with(".css")
        );
    }
}
