//! Answers that are kept.

use impala_server::store::sql::idempotency::{self, Claim, KeptAnswer, Known};
use sqlx::AnyPool;
use uuid::Uuid;

use super::{ROUNDS, at, at_once, on_each_database, someone};

#[tokio::test(flavor = "multi_thread")]
async fn promises_of_idempotency() {
    on_each_database(async |pool| {
        what_was_answered_is_known(pool).await;
        what_came_to_nothing_may_come_again(pool).await;
        what_is_old_or_abandoned_is_forgotten(pool).await;
        an_answer_that_comes_too_late_is_not_another_ones(pool).await;
        of_two_claims_at_once_one_is_new(pool).await;
        a_claim_at_once_with_its_end_is_running_or_new(pool).await;
    })
    .await;
}

async fn claim_of(pool: &AnyPool, second: i64) -> Claim {
    claim(someone(pool).await.id, "request", second)
}

/// Answers are kept for 100 seconds, and waited for 50.
fn claim(user_id: Uuid, request: &str, second: i64) -> Claim {
    Claim {
        user_id,
        key: "key".to_owned(),
        request_hash: request.to_owned(),
        now: at(second),
        forget_before: at(second - 100),
        abandoned_before: at(second - 50),
    }
}

fn answer(status: u16) -> KeptAnswer {
    KeptAnswer { status, headers: "{}".to_owned(), body: Some("Größe".to_owned()) }
}

async fn known(pool: &AnyPool, claim: &Claim) -> Known {
    idempotency::claim(pool, claim).await.unwrap()
}

async fn what_was_answered_is_known(pool: &AnyPool) {
    let first = claim_of(pool, 0).await;
    assert_eq!(known(pool, &first).await, Known::New);
    assert_eq!(known(pool, &first).await, Known::Running);
    idempotency::keep(pool, &first, &answer(201)).await.unwrap();
    assert_eq!(known(pool, &first).await, Known::Answered(answer(201)));
    assert_eq!(known(pool, &claim(first.user_id, "other", 1)).await, Known::Other);
    assert_eq!(known(pool, &claim_of(pool, 1).await).await, Known::New, "keys are everyone's own");
}

async fn what_came_to_nothing_may_come_again(pool: &AnyPool) {
    let first = claim_of(pool, 0).await;
    known(pool, &first).await;
    idempotency::forget(pool, &first).await.unwrap();
    assert_eq!(known(pool, &first).await, Known::New);
}

async fn what_is_old_or_abandoned_is_forgotten(pool: &AnyPool) {
    let (answered, abandoned) = (claim_of(pool, 0).await, claim_of(pool, 0).await);
    for first in [&answered, &abandoned] {
        known(pool, first).await;
    }
    idempotency::keep(pool, &answered, &answer(200)).await.unwrap();
    let later = |first: &Claim, second| claim(first.user_id, "request", second);
    assert_eq!(known(pool, &later(&abandoned, 50)).await, Known::Running);
    assert_eq!(known(pool, &later(&abandoned, 51)).await, Known::New);
    assert_eq!(known(pool, &later(&answered, 100)).await, Known::Answered(answer(200)));
    assert_eq!(known(pool, &later(&answered, 101)).await, Known::New);
}

async fn an_answer_that_comes_too_late_is_not_another_ones(pool: &AnyPool) {
    let slow = claim_of(pool, 0).await;
    known(pool, &slow).await;
    let next = claim(slow.user_id, "another request", 60);
    assert_eq!(known(pool, &next).await, Known::New);
    idempotency::keep(pool, &slow, &answer(201)).await.unwrap();
    idempotency::forget(pool, &slow).await.unwrap();
    assert_eq!(known(pool, &next).await, Known::Running);
}

async fn of_two_claims_at_once_one_is_new(pool: &AnyPool) {
    for _ in 0..ROUNDS {
        let claim = claim_of(pool, 0).await;
        let ask = || {
            let (pool, claim) = (pool.clone(), claim.clone());
            async move { known(&pool, &claim).await }
        };
        let answers = at_once(ask(), ask()).await;
        assert!(
            answers == (Known::New, Known::Running) || answers == (Known::Running, Known::New),
            "{answers:?}"
        );
    }
}

async fn a_claim_at_once_with_its_end_is_running_or_new(pool: &AnyPool) {
    for _ in 0..ROUNDS {
        let claim = claim_of(pool, 0).await;
        known(pool, &claim).await;
        let end = {
            let (pool, claim) = (pool.clone(), claim.clone());
            async move { idempotency::forget(&pool, &claim).await.unwrap() }
        };
        let ask = {
            let (pool, claim) = (pool.clone(), Claim { now: at(1), ..claim.clone() });
            async move { known(&pool, &claim).await }
        };
        let ((), answer) = at_once(end, ask).await;
        assert!(matches!(answer, Known::New | Known::Running), "{answer:?}");
    }
}
