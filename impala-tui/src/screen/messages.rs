//! What screens and layers tell each other, and where they go.

use impala_core::client::ParameterTexts;
use impala_core::merge::{Conflict, Side};
use impala_core::parameter::Parameter;
use impala_core::{Block, Canvas};

use super::Screen;
use crate::effect::ProjectAt;
use crate::keymap::{Command, Context};

/// What a text that was asked for is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Name of a new project.
    NewProject,
    /// Name of a new canvas.
    NewCanvas,
    /// Name and role of a member.
    Member,
    /// What to look for.
    Search,
    /// Deleting this.
    Delete(String),
    /// Rolling back to this version.
    RollBack(u32),
    /// Restoring this revision.
    Restore(u64),
    /// Leaving changes behind.
    Leave,
    /// Keeping what fails.
    Keep,
    /// Leaving the program, and what is not kept.
    Quit,
    /// Forgetting the credentials.
    SignOut,
    /// Going to another server.
    Switch,
    /// Editing again what was wrong.
    EditAgain(String),
}

impl Purpose {
    /// The keys of its question.
    pub fn context(&self) -> Context {
        match self {
            Self::EditAgain(_) => Context::Refused,
            Self::RollBack(_) | Self::Restore(_) => Context::Question,
            _ => Context::Caution,
        }
    }
}

/// What a layer tells the screen below it.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// A text was typed.
    Typed(Purpose, String),
    /// A question was answered with yes.
    Confirmed(Purpose),
    /// A question was answered with something else than yes or no.
    Answered(Purpose, Command),
    /// A block was made or changed. `before` is the canvas that it was made on.
    Block {
        /// The canvas that the edit began with.
        before: Box<Canvas>,
        /// The block; a new one when `before` has none of that id.
        block: Box<Block>,
    },
    /// A block of this kind is to be made in a form.
    Form {
        /// What to begin with.
        block: Box<Block>,
    },
    /// The canvas itself was changed: its title, or what it has for parameters.
    Made {
        /// The canvas that the edit began with.
        before: Box<Canvas>,
        /// What it is to be.
        canvas: Box<Canvas>,
        /// The line of the list of parameters to go back to.
        line: Option<usize>,
    },
    /// Parameters were set.
    Parameters(ParameterTexts),
    /// Which side stands for each conflict.
    Resolved(Vec<(Conflict, Side)>),
    /// Which side would stand so far; that is decided later.
    PutOff(Vec<(Conflict, Side)>),
}

impl Message {
    /// What `before` is to be.
    pub fn made(before: &Canvas, canvas: Canvas, line: Option<usize>) -> Self {
        Self::Made { before: Box::new(before.clone()), canvas: Box::new(canvas), line }
    }
}

/// What a screen shows, by which a list knows it that it was opened from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A project.
    Project(ProjectAt),
    /// A canvas of the open project.
    Canvas(String),
    /// A source of it.
    Source(String),
}

/// Where to go next.
pub enum Go {
    /// A screen or layer comes on top.
    Push(Box<dyn Screen>),
    /// The top one goes.
    Pop,
    /// Those go that have come to their end, wherever they stand.
    Over,
    /// The top one goes, and tells the one below.
    Tell(Message),
    /// All go, and this one comes.
    Start(Box<dyn Screen>),
    /// Leaving what is on top then leaves the program.
    End,
    /// A command for whatever is on top then.
    Run(Command),
    /// A command of a screen further down, counted from the first one: those above it are left.
    RunAt(usize, Command),
    /// The form for it goes, wherever it stands, and all others go on with another session.
    SignedInAgain,
}

/// A copied block.
#[derive(Clone, Debug, PartialEq)]
pub struct Copied {
    /// The block.
    pub block: Block,
    /// The parameters of its canvas that it names.
    pub parameters: Vec<Parameter>,
}
