//! Reading text as SQL within bounds. When the parser cannot read what stands behind a word such as `CAST`, it reads all of it
//! again as something else; nested, that doubles its work at each level. So brackets are counted before it begins, and the
//! expressions that it begins to read are counted while it runs.

use std::any::TypeId;
use std::cell::Cell;

use sqlparser::ast::Expr;
use sqlparser::dialect::{Dialect, GenericDialect};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError, ParserOptions};
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

/// Deepest nesting that the parser follows.
const MAX_DEPTH: usize = 40;

/// Most brackets within one another.
const MAX_BRACKETS: usize = 16;

/// Expressions that the parser may begin to read: so many anyway, and so many more for each token. A statement that can be
/// read takes about one for every second token.
const FREE_EXPRESSIONS: usize = 2_000;
const EXPRESSIONS_PER_TOKEN: usize = 4;

/// What the parser says when it was stopped.
const TOO_DEEP: &str = "is nested too deeply, or holds a mistake within nested CAST(...), CASE ... or the like; write it in \
    a simpler way, or in steps: WITH a AS (SELECT ...) SELECT ... FROM a";

/// Polars' dialect, which stops the parser when it has begun too many expressions. From then on each one fails at once, so
/// that all attempts end quickly.
#[derive(Debug)]
struct Bounded {
    left: Cell<usize>,
}

/// Says yes to what the dialect of Polars says yes to.
macro_rules! as_generic {
    ($($name:ident)*) => { $(fn $name(&self) -> bool { GenericDialect.$name() })* };
}

#[rustfmt::skip]
impl Dialect for Bounded {
    fn dialect(&self) -> TypeId {
        TypeId::of::<GenericDialect>()
    }

    fn parse_prefix(&self, _parser: &mut Parser) -> Option<Result<Expr, ParserError>> {
        let left = self.left.get().saturating_sub(1);
        self.left.set(left);
        (left == 0).then(|| Err(ParserError::ParserError(TOO_DEEP.to_owned())))
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        GenericDialect.is_delimited_identifier_start(ch)
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        GenericDialect.is_identifier_start(ch)
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        GenericDialect.is_identifier_part(ch)
    }

    as_generic! {
        supports_unicode_string_literal supports_partition_by_after_order_by supports_array_join_syntax
        supports_group_by_expr supports_group_by_with_modifier supports_left_associative_joins_without_parens
        supports_connect_by supports_match_recognize supports_pipe_operator supports_start_transaction_modifier
        supports_window_function_null_treatment_arg supports_dictionary_syntax
        supports_window_clause_named_window_reference supports_parenthesized_set_variables
        supports_select_wildcard_except support_map_literal_syntax allow_extract_custom
        allow_extract_single_quotes supports_extract_comma_syntax supports_create_view_comment_syntax
        supports_parens_around_table_factor supports_values_as_table_factor supports_create_index_with_clause
        supports_explain_with_utility_options supports_limit_comma supports_update_order_by
        supports_from_first_select supports_projection_trailing_commas supports_asc_desc_in_column_definition
        supports_try_convert supports_bitwise_shift_operators supports_comment_on supports_load_extension
        supports_named_fn_args_with_assignment_operator supports_struct_literal supports_empty_projections
        supports_nested_comments supports_multiline_comment_hints supports_user_host_grantee
        supports_string_escape_constant supports_array_typedef_with_brackets supports_match_against
        supports_set_names supports_comma_separated_set_assignments supports_filter_during_aggregation
        supports_select_wildcard_exclude supports_data_type_signed_suffix supports_interval_options
        supports_quote_delimited_string supports_select_wildcard_replace supports_select_wildcard_ilike
        supports_select_wildcard_rename supports_optimize_table supports_install supports_detach
        supports_prewhere supports_with_fill supports_limit_by supports_interpolate supports_settings
        supports_select_format supports_comment_optimizer_hint supports_constraint_keyword_without_name
        supports_key_column_option supports_comma_separated_trim supports_cte_without_as
        supports_select_item_multi_column_alias supports_xml_expressions
    }
}

/// Reads `text` by `parse`.
///
/// # Errors
/// The parser's, and text that is nested too deeply.
pub(super) fn bounded<T>(
    text: &str,
    parse: impl FnOnce(&mut Parser) -> Result<T, ParserError>,
) -> Result<T, ParserError> {
    let tokens = Tokenizer::new(&GenericDialect, text).tokenize_with_location()?;
    check_brackets(&tokens)?;
    within_bounds(tokens, parse)
}

/// Reads `text`, which was printed from what `bounded` has read, as Polars will read it.
///
/// # Errors
/// The parser's.
pub(super) fn again<T>(
    text: &str,
    parse: impl Fn(&mut Parser) -> Result<T, ParserError>,
) -> Result<T, ParserError> {
    let tokens = Tokenizer::new(&GenericDialect, text).tokenize_with_location()?;
    // Only what is quickly read is given to Polars' own parser, which knows no bounds.
    within_bounds(tokens, &parse)?;
    parse(&mut as_polars(text)?)
}

