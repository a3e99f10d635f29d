//! Writing an archive.

use std::io::{self, Read, Write};

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tar::{EntryType, Header as TarHeader};
use zstd::stream::write::Encoder;

use super::{HEADER, Header, MANIFEST, Manifest, Member, SEAL};
use crate::backup::sink::{FileKind, Sink};
use crate::backup::watch::{Hashing, Watch, is_stop};
use crate::backup::{Error, Total};
use crate::store::canvases::SavedCanvas;
use crate::store::uploads::UploadId;

/// Fast, and good enough: most of it is Parquet, which is compressed already.
const LEVEL: i32 = 3;

/// Lines of a member end when they are this many bytes.
const CHUNK_BYTES: usize = 1 << 20;

/// An archive being written. Dropped before [`Writer::finish`], it leaves one that says that it was cut off.
pub struct Writer<W: Write> {
    tar: tar::Builder<Encoder<'static, W>>,
    header: Header,
    members: Vec<Member>,
    /// Lines of one folder that make the next member.
    lines: String,
    folder: String,
    number: u32,
    is_begun: bool,
    upload: String,
}

impl<W: Write> Writer<W> {
    /// Begins one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(to: W, header: &Header) -> Result<Self, Error> {
        let mut encoder = Encoder::new(to, LEVEL).map_err(failed)?;
        encoder.include_checksum(true).map_err(failed)?;
        let mut writer = Self {
            tar: tar::Builder::new(encoder),
            header: header.clone(),
            members: Vec::new(),
            lines: String::new(),
            folder: String::new(),
            number: 0,
            is_begun: false,
            upload: String::new(),
        };
        writer.bytes(HEADER, &json(header)?)?;
        Ok(writer)
    }

    /// Ends it, and returns what it was written to.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, totals: Vec<Total>) -> Result<W, Error> {
        self.flush()?;
        let manifest =
            Manifest { header: self.header.clone(), totals, members: std::mem::take(&mut self.members) };
        let manifest = json(&manifest)?;
        self.bytes(MANIFEST, &manifest)?;
        self.bytes(SEAL, format!("{}\n", hex::encode(Sha256::digest(&manifest))).as_bytes())?;
        let mut to = self.tar.into_inner().and_then(Encoder::finish).map_err(failed)?;
        to.flush().map_err(failed)?;
        Ok(to)
    }

    fn bytes(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        self.member(name, bytes.len() as u64, &mut &*bytes)
    }

    fn member(&mut self, name: &str, bytes: u64, content: &mut dyn Read) -> Result<(), Error> {
        let mut header = TarHeader::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_size(bytes);
        // It holds password hashes.
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(self.header.created_at.as_second()).unwrap_or_default());
        // Reads are counted and watched by those who open files.
        let watch = Watch::silent();
        let mut content = Hashing::new(content, &watch);
        self.tar.append_data(&mut header, name, &mut content).map_err(failed)?;
        let (read, sha256) = content.finish().map_err(failed)?;
        if read != bytes {
            return Err(Error::Damaged(format!(
                "{name} has {read} bytes, and had {bytes} when it was opened"
            )));
        }
        self.members.push(Member { name: name.to_owned(), bytes, sha256 });
        Ok(())
    }

    fn line(&mut self, line: &str) -> Result<(), Error> {
        self.lines.push_str(line);
        self.lines.push('\n');
        if self.lines.len() >= CHUNK_BYTES { self.flush() } else { Ok(()) }
    }

    fn begin_lines(&mut self, folder: &str) -> Result<(), Error> {
        self.flush()?;
        folder.clone_into(&mut self.folder);
        self.number = 0;
        // A table without rows is there too: what was read says which tables there were.
        self.is_begun = true;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        if self.lines.is_empty() && !self.is_begun {
            return Ok(());
        }
        self.is_begun = false;
        self.number += 1;
        let name = format!("{}/{:06}.ndjson", self.folder, self.number);
        let lines = std::mem::take(&mut self.lines);
        self.bytes(&name, lines.as_bytes())?;
        // Its room is used again.
        self.lines = lines;
        self.lines.clear();
        Ok(())
    }
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    let mut text = serde_json::to_vec_pretty(value).map_err(|error| failed(error.into()))?;
    text.push(b'\n');
    Ok(text)
}

fn failed(error: io::Error) -> Error {
    if is_stop(&error) { Error::Stopped } else { Error::file("write", "the archive".as_ref(), error) }
}

impl<W: Write> Sink for Writer<W> {
    fn document(&mut self, _: &SavedCanvas, line: &str) -> Result<(), Error> {
        if self.folder != "documents" {
            self.begin_lines("documents")?;
        }
        self.line(line)
    }

    fn begin_upload(&mut self, id: UploadId, sha256: &str) -> Result<(), Error> {
        self.upload = format!("uploads/{}/{}/{sha256}", id.project, id.upload);
        self.flush()
    }

    fn file(&mut self, kind: FileKind, bytes: u64, content: &mut dyn Read) -> Result<(), Error> {
        self.member(&format!("{}.{}", self.upload, kind.extension()), bytes, content)
    }

    fn end_upload(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn table(&mut self, name: &'static str) -> Result<(), Error> {
        self.begin_lines(&format!("rows/{name}"))
    }

    fn row(&mut self, line: &str) -> Result<(), Error> {
        self.line(line)
    }
}
