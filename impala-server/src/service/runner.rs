//! Runs queries off the async threads: a few at a time, each with a deadline, each answer cached for the next caller who
//! asks the same.
//!
//! Versions never change, so an answer stays valid: the cache only drops what it has no room for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use impala_core::api::{BlockStatement, ColumnStats, RowDiff, RowsDiff, ValueDiff};
use impala_core::data::{Column, Values};
use jiff::Timestamp;
use moka::future::Cache;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::engine::{Answer, CancelOnDrop, QueryError, Stop};

/// Bytes of answers that are kept.
const CACHE_BYTES: u64 = 128 << 20;

/// How long a query waits for its turn at most.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(60);

/// How long a cancelled query may take to stop; after that it is not waited for.
const STOP_TIMEOUT: Duration = Duration::from_secs(1);

/// Names an answer: the same question to the same versions has the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of a question, which must include all that the answer depends on.
    ///
    /// It is made of the derived `Debug` form, which holds every field. What is written for people does not: the text
    /// of a bin, for one, leaves out how many bins there are.
    pub fn of(question: &impl std::fmt::Debug) -> Self {
        Self(Sha256::digest(format!("{question:?}")).into())
    }
}

/// An answer that is kept.
#[derive(Debug)]
pub enum Kept {
    /// Of a query.
    Answer(Answer),
    /// Of the columns of a version.
    Stats(Vec<ColumnStats>),
    /// What a block asks, as SQL.
    Statements(Vec<BlockStatement>),
    /// Of the rows of two versions.
    Diff(RowsDiff),
}

/// An answer, and how it was computed.
#[derive(Debug)]
pub struct Computed {
    /// The answer.
    pub kept: Kept,
    /// When it was computed.
    pub computed_at: Timestamp,
    /// How long that took, in milliseconds.
    pub elapsed_ms: u64,
}

/// Runs queries.
#[derive(Debug)]
pub struct Runner {
    permits: Arc<Semaphore>,
    cache: Cache<Key, Arc<Computed>>,
}

impl Runner {
    /// A runner of `width` queries at a time.
    pub fn new(width: usize) -> Self {
        let cache = Cache::builder()
            .max_capacity(CACHE_BYTES)
            .weigher(|_: &Key, computed: &Arc<Computed>| {
                u32::try_from(computed.kept.size_bytes()).unwrap_or(u32::MAX)
            })
            .build();
        Self { permits: Arc::new(Semaphore::new(width.max(1))), cache }
    }

    /// Runs `work`, which is cancelled when it takes longer than `limit` or when the future returned is dropped.
    ///
    /// # Errors
    /// What `work` says; `TimedOut` when it took too long or had to wait too long for its turn.
    pub async fn run<T: Send + 'static>(
        &self,
        limit: Duration,
        work: impl FnOnce(&Stop) -> Result<T, QueryError> + Send + 'static,
    ) -> Result<T, QueryError> {
        let turn = timeout(QUEUE_TIMEOUT, Arc::clone(&self.permits).acquire_owned()).await;
        let Ok(Ok(permit)) = turn else {
            return Err(QueryError::TimedOut);
        };
        let stop = CancelOnDrop(Stop::after(limit));
        let within = stop.0.clone();
        let task = tokio::task::spawn_blocking(move || {
            // The turn ends with the work itself, also when nobody waits for it any more.
            let _permit = permit;
            within.check()?;
            work(&within)
        });
        match timeout(limit + STOP_TIMEOUT, task).await {
            Ok(Ok(result)) => result,
            Ok(Err(fault)) => Err(QueryError::Failed(Box::new(fault))),
            Err(_) => Err(QueryError::TimedOut),
        }
    }

    /// As [`Runner::run`], but an answer that is there already is taken; several who ask the same at once wait
    /// for one run. Says whether the answer was there.
    ///
    /// # Errors
    /// As [`Runner::run`]. Failures are not kept.
    pub async fn cached(
        &self,
        key: Key,
        limit: Duration,
        now: impl Fn() -> Timestamp + Send + Sync,
        work: impl FnOnce(&Stop) -> Result<Kept, QueryError> + Send + 'static,
    ) -> Result<(Arc<Computed>, bool), QueryError> {
        let compute = async {
            let begun = Instant::now();
            let kept = self.run(limit, work).await?;
            let elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            Ok(Arc::new(Computed { kept, computed_at: now(), elapsed_ms }))
        };
        let entry = self.cache.entry(key).or_try_insert_with(Box::pin(compute)).await.map_err(own)?;
        let was_there = !entry.is_fresh();
        Ok((entry.into_value(), was_there))
    }
}

