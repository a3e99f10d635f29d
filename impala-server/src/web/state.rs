//! Hashes of the state of a canvas's blocks, so that an open page fetches only those that have changed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use impala_core::{Block, BlockKind, Canvas};
use sha2::{Digest as _, Sha256};

/// Bytes of a hash that tell apart what one block was and is: few enough for a page of a hundred of them.
const HASH_BYTES: usize = 6;

/// A short name of some bytes, of letters that stand for themselves in an address.
pub fn short_hash(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    URL_SAFE_NO_PAD.encode(&hash[..HASH_BYTES])
}

/// A hash for each block, in the order of the canvas: it changes when what the block shows may change. Its place is no
/// part of it.
pub fn of_blocks(canvas: &Canvas) -> String {
    let blocks = canvas.spec.blocks.iter();
    blocks.map(|block| of_block(canvas, block)).collect::<Vec<_>>().join(" ")
}

fn of_block(canvas: &Canvas, block: &Block) -> String {
    let named: Vec<&Block> = match &block.kind {
        BlockKind::Text(text) => text.placeholders().filter_map(|name| canvas.block(name)).collect(),
        _ => Vec::new(),
    };
    let parts: Vec<_> =
        std::iter::once(&block).chain(&named).map(|block| (&block.title, &block.kind)).collect();
    // The derived form holds every field; what is written for people does not.
    short_hash(format!("{:?} {parts:?} {:?}", block.block_type, canvas.spec.parameters).as_bytes())
}

#[cfg(test)]
mod tests {
    use impala_core::document;

    use super::*;

    fn canvas(parameters: &str, blocks: &str) -> Vec<String> {
        let yaml = format!(
            "{{apiVersion: impala/v1, kind: Canvas, metadata: {{slug: c}}, spec: {{parameters: [{parameters}], blocks: [{blocks}]}}}}"
        );
        let canvas = document::read_canvas(&document::from_yaml(&yaml).unwrap()).unwrap();
        of_blocks(&canvas).split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn a_block_has_another_state_when_it_can_show_something_else() {
        let text = "{id: a, type: text, markdown: 'x {{m}}', at: {x: 0, y: 0, w: 4, h: 4}}";
        let metric = |field: &str| {
            format!(
                "{{id: m, type: metric, source: s, value: {{aggregate: max, field: {field}}}, at: {{x: 4, y: 0, w: 4, h: 4}}}}"
            )
        };
        let was = canvas("", &format!("{text}, {}", metric("f")));
        let moved = canvas("", &format!("{}, {}", text.replace("y: 0", "y: 9"), metric("f")));
        assert_eq!(was.iter().collect::<std::collections::BTreeSet<_>>(), moved.iter().collect());
        // A text shows the metrics that it names.
        let other = canvas("", &format!("{text}, {}", metric("g")));
        assert!(was[0] != other[0] && was[1] != other[1]);
        let with_parameter = canvas("{name: p, type: number}", &format!("{text}, {}", metric("f")));
        assert!(was[0] != with_parameter[0] && was[1] != with_parameter[1]);
    }
}
