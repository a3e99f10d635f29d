//! Lists in parts. A cursor is the last key of the part before, opaque to those who carry it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use impala_core::Invalid;
use impala_core::api::Page;

use super::Error;

/// Items of a part when nothing is said.
const DEFAULT_LIMIT: u32 = 100;

/// Items of a part at most.
pub const MAX_LIMIT: u32 = 1_000;

/// What part of a list is asked for: the query `?cursor=&limit=`.
#[derive(Clone, Debug, Default, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct PageRequest {
    /// `next_cursor` of the part before.
    pub cursor: Option<String>,
    /// Items at most, 1 to 1000; 100 when left out.
    pub limit: Option<u32>,
}

impl PageRequest {
    /// The key to go on behind. The empty text, which comes before every key, at the beginning.
    ///
    /// # Errors
    /// `Invalid` when it is not a cursor of this server.
    pub fn after(&self) -> Result<String, Error> {
        let Some(cursor) = &self.cursor else {
            return Ok(String::new());
        };
        URL_SAFE_NO_PAD
            .decode(cursor)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .filter(|key| !key.contains('\0'))
            .ok_or_else(no_cursor)
    }

    /// As [`PageRequest::after`], for lists whose keys are numbers.
    ///
    /// # Errors
    /// `Invalid` when it is not a cursor of this server.
    pub fn after_number<T: std::str::FromStr>(&self) -> Result<Option<T>, Error> {
        match self.after()?.as_str() {
            "" => Ok(None),
            number => number.parse().map(Some).map_err(|_| no_cursor()),
        }
    }

    /// Items of this part at most.
    ///
    /// # Errors
    /// `Invalid` when it is out of range.
    pub fn limit(&self) -> Result<usize, Error> {
        match self.limit.unwrap_or(DEFAULT_LIMIT) {
            limit @ 1..=MAX_LIMIT => Ok(limit as usize),
            limit => {
                Err(Invalid::at("/limit", format!("is {limit}, where 1 to {MAX_LIMIT} is possible")).into())
            }
        }
    }

    /// How many rows to ask the store for: one more than are shown, to know whether there are others.
    ///
    /// # Errors
    /// As [`PageRequest::limit`].
    pub fn rows(&self) -> Result<i64, Error> {
        Ok(i64::try_from(self.limit()?).unwrap_or(i64::MAX) + 1)
    }

    /// Makes the part of `items`, which were got with [`PageRequest::rows`] and are sorted by `key`.
    ///
    /// # Errors
    /// As [`PageRequest::limit`].
    pub fn page<T>(&self, mut items: Vec<T>, key: impl Fn(&T) -> String) -> Result<Page<T>, Error> {
        let limit = self.limit()?;
        let has_more = items.len() > limit;
        items.truncate(limit);
        let last = items.last().filter(|_| has_more);
        let next_cursor = last.map(|item| URL_SAFE_NO_PAD.encode(key(item)));
        Ok(Page { items, next_cursor })
    }
}

fn no_cursor() -> Error {
    Invalid::at("/cursor", "is not a cursor; take next_cursor of the part before, or leave it out").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(request: &PageRequest) -> Result<Page<String>, Error> {
        let after = request.after()?;
        let all = ["a", "b", "c", "d", "e"].map(str::to_owned);
        let rows = all.into_iter().filter(|key| *key > after).take(request.rows()? as usize).collect();
        request.page(rows, Clone::clone)
    }

    #[test]
    fn parts_follow_each_other_without_gap_or_overlap() {
        for limit in 1..=6 {
            let mut request = PageRequest { cursor: None, limit: Some(limit) };
            let mut seen = Vec::new();
            loop {
                let page = list(&request).unwrap();
                assert!(!page.items.is_empty() && page.items.len() <= limit as usize);
                seen.extend(page.items);
                match page.next_cursor {
                    Some(cursor) => request.cursor = Some(cursor),
                    None => break,
                }
            }
            assert_eq!(seen, ["a", "b", "c", "d", "e"], "limit {limit}");
        }
    }

    #[test]
    fn what_is_no_part_is_refused() {
        let check = |cursor: Option<&str>, limit, expected: &str| {
            let request = PageRequest { cursor: cursor.map(str::to_owned), limit };
            assert!(list(&request).unwrap_err().to_string().contains(expected));
        };
        check(Some("%%"), None, "/cursor: is not a cursor");
        check(Some("_w"), None, "/cursor: is not a cursor");
        check(None, Some(0), "/limit: is 0");
        check(None, Some(1_001), "1 to 1000");
    }
}
