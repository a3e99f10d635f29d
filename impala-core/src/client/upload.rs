//! The bytes of an upload: from a file, which can be sent again, or from a stream, which cannot.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use bytes::Bytes;
use futures_util::StreamExt as _;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use reqwest::{Method, RequestBuilder};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio_util::io::ReaderStream;

use super::call::Call;
use super::{Client, ClientError};
use crate::api::{Known, KnownRequest, Upload};
use crate::source::{ColumnType, InputFormat, OnBadRows};

/// RFC 9530.
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// Bytes read at once.
const CHUNK: usize = 64 * 1024;

/// Called with the number of bytes sent; begins at 0 again when the upload is retried.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

/// How a file is to be read. What is left out is as in the last upload; in the first, it is detected from the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CsvChoices {
    /// Format of the file; when left out, CSV or what its first line shows.
    pub format: Option<InputFormat>,
    /// One ASCII character or `tab`; `auto` detects it again.
    pub delimiter: Option<String>,
    /// A label of the WHATWG Encoding Standard; `auto` detects it again.
    pub encoding: Option<String>,
    /// Whether the first row holds data.
    pub no_header: Option<bool>,
    /// Texts that stand for null, besides the empty field; a single empty one takes the earlier choice back.
    pub null_values: Vec<String>,
    /// Types by column; `None` detects it again.
    pub types: Vec<(String, Option<ColumnType>)>,
    /// What becomes of rows that cannot be read.
    pub on_bad_rows: Option<OnBadRows>,
    /// The preview whose version it becomes, instead of the current version of the source.
    pub preview: Option<String>,
    /// How long the preview lives from now, in seconds; as in its last upload when left out, or a week.
    pub ttl_s: Option<u64>,
    /// Whether rows are appended that the last upload has appended already.
    pub allow_duplicate: bool,
    /// The contract that the file has to keep, as [`Client::keep_contract`] called it.
    pub contract: Option<String>,
}

/// An upload in one request.
pub struct UploadRequest {
    /// How the file is to be read.
    pub choices: CsvChoices,
    /// What the upload says of itself: a CI run, a commit. May be empty.
    pub note: String,
    /// The file.
    pub body: UploadBody,
    /// Called with the number of bytes sent.
    pub progress: Option<Progress>,
}

/// What is sent.
pub enum UploadBody {
    /// A file of known length and hash.
    File {
        /// Where it is.
        path: PathBuf,
        /// How long, in bytes.
        length: u64,
        /// SHA-256 of it.
        sha256: [u8; 32],
    },
    /// Bytes in memory.
    Bytes(Bytes),
    /// Bytes of a part of a file: their progress is reported, and the caller sends their digest.
    Part(Bytes),
    /// What comes from elsewhere, once: standard input. Empty after it was sent.
    Stream(Option<Box<dyn AsyncRead + Send + Unpin>>),
}

impl UploadBody {
    /// Reads a file through, for its length and hash. A pipe can be read only once, and is a stream.
    ///
    /// # Errors
    /// When it cannot be read, or is a folder or a device, which may have no end.
    pub async fn file(path: &Path) -> Result<Self, ClientError> {
        let fail = |source| ClientError::File { what: format!("could not read {}", path.display()), source };
        let mut file = tokio::fs::File::open(path).await.map_err(fail)?;
        let kind = file.metadata().await.map_err(fail)?.file_type();
        if is_pipe(kind) {
            return Ok(Self::stream(file));
        }
        if !kind.is_file() {
            let what = if kind.is_dir() { "a folder" } else { "a device" };
            return Err(fail(std::io::Error::other(format!("it is {what}; expected a file or a pipe"))));
        }
        let mut hash = Sha256::new();
        let mut length = 0;
        let mut buffer = vec![0; 1 << 20];
        loop {
            let read = file.read(&mut buffer).await.map_err(fail)?;
            if read == 0 {
                break;
            }
            hash.update(&buffer[..read]);
            length += read as u64;
        }
        Ok(Self::File { path: path.to_owned(), length, sha256: hash.finalize().into() })
    }

    /// Bytes from elsewhere, such as standard input.
    pub fn stream(reader: impl AsyncRead + Send + Unpin + 'static) -> Self {
        Self::Stream(Some(Box::new(reader)))
    }

    /// How many bytes it is, where that is known.
    pub fn length(&self) -> Option<u64> {
        match self {
            Self::File { length, .. } => Some(*length),
            Self::Bytes(bytes) | Self::Part(bytes) => Some(bytes.len() as u64),
            Self::Stream(_) => None,
        }
    }

    pub(super) fn is_repeatable(&self) -> bool {
        !matches!(self, Self::Stream(_))
    }

    /// Makes it the body of a request.
    pub(super) async fn attach(
        &mut self,
        request: RequestBuilder,
        sent: &Sent,
    ) -> Result<RequestBuilder, ClientError> {
        Ok(match self {
            Self::Bytes(bytes) => with_digest(request, Sha256::digest(&*bytes).into()).body(bytes.clone()),
            Self::Part(bytes) => {
                let reader = std::io::Cursor::new(bytes.clone());
                request.header(CONTENT_LENGTH, bytes.len()).body(sent.watch(reader))
            }
            Self::File { path, length, sha256 } => {
                let file = tokio::fs::File::open(&*path).await.map_err(|source| ClientError::File {
                    what: format!("could not read {}", path.display()),
                    source,
                })?;
                // A file that grew since it was hashed is sent as it was; one that shrank fails by its length.
                let file = file.take(*length);
                with_digest(request, *sha256).header(CONTENT_LENGTH, *length).body(sent.watch(file))
            }
            Self::Stream(reader) => match reader.take() {
                Some(reader) => request.body(sent.watch(reader)),
                None => request,
            },
        })
    }
}

