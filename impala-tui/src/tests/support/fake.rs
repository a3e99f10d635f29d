//! What the server would hold, and what it answers.

use std::collections::BTreeMap;

use impala_core::api::events::CanvasState;
use impala_core::api::{
    CanvasName, CanvasSummary, CanvasView, Choices, Member, Project, Revision, Role as Membership, Upload,
};
use impala_core::source::{Source, SourceVersion};
use impala_core::{Canvas, document};
use jiff::Timestamp;

use super::data::{COLUMNS, WEATHER, data, leave_out, rows, skip, source, stats};
use super::example;
use crate::action::{Answer, Failure, Live, Outcome, ProjectContent};
use crate::effect::Request;

/// What the server would hold.
pub struct Fake {
    pub canvas: Canvas,
    pub revision: u64,
    /// How often the canvas was created.
    pub generation: u64,
    pub saved_by: String,
    /// What was done at the last revision, in words of the server.
    pub note: String,
    pub role: Membership,
    pub members: Vec<Member>,
    /// The sources of the project besides that of the weather.
    pub more_sources: Vec<Source>,
    /// Names of the canvases of the project besides the example, and of the projects besides its own; they come before those.
    pub more_canvases: Vec<&'static str>,
    pub more_projects: Vec<&'static str>,
    /// There are neither projects nor what is in them.
    pub is_empty: bool,
    /// The canvas is gone, until it is created again.
    pub is_deleted: bool,
    /// Saving fails so, once.
    pub refusal: Option<Failure>,
    /// Nothing is answered.
    pub is_silent: bool,
    /// Rows that the answers to blocks lack at their beginning.
    pub skipped: usize,
    /// Rows that the queries of blocks have, when their limits leave some of them out.
    pub left_out: Option<u64>,
    /// So many rows of the file were left out.
    pub bad_rows: u64,
    /// Rows of the source.
    pub rows_total: u64,
    /// The canvases that read the source.
    pub readers: Vec<CanvasName>,
    /// Whom the credentials stand for that are kept for other servers, or why that is not known.
    pub kept: BTreeMap<&'static str, Result<&'static str, Failure>>,
    /// What comes of signing out.
    pub parting: Outcome<Option<Failure>>,
    /// What there is in folders.
    pub paths: Vec<&'static str>,
    /// The columns of the source.
    pub names: [&'static str; 4],
}

impl Fake {
    /// The example canvas, at its first revision.
    pub fn new() -> Self {
        Self {
            canvas: example(),
            revision: 1,
            generation: 1,
            saved_by: "ann".to_owned(),
            note: String::new(),
            role: Membership::Owner,
            members: [("ann", Membership::Owner), ("bob", Membership::Editor)]
                .map(|(name, role)| Member { username: name.to_owned(), role })
                .to_vec(),
            more_sources: Vec::new(),
            more_canvases: Vec::new(),
            more_projects: Vec::new(),
            is_empty: false,
            is_deleted: false,
            refusal: None,
            is_silent: false,
            skipped: 0,
            left_out: None,
            bad_rows: 0,
            rows_total: 1_461,
            readers: vec![CanvasName {
                slug: "seattle-weather".to_owned(),
                title: "Seattle weather".to_owned(),
            }],
            kept: BTreeMap::new(),
            parting: Ok(None),
            paths: vec!["data/", "data/rain.csv", "data/snow.csv", "wind.csv"],
            names: COLUMNS.map(|(name, _)| name),
        }
    }

    fn etag(&self) -> String {
        etag(self.generation, self.revision)
    }

    /// What the server tells of the canvas as it is.
    pub fn saved(&self) -> Live {
        Live::Saved(CanvasState {
            canvas: "seattle-weather".to_owned(),
            etag: self.etag(),
            revision: revision(self.revision, &self.saved_by),
        })
    }

    /// The canvas that was deleted is made again, and not saved yet.
    pub fn create(&mut self) {
        (self.is_deleted, self.revision, self.generation) = (false, 0, self.generation + 1);
    }

