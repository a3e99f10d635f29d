//! Moving an instance from one set of stores to another.

use super::archive::Header;
use super::fill::{Shared, fill, is_same_folder, look, mark};
use super::instance::Instance;
use super::snapshot::{Snapshot, newest_schema};
use super::{Error, Report, Watch, blocking};
use crate::Config;
use crate::store::sql::unfinished::Unfinished;

/// Copies all that the instance of `from` holds into the stores of `to`, and reads it back. A server may run on the source,
/// whose state at one moment is copied, and not on the target. One that was cut short goes on when it is run again.
///
/// Uploads or documents that both share belong to the target afterwards, and the source is served no more.
///
/// * `replace`: whether an instance that is in the target is replaced.
///
/// # Errors
/// The reason. The target is marked then, and not served.
pub async fn copy(from: Config, to: Config, replace: bool, watch: Watch) -> Result<Report, Error> {
    blocking(move |handle| {
        let source = handle.block_on(Instance::to_read(&from))?;
        let snapshot = handle.block_on(Snapshot::take(&source))?;
        snapshot.refuse_unfinished()?;
        if snapshot.schema < newest_schema() {
            return Err(Error::Older(format!(
                "the source was last served by an older Impala: its schema is {}, and this one's {}; start and stop \
                 `impala serve` on it once, or back it up and restore it in the target",
                snapshot.schema,
                newest_schema()
            )));
        }
        let target = handle.block_on(Instance::to_write(&to))?;
        let shared = Shared {
            uploads: is_same_folder(&source.uploads, &target.uploads),
            documents: from.mongodb_url.is_some() && from.mongodb_url == to.mongodb_url,
        };
        let unfinished = mark_of(&from);
        handle.block_on(look(&target, &unfinished, replace, shared))?;
        handle.block_on(mark(&target, &unfinished))?;
        let header = Header::new(snapshot.schema);
        let totals = fill(handle, &source, snapshot, &target, shared, &watch)?;
        handle.block_on(source.close());
        handle.block_on(target.close());
        Ok(Report { header, totals })
    })
    .await
}

/// The same source has the same mark, which holds no password.
fn mark_of(from: &Config) -> Unfinished {
    let place = std::path::absolute(&from.data_dir).unwrap_or_else(|_| from.data_dir.clone());
    let id = secretless(from.database_url.as_deref()).unwrap_or_else(|| place.display().to_string());
    Unfinished { id: format!("copy {id}"), what: "a copy of another instance".to_owned() }
}

/// The host and the database of a URL, without user and password.
fn secretless(url: Option<&str>) -> Option<String> {
    let rest = url?.split_once("://")?.1;
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    Some(rest.rsplit_once('@').map_or(rest, |(_, place)| place).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_holds_no_password() {
        let check = |url: &str, expected: &str| assert_eq!(secretless(Some(url)).as_deref(), Some(expected));
        check("postgres://u:p@ss@db.example:5432/impala?sslmode=require", "db.example:5432/impala");
        check("sqlite:///var/impala.db?mode=rwc", "/var/impala.db");
    }
}
