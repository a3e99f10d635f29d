//! One parameter of a canvas in a form: made, or edited together with the blocks that name it.

mod own_fields;
mod reading;

use impala_core::mentions;
use impala_core::parameter::{Parameter, ParameterType};
use impala_core::source::SourceRef;
use impala_core::{Block, Canvas};
use impala_render::format;

use super::desk::Desk;
use super::faults;
use super::panel::{Content, Panel};
use crate::action::Answer;
use crate::effect::Request;
use crate::fields::{Fault, Field, Fields, quoted_name};
use crate::look::Role;
use crate::screen::{Go, Message, Shared};
pub(super) use own_fields::default_text;
use own_fields::{empty, fields_of};

/// The fields that only a select has.
const OF_SELECT: [&str; 4] = ["Source", "Field", "Options", "Multiple"];

/// The field by which a new select begins to filter.
const FILTER: &str = "Filter";

/// What a field holds that is so or not.
const YES: &str = "yes";
const NO: &str = "no";

/// Choices that are shown as they are chosen from.
const MOST_SHOWN: usize = 30;

/// What a parameter is made of.
pub struct Definition {
    desk: Desk,
    /// Which parameter of the canvas it is; `None` for a new one.
    index: Option<usize>,
    /// Fields that do not matter to the type that is chosen.
    hidden: Vec<Field>,
    /// The choices of the last select that could be asked for, and the question for them.
    asked: Option<(SourceRef, String)>,
    number: Option<u64>,
}

impl Definition {
    /// A form for the parameter of that index, or for a new one.
    pub fn panel(desk: &Desk, index: Option<usize>, shared: &mut Shared) -> Panel<Self> {
        let parameter = index.and_then(|index| desk.canvas.spec.parameters.get(index));
        let mut fields = Fields::new(fields_of(parameter, desk));
        let mut definition =
            Self { desk: desk.clone(), index, hidden: Vec::new(), asked: None, number: None };
        definition.show_fields_of_type(&mut fields);
        definition.ask_choices(&mut fields, shared);
        Panel::new(definition, fields)
    }

    fn before(&self) -> Option<&Parameter> {
        self.index.and_then(|index| self.desk.canvas.spec.parameters.get(index))
    }

    /// Shows the fields that matter to the chosen type; the others keep what is in them.
    fn show_fields_of_type(&mut self, fields: &mut Fields) {
        let is_select = fields.text("Type") == ParameterType::Select.as_str();
        let is_of_select = |field: &Field| OF_SELECT.contains(&field.label) || field.label == FILTER;
        let (of_select, others): (Vec<Field>, Vec<Field>) = std::mem::take(&mut fields.fields)
            .into_iter()
            .chain(self.hidden.drain(..))
            .partition(is_of_select);
        let (own, filter): (Vec<Field>, Vec<Field>) =
            of_select.into_iter().partition(|field| field.label != FILTER);
        if is_select {
            let (first, default) = others.split_at(others.len().saturating_sub(1));
            fields.fields = [first, &own, default, &filter].concat();
        } else {
            (fields.fields, self.hidden) = (others, [own, filter].concat());
        }
    }

    /// Proposes the columns of the source that is typed, and asks for the values of the one that is chosen.
    fn ask_choices(&mut self, fields: &mut Fields, shared: &mut Shared) {
        let source: Option<SourceRef> = fields.text("Source").parse().ok();
        let known =
            self.desk.sources.iter().find(|one| Some(&one.name) == source.as_ref().map(|one| &one.name));
        let columns: Vec<String> =
            known.iter().flat_map(|one| &one.current.columns).map(|column| column.name.clone()).collect();
        let field = fields.text("Field").to_owned();
        let wanted = source.filter(|_| columns.contains(&field)).map(|source| (source, field));
        if let Some(one) = fields.fields.iter_mut().find(|one| one.label == "Field") {
            one.candidates = columns;
        }
        if wanted == self.asked && wanted.is_some() {
            return;
        }
        self.asked.clone_from(&wanted);
        let is_select = fields.text("Type") == ParameterType::Select.as_str();
        let note = is_select.then(|| (Role::Muted, "The choices of a field are shown here.".to_owned()));
        fields.notes = note.into_iter().collect();
        let before = self.number.take();
        match wanted {
            Some((source, field)) => {
                let parameter = Parameter { source: Some(source), field: Some(field), ..empty() };
                let request = Request::Choices(self.desk.project.clone(), Box::new(parameter));
                self.number = Some(shared.ask_instead(before, request));
            }
            None => shared.forget(before),
        }
    }

