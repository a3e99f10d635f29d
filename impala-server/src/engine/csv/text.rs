//! Bytes to UTF-8, and how the encoding of a file is known.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::engine::Stop;

/// Decoded text is handed on in pieces of this size.
const BUFFER_BYTES: usize = 64 * 1024;

/// How an encoding is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KnownBy {
    /// UTF-8 is what nearly all files are; the whole file is checked to be it.
    Assumption,
    /// Most of the file is UTF-8, but not all of it.
    Majority,
    ByteOrderMark,
    Setting,
    Detection,
}

/// The encoding of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TextEncoding {
    pub encoding: &'static Encoding,
    pub known_by: KnownBy,
    /// Bytes of the byte order mark, which are no text.
    pub mark_bytes: usize,
}

impl TextEncoding {
    /// Decides by the first bytes of a file. A byte order mark overrides a setting: nobody writes one by accident.
    pub fn of_head(head: &[u8], setting: Option<&'static Encoding>) -> Self {
        let known = |encoding, known_by| Self { encoding, known_by, mark_bytes: 0 };
        match (Encoding::for_bom(head), setting) {
            (Some((encoding, mark_bytes)), _) => {
                Self { encoding, known_by: KnownBy::ByteOrderMark, mark_bytes }
            }
            (None, Some(encoding)) => known(encoding, KnownBy::Setting),
            (None, None) => match utf16_without_mark(head) {
                Some(encoding) => known(encoding, KnownBy::Detection),
                None => known(UTF_8, KnownBy::Assumption),
            },
        }
    }

    /// Decides over all bytes of a file that is not UTF-8. A file in which good UTF-8 beyond ASCII outnumbers the bad
    /// bytes is a damaged UTF-8 file; to take it for something else would spoil every accent in it.
    ///
    /// # Errors
    /// That the file cannot be read, or why the work was ended.
    pub fn of_file(mut file: impl Read, stop: &Stop) -> Result<Self, super::IngestError> {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        let (mut good, mut bad) = (0_u64, 0_u64);
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            stop.check()?;
            let length = read(&mut file, &mut buffer)?;
            detector.feed(&buffer[..length], length == 0);
            if length == 0 {
                break;
            }
            for piece in buffer[..length].utf8_chunks() {
                good += piece.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
                bad += u64::from(!piece.invalid().is_empty());
            }
        }
        Ok(if good > bad {
            Self { encoding: UTF_8, known_by: KnownBy::Majority, mark_bytes: 0 }
        } else {
            let encoding = detector.guess(None, Utf8Detection::Deny);
            Self { encoding, known_by: KnownBy::Detection, mark_bytes: 0 }
        })
    }

    /// As answers name it: `UTF-8`, `windows-1252 (detected)`.
    pub fn describe(&self) -> String {
        let how = match self.known_by {
            KnownBy::Assumption | KnownBy::Majority => return self.encoding.name().to_owned(),
            KnownBy::ByteOrderMark => "byte order mark",
            KnownBy::Setting => "set by hand",
            KnownBy::Detection => "detected",
        };
        format!("{} ({how})", self.encoding.name())
    }

    /// A decoder of what follows the byte order mark.
    pub fn decoder(&self) -> Decoder {
        if self.encoding == UTF_8 {
            return Decoder::Utf8 { cut: Vec::with_capacity(4) };
        }
        Decoder::Other {
            decoder: Box::new(self.encoding.new_decoder_without_bom_handling()),
            buffer: vec![0; BUFFER_BYTES],
            refuses_controls: self.known_by == KnownBy::Detection,
        }
    }
}

