//! The errors for bad files.

use super::*;

/// * `expected`: a problem a line
fn check(csv: impl AsRef<[u8]>, expected: &str) {
    assert_eq!(refusal(&csv, &automatic()), expected, "{}", String::from_utf8_lossy(csv.as_ref()));
}

#[test]
fn a_file_without_rows_is_refused() {
    check("", "the file is empty; expected a header and at least one row");
    check("\n\r\n", "the file is empty; expected a header and at least one row");
    check("\u{feff}", "the file is empty; expected a header and at least one row");
    check("a,b\n", "the file holds a header and no rows; expected at least one row of data");
    check("a,b\n\n\n", "the file holds a header and no rows; expected at least one row of data");
}

#[test]
fn a_header_names_every_column_once() {
    check(
        "a,,b,\n1,2,3,4\n",
        "line 1: column 2 has no name; expected a header that names every column\nline 1: column 4 has no name; expected a header that names every column",
    );
    check(
        "a,b,a\n1,2,3\n",
        "line 1, column \"a\": columns 1 and 3 are both called \"a\"; expected different names",
    );
    check(
        "\na, a\n1,2\n",
        "line 2, column \"a\": columns 1 and 2 are both called \"a\"; expected different names",
    );
    check("a\0,b\n1,2\n", "line 1: in the header, a field holds a NUL byte; expected text");
    check(
        "\"a\"x,b\n1,2\n",
        "line 1: in the header, text follows a closing quote; expected a delimiter or the end of the line (within quotes, a quote is written twice)",
    );
}

#[test]
fn a_row_of_data_is_no_header() {
    let expected = "line 1: the first row looks like data; expected a header with the names of the columns (a file without one is read with no_header)";
    check("2012-01-01,0.0,drizzle\n2012-01-02,10.9,rain\n", expected);
    check("Adelie,39.1,181\nAdelie,39.5,186\n", expected);
    for header in ["country,1990,1991", "0,1,2", "date,0.5,x", "a,b,c"] {
        good(format!("{header}\nBern,1.5,2\n"), &automatic());
    }
    let headless = CsvSettings { no_header: true, ..automatic() };
    let kept = good("2012-01-01,0.0\n2012-01-02,10.9\n", &headless);
    let names: Vec<&str> = kept.scanned.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!((names, kept.scanned.rows, kept.convert().height()), (vec!["column_1", "column_2"], 2, 2));
}

#[test]
fn ragged_rows_are_named() {
    check(
        "a,b,c\n1,2,3\n4,5\n",
        "row 2, line 3, column \"c\": the row has 2 fields; expected 3, as in the header",
    );
    check("a,b\n\"1\n\",2\n\n3,4,5\n", "row 2, line 5: the row has 3 fields; expected 2, as in the header");
    let rows = "1\n".repeat(1042);
    let message = refusal(format!("a,b\n{rows}"), &automatic());
    assert_eq!(message.lines().count(), 6);
    assert!(message.starts_with("row 1, line 2, column \"b\": the row has 1 field; expected 2"), "{message}");
    assert!(message.ends_with("\nand 1,037 more"), "{message}");
    let headless = CsvSettings { no_header: true, ..automatic() };
    assert_eq!(
        refusal("a,b\nc\n", &headless),
        "row 2, line 2, column \"column_2\": the row has 1 field; expected 2, as in the first row"
    );
}

#[test]
fn quotes_are_read_strictly() {
    check(
        "a,b\n1,\"x\n2,y\n",
        "row 1, line 2, column \"b\": a quote is opened here and never closed; expected another quote before the end of the file",
    );
    check(
        "a,b\n1,\"x\"y\n2,y\n",
        "row 1, line 2, column \"b\": text follows a closing quote; expected a delimiter or the end of the line (within quotes, a quote is written twice)",
    );
    let kept = good("a,b\n\"x\r\ny\",\"say \"\"hi\"\"\"\n5\" pipe,z\n", &automatic());
    let values: Vec<String> =
        kept.convert().columns()[0].str().expect("text").iter().flatten().map(str::to_owned).collect();
    assert_eq!(values, ["x\r\ny", "5\" pipe"]);
}

#[test]
fn a_problem_shows_the_value() {
    let check = |csv: &[u8], expected: &str| {
        let Err(IngestError::Refused(invalid)) = take_in(csv, &automatic()) else { panic!("refused") };
        assert_eq!(invalid.errors[0].value.as_deref(), Some(expected));
    };
    check(b"a,b\n1,2\n3,4,5\n", "3,4,5");
    check(b"a,b\n1,\"x\"y\n", "xy");
    check(b"a,b\n1,x\0y\n", "x\\u{0}y");
    check("\u{feff}a,b\n1,x".bytes().chain([0xE9]).collect::<Vec<u8>>().as_slice(), "E9");
}