    fn view(&self) -> CanvasView {
        CanvasView {
            etag: self.etag(),
            revision: Revision { note: self.note.clone(), ..revision(self.revision, &self.saved_by) },
            warnings: Vec::new(),
            canvas: self.canvas.clone(),
        }
    }

    fn save(&mut self, canvas: &Canvas, over: &str) -> Result<Box<CanvasView>, Failure> {
        if let Some(refusal) = self.refusal.take() {
            return Err(refusal);
        }
        if self.is_deleted {
            return Err(Failure { status: Some(404), ..Failure::new("there is no such canvas") });
        }
        if over != self.etag() {
            return Err(Failure { status: Some(412), ..Failure::new("a newer revision was saved") });
        }
        canvas.check().map_err(|invalid| Failure { errors: invalid.errors, ..Failure::new("refused") })?;
        self.canvas = canvas.clone();
        self.canvas.sort();
        self.revision += 1;
        self.saved_by = "ann".to_owned();
        Ok(Box::new(self.view()))
    }

    pub fn answer(&mut self, request: &Request) -> Answer {
        match request {
            Request::Me => Answer::SignedIn(Ok("ann".to_owned())),
            Request::SignIn { username, .. } => Answer::SignedIn(Ok(username.clone())),
            Request::Switch(server) => Answer::SignedIn(match self.kept.get(server.as_str()) {
                Some(outcome) => outcome.clone().map(str::to_owned),
                None => Err(Failure { status: Some(401), ..Failure::new("not signed in") }),
            }),
            Request::SignOut => Answer::SignedOut("http://impala.test".to_owned(), self.parting.clone()),
            Request::SetMember(_, member) => {
                self.members.retain(|one| one.username != member.username);
                self.members.push(member.clone());
                Answer::Done(Ok(()))
            }
            Request::RemoveMember(_, name) => {
                self.members.retain(|one| one.username != *name);
                Answer::Done(Ok(()))
            }
            Request::CreateProject(_) => Answer::ProjectMade(Ok(self.project())),
            Request::Projects if self.is_empty => Answer::Projects(Ok(Vec::new())),
            Request::Projects => {
                let more = self.more_projects.iter();
                let more = more.map(|slug| Project { slug: (*slug).to_owned(), ..self.project() });
                Answer::Projects(Ok(more.chain([self.project()]).collect()))
            }
            Request::Project(_) => Answer::Project(Ok(Box::new(self.content()))),
            Request::Canvas(_) if self.is_deleted => {
                Answer::Canvas(Err(Failure { status: Some(404), ..Failure::new("there is no such canvas") }))
            }
            Request::Canvas(_) => Answer::Canvas(Ok(Box::new(self.view()))),
            Request::CreateCanvas(..) if !self.is_deleted => {
                Answer::Saved(Err(Failure { status: Some(409), ..Failure::new("there is one of that name") }))
            }
            Request::CreateCanvas(_, canvas) => {
                self.create();
                Answer::Saved(self.save(canvas, &self.etag()))
            }
            Request::Draft(_, draft) => {
                let canvas = document::read_canvas(&draft.canvas).expect("the editor's canvases are whole");
                let mut data = data(&canvas, &draft.parameters, &draft.blocks);
                data.blocks.values_mut().for_each(|answer| skip(answer, self.skipped));
                data.blocks.values_mut().for_each(|answer| leave_out(answer, self.left_out));
                Answer::Data(Ok(Box::new(data)))
            }
            Request::Preview(_, draft) => match document::read_canvas(&draft.canvas) {
                Ok(canvas) => {
                    let data = data(&canvas, &draft.parameters, &draft.blocks);
                    Answer::Preview(Ok(Box::new(data.blocks.into_values().next().expect("an answer"))))
                }
                Err(invalid) => Answer::Preview(Err(Failure::new(invalid.to_string()))),
            },
            Request::Save(_, canvas, over) => Answer::Saved(self.save(canvas, over)),
            Request::History(_) => {
                let newest = self.revision.max(2);
                let by = |number: u64| if number.is_multiple_of(2) { "ann" } else { "bob" };
                let revisions = (1..=newest).rev().map(|number| revision(number, by(number)));
                Answer::History(Ok(revisions.collect()))
            }
            Request::Restore(..) => {
                self.revision += 1;
                Answer::Saved(Ok(Box::new(self.view())))
            }
            Request::Revision(_, number) => {
                let mut view = self.view();
                view.revision = revision(*number, "bob");
                if *number == 1 {
                    view.canvas.spec.blocks.truncate(3);
                }
                Answer::Revision(Ok(Box::new(view)))
            }
            Request::Paths(text) => {
                let depth = text.matches('/').count();
                let is_here = |path: &&&str| path.trim_end_matches('/').matches('/').count() == depth;
                let fitting =
                    self.paths.iter().filter(is_here).filter(|path| path.starts_with(text.as_str()));
                Answer::Paths(fitting.map(|path| (*path).to_owned()).collect())
            }
            Request::Upload { source: name, .. } => {
                let mut version = source(self.names).current;
                version.version = 2;
                let (source, warnings) = (name.clone(), vec!["it has none of the columns".to_owned()]);
                Answer::Uploaded(Ok(Box::new(Upload {
                    source,
                    unchanged: false,
                    version,
                    warnings,
                    preview: None,
                })))
            }
            Request::Readers(..) => Answer::Readers(Ok(self.readers.clone())),
            Request::Stats(..) => Answer::Stats(Ok(stats())),
            Request::Source(..) => Answer::Source(Ok(Box::new(source(self.names)))),
            Request::Versions(..) => {
                let current = SourceVersion { rejected_rows: self.bad_rows, ..source(self.names).current };
                Answer::Versions(Ok(vec![current]))
            }
            Request::Rows { offset, limit, .. } => {
                Answer::Rows(Ok(Box::new(rows(*offset, *limit, self.rows_total))))
            }
            Request::Choices(_, parameter) => {
                let values = WEATHER.map(str::to_owned).to_vec();
                Answer::Choices(parameter.name.clone(), Ok(Choices { values, truncated: false }))
            }
            _ => Answer::Done(Ok(())),
        }
    }

