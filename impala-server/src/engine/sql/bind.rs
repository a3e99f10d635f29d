//! Parameters become literals: nodes of the tree, never text, so that no value can be read as SQL.

use std::ops::ControlFlow;

use impala_core::parameter::{Bindings, Bound};
use impala_core::source::ColumnType;
use impala_core::{Invalid, name};
use sqlparser::ast::{
    BinaryOperator, DataType, Expr, LimitClause, Query, TypedString, UnaryOperator, Value, ValueWithSpan,
    Visit, VisitMut, Visitor, VisitorMut,
};

use super::Types;

struct Binder<'a> {
    bindings: &'a Bindings,
    types: &'a Types,
}

/// Replaces every `$name` within `node`.
///
/// # Errors
/// A name that is not bound, with the nearest; a list that stands outside of `IN`.
pub(super) fn bind(node: &mut impl VisitMut, bindings: &Bindings, types: &Types) -> Result<(), Invalid> {
    match node.visit(&mut Binder { bindings, types }) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(detail) => Err(Invalid::at("", detail)),
    }
}

/// The parameter that an expression is, without its `$`.
pub(super) fn parameter(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Value(ValueWithSpan { value: Value::Placeholder(text), .. }) => text.strip_prefix('$'),
        _ => None,
    }
}

/// The parameters that are named within `node`.
pub(super) fn parameters(node: &impl Visit) -> Vec<String> {
    let mut names = Names(Vec::new());
    let _ = node.visit(&mut names);
    names.0
}

struct Names(Vec<String>);

impl Visitor for Names {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        self.0.extend(parameter(expr).map(str::to_owned));
        ControlFlow::Continue(())
    }
}

