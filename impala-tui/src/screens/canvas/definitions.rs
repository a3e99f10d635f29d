//! The parameters that a canvas has: a list to which some are added, and of which they are edited and deleted.

use impala_core::mentions::mentions;
use impala_core::parameter::Parameter;
use impala_core::{Block, BlockKind};
use impala_render::format;
use ratatui::layout::Rect;

use super::CanvasScreen;
use super::definition::{Definition, default_text};
use super::desk::Desk;
use super::editing::quoted_name_of;
use crate::cache::PaintCache;
use crate::keymap::{Command, Context};
use crate::layers::Confirm;
use crate::list::{self, Head, Line, List, Sheet};
use crate::look::Role;
use crate::paper::{Paper, centred, inside_box};
use crate::screen::{Go, Lines, Message, Purpose, Refusal, Screen, Shared};

const HEADER: [Head; 5] = [
    list::text("Name"),
    list::whole("Type"),
    list::text("Choices"),
    list::text("Default"),
    list::number("Used by"),
];

/// Columns of the panel.
const COLS: u16 = 76;

/// The list of the parameters of a canvas.
pub struct Definitions {
    desk: Desk,
    list: List,
}

impl CanvasScreen {
    /// Shows the parameters, with that of an index chosen.
    pub(super) fn open_definitions(&mut self, index: usize, shared: &mut Shared) {
        let last = self.canvas.spec.parameters.len().saturating_sub(1);
        let mut layer = Definitions { desk: self.desk(), list: List::default() };
        layer.list.chosen = index.min(last);
        shared.push(layer);
    }
}

impl Definitions {
    fn parameters(&self) -> &[Parameter] {
        &self.desk.canvas.spec.parameters
    }

    fn chosen(&self) -> Option<&Parameter> {
        self.parameters().get(self.list.chosen)
    }

    fn users(&self, name: &str) -> impl Iterator<Item = &Block> {
        self.desk.canvas.spec.blocks.iter().filter(move |block| mentions(block, name))
    }

    fn line(&self, parameter: &Parameter) -> Line {
        let choices = match (&parameter.source, &parameter.field) {
            (Some(source), Some(field)) => format!("{source}: {field}"),
            _ => parameter.options.join(", "),
        };
        let users = format::number::whole(self.users(&parameter.name).count() as u64);
        let default = default_text(parameter);
        Line::new([
            parameter.name.clone(),
            parameter.parameter_type.as_str().to_owned(),
            choices,
            default,
            users,
        ])
    }

    /// Deletes the chosen one, if that breaks nothing or is wanted anyway.
    fn ask_to_delete(&self, shared: &mut Shared) {
        let Some(name) = self.chosen().map(|parameter| parameter.name.clone()) else { return };
        let names = |blocks: Vec<&Block>| {
            let names: Vec<String> = blocks.into_iter().map(quoted_name_of).collect();
            names.join(", ")
        };
        let (texts, others): (Vec<&Block>, Vec<&Block>) =
            self.users(&name).partition(|block| matches!(block.kind, BlockKind::Text(_)));
        if !texts.is_empty() {
            let words = format!("Remove {{{{{name}}}}} from the text of {} first.", names(texts));
            return shared.hint(Role::Warning, words);
        }
        if others.is_empty() {
            return self.delete(&name, shared);
        }
        let detail = format!("Used by {}: they fail until ${name} is removed from them.", names(others));
        shared.push(Confirm::new(
            Purpose::Delete(name.clone()),
            format!("Delete the parameter {name}?"),
            detail,
        ));
    }

    fn delete(&self, name: &str, shared: &mut Shared) {
        let mut canvas = self.desk.canvas.clone();
        canvas.spec.parameters.retain(|parameter| parameter.name != name);
        shared.go(Go::Tell(Message::made(&self.desk.canvas, canvas, Some(self.list.chosen))));
    }

    fn panel(&self, area: Rect) -> Rect {
        let rows = (self.parameters().len() as u16).max(2) + 3;
        centred(area, COLS.min(area.width), rows.min(area.height))
    }

    fn lines(&self, area: Rect) -> Lines {
        let inside = inside_box(self.panel(area));
        let area = Rect { y: inside.y + 1, height: inside.height.saturating_sub(1), ..inside };
        Lines::ending_with(self.list.chosen, self.parameters().len(), area)
    }

    fn names(&self) -> Vec<String> {
        self.parameters().iter().map(|parameter| parameter.name.clone()).collect()
    }
}

impl Screen for Definitions {
    fn title(&self) -> String {
        "Parameters".to_owned()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![Context::Definitions, Context::Choice]
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn refusal(&self, command: Command, _shared: &Shared) -> Option<Refusal> {
        let needs_one = matches!(command, Command::Accept | Command::Delete);
        (needs_one && self.parameters().is_empty()).then_some(Refusal::EMPTY)
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match command {
            Command::Accept => {
                let panel = Definition::panel(&self.desk, Some(self.list.chosen), shared);
                shared.push(panel);
            }
            Command::New => {
                let panel = Definition::panel(&self.desk, None, shared);
                shared.push(panel);
            }
            Command::Delete => self.ask_to_delete(shared),
            Command::Cancel => shared.go(Go::Pop),
            _ => {
                let rows = usize::from(self.lines(shared.body()).area.height);
                return self.list.command(command, &self.names(), rows);
            }
        }
        true
    }

    fn told(&mut self, message: Message, shared: &mut Shared) {
        match message {
            Message::Made { .. } => shared.go(Go::Tell(message)),
            Message::Confirmed(Purpose::Delete(name)) => self.delete(&name, shared),
            _ => {}
        }
    }

    fn lines_at(&self, shared: &Shared) -> Option<Lines> {
        Some(self.lines(shared.body()))
    }

    fn choose(&mut self, index: usize, _shared: &mut Shared) {
        self.list.chosen = index;
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let inside = paper.boxed(self.panel(area), "Parameters", Role::Accent);
        let key = shared.key(Context::Definitions, Command::New);
        let empty = format!(
            "No parameters yet. {key} makes one: a value that the filters of blocks name, such as $since."
        );
        let lines = self.parameters().iter().map(|parameter| self.line(parameter)).collect();
        Sheet { header: &HEADER, lines, empty: &empty }.draw(paper, inside, &self.list);
    }
}