    fn project(&self) -> Project {
        Project {
            id: Default::default(),
            owner: "ann".to_owned(),
            slug: "weather".to_owned(),
            title: "Weather of the west coast".to_owned(),
            description: String::new(),
            role: self.role,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn content(&self) -> ProjectContent {
        let canvas = CanvasSummary {
            slug: "seattle-weather".to_owned(),
            title: self.canvas.title().to_owned(),
            blocks: self.canvas.spec.blocks.len() as u32,
            revision: revision(self.revision, &self.saved_by),
        };
        let more = self.more_canvases.iter();
        let more = more.map(|slug| CanvasSummary { slug: (*slug).to_owned(), ..canvas.clone() });
        if self.is_empty {
            let (project, members) = (self.project(), self.members.clone());
            return ProjectContent { project, canvases: Vec::new(), sources: Vec::new(), members };
        }
        ProjectContent {
            project: self.project(),
            canvases: more.chain([canvas.clone()]).collect(),
            sources: std::iter::once(source(self.names)).chain(self.more_sources.clone()).collect(),
            members: self.members.clone(),
        }
    }
}

fn etag(generation: u64, revision: u64) -> String {
    format!("\"{generation}-{revision}\"")
}

/// What the server tells of a canvas that was created once.
pub fn saved(slug: &str, number: u64) -> Live {
    let revision = revision(number, if number == 1 { "ann" } else { "bob" });
    Live::Saved(CanvasState { canvas: slug.to_owned(), etag: etag(1, number), revision })
}

fn revision(number: u64, by: &str) -> Revision {
    Revision {
        revision: number,
        saved_by: by.to_owned(),
        saved_at: Timestamp::UNIX_EPOCH,
        note: String::new(),
    }
}
