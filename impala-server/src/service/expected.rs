//! What a change expects to find: the revision that it was made on.

use impala_core::api::Revision;

use super::Error;

/// What `If-Match` and `If-None-Match` say before a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Expected {
    /// Nothing was said.
    #[default]
    Unsaid,
    /// `If-Match` with revisions; none of them when they are no revisions of ours.
    Revisions(Vec<u64>),
    /// `If-Match: *`: whatever there is.
    Something,
    /// `If-None-Match: *`: nothing of that name.
    Nothing,
}

impl Expected {
    /// Whether a change may be made on what there is now.
    ///
    /// # Errors
    /// `PreconditionRequired` when nothing was said, `Stale` when something else was expected.
    pub fn check(&self, current: &Revision) -> Result<(), Error> {
        match self {
            Self::Unsaid => Err(Error::PreconditionRequired),
            Self::Something => Ok(()),
            Self::Revisions(revisions) if revisions.contains(&current.revision) => Ok(()),
            Self::Revisions(_) | Self::Nothing => Err(stale(current)),
        }
    }
}

/// Someone else has saved `current`.
pub fn stale(current: &Revision) -> Error {
    Error::Stale { current: Box::new(current.clone()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_needs_the_revision_that_is_there() {
        let current = Revision {
            revision: 7,
            saved_by: "ann".to_owned(),
            saved_at: jiff::Timestamp::UNIX_EPOCH,
            note: String::new(),
        };
        let check = |expected: Expected, outcome: &str| {
            let found = match expected.check(&current) {
                Ok(()) => "done",
                Err(Error::PreconditionRequired) => "required",
                Err(Error::Stale { .. }) => "stale",
                Err(other) => panic!("{other}"),
            };
            assert_eq!(found, outcome, "{expected:?}");
        };
        check(Expected::Unsaid, "required");
        check(Expected::Something, "done");
        check(Expected::Nothing, "stale");
        check(Expected::Revisions(vec![6, 7]), "done");
        check(Expected::Revisions(vec![6]), "stale");
        check(Expected::Revisions(Vec::new()), "stale");
    }
}
