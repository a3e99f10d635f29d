//! One parameter of a canvas in a form: made, or edited together with the blocks that name it.

use impala_core::mentions;
use impala_core::parameter::{Parameter, ParameterType, ParameterValue};
use impala_core::source::SourceRef;
use impala_core::{Block, Canvas, name};
use impala_render::format;

use super::desk::Desk;
use super::faults;
use super::panel::{Content, Panel};
use crate::action::Answer;
use crate::effect::Request;
use crate::fields::{Fault, Field, Fields, Token, quoted_name};
use crate::look::Role;
use crate::screen::{Go, Message, Shared};

/// The fields that only a select has.
const OF_SELECT: [&str; 4] = ["Source", "Field", "Options", "Multiple"];

/// The field by which a new select begins to filter.
const FILTER: &str = "Filter";

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
        if fields.text(FILTER) == "yes" {
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

    fn parameter(&self, fields: &Fields) -> Result<Parameter, Vec<Fault>> {
        let text = |label| Some(fields.text(label)).filter(|text| !text.is_empty()).map(str::to_owned);
        let list = |label: &str| {
            let field = fields.fields.iter().find(|field| field.label == label);
            field.into_iter().flat_map(Field::items).map(str::to_owned).collect::<Vec<_>>()
        };
        let mut faults = fields.missing();
        let mut fault = |label, detail: String| faults.push(Fault { label: Some(label), detail });
        let parameter_type = fields.text("Type").parse().map_err(|error| fault("Type", error)).ok();
        let source = text("Source").map(|source| source.parse::<SourceRef>());
        let source = source.transpose().map_err(|error| fault("Source", error)).unwrap_or_default();
        // The source that is proposed at first is not meant then.
        let has_own = !list("Options").is_empty() && fields.text("Field").is_empty();
        let source = source.filter(|_| !has_own);
        if let Some(error) = source.as_ref().and_then(|source| self.unknown(source, fields.text("Field"))) {
            fault(error.0, error.1);
        }
        let multiple = match fields.text("Multiple") {
            "" | "no" => false,
            "yes" => true,
            other => {
                fault("Multiple", format!("\"{other}\" is neither yes nor no"));
                false
            }
        };
        if !matches!(fields.text(FILTER), "" | "yes" | "no") {
            fault(FILTER, format!("\"{}\" is neither yes nor no", fields.text(FILTER)));
        }
        let (Some(parameter_type), true) = (parameter_type, faults.is_empty()) else { return Err(faults) };
        Ok(Parameter {
            name: fields.text("Name").to_owned(),
            title: text("Title"),
            parameter_type,
            source,
            field: text("Field"),
            options: list("Options"),
            multiple,
            default: match multiple {
                true => Some(list("Default")).filter(|texts| !texts.is_empty()).map(ParameterValue::List),
                false => text("Default").map(|text| value_of(text, parameter_type)),
            },
        })
    }

    /// What is wrong with a source and its column, if that is known here.
    fn unknown(&self, source: &SourceRef, field: &str) -> Option<(&'static str, String)> {
        let sources = &self.desk.sources;
        let Some(known) = sources.iter().find(|one| one.name == source.name) else {
            let hint = name::suggestion(&source.name, sources.iter().map(|one| one.name.as_str()));
            return Some(("Source", format!("there is no source \"{}\"{hint}", source.name)));
        };
        let columns = &known.current.columns;
        // A pinned version may have had other ones.
        if source.version.is_some() || field.is_empty() || columns.iter().any(|column| column.name == field) {
            return None;
        }
        let hint = name::suggestion(field, columns.iter().map(|column| column.name.as_str()));
        Some(("Field", format!("{source} has no field \"{field}\"{hint}")))
    }
}

/// A parameter of which nothing is known.
fn empty() -> Parameter {
    Parameter {
        name: String::new(),
        title: None,
        parameter_type: ParameterType::Select,
        source: None,
        field: None,
        options: Vec::new(),
        multiple: false,
        default: None,
    }
}

fn fields_of(parameter: Option<&Parameter>, desk: &Desk) -> Vec<Field> {
    let sources: Vec<String> = desk.sources.iter().map(|source| source.name.clone()).collect();
    let new =
        Parameter { source: desk.sources.first().map(|one| SourceRef::current(one.name.clone())), ..empty() };
    let parameter = parameter.unwrap_or(&new);
    let is_new = parameter.name.is_empty();
    let yes_or_no = |label, is_so: bool| {
        let text = if is_so { "yes" } else { "no" };
        Field::new(label, text, "no").with(Token::Whole, ["yes", "no"].map(str::to_owned).to_vec())
    };
    let types = ParameterType::ALL.map(|one| one.as_str().to_owned()).to_vec();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let source = parameter.source.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut fields = vec![
        Field::new("Name", &*parameter.name, "kind")
            .required()
            .about("what filters call it: weather = $kind; texts show it by {{kind}}"),
        Field::new("Title", text(&parameter.title), "the name").about("what people call it"),
        Field::new("Type", parameter.parameter_type.as_str(), "")
            .with(Token::Whole, types)
            .required()
            .about("a select offers choices; the others are typed"),
        Field::new("Source", source, "none: the options are typed")
            .with(Token::Whole, sources)
            .about("the source that has the choices"),
        Field::new("Field", text(&parameter.field), "none").about("the column whose values are the choices"),
        Field::new("Options", parameter.options.join(", "), "those of the column")
            .about("choices of its own, separated by commas, in place of source and field"),
        yes_or_no("Multiple", parameter.multiple).about("whether several choices may be set at once"),
        Field::new("Default", default_text(parameter), "none: it filters nothing")
            .with(if parameter.multiple { Token::List } else { Token::Whole }, parameter.options.clone())
            .about("the value when none is set"),
    ];
    if is_new {
        fields.push(yes_or_no(FILTER, true).about("whether every block of that source is filtered by it"));
    }
    fields
}

/// The default as it is typed; empty when there is none.
pub fn default_text(parameter: &Parameter) -> String {
    match &parameter.default {
        None => String::new(),
        Some(ParameterValue::Boolean(value)) => value.to_string(),
        Some(ParameterValue::Number(number)) => number.to_string(),
        Some(ParameterValue::Text(text)) => text.clone(),
        Some(ParameterValue::List(texts)) => texts.join(", "),
    }
}

/// A default that was typed. What does not fit to the type stays a text, which is refused with what was expected.
fn value_of(text: String, parameter_type: ParameterType) -> ParameterValue {
    match parameter_type {
        ParameterType::Number => text.parse().map_or(ParameterValue::Text(text), ParameterValue::Number),
        ParameterType::Boolean => text.parse().map_or(ParameterValue::Text(text), ParameterValue::Boolean),
        _ => ParameterValue::Text(text),
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
                let before = Box::new(self.desk.canvas.clone());
                shared.go(Go::Tell(Message::Made { before, canvas: Box::new(canvas), line }));
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
                (Role::Muted, format!("{more}{count} choices: {}", choices.values.join(", ")))
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
