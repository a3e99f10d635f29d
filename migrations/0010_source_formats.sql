-- What the uploaded file is, as its name would end: csv, tsv.gz, ndjson.
alter table source_versions add column format text not null default 'csv';
