//! Uploads over connections that break and from processes that are ended: what the server has is not sent again.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use crate::support::{Person, Server};

const MB: u64 = 1_000_000;

/// A way to a server that can be cut. It counts what clients send.
struct Proxy {
    url: String,
    sent: Arc<AtomicU64>,
    plan: Arc<Mutex<Vec<Cut>>>,
    held: mpsc::Receiver<()>,
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
}

impl Proxy {
    /// `plan` is in the order in which it happens.
    fn to(server: &Server, plan: Vec<Cut>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sent, plan) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(plan)));
        let (holding, held) = mpsc::channel();
        let target = server.url.trim_start_matches("http://").to_owned();
        let shared = (Arc::clone(&sent), Arc::clone(&plan));
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(&target).unwrap());
                let (mut back_from, mut back_to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                std::thread::spawn(move || std::io::copy(&mut back_from, &mut back_to));
                let (sent, plan, holding) = (Arc::clone(&shared.0), Arc::clone(&shared.1), holding.clone());
                std::thread::spawn(move || pass_on(client, server, &sent, &plan, &holding));
            }
        });
        Self { url, sent, plan, held }
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
    let mut ann = Person::registered(server, "ann");
    let token = ann.must(&["token", "create", "t", "--scope", "read,write,upload", "-q"]);
    ann.must(&["project", "create", "shop"]);
    ann.set("IMPALA_TOKEN", token.trim());
    ann.set("IMPALA_PROJECT", "ann/shop");
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

/// Who was ended before they heard of their version hears of it from the same command, once.
#[test]
fn a_version_that_was_made_unheard_is_told_as_new() {
    let server = Server::start();
    let proxy = Proxy::to(&server, vec![Cut::HoldQuestion(20 * MB)]);
    let ann = person_behind(&server, &proxy);
    let mut child = ann.command(&["upload", "big.csv"]).spawn().unwrap();
    proxy.held.recv().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let again = ann.run(&["upload", "big.csv", "--error-on-unchanged"]);
    assert_eq!(again.status.code(), Some(0), "{again:?}");
    assert_eq!(String::from_utf8_lossy(&again.stdout), "big@1: 20,000 rows, 2 columns, 20.1 MB\n");
    is_whole(&ann);
    assert_eq!(ann.run(&["upload", "big.csv", "--error-on-unchanged"]).status.code(), Some(9));
}
