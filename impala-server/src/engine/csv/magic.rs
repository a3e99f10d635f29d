//! Files that are not text, by their first bytes: people send a spreadsheet or an archive and mean the table in it.

/// First bytes, what they are, and what to do.
const KNOWN: [(&[u8], &str, &str); 8] = [
    (b"\x1F\x8B", "compressed with gzip", "unpack it first"),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook", "unpack it, or save the sheet as CSV first"),
    (b"\xD0\xCF\x11\xE0", "an Excel workbook", "save the sheet as CSV first"),
    (b"PAR1\x15", "a Parquet file", "say so with --input-format parquet"),
    (b"\x28\xB5\x2F\xFD", "compressed with Zstandard", "unpack it first"),
    (b"\xFD7zXZ\0", "compressed with xz", "unpack it first"),
    (b"SQLite format 3\0", "a SQLite database", "write the table as CSV first"),
    (b"%PDF-", "a PDF document", "extract its table as CSV first"),
];

/// Why a file that begins with `head` cannot be CSV, if that is known.
pub(super) fn refusal(head: &[u8]) -> Option<String> {
    let (_, what, remedy) = KNOWN.iter().find(|(magic, _, _)| head.starts_with(magic))?;
    Some(format!("the file is {what}; expected CSV text: {remedy}"))
}
