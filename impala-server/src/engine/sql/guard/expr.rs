//! Which expressions, operators, types, functions and literals may be written.

use impala_core::name;
use sqlparser::ast::{
    BinaryOperator, CastKind, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
    Interval, UnaryOperator, Value, WindowType,
};

use super::{Refusal, check_ordinal, refuse, unless};
use crate::engine::sql::functions::{self, Kind};

/// Most days, weeks, months, quarters and years of an interval.
const MAX_LONG: u32 = 10_000;

/// Most hours and shorter units of an interval.
const MAX_SHORT: u32 = 1_000_000;

/// Whether an expression may stand in a statement; its parts are checked on their own.
pub(super) fn check_expr(expr: &Expr) -> Refusal {
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
        | Expr::Case { .. } => Ok(()),
        Expr::Interval(interval) => check_interval(interval),
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

/// Polars computes with whatever is written, and panics when that is no interval or too long a one.
fn check_interval(interval: &Interval) -> Refusal {
    const LONG: [&str; 5] = ["day", "week", "month", "quarter", "year"];
    const SHORT: [&str; 5] = ["hour", "minute", "second", "millisecond", "microsecond"];
    let expected = || {
        refuse(format!(
            "INTERVAL takes a number and a unit, INTERVAL '3 days'; units are {}, {}, with at most {MAX_LONG} of a day \
             and longer, {MAX_SHORT} of others",
            SHORT.join(", "),
            LONG.join(", ")
        ))
    };
    let is_plain = interval.leading_field.is_none()
        && interval.leading_precision.is_none()
        && interval.last_field.is_none()
        && interval.fractional_seconds_precision.is_none();
    let text = match &*interval.value {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) if is_plain => text.to_lowercase(),
            _ => return expected(),
        },
        _ => return expected(),
    };
    let Some((number, unit)) = text.split_once(' ') else { return expected() };
    let unit = unit.strip_suffix('s').unwrap_or(unit);
    let most = if LONG.contains(&unit) { MAX_LONG } else { MAX_SHORT };
    let is_known = LONG.contains(&unit) || SHORT.contains(&unit);
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    match is_known && is_number && number.parse::<u32>().is_ok_and(|number| number <= most) {
        true => Ok(()),
        false => expected(),
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

/// Whether a function may be called so.
pub(super) fn check_function(function: &Function) -> Refusal {
    let name = function.name.to_string();
    let Some(kind) = functions::kind(&name) else {
        // Short names are all near to each other: what begins with another letter was hardly meant.
        let first = |name: &str| name.chars().next().map(|letter| letter.to_ascii_lowercase());
        let known = functions::names().filter(|known| first(known) == first(&name));
        let hint = match (functions::in_sql(&name), name::nearest(&name, known)) {
            (Some(words), _) => format!("; SQL writes {words}"),
            (None, Some(known)) => format!("; did you mean \"{known}\"?"),
            (None, None) => String::new(),
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
            let is_empty = list.args.is_empty() && kind == Kind::Scalar && !name.eq_ignore_ascii_case("pi");
            unless(is_empty, &format!("{name}() without an argument"))?;
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

/// Whether a literal may be written so.
pub(super) fn check_value(value: &Value) -> Refusal {
    match value {
        Value::Number(..) | Value::SingleQuotedString(_) | Value::Boolean(_) | Value::Null => Ok(()),
        Value::Placeholder(text) if name::is_parameter(text.strip_prefix('$').unwrap_or_default()) => Ok(()),
        Value::Placeholder(text) => refuse(format!("\"{text}\": parameters are written $name")),
        other => refuse(format!("{other}: texts stand in single quotes")),
    }
}
