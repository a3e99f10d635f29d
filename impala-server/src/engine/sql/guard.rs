//! Which nodes may stand in a statement. Whatever is not named here is refused, so that a newer parser or Polars opens
//! nothing by itself.

use std::ops::ControlFlow;

use impala_core::{Invalid, name};
use sqlparser::ast::{
    BinaryOperator, CastKind, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
    GroupByExpr, Join, JoinConstraint, JoinOperator, LimitClause, OrderByKind, Query, Select, SelectItem,
    SetExpr, SetOperator, TableFactor, UnaryOperator, Value, Visit, Visitor, WindowType,
};

use super::functions::{self, Kind};

/// Deepest expression: `1 + 1 + 1 + ...` is nested from the left.
const MAX_EXPRESSION_DEPTH: usize = 250;

/// Most selects of a statement, set operations and subqueries counted.
const MAX_SELECTS: usize = 40;

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
                if self.is_filter && functions::kind(&function.name.to_string()) == Some(Kind::Aggregate) {
                    return refuse(format!("a filter looks at one row; {}() needs many", function.name));
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
        Some(LimitClause::LimitOffset { limit_by, .. }) => unless(!limit_by.is_empty(), "LIMIT BY"),
        Some(LimitClause::OffsetCommaLimit { .. }) => refuse("write LIMIT n OFFSET m"),
        None => Ok(()),
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

fn check_table(factor: &TableFactor) -> Refusal {
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

fn check_join(join: &Join) -> Refusal {
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

fn check_expr(expr: &Expr) -> Refusal {
    match expr {
        Expr::Identifier(_)
        | Expr::CompoundIdentifier(_)
        | Expr::Value(_)
        | Expr::Nested(_)
        | Expr::IsFalse(_)
        | Expr::IsNotFalse(_)
        | Expr::IsTrue(_)
        | Expr::IsNotTrue(_)
        | Expr::IsNull(_)
        | Expr::IsNotNull(_)
        | Expr::IsDistinctFrom(..)
        | Expr::IsNotDistinctFrom(..)
        | Expr::InList { .. }
        | Expr::InSubquery { .. }
        | Expr::Exists { .. }
        | Expr::Subquery(_)
        | Expr::Between { .. }
        | Expr::RLike { .. }
        | Expr::Extract { .. }
        | Expr::Ceil { .. }
        | Expr::Floor { .. }
        | Expr::Position { .. }
        | Expr::Substring { .. }
        | Expr::Trim { .. }
        | Expr::Case { .. }
        | Expr::Interval(_) => Ok(()),
        Expr::Like { any, escape_char, .. } | Expr::ILike { any, escape_char, .. } => {
            unless(*any, "LIKE ANY")?;
            unless(escape_char.is_some(), "ESCAPE")
        }
        Expr::BinaryOp { op, .. } => check_operator(op),
        Expr::UnaryOp { op, .. } => {
            let is_known = matches!(op, UnaryOperator::Minus | UnaryOperator::Plus | UnaryOperator::Not);
            unless(!is_known, &format!("the operator {op}"))
        }
        Expr::Cast { kind, data_type, format, array, .. } => {
            unless(format.is_some() || *array, "FORMAT in a CAST")?;
            unless(*kind == CastKind::SafeCast, "SAFE_CAST; write TRY_CAST")?;
            check_type(data_type)
        }
        Expr::TypedString(typed) => check_type(&typed.data_type),
        other => {
            let printed: String = other.to_string().chars().take(60).collect();
            refuse(format!("\"{printed}\" is not let through"))
        }
    }
}

fn check_operator(op: &BinaryOperator) -> Refusal {
    use BinaryOperator as Op;
    let is_known = matches!(
        op,
        Op::Plus
            | Op::Minus
            | Op::Multiply
            | Op::Divide
            | Op::Modulo
            | Op::DuckIntegerDivide
            | Op::StringConcat
            | Op::Eq
            | Op::NotEq
            | Op::Lt
            | Op::LtEq
            | Op::Gt
            | Op::GtEq
            | Op::Spaceship
            | Op::And
            | Op::Or
            | Op::Xor
            | Op::PGRegexMatch
            | Op::PGRegexIMatch
            | Op::PGRegexNotMatch
            | Op::PGRegexNotIMatch
            | Op::PGLikeMatch
            | Op::PGILikeMatch
            | Op::PGNotLikeMatch
            | Op::PGNotILikeMatch
            | Op::PGStartsWith
    );
    unless(!is_known, &format!("the operator {op}"))
}

fn check_type(data_type: &DataType) -> Refusal {
    use DataType as Type;
    let is_known = matches!(
        data_type,
        Type::Boolean
            | Type::Bool
            | Type::TinyInt(_)
            | Type::SmallInt(_)
            | Type::Int(_)
            | Type::Integer(_)
            | Type::BigInt(_)
            | Type::Int2(_)
            | Type::Int4(_)
            | Type::Int8(_)
            | Type::Int64
            | Type::Real
            | Type::Float(_)
            | Type::Float4
            | Type::Float8
            | Type::Float64
            | Type::Double(_)
            | Type::DoublePrecision
            | Type::Date
            | Type::Datetime(_)
            | Type::Timestamp(..)
            | Type::Text
            | Type::String(_)
            | Type::Varchar(_)
            | Type::Char(_)
    );
    unless(!is_known, &format!("the type {data_type}"))
}

fn check_function(function: &Function) -> Refusal {
    let name = function.name.to_string();
    let Some(kind) = functions::kind(&name) else {
        let hint = match name::nearest(&name, functions::names()) {
            Some(known) => format!("; did you mean \"{known}\"?"),
            None => String::new(),
        };
        return refuse(format!("the function {name}() is not let through{hint}"));
    };
    unless(function.uses_odbc_syntax, "{fn ...}")?;
    unless(!matches!(function.parameters, FunctionArguments::None), "a function with parameters")?;
    unless(!function.within_group.is_empty(), "WITHIN GROUP")?;
    if kind == Kind::Window && function.over.is_none() {
        return refuse(format!("{name}() needs OVER (...)"));
    }
    unless(kind == Kind::Scalar && function.over.is_some(), &format!("OVER behind {name}()"))?;
    if let Some(WindowType::WindowSpec(window)) = &function.over {
        window.order_by.iter().try_for_each(|key| check_ordinal(&key.expr, "ORDER BY"))?;
    }
    match &function.args {
        FunctionArguments::None => Ok(()),
        FunctionArguments::Subquery(_) => refuse(format!("a subquery within {name}() is not let through")),
        FunctionArguments::List(list) => {
            unless(!list.clauses.is_empty(), &format!("a clause within {name}()"))?;
            list.args.iter().try_for_each(|arg| check_argument(&name, arg))
        }
    }
}

fn check_argument(function: &str, arg: &FunctionArg) -> Refusal {
    match arg {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(_)) => Ok(()),
        FunctionArg::Unnamed(FunctionArgExpr::Wildcard) if function.eq_ignore_ascii_case("count") => Ok(()),
        other => refuse(format!("{function}({other}) is not let through")),
    }
}

fn check_value(value: &Value) -> Refusal {
    match value {
        Value::Number(..) | Value::SingleQuotedString(_) | Value::Boolean(_) | Value::Null => Ok(()),
        Value::Placeholder(text) if name::is_parameter(text.strip_prefix('$').unwrap_or_default()) => Ok(()),
        Value::Placeholder(text) => refuse(format!("\"{text}\": parameters are written $name")),
        other => refuse(format!("{other}: texts stand in single quotes")),
    }
}
