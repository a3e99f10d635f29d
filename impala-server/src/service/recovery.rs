//! Finishes or undoes what was cut short: by a crash before the start, by a store that was down since.
//! || Several servers may share the stores. What another one is doing must not be mistaken for what a crash has left:
//! an upload or a document whose row is still to come. Only a start that finds no other server running, and lets none
//! start until it is done, removes such things at once; all others leave those that are younger than an hour. Nothing is
//! removed from stores that belong to another instance than the database: see [`instance`].

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Error, contracts, instance, previews, projects, resumable};
use crate::state::AppState;
use crate::store::StoreError;
use crate::store::sql::{canvases, sources, unfinished};
use crate::store::uploads::Survey;

/// Documents looked at together.
const BATCH: i64 = 1_000;

/// The first and the last step of a change are seconds apart. After this, it has been abandoned.
const AGE: Duration = Duration::from_secs(60 * 60);

/// How often deletions are retried that failed as a store was down.
const RETRY: Duration = Duration::from_secs(60);

/// Strays are searched for once in so many of those. They do no harm.
const SWEEP_EVERY: u32 = 60;

/// What a start does first, before this server takes requests. A canvas store that is down does not prevent a start:
/// [`keep_up`] continues once it is back.
///
/// # Errors
/// When the database or the uploads folder fails.
pub async fn recover(app: &AppState) -> Result<(), Error> {
    let survey = survey(app).await?;
    let age = (!survey.is_alone).then_some(AGE);
    let survey = sweep_uploads(app, survey, age).await?;
    let canvases = async {
        projects::purge_deleted(app).await?;
        sweep_canvases(app, age).await
    };
    match canvases.await {
        Err(Error::Store(error @ StoreError::Unavailable(_))) => {
            tracing::warn!(%error, store = app.canvases.name(), "what is left of unfinished work stays for now");
        }
        done => done?,
    }
    drop(survey);
    previews::sweep(app).await?;
    contracts::sweep(app).await?;
    resumable::sweep(app).await
}

/// Never ends: retries deletions that could not be finished, removes expired previews, and searches for strays now
/// and then.
pub async fn keep_up(app: AppState) {
    let mut until_sweep = 1;
    loop {
        tokio::time::sleep(RETRY).await;
        until_sweep -= 1;
        let done = if until_sweep == 0 { sweep(&app).await } else { tidy(&app).await };
        if let Err(error) = done {
            tracing::warn!(%error, "tidying up is tried again in a minute");
            until_sweep = 1;
        } else if until_sweep == 0 {
            until_sweep = SWEEP_EVERY;
        }
    }
}

/// As [`recover`], while servers are running.
///
/// # Errors
/// When a store fails. What is done is done; calling it again goes on.
pub async fn sweep(app: &AppState) -> Result<(), Error> {
    if is_being_filled(app).await? {
        return Ok(());
    }
    let survey = survey(app).await?;
    drop(sweep_uploads(app, survey, Some(AGE)).await?);
    projects::purge_deleted(app).await?;
    sweep_canvases(app, Some(AGE)).await?;
    previews::sweep(app).await?;
    contracts::sweep(app).await?;
    resumable::sweep(app).await
}

/// Retries deletions and removes expired previews, but not those of an instance that is just being replaced: the replacement
/// may be the same.
async fn tidy(app: &AppState) -> Result<(), Error> {
    if is_being_filled(app).await? {
        return Ok(());
    }
    previews::sweep(app).await?;
    projects::purge_deleted(app).await
}

/// Whether a restore or a copy into the stores has not ended: what seems to be left over may be part of it.
async fn is_being_filled(app: &AppState) -> Result<bool, Error> {
    Ok(unfinished::find(&app.pool).await?.is_some())
}

async fn survey(app: &AppState) -> Result<Survey, Error> {
    let uploads = app.uploads.clone();
    let survey = tokio::task::spawn_blocking(move || uploads.survey()).await;
    Ok(survey.map_err(|fault| Error::internal("looking at uploads", fault))?.map_err(StoreError::from)?)
}

async fn sweep_uploads(app: &AppState, survey: Survey, age: Option<Duration>) -> Result<Survey, Error> {
    let known = sources::uploads(&app.pool).await?;
    let (uploads, id) = (app.uploads.clone(), app.instance);
    let swept = tokio::task::spawn_blocking(move || {
        instance::check_uploads(&uploads, id)?;
        let swept = uploads.sweep(&survey, &known, age)?;
        Ok::<_, StoreError>((swept, survey))
    });
    let swept = swept.await.map_err(|fault| Error::internal("sweeping uploads", fault))?;
    let (swept, survey) = swept?;
    if swept.unfinished + swept.strays > 0 {
        tracing::info!(swept.unfinished, swept.strays, "removed what is left of unfinished uploads");
    }
    Ok(survey)
}

async fn sweep_canvases(app: &AppState, age: Option<Duration>) -> Result<(), Error> {
    instance::check_documents(app).await?;
    let tidied = app.canvases.tidy().await?;
    if tidied > 0 {
        tracing::info!(canvases = tidied, "removed what is left of deleted canvases");
    }
    let mut after = None;
    loop {
        let ids = app.canvases.ids(after, BATCH).await?;
        // Documents of a restore exist before their rows, which come before the end of its mark: hence this order.
        if is_being_filled(app).await? {
            return Ok(());
        }
        for id in &ids {
            let is_due = age.is_none_or(|age| is_older(*id, app.now(), age));
            if is_due && !canvases::exists(&app.pool, *id).await? {
                tracing::info!(canvas = %id, "removing a document without a canvas");
                app.canvases.delete(*id).await?;
            }
        }
        match ids.last() {
            Some(last) => after = Some(*last),
            None => return Ok(()),
        }
    }
}

/// Whether an id was made that long ago, by the time that is in it.
pub fn is_older(id: Uuid, now: Timestamp, age: Duration) -> bool {
    let made = id.get_timestamp().map(|made| made.to_unix());
    let made = made.and_then(|(seconds, _)| Timestamp::from_second(i64::try_from(seconds).ok()?).ok());
    let age = SignedDuration::try_from(age).unwrap_or(SignedDuration::MAX);
    made.is_some_and(|made| made.duration_until(now) >= age)
}
