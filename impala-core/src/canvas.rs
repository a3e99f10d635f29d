//! The canvas: a titled set of blocks placed on a grid, with the parameters that its reader may set.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::block::{Block, BlockKind};
use crate::error::{FieldError, Invalid};
use crate::grid::{self, Place};
use crate::name;
use crate::parameter::Parameter;

/// The `apiVersion` of the documents that this version reads and writes.
pub const API_VERSION: &str = "impala/v1";

/// Blocks that one canvas may hold.
pub const MAX_BLOCKS: usize = 500;

/// Parameters that one canvas may have.
pub const MAX_PARAMETERS: usize = 100;

/// A canvas as its author wrote it: no server ids, times or revision.
///
/// Read it with [`crate::document`], which is strict; written out it is canonical: fixed order of keys,
/// defaults left out, blocks sorted by (y, x, id).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Canvas {
    /// Always [`API_VERSION`].
    #[serde(rename = "apiVersion")]
    pub api_version: String,
    /// Always `Canvas`.
    pub kind: String,
    /// What it is called.
    pub metadata: Metadata,
    /// What is on it.
    pub spec: Spec,
}

/// What a canvas is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Metadata {
    /// Its name within the project.
    pub slug: String,
    /// Its name for people; the slug when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What it shows, in a sentence or two.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// What is on a canvas.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Spec {
    /// What its reader may set, in the order shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    /// Blocks, sorted by (y, x, id).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Block>,
}

impl Canvas {
    /// An empty canvas.
    pub fn new(slug: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            api_version: API_VERSION.to_owned(),
            kind: "Canvas".to_owned(),
            metadata: Metadata { slug: slug.into(), title: title.into(), description: String::new() },
            spec: Spec::default(),
        }
    }

    /// What to call it: its title, or its slug when it has none.
    pub fn title(&self) -> &str {
        if self.metadata.title.is_empty() { &self.metadata.slug } else { &self.metadata.title }
    }

    /// The block of that id.
    pub fn block(&self, id: &str) -> Option<&Block> {
        self.spec.blocks.iter().find(|block| block.id == id)
    }

    /// Sorts blocks into reading order, as the canonical form wants them.
    pub fn sort(&mut self) {
        self.spec.blocks.sort_by(|a, b| (a.at.y, a.at.x, &a.id).cmp(&(b.at.y, b.at.x, &b.id)));
    }

    /// Where the blocks stand, in the order of `spec.blocks`.
    pub fn places(&self) -> Vec<Place> {
        self.spec.blocks.iter().map(|block| block.at).collect()
    }

    /// Adds a block in the first free spot for its size, or, with `at`, there: those in the way move down.
    pub fn add(&mut self, mut block: Block, at: Option<Place>) {
        let mut places = self.places();
        let spot = at.unwrap_or_else(|| grid::first_free(&places, block.at.w, block.at.h));
        block.at = spot;
        places.push(spot);
        self.spec.blocks.push(block);
        let last = places.len() - 1;
        self.arrange(places, |places| grid::place(places, last, spot));
    }

    /// Moves or resizes a block; those in the way move down. Does nothing when there is no such block.
    pub fn place(&mut self, id: &str, to: Place) {
        if let Some(index) = self.spec.blocks.iter().position(|block| block.id == id) {
            self.arrange(self.places(), |places| grid::place(places, index, to));
        }
    }

    /// Closes the gaps between blocks.
    pub fn compact(&mut self) {
        self.arrange(self.places(), grid::compact);
    }

    fn arrange(&mut self, mut places: Vec<Place>, change: impl FnOnce(&mut [Place])) {
        change(&mut places);
        for (block, place) in self.spec.blocks.iter_mut().zip(places) {
            block.at = place;
        }
        self.sort();
    }

    /// An id for a new block that no other has: `stem`, `stem-2`, `stem-3`, ...
    pub fn fresh_id(&self, stem: &str) -> String {
        let stem = match name::slug_from(stem) {
            slug if slug.is_empty() => "block".to_owned(),
            slug => slug,
        };
        std::iter::once(stem.clone())
            .chain((2..).map(|n| format!("{stem}-{n}")))
            .find(|id| self.block(id).is_none())
            .unwrap_or(stem)
    }

    /// Checks everything that can be checked without the sources: names, grid, parameters, encodings.
    ///
    /// # Errors
    /// Every fault found, each with its JSON pointer.
    pub fn check(&self) -> Result<(), Invalid> {
        let mut errors = Vec::new();
        errors.extend(name::check_slug("/metadata/slug", &self.metadata.slug).err());
        for (pointer, text, longest) in [
            ("/metadata/title", &self.metadata.title, 200),
            ("/metadata/description", &self.metadata.description, 2_000),
        ] {
            if text.chars().count() > longest {
                errors.push(FieldError::at(pointer, format!("longer than {longest} characters")));
            }
        }
        self.check_parameters(&mut errors);
        self.check_blocks(&mut errors);
        Invalid::unless_empty(errors)
    }

    fn check_parameters(&self, errors: &mut Vec<FieldError>) {
        let mut seen = BTreeMap::new();
        for (index, parameter) in self.spec.parameters.iter().enumerate() {
            let pointer = format!("/spec/parameters/{index}");
            parameter.check(&pointer, errors);
            if let Some(first) = seen.insert(&parameter.name, index) {
                let detail = format!("\"{}\" is the name of parameter {first} too", parameter.name);
                errors.push(FieldError::at(format!("{pointer}/name"), detail));
            }
        }
    }

    fn check_blocks(&self, errors: &mut Vec<FieldError>) {
        let blocks = &self.spec.blocks;
        if blocks.len() > MAX_BLOCKS {
            let detail = format!("{} blocks, where a canvas holds up to {MAX_BLOCKS}", blocks.len());
            errors.push(FieldError::at("/spec/blocks", detail));
            return;
        }
        let mut seen = BTreeMap::new();
        for (index, block) in blocks.iter().enumerate() {
            let pointer = format!("/spec/blocks/{index}");
            block.check(&pointer, errors);
            if let Some(first) = seen.insert(&block.id, index) {
                let detail = format!("\"{}\" is the id of block {first} too", block.id);
                errors.push(FieldError::at(format!("{pointer}/id"), detail));
            }
            for (other_index, other) in blocks[..index].iter().enumerate() {
                if block.at.overlaps(&other.at) {
                    let detail = format!("overlaps block \"{}\" (/spec/blocks/{other_index})", other.id);
                    errors.push(FieldError::at(format!("{pointer}/at"), detail));
                }
            }
            self.check_text_parameters(block, &pointer, errors);
        }
    }

    /// What `{{name}}` may stand for: parameters, and metric blocks by their id.
    fn placeholder_names(&self) -> impl Iterator<Item = &str> {
        let metrics = self.spec.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Metric(_)));
        let parameters = self.spec.parameters.iter().map(|parameter| parameter.name.as_str());
        parameters.chain(metrics.map(|block| block.id.as_str()))
    }

    /// `{{name}}` in a text block must name a parameter or a metric block of the canvas.
    fn check_text_parameters(&self, block: &Block, pointer: &str, errors: &mut Vec<FieldError>) {
        let BlockKind::Text(text) = &block.kind else {
            return;
        };
        for placeholder in text.placeholders() {
            if !self.placeholder_names().any(|name| name == placeholder) {
                let hint = name::suggestion(placeholder, self.placeholder_names());
                let detail = format!(
                    "{{{{{placeholder}}}}} names no parameter and no metric block of this canvas{hint}"
                );
                errors.push(FieldError::at(format!("{pointer}/markdown"), detail));
            }
        }
    }
}
