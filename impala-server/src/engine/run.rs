//! Runs work of Polars so that it ends: at its deadline, when cancelled, and without taking the process along.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use polars::error::set_warning_function;
use polars::lazy::dsl::DslPlan;
use polars::prelude::{
    Column, DataFrame, Engine, Expr, IntoLazy, LazyFrame, Operator, OptFlags, PlRefPath, PolarsError,
    PolarsResult, ScanArgsParquet, Schema,
};

use impala_core::Invalid;
use impala_core::number_format::group_thousands;

use super::{QueryError, Stop, TableFile, failure};

/// Polars plans recursively; with this much stack the deepest statement that is let through fits.
const STACK_BYTES: usize = 64 << 20;

/// Rows that one join may make. What comes behind it, such as a sort, may have to hold them all.
pub(super) const MAX_JOINED_ROWS: u64 = 20_000_000;

/// Bytes of the texts that one join may make, for the same reason.
const MAX_JOINED_BYTES: u64 = 2 << 30;

/// How often the waiting thread looks at the clock.
const TICK: Duration = Duration::from_millis(10);

/// How long to wait for stopped work to end before leaving it alone with its next check.
const GRACE: Duration = Duration::from_millis(250);

/// Runs `work` on a thread of its own and waits for it.
///
/// # Errors
/// Those of `work`; `TimedOut` or `Cancelled` when `stop` says so; `Failed` when it panics.
pub(super) fn guarded<T: Send + 'static>(
    stop: &Stop,
    work: impl FnOnce() -> Result<T, QueryError> + Send + 'static,
) -> Result<T, QueryError> {
    stop.check()?;
    set_warning_function(|text, _| tracing::debug!(text, "polars"));
    let (sender, receiver) = mpsc::sync_channel(1);
    let run = move || {
        let result = std::panic::catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|panic| Err(QueryError::Failed(Box::new(Panicked(panic_text(panic.as_ref()))))));
        // Nobody listens any more when the deadline has passed.
        let _ = sender.send(result);
    };
    let thread = std::thread::Builder::new().name("query".to_owned()).stack_size(STACK_BYTES);
    thread.spawn(run).map_err(|error| QueryError::Failed(Box::new(error)))?;
    loop {
        match receiver.recv_timeout(TICK) {
            Ok(Err(error)) => return Err(stop.check().err().map_or(error, QueryError::from)),
            Ok(Ok(answer)) => return Ok(answer),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(QueryError::Failed("the query's thread ended".into()));
            }
            Err(RecvTimeoutError::Timeout) => {
                if let Err(stopped) = stop.check() {
                    let _ = receiver.recv_timeout(GRACE);
                    return Err(stopped.into());
                }
            }
        }
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("without a message").to_owned()
}

/// Work that ended in a panic of Polars.
#[derive(Debug, thiserror::Error)]
#[error("panicked: {0}")]
struct Panicked(String);

/// Polars panics at some unusual expressions. Then it is the query's fault, whose text is at `pointer`; the panic is logged.
pub(super) fn blame(error: QueryError, pointer: &str) -> QueryError {
    match error {
        QueryError::Failed(source) if source.is::<Panicked>() => {
            tracing::error!(error = %source, "a query made Polars panic");
            Invalid::at(pointer, "cannot be computed; write its expressions in another way").into()
        }
        other => other,
    }
}

/// The rows of a Parquet file. Reading checks `stop` at every batch.
///
/// # Errors
/// `Failed` when the file cannot be opened.
pub(super) fn scan(file: &TableFile, stop: &Stop) -> Result<LazyFrame, QueryError> {
    let open = || {
        // The path is a file's own, not a pattern.
        let args = ScanArgsParquet { glob: false, ..ScanArgsParquet::default() };
        LazyFrame::scan_parquet(PlRefPath::try_from_path(&file.path)?, args)
    };
    let frame = open().map_err(|error| QueryError::Failed(Box::new(error)))?;
    Ok(stoppable(frame, stop, u64::MAX, u64::MAX))
}

fn text_bytes(batch: &DataFrame) -> usize {
    let texts = batch.columns().iter().filter_map(|column| column.str().ok());
    texts.flat_map(|texts| texts.downcast_iter()).map(|texts| texts.total_bytes_len()).sum()
}

/// No rows, with the columns that the file has. Enough to check a query.
pub(super) fn empty(file: &TableFile) -> LazyFrame {
    let fields = file
        .columns
        .iter()
        .map(|column| (column.name.as_str().into(), super::collect::dtype(column.column_type)));
    DataFrame::empty_with_schema(&Schema::from_iter(fields)).lazy()
}

fn grouped(number: u64) -> String {
    group_thousands(&number.to_string())
}

