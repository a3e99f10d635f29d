use super::*;

fn case(part: &str, name: &str, outcome: Outcome, found: &str) -> Case {
    Case {
        part: part.to_owned(),
        name: name.to_owned(),
        outcome,
        found: found.to_owned(),
        line: None,
        faults: Vec::new(),
        beyond: Beyond::default(),
    }
}

/// Everything that one of the forms could trip over.
const HOSTILE: &str = "\"<x>\u{1}&\u{ffff}\" | is 100%\n::error::@ann `a`, b";

fn suites() -> [Suite; 3] {
    let broken = Case {
        faults: vec![
            Fault { line: Some(3), column: None, text: HOSTILE.to_owned() },
            Fault { line: None, column: None, text: "no line".to_owned() },
        ],
        ..case("", "column a", Outcome::Failed, "2 violations")
    };
    let contract = Suite {
        name: "a,b.csv".to_owned(),
        title: "Contract".to_owned(),
        file: Some("a,b.csv".to_owned()),
        cases: vec![case("", "rows", Outcome::Passed, ""), broken],
    };
    let draft = Suite {
        name: "canvas rain".to_owned(),
        title: "Canvas check".to_owned(),
        file: Some("canvases/rain.yaml".to_owned()),
        cases: vec![Case { line: Some(7), ..case("days", "rows > 9", Outcome::Failed, "4") }],
    };
    let canvas = Suite {
        name: "canvas rain".to_owned(),
        title: "Canvas check".to_owned(),
        file: None,
        cases: vec![
            case("days", "rows > 0", Outcome::Passed, "1,461"),
            case("days", "not truncated", Outcome::Warned, "nearly"),
            case("total", "value within 5% of previous", Outcome::Skipped, "4; there is no earlier version"),
            case("total", "value > 5", Outcome::Failed, "4"),
        ],
    };
    [contract, canvas, draft]
}

#[test]
fn junit_is_xml_whatever_the_text_holds() {
    let xml = junit::text(&suites());
    insta::assert_snapshot!(xml);
    let document = roxmltree::Document::parse(&xml).expect("XML");
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    let number =
        |node: &roxmltree::Node, name: &str| node.attribute(name).expect(name).parse::<usize>().expect(name);
    for suite in root.children().filter(roxmltree::Node::is_element) {
        let cases: Vec<_> = suite.children().filter(|node| node.has_tag_name("testcase")).collect();
        let with = |tag: &str| {
            cases.iter().filter(|case| case.children().any(|child| child.has_tag_name(tag))).count()
        };
        assert_eq!(number(&suite, "tests"), cases.len());
        assert_eq!(
            (number(&suite, "failures"), number(&suite, "skipped")),
            (with("failure"), with("skipped"))
        );
        assert!(cases.iter().all(|case| case.has_attribute("classname") && case.has_attribute("name")));
    }
    let failure = document.descendants().find(|node| node.has_tag_name("failure")).expect("one failed");
    let shown = HOSTILE.replace(['\u{1}', '\u{ffff}'], "\u{fffd}");
    assert_eq!(failure.attribute("message"), Some(shown.as_str()));
    assert_eq!(failure.text(), Some(format!("{shown}\nno line").as_str()));
}

#[test]
fn annotations_are_one_line_each() {
    insta::assert_snapshot!(github::text(&suites()));
}

/// A runner shows ten of a step, and a log of thousands helps nobody.
#[test]
fn annotations_of_one_case_are_few() {
    let fault = |line| Fault { line: Some(line), column: None, text: format!("row {line}") };
    let [mut suite, ..] = suites();
    suite.cases[1].faults = (1..=1_000).map(fault).collect();
    let text = github::text(&[suite.clone()]);
    assert_eq!(text.lines().count(), 11, "{text}");
    assert!(text.ends_with("::column a: and 990 more like these\n"), "{text}");

    // Those that nobody kept are counted too, wherever they are told.
    let by_rule = vec![("enum".to_owned(), 1_000), ("type".to_owned(), 1_000)];
    suite.cases[1].beyond = Beyond { more: 1_000, by_rule };
    let all = " more like these (in all: 1,000 enum, 1,000 type)";
    let suites = [suite];
    for (text, rest) in [
        (github::text(&suites), "1,990"),
        (junit::text(&suites), "1,000"),
        (markdown::text(&suites), "1,980"),
    ] {
        assert!(text.contains(&format!("and {rest}{all}")), "{text}");
    }
}

