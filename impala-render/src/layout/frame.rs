//! The frame of a block: border, title, and at the bottom what there is to say about its rows.

use impala_core::api::BlockAnswer;
use impala_core::{Block, BlockData, BlockKind};

use super::note::Notes;
use super::{Content, chart, columns, failed, markdown, metric, provenance, sparkline};
use crate::format;
use crate::scene::{Area, Emphasis, Mark, Medium, Scene, Tone};

/// Draws a block into `area`. With little room the border goes first, then all but one line.
pub(crate) fn draw(scene: &mut Scene, area: Area, content: &Content) {
    if area.cols() == 0 || area.rows() == 0 {
        return;
    }
    if let BlockKind::Text(_) = content.block.kind {
        return text(scene, area, content);
    }
    if has_frame(area) {
        match scene.medium {
            Medium::Cells => bordered(scene, area, content),
            Medium::Page => card(scene, area, content),
        }
    } else {
        bare(scene, area, content);
    }
}

/// Rows between cards, half of it on each side.
const CARD_GAP: f64 = 1.0 / 3.0;

/// Columns between the edge of a card and what it holds.
const CARD_SIDE: f64 = 2.0;

/// The card that a block of that size is on a page.
fn card_of(area: Area) -> Area {
    area.inset(0.0, CARD_GAP / 2.0, 0.0, CARD_GAP / 2.0)
}

/// Whether title and foot stand closer to what is between them: the number of a low block is a headline of its own.
pub(crate) fn is_tight(area: Area, block: &Block) -> bool {
    matches!(block.kind, BlockKind::Metric(_)) && area.rows() < 6
}

/// The room on a card below its title and above its foot.
pub(crate) fn card_room(area: Area, block: &Block) -> Area {
    let (above, below) = if is_tight(area, block) { (1.25, 0.95) } else { (1.5, 1.2) };
    card_of(area).inset(CARD_SIDE, above, CARD_SIDE, below)
}

/// Rows that a terminal leaves within its border: what is shown is decided by that, whatever it is drawn on.
pub(crate) fn rows_within(area: Area) -> usize {
    area.rows().saturating_sub(2)
}

/// Whether there is room for a frame.
pub(crate) fn has_frame(area: Area) -> bool {
    area.rows() >= 4 && area.cols() >= 8
}

/// How much wider bold letters may be than others.
const BOLDER: f64 = 1.12;

/// Cuts a title, which is bold, to so many columns.
fn cut_title(medium: Medium, title: &str, width_cols: usize) -> String {
    medium.cut(title, medium.pick(width_cols, (width_cols as f64 / BOLDER) as usize))
}

/// On a page: a card with its title at the top, inside it, and at the bottom what there is to say about its rows.
fn card(scene: &mut Scene, area: Area, content: &Content) {
    let card = card_of(area);
    scene.marks.push(Mark::Border { area: card, tone: Tone::Faint });
    let whole = title_of(content.block);
    let title = cut_title(scene.medium, &whole, card.cols().saturating_sub(4));
    scene.styled(card.x + CARD_SIDE, card.y + 0.35, &title, Tone::Title, Emphasis::BOLD);
    scene.tip(|| if title == whole { String::new() } else { whole.clone() });
    let notes = inside(scene, card_room(area, content.block), rows_within(area), content);
    let foot = Area { y: card.bottom() - 1.15, h: 1.0, ..card.inset(CARD_SIDE, 0.0, CARD_SIDE, 0.0) };
    provenance::draw(scene, foot, content.data(), &notes, content.options);
}

fn bordered(scene: &mut Scene, area: Area, content: &Content) {
    scene.marks.push(Mark::Border { area, tone: Tone::Faint });
    title(scene, area, &title_of(content.block));
    let inner = area.inset(2.0, 1.0, 2.0, 1.0);
    let notes = inside(scene, inner, inner.rows(), content);
    let room = area.inset(2.0, 0.0, 2.0, 0.0);
    let foot = Area { y: area.bottom() - 1.0, ..room };
    provenance::draw(scene, foot, content.data(), &notes, content.options);
}

fn title(scene: &mut Scene, area: Area, title: &str) {
    let text = format::cut(title, area.cols().saturating_sub(6));
    if !text.is_empty() {
        scene.styled(area.x + 2.0, area.y, &format!(" {text} "), Tone::Title, Emphasis::BOLD);
    }
}

/// Without border: title on the first line, and with two lines or more the content below it.
fn bare(scene: &mut Scene, area: Area, content: &Content) {
    let title = title_of(content.block);
    if area.rows() >= 2 {
        let title = cut_title(scene.medium, &title, area.cols());
        scene.styled(area.x, area.y, &title, Tone::Title, Emphasis::BOLD);
        let below = area.inset(0.0, 1.0, 0.0, 0.0);
        inside(scene, below, below.rows(), content);
        return;
    }
    let (medium, room) = (scene.medium, area.cols());
    let value = one_line(medium, content, room);
    let value = with_period(content, &value, room.saturating_sub(medium.cols(&title) + 1), medium);
    let title_room = room.saturating_sub(medium.cols(&value) + 1);
    scene.styled(area.x, area.y, &cut_title(medium, &title, title_room), Tone::Title, Emphasis::BOLD);
    scene.text_ending(area.right(), area.y, &value, Tone::Plain);
}

