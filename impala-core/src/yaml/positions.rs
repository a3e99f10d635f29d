//! Where each value and each comment is in a YAML (or JSON) text.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Marker, Parser, Span};

/// A place in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// From 1.
    pub line: u64,
    /// In characters, from 1.
    pub column: u64,
}

impl From<Marker> for Spot {
    fn from(marker: Marker) -> Self {
        Self { line: marker.line() as u64, column: marker.col() as u64 + 1 }
    }
}

/// The places of a text, as far as it can be read.
#[derive(Clone, Debug, Default)]
pub struct Positions {
    keys: BTreeMap<String, Spot>,
    values: BTreeMap<String, Spot>,
    /// Where comments begin.
    pub comments: Vec<Spot>,
}

/// What is open while a text is read.
enum Open {
    Map { pointer: String, key: Option<String> },
    List { pointer: String, index: usize },
}

impl Positions {
    /// Reads a text to its end, or to the first invalid YAML.
    pub fn of(text: &str) -> Self {
        let mut positions = Self::default();
        let mut open = Vec::new();
        let mut scalars = Vec::new();
        for (event, span) in Parser::new_from_str(text).map_while(Result::ok) {
            if let Event::Scalar(..) = event {
                scalars.push(span);
            }
            positions.take(&event, span, &mut open);
        }
        positions.comments = comments(text, &scalars);
        positions
    }

    fn take(&mut self, event: &Event<'_>, span: Span, open: &mut Vec<Open>) {
        match event {
            Event::SequenceEnd | Event::MappingEnd => {
                open.pop();
            }
            Event::Scalar(text, ..) => {
                if let Some(Open::Map { pointer, key: key @ None }) = open.last_mut() {
                    let name = crate::document::escape(text);
                    self.keys.insert(format!("{pointer}/{name}"), span.start.into());
                    *key = Some(name);
                } else {
                    self.value(span, open);
                }
            }
            Event::Alias(_) => {
                self.value(span, open);
            }
            Event::SequenceStart(..) => {
                let pointer = self.value(span, open);
                open.push(Open::List { pointer, index: 0 });
            }
            Event::MappingStart(..) => {
                let pointer = self.value(span, open);
                open.push(Open::Map { pointer, key: None });
            }
            _ => {}
        }
    }

    /// Notes where the next value is, and returns its pointer.
    fn value(&mut self, span: Span, open: &mut [Open]) -> String {
        let pointer = match open.last_mut() {
            None => String::new(),
            // A key that is not text is refused when the document is read.
            Some(Open::Map { pointer, key }) => format!("{pointer}/{}", key.take().unwrap_or_default()),
            Some(Open::List { pointer, index }) => {
                *index += 1;
                format!("{pointer}/{}", *index - 1)
            }
        };
        self.values.insert(pointer.clone(), span.start.into());
        pointer
    }

    /// Where the value is that a JSON pointer names, or the nearest that is around it.
    pub fn value_at(&self, pointer: &str) -> Spot {
        nearest(&self.values, pointer)
    }

    /// Where the name of a field is; for an item of a list, the item.
    pub fn key_at(&self, pointer: &str) -> Spot {
        self.keys.get(pointer).copied().unwrap_or_else(|| self.value_at(pointer))
    }
}

fn nearest(spots: &BTreeMap<String, Spot>, pointer: &str) -> Spot {
    let mut pointer = pointer;
    loop {
        if let Some(spot) = spots.get(pointer) {
            return *spot;
        }
        match pointer.rfind('/') {
            Some(at) => pointer = &pointer[..at],
            None => return Spot { line: 1, column: 1 },
        }
    }
}

/// Where comments begin: a `#` at the beginning of a line or behind a space, outside of every text.
fn comments(text: &str, scalars: &[Span]) -> Vec<Spot> {
    let mut found = Vec::new();
    let mut scalars = scalars.iter().map(|span| (span.start.index(), span.end.index())).peekable();
    let (mut line, mut column, mut before, mut in_comment) = (1, 0, '\n', false);
    for (index, c) in text.chars().enumerate() {
        column += 1;
        while scalars.next_if(|(_, end)| *end <= index).is_some() {}
        let in_scalar = scalars.peek().is_some_and(|(start, _)| *start <= index);
        if c == '#' && before.is_whitespace() && !in_scalar && !in_comment {
            found.push(Spot { line, column });
            in_comment = true;
        }
        if c == '\n' {
            (line, column, in_comment) = (line + 1, 0, false);
        }
        before = c;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# head
a: {x: 0, y: [1, 'b # no']} # one
list:
- id: größer # two
  text: |
    # no comment
    more # neither
- {id: z, w: \"#\"}
# last
c#d: plain # three
";

    #[test]
    fn values_and_names_are_found() {
        let positions = Positions::of(TEXT);
        let check = |pointer: &str, key: (u64, u64), value: (u64, u64)| {
            let pair = |spot: Spot| (spot.line, spot.column);
            assert_eq!(
                (pair(positions.key_at(pointer)), pair(positions.value_at(pointer))),
                (key, value),
                "{pointer}"
            );
        };
        check("", (2, 1), (2, 1));
        check("/a/y/1", (2, 18), (2, 18));
        check("/a/x", (2, 5), (2, 8));
        check("/list/0/id", (4, 3), (4, 7));
        check("/list/1", (8, 3), (8, 3));
        check("/list/1/w", (8, 11), (8, 14));
        check("/list/1/missing/deep", (8, 3), (8, 3));
        check("/c#d", (10, 1), (10, 6));
    }

    #[test]
    fn comments_are_told_from_texts() {
        let lines =
            |text: &str| Positions::of(text).comments.iter().map(|spot| spot.line).collect::<Vec<_>>();
        assert_eq!(lines(TEXT), [1, 2, 4, 9, 10]);
        assert_eq!(lines("{\"a\": \"# no\", \"b\": [1]}"), [] as [u64; 0]);
    }

    #[test]
    fn what_is_no_yaml_is_read_as_far_as_it_goes() {
        let positions = Positions::of("a: 1\nb: [1, 2\nc: }\n");
        assert_eq!(positions.value_at("/a"), Spot { line: 1, column: 4 });
        assert_eq!(Positions::of("").value_at("/x"), Spot { line: 1, column: 1 });
    }
}