#[test]
fn what_is_no_text_is_refused() {
    check("a,b\n1,x\0\n", "row 1, line 2, column \"b\": a field holds a NUL byte; expected text");
    check(
        b"\xEF\xBB\xBFa,b\n1,2\n3,caf\xE9\n",
        "row 2, line 3, column \"b\": these bytes are no text in UTF-8, which its byte order mark says it is in",
    );
    let mostly_utf8 = ["a,b\n1,é\n2,é\n3,".as_bytes(), b"\xE9\n"].concat();
    check(
        mostly_utf8,
        "row 3, line 4, column \"b\": these bytes are no text in UTF-8, which most of the file is in",
    );
    let declared = CsvSettings { encoding: Some("utf-8".to_owned()), ..automatic() };
    assert_eq!(
        refusal(b"a,b\n1,caf\xE9\n", &declared),
        "row 1, line 2, column \"b\": these bytes are no text in UTF-8; set another encoding, or none to have it detected"
    );
}

#[test]
fn other_kinds_of_files_are_recognised() {
    check(
        b"\x1F\x8B\x08\0abc",
        "the file is packed with gzip and cannot be unpacked (incomplete deflate stream); pack and send it again",
    );
    check(b"\xFD7zXZ\0abc", "the file is compressed with xz; expected CSV text: unpack it first");
    check(
        b"PK\x03\x04\x14\0",
        "the file is a ZIP archive or an Excel workbook; expected CSV text: unpack it, or save the sheet as CSV first",
    );
    good("PAR1,PAR2\n1,2\n", &automatic());
}

#[test]
fn a_wide_file_and_a_huge_field_are_refused() {
    let header: Vec<String> = (0..10_000).map(|number| format!("c{number}")).collect();
    check(
        format!("{}\n", header.join(",")),
        "line 1: the file has 10,000 columns; at most 4,096 are allowed",
    );
    let huge = "x".repeat((1 << 20) + 1);
    check(
        format!("a,b\n1,2\n3,{huge}\n"),
        "row 2, line 3, column \"b\": a field is larger than 1,048,576 bytes; is a quote before it never closed?",
    );
    let nearly = "x".repeat(1 << 20);
    good(format!("a,b\n1,{nearly}\n"), &automatic());
    let wide: String = vec![nearly; 17].join(",");
    let names: Vec<String> = header[..17].to_vec();
    check(
        format!("{}\n{wide}\n", names.join(",")),
        "row 1, line 2: all fields of the row together are larger than 16 times 1,048,576 bytes",
    );
}

#[test]
fn types_set_by_hand_are_kept_to() {
    let check = |csv: &str, column: &str, column_type, expected: &str| {
        assert_eq!(refusal(csv, &by_hand(column, column_type, OnBadRows::Fail)), expected);
    };
    check(
        "a,b\n1,2\nx,3\n",
        "a",
        ColumnType::Integer,
        "row 2, line 3, column \"a\": \"x\" is not an integer such as 42",
    );
    check(
        "temp_max,b\n1,2\n",
        "temp_mx",
        ColumnType::Integer,
        "/types/temp_mx: the file has no column \"temp_mx\"; did you mean \"temp_max\"?",
    );
    check(
        "a,b\n1/31/2012,2\n31/1/2012,3\n",
        "a",
        ColumnType::Date,
        "row 2, line 3, column \"a\": \"31/1/2012\" is not a date such as 2012-01-31, written like the ones before",
    );
    check(
        "a,b\n2012-01-31T10:00,2\n",
        "a",
        ColumnType::Timestamp,
        "row 1, line 2, column \"a\": \"2012-01-31T10:00\" is not a time with a zone such as 2012-01-31T20:21:09Z",
    );
}

#[test]
fn bad_rows_can_be_skipped() {
    let settings = CsvSettings { types: [("a".to_owned(), ColumnType::Integer)].into(), ..skipping() };
    let kept = good("a,b\n1,2\nx,900\n3\n4,\"y\"z\n5,6,\"7\"\n6,-7\n", &settings);
    let scanned = &kept.scanned;
    assert_eq!((scanned.rows, scanned.rejected_rows), (2, 4));
    // What a rejected row holds has no say in its columns.
    assert_eq!(
        (scanned.columns[1].column_type, scanned.columns[1].max.as_deref()),
        (ColumnType::Integer, Some("2"))
    );
    assert_eq!(kept.convert().height(), 2);
    let expected = "row,reason,line\n\
        2,\"column \"\"a\"\": \"\"x\"\" is not an integer such as 42\",\"x,900\"\n\
        3,\"column \"\"b\"\": the row has 1 field; expected 2, as in the header\",\"3\"\n\
        4,\"column \"\"b\"\": text follows a closing quote; expected a delimiter or the end of the line (within quotes, a quote is written twice)\",\"4,\"\"y\"\"z\"\n\
        5,\"the row has 3 fields; expected 2, as in the header\",\"5,6,\"\"7\"\"\"\n";
    assert_eq!(kept.rejects(), expected);
}

#[test]
fn skipping_has_its_limits() {
    assert_eq!(
        refusal("a,b\n1\n2,3,4\n", &skipping()),
        "nothing is left of 2 rows; expected at least one good row\n\
         row 1, line 2, column \"b\": the row has 1 field; expected 2, as in the header\n\
         row 2, line 3: the row has 3 fields; expected 2, as in the header"
    );
    let open = format!("a,b\n{}1,\"x", "1\n".repeat(9));
    assert_eq!(
        refusal(open, &skipping()),
        "row 10, line 11, column \"b\": a quote is opened here and never closed; expected another quote before the end of the file"
    );
}
