//! What may stand in `FROM`.

use sqlparser::ast::{BinaryOperator, Expr, Join, JoinConstraint, JoinOperator, TableFactor};

use super::{Refusal, refuse, unless};

/// Whether a table may stand in `FROM`.
pub(super) fn check_table(factor: &TableFactor) -> Refusal {
    let function = |name: &dyn std::fmt::Display| {
        refuse(format!("{name}(...) in FROM is not let through; tables are the project's sources"))
    };
    match factor {
        TableFactor::Table {
            name,
            args,
            with_hints,
            version,
            with_ordinality,
            partitions,
            json_path,
            sample,
            index_hints,
            alias,
        } => {
            if args.is_some() {
                return function(name);
            }
            unless(alias.as_ref().is_some_and(|alias| alias.at.is_some()), "AT")?;
            unless(!with_hints.is_empty() || !index_hints.is_empty(), "a table hint")?;
            unless(version.is_some(), "a version in FROM; write \"name@3\"")?;
            unless(*with_ordinality, "WITH ORDINALITY")?;
            unless(!partitions.is_empty(), "PARTITION")?;
            unless(json_path.is_some(), "a JSON path")?;
            unless(sample.is_some(), "TABLESAMPLE")
        }
        TableFactor::Derived { lateral, sample, .. } => {
            unless(*lateral, "LATERAL")?;
            unless(sample.is_some(), "TABLESAMPLE")
        }
        TableFactor::NestedJoin { table_with_joins, .. } => {
            table_with_joins.joins.iter().try_for_each(check_join)
        }
        TableFactor::Function { name, .. } => function(name),
        TableFactor::TableFunction { expr, .. } => function(expr),
        TableFactor::UNNEST { .. } => function(&"UNNEST"),
        _ => refuse("FROM takes the names of sources, subqueries and joins only"),
    }
}

/// Whether a join may run.
pub(super) fn check_join(join: &Join) -> Refusal {
    unless(join.global, "GLOBAL")?;
    let constraint = match &join.join_operator {
        JoinOperator::Join(constraint)
        | JoinOperator::Inner(constraint)
        | JoinOperator::Left(constraint)
        | JoinOperator::LeftOuter(constraint)
        | JoinOperator::Right(constraint)
        | JoinOperator::RightOuter(constraint)
        | JoinOperator::FullOuter(constraint)
        | JoinOperator::Semi(constraint)
        | JoinOperator::LeftSemi(constraint)
        | JoinOperator::RightSemi(constraint)
        | JoinOperator::Anti(constraint)
        | JoinOperator::LeftAnti(constraint)
        | JoinOperator::RightAnti(constraint) => constraint,
        JoinOperator::CrossJoin(JoinConstraint::None) => return Ok(()),
        _ => return refuse("this kind of join is not let through; write JOIN ... ON a.key = b.key"),
    };
    match constraint {
        JoinConstraint::On(condition) => check_equalities(condition),
        JoinConstraint::Using(_) | JoinConstraint::Natural => Ok(()),
        JoinConstraint::None => refuse("JOIN needs ON a.key = b.key or USING (key)"),
    }
}

/// A join by anything but equal columns compares each row with each.
fn check_equalities(condition: &Expr) -> Refusal {
    let is_column = |expr: &Expr| matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_));
    match condition {
        Expr::Nested(inner) => check_equalities(inner),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            check_equalities(left)?;
            check_equalities(right)
        }
        Expr::BinaryOp { left, op: BinaryOperator::Eq, right }
            if is_column(left) && is_column(right) && left != right =>
        {
            Ok(())
        }
        other => refuse(format!(
            "ON {other}: tables are joined by equal columns only, ON a.key = b.key; put other conditions into WHERE"
        )),
    }
}
