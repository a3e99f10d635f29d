//! `sources` of a project.

use reqwest::header::CONTENT_DISPOSITION;
use reqwest::{Method, Response};

use super::call::{Call, while_moving};
use super::error::chain;
use super::{Client, ClientError};
use crate::api::{
    CanvasName, Choices, ColumnStats, ContractChange, KeptContract, Preview, Rollback, SourceContract,
    SourceDiff, Violations,
};
use crate::source::{Source, SourceColumn, SourceRef, SourceVersion};

/// All of these fail as [`ClientError`] says.
#[allow(clippy::missing_errors_doc, reason = "said once, above")]
impl Client {
    /// GET `sources`.
    pub async fn sources(&self, owner: &str, project: &str) -> Result<Vec<Source>, ClientError> {
        self.list(&["projects", owner, project, "sources"]).await
    }

    /// GET `sources/{name}`.
    pub async fn source(&self, owner: &str, project: &str, name: &str) -> Result<Source, ClientError> {
        self.ask(Call::get(self, &["projects", owner, project, "sources", name])).await
    }

    /// GET `sources/{name}/versions`, the newest first.
    pub async fn source_versions(
        &self,
        owner: &str,
        project: &str,
        name: &str,
    ) -> Result<Vec<SourceVersion>, ClientError> {
        self.list(&["projects", owner, project, "sources", name, "versions"]).await
    }

    /// GET `sources/{name}/schema`.
    pub async fn source_schema(
        &self,
        owner: &str,
        project: &str,
        source: &SourceRef,
    ) -> Result<Vec<SourceColumn>, ClientError> {
        self.ask(self.of_source(owner, project, source, "schema")).await
    }

    /// GET `sources/{name}/contract`.
    pub async fn contract(&self, at: [&str; 3]) -> Result<SourceContract, ClientError> {
        self.ask(Call::get(self, &["projects", at[0], at[1], "sources", at[2], "contract"])).await
    }

    /// PUT `sources/{name}/contract`: what each file that is uploaded has to be from now on.
    pub async fn set_contract(
        &self,
        at: [&str; 3],
        contract: &ContractChange,
    ) -> Result<SourceContract, ClientError> {
        let segments = ["projects", at[0], at[1], "sources", at[2], "contract"];
        self.ask(Call::new(self, Method::PUT, &segments).json(contract)?).await
    }

    /// DELETE `sources/{name}/contract`.
    pub async fn remove_contract(&self, at: [&str; 3]) -> Result<(), ClientError> {
        let segments = ["projects", at[0], at[1], "sources", at[2], "contract"];
        self.run(Call::new(self, Method::DELETE, &segments)).await
    }

    /// POST `contracts`: what an upload of that project calls the contract that it has to keep.
    pub async fn keep_contract(
        &self,
        owner: &str,
        project: &str,
        contract: &ContractChange,
    ) -> Result<String, ClientError> {
        let call = Call::post(self, &["projects", owner, project, "contracts"]).harmless();
        let kept: KeptContract = self.ask(call.json(contract)?).await?;
        Ok(kept.id)
    }

    /// GET `violations/{id}`: all that is wrong with a file that was refused, a line of JSON each.
    pub async fn violations(
        &self,
        owner: &str,
        project: &str,
        violations: &Violations,
    ) -> Result<Download, ClientError> {
        let id = violations.id.to_string();
        self.fetch(Call::get(self, &["projects", owner, project, "violations", &id])).await
    }

    /// GET `sources/{name}/preview`: `limit` rows from row `offset`, counted from 0.
    pub async fn preview(
        &self,
        owner: &str,
        project: &str,
        source: &SourceRef,
        offset: u64,
        limit: u64,
    ) -> Result<Preview, ClientError> {
        let call = self
            .of_source(owner, project, source, "preview")
            .query("offset", Some(offset))
            .query("limit", Some(limit));
        self.ask(call).await
    }

    /// GET `sources/{name}/choices`: the different values of a column, `limit` at most.
    pub async fn choices(
        &self,
        owner: &str,
        project: &str,
        source: &SourceRef,
        field: &str,
        limit: u32,
    ) -> Result<Choices, ClientError> {
        let call = self
            .of_source(owner, project, source, "choices")
            .query("field", Some(field))
            .query("limit", Some(limit));
        self.ask(call).await
    }

