//! Setting the parameters of a canvas.

use std::collections::BTreeMap;

use crossterm::event::{KeyEvent, MouseEvent};
use impala_core::client::ParameterTexts;
use impala_core::parameter::{Bound, Parameter, ParameterType};
use impala_render::format;
use ratatui::layout::Rect;

use super::CanvasScreen;
use crate::action::Answer;
use crate::cache::PaintCache;
use crate::effect::{ProjectAt, Request};
use crate::fields::{Field, Fields, Reaction, Token};
use crate::keymap::{Binding, Command, Context};
use crate::layers::Confirm;
use crate::look::Role;
use crate::paper::{Paper, centred, inside_box};
use crate::screen::{Go, Message, Purpose, Screen, Shared};

/// Columns of the panel.
const COLS: u16 = 72;

/// A field for each parameter.
pub struct Parameters {
    parameters: Vec<Parameter>,
    fields: Fields,
    numbers: BTreeMap<u64, usize>,
    /// Why there are no choices, for those that could not be had.
    failures: Vec<String>,
    /// What was in the fields when it was opened.
    began: Vec<String>,
}

impl CanvasScreen {
    pub(super) fn open_parameters(&mut self, shared: &mut Shared) {
        let panel = Parameters::new(&self.at.project, &self.canvas.spec.parameters, &self.given, shared);
        shared.push(panel);
    }
}

impl Parameters {
    /// A panel that begins with what is set; choices are asked for.
    pub fn new(
        project: &ProjectAt,
        parameters: &[Parameter],
        given: &ParameterTexts,
        shared: &mut Shared,
    ) -> Self {
        let mut numbers = BTreeMap::new();
        let fields = parameters.iter().enumerate().map(|(index, parameter)| {
            if parameter.parameter_type == ParameterType::Select {
                let request = Request::Choices(project.clone(), Box::new(parameter.clone()));
                numbers.insert(shared.ask(request), index);
            }
            field_of(parameter, given)
        });
        let fields = Fields::new(fields.collect());
        let began = fields.texts();
        let (parameters, failures) = (parameters.to_vec(), Vec::new());
        let mut panel = Self { parameters, fields, numbers, failures, began };
        panel.explain();
        panel
    }

    fn explain(&mut self) {
        let failures = self.failures.iter().map(|failure| (Role::Warning, failure.clone()));
        let loading = (!self.numbers.is_empty()).then_some("Choices are loading …");
        let told = [loading, Some("An empty field is the default.")].into_iter().flatten();
        self.fields.notes = failures.chain(told.map(|text| (Role::Muted, text.to_owned()))).collect();
    }

    /// What is in the fields; what is wrong with them is said under each.
    fn given(&mut self) -> Option<ParameterTexts> {
        let mut given = ParameterTexts::new();
        for (parameter, field) in self.parameters.iter().zip(&mut self.fields.fields) {
            let values: Vec<String> = match parameter.multiple {
                true => field.items().map(str::to_owned).collect(),
                false => Some(field.input.text().trim())
                    .filter(|text| !text.is_empty())
                    .map(str::to_owned)
                    .into_iter()
                    .collect(),
            };
            field.error = parameter.bind(&values).err().map(|error| error.detail);
            if !values.is_empty() {
                given.insert(parameter.name.clone(), values);
            }
        }
        self.fields.fields.iter().all(|field| field.error.is_none()).then_some(given)
    }

    fn apply(&mut self, shared: &mut Shared) {
        self.fields.close();
        match self.given() {
            Some(given) => shared.go(Go::Tell(Message::Parameters(given))),
            None => self.fields.focus_on_error(),
        }
    }

    /// What is being changed is judged when it is done.
    fn changed(&mut self) {
        if let Some(field) = self.fields.fields.get_mut(self.fields.focus) {
            field.error = None;
        }
    }

    fn panel(&self, area: Rect) -> Rect {
        let inside = inside_box(Rect { width: COLS.min(area.width), ..area });
        centred(area, COLS, self.fields.rows(inside.width) + 2)
    }

    fn has_changed(&self) -> bool {
        self.fields.texts() != self.began
    }
}