/// Those who waited for the same run share its failure.
fn own(error: Arc<QueryError>) -> QueryError {
    Arc::try_unwrap(error).unwrap_or_else(|shared| match &*shared {
        QueryError::Invalid(invalid) => QueryError::Invalid(invalid.clone()),
        QueryError::TimedOut => QueryError::TimedOut,
        QueryError::Cancelled => QueryError::Cancelled,
        QueryError::Failed(source) => QueryError::Failed(source.to_string().into()),
    })
}

impl Kept {
    fn size_bytes(&self) -> usize {
        /// What an entry costs besides its values.
        const ENTRY: usize = 512;
        ENTRY
            + match self {
                Self::Answer(answer) => answer.columns.iter().chain(&answer.trend).map(column_bytes).sum(),
                Self::Stats(columns) => columns.len() * 512,
                Self::Statements(statements) => statements.iter().map(|statement| statement.sql.len()).sum(),
                Self::Diff(rows) => rows.sample.iter().map(row_bytes).sum(),
            }
    }
}

fn row_bytes(row: &RowDiff) -> usize {
    let text = |text: &Option<String>| text.as_ref().map_or(0, String::capacity) + 24;
    let value = |value: &ValueDiff| value.column.len() + text(&value.before) + text(&value.after) + 24;
    row.key.iter().map(text).sum::<usize>() + row.values.iter().map(value).sum::<usize>() + 64
}

fn column_bytes(column: &Column) -> usize {
    let texts = match &column.values {
        Values::String(texts) => texts.iter().flatten().map(String::capacity).sum(),
        _ => 0,
    };
    column.values.len() * 24 + texts + column.name.len() + 64
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use impala_core::term::{Aggregate, Bin, Term};

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn answer(rows_total: u64) -> Kept {
        Kept::Answer(Answer { columns: Vec::new(), trend: Vec::new(), rows_total, rows_scanned: 0 })
    }

    #[tokio::test]
    async fn the_same_question_runs_once() {
        let runner = Runner::new(4);
        let runs = Arc::new(AtomicU32::new(0));
        let ask = || {
            let runs = Arc::clone(&runs);
            runner.cached(Key::of(&"q"), LONG, Timestamp::now, move |_| {
                Ok(answer(u64::from(runs.fetch_add(1, Ordering::SeqCst))))
            })
        };
        let (first, second) = tokio::join!(ask(), ask());
        let were_there = [first.unwrap().1, second.unwrap().1];
        assert!(were_there.contains(&false) && were_there.contains(&true));
        assert!(ask().await.unwrap().1);
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_failure_is_not_kept() {
        let runner = Runner::new(1);
        let key = Key::of(&"q");
        let failed = runner.cached(key, LONG, Timestamp::now, |_| Err(QueryError::TimedOut)).await;
        assert!(matches!(failed, Err(QueryError::TimedOut)));
        let (_, was_there) = runner.cached(key, LONG, Timestamp::now, |_| Ok(answer(1))).await.unwrap();
        assert!(!was_there);
    }

    #[tokio::test]
    async fn work_past_its_deadline_is_told_to_stop() {
        let runner = Runner::new(1);
        let result: Result<(), _> = runner
            .run(Duration::ZERO, |stop| {
                loop {
                    stop.check()?;
                }
            })
            .await;
        assert!(matches!(result, Err(QueryError::TimedOut)));
    }

    #[tokio::test]
    async fn dropping_the_question_stops_the_work_and_frees_its_place() {
        let runner = Runner::new(1);
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let endless = runner.run(LONG, move |stop| -> Result<(), QueryError> {
            let _ = begun.send(());
            loop {
                stop.check()?;
            }
        });
        tokio::select! {
            _ = endless => unreachable!("it never ends by itself"),
            _ = has_begun => {}
        }
        assert_eq!(runner.run(LONG, |_| Ok(7)).await.unwrap(), 7);
    }

    #[test]
    fn questions_differ_by_what_they_ask() {
        assert_eq!(Key::of(&("q", 1)), Key::of(&("q", 1)));
        assert_ne!(Key::of(&("q", 1)), Key::of(&("q", 2)));
        let bins = [5, 50].map(|maxbins| Key::of(&Term::Bin(Bin { maxbins }, "v".to_owned())));
        assert_ne!(bins[0], bins[1]);
        let sum = Term::Aggregate(Aggregate::Sum, Some("v".to_owned()));
        assert_ne!(Key::of(&Term::Field("sum(v)".to_owned())), Key::of(&sum));
    }
}
