//! `canvases` of a project, their blocks, history and data.

use std::collections::BTreeMap;

use reqwest::Method;
use reqwest::header::IF_MATCH;

use super::call::Call;
use super::error::chain;
use super::{Client, ClientError};
use crate::api::{
    BlockSql, CanvasCheck, CanvasData, CanvasDraft, CanvasSummary, CanvasView, PARAMETER_PREFIX, Restore,
    Revision,
};
use crate::block::Block;
use crate::canvas::Canvas;
use crate::data::BlockData;
use crate::error::FieldError;

/// What a reader sets parameters to, by name; several values for a parameter that takes several.
pub type ParameterTexts = BTreeMap<String, Vec<String>>;

/// How the server is to draw a canvas; what is not said it chooses itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RenderStyle {
    /// `text`, `ansi`, `svg`, `png`, `html`, `md`, `json` or `vega-lite`.
    pub format: String,
    /// Id of a block to draw alone.
    pub block: Option<String>,
    /// Columns.
    pub width_cols: Option<u32>,
    /// Whether text is to be ASCII only.
    pub is_ascii: bool,
    /// Of PNG: `light` or `dark`.
    pub theme: Option<String>,
    /// Of PNG: dots a pixel.
    pub scale: Option<u32>,
}

pub(super) fn with_parameters(mut call: Call, parameters: &ParameterTexts) -> Call {
    for (name, values) in parameters {
        for value in values {
            call = call.query(&format!("{PARAMETER_PREFIX}{name}"), Some(value));
        }
    }
    call
}

/// All of these fail as [`ClientError`] says; status 412 means that someone else has saved a newer revision. `over` is the
/// `etag` of the [`CanvasView`] that a change was made on.
#[allow(clippy::missing_errors_doc, reason = "said once, above")]
impl Client {
    /// GET `canvases`.
    pub async fn canvases(&self, owner: &str, project: &str) -> Result<Vec<CanvasSummary>, ClientError> {
        self.list(&["projects", owner, project, "canvases"]).await
    }

    /// POST `canvases`.
    pub async fn create_canvas(
        &self,
        owner: &str,
        project: &str,
        canvas: &Canvas,
    ) -> Result<CanvasView, ClientError> {
        let call = Call::post(self, &["projects", owner, project, "canvases"]).once();
        self.ask(call.json(canvas)?).await
    }

    /// GET `canvases/{slug}`.
    pub async fn canvas(&self, owner: &str, project: &str, slug: &str) -> Result<CanvasView, ClientError> {
        self.ask(Call::get(self, &["projects", owner, project, "canvases", slug])).await
    }

    /// PUT `canvases/{slug}`: saves a new revision over `over`.
    pub async fn replace_canvas(
        &self,
        owner: &str,
        project: &str,
        canvas: &Canvas,
        over: &str,
    ) -> Result<CanvasView, ClientError> {
        let segments = ["projects", owner, project, "canvases", &canvas.metadata.slug];
        let call = Call::new(self, Method::PUT, &segments).header(IF_MATCH, over);
        self.ask(call.json(canvas)?).await
    }

    /// POST `canvases`, or PUT `canvases/{slug}` over `over`: saves what a file says, with a note on where it is from.
    pub async fn apply_canvas(
        &self,
        owner: &str,
        project: &str,
        canvas: &Canvas,
        over: Option<&str>,
        note: &str,
    ) -> Result<CanvasView, ClientError> {
        let all = ["projects", owner, project, "canvases"];
        let call = match over {
            None => Call::post(self, &all).once(),
            Some(over) => {
                let segments = [&all[..], &[&canvas.metadata.slug]].concat();
                Call::new(self, Method::PUT, &segments).header(IF_MATCH, over)
            }
        };
        self.ask(call.query("note", Some(note)).json(canvas)?).await
    }

