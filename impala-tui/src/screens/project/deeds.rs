//! What is done in a project: its canvases, sources and members are opened, made and deleted.

use impala_core::Canvas;
use impala_core::api::{Member, Role as Membership, read_by};
use impala_render::format;

use super::listing::Tab;
use super::{Doing, Made, ProjectScreen};
use crate::action::{Answer, Failure, Outcome};
use crate::effect::{CanvasAt, Request};
use crate::layers::{Confirm, Prompt};
use crate::look::Role;
use crate::screen::{Purpose, Shared, quoted};
use crate::screens::{CanvasScreen, SourceScreen, slug_and_title, title_flag};

pub(super) const CANVAS: &str = "Title of the new canvas";
pub(super) const MEMBER: &str = "Member: a name, then viewer or editor";

impl ProjectScreen {
    pub(super) fn open(&self, shared: &mut Shared) {
        let Some(name) = self.chosen() else { return };
        match self.tab {
            Tab::Canvases => {
                let screen = CanvasScreen::new(CanvasAt { project: self.at.clone(), slug: name }, shared);
                shared.push(screen);
            }
            Tab::Sources => {
                let screen = SourceScreen::new(self.at.clone(), name, shared);
                shared.push(screen);
            }
            Tab::Members => self.ask_member(Some(name), shared),
        }
    }

    /// Asks for a member's name and role; for the role of one who is there.
    pub(super) fn ask_member(&self, name: Option<String>, shared: &mut Shared) {
        let members = self.content.iter().flat_map(|content| &content.members);
        let role =
            members.filter(|one| Some(&one.username) == name.as_ref()).map(|one| one.role.as_str()).next();
        let text = name.map_or(String::new(), |name| format!("{name} {}", role.unwrap_or("viewer")));
        shared.push(Prompt::new(Purpose::Member, MEMBER, text));
    }

    /// Why what was typed for a member is refused, with all of it to change.
    pub(super) fn refuse_member(text: &str, why: impl Into<String>, shared: &mut Shared) {
        shared.push(Prompt::new(Purpose::Member, MEMBER, text).refused(why));
    }

    pub(super) fn set_member(&mut self, text: &str, shared: &mut Shared) {
        let mut words = text.split_whitespace();
        let (Some(name), role, None) = (words.next(), words.next(), words.next()) else {
            return Self::refuse_member(text, "Expected a name, then viewer or editor.", shared);
        };
        let role: Membership = match role.unwrap_or("viewer").parse() {
            Ok(role) => role,
            Err(why) => return Self::refuse_member(text, why, shared),
        };
        let (username, at) = (name.to_owned(), self.at.clone());
        shared.note(format!("impala member add {} --role {} --project {at}", quoted(name), role.as_str()));
        let done = format!("{username} is a member with the role {}.", role.as_str());
        let request = Request::SetMember(at, Member { username, role });
        let number = shared.ask_and_wait(request);
        self.doing = Some(Doing { number, typed: Some(text.to_owned()), done });
    }

    pub(super) fn make_canvas(&mut self, name: &str, shared: &mut Shared) {
        let (slug, title) = match slug_and_title(name) {
            Ok(named) => named,
            Err(why) => return shared.push(Prompt::new(Purpose::NewCanvas, CANVAS, name).refused(why)),
        };
        let with_title = title_flag(&title);
        shared.note(format!("impala canvas create {slug}{with_title} --project {}", self.at));
        let request = Request::CreateCanvas(self.at.clone(), Box::new(Canvas::new(&slug, title)));
        let number = shared.ask_and_wait(request);
        self.made = Some(Made { number, slug, typed: name.to_owned() });
    }

    /// Asks whether the chosen one may go, with what goes with it; of a source, which canvases read it.
    pub(super) fn ask_to_delete(&self, shared: &mut Shared) {
        let Some(name) = self.chosen() else { return };
        let question = match self.tab {
            Tab::Canvases => format!("Delete the canvas {name}?"),
            Tab::Sources => format!("Delete the source {name}?"),
            Tab::Members => format!("Remove {name} from this project?"),
        };
        let confirm = Confirm::new(Purpose::Delete(name.clone()), question, self.goes_with(&name));
        if self.tab != Tab::Sources {
            return shared.push(confirm);
        }
        let number = shared.ask(Request::Readers(self.at.clone(), name));
        shared.push(confirm.after(number, "which canvases read it", readers));
    }

    /// What goes with the chosen one.
    fn goes_with(&self, name: &str) -> String {
        let content = self.content.as_ref();
        let revisions = || {
            let canvas = content?.canvases.iter().find(|one| one.slug == name)?;
            Some(all_of(canvas.revision.revision, "revision"))
        };
        let versions = || {
            let source = content?.sources.iter().find(|one| one.name == name)?;
            Some(all_of(u64::from(source.versions), "version"))
        };
        let what = match self.tab {
            Tab::Canvases => revisions(),
            Tab::Sources => versions(),
            Tab::Members => return "Their work stays.".to_owned(),
        };
        format!("{} with it. This cannot be undone.", what.unwrap_or_else(|| "Its history goes".to_owned()))
    }

    pub(super) fn delete(&mut self, name: String, shared: &mut Shared) {
        let at = self.at.clone();
        let (command, done, request) = match self.tab {
            Tab::Canvases => (
                format!("impala canvas delete {name} --yes"),
                format!("Deleted the canvas {name}."),
                Request::DeleteCanvas(CanvasAt { project: at, slug: name }),
            ),
            Tab::Sources => (
                format!("impala source delete {name} --yes"),
                format!("Deleted the source {name}."),
                Request::DeleteSource(at, name),
            ),
            Tab::Members => (
                format!("impala member remove {}", quoted(&name)),
                format!("Removed {name} from the project."),
                Request::RemoveMember(at, name),
            ),
        };
        shared.note(format!("{command} --project {}", self.at));
        self.doing = Some(Doing { number: shared.ask_and_wait(request), typed: None, done });
    }

    /// Says what came of it.
    pub(super) fn done(&mut self, outcome: &Outcome<()>, shared: &mut Shared) {
        let Some(Doing { typed, done, .. }) = self.doing.take() else { return };
        match (outcome, typed) {
            (Ok(()), _) => shared.say(Role::Good, done),
            (Err(failure), Some(typed)) => Self::refuse_member(&typed, failure.line(), shared),
            (Err(failure), None) => shared.fail(failure),
        }
        self.load(shared);
    }
}

/// `All 3 versions go`, `Its only version goes`.
fn all_of(number: u64, noun: &str) -> String {
    match number {
        1 => format!("Its only {noun} goes"),
        _ => format!("All {} go", format::count(number, noun)),
    }
}

/// Which canvases read a source.
fn readers(answer: &Answer) -> Option<Outcome<String>> {
    match answer {
        Answer::Readers(outcome) => {
            Some(outcome.as_ref().map(|canvases| read_by(canvases)).map_err(Failure::clone))
        }
        _ => None,
    }
}