fn within_bounds<T>(
    tokens: Vec<TokenWithSpan>,
    parse: impl FnOnce(&mut Parser) -> Result<T, ParserError>,
) -> Result<T, ParserError> {
    let bounded = Bounded { left: Cell::new(FREE_EXPRESSIONS + EXPRESSIONS_PER_TOKEN * tokens.len()) };
    let parser = Parser::new(&bounded).with_options(options()).with_recursion_limit(MAX_DEPTH);
    let read = parse(&mut parser.with_tokens_with_locations(tokens));
    // What was read after the parser was stopped may be another thing than what is written.
    match bounded.left.get() {
        0 => Err(ParserError::ParserError(TOO_DEEP.to_owned())),
        _ => read,
    }
}

/// A parser as Polars has one, for text that `bounded` can read.
pub(super) fn as_polars(text: &str) -> Result<Parser<'static>, ParserError> {
    Parser::new(&GenericDialect).with_options(options()).try_with_sql(text)
}

/// The options of Polars' own parser.
fn options() -> ParserOptions {
    ParserOptions { trailing_commas: true, ..ParserOptions::default() }
}

fn check_brackets(tokens: &[TokenWithSpan]) -> Result<(), ParserError> {
    let mut depth: usize = 0;
    let mut before = &Token::EOF;
    for token in tokens.iter().map(|token| &token.token) {
        match token {
            // A type within a type, which needs no end for the parser to follow it down.
            Token::Lt if is_type_of_types(before) => depth += 1,
            Token::LParen | Token::LBracket | Token::LBrace => depth += 1,
            Token::RParen | Token::RBracket | Token::RBrace => depth = depth.saturating_sub(1),
            _ => {}
        }
        if !matches!(token, Token::Whitespace(_)) {
            before = token;
        }
        if depth > MAX_BRACKETS {
            let detail =
                format!("is nested too deeply: {MAX_BRACKETS} brackets within one another are the most");
            return Err(ParserError::ParserError(detail));
        }
    }
    Ok(())
}

fn is_type_of_types(token: &Token) -> bool {
    matches!(token, Token::Word(word) if matches!(word.keyword, Keyword::ARRAY | Keyword::STRUCT | Keyword::MAP))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::super::{Filter, Select};
    use crate::engine::{Stop, run};

    /// A level of nesting that the parser tries to read in several ways, and what stands innermost.
    const BOMBS: &str = "CAST( TRY_CAST( SAFE_CAST( POSITION( CAST(POSITION( SUBSTRING( SUBSTR( CEIL( FLOOR( OVERLAY( CONVERT( \
        TRY_CONVERT( TRIM( EXTRACT( CASE( CASE- CASE+ NOT( NOT- NOT+ ARRAY[ ARRAY( ARRAY< STRUCT< STRUCT( INTERVAL( INTERVAL- \
        EXISTS( MAP{ MAP( Nullable( MATCH( PRIOR( PRIOR- LAMBDA( DATE( BINARY( a( ( [ { {fn- -a( NOT_ CASE_WHEN_ CASE_ - + \
        (SELECT_ (SELECT*FROM( (SELECT_a_FROM_t_WHERE_a_IN( ((SELECT_1_FROM( IN( a_IN( a_IN(( a->( (a)->( a,( XMLPARSE( \
        GROUPING_SETS( a_OVER( a_COLLATE_ a_BETWEEN_ a_LIKE_ a:: a[ CAST(a_AS_ SELECT_*_FROM( SELECT_*_FROM((";

    #[test]
    fn whatever_is_nested_is_read_or_refused_fast() {
        let mut slow = Vec::new();
        let mut check = |level: &str, depth: usize| {
            let nested =
                level.replace('_', " ").replace("SAFE ", "SAFE_").replace("TRY ", "TRY_").repeat(depth);
            for end in ["", "1 1"] {
                for begin in ["SELECT ", "SELECT * FROM ", ""] {
                    let text: String = format!("{begin}{nested}{end}").chars().take(20_000).collect();
                    let start = Instant::now();
                    // On a thread with as much stack as a query has.
                    let _ = run::guarded(&Stop::never(), move || {
                        Ok((Select::read(&text).err(), Filter::read(&text).err()))
                    });
                    let took = start.elapsed();
                    // Machines are noisy, but a bomb of this depth would take years.
                    if took > Duration::from_secs(20) {
                        slow.push(format!("{begin}{level} x {depth} {end}: {took:?}"));
                    }
                }
            }
        };
        for level in BOMBS.split_whitespace() {
            for depth in [8, 16, 39, 3_000] {
                check(level, depth);
            }
        }
        assert!(slow.is_empty(), "{}", slow.join("\n"));
    }

    #[test]
    fn what_is_nested_without_a_mistake_is_read() {
        let check = |begin: &str, end: &str, depth: usize| {
            let text = format!("SELECT {}a{} FROM t", begin.repeat(depth), end.repeat(depth));
            let read = run::guarded(&Stop::never(), move || Ok(Select::read(&text)?)).map(|_| ());
            assert!(read.is_ok(), "{begin} x {depth}: {read:?}");
        };
        check("CAST(", " AS FLOAT)", 6);
        check("(", ")", 12);
        check("coalesce(", ", 1)", 12);
        check("CASE WHEN a > 1 THEN 2 ELSE ", " END", 8);
        check("CAST(SUBSTRING(", " FROM 1 FOR 2) AS TEXT)", 4);
    }
}
