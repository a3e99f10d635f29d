//! What is said of a source where something of it cannot be had.

use super::support::Session;
use crate::action::{Answer, Failure};
use crate::effect::Request;
use crate::look::Look;

#[test]
fn what_fails_is_said_on_its_own_tab_whatever_comes_for_the_others() {
    let mut session = Session::open("ann/weather", 80, 24, Look::default(), false);
    session.fake.is_silent = true;
    session.keys("tab enter");
    let is_stats = |request: &Request| matches!(request, Request::Stats(..));
    let (number, _) = *session.waiting.iter().find(|(_, request)| is_stats(request)).expect("a question");
    session.tell(number, Answer::Stats(Err(Failure::new("the statistics took too long"))));
    session.answer_some(|_| true);
    assert!(!session.screen().contains("took too long"), "{}", session.screen());
    session.keys("tab tab");
    let screen = session.screen();
    assert!(screen.contains("the statistics took too long R tries again."), "{screen}");
    assert!(!screen.contains("Loading"), "{screen}");
    session.keys("R");
    session.answer_some(|_| true);
    let screen = session.screen();
    assert!(screen.contains("precipitation") && !screen.contains("took too long"), "{screen}");
}
