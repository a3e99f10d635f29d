//! Uploads in several requests (tus 1.0.0): what the server has stays there when the connection breaks or the process ends,
//! and the next one goes on from there.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderName, LOCATION};
use reqwest::{Method, Response};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use uuid::Uuid;

use super::call::Call;
use super::upload::{CsvChoices, Progress, Sent, UploadBody};
use super::{Client, ClientError};
use crate::api::{Upload, UploadStatus};

/// Bytes of one request: what is lost at most when a connection breaks.
const CHUNK_BYTES: u64 = 8 << 20;

/// How often the offset may differ from the server's without the upload advancing.
const MOST_STALLS: u32 = 8;

/// Between two looks at a file that the server reads; it makes each look wait by itself.
const LOOK: Duration = Duration::from_millis(200);

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");

/// A file to be sent in several requests.
#[derive(Clone)]
pub struct ResumableUpload {
    /// `owner/slug` of the project.
    pub project: String,
    /// Name of the source.
    pub source: String,
    /// How the file is to be read.
    pub choices: CsvChoices,
    /// Whether its rows come behind those of the current version.
    pub append: bool,
    /// What the upload says of itself. May be empty.
    pub note: String,
    /// Where the file is.
    pub path: PathBuf,
    /// Its length in bytes.
    pub length: u64,
    /// SHA-256 of it.
    pub sha256: [u8; 32],
    /// Called with the number of bytes sent.
    pub progress: Option<Progress>,
}

/// Remembers, from one process to the next, under which id an upload was begun.
pub trait UploadMemory: Send + Sync {
    /// The upload that was begun and is not over.
    fn recall(&self) -> Option<Uuid>;
    /// Remembers it.
    fn keep(&self, id: Uuid);
    /// It is over.
    fn forget(&self);
}

impl Client {
    /// Sends a file in several requests, going on where an earlier process ended, and makes it the current version.
    ///
    /// # Errors
    /// See [`ClientError`]; status 422 names each bad row. What the server has by then stays there for a day.
    pub async fn upload_resumably(
        &self,
        upload: &ResumableUpload,
        memory: &dyn UploadMemory,
    ) -> Result<Upload, ClientError> {
        let mut recalled = memory.recall();
        loop {
            let id = match recalled {
                Some(id) => id,
                None => self.begin_upload(upload).await?,
            };
            memory.keep(id);
            let result = self.go_on(upload, id).await;
            let is_gone = matches!(result.as_ref().map_err(ClientError::status), Err(Some(404 | 410)));
            // The server has forgotten what an earlier process began: start over.
            if is_gone && recalled.take().is_some() {
                continue;
            }
            if !matches!(&result, Err(error) if may_go_on(error)) {
                memory.forget();
            }
            return result;
        }
    }

    /// What became of the upload that an earlier process began and did not see the end of; `None` when it failed, is not over, or
    /// is unknown. A finished upload is reported once: the next upload of the same file starts over.
    pub async fn unheard_upload(&self, memory: &dyn UploadMemory) -> Option<Upload> {
        let status = self.upload_status(memory.recall()?).await.ok()?;
        if status.upload.is_some() || status.problem.is_some() {
            memory.forget();
        }
        status.upload
    }

    /// POST `uploads`
    async fn begin_upload(&self, upload: &ResumableUpload) -> Result<Uuid, ClientError> {
        let call = Call::post(self, &["uploads"])
            .once()
            .header(TUS_RESUMABLE, "1.0.0")
            .header(UPLOAD_LENGTH, &upload.length.to_string())
            .header(UPLOAD_METADATA, &upload.metadata());
        let response = self.send(call).await?;
        let location = header(&response, &LOCATION);
        let id = location.rsplit('/').next().and_then(|id| id.parse().ok());
        id.ok_or_else(|| {
            unexpected(&response, format!("it begins an upload at \"{location}\", which is not an id"))
        })
    }