    /// The canvas with the parameter that the fields describe.
    fn made(&self, fields: &Fields) -> Result<Canvas, Vec<Fault>> {
        let parameter = self.parameter(fields)?;
        let mut canvas = self.desk.canvas.clone();
        let index = self.index.unwrap_or(canvas.spec.parameters.len());
        if let Some(before) = self.before().filter(|before| before.name != parameter.name) {
            let blocks = canvas.spec.blocks.iter_mut();
            blocks.for_each(|block| mentions::rename(block, &before.name, &parameter.name));
        }
        if fields.text(FILTER) == YES {
            canvas.spec.blocks.iter_mut().for_each(|block| filter_by(block, &parameter));
        }
        match canvas.spec.parameters.get_mut(index) {
            Some(one) => *one = parameter,
            None => canvas.spec.parameters.push(parameter),
        }
        match canvas.check() {
            Ok(()) => Ok(canvas),
            Err(invalid) => {
                let own = format!("/spec/parameters/{index}");
                Err(faults::of_part(&invalid, &canvas, &own, fields))
            }
        }
    }
}

/// Adds the condition of a select to a block that reads its source.
fn filter_by(block: &mut Block, parameter: &Parameter) {
    let (Some(source), Some(field)) = (&parameter.source, &parameter.field) else { return };
    let Some(from) = block.from_mut() else { return };
    if from.source.as_ref().is_none_or(|one| one.name != source.name) {
        return;
    }
    let (field, name) = (quoted_name(field), &parameter.name);
    let condition = match parameter.multiple {
        true => format!("{field} IN (${name})"),
        false => format!("{field} = ${name}"),
    };
    from.filter = Some(match from.filter.take() {
        // The brackets keep an OR together.
        Some(filter) if has_or(&filter) => format!("({filter}) AND {condition}"),
        Some(filter) => format!("{filter} AND {condition}"),
        None => condition,
    });
}

fn has_or(filter: &str) -> bool {
    filter.split(|c: char| !c.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case("or"))
}

impl Content for Definition {
    fn title(&self) -> String {
        match self.before() {
            Some(parameter) => format!("Edit parameter {}", parameter.name),
            None => "New parameter".to_owned(),
        }
    }

    fn submit_word(&self) -> &'static str {
        "keep"
    }

    fn changed(&mut self, fields: &mut Fields, shared: &mut Shared) {
        if fields.focused() == "Type" {
            self.show_fields_of_type(fields);
        }
        self.ask_choices(fields, shared);
    }

    fn submit(&mut self, fields: &mut Fields, shared: &mut Shared) {
        match self.made(fields) {
            Ok(canvas) => {
                let line = Some(self.index.unwrap_or(usize::MAX));
                shared.go(Go::Tell(Message::made(&self.desk.canvas, canvas, line)));
            }
            Err(faults) => {
                fields.blame(faults);
                fields.focus_on_error();
            }
        }
    }

    fn answer(&mut self, number: u64, answer: &Answer, fields: &mut Fields) -> bool {
        let (true, Answer::Choices(_, outcome)) = (self.number == Some(number), answer) else { return false };
        self.number = None;
        fields.notes = vec![match outcome {
            Ok(choices) => {
                let count = format::number::whole(choices.values.len() as u64);
                let more = if choices.truncated { "more than " } else { "" };
                let first: Vec<&str> = choices.values.iter().take(MOST_SHOWN).map(String::as_str).collect();
                (Role::Muted, format!("{more}{count} choices: {}", first.join(", ")))
            }
            Err(failure) => (Role::Warning, failure.line()),
        }];
        if let (Ok(choices), Some(default)) =
            (outcome, fields.fields.iter_mut().find(|field| field.label == "Default"))
        {
            default.candidates.clone_from(&choices.values);
        }
        true
    }

    fn ask_again(&mut self, fields: &mut Fields, shared: &mut Shared) {
        self.asked = None;
        self.ask_choices(fields, shared);
    }

    fn asks(&self) -> Vec<u64> {
        self.number.into_iter().collect()
    }
}