/// Reads as `Read::read` does, but not less for a signal.
pub(super) fn read(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// Text of European languages in UTF-16 has a zero in nearly every second byte, and no other text has.
fn utf16_without_mark(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = head.len() / 2;
    if pairs < 2 {
        return None;
    }
    let zeros =
        |offset: usize| head.iter().skip(offset).step_by(2).take(pairs).filter(|byte| **byte == 0).count();
    let is_most = |count: usize| count * 10 >= pairs * 7;
    let is_few = |count: usize| count * 20 <= pairs;
    match (zeros(0), zeros(1)) {
        (even, odd) if is_few(even) && is_most(odd) => Some(UTF_16LE),
        (even, odd) if is_most(even) && is_few(odd) => Some(UTF_16BE),
        _ => None,
    }
}

/// Why decoding stopped.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum DecodeError<E> {
    /// These bytes are not text in this encoding. The text before them has been handed on.
    Malformed(Vec<u8>),
    /// The receiver of the text refused it.
    Sink(E),
}

/// Decodes a stream. What it hands on is UTF-8, in pieces that may be cut within a character only for UTF-8 input.
pub(super) enum Decoder {
    Utf8 {
        /// The beginning of a character that was cut by the end of a chunk.
        cut: Vec<u8>,
    },
    Other {
        decoder: Box<encoding_rs::Decoder>,
        buffer: Vec<u8>,
        /// A guessed encoding that yields C1 control characters is a wrong guess: single-byte encodings give a
        /// meaning to every byte, so this is the one sign that bytes are no text.
        refuses_controls: bool,
    },
}

impl Decoder {
    /// Decodes `bytes` and hands the text to `sink`.
    ///
    /// * `is_last`: whether the file ends here, within a character or not
    pub fn decode<E>(
        &mut self,
        bytes: &[u8],
        is_last: bool,
        sink: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), DecodeError<E>> {
        match self {
            Self::Utf8 { cut } => check_utf8(cut, bytes, is_last, sink),
            Self::Other { decoder, buffer, refuses_controls } => {
                convert(decoder, buffer, *refuses_controls, (bytes, is_last), sink)
            }
        }
    }
}

fn check_utf8<E>(
    cut: &mut Vec<u8>,
    mut bytes: &[u8],
    is_last: bool,
    sink: &mut impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), DecodeError<E>> {
    while !cut.is_empty() && !bytes.is_empty() {
        cut.push(bytes[0]);
        bytes = &bytes[1..];
        match std::str::from_utf8(cut) {
            Ok(_) => {
                sink(cut).map_err(DecodeError::Sink)?;
                cut.clear();
            }
            Err(error) if error.error_len().is_some() => {
                return Err(DecodeError::Malformed(std::mem::take(cut)));
            }
            Err(_) => {}
        }
    }
    let (good, rest) = match std::str::from_utf8(bytes) {
        Ok(_) => (bytes, &[][..]),
        Err(error) => bytes.split_at(error.valid_up_to()),
    };
    sink(good).map_err(DecodeError::Sink)?;
    match std::str::from_utf8(rest).map_err(|error| error.error_len()) {
        Err(Some(length)) => return Err(DecodeError::Malformed(rest[..length].to_vec())),
        // A character that goes on in the next chunk.
        Err(None) => cut.extend_from_slice(rest),
        Ok(_) => {}
    }
    if is_last && !cut.is_empty() { Err(DecodeError::Malformed(std::mem::take(cut))) } else { Ok(()) }
}

fn convert<E>(
    decoder: &mut encoding_rs::Decoder,
    buffer: &mut [u8],
    refuses_controls: bool,
    (mut bytes, is_last): (&[u8], bool),
    sink: &mut impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), DecodeError<E>> {
    loop {
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(bytes, buffer, is_last);
        let text = &buffer[..written];
        let control = if refuses_controls { find_control(text) } else { None };
        sink(&text[..control.unwrap_or(written)]).map_err(DecodeError::Sink)?;
        if let Some(at) = control {
            // In a single-byte encoding, the byte has the number of the control character.
            return Err(DecodeError::Malformed(vec![text[at + 1]]));
        }
        match result {
            DecoderResult::InputEmpty => return Ok(()),
            DecoderResult::OutputFull => bytes = &bytes[read..],
            DecoderResult::Malformed(length, behind) => {
                let end = read.saturating_sub(usize::from(behind));
                let start = end.saturating_sub(usize::from(length));
                return Err(DecodeError::Malformed(bytes[start..end].to_vec()));
            }
        }
    }
}

