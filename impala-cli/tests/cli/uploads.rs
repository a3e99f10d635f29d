//! Uploads over connections that break and from processes that are ended: what the server has is not sent again.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use crate::pty::Terminal;
use crate::support::{Person, Server};

const MB: u64 = 1_000_000;

/// A way to a server that can be cut. It counts what clients send.
struct Proxy {
    url: String,
    sent: Arc<AtomicU64>,
    plan: Arc<Mutex<Vec<Cut>>>,
    held: mpsc::Receiver<()>,
    go_on: mpsc::Sender<()>,
}

/// What happens when so many bytes have been sent.
#[derive(Clone, Copy)]
enum Cut {
    /// The connection breaks.
    Break(u64),
    /// Nothing goes on any more.
    Hold(u64),
    /// The same, where the client asks for something next.
    HoldQuestion(u64),
    /// Nothing goes on until the test says so.
    Wait(u64),
}

impl Proxy {
    /// `plan` is in the order in which it happens.
    fn to(server: &Server, plan: Vec<Cut>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sent, plan) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(plan)));
        let ((holding, held), (go_on, told)) = (mpsc::channel(), mpsc::channel());
        let target = server.url.trim_start_matches("http://").to_owned();
        let shared = (Arc::clone(&sent), Arc::clone(&plan));
        let told = Arc::new(Mutex::new(told));
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(&target).unwrap());
                let (mut back_from, mut back_to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                std::thread::spawn(move || std::io::copy(&mut back_from, &mut back_to));
                let (sent, plan) = (Arc::clone(&shared.0), Arc::clone(&shared.1));
                let (holding, told) = (holding.clone(), Arc::clone(&told));
                std::thread::spawn(move || pass_on(client, server, &sent, &plan, &holding, &told));
            }
        });
        Self { url, sent, plan, held, go_on }
    }

    fn sent(&self) -> u64 {
        self.sent.load(Ordering::SeqCst)
    }
}

fn pass_on(
    mut client: TcpStream,
    mut server: TcpStream,
    sent: &AtomicU64,
    plan: &Mutex<Vec<Cut>>,
    holding: &mpsc::Sender<()>,
    told: &Mutex<mpsc::Receiver<()>>,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = client.read(&mut buffer) {
        let total = sent.fetch_add(length as u64, Ordering::SeqCst) + length as u64;
        let is_question = buffer.starts_with(b"GET ");
        let cut = match plan.lock().unwrap().first().copied() {
            Some(Cut::HoldQuestion(at)) if is_question => Some(Cut::Hold(at)),
            cut => cut,
        };
        match cut {
            Some(Cut::Break(at)) if total >= at => {
                plan.lock().unwrap().remove(0);
                break;
            }
            Some(Cut::Hold(at)) if total >= at => {
                plan.lock().unwrap().remove(0);
                holding.send(()).unwrap();
                // Until the client is gone.
                while let Ok(1..) = client.read(&mut buffer) {}
                break;
            }
            Some(Cut::Wait(at)) if total >= at => {
                plan.lock().unwrap().remove(0);
                holding.send(()).unwrap();
                told.lock().unwrap().recv().unwrap();
                server.write_all(&buffer[..length]).unwrap();
            }
            _ if server.write_all(&buffer[..length]).is_err() => break,
            _ => {}
        }
    }
    for stream in [client, server] {
        let _ = stream.shutdown(Shutdown::Both);
    }
}

/// Someone whose way to the server is this one, with a project and a file of 20 MB.
fn person_behind(server: &Server, proxy: &Proxy) -> Person {
    person_named("ann", server, proxy)
}

fn person_named(name: &str, server: &Server, proxy: &Proxy) -> Person {
    let mut ann = Person::registered(server, name);
    let token = ann.must(&["token", "create", "t", "--scope", "read,write,upload", "-q"]);
    ann.must(&["project", "create", "shop"]);
    ann.set("IMPALA_TOKEN", token.trim());
    ann.set("IMPALA_PROJECT", &format!("{name}/shop"));
    ann.set("IMPALA_SERVER", &proxy.url);
    let rows = (0..20_000).map(|n| format!("{n},{}\n", "x".repeat(1000 - n % 7)));
    ann.write("big.csv", &std::iter::once("n,text\n".to_owned()).chain(rows).collect::<String>());
    ann
}

