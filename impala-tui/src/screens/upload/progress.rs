//! How far an upload is: how much of how much, how fast, and how long it still takes; and what became of it.

use impala_core::api::Upload;
use impala_render::format;
use ratatui::layout::Rect;

use crate::action::Sent;
use crate::look::Role;
use crate::paper::Paper;

/// Columns of the bar at most.
const WIDEST: u16 = 60;

/// Time after which a rate says something, in milliseconds.
const SETTLED_MS: u64 = 500;

/// Draws it in two lines. `stop_key` cancels it.
pub(super) fn draw(paper: &mut Paper, area: Rect, sent: Option<Sent>, stop_key: &str) {
    let words = words(sent);
    let all = format!("{words} · {stop_key} cancels it");
    // The footer says the key, too.
    let fits = format::width(&all) <= usize::from(area.width);
    paper.text(area, 0, if fits { &all } else { &words }, Role::Accent);
    let Some(Sent { bytes, bytes_total, .. }) = sent.filter(|sent| sent.bytes_total > 0) else { return };
    let width = area.width.min(WIDEST);
    let full = (u128::from(width) * u128::from(bytes.min(bytes_total)) / u128::from(bytes_total)) as usize;
    let (done, open) = (paper.look.pick("█", "#").repeat(full), paper.look.pick("░", "-"));
    let col = paper.text(area, 1, &done, Role::Accent);
    paper.text_at(area, col, 1, &open.repeat(usize::from(width) - full), Role::Faint);
}

/// `11.9 of 75.2 MB · 16 % · 3.2 MB/s · 20 s left`.
fn words(sent: Option<Sent>) -> String {
    let Some(Sent { bytes, bytes_total, elapsed_ms }) = sent else {
        return "reading the file …".to_owned();
    };
    let (unit, size) = unit_of(bytes_total.max(bytes));
    let number = |bytes: f64| if size > 1.0 { format!("{:.1}", bytes / size) } else { format!("{bytes:.0}") };
    if bytes >= bytes_total {
        return format!("{} {unit} sent · the server reads it …", number(bytes as f64));
    }
    let percent = u128::from(bytes) * 100 / u128::from(bytes_total);
    let part = format!("{} of {} {unit} · {percent} %", number(bytes as f64), number(bytes_total as f64));
    if elapsed_ms < SETTLED_MS || bytes == 0 {
        return part;
    }
    let rate = bytes as f64 * 1_000.0 / elapsed_ms as f64;
    let (rate_unit, rate_size) = unit_of(rate as u64);
    let left = time((bytes_total - bytes) as f64 / rate);
    format!("{part} · {:.1} {rate_unit}/s · {left} left", rate / rate_size)
}

/// What became of an upload: `rain is now version 2: 1,461 rows; C proposes a canvas`.
pub(super) fn arrival_words(upload: &Upload, propose_key: &str) -> String {
    let what = if upload.unchanged { "is unchanged at" } else { "is now" };
    let rows = format::count(upload.version.rows, "row");
    let left_out = match upload.version.rejected_rows {
        0 => String::new(),
        count => format!(", {} left out ({})", format::count(count, "bad row"), rejects_command(upload)),
    };
    let guess = upload.version.encoding.strip_suffix(" (detected)");
    let guess = guess.map(|encoding| format!("read as {encoding}, which is a guess"));
    // The first one says that rows were left out, as above.
    let warnings = upload.warnings.iter().skip(usize::from(upload.version.rejected_rows > 0));
    let warnings: Vec<String> = warnings.cloned().chain(guess).collect();
    let ending = match warnings.is_empty() {
        true => format!("; {propose_key} proposes a canvas"),
        false => warnings.iter().map(|one| format!(" · {one}")).collect(),
    };
    let (source, version) = (&upload.source, upload.version.version);
    format!("{source} {what} version {version}: {rows}{left_out}{ending}")
}

fn rejects_command(upload: &Upload) -> String {
    format!("`impala source download {}@{} --rejects`", upload.source, upload.version.version)
}

/// A size as lists say it: `48.2 kB`.
pub fn size_of(bytes: u64) -> String {
    let (unit, size) = unit_of(bytes);
    if size > 1.0 { format!("{:.1} {unit}", bytes as f64 / size) } else { format!("{bytes} {unit}") }
}

/// The unit that a number of bytes is told in, and how many it stands for.
fn unit_of(bytes: u64) -> (&'static str, f64) {
    match bytes {
        0..1_000 => ("B", 1.0),
        1_000..1_000_000 => ("kB", 1e3),
        1_000_000..1_000_000_000 => ("MB", 1e6),
        _ => ("GB", 1e9),
    }
}

fn time(seconds: f64) -> String {
    match seconds.ceil() as u64 {
        seconds @ 0..100 => format!("{seconds} s"),
        seconds @ 100..6_000 => format!("{} min", seconds.div_ceil(60)),
        seconds => format!("{} h", seconds.div_ceil(3_600)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_how_far_it_is_and_how_long_it_still_takes() {
        let check = |bytes, bytes_total, elapsed_ms, expected: &str| {
            assert_eq!(words(Some(Sent { bytes, bytes_total, elapsed_ms })), expected);
        };
        check(0, 75_200_000, 3, "0.0 of 75.2 MB · 0 %");
        check(11_900_000, 75_200_000, 200, "11.9 of 75.2 MB · 15 %");
        check(12_000_000, 75_200_000, 4_000, "12.0 of 75.2 MB · 15 % · 3.0 MB/s · 22 s left");
        check(2_000, 1_000_000_000, 1_000, "0.0 of 1.0 GB · 0 % · 2.0 kB/s · 139 h left");
        check(48_219, 48_219, 10, "48.2 kB sent · the server reads it …");
        check(0, 0, 0, "0 B sent · the server reads it …");
        assert_eq!(words(None), "reading the file …");
    }
}
