//! The only loop: what happens goes through one channel into the model, effects go out as tasks, and the frame is drawn
//! once when something has changed. When nothing happens, nothing runs.

mod lending;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{AbortHandle, JoinHandle};

use crate::action::Action;
use crate::app::App;
use crate::editor::Kept;
use crate::effect::{Effect, ProjectAt, Request};
use crate::graphics::{Graphics, Painted};
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
    graphics: Graphics,
    signals: Signals,
) -> io::Result<End> {
    Box::pin(ours(run_here(app, first, world, graphics, signals))).await
}

async fn run_here(
    mut app: App,
    first: Vec<Effect>,
    world: World,
    graphics: Graphics,
    signals: Signals,
) -> io::Result<End> {
    let screen = Screen::enter(app.shared.look.has_mouse, graphics)?;
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
        signing: None,
        keeping: Vec::new(),
        has_painted: false,
        has_interrupt_due: false,
        has_return_due: false,
        kept: Kept::default(),
        end: None,
    };
    runtime.listen();
    let end = runtime.go_on(&mut app, first).await;
    if !matches!(end, Ok(End::Left)) {
        runtime.keep_unsaved(&mut app).await;
    }
    let unfinished = runtime.signing.take().into_iter().chain(std::mem::take(&mut runtime.keeping));
    let _ = tokio::time::timeout(LAST_MOMENT, futures_util::future::join_all(unfinished)).await;
    runtime.follow(None);
    end
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
    /// Given back first, before the files that were kept are named.
    screen: Screen,
    signals: Signals,
    /// Reads keys and mouse; none while the terminal is lent.
    input: Option<InputThread>,
    sender: UnboundedSender<Incoming>,
    receiver: UnboundedReceiver<Incoming>,
    world: Arc<World>,
    tasks: HashMap<u64, AbortHandle>,
    follower: Option<AbortHandle>,
    /// Signs in or out, which the program does not leave half done.
    signing: Option<JoinHandle<()>>,
    /// Texts that are being written into files, so that those are named when the program ends.
    keeping: Vec<JoinHandle<()>>,
    /// A picture has come since the last frame.
    has_painted: bool,
    /// Ctrl-C was typed in an editor, and has not been told to us yet. The next key is a later one.
    has_interrupt_due: bool,
    /// We have stopped ourselves and gone on, and have not been told the latter yet.
    has_return_due: bool,
    kept: Kept,
    end: Option<End>,
}

/// Actions taken before the frame is drawn again: enough for any burst, few enough that the screen never stands still.
const MOST_AT_ONCE: usize = 256;

/// How long what is on its way to the server may take to arrive when the program is told to end.
const LAST_MOMENT: Duration = Duration::from_secs(1);

impl Runtime {
    /// Does and draws what happens, until the end.
    async fn go_on(&mut self, app: &mut App, first: Vec<Effect>) -> io::Result<End> {
        self.perform(first).await?;
        loop {
            if let Some(end) = self.end {
                return Ok(end);
            }
            if app.is_dirty || std::mem::take(&mut self.has_painted) {
                self.screen.draw(app)?;
                app.is_dirty = false;
                self.paint();
            }
            for action in self.wait().await? {
                let effects = app.update(action);
                self.perform(effects).await?;
            }
        }
    }

    /// Writes files of what the server has not got when the program is told to end, or loses its terminal.
    async fn keep_unsaved(&mut self, app: &mut App) {
        let _ = tokio::time::timeout(LAST_MOMENT, self.arrive(app)).await;
        for (name, text) in app.unsaved() {
            self.kept.write_at_last(&name, &text);
        }
    }

    /// Goes on with what was asked until all is saved. What is typed counts no more.
    async fn arrive(&mut self, app: &mut App) {
        while !app.unsaved().is_empty()
            && let Some(incoming) = self.receiver.recv().await
        {
            if let Incoming::Action(action @ Action::Answer { .. }) = incoming {
                let effects = app.update(action);
                for effect in effects {
                    if let Effect::Ask { number, request } = effect {
                        self.ask(number, *request);
                    }
                }
            }
        }
    }

    /// Waits until something happens, and returns all that has happened by then.
    async fn wait(&mut self) -> io::Result<Vec<Action>> {
        let mut actions = Vec::new();
        tokio::select! {
            // In this order: what was told is older than what is typed now.
            biased;
            signal = self.signals.next() => match signal {
                Signal::End(signals::INTERRUPT) if std::mem::take(&mut self.has_interrupt_due) => {}
                Signal::End(number) => self.end = Some(End::Signal(number)),
                Signal::Suspend => self.suspend().await?,
                Signal::Continued => {
                    // After a stop of our own the terminal is raw already, and stays so.
                    match std::mem::take(&mut self.has_return_due) {
                        true => self.screen.take_again()?,
                        false => self.screen.take_back()?,
                    }
                    let (width, height) = self.screen.size()?;
                    actions.push(Action::Resize(width, height));
                }
            },
            Some(incoming) = self.receiver.recv() => self.take(incoming, &mut actions),
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
                    Action::Key(_) => self.has_interrupt_due = false,
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
        self.keeping.retain(|task| !task.is_finished());
        for effect in effects {
            match effect {
                Effect::Ask { number, request } => self.ask(number, *request),
                Effect::Forget(number) => {
                    if let Some(task) = self.tasks.remove(&number) {
                        task.abort();
                    }
                }
                Effect::Clip(text) => self.screen.clip(&text)?,
                Effect::Server(name) => self.world.go_on_at(&name),
                Effect::Follow(project) => self.follow(project),
                Effect::Mouse(is_ours) => self.screen.mouse(is_ours)?,
                Effect::Redraw => self.screen.forget(),
                Effect::Suspend => self.suspend().await?,
                // Its key may have been pressed before a signal that is known by now.
                Effect::Editor { .. } if self.end.is_some() => {}
                Effect::Editor { number, text } => self.edit(number, text).await?,
                Effect::Keep { number, name, text } => self.keep(number, name, text),
                Effect::Quit => self.end = Some(End::Left),
            }
        }
        Ok(())
    }

    fn ask(&mut self, number: u64, request: Request) {
        let (world, sender) = (self.world.clone(), self.sender.clone());
        let (progress, alarm) = (sender.clone(), Alarm(sender.clone()));
        let is_signing = matches!(request, Request::SignIn { .. } | Request::SignOut);
        let tell = move |sent| {
            let _ = progress.send(Incoming::Action(Action::Sent { number, sent }));
        };
        let answer = world.answer(request, Arc::new(tell));
        let task = tokio::spawn(ours(async move {
            let _alarm = alarm;
            let answer = answer.await;
            // Nobody listens any more when the program has ended.
            let _ = sender.send(Incoming::Action(Action::Answer { number, answer: Box::new(answer) }));
        }));
        self.tasks.insert(number, task.abort_handle());
        if is_signing {
            self.signing = Some(task);
        }
    }

    fn follow(&mut self, project: Option<(u64, ProjectAt)>) {
        if let Some(follower) = self.follower.take() {
            follower.abort();
        }
        if let Some((number, project)) = project {
            let (world, sender) = (self.world.clone(), self.sender.clone());
            let tell = move |live| sender.send(Incoming::Action(Action::Live { number, live })).is_ok();
            let alarm = Alarm(self.sender.clone());
            let task = ours(async move {
                let _alarm = alarm;
                live::follow(world, project, tell).await;
            });
            self.follower = Some(tokio::spawn(task).abort_handle());
        }
    }
}
