//! Which nodes may stand in a statement. Whatever is not named here is refused, so that a newer parser or Polars opens
//! nothing by itself.

mod expr;
mod from;

use std::ops::ControlFlow;

use impala_core::Invalid;
use sqlparser::ast::{
    Expr, GroupByExpr, LimitClause, OrderByKind, Query, Select, SelectItem, SetExpr, SetOperator,
    TableFactor, Value, Visit, Visitor,
};

use super::functions;
use expr::{check_expr, check_function, check_value};
use from::{check_join, check_table};

/// Deepest expression: `1 + 1 + 1 + ...` is nested from the left.
const MAX_EXPRESSION_DEPTH: usize = 250;

/// Most selects of a statement, set operations and subqueries counted.
const MAX_SELECTS: usize = 40;

/// Highest `LIMIT` and `OFFSET`.
const MAX_BOUND: u32 = 1_000_000_000;

struct Guard {
    is_filter: bool,
    depth: usize,
    n_queries: usize,
    n_selects: usize,
    /// Of the queries that are being visited, how many common table expressions are still to come.
    ctes_left: Vec<usize>,
}

impl Guard {
    fn new(is_filter: bool) -> Self {
        Self { is_filter, depth: 0, n_queries: 0, n_selects: 0, ctes_left: Vec::new() }
    }
}

/// Checks a whole statement.
///
/// # Errors
/// The first node that is not let through.
pub(super) fn check_query(query: &Query) -> Result<(), Invalid> {
    finish(query.visit(&mut Guard::new(false)))
}

/// Checks the expression of a filter, which looks at one row and holds no subquery.
///
/// # Errors
/// The first node that is not let through.
pub(super) fn check_filter(expr: &Expr) -> Result<(), Invalid> {
    finish(expr.visit(&mut Guard::new(true)))
}

fn finish(flow: ControlFlow<String>) -> Result<(), Invalid> {
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(detail) => Err(Invalid::at("", detail)),
    }
}

type Refusal = Result<(), String>;

fn refuse(detail: impl Into<String>) -> Refusal {
    Err(detail.into())
}

fn unless(is_there: bool, what: &str) -> Refusal {
    if is_there { refuse(format!("{what} is not let through")) } else { Ok(()) }
}

fn flow(refusal: Refusal) -> ControlFlow<String> {
    match refusal {
        Ok(()) => ControlFlow::Continue(()),
        Err(detail) => ControlFlow::Break(detail),
    }
}

impl Visitor for Guard {
    type Break = String;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<String> {
        flow(self.query(query))
    }

