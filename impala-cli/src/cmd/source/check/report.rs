//! What was found, in the forms that CI systems read.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use impala_core::FieldError;
use impala_core::table_schema::TableSchema;

use crate::context::Context;
use crate::error::CliError;

/// A form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportKind {
    /// JUnit XML into a file: a test case a column.
    Junit(PathBuf),
    /// Annotations for GitHub Actions, on stdout.
    Github,
}

impl FromStr for ReportKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some(("junit", path)) if !path.is_empty() => Ok(Self::Junit(path.into())),
            None if text == "github" => Ok(Self::Github),
            _ => Err(format!("\"{text}\" is no report; known are junit=FILE and github")),
        }
    }
}

impl ReportKind {
    /// Writes it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(
        &self,
        file: &Path,
        schema: &TableSchema,
        faults: &[FieldError],
        context: &Context,
    ) -> Result<(), CliError> {
        match self {
            Self::Junit(path) => {
                let xml = junit(&file.display().to_string(), schema, faults);
                std::fs::write(path, xml).map_err(|error| CliError::file("write", path, &error))
            }
            Self::Github => {
                let lines: String = faults.iter().map(|fault| annotation(file, fault)).collect();
                context.printer.print(&lines)
            }
        }
    }
}

fn junit(file: &str, schema: &TableSchema, faults: &[FieldError]) -> String {
    let mut columns: Vec<Option<&str>> = vec![None];
    columns.extend(schema.fields.iter().map(|field| Some(field.name.as_str())));
    for fault in faults {
        if !columns.contains(&fault.column.as_deref()) {
            columns.push(fault.column.as_deref());
        }
    }
    let mut failed = 0;
    let mut cases = String::new();
    for column in &columns {
        let own: Vec<String> = faults
            .iter()
            .filter(|fault| fault.column.as_deref() == *column)
            .map(ToString::to_string)
            .collect();
        let name = column.map_or("rows".to_owned(), |name| format!("column {name}"));
        cases += &format!("    <testcase classname=\"{}\" name=\"{}\"", xml(file), xml(&name));
        match own.first() {
            None => cases += "/>\n",
            Some(first) => {
                failed += 1;
                let all = own.join("\n");
                cases += &format!(
                    ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
                    xml(first),
                    xml(&all)
                );
            }
        }
    }
    let tests = columns.len();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failed}\">\n{cases}  </testsuite>\n</testsuites>\n",
        xml(file)
    )
}

/// Text for XML, without the characters that it cannot hold at all.
fn xml(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .map(|c| match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '"' => "&quot;".to_owned(),
            c => c.to_string(),
        })
        .collect()
}

/// <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>
fn annotation(file: &Path, fault: &FieldError) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let line = fault.line.map(|line| format!(",line={line}")).unwrap_or_default();
    let file = property(&file.display().to_string());
    format!("::error file={file}{line},title=Contract::{}\n", data(&fault.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_hold_any_text() {
        let fault = FieldError {
            row: Some(2),
            line: Some(3),
            column: Some("a".to_owned()),
            ..FieldError::at("", "\"<x>\u{1}&\" is 100% wrong")
        };
        let told = annotation(Path::new("a,b.csv"), &fault);
        let detail = "row 2, line 3, column \"a\": \"<x>\u{1}&\" is 100%25 wrong";
        assert_eq!(told, format!("::error file=a%2Cb.csv,line=3,title=Contract::{detail}\n"));
        let schema =
            TableSchema::read(b"{\"fields\": [{\"name\": \"a\"}, {\"name\": \"b\"}]}").expect("right");
        let xml = junit("a.csv", &schema, &[fault]);
        assert!(xml.contains("tests=\"3\" failures=\"1\""), "{xml}");
        assert!(xml.contains("column &quot;a&quot;: &quot;&lt;x&gt;&amp;&quot; is 100% wrong"), "{xml}");
        assert!(xml.contains("name=\"column b\"/>"), "{xml}");
    }

    #[test]
    fn kinds_are_named() {
        assert_eq!("junit=a.xml".parse(), Ok(ReportKind::Junit("a.xml".into())));
        assert_eq!("github".parse(), Ok(ReportKind::Github));
        assert!("junit".parse::<ReportKind>().is_err() && "gitlab".parse::<ReportKind>().is_err());
    }
}
