//! `impala canvas render`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use impala_core::api::{CanvasData, CanvasDraft};
use impala_core::client::{Client, RenderStyle};
use impala_core::{Canvas, name};
use impala_render::export::{Export, Format, export};
use impala_render::theme::page::Scheme;
use impala_render::{Ink, Options, Picture};

use crate::args::ParamArgs;
use crate::canvas_files::{self, CanvasFile};
use crate::context::{Context, ProjectAddress};
use crate::error::{CliError, Exit};
use crate::files;
use crate::picture::{self, PictureArgs};
use crate::printer::ago::size;

/// Draw a canvas, or one of its blocks: in this terminal, in a CI log, as a file
///
/// Text is drawn here, at the width of this terminal. All other formats come from the server, whose address gives the same
/// bytes: the same canvas, sources, parameters and options always do.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala canvas render seattle-weather
  impala canvas render seattle-weather --param kind=rain --param kind=snow
  impala canvas render seattle-weather --width 80 --ascii > report.txt
  impala canvas render seattle-weather -o weather.html
  impala canvas render seattle-weather --block rain --theme dark --scale 2 -o rain.png
  impala canvas render seattle-weather --format md >> \"$GITHUB_STEP_SUMMARY\"
  impala canvas render seattle-weather --preview pr-123 --format md
  impala canvas render --file canvas.yaml --preview pr-123 --format md
  impala canvas render seattle-weather --format json | jq '.blocks.rain'")]
pub struct Args {
    /// Name of the canvas
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    canvas: Option<String>,
    /// Draw this document, which need not be saved, over the project's sources; - reads stdin
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// What to draw it as; the ending of --output decides when left out, else text, with color where color goes
    #[arg(short, long, value_enum)]
    format: Option<RenderFormat>,
    /// Draw this block alone
    #[arg(short, long, value_name = "ID")]
    block: Option<String>,
    /// Where to; - is stdout, as when left out. A file that is there is replaced
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Colors of PNG; svg and html follow the reader's
    #[arg(long, value_enum)]
    theme: Option<Theme>,
    /// Dots a pixel of PNG, 1 to 4; 2 is sharp on most screens
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4))]
    scale: Option<u32>,
    /// Read the sources through this preview: those that it has come from it, others from the project
    #[arg(long, value_name = "NAME")]
    preview: Option<String>,
    #[command(flatten)]
    picture: PictureArgs,
    #[command(flatten)]
    params: ParamArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RenderFormat {
    /// Plain text
    Text,
    /// Text with color
    Ansi,
    /// One picture, light or dark as its reader likes
    Svg,
    /// One picture made of dots
    Png,
    /// One page that needs nothing else
    Html,
    /// For a pull request or the summary of a job
    Md,
    /// The document with its data
    Json,
    /// Charts for other tools
    VegaLite,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Theme {
    Light,
    Dark,
}

impl RenderFormat {
    const fn format(self) -> Format {
        match self {
            Self::Text => Format::Text,
            Self::Ansi => Format::Ansi,
            Self::Svg => Format::Svg,
            Self::Png => Format::Png,
            Self::Html => Format::Html,
            Self::Md => Format::Markdown,
            Self::Json => Format::Json,
            Self::VegaLite => Format::VegaLite,
        }
    }
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let format = args.format()?;
    let output = args.output.as_deref().filter(|path| *path != Path::new("-"));
    if format == Some(Format::Png) && output.is_none() && context.printer.is_terminal {
        return Err(CliError::usage("PNG is nothing that a terminal could show")
            .hint("`-o FILE.png` writes a file; without --format the canvas is drawn as text"));
    }
    let client = context.client()?.in_preview(args.preview.clone());
    let project = context.project(&client).await?;
    let subject = args.subject(&client, &project, context).await?;
    args.check_block(&subject.canvas)?;
    let asking = Asking { client: &client, project: &project, subject: &subject, args: &args };
    let bytes = match format {
        None | Some(Format::Text | Format::Ansi) => {
            let data = asking.data().await?;
            let bytes = args.text(format, &subject.canvas, &data, context)?;
            picture::warn_of_failures(&data, args.block.as_deref(), context);
            bytes
        }
        Some(format) => {
            let bytes = asking.drawn(format).await?;
            // Asked again, answers come from the server's cache.
            let data = asking.data().await?;
            picture::warn_of_failures(&data, args.block.as_deref(), context);
            bytes
        }
    };
    match output {
        None => context.printer.raw(&bytes),
        Some(path) => {
            files::write_whole(path, &bytes)?;
            context.printer.note(&format!("Wrote {} ({}).", path.display(), size(bytes.len() as u64)));
            Ok(())
        }
    }
}

/// What is drawn.
struct Subject {
    canvas: Canvas,
    /// The file that it stands in, when it is not saved.
    path: Option<PathBuf>,
}

/// Who is asked, and for what.
struct Asking<'a> {
    client: &'a Client,
    project: &'a ProjectAddress,
    subject: &'a Subject,
    args: &'a Args,
}

