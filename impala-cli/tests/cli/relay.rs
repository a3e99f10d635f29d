//! A line to a server that a test holds up or cuts, as bad networks do.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

/// How the line is, and what has become of it.
#[derive(Default)]
struct Line {
    /// Answers to blocks are not handed on.
    holds: bool,
    /// Nobody gets through.
    is_cut: bool,
    /// Connections whose client hung up while their answer was held.
    given_up: usize,
    open: Vec<TcpStream>,
}

type Shared = Arc<(Mutex<Line>, Condvar)>;

/// It listens on loopback for as long as the tests run.
pub struct Relay {
    pub url: String,
    line: Shared,
}

impl Relay {
    /// A line to the server of this address.
    pub fn to(server: &str) -> Self {
        let address = server.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let line = Shared::default();
        let shared = line.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                connect(client, &address, &shared);
            }
        });
        Self { url, line }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.0.lock().unwrap()
    }

    /// From now on answers to blocks stay underway.
    pub fn holds(&self) {
        self.line().holds = true;
    }

    /// They arrive again, those that were held too.
    pub fn lets_go(&self) {
        self.line().holds = false;
        self.line.1.notify_all();
    }

    /// Ends all connections and takes no more.
    pub fn is_cut(&self) {
        let mut line = self.line();
        line.is_cut = true;
        for stream in line.open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Takes connections again.
    pub fn is_mended(&self) {
        self.line().is_cut = false;
    }

    /// Waits until a client has hung up on an answer that is held.
    pub fn is_given_up(&self) {
        drop(self.line.1.wait_while(self.line(), |line| line.given_up == 0).unwrap());
    }
}

fn connect(client: TcpStream, address: &str, shared: &Shared) {
    let mut line = shared.0.lock().unwrap();
    let Some(server) = TcpStream::connect(address).ok().filter(|_| !line.is_cut) else { return };
    line.open.extend([client.try_clone().unwrap(), server.try_clone().unwrap()]);
    drop(line);
    let is_for_blocks = Arc::new(Mutex::new(false));
    let asked = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let (there, noted) = (shared.clone(), is_for_blocks.clone());
    std::thread::spawn(move || hand_questions(asked.0, asked.1, &there, &noted));
    let there = shared.clone();
    std::thread::spawn(move || hand_answers(server, client, &there, &is_for_blocks));
}

fn hand_questions(
    mut client: TcpStream,
    mut server: TcpStream,
    shared: &Shared,
    is_for_blocks: &Mutex<bool>,
) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(count @ 1..) = client.read(&mut bytes) {
        // A question's head comes in one piece on loopback.
        let head = bytes[..count].split(|byte| *byte == b'\r').next().unwrap_or_default();
        if let Some(path) = head.strip_prefix(b"POST ").or(head.strip_prefix(b"GET ")) {
            *is_for_blocks.lock().unwrap() = path.windows(9).any(|part| part == b"/answers ");
        }
        if server.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = server.shutdown(Shutdown::Both);
    let mut line = shared.0.lock().unwrap();
    line.given_up += usize::from(line.holds && *is_for_blocks.lock().unwrap());
    shared.1.notify_all();
}

fn hand_answers(mut server: TcpStream, mut client: TcpStream, shared: &Shared, is_for_blocks: &Mutex<bool>) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(count @ 1..) = server.read(&mut bytes) {
        if *is_for_blocks.lock().unwrap() {
            drop(shared.1.wait_while(shared.0.lock().unwrap(), |line| line.holds).unwrap());
        }
        if client.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
}
