//! Faults of an archive are found and reported.

use std::io::{Read as _, Write as _};
use std::path::Path;

use impala_server::backup::Error;
use tar::{Builder, Header};

use super::{Folder, create, restore, seeded, verify};

/// The tar file in an archive.
pub fn unpacked(archive: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    zstd::Decoder::new(std::fs::File::open(archive).unwrap()).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

type Member = (String, Vec<u8>);

fn members(archive: &Path) -> Vec<Member> {
    let bytes = unpacked(archive);
    let mut tar = tar::Archive::new(&bytes[..]);
    let entries = tar.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        (entry.path().unwrap().to_str().unwrap().to_owned(), content)
    });
    entries.collect()
}

/// Writes an archive that is consistent, whatever its members are.
fn pack(archive: &Path, members: &[Member]) {
    let file = zstd::Encoder::new(std::fs::File::create(archive).unwrap(), 1).unwrap();
    let mut tar = Builder::new(file);
    for (name, content) in members {
        let mut header = Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o600);
        tar.append_data(&mut header, name, &content[..]).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap().flush().unwrap();
}

async fn faults(archive: &Path) -> Vec<String> {
    match verify(archive).await {
        Err(Error::BadArchive { faults }) => faults,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_byte_in_any_member_is_found() {
    let folder = Folder::new();
    let (config, archive, bad) = (folder.config("a"), folder.path("a.tar.zst"), folder.path("bad.tar.zst"));
    seeded(&config).await;
    create(&config, &archive).await.unwrap();
    let members = members(&archive);
    let folders =
        ["documents/", "uploads/", "rows/users/", "rows/shares/", "manifest.json", "manifest.sha256"];
    assert!(folders.iter().all(|folder| members.iter().any(|(name, _)| name.starts_with(folder))));
    for index in 0..members.len() {
        let mut members = members.clone();
        let (name, content) = &mut members[index];
        let name = name.clone();
        let Some(middle) = content.len().checked_div(2).filter(|_| !content.is_empty()) else { continue };
        content[middle] ^= 1;
        pack(&bad, &members);
        let faults = faults(&bad).await;
        let is_told =
            |fault: &String| fault.contains(&name) || fault.contains("header") || fault.contains("manifest");
        assert!(faults.iter().any(is_told), "{name}: {faults:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_byte_of_the_file_itself_is_found() {
    let folder = Folder::new();
    let (config, archive, bad) = (folder.config("a"), folder.path("a.tar.zst"), folder.path("bad.tar.zst"));
    seeded(&config).await;
    create(&config, &archive).await.unwrap();
    let (bytes, whole) = (std::fs::read(&archive).unwrap(), unpacked(&archive));
    let mut found = 0;
    for at in (0..bytes.len()).step_by(bytes.len() / 40 + 1).chain([bytes.len() - 1]) {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x10;
        // Some bits mean nothing, such as the size of the window, or from which of two equal stretches a third is copied.
        if zstd::decode_all(&bytes[..]).is_ok_and(|content| content == whole) {
            continue;
        }
        std::fs::write(&bad, bytes).unwrap();
        faults(&bad).await;
        found += 1;
    }
    assert!(found > 30, "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_was_cut_off_is_found_wherever() {
    let folder = Folder::new();
    let (config, archive, bad) = (folder.config("a"), folder.path("a.tar.zst"), folder.path("bad.tar.zst"));
    seeded(&config).await;
    create(&config, &archive).await.unwrap();
    let bytes = std::fs::read(&archive).unwrap();
    for length in (0..bytes.len()).step_by(bytes.len() / 30 + 1).chain([bytes.len() - 1]) {
        std::fs::write(&bad, &bytes[..length]).unwrap();
        let faults = faults(&bad).await;
        let is_told = faults[0].contains("cut off");
        assert!(is_told, "{length}: {faults:?}");
    }
    // Cut off between two members, and otherwise consistent.
    let all = members(&archive);
    for length in 1..all.len() {
        pack(&bad, &all[..length]);
        let faults = faults(&bad).await;
        assert!(faults.iter().any(|fault| fault.contains("cut off")), "{length}: {faults:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_that_are_missing_or_too_many_are_named() {
    let folder = Folder::new();
    let (config, archive, bad) = (folder.config("a"), folder.path("a.tar.zst"), folder.path("bad.tar.zst"));
    seeded(&config).await;
    create(&config, &archive).await.unwrap();
    let all = members(&archive);
    for missing in 1..all.len() - 2 {
        let mut members = all.clone();
        let (name, _) = members.remove(missing);
        pack(&bad, &members);
        let faults = faults(&bad).await;
        assert!(faults.contains(&format!("{name} is missing")), "{faults:?}");
    }
    for extra in ["documents/000009.ndjson", "../../etc/passwd.txt", "rows/users/000002.ndjson", "x"] {
        let mut members = all.clone();
        members.insert(2, (extra.replace("../", "up/"), Vec::new()));
        pack(&bad, &members);
        let faults = faults(&bad).await;
        assert!(faults.iter().any(|fault| fault.contains("not in the manifest")), "{extra}: {faults:?}");
    }
    let mut members = all;
    members.push(("late".to_owned(), Vec::new()));
    pack(&bad, &members);
    assert!(faults(&bad).await.contains(&"late is not in the manifest".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_archive_is_called_so() {
    let folder = Folder::new();
    let archive = folder.path("a.tar.zst");
    for bytes in [&b""[..], b"a,b\n1,2\n", &[0; 4096]] {
        std::fs::write(&archive, bytes).unwrap();
        assert!(faults(&archive).await[0].contains("not a backup of Impala"));
    }
    pack(&archive, &[("hello.txt".to_owned(), b"hello".to_vec())]);
    assert!(faults(&archive).await[0].contains("not a backup of Impala"));
    let missing = verify(&folder.path("none")).await.unwrap_err().to_string();
    assert!(missing.starts_with("could not read"), "{missing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_of_a_newer_impala_is_refused_with_a_clear_line() {
    let folder = Folder::new();
    let (config, archive) = (folder.config("a"), folder.path("a.tar.zst"));
    seeded(&config).await;
    create(&config, &archive).await.unwrap();
    let all = members(&archive);
    for (field, value) in [("\"format\": 1", "\"format\": 2"), ("\"schema\": ", "\"schema\": 99")] {
        let mut members = all.clone();
        let header = String::from_utf8(members[0].1.clone()).unwrap();
        members[0].1 = header.replace(field, value).into_bytes();
        let newer = folder.path("newer.tar.zst");
        pack(&newer, &members);
        let error = restore(&folder.config("b"), &newer).await.unwrap_err();
        assert!(matches!(&error, Error::Newer(text) if text.contains("update Impala first")), "{error:?}");
        assert!(!folder.path("b").exists(), "nothing was touched");
    }
}
