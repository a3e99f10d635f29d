//! The parameters that a canvas has, and what it is called: made, edited and deleted in forms.

use impala_core::parameter::{Parameter, ParameterType, ParameterValue};

use super::forms::is_saved;
use super::support::Session;
use crate::look::Look;

const CANVAS: &str = "ann/weather/seattle-weather";

fn parameter(session: &Session, name: &str) -> Parameter {
    let mut parameters = session.fake.canvas.spec.parameters.iter();
    parameters.find(|one| one.name == name).cloned().expect("a parameter of the saved canvas")
}

fn filter(session: &Session, id: &str) -> String {
    let from = session.fake.canvas.block(id).and_then(|block| block.from()).expect("a block with rows");
    from.filter.clone().unwrap_or_default()
}

/// What stands under a field.
fn under(session: &mut Session, label: &str) -> String {
    let screen = session.screen();
    let is_of = |line: &&str| [" ", "*"].iter().any(|end| line.contains(&format!("│ {label}{end}")));
    let rest = screen.lines().skip_while(|line| !is_of(line)).nth(1).unwrap_or_default();
    rest.split_once("! ").map_or("", |(_, error)| error).split("  ").next().unwrap_or_default().to_owned()
}

/// The form of a new parameter, with a name.
fn new_one(name: &str) -> Session {
    let mut session = Session::canvas(120, 40);
    session.keys("F n");
    session.typed(name);
    session
}

#[test]
fn a_new_select_filters_the_blocks_of_its_source() {
    let mut session = new_one("kinds");
    session.keys("down down down down");
    session.typed("weather");
    assert!(session.screen().contains("5 choices: drizzle, fog, rain"), "{}", session.screen());
    session.keys("ctrl-s");
    let made = parameter(&session, "kinds");
    assert_eq!((made.parameter_type, made.field.as_deref()), (ParameterType::Select, Some("weather")));
    assert!(filter(&session, "rain").ends_with(" AND weather = $kinds"), "{}", filter(&session, "rain"));
    assert_eq!(session.fake.revision, 2, "it is one edit");
    let screen = session.screen();
    assert!(screen.contains("kinds  select  weather: weather"), "the list comes back: {screen}");
    session.keys("esc");
    session.keys("u");
    assert!(!filter(&session, "rain").contains("kinds"));
    assert!(!session.fake.canvas.spec.parameters.iter().any(|one| one.name == "kinds"));
}

#[test]
fn blocks_stay_as_they_are_where_that_is_wanted() {
    let mut session = new_one("kinds");
    let before = session.fake.canvas.spec.blocks.clone();
    session.keys("down down down down");
    session.typed("weather");
    session.keys("up up up up up ctrl-u");
    session.typed("no");
    session.keys("ctrl-s");
    assert_eq!(session.fake.canvas.spec.blocks, before);
    assert!(!parameter(&session, "kinds").multiple);
}

#[test]
fn a_default_is_of_the_type_and_a_select_alone_has_choices() {
    let mut session = new_one("least");
    session.keys("down down ctrl-u");
    session.typed("number");
    let screen = session.screen();
    assert!(!screen.contains("Options") && !screen.contains("Multiple"), "{screen}");
    session.keys("down");
    session.typed("much");
    session.keys("ctrl-s");
    assert_eq!(under(&mut session, "Default"), "\"much\" is not a number");
    session.keys("ctrl-u");
    session.typed("2.5");
    session.keys("ctrl-s");
    let number = serde_json::Number::from_f64(2.5).expect("a number");
    assert_eq!(parameter(&session, "least").default, Some(ParameterValue::Number(number)));
}

#[test]
fn choices_of_its_own_need_no_source() {
    let mut session = new_one("unit");
    session.keys("down down down down down");
    session.typed("mm, inch");
    session.keys("ctrl-s");
    let made = parameter(&session, "unit");
    assert_eq!((made.source, made.options), (None, vec!["mm".to_owned(), "inch".to_owned()]));
}

