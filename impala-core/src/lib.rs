//! What Impala's parts agree on: the models, the query model, the bodies of the API and its client.
//!
//! Nothing here knows a terminal, a database or a web server. In reading order:
//!
//! * [`canvas`], [`block`], [`encoding`], [`parameter`]: the canvas document as people write it
//! * [`grid`]: where blocks stand, and what moves when one of them does
//! * [`merge`]: two people's changes to one canvas, block by block; [`difference`]: what differs between two
//! * [`document`]: strict reading and canonical writing of that document, in JSON and YAML
//! * [`lint`]: what is wrong in a text, by line and column; [`schema`]: the JSON Schema of the document
//! * [`term`], [`query`]: what a block asks of its source
//! * [`data`]: the typed columns that come back
//! * [`source`]: CSV sources, their versions and column types
//! * [`expect`]: what is expected of a block, and whether it is so
//! * [`number_format`]: `"{:.1} mm"`
//! * [`name`]: rules for names, and the nearest known one
//! * [`error`]: [`Invalid`], which says what is wrong where
//! * [`propose`]: a first canvas for a source that nobody has looked at yet
//! * [`api`]: paths and bodies of the HTTP API
//! * `client` (feature `client`): one method a route

pub mod api;
pub mod block;
pub mod canvas;
#[cfg(feature = "client")]
pub mod client;
pub mod data;
pub mod difference;
pub mod document;
pub mod encoding;
pub mod error;
pub mod expect;
pub mod grid;
pub mod lint;
pub mod mentions;
pub mod merge;
pub mod name;
pub mod number_format;
pub mod parameter;
pub mod propose;
pub mod query;
pub mod schema;
pub mod source;
pub mod table_schema;
pub mod term;
mod yaml;

pub use block::{Block, BlockKind};
pub use canvas::Canvas;
pub use data::BlockData;
pub use error::{FieldError, Invalid};
pub use grid::Place;
pub use query::Query;