fn is_pipe(kind: std::fs::FileType) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::FileTypeExt::is_fifo(&kind);
    #[cfg(not(unix))]
    return false;
}

fn with_digest(request: RequestBuilder, sha256: [u8; 32]) -> RequestBuilder {
    let digest = base64::engine::general_purpose::STANDARD.encode(sha256);
    request.header(CONTENT_DIGEST, format!("sha-256=:{digest}:"))
}

/// Counts the bytes of an upload as they go out.
#[derive(Clone, Default)]
pub(super) struct Sent {
    bytes: Arc<AtomicU64>,
    error: Arc<Mutex<Option<std::io::Error>>>,
    progress: Option<Progress>,
}

impl Sent {
    pub(super) fn to(progress: Option<Progress>) -> Self {
        Self { progress, ..Self::default() }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(super) fn restart(&self) {
        self.bytes.store(0, Ordering::Relaxed);
    }

    /// Why reading the input failed, if that is what ended the request.
    pub(super) fn take_error(&self) -> Option<std::io::Error> {
        self.error.lock().ok()?.take()
    }

    fn watch(&self, reader: impl AsyncRead + Send + 'static) -> reqwest::Body {
        let sent = self.clone();
        let chunks = ReaderStream::with_capacity(reader, CHUNK).map(move |chunk| match chunk {
            Ok(chunk) => {
                let so_far = sent.bytes.fetch_add(chunk.len() as u64, Ordering::Relaxed) + chunk.len() as u64;
                if let Some(progress) = &sent.progress {
                    progress(so_far);
                }
                Ok(chunk)
            }
            Err(error) => {
                let copy = std::io::Error::new(error.kind(), error.to_string());
                if let Ok(mut slot) = sent.error.lock() {
                    *slot = Some(error);
                }
                Err(copy)
            }
        });
        reqwest::Body::wrap_stream(chunks)
    }
}

impl Client {
    /// POST `sources/{name}/known`: what an upload of a file with that SHA-256, in hexadecimal, would be answered when it
    /// is the current version already. `None`: it has to be sent. `at` is owner, project and source.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn known_upload(
        &self,
        at: [&str; 3],
        choices: &CsvChoices,
        append: bool,
        sha256: &str,
    ) -> Result<Option<Upload>, ClientError> {
        let [owner, project, source] = at;
        let call = Call::post(self, &["projects", owner, project, "sources", source, "known"]).harmless();
        let body = KnownRequest { sha256: sha256.to_owned() };
        let call = with_pairs(call, choices.pairs()).query("append", append.then_some("true"));
        // With a contract, the server reads what it has.
        let known: Known = self.ask(call.long().json(&body)?).await?;
        Ok(known.upload)
    }

    /// PUT `sources/{name}`: makes the bytes the current version.
    ///
    /// # Errors
    /// See [`ClientError`]; status 422 names each bad row.
    pub async fn upload(
        &self,
        owner: &str,
        project: &str,
        source: &str,
        request: UploadRequest,
    ) -> Result<Upload, ClientError> {
        let segments = ["projects", owner, project, "sources", source];
        let call = with_pairs(Call::new(self, Method::PUT, &segments), request.choices.pairs())
            .query("note", Some(request.note).filter(|note| !note.is_empty()))
            .header(CONTENT_TYPE, "text/csv");
        let sent = Sent::to(request.progress);
        self.ask(call.upload(request.body, sent)).await
    }
}

fn with_pairs(call: Call, pairs: Vec<(&'static str, String)>) -> Call {
    pairs.into_iter().fold(call, |call, (name, value)| call.query(name, Some(value)))
}

impl CsvChoices {
    /// What the name of a file says of its format. All else is detected, or as in its last upload.
    pub fn of_file(path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Self { format: InputFormat::of_file_name(&name), ..Self::default() }
    }

    /// As the parameters of an address have them.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs: Vec<(&'static str, String)> = Vec::new();
        pairs.extend(self.format.map(|format| ("format", format.as_str().to_owned())));
        pairs.extend(self.delimiter.clone().map(|delimiter| ("delimiter", delimiter)));
        pairs.extend(self.encoding.clone().map(|encoding| ("encoding", encoding)));
        pairs.extend(self.no_header.map(|no_header| ("no_header", no_header.to_string())));
        pairs.extend(self.null_values.iter().map(|text| ("null_values", text.clone())));
        pairs.extend(self.types.iter().map(|(column, column_type)| {
            ("type", format!("{column}:{}", column_type.map_or("auto", ColumnType::as_str)))
        }));
        pairs.extend(self.on_bad_rows.map(|what| {
            let word = match what {
                OnBadRows::Fail => "fail",
                OnBadRows::Skip => "skip",
            };
            ("on_bad_rows", word.to_owned())
        }));
        pairs.extend(self.preview.clone().map(|preview| ("preview", preview)));
        pairs.extend(self.ttl_s.map(|ttl_s| ("ttl_s", ttl_s.to_string())));
        pairs.extend(self.contract.clone().map(|contract| ("contract", contract)));
        pairs.extend(self.allow_duplicate.then(|| ("allow_duplicate", "true".to_owned())));
        pairs
    }

    /// As the query of an address, escaped.
    pub fn query(&self) -> String {
        let mut url = reqwest::Url::parse("impala:").ok();
        if let Some(url) = &mut url {
            url.query_pairs_mut().extend_pairs(self.pairs());
        }
        url.and_then(|url| url.query().map(str::to_owned)).unwrap_or_default()
    }
}
