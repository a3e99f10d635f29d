//! What is on disk afterwards, and what happens when it cannot be.

use super::*;

#[test]
fn bytes_are_kept_as_they_came() {
    let bytes = b"\xEF\xBB\xBFa,b\r\n1,2\n";
    let kept = good(bytes, &automatic());
    assert_eq!(std::fs::read(kept.path("csv")).expect("kept"), bytes);
    assert_eq!(kept.scanned.size_bytes, bytes.len() as u64);
    assert_eq!(kept.scanned.sha256, "06b5f8d8efeecd12fb8645b0c0a73c9147e0c97ad58afd15d493a264dc483ffd");
    assert_eq!(kept.scanned.columns[0].name, "a");
    assert_eq!(kept.convert().height(), 1);
}

#[test]
fn encodings_are_told() {
    let check = |bytes: &[u8], expected: &str| {
        let kept = good(bytes, &automatic());
        assert_eq!(kept.scanned.encoding, expected);
        let frame = kept.convert();
        let text = frame.columns()[1].str().expect("text").get(0).map(str::to_owned);
        assert_eq!(text.as_deref(), Some("café"), "{expected}");
    };
    let utf16: Vec<u8> = "a,b\n1,café\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    check("a,b\n1,café\n".as_bytes(), "UTF-8");
    check(b"a,b\n1,caf\xE9\n", "windows-1252 (detected)");
    check(&utf16, "UTF-16LE (detected)");
    check(&[b"\xFF\xFE", utf16.as_slice()].concat(), "UTF-16LE (byte order mark)");
}

#[test]
fn a_late_byte_that_is_not_utf8_has_the_whole_file_read_again() {
    let late = ["a;b\n", &"1;cafe\n".repeat(50_000)].concat();
    let kept = good([late.as_bytes(), b"2;caf\xE9\n"].concat(), &automatic());
    let scanned = &kept.scanned;
    assert_eq!(
        (scanned.rows, scanned.encoding.as_str(), scanned.delimiter.as_str()),
        (50_001, "windows-1252 (detected)", ";")
    );
    assert_eq!(scanned.columns[1].max.as_deref(), Some("café"));
}

#[test]
fn one_column_may_hold_empty_lines() {
    let kept = good("a\n1\n\n3\n", &automatic());
    assert_eq!((kept.scanned.rows, kept.scanned.columns[0].nulls), (3, 1));
    let kept = good("a,b\n1,2\n\n3,4\n\n", &automatic());
    assert_eq!((kept.scanned.rows, kept.convert().height()), (2, 2));
}

#[test]
fn a_full_batch_is_written_and_the_next_begun() {
    let csv = ["a,b\n", &"1,x\n".repeat(200_000)].concat();
    let frame = good(csv, &automatic()).convert();
    assert_eq!(frame.height(), 200_000);
    assert_eq!(frame.columns()[0].i64().expect("integers").iter().flatten().sum::<i64>(), 200_000);
}

#[test]
fn another_file_is_not_converted() {
    let kept = good("a,b\n1,2\n", &automatic());
    for other in ["a,b\n1,2\n3,4\n", "a,b\n1,x\n", "a,b\n1\n", "a,b\n1,\"2\n", "a,b\n1,2\u{0}\n"] {
        std::fs::write(kept.path("csv"), other).expect("written");
        let result =
            write_parquet(&kept.path("csv"), &kept.scanned, &kept.path("parquet"), None, &Stop::never());
        assert!(matches!(result, Err(IngestError::Failed(_))), "{other:?}: {result:?}");
    }
}

#[test]
fn work_ends_when_nobody_waits() {
    let kept = good("a,b\n1,2\n", &automatic());
    let stop = Stop::never();
    stop.cancel();
    let result = write_parquet(&kept.path("csv"), &kept.scanned, &kept.path("parquet"), None, &stop);
    assert!(matches!(result, Err(IngestError::Stopped(_))), "{result:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_told_as_such() {
    use std::io::ErrorKind::StorageFull;
    use std::path::Path;

    let full =
        File::options().read(true).write(true).open("/dev/full").expect("a device that is always full");
    let mut intake = Intake::new(full, &automatic(), CsvLimits::default()).expect("good settings");
    let pushed = intake.push(b"a,b\n1,2\n").and_then(|()| intake.finish(&Stop::never()).map(drop));
    assert!(matches!(pushed, Err(IngestError::Io(ref error)) if error.kind() == StorageFull), "{pushed:?}");

    let csv = ["a,b\n".to_owned()]
        .into_iter()
        .chain((0..200_000).map(|number| format!("{number},{}\n", number * 7919 % 99_991)));
    let kept = good(csv.collect::<String>(), &automatic());
    for (parquet, rejects) in [("/dev/full", None), ("/dev/null", Some(Path::new("/dev/full")))] {
        let result =
            write_parquet(&kept.path("csv"), &kept.scanned, Path::new(parquet), rejects, &Stop::never());
        assert!(
            matches!(result, Err(IngestError::Io(ref error)) if error.kind() == StorageFull),
            "{parquet}: {result:?}"
        );
    }
}