/// What a block comes to in one line of so many columns.
fn one_line(medium: Medium, content: &Content, width_cols: usize) -> String {
    let fits = |text: &str| medium.cols(text) <= width_cols;
    let text = match (content.answer, &content.block.kind) {
        (None, _) => "…".to_owned(),
        (Some(BlockAnswer::Problem(_)), _) => "failed".to_owned(),
        (Some(BlockAnswer::Data(data)), BlockKind::Metric(it)) => metric::value_fitting(it, data, fits),
        (Some(BlockAnswer::Data(data)), BlockKind::Chart(it)) => sparkline::last_value(it, data, width_cols),
        (Some(BlockAnswer::Data(data)), _) => format::count(data.rows_total, "row"),
    };
    medium.cut(&text, width_cols)
}

/// The same with the period that the number is of, where so many columns hold both.
fn with_period(content: &Content, value: &str, width_cols: usize, medium: Medium) -> String {
    let period = match (&content.block.kind, content.data()) {
        (BlockKind::Metric(it), Some(data)) => metric::period_text(it, data),
        _ => None,
    };
    let whole = period.map(|period| format!("{value} · {period}"));
    whole.filter(|whole| medium.cols(whole) <= width_cols).unwrap_or_else(|| value.to_owned())
}

/// Draws what is inside a frame.
///
/// * `rows`: rows of a terminal that it stands for, which decide what is shown; on a page `area` may have others.
pub(crate) fn inside(scene: &mut Scene, area: Area, rows: usize, content: &Content) -> Notes {
    if let BlockKind::Text(_) = content.block.kind {
        markdown::draw(scene, area, &content.markdown);
        return Notes::new();
    }
    match content.answer {
        None => failed::waiting(scene, area),
        Some(BlockAnswer::Problem(problem)) => failed::draw(scene, area, problem),
        Some(BlockAnswer::Data(data)) => return of_data(scene, (area, rows), content.block, data),
    }
    Notes::new()
}

fn of_data(scene: &mut Scene, (area, rows): (Area, usize), block: &Block, data: &BlockData) -> Notes {
    let is_empty = data.columns.iter().all(|column| column.values.is_empty());
    match &block.kind {
        BlockKind::Metric(it) => return metric::draw(scene, area, it, data),
        BlockKind::Table(_) if !data.columns.is_empty() => {
            return columns::draw(scene, area, rows, data);
        }
        _ if is_empty => failed::empty(scene, area, data),
        BlockKind::Chart(it) => return chart::draw(scene, area, rows, (it, data)),
        BlockKind::Table(_) | BlockKind::Text(_) => {}
    }
    Notes::new()
}

impl Content<'_> {
    fn data(&self) -> Option<&BlockData> {
        match self.answer {
            Some(BlockAnswer::Data(data)) => Some(data),
            _ => None,
        }
    }
}

/// Title of a block, or one made from what it shows. Empty for text without a title.
pub fn title_of(block: &Block) -> String {
    match &block.title {
        Some(title) => format::clean(title),
        None => match &block.kind {
            BlockKind::Chart(it) => chart::default_title(it),
            BlockKind::Metric(it) if it.value.aggregate.is_some() => {
                format::clean(&format::capitalised(&it.value.title()))
            }
            BlockKind::Metric(it) => format::clean(&it.value.title()),
            BlockKind::Table(it) => {
                it.from.source.as_ref().map_or_else(|| block.id.clone(), |source| source.name.clone())
            }
            BlockKind::Text(_) => String::new(),
        },
    }
}

/// Text has no border: it is the page on which the other blocks lie.
fn text(scene: &mut Scene, area: Area, content: &Content) {
    let mut room = area;
    if content.block.title.is_some() {
        scene.styled(
            area.x,
            area.y,
            &format::cut(&title_of(content.block), area.cols()),
            Tone::Title,
            Emphasis::BOLD,
        );
        room = area.inset(0.0, 1.0, 0.0, 0.0);
    }
    markdown::draw(scene, room.inset(0.0, 0.0, 1.0, 0.0), &content.markdown);
}

/// Rows that a text block needs at that width.
pub(crate) fn text_rows(medium: Medium, markdown: &str, block: &Block, width_cols: u16) -> u32 {
    let lines = markdown::lines(medium, markdown, usize::from(width_cols).saturating_sub(1)).len();
    lines as u32 + u32::from(block.title.is_some())
}
