//! What can happen: what a person does, and what the world answers. Plain values that can be compared and printed.

use std::collections::BTreeMap;

use crossterm::event::{KeyEvent, MouseEvent};
use impala_core::FieldError;
use impala_core::api::events::CanvasState;
use impala_core::api::{
    BlockAnswer, CanvasData, CanvasName, CanvasSummary, CanvasView, Choices, ColumnStats, Member, Preview,
    Problem, Project, Revision, Role, Upload,
};
use impala_core::client::ClientError;
use impala_core::source::{Source, SourceVersion};

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A key was pressed.
    Key(KeyEvent),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// Text was pasted.
    Paste(String),
    /// The terminal has another size.
    Resize(u16, u16),
    /// What an effect came to. `number` is that of the effect: answers that nobody waits for any more are dropped.
    Answer {
        /// The effect's.
        number: u64,
        /// What came.
        answer: Box<Answer>,
    },
    /// Part of an upload has gone out.
    Sent {
        /// The effect's.
        number: u64,
        /// How much.
        sent: Sent,
    },
    /// What a project's events tell. Those of a project that is not followed any more are dropped.
    Live {
        /// That of the effect that follows them.
        number: u64,
        /// What is told.
        live: Live,
    },
}

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Bytes that have gone out.
    pub bytes: u64,
    /// Bytes of the whole file.
    pub bytes_total: u64,
    /// Since the first of them, in milliseconds.
    pub elapsed_ms: u64,
}

/// What is told of a project while it is open.
#[derive(Clone, Debug, PartialEq)]
pub enum Live {
    /// Events come in.
    Online,
    /// They do not; it is tried again.
    Offline(String),
    /// The session has ended.
    Unsigned,
    /// There is nothing more to tell: the project cannot be read any more.
    Closed(Closed),
    /// Someone has saved a canvas: its state now.
    Saved(CanvasState),
    /// Someone has deleted the canvas of that name.
    Deleted(String),
    /// A source has another current version, or is gone.
    Source(String),
    /// The user has another role in the project.
    Role(Role),
}

/// Why a project that was open cannot be read any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// It was deleted.
    Deleted,
    /// The user is no longer a member of it.
    AccessLost,
    /// One of the two, while there was no connection.
    Gone,
}

impl Closed {
    /// For the bar.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Deleted => "project deleted",
            Self::AccessLost => "access lost",
            Self::Gone => "project gone",
        }
    }

    /// As a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Deleted => "This project was deleted.",
            Self::AccessLost => "You can no longer read this project.",
            Self::Gone => "This project was deleted, or you can no longer read it.",
        }
    }
}

/// Why something came to nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Failure {
    /// The HTTP status, if the server answered.
    pub status: Option<u16>,
    /// What went wrong, for people.
    pub message: String,
    /// The faults of the input, one by one.
    pub errors: Vec<FieldError>,
}

impl Failure {
    /// A failure in words.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// Whether someone else has saved a newer revision.
    pub fn is_stale(&self) -> bool {
        self.status == Some(412)
    }

    /// Whether what was to be made is there already.
    pub fn is_taken(&self) -> bool {
        self.status == Some(409)
    }

    /// As the answer to a block, whose query failed as a whole.
    pub fn as_answer(&self) -> BlockAnswer {
        BlockAnswer::Problem(Problem {
            problem_type: "about:blank".to_owned(),
            title: String::new(),
            status: self.status.unwrap_or(0),
            code: String::new(),
            detail: self.message.clone(),
            errors: self.errors.clone(),
            request_id: None,
            current: None,
            violations: None,
        })
    }

    /// Whether nobody is signed in.
    pub fn is_unsigned(&self) -> bool {
        self.status == Some(401)
    }

    /// What went wrong, with its first faults, in a line.
    pub fn line(&self) -> String {
        let is_new = |error: &&FieldError| !self.message.contains(&error.detail);
        let errors: Vec<String> = self.errors.iter().filter(is_new).take(2).map(FieldError::words).collect();
        if errors.is_empty() {
            self.message.clone()
        } else {
            format!("{} ({})", self.message, errors.join("; "))
        }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let (status, message) = (error.status(), error.to_string());
        let errors = match error {
            ClientError::Problem(problem) => {
                let Problem { errors, .. } = *problem;
                errors
            }
            _ => Vec::new(),
        };
        // The server's sentence names what is wrong by pointers, which are for programs.
        let message = errors
            .iter()
            .fold(message, |text, error: &FieldError| text.replace(&error.to_string(), &error.words()));
        Self { status, message, errors }
    }
}

