//! The versions of a source: which is current, what was left out of each, and making another one current.

use impala_core::source::SourceVersion;
use impala_render::format::{self, number::whole};

use super::SourceScreen;
use crate::layers::Confirm;
use crate::list::{self, Head, Line};
use crate::look::Role;
use crate::screen::{Purpose, Shared};
use crate::screens::minute_of;
use crate::screens::upload::size_of;

pub(super) const HEADER: [Head; 6] = [
    list::whole("Version"),
    list::number("Rows"),
    list::number("Size"),
    list::text("By"),
    list::whole("When (UTC)"),
    list::text("Note"),
];

impl SourceScreen {
    pub(super) fn version_line(&self, one: &SourceVersion, current: u32) -> Line {
        let mark = if one.version == current { " current" } else { "" };
        let parts = [Some(one.note.clone()).filter(|note| !note.is_empty()), self.left_out(one)];
        Line::new([
            format!("@{}{mark}", one.version),
            whole(one.rows),
            size_of(one.size_bytes),
            one.created_by.clone(),
            minute_of(one.created_at),
            parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        ])
    }

    /// How many rows a version lacks, and the command that gets them.
    fn left_out(&self, one: &SourceVersion) -> Option<String> {
        let count = Some(one.rejected_rows).filter(|count| *count > 0)?;
        let (rows, name, version) = (format::count(count, "bad row"), &self.name, one.version);
        let command = format!("impala source download {name}@{version} --rejects --project {}", self.project);
        Some(format!("{rows} left out: `{command}`"))
    }

    pub(super) fn roll_back(&self, shared: &mut Shared) {
        let chosen = self.list_shown().index(&self.names());
        let version = self.versions.as_ref().zip(chosen).and_then(|(versions, chosen)| versions.get(chosen));
        match (version, &self.source) {
            (Some(version), Some(source)) if version.version != source.current.version => {
                let question = format!("Make {}@{} the current version?", self.name, version.version);
                let detail = "Every canvas that names the source without a version shows it.";
                shared.push(Confirm::new(Purpose::RollBack(version.version), question, detail));
            }
            _ => shared.say(Role::Warning, "That is the current version already; select another one."),
        }
    }
}
