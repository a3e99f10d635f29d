//! The only loop: what happens goes through one channel into the model, effects go out as tasks, and the frame is drawn
//! once when something has changed. When nothing happens, nothing runs.

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{AbortHandle, JoinHandle};

use crate::action::{Action, Answer, Failure};
use crate::app::App;
use crate::editor::{Edited, Editing, Ending, FAREWELL};
use crate::effect::Effect;
use crate::graphics::{Gallery, Painted};
use crate::input_thread::InputThread;
use crate::live;
use crate::panics::{Alarm, ours, ours_waiting};
use crate::signals::{self, Signal, Signals};
use crate::terminal::Screen;
use crate::world::World;

/// How the program came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Someone left it.
    Left,
    /// A signal of this number ended it.
    Signal(u8),
}

impl End {
    /// What a shell is told, as of every program that a signal ends.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Left => 0,
            Self::Signal(number) => 128 + number,
        }
    }
}

/// Runs the program until it is left or told to end.
///
/// # Errors
/// When the terminal is gone.
pub async fn run(
    app: App,
    first: Vec<Effect>,
    world: World,
    gallery: Option<Gallery>,
    signals: Signals,
) -> io::Result<End> {
    Box::pin(ours(run_here(app, first, world, gallery, signals))).await
}

async fn run_here(
    mut app: App,
    first: Vec<Effect>,
    world: World,
    gallery: Option<Gallery>,
    signals: Signals,
) -> io::Result<End> {
    let screen = Screen::enter(app.shared.look.has_mouse, gallery)?;
    app.update(Action::Resize(screen.size()?.0, screen.size()?.1));
    let (sender, receiver) = unbounded_channel();
    let mut runtime = Runtime {
        screen,
        signals,
        input: None,
        sender,
        receiver,
        world: Arc::new(world),
        tasks: HashMap::new(),
        follower: None,
        has_painted: false,
        has_interrupt_due: false,
        end: None,
    };
    runtime.listen();
    runtime.perform(first).await?;
    let end = loop {
        if let Some(end) = runtime.end {
            break end;
        }
        if app.is_dirty || std::mem::take(&mut runtime.has_painted) {
            runtime.screen.draw(&app)?;
            app.is_dirty = false;
            runtime.paint();
        }
        for action in runtime.wait().await? {
            let effects = app.update(action);
            runtime.perform(effects).await?;
        }
    };
    runtime.follow(None);
    Ok(end)
}

/// Ends the editor that the terminal is lent to, and has the terminal as it was before.
async fn end_editor(
    ending: Option<Ending>,
    mut editing: JoinHandle<io::Result<Edited>>,
) -> io::Result<io::Result<Edited>> {
    let Some(ending) = ending else { return editing.await.map_err(io::Error::other) };
    let asked = ending.clone();
    tokio::task::spawn_blocking(move || asked.ask()).await.map_err(io::Error::other)?;
    let edited = match tokio::time::timeout(2 * FAREWELL, &mut editing).await {
        Ok(edited) => edited,
        Err(_) => {
            let forced = ending.clone();
            tokio::task::spawn_blocking(move || forced.force()).await.map_err(io::Error::other)?;
            editing.await
        }
    };
    tokio::task::spawn_blocking(move || ending.mend()).await.map_err(io::Error::other)?;
    edited.map_err(io::Error::other)
}

/// Says where what was typed is. Nobody may be there to read it: the terminal may be gone.
fn tell_kept(files: &[PathBuf]) {
    for file in files {
        let _ = writeln!(io::stderr(), "What was being edited is kept in {}", file.display());
    }
}

/// What comes through the channel.
pub enum Incoming {
    Action(Action),
    /// A picture of dots, to be shown.
    Painted(Box<Painted>),
    /// The terminal is gone: a window was closed, a connection broke.
    Gone,
    /// A task has panicked, and said so already.
    Panicked,
}

struct Runtime {
    screen: Screen,
    signals: Signals,
    /// Reads keys and mouse; none while the terminal is lent.
    input: Option<InputThread>,
    sender: UnboundedSender<Incoming>,
    receiver: UnboundedReceiver<Incoming>,
    world: Arc<World>,
    tasks: HashMap<u64, AbortHandle>,
    follower: Option<AbortHandle>,
    /// A picture has come since the last frame.
    has_painted: bool,
    /// Ctrl-C was typed in an editor, and has not been told to us yet.
    has_interrupt_due: bool,
    end: Option<End>,
}

/// Actions taken before the frame is drawn again: enough for any burst, few enough that the screen never stands still.
const MOST_AT_ONCE: usize = 256;

impl Runtime {
    /// Waits until something happens, and returns all that has happened by then.
    async fn wait(&mut self) -> io::Result<Vec<Action>> {
        let mut actions = Vec::new();
        tokio::select! {
            Some(incoming) = self.receiver.recv() => self.take(incoming, &mut actions),
            signal = self.signals.next() => match signal {
                Signal::End(signals::INTERRUPT) if std::mem::take(&mut self.has_interrupt_due) => {}
                Signal::End(number) => self.end = Some(End::Signal(number)),
                Signal::Suspend => self.suspend().await?,
                Signal::Continued => {
                    self.screen.take_again()?;
                    let (width, height) = self.screen.size()?;
                    actions.push(Action::Resize(width, height));
                }
            },
        }
        self.drain(&mut actions);
        Ok(actions)
    }

    fn drain(&mut self, actions: &mut Vec<Action>) {
        while actions.len() < MOST_AT_ONCE
            && let Ok(incoming) = self.receiver.try_recv()
        {
            self.take(incoming, actions);
        }
    }