    /// GET `sources/{name}/stats`: one entry a column.
    pub async fn source_stats(
        &self,
        owner: &str,
        project: &str,
        source: &SourceRef,
    ) -> Result<Vec<ColumnStats>, ClientError> {
        self.ask(self.of_source(owner, project, source, "stats")).await
    }

    /// GET `sources/{name}/diff`: what differs between two versions, the last two when not said. `sample`: rows of each kind.
    pub async fn source_diff(
        &self,
        at: [&str; 3],
        versions: (Option<u32>, Option<u32>),
        key: &[String],
        sample: u32,
    ) -> Result<SourceDiff, ClientError> {
        let mut call = Call::get(self, &["projects", at[0], at[1], "sources", at[2], "diff"])
            .query("before", versions.0)
            .query("after", versions.1)
            .query("sample", Some(sample));
        for column in key {
            call = call.query("key", Some(column));
        }
        self.ask(call.long()).await
    }

    /// GET `sources/{name}/content`: the bytes as they came.
    pub async fn download(
        &self,
        owner: &str,
        project: &str,
        source: &SourceRef,
    ) -> Result<Download, ClientError> {
        self.fetch(self.of_source(owner, project, source, "content")).await
    }

    /// GET `sources/{name}/rejects`: the rows that were left out, as CSV.
    pub async fn download_rejects(
        &self,
        owner: &str,
        project: &str,
        source: &SourceRef,
    ) -> Result<Download, ClientError> {
        self.fetch(self.of_source(owner, project, source, "rejects")).await
    }

    async fn fetch(&self, call: Call) -> Result<Download, ClientError> {
        let response = self.send(call.long()).await?;
        Ok(Download { response, idle: self.options.timeouts.idle, url: self.base_url().to_owned() })
    }

    /// POST `sources/{name}/rollback`: makes an earlier version the current one.
    pub async fn rollback(
        &self,
        owner: &str,
        project: &str,
        name: &str,
        version: u32,
    ) -> Result<Source, ClientError> {
        let segments = ["projects", owner, project, "sources", name, "rollback"];
        let call = Call::post(self, &segments).harmless();
        self.ask(call.json(&Rollback { version })?).await
    }

    /// GET `sources/{name}/canvases`: those that read it, by slug.
    pub async fn canvases_of_source(
        &self,
        owner: &str,
        project: &str,
        name: &str,
    ) -> Result<Vec<CanvasName>, ClientError> {
        self.ask(Call::get(self, &["projects", owner, project, "sources", name, "canvases"])).await
    }

    /// DELETE `sources/{name}`, all versions.
    pub async fn delete_source(&self, owner: &str, project: &str, name: &str) -> Result<(), ClientError> {
        let segments = ["projects", owner, project, "sources", name];
        self.run(Call::new(self, Method::DELETE, &segments)).await
    }

    fn of_source(&self, owner: &str, project: &str, source: &SourceRef, what: &str) -> Call {
        let segments = ["projects", owner, project, "sources", &source.name, what];
        Call::get(self, &segments).query("version", source.version)
    }
}

/// The bytes of a source, as they come.
pub struct Download {
    response: Response,
    idle: std::time::Duration,
    url: String,
}

impl Download {
    /// How many there will be, if the server said so.
    pub fn length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// How the name of the file ends, if the server said so: `csv`, `ndjson.gz`.
    pub fn ending(&self) -> Option<&str> {
        let disposition = self.response.headers().get(CONTENT_DISPOSITION)?.to_str().ok()?;
        let name = disposition.split_once("filename=\"")?.1.split('"').next()?;
        let ending = name.split_once('.')?.1;
        // It becomes part of a path.
        ending.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.').then_some(ending)
    }

    /// The next ones; `None` after the last.
    ///
    /// # Errors
    /// When the connection breaks or stands still.
    pub async fn chunk(&mut self) -> Result<Option<bytes::Bytes>, ClientError> {
        let url = self.url.clone();
        match while_moving(self.response.chunk(), self.idle, || 0).await {
            Some(chunk) => chunk.map_err(|error| ClientError::Unreachable {
                url,
                reason: format!("the download broke off: {}", chain(&error)),
            }),
            None => Err(ClientError::TimedOut { url, after: self.idle }),
        }
    }
}
