//! Packed files, recognised by their first bytes: gzip and Zstandard. They are unpacked as they arrive, and stored as they came.

use std::fs::File;
use std::io::{self, Read, Write};

use flate2::read::MultiGzDecoder;
use flate2::write::MultiGzDecoder as GzipWriter;
use impala_core::Invalid;
use zstd::stream::raw;
use zstd::stream::zio::Writer as ZstdWriter;

use super::problems::thousands;

/// So many bytes show how a file is packed, and whether it is Parquet.
pub(super) const MARK_BYTES: usize = 5;

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Plain,
    Gzip,
    Zstandard,
}

impl Packing {
    /// By the first [`MARK_BYTES`] bytes.
    pub fn of_head(head: &[u8]) -> Self {
        if head.starts_with(b"\x1F\x8B") {
            Self::Gzip
        } else if head.starts_with(b"\x28\xB5\x2F\xFD") {
            Self::Zstandard
        } else {
            Self::Plain
        }
    }

    /// The file name extension.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Gzip => ".gz",
            Self::Zstandard => ".zst",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Gzip => "gzip",
            Self::Zstandard => "Zstandard",
        }
    }

    /// The error for a file that cannot be unpacked.
    pub fn damaged(self, error: &io::Error) -> Invalid {
        let name = self.name();
        Invalid::at(
            "",
            format!(
                "the file is packed with {name} and cannot be unpacked ({error}); pack and send it again"
            ),
        )
    }
}

/// The error for a file that unpacks to more than may be sent.
pub(super) fn too_large(limit: u64) -> Invalid {
    let limit = thousands(limit);
    Invalid::at(
        "",
        format!("the file unpacks to more than {limit} bytes, which is the largest that may be uploaded"),
    )
}

/// Unpacks what is written to it.
pub(super) enum Unpacker<W: Write> {
    Plain(W),
    Gzip(Box<GzipWriter<W>>),
    Zstandard(Box<ZstdWriter<W, raw::Decoder<'static>>>),
}

impl<W: Write> Unpacker<W> {
    /// # Errors
    /// When there is no memory for it.
    pub fn new(packing: Packing, sink: W) -> io::Result<Self> {
        Ok(match packing {
            Packing::Plain => Self::Plain(sink),
            Packing::Gzip => Self::Gzip(Box::new(GzipWriter::new(sink))),
            Packing::Zstandard => Self::Zstandard(Box::new(ZstdWriter::new(sink, raw::Decoder::new()?))),
        })
    }

    /// # Errors
    /// Those of the sink, and that the bytes cannot be unpacked.
    pub fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(sink) => sink.write_all(bytes),
            Self::Gzip(unpacker) => unpacker.write_all(bytes),
            Self::Zstandard(unpacker) => unpacker.write_all(bytes),
        }
    }

    /// Ends the file.
    ///
    /// # Errors
    /// As [`Unpacker::push`], and that the file is cut off.
    pub fn end(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Gzip(unpacker) => unpacker.try_finish(),
            Self::Zstandard(unpacker) => unpacker.finish(),
        }
    }

    /// Where the unpacked bytes went.
    pub fn sink(&mut self) -> &mut W {
        match self {
            Self::Plain(sink) => sink,
            Self::Gzip(unpacker) => unpacker.get_mut(),
            Self::Zstandard(unpacker) => unpacker.writer_mut(),
        }
    }
}

impl<W: Write> Unpacker<W> {
    /// As [`Unpacker::sink`], at the end.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn into_sink(self) -> io::Result<W> {
        match self {
            Self::Plain(sink) => Ok(sink),
            Self::Gzip(unpacker) => unpacker.finish(),
            Self::Zstandard(unpacker) => Ok(unpacker.into_inner().0),
        }
    }
}

/// Reads a kept file as it was before it was packed.
///
/// # Errors
/// When there is no memory for it.
pub(super) fn reader<'a>(packing: Packing, file: &'a File) -> io::Result<Box<dyn Read + 'a>> {
    Ok(match packing {
        Packing::Plain => Box::new(file),
        Packing::Gzip => Box::new(MultiGzDecoder::new(file)),
        Packing::Zstandard => Box::new(zstd::stream::read::Decoder::new(file)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpack(packed: &[u8], chunk_bytes: usize) -> io::Result<Vec<u8>> {
        let mut unpacker = Unpacker::new(Packing::of_head(packed), Vec::new())?;
        for chunk in packed.chunks(chunk_bytes) {
            unpacker.push(chunk)?;
        }
        unpacker.end()?;
        Ok(std::mem::take(unpacker.sink()))
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn files_are_unpacked_however_they_are_cut() {
        let text = "city,rain\nOslo,1.5\n".repeat(100).into_bytes();
        let (first, second) = text.split_at(500);
        let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 3).unwrap();
        for packed in [
            text.clone(),
            gzip(&text),
            [gzip(first), gzip(second)].concat(),
            zstd(&text),
            [zstd(first), zstd(second)].concat(),
        ] {
            for chunk_bytes in [1, 7, 100_000] {
                assert!(unpack(&packed, chunk_bytes).unwrap() == text);
            }
        }
    }

    #[test]
    fn damaged_files_are_told_from_whole_ones() {
        let text = "city,rain\nOslo,1.5\n".repeat(100).into_bytes();
        for packed in [gzip(&text), zstd::encode_all(&text[..], 3).unwrap()] {
            assert!(unpack(&packed[..packed.len() - 3], 50).is_err(), "cut off");
            let mut bent = packed.clone();
            let middle = bent.len() / 2;
            bent[middle] ^= 0xFF;
            assert!(unpack(&bent, 50).map_or(true, |unpacked| unpacked != text), "damaged");
        }
    }
}
