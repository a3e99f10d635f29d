//! `query`.

use super::call::Call;
use super::{Client, ClientError};
use crate::api::QueryRequest;
use crate::data::BlockData;

impl Client {
    /// POST `query`: runs one `SELECT` over the project's sources.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn query(
        &self,
        owner: &str,
        project: &str,
        request: &QueryRequest,
    ) -> Result<BlockData, ClientError> {
        let call = Call::post(self, &["projects", owner, project, "query"])
            .query("preview", self.preview.as_ref())
            .harmless();
        self.ask(call.json(request)?).await
    }
}
