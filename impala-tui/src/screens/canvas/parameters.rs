//! Setting the parameters of a canvas.

use std::collections::BTreeMap;

use impala_core::client::ParameterTexts;
use impala_core::parameter::{Bound, Parameter, ParameterType};
use impala_render::format;

use super::CanvasScreen;
use super::panel::{Content, Panel};
use crate::action::Answer;
use crate::effect::{ProjectAt, Request};
use crate::fields::{Field, Fields, Token};
use crate::look::Role;
use crate::screen::{Go, Message, Shared};

/// What the parameters of a canvas are set to, a field for each.
pub struct Values {
    project: ProjectAt,
    parameters: Vec<Parameter>,
    numbers: BTreeMap<u64, usize>,
    /// Why there are no choices, for those that could not be had.
    failures: BTreeMap<usize, String>,
}

impl CanvasScreen {
    /// Opens the panel; where there are none yet, some can be made.
    pub(super) fn open_parameters(&mut self, shared: &mut Shared) {
        if self.canvas.spec.parameters.is_empty() {
            return self.open_definitions(0, shared);
        }
        let panel = Values::panel(&self.at.project, &self.canvas.spec.parameters, &self.given, shared);
        shared.push(panel);
    }
}

impl Values {
    /// A panel that begins with what is set; choices are asked for.
    fn panel(
        project: &ProjectAt,
        parameters: &[Parameter],
        given: &ParameterTexts,
        shared: &mut Shared,
    ) -> Panel<Self> {
        let fields = parameters.iter().map(|parameter| field_of(parameter, given));
        let mut fields = Fields::new(fields.collect());
        let (numbers, failures) = (BTreeMap::new(), BTreeMap::new());
        let mut values =
            Self { project: project.clone(), parameters: parameters.to_vec(), numbers, failures };
        let is_select = |index: &usize| parameters[*index].parameter_type == ParameterType::Select;
        values.ask((0..parameters.len()).filter(is_select).collect(), shared);
        values.explain(&mut fields);
        Panel::new(values, fields)
    }

    /// Asks for the choices of these parameters.
    fn ask(&mut self, indices: Vec<usize>, shared: &mut Shared) {
        for index in indices {
            let Some(parameter) = self.parameters.get(index) else { continue };
            let request = Request::Choices(self.project.clone(), Box::new(parameter.clone()));
            self.numbers.insert(shared.ask(request), index);
        }
    }

    fn explain(&self, fields: &mut Fields) {
        let failures = self.failures.values().map(|failure| (Role::Warning, failure.clone()));
        let loading = (!self.numbers.is_empty()).then_some("Choices are loading …");
        let told = [loading, Some("An empty field is the default.")].into_iter().flatten();
        fields.notes = failures.chain(told.map(|text| (Role::Muted, text.to_owned()))).collect();
    }

    /// What is in the fields; what is wrong with them is said under each.
    fn given(&self, fields: &mut Fields) -> Option<ParameterTexts> {
        let mut given = ParameterTexts::new();
        for (parameter, field) in self.parameters.iter().zip(&mut fields.fields) {
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
        fields.fields.iter().all(|field| field.error.is_none()).then_some(given)
    }
}

impl Content for Values {
    fn title(&self) -> String {
        "Parameters".to_owned()
    }

    fn submit_word(&self) -> &'static str {
        "apply"
    }

    fn changed(&mut self, _fields: &mut Fields, _shared: &mut Shared) {}

    fn submit(&mut self, fields: &mut Fields, shared: &mut Shared) {
        match self.given(fields) {
            Some(given) => shared.go(Go::Tell(Message::Parameters(given))),
            None => fields.focus_on_error(),
        }
    }

    fn answer(&mut self, number: u64, answer: &Answer, fields: &mut Fields) -> bool {
        let Answer::Choices(_, outcome) = answer else { return false };
        let Some(index) = self.numbers.remove(&number) else { return false };
        match outcome {
            Ok(choices) => {
                fields.propose(index, choices.values.clone(), false);
                if let Some(field) = fields.fields.get_mut(index).filter(|_| choices.truncated) {
                    let count = format::number::whole(choices.values.len() as u64);
                    field.remark = Some(format!("the first {count}; type any other"));
                    field.is_free = true;
                }
            }
            Err(failure) => {
                let name = self.parameters.get(index).map_or("", title);
                self.failures.insert(index, format!("{name} has no choices: {}", failure.line()));
            }
        }
        self.explain(fields);
        true
    }

    fn ask_again(&mut self, fields: &mut Fields, shared: &mut Shared) {
        let waiting = std::mem::take(&mut self.numbers);
        let failed = std::mem::take(&mut self.failures);
        shared.forget(waiting.keys().copied());
        self.ask(waiting.into_values().chain(failed.into_keys()).collect(), shared);
        self.explain(fields);
    }

    fn asks(&self) -> Vec<u64> {
        self.numbers.keys().copied().collect()
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