#[test]
fn markdown_reads_as_it_was_written() {
    insta::assert_snapshot!(markdown::text(&suites()));
}

#[test]
fn kinds_are_named() {
    assert_eq!("junit=a.xml".parse(), Ok(ReportKind::Junit("a.xml".into())));
    assert_eq!("github".parse(), Ok(ReportKind::Github(None)));
    assert_eq!("github=a.txt".parse(), Ok(ReportKind::Github(Some("a.txt".into()))));
    assert_eq!("markdown".parse(), Ok(ReportKind::Markdown(None)));
    assert_eq!("markdown=a=b.md".parse(), Ok(ReportKind::Markdown(Some("a=b.md".into()))));
    let check = |text: &str, expected: &str| {
        let error = text.parse::<ReportKind>().expect_err(text);
        assert!(error.contains(expected), "{error}");
    };
    check("junit", "junit=FILE");
    check("junit=", "junit=FILE");
    check("github=", "github=FILE");
    check("markdown=", "names no file");
    check("markdwn", "did you mean \"markdown\"?");
    check("gitlab", "known are junit=FILE, github");
}

#[test]
fn stdout_is_one_thing() {
    let check = |json: bool, kinds: &[&str], expected: Option<&str>| {
        let report = kinds.iter().map(|kind| kind.parse().expect("a kind")).collect();
        let json = JsonArgs { json: json.then(|| "all".to_owned()) };
        let error = ReportArgs { report }.check_beside(&json).err();
        let told = error.map(|error| format!("{} ({})", error.message, error.hint.unwrap_or_default()));
        assert_eq!(told.as_deref(), expected, "{kinds:?}");
    };
    let hint = "(--report markdown=FILE writes the report to a file)";
    let both = |one: &str, other: &str| format!("{one} and --report {other} would both write to stdout");
    check(true, &["markdown"], Some(&format!("{} {hint}", both("--json", "markdown"))));
    check(true, &["github", "markdown"], Some(&format!("{} {hint}", both("--json", "markdown"))));
    check(
        true,
        &["github"],
        Some(&format!("{} {}", both("--json", "github"), hint.replace("markdown", "github"))),
    );
    check(false, &["github", "markdown"], Some(&format!("{} {hint}", both("--report github", "markdown"))));
    check(true, &["github=a", "markdown=b", "junit=c"], None);
    check(false, &["github", "markdown=b"], None);
    check(false, &["github=a", "markdown"], None);
}

/// Wherever it is read, a finding says where it is and what it is about.
#[test]
fn findings_of_a_text_name_their_place_in_every_report() {
    let text = "block a: needs \"mark\"".to_owned();
    let fault = Fault { line: Some(6), column: Some(7), text };
    let case = Case { faults: vec![fault], ..case("", "missing-field", Outcome::Failed, "") };
    let suite = Suite {
        name: "w.yaml".to_owned(),
        title: "Canvas".to_owned(),
        file: Some("w.yaml".to_owned()),
        cases: vec![case],
    };
    let stdin = Suite { name: "stdin".to_owned(), file: None, ..suite.clone() };
    let suites = [suite];
    let holds = |text: String, expected: &str| assert!(text.contains(expected), "{text}");
    holds(junit::text(&suites), "message=\"w.yaml:6:7: block a: needs &quot;mark&quot;\"");
    holds(markdown::text(&suites), "| w.yaml:6:7: block a: needs \"mark\" |");
    holds(github::text(&suites), "::error file=w.yaml,line=6,col=7,title=Canvas::block a: needs \"mark\"");
    holds(github::text(&[stdin]), "title=Canvas::stdin:6:7: missing-field: block a: needs \"mark\"");
}
