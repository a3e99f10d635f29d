//! `previews` of a project.

use reqwest::Method;

use super::call::Call;
use super::{Client, ClientError};
use crate::api::{PreviewChange, PreviewView, ProjectPreview};

/// All of these fail as [`ClientError`] says. `at` is owner, project and preview.
#[allow(clippy::missing_errors_doc, reason = "said once, above")]
impl Client {
    /// GET `previews`.
    pub async fn previews(&self, owner: &str, project: &str) -> Result<Vec<ProjectPreview>, ClientError> {
        self.list(&["projects", owner, project, "previews"]).await
    }

    /// GET `previews/{preview}`.
    pub async fn open_preview(&self, at: [&str; 3]) -> Result<PreviewView, ClientError> {
        self.ask(Call::get(self, &["projects", at[0], at[1], "previews", at[2]])).await
    }

    /// PATCH `previews/{preview}`: how long it lives from now.
    pub async fn change_preview(&self, at: [&str; 3], ttl_s: u64) -> Result<PreviewView, ClientError> {
        let segments = ["projects", at[0], at[1], "previews", at[2]];
        let call = Call::new(self, Method::PATCH, &segments).harmless();
        self.ask(call.json(&PreviewChange { ttl_s })?).await
    }

    /// DELETE `previews/{preview}`, with all its versions.
    pub async fn delete_preview(&self, at: [&str; 3]) -> Result<(), ClientError> {
        let segments = ["projects", at[0], at[1], "previews", at[2]];
        self.run(Call::new(self, Method::DELETE, &segments)).await
    }
}
