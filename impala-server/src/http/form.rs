//! A form with a file, field by field, in flat memory.
//!
//! The parser of forms buffers what it cannot decide yet, such as a header that does not end, and takes all that is available
//! before it looks. So it gets small portions, and only as long as it produces something.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest as _, Request};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use http::header::CONTENT_LENGTH;
use impala_core::FieldError;
use tokio::time::timeout;

use super::error::Rejection;

/// Bytes that go in while nothing comes out. The headers of a field have a few hundred.
const SILENT_BYTES: usize = 64 << 10;

/// Bytes that the parser is given at a time.
const SIP_BYTES: usize = 16 << 10;

/// Bytes of a form that are no file: its other fields, headers and boundaries.
const OVERHEAD_BYTES: u64 = 64 << 10;

/// Why the rest of a form is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Excess {
    #[error("no field came out of {SILENT_BYTES} bytes of the form")]
    Silent,
    #[error("the form is larger than it may be")]
    Large,
}

/// A form, and what may still be read of it.
pub struct Form {
    parser: Multipart,
    silent: Arc<AtomicUsize>,
    limit: u64,
    idle: Duration,
}

impl Form {
    /// The form in a request, whose file has `limit` bytes at most. A client that sends nothing for `idle` is dropped.
    ///
    /// # Errors
    /// When it is not a form, or its announced length is larger.
    pub async fn of(request: Request, limit: u64, idle: Duration) -> Result<Self, Rejection> {
        let total = limit.saturating_add(OVERHEAD_BYTES);
        let length =
            request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        if length.is_some_and(|length: u64| length > total) {
            return Err(Rejection::TooLarge { limit });
        }
        let silent = Arc::new(AtomicUsize::new(0));
        let request = request.map(|body| Body::from_stream(Sips::of(body, total, Arc::clone(&silent))));
        let parser = Multipart::from_request(request, &()).await;
        let parser = parser.map_err(|_| Rejection::MediaType { expected: "multipart/form-data" })?;
        Ok(Self { parser, silent, limit, idle })
    }

    /// The next field; `None` at the end of the form.
    ///
    /// # Errors
    /// When the form breaks off, or exceeds its limits.
    pub async fn next(&mut self) -> Result<Option<FormField<'_>>, Rejection> {
        let Self { parser, silent, limit, idle } = self;
        silent.store(0, Ordering::Relaxed);
        let field = timeout(*idle, parser.next_field()).await.map_err(|_| Rejection::Interrupted)?;
        let field = field.map_err(|error| rejection(&error, *limit))?;
        Ok(field.map(|field| FormField { field, silent, limit: *limit, idle: *idle }))
    }
}

/// One field.
pub struct FormField<'a> {
    field: Field<'a>,
    silent: &'a AtomicUsize,
    limit: u64,
    idle: Duration,
}

impl FormField<'_> {
    /// What it is called.
    pub fn name(&self) -> Option<&str> {
        self.field.name()
    }

    /// What its file was called.
    pub fn file_name(&self) -> Option<&str> {
        self.field.file_name()
    }

    /// The next bytes; `None` at its end.
    ///
    /// # Errors
    /// As for [`Form::next`].
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Rejection> {
        self.silent.store(0, Ordering::Relaxed);
        let chunk = timeout(self.idle, self.field.chunk()).await.map_err(|_| Rejection::Interrupted)?;
        chunk.map_err(|error| rejection(&error, self.limit))
    }
}

fn rejection(error: &MultipartError, limit: u64) -> Rejection {
    let first: &dyn std::error::Error = error;
    let mut causes = std::iter::successors(Some(first), |error| error.source());
    match causes.find_map(|cause| cause.downcast_ref::<Excess>()) {
        Some(Excess::Large) => Rejection::TooLarge { limit },
        Some(silent) => Rejection::Malformed(FieldError::at("", format!("{silent}; it is damaged"))),
        None => Rejection::Interrupted,
    }
}

/// A body in small portions, which ends in an error when there is too much of it.
struct Sips {
    body: BodyDataStream,
    rest: Bytes,
    was_given: bool,
    silent: Arc<AtomicUsize>,
    left: u64,
}

impl Sips {
    fn of(body: Body, total: u64, silent: Arc<AtomicUsize>) -> Self {
        Self { body: body.into_data_stream(), rest: Bytes::new(), was_given: false, silent, left: total }
    }

    fn counted(&mut self, sip: Bytes) -> Result<Bytes, axum::Error> {
        let left = self.left.checked_sub(sip.len() as u64);
        self.left = left.ok_or_else(|| axum::Error::new(Excess::Large))?;
        let silent = self.silent.fetch_add(sip.len(), Ordering::Relaxed) + sip.len();
        if silent > SILENT_BYTES { Err(axum::Error::new(Excess::Silent)) } else { Ok(sip) }
    }
}

impl Stream for Sips {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // The parser polls until nothing is ready: it gets "pending", and a wake-up at once.
        if std::mem::take(&mut self.was_given) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.rest.is_empty() {
            match std::task::ready!(self.body.poll_next_unpin(context)) {
                Some(Ok(bytes)) => self.rest = bytes,
                end => return Poll::Ready(end),
            }
        }
        let length = self.rest.len().min(SIP_BYTES);
        let sip = self.rest.split_to(length);
        self.was_given = true;
        Poll::Ready(Some(self.counted(sip)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: u64 = 1 << 20;

    /// The result of reading a form to its end: bytes of its fields, or why not.
    async fn read(pieces: Vec<Vec<u8>>) -> Result<usize, Rejection> {
        let body = futures_util::stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>));
        let request = http::Request::post("/").header("content-type", "multipart/form-data; boundary=B");
        let request = request.body(Body::from_stream(body)).unwrap();
        let mut form = Form::of(request, LIMIT, Duration::from_secs(60)).await?;
        let mut length = 0;
        while let Some(mut field) = form.next().await? {
            while let Some(chunk) = field.chunk().await? {
                length += chunk.len();
            }
        }
        Ok(length)
    }

    fn part(content: &[u8]) -> Vec<u8> {
        [b"--B\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n", content, b"\r\n"].concat()
    }

    #[tokio::test]
    async fn a_large_file_comes_through_whole_and_in_any_pieces() {
        let form = [part(&vec![b'x'; 1_000_000]), b"--B--\r\n".to_vec()].concat();
        assert_eq!(read(vec![form.clone()]).await.unwrap(), 1_000_000);
        assert_eq!(read(form.chunks(7).map(<[u8]>::to_vec).collect()).await.unwrap(), 1_000_000);
    }

    #[tokio::test]
    async fn what_brings_no_field_is_not_kept_for_ever() {
        let check = async |start: &str| {
            let endless = std::iter::once(start.into()).chain((0..10).map(|_| vec![b'x'; SIP_BYTES]));
            let outcome = read(endless.collect()).await;
            assert!(matches!(outcome, Err(Rejection::Malformed(_))), "{start}: {outcome:?}");
        };
        check("--B\r\nX: ").await;
        check("before the first boundary").await;
    }

    #[tokio::test]
    async fn fields_without_end_are_too_much() {
        let outcome = read((0..30).map(|_| part(&[b'x'; 40_000])).collect()).await;
        assert!(matches!(outcome, Err(Rejection::TooLarge { limit: LIMIT })), "{outcome:?}");
        let outcome = read(vec![part(b"x")]).await;
        assert!(matches!(outcome, Err(Rejection::Interrupted)), "{outcome:?}");
    }
}