/// What came of an effect.
pub type Outcome<T> = Result<T, Failure>;

/// What the world answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Who is signed in.
    SignedIn(Outcome<String>),
    /// What came of signing out of the server of that name: why the server could not be told, where the credentials are forgotten.
    SignedOut(String, Outcome<Option<Failure>>),
    /// The projects that the user may see.
    Projects(Outcome<Vec<Project>>),
    /// A project was made.
    ProjectMade(Outcome<Project>),
    /// A project and what is in it.
    Project(Outcome<Box<ProjectContent>>),
    /// A canvas as it is saved.
    Canvas(Outcome<Box<CanvasView>>),
    /// A canvas was saved.
    Saved(Outcome<Box<CanvasView>>),
    /// Answers to blocks.
    Data(Outcome<Box<CanvasData>>),
    /// A block of a draft.
    Preview(Outcome<Box<BlockAnswer>>),
    /// The revisions of a canvas, the newest first.
    History(Outcome<Vec<Revision>>),
    /// A canvas as it was.
    Revision(Outcome<Box<CanvasView>>),
    /// A source.
    Source(Outcome<Box<Source>>),
    /// Statistics of its columns.
    Stats(Outcome<Vec<ColumnStats>>),
    /// Its versions, the newest first.
    Versions(Outcome<Vec<SourceVersion>>),
    /// Some of its rows.
    Rows(Outcome<Box<Preview>>),
    /// The values of a field that a parameter offers.
    Choices(String, Outcome<Choices>),
    /// A file was uploaded.
    Uploaded(Outcome<Box<Upload>>),
    /// Files that a path may be completed to.
    Paths(Vec<String>),
    /// Something was done that has no answer of its own.
    Done(Outcome<()>),
    /// What came back from `$EDITOR`.
    Edited(Outcome<String>),
    /// Where a text was kept.
    Kept(Outcome<String>),
    /// The canvases that read a source.
    Readers(Outcome<Vec<CanvasName>>),
}

impl Answer {
    /// Whether something was done on the server that was not there before.
    pub fn is_work(&self) -> bool {
        match self {
            Self::ProjectMade(outcome) => outcome.is_ok(),
            Self::Saved(outcome) => outcome.is_ok(),
            Self::Uploaded(outcome) => outcome.is_ok(),
            Self::Done(outcome) => outcome.is_ok(),
            _ => false,
        }
    }

    /// Whether it is that the session has ended. A wrong password is another matter.
    pub fn is_unsigned(&self) -> bool {
        let failure = match self {
            Self::SignedIn(_) | Self::SignedOut(..) | Self::Paths(_) | Self::Edited(_) | Self::Kept(_) => {
                None
            }
            Self::Readers(outcome) => outcome.as_ref().err(),
            Self::Projects(outcome) => outcome.as_ref().err(),
            Self::ProjectMade(outcome) => outcome.as_ref().err(),
            Self::Project(outcome) => outcome.as_ref().err(),
            Self::Canvas(outcome) | Self::Saved(outcome) | Self::Revision(outcome) => outcome.as_ref().err(),
            Self::Data(outcome) => outcome.as_ref().err(),
            Self::Preview(outcome) => outcome.as_ref().err(),
            Self::History(outcome) => outcome.as_ref().err(),
            Self::Source(outcome) => outcome.as_ref().err(),
            Self::Stats(outcome) => outcome.as_ref().err(),
            Self::Versions(outcome) => outcome.as_ref().err(),
            Self::Rows(outcome) => outcome.as_ref().err(),
            Self::Choices(_, outcome) => outcome.as_ref().err(),
            Self::Uploaded(outcome) => outcome.as_ref().err(),
            Self::Done(outcome) => outcome.as_ref().err(),
        };
        failure.is_some_and(Failure::is_unsigned)
    }
}

/// A project and what is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectContent {
    /// The project.
    pub project: Project,
    /// Its canvases.
    pub canvases: Vec<CanvasSummary>,
    /// Its sources.
    pub sources: Vec<Source>,
    /// Its members.
    pub members: Vec<Member>,
}

/// Answers by block id.
pub type Answers = BTreeMap<String, BlockAnswer>;
