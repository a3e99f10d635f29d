//! Families of refresh tokens.

use impala_server::store::sql::sessions::{self, NewRefresh, Spent};
use impala_server::store::sql::users;
use sqlx::AnyPool;
use uuid::Uuid;

use super::{ROUNDS, at, at_once, on_each_database, someone};

#[tokio::test(flavor = "multi_thread")]
async fn promises_of_sessions() {
    on_each_database(async |pool| {
        a_spent_token_that_comes_again_revokes_its_family(pool).await;
        two_requests_at_once_revoke_nothing(pool).await;
        a_password_that_was_changed_in_between_begins_nothing(pool).await;
        a_token_ends_by_time_and_by_signing_out(pool).await;
        sessions_that_ended_go_with_the_next_one(pool).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_when_two_come_at_once() {
    on_each_database(async |pool| {
        of_two_who_spend_a_token_at_once_one_gets_the_next(pool).await;
        no_session_outlives_a_change_of_the_password(pool).await;
        no_session_outlives_signing_out(pool).await;
        no_session_outlives_the_theft_of_its_token(pool).await;
    })
    .await;
}

fn token(hash: &str, second: i64) -> NewRefresh {
    NewRefresh { hash: hash.to_owned(), now: at(second), expires_at: at(second + 100) }
}

/// A family whose token `a` was spent for `b` at second 12.
struct Family<'a> {
    pool: &'a AnyPool,
    user_id: Uuid,
    mark: Uuid,
}

impl<'a> Family<'a> {
    async fn begin(pool: &'a AnyPool) -> Self {
        let family = Self { pool, user_id: someone(pool).await.id, mark: Uuid::now_v7() };
        assert!(family.sign_in("old", "a", 0).await);
        assert_eq!(family.spend("a", "b", 12).await, Spent::Good { user_id: family.user_id });
        family
    }

    /// Hashes are unique in the whole table.
    fn hash(&self, name: &str) -> String {
        format!("{name} {}", self.mark)
    }

    async fn sign_in(&self, password_hash: &str, name: &str, second: i64) -> bool {
        let next = token(&self.hash(name), second);
        sessions::begin(self.pool, self.user_id, password_hash, Uuid::now_v7(), &next).await.unwrap()
    }

    fn spend(&self, name: &str, next: &str, second: i64) -> impl Future<Output = Spent> + Send + 'static {
        let (pool, hash, next) = (self.pool.clone(), self.hash(name), token(&self.hash(next), second));
        async move { sessions::spend(&pool, &hash, &next).await.unwrap() }
    }

    /// Whether the token of that name is still good for another one.
    async fn is_good(&self, name: &str) -> bool {
        matches!(self.spend(name, "last", 50).await, Spent::Good { .. })
    }
}

async fn a_spent_token_that_comes_again_revokes_its_family(pool: &AnyPool) {
    let family = Family::begin(pool).await;
    assert_eq!(family.spend("a", "c", 22).await, Spent::Reused);
    assert_eq!(family.spend("b", "d", 23).await, Spent::Unknown);
}

async fn two_requests_at_once_revoke_nothing(pool: &AnyPool) {
    let family = Family::begin(pool).await;
    // The clock was read before the other one's, or up to the end of the grace after it.
    for second in [11, 12, 21] {
        assert_eq!(family.spend("a", "c", second).await, Spent::Raced);
    }
    assert!(family.is_good("b").await);
}

async fn a_password_that_was_changed_in_between_begins_nothing(pool: &AnyPool) {
    let family = Family::begin(pool).await;
    assert!(users::set_password(pool, family.user_id, "old", "new", at(13)).await.unwrap());
    assert!(!family.sign_in("old", "c", 14).await);
    assert!(!family.is_good("b").await && !family.is_good("c").await);
    assert!(family.sign_in("new", "e", 14).await);
    assert!(family.is_good("e").await);
}

async fn a_token_ends_by_time_and_by_signing_out(pool: &AnyPool) {
    let family = Family::begin(pool).await;
    assert_eq!(family.spend("b", "c", 112).await, Spent::Unknown);
    assert_eq!(family.spend("never", "c", 20).await, Spent::Unknown);
    let family = Family::begin(pool).await;
    sessions::end(pool, &family.hash("a"), at(20)).await.unwrap();
    assert_eq!(family.spend("b", "c", 21).await, Spent::Unknown);
}

async fn sessions_that_ended_go_with_the_next_one(pool: &AnyPool) {
    let family = Family::begin(pool).await;
    assert!(family.sign_in("old", "c", 105).await);
    let sql = "select hash from refresh_tokens where user_id = $1 order by hash";
    let rows: Vec<(String,)> =
        sqlx::query_as(sql).bind(family.user_id.to_string()).fetch_all(pool).await.unwrap();
    assert_eq!(rows, [(family.hash("b"),), (family.hash("c"),)]);
}

async fn of_two_who_spend_a_token_at_once_one_gets_the_next(pool: &AnyPool) {
    for _ in 0..ROUNDS {
        let family = Family::begin(pool).await;
        let answers = at_once(family.spend("b", "c", 13), family.spend("b", "d", 13)).await;
        let good = Spent::Good { user_id: family.user_id };
        assert!(answers == (good, Spent::Raced) || answers == (Spent::Raced, good), "{answers:?}");
    }
}

async fn no_session_outlives_a_change_of_the_password(pool: &AnyPool) {
    for _ in 0..ROUNDS {
        let family = Family::begin(pool).await;
        let change = {
            let (pool, user_id) = (pool.clone(), family.user_id);
            async move { users::set_password(&pool, user_id, "old", "new", at(13)).await.unwrap() }
        };
        at_once(family.spend("b", "c", 13), change).await;
        assert!(!family.is_good("c").await);
    }
}

async fn no_session_outlives_signing_out(pool: &AnyPool) {
    for _ in 0..ROUNDS {
        let family = Family::begin(pool).await;
        let end = {
            let (pool, hash) = (pool.clone(), family.hash("a"));
            async move { sessions::end(&pool, &hash, at(13)).await.unwrap() }
        };
        at_once(family.spend("b", "c", 13), end).await;
        assert!(!family.is_good("c").await);
    }
}

async fn no_session_outlives_the_theft_of_its_token(pool: &AnyPool) {
    for _ in 0..ROUNDS {
        let family = Family::begin(pool).await;
        at_once(family.spend("b", "c", 30), family.spend("a", "d", 30)).await;
        assert!(!family.is_good("c").await && !family.is_good("d").await);
    }
}
