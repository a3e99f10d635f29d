//! What is said of saving: in the bar, in the footer, and before something is lost.

use impala_core::api::Revision;

use super::Save;
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::screen::Shared;
use crate::screens::CanvasScreen;

/// That a revision has come from elsewhere, and what it was that was done: `bob has saved revision 4: moved block rain`.
pub(super) fn arrived(revision: &Revision, is_own: bool) -> String {
    let who = if is_own { "You have" } else { &format!("{} has", revision.saved_by) };
    let done = Some(&revision.note).filter(|note| !note.is_empty()).map(|note| format!(": {note}"));
    format!("{who} saved revision {}{}", revision.revision, done.unwrap_or_default())
}

impl CanvasScreen {
    /// The state of saving, for the bar.
    pub(crate) fn save_status(&self, shared: &Shared) -> (Role, String) {
        // Why stands in the place of the canvas.
        if self.failure.is_some() {
            return (Role::Alarm, "not loaded".to_owned());
        }
        if !self.is_loaded {
            return (Role::Muted, "…".to_owned());
        }
        let role = match self.save {
            Save::Clean if !self.apart.is_empty() => Role::Alarm,
            Save::Clean => Role::Muted,
            Save::Saving { .. } | Save::Fetching => Role::Accent,
            Save::Conflict | Save::Gone | Save::Failed(_) => Role::Alarm,
        };
        let loading = match self.questions.count() {
            0 => String::new(),
            count => format!("loading {count} · "),
        };
        (role, format!("{loading}{}", self.save_words(shared)))
    }

    pub(crate) fn save_words(&self, shared: &Shared) -> String {
        let revision = self.revision.revision;
        let key = shared.key(Context::Editor, Command::Save);
        match &self.save {
            Save::Clean if self.is_frozen => format!("as it was at r{revision}"),
            Save::Clean if !self.apart.is_empty() => format!("conflict, {key} decides it"),
            Save::Clean if shared.passing.is_some() => format!("not kept · r{revision}"),
            Save::Clean => format!("saved r{revision} by {}", self.revision.saved_by),
            Save::Saving { .. } => "saving …".to_owned(),
            Save::Fetching => "merging with someone's save …".to_owned(),
            Save::Conflict => format!("conflict, {key} decides it"),
            Save::Gone if self.may_edit(shared) => format!("deleted, {key} creates it again"),
            Save::Gone => "deleted".to_owned(),
            Save::Failed(_) => format!("not saved, {key} tries again"),
        }
    }

    /// What the key that saves does now.
    pub(crate) fn save_word(&self) -> &'static str {
        match self.save {
            _ if self.is_apart() => "decide",
            Save::Gone => "create again",
            Save::Failed(_) => "try again",
            _ => "save",
        }
    }

    /// What would be lost by leaving, and why it is not saved.
    pub(crate) fn loss_words(&self) -> String {
        match &self.save {
            _ if self.is_apart() => {
                "Someone else changed the same part. Leaving discards your change.".to_owned()
            }
            Save::Gone => "Someone else deleted this canvas. Leaving discards your change.".to_owned(),
            Save::Failed(why) => format!("It could not be saved: {why}. Leaving discards your change."),
            Save::Saving { .. } => "It is still being saved. Leaving may discard your change.".to_owned(),
            _ => "Leaving discards your change.".to_owned(),
        }
    }
}
