//! What a change expects to find: the revision that it was made on.

use std::fmt;

use impala_core::api::Revision;
use uuid::Uuid;

use super::Error;
use crate::store::canvases::SavedCanvas;

/// Names a state of a canvas permanently. The number alone would not: a canvas that was deleted and recreated begins at 1
/// again, under another id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The canvas.
    pub canvas: Uuid,
    /// Number of its revision.
    pub revision: u64,
}

impl Tag {
    /// The tag of a saved state.
    pub const fn of(saved: &SavedCanvas) -> Self {
        Self { canvas: saved.id, revision: saved.revision.revision }
    }

    /// Reads `ID-REVISION`, and `ID-REVISION-FORM`, which names one form of that state. `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        let (id, rest) = text.split_at_checked(uuid::fmt::Hyphenated::LENGTH)?;
        let number = rest.strip_prefix('-')?.split('-').next()?;
        Some(Self { canvas: id.parse().ok()?, revision: number.parse().ok()? })
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.canvas, self.revision)
    }
}

/// What `If-Match` and `If-None-Match` say before a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Expected {
    /// No condition.
    #[default]
    Unsaid,
    /// `If-Match` with tags; empty when none of them is a canvas tag.
    Tags(Vec<Tag>),
    /// `If-Match: *`: whatever there is.
    Something,
    /// `If-None-Match: *`: nothing of that name.
    Nothing,
}

impl Expected {
    /// Whether a change may be made on what there is now.
    ///
    /// # Errors
    /// `PreconditionRequired` without a condition, `Stale` when something else was expected.
    pub fn check(&self, current: &SavedCanvas) -> Result<(), Error> {
        match self {
            Self::Unsaid => Err(Error::PreconditionRequired),
            Self::Something => Ok(()),
            Self::Tags(tags) if tags.contains(&Tag::of(current)) => Ok(()),
            Self::Tags(_) | Self::Nothing => Err(stale(&current.revision)),
        }
    }
}

/// Someone else has saved `current`.
pub fn stale(current: &Revision) -> Error {
    Error::Stale { current: Box::new(current.clone()) }
}

#[cfg(test)]
mod tests {
    use impala_core::Canvas;

    use super::*;

    #[test]
    fn a_change_needs_the_revision_that_is_there() {
        let id = Uuid::now_v7();
        let revision = Revision {
            revision: 7,
            saved_by: "ann".to_owned(),
            saved_at: jiff::Timestamp::UNIX_EPOCH,
            note: String::new(),
        };
        let current = SavedCanvas { id, project: Uuid::nil(), revision, canvas: Canvas::new("c", "") };
        let check = |expected: Expected, outcome: &str| {
            let found = match expected.check(&current) {
                Ok(()) => "done",
                Err(Error::PreconditionRequired) => "required",
                Err(Error::Stale { .. }) => "stale",
                Err(other) => panic!("{other}"),
            };
            assert_eq!(found, outcome, "{expected:?}");
        };
        let tag = |canvas, revision| Tag { canvas, revision };
        check(Expected::Unsaid, "required");
        check(Expected::Something, "done");
        check(Expected::Nothing, "stale");
        check(Expected::Tags(vec![tag(id, 6), tag(id, 7)]), "done");
        check(Expected::Tags(vec![tag(id, 6)]), "stale");
        check(Expected::Tags(vec![tag(Uuid::now_v7(), 7)]), "stale");
        check(Expected::Tags(Vec::new()), "stale");
    }

    #[test]
    fn tags_are_read() {
        const ID: &str = "01900000-0000-7000-8000-000000000001";
        let check = |text: &str, revision: Option<u64>| {
            let expected = revision.map(|revision| Tag { canvas: ID.parse().unwrap(), revision });
            assert_eq!(Tag::read(text), expected, "{text}");
        };
        check(&format!("{ID}-7"), Some(7));
        check(&format!("{ID}-7-0badcafe"), Some(7));
        check(&format!("{ID}-71"), Some(71));
        check(&format!("{ID}-"), None);
        check(&format!("{ID}7"), None);
        check(ID, None);
        check("7", None);
        check("", None);
        let tag = Tag { canvas: ID.parse().unwrap(), revision: 7 };
        assert_eq!(Tag::read(&tag.to_string()), Some(tag));
    }
}
