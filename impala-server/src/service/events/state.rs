//! The state of everything in a project, and what differs between two states.

use std::collections::BTreeMap;
use std::sync::Arc;

use impala_core::api::Role;
use impala_core::api::events::{CanvasState, ProjectEvent, SourceState};
use sqlx::AnyPool;
use uuid::Uuid;

use crate::service::expected::Tag;
use crate::store::StoreError;
use crate::store::canvases::CanvasStore;
use crate::store::sql::{canvases, members, sources};

/// Canvases that are looked up together.
const BATCH: i64 = 500;

/// State of a project. One without members is gone: its owner stays as long as it does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProjectState {
    members: BTreeMap<Uuid, Role>,
    canvases: BTreeMap<String, CanvasState>,
    sources: BTreeMap<String, SourceState>,
}

impl ProjectState {
    /// Reads it from the stores.
    ///
    /// # Errors
    /// When one of them fails.
    pub async fn read(
        pool: &AnyPool,
        documents: &Arc<dyn CanvasStore>,
        project: Uuid,
    ) -> Result<Self, StoreError> {
        let members = members::roles(pool, project).await?;
        if members.is_empty() {
            return Ok(Self::default());
        }
        let canvases = canvas_states(pool, documents, project).await?;
        let sources = sources::states(pool, project).await?;
        let sources = sources.into_iter().map(|state| (state.source.clone(), state)).collect();
        Ok(Self { members, canvases, sources })
    }

    /// Whether the project is gone.
    pub fn is_gone(&self) -> bool {
        self.members.is_empty()
    }

    /// What someone was in the project when it was read.
    pub fn role_of(&self, user: Uuid) -> Option<Role> {
        self.members.get(&user).copied()
    }

    /// All of it, as an event.
    pub fn snapshot(&self) -> ProjectEvent {
        ProjectEvent::Snapshot {
            canvases: self.canvases.values().cloned().collect(),
            sources: self.sources.values().cloned().collect(),
        }
    }

    /// What makes `earlier` into this, for a member.
    pub fn changes_since(&self, earlier: &Self, member: Uuid) -> Vec<ProjectEvent> {
        let role = self.role_of(member).filter(|role| earlier.role_of(member) != Some(*role));
        let mut events: Vec<ProjectEvent> =
            role.map(|role| ProjectEvent::RoleChanged { role }).into_iter().collect();
        // A source comes before the canvas that shows it.
        for source in gone(&earlier.sources, &self.sources) {
            events.push(ProjectEvent::SourceDeleted { source });
        }
        events.extend(new(&earlier.sources, &self.sources).map(ProjectEvent::SourceVersion));
        for canvas in gone(&earlier.canvases, &self.canvases) {
            events.push(ProjectEvent::CanvasDeleted { canvas });
        }
        events.extend(new(&earlier.canvases, &self.canvases).map(ProjectEvent::CanvasSaved));
        events
    }
}

fn gone<T>(earlier: &BTreeMap<String, T>, now: &BTreeMap<String, T>) -> Vec<String> {
    earlier.keys().filter(|name| !now.contains_key(*name)).cloned().collect()
}

fn new<T: Clone + PartialEq>(
    earlier: &BTreeMap<String, T>,
    now: &BTreeMap<String, T>,
) -> impl Iterator<Item = T> {
    now.iter().filter(|(name, state)| earlier.get(*name) != Some(state)).map(|(_, state)| state.clone())
}

async fn canvas_states(
    pool: &AnyPool,
    documents: &Arc<dyn CanvasStore>,
    project: Uuid,
) -> Result<BTreeMap<String, CanvasState>, StoreError> {
    let mut states = BTreeMap::new();
    let mut after = String::new();
    loop {
        let rows = canvases::list(pool, project, &after, BATCH).await?;
        let Some(last) = rows.last() else {
            return Ok(states);
        };
        after.clone_from(&last.slug);
        let slugs: BTreeMap<Uuid, String> = rows.into_iter().map(|row| (row.id, row.slug)).collect();
        let ids: Vec<Uuid> = slugs.keys().copied().collect();
        for head in documents.heads(&ids).await? {
            let Some(canvas) = slugs.get(&head.id).cloned() else { continue };
            let etag = format!("\"{}\"", Tag { canvas: head.id, revision: head.revision.revision });
            states.insert(canvas.clone(), CanvasState { canvas, etag, revision: head.revision });
        }
    }
}

#[cfg(test)]
mod tests {
    use impala_core::api::Revision;
    use jiff::Timestamp;

    use super::*;

    fn state(canvases: &[(&str, u64)], sources: &[(&str, u32)]) -> ProjectState {
        let canvas = |(slug, number): &(&str, u64)| {
            let revision = Revision {
                revision: *number,
                saved_by: "ann".to_owned(),
                saved_at: Timestamp::UNIX_EPOCH,
                note: String::new(),
            };
            let etag = format!("\"{slug}-{number}\"");
            ((*slug).to_owned(), CanvasState { canvas: (*slug).to_owned(), etag, revision })
        };
        let source = |(name, version): &(&str, u32)| {
            let state = SourceState {
                source: (*name).to_owned(),
                version: *version,
                sha256: String::new(),
                created_by: "ann".to_owned(),
                created_at: Timestamp::UNIX_EPOCH,
            };
            ((*name).to_owned(), state)
        };
        ProjectState {
            members: BTreeMap::from([(Uuid::nil(), Role::Owner)]),
            canvases: canvases.iter().map(canvas).collect(),
            sources: sources.iter().map(source).collect(),
        }
    }

    #[test]
    fn differences_are_told_and_nothing_else() {
        let check = |earlier: &ProjectState, now: &ProjectState, expected: &[&str]| {
            let events = now.changes_since(earlier, Uuid::nil()).into_iter().map(|event| match event {
                ProjectEvent::CanvasSaved(state) => format!("{}#{}", state.canvas, state.revision.revision),
                ProjectEvent::CanvasDeleted { canvas } => format!("-{canvas}"),
                ProjectEvent::SourceVersion(state) => format!("{}@{}", state.source, state.version),
                ProjectEvent::SourceDeleted { source } => format!("-{source}"),
                ProjectEvent::RoleChanged { role } => format!("as {}", role.as_str()),
                other => panic!("{other:?}"),
            });
            assert_eq!(events.collect::<Vec<_>>(), expected);
        };
        let earlier = state(&[("a", 1), ("b", 2)], &[("s", 1), ("t", 3)]);
        check(&earlier, &earlier, &[]);
        check(
            &earlier,
            &state(&[("b", 4), ("c", 1)], &[("t", 2), ("u", 1)]),
            &["-s", "t@2", "u@1", "-a", "b#4", "c#1"],
        );
        let mut someone_joined = earlier.clone();
        someone_joined.members.insert(Uuid::from_u128(1), Role::Viewer);
        check(&earlier, &someone_joined, &[]);
        let mut is_another = earlier.clone();
        is_another.members.insert(Uuid::nil(), Role::Viewer);
        check(&earlier, &is_another, &["as viewer"]);
        assert!(ProjectState::default().is_gone() && !earlier.is_gone());
    }
}
