//! What is wrong with a block, brought to the fields of its form.

use impala_core::api::{BlockAnswer, Problem};
use impala_core::{Canvas, FieldError, Invalid};

use super::naming::Names;
use crate::fields::{Fault, Field, Fields};

/// The faults that an answer tells of the block that is number `index` of its canvas, in which blocks have these names.
pub fn of_problem(problem: &Problem, fields: &Fields, index: Option<usize>, names: &Names) -> Vec<Fault> {
    if problem.errors.is_empty() {
        return vec![Fault { label: None, detail: problem.detail.clone() }];
    }
    let is_of_block = |error: &FieldError| match block_index(&error.pointer) {
        Some(of) => Some(of) == index,
        None => true,
    };
    let fault = |error: &FieldError| match is_of_block(error) {
        true => of_error(error, fields),
        false => Fault { label: None, detail: names.words(error) },
    };
    problem.errors.iter().map(fault).collect()
}

/// What a block does not find on its canvas, such as a parameter that its text shows.
pub fn of_canvas(canvas: &Canvas, id: &str, fields: &Fields) -> Vec<Fault> {
    let Err(invalid) = canvas.check() else { return Vec::new() };
    let index = canvas.spec.blocks.iter().position(|block| block.id == id);
    let is_of_block = |error: &&FieldError| index.is_some() && block_index(&error.pointer) == index;
    invalid.errors.iter().filter(is_of_block).map(|error| of_error(error, fields)).collect()
}

/// An answer as the picture beside the form shows it: what is wrong stands in the form, and is not said twice.
pub fn without_words(answer: &BlockAnswer, fields: &Fields) -> BlockAnswer {
    let BlockAnswer::Problem(problem) = answer else { return answer.clone() };
    let wrong = fields.fields.iter().find(|field| field.error.is_some());
    let detail = match wrong {
        Some(field) => format!("No picture yet: see {}.", field.label),
        None => "No picture yet.".to_owned(),
    };
    BlockAnswer::Problem(Problem { detail, errors: Vec::new(), ..problem.clone() })
}

/// The faults of a canvas, of which the fields describe the part at `own`.
pub fn of_part(invalid: &Invalid, canvas: &Canvas, own: &str, fields: &Fields) -> Vec<Fault> {
    let errors = Names::of(canvas).within(own, &invalid.errors);
    errors.iter().map(|error| of_error(error, fields)).collect()
}

/// What an answer tells of a canvas, in a sentence.
pub fn sentence(problem: &Problem, canvas: &Canvas) -> String {
    let names = Names::of(canvas);
    let words = |text: String, error: &FieldError| text.replace(&error.to_string(), &names.words(error));
    problem.errors.iter().fold(problem.detail.clone(), words)
}

/// Of a pointer into a canvas, the block that it points into.
fn block_index(pointer: &str) -> Option<usize> {
    let (_, rest) = pointer.split_once("/blocks/")?;
    rest.split('/').next()?.parse().ok()
}

/// An error under the label of its field; in words where it belongs to none.
pub fn of_error(error: &FieldError, fields: &Fields) -> Fault {
    match label_of(&error.pointer, fields).or_else(|| label_by_text(&error.detail, fields)) {
        Some(label) => {
            let detail = FieldError { pointer: String::new(), ..error.clone() }.to_string();
            Fault { label: Some(label), detail }
        }
        None => Fault { label: None, detail: error.words() },
    }
}

/// The field that a pointer leads to: the first of its names that is a label, but a channel's stack and sort have fields of their own.
fn label_of(pointer: &str, fields: &Fields) -> Option<&'static str> {
    let label = |name: &str| {
        let name = if name == "limit" { "Rows" } else { name };
        fields.fields.iter().map(|field| field.label).find(|label| label.eq_ignore_ascii_case(name))
    };
    let own =
        ["stack", "sort"].into_iter().find(|name| pointer.ends_with(&format!("/{name}"))).and_then(label);
    own.or_else(|| pointer.split('/').find_map(label))
}

/// The field that holds the name that an error quotes, when there is just one.
fn label_by_text(detail: &str, fields: &Fields) -> Option<&'static str> {
    let quoted = detail.split('"').nth(1)?;
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    let names = |field: &&Field| {
        let is_text = matches!(field.label, "Title" | "Markdown");
        !is_text && field.input.text().split(|c| !is_letter(c)).any(|word| word == quoted)
    };
    let mut named = fields.fields.iter().filter(names);
    let first = named.next()?;
    named.next().is_none().then_some(first.label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_says_of_a_path_goes_to_its_field() {
        let with = |label, text: &str| Field::new(label, text, "");
        let fields = Fields::new(vec![
            with("Title", "wnd"),
            with("Filter", "wnd > 3 AND rain > 1"),
            with("x", "date"),
            with("y", "sum(rain)"),
            with("Stack", ""),
            with("Rows", ""),
        ]);
        let check = |pointer: &str, detail: &str, expected: Option<&str>| {
            assert_eq!(of_error(&FieldError::at(pointer, detail), &fields).label, expected, "{pointer}");
        };
        check("/encoding/y/field", "is wrong", Some("y"));
        check("/spec/blocks/2/encoding/x", "is wrong", Some("x"));
        check("/encoding/x/stack", "is wrong", Some("Stack"));
        check("/limit", "is wrong", Some("Rows"));
        check("/at/w", "is wrong", None);
        check("", "there is no field \"wnd\"; did you mean \"wind\"?", Some("Filter"));
        check("", "there is no field \"rain\"", None);
    }

    #[test]
    fn what_is_wrong_with_another_block_is_said_with_its_place() {
        let fields = Fields::new(vec![Field::new("Filter", "", "")]);
        let errors = vec![FieldError::at("/spec/blocks/1/filter", "is wrong")];
        let failure = crate::action::Failure { errors, ..crate::action::Failure::new("refused") };
        let BlockAnswer::Problem(problem) = failure.as_answer() else { panic!("no problem") };
        let of = |index| of_problem(&problem, &fields, Some(index), &Names::default()).remove(0);
        assert_eq!(of(1), Fault { label: Some("Filter"), detail: "is wrong".to_owned() });
        assert_eq!(of(0).label, None);
    }
}
