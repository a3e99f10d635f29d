//! Whether a file keeps a contract: every row against a Table Schema, with memory that does not grow with the file.

mod distinct;
mod rules;

use std::fs::File;
use std::path::Path;

use impala_core::source::{ColumnType, CsvSettings, OnBadRows, SourceColumn};
use impala_core::table_schema::{Names, SchemaField, TableSchema};
use impala_core::{FieldError, Invalid, name};

use self::distinct::Distinct;
use self::rules::Rules;
use super::records::Record;
use super::{CsvLimits, IngestError, intake, rows};
use crate::engine::Stop;

/// What becomes of columns and types that the contract does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDrift {
    /// They break it.
    Fail,
    /// New columns, and values that are not of the type, are let through.
    Widen,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Rows of the file.
    pub rows: u64,
    /// Rows that break the contract.
    pub bad_rows: u64,
    /// What is broken, in all.
    pub violations: u64,
}

/// Gets each violation, and the row as it is written where it is about one row.
pub type Report<'a> = dyn FnMut(FieldError, &[u8]) -> std::io::Result<()> + 'a;

/// What a file is held against.
#[derive(Clone, Copy, Debug)]
pub struct Contract<'a> {
    /// How the file is read.
    pub settings: &'a CsvSettings,
    /// What it has to be.
    pub schema: &'a TableSchema,
    /// What becomes of columns and types that the schema does not have.
    pub on_drift: OnDrift,
    /// What a file may be at most.
    pub limits: CsvLimits,
    /// Where columns that may hold no value twice are sorted; nothing is left there.
    pub folder: &'a Path,
}

/// Checks a file.
///
/// * `report`: gets every violation, by row; those of values that come twice at the end
///
/// # Errors
/// `Refused` for a file that cannot be read as a table at all, and for a contract whose rules make no sense.
pub fn check_contract(
    path: &Path,
    contract: &Contract<'_>,
    stop: &Stop,
    report: &mut Report<'_>,
) -> Result<Checked, IngestError> {
    let Contract { settings, schema, on_drift, limits, folder } = *contract;
    // Whoever leaves rows out that cannot be read is not told of them as violations.
    let leaves_out = settings.on_bad_rows == OnBadRows::Skip;
    let mut settings = CsvSettings { on_bad_rows: OnBadRows::Skip, ..settings.clone() };
    settings.null_values.extend(schema.missing_values.iter().filter(|text| !text.is_empty()).cloned());
    // Nothing is asked of types in reading: each value that is wrong is to be told, not the first of its row.
    settings.types.clear();
    let all_text = |columns: &[SourceColumn]| {
        columns.iter().map(|column| (column.name.clone(), ColumnType::String)).collect()
    };
    let found = intake::scan_file(path, &settings, limits, stop)?;
    settings.types = all_text(&found.columns);
    let scanned = intake::scan_file(path, &settings, limits, stop)?;
    let mut check = Check { report, checked: Checked { rows: 0, bad_rows: 0, violations: 0 } };
    check.columns(schema, &found.columns, on_drift)?;
    let mut columns = Vec::new();
    for field in &schema.fields {
        if let Some(index) = scanned.columns.iter().position(|column| column.name == field.name) {
            columns.push(Column::new(index, field, on_drift, folder)?);
        }
    }
    let mut key = Key::new(schema, &scanned.columns, folder)?;
    let nulls = scanned.dialect()?.settings.clone();
    rows::each(&File::open(path)?, &scanned, true, stop, &mut |row, record, fault| {
        if leaves_out && fault.is_some() {
            return Ok(());
        }
        let mut faults: Vec<FieldError> =
            fault.map(|detail| FieldError::at("", detail)).into_iter().collect();
        if faults.is_empty() {
            for column in &mut columns {
                let field = record.field(column.index);
                let value = (!nulls.nulls.contains(field)).then_some(field);
                faults.extend(column.check(row, value)?);
            }
            key.iter_mut().try_for_each(|key| key.note(row, record))?;
        }
        check.row(row, record, faults)
    })?;
    for (name, distinct) in columns.into_iter().filter_map(|column| Some((column.name, column.distinct?))) {
        check.repeated(Some(&name), distinct, stop)?;
    }
    if let Some(key) = key {
        check.repeated(None, key.distinct, stop)?;
    }
    Ok(check.checked)
}

