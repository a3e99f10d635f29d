//! What a panic leaves behind. It comes from a world that panics: a terminal runs these tests' own binary, told to run one test.

use std::sync::Arc;

use impala_core::api::Session;
use impala_core::client::Client;
use impala_tui::{Flags, Home, InMemory, Target};

use crate::manners::SIZE;
use crate::pty::{Answers, Terminal};
use crate::support::{Person, Server};

/// Says where the program panics.
const PLACE: &str = "IMPALA_TEST_PANICS_IN";

struct Panicking {
    home: InMemory,
    place: String,
}

impl Panicking {
    fn come_to(&self, place: &str) {
        if self.place == place {
            panic!("as the test wants it");
        }
    }
}

impl Home for Panicking {
    fn servers(&self) -> Vec<String> {
        self.home.servers()
    }

    /// Asked in the loop, of the commands for the log.
    fn flags(&self, server: &str) -> String {
        self.come_to("the loop");
        // As a request to the demo's server, which is no part of the terminal canvas.
        let _ = std::thread::scope(|scope| scope.spawn(|| self.come_to("another thread")).join());
        self.home.flags(server)
    }

    fn client(&self, server: &str) -> Result<Client, String> {
        self.home.client(server)
    }

    fn keep(&self, server: &str, session: &Session) -> Result<(), String> {
        self.home.keep(server, session)
    }

    /// Asked in a task.
    fn forget(&self, server: &str) -> Result<Option<String>, String> {
        self.come_to("a task");
        self.home.forget(server)
    }
}

#[test]
#[ignore = "it is the program that the other tests run in a terminal"]
fn the_program() {
    let Ok(place) = std::env::var(PLACE) else { return };
    let [server, token] = ["IMPALA_SERVER", "IMPALA_TOKEN"].map(|name| std::env::var(name).unwrap());
    let home = Panicking { home: InMemory::new(server, Some(token)), place };
    let folder = std::env::current_dir().unwrap();
    let setup = Flags::default().setup(Target::default(), impala_tui::ink_of_terminal(), &folder);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(impala_tui::run(setup, Arc::new(home))).unwrap();
}

/// The program at the list of projects, with another one that panics there.
fn start(ann: &Person, place: &str) -> Terminal {
    let binary = std::env::current_exe().unwrap();
    let words = [binary.to_str().unwrap(), "--exact", "panics::the_program", "--ignored", "--nocapture"];
    let token = ann.must(&["token", "create", place]);
    let environment = [(PLACE, place), ("IMPALA_TOKEN", token.trim())];
    let terminal = Terminal::run(ann, &words, SIZE, &environment, Answers::Kind);
    terminal.shows("ann/weather");
    terminal.is_taken();
    terminal
}

#[test]
fn a_panic_gives_the_terminal_back_and_then_says_why() {
    let server = Server::start();
    let ann = Person::with_weather(&server);
    for (place, keys) in [("the loop", "⏎"), ("a task", ":sign out⏎y")] {
        let mut terminal = start(&ann, place);
        terminal.types(keys);
        assert_eq!(terminal.ends(), 101, "{place}");
        terminal.gives_the_screen_back();
        terminal.shows("as the test wants it");
        assert!(terminal.is_cooked(), "{place}");
    }
}

#[test]
fn what_panics_beside_it_is_said_when_it_ends() {
    let server = Server::start();
    let ann = Person::with_weather(&server);
    let mut terminal = start(&ann, "another thread");
    terminal.types("⏎");
    terminal.shows("No canvases yet");
    terminal.types("?");
    let screen = terminal.shows("keys can be changed");
    assert!(!screen.contains("as the test wants it"), "{screen}");
    terminal.types("\x03");
    assert_eq!(terminal.ends(), 0);
    terminal.gives_the_screen_back();
    terminal.shows("as the test wants it");
}
