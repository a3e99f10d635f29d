//! The events of the open project, for the screens that show it.

use std::collections::BTreeMap;
use std::sync::Arc;

use impala_core::api::events::{CanvasState, ProjectEvent, SourceState};
use impala_core::client::{Follow, Followed};

use crate::action::Live;
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
                let is_unsigned = error.status() == Some(401);
                tell(if is_unsigned { Live::Unsigned } else { Live::Offline(error.to_string()) });
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

/// The versions of sources that were told last: a new connection tells all of them again.
#[derive(Default)]
struct Known {
    sources: Option<BTreeMap<String, (u32, String)>>,
}

impl Known {
    fn told(&mut self, event: ProjectEvent) -> Vec<Live> {
        match event {
            ProjectEvent::Snapshot { canvases, sources } => self.snapshot(canvases, sources),
            ProjectEvent::CanvasSaved(state) => vec![saved(state)],
            ProjectEvent::CanvasDeleted { canvas } => vec![Live::Canvas { slug: canvas, revision: None }],
            ProjectEvent::SourceVersion(state) => {
                let name = state.source.clone();
                self.sources.get_or_insert_default().insert(name.clone(), (state.version, state.sha256));
                vec![Live::Source(name)]
            }
            ProjectEvent::SourceDeleted { source } => {
                self.sources.get_or_insert_default().remove(&source);
                vec![Live::Source(source)]
            }
            ProjectEvent::ProjectDeleted => vec![Live::Offline("the project was deleted".to_owned())],
            ProjectEvent::AccessLost => {
                vec![Live::Offline("you can no longer read this project".to_owned())]
            }
        }
    }

    fn snapshot(&mut self, canvases: Vec<CanvasState>, sources: Vec<SourceState>) -> Vec<Live> {
        let now: BTreeMap<String, (u32, String)> =
            sources.into_iter().map(|state| (state.source, (state.version, state.sha256))).collect();
        let mut told = vec![Live::Online];
        told.extend(canvases.into_iter().map(saved));
        // The first snapshot is what the screens have just loaded.
        if let Some(before) = self.sources.replace(now.clone()) {
            let is_other = |name: &&String| before.get(*name) != now.get(*name);
            let names = before.keys().chain(now.keys()).collect::<std::collections::BTreeSet<_>>();
            told.extend(names.into_iter().filter(is_other).cloned().map(Live::Source));
        }
        told
    }
}

fn saved(state: CanvasState) -> Live {
    Live::Canvas { slug: state.canvas, revision: Some(state.revision.revision) }
}