/// Passes rows on as long as it may, and `max_rows` at most, whose texts have `max_text_bytes` at most.
fn stoppable(frame: LazyFrame, stop: &Stop, max_rows: u64, max_text_bytes: u64) -> LazyFrame {
    let (stop, n_rows, n_bytes) = (stop.clone(), AtomicU64::new(0), AtomicU64::new(0));
    let add = |to: &AtomicU64, more: usize| to.fetch_add(more as u64, Ordering::Relaxed) + more as u64;
    let check = move |batch: DataFrame| {
        let n_rows = add(&n_rows, batch.height());
        let n_bytes = if max_text_bytes == u64::MAX { 0 } else { add(&n_bytes, text_bytes(&batch)) };
        match stop.check() {
            Err(_) => Err(PolarsError::ComputeError("stopped".into())),
            Ok(()) if n_rows > max_rows => Err(PolarsError::InvalidOperation(
                format!("a join makes more than {} rows; is its key unique on one side?", grouped(max_rows))
                    .into(),
            )),
            Ok(()) if n_bytes > max_text_bytes => Err(PolarsError::InvalidOperation(
                format!(
                    "a join makes more than {} bytes of text; leave long texts out",
                    grouped(max_text_bytes)
                )
                .into(),
            )),
            Ok(()) => Ok(batch),
        }
    };
    let flags = OptFlags::PROJECTION_PUSHDOWN | OptFlags::PREDICATE_PUSHDOWN | OptFlags::STREAMING;
    frame.map(check, flags, None, Some("stop"))
}

/// Checks `stop` whenever a condition is computed: behind one that no row meets, nothing arrives that could be checked.
/// The parts of an `AND` stay apart, so that each can move as near to the file as it may.
fn stoppable_condition(condition: Expr, stop: &Stop) -> Expr {
    let inner = |part: Arc<Expr>| stoppable_condition(Arc::unwrap_or_clone(part), stop);
    match condition {
        Expr::BinaryExpr { left, op: Operator::And, right } => inner(left).and(inner(right)),
        condition => {
            let stop = stop.clone();
            let check = move |mask: Column| match stop.check() {
                Ok(()) => Ok(mask),
                Err(_) => Err(PolarsError::ComputeError("stopped".into())),
            };
            condition.map(check, |_, field| Ok(field.clone()))
        }
    }
}

/// Checks `stop` behind every join too: joins make rows long after the last row was read.
fn with_checks(plan: DslPlan, stop: &Stop) -> DslPlan {
    let inner = |plan: Arc<DslPlan>| Arc::new(with_checks(Arc::unwrap_or_clone(plan), stop));
    let all = |plans: Vec<DslPlan>| plans.into_iter().map(|plan| with_checks(plan, stop)).collect();
    match plan {
        DslPlan::Join { input_left, input_right, left_on, right_on, predicates, options } => {
            let (input_left, input_right) = (inner(input_left), inner(input_right));
            let join = DslPlan::Join { input_left, input_right, left_on, right_on, predicates, options };
            stoppable(LazyFrame::from(join), stop, MAX_JOINED_ROWS, MAX_JOINED_BYTES).logical_plan
        }
        DslPlan::Filter { input, predicate } => {
            DslPlan::Filter { input: inner(input), predicate: stoppable_condition(predicate, stop) }
        }
        DslPlan::Cache { input, id } => DslPlan::Cache { input: inner(input), id },
        DslPlan::Select { expr, input, options } => DslPlan::Select { expr, input: inner(input), options },
        DslPlan::GroupBy { input, keys, predicates, aggs, maintain_order, options, apply } => {
            DslPlan::GroupBy { input: inner(input), keys, predicates, aggs, maintain_order, options, apply }
        }
        DslPlan::HStack { input, exprs, options } => DslPlan::HStack { input: inner(input), exprs, options },
        DslPlan::Distinct { input, options } => DslPlan::Distinct { input: inner(input), options },
        DslPlan::Sort { input, by_column, slice, sort_options } => {
            DslPlan::Sort { input: inner(input), by_column, slice, sort_options }
        }
        DslPlan::Slice { input, offset, len } => DslPlan::Slice { input: inner(input), offset, len },
        DslPlan::MapFunction { input, function } => DslPlan::MapFunction { input: inner(input), function },
        DslPlan::Union { inputs, args } => DslPlan::Union { inputs: all(inputs), args },
        DslPlan::HConcat { inputs, options } => DslPlan::HConcat { inputs: all(inputs), options },
        DslPlan::ExtContext { input, contexts } => {
            DslPlan::ExtContext { input: inner(input), contexts: all(contexts) }
        }
        DslPlan::IR { dsl, .. } => with_checks(Arc::unwrap_or_clone(dsl), stop),
        other => other,
    }
}

/// Runs a plan.
///
/// # Errors
/// Polars' errors, sorted by whose fault they are; `columns` are the names that could have been meant.
pub(super) fn collect(frame: LazyFrame, columns: &[String], stop: &Stop) -> Result<DataFrame, QueryError> {
    stop.check()?;
    run(frame, stop).map_err(|error| match stop.check() {
        Err(stopped) => stopped.into(),
        Ok(()) => failure::from_polars(error, columns),
    })
}

fn run(frame: LazyFrame, stop: &Stop) -> PolarsResult<DataFrame> {
    let plan = with_checks(frame.logical_plan, stop);
    LazyFrame::from(plan).collect_with_engine(Engine::Streaming).map(|result| result.unwrap_single())
}
