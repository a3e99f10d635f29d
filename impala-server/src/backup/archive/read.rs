//! Reading an archive, and checking that it is what was written.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use zstd::stream::read::Decoder;

use super::{FORMAT, HEADER, Header, MANIFEST, Manifest, Member, SEAL};
use crate::backup::sink::{FileKind, Sink};
use crate::backup::snapshot::refuse_newer;
use crate::backup::tally::{Tally, differences};
use crate::backup::watch::{Hashing, Watch, is_stop};
use crate::backup::{Error, tables, walk};
use crate::store::uploads::UploadId;

/// Members that are read as a whole are not larger. The largest holds one row or document and a megabyte.
const WHOLE_BYTES: u64 = 512 << 20;

/// An archive that was read to its end without a fault.
pub struct Archive {
    /// What it says of itself.
    pub manifest: Manifest,
    /// The SHA-256 of its manifest, which names this archive and no other.
    pub seal: String,
}

/// Reads an archive, handing over what is in it.
///
/// # Errors
/// `BadArchive` with everything that is wrong, `Newer`, or what `sink` says.
pub fn read(path: &Path, sink: &mut dyn Sink, watch: &Watch) -> Result<Archive, Error> {
    let file = File::open(path).map_err(|error| Error::file("read", path, error))?;
    let decoder =
        Decoder::new(Hashing::new(file, watch)).map_err(|error| Error::file("read", path, error))?;
    let mut archive = tar::Archive::new(decoder);
    let mut reading = Reading::new(sink);
    for entry in archive.entries().map_err(|error| reading.broken(&error))? {
        let mut entry = entry.map_err(|error| reading.broken(&error))?;
        let name = entry.path().ok().and_then(|path| path.to_str().map(str::to_owned));
        let name = name.ok_or_else(|| Error::bad_archive("a member has a name that is not text"))?;
        if !entry.header().entry_type().is_file() {
            reading.faults.push(format!("{name} is not a file"));
        }
        let bytes = entry.size();
        reading.member(&name, bytes, &mut entry)?;
    }
    only_zeros(&mut archive.into_inner()).map_err(|error| reading.broken(&error))?;
    reading.finish()
}

/// Reads what follows the last member: it pads the file, and the checksum of everything is tested at its end.
fn only_zeros(rest: &mut dyn Read) -> io::Result<()> {
    let mut buffer = [0; 8 << 10];
    loop {
        match rest.read(&mut buffer)? {
            0 => return Ok(()),
            read if buffer[..read].iter().all(|byte| *byte == 0) => {}
            _ => return Err(io::Error::new(ErrorKind::InvalidData, "something follows the last member")),
        }
    }
}

struct Reading<'a> {
    sink: &'a mut dyn Sink,
    tally: Tally,
    faults: Vec<String>,
    found: Vec<Member>,
    header: Option<Header>,
    manifest: Option<(Manifest, String)>,
    seal: Option<String>,
    /// The upload or the table that the last member belonged to.
    upload: Option<(UploadId, String)>,
    table: Option<&'static str>,
}

impl<'a> Reading<'a> {
    fn new(sink: &'a mut dyn Sink) -> Self {
        Self {
            sink,
            tally: Tally::default(),
            faults: Vec::new(),
            found: Vec::new(),
            header: None,
            manifest: None,
            seal: None,
            upload: None,
            table: None,
        }
    }

    /// What a failed read means.
    fn broken(&self, error: &io::Error) -> Error {
        // zstd has no error kind for it, only a message.
        let is_cut_off =
            error.kind() == ErrorKind::UnexpectedEof || error.to_string().contains("incomplete frame");
        match self.found.last() {
            _ if is_stop(error) => Error::Stopped,
            None if is_cut_off => Error::bad_archive("it is not a backup of Impala, or cut off at its start"),
            None => {
                Error::bad_archive(format!("it is not a backup of Impala, or damaged at its start ({error})"))
            }
            Some(last) if is_cut_off => Error::bad_archive(format!("it is cut off after {}", last.name)),
            Some(last) => Error::bad_archive(format!("it cannot be read after {}: {error}", last.name)),
        }
    }

    fn member(&mut self, name: &str, bytes: u64, content: &mut dyn Read) -> Result<(), Error> {
        if self.header.is_none() && name != HEADER {
            return Err(Error::bad_archive("it is not a backup of Impala: it has no header"));
        }
        let watch = Watch::silent();
        let mut content = Hashing::new(content, &watch);
        let parts: Vec<&str> = name.split('/').collect();
        let kind = match parts[..] {
            ["uploads", project, upload, file] => self.begin_file(project, upload, file)?,
            _ => None,
        };
        match (kind, &parts[..]) {
            (Some(kind), _) => self.sink.file(kind, bytes, &mut content)?,
            (None, ["documents", _]) => self.documents(name, &mut content)?,
            (None, ["rows", table, _]) => self.rows(name, table, &mut content)?,
            (None, [HEADER]) if self.found.is_empty() => self.header(&mut content)?,
            (None, [MANIFEST]) if self.manifest.is_none() => return self.manifest(content),
            (None, [SEAL]) if self.manifest.is_some() && self.seal.is_none() => {
                return self.seal(&mut content);
            }
            _ => self.faults.push(format!("{name} does not belong there")),
        }
        let (read, sha256) = content.finish().map_err(|error| self.broken(&error))?;
        if let (Some(kind), Some((id, named))) = (kind, &self.upload) {
            self.tally.file(id.upload, kind.extension(), read, &sha256);
            if kind == FileKind::Csv && sha256 != *named {
                self.faults.push(format!("{name} is not what was uploaded"));
            }
        }
        self.found.push(Member { name: name.to_owned(), bytes: read, sha256 });
        Ok(())
    }

