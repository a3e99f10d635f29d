//! The world outside: the server, asked through its client, and the place where sessions are kept.

mod paths;
mod requests;

use std::sync::{Arc, Mutex, PoisonError};

use impala_core::api::{Credentials, Session};
use impala_core::client::Client;

use crate::action::{Answer, Failure, Outcome};
use crate::effect::Request;
use crate::panics::ours_waiting;
use paths::paths;
pub use requests::Progress;
use requests::done;

/// Which servers there are, and where sessions are kept. Its calls may block for a moment.
pub trait Home: Send + Sync + 'static {
    /// Servers that may be signed in at, each by its name for people; at least one. Others may be typed: their address is
    /// their name.
    fn servers(&self) -> Vec<String>;

    /// The flags that a command needs to go to that server; empty where it goes there by itself.
    fn flags(&self, server: &str) -> String;

    /// A client of a server, signed in as the kept credentials say.
    ///
    /// # Errors
    /// Why there is none.
    fn client(&self, server: &str) -> Result<Client, String>;

    /// Keeps a session.
    ///
    /// # Errors
    /// Why it cannot be kept.
    fn keep(&self, server: &str, session: &Session) -> Result<(), String>;

    /// Forgets the credentials, and returns the refresh token that should be revoked, if there was one.
    ///
    /// # Errors
    /// Why they cannot be forgotten.
    fn forget(&self, server: &str) -> Result<Option<String>, String>;
}

/// The server that is spoken to, and who keeps its sessions.
pub struct World {
    home: Arc<dyn Home>,
    current: Mutex<(String, Client)>,
    /// The one that was signed in at last, until it is gone on at.
    next: Mutex<Option<(String, Client)>>,
}

impl World {
    /// Speaks to the first server of `home`.
    ///
    /// # Errors
    /// Why there is no client for it.
    pub fn new(home: Arc<dyn Home>) -> Result<Self, String> {
        let server = home.servers().into_iter().next().unwrap_or_default();
        let client = home.client(&server)?;
        Ok(Self { home, current: Mutex::new((server, client)), next: Mutex::new(None) })
    }

    /// The client of the server that is spoken to.
    pub fn client(&self) -> Client {
        self.current().1
    }

    /// That server by its name, and its client.
    fn current(&self) -> (String, Client) {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Speaks to the server of that name from now on, if it was signed in at.
    pub fn go_on_at(&self, server: &str) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(next) = next.take_if(|(name, _)| name == server) {
            *self.current.lock().unwrap_or_else(PoisonError::into_inner) = next;
        }
    }

