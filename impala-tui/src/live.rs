//! The events of the open project, for the screens that show it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use impala_core::api::events::{CanvasState, ProjectEvent, SourceState};
use impala_core::client::{Follow, Followed};

use crate::action::{Closed, Live};
use crate::effect::ProjectAt;
use crate::world::World;

/// Follows a project's events until dropped, until there is nothing more to follow, or until `tell` says that nobody
/// listens.
pub async fn follow(world: Arc<World>, project: ProjectAt, tell: impl Fn(Live) -> bool + Send) {
    let mut follow = Follow::new(&world.client(), &project.owner, &project.slug);
    let mut known = Known::default();
    loop {
        let told = match follow.next().await {
            Ok(Some(Followed::Event(event))) => known.told(event),
            Ok(Some(Followed::Offline { error, .. })) => vec![Live::Offline(error.to_string())],
            Ok(None) => return,
            Err(error) => {
                tell(match error.status() {
                    Some(401) => Live::Unsigned,
                    Some(403) => Live::Closed(Closed::AccessLost),
                    Some(404) => Live::Closed(Closed::Gone),
                    _ => Live::Offline(error.to_string()),
                });
                return;
            }
        };
        for live in told {
            if !tell(live) {
                return;
            }
        }
    }
}

/// The canvases and the versions of sources that were told last: a new connection tells all of them again.
#[derive(Default)]
struct Known {
    canvases: BTreeSet<String>,
    sources: Option<BTreeMap<String, (u32, String)>>,
}

impl Known {
    fn told(&mut self, event: ProjectEvent) -> Vec<Live> {
        match event {
            ProjectEvent::Snapshot { canvases, sources } => self.snapshot(canvases, sources),
            ProjectEvent::CanvasSaved(state) => {
                self.canvases.insert(state.canvas.clone());
                vec![Live::Saved(state)]
            }
            ProjectEvent::CanvasDeleted { canvas } => {
                self.canvases.remove(&canvas);
                vec![Live::Deleted(canvas)]
            }
            ProjectEvent::SourceVersion(state) => {
                let name = state.source.clone();
                self.sources.get_or_insert_default().insert(name.clone(), (state.version, state.sha256));
                vec![Live::Source(name)]
            }
            ProjectEvent::SourceDeleted { source } => {
                self.sources.get_or_insert_default().remove(&source);
                vec![Live::Source(source)]
            }
            ProjectEvent::RoleChanged { role } => vec![Live::Role(role)],
            ProjectEvent::ProjectDeleted => vec![Live::Closed(Closed::Deleted)],
            ProjectEvent::AccessLost => vec![Live::Closed(Closed::AccessLost)],
        }
    }

    fn snapshot(&mut self, canvases: Vec<CanvasState>, sources: Vec<SourceState>) -> Vec<Live> {
        let now: BTreeMap<String, (u32, String)> =
            sources.into_iter().map(|state| (state.source, (state.version, state.sha256))).collect();
        let mut told = vec![Live::Online];
        let names = canvases.iter().map(|state| state.canvas.clone()).collect();
        let before = std::mem::replace(&mut self.canvases, names);
        told.extend(before.difference(&self.canvases).cloned().map(Live::Deleted));
        told.extend(canvases.into_iter().map(Live::Saved));
        // The first snapshot is what the screens have just loaded.
        if let Some(before) = self.sources.replace(now.clone()) {
            let is_other = |name: &&String| before.get(*name) != now.get(*name);
            let names = before.keys().chain(now.keys()).collect::<BTreeSet<_>>();
            told.extend(names.into_iter().filter(is_other).cloned().map(Live::Source));
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use impala_core::api::{Revision, Role};
    use jiff::Timestamp;

    use super::*;

    fn source(name: &str, version: u32) -> SourceState {
        let (created_by, created_at) = ("ann".to_owned(), Timestamp::UNIX_EPOCH);
        SourceState {
            source: name.to_owned(),
            version,
            sha256: format!("{name}{version}"),
            created_by,
            created_at,
        }
    }

    fn canvas(slug: &str, number: u64) -> CanvasState {
        let (saved_by, saved_at) = ("ann".to_owned(), Timestamp::UNIX_EPOCH);
        let revision = Revision { revision: number, saved_by, saved_at, note: String::new() };
        CanvasState { canvas: slug.to_owned(), etag: number.to_string(), revision }
    }

    fn snapshot(sources: &[SourceState]) -> ProjectEvent {
        ProjectEvent::Snapshot { canvases: vec![canvas("days", 3)], sources: sources.to_vec() }
    }

    fn days() -> Live {
        Live::Saved(canvas("days", 3))
    }

    fn of(name: &str) -> Live {
        Live::Source(name.to_owned())
    }

    #[test]
    fn the_first_snapshot_tells_canvases_and_a_later_one_also_the_sources_that_are_others() {
        let mut known = Known::default();
        let first = [source("rain", 1), source("snow", 1), source("wind", 1)];
        assert_eq!(known.told(snapshot(&first)), [Live::Online, days()]);
        assert_eq!(known.told(snapshot(&first)), [Live::Online, days()], "nothing was missed");
        // While it was offline one had a new version, one went, one came.
        let second = [source("rain", 2), source("wind", 1), source("fog", 1)];
        let told = known.told(snapshot(&second));
        assert_eq!(told, [Live::Online, days(), of("fog"), of("rain"), of("snow")]);
        assert_eq!(known.told(snapshot(&second)), [Live::Online, days()]);
        // A source that was deleted and uploaded again counts from 1; its bytes are others.
        let other = SourceState { sha256: "other".to_owned(), ..source("wind", 1) };
        let third = [source("rain", 2), other, source("fog", 1)];
        assert_eq!(known.told(snapshot(&third)), [Live::Online, days(), of("wind")]);
    }

    #[test]
    fn what_an_event_has_told_is_not_told_again_by_the_next_snapshot() {
        let mut known = Known::default();
        known.told(snapshot(&[source("rain", 1), source("snow", 1)]));
        assert_eq!(known.told(ProjectEvent::SourceVersion(source("rain", 2))), [of("rain")]);
        let gone = ProjectEvent::SourceDeleted { source: "snow".to_owned() };
        assert_eq!(known.told(gone), [of("snow")]);
        assert_eq!(known.told(snapshot(&[source("rain", 2)])), [Live::Online, days()]);
        assert_eq!(known.told(snapshot(&[source("rain", 3)])), [Live::Online, days(), of("rain")]);
    }

    #[test]
    fn another_role_is_told() {
        let told = Known::default().told(ProjectEvent::RoleChanged { role: Role::Viewer });
        assert_eq!(told, [Live::Role(Role::Viewer)]);
    }

    #[test]
    fn canvases_are_told_with_their_revision_and_without_one_when_they_are_gone() {
        let mut known = Known::default();
        assert_eq!(known.told(ProjectEvent::CanvasSaved(canvas("days", 3))), [days()]);
        let gone = ProjectEvent::CanvasDeleted { canvas: "days".to_owned() };
        assert_eq!(known.told(gone), [Live::Deleted("days".to_owned())]);
        for (event, closed) in
            [(ProjectEvent::ProjectDeleted, Closed::Deleted), (ProjectEvent::AccessLost, Closed::AccessLost)]
        {
            assert_eq!(known.told(event), [Live::Closed(closed)]);
        }
    }
}