/// Where a character from U+0080 to U+009F is.
fn find_control(text: &[u8]) -> Option<usize> {
    text.windows(2).position(|pair| pair[0] == 0xC2 && (0x80..=0x9F).contains(&pair[1]))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use encoding_rs::{GBK, WINDOWS_1252};

    use super::*;

    #[test]
    fn the_first_bytes_tell_most_encodings() {
        let check = |head: &[u8], setting, expected: &str| {
            assert_eq!(TextEncoding::of_head(head, setting).describe(), expected, "{head:?}");
        };
        check(b"a,b\n", None, "UTF-8");
        check(b"", None, "UTF-8");
        check(b"\xEF\xBB\xBFa,b\n", None, "UTF-8 (byte order mark)");
        check(b"\xFF\xFEa\0", None, "UTF-16LE (byte order mark)");
        check(b"\xFE\xFF\0a", Some(WINDOWS_1252), "UTF-16BE (byte order mark)");
        check(b"a\0,\0b\0\n\0", None, "UTF-16LE (detected)");
        check(b"\0a\0,\0b\0\n", None, "UTF-16BE (detected)");
        check(b"a,b\n", Some(WINDOWS_1252), "windows-1252 (set by hand)");
        check(b"a,b\0\n1,2\n", None, "UTF-8");
    }

    #[test]
    fn the_whole_file_tells_the_others() {
        let check = |bytes: &[u8], expected: &str| {
            let found = TextEncoding::of_file(bytes, &Stop::never()).expect("readable");
            assert_eq!(found.describe(), expected);
        };
        check(b"stra\xDFe,caf\xE9\nM\xFCnchen,gr\xFC\xDFe\n", "windows-1252 (detected)");
        check(&GBK.encode("城市,天气\n北京,晴朗\n上海,下雨\n广州,多云\n").0, "GBK (detected)");
        check("é".repeat(5).into_bytes().into_iter().chain([0xE9]).collect::<Vec<_>>().as_slice(), "UTF-8");
    }

    fn decode(
        encoding: TextEncoding,
        bytes: &[u8],
        chunk_bytes: usize,
    ) -> Result<String, DecodeError<Infallible>> {
        let (mut decoder, mut text) = (encoding.decoder(), Vec::new());
        let mut sink = |piece: &[u8]| {
            text.extend_from_slice(piece);
            Ok(())
        };
        for chunk in bytes.chunks(chunk_bytes) {
            decoder.decode(chunk, false, &mut sink)?;
        }
        decoder.decode(&[], true, &mut sink)?;
        Ok(String::from_utf8(text).expect("decoders hand on UTF-8"))
    }

    #[test]
    fn text_is_decoded_however_it_is_cut() {
        let known = |encoding, known_by| TextEncoding { encoding, known_by, mark_bytes: 0 };
        let check = |encoding, bytes: &[u8], expected: Result<&str, &[u8]>| {
            for chunk_bytes in [1, 2, 3, 1000] {
                let found = decode(encoding, bytes, chunk_bytes);
                let expected =
                    expected.map(str::to_owned).map_err(|bad| DecodeError::Malformed(bad.to_vec()));
                assert_eq!(found, expected, "{bytes:?} by {chunk_bytes}");
            }
        };
        let utf8 = known(UTF_8, KnownBy::Assumption);
        check(utf8, "aé€🦌z".as_bytes(), Ok("aé€🦌z"));
        check(utf8, b"ab\xE9", Err(b"\xE9"));
        check(utf8, b"\xFFab", Err(b"\xFF"));
        check(known(UTF_16LE, KnownBy::Setting), b"a\0\xE9\0", Ok("aé"));
        check(known(WINDOWS_1252, KnownBy::Detection), b"caf\xE9", Ok("café"));
        check(known(WINDOWS_1252, KnownBy::Detection), b"caf\x81", Err(b"\x81"));
        check(known(WINDOWS_1252, KnownBy::Setting), b"caf\x81", Ok("caf\u{81}"));
    }
}
