//! How much longer texts may become. `concat` and `replace` that are put into one another make text of any size from a
//! single letter, and a process whose memory does not suffice ends. So it is estimated by how much the longest text of a
//! statement grows, common table expressions and subqueries included, and too much is refused.

use std::ops::ControlFlow;

use impala_core::Invalid;
use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Query, Select, Value,
    Visit, Visitor,
};

/// By how much a text may grow within a statement.
const MAX_GROWTH: usize = 256;

/// Bytes of a literal that count as much as a field does.
const LITERAL_BYTES: usize = 64;

/// Checks a statement or a filter.
///
/// # Errors
/// Calls that may make texts too long.
pub(super) fn check(node: &impl Visit) -> Result<(), Invalid> {
    let mut growth = Growth { selects: vec![1], total: 1, exprs: Vec::new() };
    let flow = node.visit(&mut growth);
    match flow {
        ControlFlow::Break(detail) => Err(Invalid::at("", detail)),
        ControlFlow::Continue(()) => {
            growth.end_select();
            growth.finish().map_err(|detail| Invalid::at("", detail))
        }
    }
}

/// What the parts of an expression grow to, of which it is made.
#[derive(Default)]
struct Parts {
    sum: usize,
    most: usize,
}

struct Growth {
    /// The most that an expression of each select that is being visited grows.
    selects: Vec<usize>,
    /// That of all selects so far, one after the other.
    total: usize,
    exprs: Vec<Parts>,
}

impl Visitor for Growth {
    type Break = String;

    fn post_visit_query(&mut self, _query: &Query) -> ControlFlow<String> {
        match self.finish() {
            Ok(()) => ControlFlow::Continue(()),
            Err(detail) => ControlFlow::Break(detail),
        }
    }

    fn pre_visit_select(&mut self, _select: &Select) -> ControlFlow<String> {
        self.selects.push(1);
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, _select: &Select) -> ControlFlow<String> {
        self.end_select();
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, _expr: &Expr) -> ControlFlow<String> {
        self.exprs.push(Parts::default());
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &Expr) -> ControlFlow<String> {
        let parts = self.exprs.pop().unwrap_or_default();
        let factor = match factor(expr, &parts) {
            Ok(factor) => factor,
            Err(detail) => return ControlFlow::Break(detail),
        };
        if let Some(outer) = self.exprs.last_mut() {
            outer.sum = outer.sum.saturating_add(factor);
            outer.most = outer.most.max(factor);
        }
        if let Some(select) = self.selects.last_mut() {
            *select = (*select).max(factor);
        }
        ControlFlow::Continue(())
    }
}

impl Growth {
    fn end_select(&mut self) {
        self.total = self.total.saturating_mul(self.selects.pop().unwrap_or(1));
    }

    fn finish(&self) -> Result<(), String> {
        match self.total > MAX_GROWTH {
            true => Err(format!(
                "may make texts more than {MAX_GROWTH} times as long; use fewer or shorter replace(), concat() and ||"
            )),
            false => Ok(()),
        }
    }
}

/// How long the text of an expression may be, where that of a field is 1.
fn factor(expr: &Expr, parts: &Parts) -> Result<usize, String> {
    match expr {
        Expr::Value(value) => Ok(match &value.value {
            Value::SingleQuotedString(text) => text.len() / LITERAL_BYTES,
            _ => 1,
        }),
        Expr::BinaryOp { op: BinaryOperator::StringConcat, .. } => Ok(parts.sum),
        Expr::Function(function) => match function.name.to_string().to_lowercase().as_str() {
            "concat" | "strftime" => Ok(parts.sum),
            "concat_ws" => Ok(parts.sum.saturating_mul(arguments(function).len().max(1))),
            "replace" => Ok(parts.most.max(1).saturating_mul(replaced(function)?)),
            _ => Ok(parts.most.max(1)),
        },
        _ => Ok(parts.most.max(1)),
    }
}

fn arguments(function: &Function) -> &[FunctionArg] {
    match &function.args {
        FunctionArguments::List(list) => &list.args,
        _ => &[],
    }
}

/// How much longer `replace` makes a text that is nothing but what it replaces.
fn replaced(function: &Function) -> Result<usize, String> {
    let literal = |arg: &FunctionArg| match arg {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value))) => match &value.value {
            Value::SingleQuotedString(text) => Some(text.len()),
            _ => None,
        },
        _ => None,
    };
    match arguments(function) {
        [_, pattern, by] => match (literal(pattern), literal(by)) {
            // An empty pattern is found between all letters.
            (Some(0), Some(by)) => Ok(by + 1),
            (Some(pattern), Some(by)) => Ok(by.div_ceil(pattern).max(1)),
            _ => Err("replace() takes two texts behind the field: replace(field, 'from', 'to')".to_owned()),
        },
        _ => Err("replace() takes a field and two texts: replace(field, 'from', 'to')".to_owned()),
    }
}
