//! Setting the parameters of a canvas.

use std::collections::BTreeMap;

use crossterm::event::KeyEvent;
use impala_core::client::ParameterTexts;
use impala_core::parameter::{Bound, Parameter, ParameterType};
use ratatui::layout::Rect;

use crate::action::Answer;
use crate::cache::PaintCache;
use crate::effect::{ProjectAt, Request};
use crate::fields::{Field, Fields, Reaction, Token};
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::paper::{Paper, centred};
use crate::screen::{Go, Message, Screen, Shared};

/// A field for each parameter.
pub struct Parameters {
    parameters: Vec<Parameter>,
    fields: Fields,
    numbers: BTreeMap<u64, usize>,
    error: Option<String>,
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
        Self { parameters: parameters.to_vec(), fields, numbers, error: None }
    }

    fn given(&self) -> Result<ParameterTexts, String> {
        let mut given = ParameterTexts::new();
        for (parameter, field) in self.parameters.iter().zip(&self.fields.fields) {
            let text = field.input.text().trim();
            let values: Vec<String> = match parameter.multiple {
                true => {
                    text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
                }
                false => (!text.is_empty()).then(|| text.to_owned()).into_iter().collect(),
            };
            parameter.bind(&values).map_err(|error| format!("{}: {}", title(parameter), error.detail))?;
            if !values.is_empty() {
                given.insert(parameter.name.clone(), values);
            }
        }
        Ok(given)
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
        (_, true) if default == "all" => "all; several, parted by commas".to_owned(),
        (_, true) => format!("{default}; several, parted by commas"),
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

    fn is_layer(&self) -> bool {
        true
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match self.fields.command(command) {
            Reaction::None => return false,
            Reaction::Done => {}
            Reaction::Changed => self.error = self.given().err(),
            Reaction::Leave => shared.go(Go::Pop),
            Reaction::Keep => match self.given() {
                Ok(given) => shared.go(Go::Tell(Message::Parameters(given))),
                Err(error) => self.error = Some(error),
            },
        }
        true
    }

    fn key(&mut self, key: KeyEvent, _shared: &mut Shared) {
        if self.fields.key(key) {
            self.error = None;
        }
    }

    fn paste(&mut self, text: &str, _shared: &mut Shared) {
        self.fields.paste(text);
    }

    fn answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        let Answer::Choices(_, outcome) = answer else { return false };
        let Some(index) = self.numbers.remove(&number) else { return false };
        match outcome {
            Ok(choices) => {
                if let Some(field) = self.fields.fields.get_mut(index) {
                    field.candidates.clone_from(choices);
                }
            }
            Err(failure) => shared.fail(failure),
        }
        true
    }

    fn view(&self, paper: &mut Paper, area: Rect, _shared: &Shared, _cache: &mut PaintCache) {
        let panel = centred(area, 72, (self.fields.rows() + 12).min(area.height));
        let inside = paper.boxed(panel, "Parameters", Role::Accent);
        let last = inside.height.saturating_sub(1);
        let (role, text) = match &self.error {
            Some(error) => (Role::Alarm, error.as_str()),
            None => (Role::Muted, "An empty field is the default."),
        };
        paper.text(inside, last, text, role);
        let told = u16::from(self.error.is_some());
        self.fields.draw(paper, Rect { height: last, ..inside }, told);
    }
}