fn is_whole(ann: &Person) {
    ann.must(&["source", "download", "big", "-o", "back.csv"]);
    assert!(ann.read("back.csv") == ann.read("big.csv"), "the bytes are those of the file");
    let left = ann.folder.path().join(".local/state/impala/uploads");
    assert_eq!(
        std::fs::read_dir(left).unwrap().count(),
        0,
        "nothing is remembered of an upload that is over"
    );
}

#[test]
fn a_large_upload_outlives_broken_connections() {
    let server = Server::start();
    let proxy = Proxy::to(&server, vec![Cut::Break(3 * MB), Cut::Break(15 * MB), Cut::Break(26 * MB)]);
    let ann = person_behind(&server, &proxy);
    let output = ann.run(&["upload", "big.csv"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "big@1: 20,000 rows, 2 columns, 20.1 MB\n");
    assert_eq!(stderr.matches("trying again").count(), 3, "{stderr}");
    // Each cut costs the piece that it fell into, and no more.
    assert!(proxy.sent() < (20 + 3 * 9) * MB, "{} bytes were sent", proxy.sent());
    is_whole(&ann);

    let before = proxy.sent();
    let again = ann.run(&["upload", "big.csv", "--error-on-unchanged"]);
    assert_eq!(again.status.code(), Some(9));
    assert!(proxy.sent() - before < 10_000, "what the server has is not sent");
}

fn ended_by(signal: &str, expected: Option<i32>) {
    let server = Server::start();
    let proxy = Proxy::to(&server, vec![Cut::Hold(12 * MB)]);
    let ann = person_behind(&server, &proxy);
    let mut child: Child =
        ann.command(&["upload", "big.csv"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    proxy.held.recv().unwrap();
    let told = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert_eq!(child.wait().unwrap().code(), expected);
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(stderr.contains("Interrupted; the server keeps what it has"), expected.is_some(), "{stderr}");

    let before = proxy.sent();
    let output = ann.run(&["upload", "big.csv"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(stderr.contains("big.csv: going on where the last upload ended"), "{stderr}");
    let sent = proxy.sent() - before;
    assert!(sent < 12 * MB, "{sent} bytes were sent again");
    assert!(proxy.plan.lock().unwrap().is_empty());
    is_whole(&ann);
}

#[test]
fn the_same_command_goes_on_after_ctrl_c() {
    ended_by("-INT", Some(130));
}

#[test]
fn the_same_command_goes_on_after_it_was_killed() {
    ended_by("-KILL", None);
}

/// What the server has forgotten is sent from the start.
#[test]
fn an_upload_that_the_server_forgot_begins_anew() {
    let server = Server::start();
    let proxy = Proxy::to(&server, vec![Cut::Hold(2 * MB)]);
    let ann = person_behind(&server, &proxy);
    let mut child = ann.command(&["upload", "big.csv"]).spawn().unwrap();
    proxy.held.recv().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let folder = ann.folder.path().join(".local/state/impala/uploads");
    let kept = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(&kept).unwrap();
    let id = &text[7..43];
    std::fs::write(&kept, text.replace(id, "00000000-0000-7000-8000-000000000000")).unwrap();
    let output = ann.run(&["upload", "big.csv", "-q"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    is_whole(&ann);
}

/// Someone whose upload became a version, and was killed before it heard so.
fn unheard(server: &Server, arguments: &[&str]) -> (Person, Proxy) {
    let proxy = Proxy::to(server, vec![Cut::HoldQuestion(20 * MB)]);
    let ann = person_behind(server, &proxy);
    if arguments.contains(&"--append") {
        ann.run_with(&["upload", "-", "--name", "big"], "n,text\n-1,first\n");
    }
    let mut child = ann.command(arguments).spawn().unwrap();
    proxy.held.recv().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    (ann, proxy)
}

fn stdout_of(ann: &Person, arguments: &[&str]) -> String {
    let output = ann.run(arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Someone who was ended before they heard of their version hears of it from the same command, once.
#[test]
fn a_version_that_was_made_unheard_is_told_as_new() {
    let server = Server::start();
    let (ann, _proxy) = unheard(&server, &["upload", "big.csv"]);
    let again = stdout_of(&ann, &["upload", "big.csv", "--error-on-unchanged"]);
    assert_eq!(again, "big@1: 20,000 rows, 2 columns, 20.1 MB\n");
    is_whole(&ann);
    assert_eq!(ann.run(&["upload", "big.csv", "--error-on-unchanged"]).status.code(), Some(9));

    // The same while the server still reads it.
    let proxy = Proxy::to(&server, vec![Cut::HoldQuestion(20 * MB)]);
    let bob = person_named("bob", &server, &proxy);
    let mut child = bob.command(&["upload", "big.csv"]).spawn().unwrap();
    proxy.held.recv().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let again = stdout_of(&bob, &["upload", "big.csv", "--error-on-unchanged"]);
    assert_eq!(again, "big@1: 20,000 rows, 2 columns, 20.1 MB\n");
}

/// What an upload became while nobody heard of it is no news once the source has moved on: success means that these bytes are
/// the current version.
#[test]
fn an_unheard_version_that_is_not_current_is_made_again() {
    let server = Server::start();
    let (ann, _proxy) = unheard(&server, &["upload", "big.csv"]);
    ann.waits_for(&["source", "show", "big"]);
    assert!(ann.run_with(&["upload", "-", "--name", "big"], "n,text\n1,other\n").status.success());
    let again = stdout_of(&ann, &["upload", "big.csv"]);
    assert_eq!(again, "big@3: 20,000 rows, 2 columns, 20.1 MB\n");
    is_whole(&ann);
}

#[test]
fn an_unheard_version_of_a_source_that_is_gone_is_made_again() {
    let server = Server::start();
    let (ann, _proxy) = unheard(&server, &["upload", "big.csv"]);
    ann.waits_for(&["source", "show", "big"]);
    let admin = ann.must(&["source", "delete", "big", "--yes"]);
    let again = stdout_of(&ann, &["upload", "big.csv"]);
    assert_eq!(again, "big@1: 20,000 rows, 2 columns, 20.1 MB\n", "{admin}");
    is_whole(&ann);
}

/// Rows that were appended are never appended twice.
#[test]
fn an_unheard_append_is_told_even_when_another_version_is_current() {
    let server = Server::start();
    let (ann, _proxy) = unheard(&server, &["upload", "big.csv", "--append"]);
    ann.waits_for(&["source", "schema", "big@2"]);
    assert!(ann.run_with(&["upload", "-", "--name", "big"], "n,text\n1,other\n").status.success());
    let again = ann.run(&["upload", "big.csv", "--append"]);
    assert_eq!(again.status.code(), Some(0), "{again:?}");
    assert!(String::from_utf8_lossy(&again.stdout).starts_with("big@2: "), "{again:?}");
    let stderr = String::from_utf8_lossy(&again.stderr);
    assert!(stderr.contains("big@3 is current now"), "{stderr}");
}

/// Half of one file and half of another is not a file, and what is wrong in it is nobody's fault.
#[test]
fn a_file_that_changes_while_it_is_sent_is_told_so() {
    let server = Server::start();
    let proxy = Proxy::to(&server, vec![Cut::Wait(12 * MB)]);
    let ann = person_behind(&server, &proxy);
    let child = ann.command(&["upload", "big.csv"]).stderr(Stdio::piped()).spawn().unwrap();
    proxy.held.recv().unwrap();
    let mut text = ann.read("big.csv");
    text.replace_range(19_000_000..19_000_004, "\n,,\n");
    ann.write("big.csv", &text);
    proxy.go_on.send(()).unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("error: big.csv changed while it was sent"), "{stderr}");
    assert_eq!(output.status.code(), Some(5));
    assert_eq!(ann.run(&["source", "show", "big"]).status.code(), Some(1));
}

#[test]
fn no_bar_is_left_in_a_terminal() {
    let server = Server::start();
    let ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "shop"]);
    ann.write("a.csv", "n\n1\n");
    ann.write("b.csv", "n\n1\n");
    for line in ["impala upload a.csv", "impala upload a.csv b.csv --append --allow-duplicate"] {
        let mut terminal = Terminal::shell(&ann, &format!("{line}; echo all is done"));
        let screen = terminal.shows("all is done");
        assert_eq!(terminal.ends(), 0);
        assert!(!screen.contains(" B of ") && !screen.contains('░'), "{line}: {screen}");
    }
}

/// Its number is not a name, and nothing of it is read before one is given.
#[test]
fn what_a_process_has_open_needs_a_name() {
    let ann = Person::new("http://127.0.0.1:1");
    ann.write("rows.csv", "a\n1\n");
    for file in ["<(cat rows.csv)", "/dev/stdin", "/proc/self/fd/0", "-"] {
        let line = format!("bash -c 'exec impala upload {file} --project x < rows.csv'");
        let output = ann.shell(&line).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{file}: {told}");
        assert!(told.contains("has no name") && told.contains("give --name NAME"), "{file}: {told}");
    }
}
