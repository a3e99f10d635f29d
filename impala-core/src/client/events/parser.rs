//! The format of server-sent events, read as it comes.
//!
//! Source: WHATWG HTML, section 9.2.6, "Interpreting an event stream".

use std::collections::VecDeque;
use std::mem::take;

/// What one event said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Message {
    /// Its `event` field; empty when it had none.
    pub name: String,
    /// Its `data` fields, joined by line feeds.
    pub data: String,
}

/// The largest event that is taken: a snapshot of more than 100,000 canvases.
const MOST_BYTES: usize = 64 << 20;

/// Turns chunks, cut anywhere, into events.
#[derive(Default)]
pub(super) struct Parser {
    line: Vec<u8>,
    has_seen_a_line: bool,
    /// The last byte was a carriage return: a line feed that follows belongs to it.
    after_return: bool,
    name: String,
    data: Option<String>,
    ready: VecDeque<Message>,
}

impl Parser {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// A message, when an event is larger than `MOST_BYTES`.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), String> {
        for &byte in bytes {
            let follows_return = take(&mut self.after_return);
            match byte {
                b'\n' if follows_return => {}
                b'\n' | b'\r' => {
                    self.after_return = byte == b'\r';
                    self.end_line();
                }
                byte => self.line.push(byte),
            }
        }
        let pending_bytes = self.line.len() + self.data.as_ref().map_or(0, String::len);
        if pending_bytes > MOST_BYTES {
            return Err(format!("an event is longer than {MOST_BYTES} bytes"));
        }
        Ok(())
    }

    /// The next event that is complete.
    pub fn next(&mut self) -> Option<Message> {
        self.ready.pop_front()
    }

    fn end_line(&mut self) {
        let line = take(&mut self.line);
        let mut line = String::from_utf8_lossy(&line);
        if !self.has_seen_a_line {
            self.has_seen_a_line = true;
            if let Some(rest) = line.strip_prefix('\u{feff}') {
                line = rest.to_owned().into();
            }
        }
        if line.is_empty() {
            return self.end_event();
        }
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            // Comments, which have no field name, and `id` and `retry`, which are not used.
            _ => {}
        }
    }

    fn end_event(&mut self) {
        let name = take(&mut self.name);
        if let Some(data) = self.data.take() {
            self.ready.push_back(Message { name, data });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &str)]) {
        // In one piece, and in pieces of every size that cuts it.
        for size in 1..=text.len() {
            let mut parser = Parser::default();
            for piece in text.as_bytes().chunks(size) {
                parser.push(piece).expect("small");
            }
            let found: Vec<Message> = std::iter::from_fn(|| parser.next()).collect();
            let expected: Vec<Message> = expected
                .iter()
                .map(|(name, data)| Message { name: (*name).to_owned(), data: (*data).to_owned() })
                .collect();
            assert_eq!(found, expected, "{text:?} in pieces of {size}");
        }
    }

    #[test]
    fn events_are_read_wherever_they_are_cut() {
        check("event: a\ndata: 1\n\nevent: b\ndata: 2\n\n", &[("a", "1"), ("b", "2")]);
        check("event: a\r\ndata: 1\r\n\r\ndata: 2\r\r", &[("a", "1"), ("", "2")]);
        check("data: wörd\ndata:  two\ndata\n\n", &[("", "wörd\n two\n")]);
        check("\u{feff}data: 1\n\n", &[("", "1")]);
        check(": a comment\n\nid: 7\nretry: 10\n\ndata:1\n\n", &[("", "1")]);
        check("event: lost\n\nevent: unfinished\ndata: 1\n", &[]);
        check("event: a\nevent: b\ndata: {\"x\": 1}\n\n", &[("b", "{\"x\": 1}")]);
    }

    #[test]
    fn an_event_without_end_is_refused() {
        let mut parser = Parser::default();
        let piece = vec![b'x'; 1 << 20];
        let refused = (0..=64).find_map(|_| parser.push(&piece).err());
        assert!(refused.is_some_and(|detail| detail.contains("longer than")));
    }
}
