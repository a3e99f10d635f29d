//! The parameters of a canvas as a form, whose values stand in the address.

use std::collections::BTreeMap;

use impala_core::api::PARAMETER_PREFIX;
use impala_core::parameter::{Bindings, Bound, Parameter, ParameterType};
use impala_render::format::{clean, unturned};
use maud::{Markup, html};

/// Choices of parameters whose choices come from a source, by name.
pub type Choices = BTreeMap<String, Vec<String>>;

/// The form; nothing when there are no parameters. `kept` stays in the address when it is sent, `reset` is the query without any
/// parameter.
pub fn form(
    parameters: &[Parameter],
    bindings: &Bindings,
    choices: &Choices,
    kept: &[(&str, String)],
    reset: &str,
) -> Markup {
    if parameters.is_empty() {
        return html! {};
    }
    html! {
        form.params method="get" id="params" aria-label="Parameters" {
            @for (name, value) in kept { input type="hidden" name=(name) value=(value); }
            @for parameter in parameters {
                (field(parameter, bindings.get(&parameter.name).unwrap_or(&Bound::Unset), choices))
            }
            button.small type="submit" { "Apply" }
            a.small href=(if reset.is_empty() { "?" } else { reset }) data-reset="" { "Reset" }
        }
    }
}

/// What is set, in a line: for paper and walls, where there is no form.
pub fn set(parameters: &[Parameter], bindings: &Bindings) -> String {
    let said = parameters.iter().filter_map(|parameter| match bindings.get(&parameter.name)? {
        Bound::Unset => None,
        bound => Some(format!("{}: {}", title(parameter), bound.text())),
    });
    clean(&said.collect::<Vec<_>>().join(" · "))
}

/// What people call it.
pub fn title(parameter: &Parameter) -> &str {
    parameter.title.as_deref().unwrap_or(&parameter.name)
}

fn field(parameter: &Parameter, bound: &Bound, choices: &Choices) -> Markup {
    let label = &clean(title(parameter));
    let name = format!("{PARAMETER_PREFIX}{}", parameter.name);
    let id = format!("param-{}", parameter.name);
    let set = texts(bound);
    // A link may have set it: what somebody reads here is what is sent next.
    let value = set.first().map(|text| unturned(text)).unwrap_or_default();
    let input = |kind: &str| {
        html! {
            label for=(id) { (label) }
            input id=(id) name=(name) type=(kind) value=(value) step=[(kind == "number").then_some("any")];
        }
    };
    html! {
        div.param {
            @match parameter.parameter_type {
                ParameterType::Text => (input("text")),
                ParameterType::Number => (input("number")),
                ParameterType::Date => (input("date")),
                ParameterType::Boolean => (select(&id, &name, label, &["true".to_owned(), "false".to_owned()], &set)),
                ParameterType::Select => {
                    @let options = choices.get(&parameter.name).unwrap_or(&parameter.options);
                    @if parameter.multiple { (several(&name, label, options, &set)) }
                    @else { (select(&id, &name, label, options, &set)) }
                }
            }
        }
    }
}

fn texts(bound: &Bound) -> Vec<String> {
    match bound {
        Bound::Unset => Vec::new(),
        Bound::List(texts) => texts.clone(),
        other => vec![other.text()],
    }
}

/// What there is to choose, and what was chosen though it is not there any more.
fn all<'a>(options: &'a [String], set: &'a [String]) -> impl Iterator<Item = &'a String> {
    options.iter().chain(set.iter().filter(|text| !options.contains(text)))
}

fn select(id: &str, name: &str, label: &str, options: &[String], set: &[String]) -> Markup {
    html! {
        label for=(id) { (label) }
        select id=(id) name=(name) {
            option value="" selected[set.is_empty()] { "(all)" }
            @for option in all(options, set) { option value=(option) selected[set.contains(option)] { (clean(option)) } }
        }
    }
}

fn several(name: &str, label: &str, options: &[String], set: &[String]) -> Markup {
    let chosen = if set.is_empty() { "(all)".to_owned() } else { clean(&set.join(", ")) };
    html! {
        details.pop.several {
            summary { span.label { (label) } " " span.chosen { (chosen) } }
            fieldset.card {
                legend.vh { (label) }
                @for option in all(options, set) {
                    label.check { input type="checkbox" name=(name) value=(option) checked[set.contains(option)]; " " (clean(option)) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use impala_core::document;

    use super::*;

    #[test]
    fn each_type_has_its_field() {
        let yaml = "{apiVersion: impala/v1, kind: Canvas, metadata: {slug: c}, spec: {parameters: [
            {name: since, type: date, default: 2013-01-01}, {name: least, type: number}, {name: dry, type: boolean},
            {name: kind, title: '<b>Kind', type: select, options: [rain, sun], multiple: true}]}}";
        let canvas = document::read_canvas(&document::from_yaml(yaml).unwrap()).unwrap();
        let given = [("kind".to_owned(), vec!["sun".to_owned()])].into();
        let bindings = impala_core::parameter::bind_all(&canvas.spec.parameters, &given).unwrap();
        let text = form(&canvas.spec.parameters, &bindings, &Choices::new(), &[], "").into_string();
        for part in [
            "name=\"param.since\" type=\"date\" value=\"2013-01-01\"",
            "name=\"param.least\" type=\"number\"",
            "<option value=\"\" selected>(all)</option>",
            "&lt;b&gt;Kind",
            "value=\"sun\" checked",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("value=\"rain\" checked"));
        assert_eq!(set(&canvas.spec.parameters, &bindings), "since: 2013-01-01 · <b>Kind: sun");
    }

    /// What a source holds is chosen as it is there, and is shown as what it is.
    #[test]
    fn no_value_is_read_the_wrong_way_round() {
        let yaml = "{apiVersion: impala/v1, kind: Canvas, metadata: {slug: c}, spec: {parameters: [
            {name: q, type: text}, {name: one, type: select, source: s, field: f},
            {name: some, type: select, source: s, field: f, multiple: true}]}}";
        let canvas = document::read_canvas(&document::from_yaml(yaml).unwrap()).unwrap();
        let turned = "a\u{202e}fdp.exe";
        let given = ["q", "one", "some"].map(|name| (name.to_owned(), vec![turned.to_owned()])).into();
        let bindings = impala_core::parameter::bind_all(&canvas.spec.parameters, &given).unwrap();
        let text = form(&canvas.spec.parameters, &bindings, &Choices::new(), &[], "").into_string();
        for part in [
            "name=\"param.q\" type=\"text\" value=\"afdp.exe\"",
            "<option value=\"a\u{202e}fdp.exe\" selected>afdp.exe</option>",
            "value=\"a\u{202e}fdp.exe\" checked> afdp.exe</label>",
            "<span class=\"chosen\">afdp.exe</span>",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
