//! `projects` and their members.

use reqwest::Method;

use super::call::Call;
use super::{Client, ClientError};
use crate::api::{Member, Project, ProjectCreate, ProjectPatch};

/// All of these fail as [`ClientError`] says.
#[allow(clippy::missing_errors_doc, reason = "said once, above")]
impl Client {
    /// GET `projects`: all that the user may see.
    pub async fn projects(&self) -> Result<Vec<Project>, ClientError> {
        self.list(&["projects"]).await
    }

    /// POST `projects`.
    pub async fn create_project(&self, project: &ProjectCreate) -> Result<Project, ClientError> {
        let call = Call::post(self, &["projects"]).once();
        self.ask(call.json(project)?).await
    }

    /// GET `projects/{owner}/{slug}`.
    pub async fn project(&self, owner: &str, slug: &str) -> Result<Project, ClientError> {
        self.ask(Call::get(self, &["projects", owner, slug])).await
    }

    /// PATCH `projects/{owner}/{slug}`.
    pub async fn edit_project(
        &self,
        owner: &str,
        slug: &str,
        patch: &ProjectPatch,
    ) -> Result<Project, ClientError> {
        // The same patch twice is the same project.
        let call = Call::new(self, Method::PATCH, &["projects", owner, slug]).harmless();
        self.ask(call.json(patch)?).await
    }

    /// DELETE `projects/{owner}/{slug}`, with all that is in it.
    pub async fn delete_project(&self, owner: &str, slug: &str) -> Result<(), ClientError> {
        self.run(Call::new(self, Method::DELETE, &["projects", owner, slug])).await
    }

    /// GET `members`.
    pub async fn members(&self, owner: &str, slug: &str) -> Result<Vec<Member>, ClientError> {
        self.list(&["projects", owner, slug, "members"]).await
    }

    /// POST `members`: adds one, or changes the role.
    pub async fn add_member(&self, owner: &str, slug: &str, member: &Member) -> Result<Member, ClientError> {
        let call = Call::post(self, &["projects", owner, slug, "members"]).harmless();
        self.ask(call.json(member)?).await
    }

    /// DELETE `members/{username}`.
    pub async fn remove_member(&self, owner: &str, slug: &str, username: &str) -> Result<(), ClientError> {
        let segments = ["projects", owner, slug, "members", username];
        self.run(Call::new(self, Method::DELETE, &segments)).await
    }
}
