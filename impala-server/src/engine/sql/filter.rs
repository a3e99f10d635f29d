//! A filter: an expression that is true of the rows that count.

use std::ops::ControlFlow;

use impala_core::parameter::{Bindings, Bound};
use impala_core::{FieldError, Invalid, name};
use sqlparser::ast::{BinaryOperator, Expr, Visit, Visitor};
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

use super::{Types, bind, growth, guard, parse, parsed, syntax};

/// A filter that may run.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Filter {
    /// Conditions of which all must be true.
    conditions: Vec<Expr>,
}

impl Filter {
    /// Reads and checks a filter, with much stack as for a statement.
    ///
    /// # Errors
    /// What is not allowed; the pointer is empty.
    pub(in crate::engine) fn read(text: &str) -> Result<Self, Invalid> {
        let fail = |detail: String| Invalid::at("", detail);
        let read = |parser: &mut Parser| Ok((parser.parse_expr()?, parser.peek_token().token));
        let (expr, next) = parsed(text, read, |error| fail(syntax(&error.to_string())))?;
        if next != Token::EOF {
            return Err(fail(format!("is one expression; \"{next}\" is not expected here")));
        }
        guard::check_filter(&expr)?;
        growth::check(&expr)?;
        let mut conditions = Vec::new();
        split(expr, &mut conditions);
        Ok(Self { conditions })
    }

    /// The fields that it names, in order.
    pub(in crate::engine) fn fields(&self) -> Vec<String> {
        let mut fields = Fields::default();
        for condition in &self.conditions {
            let _ = condition.visit(&mut fields);
        }
        fields.0
    }

    /// The parameters that it names.
    pub(in crate::engine) fn parameters(&self) -> Vec<String> {
        self.conditions.iter().flat_map(bind::parameters).collect()
    }

    /// Says of each field that is not among `columns` which one is nearest.
    pub(in crate::engine) fn unknown_fields(&self, columns: &[&str]) -> Vec<FieldError> {
        let unknown = self.fields().into_iter().filter(|field| !columns.contains(&field.as_str()));
        unknown
            .map(|field| {
                let hint = name::suggestion(&field, columns.iter().copied());
                FieldError::at("", format!("there is no field \"{field}\"{hint}"))
            })
            .collect()
    }

    /// The text for Polars; `None` when every condition was left out because its parameter is not set.
    ///
    /// # Errors
    /// An unknown `$name`, or a list outside of `IN`.
    pub(in crate::engine) fn text(
        &self,
        bindings: &Bindings,
        types: &Types,
    ) -> Result<Option<String>, Invalid> {
        let is_set = |name: &String| bindings.get(name) != Some(&Bound::Unset);
        let mut all: Option<Expr> = None;
        for condition in &self.conditions {
            if !bind::parameters(condition).iter().all(is_set) {
                continue;
            }
            let mut condition = condition.clone();
            bind::bind(&mut condition, bindings, types)?;
            let condition = Expr::Nested(Box::new(condition));
            all = Some(match all {
                None => condition,
                Some(left) => Expr::BinaryOp {
                    left: Box::new(left),
                    op: BinaryOperator::And,
                    right: Box::new(condition),
                },
            });
        }
        all.map(|expr| printed(&expr)).transpose()
    }
}

/// Prints an expression and makes sure that it reads back as the same.
fn printed(expr: &Expr) -> Result<String, Invalid> {
    let text = expr.to_string();
    match parse::again(&text, |parser| parser.parse_expr()).is_ok_and(|again| again == *expr) {
        true => Ok(text),
        false => {
            Err(Invalid::at("", "cannot be run: its text has several readings; write it in a simpler way"))
        }
    }
}

fn split(expr: Expr, conditions: &mut Vec<Expr>) {
    match expr {
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            split(*left, conditions);
            split(*right, conditions);
        }
        Expr::Nested(inner) => split(*inner, conditions),
        other => conditions.push(other),
    }
}

#[derive(Default)]
struct Fields(Vec<String>);

impl Visitor for Fields {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::Identifier(ident) if !self.0.contains(&ident.value) => self.0.push(ident.value.clone()),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}
