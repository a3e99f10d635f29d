//! Reads YAML into a JSON value without letting a small text become a large one.
//!
//! An alias copies what its anchor holds, so a few lines of aliases of aliases can ask for more memory than there is. Everything
//! read is counted against a budget that grows with the text: whatever is written out fits, and so do modest aliases.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// How many times longer than the text the values may be.
const GROWTH: usize = 4;

/// What a short text may grow to, in nodes and bytes of text.
const LEAST_BUDGET: usize = 64 << 10;

/// Reads one document.
///
/// # Errors
/// Invalid YAML, a repeated key, a key that is not text, and growth beyond the budget.
pub(crate) fn read(text: &str) -> Result<Value, serde_norway::Error> {
    let left = Cell::new(LEAST_BUDGET.max(text.len().saturating_mul(GROWTH)));
    Counted { left: &left }.deserialize(serde_norway::Deserializer::from_str(text))
}

/// Makes one value, and takes it off the budget.
#[derive(Clone, Copy)]
struct Counted<'a> {
    left: &'a Cell<usize>,
}

impl Counted<'_> {
    fn take<E: Error>(self, size: usize) -> Result<(), E> {
        let left = self.left.get().checked_sub(size + 1);
        self.left.set(left.ok_or_else(|| E::custom("aliases (*name) make it too large; write it out"))?);
        Ok(())
    }

    fn scalar<E: Error>(self, value: impl Into<Value>) -> Result<Value, E> {
        self.take(0)?;
        Ok(value.into())
    }
}

impl<'de> DeserializeSeed<'de> for Counted<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Counted<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, number, true, false, null, list or object")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.scalar(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.scalar(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.scalar(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.scalar(value)
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.scalar(Value::Null)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.take(text.len())?;
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.take(0)?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        self.take(0)?;
        let mut object = Map::new();
        while let Some(key) = fields.next_key_seed(self)? {
            let Value::String(key) = key else {
                return Err(A::Error::custom(format!("the key {key} is not text")));
            };
            if object.contains_key(&key) {
                return Err(A::Error::custom(format!("the key \"{key}\" is there twice")));
            }
            let value = fields.next_value_seed(self)?;
            object.insert(key, value);
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn all_kinds_of_values_are_read() {
        let read =
            read("{a: 1, b: -2, c: 1.5, d: true, e: null, f: [x, 'y'], g: {h: 2013-01-01}}").expect("YAML");
        let expected = json!({"a": 1, "b": -2, "c": 1.5, "d": true, "e": null, "f": ["x", "y"], "g": {"h": "2013-01-01"}});
        assert_eq!(read, expected);
    }

    #[test]
    fn modest_aliases_are_read_and_bombs_are_not() {
        let modest = "{a: &a {x: 0, w: 6}, b: [*a, *a]}";
        assert_eq!(read(modest).expect("YAML")["b"][1], json!({"x": 0, "w": 6}));
        let list = vec!["1"; 20_000].join(",");
        let aliases = vec!["*a"; 300].join(",");
        let wide = format!("a: &a [{list}]\nb: [{aliases}]\n");
        assert!(read(&wide).expect_err("a bomb").to_string().contains("too large"));
        let deep = (1..12).fold("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, n| {
            let above = vec![format!("*a{}", n - 1); 10].join(",");
            format!("{text}a{n}: &a{n} [{above}]\n")
        });
        read(&deep).expect_err("a bomb");
    }

    #[test]
    fn a_key_twice_is_refused() {
        assert!(read("{a: 1, a: 2}").expect_err("a key twice").to_string().contains("\"a\" is there twice"));
        assert!(read("{1: 2}").expect_err("a number as key").to_string().contains("the key 1 is not text"));
    }
}
