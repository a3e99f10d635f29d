//! Who is asking.

use impala_core::api::{ApiToken, Scope};
use uuid::Uuid;

use super::Error;
use crate::store::sql::users::UserRow;

/// A user, and the API token that they used, if they used one.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The user, who exists: it was looked up for this request.
    pub user: UserRow,
    /// `None` for someone who signed in by password: they may do all that their user may.
    pub token: Option<CallerToken>,
}

/// The API token of a request.
#[derive(Clone, Debug)]
pub struct CallerToken {
    /// What it is.
    pub token: ApiToken,
    /// The only project that it may touch.
    pub project_id: Option<Uuid>,
}

impl Caller {
    /// Whether the token covers `scope`.
    ///
    /// # Errors
    /// `Forbidden`, which says what scope is needed.
    pub fn needs(&self, scope: Scope) -> Result<(), Error> {
        let Some(CallerToken { token, .. }) = &self.token else {
            return Ok(());
        };
        if token.scopes.contains(&scope) || token.scopes.contains(&Scope::Admin) {
            return Ok(());
        }
        let scope = scope.as_str();
        Err(Error::Forbidden(format!(
            "the token \"{}\" lacks the scope \"{scope}\"; make one with it: impala token create NAME --scope {scope}",
            token.name
        )))
    }

    /// Whether it may touch things outside one project, such as tokens or the list of projects.
    ///
    /// # Errors
    /// `Forbidden` for a token that is bound to a project, or lacks `scope`.
    pub fn needs_everywhere(&self, scope: Scope) -> Result<(), Error> {
        self.needs(scope)?;
        match &self.token {
            Some(CallerToken { token, project_id: Some(_) }) => Err(Error::Forbidden(format!(
                "the token \"{}\" is for one project only; sign in, or use a token without a project",
                token.name
            ))),
            _ => Ok(()),
        }
    }

    /// Whether the token, if any, may touch the project at all.
    pub fn may_touch(&self, project_id: Uuid) -> bool {
        self.bound_to().is_none_or(|bound| bound == project_id)
    }

    /// The one project that the token is for, if it is for one.
    pub fn bound_to(&self) -> Option<Uuid> {
        self.token.as_ref().and_then(|token| token.project_id)
    }
}
