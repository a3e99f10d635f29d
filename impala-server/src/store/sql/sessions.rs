//! Refresh tokens, in families: a sign-in begins one, each refresh spends a token and adds the next.

use jiff::{SignedDuration, Timestamp};
use sqlx::{Any, AnyPool, Transaction};
use uuid::Uuid;

use super::{id, micros, time};
use crate::store::{self, StoreError};

/// A refresh token to be kept.
#[derive(Clone, Debug)]
pub struct NewRefresh {
    /// Hash of the secret.
    pub hash: String,
    /// When it was made.
    pub now: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Begins a family. `false`, and nothing begun, when the user's password is no longer the one of that hash: a session
/// that is on its way while the password changes must not outlive the change.
///
/// # Errors
/// Only the store's own.
pub async fn begin(
    pool: &AnyPool,
    user_id: Uuid,
    password_hash: &str,
    family: Uuid,
    next: &NewRefresh,
) -> Result<bool, StoreError> {
    let mut tx = store::begin(pool).await?;
    // Changes nothing, but holds the row, on both databases: a change of password comes before this or after all of it,
    // and then it sees the new session and ends it.
    let held =
        sqlx::query("update users set password_hash = password_hash where id = $1 and password_hash = $2")
            .bind(user_id.to_string())
            .bind(password_hash)
            .execute(&mut *tx)
            .await?;
    if held.rows_affected() == 0 {
        return Ok(false);
    }
    // Those that ended are of no use to anyone; here they cost nobody a wait.
    sqlx::query("delete from refresh_tokens where user_id = $1 and expires_us <= $2")
        .bind(user_id.to_string())
        .bind(micros(next.now))
        .execute(&mut *tx)
        .await?;
    add(&mut tx, user_id, &family.to_string(), next).await?;
    tx.commit().await?;
    Ok(true)
}

async fn add(
    tx: &mut Transaction<'_, Any>,
    user_id: Uuid,
    family: &str,
    next: &NewRefresh,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into refresh_tokens (hash, family, user_id, created_us, expires_us) values ($1, $2, $3, $4, $5)",
    )
    .bind(&next.hash)
    .bind(family)
    .bind(user_id.to_string())
    .bind(micros(next.now))
    .bind(micros(next.expires_at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Family, user, end, when it was revoked, when it was spent.
type Raw = (String, String, i64, Option<i64>, Option<i64>);

/// What came of spending a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spent {
    /// It was good; the next one is kept.
    Good {
        /// Whose it was.
        user_id: Uuid,
    },
    /// There is no such token, or it has ended.
    Unknown,
    /// It was spent before: someone else has it too. The whole family is revoked.
    Reused,
    /// It was spent a moment ago, at most [`GRACE`]: its owner asked twice at once.
    Raced,
}

/// How long a spent token may come again without being taken for a stolen one. It brings nothing then either; but
/// two requests of one client may reach the server in any order, and their clocks and queues are not ours.
pub const GRACE: SignedDuration = SignedDuration::from_secs(10);

/// Spends the token of that hash and keeps `next` in its place, as one step.
///
/// # Errors
/// Only the store's own.
pub async fn spend(pool: &AnyPool, hash: &str, next: &NewRefresh) -> Result<Spent, StoreError> {
    let mut tx = store::begin(pool).await?;
    // The update decides, not a look before it: of two that come at once only one can change the row.
    let taken = sqlx::query("update refresh_tokens set used_us = $1 where hash = $2 and used_us is null")
        .bind(micros(next.now))
        .bind(hash)
        .execute(&mut *tx)
        .await?
        .rows_affected();
    let sql = "select family, user_id, expires_us, revoked_us, used_us from refresh_tokens where hash = $1";
    let row: Option<Raw> = sqlx::query_as(sql).bind(hash).fetch_optional(&mut *tx).await?;
    let Some((family, user_id, expires_us, revoked_us, used_us)) = row else {
        return Ok(Spent::Unknown);
    };
    let spent = if revoked_us.is_some() || time(expires_us)? <= next.now {
        Spent::Unknown
    } else if taken == 0 && used_us > Some(micros(next.now - GRACE)) {
        Spent::Raced
    } else if taken == 0 {
        revoke(&mut tx, &family, next.now).await?;
        Spent::Reused
    } else {
        let user_id = id(&user_id)?;
        add(&mut tx, user_id, &family, next).await?;
        Spent::Good { user_id }
    };
    tx.commit().await?;
    Ok(spent)
}

async fn revoke(tx: &mut Transaction<'_, Any>, family: &str, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("update refresh_tokens set revoked_us = $1 where family = $2 and revoked_us is null")
        .bind(micros(now))
        .bind(family)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Ends the family of a token, spent or not.
///
/// # Errors
/// Only the store's own.
pub async fn end(pool: &AnyPool, hash: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "update refresh_tokens set revoked_us = $1
        where revoked_us is null and family = (select family from refresh_tokens where hash = $2)";
    sqlx::query(sql).bind(micros(now)).bind(hash).execute(pool).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sql::users::{self, UserRow};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn token(hash: &str, second: i64) -> NewRefresh {
        NewRefresh { hash: hash.to_owned(), now: at(second), expires_at: at(second + 100) }
    }

    /// A family whose token `a` was spent for `b` at second 12.
    async fn family() -> (tempfile::TempDir, AnyPool, Uuid) {
        let dir = tempfile::tempdir().unwrap();
        let pool = store::connect(&store::sqlite_url(&dir.path().join("x.db")).unwrap()).await.unwrap();
        let user_id = Uuid::from_u128(1);
        let user =
            UserRow { id: user_id, username: "ann".into(), password_hash: "old".into(), created_at: at(0) };
        users::add(&pool, &user).await.unwrap();
        assert!(begin(&pool, user_id, "old", Uuid::from_u128(2), &token("a", 0)).await.unwrap());
        let spent = spend(&pool, "a", &token("b", 12)).await.unwrap();
        assert_eq!(spent, Spent::Good { user_id });
        (dir, pool, user_id)
    }

    #[tokio::test]
    async fn a_spent_token_that_comes_again_revokes_its_family() {
        let (_dir, pool, _) = family().await;
        assert_eq!(spend(&pool, "a", &token("c", 22)).await.unwrap(), Spent::Reused);
        assert_eq!(spend(&pool, "b", &token("d", 23)).await.unwrap(), Spent::Unknown);
    }

    #[tokio::test]
    async fn two_requests_at_once_revoke_nothing() {
        let (_dir, pool, user_id) = family().await;
        // The clock was read before the other one's, or up to the end of the grace after it.
        for second in [11, 12, 21] {
            assert_eq!(spend(&pool, "a", &token("c", second)).await.unwrap(), Spent::Raced);
        }
        assert_eq!(spend(&pool, "b", &token("d", 22)).await.unwrap(), Spent::Good { user_id });
    }

    #[tokio::test]
    async fn a_password_that_was_changed_in_between_begins_nothing() {
        let (_dir, pool, user_id) = family().await;
        users::set_password(&pool, user_id, "new", at(13)).await.unwrap();
        assert!(!begin(&pool, user_id, "old", Uuid::from_u128(3), &token("c", 14)).await.unwrap());
        assert_eq!(spend(&pool, "c", &token("d", 15)).await.unwrap(), Spent::Unknown);
        assert!(begin(&pool, user_id, "new", Uuid::from_u128(4), &token("e", 14)).await.unwrap());
    }

    #[tokio::test]
    async fn a_token_ends_by_time_and_by_signing_out() {
        let (_dir, pool, _) = family().await;
        assert_eq!(spend(&pool, "b", &token("c", 112)).await.unwrap(), Spent::Unknown);
        assert_eq!(spend(&pool, "never", &token("c", 20)).await.unwrap(), Spent::Unknown);
        let (_dir, pool, _) = family().await;
        end(&pool, "a", at(20)).await.unwrap();
        assert_eq!(spend(&pool, "b", &token("c", 21)).await.unwrap(), Spent::Unknown);
    }
}
