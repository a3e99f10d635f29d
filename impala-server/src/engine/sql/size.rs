//! How many rows joins may make. Each row with each is refused when that is too many.

use std::collections::BTreeMap;

use impala_core::Invalid;
use impala_core::number_format::group_thousands;
use sqlparser::ast::{
    Expr, GroupByExpr, JoinOperator, LimitClause, Query, SelectItem, SetExpr, TableFactor, TableWithJoins,
    Value,
};

use super::functions::{self, Kind};
use super::scope;
use crate::engine::Tables;

/// Rows that `CROSS JOIN` and commas in `FROM` may make.
const MAX_PRODUCT: u64 = 10_000_000;

/// Rows at most, by the name in `FROM`: sources and the common table expressions so far.
type Rows = BTreeMap<String, u64>;

/// Checks a resolved query.
///
/// # Errors
/// A cross join of more than [`MAX_PRODUCT`] rows.
pub(super) fn check(query: &Query, tables: &Tables) -> Result<(), Invalid> {
    let names = scope::by_internal_name(tables.keys());
    let rows = names.into_iter().filter_map(|(name, source)| Some((name, tables.get(source)?.rows)));
    of_query(query, &rows.collect()).map_err(|detail| Invalid::at("", detail))?;
    Ok(())
}

fn of_query(query: &Query, rows: &Rows) -> Result<u64, String> {
    let mut rows = rows.clone();
    for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
        let n_rows = of_query(&cte.query, &rows)?;
        rows.insert(cte.alias.name.value.clone(), n_rows);
    }
    let limit = match &query.limit_clause {
        Some(LimitClause::LimitOffset { limit: Some(Expr::Value(value)), .. }) => match &value.value {
            Value::Number(number, _) => number.parse().unwrap_or(u64::MAX),
            _ => u64::MAX,
        },
        _ => u64::MAX,
    };
    Ok(of_body(&query.body, &rows)?.min(limit))
}

fn of_body(body: &SetExpr, rows: &Rows) -> Result<u64, String> {
    match body {
        SetExpr::Query(query) => of_query(query, rows),
        SetExpr::SetOperation { left, right, .. } => {
            Ok(of_body(left, rows)?.saturating_add(of_body(right, rows)?))
        }
        SetExpr::Select(select) => {
            let mut product: u64 = 1;
            for from in &select.from {
                product = cross(product, of_from(from, rows)?)?;
            }
            let is_one_row = matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty())
                && select.projection.iter().all(is_aggregate);
            Ok(if is_one_row { 1 } else { product })
        }
        _ => Ok(1),
    }
}

fn of_from(from: &TableWithJoins, rows: &Rows) -> Result<u64, String> {
    let mut product = of_factor(&from.relation, rows)?;
    for join in &from.joins {
        let right = of_factor(&join.relation, rows)?;
        product = match &join.join_operator {
            JoinOperator::CrossJoin(_) => cross(product, right)?,
            // By equal columns it is rarely more than the larger side; what it really is, the deadline decides.
            _ => product.max(right),
        };
    }
    Ok(product)
}

fn of_factor(factor: &TableFactor, rows: &Rows) -> Result<u64, String> {
    match factor {
        TableFactor::Table { name, .. } => {
            let name = name.0.first().and_then(|part| part.as_ident()).map(|ident| &ident.value);
            Ok(name.and_then(|name| rows.get(name)).copied().unwrap_or(u64::MAX))
        }
        TableFactor::Derived { subquery, .. } => of_query(subquery, rows),
        TableFactor::NestedJoin { table_with_joins, .. } => of_from(table_with_joins, rows),
        _ => Ok(u64::MAX),
    }
}

fn cross(left: u64, right: u64) -> Result<u64, String> {
    let product = left.saturating_mul(right);
    if product > MAX_PRODUCT && left > 1 && right > 1 {
        let [left, right, most] = [left, right, MAX_PRODUCT].map(|n| group_thousands(&n.to_string()));
        return Err(format!(
            "joins each of {left} rows with each of {right}; more than {most} rows are not let through: write \
             JOIN ... ON a.key = b.key"
        ));
    }
    Ok(product)
}

fn is_aggregate(item: &SelectItem) -> bool {
    let (SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) = item else {
        return false;
    };
    match expr {
        Expr::Function(function) => {
            function.over.is_none() && functions::kind(&function.name.to_string()) == Some(Kind::Aggregate)
        }
        _ => false,
    }
}