    /// POST `warnings`: what may not work of a canvas that is not saved.
    pub async fn doubts(
        &self,
        owner: &str,
        project: &str,
        canvas: &Canvas,
    ) -> Result<Vec<FieldError>, ClientError> {
        let call = Call::post(self, &["projects", owner, project, "warnings"])
            .query("preview", self.preview.as_ref())
            .harmless();
        self.ask(call.json(canvas)?).await
    }

    /// DELETE `canvases/{slug}`, if it still is as in `over`.
    pub async fn delete_canvas(
        &self,
        owner: &str,
        project: &str,
        slug: &str,
        over: &str,
    ) -> Result<(), ClientError> {
        let segments = ["projects", owner, project, "canvases", slug];
        let call = Call::new(self, Method::DELETE, &segments).header(IF_MATCH, over);
        self.run(call).await
    }

    /// POST `canvases/{slug}/blocks`: adds a block in the first free spot, or where it says when `is_placed`.
    pub async fn add_block(
        &self,
        at: [&str; 3],
        block: &Block,
        is_placed: bool,
        over: &str,
    ) -> Result<CanvasView, ClientError> {
        let mut body = serde_json::to_value(block).unwrap_or_default();
        if !is_placed && let Some(place) = body.get_mut("at").and_then(|at| at.as_object_mut()) {
            place.remove("x");
            place.remove("y");
        }
        let segments = ["projects", at[0], at[1], "canvases", at[2], "blocks"];
        let call = Call::post(self, &segments).once().header(IF_MATCH, over);
        self.ask(call.json(&body)?).await
    }

    /// PUT `canvases/{slug}/blocks/{id}`: replaces a block; those in its way move down.
    pub async fn replace_block(
        &self,
        at: [&str; 3],
        block: &Block,
        over: &str,
    ) -> Result<CanvasView, ClientError> {
        let segments = ["projects", at[0], at[1], "canvases", at[2], "blocks", &block.id];
        let call = Call::new(self, Method::PUT, &segments).header(IF_MATCH, over);
        self.ask(call.json(block)?).await
    }

    /// DELETE `canvases/{slug}/blocks/{id}`.
    pub async fn remove_block(&self, at: [&str; 3], id: &str, over: &str) -> Result<CanvasView, ClientError> {
        let segments = ["projects", at[0], at[1], "canvases", at[2], "blocks", id];
        let call = Call::new(self, Method::DELETE, &segments).header(IF_MATCH, over);
        self.ask(call).await
    }

    /// GET `canvases/{slug}/history`, the newest first.
    pub async fn canvas_history(
        &self,
        owner: &str,
        project: &str,
        slug: &str,
    ) -> Result<Vec<Revision>, ClientError> {
        self.list(&["projects", owner, project, "canvases", slug, "history"]).await
    }

    /// GET `canvases/{slug}/history/{revision}`: the canvas as it was.
    pub async fn canvas_at(&self, at: [&str; 3], revision: u64) -> Result<CanvasView, ClientError> {
        let revision = revision.to_string();
        let segments = ["projects", at[0], at[1], "canvases", at[2], "history", &revision];
        self.ask(Call::get(self, &segments)).await
    }

    /// POST `canvases/{slug}/restore`: makes an earlier revision the content of a new one.
    pub async fn restore_canvas(
        &self,
        at: [&str; 3],
        revision: u64,
        over: &str,
    ) -> Result<CanvasView, ClientError> {
        let segments = ["projects", at[0], at[1], "canvases", at[2], "restore"];
        let call = Call::post(self, &segments).once().header(IF_MATCH, over);
        self.ask(call.json(&Restore { revision })?).await
    }

    /// GET `canvases/{slug}/data`: the answers to all blocks.
    pub async fn canvas_data(
        &self,
        owner: &str,
        project: &str,
        slug: &str,
        parameters: &ParameterTexts,
    ) -> Result<CanvasData, ClientError> {
        let call = Call::get(self, &["projects", owner, project, "canvases", slug, "data"])
            .query("preview", self.preview.as_ref());
        self.ask(with_parameters(call, parameters)).await
    }

