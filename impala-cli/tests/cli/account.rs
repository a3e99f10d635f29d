//! register, login, logout, whoami, token

use std::time::Duration;

use crate::assert_transcript;
use crate::pty::Terminal;
use crate::support::{PASSWORD, Person, Server, regex_escape};

#[test]
fn signing_in_and_out() {
    let server = Server::start();
    let mut ann = Person::new(&server.url);
    ann.says(&["whoami"]);
    ann.says_with(&["register", "--username", "ann", "--password-stdin"], PASSWORD);
    ann.says(&["whoami"]);
    ann.says(&["whoami", "--json", "username,server,kind"]);
    ann.says(&["whoami", "-q"]);
    ann.says(&["logout"]);
    ann.says(&["logout"]);
    ann.says(&["project", "list"]);
    ann.says_with(&["login", "-u", "ann", "--password-stdin"], "wrong password");
    ann.says_with(&["login", "-u", "ann", "--password-stdin"], &format!("{PASSWORD}\n"));
    ann.says_with(&["register", "-u", "ann", "--password-stdin"], PASSWORD);
    ann.says_with(&["register", "-u", "ben", "--password-stdin"], "short");
    ann.says_with(&["login", "-u", "ann", "--password-stdin"], "");
    ann.says(&["login", "--no-input"]);
    ann.says(&["login", "-u", "ann", "--password", "secret"]);
    assert_transcript!(ann);
}

#[test]
fn api_tokens() {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "weather"]);
    ann.says(&["token", "create", "ci", "--scope", "upload,read", "--project", "weather"]);
    ann.says(&["token", "create", "old", "--expires", "2001-01-01"]);
    ann.says(&["token", "create", "odd", "--scope", "reed"]);
    ann.says(&["token", "create", "odd", "--expires", "soon"]);
    // Refused before it is made: its secret could not be shown again.
    ann.says(&["token", "create", "odd", "--json", "id,token"]);
    ann.says(&["token", "list"]);
    ann.says(&["token", "list", "--json", "name,scopes,project,expires_at"]);
    let secret = ann.must(&["token", "create", "laptop", "--scope", "read", "-q"]);

    let mut script = Person::new(&server.url);
    script.says_with(&["login", "--token-stdin"], "not a token");
    script.says_with(&["login", "--token-stdin"], "impala_0000000000000000000000000000000000000000000");
    script.says_with(&["login", "--token-stdin"], &secret);
    script.says(&["whoami", "--json", "username,kind,token"]);
    script.says(&["project", "create", "more"]);
    script.says(&["logout"]);
    script.set("IMPALA_TOKEN", secret.trim());
    script.says(&["whoami", "--json", "credentials,kind"]);

    ann.says(&["token", "revoke", "laptop"]);
    ann.says(&["token", "revoke", "laptop"]);
    script.says(&["project", "list"]);
    assert_transcript!(ann);
    insta::with_settings!({snapshot_suffix => "script"}, { assert_transcript!(script) });
}

/// Also where somebody could answer.
#[test]
fn with_no_input_nothing_is_asked_at_a_terminal() {
    let server = Server::start();
    let ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "shop"]);
    for (arguments, said) in [
        (&["project", "delete", "shop", "--no-input"][..], "there is nobody to ask"),
        (&["login", "-u", "ann", "--no-input"], "no terminal to ask for the password on"),
    ] {
        let mut terminal = Terminal::start(&ann, arguments, (100, 20));
        let shown = terminal.shows(said);
        assert!(!shown.contains("[y/N]") && !shown.contains("Password:"), "{shown}");
        assert_eq!(terminal.ends(), 2);
    }
    assert_eq!(ann.must(&["project", "list", "-q"]), "ann/shop\n");
}

