//! Questions whose answers are not shown: the terminal is as before, whatever ends the program.

use crate::pty::{Answers, Terminal};
use crate::support::{PASSWORD, Person, Server};

const SIZE: (u16, u16) = (100, 30);

/// Starts a line of a shell that goes on after Ctrl-C, and waits for the question.
fn asked(person: &Person, command: &str, question: &str) -> Terminal {
    let line = format!("trap : INT; impala {command}; echo ended with $?");
    let terminal = Terminal::shell(person, &line);
    terminal.shows(question);
    assert!(!terminal.is_cooked());
    terminal
}

#[test]
fn a_signal_at_a_question_leaves_the_terminal_as_it_was() {
    let server = Server::start();
    let ben = Person::new(&server.url);
    for (command, question) in
        [("login -u ben", "Password: "), ("login --token", "Token: "), ("register -u ben", "Password (")]
    {
        for (signal, code) in [("\x03", 130), ("TERM", 143), ("HUP", 129)] {
            let mut terminal = asked(&ben, command, question);
            terminal.types("secret");
            match signal {
                "\x03" => terminal.types(signal),
                _ => terminal.tells_what_it_runs(signal),
            }
            let screen = terminal.shows(&format!("ended with {code}"));
            assert!(terminal.is_cooked() && !screen.contains("secret"), "{command}, {signal:?}: {screen}");
        }
    }
}

#[test]
fn an_answer_is_not_shown_and_the_terminal_is_as_it_was() {
    let server = Server::start();
    let ben = Person::new(&server.url);
    let mut terminal = asked(&ben, "register -u ben", "Password (");
    terminal.types(&format!("{PASSWORD}⏎"));
    terminal.shows("Again: ");
    terminal.types(&format!("wrong\x7f\x15{PASSWORD}⏎"));
    terminal.shows("Registered and signed in as ben");
    let screen = terminal.shows("ended with 0");
    assert!(terminal.is_cooked() && !screen.contains(PASSWORD), "{screen}");

    let mut terminal = asked(&ben, "login -u ben", "Password: ");
    terminal.types("\x04");
    terminal.shows("no answer was given");
    terminal.shows("ended with 2");
    assert!(terminal.is_cooked());
}

#[test]
fn a_shell_stops_a_question_and_brings_it_back() {
    let server = Server::start();
    let ann = Person::registered(&server, "ann");
    let program = ann.command(&[]).get_program().to_str().unwrap().to_owned();
    let path = std::env::var("PATH").unwrap();
    let environment = [("IMPALA", program.as_str()), ("PATH", path.as_str()), ("PS1", "ready> ")];
    let shell = ["bash", "--norc", "--noprofile", "--noediting", "-i"];
    let mut terminal = Terminal::run(&ann, &shell, SIZE, &environment, Answers::Kind);
    terminal.types("\"$IMPALA\" login -u ann⏎");
    terminal.shows("Password: ");
    terminal.types("half a pass\x1a");
    terminal.shows("Stopped");
    assert!(terminal.is_cooked());
    terminal.types("fg⏎");
    terminal.until("the question again", |screen| screen.contents().matches("Password: ").count() == 2);
    assert!(!terminal.is_cooked());
    terminal.types(&format!("{PASSWORD}⏎"));
    terminal.shows("Signed in as ann");
    terminal.types("exit⏎");
    terminal.ends();
    assert!(terminal.is_cooked());
}
