//! Which names in `FROM` are sources. A common table expression hides a source of the same name, from where it is
//! defined on. Polars would look for a source first, so sources get names that cannot be written.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use impala_core::Invalid;
use impala_core::source::SourceRef;
use sqlparser::ast::{Ident, ObjectName, Query, TableAlias, TableFactor, VisitMut, VisitorMut};

use crate::engine::SourceRefs;

/// Most tables that a statement reads when each use of a common table expression is counted with all that is in it:
/// Polars plans it again for each.
const MAX_SCANS: usize = 64;

/// What Polars knows a source by.
pub(in crate::engine) fn internal_name(source: &SourceRef) -> String {
    format!("source {source}")
}

/// Names of a query's common table expressions, of which the first `n_done` can be seen, with the tables each one reads.
struct Frame {
    names: Vec<String>,
    n_done: usize,
    scans: Vec<usize>,
    n_scans: usize,
}

#[derive(Default)]
struct Scope {
    frames: Vec<Frame>,
    sources: SourceRefs,
    /// Tables that the outermost query reads.
    n_scans: usize,
}

/// Renames the sources of a query and returns them.
///
/// # Errors
/// A name that can be no source's, such as a file's; a statement that reads too many tables.
pub(super) fn resolve(query: &mut Query) -> Result<SourceRefs, Invalid> {
    let mut scope = Scope::default();
    if let ControlFlow::Break(detail) = query.visit(&mut scope) {
        return Err(Invalid::at("", detail));
    }
    if scope.n_scans > MAX_SCANS {
        let detail = format!(
            "reads {} tables, common table expressions included; {MAX_SCANS} are the most",
            scope.n_scans
        );
        return Err(Invalid::at("", detail));
    }
    Ok(scope.sources)
}

impl VisitorMut for Scope {
    type Break = String;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<String> {
        let ctes = query.with.iter().flat_map(|with| &with.cte_tables);
        let names: Vec<String> = ctes.map(|cte| cte.alias.name.value.clone()).collect();
        let twice = names.iter().enumerate().find(|(index, name)| names[..*index].contains(name));
        if let Some((_, name)) = twice {
            return ControlFlow::Break(format!("WITH defines \"{name}\" twice"));
        }
        self.frames.push(Frame { names, n_done: 0, scans: Vec::new(), n_scans: 0 });
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _query: &mut Query) -> ControlFlow<String> {
        let n_scans = self.frames.pop().map_or(0, |frame| frame.n_scans);
        match self.frames.last_mut() {
            None => self.n_scans = n_scans,
            Some(frame) if frame.n_done < frame.names.len() => {
                frame.n_done += 1;
                frame.scans.push(n_scans);
            }
            Some(frame) => frame.n_scans = frame.n_scans.saturating_add(n_scans),
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<String> {
        let TableFactor::Table { name, alias, .. } = factor else {
            return ControlFlow::Continue(());
        };
        let [part] = name.0.as_slice() else {
            return ControlFlow::Break(format!(
                "\"{name}\" is not a source's name; a source is named without a project"
            ));
        };
        let Some(ident) = part.as_ident() else {
            return ControlFlow::Break(format!("\"{name}\" is not a source's name"));
        };
        match self.table(ident) {
            Ok(None) => ControlFlow::Continue(()),
            Ok(Some(source)) => {
                alias.get_or_insert_with(|| plain_alias(ident.clone()));
                *name = ObjectName::from(vec![Ident::with_quote('"', internal_name(&source))]);
                ControlFlow::Continue(())
            }
            Err(detail) => ControlFlow::Break(detail),
        }
    }
}

impl Scope {
    /// The source that a name means; `None` for a common table expression.
    fn table(&mut self, ident: &Ident) -> Result<Option<SourceRef>, String> {
        if let Some(n_scans) = self.cte(&ident.value) {
            self.count(n_scans);
            return Ok(None);
        }
        // As everywhere in SQL, case counts within double quotes only.
        let text = match ident.quote_style {
            None => ident.value.to_lowercase(),
            Some(_) => ident.value.clone(),
        };
        let source: SourceRef = text.parse()?;
        self.sources.insert(source.clone());
        self.count(1);
        Ok(Some(source))
    }

    fn cte(&self, name: &str) -> Option<usize> {
        self.frames.iter().rev().find_map(|frame| {
            let index =
                frame.names[..frame.n_done.min(frame.names.len())].iter().position(|known| known == name)?;
            frame.scans.get(index).copied()
        })
    }

    fn count(&mut self, n_scans: usize) {
        if let Some(frame) = self.frames.last_mut() {
            frame.n_scans = frame.n_scans.saturating_add(n_scans);
        }
    }
}

fn plain_alias(name: Ident) -> TableAlias {
    TableAlias { explicit: true, name, columns: Vec::new(), at: None }
}

/// The sources behind the internal names of a resolved query, by that name.
pub(super) fn by_internal_name<'a>(
    sources: impl IntoIterator<Item = &'a SourceRef>,
) -> BTreeMap<String, &'a SourceRef> {
    sources.into_iter().map(|source| (internal_name(source), source)).collect()
}
