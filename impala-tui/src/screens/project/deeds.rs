//! What is done in a project: its canvases, sources and members are opened, made and deleted.

use impala_core::Canvas;
use impala_core::api::{Member, Role as Membership};

use super::listing::Tab;
use super::{Made, ProjectScreen};
use crate::effect::{CanvasAt, Request};
use crate::layers::Prompt;
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
        let request = Request::SetMember(at, Member { username, role });
        self.doing = Some((shared.ask_and_wait(request), Some(text.to_owned())));
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

    pub(super) fn delete(&mut self, name: String, shared: &mut Shared) {
        let number = match self.tab {
            Tab::Canvases => {
                shared.note(format!("impala canvas delete {name} --yes --project {}", self.at));
                shared.ask_and_wait(Request::DeleteCanvas(CanvasAt { project: self.at.clone(), slug: name }))
            }
            Tab::Sources => {
                shared.note(format!("impala source delete {name} --yes --project {}", self.at));
                shared.ask_and_wait(Request::DeleteSource(self.at.clone(), name))
            }
            Tab::Members => {
                shared.note(format!("impala member remove {} --project {}", quoted(&name), self.at));
                shared.ask_and_wait(Request::RemoveMember(self.at.clone(), name))
            }
        };
        self.doing = Some((number, None));
    }
}
