//! Where the pieces of an instance go.

use std::io::Read;

use super::Error;
use crate::store::canvases::SavedCanvas;
use crate::store::uploads::UploadId;

/// Takes what an instance holds: first documents, each canvas with its revisions in rising order; then uploads; then
/// rows, table by table, each after those that it refers to.
pub trait Sink {
    /// A revision of a canvas, also as the line that archives hold.
    fn document(&mut self, saved: &SavedCanvas, line: &str) -> Result<(), Error>;

    /// The files of this upload come next.
    fn begin_upload(&mut self, id: UploadId, sha256: &str) -> Result<(), Error>;

    /// A file of that upload. What is left unread is read by the caller.
    fn file(&mut self, kind: FileKind, bytes: u64, content: &mut dyn Read) -> Result<(), Error>;

    /// All files of that upload have come.
    fn end_upload(&mut self) -> Result<(), Error>;

    /// The rows of this table come next.
    fn table(&mut self, name: &'static str) -> Result<(), Error>;

    /// A row of that table.
    fn row(&mut self, line: &str) -> Result<(), Error>;
}

/// Takes it, and keeps nothing: for counting.
pub struct Nowhere;

impl Sink for Nowhere {
    fn document(&mut self, _: &SavedCanvas, _: &str) -> Result<(), Error> {
        Ok(())
    }

    fn begin_upload(&mut self, _: UploadId, _: &str) -> Result<(), Error> {
        Ok(())
    }

    fn file(&mut self, _: FileKind, _: u64, _: &mut dyn Read) -> Result<(), Error> {
        Ok(())
    }

    fn end_upload(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn table(&mut self, _: &'static str) -> Result<(), Error> {
        Ok(())
    }

    fn row(&mut self, _: &str) -> Result<(), Error> {
        Ok(())
    }
}

/// A file of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// The bytes as they came.
    Csv,
    /// The Parquet made from them. It is kept, and not made again: a restore is exact, and fast.
    Parquet,
    /// The rows that were left out.
    Rejects,
}

impl FileKind {
    /// In the order in which they come.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Parquet, Self::Rejects];

    /// What its name ends in.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Rejects => "rejects.csv",
        }
    }
}