    fn post_visit_query(&mut self, _query: &Query) -> ControlFlow<String> {
        self.ctes_left.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<String> {
        self.n_selects += 1;
        if self.n_selects > MAX_SELECTS {
            return ControlFlow::Break(format!("holds more than {MAX_SELECTS} SELECTs"));
        }
        flow(check_select(select))
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<String> {
        flow(check_table(factor))
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<String> {
        self.depth += 1;
        if self.depth > MAX_EXPRESSION_DEPTH {
            let detail =
                format!("chains more than {MAX_EXPRESSION_DEPTH} operators; IN (...) may say the same");
            return ControlFlow::Break(detail);
        }
        flow(self.expr(expr))
    }

    fn post_visit_expr(&mut self, _expr: &Expr) -> ControlFlow<String> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_value(&mut self, value: &sqlparser::ast::ValueWithSpan) -> ControlFlow<String> {
        flow(check_value(&value.value))
    }
}

impl Guard {
    fn query(&mut self, query: &Query) -> Refusal {
        if self.is_filter {
            return refuse("a filter holds no subquery; write the block's \"sql\" instead");
        }
        // Polars runs the WITH of the statement and of its common table expressions, and overlooks all others.
        let is_cte = match self.ctes_left.last_mut() {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        };
        if query.with.is_some() && self.n_queries > 0 && !is_cte {
            return refuse("WITH stands at the beginning of the statement, not in a subquery");
        }
        self.n_queries += 1;
        self.ctes_left.push(query.with.as_ref().map_or(0, |with| with.cte_tables.len()));
        check_query_clauses(query)?;
        check_body(&query.body)
    }

    fn expr(&self, expr: &Expr) -> Refusal {
        match expr {
            Expr::Function(function) => {
                if self.is_filter && functions::is_aggregate(&function.name.to_string()) {
                    return refuse(format!(
                        "a filter looks at one row, and {}() needs many; compare it in the block's \"sql\", behind HAVING, \
                         or show it in a metric",
                        function.name
                    ));
                }
                unless(self.is_filter && function.over.is_some(), "OVER in a filter")?;
                check_function(function)
            }
            Expr::CompoundIdentifier(_) if self.is_filter => {
                refuse(format!("\"{expr}\": a filter names fields without their source"))
            }
            _ => check_expr(expr),
        }
    }
}

fn check_query_clauses(query: &Query) -> Refusal {
    unless(query.with.as_ref().is_some_and(|with| with.recursive), "WITH RECURSIVE")?;
    unless(!query.locks.is_empty() || query.for_clause.is_some(), "FOR")?;
    unless(query.settings.is_some(), "SETTINGS")?;
    unless(query.format_clause.is_some(), "FORMAT")?;
    unless(!query.pipe_operators.is_empty(), "|>")?;
    unless(query.fetch.is_some(), "FETCH; write LIMIT")?;
    for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
        unless(cte.from.is_some(), "FROM behind a common table expression")?;
        unless(cte.alias.at.is_some(), "AT")?;
    }
    if let Some(order_by) = &query.order_by {
        unless(order_by.interpolate.is_some(), "INTERPOLATE")?;
        let OrderByKind::Expressions(keys) = &order_by.kind else {
            return refuse("ORDER BY ALL is not let through");
        };
        for key in keys {
            unless(key.with_fill.is_some(), "WITH FILL")?;
            check_ordinal(&key.expr, "ORDER BY")?;
        }
    }
    match &query.limit_clause {
        Some(LimitClause::LimitOffset { limit, offset, limit_by }) => {
            unless(!limit_by.is_empty(), "LIMIT BY")?;
            limit.iter().chain(offset.iter().map(|offset| &offset.value)).try_for_each(check_bound)
        }
        Some(LimitClause::OffsetCommaLimit { .. }) => refuse("write LIMIT n OFFSET m"),
        None => Ok(()),
    }
}

/// Polars adds limits and offsets up without a look at what an integer can hold.
fn check_bound(expr: &Expr) -> Refusal {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Number(number, _) if number.parse::<u32>().is_ok_and(|number| number <= MAX_BOUND) => {
                Ok(())
            }
            Value::Number(number, _) => {
                refuse(format!("LIMIT or OFFSET {number} is not a whole number up to {MAX_BOUND}"))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Polars counts columns from 1 and trusts that nobody writes 0.
fn check_ordinal(expr: &Expr, clause: &str) -> Refusal {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Number(number, _) if number.parse::<u32>().is_ok_and(|number| number > 0) => Ok(()),
            other => refuse(format!("{clause} {other} names no column; columns are counted from 1")),
        },
        _ => Ok(()),
    }
}

fn check_body(body: &SetExpr) -> Refusal {
    match body {
        SetExpr::Select(_) | SetExpr::Query(_) => Ok(()),
        SetExpr::SetOperation { op, left, right, .. } => {
            unless(*op == SetOperator::Minus, "MINUS; write EXCEPT")?;
            check_body(left)?;
            check_body(right)
        }
        SetExpr::Values(_) => refuse("VALUES is not let through; only one SELECT may be run"),
        SetExpr::Table(_) => refuse("TABLE is not let through; write SELECT * FROM"),
        other => {
            let printed = other.to_string();
            let word = printed.split_whitespace().next().unwrap_or_default().to_uppercase();
            refuse(format!("{word} is not let through; only one SELECT may be run"))
        }
    }
}

fn check_select(select: &Select) -> Refusal {
    unless(select.into.is_some(), "SELECT INTO")?;
    unless(!select.optimizer_hints.is_empty(), "an optimizer hint")?;
    unless(select.select_modifiers.is_some(), "a modifier of SELECT")?;
    unless(select.top.is_some(), "TOP; write LIMIT")?;
    unless(select.exclude.is_some(), "EXCLUDE")?;
    unless(!select.lateral_views.is_empty(), "LATERAL VIEW")?;
    unless(select.prewhere.is_some(), "PREWHERE")?;
    unless(!select.connect_by.is_empty(), "CONNECT BY")?;
    unless(!select.cluster_by.is_empty(), "CLUSTER BY")?;
    unless(!select.distribute_by.is_empty(), "DISTRIBUTE BY")?;
    unless(!select.sort_by.is_empty(), "SORT BY; write ORDER BY")?;
    unless(select.value_table_mode.is_some(), "SELECT AS")?;
    let items = select.projection.iter();
    unless(items.clone().any(|item| matches!(item, SelectItem::ExprWithAliases { .. })), "AS (...)")?;
    unless(items.count() == 0, "SELECT without columns")?;
    match &select.group_by {
        GroupByExpr::All(_) => return refuse("GROUP BY ALL is not let through; name the columns"),
        GroupByExpr::Expressions(keys, modifiers) => {
            unless(!modifiers.is_empty(), "ROLLUP, CUBE or TOTALS")?;
            keys.iter().try_for_each(|key| check_ordinal(key, "GROUP BY"))?;
        }
    }
    select.from.iter().flat_map(|from| &from.joins).try_for_each(check_join)
}