fn title(parameter: &Parameter) -> &str {
    parameter.title.as_deref().unwrap_or(&parameter.name)
}

fn field_of(parameter: &Parameter, given: &ParameterTexts) -> Field {
    let text = given.get(&parameter.name).map(|values| values.join(", ")).unwrap_or_default();
    // The hint has brackets of its own.
    let default = match parameter.bind(&[]) {
        Ok(Bound::Unset) => "all".to_owned(),
        Ok(bound) => bound.text(),
        Err(_) => String::new(),
    };
    let hint = match (parameter.parameter_type, parameter.multiple) {
        (ParameterType::Date, _) => format!("{default}; a day such as 2013-01-31"),
        (ParameterType::Boolean, _) => format!("{default}; true or false"),
        (_, true) if default == "all" => "all; several, separated by commas".to_owned(),
        (_, true) => format!("{default}; several, separated by commas"),
        _ => default,
    };
    let token = if parameter.multiple { Token::List } else { Token::Whole };
    let candidates = match parameter.parameter_type {
        ParameterType::Boolean => vec!["true".to_owned(), "false".to_owned()],
        _ => parameter.options.clone(),
    };
    let field = Field::new("", text, hint).with(token, candidates);
    Field { title: Some(title(parameter).to_owned()), ..field }
}

impl Screen for Parameters {
    fn title(&self) -> String {
        "Parameters".to_owned()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![Context::Form]
    }

    fn word(&self, binding: &Binding) -> Option<&'static str> {
        let own = match binding.command {
            Command::Accept => Some("apply"),
            _ => binding.footer,
        };
        binding.footer.and(self.fields.word(binding.command).or(own))
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        let reaction = self.fields.command(command);
        match reaction {
            Reaction::None | Reaction::Done => {}
            Reaction::Changed => self.changed(),
            Reaction::Keep => self.apply(shared),
            Reaction::Leave if self.may_leave(shared) => shared.go(Go::Pop),
            Reaction::Leave => {}
        }
        reaction != Reaction::None
    }

    fn mouse(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        let inside = inside_box(self.panel(shared.body()));
        if self.fields.mouse(mouse, inside, shared) == Reaction::Changed {
            self.changed();
        }
    }

    fn key(&mut self, key: KeyEvent, _shared: &mut Shared) {
        if self.fields.key(key) {
            self.changed();
        }
    }

    fn paste(&mut self, text: &str, _shared: &mut Shared) {
        self.fields.paste(text);
        self.changed();
    }

    fn answer(&mut self, number: u64, answer: &Answer, _shared: &mut Shared) -> bool {
        let Answer::Choices(_, outcome) = answer else { return false };
        let Some(index) = self.numbers.remove(&number) else { return false };
        match outcome {
            Ok(choices) => {
                self.fields.propose(index, choices.values.clone(), false);
                if let Some(field) = self.fields.fields.get_mut(index).filter(|_| choices.truncated) {
                    let count = format::number::whole(choices.values.len() as u64);
                    field.remark = Some(format!("the first {count}; type any other"));
                    field.is_free = true;
                }
            }
            Err(failure) => {
                let name = self.parameters.get(index).map_or("", title);
                self.failures.push(format!("{name} has no choices: {}", failure.line()));
            }
        }
        self.explain();
        true
    }

    fn asks(&self) -> Vec<u64> {
        self.numbers.keys().copied().collect()
    }

    fn told(&mut self, message: Message, shared: &mut Shared) {
        if message == Message::Confirmed(Purpose::Leave) {
            shared.go(Go::Pop);
        }
    }

    fn loss(&self) -> Option<String> {
        self.has_changed().then(|| "The parameters were not applied.".to_owned())
    }

    fn may_leave(&mut self, shared: &mut Shared) -> bool {
        if self.has_changed() {
            shared.push(Confirm::dropping("the parameters", shared));
        }
        !self.has_changed()
    }

    fn view(&self, paper: &mut Paper, area: Rect, _shared: &Shared, _cache: &mut PaintCache) {
        let inside = paper.boxed(self.panel(area), "Parameters", Role::Accent);
        self.fields.draw(paper, inside);
    }
}
