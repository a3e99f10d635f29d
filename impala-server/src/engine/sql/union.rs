//! A set operation with an `ORDER BY` behind it. Polars would sort each side too, by names that only the first one has; so it
//! becomes `SELECT * FROM (...) ORDER BY ...`.

use std::ops::ControlFlow;

use sqlparser::ast::{Query, SetExpr, Statement, TableFactor, VisitMut, VisitorMut};

struct Wrap;

/// Rewrites every such query within `query`.
pub(super) fn wrap_ordered(query: &mut Query) {
    let _ = query.visit(&mut Wrap);
}

impl VisitorMut for Wrap {
    type Break = ();

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        let is_ordered_union = query.order_by.is_some() && !matches!(*query.body, SetExpr::Select(_));
        if is_ordered_union && let Some(mut outer) = template() {
            std::mem::swap(&mut query.body, &mut outer.body);
            // `outer` holds the set operation now, and `query` the template's select.
            outer.order_by = None;
            if let SetExpr::Select(select) = &mut *query.body
                && let Some(TableFactor::Derived { subquery, .. }) =
                    select.from.first_mut().map(|from| &mut from.relation)
            {
                *subquery = outer;
            }
        }
        ControlFlow::Continue(())
    }
}

fn template() -> Option<Box<Query>> {
    let parsed = super::parse::as_polars("SELECT * FROM (SELECT 1) AS \"set operation\"")
        .ok()?
        .parse_statement()
        .ok()?;
    match parsed {
        Statement::Query(query) => Some(query),
        _ => None,
    }
}