    fn whole(&self, name: &str, content: &mut dyn Read) -> Result<String, Error> {
        let mut bytes = Vec::new();
        content.take(WHOLE_BYTES).read_to_end(&mut bytes).map_err(|error| self.broken(&error))?;
        String::from_utf8(bytes).map_err(|_| Error::bad_archive(format!("{name} is no UTF-8")))
    }

    /// Keeps a fault of the archive, so that all of them are reported; passes everything else on.
    fn note(&mut self, done: Result<(), Error>) -> Result<(), Error> {
        match done {
            Err(Error::BadArchive { faults }) => {
                self.faults.extend(faults);
                Ok(())
            }
            done => done,
        }
    }

    fn header(&mut self, content: &mut dyn Read) -> Result<(), Error> {
        let text = self.whole(HEADER, content)?;
        let header: Header = serde_json::from_str(&text)
            .map_err(|error| Error::bad_archive(format!("its header cannot be read: {error}")))?;
        if header.format > FORMAT {
            return Err(Error::Newer(format!(
                "the archive is of a newer Impala ({}): its format is {}, and this one reads those up to {FORMAT}; \
                 update Impala first",
                header.impala, header.format
            )));
        }
        refuse_newer(header.schema, "the archive")?;
        self.header = Some(header);
        Ok(())
    }

    fn documents(&mut self, name: &str, content: &mut dyn Read) -> Result<(), Error> {
        let text = self.whole(name, content);
        let done = text.and_then(|text| text.lines().try_for_each(|line| self.document(line)));
        self.note(done)
    }

    fn document(&mut self, line: &str) -> Result<(), Error> {
        let saved = walk::from_line(line)?;
        self.tally.document(saved.id, line);
        self.sink.document(&saved, line)
    }

    fn begin_file(&mut self, project: &str, upload: &str, file: &str) -> Result<Option<FileKind>, Error> {
        let (Ok(project), Ok(upload)) = (project.parse(), upload.parse()) else {
            return Ok(None);
        };
        let Some((sha256, extension)) = file.split_once('.') else {
            return Ok(None);
        };
        let is_hash = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
        let kind = FileKind::ALL.into_iter().find(|kind| is_hash && kind.extension() == extension);
        let id = UploadId { project, upload };
        if kind.is_some() && self.upload.as_ref().is_none_or(|(current, _)| *current != id) {
            self.end_upload()?;
            self.sink.begin_upload(id, sha256)?;
            self.upload = Some((id, sha256.to_owned()));
        }
        Ok(kind)
    }

    fn end_upload(&mut self) -> Result<(), Error> {
        if self.upload.take().is_some() { self.sink.end_upload() } else { Ok(()) }
    }

    fn rows(&mut self, name: &str, table: &str, content: &mut dyn Read) -> Result<(), Error> {
        self.end_upload()?;
        let Some(table) = tables::find(table) else {
            self.faults.push(format!("{name} is of no table that is known here"));
            return Ok(());
        };
        if self.table != Some(table.name) {
            self.table = Some(table.name);
            self.tally.table(table.name);
            self.sink.table(table.name)?;
        }
        let text = self.whole(name, content);
        let done = text.and_then(|text| text.lines().try_for_each(|line| self.row(line)));
        self.note(done)
    }

    fn row(&mut self, line: &str) -> Result<(), Error> {
        self.tally.row(line)?;
        self.sink.row(line)
    }

    fn manifest(&mut self, mut content: Hashing<'_, &mut dyn Read>) -> Result<(), Error> {
        self.end_upload()?;
        let text = self.whole(MANIFEST, &mut content)?;
        let manifest = serde_json::from_str(&text)
            .map_err(|error| Error::bad_archive(format!("its manifest cannot be read: {error}")))?;
        self.manifest = Some((manifest, hex::encode(Sha256::digest(&text))));
        Ok(())
    }

    fn seal(&mut self, content: &mut dyn Read) -> Result<(), Error> {
        self.seal = Some(self.whole(SEAL, content)?.trim_end().to_owned());
        Ok(())
    }

    fn finish(mut self) -> Result<Archive, Error> {
        let (Some((manifest, sha256)), Some(header)) = (self.manifest.take(), self.header.take()) else {
            return Err(Error::bad_archive("it is cut off: it has no manifest"));
        };
        match self.seal {
            Some(seal) if seal == sha256 => {}
            Some(_) => self.faults.push("the manifest is not what was written".to_owned()),
            None => self.faults.push("it is cut off: the hash of its manifest is missing".to_owned()),
        }
        if header != manifest.header {
            self.faults.push("its header and its manifest differ".to_owned());
        }
        self.faults.extend(compare(&manifest.members, self.found));
        self.faults.extend(self.tally.missing());
        self.faults.extend(differences(&manifest.totals, &self.tally.totals()));
        match self.faults.is_empty() {
            true => Ok(Archive { manifest, seal: sha256 }),
            false => Err(Error::BadArchive { faults: self.faults }),
        }
    }
}

fn compare(expected: &[Member], found: Vec<Member>) -> Vec<String> {
    let mut missing: BTreeMap<&str, &Member> =
        expected.iter().map(|member| (member.name.as_str(), member)).collect();
    let mut faults = Vec::new();
    for member in found {
        match missing.remove(member.name.as_str()) {
            Some(expected) if *expected == member => {}
            Some(_) => faults.push(format!("{} is not what was written", member.name)),
            None => faults.push(format!("{} is not in the manifest", member.name)),
        }
    }
    faults.extend(missing.keys().map(|name| format!("{name} is missing")));
    faults
}