#[test]
fn what_is_wrong_stands_under_its_field() {
    let check = |name: &str, label: &str, keys: &str, text: &str, expected: &str| {
        let mut session = new_one(name);
        session.keys(keys);
        session.typed(text);
        session.keys("ctrl-s");
        assert!(under(&mut session, label).starts_with(expected), "{name}, {text}: {}", session.screen());
        assert!(!is_saved(&session));
    };
    check("", "Name", "down", "", "is required");
    check("Kinds", "Name", "down", "", "\"Kinds\" is not a valid name");
    check("since", "Name", "down down down down down", "a, b", "\"since\" is the name of parameter");
    check("kinds", "Type", "down down ctrl-u", "selct", "\"selct\" is not a type of parameter; did you mean");
    check(
        "kinds",
        "Source",
        "down down down ctrl-u",
        "wether",
        "there is no source \"wether\"; did you mean",
    );
    check("kinds", "Field", "down down down down", "wether", "weather has no field \"wether\"; did you mean");
    check("kinds", "Options", "down", "", "a select has either");
}

#[test]
fn another_name_is_written_into_the_blocks_that_use_it() {
    let mut session = Session::canvas(120, 40);
    let before = session.fake.canvas.clone();
    session.keys("F enter ctrl-u");
    session.typed("from_day");
    session.keys("enter");
    assert_eq!(session.fake.canvas.spec.parameters[0].name, "from_day");
    assert_eq!(filter(&session, "rain"), {
        let block = before.block("rain").and_then(|block| block.from()).expect("rows");
        block.filter.clone().expect("a filter").replace("$since", "$from_day")
    });
    let yaml = impala_core::document::to_yaml(&session.fake.canvas);
    assert!(yaml.contains("{{from_day}}") && !yaml.contains("since}}") && !yaml.contains("$since"), "{yaml}");
}

#[test]
fn one_that_blocks_use_is_deleted_after_a_question_and_never_out_of_a_text() {
    let mut session = Session::canvas(120, 40);
    session.keys("F d");
    assert!(session.screen().contains("Remove {{since}} from the text of"), "{}", session.screen());
    session.keys("down d");
    let screen = session.screen();
    assert!(screen.contains("Delete the parameter kind?") && screen.contains("Used by \""), "{screen}");
    session.keys("enter");
    assert!(!is_saved(&session), "Enter is no");
    session.keys("d y");
    assert_eq!(session.fake.canvas.spec.parameters.len(), 1);
    session.keys("esc u");
    assert_eq!(session.fake.canvas.spec.parameters.len(), 2);
}

#[test]
fn a_canvas_is_called_something_else() {
    let mut session = Session::canvas(80, 24);
    session.keys("t ctrl-u");
    session.typed("Rain or shine");
    session.keys("down");
    session.typed("What to wear.");
    session.keys("ctrl-s");
    let metadata = &session.fake.canvas.metadata;
    assert_eq!((&*metadata.title, &*metadata.slug), ("Rain or shine", "seattle-weather"));
    assert!(metadata.description.ends_with("What to wear."), "{}", metadata.description);
    assert!(session.screen().contains("/ Rain or shine"), "{}", session.screen());
    session.keys("t ctrl-u");
    session.typed(&"long ".repeat(50));
    session.keys("ctrl-s");
    assert_eq!(under(&mut session, "Title"), "longer than 200 characters");
}

#[test]
fn who_may_only_read_defines_nothing() {
    let mut session = Session::open(CANVAS, 80, 24, Look::default(), true);
    for keys in ["F", "t"] {
        session.keys(keys);
        assert!(session.screen().contains("read-only here"), "{}", session.screen());
    }
    session.keys("f");
    assert!(session.screen().contains("╭─ Parameters"), "they are set: {}", session.screen());
}

#[test]
fn what_someone_saves_meanwhile_is_merged() {
    let mut session = new_one("unit");
    session.keys("down down down down down");
    session.typed("mm, inch");
    session.other_saves(|canvas| canvas.metadata.title = "Theirs".to_owned());
    session.hear();
    session.keys("ctrl-s");
    assert_eq!(session.fake.canvas.metadata.title, "Theirs");
    assert_eq!(parameter(&session, "unit").options.len(), 2);
}