/// A bar is drawn at a terminal only; elsewhere there are lines.
#[test]
fn no_bar_is_drawn_without_a_terminal() {
    let server = Server::start();
    let ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "shop"]);
    ann.write("large.csv", &format!("n,text\n{}", "1,some text to fill the line with\n".repeat(400_000)));
    let output = ann.run(&["upload", "large.csv"]);
    assert!(output.status.success(), "{output:?}");
    for bytes in [&output.stdout, &output.stderr] {
        assert!(!bytes.contains(&b'\r') && !bytes.contains(&0x1b), "{output:?}");
    }
    ann.write("large.csv", &format!("n,text\n{}", "2,some text to fill the line with\n".repeat(400_000)));
    let terminal = Terminal::start(&ann, &["upload", "large.csv"], (100, 20));
    terminal.writes("\x1b[2K");
    terminal.shows("large@2");
}

#[test]
fn secrets_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = Server::start();
    let ann = Person::registered(&server, "ann");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&ann.config_dir().join("credentials.json")), 0o600);
    assert_eq!(mode(&ann.config_dir()), 0o700);
    assert!(!std::fs::read_to_string(ann.config_dir().join("credentials.json")).unwrap().contains(PASSWORD));
}

/// A refresh token that two processes use revokes the session, so that all but the first would fail.
#[test]
fn processes_that_run_at_once_share_a_renewed_token() {
    // Shorter than the time before its end in which a token is renewed, and long enough to be used.
    let server = Server::start_with(|config| config.access_token_life = Duration::from_secs(15));
    let ann = Person::registered(&server, "ann");
    for _ in 0..2 {
        let children: Vec<_> = (0..6)
            .map(|_| {
                let mut command = ann.command(&["whoami", "-q"]);
                command
                    .stdout(std::process::Stdio::piped())
                    .stderr(std::process::Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert_eq!(
                String::from_utf8_lossy(&output.stdout),
                "ann\n",
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }
}

/// As it is with hosts elsewhere: the first server that somebody signs in at is the one that later commands talk to, and
/// another one never takes its place unasked.
#[test]
fn the_first_server_is_that_of_later_commands() {
    let (first, second) = (Server::start(), Server::start());
    let mut ann = Person::new("");
    let signs_in = |ann: &Person, words: &[&str], server: &Server, said: &str| {
        let flags = ["--username", "ann", "--password-stdin", "--server", &server.url];
        let output = ann.run_with(&[words, &flags].concat(), PASSWORD);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && output.stdout.is_empty() && told.contains(said), "{told}");
    };
    let talks_to = |ann: &Person, flags: &[&str], server: &Server| {
        let output = ann.must(&[&["whoami", "--json", "server"], flags].concat());
        assert!(output.contains(&format!("\"{}\"", server.url)), "{output}");
    };
    signs_in(&ann, &["register"], &first, "Later commands go to this server, too (");
    talks_to(&ann, &[], &first);
    let switch = format!("`impala config set server {}`", second.url);
    signs_in(&ann, &["register"], &second, &format!("Later commands go to {} as before (", first.url));
    signs_in(&ann, &["login"], &second, &switch);
    talks_to(&ann, &[], &first);
    let words: Vec<&str> = switch.trim_matches('`').split(' ').skip(1).collect();
    ann.must(&words);
    talks_to(&ann, &[], &second);
    // The server that counts anyway is not worth a word.
    signs_in(&ann, &["login"], &second, &format!("Signed in as ann at {}.\n", second.url));
    // Each profile has its own.
    let work = ["--profile", "work"];
    signs_in(
        &ann,
        &[&["login"][..], &work].concat(),
        &first,
        "Later commands with --profile work go to this server",
    );
    talks_to(&ann, &work, &first);
    talks_to(&ann, &[], &second);
    // What a variable or a project's file says stays, and says that it does.
    ann.write("impala.toml", &format!("server = '{}'\n", second.url));
    signs_in(&ann, &["login"], &first, "impala.toml); there, `--server ");
    ann.set("IMPALA_SERVER", &second.url);
    signs_in(&ann, &["login"], &first, "(IMPALA_SERVER is set); set it to ");
}