    /// GET `canvases/{slug}/check`: its blocks held against what is expected of them.
    pub async fn check_canvas(
        &self,
        owner: &str,
        project: &str,
        slug: &str,
        parameters: &ParameterTexts,
    ) -> Result<CanvasCheck, ClientError> {
        let call = Call::get(self, &["projects", owner, project, "canvases", slug, "check"])
            .query("preview", self.preview.as_ref());
        self.ask(with_parameters(call, parameters)).await
    }

    /// POST `check`: the same for a canvas that is not saved.
    pub async fn check_draft(
        &self,
        owner: &str,
        project: &str,
        draft: &CanvasDraft,
    ) -> Result<CanvasCheck, ClientError> {
        let call = Call::post(self, &["projects", owner, project, "check"])
            .query("preview", self.preview.as_ref())
            .harmless();
        self.ask(call.json(draft)?).await
    }

    /// POST `answers`: the answers to blocks of a canvas that is not saved.
    pub async fn answer_draft(
        &self,
        owner: &str,
        project: &str,
        draft: &CanvasDraft,
    ) -> Result<CanvasData, ClientError> {
        let call = Call::post(self, &["projects", owner, project, "answers"])
            .query("preview", self.preview.as_ref())
            .harmless();
        self.ask(call.json(draft)?).await
    }

    /// GET `canvases/{slug}/blocks/{id}/data`.
    pub async fn block_data(
        &self,
        at: [&str; 3],
        id: &str,
        parameters: &ParameterTexts,
    ) -> Result<BlockData, ClientError> {
        let segments = ["projects", at[0], at[1], "canvases", at[2], "blocks", id, "data"];
        let call = Call::get(self, &segments).query("preview", self.preview.as_ref());
        self.ask(with_parameters(call, parameters)).await
    }

    /// GET `canvases/{slug}/blocks/{id}/sql`: what the block asks, as SQL.
    pub async fn block_sql(
        &self,
        at: [&str; 3],
        id: &str,
        parameters: &ParameterTexts,
    ) -> Result<BlockSql, ClientError> {
        let segments = ["projects", at[0], at[1], "canvases", at[2], "blocks", id, "sql"];
        self.ask(with_parameters(Call::get(self, &segments), parameters)).await
    }

    /// GET `canvases/{slug}/render`: the canvas as the server draws it.
    pub async fn render(
        &self,
        at: [&str; 3],
        style: &RenderStyle,
        parameters: &ParameterTexts,
    ) -> Result<Vec<u8>, ClientError> {
        let segments = ["projects", at[0], at[1], "canvases", at[2], "render"];
        self.drawn(with_parameters(Call::get(self, &segments), parameters), style).await
    }

    /// POST `render`: a canvas that is not saved, as the server draws it.
    pub async fn render_draft(
        &self,
        owner: &str,
        project: &str,
        style: &RenderStyle,
        draft: &CanvasDraft,
    ) -> Result<Vec<u8>, ClientError> {
        let call = Call::post(self, &["projects", owner, project, "render"]).harmless();
        self.drawn(call.json(draft)?, style).await
    }

    async fn drawn(&self, call: Call, style: &RenderStyle) -> Result<Vec<u8>, ClientError> {
        let call = call
            .query("format", Some(&style.format))
            .query("block", style.block.as_ref())
            .query("width", style.width_cols)
            .query("charset", style.is_ascii.then_some("ascii"))
            .query("theme", style.theme.as_ref())
            .query("scale", style.scale)
            .query("preview", self.preview.as_ref());
        let response = self.send(call).await?;
        response.bytes().await.map(Vec::from).map_err(|error| ClientError::Unreachable {
            url: self.base_url().to_owned(),
            reason: format!("the answer broke off: {}", chain(&error)),
        })
    }
}
