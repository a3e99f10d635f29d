//! Sums of large integers. Polars lets them wrap around; as decimals they keep their size, if not their last digits.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    CastKind, DataType, ExactNumberInfo, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Query, Visit,
    VisitMut, Visitor, VisitorMut,
};

/// Casts what is summed up where it names one of `large`, the columns whose sum may not fit into 64 bits.
pub(super) fn widen(query: &mut Query, large: &BTreeSet<&str>) {
    if !large.is_empty() {
        let _ = query.visit(&mut Widen { large });
    }
}

struct Widen<'a> {
    large: &'a BTreeSet<&'a str>,
}

impl VisitorMut for Widen<'_> {
    type Break = ();

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if let Expr::Function(function) = expr
            && ["sum", "total"].contains(&function.name.to_string().to_lowercase().as_str())
            && let FunctionArguments::List(list) = &mut function.args
            && let [FunctionArg::Unnamed(FunctionArgExpr::Expr(summed))] = list.args.as_mut_slice()
            && Visit::visit(&*summed, &mut Names { large: self.large }).is_break()
        {
            let inner = std::mem::replace(summed, Expr::Identifier("_".into()));
            *summed = Expr::Cast {
                kind: CastKind::Cast,
                expr: Box::new(inner),
                data_type: DataType::Double(ExactNumberInfo::None),
                array: false,
                format: None,
            };
        }
        ControlFlow::Continue(())
    }
}

/// Breaks at the first name that is large.
struct Names<'a> {
    large: &'a BTreeSet<&'a str>,
}

impl Visitor for Names<'_> {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        let name = match expr {
            Expr::Identifier(ident) => Some(ident),
            Expr::CompoundIdentifier(idents) => idents.last(),
            _ => None,
        };
        match name {
            Some(ident) if self.large.contains(ident.value.as_str()) => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }
}
