//! The world outside: the server, asked through its client, and the place where sessions are kept.

mod paths;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use impala_core::api::{BlockAnswer, Choices, Credentials, Member, Session};
use impala_core::client::{Client, ClientError, UploadBody, UploadRequest};
use impala_core::parameter::Parameter;

use crate::action::{Answer, Failure, Outcome, ProjectContent, Sent};
use crate::effect::{CanvasAt, ProjectAt, Request};
use crate::panics::ours_waiting;
use paths::{expanded, paths};

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

/// Told how far an upload is.
pub type Progress = Arc<dyn Fn(Sent) + Send + Sync>;

/// How long a preview waits for the next key.
const PAUSE: Duration = Duration::from_millis(120);

/// Choices that a parameter offers at most.
const MOST_CHOICES: u32 = 2_000;

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

    async fn answer_by(
        &self,
        server: String,
        client: Client,
        request: Request,
        progress: Progress,
    ) -> Answer {
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
            Request::Projects => Answer::Projects(done(client.projects().await)),
            Request::CreateProject(project) => {
                Answer::ProjectMade(done(client.create_project(&project).await))
            }
            Request::SetMember(at, member) => {
                Answer::Done(done(client.add_member(&at.owner, &at.slug, &member).await).map(drop))
            }
            Request::RemoveMember(at, name) => {
                Answer::Done(done(client.remove_member(&at.owner, &at.slug, &name).await))
            }
            Request::DeleteProject(at) => {
                Answer::Done(done(client.delete_project(&at.owner, &at.slug).await))
            }
            Request::Project(at) => Answer::Project(project(&client, &at).await.map(Box::new)),
            other => of_project(client, other, progress).await,
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
    async fn sign_out(&self, client: Client, server: &str) -> Outcome<Option<Failure>> {
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

async fn of_project(client: Client, request: Request, progress: Progress) -> Answer {
    match request {
        Request::Source(at, name) => {
            Answer::Source(done(client.source(&at.owner, &at.slug, &name).await).map(Box::new))
        }
        Request::Stats(at, source) => {
            Answer::Stats(done(client.source_stats(&at.owner, &at.slug, &source).await))
        }
        Request::Versions(at, name) => {
            Answer::Versions(done(client.source_versions(&at.owner, &at.slug, &name).await))
        }
        Request::Rows { project, source, offset, limit } => {
            let rows = client.preview(&project.owner, &project.slug, &source, offset, limit).await;
            Answer::Rows(done(rows).map(Box::new))
        }
        Request::RollBack(at, name, version) => {
            let source = client.rollback(&at.owner, &at.slug, &name, version).await;
            Answer::Source(done(source).map(Box::new))
        }
        Request::Readers(at, name) => {
            Answer::Readers(done(client.canvases_of_source(&at.owner, &at.slug, &name).await))
        }
        Request::DeleteSource(at, name) => {
            Answer::Done(done(client.delete_source(&at.owner, &at.slug, &name).await))
        }
        Request::Choices(at, parameter) => {
            let choices = choices(&client, &at, &parameter).await;
            Answer::Choices(parameter.name, choices)
        }
        Request::Upload { project, source, path, choices } => {
            let body = match UploadBody::file(Path::new(&expanded(&path))).await {
                Ok(body) => body,
                Err(error) => return Answer::Uploaded(Err(error.into())),
            };
            let progress = Some(of_file(&body, progress));
            let request = UploadRequest { choices: *choices, note: String::new(), body, progress };
            let upload = client.upload(&project.owner, &project.slug, &source, request).await;
            Answer::Uploaded(done(upload).map(Box::new))
        }
        Request::Paths(text) => {
            let paths = tokio::task::spawn_blocking(move || paths(&text)).await;
            Answer::Paths(paths.unwrap_or_default())
        }
        other => of_canvas(client, other).await,
    }
}

async fn of_canvas(client: Client, request: Request) -> Answer {
    match request {
        Request::CreateCanvas(at, canvas) => {
            Answer::Saved(done(client.create_canvas(&at.owner, &at.slug, &canvas).await).map(Box::new))
        }
        Request::DeleteCanvas(at) => Answer::Done(delete_canvas(&client, &at).await),
        Request::Canvas(at) => Answer::Canvas(canvas(&client, &at).await.map(Box::new)),
        Request::Draft(at, draft) => {
            Answer::Data(done(client.answer_draft(&at.owner, &at.slug, &draft).await).map(Box::new))
        }
        Request::Preview(at, draft) => {
            tokio::time::sleep(PAUSE).await;
            let data = done(client.answer_draft(&at.owner, &at.slug, &draft).await);
            let first = data.and_then(|data| {
                data.blocks.into_values().next().ok_or_else(|| Failure::new("text needs no answer"))
            });
            Answer::Preview(first.map(Box::new))
        }
        Request::Save(CanvasAt { project, .. }, canvas, over) => {
            let saved = client.replace_canvas(&project.owner, &project.slug, &canvas, &over).await;
            Answer::Saved(done(saved).map(Box::new))
        }
        Request::History(CanvasAt { project, slug }) => {
            Answer::History(done(client.canvas_history(&project.owner, &project.slug, &slug).await))
        }
        Request::Revision(CanvasAt { project, slug }, revision) => {
            let view = client.canvas_at([&project.owner, &project.slug, &slug], revision).await;
            Answer::Revision(done(view).map(Box::new))
        }
        Request::Restore(at, revision) => Answer::Saved(restore(&client, &at, revision).await),
        _ => Answer::Done(Ok(())),
    }
}

fn done<T>(result: Result<T, ClientError>) -> Outcome<T> {
    result.map_err(Failure::from)
}

async fn canvas(client: &Client, at: &CanvasAt) -> Outcome<impala_core::api::CanvasView> {
    done(client.canvas(&at.project.owner, &at.project.slug, &at.slug).await)
}

async fn delete_canvas(client: &Client, at: &CanvasAt) -> Outcome<()> {
    let view = canvas(client, at).await?;
    done(client.delete_canvas(&at.project.owner, &at.project.slug, &at.slug, &view.etag).await)
}

async fn restore(
    client: &Client,
    at: &CanvasAt,
    revision: u64,
) -> Outcome<Box<impala_core::api::CanvasView>> {
    let view = canvas(client, at).await?;
    let path = [at.project.owner.as_str(), &at.project.slug, &at.slug];
    done(client.restore_canvas(path, revision, &view.etag).await).map(Box::new)
}

async fn project(client: &Client, at: &ProjectAt) -> Outcome<ProjectContent> {
    let (owner, slug) = (&at.owner, &at.slug);
    let (project, canvases, sources, members) = tokio::join!(
        client.project(owner, slug),
        client.canvases(owner, slug),
        client.sources(owner, slug),
        client.members(owner, slug),
    );
    // A token that may not see members may see the rest.
    let members: Vec<Member> = members.unwrap_or_default();
    Ok(ProjectContent {
        project: done(project)?,
        canvases: done(canvases)?,
        sources: done(sources)?,
        members,
    })
}

async fn choices(client: &Client, at: &ProjectAt, parameter: &Parameter) -> Outcome<Choices> {
    let (Some(source), Some(field)) = (&parameter.source, &parameter.field) else {
        return Ok(Choices { values: parameter.options.clone(), truncated: false });
    };
    done(client.choices(&at.owner, &at.slug, source, field, MOST_CHOICES).await)
}

/// Tells of the bytes of a file with its length and the time that they took.
fn of_file(body: &UploadBody, progress: Progress) -> impala_core::client::Progress {
    let bytes_total = match body {
        UploadBody::File { length, .. } => *length,
        _ => 0,
    };
    let begun = Instant::now();
    Arc::new(move |bytes| {
        let elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        progress(Sent { bytes, bytes_total, elapsed_ms });
    })
}

/// An answer that is not one: the block's query failed as a whole.
pub fn problem_of(failure: &Failure) -> BlockAnswer {
    BlockAnswer::Problem(impala_core::api::Problem {
        problem_type: "about:blank".to_owned(),
        title: String::new(),
        status: failure.status.unwrap_or(0),
        code: String::new(),
        detail: failure.message.clone(),
        errors: failure.errors.clone(),
        request_id: None,
        current: None,
        violations: None,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

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