/// Whether the rules of a contract make sense, before a file is there.
///
/// # Errors
/// Those that do not.
pub fn check_rules(schema: &TableSchema) -> Result<(), Invalid> {
    schema.fields.iter().try_for_each(|field| Rules::new(field, OnDrift::Fail).map(drop))
}

struct Check<'a, 'b> {
    report: &'a mut Report<'b>,
    checked: Checked,
}

impl Check<'_, '_> {
    fn tell(&mut self, fault: FieldError, raw: &[u8]) -> Result<(), IngestError> {
        self.checked.violations += 1;
        Ok((self.report)(fault, raw)?)
    }

    /// Columns that are missing, and those that nobody spoke of.
    fn columns(
        &mut self,
        schema: &TableSchema,
        columns: &[SourceColumn],
        on_drift: OnDrift,
    ) -> Result<(), IngestError> {
        let names = || columns.iter().map(|column| column.name.as_str());
        for field in &schema.fields {
            let may_lack = on_drift == OnDrift::Widen && !field.constraints.required;
            if !may_lack && names().all(|name| name != field.name) {
                let hint = name::suggestion(&field.name, names());
                let detail = format!("the file has no such column, which the contract asks for{hint}");
                self.tell(
                    FieldError { column: Some(field.name.clone()), ..FieldError::at("", detail) },
                    b"",
                )?;
            }
        }
        for extra in names().filter(|name| on_drift == OnDrift::Fail && schema.field(name).is_none()) {
            let hint = name::suggestion(extra, schema.fields.iter().map(|field| field.name.as_str()));
            let detail = format!("the contract does not have this column{hint}");
            self.tell(FieldError { column: Some(extra.to_owned()), ..FieldError::at("", detail) }, b"")?;
        }
        Ok(())
    }

    fn row(&mut self, row: u64, record: &Record<'_>, faults: Vec<FieldError>) -> Result<(), IngestError> {
        self.checked.rows += 1;
        self.checked.bad_rows += u64::from(!faults.is_empty());
        for fault in faults {
            let fault = FieldError { row: Some(row), line: Some(record.line), ..fault };
            self.tell(fault, record.raw)?;
        }
        Ok(())
    }

    /// Values that are there twice. Which rows they are in is known only at the end.
    fn repeated(&mut self, column: Option<&str>, distinct: Distinct, stop: &Stop) -> Result<(), IngestError> {
        let what = if column.is_some() { "the value" } else { "the key" };
        distinct.repeated(stop, &mut |first, row| {
            let detail =
                format!("{what} is that of row {first} already; expected a different one in every row");
            self.tell(
                FieldError {
                    row: Some(row),
                    column: column.map(str::to_owned),
                    ..FieldError::at("", detail)
                },
                b"",
            )
        })
    }
}

struct Column {
    index: usize,
    name: String,
    rules: Rules,
    distinct: Option<Distinct>,
}

impl Column {
    fn new(index: usize, field: &SchemaField, on_drift: OnDrift, folder: &Path) -> Result<Self, IngestError> {
        let distinct = field.constraints.unique.then(|| Distinct::new(folder)).transpose()?;
        Ok(Self { index, name: field.name.clone(), rules: Rules::new(field, on_drift)?, distinct })
    }

    fn check(&mut self, row: u64, value: Option<&[u8]>) -> Result<Option<FieldError>, IngestError> {
        if let (Some(value), Some(distinct)) = (value, &mut self.distinct) {
            distinct.note(row, &[value])?;
        }
        Ok(self.rules.fault(value).map(|detail| FieldError {
            column: Some(self.name.clone()),
            value: value.map(super::problems::shown),
            ..FieldError::at("", detail)
        }))
    }
}

/// Columns whose values together name a row.
struct Key {
    places: Vec<usize>,
    distinct: Distinct,
}

impl Key {
    fn new(
        schema: &TableSchema,
        columns: &[SourceColumn],
        folder: &Path,
    ) -> Result<Option<Self>, IngestError> {
        let Some(names) = schema.primary_key.as_ref().map(Names::as_slice) else { return Ok(None) };
        let place = |name: &String| columns.iter().position(|column| column.name == *name);
        // One that is missing was told already.
        let Some(places) = names.iter().map(place).collect() else { return Ok(None) };
        Ok(Some(Self { places, distinct: Distinct::new(folder)? }))
    }

