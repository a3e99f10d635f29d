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
            Fault { line: Some(3), text: HOSTILE.to_owned() },
            Fault { line: None, text: "no line".to_owned() },
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
    let fault = |line| Fault { line: Some(line), text: format!("row {line}") };
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
    assert_eq!("github".parse(), Ok(ReportKind::Github));
    assert_eq!("markdown".parse(), Ok(ReportKind::Markdown(None)));
    assert_eq!("markdown=a=b.md".parse(), Ok(ReportKind::Markdown(Some("a=b.md".into()))));
    let check = |text: &str, expected: &str| {
        let error = text.parse::<ReportKind>().expect_err(text);
        assert!(error.contains(expected), "{error}");
    };
    check("junit", "junit=FILE");
    check("junit=", "junit=FILE");
    check("github=x", "without a file");
    check("markdown=", "names no file");
    check("markdwn", "did you mean \"markdown\"?");
    check("gitlab", "known are junit=FILE, github");
}
