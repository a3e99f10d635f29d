//! The canvases of `examples/` are valid and in canonical form, as `impala canvas pull` writes them.

use impala_core::document;

#[test]
fn examples_are_canonical() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("the folder of examples") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("readable");
        let canvas = document::read_canvas(&document::from_yaml(&text).expect("YAML")).expect("a canvas");
        assert_eq!(document::to_yaml(&canvas), text, "{}", path.display());
        seen += 1;
    }
    assert!(seen > 0, "no example in {folder}");
}

/// `tests/fixtures/canvases/README.md` says what they are.
#[test]
fn documents_of_all_times_load_and_lose_nothing() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/canvases");
    let mut blocks = Vec::new();
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("a file").path()).collect();
    paths.sort();
    for path in paths.into_iter().filter(|path| path.extension().is_none_or(|extension| extension != "md")) {
        let text = std::fs::read_to_string(&path).expect("readable");
        let value = document::from_yaml(&text).expect("YAML, or JSON, which is YAML too");
        let canvas =
            document::read_canvas(&value).unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
        let again = |text: &str| document::read_canvas(&document::from_yaml(text).expect("YAML"));
        assert_eq!(
            again(&document::to_yaml(&canvas)).expect("a canvas"),
            sorted(&canvas),
            "{}",
            path.display()
        );
        assert_eq!(
            again(&document::to_json(&canvas)).expect("a canvas"),
            sorted(&canvas),
            "{}",
            path.display()
        );
        blocks.push((path.file_stem().expect("a name").to_owned(), canvas.spec.blocks.len()));
    }
    let expected = [("v1-empty", 0), ("v1-every-kind", 16), ("v1-expect", 3), ("v1-hand-written", 2)];
    assert_eq!(blocks, expected.map(|(name, blocks)| (name.into(), blocks)));
}

fn sorted(canvas: &impala_core::Canvas) -> impala_core::Canvas {
    let mut sorted = canvas.clone();
    sorted.sort();
    sorted
}
