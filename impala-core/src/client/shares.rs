//! Share links of a canvas, and the canvas behind one.

use reqwest::Method;
use uuid::Uuid;

use super::call::Call;
use super::canvases::{ParameterTexts, with_parameters};
use super::{Client, ClientError};
use crate::api::{CanvasData, Share, ShareChange, ShareCreate, ShareCreated, SharedCanvas};

/// All of these fail as [`ClientError`] says. `at` is owner, project and canvas.
#[allow(clippy::missing_errors_doc, reason = "said once, above")]
impl Client {
    /// GET `canvases/{canvas}/shares`.
    pub async fn shares(&self, at: [&str; 3]) -> Result<Vec<Share>, ClientError> {
        self.list(&["projects", at[0], at[1], "canvases", at[2], "shares"]).await
    }

    /// POST `canvases/{canvas}/shares`.
    pub async fn create_share(
        &self,
        at: [&str; 3],
        share: &ShareCreate,
    ) -> Result<ShareCreated, ClientError> {
        let call = Call::post(self, &["projects", at[0], at[1], "canvases", at[2], "shares"]).once();
        self.ask(call.json(share)?).await
    }

    /// PATCH `canvases/{canvas}/shares/{id}`: pauses it, resumes it, or moves its end.
    pub async fn change_share(
        &self,
        at: [&str; 3],
        id: &Uuid,
        change: &ShareChange,
    ) -> Result<Share, ClientError> {
        let id = id.to_string();
        let segments = ["projects", at[0], at[1], "canvases", at[2], "shares", &id];
        // The same change twice is the same link.
        let call = Call::new(self, Method::PATCH, &segments).harmless();
        self.ask(call.json(change)?).await
    }

    /// DELETE `canvases/{canvas}/shares/{id}`: ends it for good.
    pub async fn revoke_share(&self, at: [&str; 3], id: &Uuid) -> Result<(), ClientError> {
        let id = id.to_string();
        let segments = ["projects", at[0], at[1], "canvases", at[2], "shares", &id];
        self.run(Call::new(self, Method::DELETE, &segments)).await
    }

    /// GET `shared/{secret}`: the canvas behind a share link.
    pub async fn shared(&self, secret: &str) -> Result<SharedCanvas, ClientError> {
        self.ask(Call::get(self, &["shared", secret]).unsigned()).await
    }

    /// GET `shared/{secret}/data`: the answers to its blocks.
    pub async fn shared_data(
        &self,
        secret: &str,
        parameters: &ParameterTexts,
    ) -> Result<CanvasData, ClientError> {
        let call = Call::get(self, &["shared", secret, "data"]).unsigned();
        self.ask(with_parameters(call, parameters)).await
    }
}
