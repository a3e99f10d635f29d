//! Sources: what is sent, what became of it, and what is in it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{PreviewEnd, Problem};
use crate::data::Column;
use crate::number_format::trimmed;
use crate::source::{ColumnType, SourceVersion};

bodies! {
    /// Answer to an upload.
    pub struct Upload {
        /// Name of the source.
        pub source: String,
        /// Whether these bytes, read in this way, are the current version already: nothing was made.
        pub unchanged: bool,
        /// The version that holds the bytes.
        pub version: SourceVersion,
        /// Warnings for the uploader: `12 rows were skipped`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub warnings: Vec<String>,
        /// The preview that it went to: the current version is as it was then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub preview: Option<PreviewEnd>,
    }

    /// GET `uploads/{id}`: an upload that comes in several requests.
    pub struct UploadStatus {
        /// UUIDv7.
        pub id: Uuid,
        /// Bytes that are stored.
        pub offset: u64,
        /// Bytes that it will have. With `offset` there and neither of the two below, it is being read.
        pub length: u64,
        /// When it is given up, or forgotten.
        pub expires_at: Timestamp,
        /// What it became.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub upload: Option<Upload>,
        /// Why it became nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub problem: Option<Problem>,
    }

    /// POST `sources/{name}/known`: the SHA-256 of a file that might be sent.
    #[serde(deny_unknown_fields)]
    pub struct KnownRequest {
        /// In hexadecimal.
        pub sha256: String,
    }

    /// Answer to it.
    pub struct Known {
        /// What an upload would be answered, when the current version holds those bytes, read in this way; then it need
        /// not be sent.
        pub upload: Option<Upload>,
    }

    /// POST `sources/{name}/rollback`.
    #[serde(deny_unknown_fields)]
    pub struct Rollback {
        /// The version that becomes the current one.
        pub version: u32,
    }

    /// GET `sources/{name}/preview?offset=&limit=`.
    pub struct Preview {
        /// All columns, `limit` rows at most.
        pub columns: Vec<Column>,
        /// Row that it begins with, from 0.
        pub offset: u64,
        /// Rows of the version.
        pub rows_total: u64,
    }

    /// GET `sources/{name}/choices?field=&limit=`.
    pub struct Choices {
        /// The different values of the column as text, least first, null left out.
        pub values: Vec<String>,
        /// Whether there are more.
        pub truncated: bool,
    }

    /// GET `sources/{name}/stats`: one entry a column.
    pub struct ColumnStats {
        /// Its name.
        pub name: String,
        /// Its type.
        #[serde(rename = "type")]
        pub column_type: ColumnType,
        /// Rows with a value.
        pub count: u64,
        /// Rows without.
        pub nulls: u64,
        /// Different values, null not counted.
        pub distinct: u64,
        /// Least value, as text.
        pub min: Option<String>,
        /// Greatest value, as text.
        pub max: Option<String>,
        /// For numbers.
        pub mean: Option<f64>,
        /// For numbers: sample standard deviation.
        pub stdev: Option<f64>,
        /// For numbers: first quartile.
        pub q1: Option<f64>,
        /// For numbers.
        pub median: Option<f64>,
        /// For numbers: third quartile.
        pub q3: Option<f64>,
        /// The most frequent values, up to 5, for columns of texts and booleans.
        pub top: Vec<ValueCount>,
        /// How many values fall in each of up to 16 equal steps from the least to the greatest, for numbers, dates and
        /// datetimes. For texts that are all different, or too many to be counted, the steps are of their lengths.
        #[serde(default)]
        pub spread: Vec<u64>,
        /// For texts: characters of the shortest.
        #[serde(default)]
        pub min_length: Option<u64>,
        /// For texts: characters of the longest.
        #[serde(default)]
        pub max_length: Option<u64>,
    }

    /// A value and how often it is there.
    pub struct ValueCount {
        /// As text.
        pub value: String,
        /// Rows that hold it.
        pub count: u64,
    }
}

/// Digits that count of a figure, at least and at most.
const FIGURE_DIGITS: (usize, usize) = (3, 6);

impl ColumnStats {
    /// A figure such as the mean, with as many digits that count as the values of the column have, three to six; a whole number in full.
    pub fn figure(&self, value: f64) -> String {
        let ends = [&self.min, &self.max].map(|end| end.clone().unwrap_or_default());
        let quartiles = [self.q1, self.median, self.q3].map(|value| value.map(trimmed).unwrap_or_default());
        let own = ends.iter().chain(&quartiles).map(|text| digits_that_count(text)).max().unwrap_or(0);
        let size = value.abs();
        if value == 0.0 || !(1e-6..1e15).contains(&size) {
            return trimmed(value);
        }
        let before_the_point = size.log10().floor() as i64 + 1;
        let decimals = own.clamp(FIGURE_DIGITS.0, FIGURE_DIGITS.1) as i64 - before_the_point;
        let text = format!("{value:.*}", decimals.max(0) as usize);
        match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => text,
        }
    }
}

/// Digits of a number without those zeros that only say where its point is.
fn digits_that_count(number: &str) -> usize {
    let (digits, _) = number.split_once(['e', 'E']).unwrap_or((number, ""));
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_has_the_digits_of_its_column() {
        let check = |ends: [&str; 2], median: f64, value: f64, expected: &str| {
            let stats = serde_json::json!({
                "name": "c", "type": "decimal", "count": 9, "nulls": 0, "distinct": 9, "min": ends[0], "max": ends[1],
                "median": median, "top": [],
            });
            let stats: ColumnStats = serde_json::from_value(stats).expect("figures");
            assert_eq!(stats.figure(value), expected, "{ends:?} {value}");
        };
        check(["1.3", "174.82"], 14.16, 14.16, "14.16");
        check(["1.3", "200"], 14.16, 14.16, "14.16");
        check(["1.3", "174.82"], 14.16, 18.517_794_3, "18.518");
        check(["0.4", "9.5"], 3.0, 3.241_136, "3.24");
        check(["0.4", "9.5"], 3.0, 3.0, "3");
        check(["2700", "6300"], 4_050.0, 4_201.754_39, "4202");
        check(["0", "123456789"], 5.0, 1_234_567.5, "1234568");
        check(["0.000012", "0.5"], 0.1, 0.000_012_345, "0.0000123");
        check(["-174.82", "-1.3"], -14.16, -14.16, "-14.16");
        check(["0", "0"], 0.0, 0.0, "0");
    }
}