    fn take(&mut self, incoming: Incoming, actions: &mut Vec<Action>) {
        match incoming {
            Incoming::Action(action) => {
                match &action {
                    Action::Resize(..) => self.screen.forget(),
                    #[cfg(debug_assertions)]
                    Action::Paste(text) => crate::panics::provoke(text, &self.sender),
                    _ => {}
                }
                actions.push(action);
            }
            Incoming::Painted(painted) => {
                self.screen.keep(*painted);
                self.has_painted = true;
            }
            Incoming::Gone => self.end = Some(End::Signal(signals::HANG_UP)),
            Incoming::Panicked => std::panic::resume_unwind(Box::new("a task has panicked")),
        }
    }

    /// Has the pictures painted that the last frame would have shown.
    fn paint(&mut self) {
        for order in self.screen.orders() {
            let sender = self.sender.clone();
            tokio::task::spawn_blocking(move || {
                let _alarm = Alarm(sender.clone());
                let painted = ours_waiting(|| order.paint());
                let _ = sender.send(Incoming::Painted(Box::new(painted)));
            });
        }
    }

    fn listen(&mut self) {
        self.input = Some(InputThread::start(self.sender.clone()));
    }

    /// Leaves what is typed to others.
    async fn stop_listening(&mut self) {
        if let Some(input) = self.input.take() {
            input.stop().await;
        }
    }

    async fn perform(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        self.tasks.retain(|_, task| !task.is_finished());
        for effect in effects {
            match effect {
                Effect::Ask { number, request } => self.ask(number, *request),
                Effect::Forget(number) => {
                    if let Some(task) = self.tasks.remove(&number) {
                        task.abort();
                    }
                }
                Effect::Clip(text) => self.screen.clip(&text)?,
                Effect::Follow(project) => self.follow(project),
                Effect::Mouse(is_ours) => self.screen.mouse(is_ours)?,
                Effect::Redraw => self.screen.forget(),
                Effect::Suspend => self.suspend().await?,
                Effect::Editor { number, text } => self.edit(number, text).await?,
                Effect::Quit => self.end = Some(End::Left),
            }
        }
        Ok(())
    }

    fn ask(&mut self, number: u64, request: crate::effect::Request) {
        let (world, sender) = (self.world.clone(), self.sender.clone());
        let (progress, alarm) = (sender.clone(), Alarm(sender.clone()));
        let task = tokio::spawn(ours(async move {
            let _alarm = alarm;
            let tell = move |sent| {
                let _ = progress.send(Incoming::Action(Action::Sent { number, sent }));
            };
            let answer = world.answer(request, Arc::new(tell)).await;
            // Nobody listens any more when the program has ended.
            let _ = sender.send(Incoming::Action(Action::Answer { number, answer: Box::new(answer) }));
        }));
        self.tasks.insert(number, task.abort_handle());
    }

    fn follow(&mut self, project: Option<crate::effect::ProjectAt>) {
        if let Some(follower) = self.follower.take() {
            follower.abort();
        }
        if let Some(project) = project {
            let (world, sender) = (self.world.clone(), self.sender.clone());
            let tell = move |live| sender.send(Incoming::Action(Action::Live(live))).is_ok();
            let alarm = Alarm(self.sender.clone());
            let task = ours(async move {
                let _alarm = alarm;
                live::follow(world, project, tell).await;
            });
            self.follower = Some(tokio::spawn(task).abort_handle());
        }
    }

    /// Lends the terminal to the user's editor until that has ended.
    async fn edit(&mut self, number: u64, text: String) -> io::Result<()> {
        self.stop_listening().await;
        self.screen.lend()?;
        let started = Editing::start(&text);
        let ending = started.as_ref().ok().map(Editing::ending);
        let mut editing = tokio::task::spawn_blocking(move || started.and_then(Editing::finish));
        let mut is_interrupted = false;
        let edited = loop {
            tokio::select! {
                edited = &mut editing => break edited.map_err(io::Error::other)?,
                signal = self.signals.next() => match signal {
                    // It is told to all that were started from the shell, and the shell waits until all have stopped.
                    Signal::Suspend => signals::stop(),
                    // Ctrl-C is the editor's.
                    Signal::End(signals::INTERRUPT) => is_interrupted = true,
                    Signal::Continued => {}
                    Signal::End(number) => {
                        self.end = Some(End::Signal(number));
                        break end_editor(ending, editing).await?;
                    }
                },
            }
        };
        let edited = match edited {
            // The terminal is the shell's again, and what is told now is read there.
            Ok(Edited::Kept(files)) => {
                tell_kept(&files);
                return Ok(());
            }
            Ok(Edited::Text(text)) => Ok(text),
            // The editor may be gone before the same key is told to us.
            Ok(Edited::Interrupted(how)) => {
                self.has_interrupt_due = !is_interrupted;
                Err(io::Error::other(how))
            }
            Err(error) => Err(error),
        };
        self.screen.take_again()?;
        self.listen();
        let answer = Answer::Edited(edited.map_err(|error| Failure::new(error.to_string())));
        let _ = self.sender.send(Incoming::Action(Action::Answer { number, answer: Box::new(answer) }));
        self.measure()
    }

    async fn suspend(&mut self) -> io::Result<()> {
        self.stop_listening().await;
        self.screen.lend()?;
        signals::stop();
        self.screen.take_again()?;
        self.listen();
        self.measure()
    }

    /// The terminal may have another size than before.
    fn measure(&self) -> io::Result<()> {
        let (width, height) = self.screen.size()?;
        let _ = self.sender.send(Incoming::Action(Action::Resize(width, height)));
        Ok(())
    }
}