impl VisitorMut for Binder<'_> {
    type Break = String;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<String> {
        if let Some(LimitClause::LimitOffset { limit, offset, .. }) = &mut query.limit_clause {
            let is_unset =
                |expr: &Expr| parameter(expr).and_then(|name| self.bindings.get(name)) == Some(&Bound::Unset);
            // A limit of null is no limit.
            limit.take_if(|limit| is_unset(limit));
            offset.take_if(|offset| is_unset(&offset.value));
            if limit.is_none() && offset.is_none() {
                query.limit_clause = None;
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<String> {
        match self.replace(expr) {
            Ok(()) => ControlFlow::Continue(()),
            Err(detail) => ControlFlow::Break(detail),
        }
    }
}

impl Binder<'_> {
    fn replace(&self, expr: &mut Expr) -> Result<(), String> {
        match expr {
            Expr::InList { .. } => self.in_list(expr),
            Expr::BinaryOp { left, op, right } if is_comparison(op) => {
                if is_literal(left) && !is_literal(right) {
                    // Polars reads a text as a date on the right side only.
                    std::mem::swap(left, right);
                    *op = turned(op);
                }
                let column_type = self.column_type(left);
                self.operand(right, column_type)?;
                self.operand(left, None)
            }
            Expr::Between { expr: value, low, high, .. } => {
                let column_type = self.column_type(value);
                self.operand(low, column_type)?;
                self.operand(high, column_type)
            }
            other => self.operand(other, None),
        }
    }

    fn operand(&self, expr: &mut Expr, column_type: Option<ColumnType>) -> Result<(), String> {
        let Some(parameter) = parameter(expr) else {
            return Ok(());
        };
        let bound = self.bound(parameter)?;
        *expr = match bound {
            Bound::List(texts) if texts.len() == 1 => literal(&Bound::Text(texts[0].clone()), column_type),
            Bound::List(_) => return Err(format!("${parameter} is a list; write: field IN (${parameter})")),
            bound => literal(bound, column_type),
        };
        Ok(())
    }

    fn in_list(&self, expr: &mut Expr) -> Result<(), String> {
        let Expr::InList { expr: value, list, negated } = expr else {
            return Ok(());
        };
        let column_type = self.column_type(value);
        let mut elements = Vec::with_capacity(list.len());
        let mut is_unset = false;
        for element in list.iter() {
            match parameter(element).map(|parameter| self.bound(parameter)).transpose()? {
                None => elements.push(element.clone()),
                Some(Bound::Unset) => is_unset = true,
                Some(Bound::List(texts)) => {
                    let texts = texts.iter().map(|text| literal(&Bound::Text(text.clone()), column_type));
                    elements.extend(texts);
                }
                Some(bound) => elements.push(literal(bound, column_type)),
            }
        }
        if elements.is_empty() {
            let (value, negated) = (value.clone(), *negated);
            *expr = if is_unset { unknown(value) } else { value_of(Value::Boolean(negated)) };
        } else {
            *list = elements;
        }
        Ok(())
    }

    fn bound(&self, parameter: &str) -> Result<&Bound, String> {
        self.bindings.get(parameter).ok_or_else(|| {
            let hint = name::suggestion(parameter, self.bindings.keys().map(String::as_str));
            format!("there is no parameter \"{parameter}\"{hint}")
        })
    }

    fn column_type(&self, expr: &Expr) -> Option<ColumnType> {
        let column = match expr {
            Expr::Identifier(ident) => ident,
            Expr::CompoundIdentifier(idents) => idents.last()?,
            _ => return None,
        };
        self.types.get(&column.value).copied()
    }
}

fn is_comparison(op: &BinaryOperator) -> bool {
    use BinaryOperator as Op;
    matches!(op, Op::Eq | Op::NotEq | Op::Lt | Op::LtEq | Op::Gt | Op::GtEq | Op::Spaceship)
}

fn turned(op: &BinaryOperator) -> BinaryOperator {
    use BinaryOperator as Op;
    match op {
        Op::Lt => Op::Gt,
        Op::LtEq => Op::GtEq,
        Op::Gt => Op::Lt,
        Op::GtEq => Op::LtEq,
        other => other.clone(),
    }
}

fn is_literal(expr: &Expr) -> bool {
    matches!(expr, Expr::Value(_) | Expr::TypedString(_))
}

fn value_of(value: Value) -> Expr {
    Expr::Value(value.into())
}

/// A condition that is neither true nor false of any row.
fn unknown(value: Box<Expr>) -> Expr {
    Expr::BinaryOp { left: value, op: BinaryOperator::Eq, right: Box::new(value_of(Value::Null)) }
}

/// The literal for a value, as the column that it is compared with wants it: the choices of a select are texts, even
/// those of a number column.
fn literal(bound: &Bound, column_type: Option<ColumnType>) -> Expr {
    match bound {
        Bound::Unset | Bound::List(_) => value_of(Value::Null),
        Bound::Boolean(value) => value_of(Value::Boolean(*value)),
        Bound::Number(number) => number_literal(*number),
        Bound::Date(date) => date_literal(&date.to_string(), column_type),
        Bound::Text(text) => text_literal(text, column_type),
    }
}

fn text_literal(text: &str, column_type: Option<ColumnType>) -> Expr {
    let string = || value_of(Value::SingleQuotedString(text.to_owned()));
    match column_type {
        Some(ColumnType::Integer | ColumnType::Decimal) => match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => match text.trim().parse::<i64>() {
                Ok(integer) if integer >= 0 => value_of(Value::Number(integer.to_string(), false)),
                _ => number_literal(number),
            },
            _ => string(),
        },
        Some(ColumnType::Boolean) => match text.trim() {
            "true" => value_of(Value::Boolean(true)),
            "false" => value_of(Value::Boolean(false)),
            _ => string(),
        },
        _ => string(),
    }
}

/// A day. Compared with a datetime it is a text, which Polars makes a datetime of the same kind, with or without a zone.
fn date_literal(day: &str, column_type: Option<ColumnType>) -> Expr {
    match column_type {
        Some(ColumnType::Datetime | ColumnType::Timestamp) => {
            value_of(Value::SingleQuotedString(day.to_owned()))
        }
        Some(ColumnType::String) => value_of(Value::SingleQuotedString(day.to_owned())),
        _ => Expr::TypedString(TypedString {
            data_type: DataType::Date,
            value: Value::SingleQuotedString(day.to_owned()).into(),
            uses_odbc_syntax: false,
        }),
    }
}

fn number_literal(number: f64) -> Expr {
    let size = number.abs();
    // Polars takes what has no point for a 64-bit integer.
    let text = match size < 1e15 && size.fract() == 0.0 {
        true => format!("{size:.0}"),
        false => match size.to_string() {
            text if text.contains('.') => text,
            text => format!("{text}.0"),
        },
    };
    let size = value_of(Value::Number(text, false));
    if number < 0.0 {
        let negative = Expr::UnaryOp { op: UnaryOperator::Minus, expr: Box::new(size) };
        return Expr::Nested(Box::new(negative));
    }
    size
}
