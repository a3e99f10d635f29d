//! What the world is asked to do. Plain values that can be compared and printed.

use impala_core::Canvas;
use impala_core::api::{CanvasDraft, Member, ProjectCreate};
use impala_core::client::CsvChoices;
use impala_core::parameter::Parameter;
use impala_core::source::SourceRef;

/// A project's address.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectAt {
    /// Username of its owner.
    pub owner: String,
    /// Its name under its owner.
    pub slug: String,
}

impl std::fmt::Display for ProjectAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.owner, self.slug)
    }
}

/// A canvas's address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CanvasAt {
    /// Its project.
    pub project: ProjectAt,
    /// Its name in the project.
    pub slug: String,
}

/// Something for the world to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask, and answer with this number.
    Ask {
        /// Comes back with the answer.
        number: u64,
        /// What.
        request: Box<Request>,
    },
    /// Nobody waits for this answer any more: should it come, no screen hears it.
    Forget(u64),
    /// Put text on the clipboard, through the terminal.
    Clip(String),
    /// From now on ask the server of that name, which has been signed in at last.
    Server(String),
    /// Follow a project's events, which come with this number, or none.
    Follow(Option<(u64, ProjectAt)>),
    /// Give the mouse to the terminal, or take it back.
    Mouse(bool),
    /// Draw every cell again.
    Redraw,
    /// Stop until the shell brings us back.
    Suspend,
    /// Let the user's editor change a text; its answer has this number.
    Editor {
        /// Comes back with the answer.
        number: u64,
        /// What to begin with.
        text: String,
    },
    /// Keep a text in a file of its own, which nobody else may read; its answer has this number.
    Keep {
        /// Comes back with the answer.
        number: u64,
        /// Name of the file.
        name: String,
        /// What it holds.
        text: String,
    },
    /// End.
    Quit,
}

/// What is asked. None of it waits: the loop goes on, and the answer comes as an action.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Which user the kept credentials stand for.
    Me,
    /// Sign in at a server, or make an account there.
    SignIn {
        /// The server, by its name or address.
        server: String,
        /// Who.
        username: String,
        /// The secret.
        password: Secret,
        /// Whether the account is made first.
        is_new: bool,
    },
    /// Which user the credentials stand for that are kept for another server.
    Switch(String),
    /// Forget the credentials.
    SignOut,
    /// All projects.
    Projects,
    /// A new project.
    CreateProject(ProjectCreate),
    /// Delete a project with all that is in it.
    DeleteProject(ProjectAt),
    /// A project and what is in it.
    Project(ProjectAt),
    /// Add a member, or change the role of one.
    SetMember(ProjectAt, Member),
    /// Take a member out of a project.
    RemoveMember(ProjectAt, String),
    /// A new canvas.
    CreateCanvas(ProjectAt, Box<Canvas>),
    /// Delete a canvas, whatever its revision.
    DeleteCanvas(CanvasAt),
    /// A canvas.
    Canvas(CanvasAt),
    /// The answers to blocks as they stand in an editor.
    Draft(ProjectAt, Box<CanvasDraft>),
    /// The answer to one block that is being edited, after a pause in which no newer one may be asked.
    Preview(ProjectAt, Box<CanvasDraft>),
    /// Save a canvas over the state with that etag.
    Save(CanvasAt, Box<Canvas>, String),
    /// The revisions of a canvas.
    History(CanvasAt),
    /// A canvas as it was.
    Revision(CanvasAt, u64),
    /// Make an earlier revision the content of a new one.
    Restore(CanvasAt, u64),
    /// A source.
    Source(ProjectAt, String),
    /// Statistics of its columns.
    Stats(ProjectAt, SourceRef),
    /// Its versions.
    Versions(ProjectAt, String),
    /// Some of its rows.
    Rows {
        /// The project.
        project: ProjectAt,
        /// The source.
        source: SourceRef,
        /// The first row.
        offset: u64,
        /// How many.
        limit: u64,
    },
    /// Make a version the current one.
    RollBack(ProjectAt, String, u32),
    /// The canvases that read a source.
    Readers(ProjectAt, String),
    /// Delete a source with all its versions.
    DeleteSource(ProjectAt, String),
    /// The values that a parameter offers.
    Choices(ProjectAt, Box<Parameter>),
    /// Upload a file.
    Upload {
        /// The project.
        project: ProjectAt,
        /// The source.
        source: String,
        /// The file.
        path: String,
        /// How it is to be read.
        choices: Box<CsvChoices>,
    },
    /// What a path that is being typed may be completed to.
    Paths(String),
}

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}
