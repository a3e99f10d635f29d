//! Canvases as tests: every block is asked, and its answer checked against what is expected of it.

use futures_util::future::join_all;
use impala_core::api::{CanvasDraft, RuleCheck};
use impala_core::expect::{ColumnTest, Expectation, Judged, Number, Test, Verdict};
use impala_core::number_format::trimmed;
use impala_core::parameter::{self, Bindings};
use impala_core::query::BlockQuery;
use impala_core::{Block, BlockData, BlockKind, Canvas};
use jiff::Timestamp;

use super::data::{self, Given};
use super::paths::{CanvasPath, ProjectPath};
use super::previews::Place;
use super::tables::Catalogue;
use super::{Caller, Error, canvases};
use crate::engine::{QueryError, Tables};
use crate::state::AppState;

mod column;

/// The result for a canvas.
#[derive(Debug)]
pub struct Checked {
    /// The canvas.
    pub canvas: Canvas,
    /// Its revision; 0 for one that is not saved.
    pub revision: u64,
    /// What each parameter was set to.
    pub bindings: Bindings,
    /// When.
    pub checked_at: Timestamp,
    /// Each block that asks something, in reading order.
    pub blocks: Vec<CheckedBlock>,
}

/// The result for a block.
#[derive(Debug)]
pub struct CheckedBlock {
    /// Its id.
    pub id: String,
    /// What it answered.
    pub answer: Result<BlockData, Error>,
    /// Its rules, in the order of the document.
    pub rules: Vec<RuleCheck>,
}

/// Checks a canvas as it is saved.
///
/// # Errors
/// `NotFound`, `Forbidden`, or `Invalid` for parameters that the canvas does not have or that do not fit.
pub async fn of_canvas(
    app: &AppState,
    caller: &Caller,
    path: &CanvasPath,
    preview: Option<&str>,
    given: &Given,
) -> Result<Checked, Error> {
    let (place, saved) = canvases::read_through(app, caller, path, preview).await?;
    check(app, place, saved.canvas, saved.revision.revision, given, &[]).await
}

/// Checks a canvas that is not saved.
///
/// # Errors
/// As [`data::of_draft`].
pub async fn of_draft(
    app: &AppState,
    caller: &Caller,
    path: &ProjectPath,
    preview: Option<&str>,
    draft: &CanvasDraft,
) -> Result<Checked, Error> {
    let (project, canvas) = data::read_draft(app, caller, path, draft).await?;
    check(app, Place::of(app, project, preview).await?, canvas, 0, &draft.parameters, &draft.blocks).await
}

async fn check(
    app: &AppState,
    place: Place,
    canvas: Canvas,
    revision: u64,
    given: &Given,
    wanted: &[String],
) -> Result<Checked, Error> {
    let bindings = parameter::bind_all(&canvas.spec.parameters, given)?;
    let catalogue = Catalogue::of_canvas(app, place, &canvas).await?;
    let checked_at = app.now();
    let checker = Checker { app, catalogue: &catalogue, bindings: &bindings, now: checked_at };
    let is_wanted = |block: &&Block| wanted.is_empty() || wanted.contains(&block.id);
    let checks = canvas.spec.blocks.iter().filter(is_wanted).map(|block| checker.block(block));
    let blocks = join_all(checks).await.into_iter().flatten().collect();
    Ok(Checked { canvas, revision, bindings, checked_at, blocks })
}

struct Checker<'a> {
    app: &'a AppState,
    catalogue: &'a Catalogue,
    bindings: &'a Bindings,
    now: Timestamp,
}

impl Checker<'_> {
    /// `None` for text, which asks nothing.
    async fn block(&self, block: &Block) -> Option<CheckedBlock> {
        let query = self.catalogue.query_of(block)?;
        let answer = data::answer(self.app, self.catalogue, &query, self.bindings).await;
        let mut rules = Vec::new();
        match (&answer, self.catalogue.tables_of(&query)) {
            (Ok(data), Ok(tables)) => {
                let subject = Subject { checker: self, block, query: &query, data, tables };
                for rule in &block.expect {
                    rules.push(checked(rule, subject.judge(rule).await.unwrap_or_else(not_found_out)));
                }
            }
            _ => rules.extend(block.expect.iter().map(|rule| {
                checked(rule, Judged { verdict: Verdict::Skip, found: "the block has no answer".to_owned() })
            })),
        }
        Some(CheckedBlock { id: block.id.clone(), answer, rules })
    }
}

fn checked(rule: &Expectation, judged: Judged) -> RuleCheck {
    RuleCheck { rule: rule.to_string(), verdict: judged.verdict, found: judged.found }
}

/// A rule that cannot be checked fails.
fn not_found_out(error: Error) -> Judged {
    let found = match error {
        Error::Invalid(invalid) | Error::Query(QueryError::Invalid(invalid)) => texts(&invalid),
        other => other.to_string(),
    };
    Judged { verdict: Verdict::Fail, found }
}

