//! The canvases of `examples/` are valid and stand there in canonical form, as `impala canvas pull` writes them.

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
