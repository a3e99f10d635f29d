//! A field as CSV has it.

/// Writes a field, within quotes where it needs them.
pub(super) fn put_field(out: &mut Vec<u8>, field: &[u8], delimiter: u8) {
    let is_special = |byte: &u8| matches!(*byte, b'"' | b'\r' | b'\n') || *byte == delimiter;
    if !field.iter().any(is_special) {
        return out.extend_from_slice(field);
    }
    out.push(b'"');
    for byte in field {
        out.push(*byte);
        if *byte == b'"' {
            out.push(b'"');
        }
    }
    out.push(b'"');
}