    fn keep_for_later(&self, server: &str, client: Client) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Some((server.to_owned(), client));
    }

    /// Does what is asked, at the server of this moment: the work may begin when there is another one.
    pub fn answer(self: Arc<Self>, request: Request, progress: Progress) -> impl Future<Output = Answer> {
        let (server, client) = self.current();
        async move { self.answer_by(server, client, request, progress).await }
    }

    /// Each kind of request stands here, so that the compiler names one that is forgotten.
    async fn answer_by(
        &self,
        server: String,
        client: Client,
        request: Request,
        progress: Progress,
    ) -> Answer {
        let client = &client;
        match request {
            Request::Me => Answer::SignedIn(done(client.me().await).map(|me| me.user.username)),
            Request::SignIn { server, username, password, is_new } => {
                let credentials = Credentials { username, password: password.0 };
                Answer::SignedIn(self.sign_in(&server, &credentials, is_new).await)
            }
            Request::Switch(server) => Answer::SignedIn(self.switch(&server).await),
            Request::SignOut => {
                let outcome = self.sign_out(client, &server).await;
                Answer::SignedOut(server, outcome)
            }
            Request::Paths(text) => {
                let paths = tokio::task::spawn_blocking(move || paths(&text)).await;
                Answer::Paths(paths.unwrap_or_default())
            }
            Request::Projects => Answer::Projects(done(client.projects().await)),
            Request::CreateProject(project) => {
                Answer::ProjectMade(done(client.create_project(&project).await))
            }
            Request::DeleteProject(at) => Answer::Done(requests::delete_project(client, &at).await),
            Request::Project(at) => Answer::Project(requests::project(client, &at).await),
            Request::SetMember(at, member) => Answer::Done(requests::set_member(client, &at, &member).await),
            Request::RemoveMember(at, name) => {
                Answer::Done(requests::remove_member(client, &at, &name).await)
            }
            Request::Source(at, name) => Answer::Source(requests::source(client, &at, &name).await),
            Request::Stats(at, source) => Answer::Stats(requests::stats(client, &at, &source).await),
            Request::Versions(at, name) => Answer::Versions(requests::versions(client, &at, &name).await),
            Request::Rows { project, source, offset, limit } => {
                Answer::Rows(requests::rows(client, &project, &source, offset, limit).await)
            }
            Request::RollBack(at, name, version) => {
                Answer::Source(requests::roll_back(client, &at, &name, version).await)
            }
            Request::Readers(at, name) => Answer::Readers(requests::readers(client, &at, &name).await),
            Request::DeleteSource(at, name) => {
                Answer::Done(requests::delete_source(client, &at, &name).await)
            }
            Request::Choices(at, parameter) => {
                let choices = requests::choices(client, &at, &parameter).await;
                Answer::Choices(parameter.name, choices)
            }
            Request::Upload { project, source, path, choices } => {
                Answer::Uploaded(requests::upload(client, &project, &source, &path, *choices, progress).await)
            }
            Request::CreateCanvas(at, canvas) => {
                Answer::Saved(requests::create_canvas(client, &at, &canvas).await)
            }
            Request::DeleteCanvas(at) => Answer::Done(requests::delete_canvas(client, &at).await),
            Request::Canvas(at) => Answer::Canvas(requests::canvas(client, &at).await),
            Request::Draft(at, draft) => Answer::Data(requests::answers(client, &at, &draft).await),
            Request::Preview(at, draft) => Answer::Preview(requests::preview(client, &at, &draft).await),
            Request::Save(at, canvas, over) => {
                Answer::Saved(requests::save(client, &at, &canvas, &over).await)
            }
            Request::History(at) => Answer::History(requests::history(client, &at).await),
            Request::Revision(at, revision) => {
                Answer::Revision(requests::canvas_at(client, &at, revision).await)
            }
            Request::Restore(at, revision) => Answer::Saved(requests::restore(client, &at, revision).await),
        }
    }

    async fn sign_in(&self, server: &str, credentials: &Credentials, is_new: bool) -> Outcome<String> {
        let name = server.to_owned();
        let client = self.at_home(move |home| home.client(&name)).await?;
        let session = match is_new {
            true => client.register(credentials).await,
            false => client.login(credentials).await,
        };
        let session = done(session)?;
        let (name, username) = (server.to_owned(), session.user.username.clone());
        let keep = move |home: &dyn Home| home.keep(&name, &session).and_then(|()| home.client(&name));
        let client = self.at_home(keep).await?;
        self.keep_for_later(server, client);
        Ok(username)
    }

    /// Tries the credentials that are kept for a server.
    async fn switch(&self, server: &str) -> Outcome<String> {
        let name = server.to_owned();
        let client = self.at_home(move |home| home.client(&name)).await?;
        let me = done(client.me().await)?;
        self.keep_for_later(server, client);
        Ok(me.user.username)
    }

    /// Forgets the credentials first: whatever the server says, this machine then holds nothing any more.
    async fn sign_out(&self, client: &Client, server: &str) -> Outcome<Option<Failure>> {
        let name = server.to_owned();
        let Some(refresh_token) = self.at_home(move |home| home.forget(&name)).await? else {
            return Ok(None);
        };
        let told = done(client.logout(&refresh_token).await);
        // It may have ended before.
        Ok(told.err().filter(|failure| !failure.is_unsigned()))
    }

    /// Asks where sessions are kept, in a thread that may wait: a renewal holds the lock while it waits for the server, and goes on
    /// in the thread of the loop.
    async fn at_home<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Home) -> Result<T, String> + Send + 'static,
    ) -> Outcome<T> {
        let home = self.home.clone();
        match tokio::task::spawn_blocking(move || ours_waiting(|| ask(&*home))).await {
            Ok(answer) => answer.map_err(Failure::new),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(error) => Err(Failure::new(error.to_string())),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    use impala_core::client::{ClientOptions, RetryPolicy};

    use super::*;
    use crate::memory::InMemory;
    use crate::memory::tests::session;

    /// Credentials behind a lock that another task holds.
    struct Locked {
        home: InMemory,
        lock: Mutex<Receiver<()>>,
    }

    impl Home for Locked {
        fn servers(&self) -> Vec<String> {
            self.home.servers()
        }

        fn flags(&self, server: &str) -> String {
            self.home.flags(server)
        }

        fn client(&self, server: &str) -> Result<Client, String> {
            let retry = RetryPolicy { retries: 0, ..RetryPolicy::default() };
            let options = ClientOptions { retry, ..ClientOptions::default() };
            Client::new(server, options).map_err(|error| error.to_string())
        }

        fn keep(&self, server: &str, session: &Session) -> Result<(), String> {
            self.home.keep(server, session)
        }

        fn forget(&self, server: &str) -> Result<Option<String>, String> {
            let lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
            let waited = lock.recv_timeout(Duration::from_secs(20));
            waited.map_err(|_| "the lock is held for ever".to_owned())?;
            self.home.forget(server)
        }
    }

    /// A world whose credentials are behind that lock.
    fn world(server: &str, session: Option<Session>, lock: Receiver<()>) -> Arc<World> {
        let home = InMemory::new(server.to_owned(), None);
        if let Some(session) = session {
            home.keep(server, &session).expect("kept");
        }
        Arc::new(World::new(Arc::new(Locked { home, lock: Mutex::new(lock) })).expect("a client"))
    }

    #[tokio::test]
    async fn signing_out_waits_for_a_renewal_that_goes_on_meanwhile() {
        let (release, lock) = channel();
        let world = world("http://impala.test", None, lock);
        let renewal = async {
            tokio::task::yield_now().await;
            release.send(()).expect("somebody waits");
        };
        let (answer, ()) = tokio::join!(world.answer(Request::SignOut, Arc::new(|_| ())), renewal);
        assert_eq!(answer, Answer::SignedOut("http://impala.test".to_owned(), Ok(None)));
    }

    #[tokio::test]
    async fn what_fails_of_signing_out_is_answered() {
        let sign_out = async |server: &str, lock| {
            world(server, Some(session("old")), lock).answer(Request::SignOut, Arc::new(|_| ())).await
        };
        // The file cannot be written.
        let answer = sign_out("http://impala.test", channel().1).await;
        let Answer::SignedOut(_, Err(failure)) = answer else { panic!("{answer:?}") };
        assert_eq!(failure.message, "the lock is held for ever");
        // No server is there to be told.
        let address = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let (release, lock) = channel();
        release.send(()).expect("somebody waits");
        let answer = sign_out(&format!("http://{}", address.expect("a port")), lock).await;
        let Answer::SignedOut(_, Ok(Some(failure))) = answer else { panic!("{answer:?}") };
        assert!(failure.message.contains("could not reach"), "{failure:?}");
    }
}
