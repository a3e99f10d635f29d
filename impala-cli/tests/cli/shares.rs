//! share

use crate::assert_transcript;
use crate::support::{Person, Server, regex_escape};

#[test]
fn a_share_link_from_making_to_revoking() {
    let server = Server::start();
    let mut ann = Person::with_weather(&server);
    ann.set("IMPALA_PROJECT", "ann/weather");
    ann.must(&["canvas", "create", "rain"]);
    ann.says(&["share", "list", "rain"]);
    ann.says(&["share", "create", "rain", "--name", "Board meeting"]);
    ann.says(&["share", "create", "rain", "--expires", "never", "--json", "name,paused,expires_at"]);
    ann.says(&["share", "create", "rain", "--expires", "yesterday"]);
    ann.says(&["share", "create", "snow"]);
    ann.says(&["share", "pause", "rain", "Board meeting"]);
    ann.says(&["share", "list", "rain", "--json", "name,paused,created_by,last_used_at"]);
    ann.says(&["share", "resume", "rain", "Board meeting"]);
    ann.says(&["share", "revoke", "rain", "Board meeting"]);
    ann.says(&["share", "revoke", "rain", "Board meeting"]);
    assert_transcript!(ann);
}