    async fn go_on(&self, upload: &ResumableUpload, id: Uuid) -> Result<Upload, ClientError> {
        let mut status = self.upload_status(id).await?;
        let mut stalls = 0;
        while status.offset < status.length {
            let offset = status.offset;
            match self.send_chunk(upload, id, offset).await {
                Ok(sent_to) => status.offset = sent_to,
                Err(error) if is_elsewhere(&error) && stalls < MOST_STALLS => {
                    tokio::time::sleep(LOOK).await;
                    status = self.upload_status(id).await?;
                }
                Err(error) => return Err(error),
            }
            stalls = if status.offset > offset { 0 } else { stalls + 1 };
        }
        loop {
            let status = self.upload_status(id).await?;
            match (status.upload, status.problem) {
                (Some(upload), _) => return Ok(upload),
                (None, Some(problem)) => return Err(ClientError::Problem(Box::new(problem))),
                (None, None) => tokio::time::sleep(LOOK).await,
            }
        }
    }

    /// GET `uploads/{id}`
    async fn upload_status(&self, id: Uuid) -> Result<UploadStatus, ClientError> {
        self.ask(Call::get(self, &["uploads", &id.to_string()])).await
    }

    /// PATCH `uploads/{id}`; how far the upload is then.
    async fn send_chunk(&self, upload: &ResumableUpload, id: Uuid, offset: u64) -> Result<u64, ClientError> {
        let chunk = read_chunk(&upload.path, offset, upload.length).await?;
        let progress = upload.progress.clone();
        let progress: Option<Progress> =
            progress.map(|progress| -> Progress { Arc::new(move |sent| progress(offset + sent)) });
        let checksum = STANDARD.encode(Sha256::digest(&chunk));
        // The same bytes at the same place may come twice: the second time they are refused, as the upload is further.
        let call = Call::new(self, Method::PATCH, &["uploads", &id.to_string()])
            .harmless()
            .header(TUS_RESUMABLE, "1.0.0")
            .header(UPLOAD_OFFSET, &offset.to_string())
            .header(UPLOAD_CHECKSUM, &format!("sha256 {checksum}"))
            .header(CONTENT_TYPE, "application/offset+octet-stream")
            .upload(UploadBody::Part(chunk), Sent::to(progress));
        let response = self.send(call).await?;
        let sent_to = header(&response, &UPLOAD_OFFSET).parse();
        sent_to.map_err(|_| unexpected(&response, "it does not say how far the upload is".to_owned()))
    }
}

impl ResumableUpload {
    /// What distinguishes it from other uploads of the same file.
    pub fn settings(&self) -> String {
        let choices = self.choices.query();
        match (self.append, choices.is_empty()) {
            (false, _) => choices,
            (true, true) => "append=true".to_owned(),
            (true, false) => format!("append=true&{choices}"),
        }
    }

    fn metadata(&self) -> String {
        let settings = self.settings();
        let sha256: String = self.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        let pairs = [
            ("project", self.project.as_str()),
            ("source", &self.source),
            ("settings", &settings),
            ("note", &self.note),
            ("sha256", &sha256),
        ];
        let said = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        said.map(|(key, value)| format!("{key} {}", STANDARD.encode(value))).collect::<Vec<_>>().join(",")
    }
}

async fn read_chunk(path: &Path, offset: u64, length: u64) -> Result<Bytes, ClientError> {
    let read = async {
        let mut file = tokio::fs::File::open(path).await?;
        file.seek(std::io::SeekFrom::Start(offset)).await?;
        let wanted = CHUNK_BYTES.min(length - offset);
        let mut chunk = Vec::with_capacity(usize::try_from(wanted).unwrap_or_default());
        file.take(wanted).read_to_end(&mut chunk).await?;
        if (chunk.len() as u64) < wanted {
            return Err(std::io::Error::other("it has become shorter since it was looked at"));
        }
        Ok(Bytes::from(chunk))
    };
    read.await
        .map_err(|source| ClientError::File { what: format!("could not read {}", path.display()), source })
}

/// Whether the server's offset differs from the expected one: an answer was lost, or another process sends too.
fn is_elsewhere(error: &ClientError) -> bool {
    matches!(error.status(), Some(409 | 423 | 460))
}

/// Whether a later process can go on: the server was not reached or too busy, or may take what it refused now.
fn may_go_on(error: &ClientError) -> bool {
    match error.status() {
        None => true,
        Some(status) => matches!(status, 401 | 403 | 408 | 409 | 423 | 425 | 429 | 460 | 500..=599),
    }
}

fn header(response: &Response, name: &HeaderName) -> String {
    let value = response.headers().get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

fn unexpected(response: &Response, detail: String) -> ClientError {
    ClientError::Unexpected { url: response.url().to_string(), status: response.status().as_u16(), detail }
}