impl Asking<'_> {
    async fn data(&self) -> Result<CanvasData, CliError> {
        let (owner, project) = (&self.project.owner, &self.project.slug);
        let slug = &self.subject.canvas.metadata.slug;
        match &self.subject.path {
            None => Ok(self.client.canvas_data(owner, project, slug, &self.args.params.texts()).await?),
            Some(path) => {
                let data = self.client.answer_draft(owner, project, &self.draft()?).await;
                data.map_err(|error| CliError::from(error).at(&canvas_files::name(path)))
            }
        }
    }

    /// As the server draws it.
    async fn drawn(&self, format: Format) -> Result<Vec<u8>, CliError> {
        let (owner, project) = (&self.project.owner, &self.project.slug);
        let (slug, style) = (&self.subject.canvas.metadata.slug, self.args.style(format));
        match &self.subject.path {
            None => Ok(self.client.render([owner, project, slug], &style, &self.args.params.texts()).await?),
            Some(path) => {
                let drawn = self.client.render_draft(owner, project, &style, &self.draft()?).await;
                drawn.map_err(|error| CliError::from(error).at(&canvas_files::name(path)))
            }
        }
    }

    fn draft(&self) -> Result<CanvasDraft, CliError> {
        let canvas = serde_json::to_value(&self.subject.canvas)
            .map_err(|error| CliError::failed(format!("could not write JSON: {error}")))?;
        Ok(CanvasDraft { canvas, parameters: self.args.params.texts(), blocks: Vec::new() })
    }
}

impl Args {
    /// The canvas as it is saved, or as a file has it.
    async fn subject(
        &self,
        client: &Client,
        project: &ProjectAddress,
        context: &Context,
    ) -> Result<Subject, CliError> {
        let Some(path) = &self.file else {
            let slug = self.canvas.as_deref().unwrap_or_default();
            let view = client.canvas(&project.owner, &project.slug, slug).await?;
            return Ok(Subject { canvas: view.canvas, path: None });
        };
        let mut files = canvas_files::find(std::slice::from_ref(path), context)?.canvases()?.into_iter();
        match (files.next(), files.next()) {
            (Some(CanvasFile { path, canvas, .. }), None) => Ok(Subject { canvas, path: Some(path) }),
            _ => Err(CliError::usage(format!("{} is not one canvas; name a single file", path.display()))),
        }
    }

    /// The format asked for, or the one that the file's name ends in; `None` for text on stdout.
    fn format(&self) -> Result<Option<Format>, CliError> {
        if let Some(format) = self.format {
            return Ok(Some(format.format()));
        }
        let Some(path) = self.output.as_deref().filter(|path| *path != Path::new("-")) else {
            return Ok(None);
        };
        let file = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let is_ending = |ending: &str| file.ends_with(&format!(".{ending}"));
        let known = [("markdown", Format::Markdown), ("htm", Format::Html)];
        // The longest first: `.vl.json` is also a `.json`.
        let all = [Format::VegaLite].into_iter().chain(Format::ALL);
        let found = all.map(|format| (format.file_ending(), format)).chain(known);
        let found = found.into_iter().find(|(ending, _)| is_ending(ending)).map(|(_, format)| format);
        found.map(Some).ok_or_else(|| {
            CliError::usage(format!("the name {} does not say what to write", path.display())).hint(
                "`--format svg` does, or a name that ends in .txt, .svg, .png, .html, .md, .json or .vl.json",
            )
        })
    }

    fn check_block(&self, canvas: &Canvas) -> Result<(), CliError> {
        let Some(id) = self.block.as_deref().filter(|id| canvas.block(id).is_none()) else { return Ok(()) };
        let hint = name::suggestion(id, canvas.spec.blocks.iter().map(|block| block.id.as_str()));
        let slug = &canvas.metadata.slug;
        let error = CliError::new(Exit::Failed, format!("canvas {slug} has no block \"{id}\"{hint}"));
        Err(match &self.file {
            Some(path) => error.at(&canvas_files::name(path)),
            None => error.hint(format!("`impala canvas show {slug}` lists its blocks")),
        })
    }

    /// How the server is to draw it.
    fn style(&self, format: Format) -> RenderStyle {
        RenderStyle {
            format: format.as_str().to_owned(),
            block: self.block.clone(),
            width_cols: self.picture.width(),
            is_ascii: self.picture.is_ascii(),
            theme: self.theme.map(|theme| if theme == Theme::Dark { "dark" } else { "light" }.to_owned()),
            scale: self.scale,
        }
    }

    /// Draws text here. Colors asked for by name are those that the server would send; others are this terminal's own.
    fn text(
        &self,
        format: Option<Format>,
        canvas: &Canvas,
        data: &CanvasData,
        context: &Context,
    ) -> Result<Vec<u8>, CliError> {
        let style = self.picture.style(context);
        let (format, ink) = match format {
            Some(format) => (format, Ink::Ansi256),
            None if style.has_color => (Format::Ansi, style.ink()),
            None => (Format::Text, Ink::None),
        };
        let width_cols = u16::try_from(style.width_cols).unwrap_or(u16::MAX);
        let options = Options { width_cols, ..Options::default() };
        let made = Export {
            picture: Picture { canvas, answers: &data.blocks, parameters: &data.parameters, options },
            block: self.block.as_deref().and_then(|id| canvas.block(id)),
            // Text does not tell of it.
            before: &BTreeMap::new(),
            revision: data.revision,
            charset: style.charset(),
            ink,
            scheme: Scheme::Light,
            scale: 1,
        };
        export(&made, format).map_err(|error| CliError::failed(error.to_string()))
    }
}
