//! The columns of a `SELECT`: what they are called, and whether it is clear which rows they are of.

use std::ops::ControlFlow;

use impala_core::Invalid;
use sqlparser::ast::{Expr, GroupByExpr, Query, Select, SelectItem, SetExpr, Visit, Visitor};

use super::functions::{self, Kind};

/// What the columns without a name are to be called: the text that stands for them, `count(*)`. `None` for a column that has a name.
/// Nothing at all when `*` makes any number of columns.
pub(super) fn titles(query: &Query) -> Option<Vec<Option<String>>> {
    first_select(&query.body)?.projection.iter().map(title).collect()
}

fn title(item: &SelectItem) -> Option<Option<String>> {
    match item {
        SelectItem::UnnamedExpr(Expr::Identifier(_) | Expr::CompoundIdentifier(_))
        | SelectItem::ExprWithAlias { .. } => Some(None),
        SelectItem::UnnamedExpr(expr) => Some(Some(expr.to_string())),
        _ => None,
    }
}

/// The `SELECT` that names the columns: of several in a union, the first.
fn first_select(body: &SetExpr) -> Option<&Select> {
    match body {
        SetExpr::Select(select) => Some(select),
        SetExpr::Query(query) => first_select(&query.body),
        SetExpr::SetOperation { left, .. } => first_select(left),
        _ => None,
    }
}

/// Refuses `SELECT max(wind), date FROM weather`: Polars would repeat the greatest wind beside every date.
///
/// # Errors
/// The column that has to be grouped by, with an empty pointer.
pub(super) fn check_grouped(query: &Query) -> Result<(), Invalid> {
    match query.visit(&mut Grouping) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(column) => Err(Invalid::at(
            "",
            format!(
                "\"{column}\" stands beside an aggregate; write GROUP BY {column}, or an aggregate of it"
            ),
        )),
    }
}

struct Grouping;

impl Visitor for Grouping {
    type Break = String;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<String> {
        ungrouped(&query.body).map_or(ControlFlow::Continue(()), ControlFlow::Break)
    }
}

fn ungrouped(body: &SetExpr) -> Option<String> {
    match body {
        SetExpr::Select(select) => ungrouped_column(select),
        SetExpr::SetOperation { left, right, .. } => ungrouped(left).or_else(|| ungrouped(right)),
        _ => None,
    }
}

fn ungrouped_column(select: &Select) -> Option<String> {
    let is_grouped = !matches!(&select.group_by, GroupByExpr::Expressions(by, _) if by.is_empty());
    let mut seen = Seen::default();
    for item in &select.projection {
        if let SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } = item {
            let _ = expr.visit(&mut seen);
        }
    }
    seen.column.filter(|_| seen.has_aggregate && !is_grouped)
}

/// What stands in the expressions of a `SELECT`, but for its subqueries.
#[derive(Default)]
struct Seen {
    has_aggregate: bool,
    /// The first column outside of aggregates.
    column: Option<String>,
    aggregates: usize,
    queries: usize,
}

impl Visitor for Seen {
    type Break = ();

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.queries += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.queries -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        if is_aggregate(expr) {
            self.aggregates += 1;
            self.has_aggregate |= self.queries == 0;
        } else if self.aggregates == 0
            && self.queries == 0
            && matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_))
        {
            self.column.get_or_insert_with(|| expr.to_string());
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        self.aggregates -= usize::from(is_aggregate(expr));
        ControlFlow::Continue(())
    }
}

fn is_aggregate(expr: &Expr) -> bool {
    matches!(expr, Expr::Function(function)
        if function.over.is_none() && functions::kind(&function.name.to_string()) == Some(Kind::Aggregate))
}

#[cfg(test)]
mod tests {
    use super::super::Select;

    #[test]
    fn columns_without_a_name_are_called_after_their_text() {
        let check = |sql: &str, expected: &[Option<&str>]| {
            let titles = Select::read(sql).expect(sql).titles();
            assert_eq!(titles.iter().map(Option::as_deref).collect::<Vec<_>>(), expected, "{sql}");
        };
        check("SELECT count(*), max(x) AS m FROM w", &[Some("count(*)"), None]);
        check("SELECT wind + 1, wind AS w, wind, w.date FROM w", &[Some("wind + 1"), None, None, None]);
        check("SELECT 1 UNION ALL SELECT 2", &[Some("1")]);
        check("WITH c AS (SELECT max(x) AS m FROM w) SELECT m + 1 FROM c", &[Some("m + 1")]);
        check("SELECT *, 1 FROM w", &[]);
    }

    #[test]
    fn a_column_beside_an_aggregate_is_grouped_by() {
        let check = |sql: &str, column: Option<&str>| {
            let refused = Select::read(sql).err().map(|invalid| invalid.errors[0].detail.clone());
            assert_eq!(refused.is_some(), column.is_some(), "{sql}: {refused:?}");
            assert!(
                refused.is_none_or(|detail| detail.contains(&format!("\"{}\"", column.unwrap_or_default()))),
                "{sql}"
            );
        };
        check("SELECT max(temp), date FROM w", Some("date"));
        check("SELECT round(max(temp)) + wind FROM w", Some("wind"));
        check("SELECT a FROM (SELECT min(x), a FROM w) AS t", Some("a"));
        check("SELECT 1 UNION ALL SELECT max(x) + y FROM w", Some("y"));
        check("SELECT max(temp), date FROM w GROUP BY date", None);
        check("SELECT max(temp), date FROM w GROUP BY 2", None);
        check("SELECT max(temp), count(*), 1 FROM w", None);
        check("SELECT sum(x) OVER (PARTITION BY y), y FROM w", None);
        check("SELECT temp - (SELECT avg(temp) FROM w) AS d FROM w", None);
    }
}