fn texts(invalid: &impala_core::Invalid) -> String {
    // Each figure that was asked for reports a missing column again.
    let mut texts: Vec<&str> = invalid.errors.iter().map(|error| error.detail.as_str()).collect();
    texts.dedup();
    texts.join("; ")
}

/// A block that has answered.
struct Subject<'a> {
    checker: &'a Checker<'a>,
    block: &'a Block,
    query: &'a BlockQuery,
    data: &'a BlockData,
    tables: Tables,
}

impl Subject<'_> {
    async fn judge(&self, rule: &Expectation) -> Result<Judged, Error> {
        match rule {
            Expectation::Rows(test) => {
                let now = Some(self.rows(&self.tables).await? as f64);
                let before = match self.earlier(rule) {
                    Some(tables) => Some(self.rows(&tables).await.map(|rows| Some(rows as f64))),
                    None => None,
                };
                Ok(judge(test, now, before))
            }
            Expectation::Value(test) => {
                let now = value(self.data)?;
                let before = match self.earlier(rule) {
                    Some(tables) => Some(self.ask(&tables).await.and_then(|data| value(&data))),
                    None => None,
                };
                Ok(judge(test, now, before))
            }
            Expectation::ValueNotNull => {
                let text = self.data.columns.first().and_then(|column| column.values.text(0));
                let verdict = if text.is_some() { Verdict::Pass } else { Verdict::Fail };
                Ok(Judged { verdict, found: text.unwrap_or_else(|| "null".to_owned()) })
            }
            Expectation::Column(name, test) => self.column(name, *test).await,
            Expectation::NotTruncated => Ok(self.truncation()),
            Expectation::FreshWithin(span) => Ok(span.judge(self.age_seconds())),
        }
    }

    /// The tables one version back, for a rule that asks for them.
    fn earlier(&self, rule: &Expectation) -> Option<Tables> {
        if rule.needs_previous() { self.checker.catalogue.one_back(&self.tables) } else { None }
    }

    /// What the block shows over other versions. The value of a metric that is compared to a period is that of the latest.
    async fn ask(&self, tables: &Tables) -> Result<BlockData, Error> {
        self.run(&self.query.over_one_version(), tables).await
    }

    async fn run(&self, query: &BlockQuery, tables: &Tables) -> Result<BlockData, Error> {
        data::answer_over(self.checker.app, query, tables, None, self.checker.bindings).await
    }

    /// Rows without a limit; for a metric those behind its value.
    async fn rows(&self, tables: &Tables) -> Result<u64, Error> {
        let is_shown = *tables == self.tables;
        match &self.block.kind {
            BlockKind::Metric(_) => Ok(self.figures(tables, None).await?.rows),
            _ if is_shown => Ok(self.data.rows_total),
            _ => Ok(self.ask(tables).await?.rows_total),
        }
    }

    fn truncation(&self) -> Judged {
        let (shown, total) = (self.data.rows_shown, self.data.rows_total);
        match self.data.truncated {
            true => Judged { verdict: Verdict::Fail, found: format!("{shown} of {total} rows shown") },
            false if total == 1 => Judged { verdict: Verdict::Pass, found: "1 row".to_owned() },
            false => Judged { verdict: Verdict::Pass, found: format!("all {total} rows shown") },
        }
    }

    /// Of the oldest version that the block reads. A clock that was set back makes nothing older.
    fn age_seconds(&self) -> u64 {
        let uploaded =
            self.tables.keys().filter_map(|source| self.checker.catalogue.uploaded_at(source)).min();
        let age = uploaded.map_or(0, |at| self.checker.now.duration_since(at).as_secs());
        u64::try_from(age).unwrap_or(0)
    }

    async fn column(&self, name: &str, test: ColumnTest) -> Result<Judged, Error> {
        let is_grouped = self.query.main.is_grouped() && !matches!(self.block.kind, BlockKind::Metric(_));
        match self.data.column(name).filter(|_| is_grouped) {
            Some(_) if self.data.truncated => {
                let (shown, total) = (self.data.rows_shown, self.data.rows_total);
                let found = format!("only {shown} of {total} rows are shown, so the others are not known");
                Ok(Judged { verdict: Verdict::Fail, found })
            }
            Some(column) => Ok(column::Figures::of(column).judge(test)),
            None => Ok(self.figures(&self.tables, Some(name)).await?.judge(test)),
        }
    }
}

fn judge(test: &Test, now: Option<f64>, before: Option<Result<Option<f64>, Error>>) -> Judged {
    match before {
        None => test.judge(Number { now, before: None }, trimmed),
        Some(Ok(before)) => test.judge(Number { now, before: Some(before) }, trimmed),
        Some(Err(error)) => {
            let found = format!("the earlier version cannot be asked: {}", not_found_out(error).found);
            Judged { verdict: Verdict::Fail, found }
        }
    }
}

/// The value of a metric, which has to be a number.
fn value(data: &BlockData) -> Result<Option<f64>, Error> {
    let Some(column) = data.columns.first() else { return Ok(None) };
    column::number(column, 0)
}