    fn note(&mut self, row: u64, record: &Record<'_>) -> Result<(), IngestError> {
        let values: Vec<&[u8]> = self.places.iter().map(|place| record.field(*place)).collect();
        Ok(self.distinct.note(row, &values)?)
    }
}

/// A rule that makes no sense.
fn bad_rule(field: &str, rule: &str, detail: String) -> Invalid {
    Invalid::at(format!("fields.{field}.constraints.{rule}"), detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::csv::tests::automatic;

    fn violations(csv: &str, schema: &str, on_drift: OnDrift) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, csv).unwrap();
        let schema = TableSchema::read(schema.as_bytes()).unwrap();
        let mut found = Vec::new();
        let mut report = |fault: FieldError, _: &[u8]| {
            found.push(fault.to_string());
            Ok(())
        };
        let (settings, limits) = (automatic(), CsvLimits::default());
        let contract =
            Contract { settings: &settings, schema: &schema, on_drift, limits, folder: folder.path() };
        let checked = check_contract(&path, &contract, &Stop::never(), &mut report);
        assert_eq!(checked.unwrap().violations, found.len() as u64);
        found
    }

    const SCHEMA: &str = r#"{"fields": [
        {"name": "id", "type": "integer", "constraints": {"required": true, "unique": true, "minimum": 1, "maximum": 99}},
        {"name": "day", "type": "date", "constraints": {"minimum": "2024-01-01"}},
        {"name": "shop", "constraints": {"enum": ["north", "south"], "maxLength": 5}},
        {"name": "code", "constraints": {"pattern": "[A-Z]{2}\\d+"}}
    ], "missingValues": ["", "NA"]}"#;

    #[test]
    fn every_violation_is_told_by_row_and_column() {
        let csv = "id,day,shop,code\n1,2024-01-01,north,AB1\n100,2023-12-31,west,AB1x\nNA,31.01.2024,NA,\n1,x\n2,NA,south,CD2\n2,,,\n";
        let expected = [
            "row 2, line 3, column \"id\": \"100\" is more than the maximum 99",
            "row 2, line 3, column \"day\": \"2023-12-31\" is less than the minimum 2024-01-01",
            "row 2, line 3, column \"shop\": \"west\" is none of north, south",
            "row 2, line 3, column \"code\": \"AB1x\" does not fit the pattern [A-Z]{2}\\d+",
            "row 3, line 4, column \"id\": a value is required",
            "row 3, line 4, column \"day\": \"31.01.2024\" is no date such as 2024-01-31",
            "row 4, line 5: column \"shop\": the row has 2 fields; expected 4, as in the header",
            "row 6, column \"id\": the value is that of row 5 already; expected a different one in every row",
        ];
        assert_eq!(violations(csv, SCHEMA, OnDrift::Fail), expected);
    }

    #[test]
    fn drift_fails_or_widens() {
        let csv = "id,shop,code,extra\n1,north,AB1,x\n2.5,south,AB2,y\n";
        let expected = [
            "column \"day\": the file has no such column, which the contract asks for; known are id, shop, code, extra",
            "column \"extra\": the contract does not have this column; known are id, day, shop, code",
            "row 2, line 3, column \"id\": \"2.5\" is no integer such as 42",
        ];
        assert_eq!(violations(csv, SCHEMA, OnDrift::Fail), expected);
        assert!(violations(csv, SCHEMA, OnDrift::Widen).is_empty());
        let missing = violations("shop,code\nnorth,AB1\n", SCHEMA, OnDrift::Widen);
        assert_eq!(
            missing,
            ["column \"id\": the file has no such column, which the contract asks for; known are shop, code"]
        );
    }

    #[test]
    fn keys_of_several_columns_name_one_row_each() {
        let schema = r#"{"fields": [{"name": "a"}, {"name": "b"}], "primaryKey": ["a", "b"]}"#;
        let found = violations("a,b\n1,23\n12,3\n1,23\n", schema, OnDrift::Fail);
        assert_eq!(found, ["row 3: the key is that of row 1 already; expected a different one in every row"]);
    }
}
